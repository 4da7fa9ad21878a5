// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/observation.h"

#include <string>
#include <string_view>
#include <vector>

namespace medic {

/// Text from the cluster made harmless for terminals, pages and editors: control characters, bidirectional overrides
/// and invisible characters are written out (\x1b, \u{202e}), broken UTF-8 becomes U+FFFD. Line feeds and tabs stay.
[[nodiscard]] std::string visibleText(std::string_view text);

/// The same for one line: line feeds and tabs are written out too (\n, \t).
[[nodiscard]] std::string visibleLine(std::string_view text);

/// For HTML, attribute values included; made visible first.
[[nodiscard]] std::string htmlEscaped(std::string_view text);

/// The lines of an output; a final line feed ends the last line, it does not start another. CR before LF is dropped.
[[nodiscard]] std::vector<std::string_view> linesOf(std::string_view text);

/// Columns on a terminal: CJK and full-width characters take two, combining ones none.
[[nodiscard]] int displayWidth(std::string_view text);

/// "2026-11-23 17:34:01 +08:00" in the machine's zone.
[[nodiscard]] std::string timeText(TimePoint at);
/// "+08:00 (CST)": the zone in which timeText speaks at that moment.
[[nodiscard]] std::string zoneText(TimePoint at);

/// One character: how many bytes (at least 1), and its code point; U+FFFD for a broken one.
struct Character {
    char32_t code = 0;
    std::size_t size = 0;
};
[[nodiscard]] Character characterAt(std::string_view text, std::size_t at);

} // namespace medic
