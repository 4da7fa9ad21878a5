// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/trace.h"
#include "diagnostics/netfilter/node_state.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace medic::netfilter {

/// What each rule of a node counted between two samples of its rules. Immutable; refers to nothing.
class CounterDeltas {
public:
    /// A rule of `after` is found in `before` by its text within its chain; one that was not there, has no counter, or counts
    /// less than before (it was written anew) is not known. Null when nothing at all is.
    [[nodiscard]] static std::shared_ptr<const CounterDeltas> between(const NodeState& before, const NodeState& after, std::chrono::milliseconds apart);

    [[nodiscard]] std::chrono::milliseconds apart() const { return m_apart; }
    /// Packets of a rule (from 0) of a chain; `place` as placeOf() says. nullopt: not known.
    [[nodiscard]] std::optional<std::uint64_t> of(const std::string& place, int rule) const;
    /// Of a traced step; nullopt too where it is no rule.
    [[nodiscard]] std::optional<std::uint64_t> of(const TraceStep& step, bool v6) const;
    /// Of all rules of a chain together.
    [[nodiscard]] std::uint64_t ofChain(const std::string& place) const;
    [[nodiscard]] std::uint64_t most() const { return m_most; } ///< of one rule
    [[nodiscard]] double perSecond(std::uint64_t packets) const;

    /// "legacy IPv4 nat KUBE-SERVICES"; of nftables "nft inet kube-proxy services".
    [[nodiscard]] static std::string placeOf(std::string_view backend, std::string_view family, std::string_view table, std::string_view chain);

private:
    std::map<std::string, std::vector<std::int64_t>, std::less<>> m_chains; ///< below 0: not known
    std::chrono::milliseconds m_apart {0};
    std::uint64_t m_most = 0;
};

} // namespace medic::netfilter
