// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/table_card.h"

#include "diagnostics/collect/language.h"
#include "widgets/charts/rates_chart.h"
#include "widgets/models/facts_table_model.h"
#include "widgets/panels/buttons.h"
#include "widgets/panels/tables.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/fonts.h"

#include <QHeaderView>
#include <QPainter>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

namespace medic {

namespace {

constexpr int mostVisibleRows = 10;
constexpr int narrowest = 48, widest = 320;

/// A bar behind the number: its share of the greatest in the column, in its state's colour.
class BarDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const QVariant share = index.data(FactsTableModel::ShareRole);
        if (share.isValid()) {
            const theme::Colours& colours = theme::Colours::of(option.palette);
            const QVariant verdict = index.data(VerdictRole);
            QColor colour = verdict.isValid() ? colours.state(static_cast<Verdict>(verdict.toInt())) : colours.muted;
            colour.setAlphaF(0.28F);
            QRect bar = option.rect.adjusted(2, 3, -2, -3);
            bar.setWidth(std::max(2, static_cast<int>(bar.width() * share.toDouble())));
            painter->fillRect(bar, colour);
        }
        QStyledItemDelegate::paint(painter, option, index);
    }
};

QList<Rate> ratesOf(const checks::Table& table)
{
    // Pod, node, direction, annotation, limit in tc …
    QList<Rate> rates;
    for (const checks::TableRow& row : table.rows)
        if (row.cells.size() > 4 && row.cells[3].number)
            rates.append({.name = QString::fromStdString(row.cells[0].text + " · " + row.cells[2].text), .wanted = *row.cells[3].number,
                          .actual = row.cells[4].number.value_or(0), .verdict = row.cells[4].verdict.value_or(Verdict::Unknown)});
    return rates;
}

} // namespace

TableCard::TableCard(checks::Table table, QWidget* parent) : QWidget(parent), m_view(newTree())
{
    setObjectName(QStringLiteral("table-") + QString::fromStdString(table.id));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, theme::innerGap, 0, theme::innerGap);
    layout->setSpacing(theme::innerGap);
    const QString title = QString::fromStdString(table.title.in(currentLanguage()));
    layout->addWidget(new PlainLabel(title, PlainLabel::Kind::Strong));
    auto* note = new PlainLabel(QString::fromStdString(table.note.in(currentLanguage())), PlainLabel::Kind::Muted);
    note->setWordWrap(true);
    if (const QList<Rate> rates = table.id == "bandwidth" ? ratesOf(table) : QList<Rate>(); !rates.isEmpty()) {
        m_rates = new RatesChart;
        m_rates->setRates(rates);
        m_rates->setFixedHeight(m_rates->sizeHint().height());
        layout->addWidget(m_rates);
    }
    const int rows = static_cast<int>(table.rows.size());
    const int bars = table.chart;
    auto* model = new FactsTableModel(std::move(table), this);
    auto* sorted = new QSortFilterProxyModel(this);
    sorted->setSourceModel(model);
    sorted->setSortRole(SortRole);
    m_view->setAccessibleName(title);
    m_view->setRootIsDecorated(false);
    m_view->header()->setSortIndicator(-1, Qt::AscendingOrder); // as it came until a heading is clicked
    m_view->setModel(sorted);
    if (bars >= 0)
        m_view->setItemDelegateForColumn(bars, new BarDelegate(m_view));
    for (int column = 0; column < model->columnCount(); ++column) {
        m_view->resizeColumnToContents(column);
        m_view->setColumnWidth(column, std::clamp(m_view->columnWidth(column) + (column == bars ? 40 : 0), narrowest, widest));
    }
    const int line = std::max(m_view->sizeHintForRow(0), m_view->fontMetrics().height() + 6);
    m_view->setFixedHeight(m_view->header()->sizeHint().height() + line * std::clamp(rows, 1, mostVisibleRows) + 16); // a horizontal bar may come
    layout->addWidget(m_view);
    layout->addWidget(note);
    const auto open = [this, model, sorted](const QModelIndex& index) {
        const auto row = static_cast<std::size_t>(sorted->mapToSource(index).row());
        Q_EMIT evidenceWanted(model->table().rows[row].evidence);
    };
    connect(m_view, &QAbstractItemView::activated, this, open);
    connect(m_view, &QAbstractItemView::clicked, this, open);
}

void TableCard::fillRoom()
{
    m_view->setMinimumHeight(0);
    m_view->setMaximumHeight(QWIDGETSIZE_MAX);
}

} // namespace medic
