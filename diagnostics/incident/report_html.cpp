// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/incident/plain_text.h"
#include "diagnostics/incident/report.h"

namespace medic {

namespace {

/// Longest run without a space that is left whole. A4 in the small monospace size holds about 95 characters.
constexpr int longestRun = 60;

class HtmlReport {
public:
    HtmlReport(const Report& report, ReportMedium medium) : m_report(report), m_medium(medium) { }

    std::string write()
    {
        head();
        titleBlock();
        summary();
        rootCause();
        timeline();
        findings();
        changes();
        notes();
        appendix();
        m_html += "</body></html>\n";
        return std::move(m_html);
    }

private:
    std::string word(std::string_view key) const { return reportWord(key, m_report.language); }

    /// Escaped, with places to break in long runs.
    std::string safe(std::string_view text) const
    {
        const std::string visible = visibleText(text);
        std::string result, plain;
        int run = 0;
        const auto flush = [&] {
            result += htmlEscaped(plain);
            plain.clear();
        };
        for (std::size_t at = 0; at < visible.size();) {
            const Character character = characterAt(visible, at);
            // Chinese breaks anywhere by itself.
            run = character.code <= ' ' || character.code >= 0x2e80 ? 0 : run + 1;
            plain += visible.substr(at, character.size);
            at += character.size;
            if (run >= longestRun) {
                flush();
                result += m_medium == ReportMedium::Screen ? "<wbr>" : "&#8203;";
                run = 0;
            }
        }
        flush();
        return result;
    }

    /// The same for running text: paragraphs and line breaks kept.
    std::string prose(std::string_view text) const
    {
        std::string result;
        for (const std::string_view line : linesOf(text))
            result += (result.empty() ? "" : "<br>") + safe(line);
        return result;
    }

    std::string nodeName(const std::string& node) const
    {
        return node.empty() ? word("the-cluster") : node == "@local" ? word("this-machine") : safe(node);
    }

    void heading(int level, std::string_view key)
    {
        const std::string tag = "h" + std::to_string(level);
        m_html += "<" + tag + ">" + word(key) + "</" + tag + ">\n";
    }

    void row(std::string_view key, const std::string& html)
    {
        if (!html.empty())
            m_html += "<tr><td class=\"key\">" + word(key) + "</td><td>" + html + "</td></tr>\n";
    }

    void head()
    {
        const std::string language = m_report.language == Language::Chinese ? "zh-CN" : "en";
        m_html += "<!DOCTYPE html>\n<html lang=\"" + language + "\"><head><meta charset=\"utf-8\">\n<title>"
            + (m_report.title.empty() ? word("untitled") : htmlEscaped(m_report.title)) + "</title>\n<style>\n";
        // A Latin family first: with a CJK font alone digits vanish from a PDF's text layer.
        m_html += "body { font-family: \"DejaVu Sans\", \"Droid Sans Fallback\", \"Noto Sans CJK SC\", \"WenQuanYi Micro Hei\","
                  " sans-serif; font-size: 10pt; color: #1c2126; background-color: #ffffff; }\n"
                  "h1 { font-size: 18pt; margin-bottom: 4px; }\n"
                  "h2 { font-size: 13pt; margin-top: 22px; margin-bottom: 6px; }\n"
                  "h3 { font-size: 11pt; margin-top: 16px; margin-bottom: 4px; }\n"
                  "p { margin-top: 4px; margin-bottom: 6px; }\n"
                  "table { border-collapse: collapse; }\n"
                  "td, th { padding: 2px 6px; vertical-align: top; text-align: left; }\n"
                  "th { color: #57606a; font-weight: normal; border-bottom: 1px solid #d0d7de; }\n"
                  "td.key { color: #57606a; }\n"
                  ".small { font-size: 8pt; color: #57606a; }\n"
                  ".code { font-family: \"DejaVu Sans Mono\", \"Droid Sans Fallback\", \"Noto Sans Mono CJK SC\", monospace;"
                  " font-size: 8pt; white-space: pre-wrap; }\n"
                  ".number { color: #8c959f; text-align: right; }\n"
                  ".failure { color: #b42318; font-weight: bold; }\n"
                  ".warning { color: #8a5a00; font-weight: bold; }\n"
                  ".unknown { color: #6639ba; font-weight: bold; }\n"
                  ".ok { color: #3d6b4f; }\n.not-applicable { color: #8c959f; }\n";
        if (m_medium == ReportMedium::Screen)
            m_html += "body { max-width: 1000px; margin: 24px auto; padding: 0 16px; line-height: 1.45; }\n"
                      "td, p, .code { overflow-wrap: anywhere; }\n"
                      "@page { size: A4; margin: 18mm 15mm; }\n"
                      "@media print { body { max-width: none; margin: 0; padding: 0; } h2, h3 { break-after: avoid; }"
                      " tr { break-inside: avoid; } }\n";
        m_html += "</style></head><body>\n";
    }

    void titleBlock()
    {
        m_html += "<p class=\"small\">" + word("incident-report") + "</p>\n<h1>"
            + (m_report.title.empty() ? word("untitled") : safe(m_report.title)) + "</h1>\n";
        if (m_report.redacted)
            m_html += "<p class=\"small\">" + word("redacted") + "</p>\n";
        m_html += "<table>\n";
        row("cluster", safe(m_report.cluster));
        row("symptom", prose(m_report.symptom));
        row("time-span", m_report.from.empty() ? "" : m_report.from + " " + word("until") + " " + m_report.until);
        row("opened", m_report.opened);
        row("zone", safe(m_report.zone));
        std::string nodes;
        for (std::size_t i = 0; i < m_report.nodes.size() && i < 40; ++i)
            nodes += (i == 0 ? "" : ", ") + safe(m_report.nodes[i]);
        if (m_report.nodes.size() > 40)
            nodes += ", … (" + std::to_string(m_report.nodes.size()) + ")";
        row("nodes", nodes);
        row("sweeps", std::to_string(m_report.sweeps));
        row("worked-in", m_report.workedIn.empty() ? "" : safe(word(m_report.workedIn)));
        row("file", safe(m_report.file));
        row("linked-from", safe(m_report.linkedFrom));
        row("generated", m_report.generated);
        m_html += "</table>\n";
    }

    std::string state(Verdict verdict) const
    {
        static constexpr std::string_view shapes[] = {"✓", "–", "?", "▲", "■"}; // in the order of the enum
        const std::string name(verdictName(verdict));
        return "<span class=\"" + name + "\">" + std::string(shapes[static_cast<int>(verdict)]) + " " + word(name) + "</span>";
    }

    void summary()
    {
        heading(2, "summary");
        m_html += "<table><tr>";
        for (const Verdict verdict : {Verdict::Failure, Verdict::Warning, Verdict::Unknown, Verdict::Ok})
            m_html += "<td>" + state(verdict) + " " + std::to_string(m_report.counts.at(verdict)) + "</td>";
        m_html += "</tr></table>\n";
        if (m_report.findings.empty())
            return;
        m_html += "<table>\n";
        for (const auto& finding : m_report.findings)
            m_html += "<tr><td>" + state(finding.verdict) + "</td><td>" + safe(finding.title) + "</td><td class=\"small\">"
                + safe(finding.subject) + "</td></tr>\n";
        m_html += "</table>\n";
    }

    void rootCause()
    {
        heading(2, "root-cause");
        for (const auto& conclusion : m_report.conclusions) {
            m_html += "<p><b>" + prose(conclusion.text) + "</b><br><span class=\"small\">" + conclusion.at;
            if (!conclusion.playbook.empty())
                m_html += " · " + word("wizard") + " " + safe(conclusion.playbook);
            if (!conclusion.confidence.empty())
                m_html += " · " + safe(word(conclusion.confidence));
            m_html += " · " + word(conclusion.verified ? "verified" : "not-verified") + "</span></p>\n";
        }
        if (!m_report.conclusions.empty())
            return;
        if (m_report.findings.empty() || severity(m_report.findings.front().verdict) <= severity(Verdict::Unknown)) {
            const bool checked = m_report.counts.at(Verdict::Ok) > 0 || !m_report.findings.empty();
            m_html += "<p>" + word(!m_report.findings.empty() ? "nothing-wrong-but-unknown" : checked ? "nothing-found" : "not-checked") + "</p>\n";
            return;
        }
        m_html += "<p>" + word("no-conclusion") + "</p>\n<ul>\n";
        const Verdict worst = m_report.findings.front().verdict;
        for (std::size_t i = 0; i < m_report.findings.size() && i < 3 && m_report.findings[i].verdict == worst; ++i)
            m_html += "<li>" + safe(m_report.findings[i].title) + " <span class=\"small\">"
                + word(confidenceName(m_report.findings[i].confidence)) + "</span></li>\n";
        m_html += "</ul>\n";
    }

    void tableHead(std::initializer_list<std::string_view> keys)
    {
        m_html += "<table width=\"100%\"><thead><tr>";
        for (const std::string_view key : keys)
            m_html += "<th>" + word(key) + "</th>";
        m_html += "</tr></thead>\n";
    }

    void timeline()
    {
        if (m_report.timeline.empty())
            return;
        heading(2, "timeline");
        tableHead({"time", "event", "who", "details"});
        for (const auto& event : m_report.timeline) {
            m_html += "<tr><td class=\"small\">" + event.at + "</td><td>" + safe(word(event.kind)) + "</td><td>"
                + (event.who.empty() ? "" : safe(word(event.who))) + "</td><td>" + prose(event.text);
            if (!event.place.empty())
                m_html += " <span class=\"small\">" + safe(event.place) + "</span>";
            m_html += "</td></tr>\n";
        }
        m_html += "</table>\n";
    }

    void paragraph(std::string_view key, const std::string& text)
    {
        if (!text.empty())
            m_html += "<p><b>" + word(key) + "</b><br>" + prose(text) + "</p>\n";
    }

    void excerpt(const Report::Excerpt& excerpt)
    {
        m_html += "<p class=\"small\">" + nodeName(excerpt.node) + " · " + safe(excerpt.probe) + " · " + excerpt.at;
        if (excerpt.exitStatus != 0 && excerpt.exitStatus != -1)
            m_html += " · " + fill(word("exit-status"), {{"n", std::to_string(excerpt.exitStatus)}});
        if (excerpt.state != "complete")
            m_html += " · " + safe(word(excerpt.state));
        if (excerpt.fromErr)
            m_html += " · " + word("standard-error");
        if (excerpt.truncated)
            m_html += " · " + word("output-truncated");
        if (excerpt.observation != 0)
            m_html += " · " + word("observation") + " " + std::to_string(excerpt.observation);
        m_html += "</p>\n<table width=\"100%\" bgcolor=\"#f6f8fa\">\n<tr><td></td><td class=\"code\"><b>$ " + prose(excerpt.command)
            + "</b></td></tr>\n";
        if (excerpt.lines.empty())
            m_html += "<tr><td></td><td class=\"small\">" + word("no-output") + "</td></tr>\n";
        for (const auto& line : excerpt.lines) {
            if (line.number == 0) {
                m_html += "<tr><td></td><td class=\"small\">" + fill(word("lines-omitted"), {{"n", std::to_string(line.omitted)}})
                    + "</td></tr>\n";
                continue;
            }
            m_html += line.highlighted ? "<tr bgcolor=\"#fff1c2\">" : "<tr>";
            m_html += "<td class=\"code number\" width=\"52\">" + std::string(line.highlighted ? "▸&#160;" : "") + std::to_string(line.number)
                + "</td><td class=\"code\">" + safe(line.text) + "</td></tr>\n";
        }
        m_html += "</table>\n";
    }

    void references(const std::vector<Reference>& references)
    {
        if (references.empty())
            return;
        m_html += "<p><b>" + word("references") + "</b></p>\n<ul>\n";
        for (const Reference& reference : references) {
            const bool web = reference.url.starts_with("https://") || reference.url.starts_with("http://");
            m_html += "<li>";
            m_html += web && !reference.dead ? "<a href=\"" + htmlEscaped(reference.url) + "\">" + safe(reference.title) + "</a>"
                                             : safe(reference.title);
            if (!reference.url.empty())
                m_html += " <span class=\"small\">" + safe(reference.url) + "</span>";
            if (reference.dead)
                m_html += " <span class=\"small\">(" + word("dead-link") + ")</span>";
            if (!reference.fact.empty())
                m_html += "<br>" + safe(reference.fact);
            m_html += "</li>\n";
        }
        m_html += "</ul>\n";
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
            m_html += "<h3>" + state(finding.verdict) + " " + safe(finding.title) + "</h3>\n<table>\n";
            row("subject", safe(finding.subject));
            row("confidence", word(confidenceName(finding.confidence)));
            row("began", finding.since);
            row("last-seen", finding.lastSeen);
            row("suite", safe(finding.suite) + " · " + safe(finding.id));
            row("wizard", safe(finding.playbook));
            m_html += "</table>\n";
            paragraph("meaning", finding.meaning);
            paragraph("why", finding.why);
            paragraph("next", finding.next);
            if (!finding.evidence.empty())
                m_html += "<p><b>" + word("evidence") + "</b></p>\n";
            for (const auto& part : finding.evidence)
                excerpt(part);
            references(finding.references);
        }
    }

    void changes()
    {
        heading(2, "changes");
        if (m_report.changes.empty()) {
            m_html += "<p>" + word("no-changes") + "</p>\n";
            return;
        }
        tableHead({"time", "node", "command", "outcome"});
        for (const auto& change : m_report.changes) {
            m_html += "<tr><td class=\"small\">" + change.at + "</td><td>" + safe(change.node) + "</td><td><span class=\"code\">"
                + prose(change.command) + "</span>";
            if (!change.rollback.empty())
                m_html += "<br><span class=\"small\">" + word("rollback") + ": </span><span class=\"code\">" + prose(change.rollback) + "</span>";
            if (!change.place.empty())
                m_html += "<br><span class=\"small\">" + safe(change.place) + "</span>";
            m_html += "</td><td>" + prose(change.outcome) + "</td></tr>\n";
        }
        m_html += "</table>\n";
    }

    void notes()
    {
        if (m_report.notes.empty())
            return;
        heading(2, "notes");
        for (const std::string& note : m_report.notes)
            m_html += "<p>" + prose(note) + "</p>\n";
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
                m_html += "<tr><td>" + nodeName(item.node) + "</td><td>" + safe(item.probe) + "</td><td>" + safe(word(item.state))
                    + "</td><td>" + safe(item.reason) + "</td></tr>\n";
            m_html += "</table>\n";
        }
        heading(3, "all-observations");
        tableHead({"number", "node", "probe", "time", "duration", "size", "state"});
        for (const auto& item : m_report.observations) {
            m_html += "<tr class=\"small\"><td>" + std::to_string(item.id) + "</td><td>" + nodeName(item.node) + "</td><td>"
                + safe(item.probe) + "</td><td>" + item.at + "</td><td>" + std::to_string(item.milliseconds) + " ms</td><td>"
                + std::to_string(item.bytes) + " B</td><td>" + safe(word(item.state));
            if (item.exitStatus > 0)
                m_html += ", " + fill(word("exit-status"), {{"n", std::to_string(item.exitStatus)}});
            m_html += "</td></tr>\n";
        }
        m_html += "</table>\n";
    }

    const Report& m_report;
    const ReportMedium m_medium;
    std::string m_html;
};

} // namespace

std::string reportHtml(const Report& report, ReportMedium medium) { return HtmlReport(report, medium).write(); }

} // namespace medic
