// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/playbooks/packet.h"

#include "diagnostics/netfilter/packet_tracer.h"

#include <algorithm>
#include <charconv>

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

Traced followPacket(const Snapshot& snapshot, const Want& want)
{
    using namespace netfilter;
    PacketQuery query;
    const auto protocol = protocolNumber(want.traceProtocol.empty() ? "tcp" : want.traceProtocol);
    std::uint16_t from = query.sport;
    if (!protocol || !readEndpoint(want.traceFrom, query.src, from) || !readEndpoint(want.traceTo, query.dst, query.dport) || query.dst.isNone())
        return {std::nullopt, "not an address: " + want.traceFrom + " → " + want.traceTo};
    if (want.traceNode.empty())
        return {std::nullopt, "no node to begin at"};
    query.sport = from;
    query.protocol = *protocol;
    Trace trace = PacketTracer(NodeState::fromSnapshot(snapshot, want.traceNode)).trace(query);
    trace.node = want.traceNode;
    return {std::move(trace), {}};
}

} // namespace medic::playbooks
