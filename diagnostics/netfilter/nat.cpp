// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/nat.h"

namespace medic::netfilter {

namespace {

constexpr std::uint64_t maxFanOut = 16;

struct Half {
    IpAddress& address;
    std::uint16_t& port;
};

Half half(PacketState& packet, Manip manip)
{
    return manip == Manip::Source ? Half {packet.src, packet.sport} : Half {packet.dst, packet.dport};
}

/// nf_nat_l4proto_unique_tuple, as far as a dump can tell.
void choosePort(PacketState& packet, Manip manip, const NatRange& range, NatBinding& binding)
{
    if (!packet.hasPorts())
        return;
    auto [address, port] = half(packet, manip);
    const bool anyRandom = range.random || range.fullyRandom;
    if (!range.hasPorts) {
        // Without a range only the source port may move, on request or on a clash (which a dump does not show).
        if (anyRandom && manip == Manip::Source) {
            packet.sportRandom = true;
            binding.note = "any free source port";
        }
        return;
    }
    if (range.basePort != 0) {
        port = static_cast<std::uint16_t>(range.portFrom + (port - range.basePort));
        return;
    }
    if (range.portFrom == range.portTo) {
        port = range.portFrom;
        return;
    }
    if (!anyRandom && port >= range.portFrom && port <= range.portTo)
        return;
    port = range.portFrom;
    binding.certain = manip == Manip::Source && binding.certain;
    if (manip == Manip::Source)
        packet.sportRandom = true;
    binding.note = "one of the ports " + std::to_string(range.portFrom) + '-' + std::to_string(range.portTo);
}

void finish(PacketState& packet, Manip manip, const FlowTuple& before)
{
    // nf_nat_setup_info: the reply tuple and the status bit change only if the packet does.
    packet.ct.natDone[static_cast<int>(manip)] = true;
    if (packet.tuple() == before && !packet.sportRandom)
        return;
    packet.ct.reply = packet.tuple().reversed();
    packet.ct.sportRandom = packet.ct.sportRandom || packet.sportRandom;
    (manip == Manip::Source ? packet.ct.snat : packet.ct.dnat) = true;
}

} // namespace

Manip manipOf(Hook hook)
{
    return hook == Hook::Prerouting || hook == Hook::Output ? Manip::Destination : Manip::Source;
}

std::vector<NatBinding> bindNat(const PacketState& packet, Manip manip, const NatRange& range)
{
    std::vector<IpAddress> addresses;
    const IpAddress current = manip == Manip::Source ? packet.src : packet.dst;
    bool fannedOut = true;
    if (range.netmapLength >= 0) {
        const IpPrefix network = IpPrefix::of(range.from, range.netmapLength);
        IpAddress mapped = current;
        mapped.hi = network.address.hi | (current.hi & ~network.maskHi);
        mapped.lo = network.address.lo | (current.lo & ~network.maskLo);
        addresses.push_back(mapped);
    } else if (range.from.isNone()) {
        addresses.push_back(current);
    } else {
        // find_best_ips_proto: a hash of the addresses picks one of the range, each as likely as the others.
        const std::uint64_t last = range.to.isNone() ? 0 : range.from.distanceTo(range.to);
        fannedOut = last < maxFanOut;
        for (std::uint64_t i = 0; i <= (fannedOut ? last : 0); ++i)
            addresses.push_back(range.from.plus(i));
    }
    std::vector<NatBinding> result;
    for (const IpAddress& address : addresses) {
        NatBinding binding {.packet = packet};
        binding.share = 1.0 / static_cast<double>(addresses.size());
        if (!fannedOut) {
            binding.certain = false;
            binding.note = "one of " + range.from.text() + '-' + range.to.text();
        }
        const FlowTuple before = packet.tuple();
        half(binding.packet, manip).address = address;
        choosePort(binding.packet, manip, range, binding);
        finish(binding.packet, manip, before);
        result.push_back(std::move(binding));
    }
    return result;
}

void bindNull(PacketState& packet, Manip manip) { packet.ct.natDone[static_cast<int>(manip)] = true; }

bool applyNat(PacketState& packet, Manip manip)
{
    // nf_nat_packet: the status bit of this manip, inverted for replies, says whether anything is to be done; the
    // packet then gets the half of the inverse of the other direction's tuple.
    Conntrack& ct = packet.ct;
    if (!ct.tracked())
        return false;
    const bool source = (manip == Manip::Source) != ct.isReply;
    if (!(source ? ct.snat : ct.dnat))
        return false;
    const FlowTuple target = ct.isReply ? ct.original.reversed() : ct.reply.reversed();
    const FlowTuple before = packet.tuple();
    if (manip == Manip::Source) {
        packet.src = target.src;
        packet.sport = target.sport;
        packet.sportRandom = packet.sportRandom || (ct.sportRandom && !ct.isReply);
    } else {
        packet.dst = target.dst;
        packet.dport = target.dport;
    }
    return !(packet.tuple() == before);
}

std::string endpointText(const IpAddress& address, std::uint16_t port)
{
    if (port == 0)
        return address.text();
    return (address.isV6() ? '[' + address.text() + ']' : address.text()) + ':' + std::to_string(port);
}

} // namespace medic::netfilter
