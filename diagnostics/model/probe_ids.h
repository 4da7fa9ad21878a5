// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

/// The names of the probes: what the collector brings and the checks ask for. The commands are in
/// diagnostics/collect (as data); raw text of third parties, so every consumer parses defensively.
namespace medic::probe {

// How the node was reached: one observation per node and sweep, Complete or Unreachable with the error in err.
inline constexpr std::string_view connect = "connect";

// Identity
inline constexpr std::string_view osRelease = "os-release", uname = "uname", cgroupFs = "cgroup-fs", init = "init",
                                  uptime = "uptime", clock = "clock", hostname = "hostname", whoami = "whoami",
                                  chrony = "chrony", // timedatectl / chronyc / ntpq, whichever is there
                                  lastBoot = "last-boot";
// Load
inline constexpr std::string_view loadavg = "loadavg", nproc = "nproc", meminfo = "meminfo", swaps = "swaps",
                                  pressure = "pressure", df = "df", dfInodes = "df-inodes", mounts = "mounts",
                                  ps = "ps", dstate = "d-state", pidLimits = "pid-limits", fileNr = "file-nr",
                                  diskstats = "diskstats", vmstat = "vmstat", inotify = "inotify",
                                  cgroups = "cgroups", buddyinfo = "buddyinfo", diskConsumers = "disk-consumers";
// Components
inline constexpr std::string_view units = "units", // systemctl show of every unit name that may matter
    kubeletVersion = "kubelet-version", kubeletConfig = "kubelet-config", kubeletFlags = "kubelet-flags",
                                  kubeletHealthz = "kubelet-healthz", kubeProxyHealthz = "kube-proxy-healthz",
                                  kubeProxyLivez = "kube-proxy-livez", kubeProxyMode = "kube-proxy-mode",
                                  kubeProxyMetrics = "kube-proxy-metrics", kubeProxyVersion = "kube-proxy-version",
                                  manifests = "manifests", apiserverPort = "apiserver-port",
                                  etcdHealth = "etcd-health", etcdMetrics = "etcd-metrics",
                                  certificates = "certificates";
// Container runtime
inline constexpr std::string_view crictlPs = "crictl-ps", crictlPods = "crictl-pods", crictlImages = "crictl-images",
                                  crictlInfo = "crictl-info", dockerPs = "docker-ps", dockerImages = "docker-images",
                                  dockerInfo = "docker-info", ctrContainers = "ctr-containers",
                                  ctrImages = "ctr-images", runtimeLatency = "runtime-latency",
                                  runtimeVersion = "runtime-version", runtimeInspect = "runtime-inspect";
// Logs (the newest part, newest last)
inline constexpr std::string_view kubeletLog = "kubelet-log", runtimeLog = "runtime-log",
                                  kubeProxyLog = "kube-proxy-log", apiserverLog = "apiserver-log",
                                  etcdLog = "etcd-log", kernelLog = "kernel-log", corednsLog = "coredns-log",
                                  gcEvidence = "gc-evidence"; // who removed images: log lines, docker events, cron
// Network
inline constexpr std::string_view ss = "ss", ssSummary = "ss-summary", netstat = "netstat", ipAddr = "ip-addr",
                                  ipLink = "ip-link", ipRouteAll = "ip-route-all", ip6RouteAll = "ip6-route-all",
                                  ipRule = "ip-rule", ip6Rule = "ip6-rule", ipNeigh = "ip-neigh",
                                  bridgeLink = "bridge-link", iptablesSave = "iptables-save",
                                  iptablesLegacySave = "iptables-legacy-save", iptablesNftSave = "iptables-nft-save",
                                  ip6tablesSave = "ip6tables-save", ip6tablesLegacySave = "ip6tables-legacy-save",
                                  ip6tablesNftSave = "ip6tables-nft-save", nftRuleset = "nft-ruleset",
                                  nftHooks = "nft-hooks", ipsetSave = "ipset-save", ipvsadmSave = "ipvsadm-Sn",
                                  ipvsadmStats = "ipvsadm-stats", ipvsadmConnections = "ipvsadm-connections",
                                  conntrackStats = "conntrack-S", conntrackCount = "conntrack-count",
                                  conntrackList = "conntrack-L", sysctl = "sysctl", modules = "modules",
                                  xtRecent = "xt-recent", tcQdisc = "tc-qdisc", tcFilter = "tc-filter",
                                  resolvConf = "resolv-conf", hosts = "hosts", neighStats = "neigh-stats",
                                  resolver = "resolver";
// CNI
inline constexpr std::string_view cniConfig = "cni-config", cniBin = "cni-bin", cniVersions = "cni-versions",
                                  cniNetworks = "cni-networks";
// What offline sites run beside it
inline constexpr std::string_view registry = "registry", dnsServer = "dns-server", elasticsearch = "elasticsearch";

// Cluster (node == ""): merged lists as the apiserver gave them
inline constexpr std::string_view apiVersion = "api/version", apiLivez = "api/livez", apiReadyz = "api/readyz",
                                  apiNodes = "api/nodes", apiPods = "api/pods", apiServices = "api/services",
                                  apiEndpoints = "api/endpoints", apiEndpointSlices = "api/endpointslices",
                                  apiEvents = "api/events", apiNamespaces = "api/namespaces",
                                  apiDaemonSets = "api/daemonsets", apiDeployments = "api/deployments",
                                  apiConfigMaps = "api/configmaps", // kube-system only
    apiLeases = "api/leases", // kube-node-lease only
    apiNetworkPolicies = "api/networkpolicies", apiConnect = "api/connect",
                                  apiMetrics = "api/metrics", // the lines that the checks read
    apiCertificateRequests = "api/certificatesigningrequests";
// Per node through the apiserver (observation's node is the node)
inline constexpr std::string_view apiKubeletMetrics = "api/kubelet-metrics", apiKubeletConfigz = "api/kubelet-configz",
                                  apiNodeStats = "api/node-stats";

} // namespace medic::probe
