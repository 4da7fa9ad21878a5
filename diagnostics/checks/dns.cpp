// SPDX-License-Identifier: GPL-3.0-or-later
// Case 1.6: names are not resolved, or slowly. The Service, its Pods, their log, the Corefile, the nodes' resolvers.
#include "diagnostics/checks/families.h"

#include "diagnostics/checks/baseline.h"
#include "diagnostics/checks/components.h"
#include "diagnostics/checks/dns_matrix.h"
#include "diagnostics/checks/signatures.h"
#include "diagnostics/checks/version_rules.h"
#include "diagnostics/parse/host.h"
#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <set>

namespace medic::checks {

using parse::contains;

namespace {

const kube::Service* dnsService(const Snapshot& snapshot)
{
    const auto& all = kubeServices(snapshot);
    if (!all)
        return nullptr;
    for (const kube::Service& service : *all) {
        const auto label = service.meta.labels.find("k8s-app");
        const bool named = service.meta.name == "kube-dns" || service.meta.name == "coredns" || service.meta.name == "rke2-coredns-rke2-coredns";
        if (service.meta.nameSpace == "kube-system" && (named || (label != service.meta.labels.end() && label->second == "kube-dns")))
            return &service;
        if (service.meta.nameSpace == "openshift-dns" && service.meta.name == "dns-default")
            return &service;
    }
    return nullptr;
}

bool dnsPod(const kube::Pod& pod)
{
    const auto label = pod.meta.labels.find("k8s-app");
    if (pod.meta.nameSpace == "openshift-dns")
        return pod.meta.name.starts_with("dns-default-");
    return pod.meta.nameSpace == "kube-system" && !contains(pod.meta.name, "autoscaler")
        && ((label != pod.meta.labels.end() && label->second == "kube-dns") || pod.meta.name.starts_with("coredns-") || contains(pod.meta.name, "-coredns-"));
}

std::optional<parse::Version> coreDnsVersion(const kube::Pod& pod)
{
    for (const kube::Container& container : pod.containers)
        if (contains(container.image, "coredns"))
            return parse::version(container.image.substr(container.image.rfind(':') == std::string::npos ? 0 : container.image.rfind(':')));
    return std::nullopt;
}

void checkServers(Sink& sink, const kube::Service& service)
{
    const Snapshot& snapshot = sink.snapshot();
    const auto& pods = kubePods(snapshot);
    const Subject subject {SubjectKind::Service, service.meta.nameSpace, service.meta.name, {}};
    if (pods) {
        int ready = 0, all = 0;
        std::vector<std::string> broken;
        for (const kube::Pod& pod : *pods) {
            if (!dnsPod(pod) || !pod.meta.deletion.empty() || pod.phase == "Succeeded" || pod.phase == "Failed")
                continue;
            ++all;
            if (pod.ready())
                ++ready;
            else
                broken.push_back(pod.meta.name + (pod.node.empty() ? std::string() : " (" + pod.node + ")"));
        }
        // Both replicas on one node: no fault today, none left when that node goes. One node has no choice.
        std::set<std::string> places;
        for (const kube::Pod& pod : *pods)
            if (dnsPod(pod) && pod.ready())
                places.insert(pod.node);
        const auto& nodes = kubeNodes(snapshot);
        if (ready >= 2 && places.size() == 1 && nodes && nodes->size() >= 2)
            sink.add("dns.servers-together", Verdict::Ok, Confidence::Confirmed, subject, {{"ready", std::to_string(ready)}, {"node", *places.begin()}}, {pods.at({lineOf(pods.observation, "kube-dns")})});
        // No Pod at all behind a Service of that name: DNS may run outside the cluster; the endpoints decide.
        if (all > 0 && ready < all)
            sink.add("dns.servers-not-ready", ready == 0 ? Verdict::Failure : Verdict::Warning, Confidence::Confirmed, subject,
                     {{"ready", std::to_string(ready)}, {"total", std::to_string(all)}, {"pods", join(broken)}},
                     {pods.at({lineOf(pods.observation, '"' + std::string(parse::before(broken.front(), " ")) + '"')})});
    }
    const auto& slices = kubeEndpoints(snapshot);
    if (slices) {
        bool any = false;
        for (const kube::EndpointSlice& slice : *slices)
            if (slice.meta.nameSpace == service.meta.nameSpace && slice.service == service.meta.name)
                for (const kube::Endpoint& endpoint : slice.endpoints)
                    any = any || (endpoint.ready && !endpoint.addresses.empty());
        if (!any)
            sink.add("dns.no-endpoints", Verdict::Failure, Confidence::Confirmed, subject, {{"service", service.meta.nameSpace + '/' + service.meta.name}}, {slices.at()});
    }
}

/// On the node's own network "ClusterFirst" silently means the node's resolv.conf: cluster names do not resolve there.
void checkHostNetworkPods(Sink& sink)
{
    const auto& pods = kubePods(sink.snapshot());
    if (!pods)
        return;
    std::vector<std::string> names;
    std::vector<int> lines;
    for (const kube::Pod& pod : *pods)
        if (pod.hostNetwork && pod.dnsPolicy == "ClusterFirst" && pod.meta.nameSpace != "kube-system" && pod.phase == "Running") {
            names.push_back(pod.meta.nameSpace + '/' + pod.meta.name);
            if (lines.size() < 5)
                lines.push_back(lineOf(pods.observation, '"' + pod.meta.name + '"'));
        }
    if (!names.empty())
        sink.add("dns.host-network-pods", Verdict::Ok, Confidence::Confirmed, {SubjectKind::Cluster, {}, {}, {}}, {{"pods", join(names)}, {"count", std::to_string(names.size())}}, {pods.at(lines)});
}

void checkCorefile(Sink& sink, const kube::Service* service)
{
    const Snapshot& snapshot = sink.snapshot();
    const auto& maps = kubeConfigMaps(snapshot);
    if (!maps)
        return;
    std::optional<parse::Version> version;
    if (const auto& pods = kubePods(snapshot); pods)
        for (const kube::Pod& pod : *pods)
            if (dnsPod(pod) && !version)
                version = coreDnsVersion(pod);
    for (const kube::ConfigMap& map : *maps) {
        const auto file = map.data.find("Corefile");
        if (map.meta.nameSpace != "kube-system" || file == map.data.end() || contains(map.meta.name, "node-local") || contains(map.meta.name, "nodelocal"))
            continue;
        const Subject subject {SubjectKind::Component, map.meta.nameSpace, map.meta.name, {}};
        const Evidence evidence = maps.at({lineOf(maps.observation, "Corefile")});
        const auto report = [&](const char* what) {
            sink.add("dns.corefile-removed", Verdict::Failure, Confidence::Likely, subject, {{"what", what}, {"version", version->text()}}, {evidence});
        };
        for (const parse::Line& line : parse::lines(file->second)) {
            const auto parts = parse::words(line.text);
            if (parts.empty())
                continue;
            if (parts[0] == "proxy" && applies("coredns-proxy-plugin-gone", version) == Applies::Yes)
                report("proxy");
            if (parts[0] == "upstream" && applies("coredns-upstream-gone", version) == Applies::Yes)
                report("upstream");
            if (parts[0] == "forward" && service != nullptr)
                for (std::size_t i = 2; i < parts.size(); ++i)
                    if (std::find(service->clusterIps.begin(), service->clusterIps.end(), std::string(parts[i])) != service->clusterIps.end())
                        sink.add("dns.forwards-to-itself", Verdict::Failure, Confidence::Confirmed, subject, {{"address", std::string(parts[i])}}, {evidence});
        }
    }
}

/// CoreDNS with dnsPolicy Default takes the node's resolv.conf: a loopback server in it is CoreDNS itself.
void checkNodeResolver(Sink& sink, const std::string& node, const kube::Service* service)
{
    const Snapshot& snapshot = sink.snapshot();
    const auto& conf = fact<parse::ResolvConf>(snapshot, node, probe::resolvConf, Need::Success, parse::resolvConf);
    const ObservationPtr config = snapshot.find(node, probe::kubeletConfig);
    const std::string kubelet = usable(config, Need::Answer) ? config->out : std::string();
    if (conf) {
        for (std::size_t i = 0; i < conf->nameservers.size(); ++i) {
            const std::string& server = conf->nameservers[i];
            const bool loop = server.starts_with("127.") || server == "::1";
            const auto& all = processes(snapshot, node);
            const parse::Process* const process = all ? parse::findProgram(*all, "kubelet") : nullptr;
            const bool elsewhere = contains(kubelet, "resolvConf: /run/systemd/resolve/resolv.conf")
                || (process != nullptr && process->argument("resolv-conf").value_or("") == "/run/systemd/resolve/resolv.conf");
            // Without CoreDNS here, and without knowing the kubelet's setting, a stub resolver is no fault.
            if (loop && !elsewhere && service != nullptr && !kubelet.empty())
                sink.node("dns.stub-resolver", Verdict::Warning, Confidence::Likely, node, {{"server", server}},
                          {conf.at({conf->nameserverLines[i]}), {config, {}, false}});
        }
        if (conf->nameservers.size() > 3)
            sink.node("dns.too-many-nameservers", Verdict::Warning, Confidence::Confirmed, node, {{"count", std::to_string(conf->nameservers.size())}},
                      {conf.at(conf->nameserverLines)});
    }
    // kubelet's clusterDNS is what Pods get: it must be the Service's address, or NodeLocal's.
    if (service == nullptr || kubelet.empty())
        return;
    bool inside = false;
    for (const parse::Line& line : parse::lines(kubelet)) {
        const std::string_view text = parse::trim(line.text);
        std::string_view value;
        if (text.starts_with("clusterDNS:")) {
            inside = true;
            value = parse::trim(text.substr(11));
            if (value.starts_with('['))
                value = parse::before(value.substr(1), "]");
        } else if (inside && text.starts_with("- ")) {
            value = parse::trim(text.substr(2));
        } else {
            inside = false;
        }
        if (value.starts_with('"') && value.size() > 1)
            value = value.substr(1, value.size() - 2);
        const std::string first(parse::trim(parse::before(value, ",")));
        if (first.empty() || first.starts_with("169.254."))
            continue;
        if (std::find(service->clusterIps.begin(), service->clusterIps.end(), first) == service->clusterIps.end())
            sink.node("dns.cluster-dns-differs", Verdict::Failure, Confidence::Likely, node, {{"configured", first}, {"service", join(service->clusterIps)}, {"address", service->clusterIps.empty() ? std::string() : service->clusterIps.front()}},
                      {{config, {line.number}, false}});
        inside = false;
    }
}

} // namespace

void runDns(const CheckInput& input, Findings& findings)
{
    Sink sink("dns", input, findings);
    sink.needs({}, kubeServices(input.snapshot));
    sink.needs({}, kubePods(input.snapshot));
    const kube::Service* const service = dnsService(input.snapshot);
    if (service != nullptr)
        checkServers(sink, *service);
    checkCorefile(sink, service);
    checkHostNetworkPods(sink);
    for (const std::string& node : sink.nodes()) {
        checkDnsMatrix(sink, node);
        checkDnsMetrics(sink, node);
        checkNodeResolver(sink, node, service);
        checkBridgeNetfilter(sink, node);
        scanLogs(sink, node, {Signature::Family::CoreDns});
    }
    const auto& events = kubeEvents(input.snapshot);
    if (events)
        for (const kube::Event& event : *events)
            if (event.reason == "DNSConfigForming" && event.type == "Warning")
                sink.add("dns.limits-exceeded", Verdict::Warning, Confidence::Confirmed, {SubjectKind::Pod, event.objectNameSpace, event.objectName, {}},
                         {{"pod", event.objectNameSpace + '/' + event.objectName}, {"message", event.message}},
                         {events.at({lineOf(events.observation, "DNSConfigForming")})});
}

} // namespace medic::checks
