// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/playbooks/loader.h"

#include "diagnostics/playbooks/reader.h"
#include "diagnostics/playbooks/safety.h"

#include <algorithm>
#include <regex>
#include <set>

namespace medic::playbooks {

namespace {

void checkPattern(MapReader& reader, const char* key, const std::string& pattern)
{
    try {
        const std::regex tried(pattern);
    } catch (const std::regex_error&) {
        reader.problem(ErrorCode::BadSyntax, key, "a regular expression expected, not '" + pattern + "'");
    }
}

Selector readSelector(MapReader& reader, const char* key, const char* otherwise)
{
    std::string text = reader.scalar(key);
    if (text.empty())
        text = otherwise;
    Selector selector;
    if (text.starts_with("first ")) {
        selector.one = true;
        text.erase(0, 6);
    }
    const auto inside = [&](std::string_view head) -> std::string {
        return text.size() > head.size() + 1 && text.starts_with(head) && text.ends_with(")")
            ? text.substr(head.size(), text.size() - head.size() - 1)
            : std::string();
    };
    using Kind = Selector::Kind;
    if (text == "all")
        selector.kind = Kind::All;
    else if (text == "affected")
        selector.kind = Kind::Affected;
    else if (text == "control-plane")
        selector.kind = Kind::ControlPlane;
    else if (selector.name = inside("answer("); !selector.name.empty())
        selector.kind = Kind::Answer;
    else if (selector.name = inside("each("); !selector.name.empty())
        selector.kind = Kind::Finding;
    else
        reader.problem(ErrorCode::BadValue, key,
                       "all, affected, control-plane, answer(STEP) or each(FINDING) expected, with or without 'first ' before it");
    return selector;
}

std::string readCommand(MapReader& reader, const char* key, bool needed)
{
    std::string command = reader.scalar(key, needed);
    while (command.ends_with('\n'))
        command.pop_back();
    if (const auto why = forbiddenBecause(command))
        reader.problem(ErrorCode::BadValue, key, "forbidden command: " + *why);
    return command;
}

void readBranches(MapReader& reader, Step& step)
{
    for (MapReader& item : reader.maps("branches")) {
        item.onlyKeys({"when", "go", "because"});
        Branch branch;
        branch.when = item.condition("when", true);
        branch.go = item.scalar("go", true);
        branch.because = item.text("because", true);
        step.branches.push_back(std::move(branch));
    }
    step.unknownGo = reader.scalar("unknown");
}

void readQuestion(MapReader& reader, Step& step)
{
    for (MapReader& item : reader.maps("choices")) {
        item.onlyKeys({"id", "text", "help", "go", "automatic"});
        Choice choice;
        choice.id = item.scalar("id", true);
        choice.text = item.text("text", true);
        choice.help = item.text("help");
        choice.go = item.scalar("go");
        choice.automatic = item.condition("automatic");
        step.choices.push_back(std::move(choice));
    }
    step.from = reader.scalar("from");
    if (!step.from.empty())
        (void)reader.oneOf("from", {"nodes", "affected"});
    step.pattern = reader.scalar("pattern");
    if (!step.pattern.empty())
        checkPattern(reader, "pattern", step.pattern);
    if (step.choices.empty() && step.from.empty() && step.pattern.empty())
        reader.problem(ErrorCode::MissingValue, "choices", "a question needs choices, from or pattern");
}

void readMeasure(MapReader& reader, Step& step)
{
    step.command = readCommand(reader, "command", true);
    for (MapReader& item : reader.maps("outcomes")) {
        item.onlyKeys({"id", "match", "exit", "text"});
        Outcome outcome;
        outcome.id = item.scalar("id", true);
        for (const char* taken : {"none", "skipped", "unknown", "not-measured"})
            if (outcome.id == taken)
                item.problem(ErrorCode::BadValue, "id", "'" + outcome.id + "' is what a step gives that has no outcome");
        outcome.pattern = item.scalar("match");
        if (!outcome.pattern.empty())
            checkPattern(item, "match", outcome.pattern);
        if (item.has("exit"))
            outcome.exitStatus = item.integer("exit", 0, 0, 255);
        outcome.text = item.text("text", true);
        step.outcomes.push_back(std::move(outcome));
    }
    if (step.outcomes.empty())
        reader.problem(ErrorCode::MissingValue, "outcomes", "a measurement needs at least one outcome");
}

void readAction(MapReader& reader, Step& step)
{
    step.command = readCommand(reader, "command", true);
    step.dryRun = readCommand(reader, "dry-run", false);
    step.rollback = readCommand(reader, "rollback", false);
    step.verifyCommand = readCommand(reader, "verify-command", false);
    step.noRollback = reader.text("no-rollback", step.rollback.empty());
    step.expect = reader.text("expect", true);
    step.blast = reader.text("blast");
    step.verify = reader.condition("verify");
    step.failedGo = reader.scalar("failed");
    if (step.verify.empty() && step.verifyCommand.empty())
        reader.problem(ErrorCode::MissingValue, "verify", "an action needs verify (a condition) or verify-command");
    if (const auto risk = reader.oneOf("risk", {"none", "low", "medium", "high"}, true)) {
        step.risk = static_cast<Risk>(*risk);
        if (const Risk least = leastRisk(step.command); step.risk < least)
            reader.problem(ErrorCode::BadValue, "risk", "this command is at least '" + std::string(riskName(least)) + "'");
    }
}

void readVerdicts(MapReader& reader, Step& step)
{
    for (MapReader& item : reader.maps("verdicts")) {
        item.onlyKeys({"id", "when", "proof", "confidence", "verdict", "text", "finding"});
        VerdictRule rule;
        rule.id = item.scalar("id", true);
        rule.when = item.condition("when", true);
        rule.proof = item.condition("proof");
        if (const auto confidence = item.oneOf("confidence", {"possible", "likely"}))
            rule.confidence = *confidence == 0 ? Confidence::Possible : Confidence::Likely;
        if (const auto verdict = item.oneOf("verdict", {"ok", "not-applicable", "unknown", "warning", "failure"}))
            rule.verdict = static_cast<Verdict>(*verdict);
        rule.text = item.text("text", true);
        rule.finding = item.scalar("finding");
        step.verdicts.push_back(std::move(rule));
    }
    if (step.verdicts.empty())
        reader.problem(ErrorCode::MissingValue, "verdicts", "a verdict step needs at least one verdict");
}

Step readStep(MapReader& reader)
{
    Step step;
    step.line = reader.line();
    step.id = reader.scalar("id", true);
    const auto type = reader.oneOf("type", {"check", "question", "compare", "trace", "measure", "action", "wait", "verdict"}, true);
    step.type = type ? static_cast<StepType>(*type) : StepType::Check;
    step.title = reader.text("title", true);
    step.why = reader.text("why", true);
    step.text = reader.text("text", step.type == StepType::Question);
    step.when = reader.condition("when");
    step.next = reader.scalar("next");
    step.about = reader.scalar("about");
    step.suites = reader.list("suites");
    step.probes = reader.list("probes");
    step.tables = reader.list("tables");
    step.heavy = reader.boolean("heavy", false);
    step.root = reader.boolean("root", true);
    step.timeLimit = std::chrono::seconds(reader.integer("limit", 10, 1, 600));
    step.atControlPlane = reader.oneOf("at", {"node", "control-plane"}).value_or(0) == 1;
    step.on = readSelector(reader, "on", step.type == StepType::Action || step.type == StepType::Measure ? "affected" : "all");
    readBranches(reader, step);
    switch (step.type) {
    case StepType::Check:
        if (step.suites.empty() && step.probes.empty())
            reader.problem(ErrorCode::MissingValue, "suites", "a check needs suites or probes");
        break;
    case StepType::Question: readQuestion(reader, step); break;
    case StepType::Compare:
        if (step.probes.empty() && step.suites.empty())
            reader.problem(ErrorCode::MissingValue, "probes", "a comparison needs probes or suites");
        step.with = readSelector(reader, "with", "all");
        if (!reader.has("with"))
            reader.problem(ErrorCode::MissingValue, "with", "the node to compare with, e.g. answer(STEP)");
        break;
    case StepType::Trace:
        step.traceFrom = reader.scalar("from");
        step.traceTo = reader.scalar("to", true);
        step.traceProtocol = reader.scalar("protocol");
        break;
    case StepType::Measure: readMeasure(reader, step); break;
    case StepType::Action: readAction(reader, step); break;
    case StepType::Wait:
        step.wait = std::chrono::seconds(reader.integer("seconds", 60, 1, 3600));
        step.every = std::chrono::seconds(reader.integer("every", 0, 0, 3600));
        step.until = reader.condition("until");
        step.broken = reader.condition("broken");
        break;
    case StepType::Verdict: readVerdicts(reader, step); break;
    }
    reader.onlyKeys({"id",      "type",    "title",    "why",   "text",    "when",   "next",    "about",       "suites",   "probes",
                     "heavy",   "root",    "limit",    "on",    "at",    "branches", "unknown", "choices", "from",       "to",       "protocol",
                     "pattern", "with",    "command",  "outcomes", "risk", "expect", "blast",   "no-rollback", "dry-run",  "rollback",
                     "verify",  "verify-command", "failed", "seconds", "every", "until", "broken", "verdicts", "tables"});
    return step;
}

/// Every way leads to a step that exists, every condition asks for steps and verdicts that exist.
class References {
public:
    References(const Playbook& playbook, std::vector<Error>& problems) : m_playbook(playbook), m_problems(problems)
    {
        for (const Step& step : playbook.steps)
            for (const VerdictRule& rule : step.verdicts)
                m_verdicts.insert(rule.id);
    }

    void check()
    {
        std::set<std::string> seen;
        for (const Step& step : m_playbook.steps) {
            m_step = &step;
            if (!seen.insert(step.id).second || step.id == "end")
                report("id", "each step needs an id of its own, '" + step.id + "' is taken");
            for (const std::string& way : {step.next, step.unknownGo, step.failedGo})
                target(way);
            for (const Branch& branch : step.branches) {
                target(branch.go);
                condition(branch.when);
            }
            for (const Choice& choice : step.choices) {
                target(choice.go);
                condition(choice.automatic);
            }
            for (const VerdictRule& rule : step.verdicts) {
                condition(rule.when);
                condition(rule.proof);
            }
            for (const Expression* expression : {&step.when, &step.verify, &step.until, &step.broken})
                condition(*expression);
            for (const Selector* selector : {&step.on, &step.with})
                if (selector->kind == Selector::Kind::Answer)
                    named(selector->name);
        }
        m_step = nullptr;
        condition(m_playbook.symptom);
    }

private:
    void report(const std::string& key, const std::string& what)
    {
        const std::string line = m_step == nullptr ? std::string() : ":" + std::to_string(m_step->line);
        m_problems.push_back(Error {ErrorCode::BadValue, m_playbook.file + line, "key '" + key + "': " + what, 0});
    }

    void target(const std::string& way)
    {
        if (!way.empty() && way != "end" && m_playbook.find(way) == nullptr)
            report("go", "there is no step '" + way + "'");
    }

    void named(const std::string& step)
    {
        if (m_playbook.find(step) == nullptr)
            report("when", "there is no step '" + step + "'");
    }

    void condition(const Expression& expression)
    {
        for (const Expression::Call& call : expression.calls()) {
            for (const FunctionInfo& info : functions()) {
                if (info.name != call.function)
                    continue;
                if (info.argument == FunctionInfo::Argument::Step)
                    named(call.arguments.front());
                if (info.argument == FunctionInfo::Argument::VerdictId && !m_verdicts.contains(call.arguments.front()))
                    report("when", "there is no verdict '" + call.arguments.front() + "'");
                if (info.onNodeOf && call.arguments.size() > 1)
                    named(call.arguments[1]);
            }
        }
    }

    const Playbook& m_playbook;
    std::vector<Error>& m_problems;
    std::set<std::string> m_verdicts;
    const Step* m_step = nullptr;
};

PlaybookPtr readRoot(const YAML::Node& root, const std::string& file, std::vector<Error>& problems)
{
    const std::size_t before = problems.size();
    if (!root.IsMap()) {
        problems.push_back(Error {ErrorCode::BadValue, file, "a map with the key 'playbook' expected", 0});
        return nullptr;
    }
    MapReader reader(root, file, problems);
    reader.onlyKeys({"playbook", "priority", "title", "summary", "patterns", "fits", "keywords", "symptom", "steps"});
    auto playbook = std::make_shared<Playbook>();
    playbook->file = file;
    playbook->id = reader.scalar("playbook", true);
    playbook->priority = reader.integer("priority", 100, 0, 10000);
    playbook->title = reader.text("title", true);
    playbook->summary = reader.text("summary", true);
    playbook->patterns = reader.list("patterns");
    for (const std::string& pattern : playbook->patterns)
        checkPattern(reader, "patterns", pattern);
    playbook->findings = reader.list("fits");
    playbook->keywords = reader.list("keywords");
    if (reader.has("symptom")) {
        MapReader symptom(reader.node("symptom"), file, problems);
        if (root["symptom"].IsMap()) {
            symptom.onlyKeys({"when", "suites"});
            playbook->symptom = symptom.condition("when", true);
            playbook->symptomSuites = symptom.list("suites");
        } else {
            reader.problem(ErrorCode::BadValue, "symptom", "{when: …, suites: […]} expected");
        }
    }
    for (MapReader& item : reader.maps("steps"))
        playbook->steps.push_back(readStep(item));
    if (playbook->steps.empty())
        reader.problem(ErrorCode::MissingValue, "steps", "a playbook needs at least one step");
    References(*playbook, problems).check();
    return problems.size() == before ? playbook : nullptr;
}

} // namespace

PlaybookPtr readPlaybook(const std::string& yaml, const std::string& file, std::vector<Error>& problems)
{
    try {
        return readRoot(YAML::Load(yaml), file, problems);
    } catch (const YAML::Exception& exception) {
        problems.push_back(Error {ErrorCode::BadSyntax,
                                  file + ":" + std::to_string(exception.mark.line + 1) + ":" + std::to_string(exception.mark.column + 1),
                                  exception.msg, 0});
    } catch (const std::exception& exception) {
        problems.push_back(Error {ErrorCode::BadSyntax, file, exception.what(), 0});
    }
    return nullptr;
}

} // namespace medic::playbooks
