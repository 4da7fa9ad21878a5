// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/trace.h"

#include <QString>

namespace medic::ctl {

/// A trace for people at a terminal: aligned, in the language of the installed translator. Rules are evidence and stay
/// as they were dumped, but for control characters, which are shown as '?'.
[[nodiscard]] QString traceText(const Trace& trace);

} // namespace medic::ctl
