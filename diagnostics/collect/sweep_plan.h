// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/collect/session.h"
#include "diagnostics/collect/sweep.h"

namespace medic::collect {

/// What a request means in probes: those of the suites (all: every probe but the heavy ones), the further ones, and the
/// engineer's own machine when everything is asked for.
[[nodiscard]] Sweep::Plan planOf(const SweepRequest& request, int parallel);

} // namespace medic::collect
