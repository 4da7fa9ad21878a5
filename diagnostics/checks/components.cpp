// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/components.h"

#include "diagnostics/checks/rule_lines.h"
#include "diagnostics/parse/host.h"
#include "diagnostics/parse/lines.h"
#include "diagnostics/parse/runtime.h"

#include <algorithm>
#include <array>

namespace medic::checks {

using parse::contains;

namespace {

constexpr std::array embedding {"k3s", "rke2", "kubelite", "k3s-server", "k3s-agent"};

const parse::Process* program(const Snapshot& snapshot, const std::string& node, std::string_view name)
{
    const auto& all = processes(snapshot, node);
    return all ? parse::findProgram(*all, name) : nullptr;
}

/// hyperkube runs each component under one name: "hyperkube kubelet …".
const parse::Process* componentProcess(const Snapshot& snapshot, const std::string& node, std::string_view name)
{
    if (const parse::Process* const found = program(snapshot, node, name))
        return found;
    const auto& all = processes(snapshot, node);
    if (!all)
        return nullptr;
    const auto hyper = std::find_if(all->begin(), all->end(), [&](const parse::Process& one) {
        const auto parts = parse::words(one.command);
        return one.program() == "hyperkube" && parts.size() > 1 && (parts[1] == name || "--" + std::string(name) == parts[1]);
    });
    return hyper == all->end() ? nullptr : &*hyper;
}

const parse::Process* embedder(const Snapshot& snapshot, const std::string& node)
{
    for (const char* const name : embedding)
        if (const parse::Process* const found = program(snapshot, node, name))
            return found;
    return nullptr;
}

const parse::Unit* unit(const Snapshot& snapshot, const std::string& node, std::string_view name)
{
    const auto& all = units(snapshot, node);
    return all ? parse::findUnit(*all, name) : nullptr;
}

ComponentState fromProcess(const Snapshot& snapshot, const std::string& node, const parse::Process& process)
{
    ComponentState state;
    state.running = process.stopped() ? Running::Stopped : Running::Yes;
    state.how = "process " + std::to_string(process.pid) + " (" + process.state + ")";
    state.uptime = process.elapsed;
    state.evidence.push_back(processes(snapshot, node).at({process.line}));
    return state;
}

/// What systemd and ps know; Unknown when neither could be asked.
ComponentState byUnitAndProcess(const Snapshot& snapshot, const std::string& node, std::string_view name)
{
    const parse::Process* const process = componentProcess(snapshot, node, name);
    const parse::Unit* const service = unit(snapshot, node, name);
    ComponentState state;
    if (process != nullptr)
        state = fromProcess(snapshot, node, *process);
    if (service != nullptr) {
        state.restarts = static_cast<int>(std::min<std::uint64_t>(service->restarts, 1'000'000));
        state.evidence.push_back(units(snapshot, node).at({service->line}));
        if (process == nullptr) {
            state.running = service->active() ? Running::Yes : Running::No;
            state.how = "unit " + service->id + ": " + service->activeState
                + (service->result.empty() || service->result == "success" ? std::string() : " (" + service->result + ")");
        }
    }
    return state;
}

bool podExists(const Snapshot& snapshot, const std::string& node, std::string_view part)
{
    const auto& pods = kubePods(snapshot);
    return pods && std::any_of(pods->begin(), pods->end(), [&](const kube::Pod& pod) {
        return (node.empty() || pod.node == node) && pod.meta.nameSpace == "kube-system" && contains(pod.meta.name, part);
    });
}

/// Cilium, OVN-Kubernetes, kube-router: their marks on the node or in the cluster.
std::string proxyReplacement(const Snapshot& snapshot, const std::string& node, std::vector<Evidence>& evidence)
{
    const auto& configs = kubeConfigMaps(snapshot);
    if (configs)
        for (const kube::ConfigMap& map : *configs) {
            const auto found = map.data.find("kube-proxy-replacement");
            if (map.meta.name == "cilium-config" && found != map.data.end() && (found->second == "true" || found->second == "strict")) {
                evidence.push_back(configs.at());
                return "Cilium";
            }
        }
    for (const auto& [name, mark] : {std::pair {"Cilium", "cilium-agent"}, {"OVN-Kubernetes", "ovnkube"}, {"kube-router", "kube-router"}})
        if (const parse::Process* const process = program(snapshot, node, mark)) {
            const bool alone = std::string_view(mark) != "kube-router" || contains(process->command, "--run-service-proxy=true");
            // Cilium beside kube-proxy is usual: only its own flag, or the absence of kube-proxy's rules, says that it took over.
            const bool cilium = std::string_view(mark) == "cilium-agent";
            if (alone && !(cilium && contains(process->command, "kube-proxy-replacement=disabled"))) {
                evidence.push_back(processes(snapshot, node).at({process->line}));
                return name;
            }
        }
    return {};
}

bool leadsToServiceChains(std::string_view dump)
{
    constexpr std::string_view rule = "-A KUBE-SERVICES ";
    for (std::size_t at = dump.find(rule); at != std::string_view::npos; at = dump.find(rule, at + 1))
        if (contains(dump.substr(at, dump.find('\n', at) - at), "-j KUBE-SVC-"))
            return true;
    return false;
}

bool hasServiceRules(const Snapshot& snapshot, const std::string& node)
{
    for (const std::string_view name : {probe::iptablesSave, probe::iptablesLegacySave, probe::iptablesNftSave}) {
        const ObservationPtr dump = snapshot.find(node, name);
        if (usable(dump, Need::Answer) && contains(dump->out, ":KUBE-SERVICES"))
            return true;
    }
    const ObservationPtr nft = snapshot.find(node, probe::nftRuleset);
    return usable(nft, Need::Answer) && contains(nft->out, "\"kube-proxy\"");
}

} // namespace

ComponentState kubeletState(const Snapshot& snapshot, const std::string& node)
{
    ComponentState state = byUnitAndProcess(snapshot, node, "kubelet");
    if (state.running == Running::Yes || state.running == Running::Stopped)
        return state;
    if (const parse::Process* const process = embedder(snapshot, node)) {
        ComponentState inside = fromProcess(snapshot, node, *process);
        if (inside.running == Running::Yes)
            inside.running = Running::Embedded;
        return inside;
    }
    if (state.running == Running::No)
        return state;
    const auto& all = processes(snapshot, node);
    const ObservationPtr config = snapshot.find(node, probe::kubeletConfig);
    const bool expected = kubeNode(snapshot, node) != nullptr || usable(config, Need::Success);
    if (all && !all.observation->truncated && expected) { // who is not in half a list may be in the other half
        state.running = Running::No;
        state.how = "no kubelet process";
        state.evidence.push_back(all.at());
    }
    return state;
}

ComponentState kubeProxyState(const Snapshot& snapshot, const std::string& node)
{
    ComponentState state = byUnitAndProcess(snapshot, node, "kube-proxy");
    if (state.running == Running::Yes || state.running == Running::Stopped)
        return state;
    const auto& answer = health(snapshot, node, probe::kubeProxyHealthz);
    if (answer && answer->status != 0) {
        state.running = Running::Yes;
        state.how = ":10256 answers " + std::to_string(answer->status);
        state.evidence.push_back(answer.at({answer->statusLine}));
        return state;
    }
    if (embedder(snapshot, node) != nullptr) {
        state.running = Running::Embedded;
        state.how = "inside k3s, RKE2 or MicroK8s";
        state.evidence.push_back(processes(snapshot, node).at());
        return state;
    }
    std::vector<Evidence> marks;
    if (const std::string other = proxyReplacement(snapshot, node, marks); !other.empty()) {
        state.running = Running::Replaced;
        state.how = other;
        state.evidence = marks;
        return state;
    }
    if (state.running == Running::No)
        return state;
    // Not running is a finding only where something says that it belongs here.
    const auto& all = processes(snapshot, node);
    const bool expected = hasServiceRules(snapshot, node) || podExists(snapshot, {}, "kube-proxy");
    if (all && !all.observation->truncated && expected) { // who is not in half a list may be in the other half
        state.running = Running::No;
        state.how = "no kube-proxy process, nothing answers on 10256";
        state.evidence.push_back(all.at());
        if (answer)
            state.evidence.push_back(answer.at({answer->statusLine}));
    }
    return state;
}

ProxyMode proxyMode(const Snapshot& snapshot, const std::string& node)
{
    ProxyMode result;
    const ObservationPtr said = snapshot.find(node, probe::kubeProxyMode);
    if (usable(said, Need::Success)) {
        const std::string mode(parse::trim(said->out));
        if (mode == "iptables" || mode == "ipvs" || mode == "nftables" || mode == "userspace") {
            result = {mode, true, {{said, {1}, false}}};
            return result;
        }
    }
    // Only the iptables mode leads from KUBE-SERVICES to a chain for each Service. The device of the ipvs mode stays behind
    // when the mode is changed, so it says less.
    for (const std::string_view name : {probe::iptablesSave, probe::iptablesLegacySave, probe::iptablesNftSave})
        if (const ObservationPtr dump = snapshot.find(node, name); usable(dump, Need::Answer) && leadsToServiceChains(dump->out))
            return {"iptables", false, {{dump, {lineOf(dump, "-j KUBE-SVC-")}, false}}};
    const ObservationPtr addresses = snapshot.find(node, probe::ipAddr);
    if (usable(addresses, Need::Success) && contains(addresses->out, "kube-ipvs0"))
        return {"ipvs", false, {{addresses, {}, false}}};
    const ObservationPtr nft = snapshot.find(node, probe::nftRuleset);
    if (usable(nft, Need::Success) && contains(nft->out, "\"table\":\"kube-proxy\""))
        return {"nftables", false, {{nft, {}, false}}};
    for (const std::string_view name : {probe::iptablesSave, probe::iptablesLegacySave, probe::iptablesNftSave}) {
        const ObservationPtr dump = snapshot.find(node, name);
        if (usable(dump, Need::Answer) && contains(dump->out, ":KUBE-SVC-"))
            return {"iptables", false, {{dump, {lineOf(dump, ":KUBE-SVC-")}, false}}};
    }
    // A sweep that was cut short may have the rules and neither the mode nor the addresses: kube-proxy's ipvs mode asks sets
    // where its iptables mode has a chain for each Service.
    for (const std::string_view name : {probe::iptablesSave, probe::iptablesLegacySave, probe::iptablesNftSave}) {
        const ObservationPtr dump = snapshot.find(node, name);
        if (usable(dump, Need::Success) && contains(dump->out, "--match-set KUBE-"))
            return {"ipvs", false, {{dump, {lineOf(dump, "--match-set KUBE-")}, false}}};
    }
    return result;
}

RuntimeState runtimeState(const Snapshot& snapshot, const std::string& node)
{
    RuntimeState state;
    if (const kube::Node* const known = kubeNode(snapshot, node)) {
        state.kind = parse::before(known->runtimeVersion, "://");
        state.version = parse::after(known->runtimeVersion, "://");
    }
    const auto& all = processes(snapshot, node);
    if (all && state.kind.empty()) {
        if (parse::findProgram(*all, "dockerd") != nullptr)
            state.kind = "docker";
        else if (parse::findProgram(*all, "crio") != nullptr)
            state.kind = "cri-o";
        else if (parse::findProgram(*all, "containerd") != nullptr)
            state.kind = "containerd";
    }
    const std::string daemon = state.kind == "docker" ? "dockerd" : state.kind == "cri-o" ? "crio" : state.kind;
    if (!daemon.empty()) {
        ComponentState daemonState = byUnitAndProcess(snapshot, node, daemon);
        if (daemonState.running == Running::Unknown && daemon == "dockerd")
            daemonState = byUnitAndProcess(snapshot, node, "docker");
        if (daemonState.running == Running::Unknown && embedder(snapshot, node) != nullptr)
            daemonState.running = Running::Embedded;
        // No process of a runtime that the Node object names, in a list of processes that is whole.
        if (daemonState.running == Running::Unknown && all && all->size() > 1 && kubeNode(snapshot, node) != nullptr) {
            daemonState.running = Running::No;
            daemonState.how = "no " + daemon + " process";
            daemonState.evidence.push_back(all.at());
        }
        state.running = daemonState.running;
        state.how = daemonState.how;
        state.evidence = daemonState.evidence;
    }
    const ObservationPtr latency = snapshot.find(node, probe::runtimeLatency);
    if (usable(latency, Need::Answer)) {
        for (const parse::Line& line : parse::lines(latency->out)) {
            const auto parts = parse::words(line.text);
            if (parts.size() < 4 || !parts[1].starts_with("rc=") || !parts[2].starts_with("ms="))
                continue;
            const auto status = parse::number<int>(parts[1].substr(3));
            const auto time = parse::number<std::uint64_t>(parts[2].substr(3));
            const auto count = parse::number<std::uint64_t>(parse::after(parts[3], "="));
            if (status && *status == 124 && !state.hung) {
                state.hung = true;
                state.hungCommand = parts[0];
                state.evidence.push_back({latency, {line.number}, false});
            } else if (status && *status == 0 && time) {
                state.listMilliseconds = std::max(state.listMilliseconds.value_or(0), *time);
                state.containers = count ? count : state.containers;
                state.evidence.push_back({latency, {line.number}, false});
            }
        }
    }
    for (const std::string_view name : {probe::dockerPs, probe::crictlPs, probe::dockerInfo}) {
        const ObservationPtr list = snapshot.find(node, name);
        // 124 is timeout(1)'s own status; a probe's limit shows as TimedOut.
        if (list && !state.hung && (list->state == ProbeState::TimedOut || (list->state == ProbeState::Complete && list->exitStatus == 124))) {
            state.hung = true;
            state.hungCommand = name;
            state.evidence.push_back({list, {}, false});
        }
    }
    const ObservationPtr info = snapshot.find(node, probe::dockerInfo);
    if (usable(info, Need::Answer))
        state.liveRestore = parse::dockerInfo(info->out).liveRestore;
    return state;
}

std::optional<parse::Version> kubeletVersion(const Snapshot& snapshot, const std::string& node)
{
    const ObservationPtr said = snapshot.find(node, probe::kubeletVersion);
    if (usable(said, Need::Success))
        if (auto version = parse::version(said->out))
            return version;
    const kube::Node* const known = kubeNode(snapshot, node);
    return known == nullptr ? std::nullopt : parse::version(known->kubeletVersion);
}

std::optional<parse::Version> kubeProxyVersion(const Snapshot& snapshot, const std::string& node)
{
    const ObservationPtr said = snapshot.find(node, probe::kubeProxyVersion);
    if (usable(said, Need::Success))
        if (auto version = parse::version(said->out))
            return version;
    // Node.status.nodeInfo.kubeProxyVersion is filled in by the kubelet with its own version, hence only a guess.
    const kube::Node* const known = kubeNode(snapshot, node);
    return known == nullptr ? std::nullopt : parse::version(known->kubeProxyVersion);
}

std::optional<parse::Version> kernelVersion(const Snapshot& snapshot, const std::string& node)
{
    const ObservationPtr said = snapshot.find(node, probe::uname);
    if (usable(said, Need::Success))
        if (auto version = parse::version(parse::kernelRelease(said->out)))
            return version;
    const kube::Node* const known = kubeNode(snapshot, node);
    return known == nullptr ? std::nullopt : parse::version(known->kernelVersion);
}

PluginFact cniPlugin(const Snapshot& snapshot, const std::string& node, std::string_view type)
{
    PluginFact result;
    const ObservationPtr listing = snapshot.find(node, probe::cniBin);
    if (usable(listing, Need::Success)) {
        const auto names = parse::fileNames(listing->out);
        result.known = true;
        result.present = std::find(names.begin(), names.end(), type) != names.end();
        result.evidence.push_back({listing, {}, false});
    }
    const ObservationPtr versions = snapshot.find(node, probe::cniVersions);
    if (usable(versions, Need::Answer)) {
        const auto all = parse::cniVersions(versions->out);
        if (const auto found = all.find(type); found != all.end()) {
            result.known = result.present = true;
            result.version = found->second.version;
            result.evidence.push_back({versions, {found->second.line}, false});
        }
    }
    return result;
}

bool controlPlane(const Snapshot& snapshot, const std::string& node)
{
    for (const std::string_view name : {"kube-apiserver", "etcd", "kube-controller-manager"})
        if (componentProcess(snapshot, node, name) != nullptr || unit(snapshot, node, name) != nullptr)
            return true;
    const ObservationPtr files = snapshot.find(node, probe::manifests);
    if (usable(files, Need::Answer))
        for (const char* const name : {"kube-apiserver", "kube-controller-manager", "kube-scheduler", "/etcd.yaml"})
            if (contains(files->out, name))
                return true;
    const kube::Node* const known = kubeNode(snapshot, node);
    return known != nullptr && std::any_of(known->roles.begin(), known->roles.end(), [](const std::string& role) {
        return role == "master" || role == "control-plane" || role == "controlplane";
    });
}

} // namespace medic::checks
