// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/rule_compare.h"

#include <QTest>

using namespace medic;
using namespace medic::netfilter;
using Kind = RulePair::Kind;

namespace {

NodeState node(const std::string& nat, const std::string& chains = {}, const char* policy = "ACCEPT")
{
    NodeState state;
    const std::string text = std::string("*nat\n:PREROUTING ") + policy + " [10:600]\n:OUTPUT ACCEPT [0:0]\n" + chains + nat + "COMMIT\n";
    const auto put = state.setPart("iptables-legacy-save.txt", std::make_shared<const std::string>(text));
    Q_ASSERT(put);
    state.finish();
    return state;
}

NodeState nft(const std::string& json)
{
    NodeState state;
    const auto put = state.setPart("nft-ruleset.json", std::make_shared<const std::string>(json));
    Q_ASSERT(put);
    state.finish();
    return state;
}

const ChainPair* chainOf(const RulesCompared& compared, const std::string& name)
{
    for (const auto& chain : compared.chains)
        if (chain.before == name || chain.after == name)
            return &chain;
    return nullptr;
}

} // namespace

class TestRuleCompare final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countersAndCommentsDoNotCount()
    {
        const auto one = node("[1:60] -A PREROUTING -p tcp -m comment --comment \"a b\" -m tcp --dport 80 -j ACCEPT\n");
        const auto two = node("[9:9999] -A PREROUTING -p tcp -m tcp --dport 80 -m comment --comment other -j ACCEPT\n");
        const auto compared = compareRules(one, two);
        QVERIFY(compared.chains.empty());
        QVERIFY(compared.unknown.empty());
        QCOMPARE(compared.compared, std::size_t(2));
    }

    void generatedNamesDoNotCount()
    {
        // The same hostPort of the same Pod, whose sandbox was made anew.
        const auto of = [](const std::string& hash, const std::string& to) {
            return node("-A PREROUTING -j CNI-HOSTPORT-DNAT\n-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment \"dnat name: \\\"cbr0\\\" id: \\\"" + hash
                            + "\\\"\" -m multiport --dports 30080 -j CNI-DN-" + hash + "\n-A CNI-DN-" + hash + " -p tcp -m tcp --dport 30080 -j DNAT --to-destination " + to + "\n",
                        ":CNI-HOSTPORT-DNAT - [0:0]\n:CNI-DN-" + hash + " - [0:0]\n");
        };
        QVERIFY(compareRules(of("f00d", "10.244.0.3:80"), of("beef", "10.244.0.3:80")).chains.empty());
        const auto compared = compareRules(of("f00d", "10.244.0.3:80"), of("beef", "10.244.0.4:80"));
        QCOMPARE(compared.chains.size(), std::size_t(1));
        QCOMPARE(compared.chains[0].before, std::string("CNI-DN-f00d"));
        QCOMPARE(compared.chains[0].after, std::string("CNI-DN-beef"));
        QCOMPARE(compared.chains[0].onlyBefore, 1);
        QCOMPARE(compared.chains[0].onlyAfter, 1);
    }

    void theBridgePluginsChainsAreGenerated()
    {
        const auto of = [](const std::string& hash) {
            return node("-A PREROUTING -s 10.244.1.5/32 -j CNI-" + hash + "\n-A CNI-" + hash + " -d 10.244.1.0/24 -j ACCEPT\n", ":CNI-" + hash + " - [0:0]\n");
        };
        QVERIFY(compareRules(of("0123456789abcdef01234567"), of("fedcba9876543210fedcba98")).chains.empty());
        QVERIFY(!compareRules(of("HOSTPORT"), of("OTHER")).chains.empty()); // names that somebody chose
    }

    void theOrderOfServicesDoesNotMatter()
    {
        const std::string chains = ":KUBE-SVC-A - [0:0]\n:KUBE-SVC-B - [0:0]\n";
        const std::string a = "-A PREROUTING -d 10.96.0.1/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-A\n", b = "-A PREROUTING -d 10.96.0.2/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-B\n";
        QVERIFY(compareRules(node(a + b, chains), node(b + a, chains)).chains.empty());
        const std::string all = "-A PREROUTING -p tcp -j KUBE-SVC-B\n";
        const auto compared = compareRules(node(a + all, chains), node(all + a, chains));
        QCOMPARE(compared.chains.size(), std::size_t(1));
        QCOMPARE(compared.chains[0].moved, 1);
        QCOMPARE(compared.chains[0].onlyBefore + compared.chains[0].onlyAfter, 0);
    }

    void whatOneSideDoesNotHave()
    {
        const std::string x = "-A PREROUTING -p tcp -m tcp --dport 1 -j ACCEPT\n", y = "-A PREROUTING -p tcp -m tcp --dport 2 -j ACCEPT\n",
                          z = "-A PREROUTING -p tcp -m tcp --dport 3 -j ACCEPT\n";
        const auto compared = compareRules(node(x + y), node(x + z + y), CompareWhat::Everything);
        const ChainPair* chain = chainOf(compared, "PREROUTING");
        QVERIFY(chain);
        QCOMPARE(chain->rows.size(), std::size_t(3));
        QCOMPARE(int(chain->rows[1].kind), int(Kind::OnlyAfter));
        QCOMPARE(chain->rows[1].after, 2);
        QCOMPARE(chain->rows[1].before, 0);
        QVERIFY(chain->rows[1].lineAfter > 0);
        QCOMPARE(chain->rows[1].textAfter, std::string("-p tcp -m tcp --dport 3 -j ACCEPT"));
        QCOMPARE(chain->rows[2].before, 2);
        QCOMPARE(chain->rows[2].after, 3);
        // The other way round it is lost, at its place.
        const auto back = compareRules(node(x + z + y), node(x + y));
        QCOMPARE(back.chains.size(), std::size_t(1));
        QCOMPARE(int(back.chains[0].rows[1].kind), int(Kind::OnlyBefore));
        QVERIFY(back.chains[0].rows[0].textBefore.empty()); // the same ones are not told unless asked for
    }

    void equalRulesAreCounted()
    {
        const std::string x = "-A PREROUTING -j ACCEPT\n";
        const auto compared = compareRules(node(x + x), node(x));
        QCOMPARE(compared.chains.size(), std::size_t(1));
        QCOMPARE(compared.chains[0].onlyBefore, 1);
    }

    void aPolicyAndAChainThatIsNotThere()
    {
        const auto compared = compareRules(node({}), node({}, ":EMPTY - [0:0]\n", "DROP"));
        QCOMPARE(compared.chains.size(), std::size_t(2));
        const ChainPair* chain = chainOf(compared, "PREROUTING");
        QVERIFY(chain);
        QCOMPARE(chain->policyBefore, std::string("ACCEPT"));
        QCOMPARE(chain->policyAfter, std::string("DROP"));
        chain = chainOf(compared, "EMPTY");
        QVERIFY(chain && chain->before.empty());
    }

    void whatOneSideDoesNotKnowIsNotCompared()
    {
        const auto compared = compareRules(NodeState(), node("-A PREROUTING -j ACCEPT\n"));
        QVERIFY(compared.chains.empty());
        QCOMPARE(compared.unknown.size(), std::size_t(1));
        QCOMPARE(compared.unknown[0], std::string("legacy IPv4"));
        QVERIFY(compareRules(NodeState(), NodeState()).unknown.empty());
    }

    void nftablesRulesAndSets()
    {
        const auto of = [](int packets, const char* elements) {
            return nft(R"({"nftables":[{"metainfo":{"json_schema_version":1}},{"table":{"family":"ip","name":"t","handle":1}},
                {"chain":{"family":"ip","table":"t","name":"c","handle":2,"type":"filter","hook":"input","prio":0,"policy":"accept"}},
                {"set":{"family":"ip","name":"s","table":"t","type":"ipv4_addr","handle":4,"elem":[)" + std::string(elements) + R"(]}},
                {"rule":{"family":"ip","table":"t","chain":"c","handle":3,"expr":[{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"saddr"}},"right":"@s"}},
                {"counter":{"packets":)" + std::to_string(packets) + R"(,"bytes":1}},{"drop":null}]}}]})");
        };
        QVERIFY(compareRules(of(1, R"("10.0.0.1","10.0.0.2")"), of(7, R"("10.0.0.2","10.0.0.1")")).chains.empty());
        const auto compared = compareRules(of(1, R"("10.0.0.1")"), of(1, R"("10.0.0.1","10.0.0.3")"));
        QCOMPARE(compared.chains.size(), std::size_t(1));
        QCOMPARE(compared.chains[0].after, std::string("@s"));
        QCOMPARE(compared.chains[0].onlyAfter, 1);
    }

    void aBigChainIsComparedAtOnce()
    {
        std::string one, even, odd;
        for (int i = 0; i < 20000; ++i) {
            const std::string rule = "-A PREROUTING -d 10.0." + std::to_string(i / 256) + '.' + std::to_string(i % 256) + "/32 -p tcp -m tcp --dport 80 -j ACCEPT\n";
            one += rule;
            (i % 2 == 0 ? even : odd) += rule;
        }
        const std::string two = even + odd;
        QVERIFY(compareRules(node(one), node(two)).chains.empty());
    }
};

QTEST_APPLESS_MAIN(TestRuleCompare)
#include "tst_rule_compare.moc"
