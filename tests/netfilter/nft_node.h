// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/packet_tracer.h"

#include <memory>
#include <stdexcept>
#include <string>

/// A node between two networks, for tests of nftables: nc (10.99.1.1, fd99:1::1) and nx (10.99.3.1, fd99:3::1), cni0 with Pods
/// in 10.99.2.0/24.
namespace nftnode {

using namespace medic;
using namespace medic::netfilter;

inline void put(NodeState& state, std::string_view file, std::string text)
{
    if (const auto set = state.setPart(file, std::make_shared<const std::string>(std::move(text))); !set)
        throw std::runtime_error(set.error().where + ": " + set.error().detail);
}

inline NodeState node(const std::string& ruleset)
{
    NodeState state;
    std::string addresses = "[";
    std::string routes4, routes6;
    int index = 0;
    for (const auto& [name, v4, v6, l4, l6] : {std::tuple("lo", "127.0.0.1", "::1", 8, 128), std::tuple("nc", "10.99.1.1", "fd99:1::1", 24, 64),
                                               std::tuple("nx", "10.99.3.1", "fd99:3::1", 24, 64),
                                               std::tuple("cni0", "10.99.2.1", "fd99:2::1", 24, 64)}) {
        const std::string device = name, scope = device == "lo" ? "host" : "global";
        ++index;
        addresses += (index == 1 ? "" : ",") + std::string(R"({"ifindex":)") + std::to_string(index) + R"(,"ifname":")" + device
            + R"(","flags":[)" + (device == "lo" ? R"("LOOPBACK",)" : R"("BROADCAST",)") + R"("UP"],"operstate":"UP","addr_info":[{"family":"inet","local":")" + v4
            + R"(","prefixlen":)" + std::to_string(l4) + R"(,"scope":")" + scope + R"("},{"family":"inet6","local":")" + v6 + R"(","prefixlen":)" + std::to_string(l6)
            + R"(,"scope":")" + scope + R"("}]})";
        const auto local = [&](const char* address) {
            return R"({"type":"local","dst":")" + std::string(address) + R"(","dev":")" + device + R"(","table":"local","scope":"host","flags":[]})";
        };
        routes4 += (routes4.empty() ? "" : ",") + local(device == "lo" ? "127.0.0.0/8" : v4);
        routes6 += (routes6.empty() ? "" : ",") + local(v6);
        if (device != "lo") {
            routes4 += R"(,{"dst":")" + std::string(v4).substr(0, 8) + R"(0/24","dev":")" + device + R"(","scope":"link","prefsrc":")" + v4 + R"(","flags":[]})";
            routes6 += R"(,{"dst":")" + std::string(v6).substr(0, 8) + R"(/64","dev":")" + device + R"(","flags":[]})";
        }
    }
    put(state, "ip-addr.json", addresses + "]");
    routes4 += R"(,{"dst":"default","gateway":"10.99.3.2","dev":"nx","flags":[]})";
    put(state, "ip-route-all.json", "[" + routes4 + "]");
    put(state, "ip6-route-all.json", "[" + routes6 + "]");
    std::string sysctls = "net.ipv4.ip_forward = 1\nnet.ipv6.conf.all.forwarding = 1\n";
    for (const std::string device : {"all", "lo", "nc", "nx", "cni0"})
        for (const std::string value : {".rp_filter = 0", ".forwarding = 1", ".route_localnet = 0"})
            sysctls += "net.ipv4.conf." + device + value + '\n';
    put(state, "sysctl.txt", sysctls);
    put(state, "nft-ruleset.json", ruleset);
    state.finish();
    return state;
}

inline PacketQuery query(std::uint8_t protocol, const char* from, const char* to, std::uint16_t port, const char* in = "nc")
{
    PacketQuery result {.protocol = protocol, .sport = 41000, .dport = port};
    if (*from != '\0')
        result.src = *IpAddress::parse(from);
    result.dst = *IpAddress::parse(to);
    result.in = in;
    return result;
}

/// "ip t forward 3": "drop" … of what decided, without the names of hooks.
inline std::string told(const TraceBranch& branch)
{
    std::string text;
    for (const auto& step : branch.steps)
        if (!step.table.empty() && step.matched != Tri::No)
            text += (text.empty() ? "" : "; ") + step.chain + (step.rule > 0 ? ' ' + std::to_string(step.rule) : std::string()) + ": " + step.action;
    return text;
}

} // namespace nftnode
