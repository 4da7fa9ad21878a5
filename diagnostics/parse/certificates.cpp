// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/certificates.h"

#include "diagnostics/parse/lines.h"

#include <array>

namespace medic::parse {

namespace {

std::optional<TimePoint> moment(int year, int month, int day, int hour, int minute, int second)
{
    const std::chrono::year_month_day date {std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                            std::chrono::day(static_cast<unsigned>(day))};
    // Beyond 2262 system_clock's nanoseconds overflow; RFC 5280's "no expiry" is the year 9999.
    if (!date.ok() || year < 1950 || hour > 23 || minute > 59 || second > 60 || hour < 0 || minute < 0 || second < 0)
        return std::nullopt;
    if (year > 2200)
        return TimePoint(std::chrono::sys_days(std::chrono::year(2200) / 1 / 1));
    return TimePoint(std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute)
                     + std::chrono::seconds(second));
}

struct Clock {
    int hour = -1, minute = 0, second = 0;
};

Clock clockOf(std::string_view text)
{
    if (text.size() < 8 || text[2] != ':' || text[5] != ':')
        return {};
    const auto hour = number<int>(text.substr(0, 2)), minute = number<int>(text.substr(3, 2)), second = number<int>(text.substr(6, 2));
    return hour && minute && second ? Clock {*hour, *minute, *second} : Clock {};
}

} // namespace

std::optional<TimePoint> opensslTime(std::string_view text)
{
    constexpr std::array<std::string_view, 12> names {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto parts = words(text);
    if (parts.size() < 4)
        return std::nullopt;
    const auto day = number<int>(parts[1]), year = number<int>(parts[3]);
    const Clock clock = clockOf(parts[2]);
    for (std::size_t month = 0; month < names.size(); ++month)
        if (parts[0] == names[month] && day && *day > 0 && year)
            return moment(*year, static_cast<int>(month) + 1, *day, clock.hour, clock.minute, clock.second);
    return std::nullopt;
}

std::optional<TimePoint> rfc3339(std::string_view text)
{
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != ' '))
        return std::nullopt;
    const auto year = number<int>(text.substr(0, 4)), month = number<int>(text.substr(5, 2)), day = number<int>(text.substr(8, 2));
    const Clock clock = clockOf(text.substr(11));
    if (!year || !month || !day || *month < 1 || *day < 1)
        return std::nullopt;
    auto result = moment(*year, *month, *day, clock.hour, clock.minute, clock.second);
    const std::size_t sign = text.find_first_of("+-", 19);
    if (result && sign != std::string_view::npos) {
        const auto hours = number<int>(text.substr(sign + 1, 2));
        const auto minutes = text.size() >= sign + 6 ? number<int>(text.substr(sign + 4, 2)) : std::optional(0);
        if (!hours || !minutes)
            return std::nullopt;
        const auto offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
        *result += text[sign] == '-' ? offset : -offset;
    }
    return result;
}

std::vector<Certificate> certificates(std::string_view text)
{
    std::vector<Certificate> result;
    for (const Section& section : sections(text)) {
        Certificate current;
        current.file = section.name;
        const auto finish = [&] {
            if (current.notAfter)
                result.push_back(current);
            current.subject.clear();
            current.notBefore.reset();
            current.notAfter.reset();
        };
        for (const Line& line : section.lines) {
            const std::string_view body = trim(line.text);
            const std::string_view key = before(body, "="), value = trim(after(body, "="));
            // Without headings a file= or subject= line begins the next certificate.
            if (key == "file") {
                finish();
                current.file = value;
            } else if (key == "subject") {
                if (!current.subject.empty() || current.notAfter)
                    finish();
                current.subject = value;
            } else if (key == "notBefore") {
                current.notBefore = opensslTime(value);
            } else if (key == "notAfter") {
                if (current.notAfter)
                    finish();
                current.notAfter = opensslTime(value);
                current.line = line.number;
            }
        }
        finish();
    }
    return result;
}

} // namespace medic::parse
