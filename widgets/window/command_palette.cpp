// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/command_palette.h"

#include "widgets/text/escape.h"
#include "widgets/text/fuzzy.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>

namespace medic {

namespace {

constexpr int mostLines = 60;
enum Role { DetailRole = Qt::UserRole + 1, LettersRole, LitFromRole, LitLengthRole, IconRole };

/// Icon, title with the letters that were found standing out, the detail faint at the right.
class LineDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override { return {100, option.fontMetrics.height() + 14}; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const theme::Colours& c = theme::Colours::of(option.palette);
        painter->save();
        const bool current = option.state.testFlag(QStyle::State_Selected);
        if (current)
            painter->fillRect(option.rect, c.selection);
        const QRect r = option.rect.adjusted(10, 0, -10, 0);
        theme::paintIcon(painter, QRectF(r.left(), r.center().y() - 7, 15, 15), index.data(IconRole).toString(), c.muted);
        painter->setFont(option.font);
        const QFontMetrics metrics = painter->fontMetrics();
        const QString title = index.data(Qt::DisplayRole).toString(), detail = index.data(DetailRole).toString();
        const int left = r.left() + 27;
        const int detailRoom = detail.isEmpty() ? 0 : std::min(metrics.horizontalAdvance(detail) + 4, (r.right() - left) / 2);
        const int right = r.right() - (detailRoom > 0 ? detailRoom + 16 : 0);
        const QString shown = metrics.elidedText(title, Qt::ElideRight, right - left);
        painter->setPen(current ? c.onSelection : c.text);
        painter->drawText(QRect(left, r.top(), right - left, r.height()), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, shown);
        // The letters that were found are underlined: shape, not colour alone.
        painter->setPen(QPen(c.accent, 2));
        const int base = r.center().y() + metrics.height() / 2;
        for (const QVariant& at : index.data(LettersRole).toList())
            if (const int i = at.toInt(); i < shown.size()) {
                const int x = left + metrics.horizontalAdvance(shown.left(i));
                painter->drawLine(x, base, x + metrics.horizontalAdvance(shown[i]) - 1, base);
            }
        if (detailRoom > 0) {
            const QRect room(r.right() - detailRoom, r.top(), detailRoom, r.height());
            const int litLength = index.data(LitLengthRole).toInt();
            if (litLength > 0) {
                const int from = room.left() + metrics.horizontalAdvance(detail.left(index.data(LitFromRole).toInt()));
                const int lit = metrics.horizontalAdvance(detail.mid(index.data(LitFromRole).toInt(), litLength));
                painter->fillRect(QRect(from, r.center().y() - metrics.height() / 2, std::max(0, std::min(lit, room.right() - from)), metrics.height()), c.matched);
            }
            painter->setPen(litLength > 0 ? c.text : c.muted);
            painter->drawText(room, (litLength > 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter | Qt::TextSingleLine,
                              metrics.elidedText(detail, Qt::ElideRight, detailRoom));
        }
        painter->restore();
    }
};

} // namespace

QList<PaletteItem> paletteMatches(const QList<PaletteItem>& items, const QString& letters, int most)
{
    std::vector<std::pair<int, qsizetype>> scored;
    for (qsizetype i = 0; i < items.size(); ++i) {
        const int score = std::max(fuzzyScore(letters, items[i].title), fuzzyScore(letters, items[i].detail) / 3);
        if (score > 0)
            scored.emplace_back(-score, i);
    }
    const auto end = scored.begin() + std::min<std::ptrdiff_t>(most, std::ptrdiff_t(scored.size()));
    std::partial_sort(scored.begin(), end, scored.end()); // equal scores keep their order
    QList<PaletteItem> result;
    for (auto at = scored.begin(); at != end; ++at)
        result.append(items[at->second]);
    return result;
}

CommandPalette::CommandPalette(QWidget* parent) : QFrame(parent), m_field(new QLineEdit), m_list(new QListWidget)
{
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme::gridStep, theme::gridStep, theme::gridStep, theme::gridStep);
    m_field->addAction(theme::icon(QStringLiteral("search"), theme::Ink::Muted), QLineEdit::LeadingPosition);
    m_field->setMinimumHeight(36);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setItemDelegate(new LineDelegate(m_list));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    layout->addWidget(m_field);
    layout->addWidget(m_list, 1);
    m_field->installEventFilter(this);
    connect(m_field, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_first.clear();
        search();
        Q_EMIT textChanged(text);
    });
    connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::choose);
    hide();
}

void CommandPalette::popUp(const QList<PaletteItem>& items)
{
    m_items = items;
    m_first.clear();
    m_field->setPlaceholderText(tr("Paste an error, ask a path, find anything…"));
    m_field->setAccessibleName(m_field->placeholderText());
    m_list->setAccessibleName(tr("What was found"));
    const int width = qMin(760, parentWidget()->width() - 80);
    setGeometry((parentWidget()->width() - width) / 2, 56, width, qMin(460, parentWidget()->height() - 120));
    const QSignalBlocker blocker(m_field);
    m_field->clear();
    search();
    QFrame::show();
    raise();
    m_field->setFocus(Qt::ShortcutFocusReason);
}

void CommandPalette::addFor(const QString& text, const QList<PaletteItem>& items)
{
    if (!isVisible() || text != m_field->text().trimmed() || items.isEmpty())
        return;
    m_first = items + m_first;
    search();
}

void CommandPalette::search()
{
    QList<PaletteItem> found = paletteMatches(m_items, m_field->text(), mostLines - int(m_first.size()));
    found.removeIf([this](const PaletteItem& one) {
        return std::any_of(m_first.begin(), m_first.end(), [&](const PaletteItem& other) { return other.place == one.place; });
    });
    show(m_first + found);
}

void CommandPalette::show(const QList<PaletteItem>& items)
{
    m_shown = items;
    m_list->clear();
    for (const PaletteItem& item : m_shown) {
        auto* line = new QListWidgetItem(lineSafe(item.title));
        line->setData(IconRole, item.icon);
        line->setData(DetailRole, lineSafe(item.detail));
        line->setData(LitFromRole, item.litFrom);
        line->setData(LitLengthRole, item.litLength);
        line->setData(Qt::AccessibleTextRole, item.detail.isEmpty() ? lineSafe(item.title) : QStringLiteral("%1, %2").arg(lineSafe(item.title), lineSafe(item.detail)));
        QList<int> at;
        if (!m_field->text().trimmed().isEmpty() && fuzzyScore(m_field->text(), item.title, &at) > 0) {
            QVariantList letters;
            for (const int i : at)
                letters << i;
            line->setData(LettersRole, letters);
        }
        m_list->addItem(line);
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
