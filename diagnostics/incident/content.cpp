// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/incident/content.h"

#include <openssl/evp.h>
#include <zlib.h>

namespace medic::incident {

namespace {
/// Evidence is text: level 4 is nearly as small as 6 and twice as fast.
constexpr int level = 4;
}

std::string contentHash(std::string_view content)
{
    std::string hash(32, '\0');
    unsigned int size = 0;
    EVP_Digest(content.data(), content.size(), reinterpret_cast<unsigned char*>(hash.data()), &size, EVP_sha256(), nullptr);
    return hash;
}

std::string compressed(std::string_view content)
{
    uLongf size = compressBound(content.size());
    std::string result(size, '\0');
    const int status = compress2(reinterpret_cast<Bytef*>(result.data()), &size,
                                 reinterpret_cast<const Bytef*>(content.data()), content.size(), level);
    if (status != Z_OK || size >= content.size())
        return {};
    result.resize(size);
    return result;
}

std::optional<std::string> decompressed(std::string_view data, std::size_t size)
{
    if (size / 1032 > data.size())
        return std::nullopt;
    std::string result(size, '\0');
    uLongf got = size;
    const int status = uncompress(reinterpret_cast<Bytef*>(result.data()), &got,
                                  reinterpret_cast<const Bytef*>(data.data()), data.size());
    if (status != Z_OK || got != size)
        return std::nullopt;
    return result;
}

} // namespace medic::incident
