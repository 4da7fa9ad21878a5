// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/playbooks/patterns.h"

#include <algorithm>
#include <regex>
#include <sstream>

namespace medic::playbooks {

namespace {

constexpr std::size_t longestLine = 4000;
constexpr int mostLines = 4000;

} // namespace

std::string matchedPart(const std::string& pattern, const std::string& text)
{
    try {
        const std::regex expression(pattern, std::regex::ECMAScript | std::regex::icase);
        std::stringstream lines(text);
        std::string line;
        for (int count = 0; count < mostLines && std::getline(lines, line); ++count) {
            line.resize(std::min(line.size(), longestLine));
            std::smatch match;
            if (std::regex_search(line, match, expression) && match.length(0) > 0)
                return match.str(0);
        }
    } catch (const std::regex_error&) { // too complex for this text: no match
    }
    return {};
}

bool matchesWhole(const std::string& pattern, const std::string& text)
{
    if (text.size() > longestLine)
        return false;
    try {
        return std::regex_match(text, std::regex(pattern));
    } catch (const std::regex_error&) {
        return false;
    }
}

} // namespace medic::playbooks
