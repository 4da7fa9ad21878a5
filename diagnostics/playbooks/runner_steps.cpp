// SPDX-License-Identifier: GPL-3.0-or-later
// What a runner wants at each kind of step, and what it makes of checks, comparisons, waits, traces and verdicts.
#include "diagnostics/model/value_words.h"
#include "diagnostics/playbooks/loader.h"
#include "diagnostics/playbooks/patterns.h"
#include "diagnostics/playbooks/runner.h"
#include "diagnostics/playbooks/runner_detail.h"
#include "diagnostics/playbooks/runner_texts.h"
#include "diagnostics/playbooks/runner_view.h"
#include "diagnostics/playbooks/safety.h"

#include <algorithm>
#include <sstream>

namespace medic::playbooks {

namespace {

constexpr std::size_t mostDifferences = 60;

std::set<std::string> linesOf(const std::string& text)
{
    std::set<std::string> lines;
    std::stringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        if (!line.empty())
            lines.insert(line);
    return lines;
}

std::set<std::string> failingOn(const World& world, const std::string& node, const std::vector<std::string>& suites)
{
    std::set<std::string> ids;
    for (const Finding& finding : *world.findings)
        if (failing(finding) && nodeOf(finding) == node && std::find(suites.begin(), suites.end(), finding.suite()) != suites.end())
            ids.insert(finding.id());
    return ids;
}

/// Lines that only one side has, as "probe < line" and "probe > line".
void addDifferences(const std::string& what, const std::set<std::string>& left, const std::set<std::string>& right,
                    std::vector<std::string>& out)
{
    const auto add = [&](const std::set<std::string>& here, const std::set<std::string>& there, const char* mark) {
        for (const std::string& line : here)
            if (!there.contains(line) && out.size() < mostDifferences)
                out.push_back(what + " " + mark + " " + shortened(line, 300));
    };
    add(left, right, "<");
    add(right, left, ">");
}

} // namespace

std::vector<std::string> Runner::nodesOf(const Selector& selector, const World& world) const
{
    std::vector<std::string> result;
    const auto add = [&](const std::string& node) {
        if (!node.empty() && std::find(result.begin(), result.end(), node) == result.end())
            result.push_back(node);
    };
    switch (selector.kind) {
    case Selector::Kind::All: result = world.snapshot->nodes(); break;
    case Selector::Kind::Affected:
        for (const Finding& finding : *world.findings)
            for (const std::string& pattern : m_playbook->findings)
                if (failing(finding) && idMatches(pattern, finding.id()))
                    add(nodeOf(finding));
        break;
    case Selector::Kind::ControlPlane:
        for (const std::string& node : world.snapshot->nodes())
            if (blastRadius(*world.snapshot, node).controlPlane == Tri::Yes)
                add(node);
        break;
    case Selector::Kind::Answer:
        if (const Visit* visit = lastVisit(selector.name))
            add(visit->result);
        break;
    case Selector::Kind::Finding:
        for (const Finding& finding : *world.findings)
            if (failing(finding) && idMatches(selector.name, finding.id()))
                add(nodeOf(finding));
        break;
    }
    if (selector.one && result.size() > 1)
        result.resize(1);
    return result;
}

std::vector<Target> Runner::targetsOf(const Step& step, const World& world) const
{
    std::vector<Target> result;
    const auto add = [&](const std::string& node, const Finding* finding) {
        Target target;
        target.affects = node;
        target.node = node;
        target.parameters = parameters(step, world);
        if (finding != nullptr) {
            target.finding = finding->key();
            for (const auto& [key, value] : finding->parameters())
                target.parameters[key] = value;
            target.parameters["name"] = finding->subject().name;
            target.parameters["namespace"] = finding->subject().nameSpace;
        }
        target.parameters["node"] = node;
        splitPod(target.parameters);
        const bool clusterWide = step.atControlPlane || node.empty();
        if (clusterWide) {
            const auto masters = nodesOf({Selector::Kind::ControlPlane, {}, true}, world);
            target.node = masters.empty() ? std::string() : masters.front();
            if (masters.empty())
                target.refused = reason::noControlPlane.in(m_language);
        }
        for (auto [source, filledIn] : {std::pair(&step.command, &target.command), std::pair(&step.dryRun, &target.dryRun),
                                        std::pair(&step.rollback, &target.rollback), std::pair(&step.verifyCommand, &target.verifyCommand)}) {
            auto command = fillCommand(*source, target.parameters);
            if (command) // the finished command is judged once more: a parameter may have made it what it must not be
                *filledIn = *command;
            else
                target.refused = command.error().detail;
            if (const auto why = command ? forbiddenBecause(*command) : std::nullopt; why && !source->empty())
                target.refused = *why;
        }
        result.push_back(std::move(target));
    };
    if (step.on.kind == Selector::Kind::Finding) {
        for (const Finding& finding : *world.findings)
            if (failing(finding) && idMatches(step.on.name, finding.id()))
                add(nodeOf(finding), &finding);
    } else {
        for (const std::string& node : nodesOf(step.on, world))
            add(node, nullptr);
    }
    // Workers first: what goes wrong there costs least. Where it cannot be run comes last: the first place has to tell whether it works.
    std::stable_sort(result.begin(), result.end(), [&](const Target& a, const Target& b) {
        const auto rank = [&](const Target& t) { return (blastRadius(*world.snapshot, t.affects).controlPlane == Tri::Yes ? 1 : 0) + (t.refused.empty() ? 0 : 2); };
        return rank(a) < rank(b);
    });
    if (step.on.one && result.size() > 1)
        result.resize(1);
    return result;
}

std::vector<Choice> Runner::choicesOf(const Step& step, const World& world) const
{
    std::vector<Choice> result = step.choices;
    if (step.from.empty())
        return result;
    const std::vector<std::string> affected = nodesOf({Selector::Kind::Affected, {}, false}, world);
    std::vector<std::string> nodes = affected;
    if (step.from == "nodes")
        for (const std::string& node : world.snapshot->nodes())
            if (std::find(nodes.begin(), nodes.end(), node) == nodes.end())
                nodes.push_back(node);
    for (const std::string& node : nodes) {
        Choice choice;
        choice.id = node;
        choice.text = {node, node};
        if (std::find(affected.begin(), affected.end(), node) != affected.end())
            choice.help = {"has findings that fit", "有相符的发现项"};
        result.push_back(std::move(choice));
    }
    return result;
}

Want Runner::want(const World& world) const
{
    Want want;
    const Step* step = current();
    if (step == nullptr)
        return want;
    want.step = step->id;
    const Visit& visit = m_visits.back();
    if (visit.status == StepStatus::Undecided) {
        want.kind = Want::Kind::Ask;
        want.undecided = true;
        want.options = waysOut(*step, world);
        return want;
    }
    switch (step->type) {
    case StepType::Check:
        want.kind = Want::Kind::Run;
        want.suites = step->suites;
        want.probes = step->probes;
        want.heavy = step->heavy;
        if (step->on.kind != Selector::Kind::All)
            want.nodes = nodesOf(step->on, world);
        break;
    case StepType::Compare:
        want.kind = Want::Kind::Run;
        want.suites = step->suites;
        want.probes = step->probes;
        want.heavy = step->heavy;
        want.nodes = nodesOf(step->on, world);
        for (const std::string& node : nodesOf(step->with, world))
            want.nodes.push_back(node);
        break;
    case StepType::Question:
        want.kind = Want::Kind::Ask;
        want.pattern = step->pattern;
        for (const Choice& choice : choicesOf(*step, world))
            want.options.push_back({choice.id, filled(choice.text, *step, world), filled(choice.help, *step, world)});
        break;
    case StepType::Trace: {
        want.kind = Want::Kind::Trace;
        const std::vector<std::string> nodes = nodesOf(step->on, world);
        want.traceNode = nodes.empty() ? std::string() : nodes.front();
        const Parameters values = parameters(*step, world);
        want.traceFrom = fill(step->traceFrom, values);
        want.traceTo = fill(step->traceTo, values);
        want.traceProtocol = step->traceProtocol.empty() ? "tcp" : step->traceProtocol;
        break;
    }
    case StepType::Measure:
    case StepType::Action: wantWork(*step, world, want); break;
    case StepType::Wait:
        want.kind = Want::Kind::Wait;
        want.until = m_work.until.value_or(world.now);
        want.every = std::min(step->every, world.longestWait ? *world.longestWait / 2 : step->every);
        want.suites = step->suites;
        want.probes = step->probes;
        if (step->on.kind != Selector::Kind::All)
            want.nodes = nodesOf(step->on, world);
        break;
    case StepType::Verdict: want.kind = Want::Kind::Acknowledge; break;
    }
    return want;
}

Result<void> Runner::checked(const World& world)
{
    const Step& step = *current();
    Visit& visit = m_visits.back();
    visit.observations.clear();
    for (const Finding* finding : relevant(step, world))
        for (const Evidence& evidence : finding->evidence())
            if (evidence.observation->id != 0
                && std::find(visit.observations.begin(), visit.observations.end(), evidence.observation->id) == visit.observations.end())
                visit.observations.push_back(evidence.observation->id);
    switch (step.type) {
    case StepType::Compare: compared(step, world); break;
    case StepType::Action: verified(step, world); break;
    case StepType::Wait:
        if (triOf(step.until, RunnerView(*this, world), Tri::No) == Tri::Yes) {
            visit.because = reason::reached;
            decide(step, "reached", world);
        } else if (triOf(step.broken, RunnerView(*this, world), Tri::No) == Tri::Yes) {
            visit.because = reason::cameBack;
            decide(step, "broken", world);
        }
        break;
    default: decide(step, "done", world); break;
    }
    return {};
}

void Runner::compared(const Step& step, const World& world)
{
    Visit& visit = m_visits.back();
    const auto left = nodesOf(step.on, world);
    const auto right = nodesOf(step.with, world);
    if (left.empty() || right.empty() || left.front() == right.front()) {
        decide(step, "unknown", world);
        return;
    }
    bool open = false;
    visit.outputs.clear();
    for (const std::string& probe : step.probes) {
        const ObservationPtr a = world.snapshot->find(left.front(), probe);
        const ObservationPtr b = world.snapshot->find(right.front(), probe);
        if (a == nullptr || b == nullptr || !a->good() || !b->good()) {
            open = true;
            continue;
        }
        for (const ObservationPtr& one : {a, b})
            if (one->id != 0)
                visit.observations.push_back(one->id);
        addDifferences(probe, linesOf(a->out), linesOf(b->out), visit.outputs);
    }
    if (!step.suites.empty())
        addDifferences("finding", failingOn(world, left.front(), step.suites), failingOn(world, right.front(), step.suites), visit.outputs);
    visit.because = visit.outputs.empty() ? reason::same : reason::differs;
    decide(step, !visit.outputs.empty() ? "different" : open ? "unknown" : "same", world);
}

Result<void> Runner::waited(const WaitOver& event, const World& world)
{
    const Step& step = *current();
    const Tri until = triOf(step.until, RunnerView(*this, world), Tri::Unknown);
    Visit& visit = m_visits.back();
    if (event.early) {
        visit.because = reason::notWaited;
        decide(step, "shortened", world);
    } else if (step.until.empty()) {
        visit.because = reason::timeOver;
        decide(step, "over", world);
    } else {
        visit.because = until == Tri::Yes ? reason::reached : reason::notReached;
        decide(step, until == Tri::Yes ? "reached" : until == Tri::No ? "not-reached" : "unknown", world);
    }
    return {};
}

Result<void> Runner::traced(const Traced& event, const World& world)
{
    const Step& step = *current();
    const Want asked = want(world);
    Visit& visit = m_visits.back();
    visit.outputs.clear();
    visit.packet = {asked.traceNode, asked.traceFrom, asked.traceTo, asked.traceProtocol};
    std::string result = "unknown";
    if (event.trace) {
        // The worst branch speaks for the packet: one lost share in three is a fault.
        static const std::vector<Disposition> worstFirst {Disposition::NoRoute, Disposition::Dropped, Disposition::Rejected, Disposition::Martian,
                                                          Disposition::Queued, Disposition::Undecidable, Disposition::Forwarded,
                                                          Disposition::Delivered};
        for (const Disposition disposition : worstFirst) {
            const bool there = std::any_of(event.trace->branches.begin(), event.trace->branches.end(),
                                           [&](const TraceBranch& branch) { return branch.disposition == disposition; });
            if (there) {
                result = disposition == Disposition::Undecidable ? "unknown" : std::string(dispositionName(disposition));
                break;
            }
        }
        for (const TraceBranch& branch : event.trace->branches) {
            for (const TraceStep& one : branch.steps)
                visit.outputs.push_back(shortened(one.hook + " " + one.table + " " + one.chain + (one.text.empty() ? "" : "  " + one.text)
                                                      + "  => " + one.action, 400));
            visit.outputs.push_back("= " + std::string(dispositionName(branch.disposition)) + " " + branch.packet.dst + ":"
                                    + std::to_string(branch.packet.dport) + (branch.reason.empty() ? "" : "  " + branch.reason));
        }
    } else if (!event.why.empty()) {
        visit.outputs.push_back(event.why);
    }
    decide(step, result, world);
    return {};
}

void Runner::measured(const Step& step, Target& target, const CommandDone& event, const World& world)
{
    Visit& visit = m_visits.back();
    target.result = "unknown";
    target.output = shortened(event.out.empty() ? event.err : event.out);
    if (!event.error) {
        for (const Outcome& outcome : step.outcomes) {
            const bool exitAgrees = !outcome.exitStatus || *outcome.exitStatus == event.exitStatus;
            const bool matches = outcome.pattern.empty() || !matchedPart(outcome.pattern, event.out).empty()
                || !matchedPart(outcome.pattern, event.err).empty();
            if (exitAgrees && matches) {
                target.result = outcome.id;
                break;
            }
        }
    } else {
        target.output = event.error->detail;
    }
    visit.outputs.push_back((target.node.empty() ? std::string() : target.node + ": ") + target.output);
    if (event.observation != 0)
        visit.observations.push_back(event.observation);
    ++m_work.next;
    m_work.started = false;
    if (m_work.next < m_work.end)
        return;
    // Of several nodes the outcome that is listed first counts; unknown only when none was recognised.
    std::string result = "unknown";
    for (auto outcome = step.outcomes.rbegin(); outcome != step.outcomes.rend(); ++outcome)
        for (const Target& one : m_work.targets)
            if (one.result == outcome->id) {
                result = outcome->id;
                visit.because = filled(outcome->text, step, world);
            }
    m_work.phase = Work::Phase::None;
    decide(step, result, world);
}

void Runner::giveVerdicts(const Step& step, const World& world)
{
    const RunnerView view(*this, world);
    for (const VerdictRule& rule : step.verdicts) {
        std::erase_if(m_verdicts, [&](const VerdictGiven& given) { return given.id == rule.id; });
        const Tri holds = rule.when.evaluate(view);
        if (holds == Tri::No)
            continue;
        VerdictGiven given {rule.id, step.id, rule.finding, rule.verdict, rule.confidence, holds == Tri::Unknown, false, {}, {}};
        if (triOf(rule.proof, view, Tri::No) == Tri::Yes)
            given.confidence = Confidence::Confirmed;
        Step about = step;
        if (!rule.finding.empty())
            about.about = rule.finding;
        Parameters values = parameters(about, world);
        // Of several nodes the one that the condition is about.
        for (const Expression::Call& call : rule.when.calls()) {
            if (call.arguments.size() < 2 || call.arguments.front() != rule.finding)
                continue;
            for (const Finding* finding : view.matching(call.arguments))
                if (failing(*finding)) {
                    for (const auto& [key, value] : finding->parameters())
                        values[key] = value;
                    values["node"] = nodeOf(*finding);
                    splitPod(values);
                    break;
                }
        }
        given.text = {fill(rule.text, values, Language::English), fill(rule.text, values, Language::Chinese)};
        if (!rule.finding.empty())
            given.parameters = values;
        for (std::string* text : {&given.text.en, &given.text.zh}) // one that is open has no finding to take values from
            for (const std::string& name : placeholdersOf(*text))
                for (std::size_t at; (at = text->find("{" + name + "}")) != std::string::npos;)
                    text->replace(at, name.size() + 2, "…");
        // One that is open is no conclusion.
        record(given.undecided ? JournalEntry::Kind::StepResult : JournalEntry::Kind::Verdict, "program", given.text, world,
               {{{"id", given.id},
                 {"verdict", std::string(verdictName(given.verdict))},
                 {"confidence", std::string(confidenceName(given.confidence))},
                 {"undecided", given.undecided ? "yes" : "no"},
                 {"finding", given.finding}},
                {}});
        m_verdicts.push_back(std::move(given));
    }
}

std::vector<std::string> Runner::suitesToRepeat(const Step& step, const World& world) const
{
    std::vector<std::string> result;
    const auto add = [&](const std::string& suite) {
        if (!suite.empty() && std::find(result.begin(), result.end(), suite) == result.end())
            result.push_back(suite);
    };
    for (const std::string& suite : step.suites)
        add(suite);
    for (const std::string& suite : m_playbook->symptomSuites)
        add(suite);
    for (const Finding* finding : relevant(step, world))
        add(finding->suite());
    for (const Finding& finding : *world.findings)
        for (const std::string& pattern : m_playbook->findings)
            if (failing(finding) && idMatches(pattern, finding.id()))
                add(finding.suite());
    return result;
}

} // namespace medic::playbooks
