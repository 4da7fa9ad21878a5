// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/audit.h"

#include <map>
#include <unordered_map>
#include <utility>

/// Inside of ServiceAudit: who should get a Service's packets, looked up by Service, by address.
namespace medic::netfilter {

struct EndpointOfPort {
    IpAddress address;
    std::uint16_t port = 0;
    const kube::Endpoint* endpoint = nullptr;
    bool operator==(const EndpointOfPort& other) const { return address == other.address && port == other.port; }
};

/// Who must get packets, and who else may (versions of kube-proxy differ in it).
struct Expectation {
    std::vector<const EndpointOfPort*> must, may;
    std::string unknown; ///< why it cannot be said; empty: it can
};

struct AddressHash {
    std::size_t operator()(const IpAddress& a) const
    {
        return (a.hi ^ (a.lo * 0x9e3779b97f4a7c15ULL)) * 0xff51afd7ed558ccdULL;
    }
};

struct ServiceAudit::Index {
    explicit Index(const ClusterObjects& objects);

    /// As kube-proxy chooses (pkg/proxy/topology.go): ready ones of this family, the node's own for a Local policy,
    /// those hinted to the node's zone where all have hints; without a ready one those that still serve while they end.
    [[nodiscard]] Expectation expect(std::size_t service, std::size_t port, IpFamily family, bool localOnly,
                                     const std::string& node, bool ipvs) const;
    [[nodiscard]] const std::vector<EndpointOfPort>& of(std::size_t service, std::size_t port) const { return endpoints[service][port]; }
    /// The Pod that has the address (not a hostNetwork one, whose address is its node's): "default/web-0".
    [[nodiscard]] std::string podAt(const IpAddress& address) const;
    /// Another Service that has this endpoint: "default/web"; empty: none.
    [[nodiscard]] std::string otherServiceOf(const IpAddress& address, std::uint16_t port, std::size_t notThis) const;
    [[nodiscard]] std::string serviceName(std::size_t service) const;

    const ClusterObjects& objects;
    std::vector<std::vector<std::vector<EndpointOfPort>>> endpoints; ///< [service][port]
    std::unordered_map<IpAddress, const kube::Pod*, AddressHash> pods;
    std::unordered_multimap<IpAddress, std::pair<std::uint16_t, std::size_t>, AddressHash> services; ///< endpoint → Services
    std::map<std::string, std::string, std::less<>> zones; ///< of nodes
};

} // namespace medic::netfilter
