// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/iptables_match_fields.h"

#include <cmath>
#include <cstdlib>

namespace medic::iptables {

namespace {

using Cursor = RuleReader::Cursor;
using matchoption::set; // of header fields

constexpr std::string_view needsRate = "depends on the rate of packets, which a dump does not hold";
constexpr std::string_view needsSocket = "depends on the sockets of the node, which a dump does not hold";
constexpr std::string_view needsPayload = "depends on the packet's content";
constexpr std::string_view needsClock = "depends on the time of day";
constexpr std::string_view needsHeader = "depends on a header field that was not given";
constexpr std::string_view needsState = "depends on a state that a dump does not hold";
constexpr std::string_view notKnown = "this extension is not known";

struct TextMatch {
    std::string_view name, reason;
};
constexpr std::array<TextMatch, 40> textMatches {{
    {"limit", needsRate}, {"hashlimit", needsRate}, {"connlimit", needsState}, {"connbytes", needsState},
    {"rateest", needsRate}, {"quota", needsState}, {"socket", needsSocket}, {"cgroup", needsSocket},
    {"time", needsClock}, {"bpf", needsPayload}, {"u32", needsPayload}, {"string", needsPayload},
    {"mac", needsHeader}, {"length", needsHeader}, {"ttl", needsHeader}, {"hl", needsHeader}, {"ecn", needsHeader},
    {"tcpmss", needsHeader}, {"policy", "depends on IPsec policies"}, {"realm", needsState}, {"cluster", needsState},
    {"helper", needsState}, {"connlabel", needsState}, {"cpu", needsState}, {"devgroup", needsState},
    {"dccp", needsHeader}, {"esp", needsHeader}, {"ah", needsHeader}, {"frag", needsHeader}, {"rt", needsHeader},
    {"hbh", needsHeader}, {"dst", needsHeader}, {"mh", needsHeader}, {"ipv6header", needsHeader},
    {"eui64", needsHeader}, {"osf", needsPayload}, {"srh", needsHeader}, {"geoip", needsState},
    {"ipp2p", needsPayload}, {"unclean", needsPayload},
}};

template<typename Table, typename Value>
bool wordList(std::string_view text, const Table& table, Value& into)
{
    into = 0;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const auto word = text.substr(0, comma);
        bool known = false;
        for (const auto& [name, bit] : table)
            if (word == name) {
                into = static_cast<Value>(into | bit);
                known = true;
            }
        if (!known)
            return false;
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    }
    return into != 0;
}

bool set(ConntrackMatch& match, std::string_view option, Cursor& cursor, IpFamily family)
{
    constexpr std::array<std::pair<std::string_view, std::uint16_t>, 7> states {{{"INVALID", ctbit::isInvalid},
        {"NEW", ctbit::isNew}, {"ESTABLISHED", ctbit::isEstablished}, {"RELATED", ctbit::isRelated},
        {"UNTRACKED", ctbit::isUntracked}, {"SNAT", ctbit::isSnat}, {"DNAT", ctbit::isDnat}}};
    const auto value = cursor.value();
    if (!value)
        return false;
    if (option == "--ctstate" || option == "--state") {
        match.notStates = cursor.invert;
        return wordList(*value, states, match.states);
    }
    ConntrackDetail detail = match.detail ? *match.detail : ConntrackDetail {};
    const auto invert = [&](int bit) {
        if (cursor.invert)
            detail.inverted = static_cast<std::uint16_t>(detail.inverted | 1U << bit);
    };
    const auto address = [&](IpPrefix& into, int bit) {
        const auto prefix = IpPrefix::parse(*value);
        invert(bit);
        if (!prefix || prefix->address.family != family)
            return false;
        into = *prefix;
        return true;
    };
    const auto port = [&](PortRange& into, int bit) {
        const auto range = readPorts(*value);
        invert(bit);
        if (!range)
            return false;
        into = *range;
        return true;
    };
    bool ok = false;
    if (option == "--ctorigsrc")
        ok = address(detail.origSource, 0);
    else if (option == "--ctorigdst")
        ok = address(detail.origDestination, 1);
    else if (option == "--ctreplsrc")
        ok = address(detail.replySource, 2);
    else if (option == "--ctrepldst")
        ok = address(detail.replyDestination, 3);
    else if (option == "--ctorigsrcport")
        ok = port(detail.origSourcePort, 4);
    else if (option == "--ctorigdstport")
        ok = port(detail.origDestinationPort, 5);
    else if (option == "--ctreplsrcport")
        ok = port(detail.replySourcePort, 6);
    else if (option == "--ctrepldstport")
        ok = port(detail.replyDestinationPort, 7);
    else if (option == "--ctproto") {
        const auto number = protocolNumber(*value);
        detail.protocol = number.value_or(0);
        detail.hasProtocol = ok = number.has_value();
        invert(8);
    } else if (option == "--ctstatus") {
        constexpr std::array<std::pair<std::string_view, std::uint16_t>, 5> names {
            {{"EXPECTED", 1}, {"SEEN_REPLY", 2}, {"ASSURED", 4}, {"CONFIRMED", 8}, {"NONE", 16}}};
        detail.hasStatus = ok = wordList(*value, names, detail.status);
        invert(9);
    } else if (option == "--ctdir") {
        detail.direction = *value == "ORIGINAL" ? 1 : *value == "REPLY" ? 2 : 0;
        ok = detail.direction != 0;
        if (cursor.invert && ok)
            detail.direction = static_cast<std::uint8_t>(3 - detail.direction);
    } else if (option == "--ctexpire") {
        detail.hasExpire = ok = true;
    }
    if (ok)
        match.detail = std::make_shared<const ConntrackDetail>(detail);
    return ok;
}

bool set(AddrtypeMatch& match, std::string_view option, Cursor& cursor, IpFamily)
{
    constexpr std::array<std::pair<std::string_view, std::uint16_t>, 9> types {{{"UNSPEC", addrtype::isUnspec},
        {"UNICAST", addrtype::isUnicast}, {"LOCAL", addrtype::isLocal}, {"BROADCAST", addrtype::isBroadcast},
        {"ANYCAST", addrtype::isAnycast}, {"MULTICAST", addrtype::isMulticast},
        {"BLACKHOLE", addrtype::isBlackhole}, {"UNREACHABLE", addrtype::isUnreachable},
        {"PROHIBIT", addrtype::isProhibit}}};
    if (option == "--limit-iface-in")
        return match.limitIn = true;
    if (option == "--limit-iface-out")
        return match.limitOut = true;
    const bool source = option == "--src-type";
    if (!source && option != "--dst-type")
        return false;
    const auto value = cursor.value();
    (source ? match.notSource : match.notDestination) = cursor.invert;
    return value && wordList(*value, types, source ? match.source : match.destination);
}

bool set(PhysdevMatch& match, std::string_view option, Cursor& cursor, IpFamily)
{
    if (option == "--physdev-is-in")
        return match.isIn = true, match.notIsIn = cursor.invert, true;
    if (option == "--physdev-is-out")
        return match.isOut = true, match.notIsOut = cursor.invert, true;
    if (option == "--physdev-is-bridged")
        return match.isBridged = true, match.notIsBridged = cursor.invert, true;
    const bool in = option == "--physdev-in";
    if (!in && option != "--physdev-out")
        return false;
    const auto value = cursor.value();
    (in ? match.in : match.out) = value.value_or(std::string_view());
    (in ? match.notIn : match.notOut) = cursor.invert;
    return value.has_value();
}

bool set(SetMatch& match, std::string_view option, Cursor& cursor, IpFamily)
{
    if (option == "--return-nomatch" || option == "--update-counters" || option == "--update-subcounters")
        return option != "--return-nomatch"; // changes what "nomatch" entries answer: left undecidable
    if (option != "--match-set" && option != "--set")
        return false;
    const auto name = cursor.value();
    auto flags = cursor.value().value_or(std::string_view());
    if (!name || flags.empty())
        return false;
    match.set = *name;
    match.invert = cursor.invert;
    match.dimensions = match.sources = 0;
    while (!flags.empty()) {
        const auto comma = flags.find(',');
        const auto word = flags.substr(0, comma);
        if ((word != "src" && word != "dst") || match.dimensions == 6)
            return false;
        if (word == "src")
            match.sources = static_cast<std::uint8_t>(match.sources | 1U << match.dimensions);
        ++match.dimensions;
        flags = comma == std::string_view::npos ? std::string_view() : flags.substr(comma + 1);
    }
    return true;
}

bool set(StatisticMatch& match, std::string_view option, Cursor& cursor, IpFamily)
{
    const auto value = cursor.value();
    if (!value)
        return false;
    match.invert = match.invert || cursor.invert;
    if (option == "--mode") {
        match.nth = *value == "nth";
        return match.nth || *value == "random";
    }
    if (option == "--probability") {
        const std::string text(*value);
        char* end = nullptr;
        const double share = std::strtod(text.c_str(), &end);
        if (end == text.c_str() || *end != '\0' || !(share >= 0.0 && share <= 1.0))
            return false;
        match.probability = static_cast<std::uint32_t>(std::lround(share * 0x80000000L));
        return true;
    }
    const auto number = readNumber(*value);
    if (!number)
        return false;
    if (option == "--every")
        return match.every = *number, *number > 0;
    if (option == "--packet")
        return match.packet = *number, true;
    return false;
}

bool set(RecentMatch& match, std::string_view option, Cursor& cursor, IpFamily family)
{
    const bool mode = option == "--set" || option == "--rcheck" || option == "--update" || option == "--remove";
    if (mode) {
        match.mode = option == "--set" ? RecentMatch::Mode::Set
            : option == "--rcheck"     ? RecentMatch::Mode::Check
            : option == "--update"     ? RecentMatch::Mode::Update
                                       : RecentMatch::Mode::Remove;
        match.invert = cursor.invert;
        return true;
    }
    if (option == "--rsource")
        return match.byDestination = false, true;
    if (option == "--rdest")
        return match.byDestination = true;
    if (option == "--reap")
        return match.reap = true;
    if (option == "--rttl")
        return match.ttl = true;
    const auto value = cursor.value();
    if (!value)
        return false;
    if (option == "--name")
        return match.name = *value, true;
    if (option == "--mask") {
        const auto mask = IpAddress::parse(*value);
        if (!mask || mask->family != family)
            return false;
        return match.mask = *mask, true;
    }
    const auto number = readNumber(*value);
    if (number && option == "--seconds")
        return match.seconds = *number, true;
    if (number && option == "--hitcount")
        return match.hits = *number, true;
    return false;
}

bool set(OwnerMatch& match, std::string_view option, Cursor& cursor, IpFamily)
{
    if (!cursor.invert)
        match.allNegated = false;
    if (option == "--socket-exists" || option == "--suppl-groups")
        return true;
    if (option == "--uid-owner" || option == "--gid-owner" || option == "--pid-owner" || option == "--sid-owner"
        || option == "--cmd-owner") {
        match.asksIdentity = true;
        return cursor.value().has_value();
    }
    return false;
}

bool set(IpvsMatch& match, std::string_view option, Cursor& cursor, IpFamily family)
{
    if (option == "--ipvs") {
        match.hasProperty = true;
        match.notProperty = cursor.invert;
        return true;
    }
    const auto value = cursor.value();
    if (!value)
        return false;
    if (option == "--vaddr") {
        const auto prefix = IpPrefix::parse(*value);
        match.notAddress = cursor.invert;
        if (!prefix || prefix->address.family != family)
            return false;
        return match.address = *prefix, true;
    }
    if (option == "--vport") {
        const auto number = readNumber(*value);
        match.notPort = cursor.invert;
        if (!number || *number > 65535)
            return false;
        return match.port = static_cast<std::uint16_t>(*number), true;
    }
    if (option == "--vproto") {
        match.notProtocol = cursor.invert;
        match.protocol = protocolNumber(*value).value_or(0);
        return match.protocol != 0;
    }
    if (option == "--vdir")
        return match.direction = *value == "ORIGINAL" ? 1 : 2, *value == "ORIGINAL" || *value == "REPLY";
    if (option == "--vmethod" && !value->empty()) {
        match.notMethod = cursor.invert;
        return match.method = static_cast<std::uint8_t>(value->front()), true;
    }
    return false;
}

bool set(RpfilterMatch& match, std::string_view option, Cursor&, IpFamily)
{
    if (option == "--loose")
        return match.loose = true;
    if (option == "--validmark")
        return match.validMark = true;
    if (option == "--accept-local")
        return match.acceptLocal = true;
    return option == "--invert" && (match.invert = true);
}

bool set(NfacctMatch& match, std::string_view option, Cursor& cursor, IpFamily)
{
    if (option != "--nfacct-name")
        return false;
    const auto value = cursor.value();
    match.name = value.value_or(std::string_view());
    return value.has_value();
}

bool set(UndecidableMatch&, std::string_view, Cursor&, IpFamily) { return false; }

} // namespace

bool setMatchOption(Match& match, std::string_view option, RuleReader::Cursor& cursor, IpFamily family)
{
    return std::visit([&](auto& typed) { return set(typed, option, cursor, family); }, match);
}

Match makeMatch(std::string_view name, IpFamily family)
{
    if (name == "tcp")
        return PortsMatch {.protocol = proto::tcp};
    if (name == "udp")
        return PortsMatch {.protocol = proto::udp};
    if (name == "sctp")
        return PortsMatch {.protocol = proto::sctp};
    if (name == "udplite")
        return PortsMatch {.protocol = proto::udplite};
    if (name == "conntrack" || name == "state")
        return ConntrackMatch {};
    if (name == "mark")
        return MarkMatch {};
    if (name == "connmark")
        return MarkMatch {.connection = true};
    if (name == "addrtype")
        return AddrtypeMatch {};
    if (name == "statistic")
        return StatisticMatch {};
    if (name == "set")
        return SetMatch {};
    if (name == "multiport" || name == "mport")
        return MultiportMatch {};
    if (name == "recent")
        return RecentMatch {.name = "DEFAULT"};
    if (name == "physdev")
        return PhysdevMatch {};
    if (name == "icmp")
        return IcmpMatch {};
    if (name == "icmp6" || name == "icmpv6" || name == "ipv6-icmp")
        return IcmpMatch {.v6 = true};
    if (name == "iprange")
        return IpRangeMatch {};
    if (name == "owner")
        return OwnerMatch {};
    if (name == "ipvs")
        return IpvsMatch {};
    if (name == "rpfilter")
        return RpfilterMatch {};
    if (name == "nfacct")
        return NfacctMatch {};
    if (name == "dscp" || name == "tos")
        return DscpMatch {};
    if (name == "pkttype")
        return PkttypeMatch {};
    (void)family;
    for (const auto& [known, reason] : textMatches)
        if (known == name)
            return UndecidableMatch {name, {}, reason};
    return UndecidableMatch {name, {}, notKnown};
}

const std::vector<ExtensionStatus>& knownMatches()
{
    static const std::vector<ExtensionStatus> table = [] {
        std::vector<ExtensionStatus> all {{"comment", "decided"}, {"tcp", "decided"}, {"udp", "decided"},
            {"sctp", "decided"}, {"udplite", "decided"}, {"icmp", "decided"}, {"icmp6", "decided"},
            {"multiport", "decided"}, {"mark", "decided"}, {"connmark", "decided"}, {"conntrack", "three-valued"},
            {"state", "three-valued"}, {"addrtype", "three-valued"}, {"physdev", "three-valued"},
            {"set", "three-valued"}, {"statistic", "decided"}, {"recent", "three-valued"}, {"iprange", "decided"},
            {"owner", "three-valued"}, {"ipvs", "decided"}, {"rpfilter", "three-valued"},
            {"nfacct", "three-valued"}, {"dscp", "decided"}, {"tos", "decided"}, {"pkttype", "decided"}};
        for (const auto& [name, reason] : textMatches)
            all.push_back({name, "text"});
        return all;
    }();
    return table;
}

} // namespace medic::iptables
