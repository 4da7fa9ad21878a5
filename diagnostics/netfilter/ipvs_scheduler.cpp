// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/ipvs_scheduler.h"

#include "diagnostics/netfilter/nat.h"
#include "diagnostics/netfilter/node_state.h"

#include <algorithm>

namespace medic::netfilter {

namespace {

using ipvs::RealServer;
using ipvs::VirtualServer;
using Kind = IpvsDecision::Kind;

/// ip_vs_service_find: the mark first, all of it; then address and port; then a persistent service for every port.
const VirtualServer* findService(const std::vector<VirtualServer>& services, const PacketState& packet)
{
    const bool v6 = packet.family() == IpFamily::V6;
    if (packet.mark != 0)
        for (const auto& one : services)
            if (one.protocol == 0 && one.mark == packet.mark && one.v6Mark == v6)
                return &one;
    const auto at = [&](std::uint16_t port) -> const VirtualServer* {
        for (const auto& one : services)
            if (one.protocol == packet.protocol && one.address == packet.dst && one.port == port)
                return &one;
        return nullptr;
    };
    if (const auto* const exact = at(packet.dport))
        return exact;
    const auto* const every = at(0);
    return every && every->persistence ? every : nullptr;
}

const RealServer* findServer(const VirtualServer& service, const IpAddress& address, std::uint16_t port)
{
    for (const auto& one : service.realServers)
        if (one.address == address && (one.port == port || one.port == 0))
            return &one;
    return nullptr;
}

/// The template of a returning client: its address masked, client port 0.
const ipvs::Connection* findTemplate(const std::vector<ipvs::Connection>& connections, const VirtualServer& service,
                                     const PacketState& packet)
{
    const int length = service.persistenceMask.value_or(packet.src.bits());
    const IpAddress client = IpPrefix::of(packet.src, length).address;
    for (const auto& one : connections)
        if (one.clientPort == 0 && one.client == client
            && (one.virtualAddress == service.address || service.protocol == 0)
            && (one.virtualPort == service.port || one.virtualPort == 0))
            return &one;
    return nullptr;
}

IpvsDecision send(const VirtualServer& service, const RealServer& server)
{
    return {.kind = Kind::Send, .service = &service, .server = &server};
}

/// ip_vs_in_hook: the connection's server is no longer there (IP_VS_DEST_F_AVAILABLE). Without expire_nodest_conn such
/// packets are dropped as long as the connection lives; with it the connection ends, but where conntrack has its flow
/// this packet is still dropped, and only the next one finds no connection.
std::vector<IpvsDecision> lostServer(const NodeState& node, const VirtualServer& service, const ipvs::Connection& connection,
                                     const PacketState& packet, bool later)
{
    IpvsDecision drop {.kind = Kind::Drop, .service = &service};
    const std::string server = endpointText(connection.realAddress, connection.realPort);
    const auto expires = node.sysctls ? node.sysctls->number("net.ipv4.vs.expire_nodest_conn") : std::nullopt;
    if (expires && *expires == 0) {
        drop.note = "the connection's real server " + server + " was taken away, and expire_nodest_conn is 0";
        return {drop};
    }
    drop.note = "the connection's real server " + server + " was taken away: this packet ends the connection";
    const auto tracks = node.sysctls ? node.sysctls->number("net.ipv4.vs.conntrack") : std::nullopt;
    if (expires && tracks && *tracks != 0 && packet.ct.confirmed)
        return {drop};
    if (expires && tracks && *tracks == 0 && later)
        return {IpvsDecision {}}; // to the node's own stack
    IpvsDecision pass {.certain = false, .note = "the connection ends with its real server"};
    drop.certain = false;
    return {drop, pass};
}

} // namespace

std::vector<IpvsDecision> scheduleIpvs(const NodeState& node, const PacketState& packet)
{
    std::vector<IpvsDecision> pass {IpvsDecision {}};
    if (!node.ipvs || packet.ipvs || packet.fragment)
        return pass;
    if (packet.protocol != proto::tcp && packet.protocol != proto::udp && packet.protocol != proto::sctp)
        return pass;
    const auto& services = *node.ipvs;
    const VirtualServer* const service = findService(services, packet);
    // 1. a connection that is already there
    if (packet.ipvsFlow && !packet.ipvsFlow->isReply && packet.ipvsFlow->virtualAddress == packet.dst) {
        for (const auto& one : services)
            if (const auto* const server = findServer(one, packet.ipvsFlow->realAddress, packet.ipvsFlow->realPort))
                return {send(one, *server)};
    }
    const bool later = packet.protocol == proto::tcp && (packet.tcpFlags & 0x02) == 0;
    if (node.ipvsConnections)
        for (const auto& one : *node.ipvsConnections)
            if (one.protocol == packet.protocol && one.client == packet.src && one.clientPort == packet.sport
                && one.clientPort != 0 && one.virtualAddress == packet.dst && one.virtualPort == packet.dport)
                if (service) {
                    const auto* const server = findServer(*service, one.realAddress, one.realPort);
                    return server ? std::vector {send(*service, *server)} : lostServer(node, *service, one, packet, later);
                }
    // 2. TCP without SYN and without a connection is left to the node's own stack
    if (later && node.ipvsConnections)
        return pass;
    if (!service)
        return pass;
    // 4. a real server
    std::vector<const RealServer*> able;
    long weights = 0;
    for (const auto& one : service->realServers) {
        const bool overloaded = one.upper != 0 && one.active >= 0
            && static_cast<std::uint32_t>(one.active + std::max(one.inactive, 0)) >= one.upper;
        if (one.weight > 0 && !overloaded) {
            able.push_back(&one);
            weights += one.weight;
        }
    }
    bool certain = !later;
    std::string note = later ? "the connection is not known" : std::string();
    if (service->persistence && node.ipvsConnections) {
        if (const auto* const known = findTemplate(*node.ipvsConnections, *service, packet)) {
            const auto* const server = findServer(*service, known->realAddress, known->realPort);
            const bool expires = node.sysctls && node.sysctls->number("net.ipv4.vs.expire_quiescent_template") == 1;
            if (server && (server->weight > 0 || !expires)) {
                auto sticky = send(*service, *server);
                sticky.note = "persistent: the client's earlier server";
                return {sticky};
            }
        }
    }
    if (able.empty()) {
        IpvsDecision refuse {.kind = Kind::Refuse, .service = service};
        refuse.note = service->realServers.empty() ? "the virtual server has no real server"
                                                   : "no real server has a weight above 0";
        return {refuse};
    }
    if (able.size() > 1) {
        if (service->persistence && !node.ipvsConnections) {
            certain = false;
            note = "persistent: a returning client keeps its server, and the connections were not collected";
        }
        const std::string& scheduler = service->scheduler;
        if (scheduler == "sh" || scheduler == "dh" || scheduler == "mh") {
            certain = false;
            note = "scheduler " + scheduler + " picks one by a hash";
        } else if (scheduler != "rr" && scheduler != "wrr") {
            certain = false;
            note = "scheduler " + scheduler + " picks by the connections of the moment";
        }
    }
    std::vector<IpvsDecision> decisions;
    for (const auto* one : able) {
        auto decision = send(*service, *one);
        decision.share = service->scheduler == "rr" ? 1.0 / static_cast<double>(able.size())
                                                    : static_cast<double>(one->weight) / static_cast<double>(weights);
        decision.certain = certain;
        decision.note = note;
        decisions.push_back(decision);
    }
    return decisions;
}

} // namespace medic::netfilter
