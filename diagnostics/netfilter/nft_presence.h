// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/hook_table.h"

namespace medic::netfilter {

/// What to warn of when the node has native nftables base chains that nothing in `hooks` evaluates: a trace without them would
/// look complete and not be it. Tables that iptables-nft manages are left out, they come from iptables-save.
[[nodiscard]] std::vector<std::string> nativeNftWarnings(const NodeState& node, const HookTable& hooks, IpFamily family);

/// "ip", "ip6" tables with these names belong to iptables-nft.
[[nodiscard]] bool isIptablesNftTable(std::string_view family, std::string_view table);

} // namespace medic::netfilter
