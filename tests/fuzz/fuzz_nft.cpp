// SPDX-License-Identifier: GPL-3.0-or-later
// `nft -j list ruleset` of any version and author: read, shown, and a packet of each family sent through it.
// seeds: tests/data/nft ../shared/dumps
#include "diagnostics/netfilter/packet_tracer.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    using namespace medic;
    using namespace medic::netfilter;
    NodeState state;
    if (!state.setPart("nft-ruleset.json", std::make_shared<const std::string>(reinterpret_cast<const char*>(data), size)))
        return 0;
    for (const auto& table : state.ruleset->tables)
        for (const auto& chain : table.chains)
            for (const auto& rule : chain.rules)
                (void)rule.text();
    state.finish();
    const PacketTracer tracer(state);
    for (const auto& [from, to] : {std::pair("10.99.1.2", "10.99.3.2"), std::pair("fd99:1::2", "fd99:3::2")})
        for (const std::uint8_t protocol : {proto::udp, proto::tcp, proto::icmp}) {
            PacketQuery query {.protocol = protocol, .dport = 53, .in = "nc", .passedOver = true, .matches = true};
            query.src = *IpAddress::parse(from);
            query.dst = *IpAddress::parse(to);
            if (tracer.trace(query).branches.empty())
                __builtin_trap(); // at least one
        }
    return 0;
}
