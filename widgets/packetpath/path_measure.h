// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/packetpath/path_layout.h"

#include <QStringList>

#include <string_view>

namespace medic::packetpath {

/// Distances of the picture, in pixels.
namespace layout {
inline constexpr qreal padding = 7, gap = 7, bandGap = 20, indentStep = 12, gutter = 26, margin = 12;
inline constexpr qreal widest = 320, narrowest = 120, iconSize = 16;
} // namespace layout

/// A part with its cards below one another, at 0,0; moved to its place later.
struct MeasuredPart {
    QList<LayCard> cards;
    LayEnd end;
    bool endInside = false, hasEnd = false; ///< inside: below the cards; else in the column of ends
    qreal width = 0, height = 0;
};

/// How large everything of a path is, each for itself. Refers to its fonts and options.
class PathMeasure final {
public:
    PathMeasure(const PathFonts& fonts, const PathLayout::Options& options) : m_fonts(fonts), m_options(options) { }

    [[nodiscard]] MeasuredPart part(const TreePart& part, int index) const;
    [[nodiscard]] LayStart start(const TreeStart& start, int index, std::string_view node) const; ///< node: on which it begins, of several
    [[nodiscard]] qreal laneWidth(const std::string& hook) const;
    [[nodiscard]] qreal lineHeight(Role role) const;
    [[nodiscard]] qreal widthOf(const QString& text, Role role) const;
    /// One line at x,y; cut in the middle where it is too long.
    [[nodiscard]] LayLine line(const QString& text, Role role, qreal x, qreal y, qreal most) const;

private:
    [[nodiscard]] QStringList broken(const QString& text, Role role, qreal most) const;
    [[nodiscard]] LayCard measureCard(const TreeCard& card, int part, int index, qreal y, int depth) const;
    void passed(LayCard& card, const TreeRow& row, int index, qreal x, qreal& y, qreal& right) const;
    void row(LayCard& card, const TreeRow& tree, int index, bool chain, qreal x, qreal& y, qreal& right) const;
    [[nodiscard]] LayEnd measureEnd(const TreePart& part, int index) const;

    const PathFonts& m_fonts;
    const PathLayout::Options& m_options;
};

} // namespace medic::packetpath
