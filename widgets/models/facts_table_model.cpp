// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/facts_table_model.h"

#include "diagnostics/collect/language.h"
#include "widgets/text/escape.h"
#include "widgets/theme/state.h"

#include <algorithm>

namespace medic {

FactsTableModel::FactsTableModel(checks::Table table, QObject* parent) : QAbstractTableModel(parent), m_table(std::move(table))
{
    if (m_table.chart >= 0)
        for (const checks::TableRow& row : m_table.rows)
            m_greatest = std::max(m_greatest, row.cells[static_cast<std::size_t>(m_table.chart)].number.value_or(0));
}

QVariant FactsTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const checks::TableCell& cell = m_table.rows[static_cast<std::size_t>(index.row())].cells[static_cast<std::size_t>(index.column())];
    switch (role) {
    case Qt::DisplayRole: return lineSafe(cell.text);
    case Qt::ToolTipRole: return cell.text.size() > 24 ? QVariant(toolTipSafe(QString::fromStdString(cell.text))) : QVariant();
    case Qt::DecorationRole: return cell.verdict ? QVariant(theme::stateIcon(*cell.verdict)) : QVariant();
    case Qt::TextAlignmentRole: return cell.number ? QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter)) : QVariant();
    case SortRole: return cell.number ? QVariant(*cell.number) : QVariant(QString::fromStdString(cell.text));
    case VerdictRole: return cell.verdict ? QVariant(static_cast<int>(*cell.verdict)) : QVariant();
    case ShareRole: return index.column() == m_table.chart && cell.number && m_greatest > 0 ? QVariant(std::clamp(*cell.number / m_greatest, 0.0, 1.0)) : QVariant();
    default: return {};
    }
}

QVariant FactsTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0 || section >= columnCount())
        return {};
    return QString::fromStdString(m_table.columns[static_cast<std::size_t>(section)].in(currentLanguage()));
}

} // namespace medic
