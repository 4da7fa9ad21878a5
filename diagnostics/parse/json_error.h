// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace medic::parse {

/// The line, from 1, where a text stops being JSON; 0: it is JSON. Builds no value, whatever the text's size or depth.
[[nodiscard]] int jsonErrorLine(std::string_view text);

} // namespace medic::parse
