// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/counter_deltas.h"

#include <algorithm>
#include <unordered_map>

namespace medic::netfilter {

namespace {

using Chains = std::map<std::string, std::vector<std::int64_t>, std::less<>>;

/// The differences of one chain. `Text` and `Count` tell a rule's text and packets; Count below 0: no counter.
template<typename Rules, typename Text, typename Count>
std::vector<std::int64_t> differences(const Rules& before, const Rules& after, Text text, Count count)
{
    std::vector<std::int64_t> result(after.size(), -1);
    const auto put = [&](std::size_t i, std::int64_t was) {
        const std::int64_t is = count(after[i]);
        if (was >= 0 && is >= was)
            result[i] = is - was;
    };
    // Usually nothing was changed in between: place by place, and the texts only where one differs.
    std::size_t same = 0;
    for (; same < std::min(before.size(), after.size()) && text(before[same]) == text(after[same]); ++same)
        put(same, count(before[same]));
    if (same == after.size())
        return result;
    std::unordered_map<std::string, std::vector<std::int64_t>> rest; // in reverse: the first at the back
    for (std::size_t i = before.size(); i-- > same;)
        rest[std::string(text(before[i]))].push_back(count(before[i]));
    for (std::size_t i = same; i < after.size(); ++i)
        if (const auto found = rest.find(std::string(text(after[i]))); found != rest.end() && !found->second.empty()) {
            put(i, found->second.back());
            found->second.pop_back();
        }
    return result;
}

void addIptables(Chains& chains, const Part<iptables::IptablesSave>& before, const Part<iptables::IptablesSave>& after, std::string_view backend, std::string_view family)
{
    if (!before || !after)
        return;
    for (const auto& table : after->tables()) {
        const auto* old = before->table(table.name);
        if (!old)
            continue;
        for (const auto& chain : table.chains)
            if (const auto* was = old->find(chain.name))
                chains.emplace(CounterDeltas::placeOf(backend, family, table.name, chain.name),
                               differences(was->rules, chain.rules, [](const iptables::Rule& rule) { return rule.text; },
                                           [](const iptables::Rule& rule) { return rule.hasCounters ? static_cast<std::int64_t>(rule.counters.packets) : -1; }));
    }
}

std::string withoutCounter(const parse::nft::Rule& rule)
{
    std::string text;
    for (const auto& statement : rule.statements)
        if (statement.kind != parse::nft::Statement::Kind::Counter)
            text += parse::nft::render(statement) + ' ';
    return text;
}

void addNft(Chains& chains, const NodeState& before, const NodeState& after)
{
    if (!before.ruleset || !after.ruleset)
        return;
    for (const auto& table : after.ruleset->tables)
        for (const auto& old : before.ruleset->tables)
            if (old.family == table.family && old.name == table.name && !(table.ofIptables() && (after.nft4 || after.nft6)))
                for (const auto& chain : table.chains)
                    if (const auto* was = old.chain(chain.name))
                        chains.emplace(CounterDeltas::placeOf("nft", table.family, table.name, chain.name),
                                       differences(was->rules, chain.rules, withoutCounter,
                                                   [](const parse::nft::Rule& rule) { return rule.packets ? static_cast<std::int64_t>(*rule.packets) : -1; }));
}

} // namespace

std::string CounterDeltas::placeOf(std::string_view backend, std::string_view family, std::string_view table, std::string_view chain)
{
    std::string place(backend);
    for (const auto part : {family, table, chain})
        (place += ' ') += part;
    return place;
}

std::shared_ptr<const CounterDeltas> CounterDeltas::between(const NodeState& before, const NodeState& after, std::chrono::milliseconds apart)
{
    auto result = std::make_shared<CounterDeltas>();
    result->m_apart = apart;
    addIptables(result->m_chains, before.legacy4, after.legacy4, "legacy", "IPv4");
    addIptables(result->m_chains, before.nft4, after.nft4, "nft-compat", "IPv4");
    addIptables(result->m_chains, before.legacy6, after.legacy6, "legacy", "IPv6");
    addIptables(result->m_chains, before.nft6, after.nft6, "nft-compat", "IPv6");
    addNft(result->m_chains, before, after);
    bool known = false;
    for (const auto& [place, rules] : result->m_chains)
        for (const std::int64_t packets : rules) {
            known = known || packets >= 0;
            result->m_most = std::max(result->m_most, static_cast<std::uint64_t>(std::max<std::int64_t>(packets, 0)));
        }
    return known && apart.count() > 0 ? result : nullptr;
}

std::optional<std::uint64_t> CounterDeltas::of(const std::string& place, int rule) const
{
    const auto found = m_chains.find(place);
    if (found == m_chains.end() || rule < 0 || static_cast<std::size_t>(rule) >= found->second.size() || found->second[static_cast<std::size_t>(rule)] < 0)
        return std::nullopt;
    return static_cast<std::uint64_t>(found->second[static_cast<std::size_t>(rule)]);
}

std::optional<std::uint64_t> CounterDeltas::of(const TraceStep& step, bool v6) const
{
    if (step.rule <= 0)
        return std::nullopt;
    if (step.backend == "legacy" || step.backend == "nft-compat")
        return of(placeOf(step.backend, v6 ? "IPv6" : "IPv4", step.table, step.chain), step.rule - 1);
    // A native table is named with its family.
    return step.backend == "nft" ? of("nft " + step.table + ' ' + step.chain, step.rule - 1) : std::nullopt;
}

std::uint64_t CounterDeltas::ofChain(const std::string& place) const
{
    std::uint64_t all = 0;
    if (const auto found = m_chains.find(place); found != m_chains.end())
        for (const std::int64_t packets : found->second)
            all += static_cast<std::uint64_t>(std::max<std::int64_t>(packets, 0));
    return all;
}

double CounterDeltas::perSecond(std::uint64_t packets) const { return static_cast<double>(packets) * 1000.0 / static_cast<double>(m_apart.count()); }

} // namespace medic::netfilter
