// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/ip_address.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <variant>
#include <vector>

/// One iptables rule as typed values. All string_views live in the IptablesSave that holds the rule.
/// What each match and target means for a trace, and which of them cannot be decided, is in docs/matches.md.
namespace medic::iptables {

struct PortRange {
    std::uint16_t from = 0, to = 65535;
    [[nodiscard]] bool contains(std::uint16_t port) const { return port >= from && port <= to; }
    [[nodiscard]] bool any() const { return from == 0 && to == 65535; }
};

/// -m tcp|udp|sctp|dccp|udplite
struct PortsMatch {
    std::uint8_t protocol = 0, flagMask = 0, flagValue = 0;
    bool notSource = false, notDestination = false, notFlags = false;
    PortRange source, destination;
};
struct IcmpMatch {
    bool v6 = false, invert = false, anyType = true;
    std::uint8_t type = 255, codeFrom = 0, codeTo = 255;
};
struct MultiportMatch {
    enum class Side : std::uint8_t { Source, Destination, Either } side = Side::Either;
    bool invert = false;
    std::uint8_t count = 0;
    std::array<PortRange, 15> ports {};
};
struct MarkMatch {
    bool connection = false; ///< connmark
    bool invert = false;
    std::uint32_t value = 0, mask = 0xffffffff;
};
namespace ctbit {
inline constexpr std::uint16_t isInvalid = 1, isNew = 2, isEstablished = 4, isRelated = 8, isUntracked = 16,
                               isSnat = 32, isDnat = 64;
}
/// The rarer options of -m conntrack; inverted ones have their bit set in `inverted` (1 << index of the member).
struct ConntrackDetail {
    IpPrefix origSource, origDestination, replySource, replyDestination; // bits 0..3
    PortRange origSourcePort, origDestinationPort, replySourcePort, replyDestinationPort; // bits 4..7
    std::uint8_t protocol = 0; // bit 8
    std::uint8_t direction = 0; ///< 0 any, 1 original, 2 reply
    std::uint16_t status = 0; ///< EXPECTED 1, SEEN_REPLY 2, ASSURED 4, CONFIRMED 8, NONE 16; bit 9
    bool hasProtocol = false, hasStatus = false, hasExpire = false;
    std::uint16_t inverted = 0;
};
struct ConntrackMatch {
    std::uint16_t states = 0; ///< ctbit, 0: not asked
    bool notStates = false;
    std::shared_ptr<const ConntrackDetail> detail; ///< null for the usual rule
};
namespace addrtype {
inline constexpr std::uint16_t isUnspec = 1, isUnicast = 2, isLocal = 4, isBroadcast = 8, isAnycast = 16,
                               isMulticast = 32, isBlackhole = 64, isUnreachable = 128, isProhibit = 256;
}
struct AddrtypeMatch {
    std::uint16_t source = 0, destination = 0;
    bool notSource = false, notDestination = false, limitIn = false, limitOut = false;
};
struct PhysdevMatch {
    std::string_view in, out;
    bool notIn = false, notOut = false, isIn = false, isOut = false, isBridged = false;
    bool notIsIn = false, notIsOut = false, notIsBridged = false;
};
struct SetMatch {
    std::string_view set;
    std::uint8_t dimensions = 0, sources = 0; ///< bit i of sources: dimension i is src
    bool invert = false;
};
struct StatisticMatch {
    bool nth = false, invert = false;
    std::uint32_t probability = 0; ///< of 2^31, as the kernel holds it
    std::uint32_t every = 1, packet = 0;
};
struct RecentMatch {
    enum class Mode : std::uint8_t { Set, Check, Update, Remove } mode = Mode::Set;
    bool invert = false, byDestination = false, reap = false, ttl = false;
    std::uint32_t seconds = 0, hits = 0;
    IpAddress mask;
    std::string_view name;
};
struct IpRangeMatch {
    IpAddress sourceFrom, sourceTo, destinationFrom, destinationTo;
    bool notSource = false, notDestination = false;
};
/// owner: without a socket (forwarded packets) it matches only if every option is negated.
struct OwnerMatch {
    bool allNegated = true, asksIdentity = false; ///< identity: uid, gid …; else only --socket-exists
};
struct IpvsMatch {
    bool hasProperty = false, notProperty = false;
    IpPrefix address;
    std::uint16_t port = 0;
    std::uint8_t protocol = 0, direction = 0, method = 0; ///< method: 'M', 'G', 'I'
    bool notAddress = false, notPort = false, notProtocol = false, notMethod = false;
};
struct RpfilterMatch {
    bool loose = false, validMark = false, acceptLocal = false, invert = false;
};
struct NfacctMatch {
    std::string_view name;
};
struct DscpMatch {
    std::uint8_t value = 0, mask = 0; ///< on the TOS byte
    bool invert = false;
};
struct PkttypeMatch {
    std::uint8_t type = 0; ///< 0 unicast, 1 broadcast, 2 multicast
    bool invert = false;
};
/// Not decided: an extension that needs what a dump does not hold, or that is not known, or that cannot be read.
struct UndecidableMatch {
    std::string_view name;
    std::string_view text; ///< "-m bpf --bytecode …"
    std::string_view reason; ///< English key words; static storage
};

using Match = std::variant<PortsMatch, IcmpMatch, MultiportMatch, MarkMatch, ConntrackMatch, AddrtypeMatch,
                           PhysdevMatch, SetMatch, StatisticMatch, RecentMatch, IpRangeMatch, OwnerMatch, IpvsMatch,
                           RpfilterMatch, NfacctMatch, DscpMatch, PkttypeMatch, UndecidableMatch>;

} // namespace medic::iptables
