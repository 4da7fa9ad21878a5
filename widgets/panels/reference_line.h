// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/catalogue.h"
#include "widgets/models/team_notes.h"

class QToolButton;
class QWidget;

namespace medic {

/// A link of one line, opened in the browser on click only. A dead one is marked and leads nowhere; what is no http(s) address
/// is shown as text. All words literally.
[[nodiscard]] QWidget* referenceLine(const Reference& reference);
[[nodiscard]] QWidget* referenceLine(const TeamLink& link);

} // namespace medic
