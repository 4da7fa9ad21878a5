// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/cluster_trace.h"

#include <QString>

namespace medic::ctl {

/// A trace for people at a terminal: aligned, in the language of the installed translator. Rules are evidence and stay
/// as they were dumped, but for control characters, which are shown as '?'.
[[nodiscard]] QString traceText(const Trace& trace);
/// The same for a way through several nodes: one block a node.
[[nodiscard]] QString clusterTraceText(const netfilter::ClusterTrace& trace);

} // namespace medic::ctl
