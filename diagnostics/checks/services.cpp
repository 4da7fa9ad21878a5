// SPDX-License-Identifier: GPL-3.0-or-later
// P21, P22: Services that lead nowhere by their own definition.
#include "diagnostics/checks/families.h"

#include "diagnostics/checks/sink.h"
#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <set>

namespace medic::checks {

namespace {

bool selects(const kube::Labels& selector, const kube::Labels& labels)
{
    return std::all_of(selector.begin(), selector.end(), [&](const auto& want) {
        const auto found = labels.find(want.first);
        return found != labels.end() && found->second == want.second;
    });
}

/// targetPort against what the selected Pods declare. Declaring is optional: a number that nobody declares is suspicious
/// only when the Pods declare others and none of the Service's ports meets one; a name that nobody declares leads nowhere.
void checkTargets(Sink& sink, const kube::Service& service, const std::vector<kube::Pod>& pods, const Evidence& evidence)
{
    if (service.selector.empty() || service.ports.empty())
        return;
    std::set<std::string> declared;
    bool selected = false;
    for (const kube::Pod& pod : pods)
        if (pod.meta.nameSpace == service.meta.nameSpace && selects(service.selector, pod.meta.labels) && pod.phase != "Succeeded" && pod.phase != "Failed") {
            selected = true;
            for (const kube::Container& container : pod.containers)
                for (const kube::ContainerPort& port : container.ports) {
                    declared.insert(std::to_string(port.containerPort));
                    if (!port.name.empty())
                        declared.insert(port.name);
                }
        }
    if (!selected)
        return;
    const std::string name = service.meta.nameSpace + '/' + service.meta.name;
    const Subject subject {SubjectKind::Service, service.meta.nameSpace, service.meta.name, {}};
    bool meets = declared.empty();
    std::vector<std::string> targets;
    for (const kube::ServicePort& port : service.ports) {
        const std::string target = port.targetPort.empty() || port.targetPort == "0" ? std::to_string(port.port) : port.targetPort;
        targets.push_back(target);
        meets = meets || declared.contains(target);
        if (!parse::number<int>(target) && !declared.contains(target)) {
            sink.add("services.target-name-unknown", Verdict::Failure, Confidence::Confirmed, subject, {{"service", name}, {"target", target}}, {evidence});
            return;
        }
    }
    if (!meets)
        sink.add("services.target-port-differs", Verdict::Warning, Confidence::Possible, subject, {{"service", name}, {"targets", join(targets)}, {"declared", join({declared.begin(), declared.end()})}}, {evidence});
}

} // namespace

void runServices(const CheckInput& input, Findings& findings)
{
    Sink sink("services", input, findings);
    const auto& services = kubeServices(input.snapshot);
    const auto& slices = kubeEndpoints(input.snapshot);
    const auto& pods = kubePods(input.snapshot);
    sink.needs({}, services);
    sink.needs({}, slices);
    sink.needs({}, pods);
    if (!services || !slices)
        return;
    for (const kube::Service& service : *services) {
        if (service.type == "ExternalName" || service.headless)
            continue;
        const std::string name = service.meta.nameSpace + '/' + service.meta.name;
        const Subject subject {SubjectKind::Service, service.meta.nameSpace, service.meta.name, {}};
        const Evidence evidence = services.at({lineOf(services.observation, '"' + service.meta.name + '"')});
        bool any = false, ready = false;
        std::set<std::string> nodes;
        for (const kube::EndpointSlice& slice : *slices)
            if (slice.meta.nameSpace == service.meta.nameSpace && slice.service == service.meta.name)
                for (const kube::Endpoint& endpoint : slice.endpoints) {
                    any = any || !endpoint.addresses.empty();
                    if (endpoint.ready && !endpoint.addresses.empty()) {
                        ready = true;
                        nodes.insert(endpoint.node);
                    }
                }
        if (!any && !service.selector.empty() && pods) {
            std::size_t matching = 0;
            for (const kube::Pod& pod : *pods)
                if (pod.meta.nameSpace == service.meta.nameSpace && selects(service.selector, pod.meta.labels) && pod.phase != "Succeeded" && pod.phase != "Failed")
                    ++matching;
            std::string selector;
            for (const auto& [key, value] : service.selector)
                selector += (selector.empty() ? "" : ",") + key + '=' + value;
            if (matching == 0)
                sink.add("services.selects-nothing", Verdict::Warning, Confidence::Confirmed, subject, {{"service", name}, {"selector", selector}}, {evidence, slices.at()});
        } else if (any && !ready) {
            sink.add("services.no-ready-endpoints", Verdict::Failure, Confidence::Confirmed, subject, {{"service", name}}, {slices.at({lineOf(slices.observation, '"' + service.meta.name + '"')}), evidence});
        }
        if (pods)
            checkTargets(sink, service, *pods, evidence);
        const auto& all = kubeNodes(input.snapshot);
        if (ready && all && service.externalTrafficPolicy == "Local" && (service.type == "NodePort") && nodes.size() < all->size())
            sink.add("services.local-policy", Verdict::Ok, Confidence::Confirmed, subject,
                     {{"service", name}, {"with", std::to_string(nodes.size())}, {"nodes", std::to_string(all->size())}}, {evidence});
        // "<pending>" for a quarter of an hour: nobody here makes load balancers.
        if (service.type == "LoadBalancer" && service.loadBalancerIps.empty() && service.externalIps.empty())
            sink.add("services.no-load-balancer", Verdict::Warning, Confidence::Possible, subject, {{"service", name}}, {evidence});
    }
}

} // namespace medic::checks
