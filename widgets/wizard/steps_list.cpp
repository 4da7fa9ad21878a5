// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/wizard/steps_list.h"

#include "widgets/text/escape.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/fonts.h"
#include "widgets/wizard/wizard_words.h"

#include <QEvent>
#include <QPainter>
#include <QStyledItemDelegate>

namespace medic {

using namespace playbooks;

namespace {

/// One step in two lines; nothing is boxed, the shown one has the selection's colour.
class StepDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex& at) const override
    {
        const int line = QFontMetrics(theme::bodyFont()).height();
        return {120, at.data(StepsList::SentenceRole).toString().isEmpty() ? line + 12 : 2 * line + 12};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& at) const override
    {
        const theme::Colours& c = theme::Colours::of(option.palette);
        const QRect box = option.rect;
        const bool current = at.data(StepsList::CurrentRole).toBool();
        const bool enabled = (at.flags() & Qt::ItemIsEnabled) != 0;
        if (option.state.testFlag(QStyle::State_Selected))
            painter->fillRect(box, c.selection);
        if (current)
            painter->fillRect(QRect(box.left(), box.top() + 2, 3, box.height() - 4), c.accent);
        const int line = QFontMetrics(theme::bodyFont()).height();
        const QIcon icon = theme::icon(at.data(StepsList::IconRole).toString(), static_cast<theme::Ink>(at.data(StepsList::InkRole).toInt()));
        icon.paint(painter, QRect(box.left() + 12, box.top() + 6 + (line - 16) / 2, 16, 16));
        const int x = box.left() + 36;
        const int room = box.right() - 8 - x;
        painter->setFont(current ? theme::strongFont() : theme::bodyFont());
        painter->setPen(enabled ? c.text : c.muted);
        painter->drawText(QRect(x, box.top() + 6, room, line), Qt::AlignVCenter | Qt::TextSingleLine,
                          painter->fontMetrics().elidedText(at.data(StepsList::TitleRole).toString(), Qt::ElideRight, room));
        const QString sentence = at.data(StepsList::SentenceRole).toString();
        if (sentence.isEmpty())
            return;
        painter->setFont(theme::bodyFont());
        painter->setPen(c.muted);
        painter->drawText(QRect(x, box.top() + 6 + line, room, line), Qt::AlignVCenter | Qt::TextSingleLine,
                          painter->fontMetrics().elidedText(sentence, Qt::ElideRight, room));
    }
};

} // namespace

StepsList::StepsList(QWidget* parent) : QListWidget(parent)
{
    setFrameShape(QFrame::NoFrame);
    setItemDelegate(new StepDelegate(this));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(ScrollPerPixel);
    setSelectionMode(SingleSelection);
    setUniformItemSizes(false);
    const auto open = [this](QListWidgetItem* item) {
        if (item != nullptr && (item->flags() & Qt::ItemIsEnabled) != 0)
            Q_EMIT opened(item->data(IdRole).toString());
    };
    connect(this, &QListWidget::itemClicked, this, open);
    connect(this, &QListWidget::itemActivated, this, open);
}

void StepsList::update(const Runner& runner, const QString& shown)
{
    const QSignalBlocker quiet(this);
    const auto& steps = runner.playbook().steps;
    while (count() > static_cast<int>(steps.size()))
        delete takeItem(count() - 1);
    const Step* now = runner.current();
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const Step& step = steps[i];
        const int row = static_cast<int>(i);
        if (row >= count())
            addItem(new QListWidgetItem);
        QListWidgetItem* one = item(row);
        const Visit* visit = runner.lastVisit(step.id);
        const StepStatus status = visit == nullptr ? StepStatus::Pending : visit->status;
        const wizard::Mark mark = wizard::markOf(status, visit);
        const QString title = wizard::words(step.title);
        QStringList sentence;
        if (visit != nullptr && status != StepStatus::Current && status != StepStatus::Skipped) {
            if (const QString result = wizard::resultWord(step, *visit); !result.isEmpty() && status != StepStatus::Undecided)
                sentence << result;
            if (status == StepStatus::Undecided)
                sentence << wizard::statusWord(status);
            if (!visit->by.empty())
                sentence << wizard::whoWord(*visit);
        } else if (visit != nullptr && status == StepStatus::Skipped) {
            sentence << wizard::statusWord(status);
        }
        if (visit != nullptr && !visit->notes.empty())
            sentence << tr("notes: %n", nullptr, static_cast<int>(visit->notes.size()));
        one->setData(TitleRole, QStringLiteral("%1. %2").arg(row + 1).arg(title));
        one->setData(SentenceRole, sentence.join(QStringLiteral(" · ")));
        one->setData(IconRole, mark.icon);
        one->setData(InkRole, static_cast<int>(mark.ink));
        one->setData(CurrentRole, now != nullptr && now->id == step.id);
        one->setData(IdRole, QString::fromStdString(step.id));
        one->setData(Qt::AccessibleTextRole, QStringLiteral("%1. %2: %3").arg(row + 1).arg(title, wizard::statusWord(status)));
        one->setData(Qt::ToolTipRole, visit == nullptr || visit->because.empty() ? QString() : toolTipSafe(wizard::words(visit->because)));
        one->setFlags(visit != nullptr ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags);
        one->setSizeHint({});
        if (QString::fromStdString(step.id) == shown) {
            setCurrentItem(one);
            scrollToItem(one);
        }
    }
    doItemsLayout();
    viewport()->update();
}

void StepsList::changeEvent(QEvent* event)
{
    QListWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        doItemsLayout();
}

} // namespace medic
