// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/collect/source.h"
#include "diagnostics/transport/profile.h"

namespace medic {
class Secrets;
}

namespace medic::collect {

/// The apiserver's side of a live cluster. A class of its own, so that a sweep can be tested without an apiserver.
/// Thread-safe: each call works with an ApiClient of its own.
class ClusterSource {
public:
    virtual ~ClusterSource() = default;

    /// Exactly one observation for each id of clusterProbes(). The Outcome's error: it could not be reached at all.
    virtual Source::Outcome collect(const std::vector<std::string>& ids, std::stop_token stop, const Source::Sink& result) = 0;
    /// The same for the ids of clusterNodeProbes() and one node, by way of the apiserver's node proxy.
    virtual Source::Outcome collectNode(const std::string& node, const std::vector<std::string>& ids, std::stop_token stop,
                                        const Source::Sink& result) = 0;
    [[nodiscard]] virtual bool configured() const = 0; ///< false: the profile names no apiserver
};

/// By the profile's kubeconfig and context; directly or, with `apiThrough`, through SSH.
[[nodiscard]] std::shared_ptr<ClusterSource> clusterSource(const ClusterProfile& profile, std::shared_ptr<Secrets> secrets);

/// The request path of an id; empty: unknown. `node` is quoted for a URL.
[[nodiscard]] std::string apiPath(const std::string& id, const std::string& node = {});

/// Leaves the `most` newest Events in a List document, in their order; true when some were dropped. The apiserver lists
/// them by name, so that a limit of the request would keep any.
bool keepNewestEvents(std::string& list, std::size_t most);
inline constexpr std::size_t newestEvents = 2000;

} // namespace medic::collect
