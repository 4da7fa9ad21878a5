// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/cluster_trace.h"

#include "diagnostics/netfilter/nat.h"

#include <algorithm>

namespace medic::netfilter {

namespace {

constexpr std::size_t maxHops = 8, maxBranches = 256;

bool passes(const TraceBranch& branch)
{
    return branch.disposition == Disposition::Delivered || branch.disposition == Disposition::Forwarded;
}

/// The device's way of carrying packets to another node; empty: it does not encapsulate.
std::string carrierOf(const iproute::Link* device)
{
    if (!device)
        return {};
    if (device->kind == "vxlan" || device->kind == "geneve" || device->kind == "ipip" || device->kind == "wireguard")
        return device->kind;
    if (device->kind == "sit" || device->kind == "ip6tnl")
        return "ipip";
    if (device->kind == "gre" || device->kind == "gretap" || device->kind == "ip6gre")
        return "gre";
    if (!device->kind.empty())
        return {};
    // `ip link` without -d does not tell the kind: by the names that the CNI plugins give.
    const std::string& name = device->name;
    if (name.starts_with("flannel.") || name.starts_with("vxlan"))
        return "vxlan";
    if (name.starts_with("tunl"))
        return "ipip";
    if (name.starts_with("wireguard.") || name.starts_with("wg") || name.starts_with("flannel-wg"))
        return "wireguard";
    return name.starts_with("genev") ? "geneve" : std::string();
}

IpAddress parsed(const std::string& text) { return IpAddress::parse(text).value_or(IpAddress {}); }

} // namespace

std::string_view clusterEndName(ClusterEnd end)
{
    switch (end) {
    case ClusterEnd::Pod: return "pod";
    case ClusterEnd::Node: return "node";
    case ClusterEnd::Outside: return "outside";
    case ClusterEnd::Refused: return "refused";
    case ClusterEnd::Unknown: return "unknown";
    }
    return "";
}

/// A way in the making: the hops so far, each with its answers.
struct ClusterTracer::Way {
    std::vector<ClusterHop> hops;
    std::vector<TraceBranch> traced; ///< of each hop, with the answers
    std::string carrier;
    std::optional<TracePacket> outer;
    double probability = 1.0;
    bool certain = true;
};

/// Where a packet that left a node goes.
struct ClusterTracer::Step {
    ClusterEnd end = ClusterEnd::Unknown;
    bool goesOn = false;
    std::string node, in, carrier, whose, reason, beyond;
    std::optional<TracePacket> outer;
};

ClusterTracer::ClusterTracer(const PathNames& names) : m_names(names) { }
ClusterTracer::~ClusterTracer() = default;

void ClusterTracer::add(const std::string& node, std::shared_ptr<const NodeState> state)
{
    Member& member = m_nodes[node];
    member.state = std::move(state);
    member.tracer = std::make_unique<PacketTracer>(*member.state);
    member.tracer->setServices(m_names.services);
}

/// The node that has an address; Service addresses, which every node may have, do not count.
std::string ClusterTracer::ownerOf(const IpAddress& address) const
{
    for (const auto& [node, addresses] : m_names.addresses)
        if (std::find(addresses.begin(), addresses.end(), address) != addresses.end())
            return node;
    for (const auto& [node, member] : m_nodes)
        if (member.state->links)
            for (const auto& link : *member.state->links)
                if (link.name != "kube-ipvs0" && !link.loopback)
                    for (const auto& one : link.addresses)
                        if (one.local == address)
                            return node;
    return {};
}

/// The node on which a Pod's address is a neighbour.
std::string ClusterTracer::hostOfPod(const IpAddress& address) const
{
    for (const auto& [node, member] : m_nodes) {
        const auto routes = member.tracer->routing().lookup({.dst = address});
        const auto& first = routes.front();
        const auto* const link = first.kind == RouteResult::Kind::Unicast ? member.tracer->routing().link(first.device) : nullptr;
        if (!link || !first.gateway.isNone() || !carrierOf(link).empty() || first.text.starts_with("default"))
            continue;
        // A bridge of Pods, or a route of the Pod's own; a node in a container has an eth0 of kind veth, too.
        const auto to = first.text.substr(0, first.text.find(' '));
        const bool own = to.find('/') == std::string::npos || to.ends_with("/32") || to.ends_with("/128");
        if (link->kind == "bridge" || own || link->name.starts_with("cni") || link->name.starts_with("cbr"))
            return node;
    }
    return m_names.nodeOf(address);
}

std::string ClusterTracer::startOf(const IpAddress& source, const IpAddress& destination) const
{
    for (const IpAddress& one : {source, destination}) {
        if (one.isNone())
            continue;
        std::string node = ownerOf(one);
        if (node.empty())
            node = hostOfPod(one);
        if (m_nodes.contains(node))
            return node;
    }
    return m_nodes.empty() ? std::string() : m_nodes.begin()->first;
}

IpAddress ClusterTracer::underlayOf(const std::string& node, IpFamily family) const
{
    if (const auto known = m_names.addresses.find(node); known != m_names.addresses.end())
        for (const auto& one : known->second)
            if (one.family == family)
                return one;
    const auto member = m_nodes.find(node);
    if (member != m_nodes.end() && member->second.state->links)
        for (const auto& link : *member->second.state->links)
            if (link.name != "kube-ipvs0" && !link.loopback && link.kind != "bridge" && carrierOf(&link).empty())
                for (const auto& one : link.addresses)
                    if (one.local.family == family && !one.local.isLinkLocal())
                        return one.local;
    return {};
}

/// The packet that carries others from one node to the other. None as an address: that end is not known.
PacketQuery ClusterTracer::tunnelPacket(const std::string& from, const iproute::Link& device, const std::string& to) const
{
    const std::string carrier = carrierOf(&device);
    const IpFamily family = device.tunnelLocal.isNone() ? IpFamily::V4 : device.tunnelLocal.family;
    PacketQuery outer {.src = device.tunnelLocal, .dst = underlayOf(to, family)};
    if (outer.src.isNone())
        outer.src = underlayOf(from, family);
    outer.protocol = carrier == "ipip" ? 4 : carrier == "gre" ? proto::gre : proto::udp;
    if (outer.protocol == proto::udp)
        outer.dport = device.tunnelPort != 0 ? device.tunnelPort : carrier == "wireguard" ? 51820 : carrier == "geneve" ? 6081 : 8472;
    return outer;
}

/// Does the tunnel's own packet get from one node to the other? Empty: yes, or not known; else what refuses it.
std::string ClusterTracer::tunnelRefused(const std::string& from, const std::string& carrier, PacketQuery outer, const std::string& to) const
{
    if (outer.src.isNone() || outer.dst.isNone())
        return {};
    const auto refusal = [&](const std::string& node, const PacketQuery& query) -> std::string {
        for (const auto& branch : m_nodes.at(node).tracer->trace(query).branches)
            if (branch.certain && !passes(branch) && branch.disposition != Disposition::Undecidable)
                return "the " + carrier + " packet " + endpointText(outer.src, 0) + " > " + endpointText(outer.dst, outer.dport) + " on "
                    + node + ": " + std::string(dispositionName(branch.disposition)) + ' ' + branch.reason;
        return {};
    };
    if (auto refused = refusal(from, outer); !refused.empty())
        return refused;
    outer.in = m_nodes.at(to).tracer->routing().deviceTowards(outer.src);
    return outer.in.empty() ? std::string() : refusal(to, outer);
}

ClusterTracer::Step ClusterTracer::stepFrom(const std::string& node, const TraceBranch& branch) const
{
    const Routing& routing = m_nodes.at(node).tracer->routing();
    const IpAddress destination = parsed(branch.packet.dst);
    const IpAddress next = branch.nextHop.empty() ? destination : parsed(branch.nextHop);
    Step step;
    if (branch.packet.out.empty()) {
        step.reason = "by which device it leaves is not known";
        return step;
    }
    const iproute::Link* const device = routing.link(branch.packet.out);
    step.carrier = carrierOf(device);
    const bool tunnel = !step.carrier.empty();
    step.whose = m_names.whose(destination);
    std::string owner = ownerOf(next);
    if (owner.empty() && (branch.nextHop.empty() || tunnel))
        owner = hostOfPod(destination);
    if (owner == node || (owner.empty() && branch.nextHop.empty() && !tunnel && step.whose.starts_with("pod "))) {
        step.end = ClusterEnd::Pod;
        step.whose = step.whose.empty() ? branch.packet.dst : step.whose;
        return step;
    }
    if (owner.empty()) {
        step.end = ClusterEnd::Outside;
        step.whose = branch.nextHop.empty() ? branch.packet.dst : branch.packet.dst + " via " + branch.nextHop;
        if (const std::string host = hostOfPod(destination); !host.empty() && host != node) {
            step.end = ClusterEnd::Unknown; // routed there by somebody between the nodes
            step.reason = "unknown beyond here: " + branch.nextHop + " is not an address of a known node";
            step.whose = m_names.whose(destination);
        }
        return step;
    }
    const auto member = m_nodes.find(owner);
    if (member == m_nodes.end()) {
        step.reason = "unknown beyond here: node " + owner + " was not collected";
        step.beyond = owner;
        if (!tunnel)
            step.carrier = "direct";
        return step;
    }
    const Routing& there = member->second.tracer->routing();
    if (tunnel && device) {
        const PacketQuery outer = tunnelPacket(node, *device, owner);
        if (!outer.src.isNone() && !outer.dst.isNone()) {
            TracePacket& packet = step.outer.emplace();
            packet.src = outer.src.text();
            packet.dst = outer.dst.text();
            packet.dport = outer.dport;
            packet.protocol = protocolName(outer.protocol);
        }
        step.reason = tunnelRefused(node, step.carrier, outer, owner);
        if (!step.reason.empty()) {
            step.end = ClusterEnd::Refused;
            step.beyond = owner;
            return step;
        }
    }
    if (member->second.state->links)
        for (const auto& link : *member->second.state->links) {
            const bool has = std::any_of(link.addresses.begin(), link.addresses.end(), [&](const auto& one) { return one.local == next; });
            const bool fits = tunnel ? carrierOf(&link) == step.carrier : has;
            if (fits && (step.in.empty() || has))
                step.in = link.name;
        }
    if (step.in.empty())
        step.in = there.deviceTowards(parsed(branch.packet.src));
    if (!tunnel)
        step.carrier = "direct";
    step.node = owner;
    step.goesOn = true;
    return step;
}

ClusterTrace ClusterTracer::trace(const std::string& node, const PacketQuery& query) const
{
    ClusterTrace result;
    if (!m_nodes.contains(node)) {
        ClusterBranch branch {.reason = "node " + node + " was not collected"};
        branch.certain = false;
        result.branches.push_back(std::move(branch));
        return result;
    }
    follow(result, {}, node, query);
    return result;
}

void ClusterTracer::follow(ClusterTrace& result, Way way, const std::string& node, PacketQuery query) const
{
    query.reply = true;
    const Trace trace = m_nodes.at(node).tracer->trace(query);
    if (way.hops.empty())
        result.packet = trace.packet;
    for (const auto& warning : trace.warnings)
        if (const std::string line = node + ": " + warning; std::find(result.warnings.begin(), result.warnings.end(), line) == result.warnings.end())
            result.warnings.push_back(line);
    for (const TraceBranch& one : trace.branches) {
        Way here = way;
        here.probability *= one.probability;
        here.certain = here.certain && one.certain;
        here.hops.push_back({node, query.in.empty() ? one.packet.in : query.in, way.carrier, way.outer, one});
        here.hops.back().branch.replies.clear();
        here.traced.push_back(one);
        Step step;
        if (one.disposition == Disposition::Forwarded) {
            step = stepFrom(node, one);
            if (step.goesOn && here.hops.size() >= maxHops) {
                step = {};
                step.reason = "more than " + std::to_string(maxHops) + " nodes: the packet goes round in a circle";
            }
        } else if (one.disposition == Disposition::Delivered) {
            step.end = ClusterEnd::Node;
            step.whose = "node " + node;
        } else {
            const bool open = one.disposition == Disposition::Undecidable || one.disposition == Disposition::Queued;
            step.end = open ? ClusterEnd::Unknown : ClusterEnd::Refused;
            step.reason = std::string(dispositionName(one.disposition)) + ": " + one.reason;
        }
        if (step.goesOn && result.branches.size() < maxBranches) {
            PacketQuery onward = query;
            onward.src = parsed(one.packet.src);
            onward.dst = parsed(one.packet.dst);
            onward.sport = one.packet.sport;
            onward.dport = one.packet.dport;
            onward.mark = 0; // marks do not travel
            onward.in = step.in;
            here.carrier = step.carrier;
            here.outer = step.outer;
            follow(result, std::move(here), step.node, std::move(onward));
            continue;
        }
        ClusterBranch branch {.end = step.end, .whose = step.whose, .probability = here.probability,
                              .certain = here.certain && step.end != ClusterEnd::Unknown, .reason = step.reason,
                              .beyond = step.beyond, .beyondCarrier = step.beyond.empty() ? std::string() : step.carrier, .packet = one.packet};
        branch.hops = std::move(here.hops);
        if (query.reply && (step.end == ClusterEnd::Pod || step.end == ClusterEnd::Node || step.end == ClusterEnd::Outside))
            answer(branch, here.traced);
        result.branches.push_back(std::move(branch));
    }
}

/// Back through the same nodes, where the answer goes that way; each of them undoes what it did to the request.
void ClusterTracer::answer(ClusterBranch& branch, const std::vector<TraceBranch>& traced) const
{
    branch.answered = true;
    for (std::size_t i = traced.size(); i-- > 0;) {
        const auto& replies = traced[i].replies;
        const std::string& node = branch.hops[i].node;
        if (replies.empty()) {
            branch.answerReason = "the answer's way on node " + node + " is not known";
            return;
        }
        const auto best = std::max_element(replies.begin(), replies.end(), [](const auto& a, const auto& b) {
            return a.certain != b.certain ? b.certain : a.probability < b.probability;
        });
        branch.answer.push_back({node, best->packet.in, i + 1 < traced.size() ? branch.hops[i + 1].carrier : std::string(), std::nullopt, *best});
        if (i + 1 < traced.size() && branch.hops[i + 1].outer) {
            TracePacket& outer = branch.answer.back().outer.emplace(*branch.hops[i + 1].outer);
            std::swap(outer.src, outer.dst);
        }
        if (!passes(*best)) {
            branch.answerEnd = best->disposition == Disposition::Undecidable ? ClusterEnd::Unknown : ClusterEnd::Refused;
            branch.answerReason = "node " + node + ": " + std::string(dispositionName(best->disposition)) + ' ' + best->reason;
            return;
        }
        if (i == 0 && !best->reason.empty()) { // not the address that was asked: whoever asked does not know it
            branch.answerEnd = ClusterEnd::Refused;
            branch.answerReason = "node " + node + ": " + best->reason;
            return;
        }
        if (i == 0) {
            const Step out = best->disposition == Disposition::Forwarded ? stepFrom(node, *best) : Step {};
            branch.answerEnd = best->disposition == Disposition::Delivered ? ClusterEnd::Node
                : out.goesOn || out.end == ClusterEnd::Outside            ? ClusterEnd::Outside
                                                                           : ClusterEnd::Pod;
            return;
        }
        const Step step = best->disposition == Disposition::Forwarded ? stepFrom(node, *best) : Step {};
        const ClusterHop& before = branch.hops[i - 1];
        const TracePacket& expected = before.branch.packet;
        const bool translated = !before.branch.steps.empty()
            && std::any_of(before.branch.steps.begin(), before.branch.steps.end(), [](const auto& one) {
                   return one.before && one.after && (one.before->src != one.after->src || one.before->dst != one.after->dst);
               });
        const bool same = step.goesOn && step.node == before.node && best->packet.src == expected.dst && best->packet.dst == expected.src;
        if (same)
            continue;
        if (!translated) { // nothing has to be undone there: another way will do
            branch.answerEnd = step.end;
            branch.answerReason = "the answer takes another way than the request";
            return;
        }
        branch.answerEnd = ClusterEnd::Refused;
        branch.answerReason = "the answer does not come back through node " + before.node + ", which translated the request";
        return;
    }
}

} // namespace medic::netfilter
