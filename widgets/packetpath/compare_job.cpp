// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/compare_job.h"

#include "diagnostics/incident/incident_file.h"
#include "widgets/text/escape.h"

#include <algorithm>

namespace medic::packetpath {

namespace {

using Row = ComparedItem::Row;

/// What only the left has and what only the right has in the same place belong beside one another.
std::vector<Row> zipped(std::vector<Row> rows)
{
    std::vector<Row> result;
    for (std::size_t i = 0; i < rows.size();) {
        std::vector<Row> lost, won; // a run of them, in whatever order they came
        for (; i < rows.size() && (rows[i].kind == Row::Kind::OnlyLeft || rows[i].kind == Row::Kind::OnlyRight); ++i)
            (rows[i].kind == Row::Kind::OnlyLeft ? lost : won).push_back(std::move(rows[i]));
        if (lost.empty() && won.empty()) {
            result.push_back(std::move(rows[i++]));
            continue;
        }
        for (std::size_t n = 0; n < std::max(lost.size(), won.size()); ++n) {
            Row row = std::move(n < lost.size() ? lost[n] : won[n]);
            if (n < lost.size() && n < won.size()) {
                row.kind = Row::Kind::Changed;
                row.right = won[n].right;
                row.rightText = won[n].rightText;
            }
            result.push_back(std::move(row));
        }
    }
    return result;
}

ComparedItem itemOf(const netfilter::ChainPair& chain)
{
    ComparedItem item;
    item.area = "rules";
    item.backend = QString::fromStdString(chain.backend + ' ' + chain.family);
    const std::string& name = chain.after.empty() ? chain.before : chain.after;
    item.name = lineSafe(chain.table + ' ' + name);
    item.lost = chain.onlyBefore;
    item.won = chain.onlyAfter;
    item.moved = chain.moved;
    if (chain.policyBefore != chain.policyAfter) {
        Row row;
        row.kind = chain.policyBefore.empty() ? Row::Kind::OnlyRight : chain.policyAfter.empty() ? Row::Kind::OnlyLeft : Row::Kind::Changed;
        row.leftText = chain.policyBefore.empty() ? QString() : QStringLiteral("policy ") + lineSafe(chain.policyBefore);
        row.rightText = chain.policyAfter.empty() ? QString() : QStringLiteral("policy ") + lineSafe(chain.policyAfter);
        item.lost += row.leftText.isEmpty() ? 0 : 1;
        item.won += row.rightText.isEmpty() ? 0 : 1;
        item.rows.push_back(std::move(row));
    }
    std::vector<Row> rows;
    for (const auto& pair : chain.rows) {
        using Kind = netfilter::RulePair::Kind;
        Row row;
        row.kind = pair.kind == Kind::Same ? Row::Kind::Same
            : pair.kind == Kind::Moved     ? Row::Kind::Moved
            : pair.kind == Kind::OnlyBefore ? Row::Kind::OnlyLeft
                                            : Row::Kind::OnlyRight;
        row.left = pair.before;
        row.right = pair.after;
        row.leftText = lineSafe(pair.textBefore);
        row.rightText = lineSafe(pair.textAfter);
        rows.push_back(std::move(row));
    }
    rows = zipped(std::move(rows));
    item.rows.insert(item.rows.end(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
    return item;
}

ComparedItem itemOf(const Difference& difference)
{
    ComparedItem item;
    item.area = difference.area;
    item.name = lineSafe(difference.what);
    item.unknown = difference.change == Difference::Change::Unknown;
    std::vector<Row> rows;
    const auto add = [&](const std::string& text, Row::Kind kind) {
        for (std::size_t at = 0; at < text.size();) {
            const auto end = std::min(text.find('\n', at), text.size());
            Row row;
            row.kind = kind;
            (kind == Row::Kind::OnlyLeft ? row.leftText : row.rightText) = lineSafe(text.substr(at, end - at));
            rows.push_back(std::move(row));
            ++(kind == Row::Kind::OnlyLeft ? item.lost : item.won);
            at = end + 1;
        }
    };
    add(difference.before, Row::Kind::OnlyLeft);
    add(difference.after, Row::Kind::OnlyRight);
    item.rows = zipped(std::move(rows));
    return item;
}

Result<Snapshot> snapshotOf(const CompareSide& side, const Snapshot& then)
{
    if (side.file.isEmpty())
        return then;
    const auto file = IncidentFile::open(side.file.toStdString(), IncidentFile::Mode::ReadOnly);
    if (!file)
        return tl::unexpected(file.error());
    return file->snapshot(side.sweep);
}

} // namespace

ComparisonPtr compareSides(const CompareSide& left, const Snapshot& leftThen, const CompareSide& right, const Snapshot& rightThen)
{
    auto result = std::make_shared<Comparison>();
    result->left = left;
    result->right = right;
    const auto before = snapshotOf(left, leftThen);
    if (!before) {
        result->error = before.error();
        return result;
    }
    const auto after = snapshotOf(right, rightThen);
    if (!after) {
        result->error = after.error();
        return result;
    }
    const std::string one = left.node.toStdString(), two = right.node.toStdString();
    const auto rules = netfilter::compareRules(netfilter::NodeState::fromSnapshot(*before, one), netfilter::NodeState::fromSnapshot(*after, two),
                                               netfilter::CompareWhat::Everything);
    result->chains = rules.compared;
    for (const auto& chain : rules.chains)
        if (chain.differs())
            result->items.push_back(itemOf(chain));
    // What is nearest to the packet first.
    static const std::vector<std::string> areas {"ipset", "ipvs", "route", "rule", "address", "sysctl", "module", "component", "file", "node"};
    std::vector<Difference> rest = compareNodes(*before, one, *after, two);
    // Rules are told better above; only that one side does not know them is not.
    rest.erase(std::remove_if(rest.begin(), rest.end(), [](const Difference& d) { return d.area == "iptables" && d.change != Difference::Change::Unknown; }), rest.end());
    const auto rank = [](const Difference& d) { return std::find(areas.begin(), areas.end(), d.area) - areas.begin(); };
    std::stable_sort(rest.begin(), rest.end(), [&](const Difference& a, const Difference& b) { return rank(a) < rank(b); });
    for (const Difference& difference : rest)
        result->items.push_back(itemOf(difference));
    return result;
}

} // namespace medic::packetpath
