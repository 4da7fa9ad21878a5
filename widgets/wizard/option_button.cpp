// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/wizard/option_button.h"

#include "widgets/text/escape.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/fonts.h"

#include <QKeyEvent>
#include <QPainter>

namespace medic {

namespace {

constexpr int leftRoom = 40;
constexpr int rightRoom = 32;
constexpr int edge = 10;

} // namespace

OptionButton::OptionButton(int number, const QString& words, const QString& help, QWidget* parent)
    : QAbstractButton(parent), m_number(number), m_words(plainSafe(words)), m_help(plainSafe(help))
{
    setCheckable(true);
    setAutoExclusive(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setAccessibleName(m_words);
    setAccessibleDescription(m_help);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

QRect OptionButton::wordsRect(int width) const
{
    const QRect room(leftRoom, edge, qMax(80, width - leftRoom - rightRoom), 10000);
    return QFontMetrics(theme::bodyFont()).boundingRect(room, Qt::TextWordWrap | Qt::AlignLeft, m_words);
}

QRect OptionButton::helpRect(int width) const
{
    if (m_help.isEmpty())
        return {};
    const QRect room(leftRoom, wordsRect(width).bottom() + 3, qMax(80, width - leftRoom - rightRoom), 10000);
    return QFontMetrics(theme::bodyFont()).boundingRect(room, Qt::TextWordWrap | Qt::AlignLeft, m_help);
}

int OptionButton::heightForWidth(int width) const { return (m_help.isEmpty() ? wordsRect(width) : helpRect(width)).bottom() + 1 + edge; }

QSize OptionButton::sizeHint() const { return {480, heightForWidth(480)}; }

void OptionButton::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const theme::Colours& c = theme::Colours::of(palette());
    if (isChecked() || underMouse())
        painter.fillRect(rect(), isChecked() ? c.selection : c.alternate);
    painter.setRenderHint(QPainter::Antialiasing, false);
    if (hasFocus()) {
        painter.setPen(c.accent);
        painter.drawRect(rect().adjusted(0, 0, -1, -1));
    } else {
        painter.setPen(c.line);
        painter.drawLine(0, height() - 1, width(), height() - 1);
    }
    painter.setRenderHint(QPainter::Antialiasing);
    const int line = QFontMetrics(theme::bodyFont()).height();
    const QRectF circle(14, edge + (line - 14) / 2.0, 14, 14);
    painter.setPen(QPen(isChecked() ? c.accent : c.muted, 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(circle);
    if (isChecked()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(c.accent);
        painter.drawEllipse(circle.adjusted(4, 4, -4, -4));
    }
    painter.setFont(theme::bodyFont());
    painter.setPen(isChecked() ? c.onSelection : c.text);
    painter.drawText(wordsRect(width()), Qt::TextWordWrap | Qt::AlignLeft, m_words);
    painter.setPen(c.muted);
    if (!m_help.isEmpty())
        painter.drawText(helpRect(width()), Qt::TextWordWrap | Qt::AlignLeft, m_help);
    if (m_number < 10)
        painter.drawText(QRect(width() - rightRoom, edge, rightRoom - 12, line), Qt::AlignRight | Qt::AlignVCenter, QString::number(m_number));
}

void OptionButton::mouseDoubleClickEvent(QMouseEvent* event)
{
    QAbstractButton::mouseDoubleClickEvent(event);
    setChecked(true);
    Q_EMIT chosenAtOnce();
}

void OptionButton::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        setChecked(true);
        Q_EMIT clicked(true);
        Q_EMIT chosenAtOnce();
    } else if (event->key() == Qt::Key_Down || event->key() == Qt::Key_Up) {
        // Through the siblings without choosing: the choice is a decision that is recorded.
        if (event->key() == Qt::Key_Down)
            focusNextChild();
        else
            focusPreviousChild();
    } else {
        QAbstractButton::keyPressEvent(event);
    }
}

} // namespace medic
