// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a Linux host says about itself in /proc and /etc.
namespace medic::parse {

/// /proc/meminfo: the values in KiB (HugePages_* are counts). Missing keys stay missing.
struct MemInfo {
    std::map<std::string, std::uint64_t, std::less<>> values;
    std::map<std::string, int, std::less<>> lineOf;
    [[nodiscard]] std::optional<std::uint64_t> value(std::string_view key) const;
    [[nodiscard]] int line(std::string_view key) const; ///< 0 when missing
    /// MemAvailable; on kernels before 3.14, which lack it, free + buffers + cached.
    [[nodiscard]] std::optional<std::uint64_t> available() const;
};
[[nodiscard]] MemInfo memInfo(std::string_view text);

/// One line of /proc/pressure/*: shares of time in percent.
struct Pressure {
    std::string resource; ///< cpu, io, memory
    bool full = false; ///< "full": all tasks stalled; else "some"
    double avg10 = 0, avg60 = 0, avg300 = 0;
    int line = 0;
};
/// The three files under head's headings.
[[nodiscard]] std::vector<Pressure> pressure(std::string_view text);
[[nodiscard]] const Pressure* find(const std::vector<Pressure>& all, std::string_view resource, bool full);

struct LoadAverage {
    double one = 0, five = 0, fifteen = 0;
    std::uint64_t running = 0, tasks = 0; ///< of the scheduler's entities; tasks counts threads
};
[[nodiscard]] std::optional<LoadAverage> loadAverage(std::string_view text);

/// /etc/os-release: KEY=value lines, quotes removed.
[[nodiscard]] std::map<std::string, std::string> osRelease(std::string_view text);

/// `uname -a`: "Linux HOST RELEASE …", or a bare release.
[[nodiscard]] std::string kernelRelease(std::string_view text);

/// /proc/swaps, without its heading.
struct Swap {
    std::string file, type;
    std::uint64_t sizeKib = 0, usedKib = 0;
    int line = 0;
};
[[nodiscard]] std::vector<Swap> swaps(std::string_view text);

/// /proc/uptime: seconds since boot.
[[nodiscard]] std::optional<double> uptime(std::string_view text);

/// /proc/sys/fs/file-nr: allocated, free, maximum.
struct FileHandles {
    std::uint64_t allocated = 0, maximum = 0;
};
[[nodiscard]] std::optional<FileHandles> fileHandles(std::string_view text);

/// resolv.conf(5): the last of several "search" or "domain" lines counts.
struct ResolvConf {
    std::vector<std::string> nameservers, search, options;
    std::vector<int> nameserverLines;
    [[nodiscard]] std::optional<int> ndots() const;
};
[[nodiscard]] ResolvConf resolvConf(std::string_view text);

/// "name = value" as `sysctl -a` prints it, or "name: value", "name=value".
struct KeyValue {
    std::string value;
    int line = 0;
};
[[nodiscard]] std::map<std::string, KeyValue, std::less<>> keyValues(std::string_view text, std::string_view separator);

} // namespace medic::parse
