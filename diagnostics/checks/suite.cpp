// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/suite.h"

#include "diagnostics/checks/families.h"
#include "diagnostics/checks/reach.h"
#include "diagnostics/model/probe_ids.h"

#include <algorithm>

namespace medic::checks {

std::vector<std::string> CheckInput::nodes() const
{
    std::vector<std::string> names = snapshot.nodes();
    if (!onlyNodes.empty())
        std::erase_if(names, [this](const std::string& name) { return !onlyNodes.contains(name); });
    return names;
}

void Findings::add(Finding::Fields fields)
{
    auto finding = Finding::make(std::move(fields));
    if (finding)
        m_findings.push_back(std::move(*finding));
    else
        m_defects.push_back(finding.error().where + ": " + finding.error().detail);
}

std::vector<Finding> Findings::take() { return std::move(m_findings); }

const Suite* findSuite(std::string_view id)
{
    for (const Suite& suite : suites())
        if (suite.id == id)
            return &suite;
    return nullptr;
}

CheckReport runSuites(const CheckInput& input, const std::vector<std::string>& ids)
{
    CheckReport report;
    Findings findings;
    reportUnreachable(input, probesOf(ids), findings);
    for (const Suite& suite : suites()) {
        if (ids.empty() ? onRequestOnly(suite.id) : std::find(ids.begin(), ids.end(), suite.id) == ids.end())
            continue;
        suite.run(input, findings);
        report.ran.emplace_back(suite.id);
    }
    report.defects = findings.defects();
    // Suites share checks (kube-proxy's state is the baseline's and service-reach's): one finding per key, the first.
    std::set<std::string> known;
    for (Finding& finding : findings.take())
        if (known.insert(finding.key()).second)
            report.findings.push_back(std::move(finding));
    std::stable_sort(report.findings.begin(), report.findings.end(), moreUrgent);
    return report;
}

CheckReport runSuites(const Snapshot& snapshot, const Snapshot* earlier, const std::vector<std::string>& ids,
                      std::set<std::string> onlyNodes)
{
    return runSuites(CheckInput {snapshot, earlier, momentOf(snapshot), std::move(onlyNodes)}, ids);
}

TimePoint momentOf(const Snapshot& snapshot)
{
    TimePoint newest {};
    for (const ObservationPtr& observation : snapshot.all())
        newest = std::max(newest, observation->start + observation->duration);
    return newest;
}

std::vector<std::string_view> probesOf(const std::vector<std::string>& ids)
{
    std::set<std::string_view> wanted {probe::connect, probe::apiConnect};
    for (const Suite& suite : suites())
        if (ids.empty() || std::find(ids.begin(), ids.end(), suite.id) != ids.end())
            wanted.insert(suite.probes.begin(), suite.probes.end());
    return {wanted.begin(), wanted.end()};
}

} // namespace medic::checks
