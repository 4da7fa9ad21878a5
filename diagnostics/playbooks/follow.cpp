// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/playbooks/follow.h"

#include "diagnostics/model/probe_ids.h"
#include "diagnostics/netfilter/packet_tracer.h"
#include "diagnostics/parse/kube_objects.h"

#include <charconv>

namespace medic::playbooks {

namespace {

/// "10.96.0.1:443", "[fd00::1]:443", "10.96.0.1"
bool readEndpoint(const std::string& text, netfilter::PacketQuery& query)
{
    std::string address = text;
    std::string port;
    if (!text.empty() && text.front() == '[') {
        const std::size_t end = text.find(']');
        if (end == std::string::npos)
            return false;
        address = text.substr(1, end - 1);
        port = end + 1 < text.size() && text[end + 1] == ':' ? text.substr(end + 2) : std::string();
    } else if (const std::size_t colon = text.find(':'); colon != std::string::npos && text.find(':', colon + 1) == std::string::npos) {
        address = text.substr(0, colon);
        port = text.substr(colon + 1);
    }
    const auto parsed = IpAddress::parse(address);
    if (!parsed)
        return false;
    query.dst = *parsed;
    if (port.empty())
        return true;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), query.dport);
    return error == std::errc() && end == port.data() + port.size();
}

} // namespace

Traced followPacket(const Snapshot& snapshot, const Want& want)
{
    if (want.traceNode.empty())
        return {std::nullopt, "no node is known to follow it on"};
    netfilter::PacketQuery query;
    if (!readEndpoint(want.traceTo, query))
        return {std::nullopt, "not an address: " + want.traceTo};
    if (!want.traceFrom.empty()) {
        const auto from = IpAddress::parse(want.traceFrom);
        if (!from)
            return {std::nullopt, "not an address: " + want.traceFrom};
        query.src = *from;
    }
    if (want.traceProtocol == "udp")
        query.protocol = proto::udp;
    else if (want.traceProtocol == "sctp")
        query.protocol = proto::sctp;
    const netfilter::NodeState node = netfilter::NodeState::fromSnapshot(snapshot, want.traceNode);
    if (!node.legacy4 && !node.nft4 && !node.legacy6 && !node.nft6 && !node.nftJson)
        return {std::nullopt, "no rules of " + want.traceNode + " were collected"};
    netfilter::PacketTracer tracer(node);
    if (const ObservationPtr seen = snapshot.cluster(probe::apiServices); seen != nullptr && seen->good())
        if (const auto services = kube::parseServices(seen->out))
            tracer.setServices(*services);
    return {tracer.trace(query), {}};
}

} // namespace medic::playbooks
