// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/ip_address.h"
#include "diagnostics/model/kube.h"

#include <map>
#include <string>
#include <vector>

namespace medic {
class Snapshot;
}

namespace medic::netfilter {

/// What the words of a path query can stand for: the cluster's objects, the collected nodes and whose addresses are
/// whose. A value; made once per snapshot (parses the apiserver's lists: not on the screen's thread).
struct PathNames {
    std::vector<kube::Pod> pods;
    std::vector<kube::Service> services;
    std::vector<std::string> nodes; ///< every node that is known by name
    std::vector<std::string> collected; ///< nodes of which rules were collected, sorted
    std::map<std::string, std::vector<IpAddress>> addresses; ///< of nodes; the InternalIP first
    std::map<std::string, std::vector<IpPrefix>> podRanges; ///< of nodes
    bool podsKnown = false, servicesKnown = false; ///< the apiserver's lists are there

    [[nodiscard]] static PathNames fromSnapshot(const Snapshot& snapshot);

    /// The node on which an address lives: its own, one of its Pods', or one out of its Pod range. Empty: none known.
    [[nodiscard]] std::string nodeOf(const IpAddress& address) const;
    [[nodiscard]] bool isCollected(const std::string& node) const;
    /// "svc default/api", "pod default/web-0", "node n1"; empty: nobody known has this address.
    [[nodiscard]] std::string whose(const IpAddress& address) const;
};

/// The address of this family among texts; None: there is none. `family` None: the first that is an address.
[[nodiscard]] IpAddress addressAmong(const std::vector<std::string>& texts, IpFamily family);

} // namespace medic::netfilter
