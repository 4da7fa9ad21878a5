// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/packet_tracer.h"

#include <QTest>

using namespace medic;
using namespace medic::netfilter;

namespace {

NodeState node(const std::string& rules)
{
    NodeState state;
    const auto set = [&](const char* file, std::string text) {
        return state.setPart(file, std::make_shared<const std::string>(std::move(text))).has_value();
    };
    const bool good = set("iptables-save.txt", rules)
        && set("ip-addr.json", R"([{"ifindex":1,"ifname":"lo","addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host"}]},
             {"ifindex":2,"ifname":"eth0","addr_info":[{"family":"inet","local":"192.168.0.1","prefixlen":24,"scope":"global"}]}])")
        && set("ip-route-all.json", R"([{"type":"local","dst":"192.168.0.1","dev":"eth0","table":"local","scope":"host"},
             {"dst":"192.168.0.0/24","dev":"eth0","scope":"link"},{"dst":"default","gateway":"192.168.0.254","dev":"eth0"}])");
    if (!good)
        qFatal("fixture");
    state.finish();
    return state;
}

PacketQuery query(const char* src, const char* dst, std::uint16_t dport)
{
    PacketQuery result;
    result.src = *IpAddress::parse(src);
    result.dst = *IpAddress::parse(dst);
    result.dport = dport;
    result.matches = true;
    return result;
}

QString shown(const std::vector<MatchResult>& matches)
{
    QString text;
    for (const auto& match : matches)
        text += (text.isEmpty() ? QString() : QStringLiteral(" | ")) + QString::fromStdString(match.text) + QStringLiteral(" = ")
            + QString::fromUtf8(triName(match.answer).data());
    return text;
}

const TraceStep* stepOf(const TraceBranch& branch, const std::string& chain, int rule)
{
    for (const auto& step : branch.steps)
        if (step.chain == chain && step.rule == rule)
            return &step;
    return nullptr;
}

} // namespace

class ExplainTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachConditionAlone()
    {
        const NodeState state = node("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                                     "-A INPUT -s 192.168.0.0/24 ! -d 10.0.0.0/8 -i eth+ -p tcp -m comment --comment \"a b\" -m tcp --dport 80 -m mark ! --mark 0x1/0x1 -j ACCEPT\n"
                                     "COMMIT\n");
        const PacketTracer tracer(state);
        const Trace trace = tracer.trace(query("192.168.0.9", "192.168.0.1", 80));
        const TraceStep* step = stepOf(trace.branches.front(), "INPUT", 1);
        QVERIFY(step);
        QCOMPARE(shown(step->matches), QStringLiteral("-s 192.168.0.0/24 = yes | ! -d 10.0.0.0/8 = yes | -p tcp = yes | -i eth+ = yes | "
                                                      "-m tcp --dport 80 = yes | -m mark ! --mark 0x1/0x1 = yes"));
    }

    void passedOverRulesSayWhichPartDidNotFit()
    {
        const NodeState state = node("*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -s 10.0.0.0/8 -p tcp -m multiport --dports 80,443 -j DROP\n"
                                     "-A INPUT -p udp --dport 53 -j DROP\nCOMMIT\n");
        const PacketTracer tracer(state);
        auto asked = query("192.168.0.9", "192.168.0.1", 80);
        asked.passedOver = true;
        const Trace trace = tracer.trace(asked);
        const TraceStep* first = stepOf(trace.branches.front(), "INPUT", 1);
        QVERIFY(first);
        QCOMPARE(shown(first->matches), QStringLiteral("-s 10.0.0.0/8 = no | -p tcp = yes | -m multiport --dports 80,443 = yes"));
        const TraceStep* second = stepOf(trace.branches.front(), "INPUT", 2);
        QVERIFY(second);
        QCOMPARE(shown(second->matches), QStringLiteral("-p udp = no | --dport 53 = no"));
    }

    void unknownNamesItsReason()
    {
        const NodeState state = node("*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp -m set --match-set denied src -m bpf --bytecode \"1,6 0 0 0\" -j DROP\nCOMMIT\n");
        const PacketTracer tracer(state);
        const Trace trace = tracer.trace(query("192.168.0.9", "192.168.0.1", 80));
        QCOMPARE(int(trace.branches.size()), 2);
        for (const auto& branch : trace.branches) {
            const TraceStep* step = stepOf(branch, "INPUT", 1);
            QVERIFY(step);
            QCOMPARE(int(step->matches.size()), 3);
            QCOMPARE(step->matches[0].answer, Tri::Yes);
            QCOMPARE(step->matches[1].answer, Tri::Unknown);
            QCOMPARE(step->matches[1].reason, std::string("the ipsets were not collected"));
            QCOMPARE(step->matches[2].answer, Tri::Unknown);
        }
    }

    void sharesAreKept()
    {
        const NodeState state = node("*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m statistic --mode random --probability 0.25000000000 -j DROP\nCOMMIT\n");
        const PacketTracer tracer(state);
        const Trace trace = tracer.trace(query("192.168.0.9", "192.168.0.1", 80));
        const TraceStep* step = nullptr;
        for (const auto& branch : trace.branches)
            if (const auto* found = stepOf(branch, "INPUT", 1))
                step = found;
        QVERIFY(step);
        QCOMPARE(int(step->matches.size()), 1);
        QVERIFY(step->matches[0].reason.find("0.25") != std::string::npos);
    }

    void notAskedNotMade()
    {
        const NodeState state = node("*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp -j ACCEPT\nCOMMIT\n");
        const PacketTracer tracer(state);
        auto asked = query("192.168.0.9", "192.168.0.1", 80);
        asked.matches = false;
        const Trace trace = tracer.trace(asked);
        const TraceStep* step = stepOf(trace.branches.front(), "INPUT", 1);
        QVERIFY(step);
        QVERIFY(step->matches.empty());
    }
};

QTEST_GUILESS_MAIN(ExplainTest)
#include "tst_explain.moc"
