// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/base_chain.h"
#include "diagnostics/parse/nft_ruleset.h"

#include <memory>
#include <vector>

namespace medic::netfilter {

namespace nftables {
class TableIndex;
}

/// A base chain of a native nftables table with the chains that it jumps to: rules as nft_do_chain runs them,
/// three-valued. A chain at a device's ingress or egress is one that other devices' packets pass untouched.
class NftChain final : public BaseChain {
public:
    NftChain(Place place, std::shared_ptr<const parse::nft::Ruleset> ruleset,
             std::shared_ptr<const nftables::TableIndex> table, int chain);
    ~NftChain() override;

    [[nodiscard]] bool idle() const override;
    void evaluate(Walk walk, const HookContext& context, std::vector<HookOutcome>& outcomes) const override;

private:
    std::shared_ptr<const parse::nft::Ruleset> m_ruleset;
    std::shared_ptr<const nftables::TableIndex> m_table;
    int m_chain;
    std::vector<std::string> m_devices; ///< of ingress and egress; empty: every packet
    std::string m_hookName;
};

/// Every base chain of the family's own tables, of inet's and of netdev's. A table of iptables-nft is left out when the
/// dump holds what iptables-save says of it, which knows more.
[[nodiscard]] std::vector<std::unique_ptr<BaseChain>> nftBaseChains(const NodeState& node, IpFamily family);

/// Base chains of nft's family bridge, for packets of one family.
[[nodiscard]] std::vector<std::unique_ptr<BaseChain>> nftBridgeChains(const NodeState& node, IpFamily family);

/// A rule of the native tables makes the kernel track this family's connections.
[[nodiscard]] bool nftTracksConnections(const NodeState& node, IpFamily family);

} // namespace medic::netfilter
