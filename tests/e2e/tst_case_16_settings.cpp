// SPDX-License-Identifier: GPL-3.0-or-later
// The notebook's case 1.6 on the lab: what the kubelet hands on, mended in its configuration by the guide.
#include "tests/e2e/lab_case.h"

#include <QTest>

#include <memory>

using namespace medic::fakes;

class TestCase16Settings : public QObject
{
    Q_OBJECT

    std::unique_ptr<Lab> m_lab;
    std::unique_ptr<LabCase> m_case;

    static QStringList only() { return {QStringLiteral("--suite"), QStringLiteral("dns"), QStringLiteral("--suite"), QStringLiteral("service-reach"), QStringLiteral("--suite"), QStringLiteral("baseline")}; }
    QStringList problems() { return LabCase::problems(m_case->check(only())); }
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

    void aLoopIsEndedInTheKubeletsConfiguration()
    {
        QVERIFY2(m_lab->incident("dns-loop"), m_lab->said().constData());
        const QStringList found = problems();
        for (const char* const one : {"failure dns.loop", "failure dns.no-endpoints", "warning dns.stub-resolver"})
            QVERIFY2(found.contains(QLatin1String(one)), qPrintable(found.join(u'\n')));
        const GuideRun run = m_case->run("case-1.6-dns", answers(), {QStringLiteral("fix-resolver"), QStringLiteral("rollout")}, only());
        QVERIFY2(run.gave("judge", "failure likely loop") || run.gave("judge", "failure confirmed loop"), run.story().constData());
        QVERIFY2(run.result("fix-resolver") == QLatin1String("verified"), run.story().constData());
        QVERIFY2(run.result("rollout") == QLatin1String("verified"), run.story().constData());
        QVERIFY2(run.result("proof") == QLatin1String("good"), (run.story() + run.output("proof").toUtf8()).constData());
        QVERIFY2(run.gave("result", "ok confirmed healed"), run.story().constData());
        m_lab->exec(QStringLiteral("node-2"), {QStringLiteral("cat"), QStringLiteral("/var/lib/kubelet/config.yaml")});
        QVERIFY2(m_lab->said().contains("resolvConf: /run/systemd/resolve/resolv.conf"), m_lab->said().constData());
        QVERIFY(m_lab->incident("dns-loop", "off"));
    }

    void aWrongServerIsPutRightAndThePodsMadeAnew()
    {
        QVERIFY2(m_lab->incident("dns-loop", "off") && m_lab->incident("dns-wrong-server"), m_lab->said().constData());
        const GuideRun run = m_case->run("case-1.6-dns", answers(), {QStringLiteral("fix-cluster-dns"), QStringLiteral("remake")}, only());
        QVERIFY2(run.result("fix-cluster-dns") == QLatin1String("verified"), run.story().constData());
        QVERIFY2(run.result("remake") == QLatin1String("verified"), run.story().constData());
        QVERIFY2(run.result("proof") == QLatin1String("good"), (run.story() + run.output("proof").toUtf8()).constData());
        QVERIFY2(run.gave("result", "ok confirmed healed"), run.story().constData());
        m_lab->exec(QStringLiteral("node-2"), {QStringLiteral("grep"), QStringLiteral("-A1"), QStringLiteral("clusterDNS"), QStringLiteral("/var/lib/kubelet/config.yaml")});
        QVERIFY2(m_lab->said().contains("10.96.0.10"), m_lab->said().constData());
        QVERIFY(m_lab->incident("dns-wrong-server", "off"));
    }
};

QTEST_GUILESS_MAIN(TestCase16Settings)
#include "tst_case_16_settings.moc"
