// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QIcon>
#include <QString>

class QPainter;
class QRectF;

namespace medic::theme {

/// An icon of resources/icons in the palette's text colour; follows the palette and the screen's resolution by itself.
/// An unknown name gives an empty icon. Screen's thread only.
[[nodiscard]] QIcon icon(const QString& name);

/// What an icon is coloured with: looked up in the palette's Colours whenever it is painted.
enum class Ink { Text, Muted, Accent, OnAccent, Ok, Warning, Failure, Unknown, NotApplicable };
[[nodiscard]] QIcon icon(const QString& name, Ink ink);

/// Paints it straight into a picture, in one colour.
void paintIcon(QPainter* painter, const QRectF& rect, const QString& name, const QColor& colour);

} // namespace medic::theme
