// SPDX-License-Identifier: GPL-3.0-or-later
// Rules that stand in each other's way, kind by kind, and none on real healthy nodes.
#include "diagnostics/netfilter/conflict_rules.h"
#include "diagnostics/netfilter/conflicts.h"
#include "diagnostics/netfilter/node_state.h"

#include <QDir>
#include <QTest>

using namespace medic;
using namespace medic::netfilter;
using Kind = Conflict::Kind;

namespace {

NodeState nodeOf(const std::vector<std::pair<std::string, std::string>>& files)
{
    NodeState state;
    for (const auto& [file, text] : files) {
        const auto done = state.setPart(file, std::make_shared<const std::string>(text));
        if (!done)
            qFatal("%s: %s", file.c_str(), done.error().detail.c_str());
    }
    state.finish();
    return state;
}

std::string table(const std::string& name, const std::string& rules)
{
    std::string chains;
    for (const char* chain : {"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"})
        chains += ":" + std::string(chain) + " ACCEPT [0:0]\n";
    return "*" + name + "\n" + chains + rules + "COMMIT\n";
}

std::vector<Conflict> of(const std::string& rules) { return findConflicts(nodeOf({{"iptables-save.txt", rules}})); }

} // namespace

class TestConflicts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void shadowed_data()
    {
        QTest::addColumn<QString>("early");
        QTest::addColumn<QString>("late");
        QTest::addColumn<int>("result"); // 0 none, 1 harmless, 2 harmful
        QTest::newRow("all before one") << "-j DROP" << "-p tcp -m tcp --dport 80 -j ACCEPT" << 2;
        QTest::newRow("the same twice") << "-p tcp -m tcp --dport 80 -j ACCEPT" << "-p tcp -m tcp --dport 80 -j ACCEPT" << 1;
        QTest::newRow("comments do not count") << "-m comment --comment \"a b\" -p tcp -j DROP" << "-p tcp -m comment --comment c -j ACCEPT" << 2;
        QTest::newRow("a wider source") << "-s 10.0.0.0/8 -j DROP" << "-s 10.1.2.3/32 -p udp -j ACCEPT" << 2;
        QTest::newRow("a narrower source") << "-s 10.1.0.0/16 -j DROP" << "-s 10.0.0.0/8 -j ACCEPT" << 0;
        QTest::newRow("another port") << "-p tcp -m tcp --dport 80 -j ACCEPT" << "-p tcp -m tcp --dport 81 -j ACCEPT" << 0;
        QTest::newRow("fewer conditions later") << "-i eth0 -p tcp -j DROP" << "-p tcp -j ACCEPT" << 0;
        QTest::newRow("inverted is another") << "! -i eth0 -j DROP" << "-i eth0 -j ACCEPT" << 0;
        QTest::newRow("inverted source within") << "! -s 10.0.0.0/8 -j DROP" << "! -s 10.0.0.0/8 -p tcp -j ACCEPT" << 2;
        QTest::newRow("chance") << "-m statistic --mode random --probability 0.5 -j DROP" << "-m statistic --mode random --probability 0.5 -j DROP" << 0;
        QTest::newRow("a limit") << "-m limit --limit 1/sec -j ACCEPT" << "-m limit --limit 1/sec -j ACCEPT" << 0;
        QTest::newRow("memory") << "-m recent --rcheck --name X --rsource -j DROP" << "-m recent --rcheck --name X --rsource -j DROP" << 0;
        QTest::newRow("only counts") << "-p tcp" << "-p tcp -j DROP" << 0;
        QTest::newRow("a log goes on") << "-j LOG" << "-j DROP" << 0;
        QTest::newRow("a mark goes on") << "-j MARK --set-xmark 0x1/0x1" << "-j DROP" << 0;
        QTest::newRow("behind RETURN") << "-j RETURN" << "-j DROP" << 2;
        QTest::newRow("RETURN at the end") << "-j DROP" << "-j RETURN" << 1;
        QTest::newRow("jump that comes back") << "-j A" << "-j DROP" << 0;
        QTest::newRow("jump that ends") << "-p tcp -j ENDS" << "-p tcp -m tcp --dport 1 -j DROP" << 2;
        QTest::newRow("jump that ends for tcp only") << "-p udp -j TCP" << "-p udp -j DROP" << 0;
        QTest::newRow("jump that ends for tcp") << "-p tcp -j TCP" << "-p tcp -j DROP" << 2;
        QTest::newRow("goto") << "-g A" << "-j DROP" << 2;
    }

    void shadowed()
    {
        QFETCH(QString, early);
        QFETCH(QString, late);
        const std::string rules = table("filter", ":A - [0:0]\n:ENDS - [0:0]\n:TCP - [0:0]\n:X - [0:0]\n-A X " + early.toStdString() + "\n-A X " + late.toStdString()
                                        + "\n-A A -p udp -j DROP\n-A A -j RETURN\n-A ENDS -j DROP\n-A TCP -p tcp -m tcp -j ACCEPT\n");
        int result = 0;
        for (const Conflict& conflict : of(rules))
            if (conflict.kind == Kind::NeverMatches && conflict.rule.chain == "X") {
                result = conflict.harmful ? 2 : 1;
                QCOMPARE(conflict.rule.rule, 2);
                QCOMPARE(conflict.others.at(0).rule, 1);
                QVERIFY(conflict.rule.line == conflict.others[0].line + 1);
            }
        QTEST(result, "result");
    }

    void marksMayChangeInBetween()
    {
        const std::string ask = "-A X -m mark --mark 0x10000/0x10000 -j RETURN\n";
        QVERIFY(of(table("filter", ":X - [0:0]\n:P - [0:0]\n" + ask + "-A X -j P\n" + ask + "-A X -j DROP\n")).empty()); // as Calico does
        QCOMPARE(of(table("filter", ":X - [0:0]\n" + ask + "-A X -p tcp -j ACCEPT\n" + ask + "-A X -j DROP\n")).size(), std::size_t(1));
    }

    void conditions()
    {
        const std::vector<std::string> expected {"! -i cni0", "--dport 80", "-m tcp", "-p tcp", "-s 10.0.0.1/32"};
        QCOMPARE(conditionsOf("-A X -s 10.0.0.1/32 ! -i cni0 -p tcp -m comment --comment \"a -j \\\" b\" -m tcp --dport 80 -j DNAT --to-destination 1.2.3.4"), expected);
    }

    void lostMarks()
    {
        const auto lost = [](const std::string& rules) {
            const auto all = of(rules);
            return std::count_if(all.begin(), all.end(), [](const Conflict& one) { return one.kind == Kind::LostMark; });
        };
        const std::string drop = "-A KUBE-FIREWALL -m comment --comment \"kubernetes firewall for dropping marked packets\"";
        QCOMPARE(lost(table("filter", ":KUBE-FIREWALL - [0:0]\n" + drop + " -m mark --mark 0x8000/0x8000 -j DROP\n")), 0);
        QCOMPARE(lost(table("filter", ":KUBE-FIREWALL - [0:0]\n" + drop + " -j DROP\n")), 1);
        const std::string masquerade = "-A KUBE-POSTROUTING -j MASQUERADE --random-fully\n";
        QCOMPARE(lost(table("nat", ":KUBE-POSTROUTING - [0:0]\n-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN\n" + masquerade)), 0);
        QCOMPARE(lost(table("nat", ":KUBE-POSTROUTING - [0:0]\n-A KUBE-POSTROUTING -j RETURN\n" + masquerade)), 2);
        QCOMPARE(lost(table("nat", ":KUBE-POSTROUTING - [0:0]\n-A KUBE-POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE\n")), 0);
        QCOMPARE(lost(table("nat", ":CNI-HOSTPORT-MASQ - [0:0]\n-A CNI-HOSTPORT-MASQ -j MASQUERADE\n")), 1);
    }

    void twoBackends()
    {
        const std::string rules = table("filter", "-A INPUT -p tcp -j ACCEPT\n");
        const auto found = findConflicts(nodeOf({{"iptables-legacy-save.txt", rules}, {"iptables-nft-save.txt", table("filter", "-A INPUT -p udp -j DROP\n")}}));
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].kind, Kind::TwoBackends);
        QVERIFY(findConflicts(nodeOf({{"iptables-legacy-save.txt", rules}, {"iptables-nft-save.txt", table("filter", "")}})).empty());
    }

    void nativeDrop()
    {
        const auto json = [](std::string text) { // moc stumbles over raw strings with many quotes
            std::replace(text.begin(), text.end(), '\'', '"');
            return text;
        };
        const auto native = [&](const std::string& policy, const std::string& rule) {
            return json("{'nftables':[{'metainfo':{'version':'1.0.6'}},{'table':{'family':'inet','name':'firewalld','handle':1}},"
                        "{'chain':{'family':'inet','table':'firewalld','name':'filter_FORWARD','handle':2,'type':'filter','hook':'forward','prio':10,'policy':'" + policy + "'}}" + rule + "]}");
        };
        const std::string accept = table("filter", ":KUBE-FORWARD - [0:0]\n-A FORWARD -j KUBE-FORWARD\n-A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT\n");
        const std::string rule = ",{'rule':{'family':'inet','table':'firewalld','chain':'filter_FORWARD','handle':3,'expr':[";
        const std::string reject = rule + "{'reject':{'type':'icmpx','expr':'admin-prohibited'}}]}}";
        const std::string some = rule + "{'match':{'op':'==','left':{'meta':{'key':'iifname'}},'right':'bad0'}},{'drop':null}]}}";
        const auto run = [&](const std::string& iptables, const std::string& nft) { return findConflicts(nodeOf({{"iptables-save.txt", iptables}, {"nft-ruleset.json", nft}})); };
        QCOMPARE(run(accept, native("drop", "")).size(), std::size_t(1));
        const auto found = run(accept, native("accept", reject));
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].kind, Kind::NativeDrop);
        QCOMPARE(found[0].rule.chain, std::string("KUBE-FORWARD"));
        QCOMPARE(found[0].others.at(0).chain, std::string("filter_FORWARD"));
        QVERIFY(run(accept, native("accept", some)).empty());
        QVERIFY(run(table("filter", ""), native("drop", "")).empty());
    }

    void portmapOrder()
    {
        const std::string kube = "-j KUBE-SERVICES\n", ports = "-m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT\n", chains = ":KUBE-SERVICES - [0:0]\n:CNI-HOSTPORT-DNAT - [0:0]\n";
        const auto mixed = [](const std::string& rules) {
            const auto all = of(table("nat", rules));
            return std::count_if(all.begin(), all.end(), [](const Conflict& one) { return one.kind == Kind::MixedPortmap; });
        };
        QCOMPARE(mixed(chains + "-A PREROUTING " + kube + "-A PREROUTING " + ports + "-A OUTPUT " + kube + "-A OUTPUT " + ports), 0);
        QCOMPARE(mixed(chains + "-A PREROUTING " + kube + "-A PREROUTING " + ports + "-A OUTPUT " + ports + "-A OUTPUT " + kube), 1);
        QCOMPARE(mixed(chains + "-A PREROUTING " + ports + "-A PREROUTING " + kube + "-A PREROUTING " + ports), 1);
    }

    void absentParts()
    {
        const std::string rules = table("nat", "-A PREROUTING -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT\n-A OUTPUT -j GONE\n");
        const auto withSets = findConflicts(nodeOf({{"iptables-save.txt", rules}, {"ipset-save.txt", "create OTHER hash:ip family inet\n"}}));
        QCOMPARE(withSets.size(), std::size_t(2));
        QCOMPARE(withSets[0].kind, Kind::AbsentSet);
        QCOMPARE(withSets[0].what, std::string("KUBE-CLUSTER-IP"));
        QCOMPARE(withSets[1].kind, Kind::AbsentChain);
        QCOMPARE(of(rules).size(), std::size_t(1)); // which sets there are was not collected
    }

    void dumpsOfOthersHaveFew()
    {
        const QDir dumps(QStringLiteral(MEDIC_SOURCE_DIR "/../shared/dumps"));
        if (!dumps.exists())
            QSKIP("the public dumps are not on this machine");
        for (const QString& name : dumps.entryList({QStringLiteral("*save.txt")})) {
            QFile file(dumps.filePath(name));
            QVERIFY(file.open(QIODevice::ReadOnly));
            NodeState state;
            if (!state.setPart("iptables-save.txt", std::make_shared<const std::string>(file.readAll().toStdString())))
                continue;
            for (const Conflict& one : findConflicts(state))
                if (one.harmful)
                    qInfo("%s: %s %s", qPrintable(name), std::string(conflictName(one.kind)).c_str(), one.rule.text.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestConflicts)
#include "tst_conflicts.moc"
