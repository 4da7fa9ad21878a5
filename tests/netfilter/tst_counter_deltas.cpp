// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/counter_deltas.h"

#include <QTest>

using namespace medic;
using namespace medic::netfilter;
using namespace std::chrono_literals;

namespace {

NodeState node(const std::string& rules)
{
    NodeState state;
    if (!state.setPart("iptables-legacy-save.txt", std::make_shared<const std::string>("*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n" + rules + "COMMIT\n")))
        qFatal("rules");
    state.finish();
    return state;
}

NodeState nft(int packets)
{
    NodeState state;
    if (!state.setPart("nft-ruleset.json", std::make_shared<const std::string>(R"({"nftables":[{"metainfo":{"json_schema_version":1}},{"table":{"family":"ip","name":"t","handle":1}},
            {"chain":{"family":"ip","table":"t","name":"c","handle":2,"type":"filter","hook":"input","prio":0,"policy":"accept"}},
            {"rule":{"family":"ip","table":"t","chain":"c","handle":3,"expr":[{"counter":{"packets":)" + std::to_string(packets) + R"(,"bytes":1}},{"drop":null}]}}]})")))
        qFatal("nft");
    state.finish();
    return state;
}

TraceStep step(const char* backend, const char* table, const char* chain, int rule)
{
    TraceStep one;
    one.backend = backend;
    one.table = table;
    one.chain = chain;
    one.rule = rule;
    return one;
}

} // namespace

class TestCounterDeltas final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatWasCountedInBetween()
    {
        const auto deltas = CounterDeltas::between(node("[10:600] -A PREROUTING -p tcp -j ACCEPT\n[5:1] -A PREROUTING -p udp -j ACCEPT\n"),
                                                   node("[47:900] -A PREROUTING -p tcp -j ACCEPT\n[5:1] -A PREROUTING -p udp -j ACCEPT\n"), 5000ms);
        QVERIFY(deltas);
        QCOMPARE(deltas->of(step("legacy", "nat", "PREROUTING", 1), false).value_or(99), std::uint64_t(37));
        QCOMPARE(deltas->of(step("legacy", "nat", "PREROUTING", 2), false).value_or(99), std::uint64_t(0));
        QVERIFY(!deltas->of(step("legacy", "nat", "PREROUTING", 3), false));
        QVERIFY(!deltas->of(step("legacy", "nat", "PREROUTING", 1), true)); // IPv6 is another table
        QVERIFY(!deltas->of(step("legacy", "nat", "PREROUTING", 0), false)); // a policy
        QVERIFY(!deltas->of(step("route", "nat", "PREROUTING", 1), false));
        QCOMPARE(deltas->most(), std::uint64_t(37));
        QCOMPARE(deltas->ofChain("legacy IPv4 nat PREROUTING"), std::uint64_t(37));
        QCOMPARE(deltas->perSecond(37), 7.4);
    }

    void aRuleThatHasMovedIsFoundByItsText()
    {
        const auto deltas = CounterDeltas::between(node("[10:1] -A PREROUTING -p tcp -j ACCEPT\n[1:1] -A PREROUTING -p udp -j ACCEPT\n"),
                                                   node("[3:1] -A PREROUTING -p sctp -j ACCEPT\n[2:1] -A PREROUTING -p udp -j ACCEPT\n[15:1] -A PREROUTING -p tcp -j ACCEPT\n"), 1000ms);
        QVERIFY(deltas);
        QVERIFY(!deltas->of(step("legacy", "nat", "PREROUTING", 1), false)); // it was not there before
        QCOMPARE(deltas->of(step("legacy", "nat", "PREROUTING", 2), false).value_or(99), std::uint64_t(1));
        QCOMPARE(deltas->of(step("legacy", "nat", "PREROUTING", 3), false).value_or(99), std::uint64_t(5));
    }

    void equalRulesKeepTheirOrder()
    {
        const auto deltas = CounterDeltas::between(node("[10:1] -A PREROUTING -j ACCEPT\n[20:1] -A PREROUTING -j ACCEPT\n"),
                                                   node("[1:1] -A PREROUTING -p sctp -j ACCEPT\n[11:1] -A PREROUTING -j ACCEPT\n[22:1] -A PREROUTING -j ACCEPT\n"), 1000ms);
        QVERIFY(deltas);
        QCOMPARE(deltas->of(step("legacy", "nat", "PREROUTING", 2), false).value_or(99), std::uint64_t(1));
        QCOMPARE(deltas->of(step("legacy", "nat", "PREROUTING", 3), false).value_or(99), std::uint64_t(2));
    }

    void countersThatBeganAnewAreNotKnown()
    {
        QVERIFY(!CounterDeltas::between(node("[10:1] -A PREROUTING -j ACCEPT\n"), node("[2:1] -A PREROUTING -j ACCEPT\n"), 1000ms));
        QVERIFY(!CounterDeltas::between(node("-A PREROUTING -j ACCEPT\n"), node("-A PREROUTING -j ACCEPT\n"), 1000ms)); // no -c
        QVERIFY(!CounterDeltas::between(NodeState(), node("[2:1] -A PREROUTING -j ACCEPT\n"), 1000ms));
        QVERIFY(!CounterDeltas::between(node("[2:1] -A PREROUTING -j ACCEPT\n"), node("[3:1] -A PREROUTING -j ACCEPT\n"), 0ms));
    }

    void nftables()
    {
        const auto deltas = CounterDeltas::between(nft(5), nft(9), 2000ms);
        QVERIFY(deltas);
        QCOMPARE(deltas->of(step("nft", "ip t", "c", 1), false).value_or(99), std::uint64_t(4));
    }
};

QTEST_APPLESS_MAIN(TestCounterDeltas)
#include "tst_counter_deltas.moc"
