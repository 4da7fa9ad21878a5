// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/iptables_match_fields.h"

namespace medic::iptables::matchoption {

using Cursor = RuleReader::Cursor;

namespace {

bool tcpFlags(std::string_view text, std::uint8_t& into)
{
    constexpr std::array<std::pair<std::string_view, std::uint8_t>, 8> flags {{
        {"FIN", 1}, {"SYN", 2}, {"RST", 4}, {"PSH", 8}, {"ACK", 16}, {"URG", 32}, {"ALL", 63}, {"NONE", 0}}};
    into = 0;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const auto word = text.substr(0, comma);
        bool known = false;
        for (const auto& [name, bit] : flags)
            if (word == name) {
                into = static_cast<std::uint8_t>(into | bit);
                known = true;
            }
        if (!known)
            return false;
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    }
    return true;
}

bool portOption(Cursor& cursor, PortRange& into, bool& invert)
{
    const auto value = cursor.value();
    const auto ports = value ? readPorts(*value) : std::nullopt;
    if (!ports)
        return false;
    into = *ports;
    invert = cursor.invert;
    return true;
}

} // namespace

bool set(PortsMatch& match, std::string_view option, Cursor& cursor, IpFamily)
{
    if (option == "--dport" || option == "--destination-port")
        return portOption(cursor, match.destination, match.notDestination);
    if (option == "--sport" || option == "--source-port")
        return portOption(cursor, match.source, match.notSource);
    if (match.protocol != proto::tcp)
        return false;
    if (option == "--syn") { // FIN,SYN,RST,ACK SYN
        match.flagMask = 0x17;
        match.flagValue = 0x02;
        match.notFlags = cursor.invert;
        return true;
    }
    if (option == "--tcp-flags") {
        const auto mask = cursor.value();
        const auto value = cursor.value();
        match.notFlags = cursor.invert;
        return mask && value && tcpFlags(*mask, match.flagMask) && tcpFlags(*value, match.flagValue);
    }
    return false;
}

bool set(IcmpMatch& match, std::string_view option, Cursor& cursor, IpFamily)
{
    if (option != "--icmp-type" && option != "--icmpv6-type")
        return false;
    const auto value = cursor.value();
    if (!value)
        return false;
    match.invert = cursor.invert;
    if (*value == "any" || *value == "255")
        return true;
    struct Named {
        std::string_view name;
        std::uint8_t type;
        int code;
    };
    constexpr std::array<Named, 16> four {{{"echo-reply", 0, -1}, {"pong", 0, -1}, {"echo-request", 8, -1},
        {"ping", 8, -1}, {"destination-unreachable", 3, -1}, {"network-unreachable", 3, 0},
        {"host-unreachable", 3, 1}, {"protocol-unreachable", 3, 2}, {"port-unreachable", 3, 3},
        {"fragmentation-needed", 3, 4}, {"time-exceeded", 11, -1}, {"ttl-exceeded", 11, -1}, {"redirect", 5, -1},
        {"source-quench", 4, -1}, {"parameter-problem", 12, -1}, {"communication-prohibited", 3, 13}}};
    constexpr std::array<Named, 13> six {{{"echo-reply", 129, -1}, {"echo-request", 128, -1},
        {"destination-unreachable", 1, -1}, {"port-unreachable", 1, 4}, {"packet-too-big", 2, -1},
        {"time-exceeded", 3, -1}, {"parameter-problem", 4, -1}, {"router-solicitation", 133, -1},
        {"router-advertisement", 134, -1}, {"neighbour-solicitation", 135, -1}, {"neighbor-solicitation", 135, -1},
        {"neighbour-advertisement", 136, -1}, {"neighbor-advertisement", 136, -1}}};
    const auto named = [&](const auto& table) {
        for (const Named& entry : table)
            if (entry.name == *value) {
                match.anyType = false;
                match.type = entry.type;
                if (entry.code >= 0)
                    match.codeFrom = match.codeTo = static_cast<std::uint8_t>(entry.code);
                return true;
            }
        return false;
    };
    if (match.v6 ? named(six) : named(four))
        return true;
    const auto slash = value->find('/');
    const auto type = readNumber(value->substr(0, slash));
    if (!type || *type > 255)
        return false;
    match.anyType = false;
    match.type = static_cast<std::uint8_t>(*type);
    if (slash != std::string_view::npos) {
        const auto code = readNumber(value->substr(slash + 1));
        if (!code || *code > 255)
            return false;
        match.codeFrom = match.codeTo = static_cast<std::uint8_t>(*code);
    }
    return true;
}

bool set(MultiportMatch& match, std::string_view option, Cursor& cursor, IpFamily)
{
    if (option == "--dports" || option == "--destination-ports")
        match.side = MultiportMatch::Side::Destination;
    else if (option == "--sports" || option == "--source-ports")
        match.side = MultiportMatch::Side::Source;
    else if (option == "--ports")
        match.side = MultiportMatch::Side::Either;
    else
        return false;
    auto list = cursor.value().value_or(std::string_view());
    match.invert = cursor.invert;
    match.count = 0;
    while (!list.empty()) {
        const auto comma = list.find(',');
        const auto ports = readPorts(list.substr(0, comma));
        if (!ports || match.count == match.ports.size())
            return false;
        match.ports[match.count++] = *ports;
        list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    }
    return match.count > 0;
}

bool set(MarkMatch& match, std::string_view option, Cursor& cursor, IpFamily)
{
    if (option != "--mark")
        return false;
    const auto value = cursor.value();
    match.invert = cursor.invert;
    return value && readMasked(*value, match.value, match.mask);
}

bool set(IpRangeMatch& match, std::string_view option, Cursor& cursor, IpFamily family)
{
    const bool source = option == "--src-range";
    if (!source && option != "--dst-range")
        return false;
    const auto value = cursor.value().value_or(std::string_view());
    const auto dash = value.find('-');
    const auto from = IpAddress::parse(value.substr(0, dash));
    const auto to = dash == std::string_view::npos ? from : IpAddress::parse(value.substr(dash + 1));
    if (!from || !to || from->family != family || to->family != family)
        return false;
    (source ? match.sourceFrom : match.destinationFrom) = *from;
    (source ? match.sourceTo : match.destinationTo) = *to;
    (source ? match.notSource : match.notDestination) = cursor.invert;
    return true;
}

bool set(DscpMatch& match, std::string_view option, Cursor& cursor, IpFamily)
{
    const auto value = cursor.value();
    match.invert = cursor.invert;
    if (option == "--dscp") {
        const auto number = value ? readNumber(*value) : std::nullopt;
        if (!number || *number > 63)
            return false;
        match.value = static_cast<std::uint8_t>(*number << 2);
        match.mask = 0xfc;
        return true;
    }
    std::uint32_t bits = 0, mask = 0xff;
    if (option != "--tos" || !value || !readMasked(*value, bits, mask))
        return false;
    match.value = static_cast<std::uint8_t>(bits);
    match.mask = static_cast<std::uint8_t>(mask);
    return true;
}

bool set(PkttypeMatch& match, std::string_view option, Cursor& cursor, IpFamily)
{
    const auto value = cursor.value();
    match.invert = cursor.invert;
    if (option != "--pkt-type" || !value)
        return false;
    match.type = *value == "broadcast" ? 1 : *value == "multicast" ? 2 : 0;
    return match.type != 0 || *value == "unicast";
}

} // namespace medic::iptables::matchoption
