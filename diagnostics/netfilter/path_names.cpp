// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/path_names.h"

#include "diagnostics/model/probe_ids.h"
#include "diagnostics/model/snapshot.h"
#include "diagnostics/parse/iproute.h"
#include "diagnostics/parse/kube_objects.h"

#include <algorithm>
#include <array>

namespace medic::netfilter {

namespace {

/// One of these tells that a packet can be followed through the node.
constexpr std::array<std::string_view, 7> rulesOf {probe::iptablesSave, probe::iptablesLegacySave, probe::iptablesNftSave,
                                                   probe::ip6tablesSave, probe::nftRuleset, probe::ipvsadmSave,
                                                   probe::ipRouteAll};

template<typename T, typename Parse>
bool readList(const Snapshot& snapshot, std::string_view probe, std::vector<T>& into, Parse parse)
{
    const auto seen = snapshot.cluster(probe);
    if (!seen || !seen->good())
        return false;
    auto list = parse(seen->out, probe);
    if (!list)
        return false;
    into = std::move(*list);
    return true;
}

void addOnce(std::vector<IpAddress>& list, const IpAddress& address)
{
    if (!address.isNone() && std::find(list.begin(), list.end(), address) == list.end())
        list.push_back(address);
}

bool onHost(const kube::Pod& pod) { return pod.hostNetwork || (!pod.podIp.empty() && pod.podIp == pod.hostIp); }

bool has(const std::vector<std::string>& texts, const std::string& text)
{
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

/// An address that several nodes have (docker0's) is nobody's.
std::string owner(const std::map<std::string, std::vector<IpAddress>>& addresses, const IpAddress& address)
{
    std::string result;
    for (const auto& [node, own] : addresses)
        if (std::find(own.begin(), own.end(), address) != own.end()) {
            if (!result.empty())
                return {};
            result = node;
        }
    return result;
}

} // namespace

IpAddress addressAmong(const std::vector<std::string>& texts, IpFamily family)
{
    for (const auto& text : texts)
        if (const auto address = IpAddress::parse(text); address && (family == IpFamily::None || address->family == family))
            return *address;
    return {};
}

PathNames PathNames::fromSnapshot(const Snapshot& snapshot)
{
    PathNames names;
    names.podsKnown = readList(snapshot, probe::apiPods, names.pods, kube::parsePods);
    names.servicesKnown = readList(snapshot, probe::apiServices, names.services, kube::parseServices);
    std::vector<kube::Node> nodes;
    readList(snapshot, probe::apiNodes, nodes, kube::parseNodes);
    for (const auto& node : nodes) {
        names.nodes.push_back(node.meta.name);
        auto& own = names.addresses[node.meta.name];
        for (const std::string_view type : {"InternalIP", "ExternalIP"})
            if (const auto found = node.addresses.find(std::string(type)); found != node.addresses.end())
                if (const auto address = IpAddress::parse(found->second))
                    addOnce(own, *address);
        for (const auto& range : node.podCidrs)
            if (const auto prefix = IpPrefix::parse(range))
                names.podRanges[node.meta.name].push_back(*prefix);
    }
    for (const auto& node : snapshot.nodes()) {
        if (std::find(names.nodes.begin(), names.nodes.end(), node) == names.nodes.end())
            names.nodes.push_back(node);
        const auto isGood = [&](std::string_view probe) {
            const auto seen = snapshot.find(node, probe);
            return seen && seen->good();
        };
        if (std::any_of(rulesOf.begin(), rulesOf.end(), isGood))
            names.collected.push_back(node);
        const auto seen = snapshot.find(node, probe::ipAddr);
        const auto links = seen && seen->good() ? iproute::parseAddresses(seen->out, probe::ipAddr)
                                                : Result<std::vector<iproute::Link>>();
        if (!links)
            continue;
        for (const auto& link : *links)
            for (const auto& address : link.addresses)
                // kube-ipvs0 and nodelocaldns carry the Services' addresses on every node
                if (!address.local.isLoopback() && !address.local.isLinkLocal() && link.kind != "dummy" && link.name != "kube-ipvs0")
                    addOnce(names.addresses[node], address.local);
    }
    std::sort(names.nodes.begin(), names.nodes.end());
    std::sort(names.collected.begin(), names.collected.end());
    return names;
}

std::string PathNames::nodeOf(const IpAddress& address) const
{
    if (const std::string node = owner(addresses, address); !node.empty())
        return node;
    const std::string text = address.text();
    for (const auto& pod : pods)
        if (!pod.node.empty() && !onHost(pod) && (pod.podIp == text || has(pod.podIps, text)))
            return pod.node;
    for (const auto& [node, ranges] : podRanges)
        for (const auto& range : ranges)
            if (range.contains(address))
                return node;
    return {};
}

bool PathNames::isCollected(const std::string& node) const
{
    return std::binary_search(collected.begin(), collected.end(), node);
}

std::string PathNames::whose(const IpAddress& address) const
{
    const std::string text = address.text();
    for (const auto& service : services)
        if (has(service.clusterIps, text) || has(service.externalIps, text) || has(service.loadBalancerIps, text))
            return "svc " + service.meta.nameSpace + '/' + service.meta.name;
    if (const std::string node = owner(addresses, address); !node.empty())
        return "node " + node;
    for (const auto& pod : pods)
        if (pod.phase != "Succeeded" && pod.phase != "Failed" && (pod.podIp == text || has(pod.podIps, text)))
            return "pod " + pod.meta.nameSpace + '/' + pod.meta.name;
    return {};
}

} // namespace medic::netfilter
