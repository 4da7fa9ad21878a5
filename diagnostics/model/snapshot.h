// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/observation.h"

#include <any>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace medic {

/// What is known at one moment: the newest observation of each probe on each node, live or replayed.
/// Parsed forms are kept beside their observation (`parsed`). Copying is cheap enough (pointers).
/// Not thread-safe: a worker takes its own copy.
class Snapshot {
public:
    /// A later observation of the same node and probe replaces an earlier one.
    void add(ObservationPtr observation);

    /// Names of the nodes of which anything was observed, sorted; without the cluster ("") and "@local".
    [[nodiscard]] std::vector<std::string> nodes() const;

    /// The newest observation of a probe, whatever its state; null when there is none.
    [[nodiscard]] ObservationPtr find(std::string_view node, std::string_view probe) const;

    /// The same for the cluster itself (apiserver).
    [[nodiscard]] ObservationPtr cluster(std::string_view probe) const { return find("", probe); }

    /// All observations of a node, by probe id.
    [[nodiscard]] std::vector<ObservationPtr> ofNode(std::string_view node) const;
    [[nodiscard]] std::vector<ObservationPtr> all() const;
    [[nodiscard]] bool empty() const { return m_observations.empty(); }

    /// The value that `make` computes, once per (key): for what is expensive to parse and used by several checks.
    template<typename T, typename Make>
    const T& remember(const std::string& key, Make make) const
    {
        auto found = m_memory.find(key);
        if (found == m_memory.end())
            found = m_memory.emplace(key, std::make_shared<T>(make())).first;
        return *std::any_cast<const std::shared_ptr<T>&>(found->second);
    }

private:
    std::map<std::pair<std::string, std::string>, ObservationPtr, std::less<>> m_observations;
    mutable std::map<std::string, std::any> m_memory;
};

} // namespace medic
