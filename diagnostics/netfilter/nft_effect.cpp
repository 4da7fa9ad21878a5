// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/nft_effect.h"

#include "diagnostics/netfilter/iptables_action.h"

#include <algorithm>

namespace medic::netfilter::nftables {

namespace {

using parse::nft::Expression;
using parse::nft::Statement;
using Kind = Expression::Kind;
using SKind = Statement::Kind;
using Next = Effect::Next;

/// An address or port of a NAT statement: what was found where it is looked up.
struct Operand {
    enum class State : std::uint8_t { Found, Absent, Unknown } state = State::Found;
    std::optional<Range> address, port;
    int prefixLength = -1; ///< of a prefix
    std::string reason;
};

class Applier {
public:
    Applier(const TableIndex& table, const PacketState& packet, const HookContext& context, Choice choice)
        : m_packet(packet), m_context(context), m_table(table), m_selector(table, packet, context, choice)
    {
    }

    std::vector<Effect> apply(const Statement& s) const
    {
        switch (s.kind) {
        case SKind::Mangle: return mangle(s);
        case SKind::Nat: return nat(s);
        case SKind::Reject: return reject(s);
        case SKind::Queue: return queue(s);
        case SKind::Tproxy: return tproxy(s);
        case SKind::Takeover: return takeover(s);
        case SKind::Notrack: {
            Effect effect = make(Next::Go, "notrack");
            if (m_packet.ct.state == Conntrack::State::None)
                effect.packet.ct.state = Conntrack::State::Untracked;
            return {std::move(effect)};
        }
        case SKind::Xt: return extension(s);
        default: return {make(Next::Go, {})};
        }
    }

private:
    [[nodiscard]] Effect make(Next next, std::string action) const
    {
        Effect effect;
        effect.next = next;
        effect.packet = m_packet;
        effect.action = std::move(action);
        return effect;
    }

    [[nodiscard]] Effect undecidable(std::string action, std::string reason) const
    {
        Effect effect = make(Next::Undecidable, std::move(action));
        effect.reason = std::move(reason);
        effect.certain = false;
        return effect;
    }

    std::vector<Effect> mangle(const Statement& s) const
    {
        const Expression& what = s.left;
        const auto value = m_selector.operand(typesOf(what).front(), s.right);
        if (!value)
            return {make(Next::Break, {})};
        Effect effect = make(Next::Go, {});
        PacketState& packet = effect.packet;
        const auto number = static_cast<std::uint32_t>(value->word.lo & ~value->unknown.lo);
        const bool followed = what.kind == Kind::Meta ? what.text == "mark"
            : what.kind == Kind::Ct                   ? what.text == "mark" || what.text == "zone"
                                                      : what.kind == Kind::Payload;
        if (followed && !value->known()) {
            effect.certain = false;
            effect.reason = value->reason;
        }
        if (what.kind == Kind::Meta && what.text == "mark") {
            packet.mark = number;
            effect.action = "mark " + hexText(number);
            effect.changed = packet.mark != m_packet.mark;
        } else if (what.kind == Kind::Ct && what.text == "mark") {
            if (packet.ct.tracked()) {
                packet.ct.mark = number;
                packet.ct.markKnown = value->known();
            }
            effect.action = "connmark " + hexText(number);
        } else if (what.kind == Kind::Ct && what.text == "zone") {
            if (packet.ct.state == Conntrack::State::None && !packet.ct.hasTemplate) {
                packet.ct.hasTemplate = true; // nft_ct_set_zone_eval
                packet.ct.zone = static_cast<std::uint16_t>(number);
                packet.ct.zoneDirections = what.field == "original" ? 1 : what.field == "reply" ? 2 : 3;
            }
            effect.action = "ct zone " + std::to_string(number);
        } else if (what.kind == Kind::Payload) {
            return {rewrite(what, *value, std::move(effect))};
        } else if (what.kind == Kind::Option) {
            // nft_exthdr_tcp_set_eval breaks on what is no TCP
            if (what.text == "tcp option" && (m_packet.protocol != proto::tcp || m_packet.fragment))
                effect.next = Next::Break;
            effect.action = parse::nft::render(what) + " set";
        } else if (what.kind != Kind::Meta || what.text != "nftrace") {
            effect.action = parse::nft::render(what) + " set"; // priority, pkttype …: nothing that a trace follows
        }
        return {std::move(effect)};
    }

    /// nft_payload_set: the bytes alone change, conntrack does not hear of it.
    Effect rewrite(const Expression& what, const Value& value, Effect effect) const
    {
        PacketState& packet = effect.packet;
        if (!m_selector.value(what)) {
            effect.next = Next::Break;
            return effect;
        }
        effect.action = parse::nft::render(what) + " set";
        const bool address = what.field == "saddr" || what.field == "daddr";
        if (address && (what.text == "ip" || what.text == "ip6")) {
            const IpAddress to = addressOf(value.word, packet.family());
            (what.field == "saddr" ? packet.src : packet.dst) = to;
            effect.action += ' ' + to.text();
        } else if ((what.field == "sport" || what.field == "dport") && packet.hasPorts()) {
            (what.field == "sport" ? packet.sport : packet.dport) = static_cast<std::uint16_t>(value.word.lo);
            effect.action += ' ' + std::to_string(value.word.lo & 0xffff);
        } else if (what.field == "dscp") {
            packet.tos = static_cast<std::uint8_t>((packet.tos & 3U) | (value.word.lo << 2 & 0xff));
        } else {
            effect.certain = true; // nothing that a trace follows
            effect.reason.clear();
        }
        effect.changed = packet.src != m_packet.src || packet.dst != m_packet.dst || packet.sport != m_packet.sport
            || packet.dport != m_packet.dport;
        return effect;
    }

    /// Constants, prefixes, ranges, "address . port" and what maps and selectors give.
    void resolve(const Expression& e, bool isPort, Operand& operand) const
    {
        const Type type = isPort ? Type::Integer : m_packet.family() == IpFamily::V6 ? Type::Ipv6 : Type::Ipv4;
        if (e.kind == Kind::Map && e.items.size() == 2) {
            const auto asked = m_selector.key(e.items[0]);
            if (!asked) {
                operand.state = Operand::State::Absent;
                return;
            }
            const auto found = m_selector.lookup(e.items[1], *asked);
            const SetIndex* const set = m_table.set(e.items[1]);
            const Expression* const data = found.answer == Tri::Yes && set ? set->data(found.candidates.front()) : nullptr;
            if (found.answer == Tri::No)
                operand.state = Operand::State::Absent;
            else if (!data || data->kind == Kind::Map)
                notKnown(operand, found.reason.empty() ? parse::nft::render(e) : found.reason);
            else
                resolve(*data, isPort, operand);
            return;
        }
        if (e.kind == Kind::Concat && !isPort && e.items.size() == 2) {
            resolve(e.items[0], false, operand);
            resolve(e.items[1], true, operand);
            return;
        }
        auto range = constant(type, e);
        if (!range) {
            const auto value = e.kind == Kind::Symbol || e.kind == Kind::Prefix || e.kind == Kind::Range ? std::nullopt : m_selector.value(e);
            if (!value || !value->known())
                return notKnown(operand, value ? value->reason : parse::nft::render(e) + " is not understood");
            range = Range {value->word, value->word};
        }
        (isPort ? operand.port : operand.address) = range;
        if (!isPort && e.kind == Kind::Prefix)
            operand.prefixLength = static_cast<int>(e.number);
    }

    static void notKnown(Operand& operand, std::string reason)
    {
        if (operand.state == Operand::State::Absent)
            return;
        operand.state = Operand::State::Unknown;
        operand.reason = std::move(reason);
    }

    std::vector<Effect> nat(const Statement& s) const
    {
        if (!s.family.empty() && (s.family == "ip6") != (m_packet.family() == IpFamily::V6))
            return {make(Next::Break, {})}; // "dnat ip to" carries its "meta nfproto ipv4"
        Operand operand;
        if (s.left.kind != Kind::None)
            resolve(s.left, false, operand);
        if (s.right.kind != Kind::None)
            resolve(s.right, true, operand);
        if (operand.state == Operand::State::Absent)
            return {make(Next::Break, {})};
        if (operand.state == Operand::State::Unknown)
            return {undecidable(s.text, "what the packet is translated to is not known: " + operand.reason)};
        using iptables::NatTarget;
        const auto has = [&](const char* flag) { return (',' + s.field + ',').find(',' + std::string(flag) + ',') != std::string::npos; };
        NatTarget target {.kind = s.text == "dnat" ? NatTarget::Kind::Dnat
                              : s.text == "snat"       ? NatTarget::Kind::Snat
                              : s.text == "masquerade" ? NatTarget::Kind::Masquerade
                                                       : NatTarget::Kind::Redirect,
                          .random = has("random"), .fullyRandom = has("fully-random"), .persistent = has("persistent")};
        if (operand.address) {
            target.from = addressOf(operand.address->from, m_packet.family());
            target.to = addressOf(operand.address->to, m_packet.family());
            if (has("netmap")) {
                // nft_nat_setup_netmap: the bits in which first and last differ stay as they are.
                target.kind = NatTarget::Kind::Netmap;
                target.netmapLength = static_cast<std::uint8_t>(operand.prefixLength >= 0 ? operand.prefixLength : target.from.bits());
            }
        }
        if (operand.port) {
            target.hasPorts = true;
            target.portFrom = static_cast<std::uint16_t>(operand.port->from.lo);
            target.portTo = static_cast<std::uint16_t>(operand.port->to.lo);
        }
        std::vector<Effect> effects;
        for (TargetEffect& one : applyTarget(target, m_packet, m_context))
            effects.push_back({one.next == TargetEffect::Next::Drop ? Next::Drop : Next::Accept, std::move(one.packet),
                               std::move(one.action), std::move(one.reason), one.share, one.certain, one.changed});
        return effects;
    }

    std::vector<Effect> reject(const Statement& s) const
    {
        std::string with = s.text.empty() ? "port-unreachable" : s.text + (s.field.empty() ? "" : ' ' + s.field);
        if (s.text == "tcp reset" && m_packet.protocol != proto::tcp)
            return {make(Next::Break, {})};
        if ((s.text == "icmp" && m_packet.family() == IpFamily::V6) || (s.text == "icmpv6" && m_packet.family() != IpFamily::V6))
            return {make(Next::Break, {})};
        Effect effect = make(Next::Reject, "reject with " + with);
        effect.reason = std::move(with);
        return {std::move(effect)};
    }

    std::vector<Effect> queue(const Statement& s) const
    {
        const std::string name = "queue " + (s.text.empty() ? std::string("0") : s.text);
        Effect queued = make(Next::Queue, name);
        queued.reason = "a program decides (" + name + ')';
        const bool bypass = s.field.find("bypass") != std::string::npos;
        Effect accepted = make(Next::Accept, name + (bypass ? ", accepted by the program or for want of one" : ", accepted by the program"));
        accepted.reason = queued.reason;
        accepted.certain = queued.certain = false;
        return {std::move(queued), std::move(accepted)};
    }

    /// nft_tproxy_eval: takes the packet for a listener and goes on; without one the rule breaks.
    std::vector<Effect> tproxy(const Statement& s) const
    {
        if (m_packet.protocol != proto::tcp && m_packet.protocol != proto::udp)
            return {make(Next::Break, {})};
        if (!s.family.empty() && (s.family == "ip6") != (m_packet.family() == IpFamily::V6))
            return {make(Next::Break, {})};
        Operand operand;
        if (s.left.kind != Kind::None)
            resolve(s.left, false, operand);
        if (s.right.kind != Kind::None)
            resolve(s.right, true, operand);
        if (operand.state == Operand::State::Absent)
            return {make(Next::Break, {})};
        Effect taken = make(Next::Go, "tproxy");
        taken.packet.tproxy = operand.address ? addressOf(operand.address->from, m_packet.family()) : m_packet.dst;
        taken.packet.hasSocket = true;
        taken.action += ' ' + taken.packet.tproxy.text();
        if (operand.port)
            taken.action += " port " + std::to_string(operand.port->from.lo);
        taken.reason = "whether a program listens is not known";
        taken.certain = false;
        Effect none = make(Next::Break, "tproxy without a listener");
        none.reason = taken.reason;
        none.certain = false;
        return {std::move(taken), std::move(none)};
    }

    std::vector<Effect> takeover(const Statement& s) const
    {
        if (s.text == "synproxy" && m_packet.protocol != proto::tcp)
            return {make(Next::Break, {})};
        return {undecidable(s.text, s.text == "synproxy" ? "synproxy answers in the server's place until the client has proved itself"
                                                         : "the packet is handed to another device")};
    }

    /// A target of iptables-nft, of which the JSON has the name only.
    std::vector<Effect> extension(const Statement& s) const
    {
        const std::string& name = s.field;
        const std::string reason = "the dump does not hold the options of the iptables target " + name;
        if (name == "REJECT") {
            Effect effect = make(Next::Reject, "reject");
            effect.reason = reason;
            return {std::move(effect)};
        }
        if (name == "MASQUERADE") {
            Statement plain {.kind = SKind::Nat, .text = "masquerade"};
            return nat(plain);
        }
        if (name == "DNAT" || name == "SNAT" || name == "REDIRECT" || name == "NETMAP" || name == "TPROXY" || name == "NFQUEUE")
            return {undecidable(name, reason)};
        Effect effect = make(Next::Go, name);
        static constexpr std::array<std::string_view, 10> harmless {"LOG", "NFLOG", "ULOG", "TRACE", "TCPMSS", "CHECKSUM", "AUDIT", "SET", "CLASSIFY", "LED"};
        if (std::find(harmless.begin(), harmless.end(), name) == harmless.end()) {
            effect.action = "unknown target " + name + ", assumed to continue";
            effect.reason = reason;
            effect.certain = false;
            m_context.notes.warn(reason + "; it is assumed to continue");
        }
        return {std::move(effect)};
    }

    const PacketState& m_packet;
    const HookContext& m_context;
    const TableIndex& m_table;
    Selector m_selector;
};

const Expression* randomIn(const Expression& e)
{
    if (e.kind == Kind::Numgen || e.kind == Kind::Hash)
        return &e;
    if (e.kind == Kind::Set)
        return nullptr;
    for (const Expression& item : e.items)
        if (const Expression* const found = randomIn(item))
            return found;
    return nullptr;
}

} // namespace

std::vector<Effect> applyStatement(const Statement& statement, const TableIndex& table, const PacketState& packet,
                                   const HookContext& context, Choice choice)
{
    return Applier(table, packet, context, choice).apply(statement);
}

const Expression* randomIn(const Statement& statement)
{
    if (statement.kind == SKind::SetUpdate)
        return nullptr;
    const Expression* const left = randomIn(statement.left);
    return left ? left : randomIn(statement.right);
}

const Expression* mapOfRandom(const Expression& where, const Expression& random)
{
    if (where.kind == Kind::Set)
        return nullptr;
    for (const Expression& item : where.items)
        if (const Expression* const found = mapOfRandom(item, random))
            return found;
    const bool looksUp = where.kind == Kind::Map && where.items.size() == 2 && randomIn(where.items[0]) == &random;
    return looksUp ? &where : nullptr;
}

} // namespace medic::netfilter::nftables
