// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/model/ip_address.h"

#include <arpa/inet.h>

#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <utility>

namespace medic {

namespace {

std::uint64_t bigEndian(const unsigned char* bytes)
{
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i)
        value = value << 8 | bytes[i];
    return value;
}

std::pair<std::uint64_t, std::uint64_t> maskOf(int length)
{
    if (length <= 0)
        return {0, 0};
    if (length <= 64)
        return {~std::uint64_t(0) << (64 - length), 0};
    return {~std::uint64_t(0), length >= 128 ? ~std::uint64_t(0) : ~std::uint64_t(0) << (128 - length)};
}

constexpr std::array<std::pair<std::string_view, std::uint8_t>, 22> protocols {{
    {"tcp", 6}, {"udp", 17}, {"sctp", 132}, {"icmp", 1}, {"ipv6-icmp", 58}, {"icmpv6", 58}, {"icmp6", 58},
    {"igmp", 2}, {"esp", 50}, {"ah", 51}, {"gre", 47}, {"dccp", 33}, {"udplite", 136}, {"ipencap", 4},
    {"ipip", 4}, {"ipv4", 4}, {"ipv6", 41}, {"ospf", 89}, {"vrrp", 112}, {"pim", 103}, {"all", 0}, {"mh", 135},
}};

} // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text)
{
    // The common case first: dotted decimal, strict (no octal, no short forms).
    std::uint32_t value = 0;
    int parts = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        unsigned part = 0;
        int digits = 0;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9' && digits < 4) {
            part = part * 10 + static_cast<unsigned>(text[at++] - '0');
            ++digits;
        }
        if (digits == 0 || digits > 3 || part > 255)
            break;
        value = value << 8 | part;
        if (++parts == 4)
            break;
        if (at >= text.size() || text[at] != '.')
            break;
        ++at;
    }
    if (parts == 4 && at == text.size())
        return v4(value);
    if (text.find(':') == std::string_view::npos || text.size() > 45)
        return std::nullopt;
    char buffer[48];
    std::memcpy(buffer, text.data(), text.size());
    buffer[text.size()] = '\0';
    in6_addr raw;
    if (inet_pton(AF_INET6, buffer, &raw) != 1)
        return std::nullopt;
    return IpAddress {bigEndian(raw.s6_addr), bigEndian(raw.s6_addr + 8), IpFamily::V6};
}

IpAddress IpAddress::v4(std::uint32_t value)
{
    return IpAddress {std::uint64_t(value) << 32, 0, IpFamily::V4};
}

std::string IpAddress::text() const
{
    char buffer[INET6_ADDRSTRLEN] = "";
    if (isV4()) {
        const in_addr raw {htonl(asV4())};
        inet_ntop(AF_INET, &raw, buffer, sizeof buffer);
    } else if (isV6()) {
        in6_addr raw;
        for (int i = 0; i < 8; ++i) {
            raw.s6_addr[i] = static_cast<unsigned char>(hi >> (56 - 8 * i));
            raw.s6_addr[8 + i] = static_cast<unsigned char>(lo >> (56 - 8 * i));
        }
        inet_ntop(AF_INET6, &raw, buffer, sizeof buffer);
    }
    return buffer;
}

bool IpAddress::isLoopback() const { return isV4() ? (hi >> 56) == 127 : isV6() && hi == 0 && lo == 1; }
bool IpAddress::isMulticast() const { return isV4() ? (hi >> 60) == 0xe : isV6() && (hi >> 56) == 0xff; }
bool IpAddress::isZeroNet() const { return isV4() ? (hi >> 56) == 0 : isV6() && hi == 0 && lo == 0; }
bool IpAddress::isLimitedBroadcast() const { return isV4() && asV4() == 0xffffffffU; }
bool IpAddress::isLinkLocal() const { return isV6() && (hi >> 54) == 0x3fa; }

IpAddress IpAddress::plus(std::uint64_t offset) const
{
    IpAddress result = *this;
    if (isV4()) {
        result.hi += offset << 32;
    } else {
        result.lo += offset;
        if (result.lo < offset)
            ++result.hi;
    }
    return result;
}

std::uint64_t IpAddress::distanceTo(const IpAddress& to) const
{
    if (to.family != family || to < *this)
        return 0;
    if (isV4())
        return (to.hi - hi) >> 32;
    const std::uint64_t high = to.hi - hi - (to.lo < lo ? 1 : 0);
    return high != 0 ? ~std::uint64_t(0) : to.lo - lo;
}

std::optional<IpPrefix> IpPrefix::parse(std::string_view text)
{
    const auto slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));
    if (!address)
        return std::nullopt;
    if (slash == std::string_view::npos)
        return of(*address, address->bits());
    const auto rest = text.substr(slash + 1);
    int length = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), length);
    if (error == std::errc() && end == rest.data() + rest.size()) {
        if (length < 0 || length > address->bits())
            return std::nullopt;
        return of(*address, length);
    }
    const auto mask = IpAddress::parse(rest);
    if (!mask || mask->family != address->family)
        return std::nullopt;
    IpPrefix result {*address, mask->hi, mask->lo};
    result.address.hi &= mask->hi;
    result.address.lo &= mask->lo;
    return result;
}

IpPrefix IpPrefix::of(const IpAddress& address, int length)
{
    const auto [hi, lo] = maskOf(length);
    IpPrefix result {address, hi, lo};
    result.address.hi &= hi;
    result.address.lo &= lo;
    return result;
}

int IpPrefix::length() const { return std::popcount(maskHi) + std::popcount(maskLo); }

std::string IpPrefix::text() const { return address.text() + "/" + std::to_string(length()); }

std::string protocolName(std::uint8_t protocol)
{
    for (const auto& [name, number] : protocols)
        if (number == protocol)
            return std::string(name);
    return std::to_string(protocol);
}

std::optional<std::uint8_t> protocolNumber(std::string_view name)
{
    for (const auto& [known, number] : protocols)
        if (known == name)
            return number;
    unsigned number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error != std::errc() || end != name.data() + name.size() || name.empty() || number > 255)
        return std::nullopt;
    return static_cast<std::uint8_t>(number);
}

} // namespace medic
