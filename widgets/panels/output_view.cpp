// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/output_view.h"

#include "widgets/theme/colours.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QTextLayout>

#include <algorithm>

namespace medic {

OutputView::OutputView(QWidget* parent) : QAbstractScrollArea(parent)
{
    setFont(theme::monospaceFont());
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setCursor(Qt::IBeamCursor);
    viewport()->setBackgroundRole(QPalette::Base);
    viewport()->setAutoFillBackground(true);
    setAccessibleName(tr("Raw output"));
}

void OutputView::setOutput(const std::string& text, const std::vector<int>& litLines)
{
    m_lines = OutputLines(text);
    m_lit = std::set<int>(litLines.begin(), litLines.end());
    m_anchor = m_cursor = {};
    m_found = -1;
    m_current = 0;
    m_widest = 0;
    updateBars();
    verticalScrollBar()->setValue(0);
    horizontalScrollBar()->setValue(0);
    if (!m_lit.empty())
        showLit(1);
    viewport()->update();
}

int OutputView::lineHeight() const { return fontMetrics().height() + 2; }

int OutputView::gutterWidth() const
{
    return fontMetrics().horizontalAdvance(QString(qMax(3, QString::number(m_lines.lines()).size()), u'0')) + 20;
}

void OutputView::updateBars()
{
    const int visible = qMax(1, viewport()->height() / lineHeight());
    verticalScrollBar()->setRange(0, qMax(0, m_lines.rows() - visible));
    verticalScrollBar()->setPageStep(visible);
    verticalScrollBar()->setSingleStep(3);
    const int room = viewport()->width() - gutterWidth() - 8;
    horizontalScrollBar()->setRange(0, qMax(0, m_widest - room));
    horizontalScrollBar()->setPageStep(room);
    horizontalScrollBar()->setSingleStep(40);
}

int OutputView::firstVisibleRow() const { return verticalScrollBar()->value(); }

void OutputView::ensureVisible(int row)
{
    const int visible = qMax(1, viewport()->height() / lineHeight());
    if (row < firstVisibleRow() || row >= firstVisibleRow() + visible)
        verticalScrollBar()->setValue(row - visible / 3);
    viewport()->update();
}

void OutputView::showLine(int line)
{
    const int row = m_lines.rowOfLine(line);
    if (row >= 0)
        ensureVisible(row);
}

int OutputView::showLit(int direction)
{
    if (m_lit.empty())
        return 0;
    auto at = direction > 0 ? m_lit.upper_bound(m_current) : m_lit.lower_bound(m_current);
    if (direction > 0)
        m_current = at == m_lit.end() ? *m_lit.begin() : *at;
    else
        m_current = at == m_lit.begin() ? *m_lit.rbegin() : *std::prev(at);
    showLine(m_current);
    return m_current;
}

bool OutputView::find(const QString& words, int direction)
{
    m_found = m_lines.find(words, m_found >= 0 ? m_found : firstVisibleRow() - direction, direction);
    if (m_found < 0) {
        viewport()->update();
        return false;
    }
    const QString row = m_lines.row(m_found);
    const int column = int(row.indexOf(words, 0, Qt::CaseInsensitive));
    m_anchor = {m_found, qMax(0, column)};
    m_cursor = {m_found, column < 0 ? int(row.size()) : column + int(words.size())};
    ensureVisible(m_found);
    return true;
}

QString OutputView::selectedText() const
{
    const Spot from = std::min(m_anchor, m_cursor);
    const Spot to = std::max(m_anchor, m_cursor);
    QString result;
    for (int row = from.row; row <= to.row && row < m_lines.rows(); ++row) {
        const QString text = m_lines.row(row);
        const int begin = row == from.row ? from.column : 0;
        const int end = row == to.row ? to.column : int(text.size());
        result += text.mid(begin, end - begin);
        if (row < to.row && m_lines.beginsLine(row + 1))
            result += u'\n';
    }
    return result;
}

void OutputView::selectAll()
{
    m_anchor = {};
    const int last = qMax(0, m_lines.rows() - 1);
    m_cursor = {last, int(m_lines.row(last).size())};
    viewport()->update();
}

void OutputView::layRow(QTextLayout& layout) const
{
    layout.setCacheEnabled(false);
    layout.beginLayout();
    QTextLine line = layout.createLine();
    if (line.isValid())
        line.setLineWidth(1e7);
    layout.endLayout();
}

OutputView::Spot OutputView::spotAt(const QPoint& point) const
{
    const int row = std::clamp(firstVisibleRow() + (point.y() < 0 ? -1 : point.y() / lineHeight()), 0, qMax(0, m_lines.rows() - 1));
    QTextLayout layout(m_lines.row(row), font());
    layRow(layout);
    const int x = point.x() - gutterWidth() + horizontalScrollBar()->value();
    return {row, layout.lineCount() > 0 ? layout.lineAt(0).xToCursor(x) : 0};
}

void OutputView::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    const theme::Colours& c = theme::Colours::of(palette());
    const int height = lineHeight();
    const int gutter = gutterWidth();
    const int shift = horizontalScrollBar()->value();
    const Spot from = std::min(m_anchor, m_cursor);
    const Spot to = std::max(m_anchor, m_cursor);
    const int widestBefore = m_widest;
    int y = 0;
    for (int row = firstVisibleRow(); row < m_lines.rows() && y < viewport()->height(); ++row, y += height) {
        const int number = m_lines.lineOfRow(row);
        const bool lit = m_lit.contains(number);
        const QRect whole(0, y, viewport()->width(), height);
        if (lit) {
            painter.fillRect(whole, c.matched);
            painter.fillRect(QRect(0, y, 3, height), c.warning);
        }
        QTextLayout layout(m_lines.row(row), font());
        layRow(layout);
        m_widest = qMax(m_widest, int(layout.lineCount() > 0 ? layout.lineAt(0).naturalTextWidth() : 0));
        painter.setClipRect(QRect(gutter, y, viewport()->width() - gutter, height));
        QList<QTextLayout::FormatRange> marks;
        if (from != to && row >= from.row && row <= to.row) {
            QTextLayout::FormatRange mark;
            mark.start = row == from.row ? from.column : 0;
            mark.length = (row == to.row ? to.column : int(layout.text().size())) - mark.start;
            mark.format.setBackground(c.selection);
            mark.format.setForeground(c.onSelection);
            marks.append(mark);
        }
        painter.setPen(c.text);
        layout.draw(&painter, QPointF(gutter - shift, y + 1), marks);
        painter.setClipping(false);
        if (m_lines.beginsLine(row)) {
            painter.setPen(lit ? c.text : c.muted);
            painter.drawText(QRect(0, y, gutter - 12, height), Qt::AlignRight | Qt::AlignVCenter, QString::number(number));
        }
    }
    if (m_widest != widestBefore)
        QMetaObject::invokeMethod(this, &OutputView::updateBars, Qt::QueuedConnection);
}

void OutputView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateBars();
}

void OutputView::keyPressEvent(QKeyEvent* event)
{
    QScrollBar* bar = verticalScrollBar();
    if (event->matches(QKeySequence::Copy)) {
        const QString text = selectedText();
        if (!text.isEmpty())
            QApplication::clipboard()->setText(text);
        return;
    }
    if (event->matches(QKeySequence::SelectAll))
        return selectAll();
    switch (event->key()) {
    case Qt::Key_Home:
        return bar->setValue(0);
    case Qt::Key_End:
        return bar->setValue(bar->maximum());
    case Qt::Key_Up:
        return bar->setValue(bar->value() - 1);
    case Qt::Key_Down:
        return bar->setValue(bar->value() + 1);
    case Qt::Key_N:
        showLit(event->modifiers().testFlag(Qt::ShiftModifier) ? -1 : 1);
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

void OutputView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_cursor = spotAt(event->position().toPoint());
    if (!event->modifiers().testFlag(Qt::ShiftModifier))
        m_anchor = m_cursor;
    viewport()->update();
}

void OutputView::mouseMoveEvent(QMouseEvent* event)
{
    if (!event->buttons().testFlag(Qt::LeftButton))
        return;
    const QPoint at = event->position().toPoint();
    if (at.y() < 0)
        verticalScrollBar()->setValue(verticalScrollBar()->value() - 1);
    else if (at.y() > viewport()->height())
        verticalScrollBar()->setValue(verticalScrollBar()->value() + 1);
    m_cursor = spotAt(at);
    viewport()->update();
}

void OutputView::mouseDoubleClickEvent(QMouseEvent* event)
{
    // The word under the pointer, as addresses and names are written.
    const Spot at = spotAt(event->position().toPoint());
    const QString text = m_lines.row(at.row);
    const auto part = [](QChar c) { return c.isLetterOrNumber() || QStringLiteral("._:/-").contains(c); };
    int begin = at.column;
    int end = at.column;
    while (begin > 0 && part(text[begin - 1]))
        --begin;
    while (end < text.size() && part(text[end]))
        ++end;
    m_anchor = {at.row, begin};
    m_cursor = {at.row, end};
    viewport()->update();
}

void OutputView::contextMenuEvent(QContextMenuEvent* event)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction* copy = menu->addAction(theme::icon(QStringLiteral("copy")), tr("Copy"));
    copy->setEnabled(m_anchor != m_cursor);
    connect(copy, &QAction::triggered, this, [this] { QApplication::clipboard()->setText(selectedText()); });
    connect(menu->addAction(tr("Select all")), &QAction::triggered, this, &OutputView::selectAll);
    menu->popup(event->globalPos());
}

void OutputView::changeEvent(QEvent* event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        setAccessibleName(tr("Raw output"));
    else if (event->type() == QEvent::FontChange)
        updateBars();
}

} // namespace medic
