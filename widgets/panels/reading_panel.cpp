// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/reading_panel.h"

#include "widgets/panels/reference_line.h"
#include "widgets/text/escape.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

#include <QEvent>
#include <QVBoxLayout>

namespace medic {

ReadingPanel::ReadingPanel(QWidget* parent) : QScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
}

void ReadingPanel::rebuild()
{
    beforeRebuild();
    auto* content = new QWidget;
    m_page = new QVBoxLayout(content);
    m_page->setContentsMargins(theme::pageMargin, theme::gridStep, theme::groupGap, theme::pageMargin);
    m_page->setSpacing(theme::innerGap);
    setWidget(content); // deletes the page before
    build();
    fit();
}

PlainLabel* ReadingPanel::paragraph(const QString& text, PlainLabel::Kind kind)
{
    auto* label = new PlainLabel(plainSafe(text), kind);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_page->addWidget(label);
    return label;
}

void ReadingPanel::heading(const QString& words)
{
    m_page->addSpacing(theme::groupGap);
    m_page->addWidget(new PlainLabel(words, PlainLabel::Kind::Strong));
}

QPushButton* ReadingPanel::nextAction(const QString& words, const QString& icon)
{
    auto* button = new PrimaryButton;
    button->setText(words);
    button->setIcon(theme::icon(icon, theme::Ink::OnAccent));
    auto* row = new QHBoxLayout;
    row->addWidget(button);
    row->addStretch(1);
    m_page->addSpacing(theme::innerGap);
    m_page->addLayout(row);
    return button;
}

void ReadingPanel::references(const std::vector<Reference>& all, const QString& title)
{
    if (all.empty())
        return;
    heading(title);
    for (const Reference& reference : all) {
        m_page->addWidget(referenceLine(reference));
        if (!reference.fact.empty())
            paragraph(QString::fromStdString(reference.fact), PlainLabel::Kind::Muted);
    }
}

/// A word without a place to break must not make the page wider than what can be seen of it.
void ReadingPanel::fit()
{
    if (widget())
        widget()->setMaximumWidth(qMax(280, viewport()->width()));
}

void ReadingPanel::resizeEvent(QResizeEvent* event)
{
    fit(); // before the page is given its new size
    QScrollArea::resizeEvent(event);
}

void ReadingPanel::changeEvent(QEvent* event)
{
    QScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_page)
        rebuild(); // marks are pictures in the palette's colours
}

} // namespace medic
