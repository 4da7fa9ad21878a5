// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/finding.h"
#include "diagnostics/model/snapshot.h"

#include <string>
#include <vector>

namespace medic {

/// One thing that two moments, or two nodes, do not have in common.
struct Difference {
    enum class Change {
        Appeared, ///< only in the second
        Gone, ///< only in the first
        Changed,
        Unknown, ///< not comparable: one side does not know
    };
    std::string area; ///< "finding", "node", "component", "sysctl", "iptables", "ipset", "ipvs", "route", "rule", "address", "file", "module"
    std::string node; ///< empty: the cluster, or the two nodes that were named
    std::string what; ///< "kubelet state", "nat KUBE-SERVICES", "net.ipv4.ip_forward" …
    Change change = Change::Changed;
    std::string before, after;
};
[[nodiscard]] std::string_view changeName(Difference::Change change); ///< "appeared" …

/// What differs between a node in one snapshot and a node in another, by meaning: counters, times, process ids,
/// interfaces of single Pods and the like are passed over; rules are compared as multisets per chain, sets as sets.
[[nodiscard]] std::vector<Difference> compareNodes(const Snapshot& before, const std::string& nodeBefore, const Snapshot& after,
                                                   const std::string& nodeAfter);

/// Every node of the two moments, and which nodes there are.
[[nodiscard]] std::vector<Difference> compareMoments(const Snapshot& before, const Snapshot& after);

/// Findings by identity: appeared, gone, or with another verdict. `ignoreNode`: of two nodes, told apart by id and
/// what they are about only. `ok` and `not applicable` count as not being there.
[[nodiscard]] std::vector<Difference> compareFindings(const std::vector<Finding>& before, const std::vector<Finding>& after, bool ignoreNode);

} // namespace medic
