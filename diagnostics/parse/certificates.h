// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/observation.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace medic::parse {

/// What `openssl x509 -noout -subject -dates` says about one file.
struct Certificate {
    std::string file; ///< path from the "==> path <==" heading or a "file=" line; may be empty
    std::string subject;
    std::optional<TimePoint> notBefore, notAfter;
    int line = 0; ///< of notAfter=
};

[[nodiscard]] std::vector<Certificate> certificates(std::string_view text);

/// "Nov 23 08:08:35 2027 GMT"
[[nodiscard]] std::optional<TimePoint> opensslTime(std::string_view text);

/// "2026-11-23T08:30:02Z", with an optional fraction and offset.
[[nodiscard]] std::optional<TimePoint> rfc3339(std::string_view text);

} // namespace medic::parse
