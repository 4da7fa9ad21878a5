// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

namespace medic {

/// How well `needle` is found in `hay` as a subsequence, ignoring case: 0 not at all; more is better. Runs of letters,
/// beginnings of words and a beginning of the whole count most. `positions`, when given, gets the matched characters.
[[nodiscard]] int fuzzyScore(const QString& needle, const QString& hay, QList<int>* positions = nullptr);

} // namespace medic
