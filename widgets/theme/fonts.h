// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>

/// The system's UI font in two sizes, and one monospace for everything that came from a machine.
namespace medic::theme {

/// Once, before the first window: the application's font gets the families that draw Chinese behind its own.
void useFontsWithChinese();

[[nodiscard]] QFont bodyFont();
[[nodiscard]] QFont strongFont(); ///< body size, for the word that matters
[[nodiscard]] QFont headingFont();
[[nodiscard]] QFont monospaceFont();

/// The grid: distances in device-independent pixels.
inline constexpr int gridStep = 8;
inline constexpr int groupGap = 12; ///< between groups
inline constexpr int innerGap = 4; ///< inside a group
inline constexpr int pageMargin = 16;

} // namespace medic::theme
