// SPDX-License-Identifier: GPL-3.0-or-later
// What IPVS decides about a packet (ip_vs_core.c), from ipvsadm's two listings and the sysctls. The same against a
// kernel: tst_ipvs_kernel.cpp.
#include "diagnostics/netfilter/ipvs_scheduler.h"
#include "nft_node.h"

#include <QTest>

using namespace medic;
using namespace medic::netfilter;
using Kind = IpvsDecision::Kind;

namespace {

constexpr const char* head = "IPVS connection entries\npro expire state       source             virtual            destination\n";

struct Given {
    std::string servers = "-A -t 10.96.0.10:80 -s rr\n-a -t 10.96.0.10:80 -r 10.244.1.5:8080 -m -w 1\n-a -t 10.96.0.10:80 -r 10.244.2.6:8080 -m -w 1\n";
    std::string connections; ///< empty: not collected
    std::string sysctls = "net.ipv4.vs.conntrack = 1\nnet.ipv4.vs.expire_nodest_conn = 1\nnet.ipv4.vs.expire_quiescent_template = 1\n";
};

/// Kinds, servers and certainty, in words.
std::string decided(const Given& given, std::uint8_t flags = 0x02, bool confirmed = false, std::uint32_t mark = 0)
{
    NodeState state;
    nftnode::put(state, "ipvsadm-Sn.txt", given.servers);
    if (!given.connections.empty())
        nftnode::put(state, "ipvsadm-Lcn.txt", head + given.connections);
    nftnode::put(state, "sysctl.txt", given.sysctls);
    PacketState packet;
    packet.src = *IpAddress::parse("192.0.2.7");
    packet.dst = *IpAddress::parse("10.96.0.10");
    packet.protocol = proto::tcp;
    packet.sport = 40000;
    packet.dport = 80;
    packet.tcpFlags = flags;
    packet.mark = mark;
    packet.ct.state = confirmed ? Conntrack::State::Established : Conntrack::State::New;
    packet.ct.confirmed = confirmed;
    std::string text;
    for (const auto& one : scheduleIpvs(state, packet)) {
        const char* const kind = one.kind == Kind::Pass ? "pass" : one.kind == Kind::Send ? "send" : one.kind == Kind::Refuse ? "refuse" : "drop";
        text += (text.empty() ? "" : ", ") + std::string(kind) + (one.server ? ' ' + one.server->address.text() : std::string()) + (one.certain ? "" : " (perhaps)");
    }
    return text;
}

} // namespace

class TestIpvsScheduler : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void firstPackets()
    {
        QCOMPARE(decided({}), std::string("send 10.244.1.5, send 10.244.2.6"));
        QCOMPARE(decided({.servers = "-A -t 10.96.0.10:80 -s rr\n"}), std::string("refuse"));
        QCOMPARE(decided({.servers = "-A -t 10.96.0.10:80 -s wrr\n-a -t 10.96.0.10:80 -r 10.244.1.5:8080 -m -w 0\n"}), std::string("refuse"));
        QCOMPARE(decided({.servers = "-A -t 10.96.0.11:80 -s rr\n"}), std::string("pass"));
        QCOMPARE(decided({.servers = "-A -t 10.96.0.10:80 -s sh\n-a -t 10.96.0.10:80 -r 10.244.1.5:8080 -m\n-a -t 10.96.0.10:80 -r 10.244.2.6:8080 -m\n"}),
                 std::string("send 10.244.1.5 (perhaps), send 10.244.2.6 (perhaps)"));
    }

    void byMark()
    {
        const Given given {.servers = "-A -f 16384 -s rr\n-a -f 16384 -r 10.244.1.5:8080 -m\n-A -t 10.96.0.10:80 -s rr\n-a -t 10.96.0.10:80 -r 10.244.2.6:8080 -m\n"};
        QCOMPARE(decided(given, 0x02, false, 0x4000), std::string("send 10.244.1.5")); // the mark comes first
        QCOMPARE(decided(given, 0x02, false, 0x4001), std::string("send 10.244.2.6")); // all of it is compared
    }

    void persistence()
    {
        const std::string servers = "-A -t 10.96.0.10:80 -s rr -p 300\n-a -t 10.96.0.10:80 -r 10.244.1.5:8080 -m -w 1\n-a -t 10.96.0.10:80 -r 10.244.2.6:8080 -m -w 1\n";
        const std::string came = "TCP 04:58  NONE        192.0.2.7:0        10.96.0.10:80      10.244.2.6:8080\n";
        QCOMPARE(decided({.servers = servers}), std::string("send 10.244.1.5 (perhaps), send 10.244.2.6 (perhaps)"));
        QCOMPARE(decided({.servers = servers, .connections = "TCP 04:58  NONE        192.0.2.9:0        10.96.0.10:80      10.244.2.6:8080\n"}),
                 std::string("send 10.244.1.5, send 10.244.2.6"));
        QCOMPARE(decided({.servers = servers, .connections = came}), std::string("send 10.244.2.6"));
        const std::string drained = "-A -t 10.96.0.10:80 -s rr -p 300\n-a -t 10.96.0.10:80 -r 10.244.1.5:8080 -m -w 1\n-a -t 10.96.0.10:80 -r 10.244.2.6:8080 -m -w 0\n";
        QCOMPARE(decided({.servers = drained, .connections = came}), std::string("send 10.244.1.5"));
        QCOMPARE(decided({.servers = drained, .connections = came, .sysctls = "net.ipv4.vs.conntrack = 1\nnet.ipv4.vs.expire_quiescent_template = 0\n"}), std::string("send 10.244.2.6"));
    }

    void laterPackets()
    {
        const std::string known = "TCP 14:58  ESTABLISHED 192.0.2.7:40000    10.96.0.10:80      10.244.2.6:8080\n";
        QCOMPARE(decided({.connections = known}, 0x10, true), std::string("send 10.244.2.6"));
        QCOMPARE(decided({.connections = "TCP 14:58  ESTABLISHED 192.0.2.8:40000    10.96.0.10:80      10.244.2.6:8080\n"}, 0x10, true), std::string("pass"));
    }

    /// Weight 0 keeps its connections; a server that is gone loses them, at once or never.
    void theServerIsGone()
    {
        const std::string known = "TCP 14:58  ESTABLISHED 192.0.2.7:40000    10.96.0.10:80      10.244.2.6:8080\n";
        const std::string one = "-A -t 10.96.0.10:80 -s rr\n-a -t 10.96.0.10:80 -r 10.244.1.5:8080 -m -w 1\n";
        QCOMPARE(decided({.servers = one + "-a -t 10.96.0.10:80 -r 10.244.2.6:8080 -m -w 0\n", .connections = known}, 0x10, true), std::string("send 10.244.2.6"));
        QCOMPARE(decided({.servers = one, .connections = known, .sysctls = "net.ipv4.vs.conntrack = 1\nnet.ipv4.vs.expire_nodest_conn = 0\n"}, 0x10, true), std::string("drop"));
        QCOMPARE(decided({.servers = one, .connections = known}, 0x10, true), std::string("drop"));
        QCOMPARE(decided({.servers = one, .connections = known, .sysctls = "net.ipv4.vs.conntrack = 0\nnet.ipv4.vs.expire_nodest_conn = 1\n"}, 0x10, true), std::string("pass"));
        QCOMPARE(decided({.servers = one, .connections = known, .sysctls = "net.ipv4.ip_forward = 1\n"}, 0x10, true), std::string("drop (perhaps), pass (perhaps)"));
    }
};

QTEST_APPLESS_MAIN(TestIpvsScheduler)
#include "tst_ipvs_scheduler.moc"
