// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/ip_address.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace medic {

/// The lists of the `recent` match, /proc/net/xt_recent/NAME, joined as "==> NAME <==" sections (as `head` and `tail`
/// print several files) or "NAME: line" lines (as `grep ''` does).
struct XtRecent {
    struct Seen {
        IpAddress address;
        std::uint64_t lastSeen = 0; ///< jiffies
        std::vector<std::uint64_t> stamps;
    };
    std::map<std::string, std::vector<Seen>, std::less<>> lists;

    [[nodiscard]] static XtRecent parse(std::string_view text);
};

} // namespace medic
