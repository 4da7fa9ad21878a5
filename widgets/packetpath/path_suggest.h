// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/finding.h"
#include "diagnostics/model/snapshot.h"
#include "diagnostics/model/trace.h"
#include "diagnostics/netfilter/path_names.h"

#include <QStringList>

#include <optional>

namespace medic::packetpath {

/// Queries that make sense in this cluster, to begin with: a Pod to a Service, to the DNS, to a node's port, outwards.
[[nodiscard]] QStringList suggestedQueries(const netfilter::PathNames& names, int most);

/// The observation and line that a step was read from; nullopt: not in the snapshot.
[[nodiscard]] std::optional<Evidence> evidenceOf(const Snapshot& snapshot, const std::string& node, const TraceStep& step, bool v6);

} // namespace medic::packetpath
