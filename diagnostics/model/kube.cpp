// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/model/kube.h"

#include <algorithm>

namespace medic::kube {

const Condition* Node::condition(std::string_view type) const
{
    const auto found = std::find_if(conditions.begin(), conditions.end(), [&](const Condition& c) { return c.type == type; });
    return found == conditions.end() ? nullptr : &*found;
}

bool Pod::ready() const
{
    return std::any_of(conditions.begin(), conditions.end(),
                       [](const Condition& c) { return c.type == "Ready" && c.status == "True"; });
}

} // namespace medic::kube
