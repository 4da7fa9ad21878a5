// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/baseline.h"

#include "diagnostics/checks/components.h"
#include "diagnostics/checks/version_rules.h"
#include "diagnostics/parse/lines.h"

#include <algorithm>

namespace medic::checks {

using parse::contains;

namespace {

/// Pods hang on a Linux bridge here (bridge or flannel plugin; kubenet and docker alike): then packets between two Pods of
/// the node pass iptables only with br_netfilter.
bool bridged(const Snapshot& snapshot, const std::string& node)
{
    const auto& configs = cniConfigs(snapshot, node);
    if (configs)
        if (const parse::CniConfig* const config = parse::inUse(*configs))
            return config->plugin("bridge") != nullptr || config->plugin("flannel") != nullptr;
    const ObservationPtr links = snapshot.find(node, probe::ipLink);
    return usable(links, Need::Answer) && (contains(links->out, "\"cni0\"") || contains(links->out, "\"cbr0\""));
}

bool hasInterfaces(const Snapshot& snapshot, const std::string& node, std::string_view prefix)
{
    const ObservationPtr links = snapshot.find(node, probe::ipLink);
    return usable(links, Need::Answer) && contains(links->out, "\"ifname\":\"" + std::string(prefix));
}

/// Pods on the node whose image says Elasticsearch or OpenSearch; its bootstrap check wants 262144 mappings.
std::string searchEngine(const Snapshot& snapshot, const std::string& node)
{
    const auto& pods = kubePods(snapshot);
    if (pods)
        for (const kube::Pod& pod : *pods)
            for (const kube::Container& container : pod.containers)
                if (pod.node == node && (contains(container.image, "elasticsearch") || contains(container.image, "opensearch")))
                    return pod.meta.nameSpace + '/' + pod.meta.name;
    return {};
}

} // namespace

void checkBridgeNetfilter(Sink& sink, const std::string& node)
{
    const Snapshot& snapshot = sink.snapshot();
    const ObservationPtr settings = snapshot.find(node, probe::sysctl);
    if (!usable(settings, Need::Answer) || !bridged(snapshot, node))
        return;
    Evidence line;
    const auto value = sysctl(snapshot, node, "net.bridge.bridge-nf-call-iptables", &line);
    if (value && *value == "0")
        sink.node("node.bridge-nf-off", Verdict::Failure, Confidence::Confirmed, node, {{"value", "0"}}, {line});
    else if (!value && sysctl(snapshot, node, "net.ipv4.ip_forward", nullptr)) // every kernel has this one: the output is whole
        sink.node("node.bridge-nf-off", Verdict::Failure, Confidence::Likely, node, {{"value", "br_netfilter not loaded"}},
                  {{settings, {}, false}, {snapshot.find(node, probe::modules), {}, false}});
}

void checkKernelSettings(Sink& sink, const std::string& node)
{
    const Snapshot& snapshot = sink.snapshot();
    const ObservationPtr settings = snapshot.find(node, probe::sysctl);
    if (!usable(settings, Need::Answer)) {
        const std::string reason = missingReason(settings, probe::sysctl, Need::Answer);
        if (!reason.empty())
            sink.lacking(node, reason, settings);
        return;
    }
    Evidence line;
    if (!sysctl(snapshot, node, "net.ipv4.ip_forward", nullptr))
        sink.lacking(node, std::string(probe::sysctl) + ": not understood", settings);
    if (const auto value = sysctl(snapshot, node, "net.ipv4.ip_forward", &line); value && *value == "0")
        sink.node("node.ip-forward-off", Verdict::Failure, Confidence::Confirmed, node, {}, {line});

    checkBridgeNetfilter(sink, node);

    // Removed in 4.12: where the name exists and is 1, clients behind one NAT address lose SYNs.
    if (const auto value = sysctl(snapshot, node, "net.ipv4.tcp_tw_recycle", &line); value && *value == "1")
        sink.node("node.tw-recycle-on", Verdict::Failure, Confidence::Likely, node, {}, {line});

    // Strict reverse path filtering drops what Calico and Cilium route asymmetrically. The kernel takes the greater of
    // "all" and the interface's own value (Documentation/networking/ip-sysctl.rst).
    if (hasInterfaces(snapshot, node, "cali") || hasInterfaces(snapshot, node, "lxc")) {
        if (const auto all = sysctl(snapshot, node, "net.ipv4.conf.all.rp_filter", &line); all && *all == "1" && hasInterfaces(snapshot, node, "lxc"))
            sink.node("node.rp-filter-strict", Verdict::Warning, Confidence::Possible, node, {{"value", *all}}, {line});
    }

    if (const std::string pod = searchEngine(snapshot, node); !pod.empty())
        if (const auto value = sysctl(snapshot, node, "vm.max_map_count", &line))
            if (const auto number = parse::number<std::uint64_t>(*value); number && *number < 262144)
                sink.node("node.max-map-count-low", Verdict::Warning, Confidence::Likely, node, {{"value", *value}, {"pod", pod}}, {line});

    const ProxyMode mode = proxyMode(snapshot, node);
    const ObservationPtr modules = snapshot.find(node, probe::modules);
    if (mode.mode == "ipvs" && usable(modules, Need::Success) && !modules->out.empty() && !contains(modules->out, "ip_vs ")) {
        const ObservationPtr table = snapshot.find(node, probe::ipvsadmSave);
        if (!usable(table, Need::Success)) // built into the kernel it is in no list of modules
            sink.node("node.module-missing", Verdict::Failure, Confidence::Possible, node, {{"module", "ip_vs"}, {"purpose", "kube-proxy (ipvs)"}},
                      {{modules, {}, false}});
    }

    const ObservationPtr cgroup = snapshot.find(node, probe::cgroupFs);
    const auto kubelet = kubeletVersion(snapshot, node);
    if (usable(cgroup, Need::Success) && parse::trim(cgroup->out) == "tmpfs" && applies("kubelet-refuses-cgroup-v1", kubelet) == Applies::Yes)
        sink.node("node.cgroup-v1-refused", Verdict::Failure, Confidence::Likely, node, {{"version", kubelet->text()}}, {{cgroup, {1}, false}});
}

} // namespace medic::checks
