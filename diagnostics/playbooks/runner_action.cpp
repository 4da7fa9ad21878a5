// SPDX-License-Identifier: GPL-3.0-or-later
// Actions: confirmation, dry run, the first place alone, verification, rollback; and the symptom afterwards.
#include "diagnostics/playbooks/loader.h"
#include "diagnostics/playbooks/runner.h"
#include "diagnostics/playbooks/runner_detail.h"
#include "diagnostics/playbooks/runner_texts.h"
#include "diagnostics/playbooks/runner_view.h"

#include <algorithm>

namespace medic::playbooks {

namespace {

std::set<std::string> failingIds(const World& world)
{
    std::set<std::string> ids;
    for (const Finding& finding : *world.findings)
        if (failing(finding))
            ids.insert(finding.id());
    return ids;
}

} // namespace

void Runner::wantWork(const Step& step, const World& world, Want& want) const
{
    const auto& [phase, targets, first, next, end, dryRun, started, rollback, until, before] = m_work;
    switch (phase) {
    case Work::Phase::None: break;
    case Work::Phase::Confirm:
        want.kind = Want::Kind::Confirm;
        want.targets.assign(targets.begin() + static_cast<std::ptrdiff_t>(first), targets.begin() + static_cast<std::ptrdiff_t>(end));
        for (const Target& target : want.targets)
            want.blast.push_back(blastRadius(*world.snapshot, target.affects));
        want.risk = step.risk;
        want.remaining = static_cast<int>(targets.size() - end);
        want.isRollback = rollback;
        want.readOnly = !world.live || !world.changesAllowed;
        if (world.production || step.risk == Risk::High)
            want.mustType = world.cluster.empty() ? want.targets.front().node : world.cluster;
        break;
    case Work::Phase::Command:
    case Work::Phase::Rollback: {
        const Target& target = targets[next];
        want.kind = Want::Kind::Command;
        want.node = target.node;
        want.command = phase == Work::Phase::Rollback ? target.rollback : dryRun ? target.dryRun : target.command;
        want.root = step.root;
        want.changes = step.type == StepType::Action && !dryRun;
        want.timeLimit = step.timeLimit;
        break;
    }
    case Work::Phase::Verify:
        for (std::size_t i = first; i < end; ++i) {
            const Target& target = targets[i];
            if (world.live && !target.verifyCommand.empty() && !target.proven && target.result != "refused") {
                want.kind = Want::Kind::Command;
                want.node = target.node;
                want.command = target.verifyCommand;
                want.root = step.root;
                want.timeLimit = step.timeLimit;
                return;
            }
        }
        want.kind = Want::Kind::Run;
        want.again = true;
        want.suites = suitesToRepeat(step, world);
        for (std::size_t i = first; i < end; ++i)
            if (!targets[i].affects.empty() && std::find(want.nodes.begin(), want.nodes.end(), targets[i].affects) == want.nodes.end())
                want.nodes.push_back(targets[i].affects);
        break;
    }
}

Result<void> Runner::confirm(const Confirmed& event, const World& world)
{
    const Step& step = *current();
    const Want wanted = want(world);
    if (wanted.readOnly)
        return failure(ErrorCode::PermissionDenied, step.id, "read-only: the command is shown to be copied, not run");
    if (event.dryRun) {
        if (step.dryRun.empty() || m_work.rollback || !m_work.targets[m_work.first].refused.empty())
            return failure(ErrorCode::NotSupported, step.id, "this action has no dry run");
        m_work.phase = Work::Phase::Command;
        m_work.dryRun = true;
        m_work.next = m_work.first;
        return {};
    }
    if (!wanted.mustType.empty() && event.typed != wanted.mustType)
        return failure(ErrorCode::BadValue, step.id, "the name that was typed is not '" + wanted.mustType + "'");
    bool any = false;
    for (const Target& target : wanted.targets)
        any = any || target.refused.empty();
    if (!any)
        return failure(ErrorCode::BadValue, step.id, wanted.targets.front().refused);
    for (const Target& target : wanted.targets) {
        if (!target.refused.empty())
            continue;
        const std::string& command = m_work.rollback ? target.rollback : target.command;
        record(JournalEntry::Kind::ActionConfirmed, "engineer", {command, command}, world,
               {{{"node", target.node},
                 {"command", command},
                 {"rollback", m_work.rollback ? std::string() : target.rollback},
                 {"risk", std::string(riskName(step.risk))},
                 {"is-rollback", m_work.rollback ? "yes" : "no"}},
                {}});
    }
    if (m_work.rollback) {
        m_work.phase = Work::Phase::Rollback;
        m_work.next = m_work.first;
        return {};
    }
    if (m_work.before.empty())
        m_work.before = failingIds(world);
    for (std::size_t i = m_work.first; i < m_work.end; ++i)
        if (!m_work.targets[i].refused.empty())
            m_work.targets[i].result = "refused";
    m_work.phase = Work::Phase::Command;
    m_work.next = m_work.first;
    skipRefused();
    return {};
}

void Runner::skipRefused()
{
    while (m_work.next < m_work.end && m_work.targets[m_work.next].result == "refused")
        ++m_work.next;
    if (m_work.next >= m_work.end)
        m_work.phase = Work::Phase::Verify;
}

Result<void> Runner::decline(const Declined& event, const World& world)
{
    if (!event.note.empty())
        m_visits.back().notes.push_back(event.note);
    if (m_work.rollback) {
        actionOver(StepStatus::Failed, "failed", reason::notRolledBack, world);
        return {};
    }
    // What was done in the first place stays done; only the rest is not wanted.
    const bool someDone = m_work.first > 0;
    if (someDone)
        actionOver(StepStatus::Done, "partly", reason::declined, world);
    else
        leave(StepStatus::Refused, "declined", "engineer", reason::declined, {}, world);
    return {};
}

Result<void> Runner::commandDone(const CommandDone& event, const World& world)
{
    const Step& step = *current();
    if (step.type == StepType::Measure) {
        measured(step, m_work.targets[m_work.next], event, world);
        return {};
    }
    m_work.started = false;
    Visit& visit = m_visits.back();
    if (event.observation != 0)
        visit.observations.push_back(event.observation);
    if (m_work.phase == Work::Phase::Verify) {
        for (std::size_t i = m_work.first; i < m_work.end; ++i) {
            Target& target = m_work.targets[i];
            if (target.verifyCommand.empty() || target.proven || target.result == "refused")
                continue;
            target.proven = !event.error && event.exitStatus == 0;
            visit.outputs.push_back(target.node + "$ " + target.verifyCommand + "\n" + shortened(event.out + event.err));
            break;
        }
        return {};
    }
    actionCommandDone(m_work.targets[m_work.next], event, world);
    return {};
}

void Runner::actionCommandDone(Target& target, const CommandDone& event, const World& world)
{
    const bool rollback = m_work.phase == Work::Phase::Rollback;
    const std::string& command = rollback ? target.rollback : m_work.dryRun ? target.dryRun : target.command;
    const bool worked = !event.error && event.exitStatus == 0;
    target.output = shortened(event.error ? event.error->detail : event.out + event.err);
    m_visits.back().outputs.push_back(target.node + "$ " + command + "\n" + target.output);
    const std::string result = event.error ? "unknown" : worked ? "done" : "failed";
    // A dry run changes nothing: it is a step's result, not an action's.
    record(m_work.dryRun ? JournalEntry::Kind::StepResult : JournalEntry::Kind::ActionResult, "program", {command + "\n" + target.output, command + "\n" + target.output}, world,
           {{{"node", target.node},
             {"command", command},
             {"result", result},
             {"exit", std::to_string(event.exitStatus)},
             {"dry-run", m_work.dryRun ? "yes" : "no"},
             {"is-rollback", rollback ? "yes" : "no"}},
            event.observation == 0 ? std::vector<std::uint64_t> {} : std::vector<std::uint64_t> {event.observation}});
    if (m_work.dryRun) {
        m_work.dryRun = false;
        m_work.phase = Work::Phase::Confirm;
        return;
    }
    if (rollback) {
        target.result = worked ? "rolled-back" : result;
        do
            ++m_work.next;
        while (m_work.next < m_work.end && m_work.targets[m_work.next].result == "refused");
        if (m_work.next >= m_work.end)
            actionOver(StepStatus::Failed, worked ? "rolled-back" : "failed", worked ? reason::rolledBack : reason::commandFailed, world);
        return;
    }
    target.result = result;
    ++m_work.next;
    if (!worked) // whatever comes after would build on it
        m_work.end = m_work.next;
    skipRefused();
}

void Runner::verified(const Step& step, const World& world)
{
    RunnerView view(*this, world);
    std::set<std::string> nodes;
    std::set<std::string> keys;
    bool commandsHold = true;
    bool ran = false;
    bool unknownResult = false;
    for (std::size_t i = m_work.first; i < m_work.end; ++i) {
        const Target& target = m_work.targets[i];
        if (target.result == "refused")
            continue;
        ran = true;
        nodes.insert(target.affects);
        if (!target.finding.empty())
            keys.insert(target.finding);
        commandsHold = commandsHold && target.result != "failed" && target.proven.value_or(true);
        unknownResult = unknownResult || target.result == "unknown";
    }
    nodes.erase("");
    view.onlyNodes(nodes);
    if (!keys.empty())
        view.onlyKeys(step.on.name, keys);
    Tri holds = triOf(step.verify, view, Tri::Yes);
    if (!commandsHold)
        holds = Tri::No;
    else if (holds == Tri::Yes && unknownResult && step.verify.empty())
        holds = Tri::Unknown;
    if (!ran)
        holds = Tri::No;
    const Text& text = holds == Tri::Yes ? reason::verified : holds == Tri::No ? reason::notVerified : reason::notVerifiable;
    record(holds == Tri::Yes ? JournalEntry::Kind::Verified : JournalEntry::Kind::StepResult, "program", text, world, {{{"holds", std::string(triName(holds))}}, m_visits.back().observations});
    noteSymptom(step, world);
    if (holds == Tri::No) {
        const bool canRollBack = std::any_of(m_work.targets.begin() + static_cast<std::ptrdiff_t>(m_work.first),
                                             m_work.targets.begin() + static_cast<std::ptrdiff_t>(m_work.end),
                                             [](const Target& t) { return !t.rollback.empty() && t.result != "refused"; });
        if (canRollBack && world.live && world.changesAllowed) {
            m_work.rollback = true;
            m_work.phase = Work::Phase::Confirm;
            return;
        }
        actionOver(StepStatus::Failed, "not-verified", reason::notVerified, world);
        return;
    }
    if (holds == Tri::Unknown) {
        actionOver(StepStatus::Undecided, "unknown", reason::notVerifiable, world);
        return;
    }
    if (m_work.end < m_work.targets.size()) {
        m_work.first = m_work.end;
        m_work.next = m_work.first;
        m_work.end = m_work.targets.size();
        m_work.phase = Work::Phase::Confirm;
        return;
    }
    actionOver(StepStatus::Done, "verified", reason::verified, world);
}

/// The entry symptom is gone, but something fails that did not before: that is another incident.
void Runner::noteSymptom(const Step& step, const World& world)
{
    if (m_playbook->symptom.empty() || m_playbook->symptom.evaluate(RunnerView(*this, world)) != Tri::No)
        return;
    std::vector<std::string> fresh;
    for (const std::string& id : failingIds(world))
        if (!m_work.before.contains(id))
            fresh.push_back(id);
    if (fresh.empty())
        return;
    std::string all;
    for (const std::string& id : fresh)
        all += (all.empty() ? "" : ", ") + id;
    m_change = SymptomChange {step.id, fresh};
    record(JournalEntry::Kind::Note, "program", reason::symptomChanged, world, {{{"linked-incident", "proposed"}, {"findings", all}}, {}});
}

void Runner::actionOver(StepStatus status, const std::string& result, const Text& because, const World& world)
{
    const Step& step = *current();
    m_work = {};
    Visit& visit = m_visits.back();
    if (status == StepStatus::Failed) {
        leave(status, result, "program", because, step.failedGo, world);
        return;
    }
    visit.result = result;
    visit.because = because;
    const RunnerView view(*this, world);
    for (const Branch& branch : step.branches)
        if (branch.when.evaluate(view) == Tri::Yes) {
            leave(status, result, "program", filled(branch.because, step, world), branch.go, world);
            return;
        }
    leave(status, result, "program", because, status == StepStatus::Undecided ? step.unknownGo : std::string(), world);
}

} // namespace medic::playbooks
