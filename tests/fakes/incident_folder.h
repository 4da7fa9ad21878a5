// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/observation.h"
#include "diagnostics/model/snapshot.h"

#include <filesystem>
#include <string>
#include <vector>

namespace medic::fakes {

/// Observations out of a folder of raw outputs: `node/FILE` and `api/FILE` (or the files of one node side by side, with
/// api-KIND.json), or `NAME/node/FILE` for several nodes. FILE.rc holds an exit status other than 0 (124: timed out),
/// FILE.err what went to stderr. Files with names that mean no probe are passed over. `node` empty: uname's name.
[[nodiscard]] std::vector<Observation> readIncidentFolder(const std::filesystem::path& folder, const std::string& node = {},
                                                          TimePoint at = TimePoint(std::chrono::seconds(1795422648)));

[[nodiscard]] Snapshot snapshotOf(const std::vector<Observation>& observations);

/// The probe that a file name stands for; empty: none.
[[nodiscard]] std::string probeOfFile(const std::string& fileName, bool api);

} // namespace medic::fakes
