// SPDX-License-Identifier: GPL-3.0-or-later
// Case 1.5 on rules in the exact shapes of kube-proxy and portmap, in either order, both backends, both modes.
#include "recording.h"

#include "diagnostics/checks/rule_lines.h"
#include "diagnostics/model/pod_probe_ids.h"

#include <QTest>

using namespace medic;
using test::has;
using test::withId;

namespace {

const std::string portmapChains =
    "-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment \"dnat name: \\\"cbr0\\\" id: \\\"abc\\\"\" -m multiport --dports 443 -j CNI-DN-0123\n"
    "-A CNI-DN-0123 -s 10.244.0.0/24 -p tcp -m tcp --dport 443 -j CNI-HOSTPORT-SETMARK\n"
    "-A CNI-DN-0123 -p tcp -m tcp --dport 443 -j DNAT --to-destination 10.244.0.12:8443\n";
const std::string hostPortJump = " -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT\n";
const std::string servicesJump = " -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES\n";
const std::string accept = "-A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT\n";

enum class Order { HostPortFirst, ServicesFirst };

std::string nat(Order order, bool accepts = true, const std::string& chains = portmapChains)
{
    std::string text = "*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n:CNI-HOSTPORT-DNAT - [0:0]\n:CNI-DN-0123 - [0:0]\n";
    for (const char* const hook : {"-A PREROUTING", "-A OUTPUT"})
        text += order == Order::HostPortFirst ? hook + hostPortJump + hook + servicesJump : hook + servicesJump + hook + hostPortJump;
    return text + chains + (accepts ? accept : "") + "COMMIT\n";
}

const char* const services =
    R"({"kind":"ServiceList","items":[
{"metadata":{"namespace":"default","name":"kubernetes"},"spec":{"clusterIP":"10.96.0.1","ports":[{"port":443,"protocol":"TCP"}]}},
{"metadata":{"namespace":"default","name":"np"},"spec":{"type":"NodePort","clusterIP":"10.96.7.7","ports":[{"port":80,"nodePort":30080,"protocol":"TCP"}]}}]})";

std::string pods(const std::string& hostNetwork = "false", const std::string& ip = "10.244.0.12", int port = 443)
{
    return R"({"kind":"PodList","items":[{"metadata":{"namespace":"ingress","name":"nginx-x"},"spec":{"nodeName":"n1","hostNetwork":)" + hostNetwork
        + R"(,"containers":[{"name":"c","image":"nginx","ports":[{"containerPort":8443,"hostPort":)" + std::to_string(port)
        + R"(,"protocol":"TCP"}]}]},"status":{"phase":"Running","podIP":")" + ip + R"("}}]})";
}

const char* const vips = R"([{"ifname":"eth0","addr_info":[{"local":"172.30.0.1"}]},{"ifname":"kube-ipvs0","operstate":"DOWN","addr_info":[{"local":"10.96.0.1"},{"local":"10.96.7.7"}]}])";
const char* const noVips = R"([{"ifname":"eth0","addr_info":[{"local":"172.30.0.1"}]}])";
const char* const withPortmap = "==> /etc/cni/net.d/10-a.conflist <==\n{\"name\":\"a\",\"plugins\":[{\"type\":\"bridge\"},{\"type\":\"portmap\",\"capabilities\":{\"portMappings\":true}}]}\n";

test::Recording node(const std::string& mode, const std::string& rules)
{
    test::Recording one;
    one.put("n1", probe::connect, "");
    one.put("n1", probe::kubeProxyMode, mode + "\n");
    one.put("n1", probe::iptablesSave, rules);
    one.put("n1", probe::ipAddr, mode == "ipvs" ? vips : noVips);
    one.put("n1", probe::cniConfig, withPortmap);
    one.put("", probe::apiVersion, "{}");
    one.put("", probe::apiServices, services);
    one.put("", probe::apiPods, pods());
    return one;
}

} // namespace

class HostPort : public QObject {
    Q_OBJECT

    Catalogue m_catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);

    checks::CheckReport run(const test::Recording& recording)
    {
        auto report = recording.run({"hostport"});
        const QString wrong = test::flaw(report, m_catalogue);
        if (!wrong.isEmpty())
            QTest::qFail(qPrintable(wrong), __FILE__, __LINE__);
        return report;
    }

private Q_SLOTS:
    void theftByOrder()
    {
        const auto report = run(node("ipvs", nat(Order::HostPortFirst)));
        const auto found = withId(report, "hostport.steals-service");
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].verdict(), Verdict::Failure);
        QCOMPARE(found[0].confidence(), Confidence::Likely);
        QCOMPARE(found[0].subject().name, std::string("nginx-x"));
        QCOMPARE(found[0].parameters().at("services"), std::string("default/kubernetes (10.96.0.1)"));
        QCOMPARE(found[0].parameters().at("hooks"), std::string("PREROUTING, OUTPUT"));
        // The DNAT, its jump, and both hooks' jumps are shown.
        QCOMPARE(found[0].evidence()[0].lines.size(), std::size_t(6));
    }

    void conntrackConfirms()
    {
        auto recording = node("ipvs", nat(Order::HostPortFirst));
        recording.put("n1", probe::conntrackList,
                      "tcp      6 8 TIME_WAIT src=172.30.0.1 dst=10.96.0.1 sport=40000 dport=443 src=10.244.0.12 dst=172.30.0.1 sport=8443 dport=40000 [ASSURED] mark=0 use=1\n");
        const auto found = withId(run(recording), "hostport.steals-service");
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].confidence(), Confidence::Confirmed);
        // An answer of the right server proves nothing of the kind.
        recording.put("n1", probe::conntrackList,
                      "tcp      6 8 TIME_WAIT src=172.30.0.1 dst=10.96.0.1 sport=40000 dport=443 src=172.30.0.9 dst=172.30.0.1 sport=6443 dport=40000 [ASSURED] mark=0 use=1\n");
        QCOMPARE(withId(run(recording), "hostport.steals-service")[0].confidence(), Confidence::Likely);
    }

    void aForeignCertificateConfirms()
    {
        auto recording = node("ipvs", nat(Order::HostPortFirst));
        const auto confidence = [&](const char* text) {
            recording.put("n1", probe::servicePath, text);
            return withId(run(recording), "hostport.steals-service").at(0).confidence();
        };
        QCOMPARE(confidence("==> pod:u-1 vip 10.96.0.1:443 <==\ndefault backend - 404\n404 0.01\nsubject=CN = ingress.local\n    DNS:ingress.local\n"), Confidence::Confirmed);
        QCOMPARE(confidence("==> pod:u-1 vip 10.96.0.1:443 <==\n{\"gitVersion\":\"v1.28.2\"}\n200 0.01\nsubject=CN = kube-apiserver\n    DNS:kubernetes, DNS:kubernetes.default\n"), Confidence::Likely);
        // Another address, or the node's own view through a proxy, prove nothing of this one.
        QCOMPARE(confidence("==> pod:u-1 vip 10.96.7.7:443 <==\nx\n404 0.01\nsubject=CN = ingress.local\n"), Confidence::Likely);
        QCOMPARE(confidence("==> host vip 10.96.0.1:443 <==\nx\n404 0.01\nsubject=CN = proxy.example\n"), Confidence::Likely);
    }

    void noTheft_data()
    {
        QTest::addColumn<QString>("mode");
        QTest::addColumn<bool>("hostPortFirst");
        QTest::newRow("services first") << u"ipvs"_qs << false;
        QTest::newRow("iptables mode: the VIP is not local") << u"iptables"_qs << true;
        QTest::newRow("nftables mode") << u"nftables"_qs << true;
    }

    void noTheft()
    {
        QFETCH(QString, mode);
        QFETCH(bool, hostPortFirst);
        const auto report = run(node(mode.toStdString(), nat(hostPortFirst ? Order::HostPortFirst : Order::ServicesFirst)));
        QVERIFY(!has(report, "hostport.steals-service"));
        QVERIFY(report.findings.empty());
    }

    void oldKubeProxyHasNoAccept()
    {
        // Before 1.11 KUBE-SERVICES only marks: coming first does not help.
        QVERIFY(has(run(node("ipvs", nat(Order::ServicesFirst, false))), "hostport.steals-service"));
    }

    void hostIpLimitsTheTheft()
    {
        std::string chains = portmapChains;
        const std::string from = "-A CNI-DN-0123 -p tcp";
        chains.replace(chains.find(from), from.size(), "-A CNI-DN-0123 -d 172.30.0.1/32 -p tcp");
        QVERIFY(!has(run(node("ipvs", nat(Order::HostPortFirst, true, chains))), "hostport.steals-service"));
    }

    void crioChains()
    {
        const std::string chains = "-A KUBE-HOSTPORTS -p tcp -m comment --comment \"nginx-x_ingress hostport 443\" -m tcp --dport 443 -j KUBE-HP-ABC\n"
                                   "-A KUBE-HP-ABC -s 10.244.0.12/32 -j KUBE-MARK-MASQ\n"
                                   "-A KUBE-HP-ABC -p tcp -m tcp -j DNAT --to-destination 10.244.0.12:8443\n";
        std::string rules = nat(Order::HostPortFirst, true, chains);
        for (std::size_t at = rules.find("-j CNI-HOSTPORT-DNAT"); at != std::string::npos; at = rules.find("-j CNI-HOSTPORT-DNAT", at))
            rules.replace(at, 20, "-j KUBE-HOSTPORTS");
        const auto found = withId(run(node("ipvs", rules)), "hostport.steals-service");
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].parameters().at("target"), std::string("10.244.0.12:8443"));
    }

    void overSshAloneTheAddressesAreNamed()
    {
        auto recording = node("ipvs", nat(Order::HostPortFirst));
        recording.drop("", probe::apiServices);
        recording.drop("", probe::apiPods);
        recording.drop("", probe::apiVersion);
        recording.put("", probe::apiConnect, "", -1, ProbeState::Unreachable, "connection refused");
        recording.put("n1", probe::ipvsadmSave, "-A -t 10.96.0.1:443 -s rr\n-a -t 10.96.0.1:443 -r 172.30.0.9:6443 -m -w 1\n-A -t 172.30.0.1:443 -s rr\n");
        const auto report = run(recording);
        QCOMPARE(withId(report, "hostport.steals-service").at(0).parameters().at("services"), std::string("10.96.0.1:443"));
        QVERIFY(has(report, "hostport.equals-nodeport"));
        QCOMPARE(withId(report, "cluster.api-unreachable").size(), std::size_t(1));
        QVERIFY(!has(report, "common.not-checked")); // said once

        // Without ipvsadm too: kube-proxy's sets hold the same addresses and ports.
        recording.put("n1", probe::ipvsadmSave, "", -1, ProbeState::ToolMissing, "ipvsadm: not found");
        recording.put("n1", probe::ipsetSave, "create KUBE-CLUSTER-IP hash:ip,port family inet\nadd KUBE-CLUSTER-IP 10.96.0.1,tcp:443\nadd KUBE-CLUSTER-IP 10.96.0.10,udp:53\n"
                                              "create KUBE-NODE-PORT-TCP bitmap:port range 0-65535\nadd KUBE-NODE-PORT-TCP 443\nadd KUBE-LOOP-BACK 10.244.0.2,tcp:53,10.244.0.2\n");
        const auto sets = run(recording);
        QCOMPARE(withId(sets, "hostport.steals-service").at(0).parameters().at("services"), std::string("10.96.0.1:443"));
        QVERIFY(has(sets, "hostport.equals-nodeport"));
    }

    void splitBackends()
    {
        auto recording = node("ipvs", "");
        std::string legacy = nat(Order::ServicesFirst);
        recording.put("n1", probe::iptablesLegacySave, "*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n-A PREROUTING" + servicesJump + accept + "COMMIT\n");
        recording.put("n1", probe::iptablesNftSave, "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING" + hostPortJump + portmapChains + "COMMIT\n");
        const auto report = run(recording);
        QVERIFY(has(report, "hostport.split-backends"));
        QCOMPARE(withId(report, "hostport.steals-service").at(0).confidence(), Confidence::Possible);
    }

    void equalsNodePort()
    {
        std::string chains = portmapChains;
        for (std::size_t at = chains.find(" 443"); at != std::string::npos; at = chains.find(" 443", at))
            chains.replace(at, 4, " 30080");
        auto recording = node("ipvs", nat(Order::ServicesFirst, true, chains));
        recording.put("", probe::apiPods, pods("false", "10.244.0.12", 30080));
        const auto ipvs = withId(run(recording), "hostport.equals-nodeport");
        QCOMPARE(ipvs.size(), std::size_t(1));
        QCOMPARE(ipvs[0].parameters().at("winner"), std::string("ingress/nginx-x"));
        recording.put("n1", probe::kubeProxyMode, "iptables");
        QCOMPARE(withId(run(recording), "hostport.equals-nodeport").at(0).parameters().at("winner"), std::string("default/np"));
    }

    void unreachable_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<int>("variant");
        QTest::newRow("rules flushed") << u"hostport.rules-missing"_qs << 0;
        QTest::newRow("no portmap") << u"hostport.no-portmap"_qs << 1;
        QTest::newRow("stale target") << u"hostport.stale-target"_qs << 2;
        QTest::newRow("FORWARD drops") << u"hostport.forward-policy-drop"_qs << 3;
        QTest::newRow("old portmap") << u"hostport.old-portmap"_qs << 4;
        QTest::newRow("two Pods") << u"hostport.duplicate"_qs << 5;
    }

    void unreachable()
    {
        QFETCH(QString, id);
        QFETCH(int, variant);
        const std::string flushed = "*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n-A PREROUTING" + servicesJump + accept + "COMMIT\n";
        auto recording = node(variant == 4 ? "ipvs" : "iptables", variant <= 1 ? flushed : nat(Order::ServicesFirst));
        if (variant == 1)
            recording.put("n1", probe::cniConfig, "==> /etc/cni/net.d/10-a.conf <==\n{\"name\":\"a\",\"type\":\"bridge\"}\n");
        if (variant == 2)
            recording.put("", probe::apiPods, pods("false", "10.244.0.99"));
        if (variant == 3)
            recording.put("n1", probe::iptablesSave, nat(Order::ServicesFirst) + "*filter\n:FORWARD DROP [0:0]\n-A FORWARD -o docker0 -j ACCEPT\n-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\nCOMMIT\n");
        if (variant == 4)
            recording.put("n1", probe::cniVersions, "CNI portmap plugin v0.7.4\n");
        if (variant == 5) {
            std::string two = pods();
            std::string second = two.substr(two.find("{\"metadata\""));
            second.resize(second.size() - 2);
            two.insert(two.size() - 2, "," + second.replace(second.find("nginx-x"), 7, "nginx-y"));
            recording.put("", probe::apiPods, two);
        }
        const auto report = run(recording);
        QVERIFY2(has(report, id.toStdString()), qPrintable(id));
        QCOMPARE(report.findings.size(), std::size_t(1));
    }

    void hostNetworkPodsAreExcluded()
    {
        const std::string flushed = "*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n-A PREROUTING" + servicesJump + accept + "COMMIT\n";
        auto recording = node("iptables", flushed);
        recording.put("", probe::apiPods, pods("true", "172.30.0.1"));
        QVERIFY(run(recording).findings.empty());
    }

    void portmapVersionEdges_data()
    {
        QTest::addColumn<QString>("version");
        QTest::addColumn<bool>("old");
        for (const auto& [text, old] : {std::pair {"v0.7.4", true}, {"v0.7.5", false}, {"v0.8.0", false}, {"v1.8.1", false}})
            QTest::newRow(text) << QString::fromLatin1(text) << old;
    }

    void portmapVersionEdges()
    {
        QFETCH(QString, version);
        QFETCH(bool, old);
        auto recording = node("ipvs", nat(Order::ServicesFirst));
        recording.put("n1", probe::cniVersions, "CNI portmap plugin " + version.toStdString() + "\n");
        QCOMPARE(has(run(recording), "hostport.old-portmap"), old);
    }

    void nftablesPortmap()
    {
        const auto ruleset = [](const char* fib) {
            return std::string(R"({"nftables":[{"table":{"family":"ip","name":"cni_hostport"}},{"chain":{"family":"ip","table":"cni_hostport","name":"prerouting","type":"nat","hook":"prerouting","prio":-100}},)")
                + R"({"rule":{"family":"ip","table":"cni_hostport","chain":"prerouting","expr":[)" + fib + R"({"jump":{"target":"hostports"}}]}},)"
                + R"({"rule":{"family":"ip","table":"cni_hostport","chain":"hostports","comment":"abc","expr":[{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":443}},{"dnat":{"family":"ip","addr":"10.244.0.12","port":8443}}]}}]})";
        };
        auto recording = node("iptables", "");
        recording.put("n1", probe::nftRuleset, ruleset(""));
        QVERIFY(has(run(recording), "hostport.nft-takes-any-address"));
        recording.put("n1", probe::nftRuleset, ruleset(R"({"match":{"op":"==","left":{"fib":{"result":"type","flags":["daddr"]}},"right":"local"}},)"));
        QVERIFY(run(recording).findings.empty());
    }

    void withoutRulesItIsUnknown()
    {
        auto recording = node("ipvs", "");
        recording.put("n1", probe::iptablesSave, "", -1, ProbeState::NoPermission, "root needed");
        const auto report = run(recording);
        QCOMPARE(report.findings.size(), std::size_t(1));
        QCOMPARE(report.findings[0].verdict(), Verdict::Unknown);
        QCOMPARE(report.findings[0].parameters().at("missing"), std::string("iptables-save: no-permission"));
    }

    void hostileDumpsAreSurvived()
    {
        const std::string rules = nat(Order::HostPortFirst);
        for (std::size_t length = 0; length <= rules.size(); ++length) {
            const auto dump = checks::RuleDump::read(std::string_view(rules).substr(0, length));
            (void)checks::jumpOrders(dump);
            (void)checks::hostPortRules(dump);
            (void)checks::serviceRules(dump, "10.96.0.1", 443, "tcp");
        }
        // A chain that leads to itself must end.
        const auto loop = checks::RuleDump::read("*nat\n-A CNI-HOSTPORT-DNAT -j CNI-DN-A\n-A CNI-DN-A -j CNI-DN-A\n");
        QVERIFY(checks::hostPortRules(loop).empty());
    }
};

QTEST_APPLESS_MAIN(HostPort)
#include "tst_hostport.moc"
