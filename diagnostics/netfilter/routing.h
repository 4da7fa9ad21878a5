// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/packet_state.h"
#include "diagnostics/parse/iproute.h"

#include <map>
#include <string>
#include <vector>

namespace medic::netfilter {

struct NodeState;

/// What is asked of the routing tables (struct flowi).
struct RouteQuery {
    IpAddress src, dst; ///< src None: not chosen yet
    std::uint32_t mark = 0;
    std::uint8_t tos = 0, protocol = 0;
    std::uint16_t sport = 0, dport = 0;
    std::string in; ///< empty: an output route (the kernel then asks with iif lo)
    std::string out; ///< bound to a device
};

/// One answer. Several with shares for a multipath route.
struct RouteResult {
    enum class Kind { Unicast, Local, Broadcast, Multicast, None, Unreachable, Blackhole, Prohibit, Unknown };
    Kind kind = Kind::None;
    std::string device;
    IpAddress gateway, source; ///< source: preferred source address of the route
    std::string table, text; ///< evidence
    std::string reason; ///< for Unknown
    double share = 1.0;
};

/// `ip rule` and every table of a node, as fib_lookup reads them. Immutable; made from a NodeState.
class Routing {
public:
    explicit Routing(const NodeState& node);

    /// At least one result.
    [[nodiscard]] std::vector<RouteResult> lookup(const RouteQuery& query) const;

    /// inet_addr_type: of the local table only; the type that -m addrtype sees. Unknown: nothing was collected.
    [[nodiscard]] RouteResult::Kind addressType(const IpAddress& address, const std::string& device = {}) const;
    [[nodiscard]] bool isLocal(const IpAddress& address) const
    {
        return addressType(address) == RouteResult::Kind::Local;
    }

    /// inet_select_addr / ipv6_dev_get_saddr: the address that MASQUERADE takes. None: there is none, or not known.
    [[nodiscard]] IpAddress masqueradeAddress(const std::string& device, const IpAddress& nextHop,
                                              const IpAddress& destination) const;
    [[nodiscard]] IpAddress sourceAddressV6(const std::string& device, const IpAddress& destination) const;
    /// The first address of a device, for REDIRECT.
    [[nodiscard]] IpAddress firstAddress(const std::string& device, IpFamily family) const;

    enum class SourceCheck { Ok, MartianSource, ReversePath, Unknown };
    /// fib_validate_source: may a packet from `packet.src` enter by `packet.in`, when it leaves by `out` (empty: it
    /// stays here)?
    [[nodiscard]] SourceCheck validateSource(const PacketState& packet, const std::string& out, std::string& reason) const;
    /// -m rpfilter: does the way back to the source use this device?
    [[nodiscard]] Tri reversePathMatches(const PacketState& packet, bool loose, bool validMark, bool acceptLocal) const;

    /// The device by which packets from this address would enter: where the route to it leads. Empty: none.
    [[nodiscard]] std::string deviceTowards(const IpAddress& address) const;

    [[nodiscard]] const iproute::Link* link(const std::string& name) const;
    /// The bridge that the device is a port of; null when it is none.
    [[nodiscard]] const iproute::Link* bridgeOf(const std::string& port) const;
    [[nodiscard]] bool isBridge(const std::string& device) const;
    [[nodiscard]] std::vector<std::string> portsOf(const std::string& bridge) const;
    [[nodiscard]] bool known(IpFamily family) const;

private:
    /// Longest prefix first, then metric. Routes of one address come first (in IPVS mode there are thousands): in the
    /// order of their addresses.
    using Table = std::vector<const iproute::Route*>;
    /// The routes that may hold the address: those of the address itself, then all prefixes.
    [[nodiscard]] static std::pair<std::pair<Table::const_iterator, Table::const_iterator>, Table::const_iterator> candidates(const Table& table, const IpAddress& address);
    [[nodiscard]] const Table* table(IpFamily family, std::string_view name) const;
    [[nodiscard]] const iproute::Route* bestRoute(const Table& table, const RouteQuery& query) const;

    const NodeState& m_node;
    std::vector<iproute::Route> m_made; ///< local routes derived from addresses when the dump has none
    std::map<std::string, Table, std::less<>> m_tables4, m_tables6;
    std::vector<iproute::Rule> m_rules4, m_rules6;
    std::map<std::string, const iproute::Link*, std::less<>> m_links;
    bool m_customLocalRoutes = false; ///< local routes that the kernel did not make (fib_has_custom_local_routes)
    bool m_known4 = false, m_known6 = false, m_localOnly4 = false, m_localOnly6 = false;
};

} // namespace medic::netfilter
