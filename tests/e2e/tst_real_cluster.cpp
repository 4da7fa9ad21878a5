// SPDX-License-Identifier: GPL-3.0-or-later
// medicctl against a real Kubernetes node (tests/fakes/real_cluster.h, ./dev test --deep): healthy, dead kube-proxy with stale
// rules, hung runtime, apiserver down. Each is named rightly and nothing else, by a recording and live alike; the audit of
// every Service likewise. Seven minutes, of which PLEG takes four.
#include "tests/fakes/lab.h"
#include "tests/fakes/real_cluster.h"

#include <QElapsedTimer>
#include <QTest>

#include <functional>
#include <memory>

using medic::fakes::Medicctl;
using medic::fakes::RealCluster;

class TestRealCluster : public QObject
{
    Q_OBJECT

    std::unique_ptr<RealCluster> m_cluster;
    QTemporaryDir m_folder;
    int m_count = 0;

    static QStringList json(const char* command) { return {QString::fromLatin1(command), QStringLiteral("--format"), QStringLiteral("json")}; }

    /// Verdict and id of what is wrong. What the machine below the node causes (its load, its disk) is left out, and one
    /// Service of the workloads that selects nothing on purpose.
    static QStringList wrong(const Medicctl& check)
    {
        QStringList result;
        for (const QString& one : check.findings()) {
            const QString id = one.section(u' ', 1, 1);
            if (!one.startsWith(QLatin1String("ok ")) && !medic::fakes::RealCluster::causedBelow(id.toStdString()) && one != QLatin1String("warning services.selects-nothing service default/empty"))
                result << one.section(u' ', 0, 1);
        }
        result.removeDuplicates();
        return result;
    }

    QString captured()
    {
        const QString file = m_folder.filePath(QStringLiteral("%1.medic").arg(++m_count));
        QElapsedTimer timer;
        timer.start();
        const Medicctl capture(QStringList {QStringLiteral("capture"), QStringLiteral("-o"), file} + m_cluster->connection());
        qInfo("capture: %lld ms, exit status %d", static_cast<long long>(timer.elapsed()), capture.status);
        if (capture.status != 0 && capture.status != 3)
            qWarning("capture: %s", capture.err.constData());
        return file;
    }
    QStringList found(Medicctl& check)
    {
        check = Medicctl(json("check") << captured());
        return wrong(check);
    }
    QStringList live() const { return wrong(Medicctl(json("check") + m_cluster->connection())); }

    /// "web stale-endpoint 10.244.0.2:8080" and the like of an audit, sorted; what is as it should be is left out.
    QStringList audited(int* status)
    {
        const Medicctl audit(json("audit") << captured());
        *status = audit.status;
        QStringList result;
        for (const QJsonValue& node : audit.json()[QLatin1String("nodes")].toArray()) {
            for (const QJsonValue& service : node[QLatin1String("services")].toArray())
                for (const QJsonValue& frontend : service[QLatin1String("frontends")].toArray())
                    for (const QJsonValue& problem : frontend[QLatin1String("problems")].toArray())
                        result << service[QLatin1String("name")].toString() + u' ' + problem[QLatin1String("verdict")].toString() + u' ' + problem[QLatin1String("endpoint")].toString();
            for (const QJsonValue& extra : node[QLatin1String("extra")].toArray())
                result << QStringLiteral("extra ") + QString::fromUtf8(QJsonDocument(extra.toObject()).toJson(QJsonDocument::Compact));
            for (const QJsonValue& conflict : node[QLatin1String("conflicts")].toArray())
                if (conflict[QLatin1String("harmful")].toBool())
                    result << QStringLiteral("conflict ") + conflict[QLatin1String("kind")].toString();
        }
        result.removeDuplicates();
        result.sort();
        return result;
    }

    /// "10.244.0.2:8080" of each endpoint that the Service "web" has.
    QStringList endpoints() const
    {
        const QByteArray said = m_cluster->kubectl({QStringLiteral("get"), QStringLiteral("endpoints"), QStringLiteral("web"), QStringLiteral("-o"),
                                                    QStringLiteral("jsonpath={range .subsets[*].addresses[*]}{.ip}:8080 {end}")});
        return QString::fromLatin1(said).split(u' ', Qt::SkipEmptyParts);
    }

    /// Captures and checks until `right` says so; what was wrong last. (QTRY_COMPARE would capture three times for each look.)
    QStringList foundUntil(Medicctl& check, int seconds, const std::function<bool(const QStringList&)>& right)
    {
        QElapsedTimer timer;
        timer.start();
        while (true) {
            const QStringList now = found(check);
            if (right(now) || timer.elapsed() > seconds * 1000)
                return now;
        }
    }
    QStringList foundUntil(Medicctl& check, const QStringList& wanted)
    {
        return foundUntil(check, 180, [&wanted](const QStringList& now) { return now == wanted; });
    }

    /// A guide on the live cluster: `answers` as YAML, the steps of `confirmed` may change something.
    Medicctl guide(const char* id, const QByteArray& answers, const QStringList& confirmed)
    {
        const QString file = m_folder.filePath(QStringLiteral("guide-%1.medic").arg(++m_count)), given = m_folder.filePath(QStringLiteral("answers-%1.yaml").arg(m_count));
        QFile yaml(given);
        if (yaml.open(QIODevice::WriteOnly))
            yaml.write(answers);
        yaml.close();
        QStringList arguments {QStringLiteral("playbook"), QStringLiteral("run"), QString::fromLatin1(id), QStringLiteral("--answers"), given, QStringLiteral("-o"), file, QStringLiteral("--format"), QStringLiteral("json")};
        for (const QString& step : confirmed)
            arguments << QStringLiteral("--confirm") << step;
        Medicctl run(arguments + m_cluster->connection(), 1800);
        qInfo("%s", run.err.constData());
        return run;
    }
    static QString resultOf(const Medicctl& run, const char* step)
    {
        QString result;
        for (const QJsonValue& visit : run.json()[QLatin1String("visits")].toArray())
            if (visit[QLatin1String("step")].toString() == QLatin1String(step))
                result = visit[QLatin1String("result")].toString();
        return result;
    }
    static QString verdictOf(const Medicctl& run, const char* id)
    {
        for (const QJsonValue& given : run.json()[QLatin1String("verdicts")].toArray())
            if (given[QLatin1String("id")].toString() == QLatin1String(id) && !given[QLatin1String("undecided")].toBool())
                return given[QLatin1String("verdict")].toString() + QStringLiteral(", ") + given[QLatin1String("confidence")].toString();
        return {};
    }

    void heals(const char* incident)
    {
        QVERIFY(m_cluster->incident(incident, "off"));
        QTRY_VERIFY_WITH_TIMEOUT(m_cluster->ready().startsWith("True "), 600000);
        Medicctl check({});
        QCOMPARE(foundUntil(check, {}), QStringList());
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString missing = RealCluster::missing(); !missing.isEmpty())
            QSKIP(qPrintable(missing));
        m_cluster = std::make_unique<RealCluster>();
        QVERIFY2(m_cluster->up(), m_cluster->said().constData());
    }
    void cleanupTestCase() { m_cluster.reset(); }
    void cleanup()
    {
        if (m_cluster && QTest::currentTestFailed())
            m_cluster->endIncidents();
    }

    void healthy()
    {
        Medicctl check({});
        QCOMPARE(foundUntil(check, {}), QStringList()); // the workload has just been started
        QCOMPARE(live(), QStringList());
        int status = -1;
        QCOMPARE(audited(&status), QStringList());
        QCOMPARE(status, 0);
    }

    void aDeadKubeProxyAndItsStaleRules()
    {
        const QStringList before = endpoints();
        QCOMPARE(before.size(), 3);
        QVERIFY2(m_cluster->incident("kube-proxy-dead", "on"), m_cluster->said().constData()); // and one Pod of "web" replaced
        Medicctl check({});
        const QStringList names {QStringLiteral("failure node.kube-proxy-down"), QStringLiteral("failure service.rules-stale")};
        QCOMPARE(foundUntil(check, names), names);
        QCOMPARE(live(), names);
        // Each Service over these Pods: the endpoint that is gone, and the one that is not there yet. Nothing else.
        QStringList expected;
        const QStringList after = endpoints();
        for (const char* const service : {"web", "web-nodeport", "web-sticky"}) {
            for (const QString& one : before)
                if (!after.contains(one))
                    expected << QString::fromLatin1(service) + QStringLiteral(" stale-endpoint ") + one;
            for (const QString& one : after)
                if (!before.contains(one))
                    expected << QString::fromLatin1(service) + QStringLiteral(" missing-endpoint ") + one;
        }
        expected.sort();
        QCOMPARE(expected.size(), 6);
        int status = -1;
        QCOMPARE(audited(&status), expected);
        QCOMPARE(status, 1);
        heals("kube-proxy-dead");
        QCOMPARE(audited(&status), QStringList());
        QCOMPARE(status, 0);
    }

    /// Case 1.2: no Pod reaches the kubernetes Service. From the symptom over the confirmed action to the verified fix.
    void aServiceWithoutRules()
    {
        QVERIFY2(m_cluster->incident("service-lost", "on"), m_cluster->said().constData());
        const Medicctl run = guide("case-1.2-kubernetes-service", "which: node-1\nchanged: gone\n", {QStringLiteral("restart")});
        QCOMPARE(resultOf(run, "prove-api"), QStringLiteral("unreachable")); // from a Pod's own network namespace
        QCOMPARE(verdictOf(run, "proxy-down"), QStringLiteral("failure, confirmed"));
        QCOMPARE(verdictOf(run, "not-programmed"), QStringLiteral("failure, confirmed"));
        QCOMPARE(resultOf(run, "restart"), QStringLiteral("verified"));
        QCOMPARE(resultOf(run, "reprove-api"), QStringLiteral("reached"));
        QCOMPARE(verdictOf(run, "cured"), QStringLiteral("ok, confirmed"));
        heals("service-lost");
    }

    void theApiserverDown()
    {
        QVERIFY(m_cluster->incident("apiserver-down", "on"));
        Medicctl check({});
        const QString listens = QStringLiteral("failure apiserver.not-listening");
        QVERIFY(foundUntil(check, 180, [&](const QStringList& now) { return now.contains(listens); }).contains(listens));
        const auto rightly = [](const Medicctl& one) {
            for (const QString& name : wrong(one))
                QVERIFY2(name == QLatin1String("failure apiserver.not-listening") || name == QLatin1String("failure kubelet.status-not-posted")
                             || name == QLatin1String("warning service.proxy-cannot-watch") || name.startsWith(QLatin1String("unknown ")), qPrintable(name));
            QVERIFY2(!one.finding("cluster.api-unreachable").isEmpty(), one.out.constData());
        };
        rightly(check);
        // Live, over SSH alone: the nodes are known from the hosts file.
        const Medicctl now(json("check") + m_cluster->connection());
        QVERIFY(wrong(now).contains(listens));
        rightly(now);
        heals("apiserver-down");
    }

    void aHungRuntime()
    {
        QVERIFY(m_cluster->incident("runtime-hung", "on"));
        // The kubelet says so after three minutes without a complete list.
        QTRY_VERIFY_WITH_TIMEOUT(m_cluster->ready().contains("PLEG is not healthy"), 400000);
        Medicctl check({});
        const QStringList names = found(check);
        for (const char* const expected : {"failure pleg.unhealthy", "failure node.runtime-hung", "failure notready.pleg"})
            QVERIFY2(names.contains(QLatin1String(expected)), qPrintable(names.join(u'\n')));
        for (const QString& name : names)
            QVERIFY2(name.contains(QLatin1String("pleg")) || name.contains(QLatin1String("runtime")) || name == QLatin1String("failure services.no-ready-endpoints"), qPrintable(name));
        QCOMPARE(check.finding("pleg.unhealthy")[QLatin1String("confidence")].toString(), QStringLiteral("confirmed"));
        // Case 1.4, from the symptom over the confirmed actions to the verified fix (the watch is the window's test).
        const Medicctl run = guide("case-1.4-pleg", "which: node-1\nchoose: docker\nwatch: skip\n",
                                   {QStringLiteral("cordon"), QStringLiteral("restart-docker=admin"), QStringLiteral("uncordon")});
        QCOMPARE(resultOf(run, "hung"), QStringLiteral("list-hangs"));
        QCOMPARE(verdictOf(run, "daemon"), QStringLiteral("failure, confirmed"));
        QCOMPARE(resultOf(run, "cordon"), QStringLiteral("verified"));
        QCOMPARE(resultOf(run, "restart-docker"), QStringLiteral("verified"));
        QCOMPARE(verdictOf(run, "cured"), QStringLiteral("ok, confirmed"));
        heals("runtime-hung");
    }
};

QTEST_GUILESS_MAIN(TestRealCluster)
#include "tst_real_cluster.moc"
