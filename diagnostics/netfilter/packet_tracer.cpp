// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/packet_tracer.h"

#include "diagnostics/netfilter/nat.h"
#include "diagnostics/netfilter/nft_presence.h"
#include "diagnostics/netfilter/trace_run.h"

#include <algorithm>
#include <map>

namespace medic::netfilter {

namespace {

constexpr std::uint8_t synAck = 0x12, ack = 0x10, syn = 0x02;

PacketState firstPacket(const PacketQuery& query, const Routing& routing, Notes& notes)
{
    PacketState packet;
    packet.src = query.src;
    packet.dst = query.dst;
    packet.protocol = query.protocol;
    packet.mark = query.mark;
    packet.tos = query.tos;
    packet.icmpType = query.icmpType;
    packet.icmpCode = query.icmpCode;
    if (packet.protocol == proto::icmp6 && packet.icmpType == 8)
        packet.icmpType = 128;
    packet.tcpFlags = query.state == Conntrack::State::New ? syn : ack;
    if (packet.hasPorts()) {
        packet.sport = query.sport;
        packet.dport = query.dport;
    }
    packet.in = query.in;
    if (!query.in.empty()) {
        if (!routing.link(query.in))
            notes.warn("the interface " + query.in + " is not in the dump");
        return packet;
    }
    packet.local = query.src.isNone() || query.src.isLoopback() || routing.isLocal(query.src);
    if (packet.local)
        return packet;
    packet.in = routing.deviceTowards(query.src);
    if (packet.in.empty()) {
        packet.inUnknown = true;
        notes.warn("by which interface " + query.src.text() + " enters is not known");
    }
    return packet;
}

/// The flow that a packet of this tuple belongs to, from the dump of conntrack.
std::shared_ptr<const Conntrack> findFlow(const NodeState& node, const PacketState& packet)
{
    if (!node.conntrack)
        return nullptr;
    const bool icmp = packet.protocol == proto::icmp || packet.protocol == proto::icmp6;
    for (const auto& entry : node.conntrack->entries) {
        if (entry.protocol != packet.protocol)
            continue;
        const auto same = [&](const conntrack::Tuple& tuple) {
            return tuple.source == packet.src && tuple.destination == packet.dst
                && (icmp || (tuple.sport == packet.sport && tuple.dport == packet.dport));
        };
        const bool reply = !same(entry.original) && same(entry.reply);
        if (!reply && !same(entry.original))
            continue;
        Conntrack ct;
        ct.isReply = reply;
        ct.natDone[0] = ct.natDone[1] = ct.confirmed = true;
        ct.seenReply = reply || !entry.unreplied;
        ct.state = ct.seenReply ? Conntrack::State::Established : Conntrack::State::New;
        const auto tuple = [](const conntrack::Tuple& t) { return FlowTuple {t.source, t.destination, t.sport, t.dport}; };
        ct.original = tuple(entry.original);
        ct.reply = tuple(entry.reply);
        ct.dnat = ct.reply.src != ct.original.dst || (!icmp && ct.reply.sport != ct.original.dport);
        ct.snat = ct.reply.dst != ct.original.src || (!icmp && ct.reply.dport != ct.original.sport);
        ct.perhapsMasqueraded = ct.snat;
        ct.mark = entry.mark;
        ct.zone = entry.zone;
        return std::make_shared<const Conntrack>(ct);
    }
    return nullptr;
}

bool passed(const TraceEnd& end)
{
    return end.disposition == Disposition::Delivered || end.disposition == Disposition::Forwarded;
}

/// The answer as it leaves the one who got the packet.
Walk answerTo(const PacketState& packet, Disposition disposition)
{
    Walk walk;
    PacketState& answer = walk.packet;
    answer.src = packet.dst;
    answer.dst = packet.src;
    answer.sport = packet.dport;
    answer.dport = packet.sport;
    answer.protocol = packet.protocol;
    answer.tcpFlags = synAck;
    answer.icmpType = packet.icmpType == 8 ? 0 : packet.icmpType == 128 ? 129 : packet.icmpType;
    answer.icmpCode = packet.icmpCode;
    if (packet.ct.tracked()) {
        Conntrack ct = packet.ct;
        ct.state = Conntrack::State::Established;
        ct.isReply = !ct.isReply;
        ct.natDone[0] = ct.natDone[1] = ct.confirmed = ct.seenReply = true;
        answer.flow = std::make_shared<const Conntrack>(ct);
    }
    if (packet.ipvs) {
        IpvsInfo flow = *packet.ipvs;
        flow.isReply = true;
        answer.ipvsFlow = std::make_shared<const IpvsInfo>(flow);
    }
    answer.local = disposition == Disposition::Delivered;
    if (!answer.local) {
        answer.in = packet.physOut.empty() ? packet.out : packet.physOut;
        answer.inUnknown = packet.outUnknown;
    }
    return walk;
}

/// An answer without an entry of its own: a lone SYN+ACK, INIT ACK or echo reply is invalid (tcp_new, sctp_new, icmp's
/// valid_new), anything else a first packet.
Conntrack::State stateOfLoneAnswer(std::uint8_t protocol)
{
    const bool first = protocol != proto::tcp && protocol != proto::sctp && protocol != proto::icmp && protocol != proto::icmp6;
    return first ? Conntrack::State::New : Conntrack::State::Invalid;
}

/// Before a later packet there was an answer, whose rules may have set the connection's mark.
void markByAnswer(const PacketTracer& tracer, PacketQuery query, const TraceEnd& first, Conntrack& ct)
{
    query.state = stateOfLoneAnswer(query.protocol);
    Notes notes;
    TraceRun run(tracer, query, notes);
    run.start(answerTo(first.walk.packet, first.disposition));
    bool found = false;
    for (const TraceEnd& end : run.ends()) {
        const Conntrack& answered = end.walk.packet.ct;
        if (!answered.tracked() || !answered.isReply)
            continue;
        ct.markKnown = ct.markKnown && answered.markKnown && (!found || ct.mark == answered.mark);
        ct.mark = answered.mark;
        found = true;
    }
}

/// A later packet without an entry in the dump: what its first packet would have bound, branch by branch.
std::vector<Walk> laterPackets(const PacketTracer& tracer, PacketQuery query, const Walk& start, Notes& notes)
{
    query.state = Conntrack::State::New;
    query.reply = query.passedOver = query.matches = false;
    Walk first = start;
    first.packet.tcpFlags = syn;
    TraceRun run(tracer, query, notes);
    run.start(std::move(first));
    std::vector<Walk> result;
    for (TraceEnd& end : run.ends()) {
        if (!passed(end) || !end.walk.packet.ct.tracked())
            continue;
        Conntrack ct = end.walk.packet.ct;
        ct.state = Conntrack::State::Established;
        ct.natDone[0] = ct.natDone[1] = ct.confirmed = ct.seenReply = true;
        Walk later = start;
        later.probability = end.walk.probability;
        later.certain = end.walk.certain;
        markByAnswer(tracer, query, end, ct);
        later.packet.flow = std::make_shared<const Conntrack>(ct);
        if (end.walk.packet.ipvs)
            later.packet.ipvsFlow = std::make_shared<const IpvsInfo>(*end.walk.packet.ipvs);
        result.push_back(std::move(later));
    }
    if (result.empty())
        result.push_back(start);
    return result;
}

class Report {
public:
    explicit Report(const Owners& owners) : m_owners(owners) { }

    TraceBranch branch(const TraceEnd& end)
    {
        TraceBranch result {.disposition = end.disposition, .probability = end.walk.probability,
                            .certain = end.walk.certain, .packet = end.walk.packet.shown(), .reason = end.reason};
        result.nextHop = end.disposition == Disposition::Forwarded ? end.walk.packet.gateway.text() : std::string();
        result.steps.reserve(end.walk.steps.size());
        for (const StepPtr& step : end.walk.steps)
            result.steps.push_back(withOwner(step));
        return result;
    }

private:
    /// Branches share steps: who wrote a rule is found once.
    const TraceStep& withOwner(const StepPtr& step)
    {
        const auto [found, added] = m_done.try_emplace(step);
        if (added) {
            found->second = *step;
            if (found->second.owner.kind.empty() && (step->rule > 0 || !step->chain.empty()))
                found->second.owner = step->backend == "ipvs" ? RuleOwner {.kind = "kube-proxy", .detail = "IPVS"}
                                                              : m_owners.of(step->table, step->chain, step->text, step->action);
        }
        return found->second;
    }

    const Owners& m_owners;
    std::map<StepPtr, TraceStep> m_done; ///< holds the steps: an address is never used twice
};

/// Signs of IPVS beside its own table: kube-proxy's device, its sets.
bool usesIpvs(const NodeState& node)
{
    if (node.links)
        for (const auto& link : *node.links)
            if (link.name == "kube-ipvs0")
                return true;
    return node.sets && (node.sets->find("KUBE-CLUSTER-IP") || node.sets->find("KUBE-6-CLUSTER-IP"));
}

/// Why rules that are not in the dump may act on the packet; empty: all of them are known.
std::string unknownRules(const NodeState& node, IpFamily family)
{
    using Kind = iptables::Remark::Kind;
    const bool v6 = family == IpFamily::V6;
    const auto& legacy = v6 ? node.legacy6 : node.legacy4;
    const auto& nft = v6 ? node.nft6 : node.nft4;
    for (const auto* save : {legacy.get(), nft.get()}) {
        if (!save)
            continue;
        for (const auto& remark : save->remarks()) {
            if (remark.kind == Kind::CutOff)
                return "the rules' dump was cut off at line " + std::to_string(remark.line);
            if (remark.kind == Kind::LegacyTablesPresent && !legacy)
                return "iptables-legacy holds rules that were not collected";
            if (remark.kind == Kind::IncompatibleTable && !node.ruleset)
                return "nftables holds rules that were not collected";
        }
    }
    if (legacy || nft || !node.ruleset)
        return {};
    const bool native = std::any_of(node.ruleset->tables.begin(), node.ruleset->tables.end(), [v6](const auto& table) {
        return (table.family == "inet" || table.family == (v6 ? "ip6" : "ip")) && !table.chains.empty();
    });
    // A node without any nftables rule may have all of its rules in iptables-legacy.
    return native ? std::string() : std::string(v6 ? "ip6tables" : "iptables") + "-legacy rules were not collected";
}

std::string wrongSource(const PacketState& answer, const PacketQuery& query)
{
    if (answer.src == query.dst && (!answer.hasPorts() || answer.sport == query.dport))
        return {};
    return "the answer comes from " + endpointText(answer.src, answer.sport) + ", not from "
        + endpointText(query.dst, query.dport) + " that was asked";
}

} // namespace

PacketTracer::PacketTracer(const NodeState& node)
    : m_node(node), m_routing(node), m_hooks4(node, IpFamily::V4), m_hooks6(node, IpFamily::V6),
      m_nativeWarnings4(nativeNftWarnings(node, IpFamily::V4)),
      m_nativeWarnings6(nativeNftWarnings(node, IpFamily::V6))
{
}

PacketTracer::~PacketTracer() = default;

Trace PacketTracer::trace(const PacketQuery& query) const
{
    Notes notes;
    for (const auto& warning : m_node.warnings)
        notes.warn(warning);
    const IpFamily family = query.dst.family;
    const bool v6 = family == IpFamily::V6;
    const auto& legacy = v6 ? m_node.legacy6 : m_node.legacy4;
    const auto& nft = v6 ? m_node.nft6 : m_node.nft4;
    // What was not collected is unknown, never empty: nothing that arrives is then certain.
    std::string missing;
    if (!legacy && !nft && !m_node.ruleset)
        missing = std::string(v6 ? "ip6tables" : "iptables") + " and nftables rules were not collected";
    if (!legacy && !nft)
        notes.warn(std::string(v6 ? "ip6tables" : "iptables") + " rules were not collected");
    if (!(v6 ? m_node.rules6 : m_node.rules4) && m_routing.known(family))
        notes.warn("ip rule was not collected; the default rules are assumed");
    const bool ipvsMissing = !m_node.ipvs && usesIpvs(m_node);
    if (!m_node.ipvs)
        notes.warn(ipvsMissing ? "the IPVS table was not collected, but this node uses IPVS"
                               : "the IPVS table was not collected; none is assumed");
    for (const auto& warning : v6 ? m_nativeWarnings6 : m_nativeWarnings4)
        notes.warn(warning);

    Walk start;
    start.packet = firstPacket(query, m_routing, notes);
    Trace result;
    result.node = m_node.node;
    result.packet = start.packet.shown();

    std::vector<Walk> starts;
    if (query.state == Conntrack::State::Established) {
        if (auto flow = findFlow(m_node, start.packet)) {
            auto known = *flow;
            known.state = Conntrack::State::Established;
            start.packet.flow = std::make_shared<const Conntrack>(known);
            starts.push_back(start);
        } else {
            starts = laterPackets(*this, query, start, notes);
        }
    } else {
        starts.push_back(start);
    }
    TraceRun run(*this, query, notes);
    for (Walk& one : starts)
        run.start(std::move(one));
    const std::string unseen = unknownRules(m_node, family);
    const auto doubt = [&unseen](TraceEnd& end) {
        if (unseen.empty())
            return;
        end.walk.certain = false;
        if (end.reason.empty())
            end.reason = unseen;
    };
    if (run.ends().empty())
        run.ends().push_back({Disposition::Undecidable, start, "the packet's way could not be followed"});

    for (TraceEnd& end : run.ends()) {
        doubt(end);
        if (!missing.empty()) {
            end.walk.certain = false;
            if (passed(end))
                end = {Disposition::Undecidable, std::move(end.walk), missing};
        } else if (ipvsMissing && end.disposition == Disposition::Delivered) {
            end.walk.certain = false;
            if (m_routing.addressType(end.walk.packet.dst, "kube-ipvs0") == RouteResult::Kind::Local)
                end = {Disposition::Undecidable, end.walk,
                       end.walk.packet.dst.text() + " is an address of kube-ipvs0, and the IPVS table was not collected"};
        }
    }
    Report report(m_owners);
    for (const TraceEnd& end : run.ends()) {
        TraceBranch branch = report.branch(end);
        if (query.reply && passed(end)) {
            PacketQuery back = query;
            Walk answer = answerTo(end.walk.packet, end.disposition);
            back.state = stateOfLoneAnswer(query.protocol);
            TraceRun backward(*this, back, notes);
            backward.start(std::move(answer));
            for (TraceEnd& one : backward.ends()) {
                if (passed(one) && one.reason.empty())
                    one.reason = wrongSource(one.walk.packet, query);
                doubt(one);
                branch.replies.push_back(report.branch(one));
            }
        }
        result.branches.push_back(std::move(branch));
    }
    result.warnings = notes.warnings();
    return result;
}

} // namespace medic::netfilter
