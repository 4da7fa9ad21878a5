// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/sysctl.h"

#include <algorithm>
#include <charconv>

namespace medic {

Sysctls Sysctls::parse(std::string_view text)
{
    const auto trim = [](std::string_view part) {
        const auto first = part.find_first_not_of(" \t\r");
        if (first == std::string_view::npos)
            return std::string_view();
        return part.substr(first, part.find_last_not_of(" \t\r") - first + 1);
    };
    Sysctls result;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        const auto equals = line.find('=');
        if (equals == std::string_view::npos)
            continue;
        const auto name = trim(line.substr(0, equals));
        if (!name.empty())
            result.m_values.insert_or_assign(std::string(name), std::string(trim(line.substr(equals + 1))));
    }
    return result;
}

std::optional<std::string_view> Sysctls::text(std::string_view name) const
{
    const auto found = m_values.find(name);
    return found == m_values.end() ? std::nullopt : std::optional<std::string_view>(found->second);
}

std::optional<long> Sysctls::number(std::string_view name) const
{
    const auto value = text(name);
    if (!value)
        return std::nullopt;
    long result = 0;
    const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), result);
    return error != std::errc() || end == value->data() ? std::nullopt : std::optional(result);
}

std::optional<long> Sysctls::ofDevice(bool v6, std::string_view device, std::string_view name) const
{
    std::string key = v6 ? "net.ipv6.conf." : "net.ipv4.conf.";
    const std::size_t start = key.size();
    key += device;
    std::replace(key.begin() + static_cast<std::ptrdiff_t>(start), key.end(), '.', '/');
    key += '.';
    key += name;
    return number(key);
}

} // namespace medic
