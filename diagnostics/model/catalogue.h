// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/model/finding.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace medic {

enum class Language { English, Chinese };
[[nodiscard]] std::string_view languageCode(Language language); ///< "en", "zh"

/// One text in both languages with {named} placeholders.
struct Text {
    std::string en, zh;
    [[nodiscard]] const std::string& in(Language language) const { return language == Language::Chinese ? zh : en; }
    [[nodiscard]] bool empty() const { return en.empty() && zh.empty(); }
};

/// `text` with each {name} replaced; an unknown name stays as it stands. Values are inserted verbatim (plain text:
/// whoever shows it as rich text escapes afterwards).
[[nodiscard]] std::string fill(const std::string& text, const Parameters& parameters);

struct Reference {
    std::string title; ///< in the language of what it points to
    std::string url; ///< may be empty for a book or a man page
    std::string fact; ///< the one sentence that is taken from it
    bool dead = false; ///< known to be gone: shown, marked, not linked
};

/// What is known about one finding id (resources/knowledge/*.yaml, and the user's own knowledge/ folder).
struct KnowledgeEntry {
    std::string id, family;
    Text title; ///< what is wrong with what: a sentence without a full stop
    Text meaning, why, next; ///< what it means, why it matters, what to do now
    std::vector<std::string> parameters; ///< the placeholders that a check must supply
    std::vector<Reference> references;
    std::string playbook; ///< id of the fitting wizard; may be empty
    std::vector<std::string> patterns; ///< regular expressions over normalised text: pasted errors that mean this
    std::string file; ///< where it was read
};

/// All knowledge entries. Read once; immutable afterwards.
class Catalogue {
public:
    /// Reads knowledge/*.yaml below `directories`, in order; a later entry with the same id is an error.
    /// Broken files are reported (file:line, key) and do not disturb the others.
    static Catalogue load(const std::vector<std::filesystem::path>& directories, std::vector<Error>* problems);

    /// The program's and the user's own knowledge.
    static Catalogue standard(std::vector<Error>* problems = nullptr);

    [[nodiscard]] const KnowledgeEntry* find(std::string_view id) const;
    [[nodiscard]] const std::map<std::string, KnowledgeEntry, std::less<>>& entries() const { return m_entries; }

    /// The finding's title, filled in; its id when the catalogue does not know it.
    [[nodiscard]] std::string title(const Finding& finding, Language language) const;

private:
    std::map<std::string, KnowledgeEntry, std::less<>> m_entries;
};

} // namespace medic
