// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/nft_presence.h"

#include "diagnostics/netfilter/base_chain.h"
#include "diagnostics/netfilter/node_state.h"

namespace medic::netfilter {

std::vector<std::string> nativeNftWarnings(const NodeState& node, IpFamily family)
{
    Notes notes; // says each thing once
    const bool v6 = family == IpFamily::V6;
    if (!node.ruleset) {
        const auto& nft = v6 ? node.nft6 : node.nft4;
        if (nft)
            for (const auto& remark : nft->remarks())
                if (remark.kind == iptables::Remark::Kind::IncompatibleTable)
                    notes.warn("nftables rules that iptables cannot show are present, but were not collected: "
                               + std::string(remark.text.substr(0, 120)));
        return notes.warnings();
    }
    for (const auto& remark : node.ruleset->remarks)
        notes.warn("nft ruleset: " + remark);
    return notes.warnings();
}

} // namespace medic::netfilter
