// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/packetpath/path_layout.h"

#include <QPalette>
#include <QString>

namespace medic::packetpath {

/// The picture with its title above and its sentence below, as SVG or (at twice the size) PNG, by the file's suffix.
/// False: the file cannot be written.
[[nodiscard]] bool exportPath(const QString& file, const PathLayout& layout, const PathFonts& fonts, const QPalette& palette,
                              const QString& title, const QString& words);

} // namespace medic::packetpath
