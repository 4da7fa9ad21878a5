// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/paste.h"

#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <regex>

namespace medic::checks {

namespace {

constexpr std::size_t lookedAt = 64 * 1024;
/// std::regex recurses for each byte of a repetition: a line is matched in pieces that no stack minds.
constexpr std::size_t pieceSize = 2048;

struct CodePoint {
    char32_t value = 0;
    std::size_t size = 1;
};

CodePoint decode(std::string_view text, std::size_t at)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(at);
    const std::size_t size = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1;
    if (size == 1 || at + size > text.size())
        return {first < 0x80 ? char32_t {first} : U'\ufffd', 1};
    char32_t value = first & (0xff >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(at + i) & 0xc0) != 0x80)
            return {U'\ufffd', 1};
        value = value << 6 | (byte(at + i) & 0x3f);
    }
    return {value, size};
}

/// 0: drop it; 1: keep it as it is; else what it becomes.
char32_t replacement(char32_t c)
{
    if (c >= 0xff01 && c <= 0xff5e)
        return c - 0xff01 + U'!'; // full-width ASCII
    switch (c) {
    case U'\u3000': case U'\u00a0': case U'\u2002': case U'\u2003': case U'\u2009': case U'\u202f':
        return U' ';
    case U'\u200b': case U'\u200c': case U'\u200d': case U'\u2060': case U'\ufeff': case U'\u00ad': case U'\u200e': case U'\u200f':
    case U'\r': case U'\u202a': case U'\u202b': case U'\u202c': case U'\u202d': case U'\u202e':
        return 0;
    case U'\u2018': case U'\u2019': case U'\u201a': case U'\u2032':
        return U'\'';
    case U'\u201c': case U'\u201d': case U'\u201e': case U'\u2033': case U'\u300c': case U'\u300d':
        return U'"';
    case U'\u2013': case U'\u2014': case U'\u2212': case U'\u2010': case U'\u2011':
        return U'-';
    case U'\u3002':
        return U'.';
    case U'\u3001':
        return U',';
    case U'\u3010':
        return U'[';
    case U'\u3011':
        return U']';
    default:
        return 1;
    }
}

class Builder {
public:
    NormalText result;

    void put(char c, std::size_t origin)
    {
        if (c == ' ' && (result.text.empty() || result.text.back() == ' ' || result.text.back() == '\n'))
            return;
        if (c == '\n') {
            while (!result.text.empty() && result.text.back() == ' ')
                pop();
            if (result.text.empty() || result.text.back() == '\n')
                return;
        }
        result.text += c;
        result.origin.push_back(origin);
    }

    void pop()
    {
        result.text.pop_back();
        result.origin.pop_back();
    }

    void substitute(std::string_view wrong, std::string_view right)
    {
        const std::string low = parse::lower(result.text);
        NormalText next;
        std::size_t from = 0;
        for (std::size_t at = low.find(wrong); at != std::string::npos; at = low.find(wrong, from)) {
            append(next, from, at);
            for (std::size_t i = 0; i < right.size(); ++i) {
                next.text += right[i];
                next.origin.push_back(result.origin[at + std::min(i, wrong.size() - 1)]);
            }
            from = at + wrong.size();
        }
        if (from == 0)
            return;
        append(next, from, result.text.size());
        result = std::move(next);
    }

private:
    void append(NormalText& next, std::size_t from, std::size_t to) const
    {
        next.text.append(result.text, from, to - from);
        next.origin.insert(next.origin.end(), result.origin.begin() + static_cast<std::ptrdiff_t>(from), result.origin.begin() + static_cast<std::ptrdiff_t>(to));
    }
};

/// A line break in the middle of something: what follows begins small, or with punctuation, and no log line starts so.
bool wrapped(std::string_view text, std::size_t next)
{
    while (next < text.size() && (text[next] == ' ' || text[next] == '\t' || text[next] == '\r'))
        ++next;
    if (next >= text.size() || text[next] == '\n')
        return false;
    const char c = text[next];
    return (c >= 'a' && c <= 'z') || c == ':' || c == ',' || c == ')' || c == ']' || c == ';' || c == '.' || (c >= '0' && c <= '9');
}

/// Terminal colours: ESC [ … letter. Returns how many bytes to leave out.
std::size_t escapeAt(std::string_view text, std::size_t at)
{
    if (text[at] != '\x1b')
        return 0;
    std::size_t end = at + 1;
    if (end < text.size() && text[end] == '[')
        for (++end; end < text.size() && (text[end] < '@' || text[end] > '~');)
            ++end;
    return std::min(end + 1, text.size()) - at;
}

/// The longest text that every match of the pattern must contain, in small letters; empty when there is none that is
/// certain. A search for it comes before the regular expression, which is a thousand times slower.
std::string necessaryText(std::string_view pattern)
{
    std::string best, run;
    const auto finish = [&] {
        if (run.size() > best.size())
            best = run;
        run.clear();
    };
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        char c = pattern[at];
        if (c == '|')
            return {}; // alternatives of the whole
        if (c == '(' || c == '[') { // groups and classes are passed over, nested ones too
            finish();
            int depth = 0;
            bool inClass = false;
            for (; at < pattern.size(); ++at) {
                if (pattern[at] == '\\')
                    ++at;
                else if (inClass)
                    inClass = pattern[at] != ']';
                else if (pattern[at] == '[')
                    inClass = true;
                else if (pattern[at] == '(')
                    ++depth;
                else if (pattern[at] == ')')
                    --depth;
                if (depth == 0 && !inClass)
                    break;
            }
            continue;
        }
        if (c == '{') { // {1,80}: of the character before, which may be there
            finish();
            at = std::min(pattern.find('}', at), pattern.size());
            continue;
        }
        if (c == '\\' && at + 1 < pattern.size()) {
            c = pattern[++at];
            if (std::isalnum(static_cast<unsigned char>(c)) != 0) { // \S, \d, \w …
                finish();
                continue;
            }
        } else if (c == '.' || c == '^' || c == '$' || c == '?' || c == '*' || c == '+') {
            finish();
            continue;
        }
        const bool uncertain = at + 1 < pattern.size() && (pattern[at + 1] == '?' || pattern[at + 1] == '*' || pattern[at + 1] == '{');
        if (uncertain) {
            while (static_cast<unsigned char>(c) >= 0x80 && !run.empty() && static_cast<unsigned char>(run.back()) >= 0x80)
                run.pop_back(); // the other bytes of that character
            finish();
            continue;
        }
        run += c;
    }
    finish();
    return parse::lower(best);
}

} // namespace

std::pair<std::size_t, std::size_t> NormalText::originalSpan(std::size_t from, std::size_t length, std::size_t originalSize) const
{
    if (origin.empty() || length == 0 || from >= origin.size())
        return {0, 0};
    const std::size_t last = std::min(from + length, origin.size());
    return {origin[from], last < origin.size() ? origin[last] : originalSize};
}

NormalText normalised(std::string_view pasted)
{
    Builder builder;
    for (std::size_t at = 0; at < pasted.size();) {
        if (const std::size_t skip = escapeAt(pasted, at); skip > 0) {
            at += skip;
            continue;
        }
        const CodePoint point = decode(pasted, at);
        const char32_t becomes = replacement(point.value);
        if (point.value == U'\n')
            builder.put(wrapped(pasted, at + 1) ? ' ' : '\n', at);
        else if (point.value == U'\t')
            builder.put(' ', at);
        else if (becomes == 1)
            for (std::size_t i = 0; i < point.size; ++i)
                builder.put(pasted[at + i], at + i);
        else if (becomes != 0)
            builder.put(static_cast<char>(becomes), at);
        at += point.size;
    }
    // Misspellings of the notebook (cases.md 0.1), and a full stop that slipped into kubectl's sentence.
    for (const auto& [wrong, right] : {std::pair {"unkownhostexception", "UnknownHostException"}, {"not healhy", "not healthy"},
                                       {"quary.io", "quay.io"}, {"gci.io", "gcr.io"}, {"the connection to. the", "the connection to the"}})
        builder.substitute(wrong, right);
    return std::move(builder.result);
}

struct PasteIndex::Entry {
    std::string finding, playbook;
    std::string needs; ///< small letters; without it no match is possible
    std::regex pattern;
    int weight = 0; ///< how much of the pattern is fixed text: "PLEG is not healthy" says more than "FailedMount"
};

PasteIndex::PasteIndex(const Catalogue& catalogue)
{
    for (const auto& [id, entry] : catalogue.entries())
        for (const std::string& pattern : entry.patterns) {
            try {
                const auto letters = std::count_if(pattern.begin(), pattern.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c >= 0x80; });
                m_entries.push_back({id, entry.playbook, necessaryText(pattern), std::regex(pattern, std::regex::ECMAScript | std::regex::icase), static_cast<int>(letters)});
            } catch (const std::regex_error&) {
                continue; // the house test names it; a user's own file must not disturb the others
            }
        }
}

PasteIndex::~PasteIndex() = default;
PasteIndex::PasteIndex(PasteIndex&&) noexcept = default;
PasteIndex& PasteIndex::operator=(PasteIndex&&) noexcept = default;

std::vector<PasteMatch> PasteIndex::match(std::string_view pasted) const
{
    pasted = pasted.substr(0, lookedAt);
    const NormalText normal = normalised(pasted);
    const std::string small = parse::lower(normal.text);
    std::map<std::string, PasteMatch> best;
    std::map<std::string, int> times;
    for (std::size_t from = 0; from < normal.text.size();) {
        std::size_t end = normal.text.find('\n', from);
        end = std::min({end == std::string::npos ? normal.text.size() : end, normal.text.size(), from + pieceSize});
        const char* const first = normal.text.data() + from;
        for (const Entry& entry : m_entries) {
            const std::string_view piece = std::string_view(small).substr(from, end - from);
            if (!entry.needs.empty() && piece.find(entry.needs) == std::string_view::npos)
                continue;
            std::cmatch found;
            try {
                if (!std::regex_search(first, first + (end - from), found, entry.pattern))
                    continue;
            } catch (const std::regex_error&) {
                continue; // error_complexity, error_stack: not matched
            }
            const std::size_t at = from + static_cast<std::size_t>(found.position(0));
            const auto [begin, stop] = normal.originalSpan(at, static_cast<std::size_t>(found.length(0)), pasted.size());
            PasteMatch match {entry.finding, entry.playbook, begin, stop - begin, std::string(pasted.substr(begin, stop - begin)),
                              std::min<int>(static_cast<int>(found.length(0)), 80) + entry.weight};
            const int again = ++times[entry.finding];
            const auto known = best.find(entry.finding);
            if (known == best.end() || match.score > known->second.score)
                best[entry.finding] = std::move(match);
            best[entry.finding].score += std::min(again - 1, 5);
        }
        from = end < normal.text.size() && normal.text[end] == '\n' ? end + 1 : end;
    }
    std::vector<PasteMatch> result;
    for (auto& [id, match] : best)
        result.push_back(std::move(match));
    std::stable_sort(result.begin(), result.end(), [](const PasteMatch& a, const PasteMatch& b) { return a.score > b.score; });
    return result;
}

std::vector<std::string> PasteIndex::playbooks(std::string_view pasted) const
{
    std::vector<std::string> result;
    for (const PasteMatch& one : match(pasted))
        if (!one.playbook.empty() && std::find(result.begin(), result.end(), one.playbook) == result.end())
            result.push_back(one.playbook);
    return result;
}

} // namespace medic::checks
