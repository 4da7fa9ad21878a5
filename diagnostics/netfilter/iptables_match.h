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

/// One extension on its own.
[[nodiscard]] MatchAnswer matchOne(const iptables::Match& match, const PacketState& packet, const HookContext& context);

/// Each part of a rule on its own, in the rule's order, whether or not an earlier one said no.
[[nodiscard]] std::vector<MatchResult> explainRule(const iptables::Rule& rule, const PacketState& packet,
                                                   const HookContext& context);

/// "eth0", "veth+" against a device's name.
[[nodiscard]] bool deviceMatches(std::string_view pattern, std::string_view device);

} // namespace medic::netfilter
