// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/path_columns.h"

#include <functional>
#include <utility>

namespace medic::packetpath {

PathColumns PathColumns::of(const PathTree& tree)
{
    using Place = std::pair<std::string, int>; // hook, hop
    PathColumns result;
    std::vector<Place> places;
    for (const TreePart& part : tree.parts) {
        int hop = 0;
        if (part.parent >= 0) {
            const Place& above = places[static_cast<std::size_t>(part.parent)];
            hop = above.second + (hookOnly(part.hook) == "WIRE" && above.first != "WIRE" ? 1 : 0);
        }
        places.emplace_back(hookOnly(part.hook), hop);
    }
    std::vector<int> order; // columns by number, from left to right
    std::vector<Place> hooks; // by number
    std::vector<int> column(tree.parts.size(), 0); // number of each part's column
    const auto insertAt = [&](std::size_t place, const Place& hook) {
        hooks.push_back(hook);
        order.insert(order.begin() + static_cast<std::ptrdiff_t>(place), static_cast<int>(hooks.size()) - 1);
        return static_cast<int>(hooks.size()) - 1;
    };
    const auto hookAt = [&](std::size_t place) -> const Place& { return hooks[static_cast<std::size_t>(order[place])]; };
    const auto placeOf = [&](int number) {
        std::size_t place = 0;
        while (order[place] != number)
            ++place;
        return place;
    };
    const std::function<void(int, int)> visit = [&](int part, int parentColumn) {
        const Place& one = places[static_cast<std::size_t>(part)];
        std::size_t place = 0;
        bool found = false;
        if (parentColumn >= 0) {
            place = placeOf(parentColumn) + 1;
            const Place parentHook = hooks[static_cast<std::size_t>(parentColumn)];
            if (one == parentHook) {
                found = place < order.size() && hookAt(place) == one;
            } else {
                while (place < order.size() && hookAt(place) == parentHook)
                    ++place;
                std::size_t search = place;
                while (search < order.size() && hookAt(search) != one)
                    ++search;
                found = search < order.size();
                place = found ? search : place;
                while (!found && place < order.size() && hookAt(place).second < one.second)
                    ++place; // all of the node before stands before
            }
        } else {
            while (place < order.size() && hookAt(place) != one)
                ++place;
            found = place < order.size();
            place = found ? place : 0;
        }
        const int number = found ? order[place] : insertAt(place, one);
        column[static_cast<std::size_t>(part)] = number;
        for (const int child : tree.parts[static_cast<std::size_t>(part)].children)
            visit(child, number);
    };
    for (const TreeStart& start : tree.starts)
        if (start.part >= 0)
            visit(start.part, -1);
    std::vector<int> place(hooks.size(), 0);
    for (std::size_t i = 0; i < order.size(); ++i) {
        place[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
        result.hooks.push_back(hookAt(i).first);
        result.hop.push_back(hookAt(i).second);
    }
    for (const int number : column)
        result.ofPart.push_back(hooks.empty() ? 0 : place[static_cast<std::size_t>(number)]);
    return result;
}

} // namespace medic::packetpath
