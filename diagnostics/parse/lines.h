// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What every reader of a tool's text output needs. Pure; nothing here throws on bad input.
namespace medic::parse {

/// A line of an output; `number` counts from 1, as Evidence::lines does. No line end in `text`.
struct Line {
    int number = 0;
    std::string_view text;
};

/// Views into `text`, which must outlive them. A trailing '\r' is dropped; a last line without '\n' counts.
[[nodiscard]] std::vector<Line> lines(std::string_view text);

[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::vector<std::string_view> words(std::string_view text);
[[nodiscard]] bool contains(std::string_view text, std::string_view part);
[[nodiscard]] bool containsNoCase(std::string_view text, std::string_view part);
[[nodiscard]] std::string lower(std::string_view text);

/// The text before / after the first `separator`; the whole text / nothing when there is none.
[[nodiscard]] std::string_view before(std::string_view text, std::string_view separator);
[[nodiscard]] std::string_view after(std::string_view text, std::string_view separator);

/// Whole text as a number, else nothing. No sign for unsigned types, no blanks, no overflow.
template<typename Number>
[[nodiscard]] std::optional<Number> number(std::string_view text, int base = 10)
{
    Number value {};
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value, base);
    if (text.empty() || error != std::errc() || stop != end)
        return std::nullopt;
    return value;
}

/// "3.92", "-0.5", "1e-06"; independent of the locale.
[[nodiscard]] std::optional<double> real(std::string_view text);

/// One part of an output that joins several files: everything below "==> name <==" (head's form).
/// Lines before the first heading make a section without a name.
struct Section {
    std::string name;
    int headingLine = 0; ///< 0: no heading
    std::vector<Line> lines;
    [[nodiscard]] std::string text() const; ///< its lines joined with '\n'
};

[[nodiscard]] std::vector<Section> sections(std::string_view text);

} // namespace medic::parse
