// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/observation.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace medic::collect {

/// One question to a node, as data. The first alternative whose `needs` tools all exist on the node is run.
struct Probe {
    std::string id; ///< see model/probe_ids.h
    struct Alternative {
        std::vector<std::string> needs; ///< tools that must be on the PATH (incl. /usr/sbin, /sbin, /usr/local/bin)
        std::string command; ///< for /bin/sh; read-only, bounded, no `find /`
    };
    std::vector<Alternative> alternatives;
    bool root = false;
    std::chrono::milliseconds timeLimit {8000};
    std::size_t outputLimit = 4 * 1024 * 1024; ///< bytes of stdout
    bool heavy = false; ///< left out of a quick sweep (whole conntrack table …)
};

/// Every node probe of the program (resources/probes/*.yaml), read once. Order is the order in the sweep script.
[[nodiscard]] const std::vector<Probe>& allProbes();
[[nodiscard]] const Probe* findProbe(std::string_view id);

} // namespace medic::collect
