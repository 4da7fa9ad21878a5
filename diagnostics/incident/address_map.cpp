// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/incident/address_map.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

namespace medic::incident {

namespace {

using Bytes = std::vector<unsigned char>;

struct Range {
    const char* address;
    int length;
    bool same; ///< its addresses are left as they are
};

// RFC 6890 and its registries.
constexpr Range ranges4[] = {
    {"0.0.0.0", 8, true},        {"10.0.0.0", 8, false},      {"100.64.0.0", 10, false}, {"127.0.0.0", 8, true},
    {"169.254.0.0", 16, true},   {"172.16.0.0", 12, false},   {"192.0.0.0", 24, true},   {"192.0.2.0", 24, false},
    {"192.168.0.0", 16, false},  {"198.18.0.0", 15, false},   {"198.51.100.0", 24, false}, {"203.0.113.0", 24, false},
    {"224.0.0.0", 4, true},      {"240.0.0.0", 4, true},
};
constexpr Range ranges6[] = {
    {"::", 96, true},         {"64:ff9b::", 96, false}, {"100::", 64, true},      {"2000::", 3, false},
    {"2001:db8::", 32, false}, {"2001::", 32, false},    {"2002::", 16, false},    {"fc00::", 8, false},
    {"fd00::", 8, false},     {"fe80::", 64, false},    {"ff00::", 8, true},
};

bool bitAt(const Bytes& bytes, int index)
{
    return (bytes[static_cast<std::size_t>(index / 8)] >> (7 - index % 8) & 1) != 0;
}

int commonBits(const Bytes& a, const Bytes& b)
{
    const int size = static_cast<int>(a.size()) * 8;
    int count = 0;
    while (count < size && bitAt(a, count) == bitAt(b, count))
        ++count;
    return count;
}

struct Special {
    Bytes bytes;
    int length;
    bool same;
};

const std::vector<Special>& specials(std::size_t size)
{
    static const auto make = [](auto& ranges) {
        std::vector<Special> result;
        for (const Range& range : ranges)
            result.push_back({*addressBytes(range.address), range.length, range.same});
        return result;
    };
    static const std::vector<Special> four = make(ranges4), six = make(ranges6);
    return size == 4 ? four : six;
}

std::string textOf(const Bytes& bytes)
{
    char buffer[INET6_ADDRSTRLEN] {};
    inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), buffer, sizeof buffer);
    return buffer;
}

bool isMappedIpv4(const Bytes& bytes)
{
    return bytes.size() == 16 && std::all_of(bytes.begin(), bytes.begin() + 10, [](unsigned char byte) { return byte == 0; })
        && bytes[10] == 0xff && bytes[11] == 0xff;
}

/// Global unicast, ULA, link-local, NAT64: what is used. The rest of the space is not assigned (IANA), and what looks
/// like an address of it is something else: "800::800" of tc's u32 filters, "dead::beef".
bool assigned(const Bytes& bytes)
{
    return (bytes[0] & 0xe0) == 0x20 || (bytes[0] & 0xfe) == 0xfc || bytes[0] == 0xfe
        || (bytes[0] == 0 && bytes[1] == 0x64 && bytes[2] == 0xff && bytes[3] == 0x9b);
}

} // namespace

std::string keyedHash(const std::string& key, std::string_view text)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         hash, &size);
    return {reinterpret_cast<const char*>(hash), size};
}

std::string keyedDigits(const std::string& key, std::string_view text, int digits)
{
    static constexpr std::string_view hex = "0123456789abcdef";
    std::string result;
    for (const char c : keyedHash(key, text)) {
        result += hex[static_cast<unsigned char>(c) >> 4];
        result += hex[static_cast<unsigned char>(c) & 15];
    }
    result.resize(static_cast<std::size_t>(digits));
    return result;
}

std::optional<Bytes> addressBytes(const std::string& text)
{
    Bytes bytes(4);
    if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1)
        return bytes;
    bytes.resize(16);
    if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1)
        return bytes;
    return std::nullopt;
}

bool privateIpv4(const Bytes& bytes)
{
    return bytes.size() == 4
        && (bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xf0) == 16) || (bytes[0] == 192 && bytes[1] == 168)
            || (bytes[0] == 100 && (bytes[1] & 0xc0) == 64));
}

Bytes AddressMap::mapped(const Bytes& bytes) const
{
    if (isMappedIpv4(bytes)) {
        Bytes result(bytes.begin(), bytes.begin() + 12);
        const Bytes inner = mapped(Bytes(bytes.begin() + 12, bytes.end()));
        result.insert(result.end(), inner.begin(), inner.end());
        return result;
    }
    if (bytes.size() == 16 && !assigned(bytes))
        return bytes;
    int kept = 0; // leading bits in which a flip would leave, or enter, a special range
    for (const Special& special : specials(bytes.size())) {
        const int common = commonBits(bytes, special.bytes);
        if (common >= special.length && special.same)
            return bytes;
        kept = std::max(kept, std::min(common + 1, special.length));
    }
    const int group = bytes.size() == 4 ? 8 : 16;
    Bytes result = bytes;
    bool uniform = true; // all bits of this group so far are equal
    std::string prefix(bytes.size() == 4 ? "4" : "6");
    for (int index = 0; index < static_cast<int>(bytes.size()) * 8; ++index) {
        const bool bit = bitAt(bytes, index);
        if (index % group == 0)
            uniform = true;
        if (index >= kept && !uniform && (keyedHash(m_key, prefix)[0] & 1) != 0)
            result[static_cast<std::size_t>(index / 8)] ^= static_cast<unsigned char>(1 << (7 - index % 8));
        if (index % group != 0 && bit != bitAt(bytes, index - 1))
            uniform = false;
        prefix += bit ? '1' : '0';
    }
    return result;
}

std::optional<std::string> AddressMap::map(const std::string& address) const
{
    if (const auto known = m_known.find(address); known != m_known.end())
        return known->second;
    const auto bytes = addressBytes(address);
    if (!bytes)
        return std::nullopt;
    const Bytes other = mapped(*bytes);
    return m_known[address] = other == *bytes ? address : textOf(other);
}

std::optional<std::string> AddressMap::mapNetwork(const std::string& address, int length) const
{
    const auto before = addressBytes(address);
    if (!before)
        return std::nullopt;
    const auto hostBitsClear = [length](const Bytes& bytes) {
        for (int index = length; index < static_cast<int>(bytes.size()) * 8; ++index)
            if (bitAt(bytes, index))
                return false;
        return true;
    };
    if (length < 0 || length > static_cast<int>(before->size()) * 8 || !hostBitsClear(*before))
        return map(address);
    Bytes after = mapped(*before);
    for (int index = length; index < static_cast<int>(after.size()) * 8; ++index)
        after[static_cast<std::size_t>(index / 8)] &= static_cast<unsigned char>(~(1 << (7 - index % 8)));
    return after == *before ? address : textOf(after);
}

} // namespace medic::incident
