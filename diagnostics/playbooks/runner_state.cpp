// SPDX-License-Identifier: GPL-3.0-or-later
// A runner as JSON and back: what makes a killed program go on where it was.
#include "diagnostics/playbooks/runner.h"
#include "diagnostics/playbooks/runner_detail.h"
#include "diagnostics/playbooks/runner_texts.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace medic::playbooks {

namespace {

using nlohmann::json;

constexpr int formatVersion = 1;
constexpr std::array<StepStatus, 7> statuses {StepStatus::Pending, StepStatus::Current, StepStatus::Done,  StepStatus::Skipped,
                                              StepStatus::Undecided, StepStatus::Refused, StepStatus::Failed};

std::int64_t millis(TimePoint time)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

TimePoint timeOf(std::int64_t value) { return TimePoint(std::chrono::milliseconds(value)); }

json textJson(const Text& text) { return {{"en", text.en}, {"zh", text.zh}}; }

Text textOf(const json& value) { return {value.at("en").get<std::string>(), value.at("zh").get<std::string>()}; }

json targetJson(const Target& target)
{
    json result {{"node", target.node},       {"affects", target.affects},   {"finding", target.finding},
                 {"parameters", target.parameters}, {"command", target.command},   {"dryRun", target.dryRun},
                 {"rollback", target.rollback}, {"verifyCommand", target.verifyCommand}, {"refused", target.refused},
                 {"result", target.result},   {"output", target.output}};
    if (target.proven)
        result["proven"] = *target.proven;
    return result;
}

Target targetOf(const json& value)
{
    Target target;
    for (auto [key, field] : {std::pair("node", &target.node), std::pair("affects", &target.affects), std::pair("finding", &target.finding),
                              std::pair("command", &target.command), std::pair("dryRun", &target.dryRun),
                              std::pair("rollback", &target.rollback), std::pair("verifyCommand", &target.verifyCommand),
                              std::pair("refused", &target.refused), std::pair("result", &target.result), std::pair("output", &target.output)})
        *field = value.at(key).get<std::string>();
    target.parameters = value.at("parameters").get<Parameters>();
    if (value.contains("proven"))
        target.proven = value.at("proven").get<bool>();
    return target;
}

json visitJson(const Visit& visit)
{
    return {{"step", visit.step},
            {"status", stepStatusName(visit.status)},
            {"result", visit.result},
            {"by", visit.by},
            {"overruled", visit.overruled},
            {"because", textJson(visit.because)},
            {"went", visit.went},
            {"notes", visit.notes},
            {"outputs", visit.outputs},
            {"observations", visit.observations},
            {"packet", visit.packet},
            {"entered", millis(visit.entered)},
            {"left", millis(visit.left)}};
}

Visit visitOf(const json& value)
{
    Visit visit;
    visit.step = value.at("step").get<std::string>();
    const std::string status = value.at("status").get<std::string>();
    for (const StepStatus known : statuses)
        if (stepStatusName(known) == status)
            visit.status = known;
    visit.result = value.at("result").get<std::string>();
    visit.by = value.at("by").get<std::string>();
    visit.overruled = value.at("overruled").get<bool>();
    visit.because = textOf(value.at("because"));
    visit.went = value.at("went").get<std::string>();
    visit.notes = value.at("notes").get<std::vector<std::string>>();
    visit.outputs = value.at("outputs").get<std::vector<std::string>>();
    visit.observations = value.at("observations").get<std::vector<std::uint64_t>>();
    if (value.contains("packet"))
        visit.packet = value.at("packet").get<std::vector<std::string>>();
    visit.entered = timeOf(value.at("entered").get<std::int64_t>());
    visit.left = timeOf(value.at("left").get<std::int64_t>());
    return visit;
}

json verdictJson(const VerdictGiven& given)
{
    return {{"id", given.id},
            {"step", given.step},
            {"finding", given.finding},
            {"verdict", verdictName(given.verdict)},
            {"confidence", confidenceName(given.confidence)},
            {"undecided", given.undecided},
            {"rejected", given.rejected},
            {"text", textJson(given.text)},
            {"parameters", given.parameters}};
}

VerdictGiven verdictOf(const json& value)
{
    VerdictGiven given;
    given.id = value.at("id").get<std::string>();
    given.step = value.at("step").get<std::string>();
    given.finding = value.at("finding").get<std::string>();
    given.verdict = verdictFromName(value.at("verdict").get<std::string>()).value_or(Verdict::Unknown);
    given.confidence = confidenceFromName(value.at("confidence").get<std::string>()).value_or(Confidence::Possible);
    given.undecided = value.at("undecided").get<bool>();
    given.rejected = value.at("rejected").get<bool>();
    given.text = textOf(value.at("text"));
    if (value.contains("parameters"))
        given.parameters = value.at("parameters").get<Parameters>();
    return given;
}

} // namespace

std::string Runner::save() const
{
    json document {{"format", formatVersion}, {"playbook", m_playbook->id}, {"finished", m_finished}};
    document["visits"] = json::array();
    for (const Visit& visit : m_visits)
        document["visits"].push_back(visitJson(visit));
    document["verdicts"] = json::array();
    for (const VerdictGiven& given : m_verdicts)
        document["verdicts"].push_back(verdictJson(given));
    json work {{"phase", static_cast<int>(m_work.phase)}, {"first", m_work.first},     {"next", m_work.next},
               {"end", m_work.end},                       {"dryRun", m_work.dryRun},   {"started", m_work.started},
               {"rollback", m_work.rollback},             {"before", m_work.before},   {"targets", json::array()}};
    if (m_work.until)
        work["until"] = millis(*m_work.until);
    for (const Target& target : m_work.targets)
        work["targets"].push_back(targetJson(target));
    document["work"] = std::move(work);
    document["rests"] = m_rests;
    if (m_change)
        document["change"] = {{"step", m_change->step}, {"findings", m_change->findings}};
    return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Runner> Runner::restore(PlaybookPtr playbook, Language language, const std::string& text)
{
    Runner runner(std::move(playbook), language);
    const std::string where = "wizard/" + runner.m_playbook->id;
    try {
        const json document = json::parse(text);
        if (document.at("format").get<int>() != formatVersion)
            return failure(ErrorCode::BadValue, where, "another format");
        if (document.at("playbook").get<std::string>() != runner.m_playbook->id)
            return failure(ErrorCode::BadValue, where, "of another playbook");
        runner.m_finished = document.at("finished").get<bool>();
        for (const json& visit : document.at("visits"))
            runner.m_visits.push_back(visitOf(visit));
        for (const Visit& visit : runner.m_visits)
            if (runner.m_playbook->find(visit.step) == nullptr)
                return failure(ErrorCode::BadValue, where, "the playbook has no step '" + visit.step + "' any more");
        for (const json& given : document.at("verdicts"))
            runner.m_verdicts.push_back(verdictOf(given));
        const json& work = document.at("work");
        Work& w = runner.m_work;
        w.phase = static_cast<Work::Phase>(std::clamp(work.at("phase").get<int>(), 0, 4));
        w.first = work.at("first").get<std::size_t>();
        w.next = work.at("next").get<std::size_t>();
        w.end = work.at("end").get<std::size_t>();
        w.dryRun = work.at("dryRun").get<bool>();
        w.started = work.at("started").get<bool>();
        w.rollback = work.at("rollback").get<bool>();
        w.before = work.at("before").get<std::set<std::string>>();
        for (const json& target : work.at("targets"))
            w.targets.push_back(targetOf(target));
        if (work.contains("until"))
            w.until = timeOf(work.at("until").get<std::int64_t>());
        const bool sound = w.first <= w.next && w.next <= w.end && w.end <= w.targets.size();
        const bool busy = w.phase == Work::Phase::Command || w.phase == Work::Phase::Rollback;
        if (!sound || (busy && w.next >= w.end) || (w.phase == Work::Phase::Confirm && w.first >= w.end))
            return failure(ErrorCode::BadValue, where, "its state contradicts itself");
        if (document.contains("rests"))
            runner.m_rests = document.at("rests").get<decltype(runner.m_rests)>();
        if (document.contains("change"))
            runner.m_change = SymptomChange {document.at("change").at("step").get<std::string>(),
                                             document.at("change").at("findings").get<std::vector<std::string>>()};
    } catch (const json::exception& exception) {
        return failure(ErrorCode::BadSyntax, where, exception.what());
    }
    runner.resume();
    return runner;
}

/// A command that was under way when the program ended: nobody knows its result. What only reads is asked again, what
/// changes something is never sent twice: its verification tells.
void Runner::resume()
{
    if (!m_work.started)
        return;
    m_work.started = false;
    const Step* step = current();
    if (step == nullptr || step->type != StepType::Action || m_work.phase == Work::Phase::Verify)
        return;
    Visit& visit = m_visits.back();
    visit.notes.push_back(reason::interrupted.in(m_language));
    Target& target = m_work.targets[m_work.next];
    target.result = "unknown";
    if (m_work.dryRun) {
        m_work.dryRun = false;
        m_work.phase = Work::Phase::Confirm;
        return;
    }
    m_work.rollback = false;
    m_work.end = m_work.next + 1;
    m_work.next = m_work.end;
    m_work.phase = Work::Phase::Verify;
}

} // namespace medic::playbooks
