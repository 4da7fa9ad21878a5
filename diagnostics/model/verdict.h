// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>

namespace medic {

/// `Unknown` (tool missing, no permission, timed out, cancelled) is never shown as ok nor as failure.
enum class Verdict { Ok, NotApplicable, Unknown, Warning, Failure };

/// confirmed: a functional proof; likely: two or more independent signals; possible: one.
enum class Confidence { Possible, Likely, Confirmed };

/// "ok", "not-applicable", "unknown", "warning", "failure".
[[nodiscard]] std::string_view verdictName(Verdict verdict);
[[nodiscard]] std::optional<Verdict> verdictFromName(std::string_view name);

/// "possible", "likely", "confirmed".
[[nodiscard]] std::string_view confidenceName(Confidence confidence);
[[nodiscard]] std::optional<Confidence> confidenceFromName(std::string_view name);

/// Rank for sorting and rolling up: failure > warning > unknown > ok > not applicable.
[[nodiscard]] int severity(Verdict verdict);

} // namespace medic
