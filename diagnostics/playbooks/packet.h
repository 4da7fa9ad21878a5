// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/playbooks/want.h"

namespace medic::playbooks {

/// Follows the packet that a trace step asks for through the rules that `snapshot` holds of its node. What is not known
/// of the node stays undecidable in the trace; without a trace `why` says what was wrong with the question.
[[nodiscard]] Traced followPacket(const Snapshot& snapshot, const Want& want);

} // namespace medic::playbooks
