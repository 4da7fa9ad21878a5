// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/playbooks/runner_view.h"

#include "diagnostics/model/probe_ids.h"
#include "diagnostics/playbooks/loader.h"

#include <algorithm>

namespace medic::playbooks {

bool failing(const Finding& finding) { return finding.verdict() == Verdict::Failure || finding.verdict() == Verdict::Warning; }

std::string nodeOf(const Finding& finding)
{
    if (!finding.subject().node.empty())
        return finding.subject().node;
    return finding.subject().kind == SubjectKind::Node ? finding.subject().name : std::string();
}

void RunnerView::onlyKeys(std::string id, std::set<std::string> keys)
{
    m_keysOf = std::move(id);
    m_keys = std::move(keys);
}

std::vector<const Finding*> RunnerView::matching(const std::vector<std::string>& arguments) const
{
    std::vector<const Finding*> result;
    std::string node;
    if (arguments.size() > 1) {
        const Visit* visit = m_runner.lastVisit(arguments[1]);
        node = visit == nullptr ? std::string() : visit->result;
    }
    for (const Finding& finding : *m_world.findings) {
        if (!idMatches(arguments.front(), finding.id()))
            continue;
        const std::string where = nodeOf(finding);
        if (!node.empty() && !where.empty() && where != node)
            continue;
        if (!m_nodes.empty() && !where.empty() && !m_nodes.contains(where))
            continue;
        if (!m_keys.empty() && idMatches(m_keysOf, finding.id()) && !m_keys.contains(finding.key()))
            continue;
        result.push_back(&finding);
    }
    return result;
}

/// A finding that is absent is excluded only where its suite had all that it needed, on nodes that were reached; one that was
/// there before, where what it rested on was looked at again.
bool RunnerView::notChecked(const std::vector<std::string>& arguments) const
{
    const Visit* asked = arguments.size() > 1 ? m_runner.lastVisit(arguments[1]) : nullptr;
    const auto inScope = [&](const std::string& node) {
        if (asked != nullptr && !node.empty() && node != asked->result)
            return false;
        return m_nodes.empty() || node.empty() || m_nodes.contains(node);
    };
    std::set<std::string> suites {arguments.front().substr(0, arguments.front().find('.'))};
    for (const Visit& visit : m_runner.visits())
        if (const Step* step = m_runner.playbook().find(visit.step))
            suites.insert(step->suites.begin(), step->suites.end());
    const auto seen = m_runner.m_rests.find(arguments.front());
    const bool before = seen != m_runner.m_rests.end();
    if (before)
        for (const auto& [node, sources] : seen->second)
            for (const std::string& source : sources) {
                const std::size_t slash = source.find('/');
                const ObservationPtr again = m_world.snapshot->find(source.substr(0, slash), source.substr(slash + 1));
                if (inScope(node) && (again == nullptr || again->state != ProbeState::Complete))
                    return true;
            }
    for (const Finding& finding : *m_world.findings) {
        const std::string& node = finding.subject().node;
        const bool own = before && (node.empty() || seen->second.contains(node)); // judged by its own sources, above
        if (finding.id() == "common.not-checked" && suites.contains(finding.suite()) && inScope(node) && !own)
            return true;
    }
    for (const std::string& node : m_world.snapshot->nodes()) {
        const ObservationPtr connect = m_world.snapshot->find(node, probe::connect);
        if (inScope(node) && connect != nullptr && connect->state != ProbeState::Complete)
            return true;
    }
    return false;
}

Tri RunnerView::truth(std::string_view function, const std::vector<std::string>& arguments) const
{
    const auto tri = [](bool holds) { return holds ? Tri::Yes : Tri::No; };
    if (function == "live")
        return tri(m_world.live);
    if (function == "changes")
        return tri(m_world.live && m_world.changesAllowed);
    if (function == "answered") {
        const Visit* visit = m_runner.lastVisit(arguments.front());
        return tri(visit != nullptr && visit->status == StepStatus::Done);
    }
    if (function == "verdict") {
        for (const VerdictGiven& given : m_runner.verdicts())
            if (given.id == arguments.front())
                return given.rejected ? Tri::No : given.undecided ? Tri::Unknown : Tri::Yes;
        return Tri::No;
    }
    const std::vector<const Finding*> all = matching(arguments);
    const bool bad = std::any_of(all.begin(), all.end(), [](const Finding* f) { return failing(*f); });
    const bool open = std::any_of(all.begin(), all.end(), [](const Finding* f) { return f->verdict() == Verdict::Unknown; });
    if (function == "unknown")
        return tri(open);
    if (function == "present")
        return tri(!all.empty());
    if (m_world.snapshot->empty())
        return Tri::Unknown; // nothing was looked at: nothing is excluded
    if (function == "found")
        return bad ? Tri::Yes : open || (all.empty() && notChecked(arguments)) ? Tri::Unknown : Tri::No;
    if (function == "ok")
        return bad ? Tri::No : open || all.empty() ? Tri::Unknown : Tri::Yes;
    if (function == "confirmed") {
        const bool proven = std::any_of(all.begin(), all.end(),
                                        [](const Finding* f) { return failing(*f) && f->confidence() == Confidence::Confirmed; });
        return proven ? Tri::Yes : open && !bad ? Tri::Unknown : Tri::No;
    }
    return Tri::Unknown;
}

std::optional<std::string> RunnerView::value(std::string_view function, const std::vector<std::string>& arguments) const
{
    if (function == "count") {
        if (m_world.snapshot->empty())
            return std::nullopt;
        const auto all = matching(arguments);
        return std::to_string(std::count_if(all.begin(), all.end(), [](const Finding* f) { return failing(*f); }));
    }
    const Visit* visit = m_runner.lastVisit(arguments.front());
    if (visit == nullptr)
        return "none"; // never asked: no answer is its answer
    if (visit->status == StepStatus::Skipped && visit->result.empty())
        return "skipped";
    // Nothing can be measured in a recording: the conditions rest on what it holds.
    const Step* const step = m_runner.playbook().find(arguments.front());
    if (visit->result == "unknown" && !m_world.live && step != nullptr && step->type == StepType::Measure)
        return "not-measured";
    if (visit->result.empty() || visit->result == "unknown")
        return std::nullopt;
    return visit->result;
}

} // namespace medic::playbooks
