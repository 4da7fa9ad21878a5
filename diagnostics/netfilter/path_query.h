// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/packet_tracer.h"
#include "diagnostics/netfilter/path_names.h"

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

/// What an engineer types about a packet, in words that a cluster has:
///   10.0.0.5 -> 10.96.0.1:443 tcp         pod web-0 -> svc default/api:80
///   node n2 -> 127.0.0.1:30080            svc api.default:http on n3
/// FROM -> TO [tcp|udp|sctp|icmp] [on NODE] [in INTERFACE] [mark N]. FROM may be missing: the node itself.
namespace medic::netfilter {

/// One end of the way, as it was found.
struct PathEnd {
    enum class Kind { Address, Pod, Service, Node, TheNode };
    Kind kind = Kind::Address; ///< TheNode: "the node itself", where FROM is missing
    std::string nameSpace, name;
    IpAddress address; ///< None for the node itself
    std::uint16_t port = 0; ///< 0: none
    std::string node; ///< where it lives; empty: not known, or everywhere
    [[nodiscard]] std::string text() const; ///< "svc default/api:80", "10.0.0.5"
};

struct PathQuery {
    PathEnd from, to;
    std::string node; ///< where it is followed
    bool nodeChosen = false; ///< nothing told the node; the first collected one was taken
    PacketQuery packet;
    [[nodiscard]] std::string text() const; ///< in its normal form; reads back to the same query
};

/// Why a query cannot be followed. The sentence is made by whoever shows it, by a switch without default.
struct PathMistake {
    enum class Kind {
        Empty, NoDestination, UnknownWord, BadAddress, BadPort, BadMark, UnknownProtocol, NoSuchPod, NoSuchService, NoSuchNode,
        NoSuchName, PodsUnknown, ServicesUnknown, Ambiguous, NoPodAddress, NoServiceAddress, NoSuchServicePort, PortMissing,
        NodeAddressUnknown, FamiliesDiffer, NothingCollected, NodeNotCollected
    };
    Kind kind = Kind::Empty;
    std::string word; ///< the word of the query that it is about
    std::vector<std::string> candidates; ///< what would do instead
};

[[nodiscard]] tl::expected<PathQuery, PathMistake> parsePathQuery(std::string_view text, const PathNames& names);

/// What the query being typed could become: whole queries, the likeliest first, at most `limit`.
[[nodiscard]] std::vector<std::string> completePathQuery(std::string_view text, const PathNames& names, std::size_t limit);

} // namespace medic::netfilter
