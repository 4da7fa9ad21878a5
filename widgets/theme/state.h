// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/verdict.h"
#include "widgets/theme/icons.h"

#include <QIcon>
#include <QPalette>
#include <QRectF>
#include <QString>

class QPainter;

/// State is shape + colour + word, everywhere the same. The word is words::verdict() (collect/words.h).
namespace medic::theme {

[[nodiscard]] QString stateIconName(Verdict verdict); ///< "state-failure" …
[[nodiscard]] Ink stateInk(Verdict verdict);
[[nodiscard]] QIcon stateIcon(Verdict verdict);
void paintState(QPainter* painter, const QRectF& rect, Verdict verdict, const QPalette& palette);

} // namespace medic::theme
