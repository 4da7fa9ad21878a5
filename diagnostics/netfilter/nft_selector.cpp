// SPDX-License-Identifier: GPL-3.0-or-later
// What expressions yield: net/netfilter/nft_meta.c, nft_payload.c, nft_ct.c, nf_tables_core.c.
#include "diagnostics/netfilter/nft_selector.h"

#include "diagnostics/netfilter/node_state.h"
#include "diagnostics/netfilter/routing.h"

#include <cstdlib>

namespace medic::netfilter::nftables {

namespace {

using parse::nft::Expression;
using parse::nft::Statement;
using Kind = Expression::Kind;

Value of(std::uint64_t number) { return {{0, number}, {}, {}}; }
Value unknown(std::string reason) { return {{}, allBits, std::move(reason)}; }

} // namespace

std::optional<std::vector<Value>> Selector::key(const Expression& expression) const
{
    std::vector<Value> all;
    if (expression.kind != Kind::Concat) {
        auto one = value(expression);
        if (!one)
            return std::nullopt;
        all.push_back(std::move(*one));
        return all;
    }
    for (const Expression& item : expression.items) {
        auto one = value(item);
        if (!one)
            return std::nullopt;
        all.push_back(std::move(*one));
    }
    return all;
}

std::optional<Value> Selector::value(const Expression& e) const
{
    switch (e.kind) {
    case Kind::Meta: return meta(e.text);
    case Kind::Payload: return payload(e.text, e.field);
    case Kind::RawPayload: return raw(e);
    case Kind::Ct: return connection(e.text, e.field);
    case Kind::Fib: return fib(e.text, e.field);
    case Kind::Numgen:
    case Kind::Hash:
        if (m_choice.of == &e)
            return of(static_cast<std::uint64_t>(e.offset) + m_choice.value);
        return unknown(parse::nft::render(e) + " picks one of many");
    case Kind::And:
    case Kind::Or:
    case Kind::Xor:
    case Kind::ShiftLeft:
    case Kind::ShiftRight:
    case Kind::Map: return computed(e);
    case Kind::Number: return of(static_cast<std::uint64_t>(e.number));
    case Kind::Option:
        if (e.text == "tcp option" && (m_packet.protocol != proto::tcp || m_packet.fragment))
            return std::nullopt;
        return unknown("the packet's " + parse::nft::render(e) + " is not known");
    case Kind::Rt: return unknown("rt " + e.text + " is not followed");
    case Kind::Socket: return unknown("whether a socket takes the packet is not known");
    default: return unknown(parse::nft::render(e) + " is not understood");
    }
}

std::optional<Value> Selector::operand(Type type, const Expression& expression) const
{
    if (const auto known = constant(type, expression); known && known->exact())
        return Value {known->from, {}, {}};
    return value(expression);
}

std::optional<Value> Selector::computed(const Expression& e) const
{
    if (e.items.size() != 2)
        return unknown(parse::nft::render(e) + " is not understood");
    if (e.kind == Kind::Map) {
        const auto asked = key(e.items[0]);
        if (!asked)
            return std::nullopt;
        const SetIndex::Found found = lookup(e.items[1], *asked);
        if (found.answer == Tri::No)
            return std::nullopt;
        const SetIndex* const set = m_table.set(e.items[1]);
        if (found.answer == Tri::Unknown || !set)
            return unknown(found.reason);
        const Expression* const data = set->data(found.candidates.front());
        if (!data)
            return unknown("the map's element has no data");
        for (const Type type : {Type::Integer, Type::Ipv4, Type::Ipv6, Type::Name})
            if (const auto known = constant(type, *data); known && known->exact())
                return Value {known->from, {}, {}};
        return unknown(parse::nft::render(*data) + " is not understood");
    }
    const auto left = value(e.items[0]);
    const Type type = typesOf(e.items[0]).front();
    const auto right = operand(type, e.items[1]);
    if (!left || !right)
        return std::nullopt;
    Value result;
    result.reason = left->known() ? right->reason : left->reason;
    const Word maybe = left->unknown | right->unknown;
    const auto shift = [&](bool toLeft) {
        const std::uint64_t by = right->word.lo;
        const std::uint64_t mask = type == Type::Mark || type == Type::Ipv4 ? 0xffffffff : ~std::uint64_t(0);
        const auto moved = [&](std::uint64_t bits) { return by > 63 ? 0 : (toLeft ? bits << by : bits >> by) & mask; };
        result.word.lo = moved(left->word.lo);
        result.unknown.lo = right->known() ? moved(left->unknown.lo & mask) : ~std::uint64_t(0);
    };
    switch (e.kind) {
    case Kind::And:
        result.word = left->word & right->word;
        // A bit that is surely 0 on one side is 0.
        result.unknown = maybe & (left->word | left->unknown) & (right->word | right->unknown);
        break;
    case Kind::Or:
        result.word = left->word | right->word;
        result.unknown = maybe & ~((left->word & ~left->unknown) | (right->word & ~right->unknown));
        break;
    case Kind::Xor:
        result.word = left->word ^ right->word;
        result.unknown = maybe;
        break;
    case Kind::ShiftLeft: shift(true); break;
    default: shift(false); break;
    }
    return result;
}

std::optional<Value> Selector::device(bool input) const
{
    if (input && m_packet.hidesInput(m_context.hook, m_context.node.kernel))
        return of(0);
    if (input ? m_packet.inUnknown : m_packet.outUnknown)
        return unknown("the device is not known");
    // nft_meta_store_ifname: without a device the name is empty, which differs from every name.
    return Value {wordOfName(input ? m_packet.in : m_packet.out), {}, {}};
}

std::optional<Value> Selector::meta(const std::string& key) const
{
    const bool v6 = m_packet.family() == IpFamily::V6;
    if (key == "mark")
        return of(m_packet.mark);
    if (key == "l4proto")
        return of(m_packet.protocol);
    if (key == "nfproto")
        return of(v6 ? 10 : 2);
    if (key == "protocol")
        return of(v6 ? 0x86dd : 0x0800);
    if (key == "iifname" || key == "iif")
        return device(true);
    if (key == "oifname" || key == "oif")
        return device(false);
    if (key == "ibrname" || key == "obrname" || key == "ibridgename" || key == "obridgename") { // nft_meta_get_eval: of a port its bridge
        const bool input = key.starts_with('i');
        if (input ? m_packet.inUnknown : m_packet.outUnknown)
            return unknown("the device is not known");
        const auto* const port = m_context.routing.bridgeOf(input ? m_packet.in : m_packet.out);
        return port ? std::optional(Value {wordOfName(port->name), {}, {}}) : std::nullopt;
    }
    if (key == "pkttype" && m_context.bridge)
        return unknown("to which port's address the frame goes is not known");
    if (key == "pkttype") {
        if (m_packet.local && (m_context.hook == Hook::Output || m_context.hook == Hook::Postrouting))
            return of(0);
        const auto kind = m_context.routing.addressType(m_packet.dst);
        return of(kind == RouteResult::Kind::Broadcast ? 1 : kind == RouteResult::Kind::Multicast ? 2 : 0);
    }
    if (key == "skuid" || key == "skgid" || key == "cgroup") {
        // Without a socket: nft_meta_get_eval_skugid breaks. Early demux gives one to later packets on their way in.
        const bool early = m_context.hook == Hook::Input && m_packet.ct.state == Conntrack::State::Established;
        if (!m_packet.local && !m_packet.hasSocket && !early)
            return std::nullopt;
        return unknown("which process sends is not known");
    }
    if (key == "iifkind" || key == "oifkind") {
        const std::string& name = key == "iifkind" ? m_packet.in : m_packet.out;
        const bool notKnown = key == "iifkind" ? m_packet.inUnknown : m_packet.outUnknown;
        if (!notKnown && name.empty())
            return std::nullopt;
        const auto* const link = notKnown ? nullptr : m_context.routing.link(name);
        if (link && !link->kind.empty())
            return Value {wordOfName(link->kind), {}, {}};
        return unknown("the device's kind is not known");
    }
    return unknown("meta " + key + " is not in a dump");
}

std::optional<Value> Selector::network(bool v6, const std::string& field) const
{
    if (m_packet.family() != (v6 ? IpFamily::V6 : IpFamily::V4))
        return std::nullopt;
    if (field == "saddr" || field == "daddr")
        return Value {wordOf(field == "saddr" ? m_packet.src : m_packet.dst), {}, {}};
    if (field == "protocol" || field == "nexthdr")
        return of(m_packet.protocol);
    if (field == "dscp")
        return of(m_packet.tos >> 2);
    if (field == "ecn")
        return of(m_packet.tos & 3);
    if (field == "version")
        return of(v6 ? 6 : 4);
    if (field == "frag-off" && !m_packet.fragment)
        return Value {{}, {0, 0xe000}, "the packet's fragment bits are not known"};
    return unknown("the packet's " + field + " is not known");
}

std::optional<Value> Selector::payload(const std::string& protocol, const std::string& field) const
{
    if (protocol == "ip" || protocol == "ip6")
        return network(protocol == "ip6", field);
    const bool icmp = protocol == "icmp" || protocol == "icmpv6";
    if (icmp || protocol == "igmp") {
        const std::uint8_t number = protocol == "icmp" ? proto::icmp : protocol == "icmpv6" ? proto::icmp6 : proto::igmp;
        if (m_packet.protocol != number || m_packet.fragment)
            return std::nullopt;
        if (icmp && (field == "type" || field == "code"))
            return of(field == "type" ? m_packet.icmpType : m_packet.icmpCode);
        return unknown("the packet's " + protocol + ' ' + field + " is not known");
    }
    if (protocol == "ether" && field == "type")
        return of(m_packet.family() == IpFamily::V6 ? 0x86dd : 0x0800);
    if (protocol == "ether" || protocol == "vlan" || protocol == "arp")
        return unknown("the packet's " + protocol + ' ' + field + " is not known");
    // "tcp dport" carries its "meta l4proto tcp", which nft leaves out when it prints.
    if (protocol != "th") {
        const auto number = protocolNumber(protocol);
        if (number && *number != m_packet.protocol)
            return std::nullopt;
    }
    if (m_packet.fragment)
        return std::nullopt;
    if (field == "sport" || field == "dport") {
        if (m_packet.hasPorts())
            return of(field == "sport" ? m_packet.sport : m_packet.dport);
        return Value {{}, {0, 0xffff}, "the packet has no ports: other bytes of its header are read"};
    }
    if (protocol == "tcp" && field == "flags")
        return of(m_packet.tcpFlags);
    return unknown("the packet's " + protocol + ' ' + field + " is not known");
}

/// @th,16,16 and the like, where they are fields that a trace knows.
std::optional<Value> Selector::raw(const Expression& e) const
{
    const bool v6 = m_packet.family() == IpFamily::V6;
    const auto at = [&](std::int64_t offset, std::int64_t bits) { return e.offset == offset && e.number == bits; };
    if (e.text == "th") {
        if (m_packet.fragment)
            return std::nullopt;
        if (at(0, 16) || at(16, 16))
            return payload("th", e.offset == 0 ? "sport" : "dport");
    }
    if (e.text == "nh") {
        if (v6 ? at(64, 128) : at(96, 32))
            return network(v6, "saddr");
        if (v6 ? at(192, 128) : at(128, 32))
            return network(v6, "daddr");
        if (v6 ? at(48, 8) : at(72, 8))
            return of(m_packet.protocol);
    }
    return unknown("the bytes " + parse::nft::render(e) + " are not known");
}

std::optional<Value> Selector::connection(const std::string& key, const std::string& direction) const
{
    const Conntrack& ct = m_packet.ct;
    if (m_context.bridge) // tracked by nf_conntrack_bridge, or by br_netfilter, or not yet
        return unknown("whether the bridge tracks the connection is not known");
    if (key == "state") {
        switch (ct.state) {
        case Conntrack::State::New: return of(ctstate::fresh);
        case Conntrack::State::Established: return of(ctstate::established);
        case Conntrack::State::Related: return of(ctstate::related);
        case Conntrack::State::Untracked: return of(ctstate::untracked);
        case Conntrack::State::None: return of(ct.hasTemplate ? ctstate::fresh : ctstate::invalid); // nft_ct_get_eval
        case Conntrack::State::Invalid: return of(ctstate::invalid);
        }
        return of(ctstate::invalid);
    }
    if (!ct.tracked())
        return std::nullopt;
    if (key == "status") {
        using namespace ctstatus;
        std::uint64_t bits = (ct.snat ? snat : 0) | (ct.dnat ? dnat : 0) | (ct.seenReply ? seenReply : 0)
            | (ct.confirmed ? confirmed : 0) | (ct.natDone[static_cast<int>(Manip::Source)] ? snatDone : 0)
            | (ct.natDone[static_cast<int>(Manip::Destination)] ? dnatDone : 0);
        const bool first = ct.state == Conntrack::State::New && !ct.confirmed;
        if (!ct.tuplesKnown)
            return unknown("the connection that it is related to is not known");
        return Value {{0, bits}, {0, first ? 0 : ~std::uint64_t(snat | dnat | seenReply | confirmed)},
                      first ? std::string() : "the connection's status is not known"};
    }
    if (!ct.tuplesKnown && key != "mark" && key != "zone")
        return unknown("the connection that it is related to is not known");
    if (key == "direction")
        return of(ct.isReply ? 1 : 0);
    if (key == "mark") {
        if (!ct.markKnown)
            return Value {{}, {0, 0xffffffff}, "the connection's mark is not known"};
        return of(ct.mark);
    }
    if (key == "zone")
        return of(ct.zone);
    const bool v6 = ct.original.src.isV6();
    if (key == "l3proto")
        return of(v6 ? 10 : 2);
    if (key == "protocol")
        return of(m_packet.protocol);
    const FlowTuple& tuple = direction == "reply" ? ct.reply : ct.original;
    if (key.ends_with("saddr") || key.ends_with("daddr")) {
        if (key.find(' ') != std::string::npos && key.starts_with("ip6") != v6)
            return std::nullopt;
        return Value {wordOf(key.ends_with("saddr") ? tuple.src : tuple.dst), {}, {}};
    }
    if (key == "proto-src" || key == "proto-dst") {
        if (!m_packet.hasPorts())
            return unknown("the packet has no ports");
        return of(key == "proto-src" ? tuple.sport : tuple.dport);
    }
    return unknown("ct " + key + " is not in a dump");
}

SetIndex::Found Selector::lookup(const Expression& where, const std::vector<Value>& asked) const
{
    const SetIndex* const set = m_table.set(where);
    if (!set)
        return {Tri::Unknown, {}, "the set " + parse::nft::render(where) + " is not in the dump"};
    if (where.kind == Kind::SetReference && m_table.filledByPackets(where.text))
        m_context.notes.warn("the set " + where.text + " of " + m_table.table().title()
                             + " is filled by packets; it is taken as it was when it was dumped");
    return set->find(asked);
}

Tri Selector::matches(const Statement& match, std::string& reason) const
{
    const auto left = key(match.left);
    if (!left)
        return Tri::No;
    const bool negated = match.text == "!=";
    const auto answer = [&](Tri value, const std::string& why) {
        if (value == Tri::Unknown)
            reason = why;
        return !negated || value == Tri::Unknown ? value : value == Tri::Yes ? Tri::No : Tri::Yes;
    };
    if (match.right.kind == Kind::Set || match.right.kind == Kind::SetReference) {
        const SetIndex::Found found = lookup(match.right, *left);
        return answer(found.answer, found.reason);
    }
    const auto types = typesOf(match.left);
    if (left->size() > 1) {
        if (match.right.kind != Kind::Concat || match.right.items.size() != left->size())
            return answer(Tri::Unknown, parse::nft::render(match.right) + " is not understood");
        Tri all = Tri::Yes;
        for (std::size_t i = 0; i < left->size() && all != Tri::No; ++i) {
            const auto range = constant(types[i], match.right.items[i]);
            const Tri one = range ? isIn((*left)[i], *range) : Tri::Unknown;
            all = one == Tri::Yes ? all : one;
        }
        return answer(all, "a part of the key is not known");
    }
    const Value& value = left->front();
    // "exists", "missing": a device (or an option) is there at all
    if (types.front() == Type::Name && match.right.kind == Kind::Number && !match.right.text.empty()) {
        const Tri none = isIn(value, {{}, {}});
        const Tri there = none == Tri::Unknown ? none : none == Tri::Yes ? Tri::No : Tri::Yes;
        return answer(match.right.number != 0 || there == Tri::Unknown ? there : none, value.reason);
    }
    auto range = constant(types.front(), match.right);
    if (!range) {
        const auto computedRight = match.right.kind == Kind::Symbol ? std::nullopt : this->value(match.right);
        if (!computedRight || !computedRight->known())
            return answer(Tri::Unknown, !value.known() ? value.reason : parse::nft::render(match.right) + " is not understood");
        range = Range {computedRight->word, computedRight->word};
    }
    if (match.text == "in" || match.text == "!") {
        const Word bits = value.word & range->from;
        const bool none = match.text == "!";
        if (!(bits & ~value.unknown).isZero())
            return none ? Tri::No : Tri::Yes;
        if ((value.unknown & range->from).isZero())
            return none ? Tri::Yes : Tri::No;
        return answer(Tri::Unknown, value.reason);
    }
    const auto below = [](Word word) { return word.lo == 0 ? Word {word.hi - 1, ~std::uint64_t(0)} : Word {word.hi, word.lo - 1}; };
    const auto above = [](Word word) { return word.lo + 1 == 0 ? Word {word.hi + 1, 0} : Word {word.hi, word.lo + 1}; };
    if (match.text == "<")
        return range->from.isZero() ? Tri::No : answer(isIn(value, {{}, below(range->from)}), value.reason);
    if (match.text == "<=")
        return answer(isIn(value, {{}, range->to}), value.reason);
    if (match.text == ">")
        return range->to == allBits ? Tri::No : answer(isIn(value, {above(range->to), allBits}), value.reason);
    if (match.text == ">=")
        return answer(isIn(value, {range->from, allBits}), value.reason);
    if (match.text != "==" && match.text != "!=" && !match.text.empty())
        return answer(Tri::Unknown, "the operator " + match.text + " is not understood");
    return answer(isIn(value, *range), value.reason);
}

} // namespace medic::netfilter::nftables
