// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace medic {

struct ProcessRequest {
    std::string command; ///< a path, or a name to be found on the PATH; no shell is involved
    std::vector<std::string> arguments;
    std::vector<std::pair<std::string, std::string>> environment; ///< added to, or instead of, ours
    std::chrono::milliseconds limit {60000};
    std::size_t outputLimit = 1024 * 1024; ///< bytes of stdout and of stderr each
};

struct ProcessResult {
    std::string out, err;
    int exitStatus = -1; ///< -1: died of a signal
};

/// A local program with empty standard input, in a process group of its own, which is killed as a whole at the limit, on a
/// stop or when it writes too much. Errors: ToolMissing, Timeout, Cancelled, OutputTooLarge, Internal. Blocking; any thread.
[[nodiscard]] Result<ProcessResult> runProcess(const ProcessRequest& request, const std::stop_token& stop);

} // namespace medic
