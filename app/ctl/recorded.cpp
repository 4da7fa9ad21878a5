// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/recorded.h"

#include "app/ctl/output.h"
#include "diagnostics/collect/words.h"

#include <algorithm>

namespace medic::ctl {

Result<Recorded> openRecorded(const QString& path)
{
    auto file = IncidentFile::open(path.toStdString(), IncidentFile::Mode::ReadOnly);
    if (!file)
        return tl::unexpected(file.error());
    auto info = file->info();
    if (!info)
        return tl::unexpected(info.error());
    auto snapshot = file->snapshot();
    if (!snapshot)
        return tl::unexpected(snapshot.error());
    const auto sweeps = file->sweeps();
    if (!sweeps)
        return tl::unexpected(sweeps.error());
    std::optional<Snapshot> earlier;
    if (sweeps->size() > 1) {
        auto before = file->snapshot(sweeps->at(sweeps->size() - 2).id);
        if (!before)
            return tl::unexpected(before.error());
        earlier = std::move(*before);
    }
    TimePoint now = info->opened;
    for (const ObservationPtr& observation : snapshot->all())
        now = std::max(now, observation->start + std::chrono::duration_cast<TimePoint::duration>(observation->duration));
    return Recorded {.file = std::move(*file), .info = std::move(*info), .snapshot = std::move(*snapshot), .earlier = std::move(earlier), .now = now};
}

checks::CheckReport checkRecorded(const Recorded& recorded, const std::vector<std::string>& suites, const std::vector<std::string>& nodes)
{
    const checks::CheckInput input {.snapshot = recorded.snapshot,
                                    .earlier = recorded.earlier ? &*recorded.earlier : nullptr,
                                    .now = recorded.now,
                                    .onlyNodes = {nodes.begin(), nodes.end()}};
    return checks::runSuites(input, suites);
}

Result<std::vector<Finding>> findingsOf(const Recorded& recorded)
{
    const auto sweeps = recorded.file.sweeps();
    if (!sweeps)
        return tl::unexpected(sweeps.error());
    if (std::any_of(sweeps->begin(), sweeps->end(), [](const SweepInfo& sweep) { return sweep.checked; }))
        return recorded.file.findings(0);
    return checkRecorded(recorded, {}, {}).findings;
}

Catalogue knowledge()
{
    std::vector<Error> problems;
    Catalogue catalogue = Catalogue::standard(&problems);
    for (const Error& problem : problems)
        printError(QStringLiteral("medicctl: ") + safe(words::sentence(problem).toStdString()));
    return catalogue;
}

} // namespace medic::ctl
