// SPDX-License-Identifier: GPL-3.0-or-later
// medicctl against a real Kubernetes node, where there is one: MEDIC_REAL_CLUSTER names the folder that
// `tests/lab/real/build.sh` fills (./dev test --deep). Healthy, dead kube-proxy with stale rules, apiserver down,
// dockerd hung: each named rightly, by a recording and live alike. Six minutes, of which PLEG takes four.
#include "tests/fakes/lab.h"

#include <QTest>

using medic::fakes::Medicctl;

class TestRealCluster : public QObject
{
    Q_OBJECT

    const QString m_base = qEnvironmentVariable("MEDIC_REAL_CLUSTER");
    QTemporaryDir m_folder;
    bool m_up = false;
    int m_count = 0;

    bool cluster(const QStringList& words)
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.setStandardOutputFile(m_folder.filePath(QStringLiteral("cluster.log")));
        process.start(QStringLiteral(MEDIC_SOURCE_DIR "/tests/lab/real/cluster.sh"), QStringList {words.first(), m_base} + words.mid(1));
        return process.waitForFinished(400000) && process.exitCode() == 0;
    }
    bool incident(const char* name, const char* state) { return cluster({QStringLiteral("incident"), QString::fromLatin1(name), QString::fromLatin1(state)}); }

    QStringList connection() const
    {
        return {QStringLiteral("--kubeconfig"), m_base + QStringLiteral("/admin.conf"), QStringLiteral("--ssh-config"), m_base + QStringLiteral("/ssh/config"),
                QStringLiteral("--nodes"), m_folder.filePath(QStringLiteral("hosts"))};
    }

    /// Verdict and id of what is wrong, without what the machine below the node causes (its load) and the workload's own oddity.
    static QStringList wrong(const Medicctl& check)
    {
        QStringList result;
        for (const QString& one : check.findings()) {
            const QString id = one.section(u' ', 1, 1);
            if (!one.startsWith(QLatin1String("ok ")) && id != QLatin1String("node.pressure") && id != QLatin1String("node.load-high") && !id.startsWith(QLatin1String("local."))
                && id != QLatin1String("services.selects-nothing") && !id.startsWith(QLatin1String("dns.cluster-dns")))
                result << one.section(u' ', 0, 1);
        }
        result.removeDuplicates();
        return result;
    }

    QStringList found(Medicctl& check)
    {
        const QString file = m_folder.filePath(QStringLiteral("%1.medic").arg(++m_count));
        const Medicctl capture(QStringList {QStringLiteral("capture"), QStringLiteral("-o"), file} + connection());
        if (capture.status != 0 && capture.status != 3)
            qWarning("capture: %s", capture.err.constData());
        check = Medicctl({QStringLiteral("check"), file, QStringLiteral("--format"), QStringLiteral("json")});
        return wrong(check);
    }
    QStringList live() const { return wrong(Medicctl(QStringList {QStringLiteral("check"), QStringLiteral("--format"), QStringLiteral("json")} + connection())); }

private Q_SLOTS:
    void initTestCase()
    {
        if (m_base.isEmpty())
            QSKIP("MEDIC_REAL_CLUSTER names no real cluster (./dev test --deep)");
        if (geteuid() != 0)
            QSKIP("the real cluster needs root");
        QFile hosts(m_folder.filePath(QStringLiteral("hosts")));
        QVERIFY(hosts.open(QIODevice::WriteOnly) && hosts.write("node-1\n") > 0);
        hosts.close();
        QVERIFY(cluster({QStringLiteral("up")}) && cluster({QStringLiteral("workloads")}));
        m_up = true;
    }
    void cleanupTestCase()
    {
        if (m_up)
            cluster({QStringLiteral("down")});
    }

    void healthy()
    {
        Medicctl check({});
        QTRY_COMPARE_WITH_TIMEOUT(found(check), QStringList(), 60000); // the workload has just been started
        QCOMPARE(live(), QStringList());
    }

    void aDeadKubeProxyAndItsStaleRules()
    {
        QVERIFY(incident("kube-proxy-dead", "on"));
        Medicctl check({});
        const QStringList names {QStringLiteral("failure node.kube-proxy-down"), QStringLiteral("failure service.rules-stale")};
        QTRY_COMPARE_WITH_TIMEOUT(found(check), names, 60000);
        QCOMPARE(live(), names);
        QVERIFY(incident("kube-proxy-dead", "off"));
    }

    void aHungRuntime()
    {
        QVERIFY(incident("runtime-hung", "on"));
        Medicctl check({});
        QTRY_VERIFY_WITH_TIMEOUT(!Medicctl(QStringList {QStringLiteral("check"), QStringLiteral("--suite"), QStringLiteral("pleg"), QStringLiteral("--format"), QStringLiteral("json")} + connection())
                                      .finding("pleg.unhealthy").isEmpty(), 400000);
        const QStringList names = found(check);
        for (const char* const expected : {"failure pleg.unhealthy", "failure node.runtime-hung"})
            QVERIFY2(names.contains(QLatin1String(expected)), qPrintable(names.join(u'\n')));
        for (const QString& name : names)
            QVERIFY2(name.contains(QLatin1String("pleg")) || name.contains(QLatin1String("runtime")) || name.contains(QLatin1String("services.no-ready")), qPrintable(name));
        QVERIFY(incident("runtime-hung", "off"));
    }

    void theApiserverDown()
    {
        QVERIFY(incident("apiserver-down", "on"));
        Medicctl check({});
        QTRY_VERIFY_WITH_TIMEOUT(found(check).contains(QLatin1String("failure apiserver.not-listening")), 120000);
        const QStringList names = wrong(check);
        for (const QString& name : names)
            QVERIFY2(name == QLatin1String("failure apiserver.not-listening") || name == QLatin1String("failure kubelet.status-not-posted") || name.startsWith(QLatin1String("unknown ")), qPrintable(name));
        QVERIFY2(!check.finding("cluster.api-unreachable").isEmpty(), check.out.constData());
        QVERIFY(incident("apiserver-down", "off"));
    }
};

QTEST_GUILESS_MAIN(TestRealCluster)
#include "tst_real_cluster.moc"
