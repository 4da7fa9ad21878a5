// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace medic::incident {

/// SHA-256, 32 bytes.
[[nodiscard]] std::string contentHash(std::string_view content);

/// zlib-compressed; empty when that would not be smaller.
[[nodiscard]] std::string compressed(std::string_view content);

/// The `size` bytes that were compressed; nothing when the data is not exactly that. A claimed size that zlib cannot
/// reach from this much data (more than 1032:1, zlib.net/zlib_tech.html) is refused before memory is taken.
[[nodiscard]] std::optional<std::string> decompressed(std::string_view data, std::size_t size);

} // namespace medic::incident
