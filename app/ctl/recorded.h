// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/suite.h"
#include "diagnostics/incident/incident_file.h"
#include "diagnostics/model/catalogue.h"

#include <QString>

namespace medic::ctl {

/// A recorded incident, read only, with what is known at its end and before its last sweep.
struct Recorded {
    IncidentFile file;
    IncidentInfo info;
    Snapshot snapshot;
    std::optional<Snapshot> earlier;
    TimePoint now; ///< when it was recorded
};

[[nodiscard]] Result<Recorded> openRecorded(const QString& path);

/// The suites' findings about it (`suites` and `nodes` empty: all).
[[nodiscard]] checks::CheckReport checkRecorded(const Recorded& recorded, const std::vector<std::string>& suites, const std::vector<std::string>& nodes);

/// What the file holds as found at the time; when nothing was checked then, what the suites find now.
[[nodiscard]] Result<std::vector<Finding>> findingsOf(const Recorded& recorded);

/// The program's and the user's knowledge; broken files are told on stderr.
[[nodiscard]] Catalogue knowledge();

} // namespace medic::ctl
