// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/rules_delegate.h"

#include "widgets/packetpath/rules_model.h"
#include "widgets/theme/colours.h"

#include <QPainter>

namespace medic::packetpath {

void RulesDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const theme::Colours& colours = theme::Colours::of(option.palette);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const bool met = index.data(RulesModel::MetRole).toBool();
    if (met && !selected) {
        QColor wash = colours.accent;
        wash.setAlphaF(0.10f);
        painter->fillRect(option.rect, wash);
    }
    if (const double heat = index.column() == RulesModel::Packets || index.column() == RulesModel::Rate ? index.data(RulesModel::HeatRole).toDouble() : 0.0; heat > 0) {
        QColor warm = colours.warning;
        warm.setAlphaF(0.30f);
        painter->fillRect(QRectF(option.rect.right() - option.rect.width() * heat, option.rect.top() + 1, option.rect.width() * heat, option.rect.height() - 2), warm);
    }
    QStyleOptionViewItem shown = option;
    if (index.data(RulesModel::JumpRole).toBool() && !selected)
        shown.palette.setColor(QPalette::Text, colours.accent);
    QStyledItemDelegate::paint(painter, shown, index);
    if (met && index.column() == 0)
        painter->fillRect(QRect(option.rect.left(), option.rect.top(), 3, option.rect.height()), colours.accent);
}

} // namespace medic::packetpath
