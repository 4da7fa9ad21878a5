// SPDX-License-Identifier: GPL-3.0-or-later
// Every error string of the field, in its old and new wordings, against what it means: in a node's log, and pasted.
#include "objects.h"

#include "diagnostics/checks/paste.h"
#include "diagnostics/checks/signatures.h"

#include <QTest>

using namespace medic;
using namespace medic::checks;

class Signatures : public QObject {
    Q_OBJECT

    Catalogue m_catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);
    PasteIndex m_index {m_catalogue};

private Q_SLOTS:
    /// kube-proxy says nothing more once it reaches the apiserver again: by the node's clock its complaint is over.
    void whoFallsSilentWhenItIsOver()
    {
        auto recording = test::clusterOf();
        std::string lines;
        for (int second = 0; second < 3; ++second)
            lines += "E1123 16:30:0" + std::to_string(second) + ".000000     267 reflector.go:138] factory.go:134: Failed to watch *v1.Service: failed to list *v1.Service: Get \"https://10.0.0.1:6443\": dial tcp 10.0.0.1:6443: connect: connection refused\n";
        recording.put("n1", probe::kubeProxyLog, lines);
        const auto found = [&] { return test::has(recording.run({"service-reach"}), "service.proxy-cannot-watch"); };
        QVERIFY(found()); // the log alone
        const auto clock = [&](std::chrono::seconds later) {
            const auto shown = std::chrono::duration_cast<std::chrono::seconds>(test::recordedAt.time_since_epoch() - std::chrono::minutes(1) + later).count();
            recording.put("n1", probe::clock, std::to_string(shown) + ".25\nCST +0800\n"); // 16:30 there
        };
        clock(std::chrono::seconds(60));
        QVERIFY(found());
        clock(std::chrono::seconds(200));
        QVERIFY(!found());
        recording.put("n1", probe::clock, "not a number\n");
        QVERIFY(found());
    }

    void inLogs_data()
    {
        QTest::addColumn<QString>("probe");
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("finding");
        int number = 0;
        const auto row = [&](std::string_view probe, const char* line, const char* finding) {
            QTest::newRow(qPrintable(QString::number(++number) + u' ' + QString::fromLatin1(finding)))
                << QString::fromUtf8(probe.data(), static_cast<qsizetype>(probe.size())) << QString::fromUtf8(line) << QString::fromLatin1(finding);
        };
        // 1.2 kube-proxy
        row(probe::kubeProxyLog, "E0729 11:21:02.178079 1 server_others.go:259] can't use the IPVS proxier: required kernel modules are missing", "service.proxy-fell-back");
        row(probe::kubeProxyLog, "Error: unable to create proxier: Can't use the IPVS proxier: IPVS proxier will not be used", "service.proxy-fell-back");
        row(probe::kubeProxyLog, "W0729 11:21:02.178079 1 proxier.go:420] Can't use ipvs proxier, trying iptables proxier", "service.proxy-fell-back");
        row(probe::kubeProxyLog, "E0729 1 proxier.go:1533] Failed to execute iptables-restore: exit status 1 (iptables-restore: line 12 failed)", "service.proxy-restore-error");
        row(probe::kubeProxyLog, "\"Failed to execute iptables-restore\" err=\"exit status 2: ...\"", "service.proxy-restore-error");
        row(probe::kubeProxyLog, "iptables-restore v1.8.4: ... exit status 4 (Another app is currently holding the xtables lock.)", "service.proxy-restore-error");
        row(probe::kubeProxyLog, "Failed to retrieve node info: nodes \"ip-10-0-0-1\" not found", "service.proxy-node-name");
        row(probe::kubeProxyLog, "\"Failed to retrieve node info\" err=\"nodes \\\"x\\\" not found\"", "service.proxy-node-name");
        row(probe::kubeProxyLog, "can't determine this node's IP, assuming 127.0.0.1; if this is incorrect, please set the --bind-address flag", "service.proxy-node-name");
        row(probe::kubeProxyLog, "\"Can't determine this node's IP, assuming loopback; if this is incorrect, please set the --bind-address flag\"", "service.proxy-node-name");
        row(probe::kubeProxyLog, "failed to start proxy healthz on 0.0.0.0:10256: listen tcp 0.0.0.0:10256: bind: address already in use", "service.proxy-port-taken");
        row(probe::kubeProxyLog, "Failed to start proxy healthz server", "service.proxy-port-taken");
        row(probe::kubeProxyLog, "failed to start metrics server: listen tcp 127.0.0.1:10249: bind: address already in use", "service.proxy-port-taken");
        row(probe::kubeProxyLog, "could not set conntrack parameters from kube-proxy configuration: open /proc/sys/net/netfilter/nf_conntrack_max: permission denied", "service.proxy-conntrack");
        row(probe::kubeProxyLog, "F0101 open /proc/sys/net/netfilter/nf_conntrack_max: permission denied", "service.proxy-conntrack");
        row(probe::kubeProxyLog, "can't set sysctl net/ipv4/vs/conn_reuse_mode, kernel version must be at least 4.1", "service.proxy-conn-reuse");
        row(probe::kubeProxyLog, "\"Can't set sysctl, kernel version doesn't satisfy minimum version requirements\" sysctl=\"net/ipv4/vs/conn_reuse_mode\" minimumKernelVersion=\"4.1\"", "service.proxy-conn-reuse");
        row(probe::kubeProxyLog, "iptables is not available on this host", "service.proxy-no-iptables");
        row(probe::kubeProxyLog, "Failed to watch *v1.Service: failed to list *v1.Service: Get \"https://10.0.0.1:6443\": dial tcp 10.0.0.1:6443: connect: connection refused", "service.proxy-cannot-watch");
        row(probe::kubeProxyLog, "k8s.io/client-go/informers/factory.go:134: Failed to watch *v1.EndpointSlice: Unauthorized", "service.proxy-cannot-watch");
        row(probe::kubeProxyLog, "Another app is currently holding the xtables lock; still -9s 0us time ahead to have a chance to grab the lock...", "service.xtables-lock");
        // 1.3 kubelet
        row(probe::kubeletLog, "\"Disk usage on image filesystem is over the high threshold, trying to free bytes down to the low threshold\" usage=87 highThreshold=85 amountToFree=1 lowThreshold=80", "kubelet.image-gc");
        row(probe::kubeletLog, "[imageGCManager]: Disk usage on image filesystem is at 87% which is over the high threshold (85%). Trying to free 1 bytes down to the low threshold (80%).", "kubelet.image-gc");
        row(probe::kubeletLog, "[imageGCManager]: Disk usage on \"dev\" (/mnt) is at 91% which is over the high threshold (90%).", "kubelet.image-gc");
        row(probe::kubeletLog, "\"Image garbage collection failed multiple times in a row\" err=\"failed to garbage collect\"", "kubelet.image-gc-failed");
        row(probe::kubeletLog, "Image garbage collection failed multiple times in a row: failed to garbage collect required amount of images. Wanted to free 5 bytes, but freed 0 bytes", "kubelet.image-gc-failed");
        row(probe::kubeletLog, "failed to garbage collect required amount of images. Attempted to free 5 bytes, but only found 0 bytes eligible to free.", "kubelet.image-gc-failed");
        row(probe::kubeletLog, "Insufficient free disk space on the node's image filesystem (90% of 40.0 GiB used). Failed to free sufficient space by deleting unused images (freed 0 bytes).", "kubelet.image-gc-failed");
        row(probe::kubeletLog, "\"Eviction manager: must evict pod(s) to reclaim\" resourceName=\"ephemeral-storage\"", "kubelet.evicting");
        row(probe::kubeletLog, "eviction manager: must evict pod(s) to reclaim ephemeral-storage", "kubelet.evicting");
        row(probe::kubeletLog, "\"Eviction manager: attempting to reclaim\" resourceName=\"memory\"", "kubelet.evicting");
        row(probe::kubeletLog, "eviction manager: unable to evict any pods from the node", "kubelet.cannot-evict");
        row(probe::kubeletLog, "write /var/lib/kubelet/pods/x: no space left on device", "kubelet.no-space");
        row(probe::kubeletLog, "mkdir /sys/fs/cgroup/memory/kubepods/x: no space left on device", "kubelet.cgroup-leak");
        row(probe::kubeletLog, "inotify_add_watch /sys/fs/cgroup/cpu: no space left on device", "kubelet.inotify");
        row(probe::kubeletLog, "failed to create fsnotify watcher: too many open files", "kubelet.inotify");
        // 1.4
        row(probe::kubeletLog, "GenericPLEG: Unable to retrieve pods: rpc error: code = DeadlineExceeded desc = context deadline exceeded", "kubelet.cannot-list");
        row(probe::kubeletLog, "\"GenericPLEG: Unable to retrieve pods\" err=\"rpc error: code = Unknown\"", "kubelet.cannot-list");
        row(probe::kubeletLog, "Event channel is full, discard this relist() cycle event", "kubelet.pleg-channel-full");
        row(probe::kubeletLog, "\"Container runtime sanity check failed\" err=\"rpc error\"", "kubelet.runtime-check-failed");
        row(probe::kubeletLog, "Housekeeping took longer than 15s", "kubelet.housekeeping-slow");
        row(probe::kubeletLog, "\"Housekeeping took longer than expected\" expected=\"1s\" actual=\"2s\"", "kubelet.housekeeping-slow");
        // P1, P2
        row(probe::kubeletLog, "failed to run Kubelet: misconfiguration: kubelet cgroup driver: \"systemd\" is different from docker cgroup driver: \"cgroupfs\"", "kubelet.cgroup-driver");
        row(probe::kubeletLog, "failed to run Kubelet: running with swap on is not supported, please disable swap! or set --fail-swap-on flag to false.", "kubelet.swap-refused");
        row(probe::kubeletLog, "kubelet is configured to not run on a host using cgroup v1", "kubelet.cgroup-v1-refused");
        row(probe::kubeletLog, "Error updating node status, will retry: error getting node \"n\": Get https://x: use of closed network connection", "kubelet.http2-stuck");
        row(probe::kubeletLog, "\"Error updating node status, will retry\" err=\"error getting node\"", "kubelet.status-not-posted");
        row(probe::kubeletLog, "part of the existing bootstrap client certificate in /etc/kubernetes/kubelet.conf is expired: 2026-01-01 00:00:00 +0000 UTC", "kubelet.certificate");
        row(probe::kubeletLog, "The currently active client certificate has expired and the server is responsive, exiting.", "kubelet.certificate");
        row(probe::kubeletLog, "x509: certificate has expired or is not yet valid: current time 2026-11-23T08:00:00Z is after 2026-01-01T00:00:00Z", "kubelet.certificate");
        row(probe::kubeletLog, "E1 kubelet.go:2183] node \"node-1\" not found", "kubelet.node-not-found");
        row(probe::kubeletLog, "failed to initialize top level QOS containers: root container [kubepods] doesn't exist", "kubelet.qos-cgroups");
        // P8, P9, P16
        for (const std::string_view name : {probe::kubeletLog, probe::runtimeLog}) {
            row(name, "failed to find plugin \"bandwidth\" in path [/opt/cni/bin]", "cni.plugin-missing");
            row(name, "cni config load failed: no network config found in /etc/cni/net.d: cni plugin not initialized: failed to load cni config", "cni.config-load-failed");
            row(name, "stat /var/lib/calico/nodename: no such file or directory: check that the calico/node container is running", "cni.calico-nodename");
            row(name, "open /run/flannel/subnet.env: no such file or directory", "cni.flannel-subnet");
            row(name, "error getting ClusterInformation: connection is unauthorized: Unauthorized", "cni.calico-token");
            row(name, "failed to allocate for range 0: no IP addresses available in range set: 10.244.1.1-10.244.1.254", "cni.no-addresses");
            row(name, "add cmd: failed to assign an IP address to container", "cni.no-addresses");
            row(name, "failed to request IPv4 addresses: No IPs available in pools: [10.0.0.0/24]", "cni.no-addresses");
        }
        row(probe::kubeletLog, "Unable to update cni config: no networks found in /etc/cni/net.d", "cni.config-load-failed");
        row(probe::kubeletLog, "failed to delegate add: failed to set bridge addr: \"cni0\" already has an IP address different from 10.244.1.1/24", "cni.delegate-failed");
        row(probe::kubeletLog, "incompatible CNI versions; config is \"1.0.0\", plugin supports [\"0.3.1\"]", "cni.config-load-failed");
        row(probe::kubeletLog, "failed to get sandbox image \"registry.k8s.io/pause:3.9\": failed to pull image", "kubelet.sandbox-image");
        row(probe::kubeletLog, "failed to reserve sandbox name \"web_default_1\": name is reserved for \"ab\"", "kubelet.sandbox-name-reserved");
        row(probe::kubeletLog, "OCI runtime create failed: container_linux.go:380: starting container process caused", "kubelet.oci-create-failed");
        // P5, P13, P14, P25
        row(probe::kernelLog, "nf_conntrack: table full, dropping packet", "kernel.conntrack-dropped");
        row(probe::kernelLog, "nf_conntrack: nf_conntrack: table full, dropping packet", "kernel.conntrack-dropped");
        row(probe::kernelLog, "ip_conntrack: table full, dropping packet.", "kernel.conntrack-dropped");
        row(probe::kernelLog, "neighbour: arp_cache: neighbor table overflow!", "kernel.neighbour-overflow");
        row(probe::kernelLog, "neighbour: ndisc_cache: neighbor table overflow!", "kernel.neighbour-overflow");
        row(probe::kernelLog, "Neighbour table overflow.", "kernel.neighbour-overflow");
        row(probe::kernelLog, "VFS: file-max limit 1000 reached", "kernel.file-max");
        row(probe::kernelLog, "cgroup: fork rejected by pids controller in /kubepods/burstable/pod1", "kernel.fork-rejected");
        row(probe::kernelLog, "INFO: task dockerd:123 blocked for more than 120 seconds.", "kernel.hung-task");
        row(probe::kernelLog, "NMI watchdog: BUG: soft lockup - CPU#3 stuck for 23s! [java:1]", "kernel.soft-lockup");
        row(probe::kernelLog, "watchdog: BUG: soft lockup - CPU#0 stuck for 22s!", "kernel.soft-lockup");
        row(probe::kernelLog, "unregister_netdevice: waiting for eth0 to become free. Usage count = 1", "kernel.netdevice-leak");
        row(probe::kernelLog, "EXT4-fs error (device sda1): ext4_lookup:1602: inode #1: comm x", "kernel.filesystem-error");
        row(probe::kernelLog, "XFS (sdb1): Corruption of in-memory data detected.  Shutting down filesystem", "kernel.filesystem-error");
        row(probe::kernelLog, "XFS (dm-3): Filesystem has been shut down due to log error (0x2).", "kernel.filesystem-error");
        row(probe::kernelLog, "XFS (sda): xfs_do_force_shutdown(0x2) called from line 1", "kernel.filesystem-error");
        row(probe::kernelLog, "EXT4-fs (sda1): Remounting filesystem read-only", "kernel.filesystem-error");
        row(probe::kernelLog, "blk_update_request: I/O error, dev sda, sector 1", "kernel.io-error");
        row(probe::kernelLog, "mce: [Hardware Error]: Machine check events logged", "kernel.machine-check");
        row(probe::kernelLog, "Out of memory: Killed process 12 (java) total-vm:1kB", "kernel.oom-kill");
        row(probe::kernelLog, "Out of memory: Kill process 12 (java) score 900 or sacrifice child", "kernel.oom-kill");
        row(probe::kernelLog, "Memory cgroup out of memory: Killed process 12 (java)", "kernel.cgroup-oom-kill");
        row(probe::kernelLog, "dockerd: page allocation failure: order:4, mode:0x1", "kernel.fragmentation");
        // P3
        row(probe::etcdLog, "read-only range request \"key:\\\"/registry/x\\\" \" with result \"range_response_count:1\" took too long (1.2s) to execute", "etcd.slow-apply");
        row(probe::etcdLog, "{\"level\":\"warn\",\"msg\":\"apply request took too long\",\"took\":\"1.1s\"}", "etcd.slow-apply");
        row(probe::etcdLog, "{\"level\":\"warn\",\"msg\":\"waiting for ReadIndex response took too long, retrying\"}", "etcd.slow-apply");
        row(probe::etcdLog, "failed to send out heartbeat on time (exceeded the 100ms timeout for 1.2s)", "etcd.heartbeat-late");
        row(probe::etcdLog, "{\"msg\":\"leader failed to send out heartbeat on time; took too long, leader is overloaded likely from slow disk\"}", "etcd.heartbeat-late");
        row(probe::etcdLog, "sync duration of 1.5s, expected less than 1s", "etcd.slow-disk");
        row(probe::etcdLog, "{\"msg\":\"slow fdatasync\",\"took\":\"2s\"}", "etcd.slow-disk");
        row(probe::etcdLog, "the clock difference against peer 8e9e is too high [2.1s > 1s]", "etcd.clock-drift");
        row(probe::etcdLog, "{\"msg\":\"prober found high clock drift\"}", "etcd.clock-drift");
        row(probe::etcdLog, "{\"msg\":\"dropped internal Raft message since sending buffer is full (overloaded network)\"}", "etcd.network-slow");
        row(probe::etcdLog, "etcdserver: mvcc: database space exceeded", "etcd.no-space");
        row(probe::etcdLog, "panic: write /var/lib/etcd/member/wal/0.tmp: no space left on device", "etcd.disk-full");
        row(probe::etcdLog, "rejected connection from \"10.0.0.1:1\" (error \"remote error: tls: bad certificate\", ServerName \"\")", "etcd.bad-certificate");
        row(probe::etcdLog, "raft: 8e9e lost leader 9a at term 3", "etcd.no-leader");
        // P20
        row(probe::apiserverLog, "etcdserver: request timed out, possibly due to previous leader failure", "apiserver.etcd-timeouts");
        row(probe::apiserverLog, "etcdserver: leader changed", "apiserver.etcd-timeouts");
        row(probe::apiserverLog, "dial tcp 127.0.0.1:2379: connect: connection refused", "apiserver.etcd-refused");
        row(probe::apiserverLog, "Failed calling webhook, failing open x: failed calling webhook \"x\": context deadline exceeded", "apiserver.webhook-failing");
        row(probe::apiserverLog, "\"Unable to authenticate the request\" err=\"[x509: certificate has expired or is not yet valid: current time\"", "apiserver.client-certificates");
        row(probe::apiserverLog, "Unable to authenticate the request due to an error: [invalid bearer token, service account token has expired]", "apiserver.tokens-refused");
        row(probe::apiserverLog, "apiserver was unable to write a JSON response: http: Handler timeout", "apiserver.handler-timeouts");
        row(probe::apiserverLog, "Timeout: request did not complete within the allotted timeout", "apiserver.handler-timeouts");
        row(probe::apiserverLog, "Timeout: request did not complete within requested timeout 34s", "apiserver.handler-timeouts");
        row(probe::apiserverLog, "Error: unknown flag: --insecure-port", "apiserver.unknown-flag");
        row(probe::apiserverLog, "failed to create listener: failed to listen on 0.0.0.0:6443: listen tcp 0.0.0.0:6443: bind: address already in use", "apiserver.port-taken");
        row(probe::apiserverLog, "failed to allocate a serviceIP: range is full", "apiserver.services-full");
        // 1.6
        row(probe::corednsLog, "plugin/loop: Loop (127.0.0.1:55953 -> :1053) detected for zone \".\", see https://coredns.io/plugins/loop#troubleshooting.", "dns.loop");
        row(probe::corednsLog, "[ERROR] plugin/errors: 2 example.com. A: read udp 10.244.0.5:42013->10.0.0.2:53: i/o timeout", "dns.upstream-fails");
        row(probe::corednsLog, "[ERROR] 2 example.com. A: unreachable backend: read udp 10.244.0.5:42013->10.0.0.2:53: i/o timeout", "dns.upstream-fails");
        row(probe::corednsLog, "[ERROR] plugin/kubernetes: pkg/mod/k8s.io/client-go: Failed to watch *v1.Namespace: failed to list: Get \"https://10.96.0.1:443/api\": dial tcp 10.96.0.1:443: i/o timeout", "dns.no-api");
        row(probe::corednsLog, "E0101 reflector.go:125] Failed to list *v1.Service: Get https://10.96.0.1:443/api: dial tcp 10.96.0.1:443: connect: connection refused", "dns.no-api");
        row(probe::corednsLog, "[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API", "dns.no-api");
        row(probe::corednsLog, "[INFO] plugin/kubernetes: waiting for Kubernetes API before starting server", "dns.no-api");
        row(probe::corednsLog, "endpointslices.discovery.k8s.io is forbidden: User \"system:serviceaccount:kube-system:coredns\" cannot list", "dns.forbidden");
        row(probe::corednsLog, "[ERROR] plugin/errors: 2 x. A: concurrent queries exceeded maximum 1000", "dns.overload");
        row(probe::corednsLog, "[ERROR] plugin/reload: Corefile changed but reload failed: starting with listener file descriptors", "dns.corefile-error");
        row(probe::corednsLog, "/etc/coredns/Corefile:10 - Error during parsing: Unknown directive 'proxy'", "dns.corefile-error");
        row(probe::corednsLog, "plugin/forward: not an IP address or file: \"resolv\"", "dns.corefile-error");
    }

    void inLogs()
    {
        QFETCH(QString, probe);
        QFETCH(QString, line);
        QFETCH(QString, finding);
        const std::string text = line.toStdString(), name = probe.toStdString();
        const auto found = meaningsOf(name, text);
        QStringList all;
        for (const std::string_view one : found)
            all << QString::fromUtf8(one.data(), static_cast<qsizetype>(one.size()));
        QVERIFY2(all.contains(finding), qPrintable(all.join(u' ')));
        // Not in another component's log.
        QVERIFY(meaningsOf("sysctl", text).empty());
    }

    void nearMissesInLogs_data()
    {
        QTest::addColumn<QString>("probe");
        QTest::addColumn<QString>("line");
        const auto row = [&](std::string_view probe, const char* line) {
            QTest::newRow(line) << QString::fromUtf8(probe.data(), static_cast<qsizetype>(probe.size())) << QString::fromUtf8(line);
        };
        row(probe::kubeProxyLog, "Using ipvs Proxier.");
        row(probe::kubeProxyLog, "Successfully retrieved node IP: 10.0.0.1");
        row(probe::kubeProxyLog, "\"Set sysctl\" entry=\"net/ipv4/vs/conn_reuse_mode\" value=0");
        row(probe::kubeProxyLog, "Setting nf_conntrack_max to 131072");
        row(probe::kubeProxyLog, "iptables-restore took 1.2s");
        row(probe::kubeletLog, "PLEG: Ignoring events for pod");
        row(probe::kubeletLog, "Image garbage collection succeeded");
        row(probe::kubeletLog, "\"Image garbage collection failed once. Stats initialization may not have completed yet\"");
        row(probe::kubeletLog, "eviction manager: no observation found for eviction signal allocatableMemory.available");
        row(probe::kubeletLog, "Image garbage collection failed multiple times in a row: failed to get image stats: rpc error: code = DeadlineExceeded desc = context deadline exceeded");
        row(probe::kubeletLog, "Unable to fetch pod log stats: no such file or directory");
        row(probe::kubeletLog, "SyncLoop (housekeeping)");
        row(probe::kubeletLog, "Successfully registered node \"node-1\"");
        row(probe::kernelLog, "nf_conntrack version 0.5.0 (65536 buckets, 262144 max)");
        row(probe::kernelLog, "watchdog: Delayed init of the lockup detector failed: -19");
        row(probe::kernelLog, "NMI watchdog: Enabled. Permanently consumes one hw-PMU counter.");
        row(probe::kernelLog, "EXT4-fs (sda1): mounted filesystem with ordered data mode");
        row(probe::kernelLog, "XFS (sdb1): Ending clean mount");
        row(probe::kernelLog, "blk_update_request: I/O error, dev fd0, sector 0");
        row(probe::kernelLog, "Memory: 8000000K/9000000K available");
        row(probe::etcdLog, "{\"level\":\"info\",\"msg\":\"finished scheduled compaction\",\"took\":\"1.1ms\"}");
        row(probe::etcdLog, "raft.node: 8e9e elected leader 8e9e at term 2");
        row(probe::apiserverLog, "Serving securely on [::]:6443");
        row(probe::apiserverLog, "flag --insecure-port has been deprecated");
        row(probe::corednsLog, "[INFO] plugin/reload: Running configuration SHA512 = ab");
        row(probe::corednsLog, "[INFO] 10.244.0.7:41000 - 12 \"A IN example.com. udp 29 false 512\" NOERROR qr,rd,ra 56 0.03s");
        row(probe::corednsLog, "[INFO] plugin/ready: Still waiting on: \"kubernetes\"");
    }

    void nearMissesInLogs()
    {
        QFETCH(QString, probe);
        QFETCH(QString, line);
        const std::string text = line.toStdString(), name = probe.toStdString();
        const auto found = meaningsOf(name, text);
        QVERIFY2(found.empty(), found.empty() ? "" : std::string(found.front()).c_str());
    }

    void pasted_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("finding");
        int number = 0;
        const auto row = [&](const char* text, const char* finding) {
            QTest::newRow(qPrintable(QString::number(++number) + u' ' + QString::fromLatin1(finding))) << QString::fromUtf8(text) << QString::fromLatin1(finding);
        };
        // 1.1
        row("failed to set up sandbox container \"ab12\" network for pod \"p\": networkPlugin cni failed to set up pod \"p_default\" network: if rate is set, burst must also be set", "bandwidth.burst-missing");
        row("failed to setup network for sandbox \"ab12\": plugin type=\"bandwidth\" failed (add): if burst is set, rate must also be set", "bandwidth.burst-missing");
        row("plugin type=\"bandwidth\" failed (add): rate and burst must be a positive integer", "bandwidth.plugin-refuses");
        row("burst cannot be more than 4GB", "bandwidth.plugin-refuses");
        row("must be called as chained plugin", "bandwidth.plugin-refuses");
        row("must be called as a chained plugin", "bandwidth.plugin-refuses");
        row("failed to find plugin \"bandwidth\" in path [/opt/cni/bin]", "bandwidth.no-binary");
        row("adding link: operation not supported", "bandwidth.modules-missing");
        row("get ifb device: operation not supported", "bandwidth.modules-missing");
        row("create ingress qdisc: operation not supported", "bandwidth.modules-missing");
        row("create ifb qdisc: operation not supported", "bandwidth.modules-missing");
        row("create qdisc: operation not supported", "bandwidth.modules-missing");
        row("reading pod bandwidth annotations: resource is unreasonably small (< 1kbit)", "bandwidth.bad-value");
        row("failed to get pod bandwidth from annotations: x", "bandwidth.annotation-refused");
        row("error reading pod bandwidth annotations: x", "bandwidth.annotation-refused");
        row("resoruce is unreasonably large (> 1Pbit)", "bandwidth.bad-value");
        // 1.2, 1.6
        row("Temporary failure in name resolution", "dns.servers-not-ready");
        row("java.net.UnknownHostException: kubernetes.default: Name or service not known", "dns.servers-not-ready");
        row("could not set conntrack parameters from kube-proxy configuration: x", "service.proxy-conntrack");
        row("Can't set sysctl, kernel version doesn't satisfy minimum version requirements", "service.proxy-conn-reuse");
        row("iptables is not available on this host", "service.proxy-no-iptables");
        row("The ipvs proxier is now deprecated and may be removed", "network.ipvs-deprecated");
        row("接口一直 pending", "own.memory-low");
        row("域名解析 5 秒超时", "dns.intermittent");
        // 1.3
        row("The connection to the server 12.2.2.2:6443 was refused - did you specify the right host or port?", "apiserver.not-listening");
        row("Unable to connect to the server: dial tcp 12.2.2.2:6443: i/o timeout", "apiserver.not-listening");
        row("Unable to connect to the server: dial tcp 12.2.2.2:6443: connect: no route to host", "apiserver.not-listening");
        row("Unable to connect to the server: EOF", "apiserver.not-listening");
        row("Error from server (Timeout): the server was unable to return a response", "apiserver.etcd-timeouts");
        row("FreeDiskSpaceFailed: failed to garbage collect required amount of images. Wanted to free 5 bytes, but freed 0 bytes", "kubelet.image-gc-failed");
        row("Attempting to reclaim ephemeral-storage", "node.pressure-condition");
        row("The node was low on resource: ephemeral-storage. Threshold quantity: 1, available: 2.", "node.pressure-condition");
        row("cluster_block_exception: index [x] blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];", "site.search-read-only");
        row("TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block", "site.search-read-only");
        row("failed to pull and unpack image \"gcr.io/x\": failed to resolve reference \"gcr.io/x\": failed to do request: Head \"https://gcr.io/v2/\": dial tcp: lookup gcr.io on 12.2.2.6:53: i/o timeout", "apiserver.registry-name-fails");
        // 1.4
        row("GenericPLEG: Unable to retrieve pods: rpc error: code = DeadlineExceeded", "kubelet.cannot-list");
        row("Event channel is full, discard this relist() cycle event", "kubelet.pleg-channel-full");
        // B
        row("kubelet is configured to not run on a host using cgroup v1", "node.cgroup-v1-refused");
        row("error getting ClusterInformation: connection is unauthorized: Unauthorized", "cni.calico-token");
        row("failed to allocate a nodePort: range is full", "apiserver.services-full");
        row("no matching manifest for linux/arm64/v8 in the manifest list entries", "pods.pull-wrong-architecture");
        row("http: server gave HTTP response to HTTPS client", "pods.pull-not-trusted");
        row("toomanyrequests: You have reached your pull rate limit", "pods.pull-rate-limited");
        row("NamespaceDeletionDiscoveryFailure", "pods.namespace-stuck");
        row("OCI runtime create failed: container init caused: signal: killed", "kubelet.oci-create-failed");
        row("Waited for 1.2s due to client-side throttling, not priority and fairness, request: GET:https://x", "control.slow");
        row("Too many requests, please try again later.", "control.slow");
        row("Error from server: error dialing backend: remote error: tls: internal error", "control.kubelet-port-closed");
        row("No agent available", "control.kubelet-port-closed");
        row("NetworkPolicy blocks DNS port 53", "policy.no-dns");
        row("can't set sysctl net/ipv4/vs/conn_reuse_mode", "service.proxy-conn-reuse");
        row("eviction manager: cannot evict a critical pod", "kubelet.cannot-evict");
        row("FailedScheduling 0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.", "pods.pending-affinity");
        row("1 node(s) didn't have free ports for the requested pod ports", "hostport.duplicate");
        row("pod has unbound immediate PersistentVolumeClaims", "pods.pending-volume");
        row("max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]", "node.max-map-count-low");
    }

    void pasted()
    {
        QFETCH(QString, text);
        QFETCH(QString, finding);
        const auto found = m_index.match(text.toStdString());
        QString all;
        bool among = false;
        for (const PasteMatch& one : found) {
            all += QString::fromStdString(one.finding) + u' ';
            among = among || QString::fromStdString(one.finding) == finding;
        }
        QVERIFY2(among, qPrintable(all));
    }

    /// A start-up message that was overcome, too few lines, and old lines are no finding.
    void whatIsOverIsSilent()
    {
        const auto run = [](const std::string& log) {
            test::Recording recording;
            recording.put("n1", probe::connect, "");
            recording.put("n1", probe::kubeProxyLog, log);
            return recording.run({"service-reach"});
        };
        const std::string miss = "E1123 12:20:47.165838     194 node.go:161] Failed to retrieve node info: nodes \"node-1\" not found\n";
        const std::string done = "I1123 12:20:55.165838     194 node.go:172] Successfully retrieved node IP: 172.30.0.1\n";
        QVERIFY(!test::has(run(miss), "service.proxy-node-name"));
        QVERIFY(!test::has(run(miss + miss + miss + miss + miss + done), "service.proxy-node-name"));
        QVERIFY(test::has(run(miss + miss + miss + miss + miss), "service.proxy-node-name"));
        const std::string before = "I1123 12:20:40.165838     194 node.go:172] Successfully retrieved node IP: 172.30.0.1\n";
        QVERIFY(test::has(run(before + miss + miss + miss + miss + miss), "service.proxy-node-name"));
        const std::string old = "E1123 08:00:00.000000 1 proxier.go:1] Failed to execute iptables-restore: exit status 1\n";
        QVERIFY(test::has(run(old), "service.proxy-restore-error"));
        QVERIFY(!test::has(run(old + done), "service.proxy-restore-error"));
    }

    void aHostileLogIsOnlyText()
    {
        test::Recording recording;
        recording.put("n1", probe::connect, "");
        std::string nasty = "E1123 08:00:00.000000 1 x.go:1] Failed to execute iptables-restore {node} <script>alert(1)</script> %s\n";
        nasty += std::string(100'000, 'x') + "\n" + std::string(1000, '\0') + "\n";
        recording.put("n1", probe::kubeProxyLog, nasty);
        recording.put("n1", probe::kernelLog, "\x1b[31mOut of memory: Killed process 1 ({count})\n");
        const auto report = recording.run({"service-reach", "kernel"});
        const QString wrong = test::flaw(report, m_catalogue);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        const auto found = test::withId(report, "service.proxy-restore-error");
        QCOMPARE(found.size(), std::size_t(1));
        // What the log says is put in once; its own braces are not filled in again.
        const std::string title = m_catalogue.title(found[0], Language::English);
        QVERIFY(title.find("{node}") != std::string::npos && title.find("n1") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(Signatures)
#include "tst_signatures.moc"
