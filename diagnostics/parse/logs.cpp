// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/logs.h"

#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <array>

namespace medic::parse {

namespace {

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count)
{
    if (at + count > text.size())
        return std::nullopt;
    return number<int>(text.substr(at, count));
}

/// Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant's days_from_civil).
std::int64_t dayNumber(int year, int month, int day)
{
    year -= month <= 2 ? 1 : 0;
    const int era = (year >= 0 ? year : year - 399) / 400;
    const int ofEra = year - era * 400;
    const int ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return static_cast<std::int64_t>(era) * 146097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719468;
}

/// "HH:MM:SS[.fraction]" at the start of `text`; moves past it.
std::optional<double> timeOfDay(std::string_view& text)
{
    const auto hour = digits(text, 0, 2), minute = digits(text, 3, 2), second = digits(text, 6, 2);
    if (!hour || !minute || !second || text[2] != ':' || text[5] != ':')
        return std::nullopt;
    double value = *hour * 3600 + *minute * 60 + *second;
    std::size_t end = 8;
    if (end < text.size() && (text[end] == '.' || text[end] == ',')) {
        double scale = 0.1;
        for (++end; end < text.size() && text[end] >= '0' && text[end] <= '9'; ++end, scale /= 10)
            value += (text[end] - '0') * scale;
    }
    text.remove_prefix(end);
    return value;
}

/// RFC 3339 or journalctl's short-iso ("2026-01-02T03:04:05+0800"); moves past it.
std::optional<double> isoTime(std::string_view& text)
{
    const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
    if (!year || !month || !day || text[4] != '-' || text[7] != '-' || text.size() < 19 || (text[10] != 'T' && text[10] != ' ')
        || *month < 1 || *month > 12)
        return std::nullopt;
    std::string_view rest = text.substr(11);
    const auto time = timeOfDay(rest);
    if (!time)
        return std::nullopt;
    double offset = 0;
    if (!rest.empty() && rest.front() == 'Z') {
        rest.remove_prefix(1);
    } else if (!rest.empty() && (rest.front() == '+' || rest.front() == '-')) {
        const bool colon = rest.size() > 3 && rest[3] == ':';
        const auto hours = digits(rest, 1, 2), minutes = digits(rest, colon ? 4 : 3, 2);
        if (hours && minutes) {
            offset = (rest.front() == '-' ? -1 : 1) * (*hours * 3600 + *minutes * 60);
            rest.remove_prefix(colon ? 6 : 5);
        }
    }
    text = rest;
    return static_cast<double>(dayNumber(*year, *month, *day)) * 86400 + *time - offset;
}

constexpr std::array<std::string_view, 12> monthNames {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// syslog's "Nov 23 08:30:44 host program[1]: "; moves past the time only.
std::optional<double> syslogTime(std::string_view& text)
{
    for (std::size_t month = 0; month < monthNames.size(); ++month) {
        if (!text.starts_with(monthNames[month]) || text.size() < 15 || text[3] != ' ')
            continue;
        const auto day = number<int>(trim(text.substr(4, 2)));
        std::string_view rest = text.substr(7);
        const auto time = day ? timeOfDay(rest) : std::nullopt;
        if (!time)
            return std::nullopt;
        text = rest;
        return static_cast<double>(dayNumber(1970, static_cast<int>(month) + 1, *day)) * 86400 + *time;
    }
    return std::nullopt;
}

/// ctime(3)'s "Mon Nov 23 08:30:44 2026".
std::optional<double> fullDate(std::string_view text)
{
    const auto parts = words(text);
    if (parts.size() != 5 || parts[0].size() != 3)
        return std::nullopt;
    const auto month = std::find(monthNames.begin(), monthNames.end(), parts[1]);
    const auto day = number<int>(parts[2]), year = number<int>(parts[4]);
    std::string_view clock = parts[3];
    const auto time = timeOfDay(clock);
    if (month == monthNames.end() || !day || !year || !time || *year < 1970 || *year > 9999)
        return std::nullopt;
    return static_cast<double>(dayNumber(*year, static_cast<int>(month - monthNames.begin()) + 1, *day)) * 86400 + *time;
}

/// klog: "E0729 11:21:02.178079    9575 file.go:321] message".
bool klog(LogLine& line)
{
    const std::string_view text = line.message;
    if (text.size() < 22 || (text[0] != 'I' && text[0] != 'W' && text[0] != 'E' && text[0] != 'F'))
        return false;
    const auto month = digits(text, 1, 2), day = digits(text, 3, 2);
    std::string_view rest = text.substr(6);
    const auto time = month && day && text[5] == ' ' && *month >= 1 && *month <= 12 ? timeOfDay(rest) : std::nullopt;
    if (!time)
        return false;
    line.severity = text[0];
    if (!line.clock)
        line.clock = static_cast<double>(dayNumber(1970, *month, *day)) * 86400 + *time;
    if (const std::size_t bracket = rest.find("] "); bracket != std::string_view::npos && bracket < 80)
        rest.remove_prefix(bracket + 2);
    line.message = trim(rest);
    return true;
}

char severityOf(std::string_view word)
{
    if (word == "error" || word == "err" || word == "crit" || word == "E")
        return 'E';
    if (word == "warn" || word == "warning" || word == "W")
        return 'W';
    if (word == "fatal" || word == "panic" || word == "F")
        return 'F';
    return word == "info" || word == "I" ? 'I' : static_cast<char>(0);
}

/// zap JSON ({"level":"warn","ts":"…","msg":"…"}) and logfmt (time="…" level=error msg="…"): the message stays the
/// whole text, since the fields beside msg matter (took, error); only time and level are taken.
void structured(LogLine& line)
{
    for (const auto& [key, stop] : {std::pair {"\"level\":\"", '"'}, std::pair {"level=", ' '}}) {
        const std::string_view level = after(line.message, key);
        if (!level.empty() && line.severity == 0)
            line.severity = severityOf(level.substr(0, level.find(stop)));
    }
    for (const char* const key : {"\"ts\":\"", "time=\""}) {
        std::string_view time = after(line.message, key);
        if (!time.empty() && !line.clock)
            line.clock = isoTime(time);
    }
}

LogLine readLine(const Line& raw)
{
    LogLine line {raw.text, trim(raw.text), 0, std::nullopt, raw.number};
    std::string_view rest = line.message;
    if (const auto iso = isoTime(rest)) {
        line.clock = iso;
        rest = trim(rest);
        if (rest.starts_with("stdout ") || rest.starts_with("stderr ")) { // a CRI log file: "TIME stderr F text"
            rest = rest.substr(7);
            if (rest.starts_with("F ") || rest.starts_with("P "))
                rest.remove_prefix(2);
        } else if (rest.size() > 4 && rest.substr(1, 3) == " | ") { // etcd up to 3.3, capnslog: "TIME W | etcdserver: text"
            line.severity = severityOf(rest.substr(0, 1));
            rest.remove_prefix(4);
        } else if (const std::size_t colon = rest.find(": "); colon != std::string_view::npos && colon < 90) {
            rest.remove_prefix(colon + 2); // journal: "host program[pid]: text"
        }
        line.message = trim(rest);
    } else if (const auto syslog = syslogTime(rest)) {
        line.clock = syslog;
        if (const std::size_t colon = rest.find(": "); colon != std::string_view::npos && colon < 90)
            rest.remove_prefix(colon + 2);
        line.message = trim(rest);
    } else if (rest.starts_with("[") && contains(rest, "] ")) { // dmesg: "[12345.678901] text"
        const std::string_view inside = before(rest.substr(1), "]");
        if (const auto since = real(trim(inside))) {
            line.clock = since;
            line.message = trim(after(rest, "] "));
        } else if (const auto at = fullDate(inside)) { // dmesg -T: "[Mon Nov 23 08:30:44 2026] text"
            line.clock = at;
            line.message = trim(after(rest, "] "));
        }
    } else if (rest.starts_with("{\"log\":\"")) { // docker's json-file
        std::string_view time = after(rest, "\"time\":\"");
        line.clock = isoTime(time);
        rest.remove_prefix(8);
        line.message = before(rest, "\\n\",\"stream\"");
    }
    if (!klog(line))
        structured(line);
    return line;
}

} // namespace

std::vector<LogLine> logLines(std::string_view text)
{
    std::vector<LogLine> result;
    for (const Line& raw : lines(text))
        if (!trim(raw.text).empty())
            result.push_back(readLine(raw));
    return result;
}

std::optional<double> newest(const std::vector<LogLine>& log)
{
    for (auto at = log.rbegin(); at != log.rend(); ++at)
        if (at->clock)
            return at->clock;
    return std::nullopt;
}

std::optional<double> goDuration(std::string_view text)
{
    double total = 0;
    bool any = false;
    while (!text.empty()) {
        const std::size_t unit = text.find_first_not_of("0123456789.");
        if (unit == std::string_view::npos || unit == 0)
            return std::nullopt;
        const auto value = real(text.substr(0, unit));
        if (!value)
            return std::nullopt;
        text.remove_prefix(unit);
        const auto take = [&](std::string_view name, double factor) {
            if (!text.starts_with(name))
                return false;
            text.remove_prefix(name.size());
            total += *value * factor;
            return any = true;
        };
        if (!take("ms", 1e-3) && !take("µs", 1e-6) && !take("us", 1e-6) && !take("ns", 1e-9) && !take("h", 3600)
            && !take("m", 60) && !take("s", 1))
            return std::nullopt;
    }
    return any ? std::optional(total) : std::nullopt;
}

} // namespace medic::parse
