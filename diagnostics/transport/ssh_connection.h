// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/transport/profile.h"
#include "diagnostics/transport/shell.h"

namespace medic {

class Secrets;

/// An SSH connection over libssh: agent, keys, password, keyboard-interactive; ssh_config; jump hosts through our own
/// channels; known_hosts checked. Owned and used by one thread at a time. Never asks: what it lacks is an Error
/// (HostKeyUnknown, PassphraseNeeded, PasswordNeeded …), which is answered through Secrets and tried again; `where` of
/// PassphraseNeeded, PasswordNeeded and SudoPasswordNeeded is the key that Secrets wants. A failing jump host is JumpFailed.
/// A stop in the middle of a call ends the connection. Commands with `root` go through sudo when SshSettings::useSudo is set
/// and the user is not root, else they run as they are. `secrets` must outlive the connection.
class SshConnection : public Shell {
public:
    [[nodiscard]] static Result<std::unique_ptr<SshConnection>> open(const NodeTarget& target, const SshSettings& settings,
                                                                     const Secrets& secrets, std::stop_token stop);

    /// A stream to host:port as seen from the connected host.
    [[nodiscard]] virtual Result<std::unique_ptr<ByteStream>> forward(const std::string& host, std::uint16_t port,
                                                                      std::stop_token stop) = 0;

    /// What was read but not followed: "file:line: …" of ssh_config and known_hosts.
    [[nodiscard]] virtual const std::vector<std::string>& warnings() const = 0;
};

/// Commands on the engineer's own machine, in a process group that is killed as a whole at the limit.
[[nodiscard]] std::unique_ptr<Shell> localShell();

} // namespace medic
