// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/model/ip_address.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What `ip -j link|addr|route|rule` printed. Entries that cannot be read are skipped and counted; a text that is
/// not such a list is an error.
namespace medic::iproute {

struct Address {
    IpAddress local, peer; ///< peer: the other end of a point-to-point address, else None
    int prefixLength = 0;
    std::string scope; ///< "global", "link", "host", "site"
    bool secondary = false, deprecated = false, tentative = false, temporary = false;
};

struct Link {
    int index = 0;
    std::string name;
    std::string master; ///< the bridge (or bond, vrf) that it is a port of
    std::string kind; ///< "bridge", "veth", "vxlan", "dummy", "vrf" …; needs `ip -d`, else empty
    std::string mac;
    bool up = false, loopback = false, noArp = false;
    bool groups = false; ///< flag MASTER: a bond, a team or a vrf, and no bridge
    int promiscuity = 0;
    std::optional<bool> hairpin; ///< of a bridge port; needs `ip -d`
    std::uint16_t tunnelPort = 0; ///< of a vxlan or geneve device; 0: not told
    IpAddress tunnelLocal; ///< a tunnel's own end
    std::vector<Address> addresses; ///< only from `ip addr`
};

struct NextHop {
    std::string device;
    IpAddress gateway;
    int weight = 1;
    bool dead = false;
};

struct Route {
    IpFamily family = IpFamily::V4;
    std::string type; ///< "unicast", "local", "broadcast", "multicast", "anycast", "unreachable", "blackhole", …
    IpPrefix destination;
    std::string table; ///< "main", "local", "100" …
    std::string scope;
    IpAddress source; ///< "src" of the route: preferred source address
    std::uint32_t metric = 0;
    std::uint8_t tos = 0;
    std::vector<NextHop> hops; ///< one for an ordinary route; none for unreachable …
    std::string text; ///< as `ip route` would print it; evidence
};

struct Rule {
    std::uint32_t priority = 0;
    IpFamily family = IpFamily::V4;
    bool invert = false;
    IpPrefix source, destination; ///< None: all
    std::uint32_t mark = 0, mask = 0; ///< mask 0: any
    std::string in, out;
    std::string table; ///< empty for other actions
    std::string action; ///< "lookup", "unreachable", "blackhole", "prohibit", "goto", "nop", "unknown"
    std::uint32_t gotoPriority = 0;
    std::optional<int> suppressPrefixLength;
    std::uint8_t tos = 0, protocol = 0;
    std::uint16_t sportFrom = 0, sportTo = 0, dportFrom = 0, dportTo = 0; ///< To 0: any
    bool byUser = false, l3mdev = false;
    std::string text;
};

[[nodiscard]] Result<std::vector<Link>> parseLinks(std::string_view json, std::string_view file);
/// Also `ip -j addr`, which lists links with their addresses.
[[nodiscard]] Result<std::vector<Link>> parseAddresses(std::string_view json, std::string_view file);
/// JSON, or the plain text of `ip route show table all`. `hint` is the family of routes that do not show theirs.
[[nodiscard]] Result<std::vector<Route>> parseRoutes(std::string_view text, std::string_view file,
                                                     IpFamily hint = IpFamily::V4);
[[nodiscard]] Result<std::vector<Rule>> parseRules(std::string_view text, std::string_view file,
                                                   IpFamily family = IpFamily::V4);

} // namespace medic::iproute
