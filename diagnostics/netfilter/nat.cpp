// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/nat.h"

#include <algorithm>

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

/// A port that the kernel may give, with its share of the ways.
struct PortChoice {
    std::uint16_t port = 0;
    double share = 1.0;
    bool certain = true, randomSource = false;
    std::string note;
};

/// nf_nat_l4proto_unique_tuple, as far as a dump can tell: without the clashes with other flows.
std::vector<PortChoice> choosePorts(const PacketState& packet, Manip manip, const NatRange& range, std::size_t most)
{
    const std::uint16_t port = manip == Manip::Source ? packet.sport : packet.dport;
    if (!packet.hasPorts())
        return {{.port = port}};
    const bool anyRandom = range.random || range.fullyRandom;
    if (!range.hasPorts) {
        // Without a range only the source port may move, on request or on a clash (which a dump does not show).
        const bool moves = anyRandom && manip == Manip::Source;
        return {{.port = port, .randomSource = moves, .note = moves ? "any free source port" : ""}};
    }
    const auto from = std::min(range.portFrom, range.portTo), to = std::max(range.portFrom, range.portTo);
    const std::uint32_t size = static_cast<std::uint32_t>(to - from) + 1;
    if (range.basePort != 0) // NF_NAT_RANGE_PROTO_OFFSET: the distance is a u16, and wraps in the range
        return {{.port = static_cast<std::uint16_t>(from + static_cast<std::uint16_t>(port - range.basePort) % size)}};
    if (size == 1)
        return {{.port = from}};
    if (!anyRandom && port >= from && port <= to)
        return {{.port = port}};
    const std::string note = "one of the ports " + std::to_string(from) + '-' + std::to_string(to);
    if (manip == Manip::Source)
        return {{.port = from, .randomSource = true, .note = note}};
    if (!anyRandom)
        return {{.port = from}}; // a destination port is searched for from the first one on
    if (size > most)
        return {{.port = from, .certain = false, .note = note}};
    std::vector<PortChoice> all;
    for (std::uint32_t i = 0; i < size; ++i)
        all.push_back({.port = static_cast<std::uint16_t>(from + i), .share = 1.0 / size, .note = note});
    return all;
}

/// get_unique_tuple: a source that lies within the range already is kept.
bool keepsSource(const PacketState& packet, const NatRange& range)
{
    if (range.random || range.fullyRandom || range.netmapLength >= 0 || range.from.isNone() || range.to.isNone() || packet.src.family != range.from.family)
        return false;
    const bool port = !range.hasPorts || !packet.hasPorts() || (packet.sport >= range.portFrom && packet.sport <= range.portTo);
    return port && range.from <= packet.src && packet.src <= range.to;
}

void finish(PacketState& packet, Manip manip, const FlowTuple& before)
{
    // nf_nat_setup_info: the reply tuple and the status bit change only if the packet does.
    packet.ct.natDone[static_cast<int>(manip)] = true;
    if (packet.tuple() == before && !packet.sportRandom)
        return;
    if (manip == Manip::Source) { // only its half: what IPVS or a rewritten header changed is not conntrack's
        packet.ct.reply.dst = packet.src;
        packet.ct.reply.dport = packet.sport;
    } else {
        packet.ct.reply.src = packet.dst;
        packet.ct.reply.sport = packet.dport;
    }
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
    } else if (range.from.isNone() || (manip == Manip::Source && keepsSource(packet, range))) {
        addresses.push_back(current);
    } else {
        // find_best_ips_proto: a hash of the addresses picks one of the range, each as likely as the others.
        const std::uint64_t last = range.to.isNone() ? 0 : range.from.distanceTo(range.to);
        fannedOut = last < maxFanOut;
        for (std::uint64_t i = 0; i <= (fannedOut ? last : 0); ++i)
            addresses.push_back(range.from.plus(i));
    }
    std::vector<NatBinding> result;
    const auto ports = choosePorts(packet, manip, range, maxFanOut / addresses.size());
    for (const IpAddress& address : addresses)
        for (const PortChoice& choice : ports) {
            NatBinding binding {.packet = packet, .share = choice.share / static_cast<double>(addresses.size()), .certain = choice.certain,
                                .note = choice.note};
            if (!fannedOut) {
                binding.certain = false;
                binding.note = "one of " + range.from.text() + '-' + range.to.text();
            }
            const auto [itsAddress, itsPort] = half(binding.packet, manip);
            itsAddress = address;
            itsPort = choice.port;
            binding.packet.sportRandom = binding.packet.sportRandom || choice.randomSource;
            finish(binding.packet, manip, packet.tuple());
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
