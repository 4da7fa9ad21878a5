// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/playbooks/runner.h"

#include <set>

namespace medic::playbooks {

/// Answers a condition's questions from a runner's state and its world. With `nodes` or `keys` only what concerns them
/// counts (the verification of an action on the first of several).
class RunnerView final : public Asked {
public:
    RunnerView(const Runner& runner, const World& world) : m_runner(runner), m_world(world) { }

    void onlyNodes(std::set<std::string> nodes) { m_nodes = std::move(nodes); }
    void onlyKeys(std::string id, std::set<std::string> keys);

    [[nodiscard]] Tri truth(std::string_view function, const std::vector<std::string>& arguments) const override;
    [[nodiscard]] std::optional<std::string> value(std::string_view function, const std::vector<std::string>& arguments) const override;

    /// The findings that an id (and the answer to a question, when given) speaks of.
    [[nodiscard]] std::vector<const Finding*> matching(const std::vector<std::string>& arguments) const;

private:
    [[nodiscard]] bool notChecked(const std::vector<std::string>& arguments) const;

    const Runner& m_runner;
    const World& m_world;
    std::set<std::string> m_nodes, m_keys;
    std::string m_keysOf;
};

[[nodiscard]] bool failing(const Finding& finding); ///< failure or warning
[[nodiscard]] std::string nodeOf(const Finding& finding); ///< where it was seen, or the node that it is about

} // namespace medic::playbooks
