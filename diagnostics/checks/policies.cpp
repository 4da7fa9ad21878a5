// SPDX-License-Identifier: GPL-3.0-or-later
// P21: NetworkPolicies that cut Pods off from DNS or from each other, and policies that nobody enforces.
#include "diagnostics/checks/components.h"
#include "diagnostics/checks/families.h"
#include "diagnostics/checks/sink.h"
#include "diagnostics/parse/lines.h"
#include "diagnostics/parse/network_policies.h"

#include <algorithm>
#include <set>

namespace medic::checks {

namespace {

using Policies = std::vector<kube::NetworkPolicy>;
using Namespaces = std::map<std::string, kube::Labels>;

struct Field {
    const Policies& policies;
    Namespaces namespaces;
    bool namespacesKnown = false;
    std::vector<const kube::Pod*> dnsPods;
    const Fact<Policies>& fact;
};

bool live(const kube::Pod& pod)
{
    return pod.phase != "Succeeded" && pod.phase != "Failed" && pod.meta.deletion.empty() && !pod.hostNetwork;
}

bool isDns(const kube::Pod& pod)
{
    const auto label = pod.meta.labels.find("k8s-app");
    const bool labelled
        = label != pod.meta.labels.end() && (label->second == "kube-dns" || label->second == "coredns");
    return (pod.meta.nameSpace == "kube-system" && (labelled || pod.meta.name.starts_with("coredns")))
        || pod.meta.nameSpace == "openshift-dns";
}

kube::Labels labelsOf(const Field& field, const std::string& nameSpace)
{
    const auto found = field.namespaces.find(nameSpace);
    return found == field.namespaces.end() ? kube::Labels {} : found->second;
}

/// Whether a peer may be that Pod. An ipBlock is given the benefit of the doubt: it may hold the Pod's or the
/// VIP's address.
bool meets(
    const Field& field, const kube::NetworkPolicy& policy, const kube::PolicyPeer& peer, const kube::Pod& pod)
{
    if (!peer.cidr.empty())
        return true;
    if (!peer.namespaces && pod.meta.nameSpace != policy.meta.nameSpace)
        return false;
    if (peer.namespaces && !field.namespacesKnown)
        return true;
    if (peer.namespaces && !peer.namespaces->matches(labelsOf(field, pod.meta.nameSpace)))
        return false;
    return !peer.pods || peer.pods->matches(pod.meta.labels);
}

bool meetsAny(const Field& field, const kube::NetworkPolicy& policy, const kube::PolicyRule& rule,
    const std::vector<const kube::Pod*>& pods)
{
    if (rule.peers.empty() || pods.empty())
        return true;
    return std::any_of(rule.peers.begin(), rule.peers.end(), [&](const kube::PolicyPeer& peer) {
        return std::any_of(
            pods.begin(), pods.end(), [&](const kube::Pod* pod) { return meets(field, policy, peer, *pod); });
    });
}

std::vector<const kube::NetworkPolicy*> selecting(const Field& field, const kube::Pod& pod, bool egress)
{
    std::vector<const kube::NetworkPolicy*> result;
    for (const kube::NetworkPolicy& policy : field.policies)
        if (policy.meta.nameSpace == pod.meta.nameSpace && (egress ? policy.egress : policy.ingress)
            && policy.pods.matches(pod.meta.labels))
            result.push_back(&policy);
    return result;
}

std::string names(const std::vector<const kube::NetworkPolicy*>& policies)
{
    std::vector<std::string> result;
    for (const kube::NetworkPolicy* const one : policies)
        result.push_back(one->meta.nameSpace + '/' + one->meta.name);
    return join(result);
}

Evidence evidenceOf(const Field& field, const kube::NetworkPolicy& policy)
{
    return field.fact.at({ lineOf(field.fact.observation, '"' + policy.meta.name + '"') });
}

/// Egress without port 53: of all Pods that the same policies select, one finding.
void checkDnsEgress(Sink& sink, const Field& field, const std::vector<kube::Pod>& pods)
{
    struct Group {
        std::vector<const kube::NetworkPolicy*> policies;
        std::vector<std::string> pods;
        bool udp = false;
    };
    std::map<std::string, Group> groups;
    for (const kube::Pod& pod : pods) {
        if (!live(pod) || isDns(pod) || pod.dnsPolicy == "Default" || pod.dnsPolicy == "None")
            continue;
        const auto policies = selecting(field, pod, true);
        if (policies.empty())
            continue;
        const auto allowed = [&](const char* protocol) {
            return std::any_of(policies.begin(), policies.end(), [&](const kube::NetworkPolicy* policy) {
                return std::any_of(policy->egressRules.begin(), policy->egressRules.end(),
                    [&](const kube::PolicyRule& rule) {
                        return rule.allowsPort(protocol, 53) && meetsAny(field, *policy, rule, field.dnsPods);
                    });
            });
        };
        const bool udp = allowed("UDP"), tcp = allowed("TCP");
        if (udp && tcp)
            continue;
        Group& group = groups[names(policies) + (udp ? "+" : "-")];
        group.policies = policies;
        group.udp = udp;
        group.pods.push_back(pod.meta.nameSpace + '/' + pod.meta.name);
    }
    for (const auto& [key, group] : groups) {
        const kube::NetworkPolicy& first = *group.policies.front();
        sink.add(group.udp ? "policy.no-dns-over-tcp" : "policy.no-dns",
            group.udp ? Verdict::Warning : Verdict::Failure,
            group.udp ? Confidence::Possible : Confidence::Likely,
            { SubjectKind::Component, first.meta.nameSpace, "NetworkPolicy " + first.meta.name, {} },
            { { "policies", names(group.policies) }, { "pods", join(group.pods) },
                { "count", std::to_string(group.pods.size()) } },
            { evidenceOf(field, first) });
    }
}

/// The DNS Pods themselves behind a policy that lets nobody in at 53.
void checkDnsIngress(Sink& sink, const Field& field)
{
    for (const kube::Pod* const pod : field.dnsPods) {
        const auto policies = selecting(field, *pod, false);
        const bool open = policies.empty()
            || std::any_of(policies.begin(), policies.end(), [](const kube::NetworkPolicy* policy) {
                   return std::any_of(policy->ingressRules.begin(), policy->ingressRules.end(),
                       [](const kube::PolicyRule& rule) { return rule.allowsPort("UDP", 53); });
               });
        if (open)
            continue;
        const kube::NetworkPolicy& first = *policies.front();
        sink.add("policy.dns-isolated", Verdict::Failure, Confidence::Likely,
            { SubjectKind::Component, first.meta.nameSpace, "NetworkPolicy " + first.meta.name, {} },
            { { "policies", names(policies) }, { "pod", pod->meta.nameSpace + '/' + pod->meta.name } },
            { evidenceOf(field, first) });
        return;
    }
}

/// Services whose every ready Pod is isolated, and no rule opens the port that the Service leads to.
void checkServices(Sink& sink, const Field& field, const std::vector<kube::Pod>& pods)
{
    const auto& services = kubeServices(sink.snapshot());
    const auto& slices = kubeEndpoints(sink.snapshot());
    if (!services || !slices)
        return;
    for (const kube::EndpointSlice& slice : *slices) {
        for (const kube::EndpointPort& port : slice.ports) {
            std::vector<const kube::NetworkPolicy*> closed;
            std::size_t ready = 0, shut = 0;
            for (const kube::Endpoint& endpoint : slice.endpoints) {
                const auto pod = std::find_if(pods.begin(), pods.end(), [&](const kube::Pod& one) {
                    return live(one) && !endpoint.addresses.empty()
                        && one.podIp == endpoint.addresses.front();
                });
                if (!endpoint.ready || pod == pods.end())
                    continue;
                ++ready;
                const auto policies = selecting(field, *pod, false);
                const std::string protocol = port.protocol.empty() ? "TCP" : port.protocol;
                const bool open = policies.empty()
                    || std::any_of(policies.begin(), policies.end(), [&](const kube::NetworkPolicy* policy) {
                           return std::any_of(policy->ingressRules.begin(), policy->ingressRules.end(),
                               [&](const kube::PolicyRule& rule) {
                                   const bool byName = std::any_of(
                                       rule.ports.begin(), rule.ports.end(), [](const kube::PolicyPort& one) {
                                           return !one.port.empty() && !parse::number<int>(one.port);
                                       });
                                   return byName || rule.allowsPort(protocol, port.port);
                               });
                       });
                if (open)
                    continue;
                ++shut;
                closed = policies;
            }
            if (ready == 0 || shut < ready)
                continue;
            const std::string service = slice.meta.nameSpace + '/' + slice.service;
            sink.add("policy.service-closed", Verdict::Failure, Confidence::Likely,
                { SubjectKind::Service, slice.meta.nameSpace, slice.service, {} },
                { { "service", service }, { "port", std::to_string(port.port) },
                    { "policies", names(closed) } },
                { evidenceOf(field, *closed.front()) });
        }
    }
}

/// Only plugins that do not know policies, and no agent that would enforce them.
bool enforced(const Snapshot& snapshot, const std::string& node, Evidence& evidence, bool& known)
{
    static const std::set<std::string, std::less<>> plain { "bridge", "flannel", "portmap", "bandwidth",
        "loopback", "tuning", "ptp", "macvlan", "ipvlan", "host-device", "firewall", "sbr", "dhcp", "static",
        "host-local", "vlan" };
    const auto& configs = cniConfigs(snapshot, node);
    const parse::CniConfig* const config = configs ? parse::inUse(*configs) : nullptr;
    const auto& all = processes(snapshot, node);
    known = config != nullptr && all && !all->empty();
    if (!known)
        return true;
    evidence = configs.at({ config->line });
    for (const parse::CniPlugin& plugin : config->plugins)
        if (!plain.contains(plugin.type))
            return true;
    // calico-node's felix beside flannel (canal), kube-router, k3s's built-in controller, and others of that
    // kind.
    for (const char* const agent :
        { "calico-node", "felix", "cilium-agent", "kube-router", "weave-npc", "antrea-agent", "ovnkube",
            "k3s", "k3s-server", "k3s-agent", "kube-network-policies", "romana_agent" })
        if (parse::findProgram(*all, agent) != nullptr)
            return true;
    return std::any_of(all->begin(), all->end(), [](const parse::Process& one) {
        return parse::contains(one.command, "network-policy") || parse::contains(one.command, "calico");
    });
}

void checkEnforcement(Sink& sink, const Field& field)
{
    for (const std::string& node : sink.nodes()) {
        Evidence evidence;
        bool known = false;
        if (enforced(sink.snapshot(), node, evidence, known) || !known)
            continue;
        sink.node("policy.not-enforced", Verdict::Warning, Confidence::Likely, node,
            { { "count", std::to_string(field.policies.size()) } },
            { evidence, field.fact.at(), processes(sink.snapshot(), node).at() });
    }
}

} // namespace

void runPolicies(const CheckInput& input, Findings& findings)
{
    Sink sink("policies", input, findings);
    const Snapshot& snapshot = input.snapshot;
    const auto& policies = fact<Policies>(snapshot, "", probe::apiNetworkPolicies, Need::Success,
        [](std::string_view text) { return kube::parseNetworkPolicies(text, "networkpolicies"); });
    const auto& pods = kubePods(snapshot);
    sink.needs({}, policies);
    sink.needs({}, pods);
    if (!policies || policies->empty())
        return;
    const auto& namespaces = fact<Namespaces>(snapshot, "", probe::apiNamespaces, Need::Success,
        [](std::string_view text) { return kube::parseNamespaceLabels(text, "namespaces"); });
    Field field { *policies, namespaces ? *namespaces : Namespaces {}, bool(namespaces), {}, policies };
    checkEnforcement(sink, field);
    if (!pods)
        return;
    for (const kube::Pod& pod : *pods)
        if (live(pod) && isDns(pod))
            field.dnsPods.push_back(&pod);
    checkDnsEgress(sink, field, *pods);
    checkDnsIngress(sink, field);
    checkServices(sink, field, *pods);
}

} // namespace medic::checks
