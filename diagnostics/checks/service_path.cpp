// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/service_path.h"

#include "diagnostics/checks/dns_matrix.h"
#include "diagnostics/model/pod_probe_ids.h"

#include <algorithm>

namespace medic::checks {

const Fact<std::vector<parse::PathAnswer>>& pathAnswers(const Snapshot& snapshot, std::string_view node)
{
    return fact<std::vector<parse::PathAnswer>>(
        snapshot, node, probe::servicePath, Need::Answer, parse::pathAnswers);
}

const parse::PathAnswer* foreignAnswer(const Snapshot& snapshot, std::string_view node)
{
    const auto& all = pathAnswers(snapshot, node);
    if (!all)
        return nullptr;
    const auto found = std::find_if(all->begin(), all->end(), [](const parse::PathAnswer& one) {
        return !one.from.empty() && one.kind == "vip" && one.status != 0 && !one.fromApiserver()
            && !one.subject.empty();
    });
    return found == all->end() ? nullptr : &*found;
}

void checkServicePath(Sink& sink, const std::string& node)
{
    const auto& all = pathAnswers(sink.snapshot(), node);
    if (!all)
        return; // one proof among several: the rules are looked at as well
    if (const parse::PathAnswer* const foreign = foreignAnswer(sink.snapshot(), node)) {
        sink.node("service.foreign-answer", Verdict::Failure, Confidence::Confirmed, node,
            { { "address", foreign->address }, { "from", podByUid(sink.snapshot(), foreign->from) },
                { "certificate", foreign->subject } },
            { all.at({ foreign->line, foreign->subjectLine }) });
        return;
    }
    // From each source: the Service's address against the apiservers behind it.
    const auto answered = [&](const std::string& from, std::string_view kind) {
        return std::any_of(all->begin(), all->end(), [&](const parse::PathAnswer& one) {
            return one.from == from && one.kind == kind && one.status != 0;
        });
    };
    for (const parse::PathAnswer& one : *all) {
        if (one.kind != "vip" || one.status != 0)
            continue;
        const bool behind = answered(one.from, "endpoint");
        std::vector<std::string> dead;
        for (const parse::PathAnswer& other : *all)
            if (other.from == one.from && other.kind == "endpoint" && other.status == 0)
                dead.push_back(other.address);
        std::vector<int> lines;
        for (const parse::PathAnswer& other : *all)
            if (other.from == one.from)
                lines.push_back(other.line);
        const Parameters parameters { { "address", one.address },
            { "from", one.from.empty() ? node : podByUid(sink.snapshot(), one.from) } };
        if (behind && !dead.empty()) {
            // A share of the connections goes to an apiserver that is gone: no fault of this node's rules.
            Parameters named = parameters;
            named.insert({ "dead", join(dead) });
            sink.node("service.apiserver-gone", Verdict::Failure,
                one.from.empty() ? Confidence::Likely : Confidence::Confirmed, node, named, { all.at(lines) });
            return;
        }
        if (behind) {
            sink.node("service.vip-fails", Verdict::Failure,
                one.from.empty() ? Confidence::Likely : Confidence::Confirmed, node, parameters,
                { all.at(lines) });
            return;
        }
        // Neither from the Pod; yet the node itself gets through: a policy, the CNI, or a masquerade that is
        // missing.
        if (!one.from.empty() && (answered("", "endpoint") || answered("", "vip"))) {
            sink.node("service.pod-cut-off", Verdict::Failure, Confidence::Confirmed, node, parameters,
                { all.at(lines) });
            return;
        }
    }
}

} // namespace medic::checks
