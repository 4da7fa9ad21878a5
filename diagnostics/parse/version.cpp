// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/version.h"

#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <array>

namespace medic::parse {

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

std::optional<Version> at(std::string_view text, std::size_t from)
{
    Version result;
    std::array<int*, 3> parts {&result.major, &result.minor, &result.patch};
    std::size_t count = 0;
    std::size_t position = from;
    while (count < parts.size()) {
        std::size_t end = position;
        while (end < text.size() && digit(text[end]))
            ++end;
        const auto value = number<int>(text.substr(position, end - position));
        if (!value)
            break;
        *parts[count++] = *value;
        position = end;
        if (count < parts.size() && position + 1 < text.size() && text[position] == '.' && digit(text[position + 1]))
            ++position;
        else
            break;
    }
    if (count < 2)
        return std::nullopt;
    const std::size_t end = std::min(text.find_first_of(" \t\n\r,\"';()", position), text.size());
    result.suffix = text.substr(position, end - position);
    const std::string tail = lower(result.suffix);
    result.preRelease = tail.starts_with("-alpha") || tail.starts_with("-beta") || tail.starts_with("-rc");
    return result;
}

} // namespace

std::strong_ordering Version::operator<=>(const Version& other) const
{
    if (const auto order = major <=> other.major; order != 0)
        return order;
    if (const auto order = minor <=> other.minor; order != 0)
        return order;
    if (const auto order = patch <=> other.patch; order != 0)
        return order;
    return other.preRelease <=> preRelease;
}

std::string Version::text() const
{
    return std::to_string(major) + '.' + std::to_string(minor) + '.' + std::to_string(patch);
}

std::optional<Version> version(std::string_view text)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!digit(text[i]) || (i > 0 && (digit(text[i - 1]) || text[i - 1] == '.')))
            continue;
        if (auto found = at(text, i))
            return found;
    }
    return std::nullopt;
}

bool vendorKernel(const Version& kernel)
{
    constexpr std::array marks {".el",   "amzn", "tlinux", "tl3",  "tl2",  "uek",    ".an",   "alios", "aliyun", "oe1",
                                "ky10",  "-azure", "-aws", "-gcp", "-gke", "-oracle", "cos",  "generic", "-cloud", "lt-",
                                "default", "tos", "kylin", "bclinux", "euler"};
    const std::string suffix = lower(kernel.suffix);
    return std::any_of(marks.begin(), marks.end(), [&](const char* mark) { return contains(suffix, mark); });
}

} // namespace medic::parse
