// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/heat_geometry.h"

#include <algorithm>

namespace medic {

HeatGeometry HeatGeometry::lay(const QList<QPair<QString, int>>& counts, int width, int nameWidth, int lineHeight)
{
    HeatGeometry g;
    int total = 0;
    for (const auto& [title, count] : counts)
        total += count;
    g.named = total <= 48;
    if (g.named) {
        g.cell = QSize(std::clamp(nameWidth + 36, 96, 220), std::max(26, lineHeight + 10));
        g.gap = 4;
    } else {
        const int side = total <= 300 ? 20 : total <= 1200 ? 14 : 9;
        g.cell = QSize(side, side);
        g.gap = side > 9 ? 3 : 1;
    }
    g.columns = std::max(1, (width + g.gap) / (g.cell.width() + g.gap));
    int y = 0;
    int first = 0;
    const int filled = int(std::count_if(counts.begin(), counts.end(), [](const auto& group) { return group.second > 0; }));
    for (const auto& [title, count] : counts) {
        if (count <= 0)
            continue;
        Group group {.title = title, .first = first, .count = count, .titleRect = {}};
        if (filled > 1) {
            group.titleRect = QRect(0, y, width, lineHeight);
            y += lineHeight + 4;
        }
        g.groupTops.append(y);
        const int rows = (count + g.columns - 1) / g.columns;
        y += rows * (g.cell.height() + g.gap) - g.gap + 8;
        first += count;
        g.groups.append(group);
    }
    g.height = std::max(0, y - 8);
    return g;
}

int HeatGeometry::cells() const { return groups.isEmpty() ? 0 : groups.back().first + groups.back().count; }

int HeatGeometry::groupOf(int wanted) const
{
    for (int i = 0; i < int(groups.size()); ++i)
        if (wanted >= groups[i].first && wanted < groups[i].first + groups[i].count)
            return i;
    return -1;
}

QRect HeatGeometry::rectOf(int wanted) const
{
    const int group = groupOf(wanted);
    if (group < 0)
        return {};
    const int at = wanted - groups[group].first;
    return QRect(QPoint((at % columns) * (cell.width() + gap), groupTops[group] + (at / columns) * (cell.height() + gap)), cell);
}

int HeatGeometry::cellAt(const QPoint& point) const
{
    if (point.x() < 0)
        return -1;
    for (int i = 0; i < int(groups.size()); ++i) {
        const int dy = point.y() - groupTops[i];
        if (dy < 0)
            continue;
        const int row = dy / (cell.height() + gap);
        const int column = point.x() / (cell.width() + gap);
        if (column >= columns)
            continue;
        const int at = row * columns + column;
        if (at >= groups[i].count)
            continue;
        const int found = groups[i].first + at;
        return rectOf(found).contains(point) ? found : -1;
    }
    return -1;
}

int HeatGeometry::step(int from, int dx, int dy) const
{
    const int all = cells();
    if (all == 0)
        return -1;
    if (from < 0 || from >= all)
        return 0;
    if (dx != 0)
        return std::clamp(from + dx, 0, all - 1);
    const int group = groupOf(from);
    const int at = from - groups[group].first;
    const int target = at + dy * columns;
    if (target >= 0 && target < groups[group].count)
        return groups[group].first + target;
    const int column = at % columns;
    if (dy > 0) {
        const int lastRow = (groups[group].count - 1) / columns;
        if (at / columns < lastRow)
            return groups[group].first + groups[group].count - 1;
        if (group + 1 >= int(groups.size()))
            return from;
        return groups[group + 1].first + std::min(column, groups[group + 1].count - 1);
    }
    if (group == 0)
        return from;
    const Group& above = groups[group - 1];
    const int lastRow = (above.count - 1) / columns;
    return above.first + std::min(lastRow * columns + column, above.count - 1);
}

} // namespace medic
