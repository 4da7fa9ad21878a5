// SPDX-License-Identifier: GPL-3.0-or-later
// Where the measured parts of a path go.
#include "widgets/packetpath/path_columns.h"
#include "widgets/packetpath/path_measure.h"
#include "widgets/packetpath/path_words.h"
#include "widgets/text/escape.h"

#include <algorithm>

namespace medic::packetpath {

using namespace layout;

namespace {

class Layouter {
public:
    Layouter(const PathTree& tree, const PathFonts& fonts, const PathLayout::Options& options)
        : m_tree(tree), m_measure(fonts, options), m_columns(PathColumns::of(tree))
    {
    }

    PathLayout run()
    {
        const auto columns = m_columns.hooks.size();
        m_width.assign(columns, 0);
        for (std::size_t i = 0; i < m_tree.parts.size(); ++i) {
            m_parts.push_back(m_measure.part(m_tree.parts[i], static_cast<int>(i)));
            const MeasuredPart& one = m_parts.back();
            if (one.hasEnd && !one.endInside)
                m_endWidth = std::max(m_endWidth, one.end.rect.width());
            qreal& width = m_width[static_cast<std::size_t>(m_columns.ofPart[i])];
            width = std::max(width, one.width);
        }
        for (std::size_t i = 0; i < columns; ++i)
            m_width[i] = std::max(m_width[i], m_measure.laneWidth(m_columns.hooks[i]));
        placeColumns();
        qreal y = headerHeight() + padding;
        for (std::size_t i = 0; i < m_tree.starts.size(); ++i)
            y = placeStart(static_cast<int>(i), y) + bandGap;
        m_result.size = QSizeF(m_endColumn + m_endWidth + margin, y - bandGap + margin);
        addLanes();
        addNodes();
        return std::move(m_result);
    }

private:
    qreal lineHeight(Role role) const { return m_measure.lineHeight(role); }
    LayLine line(const QString& text, Role role, qreal x, qreal y, qreal most) const { return m_measure.line(text, role, x, y, most); }
    bool across() const { return !m_tree.parts.empty() && !nodeOfHook(m_tree.parts.front().hook).empty(); } ///< through several nodes
    qreal nodesHeight() const { return across() ? lineHeight(Role::LaneName) + padding : 0; }
    qreal headerHeight() const { return nodesHeight() + lineHeight(Role::LaneName) + lineHeight(Role::LaneHint) + padding; }

    void placeColumns()
    {
        m_startWidth = 0;
        for (std::size_t i = 0; i < m_tree.starts.size(); ++i) {
            m_starts.append(m_measure.start(m_tree.starts[i], static_cast<int>(i),
                                            m_tree.starts[i].part < 0 ? std::string_view() : nodeOfHook(m_tree.parts[static_cast<std::size_t>(m_tree.starts[i].part)].hook)));
            m_startWidth = std::max(m_startWidth, m_starts.last().rect.width());
        }
        // A gutter is wider where the ways that come in carry a label.
        m_gutter.assign(m_columns.hooks.size(), gutter);
        for (std::size_t i = 0; i < m_tree.parts.size(); ++i)
            if (const QString label = PathWords::fork(m_tree.parts[i]); !label.isEmpty()) {
                qreal& wide = m_gutter[static_cast<std::size_t>(m_columns.ofPart[i])];
                wide = std::max(wide, m_measure.widthOf(label, Role::Share) + gutter);
            }
        qreal x = margin + m_startWidth;
        for (std::size_t i = 0; i < m_columns.hooks.size(); ++i) {
            x += m_gutter[i];
            m_x.push_back(x);
            x += m_width[i];
        }
        m_endColumn = x + gutter;
    }

    static void move(QList<LayLine>& lines, qreal dx, qreal dy)
    {
        for (LayLine& one : lines)
            one.rect.translate(dx, dy);
    }

    qreal placeStart(int index, qreal y)
    {
        LayStart start = m_starts[index];
        start.rect.translate(margin, y);
        move(start.lines, margin, y);
        const TreeStart& tree = m_tree.starts[static_cast<std::size_t>(index)];
        qreal bottom = start.rect.bottom();
        if (tree.part >= 0) {
            bottom = std::max(bottom, placePart(tree.part, y, tree.probability));
            link(QPointF(start.rect.right(), y + entry()), tree.part, y, tree.probability);
        }
        m_result.starts.append(start);
        return bottom;
    }

    /// How far below a part's top the ways run.
    qreal entry() const { return padding / 2 + lineHeight(Role::ChainName) / 2; }

    bool dead(int index) const
    {
        const TreePart& part = m_tree.parts[static_cast<std::size_t>(index)];
        if (part.end)
            return PathWords::verdict(*part.end) == Verdict::Failure;
        return std::all_of(part.children.begin(), part.children.end(), [&](int child) { return dead(child); });
    }

    void link(const QPointF& from, int part, qreal y, qreal whole)
    {
        const TreePart& tree = m_tree.parts[static_cast<std::size_t>(part)];
        const auto column = static_cast<std::size_t>(m_columns.ofPart[static_cast<std::size_t>(part)]);
        LayLink made;
        made.from = from;
        const auto& cards = m_parts[static_cast<std::size_t>(part)].cards;
        const bool placed = !cards.isEmpty() && cards.first().rect.left() >= m_x[column];
        const qreal left = cards.isEmpty() ? 0 : cards.first().rect.left() - (placed ? m_x[column] : 0);
        made.to = QPointF(m_x[column] + left, y + entry());
        made.turn = from.x() + gutter / 2 - 4;
        made.width = 1.5 + 4.0 * std::clamp(tree.probability * (m_tree.starts.size() > 1 ? whole : 1.0), 0.0, 1.0);
        made.certain = tree.certain;
        made.dead = dead(part);
        if (const QString label = PathWords::fork(tree); !label.isEmpty()) {
            made.label = line(label, Role::Share, 0, 0, widest);
            made.label.rect.moveBottomRight(QPointF(made.to.x() - 4, made.to.y() - made.width / 2 - 1));
        }
        m_result.links.append(made);
    }

    /// Everything of a part and behind it, from y on; the bottom.
    qreal placePart(int index, qreal y, qreal whole)
    {
        const TreePart& part = m_tree.parts[static_cast<std::size_t>(index)];
        MeasuredPart& measured = m_parts[static_cast<std::size_t>(index)];
        const auto column = static_cast<std::size_t>(m_columns.ofPart[static_cast<std::size_t>(index)]);
        const qreal x = m_x[column];
        const auto moveCard = [&](LayCard& card) {
            card.rect.translate(x, y);
            move(card.lines, x, y);
            for (LayRow& row : card.rows) {
                row.rect.translate(x, y);
                row.natBox.translate(row.natBox.isEmpty() ? 0 : x, row.natBox.isEmpty() ? 0 : y);
                move(row.lines, x, y);
            }
        };
        QPointF exit(x, y + entry());
        for (LayCard& card : measured.cards) {
            moveCard(card);
            exit = QPointF(card.rect.right(), card.rows.isEmpty() ? card.rect.center().y() : rowExit(card.rows.last()));
        }
        addJumps(part, measured.cards);
        m_result.cards.append(measured.cards);
        qreal bottom = y + measured.height;
        if (measured.hasEnd && measured.endInside) {
            placeEnd(measured.end, x, y);
        } else if (measured.hasEnd) {
            placeEnd(measured.end, m_endColumn, y);
            LayLink made;
            made.from = exit;
            made.to = QPointF(m_endColumn, y + entry());
            made.turn = x + m_width[column] + gutter / 2 - 4;
            made.width = 1.5 + 4.0 * std::clamp(part.probability * (m_tree.starts.size() > 1 ? whole : 1.0), 0.0, 1.0);
            made.certain = part.certain;
            m_result.links.append(made);
            bottom = std::max(bottom, y + measured.end.rect.height());
        }
        qreal next = y;
        for (const int child : part.children) {
            const qreal childBottom = placePart(child, next, whole);
            link(exit, child, next, whole);
            m_result.links.last().turn = x + m_width[column] + gutter / 2 - 4;
            next = childBottom + bandGap;
            bottom = std::max(bottom, childBottom);
        }
        return bottom;
    }

    static qreal rowExit(const LayRow& row) { return row.natBox.isEmpty() ? row.rect.center().y() : row.natBox.center().y(); }

    /// Down from the rule that jumps to the chain below it.
    void addJumps(const TreePart& part, const QList<LayCard>& cards)
    {
        for (qsizetype i = 1; i < cards.size(); ++i) {
            const TreeCard& above = part.cards[static_cast<std::size_t>(i - 1)];
            const TreeCard& below = part.cards[static_cast<std::size_t>(i)];
            if (below.depth <= above.depth || below.table != above.table)
                continue;
            const qreal x = cards[i].rect.left() - indentStep / 2;
            m_result.jumps.append({QPointF(x, cards[i - 1].rect.bottom()), QPointF(cards[i].rect.left(), cards[i].rect.top() + entry())});
        }
    }

    void placeEnd(LayEnd end, qreal x, qreal y)
    {
        end.rect.translate(x, y);
        end.icon.translate(x, y);
        move(end.lines, x, y);
        m_result.ends.append(end);
    }

    void addLanes()
    {
        for (std::size_t i = 0; i < m_columns.hooks.size();) {
            std::size_t last = i;
            while (last + 1 < m_columns.hooks.size() && m_columns.hooks[last + 1] == m_columns.hooks[i] && m_columns.hop[last + 1] == m_columns.hop[i])
                ++last;
            LayLane lane;
            lane.hook = m_columns.hooks[i];
            const qreal left = m_x[i] - padding, right = m_x[last] + m_width[last] + padding;
            const qreal top = nodesHeight();
            lane.rect = QRectF(left, top, right - left, m_result.size.height() - top);
            lane.lines.append(line(PathWords::hook(lane.hook), Role::LaneName, m_x[i], top + padding / 2, right - m_x[i]));
            lane.lines.append(line(PathWords::hookHint(lane.hook), Role::LaneHint, m_x[i], lane.lines.last().rect.bottom(), right - m_x[i]));
            m_result.lanes.append(lane);
            i = last + 1;
        }
    }

    /// The nodes above the hooks: all those on which the packet can be after so many hops.
    void addNodes()
    {
        if (!across())
            return;
        for (std::size_t i = 0; i < m_columns.hooks.size();) {
            std::size_t last = i;
            while (last + 1 < m_columns.hooks.size() && m_columns.hop[last + 1] == m_columns.hop[i])
                ++last;
            const std::size_t first = m_columns.hooks[i] == "WIRE" && i < last ? i + 1 : i; // what lies before a node is none of its own
            QStringList names;
            for (std::size_t part = 0; part < m_tree.parts.size(); ++part) {
                const auto column = static_cast<std::size_t>(m_columns.ofPart[part]);
                if (const auto node = nodeOfHook(m_tree.parts[part].hook); column >= first && column <= last && !node.empty())
                    if (const QString name = lineSafe(std::string(node)); !names.contains(name))
                        names.append(name);
            }
            if (m_columns.hooks[first] != "WIRE") {
                LayNode node;
                const qreal left = m_x[first] - padding, right = m_x[last] + m_width[last] + padding;
                node.rect = QRectF(left, 0, right - left, nodesHeight() - 2);
                node.line = line(names.join(QStringLiteral(" · ")), Role::LaneName, m_x[first], padding / 2, right - m_x[first]);
                m_result.nodes.append(node);
            }
            i = last + 1;
        }
    }

    const PathTree& m_tree;
    const PathMeasure m_measure;
    PathColumns m_columns;
    std::vector<qreal> m_width, m_x, m_gutter;
    std::vector<MeasuredPart> m_parts;
    QList<LayStart> m_starts;
    qreal m_startWidth = 0, m_endColumn = 0, m_endWidth = narrowest;
    PathLayout m_result;
};

} // namespace

PathLayout PathLayout::lay(const PathTree& tree, const PathFonts& fonts, const Options& options)
{
    return Layouter(tree, fonts, options).run();
}

} // namespace medic::packetpath
