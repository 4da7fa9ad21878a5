// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/disk.h"

#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace medic::parse {

namespace {

constexpr std::array pseudoTypes {"tmpfs",   "devtmpfs", "overlay", "squashfs", "iso9660", "shm",     "proc",   "sysfs",
                                  "cgroup",  "cgroup2",  "nsfs",    "ramfs",    "efivarfs", "autofs", "mqueue", "devpts",
                                  "aufs",    "fuse.lxcfs", "debugfs", "tracefs", "udev",    "none",   "cgmfs",  "rootfs"};

/// /proc/mounts writes blanks, tabs, newlines and backslashes as octal (fs/proc_namespace.c: mangle).
std::string unescaped(std::string_view text)
{
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\' && at + 3 < text.size()) {
            if (const auto code = number<unsigned>(text.substr(at + 1, 3), 8); code && *code < 256) {
                result += static_cast<char>(*code);
                at += 3;
                continue;
            }
        }
        result += text[at];
    }
    return result;
}

} // namespace

int Filesystem::percent() const
{
    const double usable = static_cast<double>(used) + static_cast<double>(available);
    return usable <= 0 ? 0 : static_cast<int>(std::ceil(static_cast<double>(used) * 100 / usable));
}

bool Filesystem::pseudo() const
{
    const std::string_view kind = type.empty() ? std::string_view(source) : std::string_view(type);
    return std::find(pseudoTypes.begin(), pseudoTypes.end(), kind) != pseudoTypes.end() || mount.starts_with("/proc/")
        || mount.starts_with("/sys/");
}

std::vector<Filesystem> df(std::string_view text)
{
    std::vector<Filesystem> result;
    bool typed = false;
    for (const Line& line : lines(text)) {
        const auto parts = words(line.text);
        if (parts.size() > 1 && parts[0] == "Filesystem") {
            typed = parts[1] == "Type";
            continue;
        }
        const std::size_t first = typed ? 2 : 1; // of the three numbers
        if (parts.size() < first + 5)
            continue;
        const auto size = number<std::uint64_t>(parts[first]);
        const auto used = number<std::uint64_t>(parts[first + 1]);
        const auto available = number<std::uint64_t>(parts[first + 2]);
        if (!size || !used || !available || !parts[first + 3].ends_with('%') || parts[first + 4].front() != '/')
            continue;
        Filesystem row;
        row.source = parts[0];
        if (typed)
            row.type = parts[1];
        row.size = *size;
        row.used = *used;
        row.available = *available;
        // A mount point may hold blanks: everything from its first character on.
        row.mount = trim(line.text.substr(static_cast<std::size_t>(parts[first + 4].data() - line.text.data())));
        row.line = line.number;
        result.push_back(std::move(row));
    }
    return result;
}

const Filesystem* holding(const std::vector<Filesystem>& all, std::string_view path)
{
    const Filesystem* best = nullptr;
    for (const Filesystem& one : all) {
        const bool above = one.mount == "/" || path == one.mount
            || (path.size() > one.mount.size() && path.starts_with(one.mount) && path[one.mount.size()] == '/');
        if (above && (best == nullptr || one.mount.size() >= best->mount.size()))
            best = &one;
    }
    return best;
}

bool Mount::has(std::string_view option) const
{
    return std::find(options.begin(), options.end(), option) != options.end();
}

std::vector<Mount> mounts(std::string_view text)
{
    std::vector<Mount> result;
    for (const Line& line : lines(text)) {
        const auto parts = words(line.text);
        if (parts.size() < 4 || parts[1].front() != '/')
            continue;
        Mount mount {unescaped(parts[0]), unescaped(parts[1]), std::string(parts[2]), {}, line.number};
        std::string_view rest = parts[3];
        while (!rest.empty()) {
            mount.options.emplace_back(before(rest, ","));
            rest = after(rest, ",");
        }
        result.push_back(std::move(mount));
    }
    return result;
}

} // namespace medic::parse
