// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/catalogue.h"

#include <string>
#include <string_view>
#include <vector>

/// Pasted error text finds what it means: normalised first (as people paste from chats, notebooks and terminals), then
/// matched with the patterns of the catalogue.
namespace medic::checks {

/// Text as patterns expect it, and where each of its bytes came from.
struct NormalText {
    std::string text;
    std::vector<std::size_t> origin; ///< byte of the original for each byte of `text`

    /// The span of the original that a span of `text` came from: [first, second).
    [[nodiscard]] std::pair<std::size_t, std::size_t> originalSpan(std::size_t from, std::size_t length, std::size_t originalSize) const;
};

/// Full-width ASCII and Chinese punctuation become ASCII, curly quotes straight, zero-width characters and colours go,
/// lines that a window wrapped in the middle of a word or sentence are joined by one blank, runs of blanks become one.
/// The notebook's misspellings are put right (healhy, UnkownHostException, quary.io, gci.io). Never fails.
[[nodiscard]] NormalText normalised(std::string_view pasted);

struct PasteMatch {
    std::string finding; ///< id in the catalogue
    std::string playbook; ///< may be empty
    std::size_t from = 0, length = 0; ///< bytes of the pasted text
    std::string matched; ///< those bytes
    int score = 0; ///< greater is better
};

/// Compiled once from a catalogue; a pattern that does not compile is left out. Thread-compatible: const use from any
/// thread.
class PasteIndex {
public:
    explicit PasteIndex(const Catalogue& catalogue);
    ~PasteIndex();
    PasteIndex(PasteIndex&&) noexcept;
    PasteIndex& operator=(PasteIndex&&) noexcept;

    /// Best first; one match per finding. Of the pasted text the first 64 KiB are looked at.
    [[nodiscard]] std::vector<PasteMatch> match(std::string_view pasted) const;

    /// The playbooks of the matches, best first, each once.
    [[nodiscard]] std::vector<std::string> playbooks(std::string_view pasted) const;

private:
    struct Entry;
    std::vector<Entry> m_entries;
};

} // namespace medic::checks
