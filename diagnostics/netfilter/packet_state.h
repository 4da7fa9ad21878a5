// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/ip_address.h"
#include "diagnostics/model/trace.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace medic::netfilter {

enum class Hook : std::uint8_t { Prerouting, Input, Forward, Output, Postrouting };
[[nodiscard]] std::string_view hookName(Hook hook); ///< "PREROUTING" …

/// The half of a flow that NAT rewrites: which hook may change which half is in netfilter.md 1.3.
enum class Manip : std::uint8_t { Source, Destination };

struct FlowTuple {
    IpAddress src, dst;
    std::uint16_t sport = 0, dport = 0;
    [[nodiscard]] FlowTuple reversed() const { return {dst, src, dport, sport}; }
    bool operator==(const FlowTuple&) const = default;
};

/// What conntrack knows of the packet's flow.
struct Conntrack {
    /// None: the packet has not passed the conntrack hook yet (raw table).
    enum class State : std::uint8_t { None, New, Established, Related, Invalid, Untracked };
    State state = State::None;
    bool isReply = false; ///< the packet goes against the flow's first
    bool natDone[2] = {false, false}; ///< by Manip: the binding is made (perhaps a null one); rules are not asked again
    bool snat = false, dnat = false; ///< IPS_SRC_NAT, IPS_DST_NAT
    bool seenReply = false, confirmed = false;
    bool markKnown = true;
    bool sportRandom = false; ///< SNAT chose any free source port: reply.dport is only the one asked for
    bool tuplesKnown = true; ///< false: related to a flow that was not named
    std::string masqueradedBy; ///< MASQUERADE bound the flow to this device (nf_conn_nat::masq_index)
    bool perhapsMasqueraded = false; ///< by conntrack's list, which does not tell SNAT from MASQUERADE
    std::uint32_t mark = 0;
    std::uint16_t zone = 0;
    std::uint8_t zoneDirections = 3; ///< bit 0: the zone counts for the original direction, bit 1: for answers
    bool hasTemplate = false; ///< None, and a rule in raw gave it a template (CT --zone …): looks like a new flow
    FlowTuple original; ///< as the first packet came
    FlowTuple reply; ///< what the answer looks like where it enters: after DNAT and SNAT, reversed
    /// The zone in which a packet of one direction is looked up.
    [[nodiscard]] std::uint16_t zoneOf(bool answers) const { return (zoneDirections >> (answers ? 1 : 0) & 1) != 0 ? zone : 0; }
    [[nodiscard]] bool tracked() const
    {
        return state == State::New || state == State::Established || state == State::Related;
    }
};

/// Set once IPVS has sent the packet on (skb->ipvs_property), with the connection that it belongs to.
struct IpvsInfo {
    IpAddress virtualAddress, realAddress;
    std::uint16_t virtualPort = 0, realPort = 0;
    std::uint8_t protocol = 0;
    char method = 'm';
    bool onePacket = false, isReply = false;
};

/// A packet at one point of its way: everything that a rule can look at. A plain value.
struct PacketState {
    IpAddress src, dst;
    std::uint16_t sport = 0, dport = 0;
    std::uint8_t protocol = 0, icmpType = 8, icmpCode = 0, tos = 0;
    std::uint8_t tcpFlags = 0x02; ///< SYN
    bool fragment = false; ///< not the first one: has no ports
    std::uint32_t mark = 0;
    std::string in, out; ///< interfaces; empty: none
    std::string logicalOut; ///< where routing sends it; differs from `out` inside OUTPUT after a DNAT
    bool inUnknown = false, outUnknown = false; ///< there is one, but which is not known
    bool local = false; ///< made by a process of this node
    bool sportRandom = false; ///< NAT chose any free source port
    // br_netfilter: the packet came over a bridge's port, or leaves over one
    bool bridgeIn = false, bridgeOut = false; ///< nf_bridge_info is there, with a port in / out
    bool bridged = false; ///< switched, not routed: --physdev-is-bridged
    std::string physIn, physOut; ///< the ports; empty: which one is not known
    Conntrack ct;
    std::optional<IpvsInfo> ipvs;
    IpAddress gateway; ///< next hop as routed; None: on link
    bool routedLocal = false; ///< the route leads to this node itself
    std::shared_ptr<const Conntrack> flow; ///< the flow that conntrack will find (later packets, replies); null: none
    std::shared_ptr<const IpvsInfo> ipvsFlow; ///< the IPVS connection that will be found; null: none
    IpAddress tproxy; ///< TPROXY has given it to a local socket
    bool hasSocket = false;

    [[nodiscard]] IpFamily family() const { return dst.family; }
    [[nodiscard]] bool hasPorts() const
    {
        return !fragment
            && (protocol == proto::tcp || protocol == proto::udp || protocol == proto::sctp || protocol == proto::dccp
                || protocol == proto::udplite);
    }
    [[nodiscard]] FlowTuple tuple() const { return {src, dst, sport, dport}; }
    /// In POSTROUTING no input device was known before Linux 5.7 (28f8bfd1ac94), and none is for what a bridge switches.
    [[nodiscard]] bool hidesInput(Hook hook, const std::string& kernel) const;
    [[nodiscard]] TracePacket shown() const; ///< for a TraceStep
};

using StepPtr = std::shared_ptr<const TraceStep>;

/// A packet with the way behind it. Copied where the way forks; steps are shared.
struct Walk {
    PacketState packet;
    std::vector<StepPtr> steps;
    double probability = 1.0;
    bool certain = true; ///< false: an unknown lies on this way
    int passes = 0; ///< hooks entered so far, against endless loops

    void add(TraceStep step) { steps.push_back(std::make_shared<const TraceStep>(std::move(step))); }
};

} // namespace medic::netfilter
