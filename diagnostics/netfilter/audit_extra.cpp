// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/audit_extra.h"

#include "diagnostics/netfilter/audit_judge.h"
#include "diagnostics/parse/nft_ruleset.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace medic::netfilter {

namespace {

using Frontend = std::tuple<std::uint8_t, IpAddress, std::uint16_t>;

std::uint8_t protocolOf(std::string_view name)
{
    return name == "UDP" ? proto::udp : name == "SCTP" ? proto::sctp : proto::tcp;
}

class Search {
public:
    Search(const NodeState& state, const std::vector<kube::Service>& services, const Owners& owners) : m_state(state), m_owners(owners)
    {
        for (const auto& service : services)
            for (const auto& text : service.clusterIps)
                if (const auto address = IpAddress::parse(text))
                    m_clusterIps.insert(*address);
        for (const auto& service : services)
            for (const auto& port : service.ports) {
                const std::uint8_t protocol = protocolOf(port.protocol);
                for (const auto* list : {&service.clusterIps, &service.externalIps, &service.loadBalancerIps})
                    for (const auto& text : *list)
                        if (const auto address = IpAddress::parse(text))
                            m_known.emplace(protocol, *address, port.port);
                if (port.nodePort != 0)
                    m_nodePorts.emplace(protocol, port.nodePort);
                if (service.healthCheckNodePort != 0)
                    m_nodePorts.emplace(proto::tcp, service.healthCheckNodePort);
            }
    }

    std::vector<ExtraRule> run()
    {
        for (const auto* save : {m_state.legacy4.get(), m_state.nft4.get(), m_state.legacy6.get(), m_state.nft6.get()})
            if (save)
                iptablesRules(*save);
        virtualServers();
        nftMaps();
        return std::move(m_found);
    }

private:
    void iptablesRules(const iptables::IptablesSave& save)
    {
        const auto* const nat = save.table("nat");
        if (!nat)
            return;
        for (const std::string_view name : {"KUBE-SERVICES", "KUBE-NODEPORTS"}) {
            const auto* const chain = nat->find(name);
            if (!chain)
                continue;
            for (std::size_t i = 0; i < chain->rules.size(); ++i) {
                const auto& rule = chain->rules[i];
                const auto* const jump = std::get_if<iptables::JumpTarget>(&rule.target);
                if (!jump || jump->chain == "KUBE-MARK-MASQ" || jump->chain == "KUBE-NODEPORTS" || jump->chain == "KUBE-MARK-DROP")
                    continue;
                std::uint16_t port = 0;
                for (const auto& match : rule.matches)
                    if (const auto* const ports = std::get_if<iptables::PortsMatch>(&match); ports && ports->destination.from == ports->destination.to)
                        port = ports->destination.from;
                if (port == 0)
                    continue;
                const bool nodePort = name == "KUBE-NODEPORTS";
                if (nodePort ? m_nodePorts.contains({rule.protocol, port}) : rule.destination.isNone() || known(rule.protocol, rule.destination.address, port))
                    continue;
                const TraceStep step {.table = "nat", .chain = std::string(name), .rule = static_cast<int>(i) + 1, .line = static_cast<int>(rule.line),
                                      .text = std::string(rule.text), .backend = std::string(iptables::backendName(save.backend()))};
                add(nodePort ? ':' + std::to_string(port) : endpointName(rule.destination.address, port), rule.protocol, referenceTo(step, m_owners));
            }
        }
    }

    void virtualServers()
    {
        if (!m_state.ipvs || !m_state.links)
            return;
        // Only what kube-proxy holds on its own device, or what lies among the ClusterIPs: others (keepalived, LVS) make virtual
        // servers too.
        std::set<IpAddress> held;
        for (const auto& link : *m_state.links)
            if (link.name == "kube-ipvs0")
                for (const auto& address : link.addresses)
                    held.insert(address.local);
        for (const auto& server : *m_state.ipvs) {
            if (server.protocol == 0)
                continue;
            const TraceStep step {.chain = server.name(), .line = static_cast<int>(server.line), .text = server.text, .backend = "ipvs"};
            if (held.contains(server.address) || amongClusterIps(server.address)) {
                if (!known(server.protocol, server.address, server.port))
                    add(endpointName(server.address, server.port), server.protocol, referenceTo(step, m_owners));
            } else if (inNodePortSet(server) && !m_nodePorts.contains({server.protocol, server.port})) {
                add(':' + std::to_string(server.port), server.protocol, referenceTo(step, m_owners));
            }
        }
    }

    /// In the range of any ClusterIP; how large the cluster's own range is, is not in the objects.
    [[nodiscard]] bool amongClusterIps(const IpAddress& address) const
    {
        return std::any_of(m_clusterIps.begin(), m_clusterIps.end(), [&](const IpAddress& one) {
            return one.family == address.family && IpPrefix::of(one, one.isV4() ? 16 : 112).contains(address);
        });
    }

    [[nodiscard]] bool inNodePortSet(const ipvs::VirtualServer& server) const
    {
        if (!m_state.sets)
            return false;
        for (const auto& [name, set] : m_state.sets->all()) {
            if (!name.starts_with("KUBE-NODE-PORT") && !name.starts_with("KUBE-6-NODE-PORT"))
                continue;
            if (name.find(server.protocol == proto::udp ? "UDP" : server.protocol == proto::sctp ? "SCTP" : "TCP") == std::string::npos)
                continue;
            for (const auto& element : set.elements)
                for (const auto& part : element.parts)
                    if (server.port >= part.portFrom && server.port <= std::max(part.portFrom, part.portTo))
                        return true;
        }
        return false;
    }

    /// kube-proxy's maps: service-ips { 10.96.0.1 . tcp . 443 : goto service-… }, service-nodeports { tcp . 30080 : … }
    void nftMaps()
    {
        if (!m_state.ruleset)
            return;
        for (const auto& table : m_state.ruleset->tables) {
            if (table.name != "kube-proxy")
                continue;
            for (const auto& [name, set] : table.sets) {
                if (name != "service-ips" && name != "service-nodeports")
                    continue;
                for (const auto& element : set.elements)
                    nftElement(table.title(), name, element);
            }
        }
    }

    void nftElement(const std::string& table, const std::string& map, const parse::nft::Expression& element)
    {
        using Kind = parse::nft::Expression::Kind;
        const bool nodePort = map == "service-nodeports";
        if (element.kind != Kind::Pair || element.items.size() != 2 || element.items[0].kind != Kind::Concat
            || element.items[0].items.size() != (nodePort ? 2U : 3U))
            return;
        const auto& key = element.items[0].items;
        const std::string protocolText = key[nodePort ? 0 : 1].text;
        const auto protocol = protocolNumber(protocolText);
        const auto port = static_cast<std::uint16_t>(key.back().number);
        const auto address = nodePort ? std::optional<IpAddress>() : IpAddress::parse(key[0].text);
        if (!protocol || port == 0 || (!nodePort && !address))
            return;
        if (nodePort ? m_nodePorts.contains({*protocol, port}) : known(*protocol, *address, port))
            return;
        const TraceStep step {.table = table, .chain = map, .text = render(element), .backend = "nft"};
        add(nodePort ? ':' + std::to_string(port) : endpointName(*address, port), *protocol, referenceTo(step, m_owners));
    }

    [[nodiscard]] bool known(std::uint8_t protocol, const IpAddress& address, std::uint16_t port) const
    {
        return m_known.contains({protocol, address, port});
    }

    void add(std::string address, std::uint8_t protocol, RuleReference rule)
    {
        std::string service = rule.owner.name.empty() ? std::string() : rule.owner.nameSpace + '/' + rule.owner.name;
        m_found.push_back({.address = std::move(address), .protocol = protocolName(protocol), .service = std::move(service), .rule = std::move(rule)});
    }

    const NodeState& m_state;
    const Owners& m_owners;
    std::set<Frontend> m_known;
    std::set<IpAddress> m_clusterIps;
    std::set<std::pair<std::uint8_t, std::uint16_t>> m_nodePorts;
    std::vector<ExtraRule> m_found;
};

} // namespace

std::vector<ExtraRule> findExtraRules(const NodeState& state, const std::vector<kube::Service>& services, const Owners& owners)
{
    return Search(state, services, owners).run();
}

} // namespace medic::netfilter
