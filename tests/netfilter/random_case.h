// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "random_kube.h"

namespace judge {

/// Random rulesets of the shapes that nodes have, and packets that have a chance to meet their rules. The same seed
/// gives the same cases.
class CaseMaker final : public KubeMaker {
public:
    using KubeMaker::KubeMaker;

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
        made.state = Conntrack::State::New;
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
        if (made.place != "node" && packet.protocol == proto::tcp && chance(10)) {
            made.state = Conntrack::State::Invalid;
            packet.tcpFlags = 0x10;
        }
        packet.dst = destination(made.place);
        if (made.place == "node" && packet.src.isLoopback() && !made.anySource && packet.dst.isV6())
            packet.dst = packet.src;
        if (made.place == "node" && packet.dst.isLoopback() && chance(60))
            made.anySource = true;
    }

    void freshPort(Case& made) { made.packet.sport = nextPort(); }

private:
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
};

} // namespace judge
