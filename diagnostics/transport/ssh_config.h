// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace medic {

/// What ~/.ssh/config says about one host, every token expanded. Values that nobody gave have OpenSSH's defaults.
struct SshHostConfig {
    enum class StrictHostKey { Yes, Ask, AcceptNew, No };
    enum class Family { Any, Inet, Inet6 };

    std::string alias; ///< as asked for
    std::string hostName; ///< where to go
    std::string user;
    std::uint16_t port = 22;
    std::vector<std::string> identityFiles;
    bool identitiesGiven = false; ///< false: identityFiles are the default keys, which may well be absent
    bool identitiesOnly = false;
    std::string identityAgent; ///< socket; "none": no agent; empty: $SSH_AUTH_SOCK
    std::vector<std::string> proxyJump; ///< outermost first; empty: direct
    std::vector<std::string> userKnownHosts, globalKnownHosts;
    StrictHostKey strictHostKey = StrictHostKey::Ask;
    bool hashKnownHosts = false;
    std::string hostKeyAlias;
    int serverAliveInterval = 0; ///< seconds; 0: never
    int serverAliveCountMax = 3;
    std::optional<int> connectTimeout; ///< seconds
    bool pubkeyAuthentication = true, passwordAuthentication = true, kbdInteractiveAuthentication = true;
    std::string hostKeyAlgorithms, ciphers, kexAlgorithms, macs, pubkeyAcceptedAlgorithms;
    Family family = Family::Any;
    std::string bindAddress;
    std::vector<std::string> warnings; ///< "file:line: …", what was read but is not followed
};

/// Whom the configuration is asked about, and on whose behalf.
struct SshConfigQuery {
    std::string alias;
    std::string user; ///< given elsewhere: wins over the file
    std::uint16_t port = 0; ///< the same
    std::filesystem::path configFile; ///< empty: ~/.ssh/config and then /etc/ssh/ssh_config; "none": no file at all
    std::filesystem::path home; ///< empty: the user's
    std::string localUser; ///< empty: the user's
};

/// Resolves a host as OpenSSH does (ssh_config(5)): the first value of a keyword wins, IdentityFile accumulates, Include,
/// Host and Match apply as there. `Match exec` is never executed: it does not match and says so in `warnings`.
/// A file named in the query must exist; the default ones need not. Thread-safe; blocks only on the local disk.
/// Errors name file:line and the keyword.
[[nodiscard]] Result<SshHostConfig> resolveSshConfig(const SshConfigQuery& query);

/// A jump as people write it: [user@]host[:port], ssh://[user@]host[:port], host an IPv6 address in brackets or not.
struct SshDestination {
    std::string user, host;
    std::uint16_t port = 0;
    bool operator==(const SshDestination&) const = default;
};
[[nodiscard]] Result<SshDestination> parseSshDestination(std::string_view text);

/// `*` and `?` as in ssh_config(5) and known_hosts.
[[nodiscard]] bool sshPatternMatches(std::string_view pattern, std::string_view text);
/// A list of patterns: one must match and no negated (`!`) one may.
[[nodiscard]] bool sshPatternListMatches(const std::vector<std::string>& patterns, std::string_view text);

/// The user's home folder and name, by $HOME and the password database.
[[nodiscard]] std::filesystem::path userHome();
[[nodiscard]] std::string localUserName();

} // namespace medic
