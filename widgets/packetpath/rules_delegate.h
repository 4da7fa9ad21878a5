// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace medic::packetpath {

/// A row of RulesModel: a bar of heat behind the packets, an accent mark where the traced packet met the rule, a target
/// that can be gone to in the accent colour.
class RulesDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace medic::packetpath
