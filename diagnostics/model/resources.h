// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

namespace medic {

/// The program's data folder (knowledge/, playbooks/, samples/ …): $CLUSTER_MEDIC_RESOURCES, else the
/// installed folder beside the program, else the source tree that it was built from.
[[nodiscard]] std::filesystem::path resourceDirectory();

/// The user's own additions: $XDG_CONFIG_HOME/cluster-medic (or ~/.config/cluster-medic).
[[nodiscard]] std::filesystem::path userDirectory();

} // namespace medic
