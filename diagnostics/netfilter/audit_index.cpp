// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/audit_index.h"

#include <algorithm>
#include <set>

namespace medic::netfilter {

ServiceAudit::Index::Index(const ClusterObjects& given) : objects(given)
{
    std::map<std::pair<std::string_view, std::string_view>, std::vector<const kube::EndpointSlice*>> slices;
    if (objects.endpoints)
        for (const auto& slice : *objects.endpoints)
            slices[{slice.meta.nameSpace, slice.service}].push_back(&slice);
    const std::size_t count = objects.services ? objects.services->size() : 0;
    endpoints.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        const kube::Service& service = (*objects.services)[i];
        endpoints[i].resize(service.ports.size());
        const auto found = slices.find({service.meta.nameSpace, service.meta.name});
        if (found == slices.end())
            continue;
        for (std::size_t p = 0; p < service.ports.size(); ++p)
            for (const auto* slice : found->second)
                for (const auto& port : slice->ports) {
                    if (port.name != service.ports[p].name || port.protocol != service.ports[p].protocol || slice->addressType == "FQDN")
                        continue;
                    for (const auto& endpoint : slice->endpoints)
                        for (const auto& text : endpoint.addresses) {
                            const auto address = IpAddress::parse(text);
                            if (!address)
                                continue;
                            // While a controller moves an endpoint from one slice to another both name it.
                            const EndpointOfPort one {*address, port.port, &endpoint};
                            auto& list = endpoints[i][p];
                            if (const auto same = std::find(list.begin(), list.end(), one); same != list.end()) {
                                if (endpoint.ready)
                                    same->endpoint = &endpoint;
                                continue;
                            }
                            list.push_back(one);
                            services.emplace(*address, std::pair(port.port, i));
                        }
                }
    }
    if (objects.pods)
        for (const auto& pod : *objects.pods) {
            if (pod.hostNetwork || pod.phase == "Succeeded" || pod.phase == "Failed")
                continue;
            for (const auto& text : pod.podIps)
                if (const auto address = IpAddress::parse(text))
                    pods.emplace(*address, &pod);
        }
    if (objects.nodes)
        for (const auto& node : *objects.nodes)
            if (const auto zone = node.meta.labels.find("topology.kubernetes.io/zone"); zone != node.meta.labels.end())
                zones[node.meta.name] = zone->second;
}

Expectation ServiceAudit::Index::expect(std::size_t service, std::size_t port, IpFamily family, bool localOnly,
                                        const std::string& node, bool ipvs) const
{
    Expectation result;
    if (!objects.endpoints) {
        result.unknown = "neither EndpointSlices nor Endpoints were collected";
        return result;
    }
    std::vector<const EndpointOfPort*> ready, ending;
    for (const auto& one : endpoints[service][port]) {
        if (one.address.family != family)
            continue;
        if (one.endpoint->ready)
            ready.push_back(&one);
        else if (one.endpoint->serving && one.endpoint->terminating)
            ending.push_back(&one);
    }
    if (localOnly) {
        const auto all = ready;
        if (node.empty() && !ready.empty()) {
            result.unknown = "which node this is, is not known, and the policy is Local";
            return result;
        }
        const auto elsewhere = [&](const EndpointOfPort* one) { return one->endpoint->node != node; };
        std::erase_if(ready, elsewhere);
        std::erase_if(ending, elsewhere);
        if (ready.empty() && ipvs)
            result.may = all; // its fallback when no endpoint is local (kubernetes PR 97081)
    } else if (const auto zone = zones.find(node); true) {
        // A subset by hints; a kube-proxy that does not know them uses all.
        const bool byNode = !ready.empty() && std::all_of(ready.begin(), ready.end(), [](const auto* one) { return !one->endpoint->hintNodes.empty(); });
        const bool byZone = !ready.empty() && zone != zones.end()
            && std::all_of(ready.begin(), ready.end(), [](const auto* one) { return !one->endpoint->hintZones.empty(); });
        const auto meant = [&](const EndpointOfPort* one) {
            const auto& names = byNode ? one->endpoint->hintNodes : one->endpoint->hintZones;
            return std::find(names.begin(), names.end(), byNode ? node : zone->second) != names.end();
        };
        if ((byNode || byZone) && std::any_of(ready.begin(), ready.end(), meant)) {
            std::partition_copy(ready.begin(), ready.end(), std::back_inserter(result.must), std::back_inserter(result.may), meant);
            return result;
        }
    }
    result.must = std::move(ready);
    if (result.must.empty())
        result.may.insert(result.may.end(), ending.begin(), ending.end()); // KEP-1669, by version
    return result;
}

std::string ServiceAudit::Index::podAt(const IpAddress& address) const
{
    const auto found = pods.find(address);
    return found == pods.end() ? std::string() : found->second->meta.nameSpace + '/' + found->second->meta.name;
}

std::string ServiceAudit::Index::otherServiceOf(const IpAddress& address, std::uint16_t port, std::size_t notThis) const
{
    const auto [first, last] = services.equal_range(address);
    for (auto one = first; one != last; ++one)
        if (one->second.first == port && one->second.second != notThis)
            return serviceName(one->second.second);
    return {};
}

std::string ServiceAudit::Index::serviceName(std::size_t service) const
{
    const auto& meta = (*objects.services)[service].meta;
    return meta.nameSpace + '/' + meta.name;
}

std::string nodeNameOf(const ClusterObjects& objects, const NodeState& state)
{
    if (!objects.nodes)
        return {};
    if (state.links && state.addressesKnown) {
        std::set<std::string> own;
        for (const auto& link : *state.links)
            for (const auto& address : link.addresses)
                own.insert(address.local.text());
        for (const auto& node : *objects.nodes)
            for (const char* type : {"InternalIP", "ExternalIP"})
                if (const auto address = node.addresses.find(type); address != node.addresses.end() && own.contains(address->second))
                    return node.meta.name;
    }
    return objects.nodes->size() == 1 ? objects.nodes->front().meta.name : std::string();
}

} // namespace medic::netfilter
