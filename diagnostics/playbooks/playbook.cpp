// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/playbooks/playbook.h"

#include <algorithm>

namespace medic::playbooks {

std::string_view stepTypeName(StepType type)
{
    switch (type) {
    case StepType::Check: return "check";
    case StepType::Question: return "question";
    case StepType::Compare: return "compare";
    case StepType::Trace: return "trace";
    case StepType::Measure: return "measure";
    case StepType::Action: return "action";
    case StepType::Wait: return "wait";
    case StepType::Verdict: return "verdict";
    }
    return "check";
}

std::string_view riskName(Risk risk)
{
    switch (risk) {
    case Risk::None: return "none";
    case Risk::Low: return "low";
    case Risk::Medium: return "medium";
    case Risk::High: return "high";
    }
    return "high";
}

const Step* Playbook::find(std::string_view step) const
{
    const int index = indexOf(step);
    return index < 0 ? nullptr : &steps[static_cast<std::size_t>(index)];
}

int Playbook::indexOf(std::string_view step) const
{
    const auto found = std::find_if(steps.begin(), steps.end(), [&](const Step& s) { return s.id == step; });
    return found == steps.end() ? -1 : static_cast<int>(found - steps.begin());
}

} // namespace medic::playbooks
