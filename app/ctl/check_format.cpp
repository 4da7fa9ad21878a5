// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/check_format.h"

#include "app/ctl/command.h"
#include "app/ctl/output.h"
#include "diagnostics/collect/words.h"
#include "diagnostics/incident/plain_text.h"
#include "diagnostics/model/value_words.h"

#include <nlohmann/json.hpp>

#include <QCoreApplication>

#include <algorithm>
#include <map>

namespace medic::ctl {

using json = nlohmann::ordered_json;

namespace {

constexpr std::size_t mostLines = 8; ///< of one evidence in the text

std::map<Verdict, int> countsOf(const CheckResult& result)
{
    std::map<Verdict, int> counts;
    for (const Verdict verdict : {Verdict::Failure, Verdict::Warning, Verdict::Unknown, Verdict::Ok, Verdict::NotApplicable})
        counts[verdict] = 0;
    for (const Finding& finding : result.findings)
        ++counts[finding.verdict()];
    return counts;
}

/// The numbered lines that an evidence points to; without any, the first ones.
std::vector<std::pair<int, std::string_view>> evidenceLines(const Evidence& evidence, std::size_t most)
{
    const auto lines = linesOf(evidence.inErr ? evidence.observation->err : evidence.observation->out);
    std::vector<std::pair<int, std::string_view>> result;
    for (const int line : evidence.lines)
        if (line >= 1 && static_cast<std::size_t>(line) <= lines.size() && result.size() < most)
            result.emplace_back(line, lines[static_cast<std::size_t>(line - 1)]);
    return result;
}

QString nodeName(const std::string& node)
{
    return node.empty() ? QCoreApplication::translate("ctl", "apiserver") : node == "@local" ? QCoreApplication::translate("ctl", "this machine") : safe(node);
}

QString shortLine(std::string_view line)
{
    QString text = safe(line);
    return text.size() > 400 ? text.left(400) + QCoreApplication::translate("ctl", " … (%1 more characters)").arg(text.size() - 400) : text;
}

QString evidenceText(const Evidence& evidence)
{
    const Observation& observation = *evidence.observation;
    QString text = QStringLiteral("      ") + nodeName(observation.node) + QStringLiteral(" · ") + safe(observation.probe) + QStringLiteral(" · ")
        + QString::fromStdString(timeText(observation.start));
    if (observation.state != ProbeState::Complete)
        text += QStringLiteral(" · ") + words::probeState(observation.state);
    else if (observation.exitStatus != 0)
        text += QStringLiteral(" · ") + QCoreApplication::translate("ctl", "exit status %1").arg(observation.exitStatus);
    text = coloured(text, Colour::Grey) + u'\n';
    text += QStringLiteral("        $ ") + shortLine(observation.command.substr(0, observation.command.find('\n'))) + u'\n';
    const auto lines = evidenceLines(evidence, mostLines);
    int width = 1;
    for (const auto& [number, line] : lines)
        width = std::max(width, static_cast<int>(QString::number(number).size()));
    for (const auto& [number, line] : lines)
        text += QStringLiteral("        %1  ").arg(number, width) + shortLine(line) + u'\n';
    if (evidence.lines.size() > lines.size() && lines.size() == mostLines)
        text += QStringLiteral("        ") + QCoreApplication::translate("ctl", "… and %1 more lines").arg(evidence.lines.size() - lines.size()) + u'\n';
    if (lines.empty() && !observation.err.empty() && observation.state != ProbeState::Complete)
        text += QStringLiteral("        ") + shortLine(linesOf(observation.err).front()) + u'\n';
    return text;
}

QString indented(const std::string& prose, const QString& indent)
{
    QString text;
    for (const std::string_view line : linesOf(prose))
        text += indent + safe(line) + u'\n';
    return text;
}

std::string xml(std::string_view text) { return htmlEscaped(text); }

json evidenceJson(const Evidence& evidence)
{
    const Observation& observation = *evidence.observation;
    json lines = json::array();
    for (const auto& [number, line] : evidenceLines(evidence, evidence.lines.size()))
        lines.push_back({{"number", number}, {"text", std::string(line)}});
    return {{"observation", observation.id},
            {"node", observation.node},
            {"probe", observation.probe},
            {"command", observation.command},
            {"at", utcText(observation.start).toStdString()},
            {"state", probeStateName(observation.state)},
            {"exitStatus", observation.exitStatus},
            {"stderr", evidence.inErr},
            {"lines", std::move(lines)}};
}

/// A table as people read it: aligned, at most so many rows.
QString tableText(const checks::Table& table, Language language, std::size_t most)
{
    std::vector<int> widths;
    for (const Text& column : table.columns)
        widths.push_back(displayWidth(column.in(language)));
    const std::size_t rows = std::min(most, table.rows.size());
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t i = 0; i < table.rows[row].cells.size() && i < widths.size(); ++i)
            widths[i] = std::max(widths[i], std::min(60, displayWidth(visibleLine(table.rows[row].cells[i].text))));
    QString text = coloured(safe(table.title.in(language)), Colour::Bold) + u'\n';
    QString head;
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        head += QStringLiteral("  ") + padded(safe(table.columns[i].in(language)), widths[i]);
    text += coloured(head, Colour::Grey) + u'\n';
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t i = 0; i < table.rows[row].cells.size() && i < widths.size(); ++i) {
            const checks::TableCell& cell = table.rows[row].cells[i];
            const QString words = padded(safe(cell.text), widths[i]);
            text += QStringLiteral("  ") + (cell.verdict ? coloured(words, colourOf(*cell.verdict)) : words);
        }
        text += u'\n';
    }
    if (rows < table.rows.size())
        text += QStringLiteral("  ") + QCoreApplication::translate("ctl", "… and %1 more rows (--all)").arg(table.rows.size() - rows) + u'\n';
    return text + coloured(indented(table.note.in(language), QStringLiteral("  ")), Colour::Grey) + u'\n';
}

bool somethingWrong(const checks::Table& table)
{
    return std::any_of(table.rows.begin(), table.rows.end(), [](const checks::TableRow& row) {
        return std::any_of(row.cells.begin(), row.cells.end(), [](const checks::TableCell& cell) { return cell.verdict && severity(*cell.verdict) > severity(Verdict::Unknown); });
    });
}

json tableJson(const checks::Table& table, Language language)
{
    json columns = json::array(), rows = json::array();
    for (const Text& column : table.columns)
        columns.push_back(column.in(language));
    for (const checks::TableRow& row : table.rows) {
        json cells = json::array();
        for (const checks::TableCell& cell : row.cells)
            cells.push_back({{"text", cell.text}, {"number", cell.number ? json(*cell.number) : json(nullptr)},
                             {"verdict", cell.verdict ? json(verdictName(*cell.verdict)) : json(nullptr)}});
        rows.push_back({{"cells", std::move(cells)}, {"evidence", row.evidence.observation ? evidenceJson(row.evidence) : json(nullptr)}});
    }
    return {{"id", table.id}, {"title", table.title.in(language)}, {"columns", std::move(columns)}, {"rows", std::move(rows)}, {"note", table.note.in(language)}};
}

} // namespace

int exitStatusOf(const CheckResult& result)
{
    Verdict worst = result.nothingKnown || !result.unknowns.empty() || !result.defects.empty() ? Verdict::Unknown : Verdict::Ok;
    for (const Finding& finding : result.findings)
        if (severity(finding.verdict()) > severity(worst))
            worst = finding.verdict();
    if (severity(worst) > severity(Verdict::Unknown))
        return ProblemsFound;
    return worst == Verdict::Unknown ? SomethingUnknown : NothingWrong;
}

std::string checkText(const CheckResult& result, const Catalogue& catalogue, Language language, bool all)
{
    QString text;
    const auto counts = countsOf(result);
    QStringList summary;
    for (const Verdict verdict : {Verdict::Failure, Verdict::Warning, Verdict::Unknown, Verdict::Ok})
        summary.append(coloured(QStringLiteral("%1 %2").arg(words::verdict(verdict)).arg(counts.at(verdict)),
                                counts.at(verdict) > 0 ? colourOf(verdict) : Colour::Grey));
    const QString name = safe(result.info.cluster.empty() ? result.source : result.info.cluster);
    text += coloured(name, Colour::Bold) + QStringLiteral("  ") + summary.join(QStringLiteral("  ")) + QStringLiteral("\n\n");

    int verdictWidth = 0, subjectWidth = 0;
    const auto shown = [all](const Finding& finding) { return all || severity(finding.verdict()) >= severity(Verdict::Unknown); };
    for (const Finding& finding : result.findings) {
        if (!shown(finding))
            continue;
        verdictWidth = std::max(verdictWidth, displayWidth((words::verdict(finding.verdict()) + words::confidence(finding.confidence())).toStdString()) + 4);
        subjectWidth = std::max(subjectWidth, std::min(40, displayWidth(visibleLine(finding.subject().text()))));
    }
    static constexpr const char16_t* shapes[] = {u"✓", u"–", u"?", u"▲", u"■"}; // in the order of Verdict
    for (const Finding& finding : result.findings) {
        if (!shown(finding))
            continue;
        const QString state = QString::fromUtf16(shapes[static_cast<int>(finding.verdict())]) + u' ' + words::verdict(finding.verdict())
            + QStringLiteral(", ") + words::confidence(finding.confidence());
        text += coloured(padded(state, verdictWidth), colourOf(finding.verdict())) + QStringLiteral("  ")
            + padded(safe(finding.subject().text()), subjectWidth) + QStringLiteral("  ")
            + coloured(safe(catalogue.title(finding, language)), Colour::Bold) + u'\n';
        text += coloured(QStringLiteral("    ") + safe(finding.suite() + " · " + finding.id()), Colour::Grey);
        if (finding.since())
            text += coloured(QStringLiteral(" · ") + QCoreApplication::translate("ctl", "since %1").arg(QString::fromStdString(timeText(*finding.since()))), Colour::Grey);
        text += u'\n';
        QStringList told; // one place may prove several things
        for (const Evidence& evidence : finding.evidence())
            if (const QString proof = evidenceText(evidence); !told.contains(proof))
                told.append(proof);
        text += told.join(QString());
        if (const KnowledgeEntry* entry = catalogue.find(finding.id()); entry != nullptr && severity(finding.verdict()) > severity(Verdict::Unknown))
            text += QStringLiteral("    ") + QCoreApplication::translate("ctl", "Next:") + u'\n'
                + indented(fill(entry->next, finding.parameters(), language), QStringLiteral("      "));
        text += u'\n';
    }
    for (const checks::Table& table : result.tables)
        if (all || somethingWrong(table))
            text += tableText(table, language, all ? table.rows.size() : 20);
    if (!result.unknowns.empty()) {
        text += coloured(QCoreApplication::translate("ctl", "Not known:"), Colour::Violet) + u'\n';
        for (const ObservationPtr& observation : result.unknowns) {
            const auto said = linesOf(observation->err);
            text += QStringLiteral("  ") + padded(nodeName(observation->node), 20) + u' ' + padded(safe(observation->probe), 22) + u' '
                + words::probeState(observation->state) + (said.empty() ? QString() : QStringLiteral(": ") + shortLine(said.front())) + u'\n';
        }
    }
    if (result.nothingKnown)
        text += QCoreApplication::translate("ctl", "Nothing could be checked: there are no observations of what the suites ask for.") + u'\n';
    for (const std::string& defect : result.defects)
        text += QCoreApplication::translate("ctl", "A defect of a suite: %1").arg(safe(defect)) + u'\n';
    return text.toStdString();
}

std::string checkJson(const CheckResult& result, const Catalogue& catalogue, Language language)
{
    json findings = json::array(), unknowns = json::array(), counts = json::object();
    for (const auto& [verdict, count] : countsOf(result))
        counts[std::string(verdictName(verdict))] = count;
    for (const Finding& finding : result.findings) {
        json evidence = json::array();
        for (const Evidence& one : finding.evidence())
            evidence.push_back(evidenceJson(one));
        const KnowledgeEntry* entry = catalogue.find(finding.id());
        const auto text = [&](const Text& both) { return fill(both, finding.parameters(), language); };
        const Subject& subject = finding.subject();
        findings.push_back({{"id", finding.id()},
                            {"suite", finding.suite()},
                            {"verdict", verdictName(finding.verdict())},
                            {"confidence", confidenceName(finding.confidence())},
                            {"subject", {{"kind", subjectKindName(subject.kind)}, {"namespace", subject.nameSpace}, {"name", subject.name},
                                         {"node", subject.node}, {"text", subject.text()}}},
                            {"parameters", finding.parameters()},
                            {"since", finding.since() ? json(utcText(*finding.since()).toStdString()) : json(nullptr)},
                            {"title", catalogue.title(finding, language)},
                            {"meaning", entry == nullptr ? "" : text(entry->meaning)},
                            {"why", entry == nullptr ? "" : text(entry->why)},
                            {"next", entry == nullptr ? "" : text(entry->next)},
                            {"playbook", entry == nullptr ? "" : entry->playbook},
                            {"evidence", std::move(evidence)}});
    }
    for (const ObservationPtr& observation : result.unknowns)
        unknowns.push_back({{"node", observation->node}, {"probe", observation->probe}, {"state", probeStateName(observation->state)},
                            {"reason", observation->err}});
    json tables = json::array();
    for (const checks::Table& table : result.tables)
        tables.push_back(tableJson(table, language));
    const json whole {{"format", "cluster-medic-check"},
                      {"version", 1},
                      {"language", languageCode(language)},
                      {"source", result.source},
                      {"cluster", result.info.cluster},
                      {"redacted", result.info.redacted},
                      {"suites", result.suites},
                      {"counts", std::move(counts)},
                      {"findings", std::move(findings)},
                      {"tables", std::move(tables)},
                      {"unknowns", std::move(unknowns)},
                      {"defects", result.defects},
                      {"nothingKnown", result.nothingKnown},
                      {"exitStatus", exitStatusOf(result)}};
    return whole.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string checkJunit(const CheckResult& result, const Catalogue& catalogue, Language language)
{
    std::map<std::string, std::vector<const Finding*>> bySuite;
    for (const std::string& suite : result.suites)
        bySuite[suite];
    for (const Finding& finding : result.findings)
        bySuite[finding.suite()].push_back(&finding);
    std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"" + xml(result.info.cluster.empty() ? result.source : result.info.cluster) + "\">\n";
    for (const auto& [suite, findings] : bySuite) {
        const auto failed = std::count_if(findings.begin(), findings.end(), [](const Finding* f) { return severity(f->verdict()) > severity(Verdict::Unknown); });
        const auto skipped = std::count_if(findings.begin(), findings.end(), [](const Finding* f) {
            return f->verdict() == Verdict::Unknown || f->verdict() == Verdict::NotApplicable;
        });
        text += "  <testsuite name=\"" + xml(suite) + "\" tests=\"" + std::to_string(findings.size()) + "\" failures=\"" + std::to_string(failed)
            + "\" skipped=\"" + std::to_string(skipped) + "\">\n";
        for (const Finding* finding : findings) {
            text += "    <testcase classname=\"" + xml(finding->id()) + "\" name=\"" + xml(finding->subject().text()) + "\">";
            const std::string title = xml(catalogue.title(*finding, language));
            std::string evidence;
            for (const Evidence& one : finding->evidence())
                for (const auto& [number, line] : evidenceLines(one, mostLines))
                    evidence += one.observation->node + " " + one.observation->probe + ":" + std::to_string(number) + ": " + std::string(line) + "\n";
            if (severity(finding->verdict()) > severity(Verdict::Unknown))
                text += "<failure type=\"" + std::string(verdictName(finding->verdict())) + "\" message=\"" + title + "\">" + xml(evidence) + "</failure>";
            else if (finding->verdict() != Verdict::Ok)
                text += "<skipped message=\"" + title + "\"/>";
            text += "</testcase>\n";
        }
        text += "  </testsuite>\n";
    }
    return text + "</testsuites>\n";
}

} // namespace medic::ctl
