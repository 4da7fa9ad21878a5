// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/text/probe_names.h"

#include "widgets/text/escape.h"

#include <QCoreApplication>

#include <algorithm>
#include <iterator>

namespace medic {

namespace {

struct Name {
    std::string_view probe;
    const char* words;
};

constexpr Name names[] = { // sorted by probe
    {"api/configmaps", QT_TRANSLATE_NOOP("medic::ProbeName", "ConfigMaps")},
    {"api/connect", QT_TRANSLATE_NOOP("medic::ProbeName", "Connection to the apiserver")},
    {"api/daemonsets", QT_TRANSLATE_NOOP("medic::ProbeName", "DaemonSets")},
    {"api/deployments", QT_TRANSLATE_NOOP("medic::ProbeName", "Deployments")},
    {"api/endpoints", QT_TRANSLATE_NOOP("medic::ProbeName", "Endpoints")},
    {"api/endpointslices", QT_TRANSLATE_NOOP("medic::ProbeName", "EndpointSlices")},
    {"api/events", QT_TRANSLATE_NOOP("medic::ProbeName", "Events")},
    {"api/kubelet-configz", QT_TRANSLATE_NOOP("medic::ProbeName", "kubelet configuration in use")},
    {"api/kubelet-metrics", QT_TRANSLATE_NOOP("medic::ProbeName", "kubelet metrics")},
    {"api/leases", QT_TRANSLATE_NOOP("medic::ProbeName", "Leases")},
    {"api/livez", QT_TRANSLATE_NOOP("medic::ProbeName", "apiserver liveness")},
    {"api/namespaces", QT_TRANSLATE_NOOP("medic::ProbeName", "Namespaces")},
    {"api/networkpolicies", QT_TRANSLATE_NOOP("medic::ProbeName", "NetworkPolicies")},
    {"api/node-stats", QT_TRANSLATE_NOOP("medic::ProbeName", "Resource use of Pods")},
    {"api/nodes", QT_TRANSLATE_NOOP("medic::ProbeName", "Nodes")},
    {"api/pods", QT_TRANSLATE_NOOP("medic::ProbeName", "Pods")},
    {"api/readyz", QT_TRANSLATE_NOOP("medic::ProbeName", "apiserver readiness")},
    {"api/services", QT_TRANSLATE_NOOP("medic::ProbeName", "Services")},
    {"api/version", QT_TRANSLATE_NOOP("medic::ProbeName", "Version of the cluster")},
    {"apiserver-log", QT_TRANSLATE_NOOP("medic::ProbeName", "apiserver log")},
    {"apiserver-port", QT_TRANSLATE_NOOP("medic::ProbeName", "apiserver seen from the node")},
    {"backlogs", QT_TRANSLATE_NOOP("medic::ProbeName", "Listen queues of Pods")},
    {"bridge-link", QT_TRANSLATE_NOOP("medic::ProbeName", "Bridge ports")},
    {"buddyinfo", QT_TRANSLATE_NOOP("medic::ProbeName", "Free memory by block size")},
    {"certificates", QT_TRANSLATE_NOOP("medic::ProbeName", "Certificates")},
    {"cgroup-fs", QT_TRANSLATE_NOOP("medic::ProbeName", "cgroup version")},
    {"cgroups", QT_TRANSLATE_NOOP("medic::ProbeName", "cgroup statistics")},
    {"chrony", QT_TRANSLATE_NOOP("medic::ProbeName", "Time synchronisation")},
    {"clock", QT_TRANSLATE_NOOP("medic::ProbeName", "Clock")},
    {"cni-bin", QT_TRANSLATE_NOOP("medic::ProbeName", "CNI plugins")},
    {"cni-config", QT_TRANSLATE_NOOP("medic::ProbeName", "CNI configuration")},
    {"cni-networks", QT_TRANSLATE_NOOP("medic::ProbeName", "Addresses given to Pods")},
    {"cni-versions", QT_TRANSLATE_NOOP("medic::ProbeName", "CNI plugin versions")},
    {"command", QT_TRANSLATE_NOOP("medic::ProbeName", "Command of a guide")},
    {"connect", QT_TRANSLATE_NOOP("medic::ProbeName", "Connection over SSH")},
    {"conntrack-L", QT_TRANSLATE_NOOP("medic::ProbeName", "conntrack entries")},
    {"conntrack-S", QT_TRANSLATE_NOOP("medic::ProbeName", "conntrack counters")},
    {"conntrack-count", QT_TRANSLATE_NOOP("medic::ProbeName", "conntrack fill level")},
    {"coredns-log", QT_TRANSLATE_NOOP("medic::ProbeName", "CoreDNS log")},
    {"coredns-metrics", QT_TRANSLATE_NOOP("medic::ProbeName", "CoreDNS metrics")},
    {"crictl-images", QT_TRANSLATE_NOOP("medic::ProbeName", "Images (crictl)")},
    {"crictl-info", QT_TRANSLATE_NOOP("medic::ProbeName", "Runtime status (crictl)")},
    {"crictl-pods", QT_TRANSLATE_NOOP("medic::ProbeName", "Pod sandboxes (crictl)")},
    {"crictl-ps", QT_TRANSLATE_NOOP("medic::ProbeName", "Containers (crictl)")},
    {"ctr-containers", QT_TRANSLATE_NOOP("medic::ProbeName", "Containers (containerd)")},
    {"ctr-images", QT_TRANSLATE_NOOP("medic::ProbeName", "Images (containerd)")},
    {"d-state", QT_TRANSLATE_NOOP("medic::ProbeName", "Processes in uninterruptible sleep")},
    {"df", QT_TRANSLATE_NOOP("medic::ProbeName", "Disk space")},
    {"df-inodes", QT_TRANSLATE_NOOP("medic::ProbeName", "Inodes")},
    {"disk-consumers", QT_TRANSLATE_NOOP("medic::ProbeName", "What fills the disk")},
    {"diskstats", QT_TRANSLATE_NOOP("medic::ProbeName", "Disk activity")},
    {"dns-matrix", QT_TRANSLATE_NOOP("medic::ProbeName", "Name queries from node and Pods")},
    {"dns-server", QT_TRANSLATE_NOOP("medic::ProbeName", "Name server on this node")},
    {"docker-images", QT_TRANSLATE_NOOP("medic::ProbeName", "Images (docker)")},
    {"docker-info", QT_TRANSLATE_NOOP("medic::ProbeName", "docker information")},
    {"docker-ps", QT_TRANSLATE_NOOP("medic::ProbeName", "Containers (docker)")},
    {"elasticsearch", QT_TRANSLATE_NOOP("medic::ProbeName", "Elasticsearch on this node")},
    {"etcd-health", QT_TRANSLATE_NOOP("medic::ProbeName", "etcd health")},
    {"etcd-log", QT_TRANSLATE_NOOP("medic::ProbeName", "etcd log")},
    {"etcd-metrics", QT_TRANSLATE_NOOP("medic::ProbeName", "etcd metrics")},
    {"file-nr", QT_TRANSLATE_NOOP("medic::ProbeName", "Open files")},
    {"gc-evidence", QT_TRANSLATE_NOOP("medic::ProbeName", "Who removed images")},
    {"hostname", QT_TRANSLATE_NOOP("medic::ProbeName", "Host name")},
    {"hosts", QT_TRANSLATE_NOOP("medic::ProbeName", "hosts file")},
    {"image-registry", QT_TRANSLATE_NOOP("medic::ProbeName", "Reachability of the registry")},
    {"init", QT_TRANSLATE_NOOP("medic::ProbeName", "Init system")},
    {"inotify", QT_TRANSLATE_NOOP("medic::ProbeName", "inotify watches")},
    {"ip-addr", QT_TRANSLATE_NOOP("medic::ProbeName", "Addresses of the interfaces")},
    {"ip-link", QT_TRANSLATE_NOOP("medic::ProbeName", "Network interfaces")},
    {"ip-neigh", QT_TRANSLATE_NOOP("medic::ProbeName", "Neighbour table")},
    {"ip-route-all", QT_TRANSLATE_NOOP("medic::ProbeName", "Routes (IPv4)")},
    {"ip-rule", QT_TRANSLATE_NOOP("medic::ProbeName", "Routing rules (IPv4)")},
    {"ip6-route-all", QT_TRANSLATE_NOOP("medic::ProbeName", "Routes (IPv6)")},
    {"ip6-rule", QT_TRANSLATE_NOOP("medic::ProbeName", "Routing rules (IPv6)")},
    {"ip6tables-legacy-save", QT_TRANSLATE_NOOP("medic::ProbeName", "ip6tables rules (legacy)")},
    {"ip6tables-nft-save", QT_TRANSLATE_NOOP("medic::ProbeName", "ip6tables rules (nft)")},
    {"ip6tables-save", QT_TRANSLATE_NOOP("medic::ProbeName", "ip6tables rules")},
    {"ipset-save", QT_TRANSLATE_NOOP("medic::ProbeName", "IP sets")},
    {"iptables-legacy-save", QT_TRANSLATE_NOOP("medic::ProbeName", "iptables rules (legacy)")},
    {"iptables-nft-save", QT_TRANSLATE_NOOP("medic::ProbeName", "iptables rules (nft)")},
    {"iptables-save", QT_TRANSLATE_NOOP("medic::ProbeName", "iptables rules")},
    {"ipvsadm-Sn", QT_TRANSLATE_NOOP("medic::ProbeName", "IPVS virtual servers")},
    {"ipvsadm-connections", QT_TRANSLATE_NOOP("medic::ProbeName", "IPVS connections")},
    {"ipvsadm-stats", QT_TRANSLATE_NOOP("medic::ProbeName", "IPVS counters")},
    {"kernel-log", QT_TRANSLATE_NOOP("medic::ProbeName", "Kernel log")},
    {"kernel-support", QT_TRANSLATE_NOOP("medic::ProbeName", "Kernel configuration")},
    {"kube-proxy-healthz", QT_TRANSLATE_NOOP("medic::ProbeName", "kube-proxy health")},
    {"kube-proxy-livez", QT_TRANSLATE_NOOP("medic::ProbeName", "kube-proxy liveness")},
    {"kube-proxy-log", QT_TRANSLATE_NOOP("medic::ProbeName", "kube-proxy log")},
    {"kube-proxy-metrics", QT_TRANSLATE_NOOP("medic::ProbeName", "kube-proxy metrics")},
    {"kube-proxy-mode", QT_TRANSLATE_NOOP("medic::ProbeName", "kube-proxy mode")},
    {"kube-proxy-version", QT_TRANSLATE_NOOP("medic::ProbeName", "kube-proxy version")},
    {"kubelet-config", QT_TRANSLATE_NOOP("medic::ProbeName", "kubelet configuration")},
    {"kubelet-flags", QT_TRANSLATE_NOOP("medic::ProbeName", "kubelet flags")},
    {"kubelet-healthz", QT_TRANSLATE_NOOP("medic::ProbeName", "kubelet health")},
    {"kubelet-log", QT_TRANSLATE_NOOP("medic::ProbeName", "kubelet log")},
    {"kubelet-version", QT_TRANSLATE_NOOP("medic::ProbeName", "kubelet version")},
    {"last-boot", QT_TRANSLATE_NOOP("medic::ProbeName", "Reboots and shutdowns")},
    {"loadavg", QT_TRANSLATE_NOOP("medic::ProbeName", "Load average")},
    {"manifests", QT_TRANSLATE_NOOP("medic::ProbeName", "Static Pods")},
    {"meminfo", QT_TRANSLATE_NOOP("medic::ProbeName", "Memory")},
    {"modules", QT_TRANSLATE_NOOP("medic::ProbeName", "Kernel modules")},
    {"mounts", QT_TRANSLATE_NOOP("medic::ProbeName", "Mounts")},
    {"neigh-stats", QT_TRANSLATE_NOOP("medic::ProbeName", "Neighbour table limits")},
    {"netstat", QT_TRANSLATE_NOOP("medic::ProbeName", "Protocol counters")},
    {"nft-hooks", QT_TRANSLATE_NOOP("medic::ProbeName", "nftables hooks")},
    {"nft-ruleset", QT_TRANSLATE_NOOP("medic::ProbeName", "nftables rules")},
    {"nproc", QT_TRANSLATE_NOOP("medic::ProbeName", "Processors")},
    {"os-release", QT_TRANSLATE_NOOP("medic::ProbeName", "Operating system")},
    {"pid-limits", QT_TRANSLATE_NOOP("medic::ProbeName", "Process limits")},
    {"pod-networks", QT_TRANSLATE_NOOP("medic::ProbeName", "Network namespaces of Pods")},
    {"pressure", QT_TRANSLATE_NOOP("medic::ProbeName", "Resource pressure (PSI)")},
    {"ps", QT_TRANSLATE_NOOP("medic::ProbeName", "Processes")},
    {"registry", QT_TRANSLATE_NOOP("medic::ProbeName", "Registry on this node")},
    {"resolv-conf", QT_TRANSLATE_NOOP("medic::ProbeName", "resolv.conf")},
    {"resolver", QT_TRANSLATE_NOOP("medic::ProbeName", "Name servers of the node")},
    {"runtime-inspect", QT_TRANSLATE_NOOP("medic::ProbeName", "Response of each container")},
    {"runtime-latency", QT_TRANSLATE_NOOP("medic::ProbeName", "Response of the container runtime")},
    {"runtime-log", QT_TRANSLATE_NOOP("medic::ProbeName", "Container runtime log")},
    {"runtime-version", QT_TRANSLATE_NOOP("medic::ProbeName", "Container runtime versions")},
    {"service-path", QT_TRANSLATE_NOOP("medic::ProbeName", "Ways to the kubernetes Service")},
    {"ss", QT_TRANSLATE_NOOP("medic::ProbeName", "Sockets")},
    {"ss-summary", QT_TRANSLATE_NOOP("medic::ProbeName", "Sockets in numbers")},
    {"swaps", QT_TRANSLATE_NOOP("medic::ProbeName", "Swap")},
    {"sysctl", QT_TRANSLATE_NOOP("medic::ProbeName", "Kernel settings (sysctl)")},
    {"tc-filter", QT_TRANSLATE_NOOP("medic::ProbeName", "Traffic control filters")},
    {"tc-qdisc", QT_TRANSLATE_NOOP("medic::ProbeName", "Traffic control")},
    {"uname", QT_TRANSLATE_NOOP("medic::ProbeName", "Kernel version")},
    {"units", QT_TRANSLATE_NOOP("medic::ProbeName", "systemd units")},
    {"uptime", QT_TRANSLATE_NOOP("medic::ProbeName", "Uptime")},
    {"vmstat", QT_TRANSLATE_NOOP("medic::ProbeName", "CPU use")},
    {"whoami", QT_TRANSLATE_NOOP("medic::ProbeName", "User of the session")},
    {"xt-recent", QT_TRANSLATE_NOOP("medic::ProbeName", "Session affinity entries")},
};
static_assert(std::is_sorted(std::begin(names), std::end(names), [](const Name& a, const Name& b) { return a.probe < b.probe; }));

} // namespace

QString probeName(const std::string& probe)
{
    const Name* const found = std::lower_bound(std::begin(names), std::end(names), probe, [](const Name& one, const std::string& id) { return one.probe < id; });
    if (found != std::end(names) && found->probe == probe)
        return QCoreApplication::translate("medic::ProbeName", found->words);
    return lineSafe(probe);
}

std::vector<std::string_view> namedProbes()
{
    std::vector<std::string_view> all;
    for (const Name& one : names)
        all.push_back(one.probe);
    return all;
}

} // namespace medic
