// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/text/output_lines.h"

#include "widgets/text/escape.h"

namespace medic {

OutputLines::OutputLines(const std::string& text) : m_text(QString::fromStdString(text))
{
    qsizetype start = 0;
    while (start < m_text.size()) {
        qsizetype end = m_text.indexOf(u'\n', start);
        const qsizetype next = end < 0 ? m_text.size() : end + 1;
        if (end < 0)
            end = m_text.size();
        if (end > start && m_text[end - 1] == u'\r')
            --end;
        ++m_lines;
        m_firstRow.append(int(m_rows.size()));
        do {
            qsizetype length = std::min(pieceLength, end - start);
            // Not between the halves of a surrogate pair.
            if (start + length < end && m_text[start + length - 1].isHighSurrogate())
                ++length;
            m_rows.append({start, length, m_lines});
            start += length;
        } while (start < end);
        start = next;
    }
}

QString OutputLines::row(int at) const
{
    if (at < 0 || at >= m_rows.size())
        return {};
    const QString piece = m_text.mid(m_rows[at].start, m_rows[at].length);
    QString result;
    result.reserve(piece.size());
    for (const QChar c : piece) {
        if (c == u'\t')
            result += QString(8 - result.size() % 8, u' ');
        else
            result += c;
    }
    return lineSafe(result);
}

int OutputLines::lineOfRow(int at) const { return at < 0 || at >= m_rows.size() ? 0 : m_rows[at].line; }
bool OutputLines::beginsLine(int at) const { return at >= 0 && at < m_rows.size() && m_firstRow[m_rows[at].line - 1] == at; }
int OutputLines::rowOfLine(int line) const { return line < 1 || line > m_lines ? -1 : m_firstRow[line - 1]; }

int OutputLines::find(const QString& words, int from, int direction) const
{
    if (words.isEmpty() || m_rows.isEmpty())
        return -1;
    const int count = rows();
    int at = from;
    for (int i = 0; i < count; ++i) {
        at = ((at + direction) % count + count) % count;
        if (QStringView(m_text).mid(m_rows[at].start, m_rows[at].length).contains(words, Qt::CaseInsensitive))
            return at;
    }
    return -1;
}

} // namespace medic
