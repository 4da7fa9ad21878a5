// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/command_palette.h"

#include "widgets/text/escape.h"
#include "widgets/text/fuzzy.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace medic {

CommandPalette::CommandPalette(QWidget* parent) : QFrame(parent), m_field(new QLineEdit), m_list(new QListWidget)
{
    setFrameShape(QFrame::Box);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::gridStep, theme::gridStep, theme::gridStep, theme::gridStep);
    m_field->addAction(theme::icon(QStringLiteral("search"), theme::Ink::Muted), QLineEdit::LeadingPosition);
    m_field->setMinimumHeight(36);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setTextElideMode(Qt::ElideRight);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    layout->addWidget(m_field);
    layout->addWidget(m_list, 1);
    m_field->installEventFilter(this);
    connect(m_field, &QLineEdit::textChanged, this, &CommandPalette::search);
    connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::choose);
    hide();
}

void CommandPalette::popUp(const QList<PaletteItem>& items, std::function<QList<PaletteItem>(const QString&)> more)
{
    m_items = items;
    m_more = std::move(more);
    m_field->setPlaceholderText(tr("Paste an error, ask a path, find anything…"));
    m_field->setAccessibleName(m_field->placeholderText());
    const int width = qMin(680, parentWidget()->width() - 80);
    setGeometry((parentWidget()->width() - width) / 2, 56, width, qMin(420, parentWidget()->height() - 120));
    m_field->clear();
    search();
    show();
    raise();
    m_field->setFocus(Qt::ShortcutFocusReason);
}

void CommandPalette::search()
{
    const QString wanted = m_field->text();
    QList<QPair<int, PaletteItem>> scored;
    for (const PaletteItem& item : m_items) {
        const int score = qMax(fuzzyScore(wanted, item.title), fuzzyScore(wanted, item.detail) / 3);
        if (score > 0)
            scored.append({score, item});
    }
    std::stable_sort(scored.begin(), scored.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    m_shown.clear();
    if (m_more && !wanted.trimmed().isEmpty())
        m_shown = m_more(wanted);
    for (const auto& [score, item] : scored)
        if (m_shown.size() < 60)
            m_shown.append(item);
    m_list->clear();
    for (const PaletteItem& item : m_shown) {
        const QString words = item.detail.isEmpty() ? lineSafe(item.title) : QStringLiteral("%1   %2").arg(lineSafe(item.title), lineSafe(item.detail));
        m_list->addItem(new QListWidgetItem(theme::icon(item.icon, theme::Ink::Muted), words));
    }
    m_list->setCurrentRow(m_shown.isEmpty() ? -1 : 0);
}

void CommandPalette::choose()
{
    const int row = m_list->currentRow();
    if (row < 0 || row >= m_shown.size())
        return;
    const Place place = m_shown[row].place;
    hide();
    Q_EMIT chosen(place);
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_field && event->type() == QEvent::FocusOut)
        hide();
    if (watched != m_field || event->type() != QEvent::KeyPress)
        return QFrame::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    const int count = m_list->count();
    switch (key->key()) {
    case Qt::Key_Escape:
        hide();
        parentWidget()->setFocus();
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        choose();
        return true;
    case Qt::Key_Down:
        if (count > 0)
            m_list->setCurrentRow((m_list->currentRow() + 1) % count);
        return true;
    case Qt::Key_Up:
        if (count > 0)
            m_list->setCurrentRow((m_list->currentRow() + count - 1) % count);
        return true;
    default:
        return false;
    }
}

} // namespace medic
