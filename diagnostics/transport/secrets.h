// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

namespace medic {

/// What the engineer typed, in memory only, for the life of the session; and what he decided about host keys.
/// Thread-safe: workers read, the screen's thread writes. Never logged, never saved.
class Secrets {
public:
    void setPassword(const std::string& userAtHost, std::string password);
    void setPassphrase(const std::string& keyFile, std::string passphrase);
    void setSudoPassword(const std::string& userAtHost, std::string password); ///< "" as key: for all
    void acceptHostKey(const std::string& fingerprint); ///< once confirmed (HostKeyUnknown's detail will do); known_hosts is then written

    [[nodiscard]] std::optional<std::string> password(const std::string& userAtHost) const;
    [[nodiscard]] std::optional<std::string> passphrase(const std::string& keyFile) const;
    [[nodiscard]] std::optional<std::string> sudoPassword(const std::string& userAtHost) const;
    [[nodiscard]] bool hostKeyAccepted(const std::string& fingerprint) const;

private:
    mutable std::mutex m_mutex;
    std::map<std::string, std::string> m_passwords, m_passphrases, m_sudo;
    std::set<std::string> m_hostKeys;
};

} // namespace medic
