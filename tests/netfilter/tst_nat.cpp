// SPDX-License-Identifier: GPL-3.0-or-later
// Which address and port a translation gives (nf_nat_core.c), as the differential test found the kernel to do it; and
// conntrack's zones, templates and status as rules see them.
#include "diagnostics/netfilter/nat.h"
#include "nft_node.h"

#include <QTest>

using namespace medic;
using namespace medic::netfilter;

namespace {

PacketState packetTo(std::uint16_t port)
{
    PacketState packet;
    packet.src = *IpAddress::parse("10.99.1.2");
    packet.dst = *IpAddress::parse("10.96.0.10");
    packet.protocol = proto::tcp;
    packet.sport = 40000;
    packet.dport = port;
    packet.ct.state = Conntrack::State::New;
    return packet;
}

NatRange ports(std::uint16_t from, std::uint16_t to)
{
    NatRange range;
    range.from = range.to = *IpAddress::parse("10.99.2.2");
    range.hasPorts = true;
    range.portFrom = from;
    range.portTo = to;
    return range;
}

NodeState withRules(const std::string& rules)
{
    NodeState state = nftnode::node(R"({"nftables": []})");
    nftnode::put(state, "iptables-legacy-save.txt", rules);
    nftnode::put(state, "iptables-nft-save.txt", "");
    return state;
}

PacketQuery toOutside(std::uint8_t protocol = proto::udp)
{
    PacketQuery query = nftnode::query(protocol, "10.99.1.2", "10.99.3.2", 53);
    query.reply = true;
    return query;
}

/// Rules by number that counted the packet in a chain.
std::vector<int> matched(const TraceBranch& branch, const std::string& chain)
{
    std::vector<int> numbers;
    for (const auto& step : branch.steps)
        if (step.chain == chain && step.rule > 0 && step.matched == Tri::Yes)
            numbers.push_back(step.rule);
    return numbers;
}

} // namespace

class TestNat : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void portOfADestination_data()
    {
        QTest::addColumn<int>("asked");
        QTest::addColumn<int>("from");
        QTest::addColumn<int>("to");
        QTest::addColumn<int>("base");
        QTest::addColumn<int>("given");
        QTest::newRow("one port") << 80 << 8080 << 8080 << 0 << 8080;
        QTest::newRow("within the range it stays") << 75 << 70 << 85 << 0 << 75;
        QTest::newRow("else the first of the range") << 443 << 8080 << 8090 << 0 << 8080;
        QTest::newRow("moved by the distance to a base") << 30085 << 9000 << 9100 << 30080 << 9005;
        QTest::newRow("the distance wraps in the range") << 30080 << 8000 << 8063 << 30000 << 8000 + 80 % 64;
        QTest::newRow("below the base it wraps as sixteen bits") << 80 << 9000 << 9100 << 30080 << 9000 + (65536 + 80 - 30080) % 101;
    }

    void portOfADestination()
    {
        QFETCH(int, asked);
        QFETCH(int, from);
        QFETCH(int, to);
        QFETCH(int, base);
        QFETCH(int, given);
        NatRange range = ports(static_cast<std::uint16_t>(from), static_cast<std::uint16_t>(to));
        range.basePort = static_cast<std::uint16_t>(base);
        const auto bindings = bindNat(packetTo(static_cast<std::uint16_t>(asked)), Manip::Destination, range);
        QCOMPARE(bindings.size(), std::size_t(1));
        QVERIFY(bindings.front().certain);
        QCOMPARE(int(bindings.front().packet.dport), given);
        QVERIFY(bindings.front().packet.ct.dnat);
    }

    void randomPortsOfADestination()
    {
        NatRange range = ports(8080, 8083);
        range.random = true;
        const auto few = bindNat(packetTo(80), Manip::Destination, range);
        QCOMPARE(few.size(), std::size_t(4));
        double sum = 0;
        for (const auto& one : few)
            sum += one.share;
        QCOMPARE(sum, 1.0);
        range.portTo = 9000;
        const auto many = bindNat(packetTo(80), Manip::Destination, range);
        QCOMPARE(many.size(), std::size_t(1));
        QVERIFY(!many.front().certain);
    }

    void aSourceWithinTheRangeIsKept()
    {
        NatRange range;
        range.from = *IpAddress::parse("10.99.1.1");
        range.to = *IpAddress::parse("10.99.1.4");
        auto bindings = bindNat(packetTo(80), Manip::Source, range);
        QCOMPARE(bindings.size(), std::size_t(1));
        QCOMPARE(bindings.front().packet.src.text(), std::string("10.99.1.2"));
        QVERIFY(!bindings.front().packet.ct.snat);
        range.random = true;
        QCOMPARE(bindNat(packetTo(80), Manip::Source, range).size(), std::size_t(4));
        range.random = false;
        range.hasPorts = true;
        range.portFrom = 2000;
        range.portTo = 3000;
        QCOMPARE(bindNat(packetTo(80), Manip::Source, range).size(), std::size_t(4)); // its port is not within
        range.portTo = 50000;
        QCOMPARE(bindNat(packetTo(80), Manip::Source, range).size(), std::size_t(1));
    }

    /// istio's DNS capture: the answer is looked up in the zone that raw gives to it.
    void anAnswerInAnotherZone()
    {
        const char* const states = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                                   "-A FORWARD -m conntrack --ctstate NEW\n-A FORWARD -m conntrack --ctstate ESTABLISHED\nCOMMIT\n";
        const auto answer = [&](const std::string& raw) {
            const NodeState state = withRules("*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n" + raw + "COMMIT\n" + states);
            const Trace trace = PacketTracer(state).trace(toOutside());
            return matched(trace.branches.at(0).replies.at(0), "FORWARD");
        };
        QCOMPARE(answer(""), std::vector<int> {2});
        QCOMPARE(answer("-A PREROUTING -p udp -m udp --dport 53 -j CT --zone 1\n"), std::vector<int> {1});
        QCOMPARE(answer("-A PREROUTING -p udp -m udp --dport 53 -j CT --zone 1\n-A PREROUTING -p udp -m udp --sport 53 -j CT --zone 1\n"), std::vector<int> {2});
        QCOMPARE(answer("-A PREROUTING -p udp -m udp --dport 53 -j CT --zone-orig 1\n"), std::vector<int> {2});
        QCOMPARE(answer("-A PREROUTING -p udp -m udp --dport 53 -j CT --zone-reply 1\n"), std::vector<int> {1});
    }

    /// xt_ct_target ignores a packet that has a template or is untracked already.
    void theFirstCtTargetWins()
    {
        const NodeState state = withRules("*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A PREROUTING -m conntrack --ctstate INVALID\n"
                                          "-A PREROUTING -j CT --zone 1\n-A PREROUTING -m conntrack --ctstate NEW\n-A PREROUTING -j CT --notrack\nCOMMIT\n"
                                          "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                                          "-A FORWARD -m conntrack --ctstate UNTRACKED\n-A FORWARD -m conntrack --ctstate NEW\nCOMMIT\n");
        const Trace trace = PacketTracer(state).trace(toOutside());
        QCOMPARE(matched(trace.branches.at(0), "PREROUTING"), (std::vector<int> {1, 2, 3, 4}));
        QCOMPARE(matched(trace.branches.at(0), "FORWARD"), std::vector<int> {2});
    }

    void statusOfAFirstPacket()
    {
        const NodeState state = withRules("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                                          "-A FORWARD -m conntrack --ctstatus CONFIRMED\n-A FORWARD -m conntrack ! --ctstatus SEEN_REPLY,ASSURED\n"
                                          "-A FORWARD -m conntrack --ctstatus NONE\nCOMMIT\n");
        const Trace trace = PacketTracer(state).trace(toOutside());
        QCOMPARE(trace.branches.size(), std::size_t(1));
        QVERIFY(trace.branches.front().certain);
        QCOMPARE(matched(trace.branches.front(), "FORWARD"), std::vector<int> {2});
        QCOMPARE(matched(trace.branches.front().replies.at(0), "FORWARD"), std::vector<int> {1});
    }

    /// An ICMP error belongs to a flow that the question does not name.
    void whatIsRelatedIsNotGuessed()
    {
        const NodeState state = withRules("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                                          "-A FORWARD -m conntrack --ctstate DNAT -j DROP\n-A FORWARD -m conntrack --ctstate RELATED,DNAT -j ACCEPT\n"
                                          "-A FORWARD -j DROP\nCOMMIT\n");
        PacketQuery query = toOutside(proto::icmp);
        query.icmpType = 3;
        query.state = Conntrack::State::Related;
        query.reply = false;
        const Trace trace = PacketTracer(state).trace(query);
        QCOMPARE(trace.branches.size(), std::size_t(2));
        for (const auto& branch : trace.branches)
            QVERIFY(!branch.certain);
        QVERIFY(std::any_of(trace.branches.begin(), trace.branches.end(), [](const auto& one) { return one.disposition == Disposition::Forwarded; }));
    }

    /// The kernel refuses such rules; a dump that was made up must not take long. Found by fuzz_trace.
    void chainsInACircle()
    {
        std::string rules = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:A - [0:0]\n:B - [0:0]\n-A FORWARD -j A\n";
        for (int i = 0; i < 4; ++i)
            rules += "-A A -m time --timestart 0" + std::to_string(i) + ":00:00 -j B\n-A B -m limit --limit 1/sec -j A\n-A B -m string --string x -g A\n";
        const NodeState state = withRules(rules + "COMMIT\n");
        PacketQuery query = toOutside();
        query.reply = false;
        const Trace trace = PacketTracer(state).trace(query);
        QVERIFY(trace.branches.size() < 200);
        QVERIFY(std::any_of(trace.branches.begin(), trace.branches.end(), [](const auto& one) { return one.disposition == Disposition::Undecidable && one.reason.find("circle") != std::string::npos; }));
        QVERIFY(std::any_of(trace.branches.begin(), trace.branches.end(), [](const auto& one) { return one.disposition == Disposition::Forwarded; }));
    }

    /// Between the devices of one bond nothing is switched.
    void aBondIsNoBridge()
    {
        NodeState state;
        nftnode::put(state, "ip-addr.json", R"([{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP"],"addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host"}]},
            {"ifindex":2,"ifname":"eth0","flags":["SLAVE","UP"],"master":"bond0","addr_info":[]},
            {"ifindex":3,"ifname":"bond0","flags":["MASTER","UP"],"addr_info":[{"family":"inet","local":"10.0.0.1","prefixlen":24,"scope":"global"}]}])");
        nftnode::put(state, "iptables-save.txt", "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n");
        state.finish();
        const PacketTracer tracer(state);
        QVERIFY(!tracer.routing().isBridge("bond0"));
        QVERIFY(tracer.routing().bridgeOf("eth0") == nullptr);
    }
};

QTEST_APPLESS_MAIN(TestNat)
#include "tst_nat.moc"
