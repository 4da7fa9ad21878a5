// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace medic::playbooks {

/// What a regular expression (ECMAScript, any case) matches in one of the text's lines; empty: nothing. Lines are looked
/// at one by one and only in their first 4000 bytes: std::regex recurses over its input. Never throws.
[[nodiscard]] std::string matchedPart(const std::string& pattern, const std::string& text);

/// Does the pattern match the whole of one short text?
[[nodiscard]] bool matchesWhole(const std::string& pattern, const std::string& text);

} // namespace medic::playbooks
