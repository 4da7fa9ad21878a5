// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace medic {

/// Where a packet ends on this node. A closed set; the exact condition of each is in docs/dispositions.md.
enum class Disposition { Delivered, Forwarded, Dropped, Rejected, NoRoute, Martian, Queued, Undecidable };
[[nodiscard]] std::string_view dispositionName(Disposition disposition); ///< "no-route" …

/// Three answers: it matches, it does not, it cannot be known.
enum class Tri { No, Unknown, Yes };
[[nodiscard]] std::string_view triName(Tri value); ///< "no", "unknown", "yes"

/// Who wrote a chain or a rule, and for what.
struct RuleOwner {
    std::string kind; ///< "Service", "endpoint", "kube-proxy", "hostPort", "calico", "flannel", "docker", … or "unknown"
    std::string nameSpace;
    std::string name;
    std::string port; ///< the Service's port name or number
    std::string detail; ///< endpoint address, container id …
};

/// A packet's header fields at one point. Addresses are printable IPv4/IPv6, ports host order, 0 = none.
struct TracePacket {
    std::string src, dst;
    std::uint16_t sport = 0, dport = 0;
    std::string protocol; ///< "tcp", "udp", "sctp", "icmp" …
    std::uint32_t mark = 0;
    std::string in, out; ///< interfaces; empty = none (yet)
    bool sportRandom = false; ///< NAT picked any free source port: sport is only the one asked for
    bool operator==(const TracePacket&) const = default;
};

/// One part of a rule on its own: "-d 10.96.0.10/32", "-m mark --mark 0x4000/0x4000".
struct MatchResult {
    std::string text; ///< evidence
    Tri answer = Tri::Yes;
    std::string reason; ///< why unknown; English key words
};

/// One thing that happened to the packet: a rule that decided, a routing decision, an address change.
struct TraceStep {
    std::string hook; ///< "PREROUTING" …, or "ROUTING", "IPVS", "BRIDGE"
    std::string table; ///< "nat", or "ip kube-proxy" for nftables
    std::string chain;
    int rule = 0; ///< 1-based within its chain; 0: not a rule (policy, route)
    int line = 0; ///< 1-based in the dump; 0: none
    std::int64_t handle = 0; ///< of nftables: names the rule where the whole dump is one line; 0: none
    std::string text; ///< the rule as dumped; evidence
    std::string backend; ///< "legacy", "nft-compat", "nft", "ipvs", "route"
    Tri matched = Tri::Yes;
    std::string action; ///< "jump KUBE-SVC-…", "DNAT 10.244.2.9:8080", "accept", "mark 0x4000" …
    std::string reason; ///< why unknown, or which part did not match; English key words, may be empty
    RuleOwner owner;
    std::vector<MatchResult> matches; ///< the rule's parts one by one, where they were asked for
    std::optional<TracePacket> before, after; ///< where the packet changed
};

/// One way through the node, with its exact share.
struct TraceBranch {
    Disposition disposition = Disposition::Undecidable;
    double probability = 1.0; ///< product of the shares; branches of an unknown carry their share of both
    bool certain = true; ///< false: an unknown lies on this branch
    TracePacket packet; ///< as it leaves or is delivered
    std::string nextHop; ///< the gateway that it is handed to; empty: the destination itself, or it stays here
    std::vector<TraceStep> steps; ///< in order; passed-over rules are not listed unless asked for
    std::string reason; ///< for dropped, rejected, martian …: by what
    std::vector<TraceBranch> replies; ///< the answer's way, where it was asked for
};

struct Trace {
    TracePacket packet; ///< as asked
    std::string node;
    std::vector<TraceBranch> branches;
    std::vector<std::string> warnings;
};

} // namespace medic
