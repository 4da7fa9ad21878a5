// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/path_suggest.h"

#include "diagnostics/model/probe_ids.h"

#include <algorithm>

namespace medic::packetpath {

namespace {

std::string_view lineOf(const std::string& text, int number)
{
    std::size_t at = 0;
    for (int line = 1; line < number; ++line) {
        at = text.find('\n', at);
        if (at == std::string::npos)
            return {};
        ++at;
    }
    const auto end = text.find('\n', at);
    return std::string_view(text).substr(at, end == std::string::npos ? end : end - at);
}

std::string portWords(const kube::ServicePort& port)
{
    return std::to_string(port.port) + (port.protocol == "UDP" ? " udp" : port.protocol == "SCTP" ? " sctp" : "");
}

} // namespace

QStringList suggestedQueries(const netfilter::PathNames& names, int most)
{
    QStringList result;
    const auto add = [&](const std::string& query) {
        const QString text = QString::fromStdString(query);
        if (result.size() < most && !result.contains(text))
            result.append(text);
    };
    std::string from;
    for (const auto& pod : names.pods)
        if (!pod.hostNetwork && !pod.podIp.empty() && pod.podIp != pod.hostIp && names.isCollected(pod.node)) {
            const bool better = from.empty() || pod.meta.nameSpace == "default";
            if (better)
                from = "pod " + pod.meta.nameSpace + '/' + pod.meta.name;
            if (pod.meta.nameSpace == "default")
                break;
        }
    if (from.empty() && !names.collected.empty())
        from = "node " + names.collected.front();
    const kube::Service* dns = nullptr;
    const kube::Service* other = nullptr;
    const kube::Service* nodePort = nullptr;
    for (const auto& service : names.services) {
        if (service.clusterIps.empty() || service.ports.empty())
            continue;
        if (service.meta.name == "kube-dns" || service.meta.name == "coredns")
            dns = &service;
        else if (other == nullptr || (service.meta.name != "kubernetes" && other->meta.name == "kubernetes"))
            other = &service;
        if (nodePort == nullptr && std::any_of(service.ports.begin(), service.ports.end(), [](const auto& port) { return port.nodePort != 0; }))
            nodePort = &service;
    }
    for (const kube::Service* service : {other, dns})
        if (service != nullptr && !from.empty())
            add(from + " -> svc " + service->meta.nameSpace + '/' + service->meta.name + ':' + portWords(service->ports.front()));
    if (nodePort != nullptr && !names.collected.empty())
        for (const auto& port : nodePort->ports)
            if (port.nodePort != 0) {
                const std::string protocol = port.protocol == "UDP" ? " udp" : "";
                add("203.0.113.5 -> node " + names.collected.front() + ':' + std::to_string(port.nodePort) + protocol);
                add("node " + names.collected.front() + " -> 127.0.0.1:" + std::to_string(port.nodePort) + protocol);
                break;
            }
    if (!from.empty()) {
        add(from + " -> 1.1.1.1:443");
        add(from + " -> 10.96.0.1:443 tcp");
    }
    return result;
}

std::optional<Evidence> evidenceOf(const Snapshot& snapshot, const std::string& node, const TraceStep& step, bool v6)
{
    if (step.line <= 0)
        return std::nullopt;
    std::vector<std::string_view> probes;
    if (step.backend == "ipvs")
        probes = {probe::ipvsadmSave};
    else if (step.backend == "nft")
        probes = {probe::nftRuleset};
    else if (v6)
        probes = {probe::ip6tablesLegacySave, probe::ip6tablesNftSave, probe::ip6tablesSave};
    else
        probes = {probe::iptablesLegacySave, probe::iptablesNftSave, probe::iptablesSave};
    for (const auto probe : probes) {
        const ObservationPtr seen = snapshot.find(node, probe);
        if (seen && !step.text.empty() && lineOf(seen->out, step.line).find(step.text) != std::string_view::npos)
            return Evidence {seen, {step.line}, false};
    }
    return std::nullopt;
}

} // namespace medic::packetpath
