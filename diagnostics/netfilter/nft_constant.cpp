// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/nft_constant.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace medic::netfilter::nftables {

namespace {

using parse::nft::Expression;
using Kind = Expression::Kind;

struct Symbol {
    Type type;
    std::string_view name;
    std::uint64_t value;
};

/// Names as nft prints them (src/datatype.c, src/ct.c, src/fib.c, src/meta.c, src/proto.c of nftables).
constexpr std::array<Symbol, 131> symbols {{
    {Type::ConnectionState, "invalid", ctstate::invalid}, {Type::ConnectionState, "established", ctstate::established},
    {Type::ConnectionState, "related", ctstate::related}, {Type::ConnectionState, "new", ctstate::fresh},
    {Type::ConnectionState, "untracked", ctstate::untracked},
    {Type::ConnectionStatus, "expected", ctstatus::expected}, {Type::ConnectionStatus, "seen-reply", ctstatus::seenReply},
    {Type::ConnectionStatus, "assured", ctstatus::assured}, {Type::ConnectionStatus, "confirmed", ctstatus::confirmed},
    {Type::ConnectionStatus, "snat", ctstatus::snat}, {Type::ConnectionStatus, "dnat", ctstatus::dnat},
    {Type::ConnectionStatus, "dying", 512},
    {Type::Direction, "original", 0}, {Type::Direction, "reply", 1},
    {Type::FibType, "unspec", 0}, {Type::FibType, "unicast", 1}, {Type::FibType, "local", 2}, {Type::FibType, "broadcast", 3},
    {Type::FibType, "anycast", 4}, {Type::FibType, "multicast", 5}, {Type::FibType, "blackhole", 6},
    {Type::FibType, "unreachable", 7}, {Type::FibType, "prohibit", 8},
    {Type::PacketType, "host", 0}, {Type::PacketType, "unicast", 0}, {Type::PacketType, "broadcast", 1},
    {Type::PacketType, "multicast", 2}, {Type::PacketType, "other", 3},
    {Type::Family, "ipv4", 2}, {Type::Family, "ipv6", 10},
    {Type::EtherType, "ip", 0x0800}, {Type::EtherType, "ip6", 0x86dd}, {Type::EtherType, "arp", 0x0806},
    {Type::EtherType, "vlan", 0x8100}, {Type::EtherType, "8021q", 0x8100}, {Type::EtherType, "8021ad", 0x88a8},
    {Type::Protocol, "ipv6-icmp", 58}, {Type::Protocol, "icmpv6", 58}, {Type::Protocol, "ipv6", 41}, {Type::Protocol, "ipencap", 4},
    {Type::Protocol, "comp", 108}, {Type::Protocol, "ipcomp", 108},
    {Type::IcmpType, "echo-reply", 0}, {Type::IcmpType, "destination-unreachable", 3}, {Type::IcmpType, "source-quench", 4},
    {Type::IcmpType, "redirect", 5}, {Type::IcmpType, "echo-request", 8}, {Type::IcmpType, "router-advertisement", 9},
    {Type::IcmpType, "router-solicitation", 10}, {Type::IcmpType, "time-exceeded", 11}, {Type::IcmpType, "parameter-problem", 12},
    {Type::IcmpType, "timestamp-request", 13}, {Type::IcmpType, "timestamp-reply", 14}, {Type::IcmpType, "info-request", 15},
    {Type::IcmpType, "info-reply", 16}, {Type::IcmpType, "address-mask-request", 17}, {Type::IcmpType, "address-mask-reply", 18},
    {Type::Icmp6Type, "destination-unreachable", 1}, {Type::Icmp6Type, "packet-too-big", 2}, {Type::Icmp6Type, "time-exceeded", 3},
    {Type::Icmp6Type, "parameter-problem", 4}, {Type::Icmp6Type, "echo-request", 128}, {Type::Icmp6Type, "echo-reply", 129},
    {Type::Icmp6Type, "mld-listener-query", 130}, {Type::Icmp6Type, "mld-listener-report", 131},
    {Type::Icmp6Type, "mld-listener-done", 132}, {Type::Icmp6Type, "mld-listener-reduction", 132},
    {Type::Icmp6Type, "nd-router-solicit", 133}, {Type::Icmp6Type, "nd-router-advert", 134},
    {Type::Icmp6Type, "nd-neighbor-solicit", 135}, {Type::Icmp6Type, "nd-neighbor-advert", 136}, {Type::Icmp6Type, "nd-redirect", 137},
    {Type::Icmp6Type, "router-renumbering", 138}, {Type::Icmp6Type, "ind-neighbor-solicit", 141},
    {Type::Icmp6Type, "ind-neighbor-advert", 142}, {Type::Icmp6Type, "mld2-listener-report", 143},
    {Type::IcmpCode, "net-unreachable", 0}, {Type::IcmpCode, "host-unreachable", 1}, {Type::IcmpCode, "prot-unreachable", 2},
    {Type::IcmpCode, "port-unreachable", 3}, {Type::IcmpCode, "frag-needed", 4}, {Type::IcmpCode, "net-prohibited", 9},
    {Type::IcmpCode, "host-prohibited", 10}, {Type::IcmpCode, "admin-prohibited", 13},
    {Type::Icmp6Code, "no-route", 0}, {Type::Icmp6Code, "admin-prohibited", 1}, {Type::Icmp6Code, "addr-unreachable", 3},
    {Type::Icmp6Code, "port-unreachable", 4}, {Type::Icmp6Code, "policy-fail", 5}, {Type::Icmp6Code, "reject-route", 6},
    {Type::TcpFlags, "fin", 1}, {Type::TcpFlags, "syn", 2}, {Type::TcpFlags, "rst", 4}, {Type::TcpFlags, "psh", 8},
    {Type::TcpFlags, "ack", 16}, {Type::TcpFlags, "urg", 32}, {Type::TcpFlags, "ecn", 64}, {Type::TcpFlags, "cwr", 128},
    {Type::Dscp, "cs0", 0}, {Type::Dscp, "cs1", 8}, {Type::Dscp, "cs2", 16}, {Type::Dscp, "cs3", 24}, {Type::Dscp, "cs4", 32},
    {Type::Dscp, "cs5", 40}, {Type::Dscp, "cs6", 48}, {Type::Dscp, "cs7", 56}, {Type::Dscp, "df", 0}, {Type::Dscp, "be", 0},
    {Type::Dscp, "lephb", 1}, {Type::Dscp, "af11", 10}, {Type::Dscp, "af12", 12}, {Type::Dscp, "af13", 14}, {Type::Dscp, "af21", 18},
    {Type::Dscp, "af22", 20}, {Type::Dscp, "af23", 22}, {Type::Dscp, "af31", 26}, {Type::Dscp, "af32", 28}, {Type::Dscp, "af33", 30},
    {Type::Dscp, "af41", 34}, {Type::Dscp, "af42", 36}, {Type::Dscp, "af43", 38}, {Type::Dscp, "va", 44}, {Type::Dscp, "ef", 46},
    {Type::Ecn, "not-ect", 0}, {Type::Ecn, "ect1", 1}, {Type::Ecn, "ect0", 2}, {Type::Ecn, "ce", 3},
    {Type::Truth, "missing", 0}, {Type::Truth, "exists", 1}, {Type::Truth, "false", 0}, {Type::Truth, "true", 1},
}};

std::optional<std::uint64_t> numberIn(std::string_view text)
{
    int base = 10;
    if (text.starts_with("0x")) {
        base = 16;
        text.remove_prefix(2);
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

Range exactly(std::uint64_t value) { return {{0, value}, {0, value}}; }

std::optional<Range> symbol(Type type, const std::string& text)
{
    if (type == Type::Ipv4 || type == Type::Ipv6) {
        const auto address = IpAddress::parse(text);
        if (!address || address->isV6() != (type == Type::Ipv6))
            return std::nullopt;
        const Word word = wordOf(*address);
        return Range {word, word};
    }
    if (type == Type::Name) {
        if (text.size() > 1 && text.back() == '*' && text[text.size() - 2] != '\\') {
            // The kernel compares the bytes before the star only.
            const std::string_view stem = std::string_view(text).substr(0, text.size() - 1);
            Range range {wordOfName(stem), wordOfName(stem)};
            for (std::size_t i = stem.size(); i < 16; ++i)
                (i < 8 ? range.to.hi : range.to.lo) |= std::uint64_t(0xff) << (8 * (7 - i % 8));
            return range;
        }
        const Word word = wordOfName(text == "0" ? std::string_view() : text); // device 0: none
        return Range {word, word};
    }
    for (const auto& [of, name, value] : symbols)
        if (of == type && name == text)
            return exactly(value);
    if (type == Type::Protocol)
        if (const auto number = protocolNumber(text))
            return exactly(*number);
    if (const auto number = numberIn(text); number && type != Type::Unknown)
        return exactly(*number);
    return std::nullopt;
}

} // namespace

Word wordOf(const IpAddress& address)
{
    return address.isV6() ? Word {address.hi, address.lo} : Word {0, address.asV4()};
}

IpAddress addressOf(const Word& word, IpFamily family)
{
    if (family == IpFamily::V6)
        return {word.hi, word.lo, IpFamily::V6};
    return IpAddress::v4(static_cast<std::uint32_t>(word.lo));
}

Word wordOfName(std::string_view name)
{
    Word word;
    for (std::size_t i = 0; i < name.size() && i < 16; ++i)
        (i < 8 ? word.hi : word.lo) |= std::uint64_t(static_cast<unsigned char>(name[i])) << (8 * (7 - i % 8));
    return word;
}

Type typeNamed(std::string_view name)
{
    static constexpr std::array<std::pair<std::string_view, Type>, 26> names {{
        {"ipv4_addr", Type::Ipv4}, {"ipv6_addr", Type::Ipv6}, {"inet_service", Type::Integer}, {"inet_proto", Type::Protocol},
        {"mark", Type::Mark}, {"ifname", Type::Name}, {"iface_index", Type::Name}, {"ct_state", Type::ConnectionState},
        {"ct_status", Type::ConnectionStatus}, {"ct_dir", Type::Direction}, {"fib_addrtype", Type::FibType},
        {"icmp_type", Type::IcmpType}, {"icmpv6_type", Type::Icmp6Type}, {"icmp_code", Type::IcmpCode},
        {"icmpv6_code", Type::Icmp6Code}, {"tcp_flag", Type::TcpFlags}, {"ether_type", Type::EtherType},
        {"ethertype", Type::EtherType}, {"nf_proto", Type::Family}, {"pkt_type", Type::PacketType}, {"dscp", Type::Dscp},
        {"ecn", Type::Ecn}, {"boolean", Type::Truth}, {"integer", Type::Integer}, {"uid", Type::Integer}, {"gid", Type::Integer},
    }};
    for (const auto& [known, type] : names)
        if (known == name)
            return type;
    return Type::Unknown;
}

namespace {

Type typeOfMeta(std::string_view key)
{
    if (key == "mark")
        return Type::Mark;
    if (key == "l4proto")
        return Type::Protocol;
    if (key == "nfproto")
        return Type::Family;
    if (key == "protocol")
        return Type::EtherType;
    if (key == "pkttype")
        return Type::PacketType;
    if (key == "iifname" || key == "oifname" || key == "iif" || key == "oif" || key == "iifkind" || key == "oifkind"
        || key == "ibrname" || key == "obrname" || key == "sdifname" || key == "sdif")
        return Type::Name;
    if (key == "ipsec" || key == "secpath")
        return Type::Truth;
    if (key == "length" || key == "skuid" || key == "skgid" || key == "cpu" || key == "cgroup" || key == "random"
        || key == "iifgroup" || key == "oifgroup")
        return Type::Integer;
    return Type::Unknown;
}

Type typeOfPayload(std::string_view protocol, std::string_view field)
{
    if (protocol == "ip" || protocol == "ip6") {
        if (field == "saddr" || field == "daddr")
            return protocol == "ip" ? Type::Ipv4 : Type::Ipv6;
        if (field == "protocol" || field == "nexthdr")
            return Type::Protocol;
        return field == "dscp" ? Type::Dscp : field == "ecn" ? Type::Ecn : Type::Integer;
    }
    if (protocol == "icmp" || protocol == "icmpv6") {
        const bool v6 = protocol == "icmpv6";
        if (field == "type")
            return v6 ? Type::Icmp6Type : Type::IcmpType;
        if (field == "code")
            return v6 ? Type::Icmp6Code : Type::IcmpCode;
        return Type::Integer;
    }
    if (protocol == "tcp" && field == "flags")
        return Type::TcpFlags;
    if (protocol == "ether" || protocol == "arp")
        return field == "type" ? Type::EtherType : Type::Unknown;
    return Type::Integer;
}

Type typeOfConnection(std::string_view key)
{
    if (key == "state")
        return Type::ConnectionState;
    if (key == "status")
        return Type::ConnectionStatus;
    if (key == "direction")
        return Type::Direction;
    if (key == "mark")
        return Type::Mark;
    if (key == "l3proto")
        return Type::Family;
    if (key == "protocol")
        return Type::Protocol;
    if (key == "helper")
        return Type::Name;
    if (key == "label")
        return Type::Unknown;
    if (key.ends_with("saddr") || key.ends_with("daddr"))
        return key.starts_with("ip6") ? Type::Ipv6 : Type::Ipv4;
    return Type::Integer;
}

void addTypes(const Expression& e, std::vector<Type>& types)
{
    switch (e.kind) {
    case Kind::Concat:
        for (const Expression& item : e.items)
            addTypes(item, types);
        return;
    case Kind::And:
    case Kind::Or:
    case Kind::Xor:
    case Kind::ShiftLeft:
    case Kind::ShiftRight: {
        const std::size_t before = types.size();
        if (!e.items.empty())
            addTypes(e.items[0], types);
        types.resize(before + 1, Type::Unknown);
        return;
    }
    case Kind::Meta: types.push_back(typeOfMeta(e.text)); return;
    case Kind::Payload: types.push_back(typeOfPayload(e.text, e.field)); return;
    case Kind::Ct: types.push_back(typeOfConnection(e.text)); return;
    case Kind::Fib: types.push_back(e.text == "type" ? Type::FibType : Type::Name); return;
    case Kind::RawPayload:
    case Kind::Numgen:
    case Kind::Hash: types.push_back(Type::Integer); return;
    case Kind::Socket: types.push_back(e.text == "mark" ? Type::Mark : Type::Integer); return;
    case Kind::Option: types.push_back(e.field.find(' ') == std::string::npos ? Type::Truth : Type::Integer); return;
    default: types.push_back(Type::Unknown); return;
    }
}

} // namespace

std::vector<Type> typesOf(const Expression& selector)
{
    std::vector<Type> types;
    addTypes(selector, types);
    return types;
}

std::optional<Range> constant(Type type, const Expression& e)
{
    switch (e.kind) {
    case Kind::Number:
        if (type == Type::Name) // presence of a device, or its number, which only the kernel knows
            return e.number == 0 ? std::optional<Range>(exactly(0)) : std::nullopt;
        return type == Type::Unknown && e.text.empty() ? std::nullopt : std::optional<Range>(exactly(static_cast<std::uint64_t>(e.number)));
    case Kind::Symbol: return symbol(type, e.text);
    case Kind::Prefix: {
        const auto address = IpAddress::parse(e.text);
        if (!address || (type != Type::Ipv4 && type != Type::Ipv6) || address->isV6() != (type == Type::Ipv6) || e.number < 0
            || e.number > address->bits())
            return std::nullopt;
        const IpPrefix prefix = IpPrefix::of(*address, static_cast<int>(e.number));
        IpAddress last = prefix.address;
        last.hi |= ~prefix.maskHi;
        last.lo |= ~prefix.maskLo;
        return Range {wordOf(prefix.address), wordOf(last)};
    }
    case Kind::Range: {
        if (e.items.size() != 2)
            return std::nullopt;
        const auto low = constant(type, e.items[0]), high = constant(type, e.items[1]);
        if (!low || !high || high->to < low->from)
            return std::nullopt;
        return Range {low->from, high->to};
    }
    case Kind::Flags:
    case Kind::Or: {
        Word bits;
        for (const Expression& item : e.items) {
            const auto one = constant(type, item);
            if (!one || !one->exact())
                return std::nullopt;
            bits = bits | one->from;
        }
        return Range {bits, bits};
    }
    default: return std::nullopt;
    }
}

} // namespace medic::netfilter::nftables
