// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/line_button.h"

#include "widgets/text/escape.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/fonts.h"

#include <QEvent>
#include <QKeyEvent>
#include <QPainter>

namespace medic {

LineButton::LineButton(Size size, QWidget* parent) : QAbstractButton(parent), m_size(size)
{
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
}

void LineButton::setWords(const QString& title, const QString& sentence, const QString& trailing)
{
    m_title = lineSafe(title);
    m_sentence = lineSafe(sentence);
    m_trailing = lineSafe(trailing);
    setAccessibleName(m_title);
    setAccessibleDescription(m_sentence);
    setToolTip(m_size == Size::Small ? toolTipSafe(sentence.isEmpty() ? title : title + u'\n' + sentence) : QString());
    updateGeometry();
    update();
}

void LineButton::setMark(const QIcon& icon)
{
    m_mark = icon;
    update();
}

void LineButton::setLit(int from, int length)
{
    m_litFrom = from;
    m_litLength = length;
    update();
}

void LineButton::setMarkColour(const QColor& colour)
{
    m_colour = colour;
    update();
}

QSize LineButton::sizeHint() const
{
    const int line = QFontMetrics(theme::bodyFont()).height();
    return {320, m_size == Size::Large ? 2 * line + 18 : line + 14};
}

QSize LineButton::minimumSizeHint() const { return {160, sizeHint().height()}; }

void LineButton::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const theme::Colours& c = theme::Colours::of(palette());
    if (isDown() || underMouse())
        painter.fillRect(rect(), c.selection);
    if (hasFocus()) {
        painter.setPen(c.accent);
        painter.drawRect(rect().adjusted(0, 0, -1, -1));
    }
    if (m_colour.isValid())
        painter.fillRect(QRect(0, 4, 3, height() - 8), m_colour);
    const int side = m_size == Size::Large ? 24 : 16;
    const int left = 12;
    m_mark.paint(&painter, QRect(left, (height() - side) / 2, side, side));
    const int x = left + side + 12;
    int right = width() - 12;
    painter.setFont(theme::bodyFont());
    if (!m_trailing.isEmpty()) {
        const int room = painter.fontMetrics().horizontalAdvance(m_trailing);
        painter.setPen(c.muted);
        painter.drawText(QRect(right - room, 0, room, height()), Qt::AlignRight | Qt::AlignVCenter, m_trailing);
        right -= room + 12;
    }
    const int line = painter.fontMetrics().height();
    painter.setPen(isEnabled() ? c.text : c.notApplicable);
    if (m_size == Size::Large) {
        painter.setFont(theme::strongFont());
        painter.drawText(QRect(x, 8, right - x, line), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                         painter.fontMetrics().elidedText(m_title, Qt::ElideRight, right - x));
        painter.setFont(theme::bodyFont());
        painter.setPen(c.muted);
        painter.drawText(QRect(x, 10 + line, right - x, line), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                         painter.fontMetrics().elidedText(m_sentence, Qt::ElideRight, right - x));
        return;
    }
    const QString title = painter.fontMetrics().elidedText(m_title, Qt::ElideRight, right - x);
    painter.drawText(QRect(x, 0, right - x, height()), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, title);
    const int after = x + painter.fontMetrics().horizontalAdvance(title) + 12;
    if (!m_sentence.isEmpty() && after < right - 24) {
        if (m_litLength > 0) {
            const int from = after + painter.fontMetrics().horizontalAdvance(m_sentence.left(m_litFrom));
            const int lit = painter.fontMetrics().horizontalAdvance(m_sentence.mid(m_litFrom, m_litLength));
            painter.fillRect(QRect(from, (height() - line) / 2, qMin(lit, right - from), line), c.matched);
        }
        painter.setPen(m_litLength > 0 ? c.text : c.muted);
        painter.drawText(QRect(after, 0, right - after, height()), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                         painter.fontMetrics().elidedText(m_sentence, Qt::ElideRight, right - after));
    }
}

void LineButton::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        click();
    else if (event->key() == Qt::Key_Down)
        focusNextChild();
    else if (event->key() == Qt::Key_Up)
        focusPreviousChild();
    else
        QAbstractButton::keyPressEvent(event);
}

void LineButton::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::FontChange)
        updateGeometry();
    QAbstractButton::changeEvent(event);
}

} // namespace medic
