// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/iproute.h"

#include "diagnostics/parse/json_error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace medic::iproute {

namespace {

using nlohmann::json;

/// A text, or a number as iproute2 shows tables without a name: "table": 100.
std::string str(const json& object, const char* key)
{
    const auto found = object.find(key);
    if (found == object.end())
        return {};
    return found->is_string() ? found->get<std::string>() : found->is_number_unsigned() ? found->dump() : std::string();
}

/// Numbers as iproute2 prints them: JSON numbers, "0x1f", "31".
std::optional<std::uint32_t> number(const json& object, const char* key)
{
    const auto found = object.find(key);
    if (found == object.end())
        return std::nullopt;
    if (found->is_number_integer() || found->is_number_unsigned()) {
        const auto value = found->get<std::int64_t>();
        return value < 0 || value > 0xffffffffLL ? std::nullopt : std::optional(static_cast<std::uint32_t>(value));
    }
    if (!found->is_string())
        return std::nullopt;
    std::string text = found->get<std::string>();
    const bool hex = text.starts_with("0x");
    std::uint32_t value = 0;
    const char* const begin = text.data() + (hex ? 2 : 0);
    const auto [end, error] = std::from_chars(begin, text.data() + text.size(), value, hex ? 16 : 10);
    if (error != std::errc() || end == begin)
        return std::nullopt;
    return value;
}

bool hasFlag(const json& object, std::string_view flag)
{
    const auto flags = object.find("flags");
    if (flags == object.end() || !flags->is_array())
        return false;
    return std::any_of(flags->begin(), flags->end(),
                       [&](const json& one) { return one.is_string() && one.get_ref<const std::string&>() == flag; });
}

Result<json> readList(std::string_view text, std::string_view file)
{
    json parsed = json::parse(text, nullptr, false);
    if (parsed.is_discarded() || !parsed.is_array())
        return failure(ErrorCode::BadSyntax, std::string(file) + ':' + std::to_string(std::max(1, parse::jsonErrorLine(text))), "expected the output of ip -j");
    return parsed;
}

IpAddress address(const std::string& text) { return IpAddress::parse(text).value_or(IpAddress {}); }

Address readAddress(const json& entry)
{
    Address result {.local = address(str(entry, "local")), .peer = address(str(entry, "address"))};
    result.prefixLength = static_cast<int>(number(entry, "prefixlen").value_or(0));
    result.scope = str(entry, "scope");
    const auto flag = [&](const char* name) { return entry.contains(name) && entry[name] != false; };
    result.secondary = flag("secondary");
    result.deprecated = flag("deprecated");
    result.tentative = flag("tentative") || flag("dadfailed");
    result.temporary = flag("temporary");
    return result;
}

Link readLink(const json& entry)
{
    Link link;
    link.index = static_cast<int>(number(entry, "ifindex").value_or(0));
    link.name = str(entry, "ifname");
    if (const auto at = link.name.find('@'); at != std::string::npos)
        link.name.resize(at);
    link.master = str(entry, "master");
    link.mac = str(entry, "address");
    link.up = hasFlag(entry, "UP");
    link.loopback = hasFlag(entry, "LOOPBACK");
    link.noArp = hasFlag(entry, "NOARP");
    link.groups = hasFlag(entry, "MASTER");
    link.promiscuity = static_cast<int>(number(entry, "promiscuity").value_or(0));
    if (const auto info = entry.find("linkinfo"); info != entry.end() && info->is_object()) {
        link.kind = str(*info, "info_kind");
        if (const auto slave = info->find("info_slave_data"); slave != info->end() && slave->is_object())
            if (const auto hairpin = slave->find("hairpin"); hairpin != slave->end() && hairpin->is_boolean())
                link.hairpin = hairpin->get<bool>();
    }
    if (const auto info = entry.find("linkinfo"); info != entry.end() && info->is_object())
        if (const auto data = info->find("info_data"); data != info->end() && data->is_object()) {
            link.tunnelPort = static_cast<std::uint16_t>(number(*data, "port").value_or(0));
            link.tunnelLocal = address(str(*data, data->contains("local6") ? "local6" : "local"));
        }
    if (const auto list = entry.find("addr_info"); list != entry.end() && list->is_array())
        for (const json& one : *list)
            if (one.is_object())
                if (auto read = readAddress(one); !read.local.isNone())
                    link.addresses.push_back(std::move(read));
    return link;
}

Result<std::vector<Link>> readLinks(std::string_view text, std::string_view file)
{
    const auto list = readList(text, file);
    if (!list)
        return tl::unexpected(list.error());
    std::vector<Link> links;
    for (const json& entry : *list) {
        if (!entry.is_object())
            return failure(ErrorCode::BadSyntax, std::string(file) + ":1", "expected the output of ip -j");
        if (auto link = readLink(entry); !link.name.empty())
            links.push_back(std::move(link));
    }
    return links;
}

std::string routeText(const Route& route, const json* entry)
{
    std::string text = route.type == "unicast" ? std::string() : route.type + ' ';
    text += route.destination.length() == 0 ? "default" : route.destination.text();
    for (const NextHop& hop : route.hops) {
        if (route.hops.size() > 1)
            text += " nexthop";
        if (!hop.gateway.isNone())
            text += " via " + hop.gateway.text();
        if (!hop.device.empty())
            text += " dev " + hop.device;
        if (route.hops.size() > 1)
            text += " weight " + std::to_string(hop.weight);
    }
    if (route.table != "main")
        text += " table " + route.table;
    if (entry && !str(*entry, "protocol").empty())
        text += " proto " + str(*entry, "protocol");
    if (!route.scope.empty())
        text += " scope " + route.scope;
    if (!route.source.isNone())
        text += " src " + route.source.text();
    if (route.metric != 0)
        text += " metric " + std::to_string(route.metric);
    return text;
}

NextHop readHop(const json& entry)
{
    NextHop hop {.device = str(entry, "dev"), .gateway = address(str(entry, "gateway"))};
    if (const auto via = entry.find("via"); via != entry.end() && via->is_object())
        hop.gateway = address(str(*via, "host"));
    hop.weight = static_cast<int>(std::clamp(number(entry, "weight").value_or(1), 1U, 256U));
    hop.dead = hasFlag(entry, "dead");
    return hop;
}

std::optional<Route> readRoute(const json& entry, IpFamily hint)
{
    Route route;
    route.type = str(entry, "type");
    if (route.type.empty())
        route.type = "unicast";
    route.table = str(entry, "table");
    if (route.table.empty())
        route.table = "main";
    route.scope = str(entry, "scope");
    route.source = address(str(entry, "prefsrc"));
    route.metric = number(entry, "metric").value_or(0);
    route.tos = static_cast<std::uint8_t>(number(entry, "tos").value_or(0));
    if (const auto hops = entry.find("nexthops"); hops != entry.end() && hops->is_array()) {
        for (const json& one : *hops)
            if (one.is_object())
                route.hops.push_back(readHop(one));
    } else if (entry.contains("dev") || entry.contains("gateway") || entry.contains("via")) {
        route.hops.push_back(readHop(entry));
    }
    const std::string to = str(entry, "dst");
    if (to == "default" || to == "all") {
        route.family = entry.contains("pref") ? IpFamily::V6 : hint;
        if (!route.hops.empty() && !route.hops.front().gateway.isNone() && !entry.contains("via"))
            route.family = route.hops.front().gateway.family;
        else if (!route.source.isNone())
            route.family = route.source.family;
        IpAddress zero;
        zero.family = route.family;
        route.destination = IpPrefix::of(zero, 0);
    } else {
        const auto prefix = IpPrefix::parse(to);
        if (!prefix)
            return std::nullopt;
        route.destination = *prefix;
        route.family = prefix->address.family;
    }
    route.text = routeText(route, &entry);
    return route;
}

std::vector<std::string_view> words(std::string_view line)
{
    std::vector<std::string_view> result;
    for (std::size_t at = 0; at < line.size();) {
        const auto start = line.find_first_not_of(" \t\r\\", at);
        if (start == std::string_view::npos)
            break;
        const auto end = line.find_first_of(" \t\r\\", start);
        result.push_back(line.substr(start, end == std::string_view::npos ? end : end - start));
        at = end == std::string_view::npos ? line.size() : end;
    }
    return result;
}

/// One line of plain `ip route` as the same object that `ip -j route` would have given.
json plainRoute(const std::vector<std::string_view>& parts)
{
    json entry = json::object();
    std::size_t at = 0;
    constexpr std::array<std::string_view, 10> types {"unicast", "local", "broadcast", "multicast", "anycast",
        "unreachable", "prohibit", "blackhole", "throw", "nat"};
    if (std::find(types.begin(), types.end(), parts[0]) != types.end())
        entry["type"] = std::string(parts[at++]);
    if (at < parts.size())
        entry["dst"] = std::string(parts[at++]);
    json* hop = &entry;
    for (; at < parts.size(); ++at) {
        const auto word = parts[at];
        const bool more = at + 1 < parts.size();
        if (word == "nexthop") {
            entry["nexthops"].push_back(json::object());
            hop = &entry["nexthops"].back();
        } else if (word == "dead" || word == "linkdown" || word == "onlink") {
            (*hop)["flags"].push_back(std::string(word));
        } else if (more && word == "via") {
            if (parts[at + 1] == "inet" || parts[at + 1] == "inet6")
                ++at;
            if (at + 1 < parts.size())
                (*hop)["gateway"] = std::string(parts[++at]);
        } else if (more && word == "src") {
            entry["prefsrc"] = std::string(parts[++at]);
        } else if (more && (word == "dev" || word == "weight")) {
            (*hop)[std::string(word)] = std::string(parts[++at]);
        } else if (more && (word == "proto" || word == "scope" || word == "table" || word == "metric" || word == "tos" || word == "pref")) {
            entry[word == "proto" ? "protocol" : std::string(word)] = std::string(parts[++at]);
        }
    }
    return entry;
}

std::optional<IpPrefix> rulePrefix(const json& entry, const char* key, const char* lengthKey)
{
    const std::string text = str(entry, key);
    if (text.empty() || text == "all" || text == "default")
        return IpPrefix {};
    auto prefix = IpPrefix::parse(text);
    if (!prefix)
        return std::nullopt;
    if (const auto length = number(entry, lengthKey); length && static_cast<int>(*length) <= prefix->address.bits())
        prefix = IpPrefix::of(prefix->address, static_cast<int>(*length));
    return prefix;
}

std::string ruleText(const json& entry)
{
    std::string text;
    for (const auto& [key, value] : entry.items()) {
        if (!text.empty())
            text += ' ';
        text += key;
        if (value.is_string())
            text += ' ' + value.get<std::string>();
        else if (!value.is_null())
            text += ' ' + value.dump(-1, ' ', false, json::error_handler_t::replace);
    }
    return text;
}

std::optional<Rule> readRule(const json& entry, IpFamily family)
{
    Rule rule;
    rule.family = family;
    const auto priority = number(entry, "priority");
    const auto source = rulePrefix(entry, "src", "srclen");
    const auto destination = rulePrefix(entry, "dst", "dstlen");
    if (!priority || !source || !destination)
        return std::nullopt;
    rule.priority = *priority;
    rule.source = *source;
    rule.destination = *destination;
    rule.invert = entry.contains("not");
    rule.mark = number(entry, "fwmark").value_or(0);
    rule.mask = entry.contains("fwmark") ? number(entry, "fwmask").value_or(0xffffffff) : 0;
    rule.in = str(entry, "iif");
    rule.out = str(entry, "oif");
    rule.table = str(entry, "table");
    rule.action = str(entry, "action");
    if (entry.contains("goto")) {
        rule.action = "goto";
        rule.gotoPriority = number(entry, "goto").value_or(0);
    } else if (!rule.table.empty() && (rule.action.empty() || rule.action == "to_tbl")) {
        rule.action = "lookup";
    } else if (rule.action.empty()) {
        rule.action = entry.contains("nop") ? "nop" : "unknown";
    }
    if (const auto suppress = number(entry, "suppress_prefixlen"))
        rule.suppressPrefixLength = static_cast<int>(*suppress);
    rule.tos = static_cast<std::uint8_t>(number(entry, "tos").value_or(0));
    rule.protocol = protocolNumber(str(entry, "ipproto")).value_or(0);
    const auto ports = [&](const char* one, const char* start, const char* end, std::uint16_t& from, std::uint16_t& to) {
        if (const auto single = number(entry, one))
            from = to = static_cast<std::uint16_t>(*single);
        if (const auto first = number(entry, start)) {
            from = static_cast<std::uint16_t>(*first);
            to = static_cast<std::uint16_t>(number(entry, end).value_or(*first));
        }
    };
    ports("sport", "sport_start", "sport_end", rule.sportFrom, rule.sportTo);
    ports("dport", "dport_start", "dport_end", rule.dportFrom, rule.dportTo);
    rule.byUser = entry.contains("uid_start");
    rule.l3mdev = entry.contains("l3mdev") || rule.table == "l3mdev" || rule.table == "[l3mdev-table]";
    rule.text = ruleText(entry);
    return rule;
}

/// "100:\tnot from 10.0.0.0/8 fwmark 0x1/0xff lookup main"
json plainRule(std::string_view line)
{
    json entry = json::object();
    const auto colon = line.find(':');
    if (colon == std::string_view::npos)
        return entry;
    entry["priority"] = std::string(line.substr(0, colon));
    const auto parts = words(line.substr(colon + 1));
    for (std::size_t at = 0; at < parts.size(); ++at) {
        const auto word = parts[at];
        const bool more = at + 1 < parts.size();
        if (word == "not") {
            entry["not"] = nullptr;
        } else if (more && (word == "from" || word == "to")) {
            entry[word == "from" ? "src" : "dst"] = std::string(parts[++at]);
        } else if (more && word == "fwmark") {
            const auto value = parts[++at];
            const auto slash = value.find('/');
            entry["fwmark"] = std::string(value.substr(0, slash));
            if (slash != std::string_view::npos)
                entry["fwmask"] = std::string(value.substr(slash + 1));
        } else if (more && (word == "lookup" || word == "table")) {
            entry["table"] = std::string(parts[++at]);
        } else if (more && (word == "iif" || word == "oif" || word == "tos" || word == "ipproto" || word == "sport" || word == "dport"
                            || word == "suppress_prefixlength" || word == "goto")) {
            entry[word == "suppress_prefixlength" ? "suppress_prefixlen" : std::string(word)] = std::string(parts[++at]);
        } else if (word == "unreachable" || word == "blackhole" || word == "prohibit" || word == "nop") {
            entry["action"] = std::string(word);
        } else if (more && word == "uidrange") {
            entry["uid_start"] = std::string(parts[++at]);
        }
    }
    return entry;
}

bool looksLikeJson(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos || text[first] == '[';
}

template<typename Line>
void eachLine(std::string_view text, Line line)
{
    while (!text.empty()) {
        const auto end = text.find('\n');
        line(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
}

/// Concatenated JSON arrays ("ip -j -4 …; ip -j -6 …") and empty outputs are accepted.
Result<json> readLists(std::string_view text, std::string_view file)
{
    json all = json::array();
    int line = 1;
    std::string pending;
    while (!text.empty()) {
        const auto end = text.find("]\n[");
        const auto part = end == std::string_view::npos ? text : text.substr(0, end + 1);
        if (part.find_first_not_of(" \t\r\n") != std::string_view::npos) {
            const auto list = readList(part, file);
            if (!list)
                return failure(ErrorCode::BadSyntax, std::string(file) + ':' + std::to_string(line - 1 + std::max(1, parse::jsonErrorLine(part))),
                               "expected the output of ip -j");
            for (const json& one : *list)
                all.push_back(one);
        }
        line += static_cast<int>(std::count(part.begin(), part.end(), '\n')) + 1;
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 2);
    }
    return all;
}

/// Names the entry that could not be read by its own text; the line is where its destination or source stands.
tl::unexpected<Error> unreadableEntry(std::string_view text, std::string_view file, const json& entry, std::string_view tool)
{
    std::string what = entry.dump(-1, ' ', false, json::error_handler_t::replace);
    std::size_t at = std::string_view::npos;
    for (const char* key : {"dst", "src"})
        if (entry.is_object() && at == std::string_view::npos && entry.contains(key))
            at = text.find(entry[key].dump(-1, ' ', false, json::error_handler_t::replace));
    const auto line = at == std::string_view::npos ? 1 : 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    if (what.size() > 120)
        what.resize(120);
    return failure(ErrorCode::BadSyntax, std::string(file) + ':' + std::to_string(line), "expected the output of " + std::string(tool) + ", not " + what);
}

} // namespace

Result<std::vector<Link>> parseLinks(std::string_view text, std::string_view file) { return readLinks(text, file); }
Result<std::vector<Link>> parseAddresses(std::string_view text, std::string_view file)
{
    return readLinks(text, file);
}

Result<std::vector<Route>> parseRoutes(std::string_view text, std::string_view file, IpFamily hint)
{
    std::vector<Route> routes;
    json odd; // a route that is left out would make the others answer for it
    const auto add = [&](const json& entry) {
        if (entry.is_null())
            return;
        if (entry.is_object() && entry.empty())
            return;
        if (auto route = entry.is_object() ? readRoute(entry, hint) : std::nullopt)
            routes.push_back(std::move(*route));
        else if (odd.is_null())
            odd = entry;
    };
    if (looksLikeJson(text)) {
        const auto list = readLists(text, file);
        if (!list)
            return tl::unexpected(list.error());
        std::for_each(list->begin(), list->end(), add);
        if (!odd.is_null())
            return unreadableEntry(text, file, odd, "ip -j route");
        return routes;
    }
    json open; // "default proto bgp" + "\tnexthop via …" lines
    eachLine(text, [&](std::string_view line) {
        auto parts = words(line);
        if (parts.empty())
            return;
        if (parts[0] == "nexthop" && open.is_object()) {
            parts.insert(parts.begin(), "0.0.0.0");
            const json more = plainRoute(parts);
            if (const auto hops = more.find("nexthops"); hops != more.end())
                for (const json& hop : *hops)
                    open["nexthops"].push_back(hop);
            return;
        }
        add(open);
        open = plainRoute(parts);
    });
    add(open);
    if (routes.empty())
        return failure(ErrorCode::BadSyntax, std::string(file) + ":1", "expected the output of ip -j route");
    return routes;
}

Result<std::vector<Rule>> parseRules(std::string_view text, std::string_view file, IpFamily family)
{
    std::vector<Rule> rules;
    json odd;
    const auto add = [&](const json& entry) {
        if (entry.is_null() || (entry.is_object() && entry.empty()))
            return;
        if (auto rule = entry.is_object() ? readRule(entry, family) : std::nullopt)
            rules.push_back(std::move(*rule));
        else if (odd.is_null())
            odd = entry;
    };
    if (looksLikeJson(text)) {
        const auto list = readLists(text, file);
        if (!list)
            return tl::unexpected(list.error());
        std::for_each(list->begin(), list->end(), add);
        if (!odd.is_null())
            return unreadableEntry(text, file, odd, "ip -j rule");
    } else {
        eachLine(text, [&](std::string_view line) { add(plainRule(line)); });
        if (rules.empty())
            return failure(ErrorCode::BadSyntax, std::string(file) + ":1", "expected the output of ip -j rule");
    }
    std::stable_sort(rules.begin(), rules.end(), [](const Rule& a, const Rule& b) { return a.priority < b.priority; });
    return rules;
}

} // namespace medic::iproute
