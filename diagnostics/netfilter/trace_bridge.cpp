// SPDX-License-Identifier: GPL-3.0-or-later
// Packets that come over a bridge's port (net/bridge/br_netfilter_hooks.c).
#include "diagnostics/netfilter/nat.h"
#include "diagnostics/netfilter/trace_run.h"

#include <algorithm>

namespace medic::netfilter {

namespace {

using Kind = RouteResult::Kind;

bool staysOnBridge(const RouteResult& route, const std::string& bridge)
{
    return route.kind == Kind::Unicast && route.device == bridge && route.gateway.isNone();
}

} // namespace

/// Is the address one that a Pod on the bridge asks for by ARP? By its subnet, which is the bridge's; where the bridge
/// has none, by the node's route.
bool TraceRun::isNeighbour(const IpAddress& address, const std::string& bridge) const
{
    if (m_routing.isLocal(address))
        return false;
    const auto* const link = m_routing.link(bridge);
    bool hasSubnet = false;
    if (link)
        for (const auto& own : link->addresses) {
            if (own.local.family != address.family || own.prefixLength == own.local.bits() || own.local.isLinkLocal())
                continue;
            hasSubnet = true;
            if (IpPrefix::of(own.local, own.prefixLength).contains(address))
                return true;
        }
    return !hasSubnet && staysOnBridge(m_routing.lookup({.dst = address}).front(), bridge);
}

void TraceRun::receivedByBridge(Walk walk, const std::string& bridge, const std::string& port)
{
    PacketState& packet = walk.packet;
    packet.in = bridge;
    const char* const key = packet.family() == IpFamily::V6 ? "net.bridge.bridge-nf-call-ip6tables"
                                                            : "net.bridge.bridge-nf-call-iptables";
    bool call = true;
    if (m_node.sysctls)
        call = m_node.sysctls->number(key).value_or(0) != 0; // absent: br_netfilter is not loaded
    else
        m_notes.warn(std::string(key) + " is not known (no sysctl); 1 is assumed");
    packet.bridgeIn = call;
    packet.physIn = port;
    if (port.empty())
        if (const auto ports = m_routing.portsOf(bridge); ports.size() == 1)
            packet.physIn = ports.front();
    // A neighbour on the same bridge is asked for by ARP and reached without the node; all else goes to the bridge's
    // own address.
    const IpAddress asked = packet.dst;
    const bool neighbour = isNeighbour(asked, bridge);
    if (!call) {
        packet.physIn.clear();
        if (neighbour) {
            packet.out = bridge;
            packet.bridged = true;
            const bool translated = packet.flow && (packet.flow->snat || packet.flow->dnat);
            addStep(walk, "BRIDGE", "switched on " + bridge + ", not seen by netfilter (bridge-nf-call is 0)", {}, "bridge");
            return end(Disposition::Forwarded, std::move(walk),
                       translated ? "switched: the NAT of the request is not undone" : "");
        }
        if (refuseLoopbackV6(walk))
            return;
        for (Walk& way : runHook(Hook::Prerouting, std::move(walk)))
            routeInput(std::move(way));
        return;
    }
    addStep(walk, "BRIDGE", "received by port " + (packet.physIn.empty() ? std::string("(not known)") : packet.physIn) + " of " + bridge,
            {}, "bridge");
    for (Walk& way : runHook(Hook::Prerouting, std::move(walk))) {
        if (way.packet.dst == asked) {
            if (neighbour)
                switched(std::move(way), bridge);
            else if (!refuseLoopbackV6(way)) // the bridge hands it up only now
                routeInput(std::move(way));
            continue;
        }
        // br_nf_pre_routing_finish: after a DNAT, what would leave by the bridge itself is switched, the rest routed.
        RouteQuery query {.src = way.packet.src, .dst = way.packet.dst, .mark = way.packet.mark, .tos = way.packet.tos,
                          .protocol = way.packet.protocol, .sport = way.packet.sport, .dport = way.packet.dport, .in = bridge};
        const auto routes = m_routing.lookup(query);
        const bool back = routes.front().kind == Kind::Unicast && routes.front().device == bridge;
        if (back && routes.size() == 1) {
            addStep(way, "ROUTING", "out " + bridge, routes.front().text);
            way.packet.gateway = routes.front().gateway;
            switched(std::move(way), bridge);
        } else if (!refuseLoopbackV6(way)) {
            routeInput(std::move(way));
        }
    }
}

void TraceRun::switched(Walk walk, const std::string& bridge)
{
    PacketState& packet = walk.packet;
    packet.out = bridge;
    const auto ports = m_routing.portsOf(bridge);
    // A Pod that got back to itself by NAT; without it a packet to oneself never leaves the Pod.
    const bool hairpin = packet.ct.tracked()
        && (packet.ct.isReply ? packet.ct.snat && packet.dst == packet.src : packet.ct.dnat && packet.ct.original.src == packet.dst);
    if (hairpin) {
        // The frame would have to leave by the port that it came in by.
        packet.physOut = packet.physIn;
        bool on = false, off = false, known = !ports.empty();
        for (const auto& name : ports) {
            if (!packet.physIn.empty() && name != packet.physIn)
                continue;
            const auto mode = m_routing.link(name)->hairpin;
            known = known && mode.has_value();
            on = on || mode.value_or(false);
            off = off || !mode.value_or(true);
        }
        const auto* const link = m_routing.link(bridge);
        const bool promiscuous = link && link->promiscuity > 0;
        if (known && !on && !promiscuous)
            return end(Disposition::Dropped, std::move(walk),
                       "hairpin mode is off on the port of " + bridge + ": a Pod cannot reach itself");
        if (!known || (on && off) || (!on && promiscuous)) {
            Walk dead = walk;
            dead.certain = walk.certain = false;
            end(Disposition::Dropped, std::move(dead), "whether hairpin mode is on at the Pod's port is not known");
        }
    } else {
        std::vector<std::string> others;
        std::copy_if(ports.begin(), ports.end(), std::back_inserter(others),
                     [&](const std::string& name) { return name != packet.physIn; });
        packet.physOut = others.size() == 1 && !packet.physIn.empty() ? others.front() : std::string();
    }
    packet.bridged = packet.bridgeOut = true;
    addStep(walk, "BRIDGE", "switched on " + bridge, {}, "bridge");
    for (Walk& way : runHook(Hook::Forward, std::move(walk)))
        for (Walk& out : runHook(Hook::Postrouting, std::move(way)))
            end(Disposition::Forwarded, std::move(out), {});
}

} // namespace medic::netfilter
