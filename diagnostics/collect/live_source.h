// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/collect/cluster_source.h"
#include "diagnostics/collect/idle_watch.h"
#include "diagnostics/collect/source.h"
#include "diagnostics/model/kube.h"
#include "diagnostics/transport/profile.h"

#include <map>
#include <mutex>

namespace medic {
class Secrets;
}

namespace medic::collect {

/// A live cluster: one SSH connection per node and sweep (this machine without SSH), the apiserver beside it. Nodes come
/// from the apiserver when it answers, else from the profile's list and hosts file. Thread-safe.
class LiveSource final : public Source {
public:
    using OpenShell = std::function<Result<std::unique_ptr<Shell>>(const NodeTarget& target, std::stop_token stop)>;

    /// SSH and apiserver as the profile says.
    LiveSource(const ClusterProfile& profile, std::shared_ptr<Secrets> secrets);
    /// With other ways there; `cluster` may be null.
    LiveSource(const ClusterProfile& profile, OpenShell open, std::shared_ptr<ClusterSource> cluster);

    [[nodiscard]] NodeList nodes(std::stop_token stop) override;
    Outcome collectNode(const std::string& node, const std::vector<std::string>& probes, std::stop_token stop, const Sink& result) override;
    Outcome collectCluster(const std::vector<std::string>& probes, std::stop_token stop, const Sink& result) override;
    [[nodiscard]] Result<CommandResult> run(const std::string& node, const CommandRequest& request, std::stop_token stop) override;
    [[nodiscard]] bool live() const override { return true; }

    /// How that node is reached: the profile's entry of that name, the address that the apiserver gave, else the name itself.
    [[nodiscard]] NodeTarget targetOf(const std::string& node) const;

    /// A node that says nothing for so long is given up. (The script sends a sign of life every second.)
    void setSilenceLimit(std::chrono::milliseconds limit) { m_silence = limit; }

private:
    Outcome collectOverSsh(const std::string& node, const std::vector<std::string>& probes, std::stop_token stop, const Sink& result);
    /// Why the apiserver need not be asked now.
    [[nodiscard]] std::optional<Error> apiDown() const;
    void learn(const std::vector<kube::Node>& nodes, NodeList& list);
    [[nodiscard]] std::vector<NodeTarget> listed(std::vector<Error>& problems) const;

    const ClusterProfile m_profile;
    const OpenShell m_open;
    const std::shared_ptr<ClusterSource> m_cluster;
    std::chrono::milliseconds m_silence {25000};
    mutable std::mutex m_mutex;
    std::map<std::string, NodeTarget> m_targets;
    std::optional<Error> m_apiError; ///< the apiserver did not answer when the nodes were listed
    IdleWatch m_watch;
};

/// Which of a Node's addresses is taken: the wanted type, else InternalIP, ExternalIP, Hostname, in this order; else empty.
[[nodiscard]] std::string addressOf(const kube::Node& node, const std::string& type);

} // namespace medic::collect
