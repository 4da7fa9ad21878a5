// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/tables.h"
#include "widgets/models/table_model.h"

namespace medic {

/// A table of the checks (annotation against tc, the DNS matrix, PLEG's timeline …) for a view. Screen's thread.
class FactsTableModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Role { ShareRole = FilterRole + 1 }; ///< of the greatest number in the column that is drawn as bars; else invalid

    explicit FactsTableModel(checks::Table table, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(m_table.rows.size()); }
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override { return parent.isValid() ? 0 : static_cast<int>(m_table.columns.size()); }
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] const checks::Table& table() const { return m_table; }

private:
    checks::Table m_table;
    double m_greatest = 0;
};

} // namespace medic
