// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/conflict_rules.h"

#include <algorithm>
#include <string>
#include <unordered_map>

namespace medic::netfilter {

namespace {

using namespace iptables;

constexpr std::size_t maxComparisons = 4'000'000; ///< per chain

/// Words as iptables-save prints them: blanks between, double quotes around, backslash before.
std::vector<std::string_view> words(std::string_view text)
{
    std::vector<std::string_view> result;
    std::size_t at = 0;
    while (at < text.size()) {
        if (text[at] == ' ') {
            ++at;
            continue;
        }
        const std::size_t start = at;
        bool quoted = false;
        for (; at < text.size() && (quoted || text[at] != ' '); ++at) {
            if (text[at] == '\\' && at + 1 < text.size())
                ++at;
            else if (text[at] == '"')
                quoted = !quoted;
        }
        result.push_back(text.substr(start, at - start));
    }
    return result;
}

bool isOption(std::string_view word)
{
    return word.size() > 1 && word[0] == '-' && (word[1] == '-' || (word[1] >= 'a' && word[1] <= 'z'));
}

/// Does the answer depend on more than the packet?
bool changing(const Rule& rule)
{
    return std::any_of(rule.matches.begin(), rule.matches.end(), [](const Match& match) {
        const auto* const recent = std::get_if<RecentMatch>(&match);
        return std::holds_alternative<StatisticMatch>(match) || std::holds_alternative<UndecidableMatch>(match)
            || (recent && recent->mode != RecentMatch::Mode::Set);
    });
}

bool asksMark(const Rule& rule)
{
    return std::any_of(rule.matches.begin(), rule.matches.end(), [](const Match& match) { return std::holds_alternative<MarkMatch>(match); });
}

class Chains {
public:
    explicit Chains(const Table& table) : m_table(table), m_state(table.chains.size() * 4, Unknown) { }

    /// After the rule matched, does no packet of this protocol come back to the chain?
    bool ends(const Rule& rule, std::uint8_t protocol, bool returnCounts)
    {
        if (const auto* const verdict = std::get_if<VerdictTarget>(&rule.target))
            return verdict->kind != VerdictTarget::Kind::Return || returnCounts;
        if (const auto* const jump = std::get_if<JumpTarget>(&rule.target))
            return jump->index >= 0 && ((jump->isGoto && returnCounts) || chainEnds(jump->index, protocol));
        return std::holds_alternative<NatTarget>(rule.target) || std::holds_alternative<RejectTarget>(rule.target)
            || (std::holds_alternative<QueueTarget>(rule.target));
    }

private:
    enum State : std::uint8_t { Unknown, Open, Ends, GoesOn };

    /// Has the chain a rule that takes every packet of the protocol, with no way back before it?
    bool chainEnds(int index, std::uint8_t protocol)
    {
        const std::size_t slot = static_cast<std::size_t>(index) * 4 + (protocol == proto::tcp ? 1 : protocol == proto::udp ? 2 : protocol == 0 ? 0 : 3);
        if (m_state[slot] != Unknown && slot % 4 != 3)
            return m_state[slot] == Ends;
        m_state[slot] = GoesOn; // also for a circle
        bool result = false;
        for (const Rule& rule : m_table.chains[static_cast<std::size_t>(index)].rules) {
            const auto* const verdict = std::get_if<VerdictTarget>(&rule.target);
            const auto* const jump = std::get_if<JumpTarget>(&rule.target);
            if ((verdict && verdict->kind == VerdictTarget::Kind::Return) || (jump && jump->isGoto))
                break;
            if (takesAll(rule, protocol) && ends(rule, protocol, false)) {
                result = true;
                break;
            }
        }
        m_state[slot] = result ? Ends : GoesOn;
        return result;
    }

    static bool takesAll(const Rule& rule, std::uint8_t protocol)
    {
        if (!rule.source.isNone() || !rule.destination.isNone() || !rule.in.empty() || !rule.out.empty() || rule.notProtocol || rule.fragments
            || rule.notFragments || (rule.protocol != 0 && rule.protocol != protocol))
            return false;
        return std::all_of(rule.matches.begin(), rule.matches.end(), [](const Match& match) {
            if (const auto* const ports = std::get_if<PortsMatch>(&match))
                return ports->source.any() && ports->destination.any() && !ports->notSource && !ports->notDestination && ports->flagMask == 0;
            const auto* const recent = std::get_if<RecentMatch>(&match);
            return recent && recent->mode == RecentMatch::Mode::Set && !recent->invert;
        });
    }

    const Table& m_table;
    std::vector<State> m_state;
};

struct Asked {
    std::vector<std::string> conditions; ///< sorted, without plain -s and -d
    std::size_t broadness = 0;
};

bool within(const IpPrefix& inner, bool notInner, const IpPrefix& outer, bool notOuter)
{
    if (outer.isNone())
        return true;
    if (inner.isNone() || notInner != notOuter)
        return false;
    if (notOuter)
        return inner == outer;
    return outer.contains(inner.address) && (inner.maskHi & outer.maskHi) == outer.maskHi && (inner.maskLo & outer.maskLo) == outer.maskLo;
}

std::string_view targetText(std::string_view text)
{
    std::size_t at = text.find(" -j ");
    if (at == std::string_view::npos)
        at = text.find(" -g ");
    return at == std::string_view::npos ? std::string_view() : text.substr(at);
}

/// A rule whose absence nobody would notice: it only counts, or returns at the end of its chain.
bool doesNothing(const Chain& chain, std::size_t index)
{
    const auto& target = chain.rules[index].target;
    const auto* const verdict = std::get_if<VerdictTarget>(&target);
    return std::holds_alternative<NoTarget>(target) || std::holds_alternative<ContinueTarget>(target)
        || (verdict && verdict->kind == VerdictTarget::Kind::Return && index + 1 == chain.rules.size());
}

} // namespace

std::vector<std::string> ruleWords(std::string_view ruleText)
{
    std::vector<std::string> result;
    for (const std::string_view word : words(ruleText)) {
        std::string plain;
        for (std::size_t i = 0; i < word.size(); ++i) {
            if (word[i] == '\\' && i + 1 < word.size())
                plain += word[++i];
            else if (word[i] != '"')
                plain += word[i];
        }
        result.push_back(std::move(plain));
    }
    return result;
}

std::vector<std::string> conditionsOf(std::string_view ruleText)
{
    std::vector<std::string> result;
    const auto all = words(ruleText);
    for (std::size_t i = 0; i < all.size();) {
        std::string group(all[i]);
        std::string_view option = all[i];
        std::size_t next = i + 1;
        if (option == "!" && next < all.size()) {
            option = all[next];
            group += ' ' + std::string(all[next++]);
        }
        if (option == "-j" || option == "-g")
            break;
        while (next < all.size() && all[next] != "!" && !isOption(all[next]))
            group += ' ' + std::string(all[next++]);
        const bool comment = option == "--comment" || group == "-m comment";
        if (option != "-A" && !comment)
            result.push_back(std::move(group));
        i = next;
    }
    std::sort(result.begin(), result.end());
    return result;
}

std::vector<Shadow> shadowedRules(const Table& table, const Chain& chain)
{
    std::vector<Shadow> result;
    const std::size_t count = chain.rules.size();
    if (count < 2)
        return result;
    Chains chains(table);
    std::vector<Asked> asked(count);
    std::vector<std::size_t> changers(count + 1, 0); // rules before, that may change the packet's mark
    std::vector<std::size_t> broad;
    std::unordered_map<std::string, std::size_t> byText; // exactly the same conditions
    std::vector<bool> done(count, false);
    const auto shadows = [&](std::size_t by, std::size_t rule) {
        if (asksMark(chain.rules[by]) && changers[rule] > changers[by + 1])
            return;
        done[rule] = true;
        const bool same = targetText(chain.rules[by].text) == targetText(chain.rules[rule].text);
        result.push_back({rule, by, !same && !doesNothing(chain, rule)});
    };
    for (std::size_t i = 0; i < count; ++i) {
        const Rule& rule = chain.rules[i];
        const bool changes = std::holds_alternative<MarkTarget>(rule.target) || std::holds_alternative<ConnmarkTarget>(rule.target)
            || std::holds_alternative<JumpTarget>(rule.target) || std::holds_alternative<UnknownTarget>(rule.target);
        changers[i + 1] = changers[i] + (changes ? 1 : 0);
        auto& conditions = asked[i].conditions;
        conditions = conditionsOf(rule.text);
        std::string key;
        for (const auto& one : conditions)
            key += one + '\n';
        std::erase_if(conditions, [](const std::string& one) {
            return one.starts_with("-s ") || one.starts_with("-d ") || one.starts_with("! -s ") || one.starts_with("! -d ");
        });
        if (const auto known = byText.find(key); known != byText.end())
            shadows(known->second, i);
        if (!chains.ends(rule, rule.protocol, true) || changing(rule))
            continue;
        byText.emplace(std::move(key), i);
        // A rule for one address and one port seldom shadows another: those are compared by their text only.
        const bool single = (!rule.destination.isNone() && !rule.notDestination && rule.destination.length() == rule.destination.address.bits());
        if (!single && !done[i])
            broad.push_back(i);
    }
    std::size_t comparisons = 0;
    for (const std::size_t by : broad)
        for (std::size_t i = by + 1; i < count; ++i) {
            if (++comparisons > maxComparisons)
                return result;
            const Rule &early = chain.rules[by], &late = chain.rules[i];
            if (done[i] || !within(late.source, late.notSource, early.source, early.notSource)
                || !within(late.destination, late.notDestination, early.destination, early.notDestination)
                || !std::includes(asked[i].conditions.begin(), asked[i].conditions.end(), asked[by].conditions.begin(), asked[by].conditions.end()))
                continue;
            shadows(by, i);
        }
    std::sort(result.begin(), result.end(), [](const Shadow& a, const Shadow& b) { return a.rule < b.rule; });
    return result;
}

} // namespace medic::netfilter
