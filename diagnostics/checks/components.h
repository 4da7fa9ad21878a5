// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/facts.h"

#include <optional>
#include <string>
#include <vector>

/// What runs on a node, whichever way it was installed: systemd, static Pod, container, k3s in one process.
namespace medic::checks {

enum class Running {
    Yes,
    No, ///< expected here, and seen not to run
    Embedded, ///< inside k3s, RKE2 or kubelite: no process of its own to look for
    Replaced, ///< kube-proxy only: Cilium, OVN-Kubernetes, kube-router do its work
    Stopped, ///< the process is there, and stopped (SIGSTOP)
    Unknown,
};

struct ComponentState {
    Running running = Running::Unknown;
    std::string how; ///< "process 123", "unit kubelet.service: failed", "Cilium"
    std::vector<Evidence> evidence;
    std::optional<std::uint64_t> uptime; ///< seconds
    std::optional<int> restarts;
};

[[nodiscard]] ComponentState kubeletState(const Snapshot&, const std::string& node);
[[nodiscard]] ComponentState kubeProxyState(const Snapshot&, const std::string& node);

/// "iptables", "ipvs", "nftables"; by :10249, else by what is in the kernel; empty when not known.
struct ProxyMode {
    std::string mode;
    bool seen = false; ///< said by kube-proxy itself
    std::vector<Evidence> evidence;
};
[[nodiscard]] ProxyMode proxyMode(const Snapshot&, const std::string& node);

struct RuntimeState {
    std::string kind; ///< "docker", "containerd", "cri-o"; empty: not known
    std::string version;
    Running running = Running::Unknown;
    std::string how;
    bool hung = false; ///< a list did not come back in its time
    std::string hungCommand;
    std::optional<std::uint64_t> listMilliseconds;
    std::optional<std::uint64_t> containers;
    std::optional<bool> liveRestore; ///< docker
    std::vector<Evidence> evidence;
};
[[nodiscard]] RuntimeState runtimeState(const Snapshot&, const std::string& node);

// Versions of the node's own components; nothing when not known.
[[nodiscard]] std::optional<parse::Version> kubeletVersion(const Snapshot&, const std::string& node);
[[nodiscard]] std::optional<parse::Version> kubeProxyVersion(const Snapshot&, const std::string& node);
[[nodiscard]] std::optional<parse::Version> kernelVersion(const Snapshot&, const std::string& node);
struct PluginFact {
    bool known = false; ///< the plugin answered, or its folder was listed
    bool present = false;
    std::optional<parse::Version> version;
    std::vector<Evidence> evidence;
};
[[nodiscard]] PluginFact cniPlugin(const Snapshot&, const std::string& node, std::string_view type);

/// An apiserver, etcd … belongs to this node (static Pod manifest, process, container, unit).
[[nodiscard]] bool controlPlane(const Snapshot&, const std::string& node);

} // namespace medic::checks
