// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/incident/plain_text.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace medic {

namespace {

/// Characters that change the order or the look of others without being seen (Unicode Bidi_Control,
/// Default_Ignorable_Code_Point as far as they occur in attacks: "Trojan Source", CVE-2021-42574).
bool invisible(char32_t code)
{
    return code == 0x00ad || code == 0x061c || code == 0x180e || (code >= 0x200b && code <= 0x200f)
        || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) || code == 0xfeff
        || (code >= 0xfff9 && code <= 0xfffb) || (code >= 0xe0000 && code <= 0xe007f);
}

void appendVisible(std::string& result, std::string_view text, std::size_t at, const Character& character)
{
    std::array<char, 16> buffer {};
    if (character.code < 0x20 || character.code == 0x7f)
        std::snprintf(buffer.data(), buffer.size(), "\\x%02x", static_cast<unsigned>(character.code));
    else if ((character.code >= 0x80 && character.code < 0xa0) || invisible(character.code))
        std::snprintf(buffer.data(), buffer.size(), "\\u{%x}", static_cast<unsigned>(character.code));
    else if (character.code == 0xfffd)
        result += "\xef\xbf\xbd";
    else
        result += text.substr(at, character.size);
    result += buffer.data();
}

std::string visible(std::string_view text, bool oneLine)
{
    std::string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const Character character = characterAt(text, at);
        if (character.code == '\n' || character.code == '\t') {
            if (oneLine)
                result += character.code == '\n' ? "\\n" : "\\t";
            else
                result += text[at];
        } else {
            appendVisible(result, text, at, character);
        }
        at += character.size;
    }
    return result;
}

std::string formatted(const char* format, TimePoint at, std::tm& parts)
{
    const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
    if (localtime_r(&seconds, &parts) == nullptr)
        return std::to_string(seconds);
    std::array<char, 64> buffer {};
    return {buffer.data(), std::strftime(buffer.data(), buffer.size(), format, &parts)};
}

/// "+0800" with its colon.
std::string withColon(std::string offset)
{
    if (offset.size() == 5)
        offset.insert(3, ":");
    return offset;
}

} // namespace

Character characterAt(std::string_view text, std::size_t at)
{
    const auto byte = [text](std::size_t place) { return static_cast<unsigned char>(text[place]); };
    const unsigned char first = byte(at);
    if (first < 0x80)
        return {first, 1};
    const std::size_t size = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    if (size == 0 || first >= 0xf5 || at + size > text.size())
        return {0xfffd, 1};
    char32_t code = first & (0xff >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(at + i) & 0xc0) != 0x80)
            return {0xfffd, 1};
        code = code << 6 | (byte(at + i) & 0x3f);
    }
    const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
    if (overlong || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return {0xfffd, 1};
    return {code, size};
}

std::string visibleText(std::string_view text) { return visible(text, false); }
std::string visibleLine(std::string_view text) { return visible(text, true); }

std::string htmlEscaped(std::string_view text)
{
    std::string result;
    for (const char c : visibleText(text)) {
        switch (c) {
        case '&': result += "&amp;"; break;
        case '<': result += "&lt;"; break;
        case '>': result += "&gt;"; break;
        case '"': result += "&quot;"; break;
        case '\'': result += "&#39;"; break;
        default: result += c;
        }
    }
    return result;
}

std::vector<std::string_view> linesOf(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        if (!line.empty() && line.back() == '\r')
            line.remove_suffix(1);
        lines.push_back(line);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return lines;
}

int displayWidth(std::string_view text)
{
    int width = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Character character = characterAt(text, at);
        const char32_t code = character.code;
        at += character.size;
        if ((code >= 0x300 && code <= 0x36f) || (code >= 0xfe00 && code <= 0xfe0f))
            continue;
        // East Asian Width W and F, in whole blocks (UAX #11).
        const bool wide = (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) || (code >= 0xac00 && code <= 0xd7a3)
            || (code >= 0xf900 && code <= 0xfaff) || (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60)
            || (code >= 0xffe0 && code <= 0xffe6) || (code >= 0x1f300 && code <= 0x1faff) || (code >= 0x20000 && code <= 0x3fffd);
        width += wide ? 2 : 1;
    }
    return width;
}

std::string timeText(TimePoint at)
{
    std::tm parts {};
    return formatted("%Y-%m-%d %H:%M:%S ", at, parts) + withColon(formatted("%z", at, parts));
}

std::string zoneText(TimePoint at)
{
    std::tm parts {};
    return withColon(formatted("%z", at, parts)) + " (" + formatted("%Z", at, parts) + ")";
}

} // namespace medic
