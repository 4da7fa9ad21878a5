// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/transport/ssh_config.h"
#include "diagnostics/transport/ssh_link.h"

#include <string>
#include <vector>

namespace medic {

class Secrets;

namespace ssh {

struct AuthRequest {
    std::string user;
    std::vector<std::string> identities; ///< private key files, in the order to be tried
    std::string secretsKey; ///< "user@host": under which the password is looked up
    const SshHostConfig* config = nullptr;
};

/// Proves who we are: agent, key files, password, keyboard-interactive, in this order, as far as the server offers them;
/// goes on after a partial success. Never asks: a passphrase or password that is missing is an Error of its own, when
/// nothing else opened the door. AuthenticationFailed says what was tried and what the server offers.
[[nodiscard]] Result<void> authenticate(Link& link, const AuthRequest& request, const Secrets& secrets, const Deadline& deadline);

} // namespace ssh
} // namespace medic
