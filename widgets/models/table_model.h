// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>
#include <QHash>
#include <QList>
#include <QSet>
#include <QString>

namespace medic {

/// Roles that every table of the program answers.
enum TableRole {
    SortRole = Qt::UserRole + 1, ///< a value that orders as meant (severity, bytes)
    VerdictRole, ///< int(Verdict)
    IdRole, ///< the row's stable id
    FilterRole, ///< all words of the row, for the filter
};

/// A flat table of values with stable ids. update() turns a new list into row insertions, removals and changes, in
/// batches: a view keeps its selection and scroll position. Row needs `QString id` and operator==.
/// A subclass answers the columns. Screen's thread.
template<typename Row>
class TableModel : public QAbstractTableModel {
public:
    using QAbstractTableModel::QAbstractTableModel;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const final { return parent.isValid() ? 0 : int(m_rows.size()); }
    [[nodiscard]] const Row& row(int index) const { return m_rows[index]; }
    [[nodiscard]] const QList<Row>& rows() const { return m_rows; }
    [[nodiscard]] int indexOf(const QString& id) const { return m_index.value(id, -1); }

    void update(const QList<Row>& fresh)
    {
        QHash<QString, qsizetype> wanted;
        for (qsizetype i = 0; i < fresh.size(); ++i)
            wanted.insert(fresh[i].id, i);

        for (int last = int(m_rows.size()) - 1; last >= 0;) {
            if (wanted.contains(m_rows[last].id)) {
                --last;
                continue;
            }
            int first = last;
            while (first > 0 && !wanted.contains(m_rows[first - 1].id))
                --first;
            beginRemoveRows({}, first, last);
            m_rows.remove(first, last - first + 1);
            reindex();
            endRemoveRows();
            last = first - 1;
        }

        int changedFrom = -1;
        const auto flush = [&](int until) {
            if (changedFrom >= 0)
                Q_EMIT dataChanged(index(changedFrom, 0), index(until, columnCount() - 1));
            changedFrom = -1;
        };
        for (int i = 0; i < int(m_rows.size()); ++i) {
            const Row& now = fresh[wanted.value(m_rows[i].id)];
            if (now == m_rows[i]) {
                flush(i - 1);
                continue;
            }
            m_rows[i] = now;
            if (changedFrom < 0)
                changedFrom = i;
        }
        flush(int(m_rows.size()) - 1);

        QList<Row> added;
        QSet<QString> seen;
        for (const Row& row : fresh)
            if (!m_index.contains(row.id) && !seen.contains(row.id)) {
                seen.insert(row.id);
                added.append(row);
            }
        if (added.isEmpty())
            return;
        beginInsertRows({}, int(m_rows.size()), int(m_rows.size() + added.size()) - 1);
        m_rows.append(added);
        reindex();
        endInsertRows();
    }

    /// Words changed (language): every cell is asked again.
    void retranslate()
    {
        if (!m_rows.isEmpty())
            Q_EMIT dataChanged(index(0, 0), index(int(m_rows.size()) - 1, columnCount() - 1));
        Q_EMIT headerDataChanged(Qt::Horizontal, 0, columnCount() - 1);
    }

private:
    void reindex()
    {
        m_index.clear();
        m_index.reserve(m_rows.size());
        for (int i = 0; i < int(m_rows.size()); ++i)
            m_index.insert(m_rows[i].id, i);
    }

    QList<Row> m_rows;
    QHash<QString, int> m_index;
};

} // namespace medic
