// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// What an HTTP answer means: the apiserver's Status documents and the pages of whatever else listens there.
/// Pure functions; any thread.
namespace medic::http {

struct Answer;

/// Nothing when the answer is one of an apiserver's good ones; `request` is "GET /path".
/// 401 … 5xx by their code, other refusals CommandFailed, redirects and HTML NotAnApiserver.
[[nodiscard]] std::optional<Error> errorOf(const Answer& answer, const std::string& request);

/// A Status as a watch brings it inside of an ERROR event.
[[nodiscard]] Error errorOfStatus(const std::string& statusJson, const std::string& request);

[[nodiscard]] bool looksLikeHtml(std::string_view contentType, std::string_view body);

/// Valid UTF-8 (what is not becomes U+FFFD), at most `limit` bytes, "…" where it was cut.
[[nodiscard]] std::string cleanText(std::string_view text, std::size_t limit = 2000);

/// For one segment of a path: everything but letters, digits, '-', '_', '.' and '~' as %XX; "." and ".." too.
[[nodiscard]] std::string pathSegment(std::string_view text);

} // namespace medic::http
