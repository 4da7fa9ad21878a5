// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/tables.h"

#include "widgets/text/table_text.h"

#include <QHeaderView>
#include <QTreeView>

namespace medic {

QTreeView* newTree()
{
    auto* view = new QTreeView;
    view->setFrameShape(QFrame::NoFrame);
    view->setUniformRowHeights(true);
    view->setAllColumnsShowFocus(true);
    view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setSortingEnabled(true);
    view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view->setTextElideMode(Qt::ElideRight);
    view->header()->setHighlightSections(false);
    view->header()->setStretchLastSection(false);
    view->header()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    makeCopyable(view);
    return view;
}

void columns(QTreeView* view, const QList<QPair<int, int>>& widths, int stretch)
{
    for (const auto& [column, width] : widths)
        view->header()->resizeSection(column, width);
    view->header()->setSectionResizeMode(stretch, QHeaderView::Stretch);
}

} // namespace medic
