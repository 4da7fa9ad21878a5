// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/path_measure.h"

#include "widgets/packetpath/path_words.h"
#include "widgets/text/escape.h"

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace medic::packetpath {

using namespace layout;

namespace {

constexpr int passedShown = 4;

Verdict verdictOf(const TraceStep& step)
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

} // namespace

qreal PathMeasure::lineHeight(Role role) const { return std::ceil(QFontMetricsF(m_fonts.of(role)).height()) + 1; }

qreal PathMeasure::widthOf(const QString& text, Role role) const
{
    return std::ceil(QFontMetricsF(m_fonts.of(role)).horizontalAdvance(text)) + 2;
}

qreal PathMeasure::laneWidth(const std::string& hook) const
{
    return std::max({narrowest, widthOf(PathWords::hook(hook), Role::LaneName), widthOf(PathWords::hookHint(hook), Role::LaneHint)});
}

MeasuredPart PathMeasure::part(const TreePart& part, int index) const
{
    MeasuredPart measured;
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
        }
    }
    measured.height = std::max(0.0, y - gap);
    return measured;
}

LayLine PathMeasure::line(const QString& text, Role role, qreal x, qreal y, qreal most) const
{
    const QString shown = widthOf(text, role) > most
        ? QFontMetricsF(m_fonts.of(role)).elidedText(text, Qt::ElideMiddle, most - 2)
        : text;
    return {QRectF(x, y, std::min(most, widthOf(shown, role)), lineHeight(role)), shown, role, Qt::AlignLeft};
}

/// A sentence in lines that fit; at blanks where there are some.
QStringList PathMeasure::broken(const QString& text, Role role, qreal most) const
{
    QStringList lines;
    QString rest = text;
    while (widthOf(rest, role) > most && lines.size() < 3) {
        qsizetype fits = rest.size();
        while (fits > 1 && widthOf(rest.left(fits), role) > most)
            --fits;
        const qsizetype blank = rest.lastIndexOf(u' ', fits);
        const qsizetype end = blank > fits / 2 ? blank : fits;
        lines.append(rest.left(end).trimmed());
        rest = rest.mid(end).trimmed();
    }
    if (!rest.isEmpty())
        lines.append(rest);
    return lines;
}

LayCard PathMeasure::measureCard(const TreeCard& card, int part, int index, qreal y, int depth) const
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

void PathMeasure::passed(LayCard& card, const TreeRow& row, int index, qreal x, qreal& y, qreal& right) const
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

void PathMeasure::row(LayCard& card, const TreeRow& tree, int index, bool chain, qreal x, qreal& y, qreal& right) const
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
    const auto below = [&](const QString& text, Role role) {
        made.lines.append(line(text, role, x, y, widest - 2 * padding));
        right = std::max(right, made.lines.last().rect.right());
        y = made.lines.last().rect.bottom();
    };
    if (!step.reason.empty() && made.unknown)
        below(PathWords::reason(step.reason), Role::Muted);
    if (hook == "WIRE" && !step.reason.empty()) {
        const QString outer = lineSafe(step.reason); // "udp 192.168.0.1 → 192.168.0.3:8472"
        below(PathWords::tr("packed into %1").arg(outer.section(u' ', 0, 0)), Role::Muted);
        below(outer.section(u' ', 1), Role::Machine);
    }
    if (m_options.observed)
        if (const QString seen = m_options.observed(step); !seen.isEmpty())
            below(QStringLiteral("◉ ") + seen, Role::Observed);
    made.rect = QRectF(x, top, 10, y - top);
    card.rows.append(made);
}

LayEnd PathMeasure::measureEnd(const TreePart& part, int index) const
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
    add(PathWords::end(part), Role::Verdict);
    if (part.folded > 0) {
        add(PathWords::tr("%n more ways like these", nullptr, part.folded), Role::Plain);
    } else if (arrives(*part.end)) {
        add(endpointText(part.packet.dst, part.packet.dport), Role::StartAddress);
        if (m_options.whose)
            add(m_options.whose(part.packet.dst), Role::Plain);
        if (!part.packet.out.empty())
            add(PathWords::tr("by %1").arg(lineSafe(part.packet.out)), Role::Muted);
        for (const QString& one : broken(PathWords::reason(part.reason), Role::Muted, widest - x - padding))
            add(one, Role::Muted);
    } else {
        for (const QString& one : broken(PathWords::reason(part.reason), Role::Muted, widest - x - padding))
            add(one, Role::Muted);
    }
    if (!part.certain && part.folded == 0)
        add(PathWords::tr("if what is not known is so"), Role::Muted);
    end.rect = QRectF(0, 0, right + padding, y + padding - 1);
    return end;
}

LayStart PathMeasure::start(const TreeStart& start, int index, std::string_view node) const
{
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
    if (!node.empty() && start.request >= 0) // answers begin on one node each
        add(PathWords::tr("on %1").arg(lineSafe(std::string(node))), Role::Muted);
    made.rect = QRectF(0, 0, right + padding, y + padding - 1);
    return made;
}

} // namespace medic::packetpath
