// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/iptables_action.h"

#include "diagnostics/netfilter/nat.h"
#include "diagnostics/netfilter/node_state.h"
#include "diagnostics/netfilter/routing.h"

#include <array>
#include <cstdio>

namespace medic::netfilter {

namespace {

using namespace iptables;
using Next = TargetEffect::Next;
using Effects = std::vector<TargetEffect>;

class Target {
public:
    Target(const PacketState& packet, const HookContext& context) : m_packet(packet), m_context(context) { }

    Effects operator()(const NoTarget&) const { return one(Next::Continue, "count"); }

    Effects operator()(const VerdictTarget& target) const
    {
        switch (target.kind) {
        case VerdictTarget::Kind::Accept: return one(Next::Accept, "accept");
        case VerdictTarget::Kind::Drop: return one(Next::Drop, "drop");
        case VerdictTarget::Kind::Return: return one(Next::Return, "return");
        }
        return one(Next::Continue, {});
    }

    Effects operator()(const JumpTarget& target) const
    {
        TargetEffect effect = make(Next::Continue, "unknown target " + std::string(target.chain) + ", assumed to continue");
        effect.reason = "no chain or target of this name is known";
        effect.certain = false;
        m_context.notes.warn("the target " + std::string(target.chain)
                             + " is neither a chain of the dump nor known; it is assumed to continue");
        return {std::move(effect)};
    }

    Effects operator()(const MarkTarget& target) const
    {
        TargetEffect effect = make(Next::Continue, {});
        effect.packet.mark = (m_packet.mark & ~target.mask) ^ target.value;
        effect.action = "mark " + hexText(effect.packet.mark);
        effect.changed = effect.packet.mark != m_packet.mark;
        return {std::move(effect)};
    }

    Effects operator()(const ConnmarkTarget& target) const
    {
        TargetEffect effect = make(Next::Continue, "connmark");
        Conntrack& ct = effect.packet.ct;
        if (!ct.tracked())
            return {std::move(effect)};
        switch (target.mode) {
        case ConnmarkTarget::Mode::Set:
            ct.mark = (ct.mark & ~target.ctMask) ^ target.value;
            ct.markKnown = ct.markKnown || target.ctMask == 0xffffffff;
            effect.action = "connmark " + hexText(ct.mark);
            break;
        case ConnmarkTarget::Mode::Save:
            ct.mark = (ct.mark & ~target.ctMask) ^ (m_packet.mark & target.packetMask);
            ct.markKnown = ct.markKnown || target.ctMask == 0xffffffff;
            effect.action = "save mark, connmark " + hexText(ct.mark);
            break;
        case ConnmarkTarget::Mode::Restore:
            effect.packet.mark = (m_packet.mark & ~target.packetMask) ^ (ct.mark & target.ctMask);
            effect.action = "restore mark " + hexText(effect.packet.mark);
            effect.changed = effect.packet.mark != m_packet.mark;
            if (!ct.markKnown) {
                effect.certain = false;
                effect.reason = "the connection's mark is not known";
            }
            break;
        }
        return {std::move(effect)};
    }

    Effects operator()(const NatTarget& target) const
    {
        const Manip manip = target.kind == NatTarget::Kind::Netmap ? manipOf(m_context.hook)
            : target.kind == NatTarget::Kind::Dnat || target.kind == NatTarget::Kind::Redirect ? Manip::Destination
                                                                                               : Manip::Source;
        NatRange range {.from = target.from, .to = target.to, .hasPorts = target.hasPorts, .portFrom = target.portFrom,
                        .portTo = target.portTo, .basePort = target.basePort, .random = target.random,
                        .fullyRandom = target.fullyRandom, .persistent = target.persistent};
        bool certain = true;
        std::string reason;
        const char* name = "DNAT ";
        if (target.kind == NatTarget::Kind::Snat) {
            name = "SNAT ";
        } else if (target.kind == NatTarget::Kind::Netmap) {
            name = "NETMAP ";
            range.netmapLength = target.netmapLength;
        } else if (target.kind == NatTarget::Kind::Masquerade || target.kind == NatTarget::Kind::Redirect) {
            const bool masquerade = target.kind == NatTarget::Kind::Masquerade;
            name = masquerade ? "MASQUERADE " : "REDIRECT ";
            range.from = range.to = masquerade ? masqueradeAddress() : redirectAddress();
            if (range.from.isNone()) {
                const bool known = m_context.node.addressesKnown && !(masquerade ? m_packet.outUnknown : m_packet.inUnknown);
                if (known) {
                    auto dropped = one(Next::Drop, std::string(name) + "without an address: drop");
                    dropped.front().reason = "the device has no address to use";
                    return dropped;
                }
                certain = false;
                reason = "the node's addresses were not collected";
            }
        }
        Effects effects;
        for (NatBinding& binding : bindNat(m_packet, manip, range)) {
            TargetEffect effect = make(Next::Accept, name);
            const PacketState& after = binding.packet;
            effect.action += manip == Manip::Destination
                ? endpointText(after.dst, range.hasPorts ? after.dport : std::uint16_t(0))
                : endpointText(after.src, range.hasPorts && !after.sportRandom ? after.sport : std::uint16_t(0));
            effect.share = binding.share;
            effect.certain = certain && binding.certain;
            effect.reason = reason.empty() ? binding.note : reason;
            effect.packet = std::move(binding.packet);
            if (target.kind == NatTarget::Kind::Masquerade && !m_packet.outUnknown)
                effect.packet.ct.masqueradedBy = m_packet.out;
            effect.changed = true;
            effects.push_back(std::move(effect));
        }
        return effects;
    }

    Effects operator()(const RejectTarget& target) const
    {
        auto effects = one(Next::Reject, "reject with " + std::string(target.with));
        effects.front().reason = target.with;
        return effects;
    }

    Effects operator()(const QueueTarget& target) const
    {
        TargetEffect queued = make(Next::Queue, "queue " + std::to_string(target.number));
        queued.reason = "a program decides (queue " + std::to_string(target.number) + ')';
        TargetEffect accepted = make(Next::Accept, "queue " + std::to_string(target.number)
                                         + (target.bypass ? ", accepted by the program or for want of one" : ", accepted by the program"));
        accepted.reason = queued.reason;
        accepted.certain = false;
        return {std::move(queued), std::move(accepted)};
    }

    Effects operator()(const CtTarget& target) const
    {
        TargetEffect effect = make(Next::Continue, target.notrack ? "notrack" : "ct");
        Conntrack& ct = effect.packet.ct;
        if (ct.state != Conntrack::State::None || ct.hasTemplate)
            return {std::move(effect)}; // xt_ct_target: previously seen, ignore
        if (target.notrack) {
            ct.state = Conntrack::State::Untracked;
            return {std::move(effect)};
        }
        ct.hasTemplate = true;
        if (target.zone || target.zoneByMark) {
            ct.zone = target.zoneByMark ? static_cast<std::uint16_t>(m_packet.mark) : *target.zone;
            ct.zoneDirections = target.zoneDirections;
            effect.action = "ct zone " + std::to_string(ct.zone);
        }
        return {std::move(effect)};
    }

    Effects operator()(const TproxyTarget& target) const
    {
        TargetEffect taken = make(Next::Accept, "TPROXY");
        taken.packet.mark = (m_packet.mark & ~target.mask) ^ target.mark;
        taken.packet.tproxy = !target.address.isNone() && !target.address.isZeroNet() ? target.address : m_packet.dst;
        taken.packet.hasSocket = true;
        taken.action += ' ' + endpointText(taken.packet.tproxy, target.port != 0 ? target.port : m_packet.dport) + ", mark "
            + hexText(taken.packet.mark);
        taken.reason = "whether a program listens is not known";
        taken.certain = false;
        taken.changed = taken.packet.mark != m_packet.mark;
        TargetEffect dropped = make(Next::Drop, "TPROXY without a listener: drop");
        dropped.reason = taken.reason;
        dropped.certain = false;
        return {std::move(taken), std::move(dropped)};
    }

    Effects operator()(const TosTarget& target) const
    {
        TargetEffect effect = make(Next::Continue, {});
        effect.packet.tos = static_cast<std::uint8_t>((m_packet.tos & ~target.mask) ^ target.value);
        effect.action = "tos " + hexText(effect.packet.tos);
        return {std::move(effect)};
    }

    Effects operator()(const ContinueTarget& target) const { return one(Next::Continue, std::string(target.name)); }

    Effects operator()(const UnknownTarget& target) const
    {
        return (*this)(JumpTarget {target.name, -1, false});
    }

private:
    [[nodiscard]] TargetEffect make(Next next, std::string action) const
    {
        TargetEffect effect;
        effect.next = next;
        effect.packet = m_packet;
        effect.action = std::move(action);
        return effect;
    }
    [[nodiscard]] Effects one(Next next, std::string action) const
    {
        Effects effects;
        effects.push_back(make(next, std::move(action)));
        return effects;
    }

    /// nf_nat_masquerade_ipv4: by the next hop on the output device.
    [[nodiscard]] IpAddress masqueradeAddress() const
    {
        if (m_packet.outUnknown)
            return {};
        const IpAddress hop = m_packet.gateway.isNone() ? m_packet.dst : m_packet.gateway;
        return m_context.routing.masqueradeAddress(m_packet.out, hop, m_packet.dst);
    }

    /// nf_nat_redirect: loopback for what is sent here, else the first address of the input device.
    [[nodiscard]] IpAddress redirectAddress() const
    {
        if (m_context.hook == Hook::Output)
            return *IpAddress::parse(m_packet.family() == IpFamily::V6 ? "::1" : "127.0.0.1");
        if (m_packet.in == "lo")
            return *IpAddress::parse(m_packet.family() == IpFamily::V6 ? "::1" : "127.0.0.1");
        return m_context.routing.firstAddress(m_packet.in, m_packet.family());
    }

    const PacketState& m_packet;
    const HookContext& m_context;
};

} // namespace

std::vector<TargetEffect> applyTarget(const iptables::Target& target, const PacketState& packet,
                                      const HookContext& context)
{
    return std::visit(Target(packet, context), target);
}

std::string hexText(std::uint32_t value)
{
    std::array<char, 16> buffer {};
    std::snprintf(buffer.data(), buffer.size(), "0x%x", value);
    return buffer.data();
}

} // namespace medic::netfilter
