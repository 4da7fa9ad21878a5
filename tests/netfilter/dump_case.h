// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "random_dice.h"

#include <regex>

namespace judge {

/// A dump from somewhere as a case of the lab: its rules as far as the kernel here takes them, the sets, devices and
/// addresses that they speak of, and packets to whatever they name.
class DumpCase final : public Dice {
public:
    explicit DumpCase(const std::string& text, const std::string& tool) : Dice(std::hash<std::string> {}(text)), m_tool(tool)
    {
        m_v6 = tool.starts_with("ip6");
        read(text);
        surroundings();
    }

    Case made; ///< rules and setup; its packet is one of packets()

    /// Each of the destinations that the rules name, from several places; at most so many.
    std::vector<Case> packets(std::size_t most)
    {
        std::vector<Case> all;
        for (const auto& [address, protocol, port] : m_targets)
            for (const char* place : {"client", "a", "p", "node"})
                all.push_back(packet(place, address, protocol, port));
        std::shuffle(all.begin(), all.end(), m_random);
        if (all.size() > most)
            all.resize(most);
        for (Case& one : all)
            one.packet.sport = nextPort();
        return all;
    }

    /// The kernel refused a line of the rules, counted from 1. False when it cannot be left out.
    bool leaveOut(std::size_t line)
    {
        auto& lines = made.rules[m_tool];
        if (line == 0 || line > lines.size() || !lines[line - 1].starts_with("-A"))
            return false;
        lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(line) - 1);
        ++leftOut;
        return true;
    }
    std::size_t leftOut = 0;

private:
    using Target = std::tuple<std::string, std::uint8_t, std::uint16_t>;

    void read(const std::string& text)
    {
        std::istringstream in(text);
        bool open = false;
        auto& lines = made.rules[m_tool];
        const auto table = [&](const std::string& name) {
            if (open)
                lines.emplace_back("COMMIT");
            lines.push_back('*' + name);
            open = true;
        };
        for (std::string line; std::getline(in, line);) {
            while (!line.empty() && (line.back() == '\r' || line.back() == ' '))
                line.pop_back();
            line = std::regex_replace(line, std::regex(" -m nfacct --nfacct-name \\S+"), ""); // no such object here
            if (line.starts_with("# -t "))
                table(line.substr(5));
            else if (line.starts_with('*'))
                table(line.substr(line.find_first_not_of("* ")));
            else if (line.starts_with("-P "))
                lines.push_back(':' + line.substr(3) + " [0:0]");
            else if (line.starts_with("-N "))
                lines.push_back(':' + line.substr(3) + " - [0:0]");
            else if (open && (line.starts_with(':') || line.starts_with("-A ")))
                lines.push_back(line);
            else if (line.starts_with("COMMIT") && open) {
                lines.emplace_back("COMMIT");
                open = false;
                if (const auto star = line.find('*'); star != std::string::npos)
                    table(line.substr(line.find_first_not_of("* ", star)));
            }
        }
        if (open)
            lines.emplace_back("COMMIT");
    }

    void add(const std::string& doing, const std::string& undoing) { made.setup.emplace_back(doing, undoing); }

    static std::string captured(const std::string& line, const char* pattern)
    {
        std::smatch found;
        return std::regex_search(line, found, std::regex(pattern)) ? found[1].str() : std::string();
    }

    void surroundings()
    {
        std::set<std::string> sets, devices {"lo", "nc", "nx", "cni0", "va", "vb", "cali1", "kube-ipvs0"};
        bool ipvs = false;
        const std::set<std::string> nodes {"10.99.1.1", "10.99.3.1", "127.0.0.1"};
        for (const std::string& line : made.rules[m_tool]) {
            if (const std::string name = captured(line, "--match-set (\\S+)"); !name.empty() && sets.insert(name).second) {
                makeSet(name, captured(line, "--match-set \\S+ (\\S+)"));
                ipvs = ipvs || name == "KUBE-CLUSTER-IP";
            }
            for (const char* pattern : {" -i (\\S+)", " -o (\\S+)"})
                if (const std::string device = captured(line, pattern); !device.empty() && device.back() != '+' && devices.insert(device).second)
                    add("ip link add " + device + " type bridge; ip link set " + device + " up", "ip link del " + device);
            const std::string to = captured(line, " -d ([0-9a-f.:]+)/(?:32|128)"), out = captured(line, "[^!] -o (\\S+)"), notIn = captured(line, "! -i (\\S+)");
            const std::string behind = out.empty() ? notIn : out;
            if (!to.empty() && !behind.empty() && devices.contains(behind) && behind != "lo" && m_routed.insert(to).second)
                add("ip route replace " + to + " dev " + behind, "ip route del " + to);
            const std::string source = captured(line, " -s ([0-9.]+)/(?:16|24)");
            if (!source.empty() && !source.starts_with("127."))
                m_sources.insert(source.substr(0, source.rfind('.')) + ".5");
            targets(line, to);
        }
        if (ipvs)
            add("ip addr add 10.96.0.10/32 dev kube-ipvs0", "ip addr del 10.96.0.10/32 dev kube-ipvs0");
        for (const std::string& node : nodes)
            for (const auto& [protocol, port] : m_ports)
                m_targets.emplace(node, protocol, port);
        m_targets.emplace("10.96.0.10", proto::tcp, 80);
        m_targets.emplace("10.99.2.3", proto::udp, 53);
        m_targets.emplace("198.51.100.7", proto::icmp, 0);
    }

    void targets(const std::string& line, const std::string& to)
    {
        const std::string word = captured(line, " -p (tcp|udp|sctp)");
        std::vector<std::uint8_t> protocols;
        for (const auto& [name, number] : {std::pair("tcp", proto::tcp), std::pair("udp", proto::udp), std::pair("sctp", proto::sctp)})
            if (word == name || (word.empty() && number != proto::sctp))
                protocols.push_back(number);
        std::string ports = captured(line, "--dports? (\\S+)");
        const std::string translated = captured(line, "--to-destination (\\S+)");
        for (char& c : ports)
            c = c == ':' ? ',' : c;
        if (ports.empty())
            ports = to.empty() ? "" : "80";
        std::istringstream each(ports);
        for (std::string port; std::getline(each, port, ',');)
            for (const auto protocol : protocols) {
                const auto number = static_cast<std::uint16_t>(std::strtoul(port.c_str(), nullptr, 10));
                if (to.empty())
                    m_ports.emplace(protocol, number);
                else
                    m_targets.emplace(to, protocol, number);
            }
        if (const auto colon = translated.rfind(':'); colon != std::string::npos && !m_v6)
            for (const auto protocol : protocols)
                m_targets.emplace(translated.substr(0, colon), protocol, static_cast<std::uint16_t>(std::strtoul(translated.c_str() + colon + 1, nullptr, 10)));
    }

    void makeSet(const std::string& name, const std::string& flags)
    {
        const auto dimensions = 1 + std::count(flags.begin(), flags.end(), ',');
        const bool ports = name.find("NODE-PORT") != std::string::npos && dimensions == 1;
        const std::string type = ports ? "bitmap:port range 0-65535" : dimensions == 1 ? "hash:net" : dimensions == 2 ? "hash:ip,port" : "hash:ip,port,ip";
        const std::string quoted = '\'' + name + '\'';
        std::string make = "ipset create " + quoted + ' ' + type;
        const auto entry = [&](const std::string& one) { make += "; ipset add " + quoted + ' ' + one; };
        if (ports) {
            entry("30080");
            m_ports.emplace(proto::tcp, std::uint16_t(30080));
        } else if (dimensions == 1) {
            entry(chance(50) ? "10.99.2.0/24" : "10.99.1.2");
        } else if (dimensions == 2) {
            entry(name == "KUBE-CLUSTER-IP" || chance(50) ? "10.96.0.10,tcp:80" : "10.96.0.11,udp:53");
        } else {
            entry("10.99.2.2,tcp:8080,10.99.2.2");
        }
        add(make, "ipset destroy " + quoted);
    }

    Case packet(const std::string& place, const std::string& to, std::uint8_t protocol, std::uint16_t port)
    {
        Case one = made;
        one.place = place;
        one.packet = {};
        one.packet.protocol = protocol;
        one.packet.dport = port;
        one.packet.dst = IpAddress::parse(to).value_or(IpAddress::parse("10.96.0.10").value());
        const std::map<std::string, const char*> own {{"client", "10.99.1.2"}, {"a", "10.99.2.2"}, {"p", "10.99.4.2"}, {"node", "10.99.1.1"}};
        one.packet.src = IpAddress::parse(own.at(place)).value();
        one.anySource = place == "node" && chance(70);
        if (place == "a" && !m_sources.empty() && chance(50))
            one.packet.src = IpAddress::parse(*std::next(m_sources.begin(), static_cast<std::ptrdiff_t>(number(m_sources.size())))).value();
        if (place == "node" && chance(15))
            one.mark = chance(50) ? 0x8000 : 0x4000;
        if (one.packet.dst.isLoopback())
            one.place = "node", one.anySource = true;
        if (one.packet.src == one.packet.dst)
            one.packet.dst = IpAddress::parse("10.96.0.10").value();
        return one;
    }

    std::string m_tool;
    std::set<Target> m_targets;
    std::set<std::pair<std::uint8_t, std::uint16_t>> m_ports;
    std::set<std::string> m_sources, m_routed;
};

/// The same for nftables: whatever a listing of the ruleset names.
class NftTargets final : public Dice {
public:
    explicit NftTargets(const std::string& listing) : Dice(std::hash<std::string> {}(listing)), m_listing(listing) { }

    std::vector<Case> packets(std::size_t most)
    {
        std::set<std::tuple<std::string, std::uint8_t, std::uint16_t>> targets {{"10.99.2.3", proto::udp, 53}, {"198.51.100.7", proto::icmp, 0}};
        const auto each = [&](const char* pattern, const auto& what) {
            const std::regex expression(pattern);
            for (std::sregex_iterator at(m_listing.begin(), m_listing.end(), expression), end; at != end; ++at)
                what(*at);
        };
        const auto number = [](const std::string& text) { return static_cast<std::uint16_t>(std::strtoul(text.c_str(), nullptr, 10)); };
        each("([0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+) \\. (tcp|udp|sctp) \\. ([0-9]+)", [&](const std::smatch& found) {
            targets.emplace(found[1], protocolNumber(found[2].str()).value_or(proto::tcp), number(found[3]));
            targets.emplace(found[1], proto::tcp, 4242);
        });
        each("([0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+)(?::| \\. )([0-9]+)[ ,}\n]", [&](const std::smatch& found) { targets.emplace(found[1], proto::tcp, number(found[2])); });
        each("(?:dport|(tcp|udp|sctp) \\.) ([0-9]+)", [&](const std::smatch& found) {
            for (const char* here : {"10.99.1.1", "10.99.2.1", "10.99.3.2"})
                for (const auto protocol : {proto::tcp, proto::udp})
                    targets.emplace(here, protocol, number(found[2]));
            targets.emplace("127.0.0.1", proto::tcp, number(found[2]));
        });
        std::vector<Case> all;
        const std::map<std::string, const char*> own {{"client", "10.99.1.2"}, {"a", "10.99.2.2"}, {"p", "10.99.4.2"}, {"node", "10.99.1.1"}};
        for (const auto& [address, protocol, port] : targets)
            for (const auto& [place, source] : own) {
                Case one;
                one.packet.protocol = protocol;
                one.packet.dport = port;
                one.packet.dst = IpAddress::parse(address).value_or(IpAddress::parse("10.96.0.10").value());
                one.packet.src = IpAddress::parse(source).value();
                one.place = one.packet.dst.isLoopback() ? "node" : place;
                one.anySource = one.place == "node" && (one.packet.dst.isLoopback() || chance(70));
                one.packet.sport = nextPort();
                if (one.packet.src != one.packet.dst)
                    all.push_back(one);
            }
        std::shuffle(all.begin(), all.end(), m_random);
        if (all.size() > most)
            all.resize(most);
        return all;
    }

private:
    std::string m_listing;
};

} // namespace judge
