// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/incident/compare.h"
#include "diagnostics/netfilter/rule_compare.h"

#include <QString>

#include <memory>
#include <optional>

namespace medic::packetpath {

/// One of two things to lay side by side: a node at a moment.
struct CompareSide {
    QString node;
    quint64 sweep = 0; ///< at the end of which; 0: as it is known now
    QString file; ///< another recording; empty: the open incident
    bool operator==(const CompareSide&) const = default;
};

/// One thing that was compared, with its lines side by side.
struct ComparedItem {
    struct Row {
        enum class Kind { Same, OnlyLeft, OnlyRight, Changed, Moved } kind = Kind::Same;
        int left = 0, right = 0; ///< rule numbers; 0: none
        QString leftText, rightText;
    };
    std::string area; ///< "rules", or that of Difference
    QString name; ///< "nat KUBE-SERVICES"
    QString backend; ///< of rules: "IPv4 iptables (legacy)" in key words: "legacy IPv4"
    bool unknown = false; ///< one side does not know
    int lost = 0, won = 0, moved = 0;
    std::vector<Row> rows;
};

struct Comparison {
    CompareSide left, right;
    std::vector<ComparedItem> items; ///< those that differ
    std::size_t chains = 0; ///< that were looked at
    std::optional<Error> error; ///< a recording that cannot be read; the rest is empty
};
using ComparisonPtr = std::shared_ptr<const Comparison>;

/// Reads another recording where one is named, and compares; for a worker. The snapshots are those of the two moments of the
/// open incident; not looked at where a side names a file.
[[nodiscard]] ComparisonPtr compareSides(const CompareSide& left, const Snapshot& leftThen, const CompareSide& right, const Snapshot& rightThen);

} // namespace medic::packetpath
