// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/transport/shell_exchange.h"
#include "diagnostics/transport/ssh_link.h"

#include <chrono>

namespace medic::ssh {

struct KeepAlive {
    std::chrono::seconds interval {0}; ///< 0: never
    int countMax = 3;
};

/// Runs one command in a channel of its own until it ended, or its time or output is used up: then it is sent KILL and its
/// channel is closed; the connection stays usable. A server that says nothing at all for `interval × countMax` while asked
/// for a sign of life is ConnectionLost.
[[nodiscard]] Result<CommandResult> runCommand(Link& link, ShellExchange& exchange, const std::string& where,
                                               std::chrono::milliseconds limit, const KeepAlive& keepAlive, const std::stop_token& stop);

/// Opens host:port as seen from the end of the link, within `limit`.
[[nodiscard]] Result<std::unique_ptr<ByteStream>> openStream(std::shared_ptr<Link> link, const std::string& host, std::uint16_t port,
                                                             std::chrono::milliseconds limit, const std::stop_token& stop);

} // namespace medic::ssh
