// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/packetpath/rule_book.h"

#include <QAbstractTableModel>
#include <QSet>

#include <unordered_set>

namespace medic::packetpath {

/// The rules of one chain, or those that a search found. Holds places only; every text is made when it is painted, so
/// that a hundred thousand rows open at once. Screen's thread.
class RulesModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Number, Place, Packets, Bytes, Rate, Conditions, Target, Owner, Line, ColumnCount };
    enum Role { HeatRole = Qt::UserRole + 100, ///< 0 … 1: how busy, for the packets' column
                MetRole, ///< the traced packet met this rule
                JumpRole }; ///< the target is a chain to go to
    using QAbstractTableModel::QAbstractTableModel;

    void setBook(const RuleBookPtr& book);
    void showChain(const RuleRef& chain);
    void showFound(std::vector<RuleRef> found);
    void setMet(const std::vector<RuleRef>& met); ///< on the traced path
    [[nodiscard]] bool isSearch() const { return m_search; }
    [[nodiscard]] RuleRef at(int row) const;
    [[nodiscard]] const RuleBookPtr& book() const { return m_book; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : ColumnCount; }
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void retranslate();

private:
    [[nodiscard]] QVariant words(const RuleRef& at, int column) const;

    RuleBookPtr m_book;
    RuleRef m_chain {-1, -1, -1};
    std::vector<RuleRef> m_found;
    std::unordered_set<std::uint64_t> m_met;
    bool m_search = false;
};

} // namespace medic::packetpath
