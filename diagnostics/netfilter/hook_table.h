// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/base_chain.h"

#include <array>
#include <memory>
#include <vector>

namespace medic::netfilter {

/// One priority at one hook: what hangs there. Chains of equal priority are a group, because their order is that of
/// their registration (the last one first), which a dump does not hold.
struct HookStage {
    enum class Kind : std::uint8_t { Chains, Conntrack, Nat, IpvsOut, IpvsIn };
    Kind kind = Kind::Chains;
    int priority = 0;
    std::vector<const BaseChain*> chains; ///< for Chains; for Nat in the order of the dispatcher's list
};

/// Every hook of one family with its stages in order. Immutable. New kinds of chains (native nftables) are added
/// where the constructor collects them, and nowhere else.
class HookTable {
public:
    HookTable(const NodeState& node, IpFamily family);

    [[nodiscard]] const std::vector<HookStage>& stages(Hook hook) const
    {
        return m_stages[static_cast<std::size_t>(hook)];
    }
    /// Of the bridge itself (nft's family bridge), by priority; br_netfilter's own hooks stand at 0.
    [[nodiscard]] const std::vector<HookStage>& bridgeStages(Hook hook) const
    {
        return m_bridgeStages[static_cast<std::size_t>(hook)];
    }
    [[nodiscard]] const std::vector<std::unique_ptr<BaseChain>>& chains() const { return m_chains; }

private:
    std::vector<std::unique_ptr<BaseChain>> m_chains, m_bridgeChains;
    std::array<std::vector<HookStage>, 5> m_stages, m_bridgeStages;
};

} // namespace medic::netfilter
