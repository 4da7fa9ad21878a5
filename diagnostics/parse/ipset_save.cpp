// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/ipset_save.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace medic::ipset {

namespace {

std::optional<std::uint32_t> number(std::string_view text)
{
    const bool hex = text.starts_with("0x");
    if (hex)
        text.remove_prefix(2);
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::vector<std::string_view> words(std::string_view line)
{
    std::vector<std::string_view> result;
    for (std::size_t at = 0; at < line.size();) {
        while (at < line.size() && (line[at] == ' ' || line[at] == '\t'))
            ++at;
        if (at == line.size())
            break;
        const std::size_t start = at;
        if (line[at] == '"') {
            const auto close = line.find('"', at + 1);
            at = close == std::string_view::npos ? line.size() : close + 1;
            result.push_back(line.substr(start + 1, at - start - 2 + (close == std::string_view::npos ? 1 : 0)));
        } else {
            while (at < line.size() && line[at] != ' ' && line[at] != '\t')
                ++at;
            result.push_back(line.substr(start, at - start));
        }
    }
    return result;
}

std::vector<std::string> split(std::string_view text, char separator)
{
    std::vector<std::string> result;
    while (true) {
        const auto at = text.find(separator);
        result.emplace_back(text.substr(0, at));
        if (at == std::string_view::npos)
            return result;
        text = text.substr(at + 1);
    }
}

bool isExact(const Set& set)
{
    return std::all_of(set.dimensions.begin(), set.dimensions.end(),
                       [](const std::string& one) { return one == "ip" || one == "port"; })
        && set.type.starts_with("hash:") && set.hashPrefix == 0;
}

std::string exactKey(const std::vector<std::string>& dimensions, const std::vector<Query::Dimension>& values,
                     std::uint8_t protocol)
{
    std::string key;
    for (std::size_t i = 0; i < dimensions.size() && i < values.size(); ++i) {
        key += dimensions[i] == "port" ? std::to_string(protocol) + ':' + std::to_string(values[i].port)
                                       : values[i].address.text();
        key += ',';
    }
    return key;
}

bool readAddress(std::string_view text, Part& part)
{
    const auto dash = text.find('-');
    const auto prefix = IpPrefix::parse(text.substr(0, dash));
    if (!prefix)
        return false;
    part.prefix = *prefix;
    if (dash != std::string_view::npos) {
        const auto to = IpAddress::parse(text.substr(dash + 1));
        if (!to || to->family != prefix->address.family)
            return false;
        part.to = *to;
    }
    return true;
}

/// ICMP's type and code by the names that ipset prints (its lib/icmp.c, icmpv6.c).
std::optional<std::uint16_t> icmpNumber(std::string_view name, bool v6)
{
    struct Named {
        std::string_view name;
        int type, code;
    };
    constexpr std::array<Named, 32> four {{{"echo-reply", 0, 0}, {"pong", 0, 0}, {"network-unreachable", 3, 0},
        {"host-unreachable", 3, 1}, {"protocol-unreachable", 3, 2}, {"port-unreachable", 3, 3}, {"fragmentation-needed", 3, 4},
        {"source-route-failed", 3, 5}, {"network-unknown", 3, 6}, {"host-unknown", 3, 7}, {"network-prohibited", 3, 9},
        {"host-prohibited", 3, 10}, {"TOS-network-unreachable", 3, 11}, {"TOS-host-unreachable", 3, 12},
        {"communication-prohibited", 3, 13}, {"host-precedence-violation", 3, 14}, {"precedence-cutoff", 3, 15},
        {"source-quench", 4, 0}, {"network-redirect", 5, 0}, {"host-redirect", 5, 1}, {"TOS-network-redirect", 5, 2},
        {"TOS-host-redirect", 5, 3}, {"echo-request", 8, 0}, {"ping", 8, 0}, {"router-advertisement", 9, 0},
        {"router-solicitation", 10, 0}, {"ttl-zero-during-transit", 11, 0}, {"ttl-zero-during-reassembly", 11, 1},
        {"ip-header-bad", 12, 0}, {"required-option-missing", 12, 1}, {"timestamp-request", 13, 0},
        {"timestamp-reply", 14, 0}}};
    constexpr std::array<Named, 20> six {{{"no-route", 1, 0}, {"communication-prohibited", 1, 1}, {"beyond-scope", 1, 2},
        {"address-unreachable", 1, 3}, {"port-unreachable", 1, 4}, {"failed-policy", 1, 5}, {"reject-route", 1, 6},
        {"packet-too-big", 2, 0}, {"ttl-zero-during-transit", 3, 0}, {"ttl-zero-during-reassembly", 3, 1},
        {"bad-header", 4, 0}, {"unknown-header-type", 4, 1}, {"unknown-option", 4, 2}, {"echo-request", 128, 0},
        {"echo-reply", 129, 0}, {"router-solicitation", 133, 0}, {"router-advertisement", 134, 0},
        {"neighbour-solicitation", 135, 0}, {"neighbour-advertisement", 136, 0}, {"redirect", 137, 0}}};
    const auto find = [&](const auto& table) -> std::optional<std::uint16_t> {
        for (const Named& one : table)
            if (one.name == name)
                return static_cast<std::uint16_t>(one.type << 8 | one.code);
        return std::nullopt;
    };
    return v6 ? find(six) : find(four);
}

bool readPort(std::string_view text, Part& part, bool withProtocol)
{
    part.protocol = withProtocol ? proto::tcp : 0;
    if (const auto colon = text.find(':'); colon != std::string_view::npos) {
        const auto protocol = protocolNumber(text.substr(0, colon));
        if (!protocol)
            return false;
        part.protocol = *protocol;
        text = text.substr(colon + 1);
    }
    if (const auto slash = text.find('/'); slash != std::string_view::npos) { // icmp:type/code
        const auto type = number(text.substr(0, slash));
        const auto code = number(text.substr(slash + 1));
        if (!type || !code || *type > 255 || *code > 255)
            return false;
        part.portFrom = part.portTo = static_cast<std::uint16_t>(*type << 8 | *code);
        return true;
    }
    if (part.protocol == proto::icmp || part.protocol == proto::icmp6)
        if (const auto named = icmpNumber(text, part.protocol == proto::icmp6)) {
            part.portFrom = part.portTo = *named;
            return true;
        }
    const auto dash = text.find('-');
    const auto from = number(text.substr(0, dash));
    const auto to = dash == std::string_view::npos ? from : number(text.substr(dash + 1));
    if (!from || !to || *from > 65535 || *to > 65535)
        return false;
    part.portFrom = static_cast<std::uint16_t>(*from);
    part.portTo = static_cast<std::uint16_t>(*to);
    return true;
}

bool readElement(const Set& set, std::string_view text, Element& element)
{
    const auto texts = split(text, ',');
    if (texts.size() > set.dimensions.size())
        return false;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        Part part;
        const std::string& kind = set.dimensions[i];
        bool ok = true;
        if (kind == "ip" || kind == "net") {
            ok = readAddress(texts[i], part);
        } else if (kind == "port") {
            ok = readPort(texts[i], part, set.type.starts_with("hash:"));
        } else if (kind == "mark") {
            const auto mark = number(texts[i]);
            ok = mark.has_value();
            part.mark = mark.value_or(0);
        } else {
            part.name = texts[i];
            part.physdev = part.name.starts_with("physdev:");
            if (part.physdev)
                part.name.erase(0, 8);
        }
        if (!ok)
            return false;
        element.parts.push_back(std::move(part));
    }
    return true;
}

bool addressIn(const Part& part, const IpAddress& address)
{
    if (part.to.isNone())
        return part.prefix.contains(address);
    return address.family == part.prefix.address.family && part.prefix.address <= address && address <= part.to;
}

} // namespace

Result<std::shared_ptr<const Sets>> Sets::parse(std::string_view text, std::string_view file)
{
    const auto sets = std::make_shared<Sets>();
    std::uint32_t line = 0;
    const auto fail = [&](std::string_view expected) {
        return failure(ErrorCode::BadSyntax, std::string(file) + ':' + std::to_string(line), std::string(expected));
    };
    Set* last = nullptr;
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto current = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        ++line;
        if (current.ends_with('\r'))
            current.remove_suffix(1);
        const auto parts = words(current);
        if (parts.empty() || parts[0].starts_with('#'))
            continue;
        if ((parts[0] == "create" || parts[0] == "-N") && parts.size() >= 3) {
            Set set;
            set.name = parts[1];
            set.type = parts[2];
            set.line = line;
            const auto colon = set.type.find(':');
            set.dimensions = split(colon == std::string::npos ? std::string_view() : std::string_view(set.type).substr(colon + 1), ',');
            if (set.type.starts_with("bitmap:port") || set.type.starts_with("list:"))
                set.family = IpFamily::None;
            for (std::size_t i = 3; i < parts.size(); ++i) {
                const bool more = i + 1 < parts.size();
                if (parts[i] == "family" && more)
                    set.family = parts[i + 1] == "inet6" ? IpFamily::V6 : IpFamily::V4;
                else if (parts[i] == "timeout")
                    set.hasTimeouts = true;
                else if (parts[i] == "markmask" && more)
                    set.markMask = number(parts[i + 1]).value_or(0xffffffff);
                else if (parts[i] == "netmask" && more)
                    set.hashPrefix = static_cast<std::uint8_t>(number(parts[i + 1]).value_or(0));
            }
            last = &sets->m_sets.insert_or_assign(set.name, std::move(set)).first->second;
        } else if ((parts[0] == "add" || parts[0] == "-A") && parts.size() >= 3) {
            if (!last || last->name != parts[1]) {
                const auto found = sets->m_sets.find(parts[1]);
                if (found == sets->m_sets.end())
                    return fail("expected the set to be created before its elements");
                last = &found->second;
            }
            Element element;
            if (!readElement(*last, parts[2], element)) {
                ++last->unreadable;
                continue;
            }
            for (std::size_t i = 3; i < parts.size(); ++i) {
                if (parts[i] == "nomatch")
                    element.noMatch = true;
                else if (parts[i] == "wildcard")
                    element.wildcard = true;
                else if (parts[i] == "timeout" && i + 1 < parts.size())
                    element.timeout = number(parts[i + 1]).value_or(0);
            }
            if (isExact(*last)) {
                std::vector<Query::Dimension> values;
                std::uint8_t protocol = 0;
                for (std::size_t i = 0; i < element.parts.size(); ++i) {
                    const bool port = last->dimensions[i] == "port";
                    values.push_back({element.parts[i].prefix.address, element.parts[i].portFrom, {}});
                    if (port)
                        protocol = element.parts[i].protocol;
                }
                last->exact.insert(exactKey(last->dimensions, values, protocol));
            }
            last->elements.push_back(std::move(element));
        } else if (parts[0] != "COMMIT" && parts[0] != "flush" && parts[0] != "destroy") {
            return fail("expected the output of ipset save");
        }
    }
    return std::shared_ptr<const Sets>(sets);
}

const Set* Sets::find(std::string_view name) const
{
    const auto found = m_sets.find(name);
    return found == m_sets.end() ? nullptr : &found->second;
}

Tri Sets::contains(const Set& set, const Query& query, IpFamily family, std::string& reason) const
{
    return containsIn(set, query, family, reason, 0);
}

Tri Sets::containsIn(const Set& set, const Query& query, IpFamily family, std::string& reason, int depth) const
{
    if (set.type.starts_with("list:")) {
        Tri answer = Tri::No;
        for (const Element& element : set.elements) {
            const Set* const member = element.parts.empty() ? nullptr : find(element.parts[0].name);
            if (!member || depth > 0) {
                answer = Tri::Unknown;
                reason = "a member of the list is not in the dump";
                continue;
            }
            const Tri one = containsIn(*member, query, family, reason, depth + 1);
            if (one == Tri::Yes)
                return Tri::Yes;
            if (one == Tri::Unknown)
                answer = Tri::Unknown;
        }
        return answer;
    }
    // ip_set_test: opt->dim < set->type->dimension, or another family, is "not in the set".
    if (query.dimensions.size() < set.dimensions.size() || set.dimensions.empty())
        return Tri::No;
    if (set.family != IpFamily::None && set.family != family)
        return Tri::No;
    const bool hash = set.type.starts_with("hash:");
    for (const std::string& kind : set.dimensions) {
        if (kind == "mac") {
            reason = "the set holds MAC addresses";
            return Tri::Unknown;
        }
        if (kind != "ip" && kind != "net" && kind != "port" && kind != "iface" && kind != "mark") {
            reason = "sets of type " + set.type + " are not understood";
            return Tri::Unknown;
        }
        // bitmap:port knows TCP and UDP only; hash:*,port also SCTP, UDPLITE and ICMP (ip_set_get_ip_port).
        if (kind == "port") {
            const std::uint8_t p = query.protocol;
            const bool ports = p == proto::tcp || p == proto::udp;
            const bool more = p == proto::sctp || p == proto::udplite || p == proto::icmp || p == proto::icmp6;
            if (!ports && !(hash && more))
                return Tri::No;
        }
    }
    if (isExact(set) && !set.hasTimeouts) {
        if (set.exact.contains(exactKey(set.dimensions, query.dimensions, query.protocol)))
            return Tri::Yes;
    }
    // hash:net types: the longest prefix that holds the address decides, and "nomatch" entries carve out of it.
    int best = -1;
    // hash:net,iface ends its search at the longest prefix that it holds, with whatever devices (mtype_test_cidrs, "multi");
    // those by bridge port are hashed apart.
    int only = -1;
    if (const auto& kinds = set.dimensions; kinds.size() == 2 && kinds[0] == "net" && kinds[1] == "iface")
        for (const Element& element : set.elements)
            if (element.parts.size() == 2 && !element.parts[1].physdev && addressIn(element.parts[0], query.dimensions[0].address))
                only = std::max(only, element.parts[0].prefix.length());
    bool bestMatches = false, expiring = false;
    for (const Element& element : set.elements) {
        if (element.parts.size() < set.dimensions.size())
            continue;
        int length = 0;
        bool all = true;
        for (std::size_t i = 0; i < set.dimensions.size() && all; ++i) {
            const Part& part = element.parts[i];
            const std::string& kind = set.dimensions[i];
            const Query::Dimension& asked = query.dimensions[i];
            if (kind == "ip" || kind == "net") {
                auto address = asked.address;
                if (set.hashPrefix != 0)
                    address = IpPrefix::of(address, set.hashPrefix).address;
                all = addressIn(part, address);
                if (kind == "net")
                    length += part.to.isNone() ? part.prefix.length() : 128;
            } else if (kind == "port") {
                all = asked.port >= part.portFrom && asked.port <= part.portTo && (!hash || part.protocol == query.protocol);
            } else if (kind == "mark") {
                all = (query.mark & set.markMask) == part.mark;
            } else { // iface
                all = !part.physdev && !asked.device.empty()
                    && (element.wildcard ? asked.device.starts_with(part.name) : part.name == asked.device);
            }
        }
        all = all && (only < 0 || element.parts[0].prefix.length() == only);
        if (!all || length < best || (length == best && !element.noMatch))
            continue;
        best = length;
        bestMatches = !element.noMatch;
        expiring = element.timeout != 0;
    }
    if (!bestMatches && set.unreadable > 0) {
        reason = "the set has elements that could not be read";
        return Tri::Unknown;
    }
    if (bestMatches && expiring) {
        reason = "the element expires; the dump is older than now";
        return Tri::Unknown;
    }
    return bestMatches ? Tri::Yes : Tri::No;
}

} // namespace medic::ipset
