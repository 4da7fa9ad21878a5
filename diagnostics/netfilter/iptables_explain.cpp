// SPDX-License-Identifier: GPL-3.0-or-later
// A rule part by part, for those who read it: what matchRule() answers as a whole.
#include "diagnostics/netfilter/iptables_match.h"

#include <algorithm>

namespace medic::netfilter {

namespace {

using Words = std::vector<std::string_view>;

/// Words of the rule as written; a quoted text is one word, quotes included.
Words wordsOf(std::string_view text)
{
    Words words;
    std::size_t at = 0;
    while (at < text.size()) {
        while (at < text.size() && (text[at] == ' ' || text[at] == '\t'))
            ++at;
        const std::size_t start = at;
        char quote = 0;
        while (at < text.size() && (quote != 0 || (text[at] != ' ' && text[at] != '\t'))) {
            if (quote != 0 && text[at] == '\\')
                ++at;
            else if (quote == 0 && (text[at] == '"' || text[at] == '\''))
                quote = text[at];
            else if (text[at] == quote)
                quote = 0;
            ++at;
        }
        at = std::min(at, text.size());
        if (at > start)
            words.push_back(text.substr(start, at - start));
    }
    return words;
}

bool isHeaderOption(std::string_view word)
{
    return word == "-s" || word == "-d" || word == "-p" || word == "-i" || word == "-o" || word == "-f"
        || word == "--source" || word == "--destination" || word == "--protocol" || word == "--in-interface"
        || word == "--out-interface" || word == "--src" || word == "--dst" || word == "--fragment";
}

/// The text of each -m, in order, comments left out; a match that is only implied ("-p tcp --dport 80") included.
Words matchTexts(std::string_view text)
{
    const Words words = wordsOf(text);
    Words result;
    const char* start = nullptr;
    const char* end = nullptr;
    bool comment = false;
    const auto close = [&] {
        if (start && !comment)
            result.emplace_back(start, static_cast<std::size_t>(end - start));
        start = nullptr;
        comment = false;
    };
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto word = words[i];
        const auto next = i + 1 < words.size() ? words[i + 1] : std::string_view();
        if (word == "-j" || word == "-g" || word == "--jump" || word == "--goto")
            break;
        if (word == "-A" || word == "-I" || isHeaderOption(word) || (word == "!" && isHeaderOption(next))) {
            close();
            if (word == "!")
                ++i;
            if (!(words[i] == "-f" || words[i] == "--fragment"))
                ++i; // its value
            if (i + 1 < words.size() && words[i] == "!")
                ++i; // "-s ! 10.0.0.0/8" of old
            continue;
        }
        if (word == "-m" || word == "--match") {
            close();
            comment = next == "comment";
            start = word.data();
            end = next.data() + next.size();
            ++i;
            continue;
        }
        if (!start)
            start = word.data();
        end = word.data() + word.size();
    }
    close();
    return result;
}

} // namespace

std::vector<MatchResult> explainRule(const iptables::Rule& rule, const PacketState& packet, const HookContext& context)
{
    std::vector<MatchResult> parts;
    const auto header = [&](bool present, bool invert, std::string_view option, std::string value, bool matches) {
        if (present)
            parts.push_back({(invert ? "! " : "") + std::string(option) + ' ' + std::move(value),
                             matches != invert ? Tri::Yes : Tri::No, {}});
    };
    header(!rule.source.isNone(), rule.notSource, "-s", rule.source.text(), rule.source.contains(packet.src));
    header(!rule.destination.isNone(), rule.notDestination, "-d", rule.destination.text(),
           rule.destination.contains(packet.dst));
    header(rule.protocol != 0, rule.notProtocol, "-p", protocolName(rule.protocol), rule.protocol == packet.protocol);
    header(!rule.in.empty(), rule.notIn, "-i", std::string(rule.in), deviceMatches(rule.in, packet.in));
    if (!rule.in.empty() && packet.inUnknown)
        parts.back() = {parts.back().text, Tri::Unknown, "the device is not known"};
    header(!rule.out.empty(), rule.notOut, "-o", std::string(rule.out), deviceMatches(rule.out, packet.out));
    if (!rule.out.empty() && packet.outUnknown)
        parts.back() = {parts.back().text, Tri::Unknown, "the device is not known"};
    if (rule.fragments || rule.notFragments)
        parts.push_back({rule.fragments ? "-f" : "! -f", rule.fragments == packet.fragment ? Tri::Yes : Tri::No, {}});
    const Words texts = matchTexts(rule.text);
    for (std::size_t i = 0; i < rule.matches.size(); ++i) {
        MatchAnswer answer = matchOne(rule.matches[i], packet, context);
        if (answer.share < 1.0 && answer.reason.empty())
            answer.reason = "at random, share " + std::to_string(answer.share);
        parts.push_back({texts.size() == rule.matches.size() ? std::string(texts[i]) : std::string(), answer.answer,
                         std::move(answer.reason)});
    }
    return parts;
}

} // namespace medic::netfilter
