// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/collect/probe.h"
#include "diagnostics/model/error.h"
#include "diagnostics/model/observation.h"
#include "diagnostics/transport/shell.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace medic::collect {

/// Where observations come from: a live cluster, this machine, an incident file. Past this interface live and
/// replayed are the same. Called from worker threads, several at once; `result` is called from the worker.
class Source {
public:
    using Sink = std::function<void(Observation)>;

    virtual ~Source() = default;

    /// Names of the nodes, by the apiserver, else by the profile. An Error is shown; the list may come with it (second).
    struct NodeList {
        std::vector<std::string> names;
        std::vector<Error> problems; ///< e.g. the apiserver refused; the names are then the profile's
        std::vector<Observation> observations; ///< api/connect, api/nodes …
    };
    [[nodiscard]] virtual NodeList nodes(std::stop_token stop) = 0;

    /// Runs the probes on one node in one round trip; hands out each result as it arrives, the connection's own
    /// result (probe "connect") first. Every probe asked for yields exactly one observation, whatever happens.
    virtual void collectNode(const std::string& node, const std::vector<std::string>& probes, std::stop_token stop, const Sink& result) = 0;

    /// The cluster's own lists through the apiserver (ids "api/…").
    virtual void collectCluster(const std::vector<std::string>& probes, std::stop_token stop, const Sink& result) = 0;

    /// One command on one node, for wizards and remedies. A replaying source answers NotSupported.
    [[nodiscard]] virtual Result<CommandResult> run(const std::string& node, const CommandRequest& request, std::stop_token stop) = 0;

    [[nodiscard]] virtual bool live() const = 0;
};

} // namespace medic::collect
