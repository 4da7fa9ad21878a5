// SPDX-License-Identifier: GPL-3.0-or-later
// "In words": a whole path in two or three sentences.
#include "widgets/packetpath/path_words.h"

#include "widgets/text/escape.h"

#include <algorithm>
#include <map>
#include <set>

namespace medic::packetpath {

namespace {

const TraceStep* firstTranslation(const TraceBranch& branch)
{
    for (const TraceStep& step : branch.steps)
        if (natOf(step).destination)
            return &step;
    return nullptr;
}

const TraceStep* masquerade(const TraceBranch& branch)
{
    for (const TraceStep& step : branch.steps)
        if (natOf(step).source && hookOnly(step.hook) == "POSTROUTING")
            return &step;
    return nullptr;
}

/// The rule that ended a way.
const TraceStep* decider(const TraceBranch& branch)
{
    for (auto step = branch.steps.rbegin(); step != branch.steps.rend(); ++step)
        if (step->matched != Tri::No && (step->rule > 0 || !step->chain.empty()))
            return &*step;
    return nullptr;
}

bool isOfService(const RuleOwner& owner)
{
    return owner.kind == "Service" || owner.kind == "endpoint" || owner.kind == "kube-proxy";
}

/// A Chinese full stop carries its own space.
QString joined(const QStringList& sentences)
{
    QString text = sentences.join(u' ');
    return text.replace(QStringLiteral("。 "), QStringLiteral("。"));
}

QString asked(const netfilter::PathEnd& end) { return lineSafe(end.text()); }

} // namespace

QString PathWords::ending(const TraceBranch& branch, const std::string& node)
{
    const QString target = endpointText(branch.packet.dst, branch.packet.dport);
    const QString name = node.empty() ? tr("this node") : lineSafe(node);
    const QString why = reason(branch.reason);
    const TraceStep* rule = decider(branch);
    switch (branch.disposition) {
    case Disposition::Delivered: return tr("The packet reaches %1 on %2.").arg(target, name);
    case Disposition::Forwarded:
        return branch.packet.out.empty() ? tr("The packet is sent on to %1.").arg(target) : tr("The packet is sent on to %1 by %2.").arg(target, lineSafe(branch.packet.out));
    case Disposition::Dropped:
    case Disposition::Rejected: {
        const QString verb = branch.disposition == Disposition::Dropped ? tr("dropped") : tr("rejected");
        if (rule == nullptr || (rule->action != "drop" && rule->action != "policy drop" && rule->action.find("reject") != 0))
            return tr("The packet is %1: %2.").arg(verb, why);
        const QString by = owner(rule->owner);
        if (rule->rule == 0)
            return tr("The packet is %1 by the policy of %2: no rule let it pass.").arg(verb, lineSafe(rule->table) + u' ' + lineSafe(rule->chain));
        return by.isEmpty() ? tr("The packet is %1 by %2.").arg(verb, place(*rule)) : tr("The packet is %1 by %2, written by %3.").arg(verb, place(*rule), by);
    }
    case Disposition::NoRoute: return tr("The packet is lost at the routing decision on %1: %2.").arg(name, why);
    case Disposition::Martian: return tr("The kernel of %1 refuses it as martian: %2.").arg(name, why);
    case Disposition::Queued: return tr("A program decides about the packet: %1.").arg(why);
    case Disposition::Undecidable: return tr("How the packet goes on cannot be decided: %1.").arg(why);
    }
    return {};
}

QString PathWords::translation(const netfilter::PathQuery& query, const TraceBranch& branch)
{
    QString text;
    if (const TraceStep* step = firstTranslation(branch)) {
        const NatChange nat = natOf(*step);
        const QString by = step->backend == "ipvs" ? tr("IPVS") : owner(step->owner);
        text = by.isEmpty() ? tr("%1 becomes %2 (%3).").arg(nat.destinationBefore, nat.destinationAfter, place(*step))
                            : tr("%1 becomes %2, by the rule of: %3.").arg(nat.destinationBefore, nat.destinationAfter, by);
        if (step->backend == "ipvs")
            text = tr("%1 becomes %2, by IPVS.").arg(nat.destinationBefore, nat.destinationAfter);
    } else if (query.to.kind == netfilter::PathEnd::Kind::Service && arrives(branch.disposition)) {
        text = tr("No rule translates the Service's address: the packet goes on unchanged, and nobody has that address.");
    }
    if (const TraceStep* step = masquerade(branch))
        text += (text.isEmpty() ? QString() : QStringLiteral(" ")) + tr("Its source becomes %1, so that the answer comes back here.").arg(natOf(*step).sourceAfter);
    return text;
}

const TraceStep* PathWords::thief(const netfilter::PathQuery& query, const TraceBranch& branch)
{
    const TraceStep* step = firstTranslation(branch);
    if (step == nullptr || step->backend == "ipvs" || step->backend == "conntrack" || isOfService(step->owner) || step->owner.kind == "unknown")
        return nullptr;
    if (query.to.kind == netfilter::PathEnd::Kind::Service)
        return step;
    // A node's port: kube-proxy had asked for it before (its sets, or its chain of nodePorts).
    const bool served = std::any_of(branch.steps.begin(), branch.steps.end(), [&](const TraceStep& one) {
        return &one < step && one.matched == Tri::Yes && one.rule > 0
            && (one.chain == "KUBE-NODE-PORT" || one.chain == "KUBE-NODEPORTS" || one.text.find("--match-set KUBE-") != std::string::npos);
    });
    return served && step->owner.kind == "hostPort" ? step : nullptr;
}

QString PathWords::theft(const netfilter::PathQuery& query, const Trace& trace)
{
    for (const TraceBranch& branch : trace.branches)
        if (const TraceStep* step = thief(query, branch)) {
            if (query.to.kind == netfilter::PathEnd::Kind::Service)
                return tr("Taken away: this packet is meant for %1, but the rule of another (%2) translates it first.").arg(asked(query.to), owner(step->owner));
            return tr("Taken away: a Service has this port as nodePort, but the hostPort of a Pod (%1) translates it first.").arg(place(*step));
        }
    return {};
}

QString PathWords::undecided(const Trace& trace)
{
    for (const TraceBranch& branch : trace.branches)
        for (const TraceStep& step : branch.steps)
            if (step.matched == Tri::Unknown)
                return tr("Not certain: whether %1 matches cannot be known (%2); both ways are shown.").arg(place(step), reason(step.reason));
    for (const TraceBranch& branch : trace.branches)
        if (!branch.certain)
            return tr("Not certain: something that decides was not collected; both ways are shown.");
    return {};
}

QString PathWords::several(const netfilter::PathQuery& query, const Trace& trace)
{
    std::map<Disposition, double> shares;
    std::set<std::string> targets;
    const TraceBranch* lost = nullptr;
    for (const TraceBranch& branch : trace.branches) {
        shares[branch.disposition] += branch.probability;
        targets.insert(branch.packet.dst + '/' + std::to_string(branch.packet.dport));
        if (!arrives(branch.disposition) && lost == nullptr)
            lost = &branch;
    }
    const int count = static_cast<int>(targets.size());
    QString text;
    if (query.to.kind == netfilter::PathEnd::Kind::Service)
        text = count == 1 ? tr("%1 leads to one endpoint from here.").arg(asked(query.to)) : tr("%1 leads to %n endpoints from here.", nullptr, count).arg(asked(query.to));
    else
        text = count == 1 ? tr("There are several ways to one place.") : tr("The packet can come to %n places.", nullptr, count);
    const bool equal = std::all_of(trace.branches.begin(), trace.branches.end(), [&](const TraceBranch& one) {
        return std::abs(one.probability - trace.branches.front().probability) < 1e-4;
    });
    if (equal)
        text += u' ' + tr("Each new connection goes to one of them, %1 each.").arg(share(trace.branches.front().probability));
    if (lost == nullptr)
        return text + u' ' + tr("Nothing is lost on this node.");
    double gone = 0;
    for (const auto& [how, part] : shares)
        gone += arrives(how) ? 0 : part;
    return text + u' ' + tr("%1 of the connections do not get through. %2").arg(share(gone), ending(*lost, trace.node));
}

Verdict PathWords::overall(const netfilter::PathQuery& query, const Trace& trace)
{
    Verdict worst = theft(query, trace).isEmpty() ? Verdict::Ok : Verdict::Warning;
    for (const TraceBranch& branch : trace.branches) {
        const Verdict one = branch.certain ? verdict(branch.disposition) : Verdict::Unknown;
        if (one == Verdict::Failure)
            return one;
        if (one == Verdict::Unknown)
            worst = one;
    }
    return worst;
}

QStringList PathWords::doubts(const netfilter::PathQuery& query, const Trace& trace)
{
    QStringList sentences;
    if (const QString stolen = theft(query, trace); !stolen.isEmpty())
        sentences.append(stolen);
    if (const QString open = undecided(trace); !open.isEmpty())
        sentences.append(open);
    return sentences;
}

QString PathWords::inWords(const netfilter::PathQuery& query, const Trace& trace)
{
    QStringList sentences = doubts(query, trace);
    const QString open = undecided(trace);
    if (trace.branches.size() == 1) {
        const TraceBranch& branch = trace.branches.front();
        if (const QString changed = translation(query, branch); !changed.isEmpty())
            sentences.append(changed);
        sentences.append(ending(branch, trace.node));
    } else if (!open.isEmpty()) {
        // If the rule matches …, if not …: the first of each ending is enough.
        std::set<Disposition> said;
        for (const TraceBranch& branch : trace.branches)
            if (said.insert(branch.disposition).second)
                sentences.append((said.size() == 1 ? tr("Either: %1") : tr("Or: %1")).arg(ending(branch, trace.node)));
    } else {
        sentences.append(several(query, trace));
    }
    return joined(sentences);
}

QString PathWords::replyInWords(const netfilter::PathQuery&, const Trace& trace)
{
    int good = 0, elsewhere = 0, all = 0;
    const TraceBranch* lost = nullptr;
    const TraceBranch* wrong = nullptr;
    for (const TraceBranch& branch : trace.branches)
        for (const TraceBranch& reply : branch.replies) {
            ++all;
            if (!arrives(reply.disposition))
                lost = lost == nullptr ? &reply : lost;
            else if (!reply.reason.empty())
                ++elsewhere, wrong = wrong == nullptr ? &reply : wrong;
            else
                ++good;
        }
    if (all == 0)
        return tr("Nothing gets through, so there is no answer to follow.");
    if (good == all)
        return tr("The answer takes the same way back: its addresses are translated back, and the sender sees it come from where it asked.");
    QStringList sentences;
    if (lost != nullptr)
        sentences.append(tr("An answer does not get back: %1").arg(ending(*lost, trace.node)));
    if (elsewhere > 0)
        sentences.append(tr("An answer arrives from another address than was asked, so the sender does not recognise it: %1.").arg(reason(wrong->reason)));
    return joined(sentences);
}

} // namespace medic::packetpath
