// SPDX-License-Identifier: GPL-3.0-or-later
// Rules that stand in each other's way: netfilter/conflicts.h as findings. Two backends and firewalld are network's.
#include "diagnostics/checks/families.h"

#include "diagnostics/checks/sink.h"
#include "diagnostics/model/probe_ids.h"
#include "diagnostics/netfilter/conflicts.h"
#include "diagnostics/netfilter/node_state.h"
#include "diagnostics/parse/lines.h"

#include <array>

namespace medic::checks {

namespace {

using netfilter::Conflict;

/// The observation whose line this rule is.
ObservationPtr sourceOf(const Snapshot& snapshot, const std::string& node, const Conflict& conflict, const Conflict::Place& place)
{
    const bool legacy = place.backend == "legacy";
    const std::array<std::string_view, 2> probes = conflict.v6
        ? std::array<std::string_view, 2> {legacy ? probe::ip6tablesLegacySave : probe::ip6tablesNftSave, probe::ip6tablesSave}
        : std::array<std::string_view, 2> {legacy ? probe::iptablesLegacySave : probe::iptablesNftSave, probe::iptablesSave};
    for (const std::string_view name : probes) {
        const ObservationPtr seen = snapshot.find(node, name);
        if (!seen || !seen->good())
            continue;
        int number = 0;
        std::size_t at = 0;
        while (++number < place.line && at != std::string::npos) {
            at = seen->out.find('\n', at);
            at = at == std::string::npos ? at : at + 1;
        }
        if (at != std::string::npos && seen->out.substr(at, seen->out.find('\n', at) - at).find(place.text) != std::string::npos)
            return seen;
    }
    return nullptr;
}

std::string placeText(const Conflict::Place& place)
{
    return place.table + ' ' + place.chain + (place.rule > 0 ? " #" + std::to_string(place.rule) : "");
}

void report(Sink& sink, const std::string& node, const Conflict& conflict)
{
    const ObservationPtr source = sourceOf(sink.snapshot(), node, conflict, conflict.rule);
    if (!source)
        return;
    Evidence evidence {source, {conflict.rule.line}, false};
    for (const auto& other : conflict.others)
        if (other.line > 0 && sourceOf(sink.snapshot(), node, conflict, other) == source)
            evidence.lines.push_back(other.line);
    const std::string other = conflict.others.empty() ? "" : placeText(conflict.others.front());
    const auto add = [&](const char* id, Verdict verdict, Confidence confidence, Parameters parameters) {
        parameters["rule"] = placeText(conflict.rule);
        sink.node(id, verdict, confidence, node, std::move(parameters), {evidence});
    };
    switch (conflict.kind) {
    case Conflict::Kind::NeverMatches:
        return add("rules.never-matches", Verdict::Warning, Confidence::Confirmed, {{"other", other}});
    case Conflict::Kind::NativeDrop:
        if (conflict.what.find("firewalld") == std::string::npos) // network.firewalld
            add("rules.native-drop", Verdict::Warning, Confidence::Likely, {{"other", conflict.what}});
        return;
    case Conflict::Kind::LostMark: return add("rules.lost-mark", Verdict::Failure, Confidence::Confirmed, {});
    case Conflict::Kind::MixedPortmap: return add("rules.mixed-portmap", Verdict::Warning, Confidence::Confirmed, {{"other", other}});
    case Conflict::Kind::AbsentSet: return add("rules.absent-set", Verdict::Failure, Confidence::Likely, {{"set", conflict.what}});
    case Conflict::Kind::AbsentChain: return add("rules.absent-chain", Verdict::Warning, Confidence::Likely, {{"chain", conflict.what}});
    case Conflict::Kind::TwoBackends: return; // network.both-backends
    }
}

} // namespace

void runRules(const CheckInput& input, Findings& findings)
{
    Sink sink("rules", input, findings);
    constexpr std::size_t most = 20; ///< of one kind on a node: a rule that shadows a chain shadows all of it
    for (const std::string& node : sink.nodes()) {
        const auto state = netfilter::NodeState::fromSnapshot(input.snapshot, node);
        std::map<Conflict::Kind, std::size_t> seen;
        for (const Conflict& conflict : netfilter::findConflicts(state))
            if (conflict.harmful && ++seen[conflict.kind] <= most)
                report(sink, node, conflict);
    }
}

} // namespace medic::checks
