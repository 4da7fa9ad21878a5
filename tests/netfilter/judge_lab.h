// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "judge_net.h"

#include "diagnostics/netfilter/packet_tracer.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include <map>
#include <sstream>

namespace judge {

using namespace medic::netfilter;

/// One ruleset and one packet, as text in tests/data/netfilter/differential/*.case:
///   setup COMMAND ## COMMAND THAT UNDOES IT     (on the node)
///   rules TOOL                                  (iptables-legacy, iptables-nft, ip6tables-…; the dump's lines follow)
///   end
///   packet PLACE PROTO SRC[,SPORT] DST[,DPORT] [mark M]   (PLACE node: made there; SRC any: the kernel chooses)
struct Case {
    std::vector<std::pair<std::string, std::string>> setup;
    std::map<std::string, std::vector<std::string>> rules;
    std::string place;
    Packet packet;
    bool anySource = false;
    std::uint32_t mark = 0;

    [[nodiscard]] bool v6() const { return packet.dst.isV6(); }

    [[nodiscard]] std::string text() const
    {
        std::ostringstream text;
        for (const auto& [doing, undoing] : setup)
            text << "setup " << doing << " ## " << undoing << '\n';
        for (const auto& [tool, lines] : rules) {
            text << "rules " << tool << '\n';
            for (const auto& line : lines)
                text << line << '\n';
            text << "end\n";
        }
        text << "packet " << place << ' ' << protocolName(packet.protocol) << ' '
             << (anySource ? "any" : packet.src.text()) << ',' << packet.sport << ' ' << packet.dst.text() << ','
             << packet.dport << " mark " << mark << '\n';
        return text.str();
    }

    static std::optional<Case> parse(const std::string& text)
    {
        Case result;
        std::istringstream in(text);
        std::string line, tool;
        while (std::getline(in, line)) {
            if (!tool.empty()) {
                if (line == "end")
                    tool.clear();
                else
                    result.rules[tool].push_back(line);
            } else if (line.starts_with("setup ")) {
                const auto split = line.find(" ## ");
                result.setup.emplace_back(line.substr(6, split - 6), split == std::string::npos ? "" : line.substr(split + 4));
            } else if (line.starts_with("rules ")) {
                tool = line.substr(6);
            } else if (line.starts_with("packet ")) {
                std::istringstream words(line.substr(7));
                std::string protocol, from, to, word;
                words >> result.place >> protocol >> from >> to >> word >> result.mark;
                const auto end = [](const std::string& one, IpAddress& address, std::uint16_t& port) {
                    const auto comma = one.find(',');
                    address = IpAddress::parse(one.substr(0, comma)).value_or(IpAddress {});
                    if (comma != std::string::npos)
                        port = static_cast<std::uint16_t>(std::stoi(one.substr(comma + 1)));
                };
                result.packet.protocol = protocolNumber(protocol).value_or(0);
                end(to, result.packet.dst, result.packet.dport);
                end(from, result.packet.src, result.packet.sport);
                result.anySource = from.starts_with("any");
            }
        }
        return result.packet.dst.isNone() || result.place.empty() ? std::nullopt : std::optional(result);
    }
};

using RuleKey = std::tuple<std::string, std::string, std::string, int>; ///< backend, table, chain, number
using RuleCounts = std::map<RuleKey, int>;

inline std::string shown(const RuleCounts& rules)
{
    std::string text;
    for (const auto& [key, count] : rules) {
        const auto& [backend, table, chain, rule] = key;
        text += "\n      " + backend + ' ' + table + ' ' + chain + " #" + std::to_string(rule)
            + (count > 1 ? " x" + std::to_string(count) : std::string());
    }
    return text;
}

/// What the kernel did with one packet.
struct Observed {
    enum class End { Nowhere, Delivered, Forwarded } end = End::Nowhere;
    Packet packet;
    std::uint32_t mark = 0;
    std::string in, out;
    bool refused = false, unreachable = false; ///< answered by an ICMP error or a reset; by "no route"
    bool onlyAtEndpoint = false; ///< switched below netfilter: seen by the receiver alone
    RuleCounts counts;

    [[nodiscard]] std::string text() const
    {
        std::string result = end == End::Delivered ? "delivered " : end == End::Forwarded ? "forwarded " : "nowhere ";
        if (end != End::Nowhere)
            result += packet.src.text() + ',' + std::to_string(packet.sport) + " > " + packet.dst.text() + ','
                + std::to_string(packet.dport) + " mark " + std::to_string(mark) + " in " + in + " out " + out;
        return result + (refused ? " (refused)" : "") + (unreachable ? " (unreachable)" : "") + shown(counts);
    }
};

/// A node with a bridge and two Pods (a, b), a routed Pod (p), a client and the world behind it (out). The endpoints
/// are silent: what they get is logged and dropped, so that nothing but the packet in question passes the node.
class Lab {
public:
    const std::string prefix = "mj" + std::to_string(getpid()) + '-';
    [[nodiscard]] std::string ns(const std::string& place) const { return prefix + place; }
    static const std::vector<std::string>& places()
    {
        static const std::vector<std::string> all {"client", "a", "b", "p", "out", "node"};
        return all;
    }

    std::string up()
    {
        std::string script = upScript();
        for (std::size_t at = 0; (at = script.find("P-", at)) != std::string::npos; at += prefix.size())
            script.replace(at, 2, prefix);
        const Outcome made = runIn({}, script);
        if (made.status != 0)
            return made.err;
        for (const auto& place : places()) {
            bool ok = false;
            inside(ns(place), [&] {
                ok = m_logs[place].open(place == "node" ? std::vector<std::uint16_t> {5, 6} : std::vector<std::uint16_t> {5});
                m_wires[place] = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
            });
            if (!ok)
                return "NFLOG cannot be listened to in " + place;
        }
        const Outcome links = runIn(ns("node"), "ip -o link");
        std::istringstream lines(links.out);
        for (std::string line; std::getline(lines, line);) {
            const auto colon = line.find(": ");
            const auto end = line.find_first_of(":@", colon + 2);
            m_devices[std::stoi(line)] = line.substr(colon + 2, end - colon - 2);
        }
        return {};
    }

    void down()
    {
        for (auto& [place, log] : m_logs)
            log.shut();
        for (const auto& [place, fd] : m_wires)
            close(fd);
        for (const auto& place : places())
            runIn({}, "ip netns del " + ns(place));
    }

    Outcome node(const std::string& command, const std::string& input = {}) { return runIn(ns("node"), command, input); }

    /// Empty, or why the case cannot be loaded (the kernel refuses a rule).
    std::string load(const Case& what)
    {
        unload();
        for (const auto& [doing, undoing] : what.setup) {
            m_undo.insert(m_undo.begin(), undoing);
            if (const Outcome done = node(doing); done.status != 0)
                return doing + ": " + done.err;
        }
        for (const auto& [tool, lines] : what.rules) {
            m_loaded.insert(tool);
            std::string text;
            for (const auto& line : lines)
                text += line + '\n';
            if (const Outcome done = node(tool + "-restore", text); done.status != 0)
                return tool + ": " + done.err;
        }
        node("conntrack -F");
        m_tools = what.rules;
        m_counters.clear();
        return {};
    }

    void unload()
    {
        for (const auto& tool : m_loaded) {
            std::string empty;
            if (tool.ends_with("-nft")) {
                const std::string family = tool.starts_with("ip6") ? "ip6 " : "ip ";
                for (const char* table : {"raw", "mangle", "nat", "filter", "security"})
                    empty += "table " + family + table + "\ndelete table " + family + table + '\n';
                node("nft -f -", empty);
                continue;
            }
            const std::map<std::string, std::string> tables {{"raw", "PO"}, {"mangle", "PIFOX"}, {"nat", "PIOX"}, {"filter", "IFO"}, {"security", "IFO"}};
            const std::map<char, std::string> chains {{'P', "PREROUTING"}, {'I', "INPUT"}, {'F', "FORWARD"}, {'O', "OUTPUT"}, {'X', "POSTROUTING"}};
            for (const auto& [table, hooks] : tables) {
                empty += '*' + table + '\n';
                for (const char hook : hooks)
                    empty += ':' + chains.at(hook) + " ACCEPT [0:0]\n";
                empty += "COMMIT\n";
            }
            node(tool + "-restore", empty);
        }
        m_loaded.clear();
        std::string undo;
        for (const auto& one : m_undo)
            if (!one.empty())
                undo += one + "; ";
        if (!undo.empty())
            node(undo + "true");
        m_undo.clear();
    }

    /// What `medicctl trace --dump` would read, of the case that is loaded.
    NodeState dump()
    {
        std::string script = "cd " + m_folder.path().toStdString() + " && rm -f *; "
            "for f in ip ip6; do for b in legacy nft; do : > ${f}tables-$b-save.txt; done; done; "
            "ipset save > ipset-save.txt; ip -j -d link > ip-link.json; ip -j addr > ip-addr.json; "
            "ip -j route show table all > ip-route-all.json; ip -j -6 route show table all > ip6-route-all.json; "
            "ip -j rule > ip-rule.json; ip -j -6 rule > ip6-rule.json; : > ipvsadm-Sn.txt; : > conntrack-L.txt; "
            "sysctl -a 2>/dev/null | grep -E '^net.(ipv4.(conf|ip_forward)|ipv6.conf.*forwarding|bridge)' > sysctl.txt; ";
        for (const auto& [tool, lines] : m_tools)
            script += tool + "-save > " + tool + "-save.txt; ";
        node(script + "true");
        auto state = NodeState::fromDirectory(m_folder.path().toStdString());
        if (!state)
            qFatal("%s %s", state.error().where.c_str(), state.error().detail.c_str());
        return std::move(*state);
    }

    /// Sends the packet from its place and tells what became of it. `sent` gets what really left (source, sequence).
    Observed send(const Case& what, const Packet& packet, bool anySource, std::uint32_t mark, bool expectSomething)
    {
        counts();
        drain();
        if (what.place == "node")
            sendLocal(packet, anySource, mark);
        else
            sendWire(what.place, packet);
        if (expectSomething)
            for (int i = 0; i < 20 && drainInto() == 0; ++i)
                usleep(200);
        Observed observed;
        observed.counts = counts();
        drainInto();
        judgeEvents(observed);
        return observed;
    }
    /// The same packet's traces that came late.
    void more(Observed& observed)
    {
        usleep(100'000);
        for (const auto& [key, count] : counts())
            observed.counts[key] += count;
        drainInto();
        judgeEvents(observed);
    }

    std::string entries() { return node("conntrack -L 2>/dev/null; conntrack -L -f ipv6 2>/dev/null").out; }
    void flush() { node("conntrack -F"); }
    /// The device of the node by which an endpoint's packets enter.
    static std::string deviceOf(const std::string& place)
    {
        const std::map<std::string, std::string> devices {{"client", "nc"}, {"a", "va"}, {"b", "vb"}, {"out", "nx"}, {"p", "cali1"}};
        const auto found = devices.find(place);
        return found == devices.end() ? std::string() : found->second;
    }
    /// Who has the address, or lies behind the device.
    static std::string placeBehind(const std::string& device, const IpAddress& destination)
    {
        if (device == "cni0")
            return destination.text() == "10.99.2.2" || destination.text() == "fd99:2::2" ? "a" : "b";
        return device == "nc" ? "client" : device == "nx" ? "out" : device == "cali1" ? "p" : "node";
    }

private:
    static std::string upScript();

    static std::array<std::uint8_t, 6> macFor(const std::string& place, const IpAddress& destination)
    {
        const std::string to = destination.text();
        if (place == "a" && (to == "10.99.2.3" || to == "fd99:2::3"))
            return {2, 0, 0, 0, 2, 3};
        if (place == "b" && (to == "10.99.2.2" || to == "fd99:2::2"))
            return {2, 0, 0, 0, 2, 2};
        const std::map<std::string, std::uint8_t> nets {{"client", 1}, {"a", 2}, {"b", 2}, {"out", 3}, {"p", 4}};
        return {2, 0, 0, 0, nets.at(place), 1};
    }

    void sendWire(const std::string& place, const Packet& packet)
    {
        const Bytes bytes = wholePacket(packet);
        sockaddr_ll to {};
        to.sll_family = AF_PACKET;
        to.sll_protocol = htons(packet.dst.isV6() ? 0x86dd : 0x0800);
        to.sll_ifindex = 2;
        to.sll_halen = 6;
        const auto mac = macFor(place, packet.dst);
        std::memcpy(to.sll_addr, mac.data(), mac.size());
        if (sendto(m_wires.at(place), bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0)
            qWarning("send from %s: %s", place.c_str(), strerror(errno));
    }

    static socklen_t endpoint(const IpAddress& address, std::uint16_t port, sockaddr_storage& into)
    {
        into = {};
        if (address.isV6()) {
            auto* const six = reinterpret_cast<sockaddr_in6*>(&into);
            six->sin6_family = AF_INET6;
            six->sin6_port = htons(port);
            inet_pton(AF_INET6, address.text().c_str(), &six->sin6_addr);
            return sizeof *six;
        }
        auto* const four = reinterpret_cast<sockaddr_in*>(&into);
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        inet_pton(AF_INET, address.isNone() ? "0.0.0.0" : address.text().c_str(), &four->sin_addr);
        return sizeof *four;
    }

    /// By ordinary sockets, so that the kernel routes as for a program: TCP's first packet, UDP; by raw ones else.
    void sendLocal(const Packet& packet, bool anySource, std::uint32_t mark) const
    {
        inside(ns("node"), [&] {
            setfsuid(senderUid);
            const int family = packet.dst.isV6() ? AF_INET6 : AF_INET;
            const bool connects = packet.protocol == proto::tcp && packet.tcpFlags == 2;
            const bool udp = packet.protocol == proto::udp;
            const int raw = packet.dst.isV6() ? int(packet.protocol) : int(IPPROTO_RAW);
            const int fd = connects ? socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)
                : udp               ? socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)
                                    : socket(family, SOCK_RAW | SOCK_CLOEXEC, raw);
            const int on = 1;
            setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
            setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof mark);
            if (family == AF_INET6)
                setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof on);
            else
                setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof on);
            sockaddr_storage from {}, to {};
            IpAddress source = packet.src;
            if (anySource)
                source = *IpAddress::parse(family == AF_INET6 ? "::" : "0.0.0.0");
            const bool ports = connects || udp;
            const socklen_t size = endpoint(source, ports ? packet.sport : 0, from);
            if ((!anySource || ports) && bind(fd, reinterpret_cast<sockaddr*>(&from), size) != 0)
                qWarning("bind %s: %s", source.text().c_str(), strerror(errno));
            endpoint(packet.dst, ports ? packet.dport : 0, to);
            if (connects) {
                connect(fd, reinterpret_cast<sockaddr*>(&to), size);
            } else if (udp) {
                sendto(fd, "medi", 4, 0, reinterpret_cast<sockaddr*>(&to), size);
            } else if (family == AF_INET) {
                Packet whole = packet;
                if (anySource)
                    whole.src = *IpAddress::parse("0.0.0.0");
                const Bytes bytes = wholePacket(whole);
                sendto(fd, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&to), size);
            } else {
                const Bytes bytes = transport(packet);
                if (packet.protocol == proto::tcp) { // the kernel fills in the checksum
                    const int offset = 16;
                    setsockopt(fd, IPPROTO_IPV6, IPV6_CHECKSUM, &offset, sizeof offset);
                }
                sendto(fd, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&to), size);
            }
            close(fd);
        });
    }

    /// Rules that counted packets since the last call.
    RuleCounts counts()
    {
        RuleCounts result;
        std::string script;
        for (const auto& [tool, lines] : m_tools)
            script += tool + "-save -c; echo =====; ";
        if (script.empty())
            return result;
        std::string all = node(script).out;
        for (const auto& [tool, lines] : m_tools) {
            const auto split = all.find("=====\n");
            const auto save = iptables::IptablesSave::parse(std::make_shared<const std::string>(all.substr(0, split)),
                                                            tool.starts_with("ip6") ? IpFamily::V6 : IpFamily::V4, "counters");
            all = split == std::string::npos ? std::string() : all.substr(split + 6);
            if (!save)
                continue;
            const std::string backend = tool.ends_with("-nft") ? "nft-compat" : "legacy";
            for (const auto& table : (*save)->tables())
                for (const auto& chain : table.chains)
                    for (std::size_t i = 0; i < chain.rules.size(); ++i) {
                        const RuleKey key(backend, table.name, chain.name, static_cast<int>(i) + 1);
                        auto& before = m_counters[key];
                        const auto now = chain.rules[i].counters.packets;
                        if (now > before)
                            result[key] = static_cast<int>(now - before);
                        before = now;
                    }
        }
        return result;
    }

    void drain()
    {
        std::vector<Seen> dropped;
        for (auto& [place, log] : m_logs)
            log.drain(dropped);
        m_node.clear();
        m_endpoints.clear();
    }
    std::size_t drainInto()
    {
        for (auto& [place, log] : m_logs)
            log.drain(place == "node" ? m_node : m_endpoints);
        return m_node.size() + m_endpoints.size();
    }
    void judgeEvents(Observed& observed) const
    {
        const Seen* last = nullptr;
        for (const Seen& one : m_node) {
            if (one.prefix == "I" || one.prefix == "P") {
                last = &one;
                continue;
            }
            const Packet& answer = one.packet; // made by the kernel, kept off the node's OUTPUT
            if (answer.protocol == proto::tcp)
                observed.refused = observed.refused || (answer.tcpFlags & 4) != 0;
            else if (answer.protocol == proto::icmp && answer.icmpType == 3)
                (answer.icmpCode == 3 ? observed.refused : observed.unreachable) = true;
            else if (answer.protocol == proto::icmp6 && answer.icmpType == 1)
                (answer.icmpCode == 4 ? observed.refused : observed.unreachable) = true;
        }
        const auto device = [&](int index) {
            const auto found = m_devices.find(index);
            return found == m_devices.end() ? std::string() : found->second;
        };
        if (!last) {
            if (m_endpoints.empty())
                return;
            observed.packet = m_endpoints.front().packet;
            if (observed.packet.protocol == proto::tcp && (observed.packet.tcpFlags & 4) != 0) {
                observed.refused = true; // a reset that went past OUTPUT
                return;
            }
            observed.end = Observed::End::Forwarded;
            observed.onlyAtEndpoint = true;
            return;
        }
        if (last->prefix == "P" && device(last->out) == "lo")
            return; // it did not get through INPUT
        observed.end = last->prefix == "I" ? Observed::End::Delivered : Observed::End::Forwarded;
        observed.packet = last->packet;
        observed.mark = last->mark;
        observed.in = device(last->in);
        observed.out = device(last->out);
    }

    QTemporaryDir m_folder;
    std::map<std::string, LogSocket> m_logs;
    std::map<std::string, int> m_wires;
    std::map<int, std::string> m_devices;
    std::vector<Seen> m_node, m_endpoints;
    std::map<RuleKey, std::uint64_t> m_counters;
    std::map<std::string, std::vector<std::string>> m_tools;
    std::set<std::string> m_loaded;
    std::vector<std::string> m_undo;
};

inline std::string Lab::upScript()
{
    return R"X(
set -e
for n in client node a b p out; do
  ip netns add P-$n; ip -n P-$n link set lo up
  ip netns exec P-$n sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.accept_ra=0 net.ipv6.conf.default.router_solicitations=0
  [ $n = node ] || ip netns exec P-$n nft -f - <<'N'
table inet sink {
 chain pre { type filter hook prerouting priority -500; log group 5 prefix "E"; drop; }
 chain out { type filter hook output priority -500; drop; }
}
N
done
wire() { # node's device, place, number of the net, number of the host
  ip link add $1 netns P-node address 02:00:00:00:0$3:01 type veth peer name eth0 netns P-$2 address 02:00:00:00:0$3:0$4
  [ $1 = va ] || [ $1 = vb ] || ip -n P-node addr add 10.99.$3.1/24 dev $1
  [ $1 = va ] || [ $1 = vb ] || ip -n P-node addr add fd99:$3::1/64 dev $1 nodad
  ip -n P-node link set $1 up
  ip -n P-$2 addr add 10.99.$3.$4/24 dev eth0; ip -n P-$2 addr add fd99:$3::$4/64 dev eth0 nodad; ip -n P-$2 link set eth0 up
}
near() { # device, net, host: its neighbour entries on the node never change
  for a in 10.99.$2.$3 fd99:$2::$3; do ip -n P-node neigh replace $a lladdr 02:00:00:00:0$2:0$3 dev $1 nud permanent; done
}
wire nc client 1 2; wire nx out 3 2; near nc 1 2; near nx 3 2
ip -n P-node link add cni0 address 02:00:00:00:02:01 type bridge
ip -n P-node addr add 10.99.2.1/24 dev cni0; ip -n P-node addr add fd99:2::1/64 dev cni0 nodad; ip -n P-node link set cni0 up
wire va a 2 2; wire vb b 2 3
ip -n P-node link set va address 02:00:00:00:02:aa; ip -n P-node link set vb address 02:00:00:00:02:bb; for v in va vb; do ip -n P-node link set $v master cni0; done
bridge -n P-node fdb replace 02:00:00:00:02:02 dev va master static; bridge -n P-node fdb replace 02:00:00:00:02:03 dev vb master static
near cni0 2 2; near cni0 2 3
ip link add cali1 netns P-node address 02:00:00:00:04:01 type veth peer name eth0 netns P-p address 02:00:00:00:04:02
ip -n P-node link set cali1 up; ip -n P-p link set eth0 up
ip -n P-node route add 10.99.4.2 dev cali1; ip -n P-node -6 route add fd99:4::2 dev cali1; near cali1 4 2
ip -n P-node route add default via 10.99.3.2; ip -n P-node -6 route add default via fd99:3::2
ip -n P-node route add local 10.96.0.13 dev lo # never taken back: the kernel remembers that there was one
ip -n P-node link add kube-ipvs0 type bridge
ip -n P-node addr add 10.96.0.12/32 dev kube-ipvs0; ip -n P-node addr add fd96::12/128 dev kube-ipvs0 nodad
ip netns exec P-node sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000
for d in all default nc nx cni0 va vb cali1; do ip netns exec P-node sysctl -qw net.ipv4.conf.$d.rp_filter=0; done
ip netns exec P-node sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1
ip netns exec P-node nft -f - <<'N'
table inet judge {
 chain i { type filter hook input priority 2147483646; log group 5 prefix "I"; }
 chain p { type filter hook postrouting priority 2147483646; log group 5 prefix "P"; }
 chain o { type filter hook output priority -500; meta skuid 4242 accept; log group 6 prefix "K"; drop; }
}
N
ip netns exec P-node ipset restore <<'N'
create K-IP hash:ip
create K-NET hash:net
create K-IPPORT hash:ip,port
create K-IPPORTIP hash:ip,port,ip
create K-IPPORTNET hash:ip,port,net
create K-NETPORT hash:net,port
create K-PORT bitmap:port range 0-65535
create K-BIP bitmap:ip range 10.99.0.0/16
create K-IFACE hash:net,iface
create K-LIST list:set
create K6-IP hash:ip family inet6
create K6-NET hash:net family inet6
create K6-IPPORT hash:ip,port family inet6
create K6-IPPORTIP hash:ip,port,ip family inet6
create K6-IPPORTNET hash:ip,port,net family inet6
create K6-NETPORT hash:net,port family inet6
create K6-IFACE hash:net,iface family inet6
add K-IP 10.99.1.2
add K-IP 10.96.0.10
add K-NET 10.99.0.0/16
add K-NET 10.99.3.0/24 nomatch
add K-NET 10.99.3.2
add K-IPPORT 10.96.0.10,tcp:80
add K-IPPORT 10.96.0.10,udp:80
add K-IPPORT 10.99.2.2,udp:8080
add K-IPPORT 10.99.2.2,icmp:8/0
add K-IPPORT 10.99.3.2,sctp:80
add K-IPPORTIP 10.99.2.2,udp:8080,10.99.2.2
add K-IPPORTIP 10.99.2.3,tcp:8080,10.99.1.2
add K-IPPORTNET 10.99.2.2,udp:8080,10.99.0.0/16
add K-IPPORTNET 10.99.2.2,udp:8080,10.99.1.0/24 nomatch
add K-IPPORTNET 10.96.0.10,tcp:80,10.99.1.0/24
add K-NETPORT 10.99.0.0/16,udp:80
add K-NETPORT 10.96.0.0/16,tcp:80-90
add K-PORT 80
add K-PORT 30080
add K-BIP 10.99.2.0/24
add K-IFACE 10.99.1.0/24,nc
add K-IFACE 0.0.0.0/0,nx
add K-IFACE 10.99.2.0/24,physdev:va
add K-LIST K-IP
add K-LIST K-NETPORT
add K6-IP fd99:1::2
add K6-IP fd96::10
add K6-NET fd99::/16
add K6-NET fd99:3::/64 nomatch
add K6-NET fd99:3::2
add K6-IPPORT fd96::10,tcp:80
add K6-IPPORT fd96::10,udp:80
add K6-IPPORT fd99:2::2,udp:8080
add K6-IPPORT fd99:2::2,icmpv6:128/0
add K6-IPPORTIP fd99:2::2,udp:8080,fd99:2::2
add K6-IPPORTNET fd99:2::2,udp:8080,fd99::/16
add K6-NETPORT fd99::/16,udp:80
add K6-IFACE fd99:1::/64,nc
N
)X";
}

} // namespace judge
