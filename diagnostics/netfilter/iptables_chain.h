// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/base_chain.h"
#include "diagnostics/parse/iptables_save.h"

#include <memory>
#include <vector>

namespace medic::netfilter {

/// A built-in chain of an iptables table (legacy, or iptables-nft) with the chains that it jumps to.
/// Follows netfilter.md section 5: jump, goto and return; non-terminal targets; three-valued matches.
class IptablesChain final : public BaseChain {
public:
    /// `priority` and `kind` as the table has them at this hook.
    IptablesChain(Place place, std::shared_ptr<const iptables::IptablesSave> save, const iptables::Table& table,
                  int chain);

    [[nodiscard]] bool idle() const override;
    void evaluate(Walk walk, const HookContext& context, std::vector<HookOutcome>& outcomes) const override;

private:
    std::shared_ptr<const iptables::IptablesSave> m_save;
    const iptables::Table& m_table;
    int m_chain;
    std::string m_backend;
};

/// Every built-in chain of both backends of one family. Priorities of the tables: netfilter.md 1.1.
[[nodiscard]] std::vector<std::unique_ptr<BaseChain>> iptablesBaseChains(const NodeState& node, IpFamily family);

} // namespace medic::netfilter
