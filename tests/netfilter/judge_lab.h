// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "judge_counters.h"
#include "judge_lab_script.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include <set>

namespace judge {

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
        std::string script = labScript();
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
        bool ok = false;
        inside(ns("node"), [&] { ok = m_kernel.open(); });
        if (!ok)
            return "the kernel's counters cannot be read";
        readDevices();
        return {};
    }

    void down()
    {
        for (auto& [place, log] : m_logs)
            log.shut();
        m_kernel.shut();
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
        if (std::any_of(what.setup.begin(), what.setup.end(), [](const auto& one) { return one.first.starts_with("ip link add"); }))
            readDevices();
        for (const auto& [tool, lines] : what.rules) {
            m_loaded.insert(tool);
            std::string text;
            for (const auto& line : lines)
                text += line + '\n';
            if (const Outcome done = node(tool + "-restore", text); done.status != 0)
                return tool + ": " + done.err;
        }
        flush();
        m_tools = what.rules;
        m_counters.clear();
        (void)counts();
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
        drain(); // counters are those since the last look: nothing else passes
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

    [[nodiscard]] std::string folder() const { return m_folder.path().toStdString(); } ///< what dump() wrote
    /// What conntrack holds, by /proc where the kernel has it.
    std::string entries()
    {
        std::string text;
        bool read = false;
        inside(ns("node"), [&] {
            const int fd = open("/proc/thread-self/net/nf_conntrack", O_RDONLY | O_CLOEXEC);
            read = fd >= 0;
            if (read)
                text = slurp(fd);
            if (read)
                close(fd);
        });
        return read ? text : node("conntrack -L 2>/dev/null; conntrack -L -f ipv6 2>/dev/null").out;
    }
    void flush() { m_kernel.forgetConnections(); }
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
    void readDevices()
    {
        std::istringstream lines(node("ip -o link").out);
        for (std::string line; std::getline(lines, line);) {
            const auto colon = line.find(": ");
            const auto end = line.find_first_of(":@", colon + 2);
            m_devices[std::stoi(line)] = line.substr(colon + 2, end - colon - 2);
        }
    }

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
        KernelCounters::Packets now;
        for (const auto& [tool, lines] : m_tools) {
            std::set<std::string> tables;
            for (const std::string& line : lines)
                if (line.starts_with('*'))
                    tables.insert(line.substr(1));
            m_kernel.read(tool, tables, now);
        }
        for (const auto& [key, packets] : now) {
            auto& before = m_counters[key];
            if (packets > before)
                result[key] = static_cast<int>(packets - before);
            before = packets;
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
            else if (answer.protocol == proto::icmp && answer.icmpType == 3) // port, or prohibited (net, host, all)
                (answer.icmpCode == 3 || answer.icmpCode >= 9 ? observed.refused : observed.unreachable) = true;
            else if (answer.protocol == proto::icmp6 && answer.icmpType == 1)
                (answer.icmpCode == 4 || answer.icmpCode == 1 ? observed.refused : observed.unreachable) = true;
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
    KernelCounters m_kernel;
    std::map<RuleKey, std::uint64_t> m_counters;
    std::map<std::string, std::vector<std::string>> m_tools;
    std::set<std::string> m_loaded;
    std::vector<std::string> m_undo;
};

} // namespace judge
