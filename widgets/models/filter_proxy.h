// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/verdict.h"

#include <QCollator>
#include <QSet>
#include <QSortFilterProxyModel>
#include <QStringList>

namespace medic {

/// Filters a table or tree of ours by words (every word must be in FilterRole, case ignored) and by verdict; sorts by
/// SortRole, names as people count (node-2 before node-10). A group stays while one of its children does.
class FilterProxy final : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit FilterProxy(QObject* parent = nullptr);

    void setWords(const QString& text);
    [[nodiscard]] QString filterText() const { return m_text; }
    void setVerdicts(const QSet<Verdict>& shown); ///< empty: all
    [[nodiscard]] const QSet<Verdict>& verdicts() const { return m_verdicts; }

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    QString m_text;
    QStringList m_words;
    QSet<Verdict> m_verdicts;
    QCollator m_collator;
};

} // namespace medic
