// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/audit.h"
#include "diagnostics/netfilter/owners.h"

#include <vector>

namespace medic::netfilter {

/// kube-proxy's rules (iptables, IPVS, nftables maps) for addresses and ports that no Service has.
[[nodiscard]] std::vector<ExtraRule> findExtraRules(const NodeState& state, const std::vector<kube::Service>& services,
                                                    const Owners& owners);

} // namespace medic::netfilter
