// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace medic::incident {

/// 32 bytes that only the key's owner can compute.
[[nodiscard]] std::string keyedHash(const std::string& key, std::string_view text);
/// The first `digits` of it, in hexadecimal.
[[nodiscard]] std::string keyedDigits(const std::string& key, std::string_view text, int digits);

/// Maps addresses to addresses, keeping prefixes: two that share n leading bits share n leading bits afterwards (the
/// construction of Crypto-PAn, Xu et al. 2002: whether bit i is flipped depends on the bits before it). Beyond it:
/// - special ranges (private, CGNAT, documentation, link-local, ULA …) stay themselves as ranges; loopback, multicast,
///   netmasks, 0.0.0.0 and 169.254.0.0/16 stay as they are: they are the same everywhere and checks look for them;
/// - within an octet (IPv6: a group) leading zeros or ones and the bit that ends them stay, so that .0, .1, .255 and
///   ::1 keep their meaning: network, gateway or first service, broadcast.
class AddressMap {
public:
    explicit AddressMap(std::string key) : m_key(std::move(key)) { }

    /// The stand-in in canonical text; nothing when it is no address.
    [[nodiscard]] std::optional<std::string> map(const std::string& address) const;
    /// Of a network: the host bits beyond `length` are cleared if they were clear before.
    [[nodiscard]] std::optional<std::string> mapNetwork(const std::string& address, int length) const;

private:
    [[nodiscard]] std::vector<unsigned char> mapped(const std::vector<unsigned char>& bytes) const;

    std::string m_key;
    mutable std::map<std::string, std::string> m_known;
};

/// The bytes of an IPv4 (4) or IPv6 (16) address; nothing when it is neither.
[[nodiscard]] std::optional<std::vector<unsigned char>> addressBytes(const std::string& text);
/// 10/8, 172.16/12, 192.168/16, 100.64/10: what clusters are made of.
[[nodiscard]] bool privateIpv4(const std::vector<unsigned char>& bytes);

} // namespace medic::incident
