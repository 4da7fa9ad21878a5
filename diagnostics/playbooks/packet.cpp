// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/playbooks/packet.h"

#include "diagnostics/netfilter/packet_tracer.h"
#include "diagnostics/playbooks/runner.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace medic::playbooks {

namespace {

/// "10.0.0.1:80", "[fd00::1]:80", "10.0.0.1", "" (the node's own).
bool readEndpoint(const std::string& text, IpAddress& address, std::uint16_t& port)
{
    if (text.empty())
        return true;
    const bool bracket = text.front() == '[';
    const std::size_t close = bracket ? text.find(']') : text.find(':');
    if (bracket && close == std::string::npos)
        return false;
    const bool hasPort = bracket ? close + 1 < text.size() : std::count(text.begin(), text.end(), ':') == 1;
    const auto parsed = IpAddress::parse(bracket ? text.substr(1, close - 1) : hasPort ? text.substr(0, close) : text);
    if (!parsed)
        return false;
    address = *parsed;
    if (!hasPort)
        return true;
    if (bracket && text[close + 1] != ':')
        return false;
    const char* const begin = text.data() + close + (bracket ? 2 : 1);
    const char* const end = text.data() + text.size();
    const auto [stopped, failed] = std::from_chars(begin, end, port);
    return failed == std::errc() && stopped == end && port != 0;
}

} // namespace

std::optional<netfilter::PathQuery> packetQuery(const std::string& node, const std::string& from, const std::string& to,
                                                const std::string& protocol)
{
    using namespace netfilter;
    PathQuery query;
    const auto number = protocolNumber(protocol.empty() ? "tcp" : protocol);
    std::uint16_t source = query.packet.sport;
    if (!number || node.empty() || !readEndpoint(from, query.packet.src, source)
        || !readEndpoint(to, query.packet.dst, query.packet.dport) || query.packet.dst.isNone())
        return std::nullopt;
    query.packet.sport = source;
    query.packet.protocol = *number;
    query.node = node;
    query.from.kind = from.empty() ? PathEnd::Kind::TheNode : PathEnd::Kind::Address;
    query.from.address = query.packet.src;
    query.to.address = query.packet.dst;
    query.to.port = query.packet.dport;
    return query;
}

Traced followPacket(const Snapshot& snapshot, const Want& want)
{
    using namespace netfilter;
    if (want.traceNode.empty())
        return {std::nullopt, "no node to begin at"};
    const auto query = packetQuery(want.traceNode, want.traceFrom, want.traceTo, want.traceProtocol);
    if (!query)
        return {std::nullopt, "not an address: " + want.traceFrom + " → " + want.traceTo};
    Trace trace = PacketTracer(NodeState::fromSnapshot(snapshot, want.traceNode)).trace(query->packet);
    trace.node = want.traceNode;
    return {std::move(trace), {}};
}

namespace {

/// What one node had said until `at`, newest of each probe, without logs.
Snapshot nodeAt(const IncidentFile& incident, const std::string& node, TimePoint at)
{
    Snapshot snapshot;
    const auto sweeps = incident.sweeps();
    if (!sweeps)
        return snapshot;
    std::map<std::string, std::uint64_t> newest; // by probe
    for (const SweepInfo& sweep : *sweeps) {
        if (sweep.started > at)
            continue;
        const auto heads = incident.index(sweep.id);
        if (!heads)
            continue;
        for (const ObservationHead& one : *heads)
            if (one.head.node == node && !one.head.probe.ends_with("-log"))
                newest[one.head.probe] = one.head.id;
    }
    for (const auto& [probe, id] : newest)
        if (const auto observation = incident.observation(id); observation && *observation)
            snapshot.add(*observation);
    return snapshot;
}

} // namespace

std::vector<AskedPacket> askedPackets(const IncidentFile& incident, const Library& library, const std::vector<AskedPacket>& known)
{
    std::vector<AskedPacket> result;
    for (const PlaybookPtr& playbook : library.all()) {
        const auto document = incident.document("wizard/" + playbook->id);
        if (!document || !*document)
            continue;
        const auto runner = Runner::restore(playbook, Language::English, **document);
        if (!runner)
            continue;
        for (const Visit& visit : runner->visits()) {
            const Step* const step = playbook->find(visit.step);
            const auto query = visit.packet.size() == 4 ? packetQuery(visit.packet[0], visit.packet[1], visit.packet[2], visit.packet[3]) : std::nullopt;
            if (!query || step == nullptr)
                continue;
            AskedPacket one {*query, {}, {}, visit.left, playbook->title, step->title};
            one.want.traceNode = visit.packet[0];
            one.want.traceFrom = visit.packet[1];
            one.want.traceTo = visit.packet[2];
            one.want.traceProtocol = visit.packet[3];
            const auto before = std::find_if(known.begin(), known.end(), [&](const AskedPacket& other) {
                return other.at == one.at && other.want.traceNode == one.want.traceNode && other.want.traceTo == one.want.traceTo;
            });
            one.snapshot = before != known.end() ? before->snapshot : nodeAt(incident, visit.packet[0], visit.left);
            result.push_back(std::move(one));
        }
    }
    return result;
}

std::vector<FollowedPacket> followPackets(const std::vector<AskedPacket>& asked)
{
    std::vector<FollowedPacket> result;
    for (const AskedPacket& one : asked)
        if (Traced traced = followPacket(one.snapshot, one.want); traced.trace)
            result.push_back({one.query, std::move(*traced.trace), one.playbook, one.step});
    return result;
}

} // namespace medic::playbooks
