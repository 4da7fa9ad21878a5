// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/incident/incident_file.h"
#include "diagnostics/model/catalogue.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace medic {

/// The incident report as one model; every output format says the same. Texts are plain, in the report's language;
/// times are written out with their zone. Whoever renders escapes: much of it came from the cluster.
struct Report {
    struct Line {
        int number = 0; ///< 1-based in the output; 0: "… n lines left out …", the number of them in `omitted`
        std::string text;
        bool highlighted = false;
        int omitted = 0;
    };
    struct Excerpt {
        std::uint64_t observation = 0;
        std::string node, probe, command, at, state; ///< node empty: the cluster
        int exitStatus = -1;
        bool fromErr = false, truncated = false;
        std::vector<Line> lines;
    };
    struct FindingPart {
        std::string id, suite, subject, since, title, meaning, why, next, playbook;
        std::string lastSeen; ///< of one that is gone: the sweep that still found it
        Verdict verdict = Verdict::Unknown;
        Confidence confidence = Confidence::Possible;
        Parameters parameters;
        std::vector<Excerpt> evidence;
        std::vector<Reference> references;
    };
    struct Event {
        std::uint64_t id = 0; ///< in the journal; 0: a sweep
        std::string at, kind, who, place, text; ///< kind: the stable name; place: "playbook / step"
        std::vector<std::uint64_t> observations;
    };
    struct Conclusion { ///< a wizard's verdict
        std::string at, playbook, text, confidence;
        bool verified = false;
    };
    struct ChangeMade { ///< a command that changed something
        std::string at, node, command, outcome, rollback, place;
    };
    struct ObservationPart {
        std::uint64_t id = 0, sweep = 0;
        std::string node, probe, command, at, state;
        int exitStatus = -1;
        std::int64_t milliseconds = 0;
        std::size_t bytes = 0;
        bool truncated = false;
        std::string reason; ///< why it is unknown: the first line of what it said
    };

    Language language = Language::English;
    // Title block
    std::string title, cluster, symptom, file, linkedFrom, opened, from, until, generated, zone;
    std::string workedIn; ///< the engineer's language, "en" or "zh"
    bool redacted = false;
    std::vector<std::string> nodes;
    std::size_t sweeps = 0;
    // Body
    std::map<Verdict, int> counts; ///< findings per verdict
    std::vector<Conclusion> conclusions;
    std::vector<Event> timeline;
    std::vector<FindingPart> findings; ///< most urgent first; `ok` and `not-applicable` only counted
    std::vector<FindingPart> gone; ///< what an earlier sweep found and the newest does not: what was repaired, with its evidence
    std::vector<ChangeMade> changes;
    std::vector<std::string> notes;
    // Appendix
    std::vector<ObservationPart> observations, unknowns;
};

struct ReportOptions {
    std::optional<TimePoint> generated; ///< empty: left out (the same incident then gives the same bytes)
    int contextLines = 3; ///< around highlighted lines
    int headLines = 12; ///< of evidence without particular lines
    bool timeline = true, evidence = true, appendix = true;
};

/// Reads the whole incident. `findings`: those shown; empty pointer: those that the file holds, of its newest sweep.
/// Times are in the machine's zone (TZ), which the report names.
[[nodiscard]] Result<Report> buildReport(const IncidentFile& incident, const Catalogue& catalogue, Language language,
                                         const ReportOptions& options = {}, const std::vector<Finding>* findings = nullptr);

enum class ReportMedium {
    Screen, ///< a file of its own for browsers, with print CSS
    Document, ///< for QTextDocument: tables and simple CSS only, A4
};
/// Self-contained; nothing from the cluster is markup. Long lines get break opportunities instead of being cut.
[[nodiscard]] std::string reportHtml(const Report& report, ReportMedium medium = ReportMedium::Screen);
[[nodiscard]] std::string reportMarkdown(const Report& report);
[[nodiscard]] std::string reportJson(const Report& report); ///< docs/cli.md describes it

/// The report frame's own words ("Summary", "Root cause" …): data in both languages; the key itself when unknown.
[[nodiscard]] std::string reportWord(std::string_view key, Language language);
[[nodiscard]] std::vector<std::string> reportWordKeys();

} // namespace medic
