// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/suite.h"

namespace medic::checks {

/// Nothing is known of the node because it could not be reached or asked.
[[nodiscard]] bool unreachable(const Snapshot& snapshot, std::string_view node);

/// The apiserver answered at least one list.
[[nodiscard]] bool apiAnswered(const Snapshot& snapshot);

/// One `unknown` finding per node that could not be reached, and one when something of the apiserver is `wanted` and it
/// did not answer, or was not asked.
void reportUnreachable(const CheckInput& input, const std::vector<std::string_view>& wanted, Findings& findings);

} // namespace medic::checks
