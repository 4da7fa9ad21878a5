// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/ssh_config_text.h"

#include "diagnostics/transport/ssh_config.h"

#include <algorithm>
#include <charconv>

namespace medic {

bool sshPatternMatches(std::string_view pattern, std::string_view text)
{
    // Iterative with one remembered star: linear in practice, no recursion for a hostile "****…" to exploit.
    std::size_t p = 0, t = 0, star = std::string_view::npos, starText = 0;
    while (t < text.size()) {
        if (p < pattern.size() && (pattern[p] == '?' || (pattern[p] != '*' && pattern[p] == text[t]))) {
            ++p;
            ++t;
        } else if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            starText = t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++starText;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

bool sshPatternListMatches(const std::vector<std::string>& patterns, std::string_view text)
{
    bool matched = false;
    for (const std::string& pattern : patterns) {
        if (pattern.starts_with('!')) {
            if (sshPatternMatches(std::string_view(pattern).substr(1), text))
                return false;
        } else if (sshPatternMatches(pattern, text)) {
            matched = true;
        }
    }
    return matched;
}

Result<SshDestination> parseSshDestination(std::string_view text)
{
    const std::string whole(text);
    const auto bad = [&](const char* why) { return failure(ErrorCode::BadValue, whole, why); };
    if (text.starts_with("ssh://")) {
        text.remove_prefix(6);
        if (text.ends_with('/'))
            text.remove_suffix(1);
    }
    SshDestination destination;
    if (const auto at = text.rfind('@'); at != std::string_view::npos) {
        destination.user = text.substr(0, at);
        text.remove_prefix(at + 1);
        if (destination.user.empty())
            return bad("no user before the @");
    }
    std::string_view port;
    bool hasPort = false;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos)
            return bad("'[' without ']'");
        destination.host = text.substr(1, end - 1);
        text.remove_prefix(end + 1);
        if (!text.empty() && !text.starts_with(':'))
            return bad("expected ':' and a port behind ']'");
        hasPort = !text.empty();
        port = hasPort ? text.substr(1) : text;
    } else if (std::count(text.begin(), text.end(), ':') > 1) {
        destination.host = text; // an IPv6 address as it is
    } else {
        const auto colon = text.find(':');
        destination.host = text.substr(0, colon);
        hasPort = colon != std::string_view::npos;
        port = hasPort ? text.substr(colon + 1) : std::string_view();
    }
    if (destination.host.empty())
        return bad("no host");
    // A host that begins with '-' or holds spaces or control characters is nobody's name (and would be an option to ssh).
    if (destination.host.starts_with('-')
        || std::any_of(destination.host.begin(), destination.host.end(), [](unsigned char c) { return c <= ' ' || c == 127; }))
        return bad("not a host name");
    if (hasPort) {
        unsigned value = 0;
        const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), value);
        if (error != std::errc() || end != port.data() + port.size() || value == 0 || value > 65535)
            return bad("the port is not a number from 1 to 65535");
        destination.port = static_cast<std::uint16_t>(value);
    }
    return destination;
}

namespace sshtext {

std::string lowered(std::string_view text)
{
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

std::vector<std::string> splitList(std::string_view text, char separator)
{
    std::vector<std::string> out;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        if (end > 0)
            out.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

namespace {

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f'; }

Result<std::vector<std::string>> splitWords(std::string_view text)
{
    std::vector<std::string> words;
    std::size_t i = 0;
    while (true) {
        while (i < text.size() && isSpace(text[i]))
            ++i;
        if (i >= text.size() || text[i] == '#')
            return words;
        std::string word;
        char quote = 0;
        for (; i < text.size(); ++i) {
            const char c = text[i];
            if (c == '\\' && i + 1 < text.size()
                && (text[i + 1] == '"' || text[i + 1] == '\'' || text[i + 1] == '\\' || (quote == 0 && text[i + 1] == ' '))) {
                word += text[++i];
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (quote != 0 && c == quote) {
                quote = 0;
            } else if (quote == 0 && isSpace(c)) {
                break;
            } else {
                word += c;
            }
        }
        if (quote != 0)
            return failure(ErrorCode::BadSyntax, {}, "a quote is not closed");
        words.push_back(std::move(word));
    }
}

} // namespace

Result<std::optional<Line>> splitLine(std::string_view text)
{
    while (!text.empty() && isSpace(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && (isSpace(text.back()) || text.back() == '\n'))
        text.remove_suffix(1);
    if (text.empty() || text.front() == '#')
        return std::optional<Line>();
    std::size_t end = 0;
    if (text.front() == '"') { // ssh reads a quoted keyword too
        end = text.find('"', 1);
        if (end == std::string_view::npos)
            return failure(ErrorCode::BadSyntax, {}, "a quote is not closed");
    }
    Line line;
    if (end > 0) {
        line.keyword = lowered(text.substr(1, end - 1));
        ++end;
    } else {
        while (end < text.size() && !isSpace(text[end]) && text[end] != '=')
            ++end;
        line.keyword = lowered(text.substr(0, end));
    }
    text.remove_prefix(end);
    while (!text.empty() && isSpace(text.front()))
        text.remove_prefix(1);
    if (text.starts_with('=')) {
        text.remove_prefix(1);
        while (!text.empty() && isSpace(text.front()))
            text.remove_prefix(1);
    }
    line.rest = text;
    auto words = splitWords(text);
    if (!words)
        return tl::unexpected(words.error());
    line.arguments = std::move(*words);
    return std::optional(std::move(line));
}

std::optional<std::string> jumpOfProxyCommand(const std::vector<std::string>& words)
{
    if (words.empty() || words.front().substr(words.front().rfind('/') + 1) != "ssh")
        return std::nullopt;
    std::string user, host, port;
    bool forwards = false;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string& word = words[i];
        const auto value = [&]() -> std::string {
            if (word.size() > 2)
                return word.substr(2);
            return i + 1 < words.size() ? words[++i] : std::string();
        };
        if (word.starts_with("-W")) {
            const std::string to = value();
            forwards = to == "%h:%p" || to == "[%h]:%p";
            if (!forwards)
                return std::nullopt;
        } else if (word.starts_with("-p")) {
            port = value();
        } else if (word.starts_with("-l")) {
            user = value();
        } else if (word == "-q" || word == "-x" || word == "-a" || word == "-A" || word == "-T" || word == "-C" || word == "-4"
                   || word == "-6" || word == "-v") {
            continue;
        } else if (word.starts_with('-') || !host.empty()) {
            return std::nullopt; // options whose meaning we would change, or a remote command (nc)
        } else {
            host = word;
        }
    }
    if (!forwards || host.empty())
        return std::nullopt;
    auto destination = parseSshDestination(host);
    if (!destination)
        return std::nullopt;
    if (!user.empty() && destination->user.empty())
        destination->user = user;
    std::string out = destination->user.empty() ? std::string() : destination->user + '@';
    const bool v6 = destination->host.find(':') != std::string::npos;
    out += v6 ? '[' + destination->host + ']' : destination->host;
    if (destination->port != 0)
        port = std::to_string(destination->port);
    return port.empty() ? out : out + ':' + port;
}

} // namespace sshtext
} // namespace medic
