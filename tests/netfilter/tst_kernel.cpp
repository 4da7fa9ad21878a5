// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel as the judge: one real datagram through real rules, its counters and what the receiver saw against ours.
#include "kernel_lab.h"

#include <QTest>

using namespace kernellab;

namespace {

struct Case {
    std::string place, from; ///< who sends, from which address (empty: its own)
    std::string to;
    std::uint16_t port = 80;
    QByteArray rules; ///< of the first backend
    QByteArray second; ///< of the other backend, where both are filled
    QString setup; ///< more commands on the node
    int datagrams = 1;
    bool v6 = false;
    bool reply = false; ///< the receiver answers: compare the answer's rules as well
};

const char* const service = R"(*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-SVC-X - [0:0]
:KUBE-SEP-A - [0:0]
:KUBE-SEP-B - [0:0]
:KUBE-SEP-C - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-POSTROUTING - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A POSTROUTING -j KUBE-POSTROUTING
-A KUBE-SERVICES ! -s 10.99.2.0/24 -d 10.96.0.10/32 -p udp -m udp --dport 80 -j KUBE-MARK-MASQ
-A KUBE-SERVICES -d 10.96.0.10/32 -p udp -m udp --dport 80 -j KUBE-SVC-X
-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
-A KUBE-NODEPORTS -p udp -m udp --dport 30080 -j KUBE-MARK-MASQ
-A KUBE-NODEPORTS -p udp -m udp --dport 30080 -j KUBE-SVC-X
-A KUBE-SVC-X -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-A
-A KUBE-SVC-X -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-B
-A KUBE-SVC-X -j KUBE-SEP-C
-A KUBE-SEP-A -s 10.99.2.2/32 -j KUBE-MARK-MASQ
-A KUBE-SEP-A -p udp -m udp -j DNAT --to-destination 10.99.2.2:8080
-A KUBE-SEP-B -s 10.99.2.3/32 -j KUBE-MARK-MASQ
-A KUBE-SEP-B -p udp -m udp -j DNAT --to-destination 10.99.2.3:8080
-A KUBE-SEP-C -s 10.99.3.2/32 -j KUBE-MARK-MASQ
-A KUBE-SEP-C -p udp -m udp -j DNAT --to-destination 10.99.3.2:8081
-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
-A KUBE-POSTROUTING -j MASQUERADE
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-FORWARD - [0:0]
-A FORWARD -m conntrack --ctstate DNAT -m comment --comment "translated"
-A FORWARD -j KUBE-FORWARD
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
-A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A OUTPUT -o lo -m comment --comment "the device of the hook"
-A OUTPUT -o cni0
-A OUTPUT -o nc
-A OUTPUT -o nx
COMMIT
)";

/// Rules of one table: "-A …" lines with what they need around them.
QByteArray table(const char* name, const char* rules)
{
    QByteArray all = "*" + QByteArray(name) + "\n";
    for (const QByteArray& line : QByteArray(rules).split('\n')) {
        const auto words = line.split(' ');
        if (words.value(0) == "-A" && !all.contains(":" + words[1] + " ")
            && !QByteArrayLiteral("PREROUTING INPUT FORWARD OUTPUT POSTROUTING").contains(words[1]))
            all += ":" + words[1] + " - [0:0]\n";
    }
    return all + rules + "\nCOMMIT\n";
}

RuleSet matched(const TraceBranch& branch)
{
    RuleSet rules;
    for (const auto& step : branch.steps)
        if (step.rule > 0 && step.matched == Tri::Yes)
            rules.emplace(step.backend, step.table, step.chain, step.rule);
    return rules;
}

bool arrives(const TraceBranch& branch)
{
    return branch.disposition == Disposition::Delivered || branch.disposition == Disposition::Forwarded;
}

bool sameEnd(const TraceBranch& branch, const Datagram& got)
{
    if (!arrives(branch))
        return got.place.empty();
    if (got.place.empty())
        return false;
    return branch.packet.src == got.src && branch.packet.dst == got.dst && branch.packet.dport == got.dport
        && (branch.packet.sportRandom || branch.packet.sport == got.sport);
}

} // namespace

class TestKernel : public QObject
{
    Q_OBJECT

    Lab m_lab;
    bool m_up = false;
    std::map<QString, Case> m_cases;

    void row(const QString& name, Case what)
    {
        for (const char* backend : {"legacy", "nft"}) {
            if (!what.second.isEmpty() && qstrcmp(backend, "nft") == 0)
                continue;
            const QString title = name + QLatin1Char(' ') + QLatin1String(backend);
            QTest::newRow(qPrintable(title)) << name << QString::fromLatin1(backend);
        }
        m_cases[name] = std::move(what);
    }

    /// Empty when the kernel and the tracer agree.
    std::string compare(const PacketTracer& tracer, const PacketQuery& query, const Case& what)
    {
        const Trace trace = tracer.trace(query);
        double sum = 0;
        for (const auto& branch : trace.branches)
            sum += branch.certain ? branch.probability : 0;
        if (std::abs(sum - 1.0) > 1e-6 && sum != 0)
            return "the shares add up to " + std::to_string(sum);
        m_lab.counted(what.v6);
        m_lab.send(what.place, what.from, query.sport, what.to, what.port);
        const bool somewhere = !what.to.starts_with("10.77."); // a route to where nobody listens
        const bool mayArrive = somewhere && std::any_of(trace.branches.begin(), trace.branches.end(), arrives);
        const Datagram got = m_lab.receive(mayArrive ? 700 : 120);
        const RuleSet counted = m_lab.counted(what.v6);
        const TraceBranch* same = nullptr;
        std::string ours;
        for (const auto& branch : trace.branches) {
            ours += "\n  " + std::string(dispositionName(branch.disposition)) + ' ' + branch.packet.src + ':'
                + std::to_string(branch.packet.sport) + " > " + branch.packet.dst + ':' + std::to_string(branch.packet.dport)
                + ' ' + branch.reason + shown(matched(branch));
            // With two backends the order at one priority is not in the dump: what comes behind a DROP or a binding
            // may or may not be met.
            const RuleSet rules = matched(branch);
            const bool agree = what.second.isEmpty()
                ? rules == counted
                : std::includes(rules.begin(), rules.end(), counted.begin(), counted.end());
            if (agree && (sameEnd(branch, got) || (!somewhere && got.place.empty())))
                same = &branch;
        }
        if (!same)
            return "kernel: "
                + (got.place.empty() ? "nobody got it" : got.place + ' ' + got.src + ':' + std::to_string(got.sport) + " > "
                       + got.dst + ':' + std::to_string(got.dport))
                + shown(counted) + "\nours:" + ours;
        if (!what.reply || got.place.empty())
            return {};
        m_lab.counted(what.v6);
        m_lab.answer(got);
        m_lab.receive(40);
        const RuleSet back = m_lab.counted(what.v6);
        std::string answers;
        for (const auto& reply : same->replies) {
            if (matched(reply) == back)
                return {};
            answers += "\n  " + std::string(dispositionName(reply.disposition)) + ' ' + reply.reason + shown(matched(reply));
        }
        return "answer of " + got.place + "\nkernel:" + shown(back) + "\nours:" + answers;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (geteuid() != 0)
            QSKIP("needs root for network namespaces");
        bool tools = false;
        sh(QStringLiteral("command -v ip iptables-legacy-save iptables-nft-save ipset"), &tools);
        if (!tools)
            QSKIP("needs iproute2, iptables and ipset");
        m_up = true;
        if (!m_lab.up()) {
            m_lab.down();
            m_up = false;
            QSKIP("network namespaces cannot be made here");
        }
    }

    void cleanupTestCase()
    {
        if (m_up)
            m_lab.down();
    }

    void datagram_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("backend");
        row(QStringLiteral("client to ClusterIP"), {.place = "client", .to = "10.96.0.10", .rules = service, .datagrams = 5, .reply = true});
        row(QStringLiteral("Pod to ClusterIP"), {.place = "a", .to = "10.96.0.10", .rules = service, .datagrams = 5, .reply = true});
        row(QStringLiteral("Pod to itself by ClusterIP, hairpin on"), {.place = "a", .to = "10.96.0.10", .rules = service,
            .setup = QStringLiteral("bridge link set dev va hairpin on"), .datagrams = 5});
        row(QStringLiteral("node to ClusterIP"), {.place = "node", .to = "10.96.0.10", .rules = service,
            .setup = QStringLiteral("ip route replace 10.96.0.0/16 via 10.99.3.2"), .datagrams = 5, .reply = true});
        row(QStringLiteral("client to nodePort"), {.place = "client", .to = "10.99.1.1", .port = 30080, .rules = service, .datagrams = 4, .reply = true});
        row(QStringLiteral("node to nodePort by loopback"), {.place = "node", .to = "127.0.0.1", .port = 30080, .rules = service, .datagrams = 4});
        row(QStringLiteral("node to nodePort by loopback, route_localnet"), {.place = "node", .to = "127.0.0.1", .port = 30080,
            .rules = service, .setup = QStringLiteral("sysctl -qw net.ipv4.conf.all.route_localnet=1"), .datagrams = 4, .reply = true});
        row(QStringLiteral("DNAT to loopback"), {.place = "client", .to = "10.99.1.1",
            .rules = table("nat", "-A PREROUTING -p udp --dport 80 -j DNAT --to-destination 127.0.0.1:8080")});
        row(QStringLiteral("DNAT to loopback, route_localnet"), {.place = "client", .to = "10.99.1.1",
            .rules = table("nat", "-A PREROUTING -p udp --dport 80 -j DNAT --to-destination 127.0.0.1:8080"),
            .setup = QStringLiteral("sysctl -qw net.ipv4.conf.nc.route_localnet=1"), .reply = true});
        row(QStringLiteral("delivered"), {.place = "client", .to = "10.99.1.1", .port = 8080,
            .rules = table("filter", "-A INPUT -i nc -p udp --dport 8080 -j IN1\n-A IN1 -s 10.99.1.0/24 -j RETURN\n-A IN1 -j DROP\n-A INPUT -j ACCEPT"), .reply = true});
        row(QStringLiteral("goto leaves the caller"), {.place = "client", .to = "10.99.3.2", .port = 8080,
            .rules = table("filter", "-A FORWARD -j ONE\n-A FORWARD -m comment --comment x -j ACCEPT\n-A ONE -g TWO\n-A ONE -j DROP\n-A TWO -m mark --mark 0x1 -j DROP")});
        row(QStringLiteral("goto from a built-in chain"), {.place = "client", .to = "10.99.3.2", .port = 8080,
            .rules = table("filter", ":FORWARD DROP [0:0]\n-A FORWARD -g TWO\n-A FORWARD -j ACCEPT\n-A TWO -m mark --mark 0x1 -j ACCEPT")});
        row(QStringLiteral("return in a built-in chain"), {.place = "client", .to = "10.99.3.2", .port = 8080,
            .rules = table("filter", ":FORWARD DROP [0:0]\n-A FORWARD -p udp -m udp -j RETURN\n-A FORWARD -j ACCEPT")});
        row(QStringLiteral("mark routes in PREROUTING"), {.place = "client", .to = "10.77.0.1", .port = 8080,
            .rules = table("mangle", "-A PREROUTING -p udp --dport 8080 -j MARK --set-xmark 0x7/0xff\n-A FORWARD -o nx\n-A POSTROUTING -m mark --mark 0x7"),
            .setup = QStringLiteral("ip rule add prio 100 fwmark 0x7/0xf lookup 77; ip route add 10.77.0.0/16 via 10.99.3.2 table 77; "
                                    "ip route add 10.77.0.0/16 via 10.99.1.2")});
        row(QStringLiteral("mark in mangle OUTPUT routes again"), {.place = "node", .to = "10.77.0.1", .port = 8080,
            .rules = table("mangle", "-A OUTPUT -p udp --dport 8080 -j MARK --set-mark 7\n-A OUTPUT -o nc\n-A POSTROUTING -o nx\n-A POSTROUTING -o nc")
                + table("nat", "-A POSTROUTING -o nx -j DNATS\n-A DNATS -j RETURN"),
            .setup = QStringLiteral("ip rule add prio 100 fwmark 0x7 lookup 77; ip route add 10.77.0.0/16 via 10.99.3.2 table 77; "
                                    "ip route add 10.77.0.0/16 via 10.99.1.2")});
        row(QStringLiteral("mark in filter OUTPUT does not"), {.place = "node", .to = "10.77.0.1", .port = 8080,
            .rules = table("filter", "-A OUTPUT -p udp --dport 8080 -j MARK --set-mark 7") + table("mangle", "-A POSTROUTING -o nx\n-A POSTROUTING -o nc"),
            .setup = QStringLiteral("ip rule add prio 100 fwmark 0x7 lookup 77; ip route add 10.77.0.0/16 via 10.99.3.2 table 77; "
                                    "ip route add 10.77.0.0/16 via 10.99.1.2")});
        row(QStringLiteral("unreachable route"), {.place = "client", .to = "10.77.0.1", .port = 8080,
            .rules = table("mangle", "-A PREROUTING -p udp\n-A FORWARD -p udp"), .setup = QStringLiteral("ip route add unreachable 10.77.0.0/16")});
        row(QStringLiteral("no forwarding"), {.place = "client", .to = "10.99.3.2", .port = 8080,
            .rules = table("mangle", "-A PREROUTING -p udp --dport 8080\n-A FORWARD -p udp"), .setup = QStringLiteral("sysctl -qw net.ipv4.ip_forward=0")});
        row(QStringLiteral("rp_filter strict"), {.place = "client", .from = "10.99.7.7", .to = "10.99.3.2", .port = 8080,
            .rules = table("mangle", "-A PREROUTING -p udp\n-A FORWARD -p udp"),
            .setup = QStringLiteral("sysctl -qw net.ipv4.conf.nc.rp_filter=1; ip route replace 10.99.7.7 via 10.99.3.2")});
        row(QStringLiteral("rp_filter loose"), {.place = "client", .from = "10.99.7.7", .to = "10.99.3.2", .port = 8080,
            .rules = table("mangle", "-A PREROUTING -p udp\n-A FORWARD -p udp"),
            .setup = QStringLiteral("sysctl -qw net.ipv4.conf.nc.rp_filter=2; ip route replace 10.99.7.7 via 10.99.3.2")});
        row(QStringLiteral("rp_filter off"), {.place = "client", .from = "10.99.7.7", .to = "10.99.3.2", .port = 8080,
            .rules = table("mangle", "-A PREROUTING -p udp -m rpfilter\n-A PREROUTING -m rpfilter --invert\n-A FORWARD -p udp"),
            .setup = QStringLiteral("ip route replace 10.99.7.7 via 10.99.3.2")});
        row(QStringLiteral("own address from the wire"), {.place = "client", .from = "10.99.2.1", .to = "10.99.3.2", .port = 8080,
            .rules = table("mangle", "-A PREROUTING -p udp\n-A FORWARD -p udp")});
        row(QStringLiteral("bridged, seen"), {.place = "a", .to = "10.99.2.3", .port = 8080,
            .rules = table("mangle", "-A PREROUTING -i cni0 -m physdev --physdev-in va\n-A INPUT -p udp\n-A FORWARD -i cni0 -o cni0 -m physdev --physdev-is-bridged\n"
                                     "-A FORWARD -m physdev --physdev-is-out\n-A POSTROUTING -o cni0 -p udp"), .reply = true});
        row(QStringLiteral("bridged, not seen"), {.place = "a", .to = "10.99.2.3", .port = 8080,
            .rules = table("mangle", "-A PREROUTING -p udp\n-A FORWARD -p udp"), .setup = QStringLiteral("sysctl -qw net.bridge.bridge-nf-call-iptables=0")});
        row(QStringLiteral("from a bridge's port, routed"), {.place = "a", .to = "10.99.3.2", .port = 8080,
            .rules = table("mangle", "-A PREROUTING -m physdev --physdev-is-in\n-A FORWARD -m physdev --physdev-is-in\n-A FORWARD -m physdev --physdev-is-bridged\n"
                                     "-A FORWARD -m physdev ! --physdev-is-in\n-A POSTROUTING -m physdev --physdev-is-in"), .reply = true});
        row(QStringLiteral("hairpin off"), {.place = "a", .to = "10.99.9.9",
            .rules = table("nat", "-A PREROUTING -d 10.99.9.9 -p udp -j DNAT --to-destination 10.99.2.2:8080\n-A POSTROUTING -s 10.99.2.2 -d 10.99.2.2 -j MASQUERADE")});
        row(QStringLiteral("hairpin on"), {.place = "a", .to = "10.99.9.9",
            .rules = table("nat", "-A PREROUTING -d 10.99.9.9 -p udp -j DNAT --to-destination 10.99.2.2:8080\n-A POSTROUTING -s 10.99.2.2 -d 10.99.2.2 -j MASQUERADE"),
            .setup = QStringLiteral("bridge link set dev va hairpin on"), .reply = true});
        row(QStringLiteral("NETMAP"), {.place = "client", .to = "10.88.0.2", .port = 8080,
            .rules = table("nat", "-A PREROUTING -d 10.88.0.0/24 -j NETMAP --to 10.99.3.0/24\n-A POSTROUTING -s 10.99.1.0/24 -j NETMAP --to 10.66.1.0/24"), .reply = true});
        row(QStringLiteral("SNAT"), {.place = "a", .to = "10.99.3.2", .port = 8080,
            .rules = table("nat", "-A POSTROUTING -o nx -p udp -j SNAT --to-source 10.99.3.1:5555"), .reply = true});
        row(QStringLiteral("REDIRECT"), {.place = "client", .to = "10.99.3.2", .port = 53,
            .rules = table("nat", "-A PREROUTING -p udp --dport 53 -j REDIRECT --to-ports 9999"), .reply = true});
        row(QStringLiteral("REDIRECT of the node's own"), {.place = "node", .to = "10.99.3.2", .port = 53,
            .rules = table("nat", "-A OUTPUT -p udp --dport 53 -j REDIRECT --to-ports 9999") + table("filter", "-A OUTPUT -o nx\n-A OUTPUT -o lo\n-A INPUT -i lo")});
        row(QStringLiteral("SNAT in INPUT"), {.place = "client", .to = "10.99.1.1", .port = 8080,
            .rules = table("nat", "-A INPUT -p udp --dport 8080 -j SNAT --to-source 10.99.1.77")});
        row(QStringLiteral("not tracked"), {.place = "client", .to = "10.99.3.2", .port = 8080,
            .rules = table("raw", "-A PREROUTING -p udp -m conntrack --ctstate INVALID\n-A PREROUTING -p udp --dport 8080 -j CT --notrack")
                + table("nat", "-A PREROUTING -p udp -j DNAT --to-destination 10.99.2.2:8080\n-A POSTROUTING -j MASQUERADE")
                + table("filter", "-A FORWARD -m conntrack --ctstate UNTRACKED\n-A FORWARD -m conntrack ! --ctstate NEW,UNTRACKED -j DROP")});
        row(QStringLiteral("ipset dimensions"), {.place = "client", .to = "10.99.3.2", .port = 8080,
            .rules = table("mangle", "-A FORWARD -m set --match-set K-IPPORT dst,dst\n-A FORWARD -m set --match-set K-IPPORT src,dst\n-A FORWARD -m set --match-set K-IPPORT dst\n"
                                     "-A FORWARD -m set ! --match-set K-IPPORT dst\n-A FORWARD -m set --match-set K-PORT dst\n-A FORWARD -m set --match-set K-NET src\n"
                                     "-A FORWARD -m set --match-set K-NET dst\n-A FORWARD -m set --match-set K-LIST dst\n-A FORWARD -m set --match-set K-IPPORTNET dst,dst,src\n"
                                     "-A FORWARD -m set --match-set K-IP dst,src\n-A FORWARD -m set --match-set K-IFACE src,src\n-A FORWARD -m set --match-set K-IFACE dst,dst"),
            .setup = QStringLiteral("ipset create K-IPPORT hash:ip,port; ipset add K-IPPORT 10.99.3.2,udp:8080; ipset create K-PORT bitmap:port range 0-65535; ipset add K-PORT 8080; "
                                    "ipset create K-NET hash:net; ipset add K-NET 10.99.0.0/16; ipset add K-NET 10.99.3.0/24 nomatch; ipset create K-IP hash:ip; ipset add K-IP 10.99.3.2; "
                                    "ipset create K-LIST list:set; ipset add K-LIST K-NET; ipset add K-LIST K-IP; ipset create K-IPPORTNET hash:ip,port,net; "
                                    "ipset add K-IPPORTNET 10.99.3.2,udp:8080,10.99.1.0/24; ipset create K-IFACE hash:net,iface; ipset add K-IFACE 10.99.1.0/24,nc; ipset add K-IFACE 10.99.3.0/24,nc")});
        row(QStringLiteral("marks"), {.place = "client", .to = "10.99.3.2", .port = 8080,
            .rules = table("mangle", "-A PREROUTING -j MARK --set-xmark 0xf0f0/0xffff\n-A PREROUTING -j MARK --and-mark 0xff00\n-A PREROUTING -j MARK --xor-mark 0x1000\n-A PREROUTING -j MARK --set-mark 0x3/0xf\n"
                                     "-A PREROUTING -m mark --mark 0xe003\n-A PREROUTING -m mark --mark 0x0/0x20000\n-A PREROUTING -m mark ! --mark 0x4000/0x4000\n-A PREROUTING -j CONNMARK --save-mark\n"
                                     "-A PREROUTING -j MARK --set-mark 0\n-A FORWARD -m connmark --mark 0xe003\n-A FORWARD -j CONNMARK --restore-mark --nfmask 0xf --ctmask 0xf\n-A FORWARD -m mark --mark 0x3"), .reply = true});
        row(QStringLiteral("matches"), {.place = "client", .to = "10.99.3.2", .port = 8080,
            .rules = table("mangle", "-A FORWARD -p udp -m multiport --dports 53,8000:8090\n-A FORWARD -p udp -m multiport ! --ports 40000\n-A FORWARD -m iprange --src-range 10.99.1.1-10.99.1.3\n"
                                     "-A FORWARD -m addrtype --src-type LOCAL\n-A FORWARD -m addrtype ! --dst-type LOCAL\n-A FORWARD -m addrtype --dst-type UNICAST\n-A FORWARD -i n+ -o n+\n-A FORWARD ! -i nc\n"
                                     "-A FORWARD -m conntrack --ctorigdst 10.99.3.2 --ctorigdstport 8080\n-A FORWARD -m conntrack --ctdir ORIGINAL\n-A FORWARD -m pkttype --pkt-type unicast\n"
                                     "-A POSTROUTING -m tos --tos 0x00\n-A FORWARD -p tcp\n-A FORWARD ! -p tcp\n-A FORWARD -m recent --set --name mk")});
        row(QStringLiteral("DROP behind an ACCEPT elsewhere"), {.place = "client", .to = "10.99.3.2", .port = 8080,
            .rules = table("filter", "-A FORWARD -p udp -m udp -j ACCEPT"), .second = table("filter", "-A FORWARD -p udp -m udp --dport 8080 -j DROP")});
        row(QStringLiteral("ACCEPT in one nat, DNAT in the other"), {.place = "client", .to = "10.99.3.2", .port = 80,
            .rules = table("nat", "-A PREROUTING -p udp -m udp --dport 80 -j ACCEPT"),
            .second = table("nat", "-A PREROUTING -p udp -m udp --dport 80 -j DNAT --to-destination 10.99.2.2:8080"), .reply = true});
        row(QStringLiteral("IPv6 Service"), {.place = "client", .to = "fd96::10",
            .rules = table("nat", "-A PREROUTING -d fd96::10/128 -p udp --dport 80 -j SVC\n-A PREROUTING -m addrtype --dst-type LOCAL -j DROPS\n-A DROPS -j RETURN\n-A SVC -j MARK --or-mark 0x4000\n"
                                  "-A SVC -p udp -j DNAT --to-destination [fd99:2::2]:8080\n-A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE")
                + table("filter", "-A FORWARD -m conntrack --ctstate DNAT"), .v6 = true, .reply = true});
        row(QStringLiteral("IPv6 delivered"), {.place = "client", .to = "fd99:1::1", .port = 8080,
            .rules = table("filter", "-A INPUT -s fd99:1::/64 -m addrtype --dst-type LOCAL\n-A INPUT -d fd99:1::1/128 -p udp -j ACCEPT"), .v6 = true, .reply = true});
    }

    void datagram()
    {
        QFETCH(QString, name);
        QFETCH(QString, backend);
        const Case& what = m_cases.at(name);
        m_lab.clean();
        const QString family = what.v6 ? QStringLiteral("ip6tables-") : QStringLiteral("iptables-");
        if (!what.setup.isEmpty())
            QVERIFY(m_lab.node(what.setup));
        QVERIFY(m_lab.load(family + backend, what.rules));
        if (!what.second.isEmpty())
            QVERIFY(m_lab.load(family + (backend == QLatin1String("nft") ? QStringLiteral("legacy") : QStringLiteral("nft")), what.second));

        const NodeState state = m_lab.dump();
        const PacketTracer tracer(state);
        PacketQuery query {.protocol = proto::udp, .dport = what.port, .reply = what.reply};
        query.dst = *IpAddress::parse(what.to);
        const std::map<std::string, std::string> addresses {{"client", what.v6 ? "fd99:1::2" : "10.99.1.2"},
            {"a", what.v6 ? "fd99:2::2" : "10.99.2.2"}, {"b", what.v6 ? "fd99:2::3" : "10.99.2.3"}};
        const std::map<std::string, std::string> devices {{"client", "nc"}, {"a", "va"}, {"b", "vb"}};
        const std::string from = !what.from.empty() ? what.from : what.place == "node" ? std::string() : addresses.at(what.place);
        if (!from.empty())
            query.src = *IpAddress::parse(from);
        if (what.place != "node")
            query.in = devices.at(what.place);
        // Interfaces that just came up send reports of their own now and then: a difference must show three times.
        std::uint16_t port = 41000;
        for (int turn = 0; turn < what.datagrams; ++turn) {
            std::string difference = "x";
            for (int attempt = 0; attempt < 3 && !difference.empty(); ++attempt) {
                query.sport = port++;
                difference = compare(tracer, query, what);
            }
            QVERIFY2(difference.empty(), difference.c_str());
        }
    }
};

QTEST_APPLESS_MAIN(TestKernel)
#include "tst_kernel.moc"
