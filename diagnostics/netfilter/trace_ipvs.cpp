// SPDX-License-Identifier: GPL-3.0-or-later
// IPVS at its hooks (net/netfilter/ipvs/ip_vs_core.c, ip_vs_xmit.c).
#include "diagnostics/netfilter/nat.h"
#include "diagnostics/netfilter/trace_run.h"

#include <utility>

namespace medic::netfilter {

namespace {
using Kind = RouteResult::Kind;
}

std::vector<Walk> TraceRun::ipvsIn(const HookContext& context, Walk walk)
{
    std::vector<Walk> goOn;
    const auto decisions = scheduleIpvs(m_node, walk.packet);
    for (const IpvsDecision& decision : decisions) {
        Walk way = walk;
        switch (decision.kind) {
        case IpvsDecision::Kind::Pass:
            way.certain = way.certain && decision.certain;
            goOn.push_back(std::move(way));
            break;
        case IpvsDecision::Kind::Drop:
        case IpvsDecision::Kind::Refuse: {
            const bool refuse = decision.kind == IpvsDecision::Kind::Refuse;
            way.certain = way.certain && decision.certain;
            TraceStep step;
            step.hook = "IPVS";
            step.chain = decision.service->name();
            step.line = static_cast<int>(decision.service->line);
            step.text = decision.service->text;
            step.backend = "ipvs";
            step.action = (refuse ? "refuse: " : "drop: ") + decision.note;
            way.add(std::move(step));
            end(refuse ? Disposition::Rejected : Disposition::Dropped, std::move(way), decision.service->name() + ": " + decision.note);
            break;
        }
        case IpvsDecision::Kind::Send:
            way.probability *= decision.share;
            way.certain = way.certain && decision.certain;
            ipvsSend(std::move(way), decision, goOn, context);
            break;
        }
    }
    return goOn;
}

void TraceRun::ipvsSend(Walk walk, const IpvsDecision& decision, std::vector<Walk>& goOn, const HookContext& context)
{
    PacketState& packet = walk.packet;
    const auto& server = *decision.server;
    const PacketState before = packet;
    packet.ipvs = IpvsInfo {.virtualAddress = packet.dst, .realAddress = server.address, .virtualPort = packet.dport,
                            .realPort = server.port == 0 ? packet.dport : server.port, .protocol = packet.protocol,
                            .method = server.method, .onePacket = decision.service->onePacket};
    TraceStep step;
    step.hook = "IPVS";
    step.chain = decision.service->name();
    step.line = static_cast<int>(server.line);
    step.text = server.text;
    step.backend = "ipvs";
    step.reason = decision.note;
    if (server.method == 'm') {
        packet.dst = server.address;
        packet.dport = packet.ipvs->realPort;
        step.action = "DNAT " + endpointText(packet.dst, packet.dport);
    } else {
        step.action = (server.method == 'g' ? "direct routing to " : "tunnel to ") + server.address.text();
    }
    step.action += " (" + decision.service->scheduler + ')';
    step.before = before.shown();
    step.after = packet.shown();
    walk.add(std::move(step));

    const auto keeps = m_node.sysctls ? m_node.sysctls->number("net.ipv4.vs.conntrack") : std::nullopt;
    if (!keeps)
        m_notes.warn("net.ipv4.vs.conntrack is not known; 1 is assumed, as kube-proxy sets it");
    if (packet.ct.tracked()) {
        if (keeps.value_or(1) == 0)
            packet.ct.state = Conntrack::State::Untracked; // ip_vs_notrack: nat does not see it any more
        else if (!packet.ct.confirmed && !decision.service->onePacket)
            packet.ct.reply = packet.tuple().reversed(); // ip_vs_update_conntrack: "Never alter conntrack for OPS conns"
    }

    const auto routes = m_routing.lookup({.dst = server.address, .tos = packet.tos, .protocol = packet.protocol});
    const RouteResult& route = routes.front();
    if (route.kind == Kind::Local) {
        if (server.method == 'm' && server.address.isLoopback() && context.hook == Hook::Input && packet.in != "lo")
            return end(Disposition::Dropped, std::move(walk), "IPVS does not send packets from the wire to loopback");
        addStep(walk, "ROUTING", "local", route.text); // ip_vs_nat_send_or_cont: goes on where it was
        goOn.push_back(std::move(walk));
        return;
    }
    if (route.kind == Kind::Unknown) {
        walk.certain = false;
        packet.outUnknown = true;
        m_notes.warn(route.reason + ": by which device IPVS sends is not known");
    } else if (route.kind != Kind::Unicast) {
        addStep(walk, "ROUTING", "no route", route.text);
        return end(Disposition::NoRoute, std::move(walk), "no route to the real server " + server.address.text());
    }
    addStep(walk, "ROUTING", "out " + route.device, route.text);
    packet.routedLocal = false;
    packet.gateway = server.method == 'm' ? route.gateway : server.address;
    packet.out = route.device;
    if (server.method == 'i')
        return end(Disposition::Forwarded, std::move(walk), "in a tunnel to " + server.address.text());
    // Sent anew from OUTPUT with ipvs_property set: the whole of OUTPUT without an input device, then POSTROUTING.
    const std::string in = std::exchange(packet.in, std::string());
    packet.logicalOut = packet.out;
    for (Walk& way : runHook(Hook::Output, std::move(walk))) {
        way.packet.out = way.packet.logicalOut;
        way.packet.in = in;
        postrouting(std::move(way));
    }
}

void TraceRun::ipvsOut(const HookContext& context, Walk& walk)
{
    PacketState& packet = walk.packet;
    const auto& flow = packet.ipvsFlow;
    if (packet.ipvs || !flow || !flow->isReply || flow->onePacket || flow->method != 'm'
        || packet.src != flow->realAddress || packet.sport != flow->realPort)
        return;
    const PacketState before = packet;
    packet.ipvs = *flow;
    packet.src = flow->virtualAddress;
    packet.sport = flow->virtualPort;
    TraceStep step;
    step.hook = "IPVS";
    step.backend = "ipvs";
    step.action = "source " + endpointText(packet.src, packet.sport);
    step.reason = "the answer of a real server, at " + std::string(hookName(context.hook));
    step.before = before.shown();
    step.after = packet.shown();
    walk.add(std::move(step));
}

} // namespace medic::netfilter
