// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/empty_state.h"

#include "widgets/panels/buttons.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

#include <QApplication>
#include <QEvent>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

namespace medic {

EmptyState::EmptyState(const QString& iconName, QWidget* parent)
    : QWidget(parent)
    , m_iconName(iconName)
    , m_icon(new QLabel(this))
    , m_title(new PlainLabel(PlainLabel::Kind::Heading, this))
    , m_sentence(new PlainLabel(PlainLabel::Kind::Muted, this))
    , m_button(new PrimaryButton(this))
{
    m_sentence->setWordWrap(true);
    m_sentence->setMaximumWidth(560);
    m_sentence->setMinimumWidth(320);
    m_sentence->setAlignment(Qt::AlignHCenter);
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(theme::gridStep);
    layout->addStretch(2);
    layout->addWidget(m_icon, 0, Qt::AlignHCenter);
    layout->addWidget(m_title, 0, Qt::AlignHCenter);
    layout->addWidget(m_sentence, 0, Qt::AlignHCenter);
    layout->addSpacing(theme::innerGap);
    layout->addWidget(m_button, 0, Qt::AlignHCenter);
    layout->addStretch(3);
    m_button->hide();
    connect(m_button, &QPushButton::clicked, this, &EmptyState::pressed);
    paintIconLabel();
}

void EmptyState::setWords(const QString& title, const QString& sentence, const QString& button)
{
    m_title->setText(title);
    m_sentence->setText(sentence);
    // A wrapped label in an aligned cell does not ask for the height that it needs.
    m_sentence->setFixedWidth(qMin(560, qMax(320, m_sentence->fontMetrics().horizontalAdvance(sentence) + 8)));
    m_sentence->setMinimumHeight(m_sentence->heightForWidth(m_sentence->width()));
    m_button->setText(button);
    m_button->setVisible(!button.isEmpty());
}

void EmptyState::setIconName(const QString& iconName)
{
    m_iconName = iconName;
    paintIconLabel();
}

void EmptyState::paintIconLabel()
{
    m_icon->setPixmap(theme::icon(m_iconName, theme::Ink::NotApplicable).pixmap(QSize(40, 40), devicePixelRatioF()));
}

void EmptyState::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange)
        paintIconLabel();
    QWidget::changeEvent(event);
}

} // namespace medic
