// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace medic::parse {

/// A row of `df -P` (units: KiB) or `df -Pi` (units: inodes).
struct Filesystem {
    std::string source, type, mount; ///< type only with `df -T`
    std::uint64_t size = 0, used = 0, available = 0;
    int line = 0;

    /// As df computes it: used of what an ordinary user may use, rounded up; 0 for an empty file system.
    [[nodiscard]] int percent() const;
    /// Holds no data of its own that could fill a disk (tmpfs, overlay, squashfs, /proc …).
    [[nodiscard]] bool pseudo() const;
};

/// Rows of `df -P[T|i]` in any of its headings; rows that cannot be read (a "-" for a size, a cut line) are left out.
[[nodiscard]] std::vector<Filesystem> df(std::string_view text);

/// The file system that holds `path`: the one with the longest mount point above it; null when none does.
[[nodiscard]] const Filesystem* holding(const std::vector<Filesystem>& all, std::string_view path);

/// A line of /proc/mounts or of `mount`'s output in that form.
struct Mount {
    std::string source, target, type;
    std::vector<std::string> options;
    int line = 0;
    [[nodiscard]] bool has(std::string_view option) const;
};

[[nodiscard]] std::vector<Mount> mounts(std::string_view text);

} // namespace medic::parse
