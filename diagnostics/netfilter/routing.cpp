// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/routing.h"

#include "diagnostics/netfilter/node_state.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <tuple>

namespace medic::netfilter {

namespace {

using Kind = RouteResult::Kind;

Kind kindOf(const std::string& type)
{
    if (type == "unicast")
        return Kind::Unicast;
    if (type == "local" || type == "anycast")
        return Kind::Local;
    if (type == "broadcast")
        return Kind::Broadcast;
    if (type == "multicast")
        return Kind::Multicast;
    if (type == "blackhole")
        return Kind::Blackhole;
    return type == "prohibit" ? Kind::Prohibit : Kind::Unreachable;
}

bool ruleMatches(const iproute::Rule& rule, const RouteQuery& query)
{
    const auto inPrefix = [&](const IpPrefix& prefix, IpAddress address) {
        if (prefix.isNone())
            return true;
        if (address.isNone())
            address.family = query.dst.family; // not chosen yet: 0.0.0.0
        return prefix.contains(address);
    };
    bool matches = inPrefix(rule.source, query.src) && inPrefix(rule.destination, query.dst);
    matches = matches && (rule.in.empty() || rule.in == (query.in.empty() ? "lo" : query.in));
    matches = matches && (rule.out.empty() || rule.out == query.out);
    matches = matches && ((rule.mark ^ query.mark) & rule.mask) == 0;
    matches = matches && (rule.tos == 0 || rule.tos == query.tos);
    matches = matches && (rule.protocol == 0 || rule.protocol == query.protocol);
    matches = matches && (rule.sportTo == 0 || (query.sport >= rule.sportFrom && query.sport <= rule.sportTo));
    matches = matches && (rule.dportTo == 0 || (query.dport >= rule.dportFrom && query.dport <= rule.dportTo));
    return matches != rule.invert;
}

std::vector<iproute::Rule> defaultRules(IpFamily family)
{
    const auto lookup = [&](std::uint32_t priority, const char* table) {
        return iproute::Rule {.priority = priority, .family = family, .table = table, .action = "lookup",
                              .text = "priority " + std::to_string(priority) + " lookup " + table};
    };
    std::vector<iproute::Rule> rules {lookup(0, "local"), lookup(32766, "main")};
    if (family == IpFamily::V4)
        rules.push_back(lookup(32767, "default"));
    return rules;
}

std::string tableName(const std::string& name)
{
    return name == "255" ? "local" : name == "254" ? "main" : name == "253" ? "default" : name;
}

} // namespace

Routing::Routing(const NodeState& node) : m_node(node)
{
    if (node.links)
        for (const auto& one : *node.links)
            m_links.emplace(one.name, &one);
    const auto prepare = [&](const Part<std::vector<iproute::Route>>& routes, IpFamily family, bool& known,
                             bool& localOnly) {
        known = routes != nullptr;
        const bool hasLocal = known
            && std::any_of(routes->begin(), routes->end(), [](const auto& one) { return one.type == "local"; });
        localOnly = !known && node.addressesKnown;
        if (hasLocal || !node.addressesKnown)
            return;
        // Only table main (or nothing) was collected: what the addresses imply.
        for (const auto& link : *node.links)
            for (const auto& address : link.addresses) {
                if (address.local.family != family)
                    continue;
                iproute::Route route {.family = family, .type = "local", .table = "local", .source = address.local};
                route.destination = IpPrefix::of(address.local, address.local.isLoopback() && address.local.isV4() ? 8 : address.local.bits());
                route.hops = {{.device = link.name}};
                route.text = "local " + address.local.text() + " dev " + link.name;
                m_made.push_back(route);
                if (!localOnly || address.prefixLength == address.local.bits() || !link.up)
                    continue;
                route.type = "unicast";
                route.table = "main";
                route.destination = IpPrefix::of(address.local, address.prefixLength);
                route.text = route.destination.text() + " dev " + link.name + " scope link";
                m_made.push_back(route);
            }
    };
    prepare(node.routes4, IpFamily::V4, m_known4, m_localOnly4);
    if (node.routes4) { // `ip route` does not print the protocol of those made by hand ("boot")
        const auto byKernel = [](const auto& one) { return one.text.find(" proto kernel") != std::string::npos; };
        m_customLocalRoutes = std::any_of(node.routes4->begin(), node.routes4->end(), byKernel)
            && std::any_of(node.routes4->begin(), node.routes4->end(),
                           [&](const auto& one) { return one.type == "local" && !byKernel(one); });
    }
    prepare(node.routes6, IpFamily::V6, m_known6, m_localOnly6);
    const auto put = [&](const iproute::Route& route) {
        (route.family == IpFamily::V6 ? m_tables6 : m_tables4)[tableName(route.table)].push_back(&route);
    };
    for (const auto* routes : {node.routes4.get(), node.routes6.get()})
        if (routes)
            std::for_each(routes->begin(), routes->end(), put);
    std::for_each(m_made.begin(), m_made.end(), put);
    for (auto* tables : {&m_tables4, &m_tables6})
        for (auto& [name, table] : *tables)
            std::stable_sort(table.begin(), table.end(), [](const auto* a, const auto* b) {
                const int first = a->destination.length(), second = b->destination.length();
                if (first != second)
                    return first > second;
                if (first == a->destination.address.bits() && a->destination.address != b->destination.address)
                    return a->destination.address < b->destination.address;
                if (a->tos != b->tos)
                    return a->tos > b->tos;
                return a->metric < b->metric;
            });
    m_rules4 = node.rules4 ? *node.rules4 : defaultRules(IpFamily::V4);
    m_rules6 = node.rules6 ? *node.rules6 : defaultRules(IpFamily::V6);
    for (auto* rules : {&m_rules4, &m_rules6})
        for (auto& rule : *rules)
            rule.table = tableName(rule.table);
}

bool Routing::known(IpFamily family) const { return family == IpFamily::V6 ? m_known6 : m_known4; }

const Routing::Table* Routing::table(IpFamily family, std::string_view name) const
{
    const auto& tables = family == IpFamily::V6 ? m_tables6 : m_tables4;
    const auto found = tables.find(name);
    return found == tables.end() ? nullptr : &found->second;
}

std::pair<std::pair<Routing::Table::const_iterator, Routing::Table::const_iterator>, Routing::Table::const_iterator> Routing::candidates(const Table& table, const IpAddress& address)
{
    const auto prefixes = std::partition_point(table.begin(), table.end(), [](const auto* one) {
        return !one->destination.isNone() && one->destination.length() == one->destination.address.bits();
    });
    const auto first = std::partition_point(table.begin(), prefixes, [&](const auto* one) { return one->destination.address < address; });
    const auto last = std::partition_point(first, prefixes, [&](const auto* one) { return one->destination.address == address; });
    return {{first, last}, prefixes};
}

const iproute::Route* Routing::bestRoute(const Table& table, const RouteQuery& query) const
{
    const auto usable = [&](const iproute::Route* route) {
        if (!route->destination.contains(query.dst) || (route->tos != 0 && route->tos != query.tos))
            return false;
        if (route->hops.empty())
            return true; // unreachable, blackhole, throw …
        return std::any_of(route->hops.begin(), route->hops.end(), [&](const auto& hop) { return !hop.dead && (query.out.empty() || hop.device == query.out); });
    };
    const auto [own, prefixes] = candidates(table, query.dst);
    auto found = std::find_if(own.first, own.second, usable);
    if (found != own.second)
        return *found;
    found = std::find_if(prefixes, table.end(), usable);
    return found == table.end() ? nullptr : *found;
}

std::vector<RouteResult> Routing::lookup(const RouteQuery& query) const
{
    const IpFamily family = query.dst.family;
    const bool whole = known(family);
    if (!whole && !(family == IpFamily::V6 ? m_localOnly6 : m_localOnly4)) {
        if (query.dst.isLoopback())
            return {{.kind = Kind::Local, .device = "lo", .table = "local", .text = "loopback"}};
        return {{.kind = Kind::Unknown, .reason = "the routes were not collected"}};
    }
    const auto& rules = family == IpFamily::V6 ? m_rules6 : m_rules4;
    // rt6_need_strict: for ::1 and link-local destinations only routes by the device that the packet came in by
    RouteQuery strict = query;
    if (family == IpFamily::V6 && !query.in.empty() && (query.dst.isLoopback() || query.dst.isLinkLocal()))
        strict.out = query.in;
    std::size_t turns = 0;
    for (std::size_t i = 0; i < rules.size() && ++turns < 4096; ++i) {
        const iproute::Rule& rule = rules[i];
        if (rule.l3mdev || !ruleMatches(rule, query))
            continue;
        if (rule.byUser && query.in.empty())
            return {{.kind = Kind::Unknown, .text = rule.text, .reason = "an ip rule asks for the user"}};
        if (rule.action == "goto") {
            const auto target = std::find_if(rules.begin(), rules.end(), [&](const iproute::Rule& one) {
                return one.priority >= rule.gotoPriority;
            });
            if (static_cast<std::size_t>(target - rules.begin()) <= i)
                break;
            i = static_cast<std::size_t>(target - rules.begin()) - 1;
            continue;
        }
        if (rule.action == "nop")
            continue;
        if (rule.action == "unreachable")
            return {{.kind = Kind::Unreachable, .text = rule.text}};
        if (rule.action == "blackhole")
            return {{.kind = Kind::Blackhole, .text = rule.text}};
        if (rule.action == "prohibit")
            return {{.kind = Kind::Prohibit, .text = rule.text}};
        if (rule.action != "lookup")
            return {{.kind = Kind::Unknown, .text = rule.text, .reason = "an ip rule is not understood"}};
        const Table* const routes = table(family, rule.table);
        const iproute::Route* const route = routes ? bestRoute(*routes, strict) : nullptr;
        if (!route || route->type == "throw")
            continue;
        if (rule.suppressPrefixLength && route->destination.length() <= *rule.suppressPrefixLength)
            continue;
        std::vector<RouteResult> results;
        int weights = 0;
        for (const auto& hop : route->hops)
            if (!hop.dead && (strict.out.empty() || hop.device == strict.out))
                weights += hop.weight;
        for (const auto& hop : route->hops)
            if (!hop.dead && (strict.out.empty() || hop.device == strict.out))
                results.push_back({.kind = kindOf(route->type), .device = hop.device, .gateway = hop.gateway,
                                   .source = route->source, .table = rule.table, .text = route->text,
                                   .share = static_cast<double>(hop.weight) / weights});
        if (results.empty())
            results.push_back({.kind = kindOf(route->type), .source = route->source, .table = rule.table, .text = route->text});
        return results;
    }
    if (!whole)
        return {{.kind = Kind::Unknown, .reason = "the routes were not collected"}};
    return {{.kind = Kind::None, .reason = "no route to " + query.dst.text()}};
}

RouteResult::Kind Routing::addressType(const IpAddress& address, const std::string& device) const
{
    const bool v6 = address.isV6();
    if (!v6 && (address.isLimitedBroadcast() || address.isZeroNet()))
        return Kind::Broadcast;
    if (address.isMulticast())
        return Kind::Multicast;
    const Table* const local = table(address.family, "local");
    if (!local) {
        if (address.isLoopback())
            return Kind::Local;
        return known(address.family) ? Kind::Unicast : Kind::Unknown;
    }
    const auto holds = [&](const iproute::Route* route) { return route->destination.contains(address); };
    const auto [own, prefixes] = candidates(*local, address);
    auto found = std::find_if(own.first, own.second, holds);
    if (found == own.second)
        found = std::find_if(prefixes, local->end(), holds);
    if (found == local->end())
        return Kind::Unicast;
    const auto& hops = (*found)->hops;
    const bool here = device.empty() || std::any_of(hops.begin(), hops.end(), [&](const auto& hop) { return hop.device == device; });
    return here ? kindOf((*found)->type) : Kind::Unicast;
}

namespace {

/// ipv6_addr_label's default policy (RFC 6724 2.1), as far as unicast goes
int labelOf(const IpAddress& address)
{
    struct Policy {
        const char* prefix;
        int label;
    };
    static const std::vector<std::pair<IpPrefix, int>> table = [] {
        std::vector<std::pair<IpPrefix, int>> policies;
        for (const auto& [prefix, label] : {Policy {"::1/128", 0}, Policy {"::ffff:0:0/96", 4}, Policy {"::/96", 3}, Policy {"2001::/32", 6},
                                            Policy {"2001:10::/28", 7}, Policy {"2002::/16", 2}, Policy {"3ffe::/16", 12}, Policy {"fec0::/10", 11},
                                            Policy {"fc00::/7", 5}})
            if (const auto parsed = IpPrefix::parse(prefix))
                policies.emplace_back(*parsed, label);
        return policies;
    }();
    for (const auto& [prefix, label] : table)
        if (prefix.contains(address))
            return label;
    return 1;
}

int scopeOf(const IpAddress& address) { return address.isLoopback() || address.isLinkLocal() ? 2 : 14; }

} // namespace

/// ipv6_dev_get_saddr: the best of all addresses by the rules of RFC 6724, in their order.
IpAddress Routing::sourceAddressV6(const std::string& device, const IpAddress& destination) const
{
    if (!m_node.links)
        return {};
    const int wanted = destination.isMulticast() ? 2 : scopeOf(destination);
    using Score = std::tuple<bool, int, bool, bool, bool, int>;
    std::optional<Score> best;
    IpAddress found;
    for (const auto& one : *m_node.links) {
        if (wanted <= 2 && one.name != device)
            continue; // link-local and multicast: only from the outgoing device
        for (const auto& address : one.addresses) {
            if (!address.local.isV6() || address.tentative)
                continue;
            const int scope = scopeOf(address.local);
            const std::uint64_t high = address.local.hi ^ destination.hi;
            const int common = high != 0 ? std::countl_zero(high) : 64 + std::countl_zero(address.local.lo ^ destination.lo);
            const Score score {address.local == destination, scope >= wanted ? -scope : scope - 128, !address.deprecated,
                               one.name == device, labelOf(address.local) == labelOf(destination),
                               std::min(common, address.prefixLength)};
            if (!best || score > *best) {
                best = score;
                found = address.local;
            }
        }
    }
    return found;
}

IpAddress Routing::masqueradeAddress(const std::string& device, const IpAddress& nextHop,
                                     const IpAddress& destination) const
{
    if (destination.isV6())
        return sourceAddressV6(device, destination);
    const auto fromLink = [&](const iproute::Link& one, bool bySubnet) {
        const iproute::Address* first = nullptr;
        for (const auto& address : one.addresses) {
            if (!address.local.isV4() || address.scope == "host" || address.scope == "nowhere" || address.scope == "link" || address.scope == "site" || address.secondary)
                continue;
            if (bySubnet && !nextHop.isNone() && IpPrefix::of(address.local, address.prefixLength).contains(nextHop))
                return address.local;
            first = first ? first : &address;
        }
        return first ? first->local : IpAddress {};
    };
    const auto* const out = link(device);
    if (out)
        if (const IpAddress found = fromLink(*out, true); !found.isNone())
            return found;
    if (!m_node.links)
        return {};
    // The devices in the kernel's order, which is the dump's: the first usable address.
    for (const auto& other : *m_node.links) // "Not loopback addresses on loopback should be preferred in this case."
        if (const IpAddress found = fromLink(other, false); !found.isNone())
            return found;
    return {};
}

IpAddress Routing::firstAddress(const std::string& device, IpFamily family) const
{
    const auto* const one = link(device);
    if (!one)
        return {};
    for (const auto& address : one->addresses)
        if (address.local.family == family && !address.local.isLinkLocal() && (family == IpFamily::V6 || !address.secondary))
            return address.local;
    return {};
}

Routing::SourceCheck Routing::validateSource(const PacketState& packet, const std::string& out, std::string& reason) const
{
    const auto* const device = link(packet.in);
    if ((device && device->loopback) || packet.in == "lo" || packet.src.isV6())
        return SourceCheck::Ok;
    const auto number = [&](const char* name, const std::string& of) { return m_node.deviceSysctl(false, of, name); };
    const auto onEither = [&](const char* name) {
        return number(name, "all").value_or(0) != 0 || number(name, packet.in).value_or(0) != 0;
    };
    const auto all = number("rp_filter", "all"), own = number("rp_filter", packet.in);
    const bool filterKnown = all && own;
    const long filter = std::max(all.value_or(0), own.value_or(0));
    const bool acceptLocal = onEither("accept_local");
    const auto local = [&] {
        reason = packet.src.text() + " is an address of the node itself";
        return SourceCheck::MartianSource;
    };
    if (!known(IpFamily::V4)) {
        if (isLocal(packet.src) && !acceptLocal)
            return local();
        reason = "the routes were not collected";
        return filterKnown && filter == 0 ? SourceCheck::Ok : SourceCheck::Unknown;
    }
    // Without a filter only a source of the node's own is refused, unless redirects have to be looked for.
    if (filterKnown && filter == 0 && (acceptLocal || !m_customLocalRoutes) && (out != packet.in || !onEither("send_redirects")))
        return isLocal(packet.src) && !acceptLocal ? local() : SourceCheck::Ok;
    RouteQuery back {.src = packet.dst, .dst = packet.src, .tos = packet.tos, .protocol = packet.protocol,
                     .sport = packet.dport, .dport = packet.sport, .in = out};
    back.mark = onEither("src_valid_mark") ? packet.mark : 0;
    bool sameDevice = false, found = false;
    for (const auto& route : lookup(back)) {
        switch (route.kind) {
        case Kind::Unknown: reason = route.reason; return SourceCheck::Unknown;
        case Kind::None:
        case Kind::Unreachable:
        case Kind::Blackhole:
        case Kind::Prohibit: continue; // as if there were no way back
        case Kind::Broadcast:
        case Kind::Multicast: reason = packet.src.text() + " is not the address of a host"; return SourceCheck::MartianSource;
        case Kind::Local:
            if (!acceptLocal)
                return local();
            break;
        case Kind::Unicast: break;
        }
        found = true;
        sameDevice = sameDevice || route.device == packet.in;
    }
    if (sameDevice || (filterKnown && filter == 0))
        return SourceCheck::Ok;
    const bool hasAddress = device
        && std::any_of(device->addresses.begin(), device->addresses.end(), [](const auto& one) { return one.local.isV4(); });
    if (filter == 2 && found && (hasAddress || !m_node.addressesKnown))
        return SourceCheck::Ok;
    reason = "rp_filter: the way back to " + packet.src.text() + " does not use " + packet.in;
    if (!filterKnown) {
        reason = "rp_filter is not known, and the way back to " + packet.src.text() + " does not use " + packet.in;
        return filter == 1 ? SourceCheck::ReversePath : SourceCheck::Unknown;
    }
    return SourceCheck::ReversePath;
}

Tri Routing::reversePathMatches(const PacketState& packet, bool loose, bool validMark, bool acceptLocal) const
{
    if (packet.in == "lo")
        return Tri::Yes;
    RouteQuery back {.dst = packet.src, .tos = packet.tos, .protocol = packet.protocol};
    if (!packet.dst.isMulticast() && !packet.dst.isLimitedBroadcast())
        back.src = packet.dst;
    back.mark = validMark ? packet.mark : 0;
    for (const auto& route : lookup(back)) {
        if (route.kind == Kind::Unknown)
            return Tri::Unknown;
        const bool type = route.kind == Kind::Unicast || (route.kind == Kind::Local && acceptLocal);
        if (type && (loose || route.device == packet.in))
            return Tri::Yes;
    }
    return Tri::No;
}

std::string Routing::deviceTowards(const IpAddress& address) const
{
    const auto routes = lookup({.dst = address});
    return routes.front().kind == Kind::Unicast ? routes.front().device : std::string();
}

const iproute::Link* Routing::link(const std::string& name) const
{
    const auto found = m_links.find(name);
    return found == m_links.end() ? nullptr : found->second;
}

bool Routing::isBridge(const std::string& device) const
{
    const auto* const one = link(device);
    return one && (one->kind == "bridge" || (one->kind.empty() && !one->groups && !portsOf(device).empty()));
}

const iproute::Link* Routing::bridgeOf(const std::string& port) const
{
    const auto* const one = link(port);
    if (!one || one->master.empty())
        return nullptr;
    const auto* const master = link(one->master);
    return master && (master->kind == "bridge" || (master->kind.empty() && !master->groups)) ? master : nullptr;
}

std::vector<std::string> Routing::portsOf(const std::string& bridge) const
{
    std::vector<std::string> ports;
    if (m_node.links)
        for (const auto& one : *m_node.links)
            if (one.master == bridge)
                ports.push_back(one.name);
    return ports;
}

} // namespace medic::netfilter
