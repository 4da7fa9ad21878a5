// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/packet_state.h"

#include <string>
#include <vector>

namespace medic::netfilter {

/// What a NAT statement asks for: struct nf_nat_range2.
struct NatRange {
    IpAddress from, to; ///< None: the address stays
    bool hasPorts = false;
    std::uint16_t portFrom = 0, portTo = 0;
    std::uint16_t basePort = 0; ///< port shifting: new = portFrom + (old - basePort); 0: none
    bool random = false, fullyRandom = false, persistent = false;
    int netmapLength = -1; ///< >= 0: the network part is replaced by `from`, the host part stays
};

/// One of the bindings that the kernel may make.
struct NatBinding {
    PacketState packet; ///< rewritten, ct.natDone set, ct.reply as the answer will look
    double share = 1.0;
    bool certain = true; ///< false: one of several, and which is not known
    std::string note; ///< English key words on what was chosen; may be empty
};

/// nf_nat_setup_info: binds one half of the flow and rewrites the packet. Several results where the kernel picks one of
/// a range of addresses.
[[nodiscard]] std::vector<NatBinding> bindNat(const PacketState& packet, Manip manip, const NatRange& range);

/// A binding that changes nothing: what the kernel makes when no rule asked for NAT.
void bindNull(PacketState& packet, Manip manip);

/// A packet of a flow whose bindings are made: rewritten as nf_nat_packet does at a hook of this manip.
/// True when something changed.
bool applyNat(PacketState& packet, Manip manip);

/// Which half a hook rewrites: PREROUTING and OUTPUT the destination, INPUT and POSTROUTING the source.
[[nodiscard]] Manip manipOf(Hook hook);

/// "10.244.2.9:8080", "[fd00::1]:80", "10.0.0.1"
[[nodiscard]] std::string endpointText(const IpAddress& address, std::uint16_t port);

} // namespace medic::netfilter
