// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/catalogue.h"
#include "diagnostics/playbooks/playbook.h"

#include <filesystem>
#include <string>
#include <vector>

namespace medic::playbooks {

/// Reads one playbook (docs/playbooks.md). Every mistake is added to `problems` with file:line, the key and what was
/// expected; with any mistake the result is null. Never throws.
[[nodiscard]] PlaybookPtr readPlaybook(const std::string& yaml, const std::string& file, std::vector<Error>& problems);

/// What can only be checked with the rest of the program at hand: every finding, suite and probe that is named exists,
/// every placeholder has a source. `knownProbes` empty: probes are not checked.
void validate(const Playbook& playbook, const Catalogue& catalogue, const std::vector<std::string>& knownProbes,
              std::vector<Error>& problems);

/// Every playbook: the program's and the user's own. Read once; immutable afterwards.
class Library {
public:
    /// playbooks/*.yaml below `directories`; a broken file is reported and disturbs no other, nor does a second one
    /// with a known id.
    [[nodiscard]] static Library load(const std::vector<std::filesystem::path>& directories, std::vector<Error>* problems);
    /// The program's and the user's own; the user's are also compared with what findings and suites there are.
    [[nodiscard]] static Library standard(std::vector<Error>* problems = nullptr);

    [[nodiscard]] const std::vector<PlaybookPtr>& all() const { return m_playbooks; } ///< by priority
    [[nodiscard]] PlaybookPtr find(std::string_view id) const;
    [[nodiscard]] const std::vector<Error>& problems() const { return m_problems; } ///< of the files that cannot be used

    /// A playbook that fits, with the reason.
    struct Fit {
        PlaybookPtr playbook;
        int score = 0;
        std::vector<std::string> findings; ///< ids of the session's findings that it is about
        std::string matched; ///< the part of the pasted text that a pattern matched
    };
    /// Those that fit what was found, best first.
    [[nodiscard]] std::vector<Fit> fitting(const std::vector<Finding>& findings) const;
    /// Those whose patterns match `normalised` text (see normalisePasted), best first.
    [[nodiscard]] std::vector<Fit> forText(const std::string& normalised) const;
    /// Those whose titles, summaries or keywords hold every word of `words`, in either language.
    [[nodiscard]] std::vector<PlaybookPtr> search(const std::string& words) const;

private:
    std::vector<PlaybookPtr> m_playbooks;
    std::vector<Error> m_problems;
};

/// Does a finding's id match `pattern` ("family.name", or "family.*")?
[[nodiscard]] bool idMatches(std::string_view pattern, std::string_view id);

} // namespace medic::playbooks
