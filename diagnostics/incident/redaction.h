// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/incident/incident_file.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace medic {

/// Replaces what must not leave the house: addresses (subnets keep their relations), host, node and user names, MACs,
/// tokens, keys, passwords. The same value gets the same stand-in everywhere, as a function of the key alone: two
/// incidents redacted with one key can be compared, and only its owner can tell which stand-in is whose.
/// Not thread-safe; cheap to move.
class Redactor {
public:
    struct Private; ///< of the redaction's own files

    /// `key`: at least 16 secret bytes.
    explicit Redactor(std::string key);
    Redactor(Redactor&&) noexcept;
    Redactor& operator=(Redactor&&) noexcept;
    ~Redactor();

    /// Names to be replaced wherever they stand as a word of their own (and as a part of a dotted or dashed name).
    void addHostName(const std::string& name);
    void addUserName(const std::string& name);
    /// A host name that says nothing and may stay as it is; before anything is learnt.
    void keepHostName(const std::string& name);

    /// Looks for names in what an observation says: its node, /etc/hosts, the apiserver's node list, ps, whoami …
    void learn(const Observation& observation);

    [[nodiscard]] std::string redact(std::string_view text) const;
    /// A node's or a host's name as a whole; "" and "@local" stay.
    [[nodiscard]] std::string hostName(const std::string& name) const;
    [[nodiscard]] std::string address(const std::string& address) const; ///< IPv4 or IPv6, else unchanged

    /// What was replaced by what so far, sorted: for the owner's key file. Secrets are listed by their stand-in only.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> replacements() const;

private:
    std::unique_ptr<Private> d;
};

struct RedactionOptions {
    std::filesystem::path keyFile; ///< read if it exists, else made (0600); empty: `share` + ".key" beside the copy
    std::vector<std::string> names; ///< further host names to be replaced
    std::vector<std::string> users; ///< further user names
    std::vector<std::string> keep; ///< host names that may stay
};

struct RedactionResult {
    std::filesystem::path share, keyFile;
    std::size_t observations = 0, replaced = 0; ///< distinct values replaced
};

/// Writes a redacted copy of `incident` to a new file; the original is only read. Lines keep their numbers, so that
/// evidence still points at the right ones; checks and traces work on the copy as on the original.
[[nodiscard]] Result<RedactionResult> redactIncident(const IncidentFile& incident, const std::filesystem::path& share,
                                                     const RedactionOptions& options = {});

} // namespace medic
