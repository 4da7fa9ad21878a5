// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/parse/iptables_target.h"

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

namespace medic::iptables {

enum class Backend : std::uint8_t { Unknown, Legacy, Nft };
[[nodiscard]] std::string_view backendName(Backend backend); ///< "legacy", "nft-compat"; unknown counts as legacy

struct Chain {
    std::string_view name;
    bool builtIn = false; ///< has a policy
    bool policyDrop = false;
    bool declared = false; ///< its ":chain", -P or -N line was there
    std::uint32_t line = 0;
    Counters counters;
    std::vector<Rule> rules;
};

struct Table {
    std::string_view name;
    std::uint32_t line = 0;
    std::vector<Chain> chains;
    std::unordered_map<std::string_view, int> byName;
    [[nodiscard]] const Chain* find(std::string_view chain) const;
};

/// A line that says something about the dump itself.
struct Remark {
    enum class Kind : std::uint8_t { IncompatibleTable, LegacyTablesPresent, Unreadable, CutOff } kind = Kind::Unreadable;
    std::uint32_t line = 0;
    std::string_view text;
};

/// What iptables-save (or -S) printed, for one family and one backend. Immutable; shares the text it was made from.
class IptablesSave {
public:
    /// Never loses more than the line that it cannot read: such a rule is kept with an UndecidableMatch, and a
    /// remark says so. Fails only when a text that is not empty holds neither table nor rule. `file` goes into errors.
    [[nodiscard]] static Result<std::shared_ptr<const IptablesSave>> parse(std::shared_ptr<const std::string> text,
                                                                           IpFamily family, std::string_view file);

    [[nodiscard]] const std::string& text() const { return *m_text; }
    [[nodiscard]] IpFamily family() const { return m_family; }
    [[nodiscard]] Backend backend() const { return m_backend; } ///< as the header says
    [[nodiscard]] const std::vector<Table>& tables() const { return m_tables; }
    [[nodiscard]] const Table* table(std::string_view name) const;
    [[nodiscard]] const std::vector<Remark>& remarks() const { return m_remarks; }
    [[nodiscard]] std::size_t ruleCount() const;
    [[nodiscard]] bool empty() const { return ruleCount() == 0; }

private:
    friend class SaveReader;
    std::shared_ptr<const std::string> m_text;
    std::deque<std::string> m_unescaped; ///< comments that needed unescaping
    IpFamily m_family = IpFamily::V4;
    Backend m_backend = Backend::Unknown;
    std::vector<Table> m_tables;
    std::vector<Remark> m_remarks;
};

/// The extensions that the reader types, for docs/matches.md and its test. status: "decided", "three-valued"
/// (depends on what is not in a dump, or on what may be missing), "text" (kept as text, undecidable).
struct ExtensionStatus {
    std::string_view name, status;
};
[[nodiscard]] const std::vector<ExtensionStatus>& knownMatches();
[[nodiscard]] const std::vector<ExtensionStatus>& knownTargets();

} // namespace medic::iptables
