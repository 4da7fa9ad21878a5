// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "judge_lab.h"

#include <random>

namespace judge {

/// Random rulesets of the shapes that nodes have, and packets that have a chance to meet their rules. The same seed
/// gives the same cases.
class CaseMaker {
public:
    explicit CaseMaker(std::uint64_t seed) : m_random(seed) { }

    /// A ruleset; its packet is to be filled in with packetFor().
    Case ruleset()
    {
        Case made;
        m_v6 = chance(25);
        setup(made);
        const std::string family = m_v6 ? "ip6tables" : "iptables";
        const bool both = chance(12);
        const bool nft = chance(50);
        made.rules[family + (nft ? "-nft" : "-legacy")] = tables(both ? 70 : 100);
        if (both)
            made.rules[family + (nft ? "-legacy" : "-nft")] = tables(40);
        made.packet.dst = IpAddress::parse(m_v6 ? "fd99:1::1" : "10.99.1.1").value();
        return made;
    }

    void packetFor(Case& made)
    {
        Packet& packet = made.packet;
        packet = {};
        made.anySource = false;
        made.mark = 0;
        const std::array<const char*, 6> from {"client", "a", "b", "out", "p", "node"};
        made.place = from[weighted({30, 20, 8, 12, 8, 22})];
        const std::array<std::uint8_t, 4> protocols {proto::tcp, proto::udp, proto::icmp, proto::sctp};
        packet.protocol = protocols[weighted({40, 40, 10, 10})];
        if (m_v6 && packet.protocol == proto::icmp) {
            packet.protocol = proto::icmp6;
            packet.icmpType = 128;
        }
        const bool echo = packet.protocol == proto::icmp || packet.protocol == proto::icmp6;
        packet.sport = nextPort();
        packet.dport = echo ? 0 : port();
        const std::map<std::string, std::string> own {{"client", "10.99.1.2"}, {"a", "10.99.2.2"}, {"b", "10.99.2.3"},
                                                     {"out", "10.99.3.2"}, {"p", "10.99.4.2"}};
        if (made.place == "node") {
            made.anySource = chance(60);
            packet.src = address(pick({"10.99.1.1", "10.99.2.1", "10.99.3.1", "10.96.0.12", "127.0.0.1"}));
            if (m_v6 && packet.protocol == proto::sctp)
                packet.protocol = proto::udp;
            if (m_v6 && echo)
                made.anySource = false; // the kernel's checksum needs the source that it chooses: it does so itself
            if (chance(15))
                made.mark = mark();
        } else {
            packet.src = address(own.at(made.place));
            if (chance(6))
                packet.src = address(pick({"10.99.1.2", "10.99.2.2", "10.99.3.2", "10.99.7.7", "10.99.3.1", "127.0.0.1", "10.99.1.255"}));
        }
        packet.dst = destination(made.place);
        if (made.place == "node" && packet.src.isLoopback() && !made.anySource && packet.dst.isV6())
            packet.dst = packet.src;
        if (made.place == "node" && packet.dst.isLoopback() && chance(60))
            made.anySource = true;
    }

    void freshPort(Case& made) { made.packet.sport = nextPort(); }

private:
    std::size_t number(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(m_random); }
    bool chance(int percent) { return static_cast<int>(number(100)) < percent; }
    std::size_t weighted(std::initializer_list<double> weights)
    {
        return std::discrete_distribution<std::size_t>(weights)(m_random);
    }
    std::string pick(std::initializer_list<const char*> from) { return *(from.begin() + number(from.size())); }
    std::uint16_t nextPort()
    {
        m_port = m_port >= 29000 ? std::uint16_t(10001) : static_cast<std::uint16_t>(m_port + 1);
        return m_port;
    }

    /// IPv4 text as the same place's IPv6 address in an IPv6 case.
    std::string text(const std::string& four) const
    {
        if (!m_v6)
            return four;
        if (four.starts_with("127."))
            return "::1";
        const auto last = four.substr(four.rfind('.') + 1);
        const auto third = four.substr(6, four.rfind('.') - 6);
        if (four.starts_with("10.99."))
            return "fd99:" + third + "::" + last;
        if (four.starts_with("10.96."))
            return "fd96::" + last;
        if (four.starts_with("10.77."))
            return "fd77::" + last;
        return "fd00::" + last; // the world
    }
    IpAddress address(const std::string& four) const { return IpAddress::parse(text(four)).value(); }

    std::string host()
    {
        return pick({"10.99.1.2", "10.99.1.1", "10.99.2.1", "10.99.2.2", "10.99.2.3", "10.99.3.1", "10.99.3.2", "10.99.4.2",
                     "10.96.0.10", "10.96.0.11", "10.96.0.12", "127.0.0.1", "10.77.0.1", "198.51.100.7"});
    }
    IpAddress destination(const std::string& place)
    {
        if (place == "node")
            return address(pick({"10.96.0.10", "10.96.0.10", "10.96.0.11", "10.96.0.12", "127.0.0.1", "10.99.1.1", "10.99.2.1", "10.99.2.2",
                                 "10.99.2.3", "10.99.3.2", "10.99.1.2", "10.99.4.2", "10.77.0.1", "198.51.100.7"}));
        std::string to = pick({"10.96.0.10", "10.96.0.10", "10.96.0.11", "10.96.0.12", "10.99.1.1", "10.99.2.1", "10.99.3.1", "10.99.2.2",
                               "10.99.2.3", "10.99.3.2", "10.99.1.2", "10.99.4.2", "10.77.0.1", "198.51.100.7", "127.0.0.1"});
        const std::map<std::string, std::string> own {{"client", "10.99.1.2"}, {"a", "10.99.2.2"}, {"b", "10.99.2.3"},
                                                     {"out", "10.99.3.2"}, {"p", "10.99.4.2"}};
        if (to == own.at(place) || (m_v6 && to == "127.0.0.1"))
            to = "10.96.0.10";
        return address(to);
    }
    std::uint16_t port()
    {
        constexpr std::array<std::uint16_t, 6> ports {80, 443, 8080, 53, 30080, 4789};
        return ports[weighted({34, 12, 20, 8, 20, 6})];
    }
    std::uint32_t mark()
    {
        constexpr std::array<std::uint32_t, 7> marks {0x4000, 0x1, 0x7, 0x10000, 0x20000, 0x2000, 0xf0f0};
        return marks[number(marks.size())];
    }
    static std::string hex(std::uint32_t value)
    {
        std::ostringstream out;
        out << "0x" << std::hex << value;
        return out.str();
    }
    std::string prefix()
    {
        if (m_v6)
            return chance(70) ? text(host()) + "/128" : pick({"fd99:1::/64", "fd99:2::/64", "fd99::/16", "fd96::/16", "fd99:3::/64"});
        if (chance(3))
            return "10.99.0.2/255.255.0.255";
        return chance(65) ? host() + "/32" : pick({"10.99.1.0/24", "10.99.2.0/24", "10.99.0.0/16", "10.96.0.0/16", "10.99.3.0/24", "127.0.0.0/8"});
    }
    std::string maybeNot(int percent = 18) { return chance(percent) ? " !" : ""; }

    // --- the node around the rules -------------------------------------------------------------------------------------
    void setup(Case& made)
    {
        const auto add = [&](const std::string& doing, const std::string& undoing) { made.setup.emplace_back(doing, undoing); };
        const auto sysctl = [&](const std::string& key, const std::string& value, const std::string& before) {
            add("sysctl -qw " + key + '=' + value, "sysctl -qw " + key + '=' + before);
        };
        const std::string device = pick({"nc", "nx", "cni0", "cali1", "all"});
        if (!m_v6) {
            if (chance(12))
                sysctl("net.ipv4.conf." + device + ".rp_filter", pick({"1", "2"}), "0");
            if (chance(25))
                sysctl("net.ipv4.conf." + device + ".route_localnet", "1", "0");
            if (chance(5))
                sysctl("net.ipv4.conf." + device + ".accept_local", "1", "0");
            if (chance(5))
                sysctl("net.ipv4.conf." + device + ".src_valid_mark", "1", "0");
            if (chance(4))
                sysctl("net.ipv4.ip_forward", "0", "1");
            else if (chance(3) && device != "all")
                sysctl("net.ipv4.conf." + device + ".forwarding", "0", "1");
            if (chance(8))
                add("ip addr add 10.99.3.9/24 dev nx", "ip addr del 10.99.3.9/24 dev nx");
            if (chance(6))
                add("ip addr add 10.99.1.9/32 dev nc", "ip addr del 10.99.1.9/32 dev nc");
        }
        const std::string ip = m_v6 ? "ip -6 " : "ip ";
        const std::string bits = m_v6 ? "/128" : "/32";
        const std::string call = m_v6 ? "net.bridge.bridge-nf-call-ip6tables" : "net.bridge.bridge-nf-call-iptables";
        if (chance(15))
            sysctl(call, "0", "1");
        if (chance(35))
            add("bridge link set dev va hairpin on", "bridge link set dev va hairpin off");
        if (chance(35))
            add("bridge link set dev vb hairpin on", "bridge link set dev vb hairpin off");
        const auto route = [&](const std::string& what) { add(ip + "route add " + what, ip + "route del " + what); };
        const auto rule = [&](const std::string& what) { add(ip + "rule add " + what, ip + "rule del " + what); };
        if (chance(25)) {
            route("default via " + text("10.99.1.2") + " dev nc table 77");
            rule("prio 100 " + pick({"fwmark 0x7", "fwmark 0x1/0x1", "fwmark 0x4000/0x4000", "fwmark 0x10000/0xf0000", "tos 0x10"}) + " lookup 77");
        } else if (chance(15)) {
            route("default via " + text("10.99.1.2") + " dev nc table 77");
            const std::string which = pick({"from 10.99.2.0/24", "to 198.51.100.0/24", "iif nc", "iif lo", "not from 10.99.0.0/16", "ipproto udp dport 80", "from 10.99.1.1"});
            if (!m_v6)
                rule("prio 101 " + which + " lookup 77");
            else
                rule("prio 101 " + pick({"iif nc", "iif lo", "from fd99:2::/64", "ipproto udp dport 80"}) + " lookup 77");
        }
        if (chance(5))
            rule("prio 102 lookup main suppress_prefixlength 0");
        if (chance(20))
            route(pick({"unreachable ", "blackhole ", "prohibit ", ""}) + text("10.77.0.1") + bits);
        if (made.setup.size() && made.setup.back().first.ends_with("route add " + text("10.77.0.1") + bits)) {
            made.setup.pop_back();
            route(text("10.77.0.1") + bits + " via " + text("10.99.1.2"));
        }
        if (chance(6))
            route("local " + text("10.96.0.11") + bits + " dev lo table local");
        if (chance(4))
            route("throw " + text("198.51.100.7") + bits);
        if (chance(4))
            add(ip + "route del default via " + text("10.99.3.2"), ip + "route add default via " + text("10.99.3.2"));
    }

    // --- rules ---------------------------------------------------------------------------------------------------------
    std::string ports(const char* side)
    {
        const std::string negated = maybeNot(10);
        if (chance(85))
            return negated + " --" + side + ' ' + std::to_string(port());
        return negated + " --" + side + ' ' + pick({"53:443", "8000:9000", ":80", "30000:"});
    }
    std::string states() { return pick({"NEW", "ESTABLISHED", "RELATED,ESTABLISHED", "INVALID", "NEW,RELATED", "DNAT", "SNAT", "DNAT,SNAT", "UNTRACKED", "INVALID,UNTRACKED"}); }
    std::string setMatch()
    {
        struct Kind {
            const char* name;
            int dimensions;
        };
        constexpr std::array<Kind, 10> kinds {{{"IP", 1}, {"NET", 1}, {"IPPORT", 2}, {"IPPORTIP", 3}, {"IPPORTNET", 3}, {"NETPORT", 2},
                                               {"IFACE", 2}, {"PORT", 1}, {"BIP", 1}, {"LIST", 2}}};
        const Kind kind = kinds[number(m_v6 ? 7 : kinds.size())];
        std::string flags;
        const int count = chance(85) ? kind.dimensions : 1 + static_cast<int>(number(3));
        for (int i = 0; i < count; ++i)
            flags += (i > 0 ? "," : "") + pick({"src", "dst", "dst"});
        return " -m set" + maybeNot() + " --match-set " + (m_v6 ? "K6-" : "K-") + kind.name + ' ' + flags;
    }
    /// hook: 'P' 'I' 'F' 'O' 'X', or 'u' for a chain of the user's that anything may jump to.
    std::string matches(const std::string& table, char hook, std::string& protocol)
    {
        std::string rule;
        if (chance(28))
            rule += maybeNot() + " -s " + prefix();
        if (chance(42))
            rule += maybeNot() + " -d " + prefix();
        if (hook != 'O' && hook != 'X' && chance(14))
            rule += maybeNot() + " -i " + pick({"nc", "nx", "cni0", "cali+", "lo", "n+", "cali1"});
        if (hook != 'P' && hook != 'I' && chance(14))
            rule += maybeNot() + " -o " + pick({"nc", "nx", "cni0", "cali+", "lo", "n+"});
        const std::string icmp = m_v6 ? "icmpv6" : "icmp";
        protocol = chance(45) ? pick({"tcp", "udp", "tcp", "udp", "sctp"}) : chance(10) ? icmp : std::string();
        if (!protocol.empty()) {
            const bool negated = chance(6);
            rule += std::string(negated ? " !" : "") + " -p " + protocol;
            if (negated) {
                protocol.clear();
            } else if (protocol == icmp) {
                if (chance(60))
                    rule += " -m " + std::string(m_v6 ? "icmp6" : "icmp") + maybeNot() + (m_v6 ? " --icmpv6-type " : " --icmp-type ")
                        + (m_v6 ? pick({"128", "129", "1/4", "128/0"}) : pick({"8", "0", "3/1", "8/0", "any"}));
            } else if (chance(72)) {
                if (chance(18)) {
                    rule += " -m multiport" + maybeNot() + ' ' + pick({"--dports 53,80", "--ports 8080,30000:31000", "--sports 1024:65535", "--dports 443,8000:9000,80"});
                } else {
                    rule += " -m " + protocol + (chance(90) ? ports("dport") : ports("sport"));
                    if (protocol == "tcp" && chance(10))
                        rule += maybeNot() + " --tcp-flags " + pick({"FIN,SYN,RST,ACK SYN", "SYN,ACK SYN,ACK", "ACK ACK", "ALL SYN"});
                }
            }
        }
        for (int more = chance(55) ? 1 + (chance(25) ? 1 : 0) : 0; more > 0; --more)
            rule += extension(table, hook);
        return rule;
    }
    std::string extension(const std::string& table, char hook)
    {
        switch (weighted({22, 20, 16, 16, 6, 6, 5, 4, 4, 5, 3, 4})) {
        case 0: return table == "raw" && chance(90) ? " -m mark --mark 0x0" : " -m conntrack" + maybeNot() + " --ctstate " + states();
        case 1: return " -m mark" + maybeNot() + " --mark " + hex(mark()) + (chance(70) ? '/' + hex(chance(80) ? mark() : 0xffffU) : "");
        case 2: return " -m addrtype" + (chance(75) ? maybeNot() + " --dst-type " : maybeNot() + " --src-type ") + pick({"LOCAL", "LOCAL", "LOCAL", "UNICAST"})
                + (hook == 'F' && chance(15) ? (m_v6 ? "" : " --limit-iface-out") : "");
        case 3: return setMatch();
        case 4: return " -m connmark" + maybeNot() + " --mark " + hex(mark()) + '/' + hex(mark());
        case 5: return m_v6 ? " -m iprange --src-range fd99:1::1-fd99:1::9" : " -m iprange" + maybeNot() + ' ' + pick({"--src-range 10.99.1.1-10.99.2.2", "--dst-range 10.96.0.0-10.96.0.11"});
        case 6: return " -m statistic --mode random" + maybeNot(10) + " --probability " + pick({"0.5", "0.33333333349", "0.25"});
        case 7: return hook == 'F' || hook == 'X' ? " -m physdev" + maybeNot() + ' ' + pick({"--physdev-is-bridged", "--physdev-in va", "--physdev-is-in", "--physdev-in v+"})
                                                  : " -m physdev" + maybeNot() + ' ' + pick({"--physdev-in va", "--physdev-is-in"});
        case 8:
            if (chance(20))
                return " -m conntrack --ctdir " + pick({"ORIGINAL", "REPLY"});
            return " -m conntrack" + maybeNot() + ' ' + (chance(30) ? "--ctorigdst " + text(host()) : chance(60) ? "--ctorigdstport " + std::to_string(port())
                                                                                                                    : "--ctreplsrc " + text(host()));
        case 9: return " -m comment --comment \"" + pick({"default/web:http cluster IP", "a \\\"quoted\\\" word", "cali:abcdef"}) + '"';
        case 10: return (table == "raw" || table == "mangle") && hook == 'P' ? " -m rpfilter" + pick({"", " --invert", " --validmark", " --loose", " --accept-local"}) : std::string(" -m pkttype --pkt-type unicast");
        default: return m_v6 ? " -m tos --tos 0x00" : pick({" -m dscp --dscp 0x00", " -m tos ! --tos 0x10/0xff", " -m recent --set --name mj"}) ;
        }
    }

    std::string natDestination(const std::string& protocol)
    {
        const std::string to = text(pick({"10.99.2.2", "10.99.2.2", "10.99.2.3", "10.99.3.2", "10.99.1.1", "10.99.4.2", "127.0.0.1", "10.99.2.1"}));
        if (protocol.empty() || protocol.starts_with("icmp"))
            return chance(85) ? to : m_v6 ? "fd99:2::2-fd99:2::3" : "10.99.2.2-10.99.2.3";
        if (chance(8))
            return ":8080";
        return (m_v6 ? '[' + to + ']' : to) + ":8080";
    }
    /// side: 'd' destination NAT is possible, 's' source NAT, 'n' neither.
    std::string target(const std::string& table, char hook, char side, const std::string& protocol, const std::vector<std::string>& chains)
    {
        if (!chains.empty() && chance(32))
            return (chance(22) ? " -g " : " -j ") + chains[number(chains.size())];
        const bool portProtocol = protocol == "tcp" || protocol == "udp" || protocol == "sctp";
        if (chance(18))
            return " -j MARK " + pick({"--set-xmark ", "--set-mark ", "--or-mark ", "--and-mark ", "--xor-mark "}) + hex(mark());
        if (chance(6))
            return " -j MARK --set-xmark " + hex(mark()) + '/' + hex(mark());
        if (table == "raw")
            return pick({" -j CT --notrack", " -j RETURN", " -j ACCEPT", "", " -j DROP", ""});
        if (table == "mangle") {
            if (chance(20))
                return " -j CONNMARK " + pick({"--save-mark", "--restore-mark", "--set-xmark 0x4000/0x4000", "--save-mark --nfmask 0xffff --ctmask 0xffff", "--restore-mark --nfmask 0xf0 --ctmask 0xf0"});
            if (chance(5))
                return m_v6 ? " -j TOS --set-tos 0x10/0xff" : pick({" -j DSCP --set-dscp 0x04", " -j TOS --set-tos 0x10/0xff"});
            return pick({" -j RETURN", " -j ACCEPT", "", "", " -j DROP", ""});
        }
        if (table == "nat") {
            if (side == 'd') {
                if (chance(50))
                    return " -j DNAT --to-destination " + natDestination(protocol);
                if (portProtocol && chance(18))
                    return " -j REDIRECT --to-ports 8080";
                if (chance(6))
                    return m_v6 ? " -j NETMAP --to fd99:2::/112" : " -j NETMAP --to 10.99.2.0/24";
            }
            if (side == 's') {
                if (hook == 'X' && chance(40))
                    return " -j MASQUERADE" + pick({"", "", " --random-fully"});
                if (chance(30))
                    return " -j SNAT --to-source " + text(pick({"10.99.1.1", "10.99.3.1", "10.99.2.1", "10.99.1.77"}));
            }
            return pick({" -j RETURN", " -j ACCEPT", "", ""});
        }
        if (chance(22))
            return " -j REJECT" + (protocol == "tcp" && chance(40) ? std::string(" --reject-with tcp-reset") : std::string());
        return pick({" -j ACCEPT", " -j ACCEPT", " -j DROP", " -j RETURN", "", ""});
    }

    /// One table of random rules in chains that only jump to later ones.
    void randomTable(std::vector<std::string>& out, const std::string& table)
    {
        const std::map<std::string, std::string> hooks {{"raw", "PO"}, {"mangle", "PIFOX"}, {"nat", "PIOX"}, {"filter", "IFO"}};
        const std::map<char, std::string> names {{'P', "PREROUTING"}, {'I', "INPUT"}, {'F', "FORWARD"}, {'O', "OUTPUT"}, {'X', "POSTROUTING"}};
        out.push_back('*' + table);
        for (const char hook : hooks.at(table))
            out.push_back(':' + names.at(hook) + (table == "filter" && chance(8) ? " DROP" : " ACCEPT") + " [0:0]");
        // U…: anything goes; D…, S…: for one side of NAT
        std::vector<std::string> user;
        const std::size_t count = number(7);
        const char* const sides = table == "nat" ? "DSU" : "U";
        for (std::size_t i = 0; i < count; ++i)
            user.push_back(std::string(1, sides[number(std::strlen(sides))]) + std::to_string(i));
        for (const auto& chain : user)
            out.push_back(':' + chain + " - [0:0]");
        const auto later = [&](std::size_t from, char side) {
            std::vector<std::string> chains;
            for (std::size_t i = from; i < user.size(); ++i)
                if (user[i][0] == 'U' || user[i][0] == side)
                    chains.push_back(user[i]);
            return chains;
        };
        for (const char hook : hooks.at(table))
            for (std::size_t i = number(table == "raw" ? 3 : 6); i > 0; --i) {
                const char side = hook == 'P' || hook == 'O' ? 'D' : 'S';
                std::string protocol, rule = matches(table, hook, protocol);
                out.push_back("-A " + names.at(hook) + rule + target(table, hook, side == 'D' ? 'd' : 's', protocol, later(0, side)));
            }
        for (std::size_t at = 0; at < user.size(); ++at)
            for (std::size_t i = number(5); i > 0; --i) {
                const char side = user[at][0];
                std::string protocol, rule = matches(table, 'u', protocol);
                out.push_back("-A " + user[at] + rule
                              + target(table, 'u', side == 'D' ? 'd' : side == 'S' ? 's' : 'n', protocol, later(at + 1, side)));
            }
        out.push_back("COMMIT");
    }

    /// nat as kube-proxy writes it in iptables mode, with portmap's and a CNI's chains around it now and then.
    void kubeNat(std::vector<std::string>& out)
    {
        const std::string pods = m_v6 ? "fd99:2::/64" : "10.99.2.0/24", bits = m_v6 ? "/128" : "/32";
        std::vector<std::string> chains {"KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-MARK-MASQ", "KUBE-POSTROUTING"}, rules;
        const auto rule = [&](const std::string& text_) { rules.push_back("-A " + text_); };
        const bool portmap = chance(30), first = chance(30);
        const std::string hostPort = " -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT";
        for (const char* hook : {"PREROUTING", "OUTPUT"}) {
            if (portmap && first)
                rule(hook + hostPort);
            rule(std::string(hook) + " -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES");
            if (portmap && !first)
                rule(hook + hostPort);
        }
        if (portmap)
            rule("POSTROUTING -m comment --comment \"CNI portfwd requiring masquerade\" -j CNI-HOSTPORT-MASQ");
        rule("POSTROUTING -m comment --comment \"kubernetes postrouting rules\" -j KUBE-POSTROUTING");
        if (chance(25)) {
            rule("POSTROUTING -s " + pods + " -d " + pods + " -j RETURN");
            rule("POSTROUTING -s " + pods + (m_v6 ? " ! -d ff00::/8" : " ! -d 224.0.0.0/4") + " -j MASQUERADE" + pick({"", " --random-fully"}));
        }
        const int services = 1 + static_cast<int>(number(3));
        for (int s = 0; s < services; ++s) {
            const std::string vip = text(s == 0 ? "10.96.0.10" : s == 1 ? "10.96.0.11" : "10.96.0.12"), proto_ = pick({"tcp", "udp", "udp", "sctp"});
            const std::string name = "KUBE-SVC-" + std::to_string(s), ext = "KUBE-EXT-" + std::to_string(s), svl = "KUBE-SVL-" + std::to_string(s);
            const std::string on = " -p " + proto_ + " -m comment --comment \"default/web" + std::to_string(s) + ":http\" -m " + proto_ + " --dport ";
            chains.push_back(name);
            const bool old = chance(30), local = chance(25), nodePort = chance(55);
            if (old)
                rule("KUBE-SERVICES ! -s " + pods + " -d " + vip + bits + on + "80 -j KUBE-MARK-MASQ");
            rule("KUBE-SERVICES -d " + vip + bits + on + "80 -j " + name);
            if (!old)
                rule(name + " ! -s " + pods + " -d " + vip + bits + on + "80 -j KUBE-MARK-MASQ");
            if (nodePort) {
                chains.push_back(ext);
                rule("KUBE-NODEPORTS" + on + std::to_string(30080 + s) + " -j " + ext);
                if (chance(40))
                    rule("KUBE-SERVICES -d " + text("10.99.3.9") + bits + on + "80 -j " + ext);
                if (!local) {
                    rule(ext + " -m comment --comment \"masquerade traffic\" -j KUBE-MARK-MASQ");
                    rule(ext + " -j " + name);
                } else {
                    chains.push_back(svl);
                    rule(ext + " -s " + pods + " -j " + name);
                    rule(ext + " -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ");
                    rule(ext + " -m addrtype --src-type LOCAL -j " + name);
                    rule(ext + " -j " + svl);
                }
            }
            const std::vector<std::string> all {"10.99.2.2", "10.99.2.3", "10.99.3.2", "10.99.1.1", "10.99.4.2", "10.99.2.1"};
            const std::size_t endpoints = number(4);
            for (std::size_t e = 0; e < endpoints; ++e) {
                const std::string where = text(all[(number(3) + 2 * e) % all.size()]), sep = "KUBE-SEP-" + std::to_string(s) + std::to_string(e);
                chains.push_back(sep);
                const std::string share = e + 1 == endpoints ? "" : " -m statistic --mode random --probability " + (endpoints - e == 2 ? std::string("0.50000000000") : "0.33333333349");
                rule(name + share + " -j " + sep);
                if (nodePort && local && e == 0)
                    rule(svl + " -j " + sep);
                rule(sep + " -s " + where + bits + " -j KUBE-MARK-MASQ");
                rule(sep + " -p " + proto_ + " -m " + proto_ + " -j DNAT --to-destination " + (m_v6 ? '[' + where + ']' : where) + ":8080");
            }
        }
        rule("KUBE-SERVICES -m addrtype --dst-type LOCAL" + (!m_v6 && chance(30) ? std::string(" ! -d 127.0.0.0/8") : "") + " -j KUBE-NODEPORTS");
        rule("KUBE-MARK-MASQ -j MARK --or-mark 0x4000");
        if (chance(75)) {
            rule("KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN");
            rule("KUBE-POSTROUTING -j MARK --xor-mark 0x4000");
            rule("KUBE-POSTROUTING -j MASQUERADE" + pick({"", " --random-fully"}));
        } else {
            rule("KUBE-POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE");
        }
        if (portmap) {
            for (const char* one : {"CNI-HOSTPORT-DNAT", "CNI-HOSTPORT-SETMARK", "CNI-HOSTPORT-MASQ", "CNI-DN-1"})
                chains.emplace_back(one);
            const std::string proto_ = pick({"tcp", "udp"}), pod = text("10.99.2.2");
            rule("CNI-HOSTPORT-DNAT -p " + proto_ + " -m comment --comment \"dnat name: \\\"cbr0\\\" id: \\\"a1\\\"\" -m multiport --dports " + pick({"80", "30080", "53,80"}) + " -j CNI-DN-1");
            rule("CNI-HOSTPORT-SETMARK -j MARK --set-xmark 0x2000/0x2000");
            rule("CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE");
            rule("CNI-DN-1 -s " + pods + " -p " + proto_ + " -j CNI-HOSTPORT-SETMARK");
            if (!m_v6)
                rule("CNI-DN-1 -s 127.0.0.1/32 -p " + proto_ + " -j CNI-HOSTPORT-SETMARK");
            rule("CNI-DN-1 -p " + proto_ + " -j DNAT --to-destination " + (m_v6 ? '[' + pod + ']' : pod) + ":8080");
        }
        out.emplace_back("*nat");
        for (const char* hook : {"PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"})
            out.push_back(':' + std::string(hook) + " ACCEPT [0:0]");
        for (const auto& chain : chains)
            out.push_back(':' + chain + " - [0:0]");
        out.insert(out.end(), rules.begin(), rules.end());
        out.emplace_back("COMMIT");
    }

    /// filter as kube-proxy, kubelet and Calico write it.
    void kubeFilter(std::vector<std::string>& out)
    {
        const std::string pods = m_v6 ? "fd99:2::/64" : "10.99.2.0/24", bits = m_v6 ? "/128" : "/32";
        const bool calico = chance(50);
        for (const char* line : {"*filter", ":INPUT ACCEPT [0:0]", ":FORWARD ACCEPT [0:0]", ":OUTPUT ACCEPT [0:0]", ":KUBE-FORWARD - [0:0]", ":KUBE-SERVICES - [0:0]", ":KUBE-FIREWALL - [0:0]"})
            out.emplace_back(line);
        if (chance(20))
            out[out.size() - 5] = ":FORWARD DROP [0:0]";
        if (calico)
            for (const char* line : {":cali-FORWARD - [0:0]", ":cali-from-wl-dispatch - [0:0]", ":cali-to-wl-dispatch - [0:0]", ":cali-fw-1 - [0:0]", ":cali-tw-1 - [0:0]", ":cali-pi-1 - [0:0]",
                                     "-A FORWARD -j cali-FORWARD"})
                out.emplace_back(line);
        const auto rule = [&](const std::string& text_) { out.push_back("-A " + text_); };
        rule("FORWARD -j KUBE-FORWARD");
        rule("FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES");
        rule("OUTPUT -j KUBE-FIREWALL");
        rule("INPUT -j KUBE-FIREWALL");
        rule("OUTPUT -m conntrack --ctstate NEW -j KUBE-SERVICES");
        if (!m_v6)
            rule("KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP");
        rule("KUBE-FIREWALL -m mark --mark 0x8000/0x8000 -j DROP");
        rule("KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP");
        rule("KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT");
        rule("KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
        rule("KUBE-SERVICES -d " + text("10.96.0.11") + bits + " -p " + pick({"tcp", "udp"}) + " -m comment --comment \"has no endpoints\" -j REJECT");
        if (calico) {
            rule("cali-FORWARD -j MARK --set-xmark 0x0/0xe0000");
            rule("cali-FORWARD -m mark --mark 0x0/0x10000 -j cali-from-wl-dispatch");
            rule("cali-FORWARD -j cali-to-wl-dispatch");
            rule("cali-FORWARD -m mark --mark 0x10000/0x10000 -j ACCEPT");
            rule("cali-from-wl-dispatch -i cali1 -g cali-fw-1");
            rule("cali-from-wl-dispatch -i cali+ -j DROP");
            rule("cali-to-wl-dispatch -o cali1 -g cali-tw-1");
            rule("cali-fw-1 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
            rule("cali-fw-1 -m conntrack --ctstate INVALID -j DROP");
            rule("cali-fw-1 -j MARK --set-xmark 0x0/0x10000");
            rule("cali-fw-1 -p udp -m multiport --dports 4789 -j DROP");
            rule("cali-fw-1 -j MARK --set-xmark 0x10000/0x10000");
            rule("cali-tw-1 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT");
            rule("cali-tw-1 -j MARK --set-xmark 0x0/0x30000");
            rule("cali-tw-1 -m mark --mark 0x0/0x20000 -j cali-pi-1");
            rule("cali-tw-1 -m mark --mark 0x10000/0x10000 -j RETURN");
            rule("cali-tw-1 -j " + pick({"DROP", "REJECT"}));
            rule("cali-pi-1" + setMatch() + " -j MARK --set-xmark 0x10000/0x10000");
            rule("cali-pi-1 -m mark --mark 0x10000/0x10000 -j RETURN");
        }
        out.emplace_back("COMMIT");
    }

    std::vector<std::string> tables(int percent)
    {
        std::vector<std::string> out;
        const bool kube = chance(45);
        if (chance(25 * percent / 100))
            randomTable(out, "raw");
        if (chance(55 * percent / 100))
            randomTable(out, "mangle");
        if (kube)
            kubeNat(out);
        else if (chance(75 * percent / 100))
            randomTable(out, "nat");
        if (kube && chance(60))
            kubeFilter(out);
        else if (chance(75 * percent / 100) || out.empty())
            randomTable(out, "filter");
        return out;
    }

    std::mt19937_64 m_random;
    bool m_v6 = false;
    std::uint16_t m_port = 10000;
};

} // namespace judge
