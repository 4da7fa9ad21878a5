// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/base_chain.h"
#include "diagnostics/parse/iptables_target.h"

namespace medic::netfilter {

/// Does a rule match? `share` is below 1 for a random match that may say yes (answer Yes) with that probability.
struct MatchAnswer {
    Tri answer = Tri::Yes;
    double share = 1.0;
    std::string reason; ///< for Unknown; for No only when asked for
};

/// All of a rule's header and matches: AND of three-valued answers; a definite no wins over an unknown.
[[nodiscard]] MatchAnswer matchRule(const iptables::Rule& rule, const PacketState& packet, const HookContext& context);

/// "eth0", "veth+" against a device's name.
[[nodiscard]] bool deviceMatches(std::string_view pattern, std::string_view device);

} // namespace medic::netfilter
