// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/trace_run.h"

#include "diagnostics/netfilter/nat.h"

#include <algorithm>
#include <tuple>

namespace medic::netfilter {

namespace {

constexpr int maxPasses = 24; ///< hooks that one packet may enter

using Order = std::vector<const BaseChain*>;

/// What tells one result from another: if two orders of equal chains agree in this, their order does not matter.
std::vector<std::tuple<int, FlowTuple, std::uint32_t, std::uint32_t>> signatureOf(const std::vector<HookOutcome>& all)
{
    std::vector<std::tuple<int, FlowTuple, std::uint32_t, std::uint32_t>> result;
    for (const auto& one : all)
        result.emplace_back(static_cast<int>(one.verdict) * 2 + (one.walk.packet.sportRandom ? 1 : 0), one.walk.packet.tuple(), one.walk.packet.mark,
                            one.walk.packet.ct.mark);
    const auto key = [](const auto& one) {
        const FlowTuple& flow = std::get<1>(one);
        return std::tie(std::get<0>(one), flow.src, flow.dst, flow.sport, flow.dport, std::get<2>(one), std::get<3>(one));
    };
    std::sort(result.begin(), result.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
    return result;
}

/// The chains one after the other; `stopWhenBound` for nat's list, which ends with the first binding.
std::vector<HookOutcome> evaluate(const Order& order, const HookContext& context, Walk walk, const Manip* stopWhenBound)
{
    std::vector<HookOutcome> open, done;
    open.push_back({HookOutcome::Verdict::Accept, std::move(walk), {}});
    for (const BaseChain* chain : order) {
        std::vector<HookOutcome> next;
        for (auto& one : open) {
            if (stopWhenBound && one.walk.packet.ct.natDone[static_cast<int>(*stopWhenBound)]) {
                done.push_back(std::move(one));
                continue;
            }
            std::vector<HookOutcome> outcomes;
            chain->evaluate(std::move(one.walk), context, outcomes);
            for (auto& outcome : outcomes)
                (outcome.verdict == HookOutcome::Verdict::Accept ? next : done).push_back(std::move(outcome));
        }
        open = std::move(next);
    }
    for (auto& one : open)
        done.push_back(std::move(one));
    return done;
}

/// The other order in which chains of equal priority may be registered; empty when there is only one.
Order otherOrder(const Order& chains)
{
    Order other = chains;
    for (auto from = other.begin(); from != other.end();) {
        const auto to = std::find_if(from, other.end(), [&](const auto* one) {
            return one->place().priority != (*from)->place().priority;
        });
        std::reverse(from, to);
        // Which chain of one table was registered last, and therefore comes first, is known.
        for (auto a = from; a != to; ++a)
            for (auto b = std::next(a); b != to; ++b)
                if ((*a)->place().table == (*b)->place().table && (*b)->place().registered > (*a)->place().registered)
                    std::iter_swap(a, b);
        from = to;
    }
    return other != chains ? other : Order {};
}

/// All orders' outcomes; the second order only where it makes a difference.
std::vector<HookOutcome> evaluateOrders(const Order& chains, const HookContext& context, const Walk& walk,
                                        const Manip* stopWhenBound)
{
    auto first = evaluate(chains, context, walk, stopWhenBound);
    const Order other = otherOrder(chains);
    if (other.empty())
        return first;
    auto second = evaluate(other, context, walk, stopWhenBound);
    std::string names;
    for (const auto* chain : chains)
        names += (names.empty() ? "" : ", ") + chain->place().backend + ' ' + chain->place().table + ' ' + chain->place().name;
    names = "the order of " + names + " at " + std::string(hookName(context.hook)) + " is not in the dump";
    if (signatureOf(first) == signatureOf(second)) {
        context.notes.warn(names + "; the result is the same either way");
        return first;
    }
    context.notes.warn(names + ", and it matters: both are followed");
    for (auto* list : {&first, &second})
        for (auto& one : *list) {
            one.walk.certain = false;
            if (list == &second)
                first.push_back(std::move(one));
        }
    return first;
}

} // namespace

TraceRun::TraceRun(const PacketTracer& tracer, const PacketQuery& query, Notes& notes)
    : m_tracer(tracer), m_node(tracer.node()), m_routing(tracer.routing()), m_query(query), m_notes(notes)
{
}

void TraceRun::start(Walk walk)
{
    if (walk.packet.local)
        localOutput(std::move(walk));
    else
        received(std::move(walk));
}

void TraceRun::end(Disposition disposition, Walk walk, std::string reason)
{
    m_ends.push_back({disposition, std::move(walk), std::move(reason)});
}

void TraceRun::endOutcome(HookOutcome outcome)
{
    Disposition disposition = Disposition::Undecidable;
    switch (outcome.verdict) {
    case HookOutcome::Verdict::Drop: disposition = Disposition::Dropped; break;
    case HookOutcome::Verdict::Reject: disposition = Disposition::Rejected; break;
    case HookOutcome::Verdict::Queue: disposition = Disposition::Queued; break;
    case HookOutcome::Verdict::Accept:
    case HookOutcome::Verdict::Undecidable: break;
    }
    end(disposition, std::move(outcome.walk), std::move(outcome.reason));
}

void TraceRun::addStep(Walk& walk, std::string hook, std::string action, std::string text, std::string backend)
{
    TraceStep step;
    step.hook = std::move(hook);
    step.action = std::move(action);
    step.text = std::move(text);
    step.backend = std::move(backend);
    walk.add(std::move(step));
}

std::vector<Walk> TraceRun::runHook(Hook hook, Walk walk)
{
    std::vector<Walk> live;
    if (++walk.passes > maxPasses) {
        end(Disposition::Undecidable, std::move(walk), "the packet goes round in a circle");
        return live;
    }
    const IpFamily family = walk.packet.family();
    const HookContext context {.hook = hook, .node = m_node, .routing = m_routing, .notes = m_notes,
                               .passedOver = m_query.passedOver, .matches = m_query.matches};
    live.push_back(std::move(walk));
    for (const HookStage& stage : m_tracer.hooks(family).stages(hook)) {
        std::vector<Walk> next;
        for (Walk& one : live)
            for (Walk& out : runStage(stage, context, std::move(one)))
                next.push_back(std::move(out));
        live = std::move(next);
        if (live.empty())
            break;
    }
    return live;
}

std::vector<Walk> TraceRun::runStage(const HookStage& stage, const HookContext& context, Walk walk)
{
    std::vector<Walk> result;
    switch (stage.kind) {
    case HookStage::Kind::Chains: return runChains(stage, context, std::move(walk));
    case HookStage::Kind::Nat: return runNat(stage, context, std::move(walk));
    case HookStage::Kind::IpvsIn: return ipvsIn(context, std::move(walk));
    case HookStage::Kind::IpvsOut:
        ipvsOut(context, walk);
        break;
    case HookStage::Kind::Conntrack:
        enterConntrack(walk.packet);
        break;
    }
    result.push_back(std::move(walk));
    return result;
}

std::vector<HookOutcome> TraceRun::outcomesOf(const HookStage& stage, const HookContext& context, Walk walk)
{
    return stage.chains.size() == 1 ? evaluate(stage.chains, context, std::move(walk), nullptr) : evaluateOrders(stage.chains, context, walk, nullptr);
}

std::vector<Walk> TraceRun::runChains(const HookStage& stage, const HookContext& context, Walk walk)
{
    const PacketState before = walk.packet;
    const bool mayReroute = context.hook == Hook::Output
        && std::any_of(stage.chains.begin(), stage.chains.end(),
                       [](const auto* one) { return one->place().kind == BaseChain::Kind::Route; });
    std::vector<Walk> result;
    for (HookOutcome& outcome : outcomesOf(stage, context, std::move(walk))) {
        if (outcome.verdict != HookOutcome::Verdict::Accept) {
            endOutcome(std::move(outcome));
            continue;
        }
        const PacketState& after = outcome.walk.packet;
        bool dropped = false;
        if (mayReroute
            && (after.src != before.src || after.dst != before.dst || after.mark != before.mark || after.tos != before.tos))
            reroute(outcome.walk, dropped);
        if (!dropped)
            result.push_back(std::move(outcome.walk));
    }
    return result;
}

std::vector<Walk> TraceRun::runNat(const HookStage& stage, const HookContext& context, Walk walk)
{
    std::vector<Walk> result;
    PacketState& packet = walk.packet;
    const Manip manip = manipOf(context.hook);
    if (!packet.ct.tracked()) {
        result.push_back(std::move(walk));
        return result;
    }
    const IpAddress destination = packet.dst;
    const auto keep = [&](Walk one) {
        // nf_nat_ipv4_out of LOCAL_OUT: routed again if and only if the destination's address changed
        bool dropped = false;
        if (context.hook == Hook::Output && one.packet.dst != destination)
            reroute(one, dropped);
        if (!dropped)
            result.push_back(std::move(one));
    };
    const bool icmpError = packet.ct.state == Conntrack::State::Related
        && (packet.protocol == proto::icmp || packet.protocol == proto::icmp6);
    if (packet.ct.natDone[static_cast<int>(manip)] || icmpError) {
        if (context.hook == Hook::Postrouting && masqueradeLost(walk))
            return result;
        const PacketState before = packet;
        if (applyNat(packet, manip)) {
            TraceStep step;
            step.hook = hookName(context.hook);
            step.table = "nat";
            step.backend = "conntrack";
            step.action = manip == Manip::Source ? "source " + endpointText(packet.src, packet.sport)
                                                 : "destination " + endpointText(packet.dst, packet.dport);
            step.reason = "as the connection's first packet was translated";
            step.before = before.shown();
            step.after = packet.shown();
            walk.add(std::move(step));
        }
        keep(std::move(walk));
        return result;
    }
    for (HookOutcome& outcome : evaluateOrders(stage.chains, context, walk, &manip)) {
        if (outcome.verdict != HookOutcome::Verdict::Accept) {
            endOutcome(std::move(outcome));
            continue;
        }
        if (!outcome.walk.packet.ct.natDone[static_cast<int>(manip)])
            bindNull(outcome.walk.packet, manip);
        keep(std::move(outcome.walk));
    }
    return result;
}

/// nf_nat_oif_changed: a masqueraded flow that leaves by another device than its first packet is forgotten, and this
/// packet dropped. True: it ended here.
bool TraceRun::masqueradeLost(Walk& walk)
{
    const PacketState& packet = walk.packet;
    const Conntrack& ct = packet.ct;
    if (ct.isReply || packet.outUnknown)
        return false;
    const auto reason = [&](const std::string& device) {
        return "masqueraded by " + device + ", and leaves by " + packet.out + " now: the kernel forgets the connection";
    };
    if (!ct.masqueradedBy.empty()) {
        if (ct.masqueradedBy == packet.out)
            return false;
        std::string why = reason(ct.masqueradedBy);
        end(Disposition::Dropped, std::move(walk), std::move(why));
        return true;
    }
    if (!ct.perhapsMasqueraded || !ct.snat || !m_node.links)
        return false;
    std::string holder;
    for (const auto& link : *m_node.links)
        for (const auto& address : link.addresses)
            if (address.local == ct.reply.dst && holder != packet.out)
                holder = link.name;
    if (holder.empty() || holder == packet.out)
        return false;
    walk.certain = false; // SNAT goes on by any device
    end(Disposition::Dropped, walk, reason(holder));
    return false;
}

void TraceRun::enterConntrack(PacketState& packet) const
{
    Conntrack& ct = packet.ct;
    if (ct.state != Conntrack::State::None)
        return; // over lo or sent on by IPVS: the entry is attached; NOTRACK: no entry
    // The entry is found by the packet's own tuple, and only in the zone that raw's rules gave to this direction
    // (nf_conntrack_find_get, nf_ct_zone_equal).
    const auto& flow = packet.flow;
    if (flow && flow->zoneOf(flow->isReply) == ct.zoneOf(flow->isReply) && packet.tuple() == (flow->isReply ? flow->reply : flow->original)) {
        ct = *packet.flow;
        return;
    }
    ct.hasTemplate = false;
    ct.state = m_query.state;
    ct.original = packet.tuple();
    ct.reply = packet.tuple().reversed();
    if (ct.state == Conntrack::State::Related)
        ct.markKnown = ct.tuplesKnown = false; // those of the flow that it is related to
    if (ct.state == Conntrack::State::Established) {
        ct.natDone[0] = ct.natDone[1] = true;
        ct.markKnown = false;
        ct.confirmed = true;
    }
}

} // namespace medic::netfilter
