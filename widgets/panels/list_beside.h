// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QModelIndex;
class QSplitter;
class QTreeView;
class QWidget;

namespace medic {

class FilterBar;
class FilterProxy;

/// A view's usual shape: a filter above a table, and beside it what the chosen row is about.
/// `list` and `panel`: their widths at 1280 pixels. Owned by the caller.
[[nodiscard]] QSplitter* listBeside(FilterBar* filter, QTreeView* table, QWidget* panel, int list, int panelWidth, int panelLeast);

/// Makes the model's row the current one; where it is filtered away, nothing is filtered any more.
void chooseRow(QTreeView* table, FilterProxy* proxy, FilterBar* filter, const QModelIndex& source);

} // namespace medic
