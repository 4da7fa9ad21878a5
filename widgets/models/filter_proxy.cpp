// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/filter_proxy.h"

#include "widgets/models/table_model.h"
#include "widgets/text/name_order.h"

namespace medic {

FilterProxy::FilterProxy(QObject* parent) : QSortFilterProxyModel(parent), m_collator(nameOrder())
{
    setRecursiveFilteringEnabled(true);
    setAutoAcceptChildRows(false);
    setSortRole(SortRole);
    setDynamicSortFilter(true);
}

void FilterProxy::setWords(const QString& text)
{
    if (text == m_text)
        return;
    m_text = text;
    m_words = text.split(QChar(u' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

void FilterProxy::setVerdicts(const QSet<Verdict>& shown)
{
    if (shown == m_verdicts)
        return;
    m_verdicts = shown;
    invalidateFilter();
}

bool FilterProxy::filterAcceptsRow(int row, const QModelIndex& parent) const
{
    const QModelIndex index = sourceModel()->index(row, 0, parent);
    if (!m_verdicts.isEmpty() && !m_verdicts.contains(Verdict(index.data(VerdictRole).toInt())))
        return false;
    if (m_words.isEmpty())
        return true;
    const QString words = index.data(FilterRole).toString();
    for (const QString& word : m_words)
        if (!words.contains(word, Qt::CaseInsensitive))
            return false;
    return true;
}

bool FilterProxy::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    const QVariant a = left.data(SortRole);
    const QVariant b = right.data(SortRole);
    int order = 0;
    if (a.userType() == QMetaType::QString)
        order = m_collator.compare(a.toString(), b.toString());
    else
        order = a.toDouble() < b.toDouble() ? -1 : a.toDouble() > b.toDouble() ? 1 : 0;
    if (order == 0)
        order = m_collator.compare(left.data(IdRole).toString(), right.data(IdRole).toString());
    return order < 0;
}

} // namespace medic
