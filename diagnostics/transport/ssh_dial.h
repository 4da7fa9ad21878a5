// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/transport/shell_fd.h"
#include "diagnostics/transport/ssh_config.h"

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>

namespace medic::ssh {

struct DialRequest {
    std::string host; ///< name, IPv4 or IPv6 address (also with %zone)
    std::uint16_t port = 22;
    SshHostConfig::Family family = SshHostConfig::Family::Any;
    std::string bindAddress;
    std::chrono::milliseconds limit {10000}; ///< for the whole of it, name lookup included
};

/// A connected, non-blocking TCP socket to the first address that answers: the next one is tried when the one before
/// failed or has not answered within 250 ms (RFC 8305). Blocking, any thread; returns within milliseconds of a stop.
/// Errors name host:port and what every address said.
[[nodiscard]] Result<Fd> dial(const DialRequest& request, const std::stop_token& stop);

} // namespace medic::ssh
