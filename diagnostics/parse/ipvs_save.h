// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/model/ip_address.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What `ipvsadm -Sn` (or -Ln) and `ipvsadm -Lcn` printed.
namespace medic::ipvs {

struct RealServer {
    IpAddress address;
    std::uint16_t port = 0;
    char method = 'm'; ///< 'm' masquerading, 'g' direct routing, 'i' tunnel
    int weight = 1;
    std::uint32_t upper = 0, lower = 0; ///< connection thresholds; 0 none
    int active = -1, inactive = -1; ///< connections, from -Ln; -1 unknown
    std::uint32_t line = 0;
    std::string text;
};

struct VirtualServer {
    std::uint8_t protocol = 0; ///< 0: a firewall mark service
    IpAddress address;
    std::uint16_t port = 0;
    std::uint32_t mark = 0;
    bool v6Mark = false;
    std::string scheduler;
    std::string flags; ///< "sh-port,sh-fallback"
    std::optional<std::uint32_t> persistence; ///< seconds
    std::optional<int> persistenceMask; ///< prefix length
    bool onePacket = false;
    std::uint32_t line = 0;
    std::string text;
    std::vector<RealServer> realServers;
    [[nodiscard]] std::string name() const; ///< "TCP 10.96.0.1:443", "FWM 16384"
};

struct Connection {
    std::uint8_t protocol = 0;
    std::string state; ///< "ESTABLISHED", "NONE" for templates
    IpAddress client, virtualAddress, realAddress;
    std::uint16_t clientPort = 0, virtualPort = 0, realPort = 0;
};

[[nodiscard]] Result<std::vector<VirtualServer>> parseServers(std::string_view text, std::string_view file);
/// Lines that are not connections are skipped; a text without any is an empty list.
[[nodiscard]] std::vector<Connection> parseConnections(std::string_view text);

} // namespace medic::ipvs
