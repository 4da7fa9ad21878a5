// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/model/observation.h"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace medic::collect {

/// One question to a node, as data. The first alternative whose `needs` tools all exist on the node is run.
///
/// A command may end with one of three statuses of its own: 96, what is asked about does not exist here
/// (NotApplicable); 97, no tool for it (ToolMissing); 98, not allowed to (NoPermission). Its stderr says which.
struct Probe {
    std::string id; ///< see model/probe_ids.h
    std::string prints; ///< what the output looks like; for docs/probes.md
    struct Alternative {
        std::vector<std::string> needs; ///< tools that must be on the PATH (incl. /usr/sbin, /sbin, /usr/local/bin)
        std::string command; ///< for /bin/sh; read-only, bounded, no `find /`
    };
    std::vector<Alternative> alternatives;
    bool root = false;
    std::chrono::milliseconds timeLimit {8000};
    std::size_t outputLimit = 4 * 1024 * 1024; ///< bytes of stdout
    bool heavy = false; ///< left out of a quick sweep (whole conntrack table …)
    std::string lane; ///< lanes run side by side, the probes of one lane one after the other; empty: "main"
};

inline constexpr int notApplicableStatus = 96, toolMissingStatus = 97, noPermissionStatus = 98;

/// Every node probe of the program (resources/probes/*.yaml), read once. Order is the order in the sweep script.
[[nodiscard]] const std::vector<Probe>& allProbes();
[[nodiscard]] const Probe* findProbe(std::string_view id);
/// What was wrong with the files that allProbes() read; empty in a sound installation.
[[nodiscard]] const std::vector<Error>& probeProblems();

/// Reads DIRECTORY/*.yaml, in order of name. A broken probe is reported (file:line, key) and left out, the others stay.
[[nodiscard]] std::vector<Probe> loadProbes(const std::filesystem::path& directory, std::vector<Error>& problems);
/// The same of one file's text; `where` names it in errors.
[[nodiscard]] std::vector<Probe> parseProbes(const std::string& yaml, const std::string& where, std::vector<Error>& problems);

} // namespace medic::collect
