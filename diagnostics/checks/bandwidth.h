// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/facts.h"

/// Case 1.1: one row for each bandwidth annotation, against what the node's traffic control does for that
/// Pod.
namespace medic::checks {

struct BandwidthRow {
    const kube::Pod* pod = nullptr;
    std::string node, direction; ///< "ingress", "egress": as the Pod sees it
    std::string annotated;
    double wanted = 0; ///< bits per second; 0: not a usable value
    std::optional<double> actual; ///< bits per second; nothing: no limit was found
    double burst = 0; ///< bytes
    std::string device; ///< the veth, or the ifb behind it; empty: not known
    /// The device is known to be this Pod's (by its namespace or a route). Else rates were matched as two
    /// sets.
    bool certain = false;
    int line = 0; ///< in tc's output

    [[nodiscard]] bool usable() const
    {
        return wanted >= 1000 && wanted <= 1e15;
    } ///< what the kubelet accepts: 1k to 1P
    [[nodiscard]] double ratio() const { return actual && *actual > 0 ? wanted / *actual : 0; }
};

/// The rows of a node's Pods that are not finished; without tc's output every `actual` is missing.
[[nodiscard]] std::vector<BandwidthRow> bandwidthRows(const Snapshot& snapshot, const std::string& node);

/// "10 Mbit/s"
[[nodiscard]] std::string rateText(double bitsPerSecond);

} // namespace medic::checks
