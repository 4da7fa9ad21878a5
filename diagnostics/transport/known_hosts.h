// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace medic {

/// A host's public key as it travels: its type ("ssh-ed25519") and the blob of RFC 4253 6.6.
struct HostKey {
    std::string type;
    std::string blob; ///< raw bytes
    bool operator==(const HostKey&) const = default;
};

/// "SHA256:…" as ssh-keygen -l prints it.
[[nodiscard]] std::string hostKeyFingerprint(const HostKey& key);
/// "ED25519", "RSA", "ECDSA": the short word that people know a key type by.
[[nodiscard]] std::string hostKeyTypeWord(std::string_view type);

/// The name under which a host is kept: "host" at port 22, else "[host]:port", in lower case.
[[nodiscard]] std::string knownHostName(std::string_view host, std::uint16_t port);

/// What the known_hosts files say, read once (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"): plain, wildcard, negated and
/// hashed names, @revoked. @cert-authority lines are not followed and are said so in warnings().
/// A file that is absent is empty; a line that cannot be read is skipped with a warning, as OpenSSH does.
class KnownHosts final {
public:
    [[nodiscard]] static KnownHosts read(const std::vector<std::string>& files);
    void parse(std::string_view text, const std::string& file);

    enum class State { Known, Unknown, OtherType, Changed, Revoked };
    struct Answer {
        State state = State::Unknown;
        std::string where; ///< file:line of the entry that decided
        std::string knownFingerprints; ///< of the keys on record, for OtherType and Changed
    };
    /// `OtherType`: the host is known, but by keys of other types only.
    [[nodiscard]] Answer check(const std::string& name, const HostKey& key) const;

    /// Host key algorithms to be offered first: those by which the host is known already.
    [[nodiscard]] std::vector<std::string> algorithmsFor(const std::string& name) const;

    [[nodiscard]] const std::vector<std::string>& warnings() const { return m_warnings; }

private:
    struct Entry {
        std::vector<std::string> patterns; ///< empty: hashed
        std::string salt, hash;
        bool revoked = false;
        HostKey key;
        std::string file;
        int line = 0;
        [[nodiscard]] bool matches(const std::string& name) const;
        [[nodiscard]] std::string where() const { return file + ':' + std::to_string(line); }
    };
    void parseLine(std::string_view line, const std::string& file, int number);

    std::vector<Entry> m_entries;
    std::vector<std::string> m_warnings;
};

enum class HostNameForm { Plain, Hashed };

/// Adds the key under a lock on the file unless somebody else just did: one write, so that a reader never sees half a
/// line and 64 workers leave 64 lines. Creates folder (0700) and file (0600) where they are missing.
[[nodiscard]] Result<void> appendKnownHost(const std::filesystem::path& file, const std::string& name, const HostKey& key,
                                           HostNameForm form);

} // namespace medic
