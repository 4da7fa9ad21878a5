// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/model/observation.h"

#include <array>
#include <utility>

namespace medic {

namespace {

constexpr std::array<std::pair<ProbeState, std::string_view>, 9> stateNames {{
    {ProbeState::Complete, "complete"},
    {ProbeState::ToolMissing, "tool-missing"},
    {ProbeState::NoPermission, "no-permission"},
    {ProbeState::TimedOut, "timed-out"},
    {ProbeState::Cancelled, "cancelled"},
    {ProbeState::Unreachable, "unreachable"},
    {ProbeState::ConnectionLost, "connection-lost"},
    {ProbeState::NotApplicable, "not-applicable"},
    {ProbeState::Failed, "failed"},
}};

} // namespace

std::string_view probeStateName(ProbeState state)
{
    for (const auto& [value, name] : stateNames)
        if (value == state)
            return name;
    return "failed";
}

std::optional<ProbeState> probeStateFromName(std::string_view name)
{
    for (const auto& [value, known] : stateNames)
        if (known == name)
            return value;
    return std::nullopt;
}

} // namespace medic
