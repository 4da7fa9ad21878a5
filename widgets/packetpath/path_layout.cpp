// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/path_layout.h"

#include "widgets/packetpath/path_columns.h"
#include "widgets/packetpath/path_words.h"
#include "widgets/text/escape.h"
#include "widgets/theme/fonts.h"

#include <QFontInfo>

#include <algorithm>
#include <cmath>

namespace medic::packetpath {

namespace {

constexpr qreal padding = 7, gap = 7, bandGap = 20, indentStep = 12, gutter = 30, margin = 12;
constexpr qreal widest = 320, narrowest = 120, iconSize = 16;
constexpr int passedShown = 4;

/// Lines put below one another, at 0,0; moved to their place later.
struct Block {
    qreal width = 0, height = 0;
};

class Layouter {
public:
    Layouter(const PathTree& tree, const PathFonts& fonts, const PathLayout::Options& options)
        : m_tree(tree), m_fonts(fonts), m_options(options), m_columns(PathColumns::of(tree))
    {
    }

    PathLayout run()
    {
        const auto columns = m_columns.hooks.size();
        m_width.assign(columns, 0);
        m_parts.resize(m_tree.parts.size());
        for (std::size_t i = 0; i < m_tree.parts.size(); ++i)
            measure(static_cast<int>(i));
        for (std::size_t i = 0; i < columns; ++i)
            m_width[i] = std::max(m_width[i], laneWidth(i));
        placeColumns();
        qreal y = headerHeight() + padding;
        for (std::size_t i = 0; i < m_tree.starts.size(); ++i)
            y = placeStart(static_cast<int>(i), y) + bandGap;
        m_result.size = QSizeF(m_endColumn + m_endWidth + margin, y - bandGap + margin);
        addLanes();
        return std::move(m_result);
    }

private:
    struct Measured { ///< at 0,0
        QList<LayCard> cards;
        LayEnd end;
        bool endInside = false, hasEnd = false;
        qreal width = 0, height = 0;
    };

    qreal lineHeight(Role role) const { return std::ceil(QFontMetricsF(m_fonts.of(role)).height()) + 1; }
    qreal widthOf(const QString& text, Role role) const { return std::ceil(QFontMetricsF(m_fonts.of(role)).horizontalAdvance(text)) + 2; }
    qreal headerHeight() const { return lineHeight(Role::LaneName) + lineHeight(Role::LaneHint) + padding; }

    /// One line at x,y; cut in the middle where it is too long.
    LayLine line(const QString& text, Role role, qreal x, qreal y, qreal most) const
    {
        const QString shown = widthOf(text, role) > most
            ? QFontMetricsF(m_fonts.of(role)).elidedText(text, Qt::ElideMiddle, most - 2)
            : text;
        return {QRectF(x, y, std::min(most, widthOf(shown, role)), lineHeight(role)), shown, role, Qt::AlignLeft};
    }

    qreal laneWidth(std::size_t column) const
    {
        const std::string& hook = m_columns.hooks[column];
        return std::max({narrowest, widthOf(PathWords::hook(hook), Role::LaneName), widthOf(PathWords::hookHint(hook), Role::LaneHint)});
    }

    void measure(int index)
    {
        const TreePart& part = m_tree.parts[static_cast<std::size_t>(index)];
        Measured& measured = m_parts[static_cast<std::size_t>(index)];
        qreal y = 0;
        int outermost = 99;
        for (const TreeCard& card : part.cards)
            outermost = std::min(outermost, card.depth);
        for (std::size_t i = 0; i < part.cards.size(); ++i) {
            LayCard card = measureCard(part.cards[i], index, static_cast<int>(i), y, part.cards[i].depth - outermost);
            y = card.rect.bottom() + gap;
            measured.width = std::max(measured.width, card.rect.right());
            measured.cards.append(std::move(card));
        }
        if (part.end) {
            measured.hasEnd = true;
            measured.endInside = !arrives(*part.end);
            measured.end = measureEnd(part, index);
            if (measured.endInside) {
                measured.end.rect.translate(0, y);
                measured.end.icon.translate(0, y);
                for (LayLine& one : measured.end.lines)
                    one.rect.translate(0, y);
                y = measured.end.rect.bottom() + gap;
                measured.width = std::max(measured.width, measured.end.rect.width());
            } else {
                m_endWidth = std::max(m_endWidth, measured.end.rect.width());
            }
        }
        measured.height = std::max(0.0, y - gap);
        auto& width = m_width[static_cast<std::size_t>(m_columns.ofPart[static_cast<std::size_t>(index)])];
        width = std::max(width, measured.width);
    }

    LayCard measureCard(const TreeCard& card, int part, int index, qreal y, int depth) const
    {
        LayCard result;
        result.part = part;
        result.card = index;
        const qreal x = std::min(depth, 4) * indentStep;
        qreal right = x + narrowest - indentStep, at = y + padding / 2;
        const bool chain = !card.chain.empty();
        if (chain) {
            // A virtual server is named by its chain: "TCP 10.96.0.10:80".
            LayLine name = line(lineSafe(card.chain), Role::ChainName, x + padding, at, widest - 2 * padding - 40);
            LayLine table = line(lineSafe(card.table), Role::TableName, name.rect.right() + padding, at + 1, 120);
            right = std::max(right, table.text.isEmpty() ? name.rect.right() : table.rect.right());
            at = name.rect.bottom();
            result.lines << name << table;
            if (const QString who = PathWords::ownerShort(card.owner); !who.isEmpty()) {
                result.lines.append(line(who, Role::Muted, x + padding, at, widest - 2 * padding));
                right = std::max(right, result.lines.last().rect.right());
                at = result.lines.last().rect.bottom();
            }
            at += 2;
        }
        for (std::size_t i = 0; i < card.rows.size(); ++i) {
            if (m_options.passedOver)
                passed(result, card.rows[i], static_cast<int>(i), x + padding, at, right);
            row(result, card.rows[i], static_cast<int>(i), chain, x + padding, at, right);
        }
        at += padding / 2;
        result.rect = QRectF(x, y, right + padding - x, at - y);
        for (LayRow& one : result.rows)
            one.rect = QRectF(x, one.rect.y(), result.rect.width(), one.rect.height());
        if (result.lines.size() > 1 && !result.lines[1].text.isEmpty()) // the table's name at the right edge
            result.lines[1].rect.moveRight(result.rect.right() - padding);
        return result;
    }

    void passed(LayCard& card, const TreeRow& row, int index, qreal x, qreal& y, qreal& right) const
    {
        const int count = static_cast<int>(row.passed.size());
        const int shown = count > passedShown + 1 ? passedShown : count;
        for (int i = 0; i < shown; ++i) {
            const TraceStep& step = row.passed[static_cast<std::size_t>(i)];
            LayRow made;
            made.row = index;
            made.passed = i;
            const QString text = QStringLiteral("#%1  %2").arg(step.rule).arg(PathWords::reason(step.reason));
            made.lines.append(line(text, Role::TableName, x, y, widest - 2 * padding));
            made.rect = made.lines.last().rect;
            right = std::max(right, made.rect.right());
            y = made.rect.bottom();
            card.rows.append(made);
        }
        if (shown < count) {
            LayRow made;
            made.row = index;
            made.passed = shown;
            made.lines.append(line(PathWords::tr("… %n more do not fit", nullptr, count - shown), Role::TableName, x, y, widest - 2 * padding));
            made.rect = made.lines.last().rect;
            right = std::max(right, made.rect.right());
            y = made.rect.bottom();
            card.rows.append(made);
        }
    }

    void row(LayCard& card, const TreeRow& tree, int index, bool chain, qreal x, qreal& y, qreal& right) const
    {
        const TraceStep& step = tree.step;
        LayRow made;
        made.row = index;
        made.unknown = step.matched == Tri::Unknown;
        const qreal top = y;
        qreal from = x;
        if (chain && step.rule > 0) {
            made.lines.append(line(QStringLiteral("#%1").arg(step.rule), Role::RuleNumber, x, y, 90));
            from = made.lines.last().rect.right() + 6;
        }
        const NatChange nat = natOf(step);
        made.verdict = verdictOf(step);
        made.decides = made.verdict != Verdict::NotApplicable || made.unknown;
        if (made.decides)
            from += iconSize + 4;
        QString action = PathWords::action(step);
        if (nat.any() && step.backend != "conntrack") // the addresses are said below
            action = action.section(u' ', 0, 0);
        const auto hook = hookOnly(step.hook);
        const bool routing = hook == "ROUTING" || hook == "BRIDGE" || hook == "WIRE";
        made.lines.append(line(action, routing || made.unknown ? Role::Plain : Role::Machine, from, y, widest - (from - x) - 2 * padding));
        right = std::max(right, made.lines.last().rect.right());
        y = made.lines.last().rect.bottom();
        if (nat.any()) {
            const qreal boxTop = y + 2;
            qreal boxRight = 0;
            y = boxTop + 4;
            const auto change = [&](const QString& what, const QString& before, const QString& now) {
                made.lines.append(line(what + u' ' + before, Role::NatBefore, x + 8, y, widest - 4 * padding));
                boxRight = std::max(boxRight, made.lines.last().rect.right());
                y = made.lines.last().rect.bottom();
                made.lines.append(line(QStringLiteral("⇒ ") + now, Role::NatAfter, x + 8, y, widest - 4 * padding));
                boxRight = std::max(boxRight, made.lines.last().rect.right());
                y = made.lines.last().rect.bottom() + 2;
            };
            if (nat.destination)
                change(PathWords::tr("to"), nat.destinationBefore, nat.destinationAfter);
            if (nat.source)
                change(PathWords::tr("from"), nat.sourceBefore, nat.sourceAfter);
            if (m_options.odd && m_options.odd(step)) {
                made.odd = true;
                made.lines.append(line(PathWords::tr("taken away here"), Role::Verdict, x + 8 + iconSize + 4, y, widest - 4 * padding - iconSize));
                boxRight = std::max(boxRight, made.lines.last().rect.right());
                y = made.lines.last().rect.bottom();
            }
            y += 2;
            made.natBox = QRectF(x, boxTop, boxRight + 8 - x, y - boxTop);
            right = std::max(right, made.natBox.right());
            y += 2;
        }
        if (!step.reason.empty() && made.unknown) {
            made.lines.append(line(PathWords::reason(step.reason), Role::Muted, x, y, widest - 2 * padding));
            right = std::max(right, made.lines.last().rect.right());
            y = made.lines.last().rect.bottom();
        }
        made.rect = QRectF(x, top, 10, y - top);
        card.rows.append(made);
    }

    static Verdict verdictOf(const TraceStep& step)
    {
        if (step.matched == Tri::Unknown)
            return Verdict::Unknown;
        if (step.action == "accept")
            return Verdict::Ok;
        if (step.action == "drop" || step.action == "policy drop" || step.action.find("reject") == 0 || step.action.find("refuse") == 0
            || (hookOnly(step.hook) == "ROUTING" && (step.action == "no route" || step.action == "unreachable" || step.action == "blackhole" || step.action == "prohibited")))
            return Verdict::Failure;
        if (hookOnly(step.hook) == "ROUTING" && step.action == "unknown")
            return Verdict::Unknown;
        return Verdict::NotApplicable;
    }

    LayEnd measureEnd(const TreePart& part, int index) const
    {
        LayEnd end;
        end.part = index;
        end.verdict = part.certain || !arrives(*part.end) ? PathWords::verdict(*part.end) : Verdict::Unknown;
        end.icon = QRectF(padding, padding, iconSize, iconSize);
        qreal x = padding + iconSize + 6, y = padding - 1, right = narrowest - padding;
        const auto add = [&](const QString& text, Role role) {
            if (text.isEmpty())
                return;
            end.lines.append(line(text, role, x, y, widest - x - padding));
            right = std::max(right, end.lines.last().rect.right());
            y = end.lines.last().rect.bottom();
        };
        add(PathWords::disposition(*part.end), Role::Verdict);
        if (part.folded > 0) {
            add(PathWords::tr("%n more ways like these", nullptr, part.folded), Role::Plain);
        } else if (arrives(*part.end)) {
            add(endpointText(part.packet.dst, part.packet.dport), Role::StartAddress);
            if (m_options.whose)
                add(m_options.whose(part.packet.dst), Role::Plain);
            if (!part.packet.out.empty())
                add(PathWords::tr("by %1").arg(lineSafe(part.packet.out)), Role::Muted);
            add(PathWords::reason(part.reason), Role::Muted);
        } else {
            add(PathWords::reason(part.reason), Role::Muted);
        }
        if (!part.certain && part.folded == 0)
            add(PathWords::tr("if what is not known is so"), Role::Muted);
        end.rect = QRectF(0, 0, right + padding, y + padding - 1);
        return end;
    }

    void placeColumns()
    {
        m_startWidth = 0;
        for (std::size_t i = 0; i < m_tree.starts.size(); ++i) {
            m_starts.append(measureStart(static_cast<int>(i)));
            m_startWidth = std::max(m_startWidth, m_starts.last().rect.width());
        }
        // A gutter is wider where the ways that come in carry a label.
        m_gutter.assign(m_columns.hooks.size(), gutter);
        for (std::size_t i = 0; i < m_tree.parts.size(); ++i)
            if (const QString label = PathWords::fork(m_tree.parts[i]); !label.isEmpty()) {
                qreal& wide = m_gutter[static_cast<std::size_t>(m_columns.ofPart[i])];
                wide = std::max(wide, widthOf(label, Role::Share) + gutter);
            }
        qreal x = margin + m_startWidth;
        for (std::size_t i = 0; i < m_columns.hooks.size(); ++i) {
            x += m_gutter[i];
            m_x.push_back(x);
            x += m_width[i];
        }
        m_endColumn = x + gutter;
    }

    LayStart measureStart(int index) const
    {
        const TreeStart& start = m_tree.starts[static_cast<std::size_t>(index)];
        LayStart made;
        made.start = index;
        qreal y = padding - 1, right = 0;
        const auto add = [&](const QString& text, Role role) {
            if (text.isEmpty())
                return;
            made.lines.append(line(text, role, padding, y, 260));
            right = std::max(right, made.lines.last().rect.right());
            y = made.lines.last().rect.bottom();
        };
        const TracePacket& packet = start.packet;
        const auto name = [&](const std::string& address) {
            if (m_options.whose && !address.empty())
                add(m_options.whose(address), Role::Plain);
        };
        if (packet.src.empty()) {
            add(m_options.node.empty() ? PathWords::tr("this node") : lineSafe(m_options.node), Role::StartAddress);
        } else {
            add(endpointText(packet.src, start.request >= 0 ? packet.sport : 0), Role::StartAddress);
            name(packet.src);
        }
        add(QStringLiteral("↓ ") + lineSafe(packet.protocol), Role::Muted);
        add(endpointText(packet.dst, packet.dport), Role::StartAddress);
        name(packet.dst);
        if (!packet.in.empty())
            add(PathWords::tr("comes in by %1").arg(lineSafe(packet.in)), Role::Muted);
        made.rect = QRectF(0, 0, right + padding, y + padding - 1);
        return made;
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
        Measured& measured = m_parts[static_cast<std::size_t>(index)];
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
            while (last + 1 < m_columns.hooks.size() && m_columns.hooks[last + 1] == m_columns.hooks[i])
                ++last;
            LayLane lane;
            lane.hook = m_columns.hooks[i];
            const qreal left = m_x[i] - padding, right = m_x[last] + m_width[last] + padding;
            lane.rect = QRectF(left, 0, right - left, m_result.size.height());
            lane.lines.append(line(PathWords::hook(lane.hook), Role::LaneName, m_x[i], padding / 2, right - m_x[i]));
            lane.lines.append(line(PathWords::hookHint(lane.hook), Role::LaneHint, m_x[i], lane.lines.last().rect.bottom(), right - m_x[i]));
            m_result.lanes.append(lane);
            i = last + 1;
        }
    }

    const PathTree& m_tree;
    const PathFonts& m_fonts;
    const PathLayout::Options& m_options;
    PathColumns m_columns;
    std::vector<qreal> m_width, m_x, m_gutter;
    std::vector<Measured> m_parts;
    QList<LayStart> m_starts;
    qreal m_startWidth = 0, m_endColumn = 0, m_endWidth = narrowest;
    PathLayout m_result;
};

} // namespace

PathFonts PathFonts::standard()
{
    PathFonts result;
    const auto set = [&](Role role, QFont font, qreal factor, QFont::Weight weight) {
        font.setPixelSize(qMax(8, qRound(QFontInfo(theme::bodyFont()).pixelSize() * factor)));
        font.setWeight(weight);
        result.fonts[static_cast<int>(role)] = font;
    };
    const QFont body = theme::bodyFont(), mono = theme::monospaceFont();
    set(Role::LaneName, body, 1.0, QFont::DemiBold);
    set(Role::LaneHint, body, 0.88, QFont::Normal);
    set(Role::ChainName, mono, 0.92, QFont::DemiBold);
    set(Role::TableName, body, 0.85, QFont::Normal);
    set(Role::RuleNumber, mono, 0.88, QFont::Normal);
    set(Role::Plain, body, 0.95, QFont::Normal);
    set(Role::Machine, mono, 0.92, QFont::Normal);
    set(Role::Muted, body, 0.88, QFont::Normal);
    set(Role::NatBefore, mono, 0.92, QFont::Normal);
    set(Role::NatAfter, mono, 1.08, QFont::Bold);
    set(Role::Verdict, body, 1.0, QFont::DemiBold);
    set(Role::Share, body, 1.0, QFont::DemiBold);
    set(Role::StartAddress, mono, 0.96, QFont::DemiBold);
    return result;
}

PathLayout PathLayout::lay(const PathTree& tree, const PathFonts& fonts, const Options& options)
{
    return Layouter(tree, fonts, options).run();
}

std::function<bool(const TraceStep&)> oddSteps(const netfilter::PathQuery& query, const Trace& trace)
{
    std::vector<std::pair<std::string, int>> odd; // chain and rule
    for (const TraceBranch& branch : trace.branches)
        if (const TraceStep* step = PathWords::thief(query, branch))
            odd.emplace_back(step->chain, step->rule);
    return [odd](const TraceStep& step) { return std::find(odd.begin(), odd.end(), std::pair(step.chain, step.rule)) != odd.end(); };
}

PathLayout::Spot PathLayout::at(const QPointF& point) const
{
    for (const LayCard& card : cards) {
        if (!card.rect.contains(point))
            continue;
        for (const LayRow& row : card.rows)
            if (row.rect.contains(point))
                return {Spot::Kind::Row, card.part, card.card, row.row, row.passed, -1};
        return {Spot::Kind::Card, card.part, card.card, -1, -1, -1};
    }
    for (const LayEnd& end : ends)
        if (end.rect.contains(point))
            return {Spot::Kind::End, end.part, -1, -1, -1, -1};
    for (const LayStart& start : starts)
        if (start.rect.contains(point))
            return {Spot::Kind::Start, start.start, -1, -1, -1, -1};
    for (int i = 0; i < int(lanes.size()); ++i)
        for (const LayLine& one : lanes[i].lines)
            if (one.rect.adjusted(-4, -2, 4, 2).contains(point))
                return {Spot::Kind::Lane, -1, -1, -1, -1, i};
    return {};
}

QRectF PathLayout::rectOf(const Spot& spot) const
{
    switch (spot.kind) {
    case Spot::Kind::Row:
        for (const LayCard& card : cards)
            if (card.part == spot.part && card.card == spot.card)
                for (const LayRow& row : card.rows)
                    if (row.row == spot.row && row.passed == spot.passed)
                        return row.rect;
        break;
    case Spot::Kind::Card:
        for (const LayCard& card : cards)
            if (card.part == spot.part && card.card == spot.card)
                return card.rect;
        break;
    case Spot::Kind::End:
    case Spot::Kind::Fold:
        for (const LayEnd& end : ends)
            if (end.part == spot.part)
                return end.rect;
        break;
    case Spot::Kind::Start:
        for (const LayStart& start : starts)
            if (start.start == spot.part)
                return start.rect;
        break;
    case Spot::Kind::Lane: return lanes.value(spot.lane).rect;
    case Spot::Kind::Nothing: break;
    }
    return {};
}

QList<PathLayout::Spot> PathLayout::stops() const
{
    QList<Spot> result;
    for (const LayCard& card : cards)
        for (const LayRow& row : card.rows)
            result.append({Spot::Kind::Row, card.part, card.card, row.row, row.passed, -1});
    for (const LayEnd& end : ends)
        result.append({Spot::Kind::End, end.part, -1, -1, -1, -1});
    std::stable_sort(result.begin(), result.end(), [this](const Spot& a, const Spot& b) {
        const QRectF one = rectOf(a), two = rectOf(b);
        return std::abs(one.left() - two.left()) > 40 ? one.left() < two.left() : one.top() < two.top();
    });
    return result;
}

} // namespace medic::packetpath
