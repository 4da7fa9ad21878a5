// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/trace.h"

#include <string>

namespace medic::netfilter {

/// The trace as docs/cli.md gives it, with more keys beside those: a stable format.
[[nodiscard]] std::string traceJson(const Trace& trace);

} // namespace medic::netfilter
