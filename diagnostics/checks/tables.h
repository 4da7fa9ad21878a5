// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/catalogue.h"
#include "diagnostics/model/snapshot.h"
#include "diagnostics/model/verdict.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What several observations say together, as a table that a wizard's step, the window or a report can show:
/// annotation against traffic control (1.1), Elasticsearch indices (1.3), the kubelet and its runtime (1.4), the DNS
/// matrix (1.6). Computed, never stored.
namespace medic::checks {

struct TableCell {
    std::string text; ///< hostile input, as everything from the cluster
    std::optional<Verdict> verdict; ///< nothing: neither good nor bad
    std::optional<double> number; ///< for sorting and charts; in the column's own unit
};

struct TableRow {
    std::vector<TableCell> cells; ///< as many as there are columns
    Evidence evidence; ///< the line that it was read from
};

struct Table {
    std::string id; ///< one of tableIds()
    Text title;
    std::vector<Text> columns;
    std::vector<TableRow> rows;
    Text note; ///< how to read it, or why it is empty
    int chart = -1; ///< the column whose numbers are worth bars; -1: none
};

/// The ids of all tables.
[[nodiscard]] const std::vector<std::string_view>& tableIds();

/// The table of the whole snapshot, or of one node; `earlier` is the sweep before, for what lies between two. Without rows
/// where nothing of it was collected; nothing for an id that is not known.
[[nodiscard]] std::optional<Table> table(
    const Snapshot& snapshot, std::string_view id, const std::string& node = {}, const Snapshot* earlier = nullptr);

} // namespace medic::checks
