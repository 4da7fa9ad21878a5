// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/incident/plain_text.h"
#include "diagnostics/incident/report.h"

#include <algorithm>

namespace medic {

namespace {

/// Running text: everything that Markdown (CommonMark, GitHub) could read as markup or HTML is escaped.
std::string safe(std::string_view text)
{
    static constexpr std::string_view special = "\\`*_{}[]<>()#+-!|~&$^";
    std::string result;
    for (const char c : visibleLine(text)) {
        // '-', '+', '#' and ')' mean something only at the start or after digits; in names they stay readable.
        const bool harmless = (c == '-' || c == '+' || c == '#' || c == '(' || c == ')' || c == '!') && !result.empty()
            && result.back() != ']' && !(c == ')' && result.back() >= '0' && result.back() <= '9' && result.size() < 4);
        if (special.find(c) != std::string_view::npos && !harmless)
            result += '\\';
        result += c;
    }
    return result;
}

std::string prose(std::string_view text)
{
    std::string result;
    for (const std::string_view line : linesOf(text))
        result += (result.empty() ? "" : "  \n") + safe(line);
    return result;
}

/// In a code span or fence nothing is escaped; a fence longer than any run of backticks inside cannot be closed.
std::string fenceFor(const std::string& text)
{
    std::size_t longest = 0, run = 0;
    for (const char c : text) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return std::string(longest + 1, '`');
}

std::string code(std::string_view text)
{
    const std::string inner = visibleLine(text);
    const std::string fence = fenceFor(inner);
    return inner.empty() ? std::string() : fence + " " + inner + " " + fence;
}

/// The same in a table, where a bar would end the cell even inside a code span (GFM spec, 4.10).
std::string codeInCell(std::string_view text)
{
    std::string result;
    for (const char c : code(text)) {
        if (c == '|')
            result += '\\';
        result += c;
    }
    return result;
}

class MarkdownReport {
public:
    explicit MarkdownReport(const Report& report) : m_report(report) { }

    std::string write()
    {
        titleBlock();
        summary();
        timeline();
        findings();
        changes();
        if (!m_report.notes.empty()) {
            heading(2, "notes");
            for (const std::string& note : m_report.notes)
                m_text += prose(note) + "\n\n";
        }
        appendix();
        return std::move(m_text);
    }

private:
    std::string word(std::string_view key) const { return reportWord(key, m_report.language); }
    std::string nodeName(const std::string& node) const
    {
        return node.empty() ? word("the-cluster") : node == "@local" ? word("this-machine") : safe(node);
    }
    void heading(int level, std::string_view key) { m_text += std::string(std::size_t(level), '#') + " " + word(key) + "\n\n"; }
    void row(std::string_view key, const std::string& value)
    {
        if (!value.empty())
            m_text += "| " + word(key) + " | " + value + " |\n";
    }
    void tableHead(std::initializer_list<std::string_view> keys)
    {
        std::string line = "|", rule = "|";
        for (const std::string_view key : keys) {
            line += " " + word(key) + " |";
            rule += " --- |";
        }
        m_text += line + "\n" + rule + "\n";
    }

    void titleBlock()
    {
        m_text += "# " + (m_report.title.empty() ? word("untitled") : safe(m_report.title)) + "\n\n";
        if (m_report.redacted)
            m_text += "*" + word("redacted") + "*\n\n";
        m_text += "| " + word("incident-report") + " | |\n| --- | --- |\n";
        row("cluster", safe(m_report.cluster));
        row("symptom", safe(m_report.symptom));
        row("time-span", m_report.from.empty() ? "" : m_report.from + " " + word("until") + " " + m_report.until);
        row("opened", m_report.opened);
        row("zone", safe(m_report.zone));
        std::string nodes;
        for (const std::string& node : m_report.nodes)
            nodes += (nodes.empty() ? "" : ", ") + safe(node);
        row("nodes", nodes);
        row("sweeps", std::to_string(m_report.sweeps));
        row("worked-in", m_report.workedIn.empty() ? "" : safe(word(m_report.workedIn)));
        row("file", safe(m_report.file));
        row("linked-from", safe(m_report.linkedFrom));
        row("generated", m_report.generated);
        m_text += "\n";
    }

    void summary()
    {
        heading(2, "summary");
        std::string counts;
        for (const Verdict verdict : {Verdict::Failure, Verdict::Warning, Verdict::Unknown, Verdict::Ok})
            counts += (counts.empty() ? "" : " · ") + word(verdictName(verdict)) + " " + std::to_string(m_report.counts.at(verdict));
        m_text += counts + "\n\n";
        for (const auto& finding : m_report.findings)
            m_text += "- **" + word(verdictName(finding.verdict)) + "** " + safe(finding.title) + " (" + safe(finding.subject) + ")\n";
        m_text += m_report.findings.empty() ? "" : "\n";
        heading(2, "root-cause");
        for (const auto& conclusion : m_report.conclusions)
            m_text += "- **" + safe(conclusion.text) + "** " + conclusion.at
                + (conclusion.confidence.empty() ? "" : ", " + safe(word(conclusion.confidence))) + ", "
                + word(conclusion.verified ? "verified" : "not-verified") + "\n";
        if (m_report.conclusions.empty()) {
            const bool wrong = !m_report.findings.empty() && severity(m_report.findings.front().verdict) > severity(Verdict::Unknown);
            const bool checked = m_report.counts.at(Verdict::Ok) > 0;
            m_text += wrong ? word("no-conclusion") + " " + safe(m_report.findings.front().title) + "\n"
                : !m_report.findings.empty() ? word("nothing-wrong-but-unknown") + "\n"
                                             : word(checked ? "nothing-found" : "not-checked") + "\n";
        }
        m_text += "\n";
    }

    void timeline()
    {
        if (m_report.timeline.empty())
            return;
        heading(2, "timeline");
        tableHead({"time", "event", "who", "details"});
        for (const auto& event : m_report.timeline)
            m_text += "| " + event.at + " | " + safe(word(event.kind)) + " | " + (event.who.empty() ? "" : safe(word(event.who))) + " | "
                + safe(event.text) + (event.place.empty() ? "" : " (" + safe(event.place) + ")") + " |\n";
        m_text += "\n";
    }

    void excerpt(const Report::Excerpt& excerpt)
    {
        m_text += nodeName(excerpt.node) + " · " + safe(excerpt.probe) + " · " + excerpt.at;
        if (excerpt.state != "complete")
            m_text += " · " + safe(word(excerpt.state));
        if (excerpt.exitStatus > 0)
            m_text += " · " + fill(word("exit-status"), {{"n", std::to_string(excerpt.exitStatus)}});
        if (excerpt.fromErr)
            m_text += " · " + word("standard-error");
        std::string body = "$ " + visibleText(excerpt.command) + "\n";
        for (const auto& line : excerpt.lines) {
            if (line.number == 0)
                body += "        " + fill(word("lines-omitted"), {{"n", std::to_string(line.omitted)}}) + "\n";
            else {
                const std::string number = std::to_string(line.number);
                body += (line.highlighted ? "> " : "  ") + std::string(number.size() < 5 ? 5 - number.size() : 0, ' ') + number + "  "
                    + visibleLine(line.text) + "\n";
            }
        }
        if (excerpt.lines.empty())
            body += word("no-output") + "\n";
        const std::string fence = std::max(fenceFor(body), std::string("```"), [](const auto& a, const auto& b) { return a.size() < b.size(); });
        m_text += "\n\n" + fence + "text\n" + body + fence + "\n\n";
    }

    void findings()
    {
        findings("findings", m_report.findings);
        findings("gone", m_report.gone);
    }

    void findings(const char* title, const std::vector<Report::FindingPart>& all)
    {
        if (all.empty())
            return;
        heading(2, title);
        for (const auto& finding : all) {
            m_text += "### " + word(verdictName(finding.verdict)) + ": " + safe(finding.title) + "\n\n";
            m_text += word("subject") + ": " + safe(finding.subject) + "  \n" + word("confidence") + ": " + word(confidenceName(finding.confidence));
            if (!finding.since.empty())
                m_text += "  \n" + word("began") + ": " + finding.since;
            if (!finding.lastSeen.empty())
                m_text += "  \n" + word("last-seen") + ": " + finding.lastSeen;
            m_text += "  \n" + word("suite") + ": " + safe(finding.suite) + " · " + code(finding.id) + "\n\n";
            for (const auto& [key, text] : {std::pair("meaning", &finding.meaning), {"why", &finding.why}, {"next", &finding.next}})
                if (!text->empty())
                    m_text += "**" + word(key) + "**  \n" + prose(*text) + "\n\n";
            if (!finding.evidence.empty())
                m_text += "**" + word("evidence") + "**\n\n";
            for (const auto& part : finding.evidence)
                excerpt(part);
            if (!finding.references.empty())
                m_text += "**" + word("references") + "**\n\n";
            for (const Reference& reference : finding.references)
                m_text += "- " + safe(reference.title) + (reference.url.empty() ? "" : " " + code(reference.url))
                    + (reference.dead ? " (" + word("dead-link") + ")" : "") + (reference.fact.empty() ? "" : ": " + safe(reference.fact)) + "\n";
            m_text += finding.references.empty() ? "" : "\n";
        }
    }

    void changes()
    {
        heading(2, "changes");
        if (m_report.changes.empty()) {
            m_text += word("no-changes") + "\n\n";
            return;
        }
        tableHead({"time", "node", "command", "outcome"});
        for (const auto& change : m_report.changes)
            m_text += "| " + change.at + " | " + safe(change.node) + " | " + codeInCell(change.command)
                + (change.rollback.empty() ? "" : " (" + word("rollback") + ": " + codeInCell(change.rollback) + ")") + " | " + safe(change.outcome)
                + " |\n";
        m_text += "\n";
    }

    void appendix()
    {
        if (m_report.observations.empty())
            return;
        heading(2, "appendix");
        if (!m_report.unknowns.empty()) {
            heading(3, "what-stayed-unknown");
            tableHead({"node", "probe", "state", "reason"});
            for (const auto& item : m_report.unknowns)
                m_text += "| " + nodeName(item.node) + " | " + safe(item.probe) + " | " + safe(word(item.state)) + " | " + safe(item.reason) + " |\n";
            m_text += "\n";
        }
        heading(3, "all-observations");
        tableHead({"number", "node", "probe", "time", "duration", "size", "state"});
        for (const auto& item : m_report.observations)
            m_text += "| " + std::to_string(item.id) + " | " + nodeName(item.node) + " | " + safe(item.probe) + " | " + item.at + " | "
                + std::to_string(item.milliseconds) + " ms | " + std::to_string(item.bytes) + " B | " + safe(word(item.state)) + " |\n";
    }

    const Report& m_report;
    std::string m_text;
};

} // namespace

std::string reportMarkdown(const Report& report) { return MarkdownReport(report).write(); }

} // namespace medic
