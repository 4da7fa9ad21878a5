// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/model/observation.h"
#include "diagnostics/model/verdict.h"

#include <QString>

namespace medic::words {

/// One clear sentence that says what happened and names the place. In the language of the installed translator.
[[nodiscard]] QString sentence(const Error& error);
[[nodiscard]] QString verdict(Verdict verdict); ///< "failure" …
[[nodiscard]] QString confidence(Confidence confidence);
[[nodiscard]] QString probeState(ProbeState state); ///< why something is unknown

} // namespace medic::words
