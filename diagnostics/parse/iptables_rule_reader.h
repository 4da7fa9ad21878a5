// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/parse/iptables_target.h"

#include <array>
#include <deque>
#include <optional>
#include <string>

namespace medic::iptables {

/// Turns the part of a line after "-A CHAIN" into a Rule. Reused for every line of a dump (no allocation but for
/// what the rule keeps). Never fails: what it cannot read becomes an UndecidableMatch or an UnknownTarget.
class RuleReader {
public:
    /// Unescaped comments are put into `store`, which must outlive the rules.
    RuleReader(IpFamily family, std::deque<std::string>& store) : m_family(family), m_store(store) { }

    /// `specification` is the text after the chain's name. Returns false if anything was left undecidable because
    /// it could not be read (not because the extension is unknown).
    bool read(std::string_view specification, Rule& rule);

    /// The options of one extension while it is read.
    struct Cursor {
        RuleReader& reader;
        bool invert = false;
        /// The option's value; handles the old form "--dport ! 80". nullopt at the end of the line.
        std::optional<std::string_view> value();
        [[nodiscard]] bool atOption() const; ///< the next token is an option (or there is none)
    };

private:
    friend struct Cursor;
    static constexpr std::size_t maxTokens = 192;

    bool tokenize(std::string_view text);
    bool readHeaderOption(std::string_view option, Cursor& cursor, Rule& rule, bool& ok);
    bool readProtocol(Cursor& cursor, Rule& rule);
    void beginMatch(std::string_view name, Rule& rule, const char* start);
    void endMatch(Rule& rule, const char* end);
    void makeUndecidable(Rule& rule, std::string_view reason);
    bool implicitMatch(std::string_view option, Rule& rule);
    bool readMatchOption(std::string_view option, Cursor& cursor, Rule& rule);
    void readTarget(std::string_view name, bool isGoto, Rule& rule);
    void skipValues();

    IpFamily m_family;
    std::deque<std::string>& m_store;
    std::array<std::string_view, maxTokens> m_tokens {};
    std::array<const char*, maxTokens> m_starts {}; ///< where each token begins in the line
    std::size_t m_count = 0, m_at = 0;
    const char* m_end = nullptr;
    int m_open = -1; ///< the match whose options are read: index in rule.matches; -1 none; -2 comment
    const char* m_openStart = nullptr;
    std::string_view m_openName;
};

/// Gives `match` the option; false when the extension does not know it or the value cannot be read.
bool setMatchOption(Match& match, std::string_view option, RuleReader::Cursor& cursor, IpFamily family);
/// The extension's empty value, or an UndecidableMatch for what is not typed.
Match makeMatch(std::string_view name, IpFamily family);
/// The target by name with its options; the cursor stands behind the name.
Target makeTarget(std::string_view name, RuleReader::Cursor& cursor, IpFamily family);

std::optional<std::uint32_t> readNumber(std::string_view text); ///< decimal, 0x…, 0…
std::optional<PortRange> readPorts(std::string_view text, char separator = ':');
/// "value[/mask]"
bool readMasked(std::string_view text, std::uint32_t& value, std::uint32_t& mask);

} // namespace medic::iptables
