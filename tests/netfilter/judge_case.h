// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "judge_net.h"

#include "diagnostics/netfilter/packet_tracer.h"

#include <map>
#include <sstream>

namespace judge {

using namespace medic::netfilter;

/// One ruleset and one packet, as text in tests/data/netfilter/differential/*.case:
///   setup COMMAND ## COMMAND THAT UNDOES IT     (on the node)
///   rules TOOL                                  (iptables-legacy, iptables-nft, ip6tables-…; the dump's lines follow)
///   end
///   packet PLACE PROTO SRC[,SPORT] DST[,DPORT] [mark M [invalid]]   (PLACE node: made there; SRC any: the kernel chooses)
struct Case {
    std::vector<std::pair<std::string, std::string>> setup;
    std::map<std::string, std::vector<std::string>> rules;
    std::string place;
    Packet packet;
    bool anySource = false;
    std::uint32_t mark = 0;
    Conntrack::State state = Conntrack::State::New; ///< Invalid: an ACK of no connection

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
             << packet.dport << " mark " << mark << (state == Conntrack::State::Invalid ? " invalid" : "") << '\n';
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
                if (words >> word && word == "invalid") {
                    result.state = Conntrack::State::Invalid;
                    result.packet.tcpFlags = 0x10;
                }
                const auto end = [](const std::string& one, IpAddress& address, std::uint16_t& port) {
                    const auto comma = one.find(',');
                    address = IpAddress::parse(one.substr(0, comma)).value_or(IpAddress {});
                    if (comma != std::string::npos)
                        port = static_cast<std::uint16_t>(std::stoi(one.substr(comma + 1)));
                };
                result.packet.protocol = protocolNumber(protocol).value_or(0);
                if (result.packet.protocol == proto::icmp6)
                    result.packet.icmpType = 128;
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

} // namespace judge
