// SPDX-License-Identifier: GPL-3.0-or-later
// Case 1.2: kube-proxy alive, stuck, absent by design; its rules against the endpoints; what a Pod really reaches.
#include "objects.h"

#include "diagnostics/checks/components.h"
#include "diagnostics/model/pod_probe_ids.h"

#include <QTest>

using namespace medic;
using test::has;
using test::withId;

namespace {

const std::string processHead = "  PID  PPID STAT WCHAN  ELAPSED   RSS COMMAND\n  100 1 Ssl - 86400 1000 /usr/bin/kubelet\n";
const std::string proxyProcess = "  200 1 Ssl - 86400 1000 /usr/local/bin/kube-proxy --config=/x\n";

std::string rules(const std::string& target)
{
    return "*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n:KUBE-SVC-A - [0:0]\n:KUBE-SEP-A - [0:0]\n-A PREROUTING -j KUBE-SERVICES\n"
           "-A KUBE-SERVICES -d 10.96.1.1/32 -p tcp -m comment --comment \"default/web:p cluster IP\" -m tcp --dport 80 -j KUBE-SVC-A\n"
           "-A KUBE-SVC-A -m comment --comment \"default/web:p\" -j KUBE-SEP-A\n-A KUBE-SEP-A -p tcp -m comment --comment \"default/web:p\" -m tcp -j DNAT --to-destination "
        + target + "\nCOMMIT\n";
}

test::Recording cluster(const std::string& target = "10.244.0.5:8080")
{
    auto one = test::clusterOf();
    one.put("n1", probe::ps, processHead + proxyProcess);
    one.put("n1", probe::kubeProxyMode, "iptables\n");
    one.put("n1", probe::kubeProxyHealthz, "{}\n200 0.001\n");
    one.put("n1", probe::iptablesSave, rules(target));
    one.put("n1", probe::ipAddr, "[{\"ifname\":\"eth0\",\"addr_info\":[{\"local\":\"10.0.0.1\"}]}]");
    one.put("", probe::apiServices, test::list("Service", test::serviceObject("web", "10.96.1.1", 80)));
    one.put("", probe::apiEndpointSlices, test::list("EndpointSlice", test::sliceObject("web", "10.244.0.5", 8080)));
    one.put("", probe::apiPods, test::list("Pod", test::podObject({.name = "web", .uid = "u-web"})));
    return one;
}

std::string section(const std::string& from, const std::string& kind, const std::string& address, int status, const std::string& certificate)
{
    return "==> " + from + ' ' + kind + ' ' + address + " <==\n" + (status == 200 ? "{\"gitVersion\":\"v1.28.2\"}" : "") + "\n" + (status == 0 ? "000" : std::to_string(status)) + " 0.01\n"
        + (certificate.empty() ? "" : "subject=CN = " + certificate + "\nX509v3 Subject Alternative Name: \n    DNS:" + (certificate == "kube-apiserver" ? "kubernetes, DNS:kubernetes.default" : certificate) + "\n");
}

const std::string vip = "10.96.0.1:443", end = "10.0.0.1:6443";

} // namespace

class ServiceReach : public QObject {
    Q_OBJECT

    Catalogue m_catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);

    checks::CheckReport run(const test::Recording& recording)
    {
        auto report = recording.run({"service-reach"});
        if (const QString wrong = test::flaw(report, m_catalogue); !wrong.isEmpty())
            QTest::qFail(qPrintable(wrong), __FILE__, __LINE__);
        return report;
    }

private Q_SLOTS:
    void aHealthyNodeIsSilent()
    {
        const auto report = run(cluster());
        QVERIFY2(report.findings.empty(), test::ids(report).c_str());
    }

    void staleRules()
    {
        const auto found = withId(run(cluster("10.244.0.9:8080")), "service.rules-stale");
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].parameters().at("gone"), std::string("10.244.0.9:8080"));
        QCOMPARE(found[0].parameters().at("missing"), std::string("10.244.0.5:8080"));
        QCOMPARE(found[0].confidence(), Confidence::Likely);
        // With kube-proxy dead it is certain why.
        auto dead = cluster("10.244.0.9:8080");
        dead.put("n1", probe::ps, processHead);
        dead.put("n1", probe::kubeProxyHealthz, "\n000 0.001\n", 7);
        const auto report = run(dead);
        QVERIFY(has(report, "node.kube-proxy-down"));
        QCOMPARE(withId(report, "service.rules-stale").at(0).confidence(), Confidence::Confirmed);
    }

    void aServiceWithoutRules()
    {
        auto recording = cluster();
        recording.put("", probe::apiServices, test::list("Service", test::serviceObject("web", "10.96.1.1", 80) + ',' + test::serviceObject("new", "10.96.1.2", 80)));
        recording.put("", probe::apiEndpointSlices, test::list("EndpointSlice", test::sliceObject("web", "10.244.0.5", 8080) + ',' + test::sliceObject("new", "10.244.0.6", 8080)));
        QVERIFY(has(run(recording), "service.not-programmed"));
        // Without a ready endpoint none is to be expected.
        recording.put("", probe::apiEndpointSlices, test::list("EndpointSlice", test::sliceObject("web", "10.244.0.5", 8080) + ',' + test::sliceObject("new", "10.244.0.6", 8080, "default", false)));
        QVERIFY(!has(run(recording), "service.not-programmed"));
    }

    void theModeWhenKubeProxyIsSilent()
    {
        // Of what is left behind: chains for each Service that KUBE-SERVICES leads to, else the device, else sets in the rules.
        const std::string sets = "*nat\n:KUBE-SERVICES - [0:0]\n-A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT\nCOMMIT\n";
        const std::string device = "[{\"ifname\":\"kube-ipvs0\",\"addr_info\":[{\"local\":\"10.96.1.1\"}]}]";
        const auto mode = [&](const std::string& dump, const std::string& addresses) {
            auto recording = cluster();
            recording.put("n1", probe::kubeProxyMode, "", 7);
            recording.put("n1", probe::iptablesSave, dump);
            recording.put("n1", probe::ipAddr, addresses);
            return checks::proxyMode(recording.snapshot, "n1").mode;
        };
        QCOMPARE(mode(rules("10.244.0.5:8080"), "[]"), std::string("iptables"));
        QCOMPARE(mode(rules("10.244.0.5:8080"), device), std::string("iptables")); // the mode was changed, the device stayed
        QCOMPARE(mode(sets, device), std::string("ipvs"));
        QCOMPARE(mode(sets, "[]"), std::string("ipvs")); // cut short: no addresses
        QCOMPARE(mode("*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n", "[]"), std::string());
    }

    void nothingWritten_data()
    {
        QTest::addColumn<QString>("rules");
        QTest::addColumn<QString>("other");
        QTest::addColumn<bool>("alive");
        QTest::addColumn<bool>("expected");
        const QString none = u"*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-MARK-MASQ - [0:0]\nCOMMIT\n"_qs, some = QString::fromStdString(rules("10.244.0.5:8080"));
        QTest::newRow("dead since the boot") << none << none << false << true;
        QTest::newRow("dead since the boot, one backend only") << none << QString() << false << true;
        QTest::newRow("the other backend has them") << none << some << false << false;
        QTest::newRow("the other backend was not read") << none << u"?"_qs << false << false;
        QTest::newRow("alive, in iptables mode, and flushed") << none << none << true << true;
        QTest::newRow("as it should be") << some << none << true << false;
    }

    void nothingWritten()
    {
        QFETCH(QString, rules);
        QFETCH(QString, other);
        QFETCH(bool, alive);
        QFETCH(bool, expected);
        auto recording = cluster();
        recording.put("n1", probe::iptablesSave, rules.toStdString());
        if (other == u"?")
            recording.put("n1", probe::iptablesLegacySave, "", 1, ProbeState::TimedOut);
        else if (other.isEmpty())
            recording.put("n1", probe::iptablesLegacySave, "", 1, ProbeState::ToolMissing);
        else
            recording.put("n1", probe::iptablesLegacySave, other.toStdString());
        if (!alive) {
            recording.put("n1", probe::ps, processHead);
            recording.put("n1", probe::kubeProxyHealthz, "\n000 0.001\n", 7);
            recording.put("n1", probe::kubeProxyMode, "", 7);
            recording.put("", probe::apiPods, test::list("Pod", test::podObject({.name = "kube-proxy-x", .nameSpace = "kube-system", .node = "n2"})));
        }
        const auto report = run(recording);
        QCOMPARE(has(report, "service.not-programmed"), expected);
        if (expected)
            QCOMPARE(withId(report, "service.not-programmed").at(0).confidence(), alive ? Confidence::Likely : Confidence::Confirmed);
    }

    void replacedAndEmbedded_data()
    {
        QTest::addColumn<QString>("process");
        QTest::newRow("Cilium") << u"/usr/bin/cilium-agent --kube-proxy-replacement=true"_qs;
        QTest::newRow("OVN-Kubernetes") << u"/usr/bin/ovnkube --init-node n1"_qs;
        QTest::newRow("kube-router") << u"/usr/local/bin/kube-router --run-service-proxy=true"_qs;
        QTest::newRow("k3s") << u"/usr/local/bin/k3s agent"_qs;
        QTest::newRow("MicroK8s") << u"/snap/microk8s/current/kubelite"_qs;
    }

    void replacedAndEmbedded()
    {
        QFETCH(QString, process);
        auto recording = test::clusterOf();
        recording.put("n1", probe::ps, processHead + "  300 1 Ssl - 86400 1000 " + process.toStdString() + "\n");
        recording.put("n1", probe::kubeProxyHealthz, "\n000 0.001\n", 7);
        const auto report = run(recording);
        QVERIFY2(!has(report, "node.kube-proxy-down"), test::ids(report).c_str());
        for (const Finding& one : report.findings)
            QVERIFY2(one.verdict() != Verdict::Failure && one.verdict() != Verdict::Warning, one.id().c_str());
    }

    void syncStuck_data()
    {
        QTest::addColumn<int>("behind");
        QTest::addColumn<bool>("stuck");
        QTest::newRow("60 s") << 60 << false;
        QTest::newRow("61 s") << 61 << true;
        QTest::newRow("ahead") << -30 << false;
    }

    void syncStuck()
    {
        QFETCH(int, behind);
        QFETCH(bool, stuck);
        auto recording = cluster();
        recording.put("n1", probe::kubeProxyMetrics,
                      "kubeproxy_sync_proxy_rules_last_timestamp_seconds 1000\nkubeproxy_sync_proxy_rules_last_queued_timestamp_seconds " + std::to_string(1000 + behind) + "\n");
        QCOMPARE(has(run(recording), "service.sync-stuck"), stuck);
    }

    void leavingNodesAreNotSick()
    {
        auto recording = cluster();
        recording.put("n1", probe::kubeProxyHealthz, "{\"nodeEligible\": false}\n503 0.001\n");
        QVERIFY(!has(run(recording), "node.kube-proxy-unhealthy"));
        recording.put("n1", probe::kubeProxyHealthz, "{\"lastUpdated\": \"x\"}\n503 0.001\n");
        QVERIFY(has(run(recording), "node.kube-proxy-unhealthy"));
        recording.put("n1", probe::kubeProxyLivez, "{}\n200 0.001\n"); // 1.28: this one decides
        QVERIFY(!has(run(recording), "node.kube-proxy-unhealthy"));
        recording.put("n1", probe::kubeProxyLivez, "404 page not found\n404 0.001\n");
        QVERIFY(has(run(recording), "node.kube-proxy-unhealthy"));
    }

    void paths_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("finding");
        const auto row = [](const char* name, const std::string& text, const char* finding) { QTest::newRow(name) << QString::fromStdString(text) << QString::fromLatin1(finding); };
        const std::string pod = "pod:u-web", api = "kube-apiserver";
        row("well", section(pod, "vip", vip, 200, api) + section(pod, "endpoint", end, 200, api) + section("host", "vip", vip, 200, api), "");
        row("401 is an apiserver", section(pod, "vip", vip, 401, api), "");
        row("somebody else", section(pod, "vip", vip, 404, "ingress.local") + section(pod, "endpoint", end, 200, api), "service.foreign-answer");
        row("a proxy in front of the node", section("host", "vip", vip, 404, "proxy.example") + section(pod, "vip", vip, 200, api), "");
        row("the VIP only", section(pod, "vip", vip, 0, "") + section(pod, "endpoint", end, 200, api), "service.vip-fails");
        row("one apiserver of two is gone", section(pod, "vip", vip, 0, "") + section(pod, "endpoint", end, 200, api) + section(pod, "endpoint", "10.0.0.2:6443", 0, ""), "service.apiserver-gone");
        row("the Pod only", section(pod, "vip", vip, 0, "") + section(pod, "endpoint", end, 0, "") + section("host", "endpoint", end, 200, api), "service.pod-cut-off");
        row("the apiserver is down", section(pod, "vip", vip, 0, "") + section(pod, "endpoint", end, 0, "") + section("host", "endpoint", end, 0, ""), "");
        row("without openssl nothing is foreign", section(pod, "vip", vip, 404, ""), "");
    }

    void paths()
    {
        QFETCH(QString, text);
        QFETCH(QString, finding);
        auto recording = cluster();
        recording.put("n1", probe::servicePath, text.toStdString());
        const auto report = run(recording);
        QCOMPARE(QString::fromStdString(report.findings.empty() ? std::string() : report.findings[0].id()), finding);
        if (!finding.isEmpty())
            QCOMPARE(report.findings[0].confidence(), Confidence::Confirmed);
    }

    void missingRulesAreUnknown()
    {
        auto recording = cluster();
        recording.put("n1", probe::iptablesSave, "", -1, ProbeState::NoPermission, "needs root");
        const auto report = run(recording);
        QCOMPARE(withId(report, "common.not-checked").size(), std::size_t(1));
        QVERIFY(!has(report, "service.not-programmed") && !has(report, "service.rules-stale"));
        // A cut dump proves nothing.
        auto cut = cluster();
        auto observation = std::make_shared<Observation>(*cut.snapshot.find("n1", probe::iptablesSave));
        observation->truncated = true;
        observation->out.resize(observation->out.size() / 2);
        cut.snapshot.add(observation);
        QVERIFY(!has(run(cut), "service.rules-stale") && !has(run(cut), "service.not-programmed"));
    }

    void ownMachine_data()
    {
        QTest::addColumn<QString>("memory");
        QTest::addColumn<QString>("pressure");
        QTest::addColumn<int>("verdict");
        const auto row = [](const char* name, int totalMiB, int availableMiB, const char* pressure, Verdict verdict) {
            QTest::newRow(name) << QStringLiteral("MemTotal: %1 kB\nMemFree: 1 kB\nMemAvailable: %2 kB\n").arg(totalMiB * 1024).arg(availableMiB * 1024) << QString::fromLatin1(pressure) << int(verdict);
        };
        row("half free", 16000, 8000, "", Verdict::Ok);
        row("10 %", 16000, 1600, "", Verdict::Ok);
        row("9 %", 16000, 1440, "", Verdict::Warning);
        row("4 %", 16000, 640, "", Verdict::Failure);
        row("450 MiB of 4 GiB", 4000, 450, "", Verdict::Warning);
        row("stalled", 16000, 8000, "==> /proc/pressure/memory <==\nsome avg10=21.00 avg60=1.00 avg300=0.00 total=1\nfull avg10=1.00 avg60=0.00 avg300=0.00 total=1\n", Verdict::Failure);
        row("20 % is not yet", 16000, 8000, "==> /proc/pressure/memory <==\nsome avg10=20.00 avg60=1.00 avg300=0.00 total=1\nfull avg10=5.00 avg60=0.00 avg300=0.00 total=1\n", Verdict::Ok);
    }

    void ownMachine()
    {
        QFETCH(QString, memory);
        QFETCH(QString, pressure);
        QFETCH(int, verdict);
        test::Recording recording;
        recording.put("@local", probe::meminfo, memory.toStdString());
        if (!pressure.isEmpty())
            recording.put("@local", probe::pressure, pressure.toStdString());
        const auto report = recording.run({"own-machine"});
        const QString wrong = test::flaw(report, m_catalogue);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        const auto found = withId(report, "own.memory-low");
        QCOMPARE(found.empty() ? int(Verdict::Ok) : int(found[0].verdict()), verdict);
        if (!found.empty())
            QCOMPARE(found[0].confidence(), Confidence::Likely); // never confirmed without a second terminal
    }

    void ownConnections()
    {
        test::Recording recording;
        std::string text;
        for (int i = 0; i < 900; ++i)
            text += "tcp TIME-WAIT 0 0 10.0.0.9:" + std::to_string(30000 + i) + " 10.0.0.1:443\n";
        for (int i = 0; i < 6; ++i)
            text += "tcp ESTAB 0 0 10.0.0.9:" + std::to_string(40000 + i) + " 10.0.0.2:443 users:((\"firefox\",pid=5,fd=" + std::to_string(i) + "))\n";
        recording.put("@local", probe::ss, text);
        recording.put("@local", probe::sysctl, "net.ipv4.ip_local_port_range = 30000 30999\n");
        const auto report = recording.run({"own-machine"});
        QVERIFY2(has(report, "own.ports-exhausted"), test::ids(report).c_str());
        QVERIFY2(has(report, "own.browser-full"), test::ids(report).c_str());
        recording.put("@local", probe::sysctl, "net.ipv4.ip_local_port_range = 20000 60999\n");
        QVERIFY(!has(recording.run({"own-machine"}), "own.ports-exhausted"));
    }
};

QTEST_APPLESS_MAIN(ServiceReach)
#include "tst_service_reach.moc"
