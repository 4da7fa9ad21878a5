// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/packetpath/path_tree.h"

#include <string>
#include <vector>

namespace medic::packetpath {

/// Hooks from left to right so that every way runs only rightwards: a common supersequence of all ways. A part gets one
/// column; a fork within a hook opens another column of the same hook beside it.
struct PathColumns {
    std::vector<std::string> hooks; ///< of the columns, without their nodes
    std::vector<int> hop; ///< of the columns: how many nodes lie before (0: the first; the way to a node counts with it)
    std::vector<int> ofPart; ///< the column of each part

    [[nodiscard]] static PathColumns of(const PathTree& tree);
};

} // namespace medic::packetpath
