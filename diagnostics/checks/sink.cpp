// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/sink.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace medic::checks {

Sink::Sink(std::string_view suite, const CheckInput& input, Findings& findings)
    : m_suite(suite), m_input(input), m_findings(findings)
{
}

Sink::~Sink()
{
    for (auto& [node, lack] : m_lacking) {
        if (lack.evidence.empty()) {
            const auto all = m_input.snapshot.all();
            if (all.empty())
                continue; // an empty snapshot: there is nothing to be unknown about
            lack.evidence.push_back({all.front(), {}, false});
        }
        m_findings.add({.id = "common.not-checked",
                        .suite = m_suite,
                        .subject = {SubjectKind::Component, {}, m_suite, node},
                        .verdict = Verdict::Unknown,
                        .confidence = Confidence::Confirmed,
                        .parameters = {{"suite", m_suite}, {"where", node.empty() ? "apiserver" : node}, {"missing", join(lack.what, 12)}},
                        .evidence = lack.evidence});
    }
}

void Sink::add(std::string id, Verdict verdict, Confidence confidence, Subject subject, Parameters parameters,
               std::vector<Evidence> evidence, std::optional<TimePoint> since)
{
    m_findings.add({.id = std::move(id),
                    .suite = m_suite,
                    .subject = std::move(subject),
                    .verdict = verdict,
                    .confidence = confidence,
                    .parameters = std::move(parameters),
                    .evidence = std::move(evidence),
                    .since = since});
}

void Sink::node(std::string id, Verdict verdict, Confidence confidence, const std::string& node, Parameters parameters,
                std::vector<Evidence> evidence)
{
    parameters.emplace("node", node);
    add(std::move(id), verdict, confidence, nodeSubject(node), std::move(parameters), std::move(evidence));
}

void Sink::lacking(const std::string& node, const std::string& what, ObservationPtr evidence)
{
    if (!node.empty() && unreachable(m_input.snapshot, node))
        return; // said once, by reportUnreachable
    if (node.empty() && !apiAnswered(m_input.snapshot))
        return; // the same for the apiserver
    Lack& lack = m_lacking[node];
    if (std::find(lack.what.begin(), lack.what.end(), what) != lack.what.end())
        return;
    lack.what.push_back(what);
    if (!evidence)
        evidence = m_input.snapshot.find(node, node.empty() ? probe::apiConnect : probe::connect);
    if (evidence)
        lack.evidence.push_back({std::move(evidence), {}, false});
}

std::vector<std::string> Sink::nodes() const
{
    std::vector<std::string> names = m_input.nodes();
    std::erase_if(names, [this](const std::string& name) { return unreachable(m_input.snapshot, name); });
    return names;
}

Subject nodeSubject(const std::string& node) { return {SubjectKind::Node, {}, node, node}; }

Subject podSubject(const kube::Pod& pod) { return {SubjectKind::Pod, pod.meta.nameSpace, pod.meta.name, pod.node}; }

std::string decimal(double value, int places)
{
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", places, value);
    std::string result(text);
    std::replace(result.begin(), result.end(), ',', '.');
    if (places > 0) {
        while (result.ends_with('0'))
            result.pop_back();
        if (result.ends_with('.'))
            result.pop_back();
    }
    return result;
}

std::string spell(std::chrono::seconds duration)
{
    const std::int64_t total = std::abs(static_cast<std::int64_t>(duration.count()));
    const auto number = [](std::int64_t value, const char* unit) { return std::to_string(value) + unit; };
    if (total < 60)
        return number(total, "s");
    if (total < 3600)
        return number(total / 60, "m") + (total % 60 != 0 ? ' ' + number(total % 60, "s") : std::string());
    if (total < 86400)
        return number(total / 3600, "h") + (total / 60 % 60 != 0 ? ' ' + number(total / 60 % 60, "m") : std::string());
    return number(total / 86400, "d") + (total / 3600 % 24 != 0 ? ' ' + number(total / 3600 % 24, "h") : std::string());
}

std::string bytesOfKib(std::uint64_t kib)
{
    const double value = static_cast<double>(kib);
    if (value < 1024)
        return decimal(value, 0) + " KiB";
    if (value < 1024.0 * 1024)
        return decimal(value / 1024, 0) + " MiB";
    if (value < 1024.0 * 1024 * 1024)
        return decimal(value / 1024 / 1024) + " GiB";
    return decimal(value / 1024 / 1024 / 1024) + " TiB";
}

std::string join(const std::vector<std::string>& names, std::size_t limit)
{
    std::string result;
    for (std::size_t i = 0; i < names.size() && i < limit; ++i)
        result += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > limit)
        result += ", … (+" + std::to_string(names.size() - limit) + ")";
    return result;
}

} // namespace medic::checks
