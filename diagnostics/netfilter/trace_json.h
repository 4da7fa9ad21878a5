// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/trace.h"
#include "diagnostics/netfilter/cluster_trace.h"

#include <string>

namespace medic::netfilter {

/// The trace as docs/cli.md gives it, with more keys beside those: a stable format.
[[nodiscard]] std::string traceJson(const Trace& trace);
/// A way through several nodes: for each branch `end`, `whose`, `hops` (`node`, `in`, `carrier` and what traceJson gives
/// for a branch) and `answer` (`end`, `reason`, `hops`).
[[nodiscard]] std::string clusterTraceJson(const ClusterTrace& trace);

} // namespace medic::netfilter
