// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/iptables_recent.h"

#include <charconv>

namespace medic {

namespace {

std::string_view baseName(std::string_view path)
{
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::uint64_t number(std::string_view text)
{
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// "src=10.0.0.1 ttl: 64 last_seen: 4295000000 oldest_pkt: 1 4295000000, …"
bool readSeen(std::string_view line, XtRecent::Seen& seen)
{
    const auto source = line.find("src=");
    const auto last = line.find("last_seen: ");
    if (source == std::string_view::npos || last == std::string_view::npos)
        return false;
    const auto begin = source + 4;
    const auto end = line.find(' ', begin);
    const auto address = IpAddress::parse(line.substr(begin, end - begin));
    if (!address)
        return false;
    seen.address = *address;
    seen.lastSeen = number(line.substr(last + 11));
    auto stamps = line.find("oldest_pkt: ");
    if (stamps != std::string_view::npos) {
        auto rest = line.substr(stamps + 12);
        const auto space = rest.find(' ');
        rest = space == std::string_view::npos ? std::string_view() : rest.substr(space + 1);
        while (!rest.empty()) {
            const auto digit = rest.find_first_of("0123456789");
            if (digit == std::string_view::npos)
                break;
            seen.stamps.push_back(number(rest.substr(digit)));
            const auto comma = rest.find(',', digit);
            rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
        }
    }
    return true;
}

} // namespace

XtRecent XtRecent::parse(std::string_view text)
{
    XtRecent result;
    std::string name = "DEFAULT";
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        if (line.starts_with("==> ") && line.ends_with(" <==")) {
            name = baseName(line.substr(4, line.size() - 8));
            result.lists[name];
            continue;
        }
        const auto source = line.find("src=");
        if (source == std::string_view::npos)
            continue;
        if (source > 1 && line[source - 1] == ':')
            name = baseName(line.substr(0, source - 1));
        Seen seen;
        if (readSeen(line, seen))
            result.lists[name].push_back(std::move(seen));
    }
    return result;
}

} // namespace medic
