// SPDX-License-Identifier: GPL-3.0-or-later
// The notebook's case 1.6 on the lab: real name servers with planted faults, asked from inside the Pods. Found, explained,
// mended by the guide's own actions, proven by fifty lookups, reported in both languages.
#include "tests/e2e/lab_case.h"

#include <QTest>

#include <memory>

using namespace medic::fakes;

class TestCase16 : public QObject
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

    void nothingOnAHealthyCluster() { QCOMPARE(problems(), QStringList()); }

    void hungServersAreStartedAnew()
    {
        QVERIFY2(m_lab->incident("dns-silent"), m_lab->said().constData());
        const GuideRun run = m_case->run("case-1.6-dns", answers(), {QStringLiteral("rollout")}, only());
        QVERIFY2(run.result("before") == QLatin1String("silent"), (run.story() + run.output("before").toUtf8()).constData());
        QVERIFY2(run.gave("judge", "failure confirmed servers-silent"), run.story().constData());
        QVERIFY2(run.result("rollout") == QLatin1String("verified"), run.story().constData());
        QVERIFY2(run.result("proof") == QLatin1String("good") && run.output("proof").contains(QLatin1String("failed: 0 of 50")), (run.story() + run.output("proof").toUtf8()).constData());
        QVERIFY2(run.gave("result", "ok confirmed healed"), run.story().constData());
        QCOMPARE(problems(), QStringList());
        if (!LabCase::drawsPdf())
            QSKIP("the rest needs cluster-medic and pdftotext");
        const QString english = m_case->report(run.file, "en"), chinese = m_case->report(run.file, "zh");
        for (const char* const words : {"No DNS Pod answers node-2", "kubectl -n kube-system rollout restart", "The cluster's names resolve", "50 of 50 answered"})
            QVERIFY2(english.contains(QLatin1String(words)), qPrintable(QLatin1String(words) + QStringLiteral(" is not in: ") + english));
        for (const QString& words : {QStringLiteral("集群域名解析正常"), QStringLiteral("rollout restart"), QStringLiteral("50 次全部成功")})
            QVERIFY2(chinese.contains(words), qPrintable(words + QStringLiteral(" is not in: ") + chinese));
        QVERIFY(m_lab->incident("dns-silent", "off"));
    }
};

QTEST_GUILESS_MAIN(TestCase16)
#include "tst_case_16.moc"
