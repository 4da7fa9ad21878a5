// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// Kubernetes objects as far as the diagnosis needs them. Made by parse/kube_objects from the apiserver's
/// JSON; absent fields stay empty. All strings come from the cluster: hostile input.
namespace medic::kube {

using Labels = std::map<std::string, std::string>;

struct Meta {
    std::string nameSpace, name, uid, creation, deletion; ///< times as RFC 3339 text
    Labels labels, annotations;
    std::string ownerKind, ownerName;
};

struct Condition {
    std::string type, status, reason, message, lastHeartbeat, lastTransition;
};

struct Taint {
    std::string key, value, effect;
};

struct Node {
    Meta meta;
    std::vector<Condition> conditions;
    std::vector<Taint> taints;
    std::map<std::string, std::string> addresses; ///< "InternalIP" → address (the first of each type)
    std::vector<std::string> podCidrs;
    bool unschedulable = false;
    std::string kubeletVersion, kubeProxyVersion, runtimeVersion, kernelVersion, osImage;
    std::vector<std::string> roles; ///< from node-role.kubernetes.io/… labels
    [[nodiscard]] const Condition* condition(std::string_view type) const;
};

struct ContainerPort {
    std::string name, protocol, hostIp;
    std::uint16_t containerPort = 0, hostPort = 0;
};

struct Container {
    std::string name, image;
    std::vector<ContainerPort> ports;
};

struct ContainerStatus {
    std::string name, containerId, state, reason, message; ///< state: waiting, running, terminated
    std::string lastReason;
    int lastExitCode = 0, lastSignal = 0, restarts = 0;
    bool ready = false;
};

struct Pod {
    Meta meta;
    std::string node, phase, reason, message, podIp, hostIp, dnsPolicy, startTime;
    std::vector<std::string> podIps;
    bool hostNetwork = false;
    std::vector<Condition> conditions;
    std::vector<Container> containers;
    std::vector<ContainerStatus> statuses;
    std::string priorityClass;
    [[nodiscard]] bool ready() const;
};

struct ServicePort {
    std::string name, protocol, targetPort;
    std::uint16_t port = 0, nodePort = 0;
};

struct Service {
    Meta meta;
    std::string type; ///< ClusterIP, NodePort, LoadBalancer, ExternalName
    std::vector<std::string> clusterIps; ///< without "None"
    std::vector<std::string> externalIps, loadBalancerIps, sourceRanges;
    std::vector<ServicePort> ports;
    std::string externalTrafficPolicy, internalTrafficPolicy, sessionAffinity;
    int affinitySeconds = 0;
    Labels selector;
    bool headless = false;
    std::uint16_t healthCheckNodePort = 0;
};

struct Endpoint {
    std::vector<std::string> addresses;
    std::string node, podNameSpace, podName;
    std::vector<std::string> hintZones, hintNodes; ///< topology hints: whose kube-proxies shall use it; empty: all
    bool ready = true, serving = true, terminating = false;
};

struct EndpointPort {
    std::string name, protocol;
    std::uint16_t port = 0;
};

/// One EndpointSlice, or one subset of a legacy Endpoints object in the same form.
struct EndpointSlice {
    Meta meta;
    std::string service; ///< kubernetes.io/service-name, or the Endpoints' own name
    std::string addressType; ///< IPv4, IPv6, FQDN
    std::vector<Endpoint> endpoints;
    std::vector<EndpointPort> ports;
};

struct Event {
    Meta meta;
    std::string type, reason, message, objectKind, objectNameSpace, objectName, sourceComponent, sourceHost;
    std::string firstSeen, lastSeen;
    int count = 1;
};

struct ConfigMap {
    Meta meta;
    std::map<std::string, std::string> data;
};

struct DaemonSet {
    Meta meta;
    int desired = 0, ready = 0, available = 0, unavailable = 0;
    std::vector<Container> containers;
};

/// What a kubelet renews every ten seconds or so in kube-node-lease; its name is the node's.
struct CertificateRequest {
    Meta meta;
    std::string signer, user; ///< signer: empty before 1.18
    std::vector<std::string> usages;
    bool decided = false; ///< approved, denied or failed, or its certificate is there
};

struct Lease {
    Meta meta;
    std::string holder, acquireTime, renewTime;
    int durationSeconds = 0;
};

struct Version {
    std::string gitVersion, platform;
    int major = 0, minor = 0;
};

} // namespace medic::kube
