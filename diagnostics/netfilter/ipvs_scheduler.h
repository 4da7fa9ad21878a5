// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/packet_state.h"
#include "diagnostics/parse/ipvs_save.h"

#include <string>
#include <vector>

namespace medic::netfilter {

struct NodeState;

/// What ip_vs_in decides about a packet (netfilter.md section 6).
struct IpvsDecision {
    enum class Kind : std::uint8_t {
        Pass, ///< no service, or nothing of IPVS's: goes on
        Send, ///< to `server`
        Refuse, ///< no real server can take it: ICMP port unreachable
        Drop, ///< its connection's real server was taken away
    };
    Kind kind = Kind::Pass;
    const ipvs::VirtualServer* service = nullptr;
    const ipvs::RealServer* server = nullptr;
    double share = 1.0;
    bool certain = true;
    std::string note;
};

/// At least one decision; shares add up to 1 where they are known.
[[nodiscard]] std::vector<IpvsDecision> scheduleIpvs(const NodeState& node, const PacketState& packet);

} // namespace medic::netfilter
