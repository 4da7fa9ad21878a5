// SPDX-License-Identifier: GPL-3.0-or-later
// Packets from node to node: tunnels, routed Pods, what was not collected, and the way back.
#include "diagnostics/netfilter/cluster_trace.h"

#include <QTest>

using namespace medic;
using namespace medic::netfilter;

namespace {

enum class Net { Vxlan, HostGateway, Ipip, Wireguard };

/// Node n of a flannel- or Calico-like cluster: 192.168.0.n, Pods in 10.244.n.0/24 behind cni0.
std::shared_ptr<const NodeState> nodeState(int n, Net net, const std::string& nat = {}, const std::string& filter = {})
{
    const auto number = std::to_string(n), other = std::to_string(3 - n);
    const std::string tunnel = net == Net::Vxlan ? "flannel.1" : net == Net::Ipip ? "tunl0" : "wg0";
    const std::string kind = net == Net::Vxlan ? "vxlan" : net == Net::Ipip ? "ipip" : "wireguard";
    std::string links = R"([{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP"],"addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host"}]},
{"ifindex":2,"ifname":"eth0","flags":["UP"],"linkinfo":{"info_kind":"veth"},"addr_info":[{"family":"inet","local":"192.168.0.N","prefixlen":24,"scope":"global"}]},
{"ifindex":3,"ifname":"cni0","flags":["UP"],"linkinfo":{"info_kind":"bridge"},"addr_info":[{"family":"inet","local":"10.244.N.1","prefixlen":24,"scope":"global"}]},
{"ifindex":5,"ifname":"veth9","flags":["UP"],"master":"cni0","linkinfo":{"info_kind":"veth","info_slave_kind":"bridge","info_slave_data":{"hairpin":true}},"addr_info":[]})";
    std::string routes = R"([{"type":"local","dst":"127.0.0.0/8","dev":"lo","table":"local","protocol":"kernel"},
{"type":"local","dst":"192.168.0.N","dev":"eth0","table":"local","protocol":"kernel"},{"type":"local","dst":"10.244.N.1","dev":"cni0","table":"local","protocol":"kernel"},
{"type":"local","dst":"10.244.N.0","dev":"TUN","table":"local","protocol":"kernel"},
{"dst":"default","gateway":"192.168.0.254","dev":"eth0"},{"dst":"192.168.0.0/24","dev":"eth0"},{"dst":"10.244.N.0/24","dev":"cni0"},)";
    const std::string device = R"(,{"ifindex":4,"ifname":"TUN","flags":["UP"],"linkinfo":{"info_kind":"KIND","info_data":{"local":"192.168.0.N","port":8472}},
"addr_info":[{"family":"inet","local":"10.244.N.0","prefixlen":32,"scope":"global"}]})";
    if (net != Net::HostGateway)
        links += device;
    routes += net == Net::Vxlan       ? R"({"dst":"10.244.O.0/24","gateway":"10.244.O.0","dev":"TUN"},{"dst":"10.244.3.0/24","gateway":"10.244.3.0","dev":"TUN"}])"
        : net == Net::Ipip            ? R"({"dst":"10.244.O.0/24","gateway":"192.168.0.O","dev":"TUN"},{"dst":"10.244.3.0/24","gateway":"192.168.0.3","dev":"TUN"}])"
        : net == Net::Wireguard       ? R"({"dst":"10.244.0.0/16","dev":"TUN"}])"
                                      : R"({"dst":"10.244.O.0/24","gateway":"192.168.0.O","dev":"eth0"},{"dst":"10.244.3.0/24","gateway":"192.168.0.3","dev":"eth0"}])";
    links += "]";
    const auto fill = [&](std::string& text) {
        const auto each = [&](const std::string& what, const std::string& with) {
            for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
                text.replace(at, what.size(), with);
        };
        each("TUN", tunnel);
        each("KIND", kind);
        each(".N", '.' + number);
        each(".O", '.' + other);
    };
    fill(links);
    fill(routes);
    const std::string rules = "*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n" + nat
        + "COMMIT\n*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n" + filter + "COMMIT\n";
    const std::string sysctls = "net.ipv4.ip_forward = 1\nnet.ipv4.conf.all.forwarding = 1\nnet.ipv4.conf.all.rp_filter = 0\nnet.ipv4.conf.eth0.rp_filter = 0\n"
                                "net.ipv4.conf.cni0.rp_filter = 0\nnet.ipv4.conf." + (tunnel == "flannel.1" ? std::string("flannel/1") : tunnel)
        + ".rp_filter = 0\nnet.bridge.bridge-nf-call-iptables = 1\n";
    auto state = std::make_shared<NodeState>();
    const auto set = [&](std::string_view file, const std::string& text) {
        if (const auto done = state->setPart(file, std::make_shared<const std::string>(text)); !done)
            qFatal("%s: %s", done.error().where.c_str(), done.error().detail.c_str());
    };
    set("iptables-save.txt", rules);
    set("ip-link.json", links);
    set("ip-addr.json", links);
    set("ip-route-all.json", routes);
    set("sysctl.txt", sysctls);
    set("ipvsadm-Sn.txt", "");
    set("ip-rule.json", R"([{"priority":0,"src":"all","table":"local"},{"priority":32766,"src":"all","table":"main"}])");
    state->finish();
    return state;
}

PathNames names()
{
    PathNames result;
    for (int n = 1; n <= 3; ++n) {
        const auto number = std::to_string(n);
        result.nodes.push_back("n" + number);
        result.addresses["n" + number] = {*IpAddress::parse("192.168.0." + number)};
        result.podRanges["n" + number] = {*IpPrefix::parse("10.244." + number + ".0/24")};
        kube::Pod pod;
        pod.meta.nameSpace = "default";
        pod.meta.name = "web-" + number;
        pod.node = "n" + number;
        pod.podIp = "10.244." + number + ".5";
        pod.podIps = {pod.podIp};
        result.pods.push_back(pod);
    }
    result.collected = {"n1", "n2"};
    result.podsKnown = result.servicesKnown = true;
    return result;
}

const std::string service = "-A PREROUTING -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.244.2.5:8080\n";

ClusterTrace follow(const PathNames& cluster, Net net, const char* from, const char* to, std::uint16_t port, const std::string& nat = service,
                    const std::string& filterThere = {}, const std::string& start = "n1")
{
    ClusterTracer tracer(cluster);
    tracer.add("n1", nodeState(1, net, nat));
    tracer.add("n2", nodeState(2, net, {}, filterThere));
    PacketQuery query {.src = *IpAddress::parse(from), .dst = *IpAddress::parse(to), .dport = port};
    return tracer.trace(start, query);
}

} // namespace

class TestClusterTrace : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void podToService_data()
    {
        QTest::addColumn<int>("net");
        QTest::addColumn<QByteArray>("carrier");
        QTest::addColumn<QByteArray>("in");
        QTest::newRow("VXLAN") << int(Net::Vxlan) << QByteArray("vxlan") << QByteArray("flannel.1");
        QTest::newRow("host-gw") << int(Net::HostGateway) << QByteArray("direct") << QByteArray("eth0");
        QTest::newRow("IPIP") << int(Net::Ipip) << QByteArray("ipip") << QByteArray("tunl0");
        QTest::newRow("WireGuard") << int(Net::Wireguard) << QByteArray("wireguard") << QByteArray("wg0");
    }

    void podToService()
    {
        QFETCH(int, net);
        QFETCH(QByteArray, carrier);
        QFETCH(QByteArray, in);
        const PathNames cluster = names();
        const ClusterTrace trace = follow(cluster, static_cast<Net>(net), "10.244.1.5", "10.96.0.10", 80);
        QCOMPARE(trace.branches.size(), 1U);
        const auto& branch = trace.branches.front();
        QVERIFY2(branch.end == ClusterEnd::Pod, branch.reason.c_str());
        QCOMPARE(branch.whose, std::string("pod default/web-2"));
        QCOMPARE(branch.hops.size(), 2U);
        QCOMPARE(branch.hops[1].node, std::string("n2"));
        QCOMPARE(branch.hops[1].carrier, carrier.toStdString());
        QCOMPARE(branch.hops[1].in, in.toStdString());
        QCOMPARE(branch.hops[1].outer.has_value(), carrier != "direct");
        if (branch.hops[1].outer) {
            QCOMPARE(branch.hops[1].outer->src, std::string("192.168.0.1"));
            QCOMPARE(branch.hops[1].outer->dst, std::string("192.168.0.2"));
            QCOMPARE(branch.hops[1].outer->protocol, std::string(carrier == "ipip" ? "ipencap" : "udp"));
        }
        QVERIFY(branch.beyond.empty());
        QCOMPARE(branch.packet.dst, std::string("10.244.2.5"));
        QCOMPARE(branch.packet.dport, std::uint16_t(8080));
        QVERIFY(branch.certain);
        QCOMPARE(branch.answer.size(), 2U);
        QVERIFY2(branch.answerEnd == ClusterEnd::Pod, branch.answerReason.c_str());
        QCOMPARE(branch.answer[1].node, std::string("n1"));
        QCOMPARE(branch.answer[1].branch.packet.src, std::string("10.96.0.10"));
    }

    void aNodeThatWasNotCollected()
    {
        const PathNames cluster = names();
        const auto trace = follow(cluster, Net::HostGateway, "10.244.1.5", "10.244.3.5", 80);
        QCOMPARE(trace.branches.front().end, ClusterEnd::Unknown);
        QVERIFY(!trace.branches.front().certain);
        QCOMPARE(trace.branches.front().beyond, std::string("n3"));
        QCOMPARE(trace.branches.front().beyondCarrier, std::string("direct"));
        QVERIFY2(QByteArray::fromStdString(trace.branches.front().reason).contains("n3 was not collected"), trace.branches.front().reason.c_str());
    }

    void aTunnelThatIsBlocked()
    {
        const PathNames cluster = names();
        const auto trace = follow(cluster, Net::Vxlan, "10.244.1.5", "10.96.0.10", 80, service, "-A INPUT -p udp -m udp --dport 8472 -j DROP\n");
        QCOMPARE(trace.branches.front().end, ClusterEnd::Refused);
        QCOMPARE(trace.branches.front().beyond, std::string("n2"));
        QVERIFY2(QByteArray::fromStdString(trace.branches.front().reason).contains("vxlan packet 192.168.0.1 > 192.168.0.2:8472 on n2"), trace.branches.front().reason.c_str());
    }

    void refusedOnTheOtherNode()
    {
        const PathNames cluster = names();
        const auto trace = follow(cluster, Net::Ipip, "10.244.1.5", "10.96.0.10", 80, service, "-A FORWARD -d 10.244.2.5/32 -j DROP\n");
        const auto& branch = trace.branches.front();
        QCOMPARE(branch.end, ClusterEnd::Refused);
        QCOMPARE(branch.hops.back().node, std::string("n2"));
    }

    /// A nodePort without masquerade: the Pod's node answers the client itself, past the node that translated.
    void theAnswerTakesAnotherWay()
    {
        const PathNames cluster = names();
        const std::string nodePort = "-A PREROUTING -d 192.168.0.1/32 -p tcp -m tcp --dport 30080 -j DNAT --to-destination 10.244.2.5:8080\n";
        const auto lost = follow(cluster, Net::HostGateway, "192.168.0.77", "192.168.0.1", 30080, nodePort);
        QCOMPARE(lost.branches.front().end, ClusterEnd::Pod);
        QCOMPARE(lost.branches.front().answerEnd, ClusterEnd::Refused);
        QVERIFY(QByteArray::fromStdString(lost.branches.front().answerReason).contains("does not come back through node n1"));
        const auto right = follow(cluster, Net::HostGateway, "192.168.0.77", "192.168.0.1", 30080, nodePort + "-A POSTROUTING -d 10.244.2.5/32 -j MASQUERADE\n");
        QCOMPARE(right.branches.front().end, ClusterEnd::Pod);
        QVERIFY2(right.branches.front().answerEnd != ClusterEnd::Refused && right.branches.front().answerReason.empty(), right.branches.front().answerReason.c_str());
        QCOMPARE(right.branches.front().packet.src, std::string("192.168.0.1"));
        QCOMPARE(right.branches.front().answerEnd, ClusterEnd::Outside); // whoever 192.168.0.77 is
    }

    void ends()
    {
        const PathNames cluster = names();
        QCOMPARE(follow(cluster, Net::Vxlan, "10.244.1.5", "198.51.100.7", 443).branches.front().end, ClusterEnd::Outside);
        QCOMPARE(follow(cluster, Net::Vxlan, "10.244.1.5", "192.168.0.2", 22).branches.front().end, ClusterEnd::Node);
        QCOMPARE(follow(cluster, Net::Vxlan, "10.244.1.5", "10.244.1.9", 80).branches.front().end, ClusterEnd::Pod);
        QCOMPARE(follow(cluster, Net::Vxlan, "10.244.1.5", "10.96.0.10", 80, service, {}, "n3").branches.front().end, ClusterEnd::Unknown);
        ClusterTracer tracer(cluster);
        tracer.add("n1", nodeState(1, Net::Vxlan));
        tracer.add("n2", nodeState(2, Net::Vxlan));
        QCOMPARE(tracer.startOf(*IpAddress::parse("10.244.2.5"), {}), std::string("n2"));
        QCOMPARE(tracer.startOf(*IpAddress::parse("198.51.100.1"), *IpAddress::parse("192.168.0.2")), std::string("n2"));
    }
};

QTEST_APPLESS_MAIN(TestClusterTrace)
#include "tst_cluster_trace.moc"
