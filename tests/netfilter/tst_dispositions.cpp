// SPDX-License-Identifier: GPL-3.0-or-later
// Each condition of docs/dispositions.md by a small dump; and what a missing file does.
#include "diagnostics/netfilter/packet_tracer.h"

#include <QTest>

using namespace medic;
using namespace medic::netfilter;

namespace {

using Files = std::map<std::string, std::string>;

const char* const links = R"([{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP"],"addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host"},
 {"family":"inet6","local":"::1","prefixlen":128,"scope":"host"}]},
{"ifindex":2,"ifname":"eth0","flags":["UP"],"addr_info":[{"family":"inet","local":"192.168.1.10","prefixlen":24,"scope":"global"},{"family":"inet6","local":"fd00::10","prefixlen":64,"scope":"global"}]},
{"ifindex":3,"ifname":"cni0","flags":["UP"],"linkinfo":{"info_kind":"bridge"},"addr_info":[{"family":"inet","local":"10.244.0.1","prefixlen":24,"scope":"global"}]},
{"ifindex":4,"ifname":"veth1","flags":["UP"],"master":"cni0","linkinfo":{"info_kind":"veth","info_slave_kind":"bridge","info_slave_data":{"hairpin":false}},"addr_info":[]},
{"ifindex":5,"ifname":"tun0","flags":["UP"],"addr_info":[]}])";

const char* const routes = R"([{"type":"local","dst":"127.0.0.0/8","dev":"lo","table":"local","protocol":"kernel"},
{"type":"local","dst":"192.168.1.10","dev":"eth0","table":"local","protocol":"kernel"},{"type":"local","dst":"10.244.0.1","dev":"cni0","table":"local","protocol":"kernel"},
{"type":"broadcast","dst":"192.168.1.255","dev":"eth0","table":"local","protocol":"kernel"},
{"dst":"192.168.1.0/24","dev":"eth0","protocol":"kernel"},{"dst":"10.244.0.0/24","dev":"cni0","protocol":"kernel"},{"dst":"172.16.0.0/16","dev":"tun0"},
{"type":"unreachable","dst":"10.66.0.0/16"},{"type":"blackhole","dst":"10.67.0.0/16"},{"type":"prohibit","dst":"10.68.0.0/16"},{"dst":"10.10.0.0/16","gateway":"192.168.1.1","dev":"eth0"}])";

const char* const sysctls = R"(net.ipv4.ip_forward = 1
net.ipv4.conf.all.forwarding = 1
net.ipv4.conf.eth0.forwarding = 1
net.ipv4.conf.cni0.forwarding = 1
net.ipv4.conf.tun0.forwarding = 1
net.ipv4.conf.all.rp_filter = 0
net.ipv4.conf.eth0.rp_filter = 1
net.ipv4.conf.cni0.rp_filter = 0
net.ipv4.conf.tun0.rp_filter = 0
net.ipv4.conf.all.route_localnet = 0
net.ipv4.conf.eth0.route_localnet = 0
net.ipv4.conf.cni0.route_localnet = 0
net.bridge.bridge-nf-call-iptables = 1
)";

const char* const rules = R"(*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A PREROUTING -d 10.96.0.1/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.244.0.5:8080
-A PREROUTING -d 10.96.0.2/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 127.0.0.1:8080
-A POSTROUTING -o tun0 -j MASQUERADE
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
-A INPUT -p tcp -m tcp --dport 81 -j DROP
-A INPUT -p tcp -m tcp --dport 82 -j REJECT --reject-with icmp-port-unreachable
-A INPUT -p tcp -m tcp --dport 83 -j NFQUEUE --queue-num 1
-A INPUT -p tcp -m tcp --dport 84 -m limit --limit 1/sec -j DROP
-A INPUT -p tcp -m tcp --dport 85 -m set --match-set GONE dst -j DROP
COMMIT
)";

Files wholeDump()
{
    return {{"iptables-save.txt", rules}, {"ip-addr.json", links}, {"ip-route-all.json", routes}, {"sysctl.txt", sysctls},
            {"ipset-save.txt", ""}, {"ipvsadm-Sn.txt", ""}, {"ip-rule.json", R"([{"priority":0,"src":"all","table":"local"},{"priority":32766,"src":"all","table":"main"}])"}};
}

NodeState load(const Files& files)
{
    NodeState state;
    for (const auto name : dumpFileNames())
        if (const auto found = files.find(std::string(name)); found != files.end()) {
            const auto set = state.setPart(name, std::make_shared<const std::string>(found->second));
            if (!set)
                qFatal("%s: %s", set.error().where.c_str(), set.error().detail.c_str());
        }
    state.finish();
    return state;
}

Trace follow(const Files& files, const char* from, const char* to, std::uint16_t port, const char* in = "")
{
    const NodeState state = load(files);
    PacketQuery query {.dport = port};
    if (from[0] != '\0')
        query.src = *IpAddress::parse(from);
    query.dst = *IpAddress::parse(to);
    query.in = in;
    return PacketTracer(state).trace(query);
}

} // namespace

class TestDispositions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void certain_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<int>("port");
        QTest::addColumn<QByteArray>("in");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* name, const char* from, const char* to, int port, const char* in, const char* expected) {
            QTest::newRow(name) << QByteArray(from) << QByteArray(to) << port << QByteArray(in) << QByteArray(expected);
        };
        row("to a local socket", "192.168.1.5", "192.168.1.10", 22, "eth0", "delivered");
        row("from here to here", "", "127.0.0.1", 22, "", "delivered");
        row("received and routed on", "192.168.1.5", "10.96.0.1", 80, "eth0", "forwarded");
        row("made here", "", "10.10.0.1", 80, "", "forwarded");
        row("a DROP rule", "192.168.1.5", "192.168.1.10", 81, "eth0", "dropped");
        row("MASQUERADE takes another device's address", "10.244.0.7", "172.16.0.1", 80, "cni0", "forwarded");
        row("a REJECT rule", "192.168.1.5", "192.168.1.10", 82, "eth0", "rejected");
        row("no route", "192.168.1.5", "10.99.0.1", 80, "eth0", "no-route");
        row("unreachable", "192.168.1.5", "10.66.0.1", 80, "eth0", "no-route");
        row("blackhole", "192.168.1.5", "10.67.0.1", 80, "eth0", "no-route");
        row("prohibit", "", "10.68.0.1", 80, "", "no-route");
        row("rp_filter", "172.16.0.9", "192.168.1.10", 22, "eth0", "martian");
        row("the node's own address from the wire", "192.168.1.10", "10.10.0.1", 80, "eth0", "martian");
        row("a loopback destination from the wire", "192.168.1.5", "127.0.0.1", 80, "eth0", "martian");
        row("DNAT to loopback", "192.168.1.5", "10.96.0.2", 80, "eth0", "martian");
        row("hairpin mode is off", "10.244.0.5", "10.96.0.1", 80, "veth1", "dropped");
    }

    void certain()
    {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(int, port);
        QFETCH(QByteArray, in);
        QFETCH(QByteArray, expected);
        const Trace trace = follow(wholeDump(), from.constData(), to.constData(), static_cast<std::uint16_t>(port), in.constData());
        QCOMPARE(trace.branches.size(), 1U);
        const auto& branch = trace.branches.front();
        QVERIFY2(dispositionName(branch.disposition) == expected.constData(), branch.reason.c_str());
        QVERIFY(branch.certain);
        QCOMPARE(branch.probability, 1.0);
    }

    void queued()
    {
        const Trace trace = follow(wholeDump(), "192.168.1.5", "192.168.1.10", 83, "eth0");
        QCOMPARE(trace.branches.size(), 2U);
        QVERIFY(std::any_of(trace.branches.begin(), trace.branches.end(), [](const auto& one) { return one.disposition == Disposition::Queued; }));
    }

    /// A question without an answer: both outcomes, the rule and the reason named.
    void unknownForks_data()
    {
        QTest::addColumn<int>("port");
        QTest::newRow("limit") << 84;
        QTest::newRow("a set that is not in the dump") << 85;
    }
    void unknownForks()
    {
        QFETCH(int, port);
        const Trace trace = follow(wholeDump(), "192.168.1.5", "192.168.1.10", static_cast<std::uint16_t>(port), "eth0");
        QCOMPARE(trace.branches.size(), 2U);
        QSet<int> ends;
        for (const auto& branch : trace.branches) {
            QVERIFY(!branch.certain);
            ends.insert(static_cast<int>(branch.disposition));
            QVERIFY(std::any_of(branch.steps.begin(), branch.steps.end(),
                                [](const auto& step) { return step.matched == Tri::Unknown && !step.reason.empty() && step.rule > 0; }));
        }
        QCOMPARE(ends, QSet<int>({static_cast<int>(Disposition::Delivered), static_cast<int>(Disposition::Dropped)}));
    }

    /// A missing file is unknown, never empty: nothing that it could have changed is certain.
    void missing_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<int>("port");
        for (const char* file : {"iptables-save.txt", "ip-route-all.json", "sysctl.txt"})
            QTest::newRow(file) << QByteArray(file) << QByteArray("10.96.0.1") << 80;
        QTest::newRow("sets") << QByteArray("ipset-save.txt") << QByteArray("192.168.1.10") << 85;
    }
    void missing()
    {
        QFETCH(QByteArray, file);
        QFETCH(QByteArray, to);
        QFETCH(int, port);
        Files files = wholeDump();
        files.erase(file.toStdString());
        const Trace trace = follow(files, "192.168.1.5", to.constData(), static_cast<std::uint16_t>(port), "eth0");
        for (const auto& branch : trace.branches)
            QVERIFY2(!branch.certain, dispositionName(branch.disposition).data());
    }

    void withoutRules()
    {
        Files files = wholeDump();
        files.erase("iptables-save.txt");
        const Trace trace = follow(files, "192.168.1.5", "192.168.1.10", 22, "eth0");
        QCOMPARE(trace.branches.front().disposition, Disposition::Undecidable);
        QVERIFY(!trace.warnings.empty());
    }

    void ipvsThatWasNotCollected()
    {
        Files files = wholeDump();
        files.erase("ipvsadm-Sn.txt");
        files["ipset-save.txt"] = "create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536\n";
        QVERIFY(!follow(files, "192.168.1.5", "192.168.1.10", 22, "eth0").branches.front().certain);
        QVERIFY(follow(files, "192.168.1.5", "10.96.0.1", 80, "eth0").branches.front().certain);
    }

    void ipvsRefuses()
    {
        Files files = wholeDump();
        files["ipvsadm-Sn.txt"] = "-A -t 192.168.1.10:30080 -s rr\n";
        const Trace trace = follow(files, "192.168.1.5", "192.168.1.10", 30080, "eth0");
        QCOMPARE(trace.branches.front().disposition, Disposition::Rejected);
    }

    void forwardingOff()
    {
        Files files = wholeDump();
        auto& text = files["sysctl.txt"];
        text.replace(text.find("eth0.forwarding = 1"), 19, "eth0.forwarding = 0");
        QCOMPARE(follow(files, "192.168.1.5", "10.96.0.1", 80, "eth0").branches.front().disposition, Disposition::Dropped);
    }
};

QTEST_APPLESS_MAIN(TestDispositions)
#include "tst_dispositions.moc"
