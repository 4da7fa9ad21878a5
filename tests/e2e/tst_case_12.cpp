// SPDX-License-Identifier: GPL-3.0-or-later
// The notebook's case 1.2 on the lab: rules of a node that are stale or were never written, the node's way to a system outside
// broken by route, ARP entry or firewall, and the engineer's own machine short of memory. Several at once, each judged,
// mended by the guide's own action and looked at again; side by side with a healthy node; reported in both languages.
#include "tests/e2e/lab_case.h"

#include <QTest>

#include <memory>
#include <utility>

using namespace medic::fakes;

class TestCase12 : public QObject
{
    Q_OBJECT

    std::unique_ptr<Lab> m_lab;
    std::unique_ptr<LabCase> m_case;

    static QStringList suites()
    {
        QStringList words;
        for (const char* const suite : {"service-reach", "dns", "baseline", "rules", "services", "own-machine"})
            words << QStringLiteral("--suite") << QString::fromLatin1(suite);
        return words;
    }
    QStringList m_planted;
    bool plant(const QString& incident)
    {
        m_planted << incident;
        return m_lab->incident(qPrintable(incident));
    }
    QByteArray says(const char* node, const char* command)
    {
        m_lab->exec(QString::fromLatin1(node), {QStringLiteral("sh"), QStringLiteral("-c"), QString::fromLatin1(command)});
        return m_lab->said().trimmed();
    }
    static QMap<QString, QString> answers(std::initializer_list<std::pair<const char*, const char*>> given)
    {
        QMap<QString, QString> result;
        for (const auto& [step, answer] : given)
            result[QString::fromLatin1(step)] = QString::fromLatin1(answer);
        return result;
    }
    /// From here on medicctl sees a machine of its own: calm, or with what the lab planted.
    void ownMachine(bool calm)
    {
        const QString folder = m_lab->file(calm ? "calm-machine" : "own-machine");
        Medicctl::within = {QStringLiteral("unshare"), QStringLiteral("--mount"), QStringLiteral("sh"), QStringLiteral("-c"),
                            QStringLiteral("for f in meminfo loadavg pressure/cpu pressure/io pressure/memory; do [ -e \"$0/$f\" ] && [ -e \"/proc/$f\" ] && mount --bind \"$0/$f\" \"/proc/$f\"; done; exec \"$@\""),
                            folder};
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = Lab::missing(); !why.isEmpty())
            QSKIP(qPrintable(why));
        m_lab = std::make_unique<Lab>(2, QStringList {QStringLiteral("--mode"), QStringLiteral("iptables")});
        QVERIFY2(m_lab->up(), m_lab->said().constData());
        m_case = std::make_unique<LabCase>(*m_lab);
        // However busy this machine is, the engineer's is calm until it is said otherwise.
        QDir(m_lab->file("")).mkpath(QStringLiteral("calm-machine/pressure"));
        for (const auto& [name, text] : {std::pair {"calm-machine/meminfo", "MemTotal: 8048576 kB\nMemFree: 4061204 kB\nMemAvailable: 6181204 kB\n"}, {"calm-machine/loadavg", "0.21 0.18 0.15 1/412 9876\n"},
                                         {"calm-machine/pressure/memory", "some avg10=0.00 avg60=0.00 avg300=0.00 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"}}) {
            QFile file(m_lab->file(name));
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) > 0);
        }
        ownMachine(true);
    }
    void cleanupTestCase()
    {
        Medicctl::within.clear();
        m_case.reset();
        m_lab.reset();
    }

    void cleanup() // also what a test that failed has left
    {
        for (const QString& one : std::exchange(m_planted, {}))
            QVERIFY2(m_lab->incident(qPrintable(one), "off"), m_lab->said().constData());
        if (m_lab)
            ownMachine(true);
    }

    void nothingOnAHealthyCluster() { QCOMPARE(LabCase::problems(m_case->check(suites())), QStringList()); }

    void severalCausesAtOnce()
    {
        if (!qEnvironmentVariableIsSet("MEDIC_DEEP"))
            QSKIP("three faults and their three remedies take five minutes: ./dev test --deep");
        QVERIFY2(plant(QStringLiteral("service-rules-stale")) && plant(QStringLiteral("way-out-route")) && plant(QStringLiteral("own-machine-short")), m_lab->said().constData());
        ownMachine(false);
        const Medicctl check = m_case->check(suites());
        const QStringList found = LabCase::problems(check);
        for (const char* const one : {"failure node.kube-proxy-down", "failure service.rules-stale", "failure own.memory-low"})
            QVERIFY2(found.contains(QLatin1String(one)), qPrintable(QLatin1String(one) + QStringLiteral(" is not in ") + found.join(u'\n')));

        const GuideRun run = m_case->run("case-1.2-kubernetes-service",
            answers({{"symptom", "name"}, {"which", "node-2"}, {"peer", "node-1"}, {"changed", "pending"}, {"target", "msp.example.com:80"}, {"from-node", "node-2"}, {"way-peer", "node-1"}, {"client", "machine"},
                     {"memory", "low-helps"}, {"advice", "done"}}),
            {QStringLiteral("restart"), QStringLiteral("mend-route")});
        const QByteArray story = run.story();
        // First the cluster's own part: proven from inside a Pod, mended, proven again at the same place.
        QCOMPARE(run.result("prove-dns"), QStringLiteral("silent"));
        QCOMPARE(run.result("prove-api"), QStringLiteral("reached"));
        QVERIFY2(run.gave("judge", "failure confirmed proxy-down") && run.gave("judge", "failure confirmed stale"), story.constData());
        QVERIFY2(run.result("restart") == QLatin1String("verified"), story.constData());
        QCOMPARE(run.result("reprove-dns"), QStringLiteral("good"));
        QCOMPARE(run.result("reprove-api"), QStringLiteral("reached"));
        // Then the way out, beside a node where it is well; then the engineer's own machine.
        QCOMPARE(run.result("way-compare"), QStringLiteral("good"));
        QCOMPARE(run.result("way-side"), QStringLiteral("different"));
        for (const char* const verdict : {"failure confirmed out-route", "failure confirmed out-one-node", "warning confirmed out-memory"})
            QVERIFY2(run.gave("outside", verdict), (QByteArray(verdict) + " is missing\n" + story).constData());
        QVERIFY2(run.result("mend-route") == QLatin1String("verified"), (run.output("mend-route").toUtf8() + story).constData());
        QCOMPARE(run.result("way"), QStringLiteral("route"));
        QCOMPARE(run.result("way-again"), QStringLiteral("good"));
        for (const char* const verdict : {"ok confirmed cured", "ok confirmed way-healed", "ok confirmed healed"})
            QVERIFY2(run.gave("result", verdict), (QByteArray(verdict) + " is missing\n" + story).constData());
        // So it is: on the node, and to the check. Memory comes back when programs are closed.
        QCOMPARE(says("node-2", "curl -s -m3 http://192.0.2.80/; dig +short +time=2 +tries=1 @10.96.0.10 kubernetes.default.svc.cluster.local"), QByteArray("msp\n10.96.0.1"));
        ownMachine(true);
        QCOMPARE(LabCase::problems(m_case->check(suites())), QStringList());

        if (!LabCase::drawsPdf())
            QSKIP("the rest needs cluster-medic and pdftotext");
        const QString english = m_case->report(run.file, "en"), chinese = m_case->report(run.file, "zh");
        for (const char* const words : {"kube-proxy does not run on node-2", "The repair is verified", "msp.example.com:80", "ip -4 route del", "short of memory"})
            QVERIFY2(english.contains(QLatin1String(words)), qPrintable(QLatin1String(words) + QStringLiteral(" is not in: ") + english));
        for (const QString& words : {QStringLiteral("处置已验证"), QStringLiteral("kube-proxy"), QStringLiteral("msp.example.com:80"), QStringLiteral("内存不足")})
            QVERIFY2(chinese.contains(words), qPrintable(words + QStringLiteral(" is not in: ") + chinese));
    }

    void rulesThatWereNeverWritten()
    {
        QVERIFY2(plant(QStringLiteral("service-rules-removed")), m_lab->said().constData());
        QCOMPARE(says("node-2", "curl -s -m2 -o /dev/null -w '%{http_code}' http://10.96.7.7/"), QByteArray("000"));
        const QStringList found = LabCase::problems(m_case->check(suites()));
        QVERIFY2(found.contains(QLatin1String("failure service.not-programmed")) && found.contains(QLatin1String("failure node.kube-proxy-down")), qPrintable(found.join(u'\n')));
        const GuideRun run = m_case->run("case-1.2-kubernetes-service", answers({{"symptom", "address"}, {"which", "node-2"}, {"peer", "node-1"}, {"changed", "gone"}, {"advice", "done"}}), {QStringLiteral("restart")});
        QCOMPARE(run.result("prove-api"), QStringLiteral("unreachable"));
        QVERIFY2(run.gave("judge", "failure confirmed not-programmed") && run.result("restart") == QLatin1String("verified") && run.gave("result", "ok confirmed cured"), run.story().constData());
        QCOMPARE(LabCase::problems(m_case->check(suites())), QStringList());
    }

    void theWayOut_data()
    {
        QTest::addColumn<QString>("incident");
        QTest::addColumn<QString>("outcome");
        QTest::addColumn<QString>("verdict");
        QTest::addColumn<QString>("action");
        const auto row = [](const char* incident, const char* outcome, const char* verdict, const char* action) {
            QTest::newRow(incident) << QString::fromLatin1(incident) << QString::fromLatin1(outcome) << QString::fromLatin1(verdict) << QString::fromLatin1(action);
        };
        row("way-out-arp", "pinned", "failure confirmed out-pinned", "mend-neighbour");
        row("way-out-firewall", "filtered", "failure confirmed out-filtered", "permit");
        row("way-out-syn-loss", "syn-retry", "failure confirmed out-syn", "");
    }

    void theWayOut()
    {
        QFETCH(QString, incident);
        QFETCH(QString, outcome);
        QFETCH(QString, verdict);
        QFETCH(QString, action);
        QVERIFY2(plant(incident), m_lab->said().constData());
        const GuideRun run = m_case->run("case-1.2-kubernetes-service",
            answers({{"symptom", "pending"}, {"which", "node-2"}, {"target", "msp.example.com:80"}, {"from-node", "node-2"}, {"way-peer", "node-1"}, {"client", "both"}}),
            action.isEmpty() ? QStringList() : QStringList(action));
        const QByteArray story = run.output("way").toUtf8() + run.story();
        QVERIFY2(run.gave("outside", verdict.toLatin1().constData()), story.constData());
        QCOMPARE(run.result("way"), outcome);
        if (!action.isEmpty()) {
            QVERIFY2(run.result(qPrintable(action)) == QLatin1String("verified"), (run.output(qPrintable(action)).toUtf8() + story).constData());
            QCOMPARE(run.result("way-again"), QStringLiteral("good"));
            QVERIFY2(run.gave("result", "ok confirmed way-healed"), story.constData());
            QCOMPARE(says("node-2", "curl -s -m3 http://192.0.2.80/"), QByteArray("msp"));
        }
    }
};

QTEST_GUILESS_MAIN(TestCase12)
#include "tst_case_12.moc"
