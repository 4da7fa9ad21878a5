// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <cctype>

namespace medic::parse {

namespace {

bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v'; }

char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

} // namespace

std::vector<Line> lines(std::string_view text)
{
    std::vector<Line> result;
    int count = 0;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        if (!line.empty() && line.back() == '\r')
            line.remove_suffix(1);
        result.push_back({++count, line});
        if (end == std::string_view::npos)
            break;
        text.remove_prefix(end + 1);
    }
    return result;
}

std::string_view trim(std::string_view text)
{
    while (!text.empty() && blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && blank(text.back()))
        text.remove_suffix(1);
    return text;
}

std::vector<std::string_view> words(std::string_view text)
{
    std::vector<std::string_view> result;
    std::size_t at = 0;
    while (at < text.size()) {
        while (at < text.size() && blank(text[at]))
            ++at;
        const std::size_t from = at;
        while (at < text.size() && !blank(text[at]))
            ++at;
        if (at > from)
            result.push_back(text.substr(from, at - from));
    }
    return result;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

bool containsNoCase(std::string_view text, std::string_view part)
{
    return std::search(text.begin(), text.end(), part.begin(), part.end(),
                       [](char a, char b) { return lowered(a) == lowered(b); })
        != text.end()
        || part.empty();
}

std::string lower(std::string_view text)
{
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), lowered);
    return result;
}

std::string_view before(std::string_view text, std::string_view separator)
{
    return text.substr(0, text.find(separator));
}

std::string_view after(std::string_view text, std::string_view separator)
{
    const std::size_t at = text.find(separator);
    return at == std::string_view::npos ? std::string_view() : text.substr(at + separator.size());
}

std::optional<double> real(std::string_view text)
{
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc() || stop != end)
        return std::nullopt;
    return value;
}

std::string Section::text() const
{
    std::string result;
    for (const Line& line : lines) {
        result += line.text;
        result += '\n';
    }
    return result;
}

std::vector<Section> sections(std::string_view text)
{
    std::vector<Section> result;
    for (const Line& line : lines(text)) {
        const std::string_view body = trim(line.text);
        if (body.size() > 8 && body.starts_with("==> ") && body.ends_with(" <==")) {
            result.push_back({std::string(body.substr(4, body.size() - 8)), line.number, {}});
            continue;
        }
        if (result.empty()) {
            if (body.empty())
                continue;
            result.emplace_back();
        }
        result.back().lines.push_back(line);
    }
    return result;
}

} // namespace medic::parse
