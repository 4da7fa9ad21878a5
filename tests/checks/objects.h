// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "recording.h"

/// Small Kubernetes objects for tests, as the apiserver writes them, and a recording with one node in a cluster.
namespace medic::test {

inline std::string quoted(const std::string& text) { return '"' + text + '"'; }

inline std::string list(const std::string& kind, const std::string& items) { return "{\"kind\":\"" + kind + "List\",\"items\":[" + items + "]}"; }

inline std::string nodeObject(const std::string& name, const std::string& kubelet = "v1.28.2", const std::string& runtime = "containerd://1.7.2",
                              const std::string& ready = "True", const std::string& reason = "KubeletReady", const std::string& message = "ok",
                              const std::string& kernel = "6.1.0-18-amd64")
{
    return R"({"metadata":{"name":")" + name + R"("},"status":{"conditions":[{"type":"Ready","status":")" + ready + R"(","reason":")" + reason + R"(","message":")" + message
        + R"(","lastTransitionTime":"2026-11-23T08:00:00Z"}],"nodeInfo":{"kubeletVersion":")" + kubelet + R"(","kubeProxyVersion":")" + kubelet
        + R"(","containerRuntimeVersion":")" + runtime + R"(","kernelVersion":")" + kernel + R"("}}})";
}

struct PodText {
    std::string name, nameSpace = "default", node = "n1", phase = "Running", ip = "10.244.0.5";
    std::string labels = "{}", annotations = "{}", spec, status, deletion;
    std::string uid = {};
    std::string created = "2026-11-23T07:00:00Z";
};

inline std::string podObject(const PodText& pod)
{
    return R"({"metadata":{"name":")" + pod.name + R"(","namespace":")" + pod.nameSpace + R"(","uid":")" + (pod.uid.empty() ? "uid-" + pod.name : pod.uid)
        + R"(","creationTimestamp":")" + pod.created + '"' + (pod.deletion.empty() ? "" : R"(,"deletionTimestamp":")" + pod.deletion + '"') + R"(,"labels":)" + pod.labels
        + R"(,"annotations":)" + pod.annotations + R"(},"spec":{)" + (pod.node.empty() ? "" : R"("nodeName":")" + pod.node + R"(",)") + R"("containers":[{"name":"c","image":"nginx:1"}])"
        + (pod.spec.empty() ? "" : "," + pod.spec) + R"(},"status":{"phase":")" + pod.phase + R"(","podIP":")" + pod.ip + '"' + (pod.status.empty() ? "" : "," + pod.status) + "}}";
}

inline std::string waiting(const std::string& reason, const std::string& message = {}, int restarts = 0)
{
    return R"("containerStatuses":[{"name":"c","ready":false,"restartCount":)" + std::to_string(restarts) + R"(,"state":{"waiting":{"reason":")" + reason + R"(","message":")" + message + R"("}}}])";
}

inline std::string eventObject(const std::string& reason, const std::string& message, const std::string& pod = "web", const std::string& nameSpace = "default", const std::string& host = "n1")
{
    return R"({"metadata":{"name":"e","namespace":")" + nameSpace + R"("},"type":"Warning","reason":")" + reason + R"(","message":")" + message + R"(","involvedObject":{"kind":"Pod","name":")" + pod
        + R"(","namespace":")" + nameSpace + R"("},"source":{"component":"kubelet","host":")" + host + R"("},"lastTimestamp":"2026-11-23T08:30:30Z","count":3})";
}

inline std::string serviceObject(const std::string& name, const std::string& ip, int port, const std::string& selector = R"({"app":"web"})", const std::string& nameSpace = "default", const std::string& more = {})
{
    return R"({"metadata":{"name":")" + name + R"(","namespace":")" + nameSpace + R"("},"spec":{"type":"ClusterIP","clusterIP":")" + ip + R"(","clusterIPs":[")" + ip
        + R"("],"ports":[{"name":"p","port":)" + std::to_string(port) + R"(,"protocol":"TCP","targetPort":8080}],"selector":)" + selector + more + "}}";
}

inline std::string sliceObject(const std::string& service, const std::string& address, int port, const std::string& nameSpace = "default", bool ready = true)
{
    return R"({"metadata":{"name":")" + service + R"(-x","namespace":")" + nameSpace + R"(","labels":{"kubernetes.io/service-name":")" + service
        + R"("}},"addressType":"IPv4","endpoints":[{"addresses":[")" + address + R"("],"conditions":{"ready":)" + (ready ? "true" : "false") + R"(}}],"ports":[{"name":"p","port":)"
        + std::to_string(port) + R"(,"protocol":"TCP"}]})";
}

/// n1, reached; the apiserver answers with that node and empty lists.
inline Recording clusterOf(const std::string& nodes = nodeObject("n1"))
{
    Recording one;
    one.put("n1", probe::connect, "");
    one.put("", probe::apiVersion, "{}");
    one.put("", probe::apiNodes, list("Node", nodes));
    for (const auto& [name, kind] : {std::pair {probe::apiPods, "Pod"}, {probe::apiServices, "Service"}, {probe::apiEndpoints, "Endpoints"}, {probe::apiEndpointSlices, "EndpointSlice"},
                                     {probe::apiEvents, "Event"}, {probe::apiConfigMaps, "ConfigMap"}, {probe::apiNetworkPolicies, "NetworkPolicy"}, {probe::apiNamespaces, "Namespace"}})
        one.put("", name, list(kind, ""));
    return one;
}

/// Text for a failing test: the ids that were found.
inline std::string ids(const checks::CheckReport& report)
{
    std::string result;
    for (const Finding& one : report.findings)
        result += std::string(verdictName(one.verdict())) + ' ' + one.id() + "; ";
    return result;
}

} // namespace medic::test
