// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/text/fuzzy.h"

namespace medic {

namespace {

bool startsWord(const QString& hay, qsizetype at)
{
    if (at == 0)
        return true;
    const QChar before = hay[at - 1];
    return !before.isLetterOrNumber() || (before.isLower() && hay[at].isUpper()) || hay[at].script() == QChar::Script_Han;
}

} // namespace

int fuzzyScore(const QString& needle, const QString& hay, QList<int>* positions)
{
    if (positions)
        positions->clear();
    const QString wanted = needle.simplified().toCaseFolded();
    if (wanted.isEmpty())
        return 1;
    const QString folded = hay.toCaseFolded();
    if (folded.size() != hay.size())
        return folded.contains(wanted) ? 10 : 0;

    // The whole phrase in one piece is always better than scattered letters.
    const qsizetype whole = folded.indexOf(wanted);
    if (whole >= 0) {
        if (positions)
            for (qsizetype i = 0; i < wanted.size(); ++i)
                positions->append(int(whole + i));
        return 1000 + (whole == 0 ? 400 : startsWord(hay, whole) ? 200 : 0) - int(qMin<qsizetype>(hay.size(), 150));
    }
    int score = 0;
    int run = 0;
    qsizetype at = 0;
    for (const QChar c : wanted) {
        if (c.isSpace()) {
            run = 0;
            continue;
        }
        // A letter at a word's beginning is preferred to the next one that happens to come.
        qsizetype found = -1;
        for (qsizetype i = at; i < folded.size(); ++i) {
            if (folded[i] != c)
                continue;
            if (found < 0)
                found = i;
            if (i == at || startsWord(hay, i)) {
                found = i;
                break;
            }
        }
        if (found < 0) {
            if (positions)
                positions->clear();
            return 0;
        }
        run = found == at && at > 0 ? run + 1 : 0;
        score += 10 + 8 * run + (startsWord(hay, found) ? 15 : 0) - int(qMin<qsizetype>(found - at, 8));
        if (positions)
            positions->append(int(found));
        at = found + 1;
    }
    return qMax(1, score - int(qMin<qsizetype>(hay.size(), 100)) / 4);
}

} // namespace medic
