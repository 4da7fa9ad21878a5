// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace medic {

using TimePoint = std::chrono::system_clock::time_point;

/// How a probe ended. Everything but Complete makes what depends on it `unknown`.
enum class ProbeState {
    Complete, ///< it ran; exitStatus is the command's
    ToolMissing, ///< none of the alternative commands exists on the node
    NoPermission, ///< needs root and there was none
    TimedOut,
    Cancelled,
    Unreachable, ///< the node, or the apiserver, could not be reached; err holds the reason
    ConnectionLost, ///< the connection ended before this probe's result had come
    NotApplicable, ///< does not exist here (e.g. no such unit, file or API group)
    Failed, ///< could not be run for another reason; err says which
};

/// "complete", "tool-missing", … as in the incident file and JSON.
[[nodiscard]] std::string_view probeStateName(ProbeState state);
[[nodiscard]] std::optional<ProbeState> probeStateFromName(std::string_view name);

/// What one probe brought back, untouched. Immutable once made; shared between threads as
/// shared_ptr<const Observation>. Texts are valid UTF-8 (made so once, at the transport).
struct Observation {
    std::uint64_t id = 0; ///< unique within its incident; 0 until recorded
    std::uint64_t sweep = 0; ///< the sweep (or wizard step) that made it; 0 until recorded
    std::string node; ///< name of the node; empty: the cluster (apiserver); "@local": the engineer's own machine
    std::string probe; ///< probe id, see probe_ids.h
    std::string command; ///< exactly what ran, or "GET /api/v1/pods"
    std::string out;
    std::string err;
    int exitStatus = -1; ///< -1: did not run to its end
    ProbeState state = ProbeState::Complete;
    TimePoint start; ///< by the clock of the engineer's machine
    std::chrono::milliseconds duration {0};
    bool truncated = false; ///< output limit reached; out holds the first part

    /// Ran, exit status 0, not truncated: what it says may be relied on.
    [[nodiscard]] bool good() const { return state == ProbeState::Complete && exitStatus == 0 && !truncated; }
};

using ObservationPtr = std::shared_ptr<const Observation>;

} // namespace medic
