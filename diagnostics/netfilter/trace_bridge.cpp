// SPDX-License-Identifier: GPL-3.0-or-later
// Packets that come over a bridge's port (net/bridge/br_netfilter_hooks.c).
#include "diagnostics/netfilter/nat.h"
#include "diagnostics/netfilter/trace_run.h"

#include <utility>

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

/// The port by which a switched frame leaves: the other one, where there are two.
std::string TraceRun::otherPorts(const std::string& bridge, const std::string& from) const
{
    std::string found;
    for (const std::string& port : m_routing.portsOf(bridge)) {
        if (port == from)
            continue;
        if (!found.empty() || from.empty())
            return {};
        found = port;
    }
    return found;
}

std::vector<Walk> TraceRun::bridgeHook(Hook hook, const std::string& inPort, const std::string& outPort, BridgePart part, Walk walk)
{
    std::vector<Walk> live;
    live.push_back(std::move(walk));
    const IpFamily family = live.front().packet.family();
    const HookContext context {.hook = hook, .node = m_node, .routing = m_routing, .notes = m_notes, .bridge = true,
                               .passedOver = m_query.passedOver, .matches = m_query.matches};
    const bool in = hook == Hook::Prerouting || hook == Hook::Input || hook == Hook::Forward;
    const bool out = hook == Hook::Forward || hook == Hook::Output || hook == Hook::Postrouting;
    for (const HookStage& stage : m_tracer.hooks(family).bridgeStages(hook)) {
        if ((part == BridgePart::Before && stage.priority > 0) || (part == BridgePart::Behind && stage.priority <= 0))
            continue;
        std::vector<Walk> next;
        for (Walk& one : live) {
            const PacketState before = one.packet;
            one.packet.in = in ? inPort : std::string();
            one.packet.out = out ? outPort : std::string();
            one.packet.inUnknown = in && inPort.empty();
            one.packet.outUnknown = out && outPort.empty();
            for (HookOutcome& outcome : outcomesOf(stage, context, std::move(one))) {
                PacketState& after = outcome.walk.packet;
                after.in = before.in;
                after.out = before.out;
                after.inUnknown = before.inUnknown;
                after.outUnknown = before.outUnknown;
                if (outcome.verdict == HookOutcome::Verdict::Accept)
                    next.push_back(std::move(outcome.walk));
                else
                    endOutcome(std::move(outcome));
            }
        }
        live = std::move(next);
    }
    return live;
}

/// The packet leaves by its device; by a bridge through the bridge's own hooks (br_dev_xmit).
void TraceRun::leave(Walk walk)
{
    const std::string device = walk.packet.out;
    if (!m_routing.isBridge(device))
        return end(Disposition::Forwarded, std::move(walk), {});
    const auto ports = m_routing.portsOf(device);
    const std::string port = ports.size() == 1 ? ports.front() : std::string();
    for (Walk& way : bridgeHook(Hook::Output, {}, port, BridgePart::All, std::move(walk)))
        for (Walk& one : bridgeHook(Hook::Postrouting, {}, port, BridgePart::All, std::move(way)))
            end(Disposition::Forwarded, std::move(one), {});
}

/// From the bridge to the node's own stack (br_pass_frame_up).
void TraceRun::handUp(Walk walk, const std::string& port)
{
    for (Walk& way : bridgeHook(Hook::Input, port, {}, BridgePart::All, std::move(walk)))
        if (!refuseLoopbackV6(way))
            routeInput(std::move(way));
}

/// br_nf_pre_routing_finish asks ip_route_input, which judges the source as for a routed packet. True: it ended here.
bool TraceRun::refusedByRouting(Walk& walk, const RouteResult& route)
{
    const PacketState& packet = walk.packet;
    std::string reason;
    if (packet.src.isMulticast() || packet.src.isLimitedBroadcast() || packet.src.isZeroNet())
        reason = "source " + packet.src.text();
    else if (packet.src.isLoopback() && m_node.deviceSysctl(false, "all", "route_localnet") && !sysctlOr("route_localnet", packet.in))
        reason = "source " + packet.src.text() + " from " + packet.in + ": route_localnet is off";
    if (!reason.empty()) {
        end(Disposition::Martian, std::move(walk), std::move(reason));
        return true;
    }
    switch (m_routing.validateSource(packet, route.device, reason)) {
    case Routing::SourceCheck::Ok: return false;
    case Routing::SourceCheck::MartianSource:
    case Routing::SourceCheck::ReversePath: end(Disposition::Martian, std::move(walk), std::move(reason)); return true;
    case Routing::SourceCheck::Unknown:
        walk.certain = false;
        end(Disposition::Martian, walk, std::move(reason));
        return false;
    }
    return false;
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
    const bool assumed = !m_node.sysctls;
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
        const std::string from = std::exchange(packet.physIn, std::string());
        const auto others = otherPorts(bridge, from);
        for (Walk& way : bridgeHook(Hook::Prerouting, from, {}, BridgePart::All, std::move(walk))) {
            if (!neighbour) {
                for (Walk& up : bridgeHook(Hook::Input, from, {}, BridgePart::All, std::move(way))) {
                    if (refuseLoopbackV6(up))
                        continue;
                    for (Walk& one : runHook(Hook::Prerouting, std::move(up)))
                        routeInput(std::move(one));
                }
                continue;
            }
            way.packet.out = bridge;
            way.packet.bridged = true;
            const bool translated = way.packet.flow && (way.packet.flow->snat || way.packet.flow->dnat);
            addStep(way, "BRIDGE", "switched on " + bridge + ", not seen by iptables (bridge-nf-call is 0)", {}, "bridge");
            for (Walk& through : bridgeHook(Hook::Forward, from, others, BridgePart::All, std::move(way)))
                for (Walk& out : bridgeHook(Hook::Postrouting, {}, others, BridgePart::All, std::move(through)))
                    end(Disposition::Forwarded, std::move(out), translated ? "switched: the NAT of the request is not undone" : "");
        }
        return;
    }
    addStep(walk, "BRIDGE", "received by port " + (packet.physIn.empty() ? std::string("(not known)") : packet.physIn) + " of " + bridge,
            {}, "bridge");
    std::vector<Walk> passed;
    const std::string from = packet.physIn;
    for (Walk& way : bridgeHook(Hook::Prerouting, from, {}, BridgePart::Before, std::move(walk)))
        for (Walk& one : runHook(Hook::Prerouting, std::move(way)))
            for (Walk& out : bridgeHook(Hook::Prerouting, from, {}, BridgePart::Behind, std::move(one)))
                passed.push_back(std::move(out));
    for (Walk& way : passed) {
        if (way.packet.dst == asked) {
            if (neighbour) {
                way.certain = way.certain && !assumed; // with 0 no rule sees the frame
                switched(std::move(way), bridge);
            } else { // the bridge hands it up only now
                handUp(std::move(way), from);
            }
            continue;
        }
        // br_nf_pre_routing_finish: after a DNAT, what would leave by the bridge itself is switched, the rest routed.
        RouteQuery query {.src = way.packet.src, .dst = way.packet.dst, .mark = way.packet.mark, .tos = way.packet.tos,
                          .protocol = way.packet.protocol, .sport = way.packet.sport, .dport = way.packet.dport, .in = bridge};
        const auto routes = m_routing.lookup(query);
        const bool back = routes.front().kind == Kind::Unicast && routes.front().device == bridge;
        if (back && routes.size() == 1) {
            if (way.packet.dst.isV4() && refusedByRouting(way, routes.front()))
                continue;
            addStep(way, "ROUTING", "out " + bridge, routes.front().text);
            // A sender that is none of the bridge's Pods tells nothing about which port the new destination lies behind.
            const auto* const arrived = from.empty() ? nullptr : m_routing.link(from);
            if (arrived && !arrived->hairpin.value_or(false) && !isNeighbour(way.packet.src, bridge)) {
                Walk dead = way;
                dead.certain = way.certain = false;
                end(Disposition::Dropped, std::move(dead), "whether " + way.packet.dst.text() + " lies behind " + from + ", by which the packet came, is not known");
            }
            way.packet.gateway = routes.front().gateway;
            way.certain = way.certain && !assumed;
            switched(std::move(way), bridge);
        } else {
            handUp(std::move(way), from);
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
        packet.physOut = otherPorts(bridge, packet.physIn);
    }
    packet.bridged = packet.bridgeOut = true;
    addStep(walk, "BRIDGE", "switched on " + bridge, {}, "bridge");
    const std::string from = packet.physIn, to = packet.physOut;
    for (Walk& way : bridgeHook(Hook::Forward, from, to, BridgePart::Before, std::move(walk)))
        for (Walk& seen : runHook(Hook::Forward, std::move(way)))
            for (Walk& through : bridgeHook(Hook::Forward, from, to, BridgePart::Behind, std::move(seen)))
                for (Walk& out : bridgeHook(Hook::Postrouting, {}, to, BridgePart::All, std::move(through)))
                    for (Walk& left : runHook(Hook::Postrouting, std::move(out)))
                        end(Disposition::Forwarded, std::move(left), {});
}

} // namespace medic::netfilter
