// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/parse/iptables_rule.h"

#include <optional>

namespace medic::iptables {

struct NoTarget {}; ///< the rule only counts
struct VerdictTarget {
    enum class Kind : std::uint8_t { Accept, Drop, Return } kind = Kind::Accept;
};
struct JumpTarget {
    std::string_view chain;
    int index = -1; ///< in the table's chains; -1: no such chain in the dump
    bool isGoto = false;
};
/// mark = (mark & ~mask) ^ value, as xt_MARK revision 2 does
struct MarkTarget {
    std::uint32_t value = 0, mask = 0xffffffff;
};
struct ConnmarkTarget {
    enum class Mode : std::uint8_t { Set, Save, Restore } mode = Mode::Set;
    std::uint32_t value = 0, ctMask = 0xffffffff, packetMask = 0xffffffff;
};
struct NatTarget {
    enum class Kind : std::uint8_t { Dnat, Snat, Masquerade, Redirect, Netmap } kind = Kind::Dnat;
    bool random = false, fullyRandom = false, persistent = false;
    bool hasPorts = false;
    std::uint16_t portFrom = 0, portTo = 0;
    std::uint16_t basePort = 0; ///< DNAT port shifting; 0: none
    IpAddress from, to; ///< None: address stays
    std::uint8_t netmapLength = 0;
};
struct RejectTarget {
    std::string_view with; ///< "icmp-port-unreachable" …
};
struct QueueTarget {
    std::uint16_t number = 0;
    bool bypass = false;
};
struct CtTarget {
    bool notrack = false;
    std::optional<std::uint16_t> zone;
    bool zoneByMark = false; ///< --zone mark: the packet's
    std::uint8_t zoneDirections = 3; ///< --zone-orig 1, --zone-reply 2
};
struct TproxyTarget {
    IpAddress address; ///< None or zero: the packet's own destination, resp. the input device's address
    std::uint16_t port = 0; ///< 0: the packet's own
    std::uint32_t mark = 0, mask = 0;
};
/// TOS, DSCP: tos = (tos & ~mask) ^ value; routing and -m tos see it
struct TosTarget {
    std::uint8_t value = 0, mask = 0xff;
};
/// LOG, SET, TCPMSS …: goes on with the next rule, and changes nothing that a trace follows.
struct ContinueTarget {
    std::string_view name;
};
/// Ends or changes the packet in a way that a dump does not tell.
struct UnknownTarget {
    std::string_view name;
    std::string_view text;
};

using Target = std::variant<NoTarget, VerdictTarget, JumpTarget, MarkTarget, ConnmarkTarget, NatTarget, RejectTarget,
                            QueueTarget, CtTarget, TproxyTarget, TosTarget, ContinueTarget, UnknownTarget>;

struct Counters {
    std::uint64_t packets = 0, bytes = 0;
};

struct Rule {
    IpPrefix source, destination; ///< None: any
    bool notSource = false, notDestination = false, notProtocol = false, notIn = false, notOut = false;
    bool fragments = false, notFragments = false, hasCounters = false;
    std::uint8_t protocol = 0; ///< 0: any
    std::uint32_t line = 0; ///< 1-based in the dump
    std::string_view in, out; ///< empty: any; a trailing '+' matches any rest
    std::vector<Match> matches; ///< without comments
    Target target;
    std::string_view text; ///< the line without counters: evidence
    std::string_view comment; ///< the last -m comment, unescaped
    Counters counters;
};

} // namespace medic::iptables
