// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QPoint>
#include <QRect>
#include <QString>

namespace medic {

/// Where the cells of the heat map are: groups below one another, each a title line and rows of equal cells.
/// Plain values, no painting. Cells are numbered through all groups in order.
struct HeatGeometry {
    struct Group {
        QString title;
        int first = 0; ///< its first cell
        int count = 0;
        QRect titleRect; ///< empty when there is but one group
    };
    QList<Group> groups;
    QList<int> groupTops; ///< y of each group's first row of cells
    int columns = 1;
    QSize cell; ///< without the gap
    int gap = 3;
    int height = 0; ///< of it all
    bool named = false; ///< cells are large enough for their names

    /// `counts`: cells of each group. Few cells get room for their names; many shrink down to 9 pixels.
    [[nodiscard]] static HeatGeometry lay(const QList<QPair<QString, int>>& counts, int width, int nameWidth, int lineHeight);

    [[nodiscard]] int cells() const;
    [[nodiscard]] QRect rectOf(int cell) const; ///< empty when there is no such cell
    [[nodiscard]] int cellAt(const QPoint& point) const; ///< -1: none
    /// The cell to which an arrow key leads: dx, dy of -1, 0, 1.
    [[nodiscard]] int step(int cell, int dx, int dy) const;

private:
    [[nodiscard]] int groupOf(int cell) const;
};

} // namespace medic
