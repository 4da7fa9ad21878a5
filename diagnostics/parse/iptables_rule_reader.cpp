// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/iptables_rule_reader.h"

#include <charconv>

namespace medic::iptables {

namespace {

constexpr std::string_view unreadable = "the rule could not be read";

bool isBlank(char c) { return c == ' ' || c == '\t'; }


} // namespace

std::optional<std::uint32_t> readNumber(std::string_view text)
{
    int base = 10;
    if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        base = 16;
        text.remove_prefix(2);
    } else if (text.size() > 1 && text[0] == '0') {
        base = 8;
    }
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::optional<PortRange> readPorts(std::string_view text, char separator)
{
    const auto number = [](std::string_view part, std::uint16_t fallback) -> std::optional<std::uint16_t> {
        if (part.empty())
            return fallback;
        unsigned value = 0;
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
        if (error != std::errc() || end != part.data() + part.size() || value > 65535)
            return std::nullopt;
        return static_cast<std::uint16_t>(value);
    };
    const auto split = text.find(separator);
    if (split == std::string_view::npos) {
        const auto port = text.empty() ? std::nullopt : number(text, 0);
        return port ? std::optional(PortRange {*port, *port}) : std::nullopt;
    }
    const auto from = number(text.substr(0, split), 0);
    const auto to = number(text.substr(split + 1), 65535);
    if (!from || !to)
        return std::nullopt;
    return PortRange {*from, *to};
}

bool readMasked(std::string_view text, std::uint32_t& value, std::uint32_t& mask)
{
    const auto slash = text.find('/');
    const auto first = readNumber(text.substr(0, slash));
    if (!first)
        return false;
    value = *first;
    if (slash == std::string_view::npos)
        return true;
    const auto second = readNumber(text.substr(slash + 1));
    if (!second)
        return false;
    mask = *second;
    return true;
}

std::optional<std::string_view> RuleReader::Cursor::value()
{
    RuleReader& r = reader;
    if (r.m_at < r.m_count && r.m_tokens[r.m_at] == "!") { // before 1.4.3: "--dport ! 80"
        invert = !invert;
        ++r.m_at;
    }
    if (r.m_at >= r.m_count)
        return std::nullopt;
    return r.m_tokens[r.m_at++];
}

bool RuleReader::Cursor::atOption() const
{
    if (reader.m_at >= reader.m_count)
        return true;
    const auto token = reader.m_tokens[reader.m_at];
    return token == "!" || (token.size() > 1 && token[0] == '-');
}

bool RuleReader::tokenize(std::string_view text)
{
    m_count = 0;
    const char* at = text.data();
    const char* const end = at + text.size();
    m_end = end;
    while (true) {
        while (at < end && isBlank(*at))
            ++at;
        if (at == end)
            return true;
        if (m_count == maxTokens)
            return false;
        m_starts[m_count] = at;
        if (*at != '"' && *at != '\'') {
            const char* const start = at;
            while (at < end && !isBlank(*at))
                ++at;
            m_tokens[m_count++] = std::string_view(start, static_cast<std::size_t>(at - start));
            continue;
        }
        const char quote = *at++;
        const char* const start = at;
        bool escaped = false;
        while (at < end && *at != quote) {
            if (*at == '\\' && at + 1 < end) {
                escaped = true;
                ++at;
            }
            ++at;
        }
        std::string_view token(start, static_cast<std::size_t>(at - start));
        if (escaped) {
            std::string& plain = m_store.emplace_back();
            plain.reserve(token.size());
            for (std::size_t i = 0; i < token.size(); ++i) {
                if (token[i] == '\\' && i + 1 < token.size())
                    ++i;
                plain.push_back(token[i]);
            }
            token = plain;
        }
        m_tokens[m_count++] = token;
        if (at == end)
            return false; // the quote is never closed
        ++at;
    }
}

void RuleReader::beginMatch(std::string_view name, Rule& rule, const char* start)
{
    m_openStart = start;
    m_openName = name;
    if (name == "comment") {
        m_open = -2;
        return;
    }
    rule.matches.push_back(makeMatch(name, m_family));
    m_open = static_cast<int>(rule.matches.size()) - 1;
}

void RuleReader::endMatch(Rule& rule, const char* end)
{
    if (m_open >= 0) {
        if (auto* undecidable = std::get_if<UndecidableMatch>(&rule.matches[static_cast<std::size_t>(m_open)])) {
            const char* last = end;
            while (last > m_openStart && isBlank(last[-1]))
                --last;
            undecidable->text = std::string_view(m_openStart, static_cast<std::size_t>(last - m_openStart));
        }
    }
    m_open = -1;
}

void RuleReader::makeUndecidable(Rule& rule, std::string_view reason)
{
    if (m_open >= 0)
        rule.matches[static_cast<std::size_t>(m_open)] = UndecidableMatch {m_openName, {}, reason};
    else
        rule.matches.push_back(UndecidableMatch {"rule", rule.text, reason});
}

void RuleReader::skipValues()
{
    while (m_at < m_count && m_tokens[m_at] != "!" && !(m_tokens[m_at].size() > 1 && m_tokens[m_at][0] == '-'))
        ++m_at;
}

bool RuleReader::readProtocol(Cursor& cursor, Rule& rule)
{
    const auto value = cursor.value();
    const auto number = value ? protocolNumber(*value) : std::nullopt;
    if (!number)
        return false;
    rule.protocol = *number;
    rule.notProtocol = cursor.invert;
    return true;
}

bool RuleReader::readHeaderOption(std::string_view option, Cursor& cursor, Rule& rule, bool& ok)
{
    const auto prefix = [&](IpPrefix& into, bool& invert) {
        const auto value = cursor.value();
        const auto parsed = value ? IpPrefix::parse(*value) : std::nullopt;
        if (!parsed || parsed->address.family != m_family)
            return false;
        into = parsed->length() == 0 && !cursor.invert ? IpPrefix {} : *parsed;
        invert = cursor.invert;
        return true;
    };
    const auto device = [&](std::string_view& into, bool& invert) {
        const auto value = cursor.value();
        if (!value)
            return false;
        into = *value == "+" && !cursor.invert ? std::string_view() : *value;
        invert = cursor.invert;
        return true;
    };
    if (option == "-s" || option == "--source" || option == "--src")
        ok = prefix(rule.source, rule.notSource);
    else if (option == "-d" || option == "--destination" || option == "--dst")
        ok = prefix(rule.destination, rule.notDestination);
    else if (option == "-p" || option == "--protocol" || option == "--proto")
        ok = readProtocol(cursor, rule);
    else if (option == "-i" || option == "--in-interface")
        ok = device(rule.in, rule.notIn);
    else if (option == "-o" || option == "--out-interface")
        ok = device(rule.out, rule.notOut);
    else if (option == "-f" || option == "--fragment")
        (cursor.invert ? rule.notFragments : rule.fragments) = true;
    else if (option == "-c" || option == "--set-counters") {
        const auto packets = cursor.value();
        const auto bytes = cursor.value();
        rule.hasCounters = packets && bytes;
        if (rule.hasCounters) {
            rule.counters.packets = readNumber(*packets).value_or(0);
            rule.counters.bytes = readNumber(*bytes).value_or(0);
        }
    } else {
        return false;
    }
    return true;
}

bool RuleReader::implicitMatch(std::string_view option, Rule& rule)
{
    // "-p tcp --dport 80" without -m, as people and istio write it.
    std::string_view name;
    if (option == "--dport" || option == "--sport" || option == "--destination-port" || option == "--source-port"
        || option == "--syn" || option == "--tcp-flags")
        name = rule.protocol == proto::tcp ? "tcp" : rule.protocol == proto::udp ? "udp" : rule.protocol == proto::sctp ? "sctp" : "";
    else if (option == "--icmp-type" || option == "--icmpv6-type")
        name = m_family == IpFamily::V6 ? "icmp6" : "icmp";
    if (name.empty())
        return false;
    endMatch(rule, m_starts[m_at - 1]);
    beginMatch(name, rule, m_starts[m_at - 1]);
    return true;
}

bool RuleReader::readMatchOption(std::string_view option, Cursor& cursor, Rule& rule)
{
    if (option == "--comment") {
        const auto value = cursor.value();
        rule.comment = value.value_or(std::string_view());
        return value.has_value();
    }
    const std::size_t before = m_at;
    const bool invert = cursor.invert;
    if (m_open >= 0) {
        Match& match = rule.matches[static_cast<std::size_t>(m_open)];
        if (std::holds_alternative<UndecidableMatch>(match)) {
            skipValues();
            return true;
        }
        if (setMatchOption(match, option, cursor, m_family))
            return true;
    }
    for (std::size_t i = rule.matches.size(); i-- > 0;) {
        m_at = before;
        cursor.invert = invert;
        if (static_cast<int>(i) != m_open && setMatchOption(rule.matches[i], option, cursor, m_family))
            return true;
    }
    m_at = before;
    cursor.invert = invert;
    if (implicitMatch(option, rule)
        && setMatchOption(rule.matches[static_cast<std::size_t>(m_open)], option, cursor, m_family))
        return true;
    m_at = before;
    skipValues();
    return false;
}

void RuleReader::readTarget(std::string_view name, bool isGoto, Rule& rule)
{
    Cursor cursor {*this};
    if (isGoto)
        rule.target = JumpTarget {name, -1, true};
    else
        rule.target = makeTarget(name, cursor, m_family);
    if (auto* unknown = std::get_if<UnknownTarget>(&rule.target))
        unknown->text = rule.text;
}

bool RuleReader::read(std::string_view specification, Rule& rule)
{
    m_open = -1;
    m_at = 0;
    bool readable = tokenize(specification);
    std::size_t expected = 0;
    for (std::size_t i = 0; i + 1 < m_count; ++i)
        if (m_tokens[i] == "-m" && m_tokens[i + 1] != "comment")
            ++expected;
    rule.matches.reserve(expected);
    while (m_at < m_count) {
        const char* const start = m_starts[m_at];
        Cursor cursor {*this};
        while (m_at < m_count && m_tokens[m_at] == "!") {
            cursor.invert = !cursor.invert;
            ++m_at;
        }
        if (m_at >= m_count) {
            readable = false;
            break;
        }
        const auto option = m_tokens[m_at++];
        if ((option == "-m" || option == "--match") && m_at < m_count) {
            endMatch(rule, start);
            beginMatch(m_tokens[m_at++], rule, start);
            continue;
        }
        if ((option == "-j" || option == "--jump" || option == "-g" || option == "--goto") && m_at < m_count) {
            endMatch(rule, start);
            const auto name = m_tokens[m_at++];
            readTarget(name, option == "-g" || option == "--goto", rule);
            continue;
        }
        bool ok = true;
        if (option.size() > 1 && option[0] == '-' && readHeaderOption(option, cursor, rule, ok)) {
            if (!ok) {
                endMatch(rule, start);
                makeUndecidable(rule, unreadable);
                readable = false;
            }
            continue;
        }
        if (option.size() > 2 && option[0] == '-' && readMatchOption(option, cursor, rule))
            continue;
        if (const auto* jump = std::get_if<JumpTarget>(&rule.target); jump && !jump->isGoto) {
            rule.target = UnknownTarget {jump->chain, rule.text}; // chains take no options: an unknown target does
            skipValues();
            continue;
        }
        // An option that this extension does not know, or a value that cannot be read: only this match is lost.
        const bool known = m_open >= 0;
        makeUndecidable(rule, known ? std::string_view("an option of this match is not understood") : unreadable);
        readable = readable && known;
    }
    endMatch(rule, m_end);
    if (!readable && (rule.matches.empty() || !std::holds_alternative<UndecidableMatch>(rule.matches.back())))
        rule.matches.push_back(UndecidableMatch {"rule", rule.text, unreadable});
    // "-m tcp" without "-p tcp" cannot be loaded; a match that names a protocol implies it.
    if (rule.protocol == 0)
        for (const Match& match : rule.matches)
            if (const auto* ports = std::get_if<PortsMatch>(&match))
                rule.protocol = ports->protocol;
    return readable;
}

} // namespace medic::iptables
