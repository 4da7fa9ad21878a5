// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/host.h"

#include "diagnostics/parse/lines.h"

#include <algorithm>

namespace medic::parse {

std::optional<std::uint64_t> MemInfo::value(std::string_view key) const
{
    const auto found = values.find(key);
    return found == values.end() ? std::nullopt : std::optional(found->second);
}

int MemInfo::line(std::string_view key) const
{
    const auto found = lineOf.find(key);
    return found == lineOf.end() ? 0 : found->second;
}

std::optional<std::uint64_t> MemInfo::available() const
{
    if (const auto known = value("MemAvailable"))
        return known;
    const auto free = value("MemFree");
    if (!free)
        return std::nullopt;
    return *free + value("Buffers").value_or(0) + value("Cached").value_or(0);
}

MemInfo memInfo(std::string_view text)
{
    MemInfo result;
    for (const Line& line : lines(text)) {
        const auto parts = words(line.text);
        if (parts.size() < 2 || !parts[0].ends_with(':'))
            continue;
        const auto value = number<std::uint64_t>(parts[1]);
        if (!value || (parts.size() > 2 && parts[2] != "kB"))
            continue;
        const std::string key(parts[0].substr(0, parts[0].size() - 1));
        result.values[key] = *value;
        result.lineOf[key] = line.number;
    }
    return result;
}

std::vector<Pressure> pressure(std::string_view text)
{
    std::vector<Pressure> result;
    for (const Section& section : sections(text)) {
        const std::size_t slash = section.name.rfind('/');
        const std::string resource = slash == std::string::npos ? section.name : section.name.substr(slash + 1);
        for (const Line& line : section.lines) {
            const auto parts = words(line.text);
            if (parts.size() < 4 || (parts[0] != "some" && parts[0] != "full"))
                continue;
            Pressure row {resource, parts[0] == "full", 0, 0, 0, line.number};
            bool good = true;
            for (std::size_t i = 1; i < 4; ++i) {
                const auto value = real(after(parts[i], "="));
                const std::string_view key = before(parts[i], "=");
                if (!value)
                    good = false;
                else if (key == "avg10")
                    row.avg10 = *value;
                else if (key == "avg60")
                    row.avg60 = *value;
                else if (key == "avg300")
                    row.avg300 = *value;
            }
            if (good)
                result.push_back(std::move(row));
        }
    }
    return result;
}

const Pressure* find(const std::vector<Pressure>& all, std::string_view resource, bool full)
{
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const Pressure& one) { return one.resource == resource && one.full == full; });
    return found == all.end() ? nullptr : &*found;
}

std::optional<LoadAverage> loadAverage(std::string_view text)
{
    const auto parts = words(text);
    if (parts.size() < 4)
        return std::nullopt;
    const auto one = real(parts[0]), five = real(parts[1]), fifteen = real(parts[2]);
    const auto running = number<std::uint64_t>(before(parts[3], "/"));
    const auto tasks = number<std::uint64_t>(after(parts[3], "/"));
    if (!one || !five || !fifteen || !running || !tasks)
        return std::nullopt;
    return LoadAverage {*one, *five, *fifteen, *running, *tasks};
}

std::map<std::string, std::string> osRelease(std::string_view text)
{
    std::map<std::string, std::string> result;
    for (const Line& line : lines(text)) {
        if (!contains(line.text, "=") || line.text.starts_with('#'))
            continue;
        std::string_view value = trim(after(line.text, "="));
        if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
            value = value.substr(1, value.size() - 2);
        result[std::string(trim(before(line.text, "=")))] = value;
    }
    return result;
}

std::string kernelRelease(std::string_view text)
{
    const auto parts = words(text);
    if (parts.size() >= 3 && parts[0] == "Linux")
        return std::string(parts[2]);
    if (!parts.empty() && parts[0].front() >= '0' && parts[0].front() <= '9')
        return std::string(parts[0]);
    return {};
}

std::vector<Swap> swaps(std::string_view text)
{
    std::vector<Swap> result;
    for (const Line& line : lines(text)) {
        const auto parts = words(line.text);
        if (parts.size() < 4)
            continue;
        const auto size = number<std::uint64_t>(parts[2]), used = number<std::uint64_t>(parts[3]);
        if (size && used)
            result.push_back({std::string(parts[0]), std::string(parts[1]), *size, *used, line.number});
    }
    return result;
}

std::optional<double> uptime(std::string_view text)
{
    const auto parts = words(text);
    return parts.empty() ? std::nullopt : real(parts[0]);
}

std::optional<FileHandles> fileHandles(std::string_view text)
{
    const auto parts = words(text);
    if (parts.size() < 3)
        return std::nullopt;
    const auto allocated = number<std::uint64_t>(parts[0]), maximum = number<std::uint64_t>(parts[2]);
    if (!allocated || !maximum)
        return std::nullopt;
    return FileHandles {*allocated, *maximum};
}

std::optional<int> ResolvConf::ndots() const
{
    for (const std::string& option : options)
        if (option.starts_with("ndots:"))
            return number<int>(std::string_view(option).substr(6));
    return std::nullopt;
}

ResolvConf resolvConf(std::string_view text)
{
    ResolvConf result;
    for (const Line& line : lines(text)) {
        const auto parts = words(before(before(line.text, "#"), ";"));
        if (parts.size() < 2)
            continue;
        if (parts[0] == "nameserver") {
            result.nameservers.emplace_back(parts[1]);
            result.nameserverLines.push_back(line.number);
        } else if (parts[0] == "search" || parts[0] == "domain") {
            result.search.assign(parts.begin() + 1, parts.end());
        } else if (parts[0] == "options") {
            result.options.insert(result.options.end(), parts.begin() + 1, parts.end());
        }
    }
    return result;
}

std::map<std::string, KeyValue, std::less<>> keyValues(std::string_view text, std::string_view separator)
{
    std::map<std::string, KeyValue, std::less<>> result;
    for (const Line& line : lines(text)) {
        const std::size_t at = line.text.find(separator);
        if (at == std::string_view::npos || at == 0)
            continue;
        result.insert_or_assign(std::string(trim(line.text.substr(0, at))),
                                KeyValue {std::string(trim(line.text.substr(at + separator.size()))), line.number});
    }
    return result;
}

} // namespace medic::parse
