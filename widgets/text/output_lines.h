// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

#include <string>

namespace medic {

/// A machine's output cut into rows that can be shown: one a line, very long lines in pieces. Made once per text in one
/// pass; control characters are made visible row by row when asked for. A value, no painting.
class OutputLines {
public:
    static constexpr qsizetype pieceLength = 1000; ///< characters; a longer line continues in the next row

    OutputLines() = default;
    explicit OutputLines(const std::string& text);

    [[nodiscard]] int rows() const { return int(m_rows.size()); }
    [[nodiscard]] int lines() const { return m_lines; }
    [[nodiscard]] QString row(int row) const; ///< safe to paint; tabs as spaces
    [[nodiscard]] int lineOfRow(int row) const; ///< counts from 1
    [[nodiscard]] bool beginsLine(int row) const;
    [[nodiscard]] int rowOfLine(int line) const; ///< its first row; -1: there is no such line
    /// The next row after `from` (not itself; wraps) that holds the words, case ignored; -1: none.
    [[nodiscard]] int find(const QString& words, int from, int direction) const;

private:
    struct Row {
        qsizetype start = 0;
        qsizetype length = 0;
        int line = 0;
    };
    QString m_text;
    QList<Row> m_rows;
    QList<int> m_firstRow; ///< of each line
    int m_lines = 0;
};

} // namespace medic
