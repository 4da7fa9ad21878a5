// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/rule_lines.h"
#include "diagnostics/checks/sink.h"

/// Case 1.5: hostPorts against Services. What both directions of it look at on one node.
namespace medic::checks {

/// The nat rules of one iptables backend.
struct BackendRules {
    ObservationPtr observation;
    std::string backend; ///< "legacy", "nft", or "default" where the dump does not tell
    RuleDump dump;
    std::vector<JumpOrder> orders;
    std::vector<HostPortRule> hostPorts;
    bool acceptsClusterIps = false; ///< KUBE-SERVICES ends with ACCEPT for KUBE-CLUSTER-IP (kube-proxy ≥ 1.11, IPVS)
    bool hasServices = false; ///< KUBE-SERVICES is jumped to
};

/// A hostPort as the Pod's specification asks for it; hostNetwork Pods are left out (there it is only a copy).
struct PodHostPort {
    const kube::Pod* pod = nullptr;
    std::uint16_t port = 0, containerPort = 0;
    std::string protocol, hostIp; ///< protocol in small letters
};

/// What a Service (or IPVS, when the apiserver is silent) offers on an address.
struct ServiceAddress {
    std::string name; ///< "default/kubernetes", or the address where no name is known
    std::string ip, protocol;
    std::uint16_t port = 0, nodePort = 0;
};

struct HostPortView {
    std::string node;
    std::vector<BackendRules> backends; ///< those that hold rules
    bool rulesKnown = false;
    NftPortmap nft;
    ObservationPtr nftObservation;
    std::vector<PodHostPort> pods;
    std::vector<ServiceAddress> services;
    std::vector<Evidence> serviceEvidence;
    std::string mode;
    std::vector<Evidence> modeEvidence;
};

[[nodiscard]] HostPortView hostPortView(const Snapshot& snapshot, const std::string& node);

/// The Pod behind an address on the node, "namespace/name"; the address itself when none is known.
[[nodiscard]] std::string podAt(const Snapshot& snapshot, const std::string& node, const std::string& address);

void checkTheft(Sink& sink, const HostPortView& view); ///< 1.5-A
void checkUnreachableHostPorts(Sink& sink, const HostPortView& view); ///< 1.5-B
void runHostPort(const CheckInput& input, Findings& findings);

} // namespace medic::checks
