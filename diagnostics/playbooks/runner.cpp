// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/playbooks/runner.h"

#include "diagnostics/model/value_words.h"
#include "diagnostics/playbooks/loader.h"
#include "diagnostics/playbooks/patterns.h"
#include "diagnostics/playbooks/runner_detail.h"
#include "diagnostics/playbooks/runner_texts.h"
#include "diagnostics/playbooks/runner_view.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace medic::playbooks {

namespace {

constexpr std::size_t mostVisits = 400; ///< beyond it the playbook goes in circles

} // namespace

std::string_view stepStatusName(StepStatus status)
{
    switch (status) {
    case StepStatus::Pending: return "pending";
    case StepStatus::Current: return "current";
    case StepStatus::Done: return "done";
    case StepStatus::Skipped: return "skipped";
    case StepStatus::Undecided: return "undecided";
    case StepStatus::Refused: return "refused";
    case StepStatus::Failed: return "failed";
    }
    return "pending";
}

std::string shortened(const std::string& text, std::size_t most)
{
    if (text.size() <= most)
        return text;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) // not inside a UTF-8 sequence
        --end;
    return text.substr(0, end) + "…";
}

void splitPod(Parameters& parameters)
{
    const auto pod = parameters.find("pod");
    const std::size_t slash = pod == parameters.end() ? std::string::npos : pod->second.find('/');
    if (slash == std::string::npos)
        return; // no Pod is known by name
    const std::string whole = pod->second;
    parameters["pod-namespace"] = whole.substr(0, slash);
    parameters["pod-name"] = whole.substr(slash + 1);
}

Runner::Runner(PlaybookPtr playbook, Language language) : m_playbook(std::move(playbook)), m_language(language) { }

const Step* Runner::current() const
{
    return m_finished || m_visits.empty() ? nullptr : m_playbook->find(m_visits.back().step);
}

const Visit* Runner::lastVisit(std::string_view step) const
{
    const auto found = std::find_if(m_visits.rbegin(), m_visits.rend(), [&](const Visit& v) { return v.step == step; });
    return found == m_visits.rend() ? nullptr : &*found;
}

StepStatus Runner::status(std::string_view step) const
{
    const Visit* visit = lastVisit(step);
    return visit == nullptr ? StepStatus::Pending : visit->status;
}

void Runner::record(JournalEntry::Kind kind, const std::string& who, const Text& text, const World& world)
{
    record(kind, who, text, world, Detail {});
}

void Runner::record(JournalEntry::Kind kind, const std::string& who, const Text& text, const World& world, const Detail& detail)
{
    JournalEntry entry;
    entry.at = world.now;
    entry.kind = kind;
    entry.playbook = m_playbook->id;
    entry.step = m_visits.empty() ? std::string() : m_visits.back().step;
    entry.who = who;
    entry.text = text.in(m_language);
    nlohmann::json data {{"en", text.en}, {"zh", text.zh}};
    for (const auto& [key, value] : detail.values)
        data[key] = value;
    entry.data = data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    entry.observations = detail.observations;
    m_records.push_back(std::move(entry));
}

std::vector<JournalEntry> Runner::takeRecords() { return std::exchange(m_records, {}); }

std::string Runner::following(const Step& step) const
{
    if (!step.next.empty())
        return step.next;
    const int index = m_playbook->indexOf(step.id);
    const auto next = static_cast<std::size_t>(index + 1);
    return index < 0 || next >= m_playbook->steps.size() ? "end" : m_playbook->steps[next].id;
}

Parameters Runner::parameters(const Step& step, const World& world) const
{
    Parameters result;
    result["cluster"] = world.cluster;
    for (const Visit& visit : m_visits) {
        const Step* const asked = m_playbook->find(visit.step);
        if (asked != nullptr && !visit.result.empty() && (asked->type == StepType::Question || asked->type == StepType::Measure))
            result[visit.step] = visit.result;
    }
    const std::string about = !step.about.empty() ? step.about : step.on.kind == Selector::Kind::Finding ? step.on.name : std::string();
    if (about.empty())
        return result;
    // One that fails speaks first; one that only informs, where there is no other.
    const Finding* speaks = nullptr;
    for (const Finding& finding : *world.findings)
        if (idMatches(about, finding.id()) && (failing(finding) || (speaks == nullptr && finding.verdict() == Verdict::Ok))) {
            speaks = &finding;
            if (failing(finding))
                break;
        }
    if (speaks == nullptr)
        return result;
    for (const auto& [key, value] : speaks->parameters())
        result[key] = value;
    result.try_emplace("name", speaks->subject().name);
    result.try_emplace("namespace", speaks->subject().nameSpace);
    result.try_emplace("node", nodeOf(*speaks));
    splitPod(result);
    return result;
}

Text Runner::filled(const Text& text, const Step& step, const World& world) const
{
    const Parameters values = parameters(step, world);
    return {fill(text, values, Language::English), fill(text, values, Language::Chinese)};
}

std::vector<const Finding*> Runner::relevant(const Step& step, const World& world) const
{
    std::vector<const Finding*> result;
    const RunnerView view(*this, world);
    const auto add = [&](const std::vector<const Finding*>& all) {
        for (const Finding* finding : all)
            if (finding->verdict() != Verdict::NotApplicable && std::find(result.begin(), result.end(), finding) == result.end())
                result.push_back(finding);
    };
    const auto addAsked = [&](const Expression& expression) {
        for (const Expression::Call& call : expression.calls())
            for (const FunctionInfo& info : functions())
                if (info.name == call.function && info.argument == FunctionInfo::Argument::Finding)
                    add(view.matching(call.arguments));
    };
    if (!step.about.empty())
        add(view.matching({step.about}));
    if (step.on.kind == Selector::Kind::Finding)
        add(view.matching({step.on.name}));
    for (const Branch& branch : step.branches)
        addAsked(branch.when);
    for (const Choice& choice : step.choices)
        addAsked(choice.automatic);
    for (const VerdictRule& rule : step.verdicts) {
        addAsked(rule.when);
        addAsked(rule.proof);
        if (!rule.finding.empty())
            add(view.matching({rule.finding}));
    }
    for (const Expression* expression : {&step.when, &step.verify, &step.until, &step.broken})
        addAsked(*expression);
    std::stable_sort(result.begin(), result.end(), [](const Finding* a, const Finding* b) { return moreUrgent(*a, *b); });
    return result;
}

void Runner::start(const World& world)
{
    if (started() || m_playbook->steps.empty())
        return;
    noteRests(world);
    enter(m_playbook->steps.front().id, world);
}

void Runner::noteRests(const World& world)
{
    for (const Finding& finding : *world.findings)
        if (failing(finding))
            for (const Evidence& evidence : finding.evidence())
                m_rests[finding.id()][nodeOf(finding)].insert(evidence.observation->node + "/" + evidence.observation->probe);
}

void Runner::enter(const std::string& id, const World& world, bool byHand)
{
    m_work = {};
    const Step* step = m_playbook->find(id);
    if (step == nullptr || m_visits.size() >= mostVisits) {
        record(JournalEntry::Kind::StepResult, "program", step == nullptr ? reason::finished : reason::circular, world);
        m_finished = true;
        return;
    }
    Visit visit;
    visit.step = id;
    visit.entered = world.now;
    m_visits.push_back(std::move(visit));
    if (triOf(step->when, RunnerView(*this, world), Tri::Yes) == Tri::No) {
        leave(StepStatus::Skipped, "skipped", "program", reason::notNeeded, {}, world);
        return;
    }
    record(JournalEntry::Kind::StepEntered, byHand ? "engineer" : "program", filled(step->title, *step, world), world);
    switch (step->type) {
    case StepType::Question:
        if (byHand)
            break;
        for (const Choice& choice : step->choices) {
            if (triOf(choice.automatic, RunnerView(*this, world), Tri::No) != Tri::Yes)
                continue;
            const Text why = choice.help.empty() ? reason::automatic : filled(choice.help, *step, world);
            leave(StepStatus::Done, choice.id, "program", why, choice.go, world);
            return;
        }
        break;
    case StepType::Measure:
        m_work.targets = targetsOf(*step, world);
        for (const Target& target : m_work.targets)
            if (!target.refused.empty())
                m_visits.back().outputs.push_back(target.node + ": " + target.refused);
        std::erase_if(m_work.targets, [](const Target& target) { return !target.refused.empty(); });
        m_work.end = m_work.targets.size();
        if (!world.live || m_work.targets.empty()) {
            m_visits.back().because = world.live ? reason::nothingToDo : reason::notLive;
            m_work = {};
            decide(*step, "unknown", world);
            return;
        }
        m_work.phase = Work::Phase::Command;
        break;
    case StepType::Action:
        m_work.targets = targetsOf(*step, world);
        if (m_work.targets.empty()) {
            leave(StepStatus::Skipped, "no-target", "program", reason::nothingToDo, {}, world);
            return;
        }
        m_work.phase = Work::Phase::Confirm;
        m_work.end = 1;
        record(JournalEntry::Kind::ActionProposed, "program", {m_work.targets.front().command, m_work.targets.front().command}, world,
               {{{"node", m_work.targets.front().node}, {"risk", std::string(riskName(step->risk))}}, {}});
        break;
    case StepType::Wait:
        if (!world.live) {
            leave(StepStatus::Skipped, "skipped", "program", reason::noWaiting, {}, world);
            return;
        }
        m_work.until = world.now + std::min(step->wait, world.longestWait.value_or(step->wait));
        break;
    case StepType::Verdict: giveVerdicts(*step, world); break;
    case StepType::Check:
    case StepType::Compare:
    case StepType::Trace: break;
    }
}

void Runner::leave(StepStatus status, const std::string& result, const std::string& by, const Text& because, const std::string& go,
                   const World& world)
{
    Visit& visit = m_visits.back();
    const Step* step = m_playbook->find(visit.step);
    visit.status = status;
    visit.result = result;
    visit.by = by;
    visit.because = because;
    visit.left = world.now;
    visit.went = go.empty() && step != nullptr ? following(*step) : go;
    if (status != StepStatus::Skipped) {
        const bool question = step != nullptr && step->type == StepType::Question;
        record(question ? JournalEntry::Kind::Answer : JournalEntry::Kind::StepResult, by, because, world,
               {{{"result", result}, {"status", std::string(stepStatusName(status))}, {"went", visit.went}}, visit.observations});
    }
    enter(visit.went, world);
}

std::vector<Option> Runner::waysOut(const Step& step, const World& world) const
{
    std::vector<Option> options;
    for (std::size_t i = 0; i < step.branches.size(); ++i)
        options.push_back({"branch:" + std::to_string(i), filled(step.branches[i].because, step, world), {}});
    options.push_back({"next", reason::goOn, {}});
    if (step.type == StepType::Check || step.type == StepType::Compare || step.type == StepType::Measure)
        options.push_back({"again", reason::again, {}});
    return options;
}

/// Takes the way that the branches name; where they cannot be decided, says so.
void Runner::decide(const Step& step, const std::string& result, const World& world)
{
    Visit& visit = m_visits.back();
    visit.result = result;
    visit.by = "program";
    const bool unknownResult = result.empty() || result == "unknown";
    const RunnerView view(*this, world);
    bool open = false;
    for (const Branch& branch : step.branches) {
        const Tri holds = triOf(branch.when, view, Tri::No);
        if (holds == Tri::Yes) {
            leave(StepStatus::Done, result, "program", filled(branch.because, step, world), branch.go, world);
            return;
        }
        open = open || holds == Tri::Unknown;
    }
    if (open && step.unknownGo.empty()) {
        visit.status = StepStatus::Undecided;
        const Text why = visit.because.empty() ? reason::undecided : visit.because;
        visit.because = why;
        record(JournalEntry::Kind::StepResult, "program", why, world, {{{"result", result}, {"status", "undecided"}}, visit.observations});
        return;
    }
    const bool undecided = open || unknownResult;
    Text done = reason::goesOn;
    for (const Outcome& outcome : step.outcomes) // a measurement says what it measured, in the record and in the report
        if (outcome.id == result && !outcome.text.empty())
            done = filled(outcome.text, step, world);
    const Text why = !undecided ? done : visit.because.empty() ? reason::undecided : visit.because;
    leave(undecided ? StepStatus::Undecided : StepStatus::Done, result, "program", why, open ? step.unknownGo : std::string(), world);
}

Result<void> Runner::take(const Event& event, const World& world)
{
    noteRests(world);
    if (const auto* noted = std::get_if<Noted>(&event)) {
        const auto found = std::find_if(m_visits.rbegin(), m_visits.rend(), [&](const Visit& v) { return v.step == noted->step; });
        if (found != m_visits.rend())
            found->notes.push_back(noted->text);
        record(JournalEntry::Kind::Note, "engineer", {noted->text, noted->text}, world, {{{"about", noted->step}}, {}});
        return {};
    }
    if (const auto* overruled = std::get_if<Overruled>(&event))
        return overrule(*overruled, world);
    if (const auto* back = std::get_if<WentBack>(&event))
        return goBack(*back, world);
    const Step* step = current();
    if (step == nullptr)
        return failure(ErrorCode::BadValue, m_playbook->id, "the wizard is not at a step");
    const auto unfit = [&] { return failure(ErrorCode::BadValue, step->id, "this is not what the step waits for"); };
    const Want::Kind wanted = want(world).kind;
    if (const auto* answered = std::get_if<Answered>(&event))
        return wanted == Want::Kind::Ask || (wanted == Want::Kind::Confirm && answered->value == "by-hand") ? answer(*answered, world) : unfit();
    if (std::get_if<Checked>(&event) != nullptr)
        return wanted == Want::Kind::Run || wanted == Want::Kind::Wait ? checked(world) : unfit();
    if (const auto* confirmed = std::get_if<Confirmed>(&event))
        return wanted == Want::Kind::Confirm ? confirm(*confirmed, world) : unfit();
    if (const auto* declined = std::get_if<Declined>(&event))
        return wanted == Want::Kind::Confirm ? decline(*declined, world) : unfit();
    if (std::get_if<CommandStarted>(&event) != nullptr) {
        if (wanted != Want::Kind::Command)
            return unfit();
        m_work.started = true;
        return {};
    }
    if (const auto* done = std::get_if<CommandDone>(&event))
        return wanted == Want::Kind::Command ? commandDone(*done, world) : unfit();
    if (const auto* over = std::get_if<WaitOver>(&event))
        return wanted == Want::Kind::Wait ? waited(*over, world) : unfit();
    if (const auto* traceDone = std::get_if<Traced>(&event))
        return wanted == Want::Kind::Trace ? traced(*traceDone, world) : unfit();
    if (wanted != Want::Kind::Acknowledge)
        return unfit();
    std::string ids;
    for (const VerdictGiven& given : m_verdicts)
        if (given.step == step->id && !given.undecided && !given.rejected)
            ids += (ids.empty() ? "" : ",") + given.id;
    decide(*step, ids.empty() ? "none" : ids, world);
    return {};
}

Result<void> Runner::answer(const Answered& event, const World& world)
{
    const Step& step = *current();
    if (m_work.phase == Work::Phase::Confirm) { // the engineer ran it himself
        record(JournalEntry::Kind::ActionResult, "engineer", reason::byHand, world,
               {{{"command", m_work.targets[m_work.first].command}, {"node", m_work.targets[m_work.first].node}}, {}});
        m_work.end = m_work.targets.size();
        for (Target& target : m_work.targets)
            target.result = "done";
        m_work.next = m_work.end;
        m_work.phase = Work::Phase::Verify;
        return {};
    }
    Visit& visit = m_visits.back();
    if (!event.note.empty())
        visit.notes.push_back(event.note);
    if (visit.status == StepStatus::Undecided) {
        if (event.value == "again") {
            visit.status = StepStatus::Current;
            visit.because = {};
            const std::string id = step.id;
            m_visits.pop_back();
            enter(id, world, true);
            return {};
        }
        const std::string result = visit.result;
        if (event.value == "next") {
            leave(StepStatus::Undecided, result, "engineer", reason::engineerDecides, {}, world);
            return {};
        }
        for (std::size_t i = 0; i < step.branches.size(); ++i) {
            if (event.value == "branch:" + std::to_string(i) || event.value == step.branches[i].go) {
                leave(StepStatus::Done, result, "engineer", filled(step.branches[i].because, step, world), step.branches[i].go, world);
                return {};
            }
        }
        return failure(ErrorCode::BadValue, step.id, "no such way out: " + event.value);
    }
    for (const Choice& choice : choicesOf(step, world)) {
        if (choice.id == event.value) {
            leave(StepStatus::Done, choice.id, "engineer", filled(choice.text, step, world), choice.go, world);
            return {};
        }
    }
    if (!step.pattern.empty() && matchesWhole(step.pattern, event.value)) {
        leave(StepStatus::Done, event.value, "engineer", {event.value, event.value}, {}, world);
        return {};
    }
    return failure(ErrorCode::BadValue, step.id, "not one of the answers: " + shortened(event.value, 200));
}

void Runner::truncate(std::size_t visits)
{
    std::set<std::string> gone;
    for (std::size_t i = visits; i < m_visits.size(); ++i)
        gone.insert(m_visits[i].step);
    m_visits.resize(visits);
    std::erase_if(m_verdicts, [&](const VerdictGiven& given) { return gone.contains(given.step); });
    m_work = {};
    m_finished = false;
}

Result<void> Runner::goBack(const WentBack& event, const World& world)
{
    const auto found = std::find_if(m_visits.rbegin(), m_visits.rend(), [&](const Visit& v) { return v.step == event.step; });
    if (found == m_visits.rend())
        return failure(ErrorCode::BadValue, event.step, "this step was not visited");
    if (m_work.started)
        return failure(ErrorCode::BadValue, event.step, "a command is running");
    const std::vector<std::string> notes = found->notes;
    truncate(static_cast<std::size_t>(m_visits.rend() - found) - 1);
    record(JournalEntry::Kind::StepResult, "engineer", reason::wentBack, world, {{{"about", event.step}}, {}});
    enter(event.step, world, true);
    if (!m_visits.empty() && m_visits.back().step == event.step)
        m_visits.back().notes = notes;
    return {};
}

Result<void> Runner::overrule(const Overruled& event, const World& world)
{
    if (!event.verdict.empty()) {
        for (VerdictGiven& given : m_verdicts) {
            if (given.id != event.verdict)
                continue;
            given.rejected = !given.rejected;
            record(JournalEntry::Kind::Overruled, "engineer", reason::overruled, world,
                   {{{"verdict", event.verdict}, {"rejected", given.rejected ? "yes" : "no"}, {"note", event.note}}, {}});
            return {};
        }
        return failure(ErrorCode::BadValue, event.verdict, "no such verdict");
    }
    if (m_work.started)
        return failure(ErrorCode::BadValue, event.step, "a command is running");
    const auto found = std::find_if(m_visits.rbegin(), m_visits.rend(), [&](const Visit& v) { return v.step == event.step; });
    const Step* step = m_playbook->find(event.step);
    if (found == m_visits.rend() || step == nullptr)
        return failure(ErrorCode::BadValue, event.step, "this step was not visited");
    std::string go;
    Text because;
    std::string result = found->result;
    bool known = event.value == "next";
    if (known)
        because = reason::goOn;
    for (std::size_t i = 0; i < step->branches.size() && !known; ++i) {
        if (event.value == "branch:" + std::to_string(i) || event.value == step->branches[i].go) {
            go = step->branches[i].go;
            because = filled(step->branches[i].because, *step, world);
            known = true;
        }
    }
    if (!known && step->type == StepType::Question) {
        for (const Choice& choice : choicesOf(*step, world)) {
            if (choice.id == event.value) {
                go = choice.go;
                because = filled(choice.text, *step, world);
                result = choice.id;
                known = true;
            }
        }
    }
    if (!known)
        return failure(ErrorCode::BadValue, event.step, "no such way out: " + event.value);
    truncate(static_cast<std::size_t>(m_visits.rend() - found));
    Visit& visit = m_visits.back();
    const bool program = visit.by != "engineer";
    visit.overruled = visit.overruled || program;
    if (!event.note.empty())
        visit.notes.push_back(event.note);
    record(JournalEntry::Kind::Overruled, "engineer", reason::overruled, world, {{{"way", event.value}, {"note", event.note}}, {}});
    leave(StepStatus::Done, result, "engineer", because, go, world);
    return {};
}

} // namespace medic::playbooks
