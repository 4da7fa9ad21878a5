// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/filter_bar.h"

#include "diagnostics/collect/words.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/state.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QToolButton>

namespace medic {

FilterBar::FilterBar(const QList<Verdict>& verdicts, QWidget* parent) : QWidget(parent), m_words(new QLineEdit(this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(theme::innerGap);
    m_words->addAction(theme::icon(QStringLiteral("filter"), theme::Ink::Muted), QLineEdit::LeadingPosition);
    m_words->setClearButtonEnabled(true);
    m_words->setMaximumWidth(420);
    m_words->setMinimumWidth(130);
    layout->addWidget(m_words, 1);
    layout->addSpacing(theme::gridStep);
    for (const Verdict verdict : verdicts) {
        auto* button = new QToolButton(this);
        button->setCheckable(true);
        button->setAutoRaise(true);
        button->setIcon(theme::stateIcon(verdict));
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setFocusPolicy(Qt::TabFocus);
        connect(button, &QToolButton::toggled, this, [this] { Q_EMIT shownChanged(shown()); });
        layout->addWidget(button);
        m_buttons.insert(verdict, button);
    }
    layout->addStretch(1);
    connect(m_words, &QLineEdit::textChanged, this, &FilterBar::textChanged);
    retranslate();
}

void FilterBar::setCounts(const QMap<Verdict, int>& counts)
{
    if (counts == m_counts)
        return;
    m_counts = counts;
    retranslate();
}

void FilterBar::setShown(const QSet<Verdict>& wanted)
{
    for (auto at = m_buttons.cbegin(); at != m_buttons.cend(); ++at) {
        const QSignalBlocker blocker(at.value());
        at.value()->setChecked(wanted.contains(at.key()));
    }
    Q_EMIT shownChanged(shown());
}

QSet<Verdict> FilterBar::shown() const
{
    QSet<Verdict> result;
    for (auto at = m_buttons.cbegin(); at != m_buttons.cend(); ++at)
        if (at.value()->isChecked())
            result.insert(at.key());
    return result;
}

void FilterBar::setText(const QString& text) { m_words->setText(text); }
QString FilterBar::text() const { return m_words->text(); }
void FilterBar::setPlaceholder(const QString& text)
{
    m_words->setPlaceholderText(text);
    m_words->setAccessibleName(text);
}

void FilterBar::takeFocus()
{
    m_words->setFocus(Qt::ShortcutFocusReason);
    m_words->selectAll();
}

bool FilterBar::clearWords()
{
    if (m_words->text().isEmpty())
        return false;
    m_words->clear();
    return true;
}

void FilterBar::retranslate()
{
    for (auto at = m_buttons.cbegin(); at != m_buttons.cend(); ++at) {
        const QString word = words::verdict(at.key());
        at.value()->setAccessibleName(QStringLiteral("%1: %2").arg(word).arg(m_counts.value(at.key())));
        at.value()->setToolTip(tr("Only: %1").arg(word));
    }
    writeButtons();
}

void FilterBar::writeButtons()
{
    for (auto at = m_buttons.cbegin(); at != m_buttons.cend(); ++at) {
        const QString count = QString::number(m_counts.value(at.key()));
        at.value()->setText(m_worded ? QStringLiteral("%1 %2").arg(words::verdict(at.key()), count) : count);
    }
}

void FilterBar::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    if (const bool worded = width() >= 150 + 120 * int(m_buttons.size()); worded != m_worded) {
        m_worded = worded;
        writeButtons();
    }
}

} // namespace medic
