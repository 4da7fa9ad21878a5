// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/packet_state.h"

namespace medic::netfilter {

struct NodeState;

/// What to warn of when a node has nftables rules that no chain of the tracer evaluates (not collected, or the bridge's own): a
/// trace without them would look complete and not be it.
[[nodiscard]] std::vector<std::string> nativeNftWarnings(const NodeState& node, IpFamily family);

} // namespace medic::netfilter
