// SPDX-License-Identifier: GPL-3.0-or-later
// The notebook's case 1.5 on the lab, both directions: a hostPort that takes a Service's traffic, and one that is not
// reached. Found, explained, mended by the guide's own action on the node, seen as gone, reported in both languages.
#include "tests/e2e/lab_case.h"

#include <QTest>

#include <memory>

using namespace medic::fakes;

class TestCase15 : public QObject
{
    Q_OBJECT

    std::unique_ptr<Lab> m_lab;
    std::unique_ptr<LabCase> m_case;

    /// What a node gets at that URL.
    QByteArray asks(const char* node, const char* url)
    {
        m_lab->exec(QString::fromLatin1(node), {QStringLiteral("curl"), QStringLiteral("-sk"), QStringLiteral("-m3"), QString::fromLatin1(url)});
        return m_lab->said().trimmed();
    }

    static QStringList only() { return {QStringLiteral("--suite"), QStringLiteral("hostport"), QStringLiteral("--suite"), QStringLiteral("rules"), QStringLiteral("--suite"), QStringLiteral("service-reach")}; }

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

    void nothingOnAHealthyCluster() { QCOMPARE(LabCase::problems(m_case->check(only())), QStringList()); }

    void aTheftIsEndedByMovingTheJump()
    {
        QVERIFY2(m_lab->incident("hostport-theft"), m_lab->said().constData());
        QCOMPARE(asks("node-2", "https://10.96.9.9:443/"), QByteArray("edge-ingress"));
        const GuideRun run = m_case->run("case-1.5-hostport", {{QStringLiteral("symptom"), QStringLiteral("theft")}, {QStringLiteral("choose"), QStringLiteral("move")}, {QStringLiteral("advice"), QStringLiteral("noted")}},
                                         {QStringLiteral("move")}, only());
        QVERIFY2(run.result("prove") == QLatin1String("foreign"), run.story().constData());
        QVERIFY2(run.gave("judge", "failure confirmed stolen"), run.story().constData());
        // The packet's path, as it went before: to the hostPort's Pod.
        QVERIFY2(run.visit("path")[QLatin1String("status")].toString() == QLatin1String("done") && run.output("path").contains(QLatin1String("10.244.1.30")), run.output("path").toUtf8());
        QVERIFY2(run.result("move") == QLatin1String("verified"), run.story().constData());
        QVERIFY2(run.gave("result", "ok confirmed cured"), run.story().constData());
        // It really is another order in that kernel now, and the Service answers.
        m_lab->exec(QStringLiteral("node-2"), {QStringLiteral("iptables-legacy"), QStringLiteral("-t"), QStringLiteral("nat"), QStringLiteral("-S"), QStringLiteral("PREROUTING")});
        QVERIFY2(m_lab->said().indexOf("KUBE-SERVICES") < m_lab->said().indexOf("CNI-HOSTPORT-DNAT"), m_lab->said().constData());
        QVERIFY2(asks("node-2", "http://10.96.9.9:443/").startsWith("web-"), m_lab->said().constData());
        QCOMPARE(LabCase::problems(m_case->check({QStringLiteral("--suite"), QStringLiteral("hostport"), QStringLiteral("--suite"), QStringLiteral("service-reach")})), QStringList());
        if (!LabCase::drawsPdf())
            QSKIP("the rest needs cluster-medic and pdftotext");
        const QString english = m_case->report(run.file, "en"), chinese = m_case->report(run.file, "zh");
        for (const char* const words : {"takes the traffic of default/kubernetes (10.96.0.1)", "CNI-HOSTPORT-DNAT", "The repair is verified", "iptables-legacy"})
            QVERIFY2(english.contains(QLatin1String(words)), qPrintable(QLatin1String(words) + QStringLiteral(" is not in: ") + english));
        for (const QString& words : {QStringLiteral("劫持了"), QStringLiteral("处置已验证"), QStringLiteral("CNI-HOSTPORT-DNAT"), QStringLiteral("default/edge-ingress")})
            QVERIFY2(chinese.contains(words), qPrintable(words + QStringLiteral(" is not in: ") + chinese));
        QVERIFY(m_lab->incident("hostport-theft", "off"));
    }

    void theTheftIsNamedByTheNodeAlone()
    {
        QVERIFY2(m_lab->incident("hostport-theft") && m_lab->incident("apiserver-down"), m_lab->said().constData());
        const Medicctl check = m_case->check({QStringLiteral("--suite"), QStringLiteral("hostport"), QStringLiteral("--node"), QStringLiteral("node-2")});
        QVERIFY2(m_lab->incident("apiserver-down", "off") && m_lab->incident("hostport-theft", "off"), m_lab->said().constData());
        const QJsonObject found = check.finding("hostport.steals-service");
        QCOMPARE(found[QLatin1String("verdict")].toString(), QStringLiteral("failure"));
        QCOMPARE(found[QLatin1String("parameters")][QLatin1String("services")].toString(), QStringLiteral("10.96.0.1:443, 10.96.9.9:443"));
        QCOMPARE(found[QLatin1String("parameters")][QLatin1String("target")].toString(), QStringLiteral("10.244.1.30:8443"));
    }

    void flushedRulesComeBackWithANewPod()
    {
        QVERIFY2(m_lab->incident("hostport-theft", "off") && m_lab->incident("hostport-flushed"), m_lab->said().constData());
        QCOMPARE(asks("node-1", "http://172.31.1.12:19100/"), QByteArray());
        QCOMPARE(LabCase::problems(m_case->check({QStringLiteral("--suite"), QStringLiteral("hostport")})), QStringList {QStringLiteral("failure hostport.rules-missing")});
        const GuideRun run = m_case->run("case-1.5-hostport", {{QStringLiteral("symptom"), QStringLiteral("unreachable")}, {QStringLiteral("advice"), QStringLiteral("noted")}}, {QStringLiteral("recreate")}, only());
        QVERIFY2(run.gave("judge", "failure likely flushed"), run.story().constData());
        QVERIFY2(run.result("recreate") == QLatin1String("verified"), run.story().constData());
        QVERIFY2(run.gave("result", "ok confirmed cured"), run.story().constData());
        QCOMPARE(asks("node-1", "http://172.31.1.12:19100/"), QByteArray("metrics-gateway"));
        QCOMPARE(LabCase::problems(m_case->check({QStringLiteral("--suite"), QStringLiteral("hostport")})), QStringList());
    }

    void aDeadPodsRuleIsTakenAway()
    {
        QVERIFY2(m_lab->incident("hostport-stale"), m_lab->said().constData());
        QCOMPARE(asks("node-1", "http://172.31.1.12:19100/"), QByteArray());
        const GuideRun run = m_case->run("case-1.5-hostport", {{QStringLiteral("symptom"), QStringLiteral("unreachable")}, {QStringLiteral("advice"), QStringLiteral("noted")}}, {QStringLiteral("drop-stale")}, only());
        QVERIFY2(run.gave("judge", "failure likely stale"), run.story().constData());
        QVERIFY2(run.result("drop-stale") == QLatin1String("verified"), run.story().constData());
        QVERIFY2(run.gave("result", "ok confirmed cured"), run.story().constData());
        QCOMPARE(asks("node-1", "http://172.31.1.12:19100/"), QByteArray("metrics-gateway"));
    }
};

QTEST_GUILESS_MAIN(TestCase15)
#include "tst_case_15.moc"
