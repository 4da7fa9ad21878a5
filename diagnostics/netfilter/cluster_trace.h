// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/packet_tracer.h"
#include "diagnostics/netfilter/path_names.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace medic::netfilter {

/// One node's part of a packet's way.
struct ClusterHop {
    std::string node;
    std::string in; ///< the interface by which it entered; empty: made here
    std::string carrier; ///< how it came from the node before: "vxlan", "ipip", "wireguard", "geneve", "gre", "direct"; empty: first
    std::optional<TracePacket> outer; ///< what carried it, of a tunnel whose ends are known
    TraceBranch branch; ///< without its answers
};

/// Where a way through the cluster ends.
enum class ClusterEnd {
    Pod, ///< handed to a Pod of the last node
    Node, ///< delivered to the last node itself
    Outside, ///< leaves what is known of the cluster
    Refused, ///< dropped, rejected, no route, martian: on the last node, or its tunnel's packet on the way to the next
    Unknown ///< cannot be followed further: the next node was not collected, or the last one's rules do not tell
};
[[nodiscard]] std::string_view clusterEndName(ClusterEnd end); ///< "pod", "node", "outside", "refused", "unknown"

/// One way from the first node to its end, and the answer's way back.
struct ClusterBranch {
    ClusterEnd end = ClusterEnd::Unknown;
    std::string whose; ///< "pod default/web-0", "node n2", an address outside
    double probability = 1.0;
    bool certain = true;
    std::string reason; ///< of Refused and Unknown; English key words
    std::string beyond, beyondCarrier; ///< the node that it would go on to, and how: of Unknown where that is known, of a refused tunnel
    TracePacket packet; ///< as it arrives
    std::vector<ClusterHop> hops;
    bool answered = false; ///< an answer's way was followed
    ClusterEnd answerEnd = ClusterEnd::Unknown;
    std::string answerReason;
    std::vector<ClusterHop> answer; ///< from the receiver's node back to the first
};

struct ClusterTrace {
    TracePacket packet; ///< as asked
    std::vector<ClusterBranch> branches;
    std::vector<std::string> warnings; ///< "NODE: …"
};

/// Follows packets through several collected nodes: encapsulation by the device's kind, the next node by who has the
/// next hop's address. Immutable once its nodes are added; trace() may be called by several threads at once. `names`
/// must outlive it.
class ClusterTracer {
public:
    explicit ClusterTracer(const PathNames& names);
    ~ClusterTracer();
    void add(const std::string& node, std::shared_ptr<const NodeState> state);

    /// From the node where the packet is made, or which it enters by query.in (empty: by where the source is).
    /// Never fails; at least one branch.
    [[nodiscard]] ClusterTrace trace(const std::string& node, const PacketQuery& query) const;

    /// The node on which a packet from `source` begins: its own, or its Pod's; else the one that has `destination`,
    /// else any that was collected. Empty: none was.
    [[nodiscard]] std::string startOf(const IpAddress& source, const IpAddress& destination) const;

private:
    struct Member {
        std::shared_ptr<const NodeState> state;
        std::unique_ptr<PacketTracer> tracer;
    };
    struct Way;
    struct Step;

    void follow(ClusterTrace& result, Way way, const std::string& node, PacketQuery query) const;
    [[nodiscard]] Step stepFrom(const std::string& node, const TraceBranch& branch) const;
    [[nodiscard]] std::string ownerOf(const IpAddress& address) const;
    [[nodiscard]] std::string hostOfPod(const IpAddress& address) const;
    [[nodiscard]] PacketQuery tunnelPacket(const std::string& from, const iproute::Link& device, const std::string& to) const;
    [[nodiscard]] std::string tunnelRefused(const std::string& from, const std::string& carrier, PacketQuery outer, const std::string& to) const;
    [[nodiscard]] IpAddress underlayOf(const std::string& node, IpFamily family) const;
    void answer(ClusterBranch& branch, const std::vector<TraceBranch>& traced) const;

    const PathNames& m_names;
    std::map<std::string, Member> m_nodes;
};

} // namespace medic::netfilter
