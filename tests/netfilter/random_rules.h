// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "random_dice.h"

namespace judge {

/// Rules at random: every header field, match and target that nodes have (netfilter.md 2.7), in chains that only jump to
/// later ones.
class RuleMaker : public Dice {
public:
    using Dice::Dice;

protected:
    std::string ports(const char* side)
    {
        const std::string negated = maybeNot(10);
        if (chance(85))
            return negated + " --" + side + ' ' + std::to_string(port());
        return negated + " --" + side + ' ' + pick({"53:443", "8000:9000", ":80", "30000:"});
    }
    std::string states()
    {
        return pick({"NEW", "ESTABLISHED", "RELATED,ESTABLISHED", "INVALID", "NEW,RELATED", "DNAT", "SNAT", "DNAT,SNAT", "UNTRACKED", "INVALID,UNTRACKED"});
    }
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
                    rule += " -m multiport" + maybeNot() + ' ' + pick({"--dports 53,80", "--ports 8080,30000:31000", "--sports 1024:65535", "--dports 443,8000:9000,80", "--ports 80,443",
                                                                  "--sports 1:1023,10001:20000", "--dports 53,80,443,8080,30080,30081,30082,4789,1,2,3,4,5,6,7"});
                } else {
                    rule += " -m " + protocol + (chance(90) ? ports("dport") : ports("sport"));
                    if (protocol == "tcp" && chance(10))
                        rule += maybeNot() + " --tcp-flags " + pick({"FIN,SYN,RST,ACK SYN", "SYN,ACK SYN,ACK", "ACK ACK", "ALL SYN"});
                }
            }
        }
        else if (!m_v6 && chance(3))
            rule += chance(50) ? " ! -f" : " -f";
        for (int more = chance(55) ? 1 + (chance(25) ? 1 : 0) : 0; more > 0; --more)
            rule += chance(14) ? seldom(table, hook, protocol) : extension(table, hook);
        return rule;
    }

    /// What few rules have, and what no dump can decide (rates, content, sockets): both ways must then be ours.
    std::string seldom(const std::string& table, char hook, const std::string& protocol)
    {
        const bool base = hook != 'u', out = hook == 'F' || hook == 'O' || hook == 'X';
        switch (number(22)) {
        case 0: return base && (hook == 'P' || hook == 'I' || hook == 'F') && !m_v6 ? " -m addrtype --dst-type LOCAL --limit-iface-in" : " -m addrtype --dst-type LOCAL,UNICAST";
        case 1: return m_v6 ? " -m addrtype --dst-type MULTICAST" : " -m addrtype" + maybeNot() + pick({" --dst-type BROADCAST", " --src-type BROADCAST,LOCAL", " --dst-type MULTICAST", " --dst-type UNREACHABLE,BLACKHOLE,PROHIBIT"});
        case 2: return " -m addrtype" + maybeNot() + " --src-type LOCAL" + maybeNot() + " --dst-type LOCAL";
        case 3: return table == "raw" ? " -m mark --mark 0x0" : " -m state" + maybeNot() + " --state " + pick({"NEW", "RELATED,ESTABLISHED", "INVALID", "UNTRACKED"});
        case 4: return table == "raw" ? std::string() : " -m conntrack" + maybeNot() + ' ' + (chance(50) ? "--ctorigsrc " : "--ctrepldst ") + text(host());
        case 5: return table == "raw" ? std::string() : " -m conntrack" + maybeNot() + ' ' + pick({"--ctproto udp", "--ctproto tcp", "--ctreplsrcport 8080", "--ctrepldstport 10001:29000", "--ctorigsrcport 10001:65535"});
        case 6: return table == "raw" ? std::string() : " -m conntrack" + maybeNot() + " --ctstatus " + pick({"CONFIRMED", "SEEN_REPLY", "ASSURED", "EXPECTED", "NONE", "SEEN_REPLY,CONFIRMED"});
        case 7: return " -m limit --limit 1/min --limit-burst 1";
        case 8: return " -m hashlimit --hashlimit-upto 1/min --hashlimit-burst 1 --hashlimit-mode srcip --hashlimit-name mj";
        case 9: return m_v6 ? " -m hl --hl-gt 10" : " -m ttl --ttl-gt 10";
        case 10: return m_v6 ? " -m length --length 0:400" : pick({" -m length --length 0:400", " -m u32 --u32 \"0x6&0xff=0x11\""});
        case 11: return " -m recent" + maybeNot() + pick({" --rcheck --name mj --rsource", " --update --seconds 20 --name mj --rsource", " --set --name mj --rsource", " --rcheck --name other --rdest"});
        case 12: return " -m time --timestart 01:00:00 --timestop 13:00:00";
        case 13: return hook == 'P' && table == "mangle" ? " -m socket" + pick({"", " --transparent", " --nowildcard"}) : std::string(" -m string --string \"medi\" --algo bm --to 65535");
        case 14: return hook == 'O' || hook == 'X' ? " -m owner" + maybeNot() + pick({" --uid-owner 4242", " --socket-exists", " --gid-owner 0"}) : std::string(" -m quota --quota 100000");
        case 15: return protocol == "tcp" && table != "raw" ? " -m connlimit --connlimit-upto 1 --connlimit-mask " + std::string(m_v6 ? "128" : "32") + " --connlimit-saddr" : std::string();
        case 16: return table == "raw" ? std::string() : pick({" -m connbytes --connbytes 1 --connbytes-mode packets --connbytes-dir both", " -m helper --helper ftp", " -m connlabel --label 1"});
        case 17: return " -m statistic --mode nth --every 2 --packet 0";
        case 18: return hook == 'P' || hook == 'I' || hook == 'F' ? std::string(" -m mac --mac-source 02:00:00:00:01:02") : std::string(" -m cpu --cpu 0");
        case 19: return " -m devgroup" + (out ? std::string(" --dst-group 0x0") : hook == 'u' ? std::string(" --src-group 0x0") : std::string(" --src-group 0x0"));
        case 20: return m_v6 ? " -m iprange" + maybeNot() + " --dst-range fd96::1-fd96::11" : " -m iprange" + maybeNot() + " --src-range 10.99.1.1-10.99.1.2" + maybeNot() + " --dst-range 10.99.2.0-10.99.3.2";
        default: return protocol == "sctp" ? " -m sctp --chunk-types any INIT" : base && (hook == 'P' || hook == 'I' || hook == 'F') ? " -m policy --dir in --pol none" : std::string();
        }
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
        const std::string one = m_v6 ? '[' + to + ']' : to, some = m_v6 ? "[fd99:2::2-fd99:2::3]" : "10.99.2.2-10.99.2.3";
        if (chance(16)) // ranges, also ports moved by their distance from a base
            return chance(35) ? some + pick({":8080", ":8080-8081", ":8080 --persistent", ":8080 --random"})
                              : one + pick({":8080-8090", ":70-85", ":9000-9100/30080", ":8000-8063/53", ":8080-8083 --random", ":8080 --random"});
        return one + ":8080";
    }
    std::string natSource(bool portProtocol)
    {
        const std::string one = text(pick({"10.99.1.1", "10.99.3.1", "10.99.2.1", "10.99.1.77"}));
        const std::string some = m_v6 ? "fd99:1::1-fd99:1::4" : pick({"10.99.1.1-10.99.1.4", "10.99.1.70-10.99.1.73", "10.99.2.1-10.99.2.9"});
        if (chance(20))
            return some + (portProtocol || chance(60) ? "" : " --persistent");
        if (portProtocol && chance(20))
            return (m_v6 ? '[' + one + ']' : one) + pick({":2000-3000", ":10001-20000", ":777", ":5000-6000 --random"});
        return one + (chance(10) ? " --random-fully" : "");
    }
    /// Targets that change nothing which is followed.
    std::string passive(char hook, const std::string& protocol)
    {
        if (protocol == "tcp" && (hook == 'F' || hook == 'O' || hook == 'X') && chance(50))
            return m_v6 ? " -j LOG" : pick({" -j TCPOPTSTRIP --strip-options timestamp", " -j ECN --ecn-tcp-remove", " -j LOG"});
        if (hook == 'X' && chance(50))
            return " -j CLASSIFY --set-class 1:1";
        return m_v6 ? " -j HL --hl-set 60" : " -j TTL --ttl-set 60";
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
        if (table == "raw") // a zone for outgoing packets only: which answers a source rewritten in INPUT gets is not modelled (docs/dispositions.md)
            return hook != 'P' ? pick({" -j CT --notrack", " -j RETURN", " -j ACCEPT", "", " -j DROP", " -j NOTRACK", " -j CT --ctevents new"})
                                     : pick({" -j CT --notrack", " -j RETURN", " -j ACCEPT", "", " -j DROP", "", " -j CT --zone 5", " -j CT --zone 7", " -j NOTRACK",
                         " -j CT --ctevents new"});
        if (table == "mangle") {
            if (chance(20))
                return " -j CONNMARK " + pick({"--save-mark", "--restore-mark", "--set-xmark 0x4000/0x4000", "--save-mark --nfmask 0xffff --ctmask 0xffff", "--restore-mark --nfmask 0xf0 --ctmask 0xf0"});
            if (chance(5))
                return m_v6 ? " -j TOS --set-tos 0x10/0xff" : pick({" -j DSCP --set-dscp 0x04", " -j TOS --set-tos 0x10/0xff"});
            if (chance(10))
                return passive(hook, protocol);
            if (hook == 'P' && portProtocol && protocol != "sctp" && chance(8))
                return " -j TPROXY --on-port 8080 --tproxy-mark " + pick({"0x1/0x1", "0x7/0xffffffff", "0x0/0x0"}) + (m_v6 ? " --on-ip ::" : "");
            return pick({" -j RETURN", " -j ACCEPT", "", "", " -j DROP", ""});
        }
        if (table == "nat") {
            if (side == 'd') {
                if (chance(50))
                    return " -j DNAT --to-destination " + natDestination(protocol);
                if (portProtocol && chance(18))
                    return " -j REDIRECT" + pick({" --to-ports 8080", " --to-ports 8080", "", " --to-ports 8080-8085", " --to-ports 8080-8085 --random"});
                if (hook != 'u' && chance(3))
                    return " -j REDIRECT";
                if (chance(6))
                    return " -j NETMAP --to " + (m_v6 ? pick({"fd99:2::2/127", "fd99:3::/64", "fd99:2::2/128"}) : pick({"10.99.3.0/24", "10.99.2.2/32", "10.99.2.2/31"}));
            }
            if (side == 's') {
                if (hook == 'X' && chance(40))
                    return " -j MASQUERADE" + (portProtocol && chance(15) ? pick({" --to-ports 2000-3000", " --to-ports 10001-20000", " --to-ports 777"})
                                                                          : pick({"", "", " --random-fully", " --random"}));
                if (hook == 'X' && chance(6))
                    return m_v6 ? " -j NETMAP --to fd99:1::/64" : " -j NETMAP --to 10.99.1.0/24";
                if (chance(30))
                    return " -j SNAT --to-source " + natSource(portProtocol);
            }
            return pick({" -j RETURN", " -j ACCEPT", "", ""});
        }
        if (chance(22))
            return " -j REJECT" + (protocol == "tcp" && chance(40) ? std::string(" --reject-with tcp-reset")
                                       : chance(75)                ? std::string()
                                       : m_v6                      ? pick({" --reject-with icmp6-adm-prohibited", " --reject-with icmp6-port-unreachable"})
                                                                   : pick({" --reject-with icmp-admin-prohibited", " --reject-with icmp-host-prohibited", " --reject-with icmp-port-unreachable"}));
        if (chance(3))
            return " -j NFQUEUE --queue-num 77" + pick({"", " --queue-bypass"});
        if (chance(4))
            return pick({" -j LOG --log-prefix mj", " -j NFLOG --nflog-group 99", " -j AUDIT --type accept"});
        return pick({" -j ACCEPT", " -j ACCEPT", " -j DROP", " -j RETURN", "", ""});
    }

    /// One table of random rules in chains that only jump to later ones.
    void randomTable(std::vector<std::string>& out, const std::string& table)
    {
        const std::map<std::string, std::string> hooks {{"raw", "PO"}, {"mangle", "PIFOX"}, {"nat", "PIOX"}, {"filter", "IFO"}, {"security", "IFO"}};
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
};

} // namespace judge
