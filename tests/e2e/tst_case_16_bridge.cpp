// SPDX-License-Identifier: GPL-3.0-or-later
// The notebook's case 1.6 on the lab: bridged packets that pass by iptables, in the kernel itself.
#include "tests/e2e/lab_case.h"

#include <QTest>

#include <memory>

using namespace medic::fakes;

class TestCase16Bridge : public QObject
{
    Q_OBJECT

    std::unique_ptr<Lab> m_lab;
    std::unique_ptr<LabCase> m_case;

    static QStringList only() { return {QStringLiteral("--suite"), QStringLiteral("dns"), QStringLiteral("--suite"), QStringLiteral("service-reach"), QStringLiteral("--suite"), QStringLiteral("baseline")}; }
    static QMap<QString, QString> answers()
    {
        return {{QStringLiteral("kind"), QStringLiteral("all")}, {QStringLiteral("which"), QStringLiteral("node-2")}, {QStringLiteral("advice"), QStringLiteral("done")}, {QStringLiteral("settle"), QStringLiteral("skip")}};
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = Lab::missing(); !why.isEmpty())
            QSKIP(qPrintable(why));
        m_lab = std::make_unique<Lab>(2);
        QVERIFY2(m_lab->up(), m_lab->said().constData());
        m_case = std::make_unique<LabCase>(*m_lab);
    }
    void cleanupTestCase()
    {
        m_case.reset();
        m_lab.reset();
    }

    void bridgedPacketsGoThroughIptablesAgain()
    {
        QVERIFY2(m_lab->incident("dns-bridge"), m_lab->said().constData());
        const GuideRun run = m_case->run("case-1.6-dns", answers(), {QStringLiteral("fix-bridge")}, only());
        QVERIFY2(run.gave("judge", "failure likely bridge") || run.gave("judge", "failure confirmed bridge"), run.story().constData());
        QVERIFY2(run.result("fix-bridge") == QLatin1String("verified"), run.story().constData());
        QVERIFY2(run.result("proof") == QLatin1String("good"), (run.story() + run.output("proof").toUtf8()).constData());
        m_lab->exec(QStringLiteral("node-2"), {QStringLiteral("sysctl"), QStringLiteral("-n"), QStringLiteral("net.bridge.bridge-nf-call-iptables")});
        QCOMPARE(m_lab->said().trimmed(), QByteArray("1"));
        QVERIFY(m_lab->incident("dns-bridge", "off"));
    }

    void aSilentUpstreamIsReplaced()
    {
        QVERIFY2(m_lab->incident("dns-bridge", "off") && m_lab->incident("dns-upstream-silent"), m_lab->said().constData());
        QMap<QString, QString> given = answers();
        given[QStringLiteral("kind")] = QStringLiteral("external");
        given[QStringLiteral("choose-upstream")] = QStringLiteral("others");
        given[QStringLiteral("upstreams")] = QStringLiteral("172.31.1.6");
        const GuideRun run = m_case->run("case-1.6-dns", given, {QStringLiteral("change-upstream")}, only());
        QVERIFY2(run.result("before") == QLatin1String("silent"), (run.story() + run.output("before").toUtf8()).constData());
        QVERIFY2(run.gave("judge", "failure confirmed upstream"), run.story().constData());
        QVERIFY2(run.result("change-upstream") == QLatin1String("verified"), run.story().constData());
        QVERIFY2(run.result("proof") == QLatin1String("good"), (run.story() + run.output("proof").toUtf8()).constData());
        m_lab->exec(QStringLiteral("node-1"), {QStringLiteral("grep"), QStringLiteral("forward"), QStringLiteral("/etc/kubernetes/cluster-medic/coredns-configmap.yaml")});
        QCOMPARE(m_lab->said().simplified(), QByteArray("forward . 172.31.1.5")); // the way back
    }
};

QTEST_GUILESS_MAIN(TestCase16Bridge)
#include "tst_case_16_bridge.moc"
