// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/transport/ssh_config.h"
#include "diagnostics/transport/ssh_link.h"

#include <string>
#include <vector>

namespace medic {

class Secrets;

namespace ssh {

/// Banner and key exchange with the algorithms that the configuration asks for, then the host key against known_hosts.
/// A new key is accepted when `secrets` says that the engineer confirmed it, or by StrictHostKeyChecking accept-new or no,
/// and is then written to the first user file. A changed or revoked key is always refused.
/// HostKeyUnknown: where = the name in known_hosts, detail = "SHA256:… TYPE [known by …]".
/// HostKeyChanged: where = file:line of the old key, detail = both fingerprints.
[[nodiscard]] Result<void> handshake(Link& link, const SshHostConfig& config, const Secrets& secrets, const Deadline& deadline,
                                     std::vector<std::string>& warnings);

} // namespace ssh
} // namespace medic
