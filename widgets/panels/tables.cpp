// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/tables.h"

#include "widgets/text/table_text.h"

#include <QApplication>
#include <QHeaderView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTextLayout>
#include <QTreeView>

namespace medic {

namespace {

/// Two lines of words, cut with "…" behind the second.
class WrapDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const QSize one = QStyledItemDelegate::sizeHint(option, index);
        return {one.width(), 2 * lineHeight(option.fontMetrics) + 8};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& given, const QModelIndex& index) const override
    {
        QStyleOptionViewItem option = given;
        initStyleOption(&option, index);
        const QString words = option.text;
        option.text.clear();
        const QStyle* style = option.widget ? option.widget->style() : QApplication::style();
        style->drawControl(QStyle::CE_ItemViewItem, &option, painter, option.widget);
        const int margin = style->pixelMetric(QStyle::PM_FocusFrameHMargin, &option, option.widget) + 1;
        const QRect room = option.rect.adjusted(margin, 0, -margin, 0);
        painter->save();
        painter->setFont(option.font);
        painter->setPen(option.palette.color(option.state.testFlag(QStyle::State_Selected) ? QPalette::HighlightedText : QPalette::Text));
        const int height = lineHeight(option.fontMetrics);
        if (option.fontMetrics.horizontalAdvance(words) <= room.width()) {
            painter->drawText(room, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, words);
        } else {
            QTextLayout layout(words, option.font);
            layout.beginLayout();
            QTextLine line = layout.createLine();
            line.setLineWidth(room.width());
            layout.endLayout();
            const int top = room.top() + (room.height() - 2 * height) / 2;
            painter->drawText(QRect(room.left(), top, room.width(), height), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                              words.left(line.textLength()));
            painter->drawText(QRect(room.left(), top + height, room.width(), height), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                              option.fontMetrics.elidedText(words.mid(line.textLength()), Qt::ElideRight, room.width()));
        }
        painter->restore();
    }

private:
    /// Han reach further down than the Latin face that the metrics are of.
    static int lineHeight(const QFontMetrics& metrics) { return metrics.height() + 3; }
};

} // namespace

QTreeView* newTree()
{
    auto* view = new QTreeView;
    view->setFrameShape(QFrame::NoFrame);
    view->setUniformRowHeights(true);
    view->setAllColumnsShowFocus(true);
    view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setSortingEnabled(true);
    view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view->setTextElideMode(Qt::ElideRight);
    view->header()->setHighlightSections(false);
    view->header()->setStretchLastSection(false);
    view->header()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    makeCopyable(view);
    return view;
}

void columns(QTreeView* view, const QList<QPair<int, int>>& widths, int stretch)
{
    for (const auto& [column, width] : widths)
        view->header()->resizeSection(column, width);
    view->header()->setSectionResizeMode(stretch, QHeaderView::Stretch);
}

void hideEmptyColumns(QTreeView* view, const QList<int>& optional)
{
    const QAbstractItemModel& model = *view->model();
    for (const int column : optional) {
        bool some = false;
        for (int row = 0; row < model.rowCount() && !some; ++row)
            some = !model.index(row, column).data().toString().isEmpty();
        view->setColumnHidden(column, !some);
    }
}

void wrapColumn(QTreeView* view, int column) { view->setItemDelegateForColumn(column, new WrapDelegate(view)); }

} // namespace medic
