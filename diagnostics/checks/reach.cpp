// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/reach.h"

#include "diagnostics/model/probe_ids.h"

#include <algorithm>

namespace medic::checks {

namespace {

std::string firstLine(const std::string& text)
{
    const std::size_t from = text.find_first_not_of(" \t\r\n");
    return from == std::string::npos ? std::string() : text.substr(from, text.find('\n', from) - from);
}

std::string reasonOf(const Observation& observation)
{
    const std::string words = firstLine(observation.err.empty() ? observation.out : observation.err);
    return words.empty() ? std::string(probeStateName(observation.state)) : words;
}

} // namespace

bool unreachable(const Snapshot& snapshot, std::string_view node)
{
    const ObservationPtr connect = snapshot.find(node, probe::connect);
    if (connect && connect->state != ProbeState::Complete)
        return true;
    const auto all = snapshot.ofNode(node);
    return !all.empty()
        && std::all_of(all.begin(), all.end(), [](const ObservationPtr& one) { return one->state == ProbeState::Unreachable; });
}

bool apiAnswered(const Snapshot& snapshot)
{
    for (const std::string_view name : {probe::apiNodes, probe::apiPods, probe::apiServices, probe::apiVersion}) {
        const ObservationPtr answer = snapshot.cluster(name);
        if (answer && answer->state == ProbeState::Complete && answer->exitStatus == 0)
            return true;
    }
    return false;
}

void reportUnreachable(const CheckInput& input, const std::vector<std::string_view>& wanted, Findings& findings)
{
    for (const std::string& node : input.nodes()) {
        if (!unreachable(input.snapshot, node))
            continue;
        ObservationPtr evidence = input.snapshot.find(node, probe::connect);
        if (!evidence)
            evidence = input.snapshot.ofNode(node).front();
        findings.add({.id = "node.unreachable",
                      .suite = "reach",
                      .subject = {SubjectKind::Node, {}, node, node},
                      .verdict = Verdict::Unknown,
                      .confidence = Confidence::Confirmed,
                      .parameters = {{"node", node}, {"reason", reasonOf(*evidence)}},
                      .evidence = {{evidence, {}, true}}});
    }
    const bool needed = std::any_of(wanted.begin(), wanted.end(), [](std::string_view name) {
        return name.starts_with("api/") && name != probe::apiConnect;
    });
    if (!needed || apiAnswered(input.snapshot))
        return;
    ObservationPtr asked = input.snapshot.cluster(probe::apiConnect);
    for (const std::string_view name : {probe::apiVersion, probe::apiNodes, probe::apiPods})
        if (!asked)
            asked = input.snapshot.cluster(name);
    const auto all = input.snapshot.all();
    const bool nobody = !asked || asked->state == ProbeState::NotApplicable || asked->state == ProbeState::Complete;
    if (!asked && !all.empty())
        asked = all.front(); // a sweep over SSH alone: the evidence is what there is
    if (!asked)
        return;
    findings.add({.id = "cluster.api-unreachable",
                  .suite = "reach",
                  .subject = {SubjectKind::Cluster, {}, {}, {}},
                  .verdict = Verdict::Unknown,
                  .confidence = Confidence::Confirmed,
                  .parameters = {{"reason", nobody ? "not asked" : reasonOf(*asked)}},
                  .evidence = {{asked, {}, !nobody}}});
}

} // namespace medic::checks
