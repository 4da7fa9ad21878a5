// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/base_chain.h"
#include "diagnostics/parse/iptables_target.h"

#include <string>
#include <vector>

namespace medic::netfilter {

/// What a target other than a jump does to a packet.
struct TargetEffect {
    enum class Next : std::uint8_t { Continue, Return, Accept, Drop, Reject, Queue } next = Next::Continue;
    PacketState packet; ///< as changed
    std::string action; ///< for the step: "mark 0x4000", "DNAT 10.244.2.9:8080", "drop" …
    std::string reason; ///< why it ends, or what is not known
    double share = 1.0;
    bool certain = true;
    bool changed = false; ///< show the packet before and after
};

/// All that may happen, at least one effect.
[[nodiscard]] std::vector<TargetEffect> applyTarget(const iptables::Target& target, const PacketState& packet,
                                                    const HookContext& context);

[[nodiscard]] std::string hexText(std::uint32_t value); ///< "0x4000"

} // namespace medic::netfilter
