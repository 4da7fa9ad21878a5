// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/incident/report.h"

#include <nlohmann/json.hpp>

namespace medic {

using json = nlohmann::ordered_json;

namespace {

json excerptJson(const Report::Excerpt& excerpt)
{
    json lines = json::array();
    for (const auto& line : excerpt.lines) {
        if (line.number == 0)
            lines.push_back({{"omitted", line.omitted}});
        else
            lines.push_back({{"number", line.number}, {"text", line.text}, {"highlighted", line.highlighted}});
    }
    return {{"observation", excerpt.observation}, {"node", excerpt.node},         {"probe", excerpt.probe},
            {"command", excerpt.command},         {"at", excerpt.at},             {"state", excerpt.state},
            {"exitStatus", excerpt.exitStatus},   {"stderr", excerpt.fromErr},    {"truncated", excerpt.truncated},
            {"lines", std::move(lines)}};
}

json findingJson(const Report::FindingPart& finding)
{
    json evidence = json::array(), references = json::array();
    for (const auto& excerpt : finding.evidence)
        evidence.push_back(excerptJson(excerpt));
    for (const Reference& reference : finding.references)
        references.push_back({{"title", reference.title}, {"url", reference.url}, {"fact", reference.fact}, {"dead", reference.dead}});
    return {{"id", finding.id},
            {"suite", finding.suite},
            {"verdict", verdictName(finding.verdict)},
            {"confidence", confidenceName(finding.confidence)},
            {"subject", finding.subject},
            {"since", finding.since},
            {"lastSeen", finding.lastSeen},
            {"title", finding.title},
            {"meaning", finding.meaning},
            {"why", finding.why},
            {"next", finding.next},
            {"playbook", finding.playbook},
            {"parameters", finding.parameters},
            {"evidence", std::move(evidence)},
            {"references", std::move(references)}};
}

json observationJson(const Report::ObservationPart& item)
{
    return {{"id", item.id},       {"sweep", item.sweep},           {"node", item.node},
            {"probe", item.probe}, {"command", item.command},       {"at", item.at},
            {"state", item.state}, {"exitStatus", item.exitStatus}, {"milliseconds", item.milliseconds},
            {"bytes", item.bytes}, {"truncated", item.truncated},   {"reason", item.reason}};
}

template<typename Part, typename Make>
json listJson(const std::vector<Part>& parts, Make make)
{
    json list = json::array();
    for (const Part& part : parts)
        list.push_back(make(part));
    return list;
}

} // namespace

std::string reportJson(const Report& report)
{
    json counts;
    for (const Verdict verdict : {Verdict::Failure, Verdict::Warning, Verdict::Unknown, Verdict::Ok, Verdict::NotApplicable})
        counts[std::string(verdictName(verdict))] = report.counts.contains(verdict) ? report.counts.at(verdict) : 0;
    const json whole {
        {"format", "cluster-medic-report"},
        {"version", 1},
        {"language", languageCode(report.language)},
        {"incident",
         {{"title", report.title},
          {"cluster", report.cluster},
          {"symptom", report.symptom},
          {"file", report.file},
          {"linkedFrom", report.linkedFrom},
          {"opened", report.opened},
          {"from", report.from},
          {"until", report.until},
          {"zone", report.zone},
          {"workedIn", report.workedIn},
          {"redacted", report.redacted},
          {"nodes", report.nodes},
          {"sweeps", report.sweeps}}},
        {"generated", report.generated},
        {"counts", std::move(counts)},
        {"conclusions", listJson(report.conclusions, [](const Report::Conclusion& item) -> json {
             return {{"at", item.at}, {"playbook", item.playbook}, {"text", item.text}, {"confidence", item.confidence},
                     {"verified", item.verified}};
         })},
        {"findings", listJson(report.findings, findingJson)},
        {"gone", listJson(report.gone, findingJson)},
        {"changes", listJson(report.changes, [](const Report::ChangeMade& item) -> json {
             return {{"at", item.at}, {"node", item.node}, {"command", item.command}, {"outcome", item.outcome},
                     {"rollback", item.rollback}, {"place", item.place}};
         })},
        {"timeline", listJson(report.timeline, [](const Report::Event& item) -> json {
             return {{"id", item.id}, {"at", item.at}, {"kind", item.kind}, {"who", item.who}, {"place", item.place},
                     {"text", item.text}, {"observations", item.observations}};
         })},
        {"notes", report.notes},
        {"unknowns", listJson(report.unknowns, observationJson)},
        {"observations", listJson(report.observations, observationJson)},
    };
    return whole.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

} // namespace medic
