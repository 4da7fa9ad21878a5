// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/playbooks/want.h"

namespace medic::playbooks {

/// Follows the packet of a trace step through the node as the snapshot knows it, live or recorded alike. What it takes
/// is seconds on a node with tens of thousands of rules: call it from a worker, with a copy of the snapshot.
/// Without an address, or without any rules of the node, there is no trace, and `why` says so.
[[nodiscard]] Traced followPacket(const Snapshot& snapshot, const Want& want);

} // namespace medic::playbooks
