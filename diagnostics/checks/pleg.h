// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/tables.h"
#include "diagnostics/parse/logs.h"

#include <string_view>
#include <vector>

namespace medic::checks {

/// A stretch of the kubelet's log in which it kept saying that PLEG is not healthy (every five seconds while it lasts).
struct PlegEpisode {
    double from = 0, to = 0; ///< on the log's own clock
    int firstLine = 0, lastLine = 0;
    std::string_view lastText;
};
[[nodiscard]] std::vector<PlegEpisode> plegEpisodes(const std::vector<parse::LogLine>& log);

/// What happened when: episodes, lists that failed, starts of kubelet and runtime, the Ready condition, hung tasks.
[[nodiscard]] Table plegTimeline(const Snapshot& snapshot, const std::string& node);
/// The kubelet's own figures: the relist and each kind of call to the runtime, since its start and since `earlier`.
[[nodiscard]] Table relistTable(const Snapshot& snapshot, const std::string& node, const Snapshot* earlier);
/// How long the runtime took for a list, and for each container that was inspected.
[[nodiscard]] Table runtimeAnswers(const Snapshot& snapshot, const std::string& node);

} // namespace medic::checks
