// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/trace.h"
#include "diagnostics/netfilter/hook_table.h"
#include "diagnostics/netfilter/node_state.h"
#include "diagnostics/netfilter/owners.h"
#include "diagnostics/netfilter/routing.h"

#include <memory>
#include <string>

namespace medic::netfilter {

/// What is asked: one packet at the moment when it enters the node, or is made on it.
struct PacketQuery {
    IpAddress src; ///< None: the node chooses, as for a packet of its own
    IpAddress dst;
    std::uint8_t protocol = proto::tcp;
    std::uint16_t sport = 40000, dport = 0;
    std::uint8_t icmpType = 8, icmpCode = 0, tos = 0; ///< echo request; 128 for IPv6 is filled in
    std::string in; ///< empty: by where the source is
    std::uint32_t mark = 0;
    Conntrack::State state = Conntrack::State::New; ///< New, Established, Related, Invalid or Untracked
    bool reply = false; ///< also the answer of each branch
    bool passedOver = false; ///< list rules that did not match, too
    bool matches = false; ///< each listed rule with its parts one by one (TraceStep::matches)
};

/// Follows packets through one node. Immutable after construction; trace() may be called by several threads at once
/// (each call has its own state). The NodeState must outlive the tracer.
class PacketTracer {
public:
    explicit PacketTracer(const NodeState& node);
    ~PacketTracer();

    /// Never fails: what cannot be followed ends in an Undecidable branch with a reason. At least one branch.
    [[nodiscard]] Trace trace(const PacketQuery& query) const;

    [[nodiscard]] const Routing& routing() const { return m_routing; }
    [[nodiscard]] const HookTable& hooks(IpFamily family) const
    {
        return family == IpFamily::V6 ? m_hooks6 : m_hooks4;
    }
    [[nodiscard]] const NodeState& node() const { return m_node; }
    [[nodiscard]] const Owners& owners() const { return m_owners; }
    /// Services give names to chains whose comments are gone. Not while traces run.
    void setServices(const std::vector<kube::Service>& services) { m_owners.setServices(services); }

private:
    const NodeState& m_node;
    Routing m_routing;
    HookTable m_hooks4, m_hooks6;
    Owners m_owners;
    std::vector<std::string> m_nativeWarnings4, m_nativeWarnings6; ///< native nftables chains that nothing evaluates
};

} // namespace medic::netfilter
