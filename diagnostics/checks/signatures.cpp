// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/signatures.h"

#include "diagnostics/parse/certificates.h"
#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <optional>

namespace medic::checks {

const std::vector<Signature>& signatures()
{
    using enum Signature::Family;
    static const std::vector<Signature> table {
        // kube-proxy (case 1.2, P7). Up to about 1.26 it falls back ("Can't use …"), from 1.28 on it ends ("can't use …").
        {KubeProxy, "service.proxy-fell-back", probe::kubeProxyLog, {"an't use the IPVS proxier"}, {}, Verdict::Failure, 1, 1'000'000},
        {KubeProxy, "service.proxy-fell-back", probe::kubeProxyLog, {"an't use ipvs proxier"}, {}, Verdict::Failure, 1, 1'000'000},
        {KubeProxy, "service.proxy-restore-error", probe::kubeProxyLog, {"iptables-restore", "exit status 1"}, {}, Verdict::Failure},
        {KubeProxy, "service.proxy-restore-error", probe::kubeProxyLog, {"iptables-restore", "exit status 2"}, {}, Verdict::Failure},
        {KubeProxy, "service.proxy-restore-error", probe::kubeProxyLog, {"iptables-restore", "exit status 4"}, {}, Verdict::Failure},
        {KubeProxy, "service.proxy-restore-error", probe::kubeProxyLog, {"Failed to execute iptables-restore"}, {}, Verdict::Failure},
        // Started before its Node object it asks six times with growing pauses; only then it gives up and takes 127.0.0.1.
        {KubeProxy, "service.proxy-node-name", probe::kubeProxyLog, {"Failed to retrieve node info", "not found"}, {}, Verdict::Failure, 5, 1'000'000, "Successfully retrieved node IP"},
        {KubeProxy, "service.proxy-node-name", probe::kubeProxyLog, {"an't determine this node's IP, assuming"}, {}, Verdict::Failure, 1, 1'000'000},
        {KubeProxy, "service.proxy-node-name", probe::kubeProxyLog, {"error getting node"}, {}, Verdict::Failure, 5, 1'000'000, "Successfully retrieved node IP"},
        {KubeProxy, "service.proxy-port-taken", probe::kubeProxyLog, {"address already in use"}, {}, Verdict::Failure},
        {KubeProxy, "service.proxy-port-taken", probe::kubeProxyLog, {"failed to start metrics server"}, {}, Verdict::Failure},
        {KubeProxy, "service.proxy-port-taken", probe::kubeProxyLog, {"ailed to start proxy healthz"}, {}, Verdict::Failure},
        {KubeProxy, "service.proxy-cannot-watch", probe::kubeProxyLog, {"ailed to ", "atch", "refused"}, {}, Verdict::Warning, 3, 120, {}, true},
        {KubeProxy, "service.proxy-cannot-watch", probe::kubeProxyLog, {"ailed to ", "atch", "nauthorized"}, {}, Verdict::Failure, 2, 300},
        {KubeProxy, "service.xtables-lock", probe::kubeProxyLog, {"holding the xtables lock"}, {}, Verdict::Warning, 3},
        {KubeProxy, "service.proxy-conntrack", probe::kubeProxyLog, {"could not set conntrack parameters"}, {}, Verdict::Failure, 1, 1'000'000},
        {KubeProxy, "service.proxy-conntrack", probe::kubeProxyLog, {"nf_conntrack_max: permission denied"}, {}, Verdict::Failure, 1, 1'000'000},
        {KubeProxy, "service.proxy-conn-reuse", probe::kubeProxyLog, {"an't set sysctl", "conn_reuse_mode"}, {}, Verdict::Warning, 1, 1'000'000},
        {KubeProxy, "service.proxy-conn-reuse", probe::kubeProxyLog, {"an't set sysctl, kernel version"}, {}, Verdict::Warning, 1, 1'000'000},
        {KubeProxy, "service.proxy-no-iptables", probe::kubeProxyLog, {"iptables is not available on this host"}, {}, Verdict::Failure, 1, 1'000'000},
        // kubelet (P1, P2, P12, P13, P16, case 1.4)
        {Kubelet, "kubelet.http2-stuck", probe::kubeletLog, {"use of closed network connection"}, {}, Verdict::Failure, 5, 300},
        {Kubelet, "kubelet.status-not-posted", probe::kubeletLog, {"Error updating node status, will retry"}, {}, Verdict::Failure, 5, 120},
        {Kubelet, "kubelet.swap-refused", probe::kubeletLog, {"running with swap on is not supported"}, {}, Verdict::Failure},
        {Kubelet, "kubelet.cgroup-driver", probe::kubeletLog, {"cgroup driver", "is different from docker cgroup driver"}, {}, Verdict::Failure},
        {Kubelet, "kubelet.cgroup-v1-refused", probe::kubeletLog, {"configured to not run on a host using cgroup v1"}, {}, Verdict::Failure},
        {Kubelet, "kubelet.qos-cgroups", probe::kubeletLog, {"failed to initialize top level QOS containers"}, {}, Verdict::Failure},
        {Kubelet, "kubelet.unauthorized", probe::kubeletLog, {"Unable to register node", "nauthorized"}, {}, Verdict::Failure, 2, 300},
        {Kubelet, "kubelet.certificate", probe::kubeletLog, {"x509: certificate has expired or is not yet valid"}, {"image", "registry", "pull"}, Verdict::Failure, 2, 300},
        {Kubelet, "kubelet.certificate", probe::kubeletLog, {"existing bootstrap client certificate", "is expired"}, {}, Verdict::Failure},
        {Kubelet, "kubelet.certificate", probe::kubeletLog, {"currently active client certificate has expired"}, {}, Verdict::Failure},
        {Kubelet, "kubelet.node-not-found", probe::kubeletLog, {"node \"", "\" not found"}, {}, Verdict::Failure, 5, 120, "Successfully registered node"},
        {Kubelet, "kubelet.image-gc", probe::kubeletLog, {"over the high threshold"}, {}, Verdict::Warning, 1, 3600},
        {Kubelet, "kubelet.image-gc-failed", probe::kubeletLog, {"Image garbage collection failed multiple times in a row"}, {"failed to get image stats", "DeadlineExceeded"}, Verdict::Failure, 1, 3600},
        {Kubelet, "kubelet.image-gc-failed", probe::kubeletLog, {"to garbage collect required amount of images"}, {}, Verdict::Failure, 1, 3600},
        {Kubelet, "kubelet.image-gc-failed", probe::kubeletLog, {"Failed to free sufficient space by deleting unused images"}, {}, Verdict::Failure, 1, 3600},
        {Kubelet, "kubelet.evicting", probe::kubeletLog, {"viction manager", "must evict pod"}, {}, Verdict::Failure, 1, 3600},
        {Kubelet, "kubelet.evicting", probe::kubeletLog, {"viction manager", "attempting to reclaim"}, {}, Verdict::Warning, 1, 3600},
        {Kubelet, "kubelet.cannot-evict", probe::kubeletLog, {"viction manager", "unable to evict any pods from the node"}, {}, Verdict::Failure, 1, 3600},
        {Kubelet, "kubelet.cannot-evict", probe::kubeletLog, {"viction manager", "cannot evict a critical pod"}, {}, Verdict::Warning, 1, 3600},
        {Kubelet, "kubelet.inotify", probe::kubeletLog, {"fsnotify watcher", "too many open files"}, {}, Verdict::Failure, 1, 3600},
        {Kubelet, "kubelet.inotify", probe::kubeletLog, {"inotify_add_watch", "no space left on device"}, {}, Verdict::Failure, 1, 3600},
        {Kubelet, "kubelet.no-space", probe::kubeletLog, {"no space left on device"}, {"/sys/fs/cgroup", "inotify", "quota"}, Verdict::Failure, 1, 900},
        {Kubelet, "kubelet.sandbox-name-reserved", probe::kubeletLog, {"failed to reserve sandbox name"}, {}, Verdict::Warning, 2, 600},
        {Kubelet, "kubelet.sandbox-image", probe::kubeletLog, {"failed to get sandbox image"}, {}, Verdict::Failure, 1, 900},
        {Kubelet, "kubelet.sandbox-image", probe::kubeletLog, {"failed pulling image", "pause"}, {}, Verdict::Failure, 1, 900},
        {Kubelet, "kubelet.oci-create-failed", probe::kubeletLog, {"OCI runtime create failed"}, {}, Verdict::Warning, 3, 300},
        {Kubelet, "kubelet.cgroup-leak", probe::kubeletLog, {"/sys/fs/cgroup", "no space left on device"}, {"inotify"}, Verdict::Failure, 1, 3600},
        {Kubelet, "kubelet.fork-failed", probe::kubeletLog, {"fork", "esource temporarily unavailable"}, {}, Verdict::Failure, 1, 900},
        {Kubelet, "kubelet.fork-failed", probe::kubeletLog, {"fork", "annot allocate memory"}, {}, Verdict::Failure, 1, 900},
        {Kubelet, "kubelet.fork-failed", probe::kubeletLog, {"pthread_create failed"}, {}, Verdict::Failure, 1, 900},
        {Kubelet, "kubelet.files-exhausted", probe::kubeletLog, {"too many open files"}, {"fsnotify", "inotify"}, Verdict::Failure, 1, 900},
        // A list that hangs takes two minutes: whether it is over cannot be told by time (see runPleg).
        {Runtime, "kubelet.cannot-list", probe::kubeletLog, {"GenericPLEG: Unable to retrieve pods"}, {}, Verdict::Failure, 2, 600},
        {Kubelet, "kubelet.pleg-channel-full", probe::kubeletLog, {"Event channel is full, discard this relist"}, {}, Verdict::Warning, 1, 3600},
        {Runtime, "kubelet.runtime-check-failed", probe::kubeletLog, {"Container runtime sanity check failed"}, {}, Verdict::Warning, 3, 600},
        {Kubelet, "kubelet.housekeeping-slow", probe::kubeletLog, {"ousekeeping took longer than"}, {}, Verdict::Warning, 3, 600},
        // Network on the node (P8, P9): the kubelet's log with dockershim, else also the runtime's
        {Network, "cni.plugin-missing", probe::kubeletLog, {"failed to find plugin \"", "in path"}, {}, Verdict::Failure, 1, 900},
        {Network, "cni.plugin-missing", probe::runtimeLog, {"failed to find plugin \"", "in path"}, {}, Verdict::Failure, 1, 900},
        {Network, "cni.config-load-failed", probe::kubeletLog, {"cni config load failed"}, {}, Verdict::Failure, 1, 300},
        {Network, "cni.config-load-failed", probe::runtimeLog, {"cni config load failed"}, {}, Verdict::Failure, 1, 300},
        {Network, "cni.config-load-failed", probe::kubeletLog, {"no network", "found in /etc/cni/net.d"}, {}, Verdict::Failure, 3, 120},
        {Network, "cni.config-load-failed", probe::runtimeLog, {"no network config found in"}, {}, Verdict::Failure, 3, 120},
        {Network, "cni.config-load-failed", probe::kubeletLog, {"cni plugin not initialized"}, {}, Verdict::Failure, 3, 120},
        {Network, "cni.config-load-failed", probe::kubeletLog, {"cni config uninitialized"}, {}, Verdict::Failure, 3, 120},
        {Network, "cni.config-load-failed", probe::kubeletLog, {"incompatible CNI versions"}, {}, Verdict::Failure, 1, 900},
        {Network, "cni.calico-nodename", probe::kubeletLog, {"/var/lib/calico/nodename"}, {}, Verdict::Failure, 1, 900},
        {Network, "cni.calico-nodename", probe::runtimeLog, {"/var/lib/calico/nodename"}, {}, Verdict::Failure, 1, 900},
        {Network, "cni.calico-token", probe::kubeletLog, {"connection is unauthorized"}, {}, Verdict::Failure, 1, 900},
        {Network, "cni.calico-token", probe::runtimeLog, {"connection is unauthorized"}, {}, Verdict::Failure, 1, 900},
        {Network, "cni.flannel-subnet", probe::kubeletLog, {"/run/flannel/subnet.env"}, {}, Verdict::Failure, 1, 900},
        {Network, "cni.flannel-subnet", probe::runtimeLog, {"/run/flannel/subnet.env"}, {}, Verdict::Failure, 1, 900},
        {Network, "cni.delegate-failed", probe::kubeletLog, {"failed to delegate add"}, {"subnet.env"}, Verdict::Failure, 2, 900},
        {Network, "cni.no-addresses", probe::kubeletLog, {"no IP addresses available in range set"}, {}, Verdict::Failure, 1, 900},
        {Network, "cni.no-addresses", probe::runtimeLog, {"no IP addresses available in range set"}, {}, Verdict::Failure, 1, 900},
        {Network, "cni.no-addresses", probe::kubeletLog, {"failed to assign an IP address to container"}, {}, Verdict::Failure, 1, 900},
        {Network, "cni.no-addresses", probe::runtimeLog, {"failed to assign an IP address to container"}, {}, Verdict::Failure, 1, 900},
        {Network, "cni.no-addresses", probe::kubeletLog, {"IPs available in pools"}, {}, Verdict::Failure, 1, 900},
        {Network, "cni.no-addresses", probe::runtimeLog, {"IPs available in pools"}, {}, Verdict::Failure, 1, 900},
        {Network, "cni.no-addresses", probe::kubeletLog, {"no more free IP addresses"}, {}, Verdict::Failure, 1, 900},
        // Kernel (P5, P13, P14, P25)
        {Kernel, "kernel.conntrack-dropped", probe::kernelLog, {"_conntrack", "table full"}, {}, Verdict::Failure, 1, 3600},
        {Kernel, "kernel.neighbour-overflow", probe::kernelLog, {"neighbor table overflow"}, {}, Verdict::Failure, 1, 3600},
        {Kernel, "kernel.neighbour-overflow", probe::kernelLog, {"neighbour table overflow"}, {}, Verdict::Failure, 1, 3600},
        {Kernel, "kernel.neighbour-overflow", probe::kernelLog, {"eighbour table overflow"}, {}, Verdict::Failure, 1, 3600},
        {Kernel, "kernel.file-max", probe::kernelLog, {"VFS: file-max limit"}, {}, Verdict::Failure, 1, 3600},
        {Kernel, "kernel.fork-rejected", probe::kernelLog, {"fork rejected by pids controller"}, {}, Verdict::Failure, 1, 3600},
        {Kernel, "kernel.soft-lockup", probe::kernelLog, {"soft lockup - CPU"}, {}, Verdict::Failure, 1, 86400},
        {Kernel, "kernel.hung-task", probe::kernelLog, {"task ", "blocked for more than", "seconds"}, {}, Verdict::Failure, 1, 86400},
        {Kernel, "kernel.netdevice-leak", probe::kernelLog, {"unregister_netdevice: waiting for"}, {}, Verdict::Warning, 2, 3600},
        {Kernel, "kernel.filesystem-error", probe::kernelLog, {"EXT4-fs error"}, {}, Verdict::Failure, 1, 86400},
        {Kernel, "kernel.filesystem-error", probe::kernelLog, {"XFS (", "hut down"}, {}, Verdict::Failure, 1, 86400},
        {Kernel, "kernel.filesystem-error", probe::kernelLog, {"XFS (", "hutting down filesystem"}, {}, Verdict::Failure, 1, 86400},
        {Kernel, "kernel.filesystem-error", probe::kernelLog, {"XFS", "force_shutdown"}, {}, Verdict::Failure, 1, 86400},
        {Kernel, "kernel.filesystem-error", probe::kernelLog, {"emounting filesystem read-only"}, {}, Verdict::Failure, 1, 86400},
        {Kernel, "kernel.io-error", probe::kernelLog, {"I/O error", "dev "}, {"dev fd", "dev sr"}, Verdict::Failure, 1, 86400},
        {Kernel, "kernel.machine-check", probe::kernelLog, {"[Hardware Error]"}, {}, Verdict::Failure, 1, 86400},
        {Kernel, "kernel.oom-kill", probe::kernelLog, {"Out of memory: Kill"}, {"Memory cgroup"}, Verdict::Failure, 1, 86400},
        {Kernel, "kernel.cgroup-oom-kill", probe::kernelLog, {"Memory cgroup out of memory"}, {}, Verdict::Warning, 1, 3600},
        {Kernel, "kernel.fragmentation", probe::kernelLog, {"page allocation failure"}, {}, Verdict::Warning, 1, 3600},
        // etcd (P3); the words of 3.3 and earlier, then zap's
        {Etcd, "etcd.slow-apply", probe::etcdLog, {"took too long", "to execute"}, {}, Verdict::Warning, 5, 600},
        {Etcd, "etcd.slow-apply", probe::etcdLog, {"apply request took too long"}, {}, Verdict::Warning, 5, 600},
        {Etcd, "etcd.slow-apply", probe::etcdLog, {"waiting for ReadIndex response took too long"}, {}, Verdict::Warning, 5, 600},
        {Etcd, "etcd.slow-disk", probe::etcdLog, {"slow fdatasync"}, {}, Verdict::Warning, 2, 600},
        {Etcd, "etcd.slow-disk", probe::etcdLog, {"sync duration of", "expected less than"}, {}, Verdict::Warning, 2, 600},
        {Etcd, "etcd.heartbeat-late", probe::etcdLog, {"failed to send out heartbeat on time"}, {}, Verdict::Warning, 3, 600},
        {Etcd, "etcd.network-slow", probe::etcdLog, {"dropped internal Raft message", "sending buffer is full"}, {}, Verdict::Warning, 3, 600},
        {Etcd, "etcd.no-space", probe::etcdLog, {"database space exceeded"}, {}, Verdict::Failure, 1, 3600},
        {Etcd, "etcd.disk-full", probe::etcdLog, {"no space left on device"}, {}, Verdict::Failure, 1, 3600},
        {Etcd, "etcd.no-leader", probe::etcdLog, {"no leader"}, {}, Verdict::Failure, 2, 300},
        {Etcd, "etcd.no-leader", probe::etcdLog, {"lost leader"}, {}, Verdict::Failure, 2, 300},
        {Etcd, "etcd.clock-drift", probe::etcdLog, {"clock difference against peer"}, {}, Verdict::Warning, 2, 600},
        {Etcd, "etcd.clock-drift", probe::etcdLog, {"prober found high clock drift"}, {}, Verdict::Warning, 2, 600},
        {Etcd, "etcd.bad-certificate", probe::etcdLog, {"rejected connection", "bad certificate"}, {}, Verdict::Warning, 3, 300},
        // apiserver (P2, P4, P20)
        {Apiserver, "apiserver.etcd-refused", probe::apiserverLog, {"2379", "connection refused"}, {}, Verdict::Failure, 2, 60},
        {Apiserver, "apiserver.etcd-timeouts", probe::apiserverLog, {"etcdserver: request timed out"}, {}, Verdict::Failure, 2, 600},
        {Apiserver, "apiserver.etcd-timeouts", probe::apiserverLog, {"etcdserver: leader changed"}, {}, Verdict::Warning, 2, 600},
        {Apiserver, "apiserver.etcd-timeouts", probe::apiserverLog, {"etcdserver: no leader"}, {}, Verdict::Failure, 2, 600},
        {Apiserver, "apiserver.etcd-timeouts", probe::apiserverLog, {"etcdserver: too many requests"}, {}, Verdict::Failure, 2, 600},
        {Apiserver, "apiserver.etcd-no-space", probe::apiserverLog, {"mvcc: database space exceeded"}, {}, Verdict::Failure, 1, 3600},
        {Apiserver, "apiserver.webhook-failing", probe::apiserverLog, {"ailed calling webhook"}, {}, Verdict::Warning, 3, 600},
        {Apiserver, "apiserver.client-certificates", probe::apiserverLog, {"Unable to authenticate the request", "certificate has expired"}, {}, Verdict::Warning, 3, 300},
        {Apiserver, "apiserver.tokens-refused", probe::apiserverLog, {"Unable to authenticate the request", "token"}, {"certificate has expired"}, Verdict::Warning, 5, 300},
        {Apiserver, "apiserver.port-taken", probe::apiserverLog, {"bind: address already in use"}, {}, Verdict::Failure, 1, 300},
        {Apiserver, "apiserver.unknown-flag", probe::apiserverLog, {"unknown flag"}, {}, Verdict::Failure, 1, 300},
        {Apiserver, "apiserver.handler-timeouts", probe::apiserverLog, {"http: Handler timeout"}, {}, Verdict::Warning, 5, 600},
        {Apiserver, "apiserver.handler-timeouts", probe::apiserverLog, {"request did not complete within"}, {}, Verdict::Warning, 5, 600},
        {Apiserver, "apiserver.services-full", probe::apiserverLog, {"failed to allocate a serviceIP: range is full"}, {}, Verdict::Failure, 1, 3600},
        {Apiserver, "apiserver.services-full", probe::apiserverLog, {"failed to allocate a nodePort: range is full"}, {}, Verdict::Failure, 1, 3600},
        // CoreDNS (1.6); plugin/errors from 1.5 on, without the name before
        {CoreDns, "dns.loop", probe::corednsLog, {"plugin/loop: Loop", "detected"}, {}, Verdict::Failure, 1, 3600, "CoreDNS-"}, // a later start that did not end so
        {CoreDns, "dns.upstream-fails", probe::corednsLog, {"[ERROR]", "read udp", "i/o timeout"}, {}, Verdict::Failure, 5, 600},
        {CoreDns, "dns.upstream-fails", probe::corednsLog, {"unreachable backend"}, {}, Verdict::Failure, 5, 600},
        {CoreDns, "dns.upstream-fails", probe::corednsLog, {"no healthy proxies"}, {}, Verdict::Failure, 2, 600},
        {CoreDns, "dns.no-api", probe::corednsLog, {"ailed to watch", "dial tcp"}, {}, Verdict::Failure, 3, 300},
        {CoreDns, "dns.no-api", probe::corednsLog, {"ailed to list", "dial tcp"}, {}, Verdict::Failure, 3, 300},
        {CoreDns, "dns.no-api", probe::corednsLog, {"unsynced Kubernetes API"}, {}, Verdict::Warning, 1, 300},
        {CoreDns, "dns.no-api", probe::corednsLog, {"waiting for Kubernetes API"}, {}, Verdict::Warning, 3, 120},
        {CoreDns, "dns.forbidden", probe::corednsLog, {"is forbidden: User \"system:serviceaccount"}, {}, Verdict::Failure, 1, 3600},
        {CoreDns, "dns.overload", probe::corednsLog, {"concurrent queries exceeded maximum"}, {}, Verdict::Failure, 2, 600},
        {CoreDns, "dns.corefile-error", probe::corednsLog, {"Corefile changed but reload failed"}, {}, Verdict::Failure, 1, 86400},
        {CoreDns, "dns.corefile-error", probe::corednsLog, {"Unknown directive"}, {}, Verdict::Failure, 1, 86400},
        {CoreDns, "dns.corefile-error", probe::corednsLog, {"not an IP address or file"}, {}, Verdict::Failure, 1, 86400},
    };
    return table;
}

namespace {

struct Hit {
    std::vector<int> lines;
    std::string last;
    Verdict verdict = Verdict::Warning;
    ObservationPtr observation;
    int times = 0; ///< of events, which are counted by the apiserver
};

bool matches(const Signature& signature, std::string_view text)
{
    return std::all_of(signature.all.begin(), signature.all.end(), [&](std::string_view part) { return parse::contains(text, part); })
        && std::none_of(signature.none.begin(), signature.none.end(), [&](std::string_view part) { return parse::contains(text, part); });
}

/// What the kubelet says of its node through the apiserver: the same troubles as in its log, which may be out of reach.
struct NodeEvent {
    std::string_view reason, finding;
    Verdict verdict;
    std::vector<std::string_view> none = {};
};

const std::vector<NodeEvent>& nodeEvents()
{
    static const std::vector<NodeEvent> table {
        {"FreeDiskSpaceFailed", "kubelet.image-gc-failed", Verdict::Failure},
        // Said once while the kubelet starts and the runtime has no figures yet.
        {"ImageGCFailed", "kubelet.image-gc-failed", Verdict::Failure, {"failed to get image stats", "unable to find data in memory cache", "invalid capacity 0", "DeadlineExceeded"}},
        {"EvictionThresholdMet", "kubelet.evicting", Verdict::Warning},
    };
    return table;
}

void scanEvents(const Sink& sink, const std::string& node, std::map<std::string_view, Hit>& hits)
{
    const auto& events = kubeEvents(sink.snapshot());
    if (!events)
        return;
    for (const kube::Event& event : *events) {
        const auto seen = parse::rfc3339(event.lastSeen);
        if (event.objectKind != "Node" || event.objectName != node || (seen && sink.input().now - *seen > std::chrono::hours(1)))
            continue;
        for (const NodeEvent& known : nodeEvents()) {
            const bool other = std::any_of(known.none.begin(), known.none.end(), [&](std::string_view part) { return parse::contains(event.message, part); });
            if (event.reason != known.reason || other)
                continue;
            Hit& hit = hits[known.finding];
            if (hit.observation && hit.observation != events.observation)
                break; // said by the log already
            hit.observation = events.observation;
            hit.verdict = severity(known.verdict) > severity(hit.verdict) ? known.verdict : hit.verdict;
            hit.last = event.message.substr(0, 400);
            hit.times += std::max(1, event.count);
            if (const int line = lineOf(events.observation, event.meta.name.empty() ? event.reason : event.meta.name); line > 0)
                hit.lines.push_back(line);
        }
    }
}

} // namespace

std::vector<std::string_view> meaningsOf(std::string_view name, std::string_view line)
{
    std::set<std::string_view> found;
    for (const Signature& signature : signatures())
        if (signature.probe == name && matches(signature, line))
            found.insert(signature.finding);
    return {found.begin(), found.end()};
}

namespace {

/// What the node's clock showed when the log was read, on the clock of a line of that log: klog has no year and writes the
/// local time.
std::optional<double> logClockNow(const Snapshot& snapshot, const std::string& node, const ObservationPtr& log, double ofLine)
{
    const ObservationPtr clock = snapshot.find(node, probe::clock);
    if (!usable(clock, Need::Success) || log == nullptr)
        return std::nullopt;
    const auto lines = parse::lines(clock->out);
    const auto shown = lines.empty() ? std::nullopt : parse::real(parse::trim(lines[0].text));
    if (!shown)
        return std::nullopt;
    const double between = std::chrono::duration<double>(log->start - clock->start).count();
    double now = *shown + between;
    if (ofLine > 3.3e7) // a log with years is in UTC
        return now;
    const auto zone = lines.size() < 2 ? std::vector<std::string_view> {} : parse::words(lines[1].text);
    if (zone.empty() || zone.back().size() != 5 || (zone.back()[0] != '+' && zone.back()[0] != '-'))
        return std::nullopt;
    const auto hours = parse::number<int>(zone.back().substr(1, 2)), minutes = parse::number<int>(zone.back().substr(3, 2));
    if (!hours || !minutes)
        return std::nullopt;
    now += (zone.back()[0] == '-' ? -1 : 1) * (*hours * 3600 + *minutes * 60);
    const std::chrono::sys_seconds local {std::chrono::seconds(static_cast<std::int64_t>(now))};
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day date(day);
    const std::chrono::sys_days yearless(std::chrono::year(1970) / date.month() / date.day());
    return static_cast<double>(std::chrono::duration_cast<std::chrono::seconds>(yearless.time_since_epoch() + (local - day)).count());
}

} // namespace

void scanLogs(Sink& sink, const std::string& node, const std::set<Signature::Family>& families)
{
    std::map<std::string_view, Hit> hits; // by finding
    for (const Signature& signature : signatures()) {
        if (!families.contains(signature.family))
            continue;
        const auto& all = log(sink.snapshot(), node, signature.probe);
        if (!all)
            continue; // a log that is not there is no gap: most nodes run neither etcd nor CoreDNS
        Hit hit;
        // Files come newest first: what is recent, and what ended it, is told by the clock where there is one, else by the order.
        std::optional<double> end, over;
        for (const parse::LogLine& line : *all) {
            if (!line.clock)
                continue;
            end = std::max(end.value_or(*line.clock), *line.clock);
            if (!signature.endedBy.empty() && parse::contains(line.text, signature.endedBy))
                over = std::max(over.value_or(*line.clock), *line.clock);
        }
        if (signature.untilNow && end)
            if (const auto now = logClockNow(sink.snapshot(), node, all.observation, *end); now && *now > *end && *now - *end < 86400)
                end = now;
        for (const parse::LogLine& line : *all) {
            const bool recent = !line.clock || !end || (*end - *line.clock <= signature.seconds && *end >= *line.clock);
            if (!signature.endedBy.empty() && parse::contains(line.text, signature.endedBy)) {
                if (!line.clock)
                    hit = {};
                continue;
            }
            if (line.clock && over && *line.clock < *over)
                continue;
            if (!recent || !matches(signature, line.text))
                continue;
            hit.lines.push_back(line.line);
            hit.last = line.message.substr(0, 400);
        }
        if (static_cast<int>(hit.lines.size()) < signature.atLeast)
            continue;
        Hit& total = hits[signature.finding];
        if (total.observation && total.observation != all.observation)
            continue; // said by one log already
        total.lines.insert(total.lines.end(), hit.lines.begin(), hit.lines.end());
        total.observation = all.observation;
        total.last = hit.last;
        total.verdict = severity(signature.verdict) > severity(total.verdict) ? signature.verdict : total.verdict;
    }
    if (families.contains(Signature::Family::Kubelet))
        scanEvents(sink, node, hits);
    for (auto& [id, hit] : hits) {
        std::sort(hit.lines.begin(), hit.lines.end());
        hit.lines.erase(std::unique(hit.lines.begin(), hit.lines.end()), hit.lines.end());
        const std::size_t count = std::max(hit.lines.size(), static_cast<std::size_t>(hit.times));
        if (hit.lines.size() > 20) // the first and the newest are enough to see
            hit.lines.erase(hit.lines.begin() + 5, hit.lines.end() - 15);
        sink.node(std::string(id), hit.verdict, count >= 3 ? Confidence::Likely : Confidence::Possible, node,
                  {{"count", std::to_string(count)}, {"last", hit.last}, {"log", hit.observation->probe}}, {{hit.observation, hit.lines, false}});
    }
}

} // namespace medic::checks
