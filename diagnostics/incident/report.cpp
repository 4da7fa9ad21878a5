// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/incident/report.h"

#include "diagnostics/incident/plain_text.h"
#include "diagnostics/model/value_words.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace medic {

using nlohmann::json;
using Kind = JournalEntry::Kind;

namespace {

constexpr std::size_t longestLine = 2000; ///< of evidence; a page of JSON in one line is pointed to, not printed
constexpr std::size_t mostLines = 80; ///< of one excerpt

/// `text` up to `longestLine` bytes at a character's edge, with a word about what was left out.
std::string shortened(std::string_view text, Language language)
{
    if (text.size() <= longestLine)
        return std::string(text);
    std::size_t end = longestLine;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end;
    return std::string(text.substr(0, end))
        + fill(reportWord("bytes-omitted", language), {{"n", std::to_string(text.size() - end)}});
}

Report::Line omittedLine(int count) { return {.number = 0, .text = {}, .highlighted = false, .omitted = count}; }

/// The lines that matter with some around them; without particular ones the first.
std::vector<Report::Line> excerptLines(const std::string& text, const std::vector<int>& wanted, Language language,
                                       const ReportOptions& options)
{
    const auto lines = linesOf(text);
    const int count = static_cast<int>(lines.size());
    std::set<int> shown, lit;
    for (const int line : wanted) {
        if (line < 1 || line > count || shown.size() >= mostLines)
            continue;
        lit.insert(line);
        for (int near = std::max(1, line - options.contextLines); near <= std::min(count, line + options.contextLines); ++near)
            shown.insert(near);
    }
    if (lit.empty())
        for (int line = 1; line <= std::min(count, options.headLines); ++line)
            shown.insert(line);
    std::vector<Report::Line> result;
    int last = 0;
    for (const int line : shown) {
        if (line > last + 1)
            result.push_back(omittedLine(line - last - 1));
        result.push_back({.number = line,
                          .text = shortened(lines[static_cast<std::size_t>(line - 1)], language),
                          .highlighted = lit.contains(line),
                          .omitted = 0});
        last = line;
    }
    if (last < count)
        result.push_back(omittedLine(count - last));
    return result;
}

Report::Excerpt excerptOf(const Evidence& evidence, Language language, const ReportOptions& options)
{
    const Observation& observation = *evidence.observation;
    // What failed says why on stderr: show that when stdout is empty and no lines were named.
    const bool fromErr = evidence.inErr || (observation.out.empty() && evidence.lines.empty());
    return {.observation = observation.id,
            .node = observation.node,
            .probe = observation.probe,
            .command = observation.command,
            .at = timeText(observation.start),
            .state = std::string(probeStateName(observation.state)),
            .exitStatus = observation.exitStatus,
            .fromErr = fromErr,
            .truncated = observation.truncated,
            .lines = excerptLines(fromErr ? observation.err : observation.out, evidence.lines, language, options)};
}

Report::FindingPart partOf(const Finding& finding, const Catalogue& catalogue, Language language, const ReportOptions& options)
{
    Report::FindingPart part {.id = finding.id(),
                              .suite = finding.suite(),
                              .subject = finding.subject().text(),
                              .since = finding.since() ? timeText(*finding.since()) : std::string(),
                              .title = catalogue.title(finding, language),
                              .meaning = {},
                              .why = {},
                              .next = {},
                              .playbook = {},
                              .verdict = finding.verdict(),
                              .confidence = finding.confidence(),
                              .parameters = finding.parameters(),
                              .evidence = {},
                              .references = {}};
    if (const KnowledgeEntry* entry = catalogue.find(finding.id()); entry != nullptr) {
        part.meaning = fill(entry->meaning, finding.parameters(), language);
        part.why = fill(entry->why, finding.parameters(), language);
        part.next = fill(entry->next, finding.parameters(), language);
        part.playbook = entry->playbook;
        part.references = entry->references;
    }
    if (options.evidence)
        for (const Evidence& evidence : finding.evidence())
            part.evidence.push_back(excerptOf(evidence, language, options));
    return part;
}

/// A member of a journal entry's data as text; empty when it is not there. The data is ours, but the file may not be.
std::string member(const json& data, std::initializer_list<const char*> names)
{
    if (data.is_object())
        for (const char* name : names)
            if (const auto found = data.find(name); found != data.end() && !found->is_null())
                return found->is_string() ? found->get<std::string>()
                                          : found->dump(-1, ' ', false, json::error_handler_t::replace);
    return {};
}

std::string placeOf(const JournalEntry& entry)
{
    return entry.step.empty() ? entry.playbook : entry.playbook.empty() ? entry.step : entry.playbook + " / " + entry.step;
}

/// A wizard's records carry their text in both languages (playbooks/runner.cpp); others only as it was written.
std::string textOf(const JournalEntry& entry, const json& data, Language language)
{
    const std::string text = member(data, {language == Language::Chinese ? "zh" : "en"});
    return text.empty() ? entry.text : text;
}

void addConfirmed(Report& report, const JournalEntry& entry, const json& data)
{
    Report::ChangeMade change {.at = timeText(entry.at), .node = member(data, {"node"}), .command = member(data, {"command"}),
                               .outcome = {}, .rollback = member(data, {"rollback"}), .place = placeOf(entry)};
    if (change.rollback == "yes" || change.rollback == "no")
        change.rollback.clear();
    const std::string all = member(data, {"commands"}); // "node: command", one a line
    if (all.empty()) {
        if (change.command.empty())
            change.command = entry.text;
        report.changes.push_back(std::move(change));
        return;
    }
    for (const std::string_view line : linesOf(all)) {
        const std::size_t colon = line.find(": ");
        if (colon == std::string_view::npos || line.substr(0, colon).find(' ') != std::string_view::npos) {
            if (change.command.empty())
                change.command = line;
            else
                report.changes.back().command += '\n' + std::string(line); // a command of several lines
            continue;
        }
        change.node = line.substr(0, colon);
        change.command = line.substr(colon + 2);
        report.changes.push_back(change);
    }
}

void addResult(Report& report, const JournalEntry& entry, const json& data)
{
    if (member(data, {"dry-run"}) == "yes")
        return;
    const std::string place = placeOf(entry), node = member(data, {"node"}), command = member(data, {"command"});
    std::string outcome = member(data, {"result", "outcome"});
    if (const std::string status = member(data, {"exitStatus", "exit"}); !status.empty() && status != "-1")
        outcome += (outcome.empty() ? "" : ", ") + fill(reportWord("exit-status", report.language), {{"n", status}});
    if (outcome.empty())
        outcome = textOf(entry, data, report.language);
    // A result belongs to the newest confirmed command of its step, node and text that has none yet.
    for (auto change = report.changes.rbegin(); change != report.changes.rend(); ++change) {
        const bool same = change->place == place && (node.empty() || change->node.empty() || change->node == node)
            && (command.empty() || change->command == command);
        if (same && change->outcome.empty()) {
            change->outcome = outcome;
            return;
        }
    }
    report.changes.push_back({.at = timeText(entry.at), .node = node, .command = command, .outcome = outcome, .rollback = {}, .place = place});
}

/// A verdict that was given again replaces itself; one that the engineer rejected goes.
void addVerdict(Report& report, const JournalEntry& entry, const json& data, std::vector<std::string>& ids)
{
    const std::string id = entry.playbook + '\n' + member(data, {"id"});
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (ids[i] == id && !member(data, {"id"}).empty()) {
            ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(i));
            report.conclusions.erase(report.conclusions.begin() + static_cast<std::ptrdiff_t>(i));
            break;
        }
    const bool undecided = member(data, {"undecided"}) == "yes";
    ids.push_back(id);
    report.conclusions.push_back({.at = timeText(entry.at), .playbook = entry.playbook, .text = textOf(entry, data, report.language),
                                  .confidence = undecided ? "unknown" : member(data, {"confidence"}), .verified = false});
}

void addJournal(Report& report, const std::vector<JournalEntry>& journal)
{
    std::vector<std::string> verdictIds; // beside report.conclusions
    std::set<std::string> rejected; // by the engineer, who may change his mind
    std::map<std::string, bool> verified; // playbook → did the last verification hold?
    for (const JournalEntry& entry : journal) {
        const json data = json::parse(entry.data, nullptr, false);
        switch (entry.kind) {
        case Kind::ActionConfirmed: addConfirmed(report, entry, data); break;
        case Kind::ActionResult: addResult(report, entry, data); break;
        case Kind::Verdict:
            rejected.erase(entry.playbook + '\n' + member(data, {"id"})); // given again, with new facts
            addVerdict(report, entry, data, verdictIds);
            break;
        case Kind::Verified: {
            const std::string holds = member(data, {"holds"});
            verified[entry.playbook] = holds.empty() || holds == "yes";
            break;
        }
        case Kind::Overruled:
            if (const std::string id = member(data, {"verdict"}); !id.empty())
                member(data, {"rejected"}) == "no" ? rejected.erase(entry.playbook + '\n' + id)
                                                   : rejected.insert(entry.playbook + '\n' + id).second;
            break;
        case Kind::Note: report.notes.push_back(timeText(entry.at) + "  " + textOf(entry, data, report.language)); break;
        default: break;
        }
    }
    for (std::size_t i = verdictIds.size(); i-- > 0;)
        if (rejected.contains(verdictIds[i]))
            report.conclusions.erase(report.conclusions.begin() + static_cast<std::ptrdiff_t>(i));
    for (Report::Conclusion& conclusion : report.conclusions)
        conclusion.verified = verified[conclusion.playbook];
    for (Report::ChangeMade& change : report.changes)
        if (change.outcome.empty())
            change.outcome = reportWord("no-result", report.language);
}

void addTimeline(Report& report, const std::vector<JournalEntry>& journal, const std::vector<SweepInfo>& sweeps,
                 const std::vector<Finding>& findings, const Catalogue& catalogue)
{
    std::vector<std::pair<TimePoint, Report::Event>> events;
    const auto add = [&events](TimePoint at, Report::Event event) {
        event.at = timeText(at);
        events.emplace_back(at, std::move(event));
    };
    const bool sweepsInJournal = std::any_of(journal.begin(), journal.end(),
                                             [](const JournalEntry& entry) { return entry.kind == Kind::SweepStarted; });
    for (const JournalEntry& entry : journal)
        add(entry.at, {.id = entry.id, .at = {}, .kind = std::string(journalKindName(entry.kind)), .who = entry.who,
                       .place = placeOf(entry), .text = textOf(entry, json::parse(entry.data, nullptr, false), report.language),
                       .observations = entry.observations});
    for (const SweepInfo& sweep : sweeps) {
        if (sweepsInJournal)
            break;
        add(sweep.started, {.kind = "sweep-started", .who = "program", .text = sweep.label});
        if (sweep.finished)
            add(*sweep.finished, {.kind = "sweep-finished", .who = "program", .text = sweep.label});
    }
    for (const Finding& finding : findings)
        if (finding.since() && severity(finding.verdict()) > severity(Verdict::Unknown))
            add(*finding.since(), {.kind = "since", .place = finding.subject().text(),
                                   .text = catalogue.title(finding, report.language)});
    std::stable_sort(events.begin(), events.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [at, event] : events)
        report.timeline.push_back(std::move(event));
}

Result<void> addObservations(Report& report, const IncidentFile& incident, bool appendix)
{
    const auto index = incident.index();
    if (!index)
        return tl::unexpected(index.error());
    std::set<std::string> nodes;
    std::optional<TimePoint> from, until;
    for (const ObservationHead& item : *index) {
        const Observation& head = item.head;
        if (!head.node.empty() && head.node != "@local")
            nodes.insert(head.node);
        from = from ? std::min(*from, head.start) : head.start;
        const TimePoint end = head.start + head.duration;
        until = until ? std::max(*until, end) : end;
        if (!appendix)
            continue;
        Report::ObservationPart part {.id = head.id, .sweep = head.sweep, .node = head.node, .probe = head.probe,
                                      .command = head.command, .at = timeText(head.start),
                                      .state = std::string(probeStateName(head.state)), .exitStatus = head.exitStatus,
                                      .milliseconds = head.duration.count(), .bytes = item.outBytes + item.errBytes,
                                      .truncated = head.truncated, .reason = {}};
        if (head.state != ProbeState::Complete && head.state != ProbeState::NotApplicable) {
            const auto whole = incident.observation(head.id);
            if (!whole)
                return tl::unexpected(whole.error());
            const auto lines = linesOf((*whole)->err);
            if (!lines.empty())
                part.reason = shortened(lines.front(), report.language);
            report.unknowns.push_back(part);
        }
        report.observations.push_back(std::move(part));
    }
    report.nodes.assign(nodes.begin(), nodes.end());
    if (from) {
        report.from = timeText(*from);
        report.until = timeText(*until);
        report.zone = zoneText(*from);
    }
    return {};
}

constexpr std::size_t mostGone = 20;

/// Failures and warnings of earlier sweeps that the newest findings know nothing of any more.
[[nodiscard]] Result<void> addGone(Report& report, const IncidentFile& incident, const std::vector<SweepInfo>& sweeps, const std::vector<Finding>& now,
                                   const Catalogue& catalogue, const ReportOptions& options)
{
    std::set<std::string> present;
    for (const Finding& finding : now)
        if (severity(finding.verdict()) >= severity(Verdict::Unknown)) // what could not be looked at is not gone
            present.insert(finding.key());
    std::vector<std::pair<Finding, TimePoint>> gone;
    for (const SweepInfo& sweep : sweeps) {
        if (!sweep.checked)
            continue;
        const auto findings = incident.findings(sweep.id);
        if (!findings)
            return tl::unexpected(findings.error());
        for (const Finding& finding : *findings) {
            if (severity(finding.verdict()) <= severity(Verdict::Unknown) || present.contains(finding.key()))
                continue;
            const auto same = std::find_if(gone.begin(), gone.end(), [&](const auto& one) { return one.first.key() == finding.key(); });
            if (same != gone.end())
                *same = {finding, sweep.started};
            else
                gone.emplace_back(finding, sweep.started);
        }
    }
    std::stable_sort(gone.begin(), gone.end(), [](const auto& a, const auto& b) { return moreUrgent(a.first, b.first); });
    for (const auto& [finding, seen] : gone) {
        if (report.gone.size() >= mostGone)
            break;
        report.gone.push_back(partOf(finding, catalogue, report.language, options));
        report.gone.back().lastSeen = timeText(seen);
    }
    return {};
}

} // namespace

Result<Report> buildReport(const IncidentFile& incident, const Catalogue& catalogue, Language language,
                           const ReportOptions& options, const std::vector<Finding>* given)
{
    const auto info = incident.info();
    const auto journal = info ? incident.journal() : tl::unexpected(info.error());
    const auto sweeps = journal ? incident.sweeps() : tl::unexpected(journal.error());
    auto findings = !sweeps ? tl::unexpected(sweeps.error()) : given != nullptr ? Result<std::vector<Finding>>(*given) : incident.findings(0);
    if (!findings)
        return tl::unexpected(findings.error());
    std::stable_sort(findings->begin(), findings->end(), moreUrgent);

    Report report;
    report.language = language;
    report.title = info->title;
    report.cluster = info->cluster;
    report.symptom = info->symptom;
    report.file = incident.path().filename().string();
    report.linkedFrom = info->linkedFrom;
    report.workedIn = info->language;
    report.redacted = info->redacted;
    report.opened = timeText(info->opened);
    report.zone = zoneText(info->opened);
    report.sweeps = sweeps->size();
    if (options.generated)
        report.generated = timeText(*options.generated);
    for (const Verdict verdict : {Verdict::Failure, Verdict::Warning, Verdict::Unknown, Verdict::Ok, Verdict::NotApplicable})
        report.counts[verdict] = 0;
    for (const Finding& finding : *findings) {
        ++report.counts[finding.verdict()];
        if (severity(finding.verdict()) >= severity(Verdict::Unknown))
            report.findings.push_back(partOf(finding, catalogue, language, options));
    }
    if (const auto added = addGone(report, incident, *sweeps, *findings, catalogue, options); !added)
        return tl::unexpected(added.error());
    addJournal(report, *journal);
    if (options.timeline)
        addTimeline(report, *journal, *sweeps, *findings, catalogue);
    if (const auto added = addObservations(report, incident, options.appendix); !added)
        return tl::unexpected(added.error());
    return report;
}

} // namespace medic
