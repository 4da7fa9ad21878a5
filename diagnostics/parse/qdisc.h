// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace medic::parse {

/// A queueing discipline of `tc [-s] [-j] qdisc show`.
struct Qdisc {
    std::string kind, device, parent;
    bool root = false;
    double rateBits = 0; ///< tbf: bits per second (tc's JSON counts bytes); 0: none
    double burstBytes = 0; ///< tbf
    std::uint64_t drops = 0;
    int line = 0; ///< 0 for JSON, which is one line
};

/// JSON (iproute2 ≥ 4.17) or the plain form, whichever it is.
[[nodiscard]] Result<std::vector<Qdisc>> qdiscs(std::string_view text);

/// A Kubernetes quantity ("10M", "1.5Gi", "100m", "1e3") as a number; nothing when it is none.
[[nodiscard]] std::optional<double> quantity(std::string_view text);

} // namespace medic::parse
