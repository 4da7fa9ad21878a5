// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/heat_map.h"

#include "diagnostics/collect/words.h"
#include "widgets/text/escape.h"
#include "widgets/text/name_order.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/state.h"

#include <QContextMenuEvent>
#include <QFileDialog>
#include <QHelpEvent>
#include <QImage>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QSvgGenerator>
#include <QToolTip>

#include <algorithm>

namespace medic {

using Progress = collect::NodeProgress;

namespace {

int roleRank(const QString& role)
{
    if (role == QLatin1String("control-plane"))
        return 0;
    return role.isEmpty() ? 3 : role == QLatin1String("worker") ? 2 : 1;
}

} // namespace

HeatMap::HeatMap(QWidget* parent) : QAbstractScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setAutoFillBackground(false);
    viewport()->setMouseTracking(true);
    setAccessibleName(tr("Heat map of the nodes"));
}

void HeatMap::setNodes(const QList<NodeRow>& nodes)
{
    const QString kept = current();
    m_nodes = nodes;
    const QCollator collator = nameOrder();
    std::stable_sort(m_nodes.begin(), m_nodes.end(), [&collator](const NodeRow& a, const NodeRow& b) {
        if (roleRank(a.role) != roleRank(b.role))
            return roleRank(a.role) < roleRank(b.role);
        return a.role != b.role ? a.role < b.role : collator.compare(a.id, b.id) < 0;
    });
    m_counts.clear();
    for (const NodeRow& node : m_nodes) {
        const QString title = node.role.isEmpty() ? tr("role not known") : lineSafe(node.role);
        if (m_counts.isEmpty() || m_counts.back().first != title)
            m_counts.append({title, 0});
        ++m_counts.back().second;
    }
    m_current = -1;
    for (int i = 0; i < int(m_nodes.size()); ++i)
        if (m_nodes[i].id == kept)
            m_current = i;
    relay();
}

HeatGeometry HeatMap::layFor(int width) const
{
    int nameWidth = 0;
    for (qsizetype i = 0; i < std::min<qsizetype>(m_nodes.size(), 48); ++i)
        nameWidth = std::max(nameWidth, fontMetrics().horizontalAdvance(lineSafe(m_nodes[i].id)));
    return HeatGeometry::lay(m_counts, width, nameWidth, fontMetrics().height());
}

void HeatMap::relay()
{
    m_geometry = layFor(viewport()->width());
    verticalScrollBar()->setRange(0, std::max(0, m_geometry.height - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(m_geometry.cell.height());
    updateGeometry();
    viewport()->update();
}

int HeatMap::heightFor(int width) const { return layFor(width).height + 2; }
QSize HeatMap::sizeHint() const { return {600, std::min(240, heightFor(std::max(200, width())))}; }

void HeatMap::setCurrent(const QString& node)
{
    for (int i = 0; i < int(m_nodes.size()); ++i)
        if (m_nodes[i].id == node && i != m_current) {
            m_current = i;
            viewport()->update();
        }
}

QString HeatMap::current() const { return m_current >= 0 && m_current < m_nodes.size() ? m_nodes[m_current].id : QString(); }

QString HeatMap::nodeAt(const QPoint& at) const
{
    const int cell = m_geometry.cellAt(at + QPoint(0, verticalScrollBar()->value()));
    return cell >= 0 && cell < m_nodes.size() ? m_nodes[cell].id : QString();
}

void HeatMap::select(int cell)
{
    if (cell < 0 || cell >= m_nodes.size())
        return;
    m_current = cell;
    const QRect rect = m_geometry.rectOf(cell);
    QScrollBar* bar = verticalScrollBar();
    if (rect.top() < bar->value())
        bar->setValue(rect.top());
    else if (rect.bottom() > bar->value() + viewport()->height())
        bar->setValue(rect.bottom() - viewport()->height() + 2);
    setAccessibleDescription(QStringLiteral("%1, %2").arg(lineSafe(m_nodes[cell].id), words::verdict(m_nodes[cell].verdict)));
    viewport()->update();
    Q_EMIT currentChanged(m_nodes[cell].id);
}

void HeatMap::paintCells(QPainter* painter, const QRect& clip) const
{
    const theme::Colours& c = theme::Colours::of(palette());
    for (const HeatGeometry::Group& group : m_geometry.groups)
        if (!group.titleRect.isEmpty() && group.titleRect.intersects(clip)) {
            painter->setPen(c.muted);
            painter->drawText(group.titleRect, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                              QStringLiteral("%1 · %2").arg(group.title).arg(group.count));
        }
    for (int i = 0; i < int(m_nodes.size()); ++i) {
        const QRect rect = m_geometry.rectOf(i);
        if (!rect.intersects(clip))
            continue;
        const NodeRow& node = m_nodes[i];
        const bool busy = node.state == Progress::State::Connecting || node.state == Progress::State::Running
            || node.state == Progress::State::Waiting;
        const QColor& state = c.state(node.verdict);
        const bool loud = !busy && (node.verdict == Verdict::Failure || node.verdict == Verdict::Warning);
        painter->setPen(Qt::NoPen);
        if (m_geometry.named) {
            painter->fillRect(rect, c.base);
            painter->fillRect(QRect(rect.topLeft(), QSize(loud ? 4 : 2, rect.height())), busy ? c.line : state);
            if (busy && node.total > 0)
                painter->fillRect(QRect(rect.x(), rect.bottom() - 1, rect.width() * node.done / node.total, 2), c.accent);
            const QRectF mark(rect.x() + 10, rect.center().y() - 6, 13, 13);
            if (!busy)
                theme::paintState(painter, mark, node.verdict, palette());
            painter->setPen(busy ? c.muted : c.text);
            const QRect words = rect.adjusted(busy ? 12 : 29, 0, -6, 0);
            painter->drawText(words, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                              fontMetrics().elidedText(lineSafe(node.id), Qt::ElideMiddle, words.width()));
        } else {
            // Shape as well as colour: full for a failure, a lower triangle for a warning, an outline for unknown.
            painter->fillRect(rect, busy ? c.base : loud ? c.base : c.line);
            if (node.verdict == Verdict::Failure && !busy) {
                painter->fillRect(rect, state);
            } else if (node.verdict == Verdict::Warning && !busy) {
                painter->setBrush(state);
                painter->setRenderHint(QPainter::Antialiasing);
                painter->drawPolygon(QPolygonF({QPointF(rect.center().x() + 0.5, rect.top()), QPointF(rect.right() + 1, rect.bottom() + 1),
                                                QPointF(rect.left(), rect.bottom() + 1)}));
                painter->setRenderHint(QPainter::Antialiasing, false);
            } else if (node.verdict == Verdict::Unknown && !busy) {
                painter->fillRect(rect, c.base);
                painter->setPen(QPen(state, rect.width() > 12 ? 2 : 1));
                painter->setBrush(Qt::NoBrush);
                painter->drawRect(rect.adjusted(1, 1, -1, -1));
            } else if (busy) {
                painter->setPen(c.line);
                painter->setBrush(Qt::NoBrush);
                painter->drawRect(rect.adjusted(0, 0, -1, -1));
                if (node.total > 0 && node.done > 0) {
                    const int filled = rect.height() * node.done / node.total;
                    painter->fillRect(rect.x(), rect.bottom() - filled + 1, rect.width(), filled, c.accent);
                }
            }
        }
        if (i == m_current) {
            painter->setPen(QPen(c.text, 2));
            painter->setBrush(Qt::NoBrush);
            painter->drawRect(rect.adjusted(0, 0, -1, -1));
        }
    }
}

void HeatMap::paintEvent(QPaintEvent* event)
{
    QPainter painter(viewport());
    const int shift = verticalScrollBar()->value();
    painter.translate(0, -shift);
    paintCells(&painter, event->rect().translated(0, shift));
}

bool HeatMap::save(const QString& file)
{
    const QSize size(std::max(200, viewport()->width()), std::max(1, m_geometry.height + 2));
    if (file.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
        QSvgGenerator svg;
        svg.setFileName(file);
        svg.setSize(size);
        svg.setViewBox(QRect(QPoint(0, 0), size));
        QPainter painter;
        if (!painter.begin(&svg))
            return false;
        painter.setFont(font());
        paintCells(&painter, QRect(QPoint(0, 0), size));
        return painter.end();
    }
    QImage image(size * 2, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(2);
    image.fill(palette().color(QPalette::Window));
    QPainter painter(&image);
    painter.setFont(font());
    paintCells(&painter, QRect(QPoint(0, 0), size));
    painter.end();
    return image.save(file);
}

void HeatMap::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    relay();
}

void HeatMap::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Left:
        return select(m_geometry.step(m_current, -1, 0));
    case Qt::Key_Right:
        return select(m_geometry.step(m_current, 1, 0));
    case Qt::Key_Up:
        return select(m_geometry.step(m_current, 0, -1));
    case Qt::Key_Down:
        return select(m_geometry.step(m_current, 0, 1));
    case Qt::Key_Home:
        return select(0);
    case Qt::Key_End:
        return select(int(m_nodes.size()) - 1);
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        if (!current().isEmpty())
            Q_EMIT activated(current());
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

void HeatMap::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        select(m_geometry.cellAt(event->position().toPoint() + QPoint(0, verticalScrollBar()->value())));
}

void HeatMap::mouseDoubleClickEvent(QMouseEvent* event)
{
    const QString node = nodeAt(event->position().toPoint());
    if (!node.isEmpty())
        Q_EMIT activated(node);
}

void HeatMap::changeEvent(QEvent* event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::LanguageChange) {
        setAccessibleName(tr("Heat map of the nodes"));
        setNodes(m_nodes);
    } else if (event->type() == QEvent::FontChange) {
        relay();
    }
}

void HeatMap::contextMenuEvent(QContextMenuEvent* event)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    connect(menu->addAction(theme::icon(QStringLiteral("picture")), tr("Save as a picture…")), &QAction::triggered, this, [this] {
        auto* dialog = new QFileDialog(this, tr("Save the heat map"), {}, QStringLiteral("PNG (*.png);;SVG (*.svg)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->setDefaultSuffix(QStringLiteral("png"));
        connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
            if (!save(file))
                QToolTip::showText(mapToGlobal(rect().center()), toolTipSafe(tr("Cannot write %1").arg(file)), this);
        });
        dialog->open();
    });
    menu->popup(event->globalPos());
}

bool HeatMap::viewportEvent(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QAbstractScrollArea::viewportEvent(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int cell = m_geometry.cellAt(help->pos() + QPoint(0, verticalScrollBar()->value()));
    if (cell < 0 || cell >= m_nodes.size()) {
        QToolTip::hideText();
        return true;
    }
    const NodeRow& node = m_nodes[cell];
    QString text = QStringLiteral("%1 · %2").arg(node.id, words::verdict(node.verdict));
    if (!node.reason.isEmpty())
        text += u'\n' + node.reason;
    QToolTip::showText(help->globalPos(), toolTipSafe(text), viewport(), m_geometry.rectOf(cell).translated(0, -verticalScrollBar()->value()));
    return true;
}

} // namespace medic
