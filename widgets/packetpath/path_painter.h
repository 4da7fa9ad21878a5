// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/path_query.h"
#include "widgets/packetpath/path_layout.h"

#include <QPalette>

class QPainter;

namespace medic::packetpath {

/// What is emphasised in a picture on the screen; nothing in a picture for a file or a page.
struct PathEmphasis {
    PathLayout::Spot hovered, chosen;
};

/// A whole path drawn into `area`, scaled down where it does not fit (never up). Vectors and text only: for the screen,
/// SVG and PDF alike. The palette decides between light and dark.
void paintPath(QPainter& painter, const QRectF& area, const PathLayout& layout, const PathFonts& fonts, const QPalette& palette,
               const PathEmphasis& emphasis = {});

/// The same from the trace itself, with the sentence "in words" below; the height that it took, in the painter's units.
/// For pages: light, with the words of the current language.
[[nodiscard]] qreal paintPath(QPainter& painter, const QRectF& area, const netfilter::PathQuery& query, const Trace& trace);

} // namespace medic::packetpath
