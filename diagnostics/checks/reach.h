// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/suite.h"

namespace medic::checks {

/// Nothing is known of the node because it could not be reached or asked.
[[nodiscard]] bool unreachable(const Snapshot& snapshot, std::string_view node);

/// The apiserver answered at least one list.
[[nodiscard]] bool apiAnswered(const Snapshot& snapshot);

/// One `unknown` finding per node that could not be reached, and one when the apiserver was asked and did not answer.
void reportUnreachable(const CheckInput& input, Findings& findings);

} // namespace medic::checks
