// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/conntrack_list.h"

#include <charconv>

namespace medic::conntrack {

namespace {

std::uint32_t number(std::string_view text)
{
    std::uint32_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

bool isNumber(std::string_view text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// "tcp 6 86387 ESTABLISHED src=… dst=… sport=… dport=… src=… … [ASSURED] mark=0 use=1"
std::optional<Entry> readLine(std::string_view line)
{
    Entry entry;
    int sources = 0, plain = 0;
    for (std::size_t at = 0; at < line.size();) {
        const auto start = line.find_first_not_of(" \t\r", at);
        if (start == std::string_view::npos)
            break;
        const auto end = line.find_first_of(" \t\r", start);
        const auto word = line.substr(start, end == std::string_view::npos ? end : end - start);
        at = end == std::string_view::npos ? line.size() : end;
        const auto equals = word.find('=');
        if (equals == std::string_view::npos) {
            if (word == "[UNREPLIED]")
                entry.unreplied = true;
            else if (word == "[ASSURED]")
                entry.assured = true;
            else if (word == "ipv4" || word == "ipv6")
                plain = -2; // /proc: "ipv4 2 tcp 6 …"
            else if (plain++ == 1 && isNumber(word))
                entry.protocol = static_cast<std::uint8_t>(number(word));
            else if (plain == 3 && isNumber(word))
                entry.timeout = number(word);
            else if (plain >= 3 && sources == 0 && !isNumber(word))
                entry.state = word;
            if (plain == -1 || plain == 0) // the family's number was counted
                plain = 0;
            continue;
        }
        const auto key = word.substr(0, equals), value = word.substr(equals + 1);
        if (key == "src")
            ++sources;
        Tuple& tuple = sources >= 2 ? entry.reply : entry.original;
        if (key == "src")
            tuple.source = IpAddress::parse(value).value_or(IpAddress {});
        else if (key == "dst")
            tuple.destination = IpAddress::parse(value).value_or(IpAddress {});
        else if (key == "sport" || key == "id")
            tuple.sport = static_cast<std::uint16_t>(number(value));
        else if (key == "dport")
            tuple.dport = static_cast<std::uint16_t>(number(value));
        else if (key == "mark")
            entry.mark = number(value);
        else if (key == "zone")
            entry.zone = static_cast<std::uint16_t>(number(value));
        if (key == "id")
            tuple.dport = tuple.sport;
    }
    if (sources < 2 || entry.original.source.isNone() || entry.original.destination.isNone()
        || entry.reply.source.isNone() || entry.reply.destination.isNone() || entry.protocol == 0)
        return std::nullopt;
    return entry;
}

} // namespace

List parseList(std::string_view text)
{
    List list;
    std::uint32_t line = 0;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto current = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        ++line;
        if (current.find_first_not_of(" \t\r") == std::string_view::npos)
            continue;
        if (auto entry = readLine(current)) {
            entry->line = line;
            list.entries.push_back(std::move(*entry));
        } else {
            ++list.skipped;
        }
    }
    return list;
}

} // namespace medic::conntrack
