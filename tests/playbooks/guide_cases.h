// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "../checks/recording.h"

#include <map>

/// A small recording for each shipped guide: what a node or the cluster said while the fault was there, and without it.
namespace medic::test {

struct Said {
    const char* node; ///< "": the cluster
    std::string_view probe;
    std::string fault, healthy;
};

struct GuideCase {
    const char* playbook;
    const char* verdict; ///< that has to be given on the fault
    std::vector<Said> said;
    std::map<std::string, std::string> answers; ///< beyond the node and each question's first choice
    const char* action = ""; ///< the guide's own action that cures it; empty: it leaves the cure to the engineer
    std::map<std::string, std::pair<std::string, std::string>> measured; ///< by step: stdout before and after the cure
};

inline std::string list(const char* kind, const std::string& items) { return std::string(R"({"kind":")") + kind + R"(List","items":[)" + items + "]}"; }

inline std::string nodeItem(const std::string& ready, const std::string& message = "kubelet is posting ready status", const std::string& version = "v1.20.2")
{
    return R"({"metadata":{"name":"node-1","labels":{"node-role.kubernetes.io/control-plane":""}},"status":{"conditions":[{"type":"Ready","status":")" + ready
        + R"(","reason":"KubeletReady","message":")" + message + R"(","lastTransitionTime":"2026-11-23T08:00:00Z"}],"nodeInfo":{"kubeletVersion":")" + version
        + R"(","containerRuntimeVersion":"docker://19.3.5"}}})";
}

/// A Pod on node-1 (or on none), `status` and `more` being members of status and metadata.
inline std::string podItem(const std::string& status, const std::string& more = {}, const std::string& node = "node-1")
{
    return R"({"metadata":{"namespace":"shop","name":"web-0","creationTimestamp":"2026-11-23T08:00:00Z")" + more + R"(},"spec":{)"
        + (node.empty() ? std::string() : R"("nodeName":")" + node + R"(",)") + R"("containers":[{"name":"web","image":"reg.example/web:1"}]},"status":)" + status + "}";
}

inline std::string waiting(const std::string& reason, const std::string& message, const std::string& more = {})
{
    return R"({"phase":"Pending","startTime":"2026-11-23T08:00:00Z","containerStatuses":[{"name":"web","restartCount":7,"ready":false,"state":{"waiting":{"reason":")" + reason
        + R"(","message":")" + message + R"("}})" + more + "}]}";
}

inline const std::string& running()
{
    static const std::string text = R"({"phase":"Running","podIP":"10.244.0.9","conditions":[{"type":"Ready","status":"True"}],"containerStatuses":[{"name":"web","restartCount":0,"ready":true,"state":{"running":{}}}]})";
    return text;
}

inline std::string nat(bool hostPortFirst)
{
    const std::string host = " -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT\n", services = " -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES\n";
    std::string text = "*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n:CNI-HOSTPORT-DNAT - [0:0]\n:CNI-DN-0123 - [0:0]\n";
    for (const char* const hook : {"-A PREROUTING", "-A OUTPUT"})
        text += hostPortFirst ? hook + host + hook + services : hook + services + hook + host;
    return text
        + "-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment \"dnat name: \\\"cbr0\\\" id: \\\"abc\\\"\" -m multiport --dports 443 -j CNI-DN-0123\n"
          "-A CNI-DN-0123 -p tcp -m tcp --dport 443 -j DNAT --to-destination 10.244.0.12:8443\n"
          "-A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT\nCOMMIT\n";
}

inline std::vector<GuideCase> guideCases()
{
    namespace p = probe;
    const std::string ps = "  PID  PPID STAT WCHAN  ELAPSED   RSS COMMAND\n";
    const std::string kubelet = "  100 1 Ssl - 86400 1000 /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml\n";
    const std::string proxy = "  101 1 Ssl - 86400 1000 /usr/local/bin/kube-proxy --config=/etc/kube-proxy.yaml\n";
    const std::string df = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 100000000 10000000 90000000 10% /\n";
    const std::string stamp = "2026-11-23T08:30:00+0000 node-1 ";
    const auto log = [&](const std::string& who, const std::string& line) { return "==> journal -u " + who + " <==\n" + stamp + who + "[100]: " + line + "\n"; };
    const std::string quiet = log("kubelet", "I1123 08:30:00.000000  100 kubelet.go:1] all is well");
    const std::string pods = list("Pod", podItem(running()));
    const auto tbf = [](int bytes) { return R"([{"kind":"tbf","dev":"veth1","handle":"1:","root":true,"refcnt":2,"options":{"rate":)" + std::to_string(bytes) + R"(,"burst":32768,"lat":25000}}])"; };
    const std::string limited = list("Pod", podItem(running(), R"(,"annotations":{"kubernetes.io/ingress-bandwidth":"10M"})"));
    const std::string apiserverDown = "==> local https://127.0.0.1:6443/livez <==\n\n000 0.001\n==> listen <==\n";
    const std::string apiserverUp = "==> local https://127.0.0.1:6443/livez <==\n[+]ping ok\nlivez check passed\n200 0.010\n==> listen <==\nLISTEN 0 4096 *:6443 *:*\n";
    const auto vxlan = [](int mtu) {
        return R"([{"ifname":"eth0","mtu":1500,"operstate":"UP"},{"ifname":"flannel.1","mtu":)" + std::to_string(mtu) + R"(,"operstate":"UNKNOWN","linkinfo":{"info_kind":"vxlan"}}])";
    };
    const auto service = [](const std::string& selector) {
        return R"({"kind":"ServiceList","items":[{"metadata":{"namespace":"shop","name":"web"},"spec":{"clusterIP":"10.96.5.5","type":"ClusterIP","selector":{"app":")" + selector
            + R"("},"ports":[{"port":80,"protocol":"TCP"}]}}]})";
    };
    const std::string slices = R"({"kind":"EndpointSliceList","items":[{"metadata":{"namespace":"shop","name":"web-1","labels":{"kubernetes.io/service-name":"web"}},"addressType":"IPv4","endpoints":[{"addresses":["10.244.0.9"],"conditions":{"ready":true}}],"ports":[{"port":8080,"protocol":"TCP"}]}]})";
    const std::string noSlices = R"({"kind":"EndpointSliceList","items":[]})";
    const std::string chains = "*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n-A PREROUTING -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES\nCOMMIT\n";
    const auto event = [](const std::string& reason, const std::string& message) {
        return list("Event", R"({"metadata":{"namespace":"shop","name":"e1"},"involvedObject":{"kind":"Pod","namespace":"shop","name":"web-0"},"type":"Warning","reason":")" + reason
                                 + R"(","message":")" + message + R"(","lastTimestamp":"2026-11-23T08:30:00Z","count":3})");
    };
    const std::string noEvents = list("Event", "");
    const std::string theft = R"({"kind":"PodList","items":[{"metadata":{"namespace":"ingress","name":"nginx-x"},"spec":{"nodeName":"node-1","containers":[{"name":"c","image":"nginx","ports":[{"containerPort":8443,"hostPort":443,"protocol":"TCP"}]}]},"status":{"phase":"Running","podIP":"10.244.0.12"}}]})";
    const std::string kubernetes = R"({"kind":"ServiceList","items":[{"metadata":{"namespace":"default","name":"kubernetes"},"spec":{"clusterIP":"10.96.0.1","ports":[{"port":443,"protocol":"TCP"}]}}]})";
    const std::string vips = R"([{"ifname":"eth0","addr_info":[{"local":"172.30.0.1"}]},{"ifname":"kube-ipvs0","operstate":"DOWN","addr_info":[{"local":"10.96.0.1"}]}])";
    const std::string portmap = "==> /etc/cni/net.d/10-a.conflist <==\n{\"name\":\"a\",\"plugins\":[{\"type\":\"bridge\"},{\"type\":\"portmap\",\"capabilities\":{\"portMappings\":true}}]}\n";
    const std::string certificate = "==> /etc/kubernetes/pki/apiserver.crt <==\nsubject=CN = kube-apiserver\nnotAfter=";
    const std::string queued = "kubeproxy_sync_proxy_rules_last_timestamp_seconds 1000\nkubeproxy_sync_proxy_rules_last_queued_timestamp_seconds ";

    return {
        {"case-1.1-bandwidth", "thousandth",
         {{"", p::apiNodes, list("Node", nodeItem("True", "ok", "v1.14.1")), {}}, {"", p::apiPods, limited, {}}, {"node-1", p::tcQdisc, tbf(1250), tbf(1250000)}},
         {{"choose", "lasting"}, {"remedy", "changed"}, {"measure", "right"}}, "recreate", {}},
        {"case-1.2-kubernetes-service", "stuck",
         {{"node-1", p::ps, ps + kubelet + proxy, {}}, {"node-1", p::kubeProxyMode, "iptables\n", {}}, {"node-1", p::kubeProxyMetrics, queued + "1100\n", queued + "1000\n"}},
         {{"symptom", "address"}, {"changed", "gone"}}, "restart",
         {{"prove-dns", {"NONE-ANSWERED\n", {}}}, {"prove-api", {"UNREACHABLE\n", {}}}, {"reprove-dns", {"ALL-ANSWERED\n", {}}}, {"reprove-api", {"REACHED\n", {}}}}},
        {"case-1.3-apiserver-down", "down",
         {{"node-1", p::apiserverPort, apiserverDown, apiserverUp},
          {"node-1", p::manifests, "==> /etc/kubernetes/manifests/kube-apiserver.yaml <==\nspec:\n  containers:\n  - image: gcr.io/google-containers/kube-apiserver:v1.14.1\n", {}}},
         {{"offline", "no"}, {"prevention", "noted"}}, "kubelet", {}},
        {"case-1.4-pleg", "daemon",
         {{"", p::apiNodes, list("Node", nodeItem("False", "PLEG is not healthy: pleg was last seen active 5m2s ago; threshold is 3m0s")), list("Node", nodeItem("True"))},
          {"node-1", p::ps, ps + kubelet + "  9 1 Ssl - 100 1 /usr/bin/dockerd\n", {}},
          {"node-1", p::runtimeLatency, "docker-ps rc=124 ms=10000 lines=0\n", "docker-ps rc=0 ms=120 lines=20\n"}},
         {{"choose", "containerd"}}, "restart-containerd", {{"hung", {"LIST-HANGS\n", {}}}}},
        {"case-1.5-hostport", "stolen",
         {{"", p::apiPods, theft, {}}, {"", p::apiServices, kubernetes, {}}, {"node-1", p::kubeProxyMode, "ipvs\n", {}}, {"node-1", p::ipAddr, vips, {}},
          {"node-1", p::cniConfig, portmap, {}}, {"node-1", p::iptablesSave, nat(true), nat(false)}},
         {{"symptom", "theft"}, {"choose", "move"}, {"advice", "noted"}}, "move", {{"prove", {"SAME-CERTIFICATE\n", {}}}}},
        {"case-1.6-dns", "loop",
         {{"node-1", p::corednsLog,
           "==> /var/log/pods/kube-system_coredns-1/coredns/0.log <==\n2026-11-23T08:30:00.1Z stdout F [FATAL] plugin/loop: Loop (127.0.0.1:55953 -> :1053) detected for zone \".\", see https://coredns.io/plugins/loop#troubleshooting.\n",
           "==> /var/log/pods/kube-system_coredns-1/coredns/0.log <==\n2026-11-23T08:30:00.1Z stdout F [INFO] plugin/reload: Running configuration\n"}},
         {{"kind", "all"}}, "", {{"before", {"NONE-ANSWERED\n", {}}}, {"outward", {"ALL-ANSWER\n", {}}}, {"proof", {"ALL-ANSWERED\n", {}}}}},
        {"p01-node-not-ready", "kubelet",
         {{"node-1", p::units, "Id=kubelet.service\nLoadState=loaded\nActiveState=failed\nResult=exit-code\n", "Id=kubelet.service\nLoadState=loaded\nActiveState=active\n"},
          {"node-1", p::ps, ps + "  9 1 Ssl - 100 1 /usr/bin/dockerd\n", ps + kubelet + "  9 1 Ssl - 100 1 /usr/bin/dockerd\n"}},
         {{"judge", "branch:0"}}, "start-kubelet", {}},
        {"p02-certificates", "expired", {{"node-1", p::certificates, certificate + "Nov 22 08:00:00 2026 GMT\n", certificate + "Nov 22 08:00:00 2029 GMT\n"}}, {}, "renew", {}},
        {"p03-etcd", "no-space",
         {{"node-1", p::etcdLog, log("etcd", "etcdserver: mvcc: database space exceeded"), log("etcd", "ready to serve client requests")}}, {}, "", {}},
        {"p04-clock-skew", "clock-not-synchronised", {{"node-1", p::chrony, "==> timedatectl <==\nNTPSynchronized=no\n", "==> timedatectl <==\nNTPSynchronized=yes\n"}}, {}, "", {}},
        {"p05-conntrack-full", "conntrack-full",
         {{"node-1", p::conntrackCount, "net.netfilter.nf_conntrack_count = 950\nnet.netfilter.nf_conntrack_max = 1000\n",
           "net.netfilter.nf_conntrack_count = 950\nnet.netfilter.nf_conntrack_max = 2000\n"}},
         {}, "double", {}},
        {"p06-insert-failed", "insert-failed", {{"node-1", p::conntrackStats, "cpu=0 found=0 insert_failed=5000 drop=0\n", "cpu=0 found=0 insert_failed=0 drop=0\n"}}, {}, "", {}},
        {"p07-ipvs-conn-reuse", "conn-reuse",
         {{"node-1", p::uname, "Linux node-1 4.19.0 #1 SMP x86_64 GNU/Linux\n", "Linux node-1 6.1.0 #1 SMP x86_64 GNU/Linux\n"}, {"node-1", p::kubeProxyMode, "ipvs\n", {}},
          {"node-1", p::sysctl, "net.ipv4.ip_forward = 1\nnet.ipv4.vs.conn_reuse_mode = 1\n", {}}},
         {}, "", {}},
        {"p08-cni", "plugin-missing", {{"node-1", p::kubeletLog, log("kubelet", "failed to find plugin \"bridge\" in path [/opt/cni/bin]"), quiet}}, {}, "", {}},
        {"p09-ip-exhaustion", "no-addresses",
         {{"node-1", p::kubeletLog, log("kubelet", "failed to allocate for range 0: no IP addresses available in range set: 10.244.1.1-10.244.1.254"), quiet}}, {}, "", {}},
        {"p10-mtu", "mtu-too-large", {{"node-1", p::ipLink, vxlan(1500), vxlan(1450)}}, {}, "", {}},
        {"p11-sysctls", "forward", {{"node-1", p::sysctl, "net.ipv4.ip_forward = 0\n", "net.ipv4.ip_forward = 1\n"}}, {}, "fix-forward", {}},
        {"p12-disk-pressure", "bytes",
         {{"node-1", p::df, df + "/dev/sdb1 100000000 92000000 8000000 92% /var/lib/docker\n", df + "/dev/sdb1 100000000 40000000 60000000 40% /var/lib/docker\n"}}, {}, "journal", {}},
        {"p13-pid-fd-inotify", "inotify-exhausted",
         {{"node-1", p::inotify, "fs.inotify.max_user_instances = 128\n==> instances <==\n125 0 12 kubelet\n", "fs.inotify.max_user_instances = 8192\n==> instances <==\n125 0 12 kubelet\n"}},
         {}, "more-inotify", {}},
        {"p14-neighbour-table", "neighbour-overflow",
         {{"node-1", p::kernelLog, "==> journal -k <==\n" + stamp + "kernel: neighbour: arp_cache: neighbor table overflow!\n", "==> journal -k <==\n" + stamp + "kernel: eth0: link up\n"}},
         {}, "", {}},
        {"p15-pending", "pending-resources",
         {{"", p::apiPods, list("Pod", podItem(R"({"phase":"Pending"})", {}, "")), pods}, {"", p::apiEvents, event("FailedScheduling", "0/3 nodes are available: 3 Insufficient cpu."), noEvents}},
         {}, "", {}},
        {"p16-container-creating", "mount-failed",
         {{"", p::apiPods, list("Pod", podItem(waiting("ContainerCreating", ""))), pods},
          {"", p::apiEvents, event("FailedMount", "Unable to attach or mount volumes: timed out waiting for the condition"), noEvents}},
         {}, "", {}},
        {"p17-image-pull", "pull-not-found",
         {{"", p::apiPods, list("Pod", podItem(waiting("ErrImagePull", "rpc error: code = Unknown desc = manifest unknown"))), pods}, {"", p::apiEvents, noEvents, {}}}, {}, "", {}},
        {"p18-crashloop", "out-of-memory",
         {{"", p::apiPods, list("Pod", podItem(waiting("CrashLoopBackOff", "back-off 5m0s", R"(,"lastState":{"terminated":{"reason":"OOMKilled","exitCode":137}})"))), pods},
          {"", p::apiEvents, noEvents, {}}},
         {}, "", {}},
        {"p19-terminating", "terminating-node-lost",
         {{"", p::apiPods, list("Pod", podItem(running(), R"(,"deletionTimestamp":"2026-11-23T08:10:00Z")")), pods},
          {"", p::apiNodes, list("Node", nodeItem("Unknown", "Kubelet stopped posting node status.")), list("Node", nodeItem("True"))}, {"", p::apiEvents, noEvents, {}}},
         {}, "", {}},
        {"p20-apiserver-slow", "not-ready",
         {{"", p::apiReadyz, "[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n", "[+]ping ok\n[+]etcd ok\nreadyz check passed\n"}}, {}, "", {}},
        {"p21-networkpolicy", "no-dns",
         {{"", p::apiNetworkPolicies,
           list("NetworkPolicy", R"({"metadata":{"name":"deny","namespace":"shop"},"spec":{"podSelector":{},"policyTypes":["Egress"]}})"), list("NetworkPolicy", "")},
          {"", p::apiPods,
           list("Pod", podItem(running(), R"(,"labels":{"app":"web"})")
                    + R"(,{"metadata":{"name":"coredns-a","namespace":"kube-system","labels":{"k8s-app":"kube-dns"}},"spec":{"nodeName":"node-1","containers":[{"name":"c","image":"coredns:1"}]},"status":{"phase":"Running","podIP":"10.244.0.8"}})"),
           {}},
          {"", p::apiServices, service("web"), {}}, {"", p::apiEndpointSlices, slices, {}},
          {"", p::apiNamespaces,
           list("Namespace", R"({"metadata":{"name":"kube-system","labels":{"kubernetes.io/metadata.name":"kube-system"}}},{"metadata":{"name":"shop","labels":{"kubernetes.io/metadata.name":"shop"}}})"), {}},
          {"node-1", p::cniConfig, "==> /etc/cni/net.d/10-calico.conflist <==\n{\"cniVersion\":\"0.3.1\",\"name\":\"k8s\",\"plugins\":[{\"type\":\"calico\"}]}\n", {}},
          {"node-1", p::ps, ps + kubelet, {}}},
         {{"advice", "later"}}, "", {}},
        {"p22-service-lb", "selects-nothing",
         {{"", p::apiServices, service("nobody"), service("web")}, {"", p::apiEndpointSlices, noSlices, slices}, {"", p::apiPods, list("Pod", podItem(running(), R"(,"labels":{"app":"web"})")), {}}},
         {}, "", {}},
        {"p23-accept-queue", "accept-queue-full",
         {{"node-1", p::ss, "tcp LISTEN 129 128 0.0.0.0:8080 0.0.0.0:* users:((\"java\",pid=12,fd=3))\n", "tcp LISTEN 0 128 0.0.0.0:8080 0.0.0.0:* users:((\"java\",pid=12,fd=3))\n"}}, {}, "", {}},
        {"p24-iptables-backends", "both-backends",
         {{"node-1", p::iptablesLegacySave, chains, "*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n"}, {"node-1", p::iptablesNftSave, chains, {}}}, {}, "", {}},
        {"p25-kernel-faults", "filesystem-error",
         {{"node-1", p::kernelLog, "==> journal -k <==\n" + stamp + "kernel: EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm ls: reading directory lblock 0\n",
           "==> journal -k <==\n" + stamp + "kernel: eth0: link up\n"}},
         {}, "", {}},
        {"p26-exec-logs", "kubelet-port-closed",
         {{"node-1", p::ps, ps + kubelet, {}},
          {"node-1", p::ss, "tcp LISTEN 0 4096 127.0.0.1:10248 0.0.0.0:* users:((\"kubelet\",pid=100,fd=3))\n", "tcp LISTEN 0 4096 *:10250 *:* users:((\"kubelet\",pid=100,fd=3))\n"}},
         {}, "", {}},
    };
}

/// `healthy`: as it is without the fault.
inline Recording recordingOf(const GuideCase& one, bool healthy)
{
    Recording recording;
    recording.put("node-1", probe::connect, "");
    recording.put("", probe::apiVersion, "{}");
    const auto has = [&](std::string_view probe) { return std::any_of(one.said.begin(), one.said.end(), [&](const Said& said) { return said.probe == probe; }); };
    if (!has(probe::apiNodes))
        recording.put("", probe::apiNodes, list("Node", nodeItem("True")));
    for (const Said& said : one.said)
        recording.put(said.node, said.probe, healthy && !said.healthy.empty() ? said.healthy : said.fault);
    return recording;
}

} // namespace medic::test
