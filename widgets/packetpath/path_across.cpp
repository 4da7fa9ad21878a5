// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/path_across.h"

#include "widgets/packetpath/path_tree.h"
#include "widgets/packetpath/path_words.h"
#include "widgets/text/escape.h"

#include <algorithm>

namespace medic::packetpath {

namespace {

using netfilter::ClusterBranch;
using netfilter::ClusterEnd;
using netfilter::ClusterHop;
using netfilter::ClusterTrace;

constexpr std::size_t mostWaysInWords = 4;

bool passes(Disposition disposition) { return disposition == Disposition::Delivered || disposition == Disposition::Forwarded; }

Disposition dispositionOf(ClusterEnd end, const std::vector<ClusterHop>& hops)
{
    switch (end) {
    case ClusterEnd::Node:
    case ClusterEnd::Pod: return Disposition::Delivered;
    case ClusterEnd::Outside: return Disposition::Forwarded;
    case ClusterEnd::Refused: {
        const Disposition last = hops.empty() ? Disposition::Dropped : hops.back().branch.disposition;
        return passes(last) ? Disposition::Dropped : last; // the packet itself passed, the one that carries it did not
    }
    case ClusterEnd::Unknown: break;
    }
    return Disposition::Undecidable;
}

TraceStep wire(const std::string& node, const std::string& carrier, const std::optional<TracePacket>& outer)
{
    TraceStep step;
    step.hook = "WIRE@" + node;
    step.backend = "wire";
    step.action = carrier;
    if (outer)
        step.reason = outer->protocol + ' ' + outer->src + " → " + outer->dst + (outer->dport != 0 ? ':' + std::to_string(outer->dport) : std::string());
    return step;
}

void append(std::vector<TraceStep>& steps, const std::vector<ClusterHop>& hops)
{
    for (std::size_t i = 0; i < hops.size(); ++i) {
        if (i > 0)
            steps.push_back(wire(hops[i].node, hops[i].carrier, hops[i].outer));
        for (TraceStep step : hops[i].branch.steps) {
            step.hook += '@' + hops[i].node;
            steps.push_back(std::move(step));
        }
    }
}

/// What the tracer of one node says about its last way; "dropped: policy of …" repeats the disposition.
std::string reasonOf(const std::string& reason, Disposition disposition)
{
    const std::string prefix = std::string(dispositionName(disposition)) + ": ";
    return reason.starts_with(prefix) ? reason.substr(prefix.size()) : reason;
}

QString sentence(QString text)
{
    return text.replace(QStringLiteral("。 "), QStringLiteral("。"));
}

} // namespace

Trace joinedTrace(const ClusterTrace& trace)
{
    Trace result;
    result.packet = trace.packet;
    result.warnings = trace.warnings;
    for (const ClusterBranch& branch : trace.branches) {
        if (result.node.empty() && !branch.hops.empty())
            result.node = branch.hops.front().node;
        TraceBranch one;
        one.disposition = dispositionOf(branch.end, branch.hops);
        one.probability = branch.probability;
        // What lies beyond the last node is not known; how much of it goes there is.
        one.certain = branch.end == ClusterEnd::Unknown
            ? std::all_of(branch.hops.begin(), branch.hops.end(), [](const ClusterHop& hop) { return hop.branch.certain; })
            : branch.certain;
        one.packet = branch.packet;
        one.reason = reasonOf(branch.reason, one.disposition);
        append(one.steps, branch.hops);
        if (!branch.beyond.empty())
            one.steps.push_back(wire(branch.beyond, branch.beyondCarrier, std::nullopt));
        if (branch.answered && !branch.answer.empty()) {
            TraceBranch back;
            back.disposition = dispositionOf(branch.answerEnd, branch.answer);
            back.certain = branch.answer.back().branch.certain && branch.answerEnd != ClusterEnd::Unknown;
            back.packet = branch.answer.back().branch.packet;
            back.reason = branch.answerReason;
            append(back.steps, branch.answer);
            one.replies.push_back(std::move(back));
        }
        result.branches.push_back(std::move(one));
    }
    return result;
}

bool leavesTheNode(const ClusterTrace& trace)
{
    return std::any_of(trace.branches.begin(), trace.branches.end(), [](const ClusterBranch& branch) { return branch.hops.size() > 1 || !branch.beyond.empty(); });
}

QString AcrossWords::carrier(const std::string& carrier)
{
    if (carrier == "vxlan")
        return QStringLiteral("VXLAN");
    if (carrier == "ipip")
        return QStringLiteral("IPIP");
    if (carrier == "wireguard")
        return QStringLiteral("WireGuard");
    if (carrier == "geneve")
        return QStringLiteral("Geneve");
    if (carrier == "gre")
        return QStringLiteral("GRE");
    return carrier == "direct" || carrier.empty() ? tr("routing, not packed") : lineSafe(carrier);
}

QString AcrossWords::wire(const TraceStep& step)
{
    return tr("by %1 to %2").arg(carrier(step.action), lineSafe(std::string(nodeOfHook(step.hook))));
}

/// "from node-1 by VXLAN to node-2, and arrives at …"
QString AcrossWords::way(const ClusterBranch& branch)
{
    const QString target = endpointText(branch.packet.dst, branch.packet.dport);
    QString route = branch.hops.empty() ? QString() : lineSafe(branch.hops.front().node);
    for (std::size_t i = 1; i < branch.hops.size(); ++i)
        route += QStringLiteral(" → %1 → %2").arg(carrier(branch.hops[i].carrier), lineSafe(branch.hops[i].node));
    const QString node = branch.hops.empty() ? QString() : lineSafe(branch.hops.back().node);
    const QString whose = lineSafe(branch.whose);
    switch (branch.end) {
    case ClusterEnd::Pod: return tr("%1: arrives at %2 (%3).").arg(route, target, whose);
    case ClusterEnd::Node: return tr("%1: arrives at %2, a process of %3.").arg(route, target, node);
    case ClusterEnd::Outside: return tr("%1: leaves the cluster for %2.").arg(route, target);
    case ClusterEnd::Refused: {
        const Disposition last = branch.hops.empty() ? Disposition::Dropped : branch.hops.back().branch.disposition;
        if (passes(last))
            return tr("%1: lost between the nodes: %2.").arg(route, PathWords::reason(branch.reason));
        return tr("%1: %2").arg(route, PathWords::ending(branch.hops.back().branch, branch.hops.back().node));
    }
    case ClusterEnd::Unknown: break;
    }
    if (!branch.beyond.empty())
        return tr("%1 → %2 → %3: unknown beyond here, since %3 was not collected.").arg(route, carrier(branch.beyondCarrier), lineSafe(branch.beyond));
    return tr("%1: how it goes on is not known: %2.").arg(route, PathWords::reason(reasonOf(branch.reason, Disposition::Undecidable)));
}

QString AcrossWords::inWords(const netfilter::PathQuery& query, const ClusterTrace& trace, const Trace& joined)
{
    QStringList sentences = PathWords::doubts(query, joined);
    if (trace.branches.size() == 1) {
        if (const QString changed = PathWords::translation(query, joined.branches.front()); !changed.isEmpty())
            sentences.append(changed);
        sentences.append(way(trace.branches.front()));
        return sentence(sentences.join(u' '));
    }
    double good = 0, lost = 0;
    for (const ClusterBranch& branch : trace.branches) {
        good += branch.end == ClusterEnd::Unknown || branch.end == ClusterEnd::Refused ? 0 : branch.probability;
        lost += branch.end == ClusterEnd::Refused ? branch.probability : 0;
    }
    sentences.append(tr("There are %n ways.", nullptr, static_cast<int>(trace.branches.size())));
    if (lost > 1e-9)
        sentences.append(tr("%1 of the connections do not get through.").arg(PathWords::share(lost)));
    else if (good > 0.9995)
        sentences.append(tr("All connections arrive."));
    // What is lost comes first, then what nobody knows.
    std::vector<const ClusterBranch*> order;
    for (const ClusterBranch& branch : trace.branches)
        order.push_back(&branch);
    const auto rank = [](const ClusterBranch* one) { return one->end == ClusterEnd::Refused ? 0 : one->end == ClusterEnd::Unknown ? 1 : 2; };
    std::stable_sort(order.begin(), order.end(), [&](const auto* a, const auto* b) { return rank(a) < rank(b); });
    const std::size_t shown = order.size() > mostWaysInWords ? mostWaysInWords - 1 : order.size();
    for (std::size_t i = 0; i < shown; ++i)
        sentences.append(QStringLiteral("\n%1  %2").arg(PathWords::share(order[i]->probability), way(*order[i])));
    if (shown < order.size())
        sentences.append(u'\n' + tr("… and %n more like these.", nullptr, static_cast<int>(order.size() - shown)));
    return sentence(sentences.join(u' ').replace(QStringLiteral(" \n"), QStringLiteral("\n")));
}

QString AcrossWords::replyInWords(const ClusterTrace& trace, const Trace& joined)
{
    bool open = false;
    const ClusterBranch* bad = nullptr;
    for (const ClusterBranch& branch : trace.branches) {
        open = open || branch.end == ClusterEnd::Unknown || (branch.answered && branch.answerEnd == ClusterEnd::Unknown);
        if (branch.answered && branch.answerEnd == ClusterEnd::Refused && bad == nullptr)
            bad = &branch;
    }
    const bool followed = std::any_of(joined.branches.begin(), joined.branches.end(), [](const TraceBranch& branch) { return !branch.replies.empty(); });
    QString text;
    if (bad != nullptr)
        text = tr("An answer does not get back: %1.").arg(PathWords::reason(bad->answerReason));
    else if (followed)
        text = tr("The answer comes back through the same nodes: its addresses are translated back, and the sender sees it come from where it asked.");
    else if (!open)
        text = tr("Nothing gets through, so there is no answer to follow.");
    if (open)
        text += (text.isEmpty() ? QString() : QStringLiteral(" ")) + tr("What lies beyond was not collected, so the answer is not known either.");
    return sentence(text);
}

} // namespace medic::packetpath
