// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/chain_map.h"

#include "widgets/packetpath/path_words.h"
#include "widgets/text/escape.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/fonts.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QMap>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>

#include <cmath>

namespace medic::packetpath {

namespace {

constexpr const char* usualHooks[] = {"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"};
constexpr qreal cellGap = 4, rowGap = 14, inset = 12;

/// What makes a chain warm: what it counted between two samples where there are two, else all that it ever counted.
std::uint64_t busy(const RuleBook& book, const BookChain& chain) { return book.deltas() ? chain.since : chain.packets; }

/// The chains that are reached from a base chain, nearest first, each once.
QList<ChainMapLayout::Cell> reached(const RuleBook& book, const RuleRef& base)
{
    QList<ChainMapLayout::Cell> found;
    const BookTable& table = book.table(base);
    std::vector<char> seen(table.chains.size(), 0);
    std::vector<std::pair<int, int>> open {{base.chain, 0}};
    seen[static_cast<std::size_t>(base.chain)] = 1;
    for (std::size_t i = 0; i < open.size(); ++i) {
        const auto [chain, depth] = open[i];
        if (i > 0)
            found.append({{}, {base.table, chain, -1}, false, depth});
        for (const std::int32_t target : table.chains[static_cast<std::size_t>(chain)].to)
            if (!seen[static_cast<std::size_t>(target)]) {
                seen[static_cast<std::size_t>(target)] = 1;
                open.emplace_back(target, depth + 1);
            }
    }
    return found;
}

} // namespace

ChainMapLayout ChainMapLayout::lay(const RuleBook& book, qreal width, qreal lineHeight, const std::set<std::pair<int, int>>& met, int most)
{
    ChainMapLayout result;
    for (const char* hook : usualHooks)
        result.hooks.append(QLatin1String(hook));
    for (const BookTable& table : book.tables())
        for (const BookChain& chain : table.chains)
            if (const QString hook = QString::fromStdString(chain.hook); !hook.isEmpty() && !result.hooks.contains(hook))
                result.hooks.append(hook);
    result.left = inset;
    result.header = lineHeight + 8;
    result.columnWidth = std::max(118.0, (width - 2 * inset) / double(result.hooks.size()));
    const qreal cellHeight = lineHeight + 6;
    qreal y = result.header;
    for (std::size_t t = 0; t < book.tables().size(); ++t) {
        const BookTable& table = book.tables()[t];
        result.rows.append({QRectF(inset, y, std::max(width, 200.0) - 2 * inset, lineHeight), static_cast<int>(t)});
        y += lineHeight + 4;
        qreal bottom = y;
        std::vector<qreal> filled(static_cast<std::size_t>(result.hooks.size()), y);
        for (std::size_t c = 0; c < table.chains.size(); ++c) {
            const BookChain& chain = table.chains[c];
            const auto column = result.hooks.indexOf(QString::fromStdString(chain.hook));
            if (chain.hook.empty() || column < 0)
                continue;
            const RuleRef ref {static_cast<std::int32_t>(t), static_cast<std::int32_t>(c), -1};
            qreal& top = filled[static_cast<std::size_t>(column)];
            const qreal x = inset + double(column) * result.columnWidth;
            const auto place = [&](const RuleRef& at, bool base, int depth) {
                const qreal shift = std::min(depth, 3) * 8.0;
                result.cells.append({QRectF(x + shift, top, result.columnWidth - cellGap - shift, cellHeight), at, base, depth});
                top += cellHeight + cellGap;
                return static_cast<int>(result.cells.size()) - 1;
            };
            const int self = place(ref, true, 0);
            QList<Cell> below = reached(book, ref);
            const auto weight = [&](const Cell& cell) {
                const bool isMet = met.count({cell.chain.table, cell.chain.chain}) > 0;
                return std::make_tuple(!isMet, cell.depth > 2, -static_cast<double>(busy(book, book.chain(cell.chain))));
            };
            const qsizetype all = below.size();
            const auto shown = std::min<qsizetype>(most, all);
            std::partial_sort(below.begin(), below.begin() + shown, below.end(), [&](const Cell& a, const Cell& b) {
                return std::make_pair(weight(a), a.chain.chain) < std::make_pair(weight(b), b.chain.chain);
            });
            below = below.mid(0, shown);
            std::stable_sort(below.begin(), below.end(), [](const Cell& a, const Cell& b) { return a.depth < b.depth; });
            QMap<int, int> cellOf {{static_cast<int>(c), self}};
            for (const Cell& cell : below)
                cellOf.insert(cell.chain.chain, place(cell.chain, false, cell.depth));
            for (auto at = cellOf.begin(); at != cellOf.end(); ++at)
                for (const RuleRef& from : table.chains[static_cast<std::size_t>(at.key())].from)
                    if (const auto origin = cellOf.find(from.chain); origin != cellOf.end() && origin.value() != at.value()
                        && (result.jumps.isEmpty() || result.jumps.last().from != origin.value() || result.jumps.last().to != at.value()))
                        result.jumps.append({origin.value(), at.value()});
            if (all > below.size())
                result.hidden.insert(self, static_cast<int>(all - below.size()));
            if (all > below.size())
                top += lineHeight;
            bottom = std::max(bottom, top);
        }
        y = bottom + rowGap;
    }
    result.size = QSizeF(2 * inset + result.columnWidth * double(result.hooks.size()), y);
    return result;
}

int ChainMapLayout::at(const QPointF& point) const
{
    for (int i = 0; i < int(cells.size()); ++i)
        if (cells[i].rect.contains(point))
            return i;
    return -1;
}

ChainMap::ChainMap(QWidget* parent) : QAbstractScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setBackgroundRole(QPalette::Base);
    verticalScrollBar()->setSingleStep(24);
}

void ChainMap::setBook(const RuleBookPtr& book)
{
    m_book = book;
    m_met.clear();
    m_current = {-1, -1, -1};
    m_busiest = 0;
    if (book)
        for (const BookTable& table : book->tables())
            for (const BookChain& chain : table.chains)
                m_busiest = std::max(m_busiest, busy(*book, chain));
    relay();
}

void ChainMap::setMet(const std::vector<RuleRef>& met)
{
    m_met.clear();
    for (const RuleRef& at : met)
        m_met.insert({at.table, at.chain});
    relay();
}

void ChainMap::setCurrent(const RuleRef& chain)
{
    m_current = chain;
    viewport()->update();
    for (const auto& cell : m_layout.cells)
        if (cell.chain.table == chain.table && cell.chain.chain == chain.chain) {
            const int y = verticalScrollBar()->value();
            if (cell.rect.top() * m_zoom < y || cell.rect.bottom() * m_zoom > y + viewport()->height())
                verticalScrollBar()->setValue(int(cell.rect.top() * m_zoom) - viewport()->height() / 3);
            return;
        }
}

void ChainMap::relay()
{
    m_layout = m_book ? ChainMapLayout::lay(*m_book, viewport()->width(), fontMetrics().height(), m_met, 9) : ChainMapLayout();
    updateBars();
    viewport()->update();
}

void ChainMap::updateBars()
{
    const QSizeF size = m_layout.size * m_zoom;
    verticalScrollBar()->setPageStep(viewport()->height());
    horizontalScrollBar()->setPageStep(viewport()->width());
    verticalScrollBar()->setRange(0, std::max(0, int(size.height()) - viewport()->height()));
    horizontalScrollBar()->setRange(0, std::max(0, int(size.width()) - viewport()->width()));
}

QPointF ChainMap::toPicture(const QPointF& screen) const
{
    return (screen + QPointF(horizontalScrollBar()->value(), verticalScrollBar()->value())) / m_zoom;
}

void ChainMap::setZoom(double zoom)
{
    const QPointF middle(viewport()->width() / 2.0, viewport()->height() / 2.0), fixed = toPicture(middle);
    m_zoom = std::clamp(zoom, 0.4, 3.0);
    updateBars();
    horizontalScrollBar()->setValue(qRound(fixed.x() * m_zoom - middle.x()));
    verticalScrollBar()->setValue(qRound(fixed.y() * m_zoom - middle.y()));
    viewport()->update();
}

void ChainMap::wheelEvent(QWheelEvent* event)
{
    if (!event->modifiers().testFlag(Qt::ControlModifier))
        return QAbstractScrollArea::wheelEvent(event);
    setZoom(m_zoom * std::pow(1.2, event->angleDelta().y() / 120.0));
    event->accept();
}

void ChainMap::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    relay();
}

void ChainMap::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    const theme::Colours& colours = theme::Colours::of(palette());
    painter.fillRect(viewport()->rect(), colours.base);
    if (!m_book)
        return;
    painter.translate(-horizontalScrollBar()->value(), -verticalScrollBar()->value());
    painter.scale(m_zoom, m_zoom);
    const QRectF visible(toPicture({0, 0}), QSizeF(viewport()->size()) / m_zoom);
    for (const auto& row : m_layout.rows) {
        const BookTable& table = m_book->tables()[static_cast<std::size_t>(row.table)];
        painter.setFont(theme::strongFont());
        painter.setPen(colours.text);
        const QString title = lineSafe(table.name);
        painter.drawText(row.rect, Qt::AlignLeft | Qt::AlignVCenter, title);
        const qreal width = QFontMetricsF(theme::strongFont()).horizontalAdvance(title) + 8;
        painter.setFont(font());
        painter.setPen(colours.muted);
        painter.drawText(row.rect.adjusted(width, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, PathWords::backend(table.backend) + QStringLiteral(" · ") + lineSafe(table.family));
    }
    painter.setRenderHint(QPainter::Antialiasing);
    for (const auto& jump : m_layout.jumps) {
        const auto& from = m_layout.cells[jump.from];
        const auto& to = m_layout.cells[jump.to];
        const bool met = m_met.count({from.chain.table, from.chain.chain}) > 0 && m_met.count({to.chain.table, to.chain.chain}) > 0;
        if (!visible.intersects(from.rect.united(to.rect)))
            continue;
        painter.setPen(QPen(met ? colours.accent : colours.line, met ? 2 : 1));
        const qreal x = to.rect.left() - 4;
        painter.drawLine(QPointF(x, from.rect.bottom()), QPointF(x, to.rect.center().y()));
        painter.drawLine(QPointF(x, to.rect.center().y()), QPointF(to.rect.left(), to.rect.center().y()));
    }
    const QFont mono = theme::monospaceFont();
    for (int i = 0; i < int(m_layout.cells.size()); ++i) {
        const auto& cell = m_layout.cells[i];
        if (!visible.intersects(cell.rect.adjusted(0, 0, 0, 24)))
            continue;
        const BookChain& chain = m_book->chain(cell.chain);
        const bool met = m_met.count({cell.chain.table, cell.chain.chain}) > 0;
        const bool current = cell.chain.table == m_current.table && cell.chain.chain == m_current.chain;
        painter.setPen(current ? QPen(colours.accent, 2) : met ? QPen(colours.accent, 1.5) : QPen(colours.line, 1));
        painter.setBrush(current ? colours.selection : cell.base ? colours.window : colours.alternate);
        painter.drawRect(cell.rect);
        if (busy(*m_book, chain) > 0 && m_busiest > 1) { // heat: a bar along the bottom edge
            const qreal heat = std::log(1.0 + double(busy(*m_book, chain))) / std::log(1.0 + double(m_busiest));
            painter.fillRect(QRectF(cell.rect.left() + 1, cell.rect.bottom() - 3, (cell.rect.width() - 2) * heat, 2.5), colours.warning);
        }
        painter.setFont(mono);
        painter.setPen(met ? colours.accent : colours.text);
        const QString count = QString::number(chain.rules);
        const qreal room = cell.rect.width() - 12 - QFontMetricsF(font()).horizontalAdvance(count);
        painter.drawText(cell.rect.adjusted(4, 0, -4, -2), Qt::AlignLeft | Qt::AlignVCenter, QFontMetricsF(mono).elidedText(lineSafe(chain.name), Qt::ElideMiddle, room));
        painter.setFont(font());
        painter.setPen(chain.policy == "DROP" ? colours.failure : colours.muted);
        painter.drawText(cell.rect.adjusted(4, 0, -4, -2), Qt::AlignRight | Qt::AlignVCenter, count);
        if (const int hidden = m_layout.hidden.value(i, 0); hidden > 0) {
            qreal bottom = cell.rect.bottom();
            for (int j = i + 1; j < int(m_layout.cells.size()) && !m_layout.cells[j].base; ++j)
                bottom = m_layout.cells[j].rect.bottom();
            painter.setPen(colours.muted);
            painter.drawText(QRectF(cell.rect.left() + 4, bottom + 2, cell.rect.width(), fontMetrics().height()), Qt::AlignLeft, tr("… %n more chains", nullptr, hidden));
        }
    }
    // The hooks stay in sight.
    painter.resetTransform();
    painter.scale(m_zoom, m_zoom);
    painter.fillRect(QRectF(0, 0, viewport()->width() / m_zoom, m_layout.header), colours.base);
    painter.setFont(theme::strongFont());
    painter.setPen(colours.text);
    for (int i = 0; i < int(m_layout.hooks.size()); ++i)
        painter.drawText(QRectF(m_layout.left + i * m_layout.columnWidth - horizontalScrollBar()->value() / m_zoom, 2, m_layout.columnWidth - 4, m_layout.header - 4), Qt::AlignLeft | Qt::AlignVCenter,
                         QFontMetricsF(theme::strongFont()).elidedText(m_layout.hooks[i], Qt::ElideRight, m_layout.columnWidth - 4));
    painter.setPen(colours.line);
    painter.drawLine(QPointF(0, m_layout.header - 0.5), QPointF(viewport()->width() / m_zoom, m_layout.header - 0.5));
}

QString ChainMap::meaning(int cell) const
{
    const auto& at = m_layout.cells[cell];
    const BookChain& chain = m_book->chain(at.chain);
    QString text = lineSafe(m_book->table(at.chain).name + ' ' + chain.name) + u'\n' + tr("Rules: %1").arg(QLocale().toString(chain.rules)) + QStringLiteral(" · ")
        + tr("%1 packets").arg(QLocale().toString(qulonglong(chain.packets)));
    if (const auto* since = m_book->deltas())
        text += u'\n' + tr("%1 packets/s between the two last samples").arg(QLocale().toString(since->perSecond(chain.since), 'f', 1));
    if (!chain.policy.empty())
        text += u'\n' + tr("Policy: %1").arg(lineSafe(chain.policy));
    if (!chain.hook.empty())
        text += u'\n' + PathWords::hookMeaning(chain.hook);
    else if (const QString owner = PathWords::owner(m_book->owner(at.chain)); !owner.isEmpty())
        text += u'\n' + tr("Written by: %1").arg(owner);
    return text;
}

void ChainMap::mouseReleaseEvent(QMouseEvent* event)
{
    if (const int cell = m_layout.at(toPicture(event->position())); cell >= 0 && event->position().y() > m_layout.header * m_zoom)
        Q_EMIT chainWanted(m_layout.cells[cell].chain);
}

void ChainMap::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal: return setZoom(m_zoom * 1.2);
    case Qt::Key_Minus: return setZoom(m_zoom / 1.2);
    case Qt::Key_0:
    case Qt::Key_1: return setZoom(1);
    default: break;
    }
    int now = -1;
    for (int i = 0; i < int(m_layout.cells.size()); ++i)
        if (m_layout.cells[i].chain.table == m_current.table && m_layout.cells[i].chain.chain == m_current.chain && (now < 0 || m_layout.cells[i].base))
            now = i;
    const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    if (step == 0 || m_layout.cells.isEmpty())
        return QAbstractScrollArea::keyPressEvent(event);
    Q_EMIT chainWanted(m_layout.cells[std::clamp(now + step, 0, int(m_layout.cells.size()) - 1)].chain);
}

bool ChainMap::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::ToolTip && m_book) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int cell = m_layout.at(toPicture(help->pos()));
        if (cell < 0)
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), toolTipSafe(meaning(cell)), viewport());
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

} // namespace medic::packetpath
