// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/rule_compare.h"

#include <algorithm>
#include <functional>
#include <map>
#include <unordered_map>

namespace medic::netfilter {

namespace {

constexpr std::size_t mostPairChecks = 20'000'000; ///< of rules that changed places; above that none is called disjoint

/// One rule of one side, ready to be compared.
struct Line {
    std::string meaning; ///< without counters, comments and generated names
    std::string text;
    int number = 0, line = 0;
    const iptables::Rule* rule = nullptr; ///< null: nftables
};

struct Side {
    std::string name, policy, backend, family, table;
    std::vector<Line> lines;
};

/// Words of a rule; a quoted one stays one.
std::vector<std::string_view> wordsOf(std::string_view text)
{
    std::vector<std::string_view> words;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == ' ') {
            ++at;
            continue;
        }
        std::size_t end = at;
        bool quoted = false;
        for (; end < text.size() && (quoted || text[end] != ' '); ++end) {
            if (text[end] == '\\' && end + 1 < text.size())
                ++end;
            else if (text[end] == '"')
                quoted = !quoted;
        }
        end = std::min(end, text.size());
        words.push_back(text.substr(at, end - at));
        at = end;
    }
    return words;
}

std::string_view withoutChain(std::string_view text)
{
    if (!text.starts_with("-A "))
        return text;
    const auto end = text.find(' ', 3);
    return end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
}

/// `target`: what stands for a chain's name.
std::string meaningOf(std::string_view text, const std::function<std::string(std::string_view)>& target)
{
    std::string result;
    const auto words = wordsOf(withoutChain(text));
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "-m" && i + 1 < words.size() && words[i + 1] == "comment") {
            ++i;
            continue;
        }
        if (words[i] == "--comment") {
            ++i;
            continue;
        }
        result += result.empty() ? "" : " ";
        result += words[i];
        if ((words[i] == "-j" || words[i] == "-g") && i + 1 < words.size())
            result += ' ' + target(words[++i]);
    }
    return result;
}

std::string nftMeaning(const parse::nft::Rule& rule)
{
    std::string result;
    for (const auto& statement : rule.statements)
        if (statement.kind != parse::nft::Statement::Kind::Counter && !(statement.kind == parse::nft::Statement::Kind::Passive && statement.field.starts_with("comment")))
            result += (result.empty() ? "" : " ") + parse::nft::render(statement);
    return result;
}

/// A chain's place → the chain. Generated ones stand under what leads to them.
using Sides = std::map<std::string, Side>;

void addIptables(Sides& sides, const Part<iptables::IptablesSave>& save, const std::string& backend, const std::string& family)
{
    if (!save)
        return;
    for (const auto& table : save->tables()) {
        std::unordered_map<std::string_view, std::string> names;
        std::map<std::string, int> seen;
        for (const auto& chain : table.chains)
            for (const auto& rule : chain.rules)
                if (const auto* jump = std::get_if<iptables::JumpTarget>(&rule.target); jump && isGeneratedChain(jump->chain) && names.count(jump->chain) == 0) {
                    std::string key = std::string(isGeneratedChain(chain.name) ? std::string_view("(generated)") : chain.name) + " " + plainMeaning(rule.text);
                    if (const int again = seen[key]++; again > 0)
                        key += " (" + std::to_string(again + 1) + ")";
                    names.emplace(jump->chain, std::move(key));
                }
        const auto canonical = [&](std::string_view name) {
            const auto known = names.find(name);
            return known == names.end() ? std::string(name) : "{" + known->second + "}";
        };
        for (const auto& chain : table.chains) {
            Side side {std::string(chain.name), {}, backend, family, std::string(table.name), {}};
            if (chain.builtIn)
                side.policy = chain.policyDrop ? "DROP" : "ACCEPT";
            side.lines.reserve(chain.rules.size());
            for (const auto& rule : chain.rules)
                side.lines.push_back({meaningOf(rule.text, canonical), std::string(withoutChain(rule.text)), static_cast<int>(side.lines.size()) + 1,
                                      static_cast<int>(rule.line), &rule});
            sides.emplace(backend + ' ' + family + ' ' + std::string(table.name) + ' ' + canonical(chain.name), std::move(side));
        }
    }
}

void addNft(Sides& sides, const NodeState& state)
{
    if (!state.ruleset)
        return;
    const bool knownBetter = state.nft4 || state.nft6;
    for (const auto& table : state.ruleset->tables) {
        if (table.ofIptables() && knownBetter)
            continue;
        const std::string place = "nft " + table.family + ' ' + table.name + ' ';
        for (const auto& chain : table.chains) {
            Side side {chain.name, chain.base ? chain.policy : std::string(), "nft", table.family, table.name, {}};
            for (const auto& rule : chain.rules)
                side.lines.push_back({nftMeaning(rule), rule.text(), static_cast<int>(side.lines.size()) + 1, rule.line, nullptr});
            sides.emplace(place + chain.name, std::move(side));
        }
        for (const auto& [name, set] : table.sets) { // what a set holds has no order
            Side side {"@" + name, {}, "nft", table.family, table.name, {}};
            if (!set.dynamic)
                for (const auto& element : set.elements)
                    side.lines.push_back({parse::nft::render(element), parse::nft::render(element), 0, 0, nullptr});
            std::sort(side.lines.begin(), side.lines.end(), [](const Line& a, const Line& b) { return a.meaning < b.meaning; });
            for (std::size_t i = 0; i < side.lines.size(); ++i)
                side.lines[i].number = static_cast<int>(i) + 1;
            sides.emplace(place + side.name, std::move(side));
        }
    }
}

std::uint16_t onlyPort(const iptables::Rule& rule)
{
    for (const auto& match : rule.matches)
        if (const auto* ports = std::get_if<iptables::PortsMatch>(&match); ports && !ports->notDestination && ports->destination.from == ports->destination.to)
            return ports->destination.from;
    return 0;
}

/// No packet fits both, as far as destination, protocol and port tell.
bool disjoint(const Line& a, const Line& b)
{
    if (!a.rule || !b.rule)
        return false;
    const iptables::Rule &one = *a.rule, &two = *b.rule;
    if (one.protocol != 0 && two.protocol != 0 && !one.notProtocol && !two.notProtocol) {
        if (one.protocol != two.protocol)
            return true;
        if (const auto p = onlyPort(one), q = onlyPort(two); p != 0 && q != 0 && p != q)
            return true;
    }
    const auto apart = [](const IpPrefix& p, bool notP, const IpPrefix& q, bool notQ) {
        return !p.isNone() && !q.isNone() && !notP && !notQ && !p.contains(q.address) && !q.contains(p.address);
    };
    return apart(one.destination, one.notDestination, two.destination, two.notDestination) || apart(one.source, one.notSource, two.source, two.notSource);
}

/// The one address that a rule is for; empty: several.
std::string onlyAddress(const Line& line)
{
    if (!line.rule || line.rule->notDestination || line.rule->destination.isNone() || line.rule->destination.length() < line.rule->destination.address.bits())
        return {};
    return line.rule->destination.address.text();
}

/// The longest run of pairs that stand in the same order on both sides; `order` is the place on the first, by the second's.
std::vector<bool> inOrder(const std::vector<int>& order)
{
    std::vector<int> tails, previous(order.size(), -1);
    for (std::size_t i = 0; i < order.size(); ++i) {
        const auto at = std::lower_bound(tails.begin(), tails.end(), order[i], [&](int index, int value) { return order[static_cast<std::size_t>(index)] < value; });
        previous[i] = at == tails.begin() ? -1 : *std::prev(at);
        if (at == tails.end())
            tails.push_back(static_cast<int>(i));
        else
            *at = static_cast<int>(i);
    }
    std::vector<bool> result(order.size(), false);
    for (int i = tails.empty() ? -1 : tails.back(); i >= 0; i = previous[static_cast<std::size_t>(i)])
        result[static_cast<std::size_t>(i)] = true;
    return result;
}

class ChainComparison {
public:
    ChainComparison(const Side* before, const Side* after, CompareWhat what) : m_what(what)
    {
        static const std::vector<Line> nothing;
        m_before = before ? &before->lines : &nothing;
        m_after = after ? &after->lines : &nothing;
        const Side& any = before ? *before : *after;
        m_result.backend = any.backend;
        m_result.family = any.family;
        m_result.table = any.table;
        if (before) {
            m_result.before = before->name;
            m_result.policyBefore = before->policy;
        }
        if (after) {
            m_result.after = after->name;
            m_result.policyAfter = after->policy;
        }
    }

    ChainPair run()
    {
        match();
        const std::vector<bool> moved = movedOnes();
        std::size_t left = 0;
        const auto lostUntil = [&](std::size_t end) {
            for (; left < end; ++left)
                if (m_partner[left] < 0)
                    add(RulePair::Kind::OnlyBefore, &(*m_before)[left], nullptr);
        };
        for (std::size_t i = 0; i < m_after->size(); ++i) {
            const int from = m_from[i];
            if (from >= 0 && !moved[i] && static_cast<std::size_t>(from) >= left)
                lostUntil(static_cast<std::size_t>(from));
            if (from < 0)
                add(RulePair::Kind::OnlyAfter, nullptr, &(*m_after)[i]);
            else
                add(moved[i] ? RulePair::Kind::Moved : RulePair::Kind::Same, &(*m_before)[static_cast<std::size_t>(from)], &(*m_after)[i]);
        }
        lostUntil(m_before->size());
        return std::move(m_result);
    }

private:
    /// Equal rules to one another, the first to the first.
    void match()
    {
        std::unordered_map<std::string_view, std::vector<int>> places;
        for (std::size_t i = m_before->size(); i-- > 0;)
            places[(*m_before)[i].meaning].push_back(static_cast<int>(i));
        m_partner.assign(m_before->size(), -1);
        m_from.assign(m_after->size(), -1);
        for (std::size_t i = 0; i < m_after->size(); ++i) {
            const auto found = places.find((*m_after)[i].meaning);
            if (found == places.end() || found->second.empty())
                continue;
            m_from[i] = found->second.back();
            m_partner[static_cast<std::size_t>(m_from[i])] = static_cast<int>(i);
            found->second.pop_back();
        }
    }

    std::vector<bool> movedOnes() const
    {
        std::vector<int> order;
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < m_from.size(); ++i)
            if (m_from[i] >= 0) {
                order.push_back(m_from[i]);
                places.push_back(i);
            }
        const std::vector<bool> kept = inOrder(order);
        std::vector<bool> result(m_after->size(), false);
        // A rule for one address is disjoint from those for other ones: kube-proxy writes its Services in any order.
        std::unordered_map<std::string, std::vector<std::size_t>> byAddress; // under "": all others
        for (std::size_t i = 0; i < order.size(); ++i)
            byAddress[onlyAddress((*m_after)[places[i]])].push_back(i);
        std::size_t checks = 0;
        for (std::size_t i = 0; i < order.size(); ++i) {
            if (kept[i])
                continue;
            const auto crosses = [&](std::size_t j) {
                ++checks;
                return j != i && (j < i) != (order[j] < order[i]) && !disjoint((*m_after)[places[i]], (*m_after)[places[j]]);
            };
            const std::string own = onlyAddress((*m_after)[places[i]]);
            bool matters = false;
            const auto among = [&](const std::vector<std::size_t>& rules) { return checks > mostPairChecks || std::any_of(rules.begin(), rules.end(), crosses); };
            if (own.empty()) {
                for (const auto& [address, rules] : byAddress)
                    matters = matters || among(rules);
            } else {
                const auto others = byAddress.find({});
                matters = among(byAddress.at(own)) || (others != byAddress.end() && among(others->second));
            }
            result[places[i]] = matters;
        }
        return result;
    }

    void add(RulePair::Kind kind, const Line* before, const Line* after)
    {
        m_result.onlyBefore += kind == RulePair::Kind::OnlyBefore ? 1 : 0;
        m_result.onlyAfter += kind == RulePair::Kind::OnlyAfter ? 1 : 0;
        m_result.moved += kind == RulePair::Kind::Moved ? 1 : 0;
        RulePair pair;
        pair.kind = kind;
        const bool told = kind != RulePair::Kind::Same || m_what == CompareWhat::Everything;
        if (before) {
            pair.before = before->number;
            pair.lineBefore = before->line;
            pair.textBefore = told ? before->text : std::string();
        }
        if (after) {
            pair.after = after->number;
            pair.lineAfter = after->line;
            pair.textAfter = told ? after->text : std::string();
        }
        m_result.rows.push_back(std::move(pair));
    }

    const std::vector<Line>* m_before;
    const std::vector<Line>* m_after;
    CompareWhat m_what;
    std::vector<int> m_partner, m_from; ///< of each line on one side: the one on the other; -1: none
    ChainPair m_result;
};

} // namespace

bool isGeneratedChain(std::string_view chain)
{
    if (chain.starts_with("CNI-DN-") || chain.starts_with("CNI-SN-"))
        return true;
    return chain.starts_with("CNI-") && chain.size() == 28 && chain.find_first_not_of("0123456789abcdef", 4) == std::string_view::npos;
}

std::string plainMeaning(std::string_view rule)
{
    return meaningOf(rule, [](std::string_view name) { return std::string(isGeneratedChain(name) ? std::string_view("(generated)") : name); });
}

RulesCompared compareRules(const NodeState& before, const NodeState& after, CompareWhat what)
{
    RulesCompared result;
    Sides one, two;
    const auto take = [&](Part<iptables::IptablesSave> NodeState::*part, const std::string& backend, const std::string& family) {
        const auto &left = before.*part, &right = after.*part;
        if (!left != !right) {
            // The other one may be there under another backend: both dumps then say which.
            result.unknown.push_back(backend + ' ' + family);
            return;
        }
        addIptables(one, left, backend, family);
        addIptables(two, right, backend, family);
    };
    take(&NodeState::legacy4, "legacy", "IPv4");
    take(&NodeState::nft4, "nft-compat", "IPv4");
    take(&NodeState::legacy6, "legacy", "IPv6");
    take(&NodeState::nft6, "nft-compat", "IPv6");
    if (!before.ruleset != !after.ruleset) {
        result.unknown.emplace_back("nft");
    } else {
        addNft(one, before);
        addNft(two, after);
    }
    std::map<std::string, std::pair<const Side*, const Side*>> pairs;
    for (const auto& [name, side] : one)
        pairs[name].first = &side;
    for (const auto& [name, side] : two)
        pairs[name].second = &side;
    for (const auto& [name, both] : pairs) {
        ++result.compared;
        ChainPair chain = ChainComparison(both.first, both.second, what).run();
        if (what == CompareWhat::Everything || chain.differs())
            result.chains.push_back(std::move(chain));
    }
    return result;
}

} // namespace medic::netfilter
