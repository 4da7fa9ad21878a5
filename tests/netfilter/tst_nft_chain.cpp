// SPDX-License-Identifier: GPL-3.0-or-later
// Native nftables rules: each selector on its own, verdicts, maps, translations, and what cannot be known.
#include "nft_node.h"

#include <QFile>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace nftnode;

namespace {

std::string fixture(const char* name)
{
    QFile file(QStringLiteral(MEDIC_TEST_DATA "/nft/") + QLatin1String(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

/// A ruleset of one table from nft's own JSON of its parts.
std::string table(const std::string& family, const std::string& objects)
{
    std::string text = R"({"nftables": [{"metainfo": {"version": "1.0.6"}},
{"table": {"family": ")" + family + R"(", "name": "t", "handle": 1}})" + objects + "\n]}";
    for (std::size_t at = text.find("@@"); at != std::string::npos; at = text.find("@@", at))
        text.replace(at, 2, R"("family": ")" + family + R"(", "table": "t")");
    return text;
}

std::string base(const char* name, const char* hook, int priority, const char* type = "filter", const char* policy = "accept", int handle = 1)
{
    return ",\n{\"chain\": {@@, \"name\": \"" + std::string(name) + "\", \"handle\": " + std::to_string(handle) + ", \"type\": \"" + type + "\", \"hook\": \"" + hook
        + "\", \"prio\": " + std::to_string(priority) + ", \"policy\": \"" + policy + "\"}}";
}

std::string chain(const char* name) { return ",\n{\"chain\": {@@, \"name\": \"" + std::string(name) + "\", \"handle\": 9}}"; }

std::string rule(const char* chain, const std::string& statements)
{
    return ",\n{\"rule\": {@@, \"chain\": \"" + std::string(chain) + "\", \"handle\": 9, \"expr\": [" + statements + "]}}";
}

constexpr const char* counter = R"({"counter": {"packets": 0, "bytes": 0}})";
const std::string dport = R"({"payload": {"protocol": "udp", "field": "dport"}})";

std::string match(const std::string& left, const std::string& right, const char* op = "==")
{
    return R"({"match": {"op": ")" + std::string(op) + R"(", "left": )" + left + R"(, "right": )" + right + "}}";
}

std::string setMark(const std::string& value) { return R"({"mangle": {"key": {"meta": {"key": "mark"}}, "value": )" + value + "}}"; }

Trace forwarded(const std::string& ruleset, std::uint16_t port = 53)
{
    const NodeState state = node(ruleset);
    return PacketTracer(state).trace(query(proto::udp, "10.99.1.2", "10.99.3.2", port));
}

double sum(const Trace& trace)
{
    double all = 0;
    for (const auto& branch : trace.branches)
        all += branch.probability;
    return all;
}

} // namespace

class TestNftChain : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Every selector: the fixture's comments say for which packets a rule matches.
    void selectors_data()
    {
        QTest::addColumn<QString>("packet");
        for (const char* name : {"u4", "t4", "i4", "u6"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void selectors()
    {
        QFETCH(QString, packet);
        const NodeState state = node(fixture("selectors.json"));
        const PacketTracer tracer(state);
        PacketQuery asked = packet == QLatin1String("u4") ? query(proto::udp, "10.99.1.2", "10.99.3.2", 53)
            : packet == QLatin1String("t4")               ? query(proto::tcp, "10.99.1.2", "10.99.3.2", 80)
            : packet == QLatin1String("i4")               ? query(proto::icmp, "10.99.1.2", "10.99.3.2", 0)
                                                          : query(proto::udp, "fd99:1::2", "fd99:3::2", 53);
        asked.mark = 0x4000;
        asked.passedOver = true;
        const Trace trace = tracer.trace(asked);
        QCOMPARE(trace.branches.size(), std::size_t(1));
        QCOMPARE(trace.branches[0].disposition, Disposition::Forwarded);
        int rules = 0;
        for (const auto& step : trace.branches[0].steps) {
            if (step.chain != "forward" || step.rule == 0)
                continue;
            ++rules;
            const QString text = QString::fromStdString(step.text);
            const QStringList words = text.section(QStringLiteral(" comment \""), -1).chopped(1).split(QLatin1Char(' '));
            const Tri expected = !text.contains(QStringLiteral(" comment \"")) ? Tri::No
                : words.contains(packet)                                       ? Tri::Yes
                : words.contains(QLatin1Char('?') + packet)                    ? Tri::Unknown
                                                                               : Tri::No;
            QVERIFY2(step.matched == expected, (step.text + "\nis " + std::string(triName(step.matched)) + ": " + step.reason).c_str());
            QVERIFY(step.line > 1);
            QCOMPARE(step.matched == Tri::Unknown, step.matched == Tri::Unknown && !step.reason.empty());
        }
        QVERIFY(rules > 100);
        QCOMPARE(tracer.trace(asked).warnings.size(), trace.warnings.size());
        QVERIFY(std::any_of(trace.warnings.begin(), trace.warnings.end(), [&](const std::string& one) {
            return packet == QLatin1String("u6") || one.find("the set seen of inet t is filled by packets") != std::string::npos;
        }));
    }

    /// The rule's own line in the dump, also when the JSON is one line as nft prints it.
    void linesAreThoseOfTheDump()
    {
        const std::string text = fixture("selectors.json");
        const auto ruleset = parse::nft::readNftJson(text);
        QVERIFY(ruleset);
        QStringList lines = QString::fromStdString(text).split(QLatin1Char('\n'));
        for (const auto& one : ruleset->tables[0].chains)
            for (const auto& rule : one.rules)
                QVERIFY(lines[rule.line - 1].contains(QStringLiteral("\"handle\": %1,").arg(rule.handle)));
    }

    void jumpGotoReturn()
    {
        const std::string chains = base("forward", "forward", 0) + chain("one") + chain("two") + chain("three");
        // one: goto two; two returns: back behind the jump to one, never to one itself
        Trace trace = forwarded(table("ip", chains + rule("forward", R"({"jump": {"target": "one"}})") + rule("forward", R"({"drop": null})")
                                          + rule("one", R"({"goto": {"target": "two"}})") + rule("one", R"({"accept": null})")
                                          + rule("two", R"({"return": null})")));
        QCOMPARE(trace.branches.size(), std::size_t(1));
        QCOMPARE(told(trace.branches[0]), std::string("forward 1: jump one; one 1: goto two; two 1: return; forward 2: drop"));
        QCOMPARE(trace.branches[0].disposition, Disposition::Dropped);
        QCOMPARE(trace.branches[0].reason, std::string("ip t forward rule 2"));
        // goto from the base chain: the end of the other is its policy
        trace = forwarded(table("ip", base("forward", "forward", 0, "filter", "drop") + chain("one") + rule("forward", R"({"goto": {"target": "one"}})")
                                    + rule("forward", R"({"accept": null})") + rule("one", counter)));
        QCOMPARE(told(trace.branches[0]), std::string("forward 1: goto one; one 1: continue; forward: policy drop"));
        QCOMPARE(trace.branches[0].reason, std::string("policy of ip t forward"));
        // return in the base chain: policy
        trace = forwarded(table("ip", base("forward", "forward", 0, "filter", "drop") + rule("forward", R"({"return": null})") + rule("forward", R"({"accept": null})")));
        QCOMPARE(trace.branches[0].disposition, Disposition::Dropped);
        // continue: the rest of the rule is not run
        trace = forwarded(table("ip", base("forward", "forward", 0) + rule("forward", R"({"continue": null})") + rule("forward", R"({"drop": null})")));
        QCOMPARE(told(trace.branches[0]), std::string("forward 1: continue; forward 2: drop"));
        // a chain that the dump does not have
        trace = forwarded(table("ip", base("forward", "forward", 0) + rule("forward", R"({"jump": {"target": "gone"}})")));
        QCOMPARE(trace.branches[0].disposition, Disposition::Undecidable);
        QVERIFY(trace.branches[0].reason.find("the chain gone is not in the dump") != std::string::npos);
        // a circle
        trace = forwarded(table("ip", base("forward", "forward", 0) + chain("one") + rule("forward", R"({"jump": {"target": "one"}})")
                                    + rule("one", R"({"jump": {"target": "one"}})")));
        QCOMPARE(trace.branches[0].disposition, Disposition::Undecidable);
    }

    /// An accept ends its base chain only; a drop anywhere is final.
    void acceptEndsOneChain()
    {
        const Trace trace = forwarded(table("inet", base("early", "forward", -10) + base("late", "forward", 10) + rule("early", R"({"accept": null})")
                                                        + rule("early", R"({"drop": null})") + rule("late", R"({"drop": null})")));
        QCOMPARE(told(trace.branches[0]), std::string("early 1: accept; late 1: drop"));
    }

    /// Within one table handles tell which chain was registered last and comes first.
    void equalPrioritiesOfOneTable()
    {
        const Trace trace = forwarded(table("ip", base("first", "forward", 0, "filter", "accept", 3) + base("second", "forward", 0, "filter", "accept", 4)
                                                      + rule("first", R"({"drop": null})") + rule("second", R"({"reject": null})")));
        QCOMPARE(trace.branches.size(), std::size_t(1));
        QCOMPARE(told(trace.branches[0]), std::string("second 1: reject with port-unreachable"));
        QCOMPARE(trace.branches[0].disposition, Disposition::Rejected);
    }

    /// What a rule did before it broke stays done.
    void halfARule()
    {
        const Trace trace = forwarded(table("ip", base("forward", "forward", 0) + rule("forward", setMark("7") + ',' + match(dport, "54") + R"(, {"drop": null})")
                                                      + rule("forward", match(R"({"meta": {"key": "mark"}})", "7") + ',' + counter)));
        const auto& steps = trace.branches[0].steps;
        const auto half = std::find_if(steps.begin(), steps.end(), [](const TraceStep& step) { return step.chain == "forward"; });
        QVERIFY(half != steps.end());
        QCOMPARE(half->matched, Tri::No);
        QCOMPARE(half->action, std::string("mark 0x7, then no match"));
        QCOMPARE(half->after->mark, 7U);
        QCOMPARE(told(trace.branches[0]), std::string("forward 2: continue"));
        QCOMPARE(trace.branches[0].packet.mark, 7U);
    }

    void sharesOfNumgen()
    {
        const std::string random = R"({"numgen": {"mode": "random", "mod": 10, "offset": 0}})";
        // ranges of a verdict map are one way each
        Trace trace = forwarded(table("ip", base("forward", "forward", 0) + rule("forward", R"({"vmap": {"key": )" + random
                                                + R"(, "data": {"set": [[{"range": [0, 4]}, {"drop": null}], [{"range": [5, 7]}, {"accept": null}]]}}})")));
        QCOMPARE(trace.branches.size(), std::size_t(3));
        std::map<std::string, double> shares;
        for (const auto& branch : trace.branches) {
            QVERIFY(branch.certain);
            shares[told(branch)] = branch.probability;
        }
        QVERIFY(std::abs(shares["forward 1: drop"] - 0.5) < 1e-12);
        QVERIFY(std::abs(shares["forward 1: accept"] - 0.3) < 1e-12);
        QVERIFY(std::abs(shares[""] - 0.2) < 1e-12);
        // a comparison
        trace = forwarded(table("ip", base("forward", "forward", 0) + rule("forward", match(random, "3", "<") + R"(, {"drop": null})")));
        QCOMPARE(trace.branches.size(), std::size_t(2));
        QVERIFY(std::abs(trace.branches[0].probability - 0.3) < 1e-12);
        QCOMPARE(trace.branches[0].disposition, Disposition::Dropped);
        // an offset
        trace = forwarded(table("ip", base("forward", "forward", 0) + rule("forward", setMark(R"({"numgen": {"mode": "random", "mod": 2, "offset": 100}})"))));
        QCOMPARE(trace.branches.size(), std::size_t(2));
        QCOMPARE(trace.branches[0].packet.mark + trace.branches[1].packet.mark, 201U);
        QVERIFY(std::abs(sum(trace) - 1.0) < 1e-12);
        // inc and hashes: each way, none certain
        for (const std::string& other : {std::string(R"({"numgen": {"mode": "inc", "mod": 2, "offset": 0}})"), std::string(R"({"symhash": {"mod": 2}})"),
                                         std::string(R"({"jhash": {"mod": 2, "expr": {"payload": {"protocol": "ip", "field": "saddr"}}}})")}) {
            trace = forwarded(table("ip", base("forward", "forward", 0)
                                        + rule("forward", R"({"vmap": {"key": )" + other + R"(, "data": {"set": [[0, {"accept": null}], [1, {"drop": null}]]}}})")));
            QCOMPARE(trace.branches.size(), std::size_t(2));
            for (const auto& branch : trace.branches) {
                QVERIFY(!branch.certain);
                QVERIFY(!branch.steps.back().reason.empty() || !branch.steps[branch.steps.size() - 2].reason.empty());
            }
        }
    }

    /// An unknown is followed both ways, unless a later match of the same rule decides.
    void unknownsAreFollowedBothWays()
    {
        const std::string limit = R"({"limit": {"rate": 10, "burst": 5, "per": "second"}})";
        Trace trace = forwarded(table("ip", base("forward", "forward", 0, "filter", "drop") + rule("forward", limit + R"(, {"accept": null})")));
        QCOMPARE(trace.branches.size(), std::size_t(2));
        for (const auto& branch : trace.branches)
            QVERIFY(!branch.certain);
        QCOMPARE(trace.branches[0].disposition == Disposition::Dropped, trace.branches[1].disposition == Disposition::Forwarded);
        trace = forwarded(table("ip", base("forward", "forward", 0) + rule("forward", limit + ',' + match(dport, "54") + R"(, {"drop": null})")));
        QCOMPARE(trace.branches.size(), std::size_t(1));
        QVERIFY(trace.branches[0].certain);
        // a statement that nobody knows
        trace = forwarded(table("ip", base("forward", "forward", 0) + rule("forward", R"({"flarp": {"x": 1}}, {"drop": null})")));
        QCOMPARE(trace.branches.size(), std::size_t(2));
        QVERIFY(std::any_of(trace.warnings.begin(), trace.warnings.end(), [](const std::string& one) { return one.find("flarp") != std::string::npos; }));
        // a set that is not in the dump
        trace = forwarded(table("ip", base("forward", "forward", 0) + rule("forward", match(dport, R"("@gone")") + R"(, {"drop": null})")));
        QCOMPARE(trace.branches.size(), std::size_t(2));
        QVERIFY(trace.branches[0].steps.back().reason.find("@gone is not in the dump") != std::string::npos
                || trace.branches[1].steps.back().reason.find("@gone is not in the dump") != std::string::npos);
        // a verdict map whose key is not known: each candidate, and none
        const std::string ttl = R"({"payload": {"protocol": "ip", "field": "ttl"}})";
        trace = forwarded(table("ip", base("forward", "forward", 0) + rule("forward", R"({"vmap": {"key": )" + ttl
                                          + R"(, "data": {"set": [[63, {"accept": null}], [64, {"drop": null}]]}}})")));
        QCOMPARE(trace.branches.size(), std::size_t(3));
        for (const auto& branch : trace.branches)
            QVERIFY(!branch.certain);
        // … but a part of the key that surely differs decides
        trace = forwarded(table("ip", base("forward", "forward", 0) + rule("forward", R"({"vmap": {"key": {"concat": [)" + ttl + ',' + dport
                                          + R"(]}, "data": {"set": [[{"concat": [64, 54]}, {"drop": null}]]}}})")));
        QCOMPARE(trace.branches.size(), std::size_t(1));
        QVERIFY(trace.branches[0].certain);
    }

    void queueAndReject()
    {
        Trace trace = forwarded(table("ip", base("forward", "forward", 0) + rule("forward", R"({"queue": {"num": 3, "flags": "bypass"}})")));
        QCOMPARE(trace.branches.size(), std::size_t(2));
        QVERIFY(std::any_of(trace.branches.begin(), trace.branches.end(), [](const auto& b) { return b.disposition == Disposition::Queued; }));
        QVERIFY(std::any_of(trace.branches.begin(), trace.branches.end(), [](const auto& b) { return b.disposition == Disposition::Forwarded; }));
        trace = forwarded(table("inet", base("forward", "forward", 0) + rule("forward", R"({"reject": {"type": "icmpv6", "expr": "no-route"}})")
                                            + rule("forward", R"({"reject": {"type": "icmpx", "expr": "admin-prohibited"}})")));
        QCOMPARE(told(trace.branches[0]), std::string("forward 2: reject with icmpx admin-prohibited"));
        QCOMPARE(trace.branches[0].reason, std::string("inet t forward rule 2: icmpx admin-prohibited"));
    }

    void translations_data()
    {
        QTest::addColumn<QByteArray>("statement");
        QTest::addColumn<QByteArrayList>("ends");
        const auto row = [](const char* name, const char* statement, QByteArrayList ends) { QTest::newRow(name) << QByteArray(statement) << ends; };
        row("address", R"({"dnat": {"addr": "10.99.2.2"}})", {"10.99.2.2:53 1"});
        row("address and port", R"({"dnat": {"family": "ip", "addr": "10.99.2.2", "port": 8080}})", {"10.99.2.2:8080 1"});
        row("IPv6's", R"({"dnat": {"family": "ip6", "addr": "fd99:2::2"}})", {"10.99.3.2:53 1"});
        row("port alone", R"({"dnat": {"port": 8080}})", {"10.99.3.2:8080 1"});
        row("range", R"({"dnat": {"addr": {"range": ["10.99.2.2", "10.99.2.3"]}}})", {"10.99.2.2:53 0.5", "10.99.2.3:53 0.5"});
        row("map", R"({"dnat": {"addr": {"map": {"key": {"payload": {"protocol": "udp", "field": "dport"}}, "data": {"set": [[53, "10.99.2.3"], [54, "10.99.2.4"]]}}}}})",
            {"10.99.2.3:53 1"});
        row("map without the key", R"({"dnat": {"addr": {"map": {"key": {"payload": {"protocol": "udp", "field": "dport"}}, "data": {"set": [[54, "10.99.2.4"]]}}}}})",
            {"10.99.3.2:53 1"});
        row("named map of addresses and ports", R"({"dnat": {"family": "ip", "addr": {"map": {"key": {"concat": [{"payload": {"protocol": "ip", "field": "daddr"}}, {"payload": {"protocol": "udp", "field": "dport"}}]}, "data": "@m"}}}})",
            {"10.99.2.2:8080 1"});
        row("map of ports", R"({"dnat": {"addr": "10.99.2.2", "port": {"map": {"key": {"payload": {"protocol": "udp", "field": "dport"}}, "data": {"set": [[53, 5353]]}}}}})",
            {"10.99.2.2:5353 1"});
        row("1.36", R"({"dnat": {"family": "ip", "addr": {"map": {"key": {"numgen": {"mode": "random", "mod": 3, "offset": 0}}, "data": {"set": [[0, {"concat": ["10.99.2.2", 80]}], [1, {"concat": ["10.99.2.3", 81]}], [2, {"concat": ["10.99.2.2", 80]}]]}}}}})",
            {"10.99.2.2:80 0.333333", "10.99.2.2:80 0.333333", "10.99.2.3:81 0.333333"});
        row("prefixes", R"({"dnat": {"family": "ip", "addr": {"map": {"key": {"payload": {"protocol": "ip", "field": "daddr"}}, "data": {"set": [[{"prefix": {"addr": "10.99.3.0", "len": 24}}, {"prefix": {"addr": "10.99.2.0", "len": 24}}]]}}}, "flags": "netmap", "type_flags": "prefix"}})",
            {"10.99.2.2:53 1"});
        row("redirect", R"({"redirect": {"port": 9999}})", {"10.99.1.1:9999 1"});
        row("redirect to a map", R"({"redirect": {"port": {"map": {"key": {"payload": {"protocol": "udp", "field": "dport"}}, "data": {"set": [[53, 5353]]}}}}})",
            {"10.99.1.1:5353 1"});
    }
    void translations()
    {
        QFETCH(QByteArray, statement);
        QFETCH(QByteArrayList, ends);
        const Trace trace = forwarded(table("ip", R"(,
{"map": {@@, "name": "m", "type": ["ipv4_addr", "inet_service"], "map": "ipv4_addr . inet_service", "elem": [[{"concat": ["10.99.3.2", 53]}, {"concat": ["10.99.2.2", 8080]}]]}})"
                                                      + base("pre", "prerouting", -100, "nat") + rule("pre", statement.toStdString())));
        QByteArrayList got;
        for (const auto& branch : trace.branches)
            got << QByteArray::fromStdString(branch.packet.dst + ':' + std::to_string(branch.packet.dport)) + ' ' + QByteArray::number(branch.probability, 'g', 6);
        std::sort(got.begin(), got.end());
        QCOMPARE(got, ends);
    }

    void sourceTranslations()
    {
        const auto traced = [](const char* statement) {
            return forwarded(table("inet", base("post", "postrouting", 100, "nat") + rule("post", statement))).branches;
        };
        QCOMPARE(traced(R"({"masquerade": null})")[0].packet.src, std::string("10.99.3.1"));
        QVERIFY(traced(R"({"masquerade": {"flags": "fully-random"}})")[0].packet.sportRandom);
        QCOMPARE(traced(R"({"snat": {"family": "ip", "addr": "10.99.3.7", "port": 5555}})")[0].packet.sport, std::uint16_t(5555));
        QCOMPARE(traced(R"({"snat": {"family": "ip6", "addr": "fd99::7"}})")[0].packet.src, std::string("10.99.1.2"));
        QCOMPARE(traced(R"({"snat": {"family": "ip", "addr": {"map": {"key": {"payload": {"protocol": "ip", "field": "saddr"}}, "data": {"set": [["10.99.1.2", "10.99.3.8"]]}}}}})")[0].packet.src,
                 std::string("10.99.3.8"));
    }

    /// A table of iptables-nft counts once: as iptables-save tells it where that is there, by its JSON otherwise.
    void tablesOfIptablesCountOnce()
    {
        const std::string ruleset = R"({"nftables": [{"table": {"family": "ip", "name": "filter", "handle": 1}},
{"chain": {"family": "ip", "table": "filter", "name": "FORWARD", "handle": 1, "type": "filter", "hook": "forward", "prio": 0, "policy": "accept"}},
{"rule": {"family": "ip", "table": "filter", "chain": "FORWARD", "handle": 4, "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "udp", "field": "dport"}}, "right": 53}}, {"counter": {"packets": 0, "bytes": 0}}, {"drop": null}]}}]})";
        NodeState state = node(ruleset);
        Trace trace = PacketTracer(state).trace(query(proto::udp, "10.99.1.2", "10.99.3.2", 53));
        QCOMPARE(told(trace.branches[0]), std::string("FORWARD 1: drop"));
        QCOMPARE(trace.branches[0].steps.back().backend, std::string("nft"));
        for (const char* header : {"# Generated by iptables-nft-save v1.8.9\n", ""}) {
            NodeState both = node(ruleset);
            put(both, *header != '\0' ? "iptables-nft-save.txt" : "iptables-save.txt",
                header + std::string("*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -p udp -m udp --dport 53 -j DROP\nCOMMIT\n"));
            both.finish();
            trace = PacketTracer(both).trace(query(proto::udp, "10.99.1.2", "10.99.3.2", 53));
            QCOMPARE(trace.branches.size(), std::size_t(1));
            QCOMPARE(trace.branches[0].steps.back().text, std::string("-A FORWARD -p udp -m udp --dport 53 -j DROP"));
            QCOMPARE(std::count_if(trace.branches[0].steps.begin(), trace.branches[0].steps.end(), [](const auto& s) { return s.rule > 0; }), std::ptrdiff_t(1));
        }
    }

    /// … and iptables cannot show every table that has one of its names.
    void incompatibleTableOfIptables()
    {
        NodeState state = node(R"({"nftables": [{"table": {"family": "ip", "name": "filter", "handle": 1}},
{"chain": {"family": "ip", "table": "filter", "name": "FORWARD", "handle": 1, "type": "filter", "hook": "forward", "prio": 0, "policy": "accept"}},
{"rule": {"family": "ip", "table": "filter", "chain": "FORWARD", "handle": 4, "expr": [{"drop": null}]}}]})");
        put(state, "iptables-nft-save.txt", "# Generated by iptables-nft-save v1.8.9\n*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n# Table `filter' is incompatible, use 'nft' tool.\n");
        state.finish();
        const Trace trace = PacketTracer(state).trace(query(proto::udp, "10.99.1.2", "10.99.3.2", 53));
        QCOMPARE(trace.branches[0].disposition, Disposition::Dropped);
    }

    /// Of another backend's extension JSON has the name only.
    void extensionsOfIptables()
    {
        const std::string head = base("forward", "forward", 0);
        Trace trace = forwarded(table("ip", head + rule("forward", R"({"xt": {"type": "match", "name": "addrtype"}}, {"drop": null})")));
        QCOMPARE(trace.branches.size(), std::size_t(2));
        trace = forwarded(table("ip", head + rule("forward", R"({"xt": {"type": "match", "name": "comment"}}, {"xt": {"type": "target", "name": "LOG"}}, {"drop": null})")));
        QCOMPARE(trace.branches.size(), std::size_t(1));
        QVERIFY(trace.branches[0].certain);
        trace = forwarded(table("ip", head + rule("forward", R"({"xt": null}, {"drop": null})")));
        QCOMPARE(trace.branches.size(), std::size_t(2));
        trace = forwarded(table("ip", head + rule("forward", R"({"xt": {"type": "target", "name": "REJECT"}})")));
        QCOMPARE(trace.branches[0].disposition, Disposition::Rejected);
        trace = forwarded(table("ip", head + rule("forward", R"({"xt": {"type": "target", "name": "MARK"}})")));
        QVERIFY(!trace.branches[0].certain);
    }

    /// Chains at a device see what passes that device, before all others.
    void ingress()
    {
        const auto ruleset = [](const char* device) {
            return table("netdev", ",\n{\"chain\": {@@, \"name\": \"i\", \"handle\": 2, \"dev\": \"" + std::string(device)
                                       + "\", \"type\": \"filter\", \"hook\": \"ingress\", \"prio\": 0, \"policy\": \"accept\"}}"
                                       + rule("i", match(R"({"payload": {"protocol": "udp", "field": "dport"}})", "53") + R"(, {"drop": null})"));
        };
        Trace trace = forwarded(ruleset("nc"));
        QCOMPARE(trace.branches[0].disposition, Disposition::Dropped);
        QCOMPARE(trace.branches[0].steps.back().hook, std::string("INGRESS"));
        trace = forwarded(ruleset("nx"));
        QCOMPARE(trace.branches[0].disposition, Disposition::Forwarded);
    }

    void untrackedAndRoute()
    {
        // notrack before conntrack: no state, no translation
        const std::string rules = base("raw", "prerouting", -300) + base("pre", "prerouting", -100, "nat") + base("forward", "forward", 0)
            + rule("raw", match(R"({"ct": {"key": "state"}})", R"("invalid")", "in") + ", " + counter) + rule("raw", R"({"notrack": null})")
            + rule("pre", R"({"dnat": {"addr": "10.99.2.2"}})") + rule("forward", match(R"({"ct": {"key": "state"}})", R"("untracked")", "in") + ", " + counter)
            + rule("forward", match(R"({"ct": {"key": "mark"}})", "0") + R"(, {"drop": null})");
        const Trace trace = forwarded(table("ip", rules));
        QCOMPARE(told(trace.branches[0]), std::string("raw 1: continue; raw 2: notrack; forward 1: continue"));
        QCOMPARE(trace.branches[0].packet.dst, std::string("10.99.3.2"));
    }

    /// Each rule's parts one by one, where they are asked for.
    void partsOfRules()
    {
        const NodeState state = node(fixture("selectors.json"));
        PacketQuery asked = query(proto::udp, "10.99.1.2", "10.99.3.2", 53);
        asked.matches = asked.passedOver = true;
        const Trace trace = PacketTracer(state).trace(asked);
        bool seen = false;
        for (const auto& step : trace.branches[0].steps)
            if (step.text.starts_with("iifname \"nc\" oifname \"nx\"")) {
                QCOMPARE(step.matches.size(), std::size_t(2));
                QCOMPARE(step.matches[1].text, std::string("oifname \"nx\""));
                QCOMPARE(step.matches[1].answer, Tri::Yes);
                seen = true;
            }
        QVERIFY(seen);
    }
};

QTEST_APPLESS_MAIN(TestNftChain)
#include "tst_nft_chain.moc"
