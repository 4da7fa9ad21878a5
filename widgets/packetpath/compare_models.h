// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/packetpath/compare_job.h"

#include <QAbstractTableModel>

namespace medic::packetpath {

/// What differs: a row for each chain, set, route table …. Screen's thread.
class ComparedItemsModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Area, Name, Lost, Won, Moved, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;

    void setComparison(const ComparisonPtr& comparison);
    void setWords(const QString& words); ///< shows items that hold them, in their name or in a line
    [[nodiscard]] const ComparedItem* item(int row) const; ///< null: no such row
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : ColumnCount; }
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] static QString areaName(const std::string& area);
    void retranslate();

private:
    void select();
    ComparisonPtr m_comparison;
    std::vector<std::size_t> m_rows;
    QString m_words;
};

/// One item's lines side by side. `everything`: also those that are the same; else some around each difference.
class ComparedLinesModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { LeftNumber, Left, Sign, RightNumber, Right, ColumnCount };
    enum Role { DiffersRole = Qt::UserRole + 100 }; ///< bool: this cell is not the same on the other side
    using QAbstractTableModel::QAbstractTableModel;

    void show(const ComparisonPtr& comparison, const ComparedItem* item); ///< null: nothing
    void setEverything(bool everything);
    void setHeads(const QString& left, const QString& right);
    [[nodiscard]] const ComparedItem::Row* line(int row) const; ///< null: a gap
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : ColumnCount; }
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void retranslate();

private:
    void select();
    ComparisonPtr m_comparison; ///< keeps the item
    const ComparedItem* m_item = nullptr;
    std::vector<int> m_rows; ///< into the item's rows; below 0: a gap of so many
    bool m_everything = false;
    QString m_left, m_right;
};

} // namespace medic::packetpath
