// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/model/snapshot.h"

namespace medic {

void Snapshot::add(ObservationPtr observation)
{
    if (!observation)
        return;
    m_memory.clear();
    m_observations.insert_or_assign({observation->node, observation->probe}, std::move(observation));
}

std::vector<std::string> Snapshot::nodes() const
{
    std::vector<std::string> names;
    for (const auto& [key, observation] : m_observations)
        if (!key.first.empty() && key.first != "@local" && (names.empty() || names.back() != key.first))
            names.push_back(key.first);
    return names;
}

ObservationPtr Snapshot::find(std::string_view node, std::string_view probe) const
{
    const auto found = m_observations.find(std::pair<std::string, std::string>(node, probe));
    return found == m_observations.end() ? nullptr : found->second;
}

std::vector<ObservationPtr> Snapshot::ofNode(std::string_view node) const
{
    std::vector<ObservationPtr> result;
    for (auto at = m_observations.lower_bound(std::pair<std::string, std::string>(node, std::string()));
         at != m_observations.end() && at->first.first == node; ++at)
        result.push_back(at->second);
    return result;
}

std::vector<ObservationPtr> Snapshot::all() const
{
    std::vector<ObservationPtr> result;
    result.reserve(m_observations.size());
    for (const auto& [key, observation] : m_observations)
        result.push_back(observation);
    return result;
}

} // namespace medic
