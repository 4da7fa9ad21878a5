// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/iptables_rule_reader.h"
#include "diagnostics/parse/iptables_save.h"

#include <algorithm>

namespace medic::iptables {

namespace {

using Cursor = RuleReader::Cursor;

/// Go on with the next rule and change nothing that a trace follows.
constexpr std::array<std::string_view, 21> continuing {"LOG", "NFLOG", "ULOG", "TRACE", "SET", "TCPMSS", "CHECKSUM",
    "CLASSIFY", "TTL", "HL", "AUDIT", "SECMARK", "CONNSECMARK", "RATEEST", "IDLETIMER", "LED", "TEE",
    "TCPOPTSTRIP", "ECN", "ACCOUNT", "NFACCT"};
constexpr std::array<std::string_view, 5> opaque {"SYNPROXY", "CLUSTERIP", "HMARK", "DNETMAP", "TARPIT"};

template<std::size_t n>
bool contains(const std::array<std::string_view, n>& names, std::string_view name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Calls `option(name, cursor)` for each option; false as soon as one is not understood.
template<typename Option>
bool eachOption(Cursor& cursor, Option option)
{
    cursor.invert = false;
    for (auto name = cursor.value(); name; name = cursor.value()) {
        if (!option(*name))
            return false;
        cursor.invert = false;
    }
    return true;
}

bool readPortsOfNat(std::string_view text, NatTarget& target)
{
    const auto slash = text.find('/');
    if (slash != std::string_view::npos) {
        const auto base = readNumber(text.substr(slash + 1));
        if (!base || *base > 65535)
            return false;
        target.basePort = static_cast<std::uint16_t>(*base);
        text = text.substr(0, slash);
    }
    const auto ports = readPorts(text, '-');
    if (!ports)
        return false;
    target.hasPorts = true;
    target.portFrom = ports->from;
    target.portTo = ports->to;
    return true;
}

/// "addr[-addr][:port[-port]]", IPv6 with ports in brackets, ":port".
bool readNatAddress(std::string_view text, NatTarget& target, IpFamily family)
{
    std::string_view addresses = text, ports;
    if (text.starts_with('[')) {
        const auto close = text.rfind(']');
        if (close == std::string_view::npos)
            return false;
        addresses = text.substr(1, close - 1);
        const auto rest = text.substr(close + 1);
        if (!rest.empty() && rest.front() != ':')
            return false;
        ports = rest.empty() ? rest : rest.substr(1);
    } else if (family == IpFamily::V4) {
        const auto colon = text.find(':');
        addresses = text.substr(0, colon);
        ports = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    } else if (text.starts_with(':') && !text.starts_with("::")) {
        addresses = {};
        ports = text.substr(1);
    }
    if (!addresses.empty()) {
        // "[a]-[b]" keeps inner brackets: strip them.
        const auto dash = addresses.find('-');
        auto first = addresses.substr(0, dash);
        auto last = dash == std::string_view::npos ? first : addresses.substr(dash + 1);
        const auto strip = [](std::string_view part) {
            if (part.starts_with('['))
                part.remove_prefix(1);
            if (part.ends_with(']'))
                part.remove_suffix(1);
            return part;
        };
        const auto from = IpAddress::parse(strip(first));
        const auto to = IpAddress::parse(strip(last));
        if (!from || !to || from->family != family || to->family != family)
            return false;
        target.from = *from;
        target.to = *to;
    }
    return ports.empty() || readPortsOfNat(ports, target);
}

std::optional<Target> makeNat(std::string_view name, Cursor& cursor, IpFamily family)
{
    NatTarget target;
    target.kind = name == "DNAT" ? NatTarget::Kind::Dnat
        : name == "SNAT"         ? NatTarget::Kind::Snat
        : name == "MASQUERADE"   ? NatTarget::Kind::Masquerade
        : name == "REDIRECT"     ? NatTarget::Kind::Redirect
                                 : NatTarget::Kind::Netmap;
    const bool ok = eachOption(cursor, [&](std::string_view option) {
        if (option == "--random")
            return target.random = true;
        if (option == "--random-fully")
            return target.fullyRandom = true;
        if (option == "--persistent")
            return target.persistent = true;
        const auto value = cursor.value();
        if (!value)
            return false;
        if (option == "--to-destination" || option == "--to-source")
            return readNatAddress(*value, target, family);
        if (option == "--to-ports" || option == "--to-port")
            return readPortsOfNat(*value, target);
        if (option == "--to" && target.kind == NatTarget::Kind::Netmap) {
            const auto prefix = IpPrefix::parse(*value);
            if (!prefix || prefix->address.family != family)
                return false;
            target.from = prefix->address;
            target.netmapLength = static_cast<std::uint8_t>(prefix->length());
            return true;
        }
        return false;
    });
    return ok ? std::optional<Target>(target) : std::nullopt;
}

/// AF11 …, CS0 …, EF, BE
bool dscpClass(std::string_view name, std::uint32_t& into)
{
    const auto digit = [&](std::size_t at) { return static_cast<std::uint32_t>(name[at] - '0'); };
    if (name == "EF" || name == "ef")
        return into = 46, true;
    if (name == "BE" || name == "be")
        return into = 0, true;
    const bool cs = name.size() == 3 && (name.starts_with("CS") || name.starts_with("cs"));
    const bool af = name.size() == 4 && (name.starts_with("AF") || name.starts_with("af"));
    if ((!cs && !af) || digit(2) > 7 || (af && digit(3) > 3))
        return false;
    into = cs ? digit(2) << 3 : digit(2) << 3 | digit(3) << 1;
    return true;
}

std::optional<Target> makeMark(Cursor& cursor)
{
    MarkTarget target;
    bool has = false;
    const bool ok = eachOption(cursor, [&](std::string_view option) {
        const auto value = cursor.value();
        std::uint32_t bits = 0, mask = 0xffffffff;
        if (!value || !readMasked(*value, bits, mask))
            return false;
        has = true;
        if (option == "--set-xmark")
            target = {bits, mask};
        else if (option == "--set-mark")
            target = {bits, bits | mask};
        else if (option == "--or-mark")
            target = {bits, bits};
        else if (option == "--and-mark")
            target = {0, ~bits};
        else if (option == "--xor-mark")
            target = {bits, 0};
        else
            return false;
        return true;
    });
    return ok && has ? std::optional<Target>(target) : std::nullopt;
}

std::optional<Target> makeConnmark(Cursor& cursor)
{
    ConnmarkTarget target;
    const bool ok = eachOption(cursor, [&](std::string_view option) {
        if (option == "--save-mark")
            return target.mode = ConnmarkTarget::Mode::Save, true;
        if (option == "--restore-mark")
            return target.mode = ConnmarkTarget::Mode::Restore, true;
        const auto value = cursor.value();
        std::uint32_t bits = 0, mask = 0xffffffff;
        if (!value || !readMasked(*value, bits, mask))
            return false;
        if (option == "--set-xmark")
            target.value = bits, target.ctMask = mask;
        else if (option == "--set-mark")
            target.value = bits, target.ctMask = bits | mask;
        else if (option == "--or-mark")
            target.value = bits, target.ctMask = bits;
        else if (option == "--and-mark")
            target.value = 0, target.ctMask = ~bits;
        else if (option == "--xor-mark")
            target.value = bits, target.ctMask = 0;
        else if (option == "--nfmask")
            target.packetMask = bits;
        else if (option == "--ctmask")
            target.ctMask = bits;
        else if (option == "--mask")
            target.packetMask = target.ctMask = bits;
        else
            return false;
        return true;
    });
    return ok ? std::optional<Target>(target) : std::nullopt;
}

std::optional<Target> makeCt(Cursor& cursor)
{
    CtTarget target;
    const bool ok = eachOption(cursor, [&](std::string_view option) {
        if (option == "--notrack")
            return target.notrack = true;
        const auto value = cursor.value();
        if (!value)
            return false;
        if (option == "--zone" || option == "--zone-orig" || option == "--zone-reply") {
            target.zoneDirections = option == "--zone" ? 3 : option == "--zone-orig" ? 1 : 2;
            target.zoneByMark = *value == "mark";
            const auto number = readNumber(*value);
            if (number && *number <= 0xffff)
                target.zone = static_cast<std::uint16_t>(*number);
            return target.zoneByMark || target.zone;
        }
        return option == "--helper" || option == "--ctevents" || option == "--expevents" || option == "--timeout";
    });
    return ok ? std::optional<Target>(target) : std::nullopt;
}

std::optional<Target> makeTproxy(Cursor& cursor, IpFamily family)
{
    TproxyTarget target;
    const bool ok = eachOption(cursor, [&](std::string_view option) {
        const auto value = cursor.value();
        if (!value)
            return false;
        if (option == "--on-port") {
            const auto number = readNumber(*value);
            target.port = static_cast<std::uint16_t>(number.value_or(0));
            return number && *number <= 65535;
        }
        if (option == "--on-ip") {
            const auto address = IpAddress::parse(*value);
            if (!address || address->family != family)
                return false;
            return target.address = *address, true;
        }
        target.mask = 0xffffffff;
        return option == "--tproxy-mark" && readMasked(*value, target.mark, target.mask);
    });
    return ok ? std::optional<Target>(target) : std::nullopt;
}

/// -j TOS --set-tos V[/M] (xt_DSCP.c: (tos & ~mask) ^ value), -j DSCP --set-dscp V | --set-dscp-class NAME
std::optional<Target> makeTos(bool dscp, Cursor& cursor)
{
    TosTarget target;
    bool has = false;
    const bool ok = eachOption(cursor, [&](std::string_view option) {
        const auto value = cursor.value();
        std::uint32_t bits = 0, mask = 0xff;
        if (!value)
            return false;
        has = true;
        if (dscp && option == "--set-dscp-class")
            return dscpClass(*value, bits) && (target = {static_cast<std::uint8_t>(bits << 2), 0xfc}, true);
        if (!readMasked(*value, bits, mask) || bits > 0xff || mask > 0xff)
            return false;
        if (dscp)
            return option == "--set-dscp" && bits < 64 && (target = {static_cast<std::uint8_t>(bits << 2), 0xfc}, true);
        if (option == "--set-tos") // without a mask: all bits
            target = {static_cast<std::uint8_t>(bits), static_cast<std::uint8_t>(mask)};
        else if (option == "--or-tos")
            target = {static_cast<std::uint8_t>(bits), static_cast<std::uint8_t>(bits)};
        else if (option == "--and-tos")
            target = {0, static_cast<std::uint8_t>(~bits)};
        else if (option == "--xor-tos")
            target = {static_cast<std::uint8_t>(bits), 0};
        else
            return false;
        return true;
    });
    return ok && has ? std::optional<Target>(target) : std::nullopt;
}

std::optional<Target> makeReject(Cursor& cursor, IpFamily family)
{
    RejectTarget target {family == IpFamily::V6 ? "icmp6-port-unreachable" : "icmp-port-unreachable"};
    const bool ok = eachOption(cursor, [&](std::string_view option) {
        const auto value = cursor.value();
        if (option != "--reject-with" || !value)
            return false;
        return target.with = *value, true;
    });
    return ok ? std::optional<Target>(target) : std::nullopt;
}

std::optional<Target> makeQueue(Cursor& cursor)
{
    QueueTarget target;
    const bool ok = eachOption(cursor, [&](std::string_view option) {
        if (option == "--queue-bypass")
            return target.bypass = true;
        if (option == "--queue-cpu-fanout")
            return true;
        const auto value = cursor.value();
        const auto number = value ? readNumber(value->substr(0, value->find(':'))) : std::nullopt;
        if (!number || (option != "--queue-num" && option != "--queue-balance"))
            return false;
        return target.number = static_cast<std::uint16_t>(*number), true;
    });
    return ok ? std::optional<Target>(target) : std::nullopt;
}

std::optional<Target> makeTyped(std::string_view name, Cursor& cursor, IpFamily family)
{
    if (name == "DNAT" || name == "SNAT" || name == "MASQUERADE" || name == "REDIRECT" || name == "NETMAP")
        return makeNat(name, cursor, family);
    if (name == "MARK")
        return makeMark(cursor);
    if (name == "CONNMARK")
        return makeConnmark(cursor);
    if (name == "CT")
        return makeCt(cursor);
    if (name == "TPROXY")
        return makeTproxy(cursor, family);
    if (name == "REJECT")
        return makeReject(cursor, family);
    if (name == "TOS" || name == "DSCP")
        return makeTos(name == "DSCP", cursor);
    return makeQueue(cursor); // NFQUEUE
}

} // namespace

Target makeTarget(std::string_view name, RuleReader::Cursor& cursor, IpFamily family)
{
    if (name == "ACCEPT")
        return VerdictTarget {VerdictTarget::Kind::Accept};
    if (name == "DROP")
        return VerdictTarget {VerdictTarget::Kind::Drop};
    if (name == "RETURN")
        return VerdictTarget {VerdictTarget::Kind::Return};
    if (name == "QUEUE")
        return QueueTarget {};
    if (name == "NOTRACK")
        return CtTarget {.notrack = true};
    constexpr std::array<std::string_view, 13> typed {"DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP", "MARK",
                                                      "CONNMARK", "CT", "TPROXY", "REJECT", "TOS", "DSCP", "NFQUEUE"};
    if (contains(typed, name)) {
        if (auto target = makeTyped(name, cursor, family))
            return std::move(*target);
        while (cursor.value()) { }
        return UnknownTarget {name, {}};
    }
    if (contains(continuing, name)) {
        while (cursor.value()) { }
        return ContinueTarget {name};
    }
    if (contains(opaque, name)) {
        while (cursor.value()) { }
        return UnknownTarget {name, {}};
    }
    return JumpTarget {name, -1, false}; // resolved when the whole table is read
}

const std::vector<ExtensionStatus>& knownTargets()
{
    static const std::vector<ExtensionStatus> table = [] {
        std::vector<ExtensionStatus> all {{"ACCEPT", "decided"}, {"DROP", "decided"}, {"RETURN", "decided"},
            {"MARK", "decided"}, {"CONNMARK", "decided"}, {"DNAT", "decided"}, {"SNAT", "decided"},
            {"MASQUERADE", "three-valued"}, {"REDIRECT", "three-valued"}, {"NETMAP", "decided"},
            {"REJECT", "decided"}, {"NFQUEUE", "three-valued"}, {"QUEUE", "three-valued"}, {"CT", "decided"},
            {"NOTRACK", "decided"}, {"TOS", "decided"}, {"DSCP", "decided"}, {"TPROXY", "three-valued"}};
        for (const auto name : continuing)
            all.push_back({name, "continues"});
        for (const auto name : opaque)
            all.push_back({name, "text"});
        return all;
    }();
    return table;
}

} // namespace medic::iptables
