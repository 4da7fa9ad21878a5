// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/ip_address.h"
#include "diagnostics/parse/nft_ruleset.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// Constants of nftables as numbers: every datatype that a selector yields fits into 128 bits, so that masks, ranges and
/// lookups are the same for all of them. Devices are their names' 16 bytes, as in the kernel: "eth*" is then a range.
namespace medic::netfilter::nftables {

enum class Type : std::uint8_t {
    Unknown, Integer, Ipv4, Ipv6, Protocol, Mark, Name, ConnectionState, ConnectionStatus, Direction, FibType,
    IcmpType, Icmp6Type, IcmpCode, Icmp6Code, TcpFlags, EtherType, Family, PacketType, Dscp, Ecn, Truth,
};

struct Word {
    std::uint64_t hi = 0, lo = 0;
    friend auto operator<=>(const Word&, const Word&) = default;
    friend Word operator&(Word a, Word b) { return {a.hi & b.hi, a.lo & b.lo}; }
    friend Word operator|(Word a, Word b) { return {a.hi | b.hi, a.lo | b.lo}; }
    friend Word operator^(Word a, Word b) { return {a.hi ^ b.hi, a.lo ^ b.lo}; }
    friend Word operator~(Word a) { return {~a.hi, ~a.lo}; }
    [[nodiscard]] bool isZero() const { return hi == 0 && lo == 0; }
};
inline constexpr Word allBits {~std::uint64_t(0), ~std::uint64_t(0)};

/// First and last value; the same for an exact constant.
struct Range {
    Word from, to;
    [[nodiscard]] bool exact() const { return from == to; }
};

[[nodiscard]] Word wordOf(const IpAddress& address);
[[nodiscard]] IpAddress addressOf(const Word& word, IpFamily family);
[[nodiscard]] Word wordOfName(std::string_view name);

/// "ipv4_addr", "inet_service" … of a set's declaration.
[[nodiscard]] Type typeNamed(std::string_view name);
/// What a selector yields, one type for each part of a concatenation.
[[nodiscard]] std::vector<Type> typesOf(const parse::nft::Expression& selector);

/// A constant, prefix, range or list of bits of this type; nullopt when it is not understood.
[[nodiscard]] std::optional<Range> constant(Type type, const parse::nft::Expression& expression);

/// The bits of ct state, as the kernel numbers them (NF_CT_STATE_BIT).
namespace ctstate {
inline constexpr std::uint64_t invalid = 1, established = 2, related = 4, fresh = 8, untracked = 64;
}
/// The bits of ct status that a trace knows of (enum ip_conntrack_status).
namespace ctstatus {
inline constexpr std::uint64_t expected = 1, seenReply = 2, assured = 4, confirmed = 8, snat = 16, dnat = 32,
                               snatDone = 128, dnatDone = 256;
}

} // namespace medic::netfilter::nftables
