// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/incident/address_map.h"
#include "diagnostics/incident/redaction.h"

#include <map>
#include <set>
#include <unordered_map>

namespace medic {

/// What a Redactor knows; the scanner (redaction_scan.cpp) only reads it and notes what it replaced.
struct Redactor::Private {
    explicit Private(std::string secret) : key(std::move(secret)), addresses(key) { }

    std::string key;
    incident::AddressMap addresses;
    std::set<std::string> keptNames; ///< host names that may stay
    std::map<std::string, std::string> names; ///< hosts, domains and users → stand-in
    /// The same by their first two characters, longest first: what may begin here.
    std::unordered_map<std::string, std::vector<std::string>> byStart;
    std::set<std::string> knownAddresses; ///< seen where only addresses stand
    mutable std::map<std::string, std::string> replaced; ///< without secrets

    void addName(const std::string& name, const std::string& standIn);
    void addDomain(const std::string& domain);
    void addFqdn(const std::string& host);
    [[nodiscard]] std::string secretFor(std::string_view value) const;
    [[nodiscard]] std::string domainFor(const std::string& domain) const;
    [[nodiscard]] std::string hostFor(const std::string& label) const;
    [[nodiscard]] std::string userFor(const std::string& user) const;
    [[nodiscard]] std::string macFor(const std::string& mac) const;
    /// A host name in a place where only host names stand (a URL): replaced unless public or generic.
    [[nodiscard]] std::string foreignHost(const std::string& host) const;
    [[nodiscard]] std::string noted(const std::string& original, std::string standIn) const;
    /// The longest known name that stands at `at` as a word, whatever its case there; empty: none.
    [[nodiscard]] std::string_view nameAt(std::string_view text, std::size_t at) const;
};

namespace incident {

[[nodiscard]] std::string scanned(const Redactor::Private& redactor, std::string_view text);

[[nodiscard]] constexpr bool isDigit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
[[nodiscard]] constexpr bool isAlnum(char c) { return isDigit(c) || isLetter(c); }
[[nodiscard]] constexpr bool isHex(char c) { return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
[[nodiscard]] constexpr bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

} // namespace incident
} // namespace medic
