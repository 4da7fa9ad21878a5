// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/path_canvas.h"

#include "widgets/packetpath/path_painter.h"
#include "widgets/packetpath/path_words.h"
#include "widgets/text/escape.h"
#include "widgets/theme/colours.h"

#include <QApplication>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

#include <cmath>

namespace medic::packetpath {

namespace {
constexpr double smallest = 0.15, largest = 3.0, leastReadable = 0.72;
} // namespace

PathCanvas::PathCanvas(QWidget* parent) : QAbstractScrollArea(parent), m_fonts(PathFonts::standard())
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    viewport()->setBackgroundRole(QPalette::Base);
    horizontalScrollBar()->setSingleStep(24);
    verticalScrollBar()->setSingleStep(24);
}

void PathCanvas::setPath(PathTree tree, const PathLayout::Options& options)
{
    m_tree = std::move(tree);
    m_options = options;
    m_chosen = m_hovered = {};
    m_fitted = true;
    relay();
    horizontalScrollBar()->setValue(0);
    verticalScrollBar()->setValue(0);
    Q_EMIT chosenChanged(m_chosen);
}

void PathCanvas::clear() { setPath({}, {}); }

void PathCanvas::relay()
{
    m_layout = PathLayout::lay(m_tree, m_fonts, m_options);
    if (m_fitted)
        fit();
    updateBars();
    viewport()->update();
}

void PathCanvas::fit()
{
    m_fitted = true;
    if (m_layout.size.isEmpty())
        return;
    const QSizeF room = viewport()->size();
    const double wide = (room.width() - 2) / m_layout.size.width(), high = (room.height() - 2) / m_layout.size.height();
    // A long way is read from left to right: smaller than this nobody can, and then it scrolls.
    m_zoom = std::clamp(std::min(wide, std::max(high, leastReadable)), leastReadable, 1.0);
    updateBars();
    viewport()->update();
    Q_EMIT zoomChanged(m_zoom);
}

void PathCanvas::setZoom(double zoom) { zoomAround(zoom, QPointF(viewport()->width() / 2.0, viewport()->height() / 2.0)); }

void PathCanvas::zoomAround(double zoom, const QPointF& screen)
{
    const QPointF fixed = toPicture(screen);
    m_zoom = std::clamp(zoom, smallest, largest);
    m_fitted = false;
    updateBars();
    horizontalScrollBar()->setValue(qRound(fixed.x() * m_zoom - screen.x()));
    verticalScrollBar()->setValue(qRound(fixed.y() * m_zoom - screen.y()));
    viewport()->update();
    Q_EMIT zoomChanged(m_zoom);
}

void PathCanvas::updateBars()
{
    const QSizeF size = m_layout.size * m_zoom;
    horizontalScrollBar()->setPageStep(viewport()->width());
    verticalScrollBar()->setPageStep(viewport()->height());
    horizontalScrollBar()->setRange(0, std::max(0, int(std::ceil(size.width())) - viewport()->width()));
    verticalScrollBar()->setRange(0, std::max(0, int(std::ceil(size.height())) - viewport()->height()));
}

QPointF PathCanvas::origin() const { return QPointF(-horizontalScrollBar()->value(), -verticalScrollBar()->value()); }
QPointF PathCanvas::toScreen(const QPointF& point) const { return point * m_zoom + origin(); }
QPointF PathCanvas::toPicture(const QPointF& screen) const { return (screen - origin()) / m_zoom; }

void PathCanvas::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), theme::Colours::of(palette()).base);
    painter.translate(origin());
    painter.scale(m_zoom, m_zoom);
    paintPath(painter, QRectF(QPointF(), m_layout.size), m_layout, m_fonts, palette(), {m_hovered, m_chosen});
    if (hasFocus() && m_chosen.kind != PathLayout::Spot::Kind::Nothing) {
        painter.setPen(QPen(theme::Colours::of(palette()).accent, 1, Qt::DotLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(m_layout.rectOf(m_chosen).adjusted(1, 1, -1, -1));
    }
}

void PathCanvas::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    if (m_fitted)
        fit();
    updateBars();
}

void PathCanvas::wheelEvent(QWheelEvent* event)
{
    if (event->modifiers().testFlag(Qt::ControlModifier)) {
        zoomAround(m_zoom * std::pow(1.0015, event->angleDelta().y()), event->position());
        event->accept();
        return;
    }
    QAbstractScrollArea::wheelEvent(event);
}

void PathCanvas::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton)
        return;
    m_pressed = event->pos();
    m_dragged = false;
    m_barsAtPress = {horizontalScrollBar()->value(), verticalScrollBar()->value()};
}

void PathCanvas::mouseMoveEvent(QMouseEvent* event)
{
    if (m_pressed) {
        const QPoint moved = event->pos() - *m_pressed;
        if (m_dragged || moved.manhattanLength() > QApplication::startDragDistance()) {
            m_dragged = true;
            viewport()->setCursor(Qt::ClosedHandCursor);
            horizontalScrollBar()->setValue(m_barsAtPress.x() - moved.x());
            verticalScrollBar()->setValue(m_barsAtPress.y() - moved.y());
        }
        return;
    }
    const PathLayout::Spot spot = m_layout.at(toPicture(event->position()));
    if (spot == m_hovered)
        return;
    m_hovered = spot;
    const bool pressable = spot.kind == PathLayout::Spot::Kind::Row || spot.kind == PathLayout::Spot::Kind::End;
    viewport()->setCursor(pressable ? Qt::PointingHandCursor : Qt::ArrowCursor);
    viewport()->update();
}

void PathCanvas::mouseReleaseEvent(QMouseEvent* event)
{
    if (!m_pressed)
        return;
    m_pressed.reset();
    viewport()->setCursor(Qt::ArrowCursor);
    if (m_dragged)
        return;
    const PathLayout::Spot spot = m_layout.at(toPicture(event->position()));
    const bool folded = spot.kind == PathLayout::Spot::Kind::End && m_tree.parts[static_cast<std::size_t>(spot.part)].folded > 0;
    choose(spot);
    if (folded)
        Q_EMIT unfoldWanted();
}

void PathCanvas::choose(const PathLayout::Spot& spot)
{
    const bool can = spot.kind == PathLayout::Spot::Kind::Row || spot.kind == PathLayout::Spot::Kind::End;
    m_chosen = can ? spot : PathLayout::Spot();
    if (can)
        m_fitted = false; // the details open beside it: what was pressed stays where it is
    setAccessibleDescription(meaning(m_chosen));
    viewport()->update();
    Q_EMIT chosenChanged(m_chosen);
}

void PathCanvas::step(int direction)
{
    const QList<PathLayout::Spot> stops = m_layout.stops();
    if (stops.isEmpty())
        return;
    const auto at = stops.indexOf(m_chosen);
    const auto next = at < 0 ? (direction > 0 ? 0 : stops.size() - 1) : std::clamp<qsizetype>(at + direction, 0, stops.size() - 1);
    choose(stops[next]);
    const QRectF rect = m_layout.rectOf(m_chosen);
    const QPointF a = toScreen(rect.topLeft()), b = toScreen(rect.bottomRight());
    if (a.x() < 0 || b.x() > viewport()->width())
        horizontalScrollBar()->setValue(qRound(rect.left() * m_zoom - viewport()->width() / 3.0));
    if (a.y() < 0 || b.y() > viewport()->height())
        verticalScrollBar()->setValue(qRound(rect.top() * m_zoom - viewport()->height() / 3.0));
}

/// To the nearest stop on that side.
void PathCanvas::toNeighbour(int dx, int dy)
{
    if (m_chosen.kind == PathLayout::Spot::Kind::Nothing || dy != 0)
        return step(dx + dy > 0 ? 1 : -1);
    const QPointF from = m_layout.rectOf(m_chosen).center();
    PathLayout::Spot best;
    qreal nearest = 1e9;
    for (const PathLayout::Spot& stop : m_layout.stops()) {
        const QPointF way = m_layout.rectOf(stop).center() - from;
        if (way.x() * dx < 60)
            continue;
        const qreal distance = std::abs(way.x()) + 3 * std::abs(way.y());
        if (distance < nearest) {
            nearest = distance;
            best = stop;
        }
    }
    if (best.kind == PathLayout::Spot::Kind::Nothing)
        return;
    const auto stops = m_layout.stops();
    m_chosen = stops[std::max<qsizetype>(0, stops.indexOf(best))];
    step(0);
}

void PathCanvas::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Down: return step(1);
    case Qt::Key_Up: return step(-1);
    case Qt::Key_Right: return toNeighbour(1, 0);
    case Qt::Key_Left: return toNeighbour(-1, 0);
    case Qt::Key_Plus:
    case Qt::Key_Equal: return setZoom(m_zoom * 1.2);
    case Qt::Key_Minus: return setZoom(m_zoom / 1.2);
    case Qt::Key_0: return fit();
    case Qt::Key_1: return setZoom(1.0);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_chosen.kind == PathLayout::Spot::Kind::End && m_tree.parts[static_cast<std::size_t>(m_chosen.part)].folded > 0)
            Q_EMIT unfoldWanted();
        return;
    default: break;
    }
    QAbstractScrollArea::keyPressEvent(event);
}

void PathCanvas::changeEvent(QEvent* event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::LanguageChange || event->type() == QEvent::FontChange) {
        m_fonts = PathFonts::standard();
        relay();
    }
}

const TraceStep* PathCanvas::stepOf(const PathLayout::Spot& spot) const
{
    if (spot.kind != PathLayout::Spot::Kind::Row)
        return nullptr;
    const TreeRow& row = m_tree.parts[static_cast<std::size_t>(spot.part)].cards[static_cast<std::size_t>(spot.card)].rows[static_cast<std::size_t>(spot.row)];
    if (spot.passed < 0)
        return &row.step;
    return spot.passed < static_cast<int>(row.passed.size()) ? &row.passed[static_cast<std::size_t>(spot.passed)] : nullptr;
}

QString PathCanvas::meaning(const PathLayout::Spot& spot) const
{
    switch (spot.kind) {
    case PathLayout::Spot::Kind::Row:
        if (const TraceStep* step = stepOf(spot)) {
            QString text = PathWords::place(*step);
            if (const QString who = PathWords::owner(step->owner); !who.isEmpty())
                text += QStringLiteral(" · ") + who;
            text += u'\n' + PathWords::actionMeaning(*step);
            if (!step->text.empty())
                text += u'\n' + lineSafe(step->text);
            return text;
        }
        break;
    case PathLayout::Spot::Kind::Card: {
        const TreeCard& card = m_tree.parts[static_cast<std::size_t>(spot.part)].cards[static_cast<std::size_t>(spot.card)];
        return lineSafe(card.table + ' ' + card.chain) + u'\n' + PathWords::backend(card.backend) + QStringLiteral(" · ") + PathWords::owner(card.owner);
    }
    case PathLayout::Spot::Kind::End: {
        const TreePart& part = m_tree.parts[static_cast<std::size_t>(spot.part)];
        return PathWords::disposition(*part.end) + u'\n' + PathWords::dispositionMeaning(*part.end)
            + (part.reason.empty() ? QString() : u'\n' + PathWords::reason(part.reason));
    }
    case PathLayout::Spot::Kind::Lane: return PathWords::hook(m_layout.lanes[spot.lane].hook) + u'\n' + PathWords::hookMeaning(m_layout.lanes[spot.lane].hook);
    case PathLayout::Spot::Kind::Start:
    case PathLayout::Spot::Kind::Fold:
    case PathLayout::Spot::Kind::Nothing: break;
    }
    return {};
}

bool PathCanvas::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QString text = meaning(m_layout.at(toPicture(help->pos())));
        if (text.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), toolTipSafe(text), viewport());
        return true;
    }
    if (event->type() == QEvent::Leave && m_hovered.kind != PathLayout::Spot::Kind::Nothing) {
        m_hovered = {};
        viewport()->update();
    }
    return QAbstractScrollArea::viewportEvent(event);
}

} // namespace medic::packetpath
