// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/verdict.h"

#include <QColor>
#include <QPalette>

namespace medic::theme {

/// Every colour of the program, by meaning. Neutral greys carry the structure, one accent the selection and the next
/// action; nothing else is coloured except state. Stateless: light or dark is read from the palette itself.
struct Colours {
    QColor window, base, alternate, text, muted, line, accent, onAccent, selection, onSelection, matched, danger, onDanger;
    QColor ok, warning, failure, unknown, notApplicable;

    [[nodiscard]] static const Colours& light();
    [[nodiscard]] static const Colours& dark();
    /// Those that belong to a palette (by the lightness of its window).
    [[nodiscard]] static const Colours& of(const QPalette& palette);
    [[nodiscard]] const QColor& state(Verdict verdict) const;
};

[[nodiscard]] bool isDark(const QPalette& palette);
[[nodiscard]] QPalette makePalette(const Colours& colours);

/// WCAG 2.1 contrast ratio, 1 … 21.
[[nodiscard]] double contrast(const QColor& a, const QColor& b);

} // namespace medic::theme
