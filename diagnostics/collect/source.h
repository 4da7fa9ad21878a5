// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/collect/probe.h"
#include "diagnostics/model/error.h"
#include "diagnostics/model/observation.h"
#include "diagnostics/transport/shell.h"

#include <functional>
#include <memory>
#include <optional>
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

    /// How the work on one node or on the cluster ended.
    struct Outcome {
        std::optional<Error> error; ///< why not everything came; nothing: every probe had its chance
        std::vector<Error> wanted; ///< what the engineer could supply (HostKeyUnknown, PassphraseNeeded …)
    };

    /// Runs the probes on one node in one round trip; hands out each result as it arrives, the connection's own
    /// result (probe "connect") first. Every probe asked for yields exactly one observation, whatever happens.
    virtual Outcome collectNode(const std::string& node, const std::vector<std::string>& probes, std::stop_token stop,
                                const Sink& result) = 0;

    /// The cluster's own lists through the apiserver (ids "api/…").
    virtual Outcome collectCluster(const std::vector<std::string>& probes, std::stop_token stop, const Sink& result) = 0;

    /// One command on one node, for wizards and remedies. A replaying source answers NotSupported.
    [[nodiscard]] virtual Result<CommandResult> run(const std::string& node, const CommandRequest& request, std::stop_token stop) = 0;

    [[nodiscard]] virtual bool live() const = 0;
};

/// The engineer's own machine as a node; asked only what `localProbes` names (no process list: it may be shared).
inline constexpr std::string_view localNode = "@local";
[[nodiscard]] const std::vector<std::string>& localProbes();

/// Every id of the form "api/…" that is asked once for the whole cluster, and those that are asked of each node.
[[nodiscard]] const std::vector<std::string>& clusterProbes();
[[nodiscard]] const std::vector<std::string>& clusterNodeProbes();

/// What stands for a probe that brought nothing because of `error`: Unreachable, ConnectionLost, TimedOut, Cancelled … with
/// the error's name, place and words in err.
[[nodiscard]] Observation missing(const std::string& node, const std::string& probe, const Error& error, bool connected);

/// Whether the engineer could supply what is lacking: a host key's approval, a passphrase, a password.
[[nodiscard]] bool isWanted(ErrorCode code);

} // namespace medic::collect
