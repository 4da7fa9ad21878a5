// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/ip_address.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What `conntrack -L` (or /proc/net/nf_conntrack) printed.
namespace medic::conntrack {

struct Tuple {
    IpAddress source, destination;
    std::uint16_t sport = 0, dport = 0; ///< ICMP: id in both
    bool operator==(const Tuple&) const = default;
};

struct Entry {
    std::uint8_t protocol = 0;
    std::uint32_t timeout = 0, mark = 0;
    std::uint16_t zone = 0;
    std::string state; ///< "ESTABLISHED" …; empty for UDP
    Tuple original, reply;
    bool unreplied = false, assured = false;
    std::uint32_t line = 0;
};

/// Lines that are not entries are skipped; `skipped` counts them.
struct List {
    std::vector<Entry> entries;
    std::size_t skipped = 0;
};
[[nodiscard]] List parseList(std::string_view text);

} // namespace medic::conntrack
