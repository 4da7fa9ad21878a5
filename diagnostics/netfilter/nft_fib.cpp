// SPDX-License-Identifier: GPL-3.0-or-later
// The fib expression: net/ipv4/netfilter/nft_fib_ipv4.c, net/ipv6/netfilter/nft_fib_ipv6.c.
#include "diagnostics/netfilter/nft_selector.h"
#include "diagnostics/netfilter/routing.h"

namespace medic::netfilter::nftables {

namespace {

using RouteKind = RouteResult::Kind;

constexpr std::uint64_t rtnUnicast = 1, rtnLocal = 2, rtnBroadcast = 3, rtnMulticast = 5, rtnBlackhole = 6, rtnUnreachable = 7,
                        rtnProhibit = 8;

std::optional<std::uint64_t> typeNumber(RouteKind kind)
{
    switch (kind) {
    case RouteKind::Unicast: return rtnUnicast;
    case RouteKind::Local: return rtnLocal;
    case RouteKind::Broadcast: return rtnBroadcast;
    case RouteKind::Multicast: return rtnMulticast;
    case RouteKind::Blackhole: return rtnBlackhole;
    case RouteKind::Prohibit: return rtnProhibit;
    case RouteKind::None:
    case RouteKind::Unreachable: return rtnUnreachable;
    case RouteKind::Unknown: return std::nullopt;
    }
    return std::nullopt;
}

bool asks(const std::string& flags, std::string_view flag)
{
    const std::string list = ',' + flags + ',';
    return list.find(',' + std::string(flag) + ',') != std::string::npos;
}

Value unknownValue(std::string reason) { return {{}, allBits, std::move(reason)}; }

} // namespace

Value Selector::fib(const std::string& result, const std::string& flags) const
{
    if (result != "type")
        return fibDevice(flags);
    const bool input = asks(flags, "iif"), output = asks(flags, "oif");
    if ((input && m_packet.inUnknown) || (output && m_packet.outUnknown))
        return unknownValue("the device is not known");
    const std::string device = input ? m_packet.in : output ? m_packet.out : std::string();
    const IpAddress& address = asks(flags, "saddr") ? m_packet.src : m_packet.dst;
    RouteKind kind = m_context.routing.addressType(address, device);
    if (address.isV6() && kind == RouteKind::Unicast) {
        // nft_fib6_eval_type looks the route up and tells what it is, if it is not an ordinary one.
        const auto routes = m_context.routing.lookup({.dst = address, .mark = asks(flags, "mark") ? m_packet.mark : 0});
        kind = routes.front().kind == RouteKind::Local || routes.front().kind == RouteKind::Broadcast ? RouteKind::Unicast
                                                                                                    : routes.front().kind;
    }
    const auto number = typeNumber(kind);
    return number ? Value {{0, *number}, {}, {}} : unknownValue("the node's addresses were not collected");
}

/// nft_fib4_eval, nft_fib6_eval: the device of the route; none (0) for a local or unusable one.
Value Selector::fibDevice(const std::string& flags) const
{
    const bool input = asks(flags, "iif"), output = asks(flags, "oif"), source = !asks(flags, "daddr");
    if ((input && m_packet.inUnknown) || (output && m_packet.outUnknown))
        return unknownValue("the device is not known");
    const std::string device = output ? m_packet.out : input ? m_packet.in : std::string();
    if (m_context.hook == Hook::Prerouting && m_packet.in == "lo")
        return {wordOfName("lo"), {}, {}};
    if (m_packet.src.isV4() && m_packet.src.isZeroNet() && (m_packet.dst.isLimitedBroadcast() || m_packet.dst.isMulticast()))
        return {wordOfName(m_packet.in), {}, {}};
    RouteQuery query {.src = source ? m_packet.dst : m_packet.src, .dst = source ? m_packet.src : m_packet.dst,
                      .mark = asks(flags, "mark") ? m_packet.mark : 0, .tos = m_packet.tos};
    if (query.src.isMulticast() || query.src.isLimitedBroadcast() || query.src.isZeroNet())
        query.src = {};
    if (source && input && m_context.hook == Hook::Forward)
        query.in = m_packet.out;
    if (query.dst.isV6() && query.dst.isLinkLocal())
        query.out = device;
    const auto routes = m_context.routing.lookup(query);
    const RouteResult& first = routes.front();
    if (first.kind == RouteKind::Unknown)
        return unknownValue(first.reason);
    if (first.kind != RouteKind::Unicast)
        return {};
    if (device.empty())
        return routes.size() == 1 ? Value {wordOfName(first.device), {}, {}} : unknownValue("a multipath route picks the device");
    for (const RouteResult& one : routes)
        if (one.device == device)
            return {wordOfName(device), {}, {}};
    return {};
}

} // namespace medic::netfilter::nftables
