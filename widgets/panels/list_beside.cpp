// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/list_beside.h"

#include "widgets/models/filter_proxy.h"
#include "widgets/panels/filter_bar.h"
#include "widgets/theme/fonts.h"

#include <QSplitter>
#include <QTreeView>
#include <QVBoxLayout>

namespace medic {

QSplitter* listBeside(FilterBar* filter, QTreeView* table, QWidget* panel, int list, int panelWidth, int panelLeast)
{
    auto* left = new QWidget;
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(theme::pageMargin, theme::groupGap, theme::gridStep, 0);
    column->setSpacing(theme::gridStep);
    column->addWidget(filter);
    column->addWidget(table, 1);
    auto* split = new QSplitter;
    split->addWidget(left);
    split->addWidget(panel);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    split->setChildrenCollapsible(false);
    split->setSizes({list, panelWidth});
    panel->setMinimumWidth(panelLeast);
    return split;
}

void chooseRow(QTreeView* table, FilterProxy* proxy, FilterBar* filter, const QModelIndex& source)
{
    QModelIndex at = proxy->mapFromSource(source);
    if (!at.isValid()) { // filtered away: what was asked for is shown
        filter->setText({});
        filter->setShown({});
        at = proxy->mapFromSource(source);
    }
    table->setCurrentIndex(at);
    table->scrollTo(at);
    table->setFocus();
}

} // namespace medic
