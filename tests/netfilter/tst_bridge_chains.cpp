// SPDX-License-Identifier: GPL-3.0-or-later
// Chains of nft's family bridge: before and behind br_netfilter, with ports as devices.
#include "nft_node.h"

#include <QTest>

using namespace medic;
using namespace medic::netfilter;

namespace {

/// nft_node's node with two Pods on its bridge, and a table of the bridge with these rules.
NodeState bridgeNode(const std::vector<std::pair<std::string, std::string>>& rules, const std::string& call, int priority = -200)
{
    std::string json = R"({"nftables": [{"table": {"family": "bridge", "name": "t"}})";
    for (const char* hook : {"prerouting", "input", "forward", "output", "postrouting"})
        json += R"(,{"chain": {"family": "bridge", "table": "t", "name": ")" + std::string(hook) + R"(", "type": "filter", "hook": ")" + hook
            + R"(", "prio": )" + std::to_string(priority) + R"(, "policy": "accept"}})";
    int handle = 10;
    for (const auto& [chain, expressions] : rules)
        json += R"(,{"rule": {"family": "bridge", "table": "t", "chain": ")" + chain + R"(", "handle": )" + std::to_string(++handle) + R"(, "expr": [)" + expressions + "]}}";
    json += R"(,{"table": {"family": "ip", "name": "ipt"}},{"chain": {"family": "ip", "table": "ipt", "name": "pre", "type": "filter", "hook": "prerouting", "prio": -200, "policy": "accept"}},)"
            R"({"rule": {"family": "ip", "table": "ipt", "chain": "pre", "handle": 3, "expr": [{"counter": null}]}}]})";
    NodeState state = nftnode::node(json);
    nftnode::put(state, "ip-link.json", R"([{"ifindex":4,"ifname":"cni0","flags":["UP"],"linkinfo":{"info_kind":"bridge"}},
        {"ifindex":8,"ifname":"va","flags":["UP"],"master":"cni0"},{"ifindex":9,"ifname":"vb","flags":["UP"],"master":"cni0"}])");
    nftnode::put(state, "iptables-legacy-save.txt", "");
    std::string sysctls = "net.ipv4.ip_forward = 1\nnet.bridge.bridge-nf-call-iptables = " + call + '\n';
    for (const std::string device : {"all", "lo", "nc", "nx", "cni0", "va", "vb"})
        for (const std::string value : {".rp_filter = 0", ".forwarding = 1", ".route_localnet = 0"})
            sysctls += "net.ipv4.conf." + device + value + '\n';
    nftnode::put(state, "sysctl.txt", sysctls);
    return state;
}

std::string match(const std::string& left, const std::string& right) { return R"({"match": {"op": "==", "left": )" + left + R"(, "right": )" + right + "}}"; }
std::string meta(const std::string& key, const std::string& value) { return match(R"({"meta": {"key": ")" + key + "\"}}", '"' + value + '"'); }
const std::string count = R"({"counter": null})", drop = R"({"drop": null})";

PacketQuery switched() { return nftnode::query(proto::udp, "10.99.2.2", "10.99.2.3", 53, "va"); }

} // namespace

class TestBridgeChains : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aSwitchedPacket_data()
    {
        QTest::addColumn<QString>("call");
        QTest::addColumn<int>("priority");
        QTest::addColumn<QString>("told");
        QTest::newRow("before br_netfilter") << "1" << -200 << "prerouting 1: continue; pre 1: continue; forward 1: continue; postrouting 1: continue";
        QTest::newRow("behind br_netfilter") << "1" << 200 << "pre 1: continue; prerouting 1: continue; forward 1: continue; postrouting 1: continue";
        QTest::newRow("bridge-nf-call off") << "0" << -200 << "prerouting 1: continue; forward 1: continue; postrouting 1: continue";
    }

    void aSwitchedPacket()
    {
        QFETCH(QString, call);
        QFETCH(int, priority);
        QFETCH(QString, told);
        const NodeState state = bridgeNode({{"prerouting", meta("iifname", "va") + ',' + count}, {"prerouting", meta("iifname", "cni0") + ',' + count}, {"input", count},
                                            {"forward", meta("iifname", "va") + ',' + meta("oifname", "vb") + ',' + meta("ibrname", "cni0") + ',' + count}, {"output", count},
                                            {"postrouting", meta("oifname", "vb") + ',' + count}},
                                           call.toStdString(), priority);
        const Trace trace = PacketTracer(state).trace(switched());
        QCOMPARE(trace.branches.size(), std::size_t(1));
        QCOMPARE(trace.branches[0].disposition, Disposition::Forwarded);
        QVERIFY(trace.branches[0].certain);
        QCOMPARE(QString::fromStdString(nftnode::told(trace.branches[0])), told);
        QCOMPARE(trace.branches[0].packet.in, std::string("cni0"));
    }

    void aDropIsFinal()
    {
        const NodeState state = bridgeNode({{"forward", match(R"({"payload": {"protocol": "udp", "field": "dport"}})", "53") + ',' + drop}}, "1");
        const Trace trace = PacketTracer(state).trace(switched());
        QCOMPARE(trace.branches.size(), std::size_t(1));
        QCOMPARE(trace.branches[0].disposition, Disposition::Dropped);
        QCOMPARE(trace.branches[0].reason, std::string("bridge t forward rule 1"));
        QCOMPARE(trace.branches[0].steps.back().handle, std::int64_t(11));
    }

    void toTheNodeAndFromIt()
    {
        const NodeState state = bridgeNode({{"input", meta("iifname", "va") + ',' + count}, {"output", match(R"({"payload": {"protocol": "ether", "field": "type"}})", "\"ip\"") + ',' + count},
                                            {"postrouting", count}}, "1");
        const Trace in = PacketTracer(state).trace(nftnode::query(proto::udp, "10.99.2.2", "10.99.2.1", 53, "va"));
        QCOMPARE(nftnode::told(in.branches.at(0)), std::string("pre 1: continue; input 1: continue"));
        QCOMPARE(in.branches[0].disposition, Disposition::Delivered);
        const Trace out = PacketTracer(state).trace(nftnode::query(proto::udp, "10.99.1.2", "10.99.2.2", 53, "nc"));
        QCOMPARE(nftnode::told(out.branches.at(0)), std::string("pre 1: continue; output 1: continue; postrouting 1: continue"));
        QCOMPARE(out.branches[0].disposition, Disposition::Forwarded);
    }

    /// The CNI plugin's macspoofchk: addresses of Ethernet are not part of the question.
    void macAddressesAreUnknown()
    {
        const NodeState state = bridgeNode({{"prerouting", meta("iifname", "va") + ',' + match(R"({"payload": {"protocol": "ether", "field": "saddr"}})", "\"02:00:00:00:00:01\"") + ",{\"return\": null}"},
                                            {"prerouting", meta("iifname", "va") + ',' + drop}}, "1");
        const Trace trace = PacketTracer(state).trace(switched());
        QCOMPARE(trace.branches.size(), std::size_t(2));
        for (const auto& branch : trace.branches)
            QVERIFY(!branch.certain);
    }
};

QTEST_APPLESS_MAIN(TestBridgeChains)
#include "tst_bridge_chains.moc"
