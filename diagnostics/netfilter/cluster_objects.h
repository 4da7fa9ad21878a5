// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/model/kube.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace medic {
class Snapshot;
}

namespace medic::netfilter {

/// What the apiserver says of Services and who is behind them. Null: not collected, which is never the same as empty.
/// Immutable once loaded; shared by the audits of all nodes.
struct ClusterObjects {
    template<typename T>
    using List = std::shared_ptr<const std::vector<T>>;

    List<kube::Service> services;
    List<kube::EndpointSlice> endpoints; ///< a Service's slices; where it has none, its Endpoints in the same form
    List<kube::Pod> pods;
    List<kube::Node> nodes;
    std::vector<std::string> warnings; ///< what was there and could not be read

    /// Reads services.json, endpointslices.json, endpoints.json, pods.json and nodes.json (or api-NAME.json): lists as the
    /// apiserver or kubectl gives them. Without services there is nothing to compare: an Error. A file that is there and
    /// is no such list is an Error that names it and the place.
    [[nodiscard]] static Result<ClusterObjects> fromDirectory(const std::filesystem::path& directory);

    /// From the cluster's observations; what is not good there stays null.
    [[nodiscard]] static ClusterObjects fromSnapshot(const Snapshot& snapshot);
};

} // namespace medic::netfilter
