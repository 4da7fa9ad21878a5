// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/observation.h"

#include <QString>

#include <optional>

namespace medic {

/// Human words for numbers and times, in the current language.
[[nodiscard]] QString byteWords(qint64 bytes); ///< "41 KB"
[[nodiscard]] QString durationWords(std::chrono::milliseconds duration); ///< "380 ms", "4.2 s", "3 min"
[[nodiscard]] QString agoWords(TimePoint then, TimePoint now); ///< "4 min ago"
/// Beside a live cluster "4 min ago"; in a recording (`now` empty) the exact time.
[[nodiscard]] QString sinceWords(TimePoint then, std::optional<TimePoint> now);
[[nodiscard]] QString exactTime(TimePoint time); ///< "2026-11-23 03:12:45 +08:00": local time with its zone
[[nodiscard]] QString clockWords(std::chrono::milliseconds duration); ///< "00:06"
[[nodiscard]] QString percentWords(double percent); ///< "97 %"

} // namespace medic
