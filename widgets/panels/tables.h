// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QPair>

class QTreeView;

namespace medic {

/// A table or tree as all of ours look: no frame, whole rows, sortable, copies as text, CSV and Markdown.
[[nodiscard]] QTreeView* newTree();

/// Widths of columns in pixels; `stretch` takes the rest.
void columns(QTreeView* view, const QList<QPair<int, int>>& widths, int stretch);

/// Columns in which no row of the top level says anything are not shown.
void hideEmptyColumns(QTreeView* view, const QList<int>& optional);

/// The column's words take two lines where one is not enough (rows stay of one height).
void wrapColumn(QTreeView* view, int column);

} // namespace medic
