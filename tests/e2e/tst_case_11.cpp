// SPDX-License-Identifier: GPL-3.0-or-later
// The notebook's case 1.1 on the lab: limits that the real bandwidth plugin set (where this machine has it) from what old
// kubelets hand it. Found, explained, mended by the guide's own actions, seen as gone, reported in both languages.
#include "tests/e2e/lab_case.h"

#include <QElapsedTimer>
#include <QTest>

#include <memory>

using namespace medic::fakes;

class TestCase11 : public QObject
{
    Q_OBJECT

    std::unique_ptr<Lab> m_lab;
    std::unique_ptr<LabCase> m_case;

    static QStringList only() { return {QStringLiteral("--suite"), QStringLiteral("bandwidth")}; }
    QStringList problems() { return LabCase::problems(m_case->check(only())); }
    QByteArray qdiscs()
    {
        m_lab->exec(QStringLiteral("node-2"), {QStringLiteral("tc"), QStringLiteral("qdisc"), QStringLiteral("show")});
        return m_lab->said();
    }
    /// Bytes of that many that the Pod's server sends the node within so many seconds.
    int gets(int bytes, int seconds)
    {
        m_lab->exec(QStringLiteral("node-2"), {QStringLiteral("curl"), QStringLiteral("-s"), QStringLiteral("-o"), QStringLiteral("/dev/null"), QStringLiteral("-w"), QStringLiteral("%{size_download}"),
                                               QStringLiteral("-m"), QString::number(seconds), QStringLiteral("http://10.244.1.40:8080/bytes/%1").arg(bytes)});
        return m_lab->said().trimmed().toInt();
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

    void nothingWhereTheLimitIsRight()
    {
        QCOMPARE(problems(), QStringList());
        QVERIFY2(m_lab->incident("bandwidth-right"), m_lab->said().constData());
        QVERIFY2(qdiscs().contains("rate 10Mbit") && qdiscs().contains("rate 5Mbit"), qdiscs().constData());
        QCOMPARE(problems(), QStringList());
        QVERIFY(m_lab->incident("bandwidth-right", "off"));
    }

    void aThousandthIsSetRightWithTc()
    {
        QVERIFY2(m_lab->incident("bandwidth-divided"), m_lab->said().constData());
        QVERIFY2(qdiscs().contains("rate 10Kbit") && qdiscs().contains("rate 5Kbit"), qdiscs().constData());
        // What the Pod sends has to get through 5 kbit/s: beyond the burst (which tbf keeps in microseconds) next to nothing.
        QVERIFY2(gets(2000000, 3) < 1000000, m_lab->said().constData());
        const GuideRun run = m_case->run("case-1.1-bandwidth", {{QStringLiteral("choose"), QStringLiteral("now")}, {QStringLiteral("measure"), QStringLiteral("right")}}, {QStringLiteral("set-rate")}, only());
        QVERIFY2(run.result("symptom") == QLatin1String("slow"), run.story().constData());
        QVERIFY2(run.gave("judge", "failure confirmed thousandth"), run.story().constData());
        QVERIFY2(run.result("set-rate") == QLatin1String("verified"), run.story().constData());
        QVERIFY2(run.gave("result", "ok confirmed right"), run.story().constData());
        QVERIFY2(qdiscs().contains("rate 10Mbit") && qdiscs().contains("rate 5Mbit") && !qdiscs().contains("Kbit"), qdiscs().constData());
        QElapsedTimer clock;
        clock.start();
        QCOMPARE(gets(2000000, 20), 2000000); // 2 MB less a burst of 1 MiB at 5 Mbit/s: a second and a half
        QVERIFY2(clock.elapsed() > 1000, "the limit is in force, not gone");
        QCOMPARE(problems(), QStringList());
        if (!LabCase::drawsPdf())
            QSKIP("the rest needs cluster-medic and pdftotext");
        const QString english = m_case->report(run.file, "en"), chinese = m_case->report(run.file, "zh");
        for (const char* const words : {"default/download is limited to 10 kbit/s (ingress)", "a thousandth of its annotation 10M", "tc qdisc replace dev", "Every annotated Pod has its limit in force"})
            QVERIFY2(english.contains(QLatin1String(words)), qPrintable(QLatin1String(words) + QStringLiteral(" is not in: ") + english));
        for (const QString& words : {QStringLiteral("千分之一"), QStringLiteral("带注解的 Pod 限速均已正确生效"), QStringLiteral("tc qdisc replace dev")})
            QVERIFY2(chinese.contains(words), qPrintable(words + QStringLiteral(" is not in: ") + chinese));
        QVERIFY(m_lab->incident("bandwidth-divided", "off"));
    }

    void aPodThatDoesNotStartIsFreedOfItsLimit()
    {
        QVERIFY2(m_lab->incident("bandwidth-divided", "off") && m_lab->incident("bandwidth-no-burst"), m_lab->said().constData());
        QCOMPARE(problems(), QStringList {QStringLiteral("failure bandwidth.burst-missing")});
        const GuideRun run = m_case->run("case-1.1-bandwidth", {{QStringLiteral("choose-burst"), QStringLiteral("now")}}, {QStringLiteral("drop-limit")}, only());
        QVERIFY2(run.result("symptom") == QLatin1String("not-starting"), run.story().constData());
        QVERIFY2(run.gave("judge", "failure confirmed burst"), run.story().constData());
        QVERIFY2(run.result("drop-limit") == QLatin1String("verified"), run.story().constData());
        QVERIFY2(run.gave("result", "ok confirmed right"), run.story().constData());
        QCOMPARE(gets(1000, 3), 1000);
        QCOMPARE(problems(), QStringList());
    }
};

QTEST_GUILESS_MAIN(TestCase11)
#include "tst_case_11.moc"
