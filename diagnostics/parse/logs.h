// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace medic::parse {

/// A line of a component's log, whatever wrapped it: klog, journalctl (short, short-iso), a CRI or docker log file,
/// etcd's zap JSON, docker's logfmt, the kernel's ring buffer. The words of the message are never altered.
struct LogLine {
    std::string_view text; ///< the whole line
    std::string_view message; ///< without the wrappers that were recognised
    char severity = 0; ///< 'I' 'W' 'E' 'F', 0 unknown
    /// Seconds on a clock of this log alone: good for differences between its lines, nothing else (klog has no year,
    /// the kernel counts from boot). Nothing when the line carries no time.
    std::optional<double> clock;
    int line = 0;
};

/// Views into `text`, which must outlive them.
[[nodiscard]] std::vector<LogLine> logLines(std::string_view text);

/// The clock of the newest line that has one.
[[nodiscard]] std::optional<double> newest(const std::vector<LogLine>& log);

/// Go's duration text ("3m5.2s", "1h2m", "800ms") in seconds.
[[nodiscard]] std::optional<double> goDuration(std::string_view text);

} // namespace medic::parse
