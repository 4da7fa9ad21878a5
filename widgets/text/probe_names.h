// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string>
#include <string_view>
#include <vector>

namespace medic {

/// What a probe asks, as a person would say it: "Disk space", in the current language. The id itself, made safe for one
/// line, where there is no name (a probe of the user's own, a command of a guide).
[[nodiscard]] QString probeName(const std::string& probe);

/// Those that have a name.
[[nodiscard]] std::vector<std::string_view> namedProbes();

} // namespace medic
