// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/buttons.h"

#include "widgets/text/escape.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

#include <QApplication>
#include <QEvent>
#include <QPainter>

namespace medic {

PrimaryButton::PrimaryButton(QWidget* parent, Kind kind) : QPushButton(parent), m_kind(kind)
{
    setAutoDefault(true);
    recolour();
}

void PrimaryButton::setKind(Kind kind)
{
    m_kind = kind;
    recolour();
}

void PrimaryButton::recolour()
{
    m_busy = true;
    const theme::Colours& c = theme::Colours::of(QApplication::palette());
    QPalette colours = QApplication::palette();
    const bool dangerous = m_kind == Kind::Dangerous;
    colours.setColor(QPalette::Button, dangerous ? c.danger : c.accent);
    colours.setColor(QPalette::Active, QPalette::ButtonText, dangerous ? c.onDanger : c.onAccent);
    colours.setColor(QPalette::Inactive, QPalette::ButtonText, dangerous ? c.onDanger : c.onAccent);
    setPalette(colours);
    m_busy = false;
}

void PrimaryButton::changeEvent(QEvent* event)
{
    QPushButton::changeEvent(event);
    if (!m_busy && (event->type() == QEvent::PaletteChange || event->type() == QEvent::ApplicationPaletteChange))
        recolour();
}

QToolButton* iconButton(const QString& iconName, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setIcon(theme::icon(iconName));
    button->setIconSize(QSize(16, 16));
    button->setAutoRaise(true);
    button->setFixedSize(28, 28);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

PlainLabel::PlainLabel(Kind kind, QWidget* parent) : QLabel(parent), m_kind(kind)
{
    setTextFormat(Qt::PlainText);
    restyle();
}

PlainLabel::PlainLabel(const QString& text, Kind kind, QWidget* parent) : PlainLabel(kind, parent) { setText(text); }

void PlainLabel::restyle()
{
    m_busy = true;
    switch (m_kind) {
    case Kind::Body:
    case Kind::Muted:
        break;
    case Kind::Problem:
    case Kind::Strong:
        setFont(theme::strongFont());
        break;
    case Kind::Heading:
        setFont(theme::headingFont());
        break;
    case Kind::Monospace:
        setFont(theme::monospaceFont());
        break;
    }
    if (m_kind == Kind::Muted || m_kind == Kind::Problem) {
        QPalette colours = QApplication::palette();
        const theme::Colours& c = theme::Colours::of(colours);
        colours.setColor(QPalette::WindowText, m_kind == Kind::Muted ? c.muted : c.failure);
        setPalette(colours);
    }
    m_busy = false;
}

void PlainLabel::changeEvent(QEvent* event)
{
    QLabel::changeEvent(event);
    if (!m_busy && (event->type() == QEvent::PaletteChange || event->type() == QEvent::ApplicationPaletteChange))
        restyle();
}

ElidedLabel::ElidedLabel(QWidget* parent) : QWidget(parent) { setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed); }

void ElidedLabel::setText(const QString& text)
{
    m_text = lineSafe(text);
    setToolTip(toolTipSafe(text));
    setAccessibleName(m_text);
    updateGeometry();
    update();
}

QSize ElidedLabel::sizeHint() const { return {fontMetrics().horizontalAdvance(m_text), fontMetrics().height()}; }
QSize ElidedLabel::minimumSizeHint() const { return {40, fontMetrics().height()}; }

void ElidedLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, fontMetrics().elidedText(m_text, Qt::ElideRight, width()));
}

} // namespace medic
