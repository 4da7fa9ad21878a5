// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/hostport.h"

#include "diagnostics/checks/components.h"
#include "diagnostics/checks/version_rules.h"
#include "diagnostics/parse/certificates.h"
#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <set>

namespace medic::checks {

using parse::contains;

namespace {

/// Who makes hostPorts work on this node; empty: nobody found who would.
std::string implementer(const Snapshot& snapshot, const HostPortView& view, const parse::CniConfig* config)
{
    if (config != nullptr) {
        for (const parse::CniPlugin& plugin : config->plugins)
            if (plugin.type == "cilium-cni")
                return "cilium"; // eBPF: no rule to look for
        if (const parse::CniPlugin* const portmap = config->plugin("portmap"); portmap != nullptr && portmap->portMappings)
            return portmap->backend == "nftables" ? "portmap-nftables" : "portmap";
    }
    if (runtimeState(snapshot, view.node).kind == "cri-o")
        return "cri";
    const auto& all = processes(snapshot, view.node);
    const parse::Process* const kubelet = all ? parse::findProgram(*all, "kubelet") : nullptr;
    if (kubelet != nullptr && kubelet->argument("network-plugin").value_or("") == "kubenet")
        return "cri";
    return {};
}

bool sameAddress(const PodHostPort& wanted, const HostPortRule& rule)
{
    return rule.port == wanted.port && rule.protocol == wanted.protocol && (wanted.hostIp.empty() || rule.hostIp.empty() || rule.hostIp == wanted.hostIp);
}

bool isPodsAddress(const kube::Pod& pod, const std::string& address)
{
    return pod.podIp == address || std::find(pod.podIps.begin(), pod.podIps.end(), address) != pod.podIps.end();
}

Parameters podParameters(const HostPortView& view, const PodHostPort& wanted)
{
    return {{"node", view.node},
            {"pod", wanted.pod->meta.nameSpace + '/' + wanted.pod->meta.name},
            {"port", std::to_string(wanted.port)},
            {"protocol", wanted.protocol}};
}

/// One Pod may have several hostPorts: the port is part of who the finding is about.
Subject portSubject(const HostPortView& view, const PodHostPort& wanted, bool several)
{
    Subject subject = podSubject(*wanted.pod);
    subject.node = view.node;
    if (several)
        subject.name += ":" + std::to_string(wanted.port) + '/' + wanted.protocol;
    return subject;
}

/// A forwarded packet of a hostPort is neither marked nor established: with a policy of DROP somebody must accept it.
void checkForwardPolicy(Sink& sink, const HostPortView& view)
{
    const bool any = std::any_of(view.backends.begin(), view.backends.end(), [](const BackendRules& one) { return !one.hostPorts.empty(); });
    if (!any)
        return;
    for (const BackendRules& backend : view.backends) {
        const ChainLines* const forward = backend.dump.chain("filter", "FORWARD");
        if (forward == nullptr || forward->policy != "DROP")
            continue;
        const bool accepted = std::any_of(forward->rules.begin(), forward->rules.end(), [](const RuleLine& rule) {
            const auto parts = ruleWords(rule.text);
            const std::string target = targetOf(parts);
            const bool plainAccept = target == "ACCEPT" && !contains(rule.text, "RELATED,ESTABLISHED") && !contains(rule.text, "docker0");
            return plainAccept || target == "CNI-FORWARD" || target == "FLANNEL-FWD" || target.starts_with("cali-") || target.starts_with("KUBE-ROUTER")
                || target.starts_with("CILIUM") || target == "WEAVE-NPC";
        });
        if (!accepted)
            sink.node("hostport.forward-policy-drop", Verdict::Warning, Confidence::Possible, view.node, {{"backend", backend.backend}},
                      {{backend.observation, {forward->line}, false}});
    }
}

void checkSplitBackends(Sink& sink, const HostPortView& view)
{
    const BackendRules* ports = nullptr;
    const BackendRules* services = nullptr;
    for (const BackendRules& backend : view.backends) {
        if (!backend.hostPorts.empty())
            ports = &backend;
        if (backend.hasServices)
            services = &backend;
    }
    const bool together = std::any_of(view.backends.begin(), view.backends.end(),
                                      [](const BackendRules& one) { return one.hasServices && !one.hostPorts.empty(); });
    if (ports == nullptr || services == nullptr || together)
        return;
    sink.node("hostport.split-backends", Verdict::Warning, Confidence::Likely, view.node, {{"hostports", ports->backend}, {"services", services->backend}},
              {{ports->observation, {ports->hostPorts.front().line}, false}, {services->observation, {}, false}});
}

void checkVersions(Sink& sink, const HostPortView& view)
{
    const PluginFact portmap = cniPlugin(sink.snapshot(), view.node, "portmap");
    if (!portmap.version)
        return; // 0.7.x and distributors' builds print none: the order of the chains is what counts
    if (applies("portmap-prepends", portmap.version) == Applies::Yes && view.mode == "ipvs")
        sink.node("hostport.old-portmap", Verdict::Warning, Confidence::Likely, view.node,
                  {{"version", portmap.version->text()}, {"cve", "CVE-2019-9946"}, {"fixed", "0.7.5"}}, portmap.evidence);
    if (applies("portmap-nftables-any-address", portmap.version) != Applies::Yes)
        return;
    const auto& configs = cniConfigs(sink.snapshot(), view.node);
    const parse::CniConfig* const config = configs ? parse::inUse(*configs) : nullptr;
    const parse::CniPlugin* const plugin = config == nullptr ? nullptr : config->plugin("portmap");
    if (plugin != nullptr && plugin->backend == "nftables" && view.nft.localOnly)
        sink.node("hostport.old-portmap", Verdict::Warning, Confidence::Likely, view.node,
                  {{"version", portmap.version->text()}, {"cve", "CVE-2025-67499"}, {"fixed", "1.9.0"}}, portmap.evidence);
}

} // namespace

void checkUnreachableHostPorts(Sink& sink, const HostPortView& view)
{
    const Snapshot& snapshot = sink.snapshot();
    checkVersions(sink, view);
    checkSplitBackends(sink, view);
    checkForwardPolicy(sink, view);

    std::vector<std::pair<const HostPortRule*, Evidence>> rules;
    for (const BackendRules& backend : view.backends)
        for (const HostPortRule& rule : backend.hostPorts)
            rules.emplace_back(&rule, Evidence {backend.observation, {rule.line}, false});
    for (const HostPortRule& rule : view.nft.ports)
        rules.emplace_back(&rule, Evidence {view.nftObservation, {}, false});

    const auto& pods = kubePods(snapshot);
    const auto& configs = cniConfigs(snapshot, view.node);
    const parse::CniConfig* const config = configs ? parse::inUse(*configs) : nullptr;
    const std::string by = implementer(snapshot, view, config);
    std::map<const kube::Pod*, int> perPod;
    for (const PodHostPort& wanted : view.pods)
        ++perPod[wanted.pod];
    if (!view.backends.empty() && !view.pods.empty() && !ofOneMoment(view.backends.front().observation, pods.observation)) {
        sink.lacking(view.node, "the rules and the Pods were collected at different times", pods.observation);
        return;
    }

    for (const PodHostPort& wanted : view.pods) {
        if (wanted.pod->phase != "Running" || by == "cilium" || !view.rulesKnown)
            continue;
        const bool several = perPod[wanted.pod] > 1;
        const Evidence pod = pods.at({lineOf(pods.observation, '"' + wanted.pod->meta.name + '"')});
        // First match decides: rules of the same port in the order of the dump.
        const HostPortRule* first = nullptr;
        Evidence firstEvidence;
        bool right = false;
        for (const auto& [rule, evidence] : rules) {
            if (!sameAddress(wanted, *rule))
                continue;
            if (first == nullptr) {
                first = rule;
                firstEvidence = evidence;
            }
            right = right || isPodsAddress(*wanted.pod, rule->target);
        }
        Parameters parameters = podParameters(view, wanted);
        if (first == nullptr) {
            if (by.empty() && !configs) {
                sink.needs(view.node, configs);
                continue;
            }
            if (by.empty()) {
                parameters.emplace("config", config == nullptr ? "–" : config->file.empty() ? config->name : config->file);
                sink.add("hostport.no-portmap", Verdict::Failure, Confidence::Likely, portSubject(view, wanted, several), std::move(parameters),
                         {configs.at({config == nullptr ? 0 : config->line}), pod});
                continue;
            }
            std::vector<Evidence> evidence {pod};
            for (const BackendRules& backend : view.backends)
                evidence.push_back({backend.observation, {}, false});
            std::string suspect;
            const auto& services = units(snapshot, view.node);
            for (const char* const name : {"firewalld", "ufw", "iptables", "nftables"})
                if (const parse::Unit* const unit = services ? parse::findUnit(*services, name) : nullptr; unit != nullptr && unit->active()) {
                    suspect = unit->id + (unit->activeEnter.empty() ? std::string() : " (" + unit->activeEnter + ")");
                    evidence.push_back(services.at({unit->line}));
                }
            parameters.emplace("suspect", suspect.empty() ? "–" : suspect);
            sink.add("hostport.rules-missing", Verdict::Failure, Confidence::Likely, portSubject(view, wanted, several), std::move(parameters), std::move(evidence));
            continue;
        }
        if (!isPodsAddress(*wanted.pod, first->target) && !wanted.pod->podIp.empty()) {
            parameters.emplace("target", first->target);
            parameters.emplace("address", wanted.pod->podIp);
            sink.add("hostport.stale-target", Verdict::Failure, right ? Confidence::Confirmed : Confidence::Likely, portSubject(view, wanted, several),
                     std::move(parameters), {firstEvidence, pod});
        }
    }

    // The scheduler refuses two Pods with one hostPort; static Pods and hand-set nodeNames pass it by.
    for (std::size_t i = 0; i < view.pods.size(); ++i)
        for (std::size_t k = i + 1; k < view.pods.size(); ++k) {
            const PodHostPort &a = view.pods[i], &b = view.pods[k];
            if (a.pod == b.pod || a.port != b.port || a.protocol != b.protocol || (!a.hostIp.empty() && !b.hostIp.empty() && a.hostIp != b.hostIp))
                continue;
            Parameters parameters = podParameters(view, a);
            parameters.emplace("other", b.pod->meta.nameSpace + '/' + b.pod->meta.name);
            sink.add("hostport.duplicate", Verdict::Failure, Confidence::Confirmed, portSubject(view, a, perPod[a.pod] > 1), std::move(parameters),
                     {pods.at({lineOf(pods.observation, '"' + a.pod->meta.name + '"'), lineOf(pods.observation, '"' + b.pod->meta.name + '"')})});
        }
}

} // namespace medic::checks
