// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/kube_objects.h"

#include "diagnostics/parse/kube_document.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace medic::kube {

namespace {

using namespace document;

Meta meta(const Json& object)
{
    const Json& from = at(object, "metadata");
    Meta m {.nameSpace = text(from, "namespace"),
            .name = text(from, "name"),
            .uid = text(from, "uid"),
            .creation = text(from, "creationTimestamp"),
            .deletion = text(from, "deletionTimestamp"),
            .labels = textMap(from, "labels"),
            .annotations = textMap(from, "annotations")};
    bool controller = false;
    each(from, "ownerReferences", [&](const Json& owner) {
        const bool isController = flag(owner, "controller", false);
        if (m.ownerKind.empty() || (isController && !controller)) {
            m.ownerKind = text(owner, "kind");
            m.ownerName = text(owner, "name");
            controller = isController;
        }
    });
    return m;
}

std::vector<Condition> conditions(const Json& status)
{
    std::vector<Condition> all;
    each(status, "conditions", [&](const Json& from) {
        all.push_back({.type = text(from, "type"),
                       .status = text(from, "status"),
                       .reason = text(from, "reason"),
                       .message = text(from, "message"),
                       .lastHeartbeat = text(from, "lastHeartbeatTime"),
                       .lastTransition = text(from, "lastTransitionTime")});
    });
    return all;
}

/// The apiserver's own default, so that objects from files (never defaulted) mean the same.
std::string protocol(const Json& from)
{
    const std::string given = text(from, "protocol");
    return given.empty() ? "TCP" : given;
}

void addContainers(const Json& spec, std::vector<Container>& all)
{
    const auto add = [&](const Json& from) {
        Container container {.name = text(from, "name"), .image = text(from, "image")};
        each(from, "ports", [&](const Json& p) {
            container.ports.push_back({.name = text(p, "name"),
                                       .protocol = protocol(p),
                                       .hostIp = text(p, "hostIP"),
                                       .containerPort = port(p, "containerPort"),
                                       .hostPort = port(p, "hostPort")});
        });
        all.push_back(std::move(container));
    };
    each(spec, "containers", add);
    // Sidecars (KEP-753) are init containers that stay: their ports are the Pod's. Ordinary init containers come and go.
    each(spec, "initContainers", [&](const Json& from) {
        if (text(from, "restartPolicy") == "Always")
            add(from);
    });
}

ContainerStatus containerStatus(const Json& from)
{
    ContainerStatus status {.name = text(from, "name"), .containerId = text(from, "containerID")};
    const Json& state = at(from, "state");
    for (const char* name : {"waiting", "running", "terminated"})
        if (const Json& details = at(state, name); details.is_object()) {
            status.state = name;
            status.reason = text(details, "reason");
            status.message = text(details, "message");
        }
    const Json& last = at(at(from, "lastState"), "terminated");
    status.lastReason = text(last, "reason");
    status.lastExitCode = number(last, "exitCode");
    status.lastSignal = number(last, "signal");
    status.restarts = number(from, "restartCount");
    status.ready = flag(from, "ready", false);
    return status;
}

Node node(const Json& from)
{
    const Json& spec = at(from, "spec");
    const Json& status = at(from, "status");
    const Json& info = at(status, "nodeInfo");
    Node n {.meta = meta(from),
            .conditions = conditions(status),
            .podCidrs = texts(spec, "podCIDRs"),
            .unschedulable = flag(spec, "unschedulable", false),
            .kubeletVersion = text(info, "kubeletVersion"),
            .kubeProxyVersion = text(info, "kubeProxyVersion"),
            .runtimeVersion = text(info, "containerRuntimeVersion"),
            .kernelVersion = text(info, "kernelVersion"),
            .osImage = text(info, "osImage")};
    if (const std::string only = text(spec, "podCIDR"); n.podCidrs.empty() && !only.empty())
        n.podCidrs.push_back(only);
    each(spec, "taints", [&](const Json& taint) {
        n.taints.push_back({.key = text(taint, "key"), .value = text(taint, "value"), .effect = text(taint, "effect")});
    });
    each(status, "addresses", [&](const Json& address) { n.addresses.emplace(text(address, "type"), text(address, "address")); });
    constexpr std::string_view rolePrefix = "node-role.kubernetes.io/";
    for (const auto& [label, value] : n.meta.labels)
        if (label.size() > rolePrefix.size() && label.starts_with(rolePrefix))
            n.roles.push_back(label.substr(rolePrefix.size()));
    return n;
}

Pod pod(const Json& from)
{
    const Json& spec = at(from, "spec");
    const Json& status = at(from, "status");
    Pod p {.meta = meta(from),
           .node = text(spec, "nodeName"),
           .phase = text(status, "phase"),
           .reason = text(status, "reason"),
           .message = text(status, "message"),
           .podIp = text(status, "podIP"),
           .hostIp = text(status, "hostIP"),
           .dnsPolicy = text(spec, "dnsPolicy"),
           .startTime = text(status, "startTime"),
           .hostNetwork = flag(spec, "hostNetwork", false),
           .conditions = conditions(status),
           .priorityClass = text(spec, "priorityClassName")};
    each(status, "podIPs", [&](const Json& ip) {
        if (std::string address = text(ip, "ip"); !address.empty())
            p.podIps.push_back(std::move(address));
    });
    if (p.podIps.empty() && !p.podIp.empty())
        p.podIps.push_back(p.podIp);
    addContainers(spec, p.containers);
    for (const char* key : {"containerStatuses", "initContainerStatuses"})
        each(status, key, [&](const Json& one) { p.statuses.push_back(containerStatus(one)); });
    return p;
}

std::string targetPort(const Json& from)
{
    const Json& value = at(from, "targetPort");
    if (value.is_number_integer())
        return std::to_string(number(from, "targetPort"));
    return text(from, "targetPort");
}

Service service(const Json& from)
{
    const Json& spec = at(from, "spec");
    Service s {.meta = meta(from),
               .type = text(spec, "type"),
               .clusterIps = texts(spec, "clusterIPs"),
               .externalIps = texts(spec, "externalIPs"),
               .sourceRanges = texts(spec, "loadBalancerSourceRanges"),
               .externalTrafficPolicy = text(spec, "externalTrafficPolicy"),
               .internalTrafficPolicy = text(spec, "internalTrafficPolicy"),
               .sessionAffinity = text(spec, "sessionAffinity"),
               .affinitySeconds = number(at(at(spec, "sessionAffinityConfig"), "clientIP"), "timeoutSeconds"),
               .selector = textMap(spec, "selector"),
               .healthCheckNodePort = port(spec, "healthCheckNodePort")};
    const std::string first = text(spec, "clusterIP");
    if (s.clusterIps.empty() && !first.empty())
        s.clusterIps.push_back(first);
    s.headless = first == "None" || std::find(s.clusterIps.begin(), s.clusterIps.end(), "None") != s.clusterIps.end();
    std::erase_if(s.clusterIps, [](const std::string& ip) { return ip == "None" || ip.empty(); });
    each(at(at(from, "status"), "loadBalancer"), "ingress", [&](const Json& ingress) {
        // ipMode Proxy (KEP-1860): the balancer hands packets to the node's own address; kube-proxy makes no rule.
        if (std::string ip = text(ingress, "ip"); !ip.empty() && text(ingress, "ipMode") != "Proxy")
            s.loadBalancerIps.push_back(std::move(ip));
    });
    each(spec, "ports", [&](const Json& p) {
        s.ports.push_back({.name = text(p, "name"),
                           .protocol = protocol(p),
                           .targetPort = targetPort(p),
                           .port = port(p, "port"),
                           .nodePort = port(p, "nodePort")});
    });
    return s;
}

std::vector<EndpointPort> endpointPorts(const Json& from)
{
    std::vector<EndpointPort> all;
    each(from, "ports", [&](const Json& p) {
        all.push_back({.name = text(p, "name"), .protocol = protocol(p), .port = port(p, "port")});
    });
    return all;
}

void setPod(const Json& from, Endpoint& endpoint)
{
    const Json& target = at(from, "targetRef");
    if (text(target, "kind") != "Pod")
        return;
    endpoint.podNameSpace = text(target, "namespace");
    endpoint.podName = text(target, "name");
}

EndpointSlice endpointSlice(const Json& from)
{
    EndpointSlice slice {.meta = meta(from), .addressType = text(from, "addressType"), .ports = endpointPorts(from)};
    if (const auto label = slice.meta.labels.find("kubernetes.io/service-name"); label != slice.meta.labels.end())
        slice.service = label->second;
    each(from, "endpoints", [&](const Json& e) {
        Endpoint endpoint {.addresses = texts(e, "addresses"), .node = text(e, "nodeName")};
        if (endpoint.node.empty()) // v1beta1 before 1.20
            endpoint.node = text(at(e, "topology"), "kubernetes.io/hostname");
        // An absent ready means ready, an absent serving means as ready (discovery/v1 EndpointConditions).
        const Json& given = at(e, "conditions");
        endpoint.ready = flag(given, "ready", true);
        endpoint.serving = flag(given, "serving", endpoint.ready);
        endpoint.terminating = flag(given, "terminating", false);
        setPod(e, endpoint);
        each(at(e, "hints"), "forZones", [&](const Json& zone) { endpoint.hintZones.push_back(text(zone, "name")); });
        each(at(e, "hints"), "forNodes", [&](const Json& node) { endpoint.hintNodes.push_back(text(node, "name")); });
        slice.endpoints.push_back(std::move(endpoint));
    });
    return slice;
}

void addEndpoints(const Json& from, std::vector<EndpointSlice>& all)
{
    const EndpointSlice empty {.meta = meta(from), .service = text(at(from, "metadata"), "name"), .addressType = "IPv4"};
    const std::size_t before = all.size();
    each(from, "subsets", [&](const Json& subset) {
        EndpointSlice families[] = {empty, empty};
        families[1].addressType = "IPv6";
        for (const char* key : {"addresses", "notReadyAddresses"})
            each(subset, key, [&](const Json& address) {
                const std::string ip = text(address, "ip");
                const bool isReady = std::string_view(key) == "addresses";
                Endpoint endpoint {
                    .addresses = {ip}, .node = text(address, "nodeName"), .ready = isReady, .serving = isReady};
                setPod(address, endpoint);
                families[ip.find(':') == std::string::npos ? 0 : 1].endpoints.push_back(std::move(endpoint));
            });
        for (EndpointSlice& slice : families)
            if (!slice.endpoints.empty()) {
                slice.ports = endpointPorts(subset);
                all.push_back(std::move(slice));
            }
    });
    if (all.size() == before)
        all.push_back(empty);
}

std::string firstOf(std::initializer_list<std::string> candidates)
{
    for (const std::string& candidate : candidates)
        if (!candidate.empty())
            return candidate;
    return {};
}

Event event(const Json& from)
{
    const bool core = at(from, "involvedObject").is_object();
    const Json& object = at(from, core ? "involvedObject" : "regarding");
    const Json& source = at(from, core ? "source" : "deprecatedSource");
    const Json& series = at(from, "series");
    Event e {.meta = meta(from),
             .type = text(from, "type"),
             .reason = text(from, "reason"),
             .message = text(from, core ? "message" : "note"),
             .objectKind = text(object, "kind"),
             .objectNameSpace = text(object, "namespace"),
             .objectName = text(object, "name"),
             .sourceComponent = firstOf({text(source, "component"), text(from, "reportingComponent"), text(from, "reportingController")}),
             .sourceHost = text(source, "host")};
    const std::string eventTime = text(from, "eventTime");
    e.firstSeen = firstOf({text(from, core ? "firstTimestamp" : "deprecatedFirstTimestamp"), eventTime, e.meta.creation});
    e.lastSeen = firstOf({text(series, "lastObservedTime"), text(from, core ? "lastTimestamp" : "deprecatedLastTimestamp"),
                          eventTime, e.firstSeen});
    e.count = std::max({1, number(series, "count"), number(from, core ? "count" : "deprecatedCount")});
    return e;
}

DaemonSet daemonSet(const Json& from)
{
    const Json& status = at(from, "status");
    DaemonSet set {.meta = meta(from),
                   .desired = number(status, "desiredNumberScheduled"),
                   .ready = number(status, "numberReady"),
                   .available = number(status, "numberAvailable"),
                   .unavailable = number(status, "numberUnavailable")};
    addContainers(at(at(at(from, "spec"), "template"), "spec"), set.containers);
    return set;
}

Lease lease(const Json& from)
{
    const Json& spec = at(from, "spec");
    return {.meta = meta(from),
            .holder = text(spec, "holderIdentity"),
            .acquireTime = text(spec, "acquireTime"),
            .renewTime = text(spec, "renewTime"),
            .durationSeconds = number(spec, "leaseDurationSeconds")};
}

CertificateRequest certificateRequest(const Json& from)
{
    const Json& spec = at(from, "spec");
    const Json& status = at(from, "status");
    return {.meta = meta(from),
            .signer = text(spec, "signerName"),
            .user = text(spec, "username"),
            .usages = texts(spec, "usages"),
            .decided = !conditions(status).empty() || !text(status, "certificate").empty()};
}

template<typename T>
Result<std::vector<T>> listOf(std::string_view json, std::string_view name, std::string_view kind, T (*make)(const Json&))
{
    std::vector<T> all;
    const auto done = eachObject(json, name, {kind}, [&](const Json& object, std::string_view) { all.push_back(make(object)); });
    if (!done)
        return tl::unexpected(done.error());
    return all;
}

/// The number at the start of "20+"; -1 when there is none.
int leadingNumber(std::string_view text)
{
    int value = -1;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

} // namespace

Result<std::vector<Node>> parseNodes(std::string_view json, std::string_view name)
{
    return listOf<Node>(json, name, "Node", node);
}

Result<std::vector<Pod>> parsePods(std::string_view json, std::string_view name)
{
    return listOf<Pod>(json, name, "Pod", pod);
}

Result<std::vector<Service>> parseServices(std::string_view json, std::string_view name)
{
    return listOf<Service>(json, name, "Service", service);
}

Result<std::vector<EndpointSlice>> parseEndpointSlices(std::string_view json, std::string_view name)
{
    std::vector<EndpointSlice> all;
    const auto done = eachObject(json, name, {"EndpointSlice", "Endpoints"}, [&](const Json& object, std::string_view kind) {
        if (kind == "Endpoints")
            addEndpoints(object, all);
        else
            all.push_back(endpointSlice(object));
    });
    if (!done)
        return tl::unexpected(done.error());
    return all;
}

Result<std::vector<Event>> parseEvents(std::string_view json, std::string_view name)
{
    return listOf<Event>(json, name, "Event", event);
}

Result<std::vector<ConfigMap>> parseConfigMaps(std::string_view json, std::string_view name)
{
    return listOf<ConfigMap>(json, name, "ConfigMap",
                             [](const Json& from) { return ConfigMap {.meta = meta(from), .data = textMap(from, "data")}; });
}

Result<std::vector<DaemonSet>> parseDaemonSets(std::string_view json, std::string_view name)
{
    return listOf<DaemonSet>(json, name, "DaemonSet", daemonSet);
}

Result<std::vector<Lease>> parseLeases(std::string_view json, std::string_view name)
{
    return listOf<Lease>(json, name, "Lease", lease);
}

Result<std::vector<CertificateRequest>> parseCertificateRequests(std::string_view json, std::string_view name)
{
    return listOf<CertificateRequest>(json, name, "CertificateSigningRequest", certificateRequest);
}

Result<Version> parseVersion(std::string_view json, std::string_view name)
{
    const auto document = read(json, name);
    if (!document)
        return tl::unexpected(document.error());
    Version version {.gitVersion = text(*document, "gitVersion"), .platform = text(*document, "platform")};
    version.major = leadingNumber(text(*document, "major"));
    version.minor = leadingNumber(text(*document, "minor"));
    if (version.major >= 0 && version.minor >= 0)
        return version;
    const auto fromText = versionFromText(version.gitVersion); // some builds leave major and minor empty
    if (!fromText)
        return failure(ErrorCode::MissingValue, std::string(name) + " .gitVersion", "no Kubernetes version");
    version.major = fromText->major;
    version.minor = fromText->minor;
    return version;
}

Result<Version> versionFromText(std::string_view gitVersion)
{
    const std::string_view digits = gitVersion.starts_with('v') ? gitVersion.substr(1) : gitVersion;
    const auto dot = digits.find('.');
    Version version {.gitVersion = std::string(gitVersion)};
    version.major = leadingNumber(digits);
    version.minor = dot == std::string_view::npos ? -1 : leadingNumber(digits.substr(dot + 1));
    if (version.major < 0 || version.minor < 0)
        return failure(ErrorCode::BadValue, std::string(gitVersion), "not a Kubernetes version");
    return version;
}

} // namespace medic::kube
