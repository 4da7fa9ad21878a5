// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/path_painter.h"

#include "widgets/packetpath/path_words.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/state.h"

#include <QPainter>
#include <QPainterPath>

namespace medic::packetpath {

namespace {

QColor mixed(const QColor& a, const QColor& b, qreal part)
{
    return QColor::fromRgbF(float(a.redF() * (1 - part) + b.redF() * part), float(a.greenF() * (1 - part) + b.greenF() * part),
                            float(a.blueF() * (1 - part) + b.blueF() * part));
}

class Painter {
public:
    Painter(QPainter& painter, const PathLayout& layout, const PathFonts& fonts, const QPalette& palette, const PathEmphasis& emphasis)
        : m_painter(painter), m_layout(layout), m_fonts(fonts), m_palette(palette), m_colours(theme::Colours::of(palette)), m_emphasis(emphasis)
    {
    }

    void paint()
    {
        m_painter.setRenderHint(QPainter::Antialiasing);
        bool shaded = false;
        for (const LayLane& lane : m_layout.lanes) {
            m_painter.fillRect(lane.rect, shaded ? m_colours.base : m_colours.alternate);
            shaded = !shaded;
            lines(lane.lines);
        }
        for (const LayNode& node : m_layout.nodes) {
            m_painter.fillRect(QRectF(node.rect.left(), node.rect.bottom() - 2, node.rect.width(), 2), m_colours.accent);
            text(node.line, m_colours.text);
        }
        for (const LayLink& one : m_layout.links)
            link(one);
        for (const LayJump& one : m_layout.jumps) {
            m_painter.setPen(QPen(m_colours.muted, 1));
            m_painter.drawLine(one.from, QPointF(one.from.x(), one.to.y()));
            m_painter.drawLine(QPointF(one.from.x(), one.to.y()), one.to);
        }
        for (const LayStart& start : m_layout.starts) {
            box(start.rect, m_colours.base, m_colours.accent, 1.5, start.rect.height() > 0 && is(PathLayout::Spot::Kind::Start, start.start));
            lines(start.lines);
        }
        for (const LayCard& card : m_layout.cards)
            paintCard(card);
        for (const LayEnd& end : m_layout.ends) {
            const QColor& state = m_colours.state(end.verdict);
            const bool good = end.verdict == Verdict::Ok;
            box(end.rect, mixed(m_colours.base, state, good ? 0.06 : 0.12), state, good ? 1 : 2, is(PathLayout::Spot::Kind::End, end.part));
            theme::paintState(&m_painter, end.icon, end.verdict, m_palette);
            lines(end.lines);
        }
    }

private:
    [[nodiscard]] bool is(PathLayout::Spot::Kind kind, int part) const
    {
        return m_emphasis.chosen.kind == kind && m_emphasis.chosen.part == part;
    }

    void box(const QRectF& rect, const QColor& fill, const QColor& edge, qreal width, bool chosen)
    {
        m_painter.setBrush(fill);
        m_painter.setPen(chosen ? QPen(m_colours.accent, 2.5) : QPen(edge, width));
        m_painter.drawRect(rect);
    }

    [[nodiscard]] QColor colourOf(Role role) const
    {
        switch (role) {
        case Role::LaneHint:
        case Role::TableName:
        case Role::RuleNumber:
        case Role::NatBefore:
        case Role::Muted: return m_colours.muted;
        case Role::NatAfter:
        case Role::Observed: return m_colours.accent;
        case Role::LaneName:
        case Role::ChainName:
        case Role::Plain:
        case Role::Machine:
        case Role::Verdict:
        case Role::Share:
        case Role::StartAddress: break;
        }
        return m_colours.text;
    }

    void lines(const QList<LayLine>& all)
    {
        for (const LayLine& one : all)
            text(one, colourOf(one.role));
    }

    void text(const LayLine& line, const QColor& colour)
    {
        m_painter.setFont(m_fonts.of(line.role));
        m_painter.setPen(colour);
        m_painter.drawText(line.rect, int(line.align | Qt::AlignVCenter | Qt::TextSingleLine | Qt::TextDontClip), line.text);
    }

    void link(const LayLink& link)
    {
        QColor colour = link.dead ? m_colours.failure : link.certain ? m_colours.accent : m_colours.unknown;
        QPen pen(mixed(colour, m_colours.base, 0.25), link.width, link.certain ? Qt::SolidLine : Qt::DashLine, Qt::FlatCap, Qt::RoundJoin);
        if (!link.certain)
            pen.setDashPattern({6 / link.width, 4 / link.width});
        QPainterPath path(link.from);
        path.lineTo(link.turn - 8, link.from.y());
        path.cubicTo(QPointF(link.turn, link.from.y()), QPointF(link.turn, link.to.y()), QPointF(link.turn + 8, link.to.y()));
        const qreal head = 4 + link.width / 2;
        path.lineTo(link.to.x() - head, link.to.y());
        m_painter.setPen(pen);
        m_painter.setBrush(Qt::NoBrush);
        m_painter.drawPath(path);
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(pen.color());
        m_painter.drawPolygon(QPolygonF({link.to, link.to + QPointF(-head - 1, -head * 0.8), link.to + QPointF(-head - 1, head * 0.8)}));
        if (!link.label.text.isEmpty())
            text(link.label, link.certain ? m_colours.text : m_colours.unknown);
    }

    void paintCard(const LayCard& card)
    {
        box(card.rect, m_colours.window, m_colours.line, 1, false);
        lines(card.lines);
        for (const LayRow& row : card.rows)
            paintRow(card, row);
    }

    void paintRow(const LayCard& card, const LayRow& row)
    {
        const PathLayout::Spot self {PathLayout::Spot::Kind::Row, card.part, card.card, row.row, row.passed, -1};
        if (self == m_emphasis.chosen || self == m_emphasis.hovered)
            m_painter.fillRect(row.rect.adjusted(1, 0, -1, 0), self == m_emphasis.chosen ? m_colours.selection : mixed(m_colours.window, m_colours.selection, 0.6));
        if (row.decides && row.verdict == Verdict::Failure)
            m_painter.fillRect(row.rect.adjusted(1, 0, -1, 0), mixed(m_colours.window, m_colours.failure, 0.15));
        if (row.unknown) {
            m_painter.setPen(QPen(m_colours.unknown, 1.2, Qt::DashLine));
            m_painter.setBrush(Qt::NoBrush);
            m_painter.drawRect(row.rect.adjusted(2, 0, -2, 0));
        }
        if (!row.natBox.isEmpty()) {
            const QColor& colour = row.odd ? m_colours.warning : m_colours.accent;
            m_painter.setPen(QPen(colour, row.odd ? 2 : 1.5));
            m_painter.setBrush(mixed(m_colours.base, colour, 0.14));
            m_painter.drawRect(row.natBox);
            if (row.odd) {
                const QRectF& words = row.lines.last().rect;
                theme::paintState(&m_painter, QRectF(words.left() - 20, words.center().y() - 8, 16, 16), Verdict::Warning, m_palette);
            }
        }
        if (row.decides) {
            const LayLine& action = row.lines.size() > 1 && row.lines[0].role == Role::RuleNumber ? row.lines[1] : row.lines[0];
            theme::paintState(&m_painter, QRectF(action.rect.left() - 18, action.rect.center().y() - 7, 14, 14), row.verdict, m_palette);
        }
        lines(row.lines);
    }

    QPainter& m_painter;
    const PathLayout& m_layout;
    const PathFonts& m_fonts;
    const QPalette& m_palette;
    const theme::Colours& m_colours;
    const PathEmphasis& m_emphasis;
};

} // namespace

void paintPath(QPainter& painter, const QRectF& area, const PathLayout& layout, const PathFonts& fonts, const QPalette& palette,
               const PathEmphasis& emphasis)
{
    if (layout.size.isEmpty() || area.isEmpty())
        return;
    const qreal scale = std::min({1.0, area.width() / layout.size.width(), area.height() / layout.size.height()});
    painter.save();
    painter.translate(area.topLeft());
    painter.scale(scale, scale);
    Painter(painter, layout, fonts, palette, emphasis).paint();
    painter.restore();
}

qreal paintPath(QPainter& painter, const QRectF& area, const netfilter::PathQuery& query, const Trace& trace)
{
    const PathFonts fonts = PathFonts::standard();
    const PathTree tree = requestTree(trace);
    const PathLayout layout = PathLayout::lay(tree, fonts, {false, {}, trace.node, oddSteps(query, trace)});
    const QPalette palette = theme::makePalette(theme::Colours::light());
    const QString words = PathWords::tr("In words: %1").arg(PathWords::inWords(query, trace));
    painter.setFont(fonts.of(Role::Plain));
    const QRectF wanted = painter.boundingRect(QRectF(area.left(), area.top(), area.width(), 10000), Qt::TextWordWrap, words);
    const qreal room = std::max(20.0, area.height() - wanted.height() - 12);
    const qreal scale = std::min({1.0, area.width() / layout.size.width(), room / layout.size.height()});
    paintPath(painter, QRectF(area.left(), area.top(), area.width(), room), layout, fonts, palette);
    const qreal below = area.top() + layout.size.height() * scale + 12;
    painter.setPen(theme::Colours::light().text);
    painter.setFont(fonts.of(Role::Plain));
    painter.drawText(QRectF(area.left(), below, area.width(), wanted.height()), Qt::TextWordWrap, words);
    return below + wanted.height() - area.top();
}

} // namespace medic::packetpath
