// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/hostport.h"

#include "diagnostics/checks/components.h"
#include "diagnostics/checks/service_path.h"
#include "diagnostics/checks/version_rules.h"
#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <set>

namespace medic::checks {

using parse::contains;

namespace {

/// All rules of the node are known: those of the default command, or of both backends where they exist.
bool rulesKnown(const Snapshot& snapshot, const std::string& node)
{
    const auto whole = [&](std::string_view name) {
        const ObservationPtr dump = snapshot.find(node, name);
        return usable(dump, Need::Success) && wholeDump(dump->out);
    };
    const auto absent = [&](std::string_view name) {
        const ObservationPtr dump = snapshot.find(node, name);
        return dump && (dump->state == ProbeState::NotApplicable || dump->state == ProbeState::ToolMissing);
    };
    const bool legacy = whole(probe::iptablesLegacySave), nft = whole(probe::iptablesNftSave);
    return whole(probe::iptablesSave) || (legacy && nft) || (legacy && absent(probe::iptablesNftSave)) || (nft && absent(probe::iptablesLegacySave));
}

std::vector<BackendRules> backendsOf(const Snapshot& snapshot, const std::string& node)
{
    std::vector<BackendRules> result;
    for (const std::string_view name : {probe::iptablesLegacySave, probe::iptablesNftSave, probe::iptablesSave}) {
        const ObservationPtr dump = snapshot.find(node, name);
        if (!usable(dump, Need::Success))
            continue;
        BackendRules one;
        one.observation = dump;
        one.dump = RuleDump::read(dump->out);
        if (one.dump.rules() == 0)
            continue;
        one.backend = name == probe::iptablesLegacySave ? "legacy" : name == probe::iptablesNftSave ? "nft" : "default";
        one.orders = jumpOrders(one.dump);
        one.hostPorts = hostPortRules(one.dump);
        for (const JumpOrder& order : one.orders)
            one.hasServices = one.hasServices || order.services > 0;
        if (const ChainLines* const services = one.dump.chain("nat", "KUBE-SERVICES"))
            for (const RuleLine& rule : services->rules)
                one.acceptsClusterIps = one.acceptsClusterIps
                    || (contains(rule.text, "--match-set KUBE-CLUSTER-IP dst,dst") && contains(rule.text, "-j ACCEPT"));
        // The default command shows one of the two backends again: the named one is kept.
        const bool again = name == probe::iptablesSave && std::any_of(result.begin(), result.end(), [&](const BackendRules& other) {
            return other.dump.rules() == one.dump.rules() && other.hostPorts.size() == one.hostPorts.size() && other.hasServices == one.hasServices;
        });
        if (!again)
            result.push_back(std::move(one));
    }
    return result;
}

std::vector<PodHostPort> podHostPorts(const Snapshot& snapshot, const std::string& node)
{
    std::vector<PodHostPort> result;
    const auto& pods = kubePods(snapshot);
    if (!pods)
        return result;
    for (const kube::Pod& pod : *pods) {
        if (pod.node != node || pod.hostNetwork || pod.phase == "Succeeded" || pod.phase == "Failed")
            continue;
        for (const kube::Container& container : pod.containers)
            for (const kube::ContainerPort& port : container.ports)
                if (port.hostPort != 0)
                    result.push_back({&pod, port.hostPort, port.containerPort, port.protocol.empty() ? "tcp" : parse::lower(port.protocol),
                                      port.hostIp == "0.0.0.0" || port.hostIp == "::" ? std::string() : port.hostIp});
    }
    return result;
}

/// Without ipvsadm too: kube-proxy keeps the same addresses and ports in its sets.
void addServicesOfSets(const Snapshot& snapshot, HostPortView& view)
{
    const ObservationPtr sets = snapshot.find(view.node, probe::ipsetSave);
    if (!usable(sets, Need::Success))
        return;
    for (const parse::Line& line : parse::lines(sets->out)) {
        const auto parts = parse::words(line.text);
        if (parts.size() < 3 || parts[0] != "add")
            continue;
        const bool vip = parts[1] == "KUBE-CLUSTER-IP" || parts[1] == "KUBE-LOAD-BALANCER" || parts[1] == "KUBE-EXTERNAL-IP";
        const bool udp = contains(parts[2], "udp:") || parts[1] == "KUBE-NODE-PORT-UDP";
        const std::string_view ip = parse::before(parts[2], ",");
        const auto port = parse::number<std::uint16_t>(vip ? parts[2].substr(parts[2].rfind(':') + 1) : parts[2]);
        if (!port)
            continue;
        if (vip && ip.size() < parts[2].size())
            view.services.push_back({std::string(ip) + ':' + std::to_string(*port), std::string(ip), udp ? "udp" : "tcp", *port, 0});
        else if (parts[1] == "KUBE-NODE-PORT-TCP" || parts[1] == "KUBE-NODE-PORT-UDP")
            view.services.push_back({":" + std::to_string(*port), {}, udp ? "udp" : "tcp", 0, *port});
    }
    view.serviceEvidence.push_back({sets, {}, false});
}

void addServices(const Snapshot& snapshot, HostPortView& view)
{
    const auto& services = kubeServices(snapshot);
    if (services) {
        for (const kube::Service& service : *services)
            for (const kube::ServicePort& port : service.ports) {
                std::vector<std::string> ips = service.clusterIps;
                ips.insert(ips.end(), service.loadBalancerIps.begin(), service.loadBalancerIps.end());
                ips.insert(ips.end(), service.externalIps.begin(), service.externalIps.end());
                for (const std::string& ip : ips)
                    view.services.push_back({service.meta.nameSpace + '/' + service.meta.name, ip,
                                             port.protocol.empty() ? "tcp" : parse::lower(port.protocol), port.port, port.nodePort});
            }
        view.serviceEvidence.push_back(services.at());
        return;
    }
    // Over SSH alone the IPVS table names addresses and ports; an address of kube-ipvs0 is a VIP, any other a nodePort.
    const ObservationPtr table = snapshot.find(view.node, probe::ipvsadmSave);
    const auto& local = addresses(snapshot, view.node);
    if (!usable(table, Need::Success)) {
        addServicesOfSets(snapshot, view);
        return;
    }
    if (!local)
        return;
    const auto found = local->find("kube-ipvs0");
    const std::vector<std::string> vips = found == local->end() ? std::vector<std::string>() : found->second;
    std::set<std::pair<std::string, std::uint16_t>> nodePorts;
    for (const parse::Line& line : parse::lines(table->out)) {
        const auto parts = parse::words(line.text);
        if (parts.size() < 3 || parts[0] != "-A" || (parts[1] != "-t" && parts[1] != "-u"))
            continue;
        const std::size_t colon = parts[2].rfind(':');
        const auto port = colon == std::string_view::npos ? std::nullopt : parse::number<std::uint16_t>(parts[2].substr(colon + 1));
        if (!port)
            continue;
        const std::string ip(parts[2].substr(0, colon)), protocol = parts[1] == "-u" ? "udp" : "tcp";
        if (std::find(vips.begin(), vips.end(), ip) != vips.end())
            view.services.push_back({std::string(parts[2]), ip, protocol, *port, 0});
        else if (nodePorts.insert({protocol, *port}).second)
            view.services.push_back({std::string(parts[2]), ip, protocol, 0, *port});
    }
    view.serviceEvidence.push_back({table, {}, false});
}

/// conntrack shows a flow to the VIP whose answers come from the hostPort's Pod: the proof.
Evidence conntrackProof(const Snapshot& snapshot, const std::string& node, const std::string& vip, std::uint16_t port, const std::string& pod)
{
    const ObservationPtr list = snapshot.find(node, probe::conntrackList);
    if (!usable(list, Need::Answer))
        return {};
    const std::string original = " dst=" + vip + " ", reply = " src=" + pod + " ", dport = " dport=" + std::to_string(port) + " ";
    for (const parse::Line& line : parse::lines(list->out)) {
        const std::size_t first = line.text.find(original);
        if (first == std::string_view::npos)
            continue;
        // The first tuple is what was sent; the second what the answer looks like.
        const std::size_t answer = line.text.find(reply, first);
        const std::size_t at = line.text.find(dport, first);
        if (answer != std::string_view::npos && at != std::string_view::npos && at < answer)
            return {list, {line.number}, false};
    }
    return {};
}

} // namespace

std::string podAt(const Snapshot& snapshot, const std::string& node, const std::string& address)
{
    const auto& pods = kubePods(snapshot);
    if (pods)
        for (const kube::Pod& pod : *pods)
            if (pod.node == node && !pod.hostNetwork && (pod.podIp == address || std::find(pod.podIps.begin(), pod.podIps.end(), address) != pod.podIps.end()))
                return pod.meta.nameSpace + '/' + pod.meta.name;
    return address;
}

HostPortView hostPortView(const Snapshot& snapshot, const std::string& node)
{
    HostPortView view;
    view.node = node;
    view.backends = backendsOf(snapshot, node);
    view.rulesKnown = rulesKnown(snapshot, node);
    const ObservationPtr nft = snapshot.find(node, probe::nftRuleset);
    if (usable(nft, Need::Success)) {
        view.nft = nftPortmap(nft->out);
        view.nftObservation = nft;
    }
    view.pods = podHostPorts(snapshot, node);
    const ProxyMode mode = proxyMode(snapshot, node);
    view.mode = mode.mode;
    view.modeEvidence = mode.evidence;
    addServices(snapshot, view);
    return view;
}

namespace {

/// A hostPort rule in the backend that holds it.
struct Thief {
    const HostPortRule* rule = nullptr;
    const BackendRules* backend = nullptr;
};

Subject thiefSubject(const HostPortView& view, const std::string& pod, const HostPortRule& rule)
{
    const std::size_t slash = pod.find('/');
    const std::string port = ":" + std::to_string(rule.port) + '/' + rule.protocol;
    if (slash == std::string::npos)
        return {SubjectKind::Component, {}, "hostPort " + pod + port, view.node};
    return {SubjectKind::Pod, pod.substr(0, slash), pod.substr(slash + 1), view.node};
}

/// The hooks in which the hostPort's jump comes first, or falls to it because nothing accepts before.
std::vector<std::string> losingHooks(const HostPortView& view, const Thief& thief, std::vector<int>& lines, bool& certain)
{
    std::vector<std::string> hooks;
    certain = true;
    for (const JumpOrder& order : thief.backend->orders) {
        if (order.hostPort == 0)
            continue;
        bool lost = order.hostPortFirst();
        if (order.services == 0) {
            // KUBE-SERVICES in the other backend: which of two nat chains is asked first is not in any dump.
            const bool elsewhere = std::any_of(view.backends.begin(), view.backends.end(), [](const BackendRules& other) { return other.hasServices; });
            lost = elsewhere;
            certain = certain && !elsewhere;
        } else if (!lost && !thief.backend->acceptsClusterIps) {
            lost = true; // kube-proxy before 1.11: KUBE-SERVICES only marks, and falls through to the hostPort
        }
        if (!lost)
            continue;
        hooks.push_back(order.hook);
        lines.push_back(order.hostPortLine);
        lines.push_back(order.servicesLine);
    }
    return hooks;
}

void reportTheft(Sink& sink, const HostPortView& view, const Thief& thief)
{
    const Snapshot& snapshot = sink.snapshot();
    const auto& local = addresses(snapshot, view.node);
    std::vector<int> lines {thief.rule->line, thief.rule->jumpLine};
    bool certain = true;
    const auto hooks = losingHooks(view, thief, lines, certain);
    if (hooks.empty() || !local)
        return;
    std::vector<std::string> victims;
    Evidence proof;
    std::string address;
    for (const ServiceAddress& service : view.services) {
        if (service.port != thief.rule->port || service.protocol != thief.rule->protocol)
            continue;
        if (!thief.rule->hostIp.empty() && thief.rule->hostIp != service.ip)
            continue;
        const bool isLocal = std::any_of(local->begin(), local->end(), [&](const auto& one) {
            return std::find(one.second.begin(), one.second.end(), service.ip) != one.second.end();
        });
        if (!isLocal)
            continue;
        const std::string text = service.name == service.ip + ':' + std::to_string(service.port) ? service.name
                                                                                               : service.name + " (" + service.ip + ')';
        if (std::find(victims.begin(), victims.end(), text) == victims.end())
            victims.push_back(text);
        if (!proof.observation)
            proof = conntrackProof(snapshot, view.node, service.ip, service.port, thief.rule->target);
        // The other proof: a Pod asked this very address and was answered with somebody else's certificate.
        const parse::PathAnswer* const foreign = foreignAnswer(snapshot, view.node);
        if (!proof.observation && foreign != nullptr && foreign->address == service.ip + ':' + std::to_string(service.port))
            proof = pathAnswers(snapshot, view.node).at({foreign->line, foreign->subjectLine});
        if (address.empty() || service.name == "default/kubernetes")
            address = service.ip;
    }
    if (victims.empty())
        return;
    const std::string pod = podAt(snapshot, view.node, thief.rule->target);
    std::vector<Evidence> evidence {{thief.backend->observation, lines, false}, local.at({lineOf(local.observation, '"' + address + '"')})};
    std::erase_if(evidence[0].lines, [](int line) { return line <= 0; });
    if (proof.observation)
        evidence.insert(evidence.begin(), proof);
    evidence.insert(evidence.end(), view.modeEvidence.begin(), view.modeEvidence.end());
    evidence.insert(evidence.end(), view.serviceEvidence.begin(), view.serviceEvidence.end());
    const Confidence confidence = proof.observation ? Confidence::Confirmed : certain ? Confidence::Likely : Confidence::Possible;
    sink.add("hostport.steals-service", Verdict::Failure, confidence, thiefSubject(view, pod, *thief.rule),
             {{"node", view.node},
              {"pod", pod},
              {"port", std::to_string(thief.rule->port)},
              {"protocol", thief.rule->protocol},
              {"services", join(victims)},
              {"count", std::to_string(victims.size())},
              {"address", address},
              {"hooks", join(hooks)},
              {"target", thief.rule->target + ':' + std::to_string(thief.rule->targetPort)},
              {"backend", thief.backend->backend}},
             std::move(evidence));
}

void reportNodePort(Sink& sink, const HostPortView& view, const Thief& thief)
{
    for (const ServiceAddress& service : view.services) {
        if (service.nodePort == 0 || service.nodePort != thief.rule->port || service.protocol != thief.rule->protocol)
            continue;
        const std::string pod = podAt(sink.snapshot(), view.node, thief.rule->target);
        // IPVS: nothing in KUBE-SERVICES ends the walk for a nodePort, whatever the order and the version. iptables: the
        // first of the two jumps has it.
        bool hostPortWins = view.mode == "ipvs";
        std::vector<int> lines {thief.rule->line};
        for (const JumpOrder& order : thief.backend->orders) {
            hostPortWins = hostPortWins || (order.hook == "PREROUTING" && order.hostPortFirst());
            lines.push_back(order.hostPortLine);
            lines.push_back(order.servicesLine);
        }
        std::erase_if(lines, [](int line) { return line <= 0; });
        std::vector<Evidence> evidence {{thief.backend->observation, lines, false}};
        evidence.insert(evidence.end(), view.modeEvidence.begin(), view.modeEvidence.end());
        evidence.insert(evidence.end(), view.serviceEvidence.begin(), view.serviceEvidence.end());
        sink.add("hostport.equals-nodeport", Verdict::Failure, Confidence::Likely, thiefSubject(view, pod, *thief.rule),
                 {{"node", view.node},
                  {"pod", pod},
                  {"port", std::to_string(thief.rule->port)},
                  {"protocol", thief.rule->protocol},
                  {"service", service.name},
                  {"mode", view.mode.empty() ? "?" : view.mode},
                  {"winner", hostPortWins ? pod : service.name}},
                 std::move(evidence));
        return;
    }
}

} // namespace

void checkTheft(Sink& sink, const HostPortView& view)
{
    for (const BackendRules& backend : view.backends)
        for (const HostPortRule& rule : backend.hostPorts) {
            const Thief thief {&rule, &backend};
            // Not IPVS: a ClusterIP is no local address of the node, and the hostPort's jump asks for one.
            if (view.mode == "ipvs")
                reportTheft(sink, view, thief);
            reportNodePort(sink, view, thief);
        }

    // CVE-2025-67499: independent of IPVS, any destination with that port.
    if (view.nft.present && !view.nft.localOnly && !view.nft.ports.empty()) {
        std::vector<std::string> ports;
        for (const HostPortRule& rule : view.nft.ports)
            ports.push_back(std::to_string(rule.port) + '/' + rule.protocol + " → " + podAt(sink.snapshot(), view.node, rule.target));
        sink.node("hostport.nft-takes-any-address", Verdict::Failure, Confidence::Likely, view.node, {{"ports", join(ports)}},
                  {{view.nftObservation, {}, false}});
    }
}

void runHostPort(const CheckInput& input, Findings& findings)
{
    Sink sink("hostport", input, findings);
    sink.needs({}, kubePods(input.snapshot));
    for (const std::string& node : sink.nodes()) {
        const HostPortView view = hostPortView(input.snapshot, node);
        if (!view.rulesKnown) {
            const ObservationPtr dump = input.snapshot.find(node, probe::iptablesSave);
            const std::string missing = missingReason(dump, probe::iptablesSave, Need::Success);
            const std::string reason = missing.empty() && dump && usable(dump, Need::Success) ? std::string(probe::iptablesSave) + ": not whole" : missing;
            if (!reason.empty() && view.mode != "nftables")
                sink.lacking(node, reason, dump);
        }
        if (view.mode.empty() && kubeProxyState(input.snapshot, node).running == Running::Unknown)
            sink.lacking(node, std::string(probe::kubeProxyMode) + ": not known", input.snapshot.find(node, probe::kubeProxyMode));
        if (view.services.empty() && view.mode == "ipvs")
            sink.needs({}, kubeServices(input.snapshot)); // said once where the apiserver is silent altogether
        checkTheft(sink, view);
        checkUnreachableHostPorts(sink, view);
    }
}

} // namespace medic::checks
