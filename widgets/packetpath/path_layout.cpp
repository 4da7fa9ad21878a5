// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/path_layout.h"

#include "widgets/packetpath/path_words.h"
#include "widgets/theme/fonts.h"

#include <QFontInfo>

#include <algorithm>
#include <cmath>

namespace medic::packetpath {

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
    set(Role::Observed, body, 0.92, QFont::DemiBold);
    set(Role::StartAddress, mono, 0.96, QFont::DemiBold);
    return result;
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
