// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/snapshot.h"
#include "widgets/models/paste_search.h"
#include "widgets/views/view.h"

namespace medic {

/// What the command palette offers of the cluster's own things: Pods lead to their node, Services to their path.
/// Read out of the apiserver's lists, once per snapshot. Names may be hostile.
[[nodiscard]] QList<PaletteItem> clusterItems(const Snapshot& snapshot);

[[nodiscard]] QList<PaletteItem> pasteItems(const QList<PasteProposal>& proposals);

} // namespace medic
