// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/iptables_match.h"

#include "diagnostics/netfilter/node_state.h"
#include "diagnostics/netfilter/routing.h"

namespace medic::netfilter {

namespace {

using namespace iptables;

MatchAnswer yes(bool value) { return {value ? Tri::Yes : Tri::No, 1.0, {}}; }
MatchAnswer unknown(std::string_view reason) { return {Tri::Unknown, 1.0, std::string(reason)}; }

MatchAnswer inverted(MatchAnswer answer, bool invert)
{
    if (invert && answer.answer != Tri::Unknown)
        answer.answer = answer.answer == Tri::Yes ? Tri::No : Tri::Yes;
    return answer;
}

/// One answer per match extension. Cited: net/netfilter/xt_*.c.
class Matcher {
public:
    Matcher(const PacketState& packet, const HookContext& context) : m_packet(packet), m_context(context) { }

    MatchAnswer operator()(const PortsMatch& match) const
    {
        if (!m_packet.hasPorts() || m_packet.protocol != match.protocol)
            return yes(false);
        if (match.source.contains(m_packet.sport) == match.notSource
            || match.destination.contains(m_packet.dport) == match.notDestination)
            return yes(false);
        if (match.flagMask == 0)
            return yes(true);
        return yes(((m_packet.tcpFlags & match.flagMask) == match.flagValue) != match.notFlags);
    }

    MatchAnswer operator()(const IcmpMatch& match) const
    {
        if (m_packet.fragment || m_packet.protocol != (match.v6 ? proto::icmp6 : proto::icmp))
            return yes(false);
        const bool same = match.anyType
            || (m_packet.icmpType == match.type && m_packet.icmpCode >= match.codeFrom && m_packet.icmpCode <= match.codeTo);
        return yes(same != match.invert);
    }

    MatchAnswer operator()(const MultiportMatch& match) const
    {
        if (!m_packet.hasPorts())
            return yes(false);
        bool found = false;
        for (std::size_t i = 0; i < match.count && !found; ++i) {
            const bool source = match.ports[i].contains(m_packet.sport);
            const bool destination = match.ports[i].contains(m_packet.dport);
            found = match.side == MultiportMatch::Side::Source ? source
                : match.side == MultiportMatch::Side::Destination ? destination
                                                                   : source || destination;
        }
        return yes(found != match.invert);
    }

    MatchAnswer operator()(const MarkMatch& match) const
    {
        if (!match.connection)
            return yes(((m_packet.mark & match.mask) == match.value) != match.invert);
        if (!m_packet.ct.tracked() && !m_packet.ct.hasTemplate)
            return yes(false); // connmark_mt: no conntrack, no match, inverted or not
        if (!m_packet.ct.markKnown)
            return unknown("the connection's mark is not known");
        return yes(((m_packet.ct.mark & match.mask) == match.value) != match.invert);
    }

    MatchAnswer operator()(const ConntrackMatch& match) const
    {
        const Conntrack& ct = m_packet.ct;
        const bool tracked = ct.tracked() || ct.hasTemplate;
        if (match.states != 0) {
            std::uint16_t bits = ctbit::isInvalid;
            if (ct.state == Conntrack::State::New || ct.hasTemplate)
                bits = ctbit::isNew;
            else if (ct.state == Conntrack::State::Established)
                bits = ctbit::isEstablished;
            else if (ct.state == Conntrack::State::Related)
                bits = ctbit::isRelated;
            else if (ct.state == Conntrack::State::Untracked)
                bits = ctbit::isUntracked;
            if (tracked && ct.snat)
                bits = static_cast<std::uint16_t>(bits | ctbit::isSnat);
            if (tracked && ct.dnat)
                bits = static_cast<std::uint16_t>(bits | ctbit::isDnat);
            const bool hit = (match.states & bits) != 0;
            if (!hit && tracked && !ct.tuplesKnown && (match.states & (ctbit::isSnat | ctbit::isDnat)) != 0)
                return unknown("the connection that it is related to is not known");
            if (hit == match.notStates)
                return yes(false);
        }
        if (!tracked)
            return yes(match.states != 0);
        return match.detail ? detail(*match.detail) : yes(true);
    }

    MatchAnswer operator()(const AddrtypeMatch& match) const
    {
        const std::string device = match.limitIn ? m_packet.in : match.limitOut ? m_packet.out : std::string();
        if ((match.limitIn && m_packet.inUnknown) || (match.limitOut && m_packet.outUnknown))
            return unknown("the device is not known");
        const auto one = [&](const IpAddress& address, std::uint16_t types, bool invert) {
            if (types == 0)
                return Tri::Yes;
            const Tri answer = address.isV6() ? typeOfV6(address, types, device) : typeOfV4(address, types, device);
            return answer == Tri::Unknown || !invert ? answer : answer == Tri::Yes ? Tri::No : Tri::Yes;
        };
        const Tri source = one(m_packet.src, match.source, match.notSource);
        const Tri destination = one(m_packet.dst, match.destination, match.notDestination);
        if (source == Tri::No || destination == Tri::No)
            return yes(false);
        if (source == Tri::Unknown || destination == Tri::Unknown)
            return unknown("the node's addresses were not collected");
        return yes(true);
    }

    MatchAnswer operator()(const PhysdevMatch& match) const
    {
        if (!m_packet.bridgeIn && !m_packet.bridgeOut)
            return yes(!(match.isBridged && !match.notIsBridged) && !(match.isIn && !match.notIsIn)
                       && !(match.isOut && !match.notIsOut) && !(!match.in.empty() && !match.notIn)
                       && !(!match.out.empty() && !match.notOut));
        if (match.isBridged && m_packet.bridgeOut == match.notIsBridged)
            return yes(false);
        if ((match.isIn && m_packet.bridgeIn == match.notIsIn) || (match.isOut && m_packet.bridgeOut == match.notIsOut))
            return yes(false);
        Tri answer = Tri::Yes;
        const auto port = [&](std::string_view pattern, bool invert, bool present, const std::string& name) {
            if (pattern.empty() || !present)
                return;
            if (name.empty())
                answer = answer == Tri::No ? Tri::No : Tri::Unknown;
            else if (deviceMatches(pattern, name) == invert)
                answer = Tri::No;
        };
        port(match.in, match.notIn, m_packet.bridgeIn, m_packet.physIn);
        port(match.out, match.notOut, m_packet.bridgeOut, m_packet.physOut);
        return answer == Tri::Unknown ? unknown("which port of the bridge is not known") : yes(answer == Tri::Yes);
    }

    MatchAnswer operator()(const SetMatch& match) const
    {
        const NodeState& node = m_context.node;
        if (!node.sets)
            return unknown("the ipsets were not collected");
        const ipset::Set* const set = node.sets->find(match.set);
        if (!set)
            return unknown("ipset " + std::string(match.set) + " is not in the dump");
        if (m_packet.fragment)
            return unknown("a fragment has no ports");
        ipset::Query query {.protocol = m_packet.protocol, .mark = m_packet.mark};
        for (int i = 0; i < match.dimensions; ++i) {
            const bool source = (match.sources >> i & 1) != 0;
            const bool icmp = m_packet.protocol == proto::icmp || m_packet.protocol == proto::icmp6;
            const auto port = icmp ? static_cast<std::uint16_t>(m_packet.icmpType << 8 | m_packet.icmpCode)
                : source           ? m_packet.sport
                                   : m_packet.dport;
            const bool hidden = source && m_packet.hidesInput(m_context.hook, node.kernel);
            query.dimensions.push_back({source ? m_packet.src : m_packet.dst, port, hidden ? std::string() : source ? m_packet.in : m_packet.out});
        }
        std::string reason;
        const Tri found = node.sets->contains(*set, query, m_packet.family(), reason);
        if (found == Tri::Unknown)
            return unknown(reason);
        return yes((found == Tri::Yes) != match.invert);
    }

    MatchAnswer operator()(const StatisticMatch& match) const
    {
        double share = match.nth ? 1.0 / match.every : static_cast<double>(match.probability) / 2147483648.0;
        if (match.invert)
            share = 1.0 - share;
        return {share <= 0.0 ? Tri::No : Tri::Yes, share, {}};
    }

    MatchAnswer operator()(const RecentMatch& match) const
    {
        if (match.mode == RecentMatch::Mode::Set)
            return yes(!match.invert);
        const auto& recent = m_context.node.recent;
        const std::string name(match.name);
        if (!recent)
            return unknown("the recent list " + name + " was not collected");
        const auto list = recent->lists.find(match.name);
        if (list == recent->lists.end())
            return inverted(yes(false), match.invert);
        IpAddress asked = match.byDestination ? m_packet.dst : m_packet.src;
        if (!match.mask.isNone()) {
            asked.hi &= match.mask.hi;
            asked.lo &= match.mask.lo;
        }
        for (const auto& seen : list->second)
            if (seen.address == asked) {
                if (match.seconds != 0 || match.hits > 1 || match.ttl)
                    return unknown("recent list " + name + " holds the address; how long ago is not known");
                return inverted(yes(true), match.invert);
            }
        return inverted(yes(false), match.invert);
    }

    MatchAnswer operator()(const IpRangeMatch& match) const
    {
        const auto in = [](const IpAddress& address, const IpAddress& from, const IpAddress& to) {
            return from.isNone() || (address.family == from.family && from <= address && address <= to);
        };
        if (!match.sourceFrom.isNone() && in(m_packet.src, match.sourceFrom, match.sourceTo) == match.notSource)
            return yes(false);
        return yes(match.destinationFrom.isNone()
                   || in(m_packet.dst, match.destinationFrom, match.destinationTo) != match.notDestination);
    }

    MatchAnswer operator()(const OwnerMatch& match) const
    {
        if (!m_packet.local)
            return yes(match.allNegated); // owner_mt: no socket
        return match.asksIdentity ? unknown("which process sends is not known") : yes(!match.allNegated);
    }

    MatchAnswer operator()(const IpvsMatch& match) const
    {
        const bool property = m_packet.ipvs.has_value();
        const bool onlyProperty = match.address.isNone() && match.port == 0 && match.protocol == 0
            && match.direction == 0 && match.method == 0;
        if (onlyProperty)
            return yes(property != match.notProperty);
        if (!property || (match.hasProperty && match.notProperty))
            return yes(false);
        const IpvsInfo& ipvs = *m_packet.ipvs;
        if (ipvs.onePacket)
            return yes(false); // its connection is in no table that conn_out_get looks into
        bool ok = match.address.isNone() || match.address.contains(ipvs.virtualAddress) != match.notAddress;
        ok = ok && (match.port == 0 || (match.port == ipvs.virtualPort) != match.notPort);
        ok = ok && (match.protocol == 0 || (match.protocol == ipvs.protocol) != match.notProtocol);
        // By conntrack's direction: a packet that IPVS does not let conntrack track (vs.conntrack=0) has none.
        ok = ok && (match.direction == 0 || (m_packet.ct.tracked() && (match.direction == 2) == ipvs.isReply));
        const char method = ipvs.method == 'm' ? 'M' : ipvs.method == 'g' ? 'G' : 'I';
        return yes(ok && (match.method == 0 || (match.method == method) != match.notMethod));
    }

    MatchAnswer operator()(const RpfilterMatch& match) const
    {
        if (m_packet.inUnknown)
            return unknown("the device is not known");
        const Tri answer = m_context.routing.reversePathMatches(m_packet, match.loose, match.validMark, match.acceptLocal);
        if (answer == Tri::Unknown)
            return unknown("the routes were not collected");
        return yes((answer == Tri::Yes) != match.invert);
    }

    MatchAnswer operator()(const NfacctMatch& match) const
    {
        // Accounting objects without a quota always match; kube-proxy's have none (pkg/proxy/metrics, nfacct).
        if (match.name == "ct_state_invalid_dropped_pkts" || match.name == "localhost_nps_accepted_pkts")
            return yes(true);
        return unknown("accounting object " + std::string(match.name) + " may have a quota");
    }

    MatchAnswer operator()(const DscpMatch& match) const
    {
        return yes(((m_packet.tos & match.mask) == match.value) != match.invert);
    }

    MatchAnswer operator()(const PkttypeMatch& match) const
    {
        const auto kind = m_context.routing.addressType(m_packet.dst);
        const std::uint8_t type = kind == RouteResult::Kind::Broadcast ? 1 : kind == RouteResult::Kind::Multicast ? 2 : 0;
        return yes((type == match.type) != match.invert);
    }

    MatchAnswer operator()(const UndecidableMatch& match) const
    {
        return unknown(std::string(match.name) + ": " + std::string(match.reason));
    }

private:
    static std::uint16_t bitOf(RouteResult::Kind kind)
    {
        switch (kind) {
        case RouteResult::Kind::Unicast: return addrtype::isUnicast;
        case RouteResult::Kind::Local: return addrtype::isLocal;
        case RouteResult::Kind::Broadcast: return addrtype::isBroadcast;
        case RouteResult::Kind::Multicast: return addrtype::isMulticast;
        case RouteResult::Kind::Blackhole: return addrtype::isBlackhole;
        case RouteResult::Kind::Unreachable: return addrtype::isUnreachable;
        case RouteResult::Kind::Prohibit: return addrtype::isProhibit;
        case RouteResult::Kind::None:
        case RouteResult::Kind::Unknown: return 0;
        }
        return 0;
    }

    Tri typeOfV4(const IpAddress& address, std::uint16_t types, const std::string& device) const
    {
        const auto kind = m_context.routing.addressType(address, device);
        if (kind == RouteResult::Kind::Unknown)
            return Tri::Unknown;
        return (types & bitOf(kind)) != 0 ? Tri::Yes : Tri::No;
    }

    /// xt_addrtype's match_type6
    Tri typeOfV6(const IpAddress& address, std::uint16_t types, const std::string& device) const
    {
        if ((types & addrtype::isMulticast) != 0 && !address.isMulticast())
            return Tri::No;
        if ((types & addrtype::isUnicast) != 0 && (address.isMulticast() || address.isZeroNet()))
            return Tri::No;
        if ((types & addrtype::isUnspec) != 0 && !address.isZeroNet())
            return Tri::No;
        constexpr auto looked = addrtype::isLocal | addrtype::isAnycast | addrtype::isUnreachable;
        if ((types & looked) == 0)
            return Tri::Yes;
        return typeOfV4(address, types & looked, device);
    }

    MatchAnswer detail(const ConntrackDetail& asked) const
    {
        const Conntrack& ct = m_packet.ct;
        const auto negated = [&](int bit) { return (asked.inverted >> bit & 1) != 0; };
        if (!ct.tuplesKnown)
            return unknown("the connection that it is related to is not known");
        if (asked.direction != 0 && (asked.direction == 2) != ct.isReply)
            return yes(false);
        const auto address = [&](const IpPrefix& prefix, const IpAddress& value, int bit) {
            return prefix.isNone() || prefix.contains(value) != negated(bit);
        };
        // ICMP's tuples hold the id as source port, type and code as destination port (nf_conntrack_proto_icmp.c).
        const bool icmp = m_packet.protocol == proto::icmp || m_packet.protocol == proto::icmp6;
        bool idAsked = false;
        const auto port = [&](const PortRange& range, std::uint16_t value, int bit) {
            if (icmp && !range.any()) {
                if (bit % 2 == 0 || !isEcho()) {
                    idAsked = true;
                    return true;
                }
                const bool v6 = m_packet.protocol == proto::icmp6;
                value = static_cast<std::uint16_t>((bit == 5 ? (v6 ? 128 : 8) : v6 ? 129 : 0) << 8);
            }
            return range.any() || range.contains(value) != negated(bit);
        };
        if (!address(asked.origSource, ct.original.src, 0) || !address(asked.origDestination, ct.original.dst, 1)
            || !address(asked.replySource, ct.reply.src, 2) || !address(asked.replyDestination, ct.reply.dst, 3)
            || !port(asked.origSourcePort, ct.original.sport, 4) || !port(asked.origDestinationPort, ct.original.dport, 5)
            || !port(asked.replySourcePort, ct.reply.sport, 6) || !port(asked.replyDestinationPort, ct.reply.dport, 7))
            return yes(false);
        if (asked.hasProtocol && (asked.protocol == m_packet.protocol) == negated(8))
            return yes(false);
        if (idAsked)
            return unknown("the id of the ICMP packet is not known");
        if (asked.hasStatus) { // NONE asks for no bit: never true
            const auto bits = static_cast<std::uint16_t>((ct.seenReply ? ctstatus::seenReply : 0) | (ct.confirmed ? ctstatus::confirmed : 0));
            const bool first = !ct.seenReply && !ct.isReply && ct.state != Conntrack::State::Related; // neither assured nor expected
            const auto wanted = static_cast<std::uint16_t>(asked.status & ~ctstatus::none);
            const bool hit = (wanted & bits) != 0;
            if (!hit && !first && (wanted & (ctstatus::expected | ctstatus::assured)) != 0)
                return unknown("the connection's status is not known");
            if (hit == negated(9))
                return yes(false);
        }
        if (asked.hasExpire)
            return unknown("the connection's age is not known");
        return yes(true);
    }

    [[nodiscard]] bool isEcho() const
    {
        const auto type = m_packet.icmpType;
        return m_packet.icmpCode == 0 && (m_packet.protocol == proto::icmp6 ? type == 128 || type == 129 : type == 8 || type == 0);
    }

    struct ctstatus {
        static constexpr unsigned expected = 1, seenReply = 2, assured = 4, confirmed = 8, none = 16;
    };
    const PacketState& m_packet;
    const HookContext& m_context;
};

MatchAnswer no(std::string_view part, const HookContext& context)
{
    MatchAnswer answer {Tri::No, 1.0, {}};
    if (context.passedOver)
        answer.reason = part;
    return answer;
}

} // namespace

bool deviceMatches(std::string_view pattern, std::string_view device)
{
    if (!pattern.empty() && pattern.back() == '+')
        return device.starts_with(pattern.substr(0, pattern.size() - 1));
    return pattern == device;
}

MatchAnswer matchOne(const iptables::Match& match, const PacketState& packet, const HookContext& context)
{
    return std::visit(Matcher(packet, context), match);
}

MatchAnswer matchRule(const iptables::Rule& rule, const PacketState& packet, const HookContext& context)
{
    // ip_packet_match
    if (!rule.destination.isNone() && rule.destination.contains(packet.dst) == rule.notDestination)
        return no("destination", context);
    if (!rule.source.isNone() && rule.source.contains(packet.src) == rule.notSource)
        return no("source", context);
    if (rule.protocol != 0 && (rule.protocol == packet.protocol) == rule.notProtocol)
        return no("protocol", context);
    if (rule.fragments && !packet.fragment)
        return no("fragment", context);
    if (rule.notFragments && packet.fragment)
        return no("fragment", context);
    MatchAnswer all;
    const auto device = [&](std::string_view pattern, bool invert, const std::string& name, bool isUnknown) {
        if (pattern.empty())
            return true;
        if (isUnknown) {
            all.answer = Tri::Unknown;
            all.reason = "the device is not known";
            return true;
        }
        return deviceMatches(pattern, name) != invert;
    };
    const bool hidden = !rule.in.empty() && packet.hidesInput(context.hook, context.node.kernel);
    if (!device(rule.in, rule.notIn, hidden ? std::string() : packet.in, packet.inUnknown && !hidden))
        return no("in interface", context);
    if (!device(rule.out, rule.notOut, packet.out, packet.outUnknown))
        return no("out interface", context);
    const Matcher matcher(packet, context);
    for (const auto& match : rule.matches) {
        MatchAnswer one = std::visit(matcher, match);
        if (one.answer == Tri::No)
            return no("match", context);
        all.share *= one.share;
        if (one.answer == Tri::Unknown) {
            all.answer = Tri::Unknown;
            all.reason = std::move(one.reason);
        }
    }
    return all;
}

} // namespace medic::netfilter
