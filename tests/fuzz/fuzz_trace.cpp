// SPDX-License-Identifier: GPL-3.0-or-later
// A whole node's dump, its files one behind the other ("=== iptables-save.txt" before each): read, and packets followed.
// seeds: tests/fuzz/seeds/trace
#include "diagnostics/netfilter/packet_tracer.h"
#include "diagnostics/netfilter/trace_json.h"

#include <string_view>

namespace {

using namespace medic;
using namespace medic::netfilter;

void follow(const PacketTracer& tracer, std::string_view from, std::string_view to, std::uint8_t protocol, std::string in, Conntrack::State connection)
{
    PacketQuery query {.protocol = protocol, .dport = 80, .in = std::move(in), .state = connection, .reply = true};
    if (!from.empty())
        query.src = *IpAddress::parse(from);
    query.dst = *IpAddress::parse(to);
    const Trace trace = tracer.trace(query);
    if (trace.branches.empty())
        __builtin_trap(); // at least one
    for (const auto& branch : trace.branches)
        if (!(branch.probability >= 0.0 && branch.probability <= 1.000001))
            __builtin_trap();
    (void)traceJson(trace);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    NodeState state;
    for (std::size_t at = text.find("=== "); at != std::string_view::npos;) {
        const auto lineEnd = text.find('\n', at);
        const auto next = text.find("\n=== ", at + 1);
        if (lineEnd == std::string_view::npos)
            break;
        const auto body = text.substr(lineEnd + 1, next == std::string_view::npos ? next : next - lineEnd);
        (void)state.setPart(text.substr(at + 4, lineEnd - at - 4), std::make_shared<const std::string>(body));
        at = next == std::string_view::npos ? next : next + 1;
    }
    state.finish();
    const PacketTracer tracer(state);
    follow(tracer, "10.244.1.5", "10.96.0.10", proto::tcp, "eth0", Conntrack::State::New);
    follow(tracer, "", "10.96.0.10", proto::udp, {}, Conntrack::State::New);
    follow(tracer, "10.244.1.5", "10.244.2.9", proto::tcp, "veth1", Conntrack::State::Established);
    follow(tracer, "fd00::5", "fd96::10", proto::tcp, "eth0", Conntrack::State::New);
    return 0;
}
