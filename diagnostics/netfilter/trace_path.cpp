// SPDX-License-Identifier: GPL-3.0-or-later
// The way between the hooks: routing decisions and the checks that go with them (net/ipv4/route.c, ip_input.c,
// ip_forward.c, ip_output.c).
#include "diagnostics/netfilter/trace_run.h"

namespace medic::netfilter {

namespace {

using Kind = RouteResult::Kind;

RouteQuery queryFor(const PacketState& packet)
{
    return {.src = packet.src, .dst = packet.dst, .mark = packet.mark, .tos = packet.tos, .protocol = packet.protocol,
            .sport = packet.sport, .dport = packet.dport};
}

std::string leadsTo(const RouteResult& route)
{
    switch (route.kind) {
    case Kind::Local: return "local";
    case Kind::Broadcast: return "broadcast";
    case Kind::Multicast: return "multicast";
    case Kind::Unicast: break;
    case Kind::None: return "no route";
    case Kind::Unreachable: return "unreachable";
    case Kind::Blackhole: return "blackhole";
    case Kind::Prohibit: return "prohibited";
    case Kind::Unknown: return "unknown";
    }
    return "out " + route.device + (route.gateway.isNone() ? std::string() : " via " + route.gateway.text());
}

std::string noRouteReason(const RouteResult& route, const IpAddress& destination)
{
    return route.kind == Kind::None ? "no route to " + destination.text() : leadsTo(route) + ": " + route.text;
}

bool goesOut(Kind kind) { return kind == Kind::Local || kind == Kind::Unicast; }

} // namespace

bool TraceRun::sysctlOr(const char* name, const std::string& device) const
{
    return m_node.deviceSysctl(false, "all", name).value_or(0) != 0
        || m_node.deviceSysctl(false, device, name).value_or(0) != 0;
}

/// __mkroute_output: 127.0.0.0/8 does not leave by a real device without route_localnet. True: it ended here.
bool TraceRun::refuseLoopbackSource(Walk& walk, const std::string& device)
{
    if (!walk.packet.src.isV4() || !walk.packet.src.isLoopback() || device == "lo" || device.empty()
        || sysctlOr("route_localnet", device))
        return false;
    const bool known = m_node.deviceSysctl(false, "all", "route_localnet").has_value();
    const std::string reason = "source " + walk.packet.src.text() + " may not leave by " + device + ": route_localnet is "
        + (known ? "off" : "not known");
    if (!known) {
        Walk refused = walk;
        refused.certain = walk.certain = false;
        end(Disposition::Martian, std::move(refused), reason);
        return false;
    }
    end(Disposition::Martian, std::move(walk), reason);
    return true;
}

/// The source that a packet of the node's own gets by its route (fib_result_prefsrc; a local one's is the destination).
IpAddress TraceRun::sourceFor(const RouteResult& route, const IpAddress& destination) const
{
    if (!route.source.isNone())
        return route.source;
    if (route.kind == Kind::Local && destination.isV4())
        return destination;
    return m_routing.masqueradeAddress(route.device, route.gateway.isNone() ? destination : route.gateway, destination);
}

void TraceRun::localOutput(Walk walk)
{
    walk.packet.local = true;
    walk.packet.in.clear();
    if (walk.packet.dst.isMulticast())
        return end(Disposition::Undecidable, std::move(walk), "multicast is not followed");
    // ip_route_output_key_hash_rcu, ip6_datagram_connect: no destination means oneself.
    if (walk.packet.dst.hi == 0 && walk.packet.dst.lo == 0 && !walk.packet.dst.isNone()) {
        const IpAddress loopback = walk.packet.dst.isV4() ? IpAddress::v4(0x7f000001) : *IpAddress::parse("::1");
        walk.packet.dst = walk.packet.src.isNone() ? loopback : walk.packet.src;
    }
    auto routes = m_routing.lookup(queryFor(walk.packet));
    // ip_route_connect: TCP looks again with the address that the first route gave it
    if (walk.packet.protocol == proto::tcp && walk.packet.src.isNone() && routes.size() == 1 && goesOut(routes.front().kind)) {
        walk.packet.src = sourceFor(routes.front(), walk.packet.dst);
        routes = m_routing.lookup(queryFor(walk.packet));
    }
    for (const RouteResult& found : routes) {
        Walk way = walk;
        PacketState& packet = way.packet;
        RouteResult route = found;
        way.probability *= route.share;
        addStep(way, "ROUTING", leadsTo(route), route.text.empty() ? route.reason : route.text);
        switch (route.kind) {
        case Kind::None:
        case Kind::Unreachable:
        case Kind::Blackhole:
        case Kind::Prohibit:
            end(Disposition::NoRoute, std::move(way), noRouteReason(route, packet.dst));
            continue;
        case Kind::Unknown:
            packet.outUnknown = true;
            way.certain = false;
            m_notes.warn(route.reason + ": by which device the packet leaves is not known");
            break;
        case Kind::Local:
            // ip_route_output_key: over lo; without a source the destination itself (a VIP on kube-ipvs0, too)
            packet.routedLocal = true;
            packet.out = "lo";
            if (packet.src.isNone())
                packet.src = sourceFor(route, packet.dst);
            break;
        case Kind::Unicast:
        case Kind::Broadcast:
        case Kind::Multicast:
            packet.out = route.device;
            packet.gateway = route.gateway;
            if (packet.src.isNone())
                packet.src = sourceFor(route, packet.dst);
            break;
        }
        if (refuseLoopbackSource(way, packet.out))
            continue;
        outputHook(std::move(way));
    }
}

void TraceRun::outputHook(Walk walk)
{
    walk.packet.logicalOut = walk.packet.out;
    for (Walk& way : runHook(Hook::Output, std::move(walk))) {
        way.packet.out = way.packet.logicalOut;
        postrouting(std::move(way));
    }
}

/// ip_route_me_harder. `-o` keeps its device until the hook is left: state->out is fixed.
void TraceRun::reroute(Walk& walk, bool& dropped)
{
    PacketState& packet = walk.packet;
    RouteQuery query = queryFor(packet);
    if (const auto type = m_routing.addressType(packet.src); type != Kind::Local && type != Kind::Unicast)
        query.src = {};
    const auto routes = m_routing.lookup(query);
    const RouteResult& route = routes.front();
    addStep(walk, "ROUTING", "again: " + leadsTo(route), route.text.empty() ? route.reason : route.text);
    packet.routedLocal = route.kind == Kind::Local;
    packet.gateway = route.gateway;
    packet.outUnknown = route.kind == Kind::Unknown;
    packet.logicalOut = route.kind == Kind::Local ? "lo" : route.device;
    if (routes.size() > 1) {
        walk.certain = false;
        m_notes.warn("a multipath route was taken after NAT; only its first hop is followed");
    }
    switch (route.kind) {
    case Kind::None:
    case Kind::Unreachable:
    case Kind::Blackhole:
    case Kind::Prohibit:
        dropped = true;
        end(Disposition::NoRoute, std::move(walk), noRouteReason(route, query.dst));
        return;
    case Kind::Unknown: walk.certain = false; return;
    case Kind::Local:
    case Kind::Unicast:
    case Kind::Broadcast:
    case Kind::Multicast: dropped = refuseLoopbackSource(walk, packet.logicalOut); return;
    }
}

void TraceRun::postrouting(Walk walk)
{
    for (Walk& way : runHook(Hook::Postrouting, std::move(walk))) {
        way.packet.ct.confirmed = way.packet.ct.tracked();
        if (way.packet.routedLocal)
            loopback(std::move(way));
        else
            leave(std::move(way));
    }
}

/// Sent to the node itself: comes in again over lo with its conntrack entry and its route.
void TraceRun::loopback(Walk walk)
{
    PacketState& packet = walk.packet;
    packet.in = "lo";
    packet.out.clear();
    packet.logicalOut.clear();
    packet.gateway = {};
    for (Walk& way : runHook(Hook::Prerouting, std::move(walk)))
        input(std::move(way));
}

/// ip6_rcv_core, RFC 4291 2.5.3: ::1 does not come by wire. True: it ended here.
bool TraceRun::refuseLoopbackV6(Walk& walk)
{
    const PacketState& packet = walk.packet;
    if (!packet.dst.isV6() || packet.in == "lo" || !(packet.dst.isLoopback() || packet.src.isLoopback()))
        return false;
    end(Disposition::Martian, std::move(walk), "::1 from the wire");
    return true;
}

void TraceRun::received(Walk walk)
{
    const std::string device = walk.packet.in;
    if (!device.empty()) {
        if (const auto* const bridge = m_routing.bridgeOf(device))
            return receivedByBridge(std::move(walk), bridge->name, device);
        if (m_routing.isBridge(device) && !m_routing.portsOf(device).empty())
            return receivedByBridge(std::move(walk), device, {});
    }
    if (refuseLoopbackV6(walk))
        return;
    for (Walk& way : runHook(Hook::Prerouting, std::move(walk)))
        routeInput(std::move(way));
}

/// ip_route_input_slow up to the lookup.
void TraceRun::routeInput(Walk walk)
{
    PacketState& packet = walk.packet;
    const bool wire = packet.in != "lo";
    if (packet.dst.isMulticast())
        return end(Disposition::Undecidable, std::move(walk), "multicast is not followed");
    if (packet.dst.isV4() && wire) {
        const auto martian = [&](std::string reason) { end(Disposition::Martian, std::move(walk), std::move(reason)); };
        if (packet.src.isMulticast() || packet.src.isLimitedBroadcast())
            return martian("source " + packet.src.text());
        if (packet.dst.isLimitedBroadcast())
            return input(std::move(walk));
        if (packet.src.isZeroNet() || packet.dst.isZeroNet())
            return martian("address in 0.0.0.0/8");
        if ((packet.dst.isLoopback() || packet.src.isLoopback()) && !sysctlOr("route_localnet", packet.in)) {
            const std::string what = packet.dst.isLoopback() ? "destination " + packet.dst.text() : "source " + packet.src.text();
            if (m_node.deviceSysctl(false, "all", "route_localnet") && m_node.deviceSysctl(false, packet.in, "route_localnet"))
                return martian(what + " from " + packet.in + ": route_localnet is off");
            walk.certain = false;
            end(Disposition::Martian, walk, what + " from " + packet.in + ": route_localnet is not known");
        }
    }
    RouteQuery query = queryFor(packet);
    query.in = packet.in;
    for (const RouteResult& route : m_routing.lookup(query)) {
        Walk way = walk;
        way.probability *= route.share;
        routedInput(std::move(way), route);
    }
}

void TraceRun::routedInput(Walk walk, const RouteResult& route)
{
    PacketState& packet = walk.packet;
    addStep(walk, "ROUTING", leadsTo(route), route.text.empty() ? route.reason : route.text);
    if (route.kind == Kind::Unknown) {
        walk.certain = false;
        m_notes.warn(route.reason + ": whether a packet is delivered here or forwarded is not known for every address");
        if (m_routing.addressType(packet.dst) == Kind::Unknown)
            input(walk);
        RouteResult somewhere = route;
        somewhere.kind = Kind::Unicast;
        packet.outUnknown = true;
        return forward(std::move(walk), somewhere);
    }
    if (route.kind == Kind::None || route.kind == Kind::Unreachable || route.kind == Kind::Blackhole || route.kind == Kind::Prohibit)
        return end(Disposition::NoRoute, std::move(walk), noRouteReason(route, packet.dst));
    const bool here = route.kind == Kind::Local || route.kind == Kind::Broadcast;
    if (!here) {
        const bool v6 = packet.dst.isV6();
        auto forwarding = m_node.deviceSysctl(v6, v6 ? std::string("all") : packet.in, "forwarding");
        if (!forwarding && m_node.sysctls)
            forwarding = m_node.sysctls->number(v6 ? "net.ipv6.conf.all.forwarding" : "net.ipv4.ip_forward");
        if (!forwarding) {
            m_notes.warn("whether the node forwards is not known (no sysctl); it is assumed to");
            walk.certain = false;
        } else if (*forwarding == 0) {
            return end(Disposition::Dropped, std::move(walk), "forwarding is off on " + packet.in);
        }
    }
    std::string reason;
    if (!packet.inUnknown)
        switch (m_routing.validateSource(packet, here ? std::string() : route.device, reason)) {
        case Routing::SourceCheck::Ok: break;
        case Routing::SourceCheck::MartianSource:
        case Routing::SourceCheck::ReversePath: return end(Disposition::Martian, std::move(walk), reason);
        case Routing::SourceCheck::Unknown:
            walk.certain = false;
            end(Disposition::Martian, walk, reason);
            break;
        }
    if (here)
        return input(std::move(walk));
    forward(std::move(walk), route);
}

void TraceRun::input(Walk walk)
{
    walk.packet.routedLocal = true;
    walk.packet.out.clear();
    for (Walk& way : runHook(Hook::Input, std::move(walk))) {
        way.packet.ct.confirmed = way.packet.ct.tracked();
        end(Disposition::Delivered, std::move(way), {});
    }
}

void TraceRun::forward(Walk walk, const RouteResult& route)
{
    // ip6_forward: "This check is security critical."
    if (walk.packet.src.isV6() && walk.packet.src.isLinkLocal() && route.device != walk.packet.in)
        return end(Disposition::Dropped, std::move(walk), "link-local source " + walk.packet.src.text() + " is not forwarded");
    walk.packet.out = route.device;
    walk.packet.gateway = route.gateway;
    for (Walk& way : runHook(Hook::Forward, std::move(walk)))
        postrouting(std::move(way));
}

} // namespace medic::netfilter
