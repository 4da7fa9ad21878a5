// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace medic {

enum class IpFamily : std::uint8_t { None, V4, V6 };

/// An IPv4 or IPv6 address as a number, left-aligned in 128 bits (so that prefix arithmetic is the same for
/// both). A plain value; `None` stands for "no address".
struct IpAddress {
    std::uint64_t hi = 0, lo = 0;
    IpFamily family = IpFamily::None;

    [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);
    [[nodiscard]] static IpAddress v4(std::uint32_t value);
    [[nodiscard]] std::string text() const; ///< RFC 5952 for IPv6; empty for None
    [[nodiscard]] std::uint32_t asV4() const { return static_cast<std::uint32_t>(hi >> 32); }
    [[nodiscard]] bool isNone() const { return family == IpFamily::None; }
    [[nodiscard]] bool isV4() const { return family == IpFamily::V4; }
    [[nodiscard]] bool isV6() const { return family == IpFamily::V6; }
    [[nodiscard]] bool isLoopback() const; ///< 127.0.0.0/8, ::1
    [[nodiscard]] bool isMulticast() const; ///< 224.0.0.0/4, ff00::/8
    [[nodiscard]] bool isZeroNet() const; ///< 0.0.0.0/8, ::
    [[nodiscard]] bool isLimitedBroadcast() const; ///< 255.255.255.255
    [[nodiscard]] bool isLinkLocal() const; ///< fe80::/10 (169.254/16 is ordinary to the kernel)
    [[nodiscard]] int bits() const { return isV4() ? 32 : 128; }
    [[nodiscard]] IpAddress plus(std::uint64_t offset) const;
    /// to - *this, saturated at 2^64-1; 0 when to is smaller.
    [[nodiscard]] std::uint64_t distanceTo(const IpAddress& to) const;
    friend bool operator==(const IpAddress&, const IpAddress&) = default;
    friend bool operator<(const IpAddress& a, const IpAddress& b)
    {
        if (a.family != b.family)
            return a.family < b.family;
        return a.hi != b.hi ? a.hi < b.hi : a.lo < b.lo;
    }
    friend bool operator<=(const IpAddress& a, const IpAddress& b) { return !(b < a); }
};

/// An address with a mask, which iptables allows not to be contiguous.
struct IpPrefix {
    IpAddress address;
    std::uint64_t maskHi = 0, maskLo = 0;

    /// "10.0.0.0/8", "10.0.0.0/255.0.0.0", "10.0.0.1", "fd00::/8", "fd00::/ffff::".
    [[nodiscard]] static std::optional<IpPrefix> parse(std::string_view text);
    [[nodiscard]] static IpPrefix of(const IpAddress& address, int length);
    [[nodiscard]] bool contains(const IpAddress& other) const
    {
        return other.family == address.family && ((other.hi ^ address.hi) & maskHi) == 0
            && ((other.lo ^ address.lo) & maskLo) == 0;
    }
    [[nodiscard]] bool isNone() const { return address.isNone(); }
    [[nodiscard]] int length() const; ///< number of set mask bits
    [[nodiscard]] std::string text() const;
    bool operator==(const IpPrefix&) const = default;
};

/// "tcp" … for the protocols that rules name; the number as text for others. 0 is "all".
[[nodiscard]] std::string protocolName(std::uint8_t protocol);
/// A name as in /etc/protocols or a number; nullopt when neither.
[[nodiscard]] std::optional<std::uint8_t> protocolNumber(std::string_view name);

namespace proto {
inline constexpr std::uint8_t icmp = 1, igmp = 2, tcp = 6, udp = 17, dccp = 33, gre = 47, esp = 50, ah = 51,
                              icmp6 = 58, sctp = 132, udplite = 136;
} // namespace proto

} // namespace medic
