// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/rule_book.h"

#include "diagnostics/netfilter/path_words.h"

#include <algorithm>
#include <variant>

namespace medic::packetpath {

namespace {

using Expression = parse::nft::Expression;
using Statement = parse::nft::Statement;

int priorityOf(std::string_view table, std::string_view chain)
{
    // netfilter.md 1.1: nat hooks in before (dstnat -100) or behind (srcnat 100) filter
    if (table == "raw")
        return -300;
    if (table == "mangle")
        return -150;
    if (table == "nat")
        return chain == "PREROUTING" || chain == "OUTPUT" ? -100 : 100;
    return table == "security" ? 50 : 0;
}

std::string upper(std::string_view text)
{
    std::string result(text);
    for (char& c : result)
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 32);
    return result;
}

void verdictTargets(const Expression& expression, std::vector<std::string_view>& into)
{
    if (expression.kind == Expression::Kind::Verdict && (expression.text == "jump" || expression.text == "goto"))
        into.push_back(expression.field);
    for (const auto& item : expression.items)
        verdictTargets(item, into);
}

/// Chains that a native rule can lead to, by itself or through a verdict map.
std::vector<std::string_view> targetsOf(const parse::nft::Rule& rule, const parse::nft::Table& table)
{
    std::vector<std::string_view> targets;
    for (const Statement& statement : rule.statements) {
        if (statement.kind == Statement::Kind::Verdict && (statement.text == "jump" || statement.text == "goto"))
            targets.push_back(statement.field);
        if (statement.kind != Statement::Kind::VerdictMap)
            continue;
        if (statement.right.kind == Expression::Kind::SetReference) {
            const auto set = table.sets.find(statement.right.text);
            if (set != table.sets.end())
                for (const auto& element : set->second.elements)
                    verdictTargets(element, targets);
        } else {
            verdictTargets(statement.right, targets);
        }
    }
    return targets;
}

/// Case-blind, ASCII: rules hold nothing else that matters.
bool contains(std::string_view hay, std::string_view lowered)
{
    if (lowered.size() > hay.size())
        return false;
    const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    const char first = lowered.front();
    const std::size_t last = hay.size() - lowered.size();
    for (std::size_t i = 0; i <= last; ++i) {
        if (low(hay[i]) != first)
            continue;
        std::size_t n = 1;
        while (n < lowered.size() && low(hay[i + n]) == lowered[n])
            ++n;
        if (n == lowered.size())
            return true;
    }
    return false;
}

struct Word {
    std::string lowered;
    std::vector<std::string> also; ///< chain hashes of a Service
    IpAddress address;
};

bool named(const IpPrefix& prefix, const IpAddress& address)
{
    return !prefix.isNone() && prefix.length() > 0 && prefix.contains(address);
}

} // namespace

void RuleBook::addIptables(const netfilter::Part<iptables::IptablesSave>& save, std::string backend, std::string family)
{
    if (!save)
        return;
    for (const auto& table : save->tables()) {
        BookTable made {backend, family, std::string(table.name), {}, {}, &table, nullptr};
        made.chains.reserve(table.chains.size());
        for (const auto& chain : table.chains) {
            BookChain one;
            one.name = chain.name;
            one.iptables = &chain;
            one.line = static_cast<int>(chain.line);
            one.rules = static_cast<std::int32_t>(chain.rules.size());
            one.packets = chain.counters.packets;
            if (chain.builtIn) {
                one.hook = chain.name;
                one.policy = chain.policyDrop ? "DROP" : "ACCEPT";
                one.priority = priorityOf(table.name, chain.name);
            }
            for (const auto& rule : chain.rules) {
                one.packets += rule.counters.packets;
                m_mostPackets = std::max(m_mostPackets, rule.counters.packets);
            }
            m_ruleCount += chain.rules.size();
            made.chains.push_back(std::move(one));
        }
        m_tables.push_back(std::move(made));
    }
}

void RuleBook::addNft(const parse::nft::Ruleset& ruleset)
{
    const bool knownBetter = m_node->state.nft4 || m_node->state.nft6;
    for (const auto& table : ruleset.tables) {
        if (table.ofIptables() && knownBetter)
            continue;
        BookTable made {"nft", table.family, table.name, {}, {}, nullptr, &table};
        for (const auto& chain : table.chains) {
            BookChain one;
            one.name = chain.name;
            one.nft = &chain;
            one.line = chain.line;
            one.rules = static_cast<std::int32_t>(chain.rules.size());
            if (chain.base) {
                one.hook = upper(chain.hook);
                one.policy = upper(chain.policy);
                one.priority = chain.priority;
            }
            for (const auto& rule : chain.rules) {
                one.packets += rule.packets.value_or(0);
                m_mostPackets = std::max(m_mostPackets, rule.packets.value_or(0));
            }
            m_ruleCount += chain.rules.size();
            made.chains.push_back(std::move(one));
        }
        m_tables.push_back(std::move(made));
    }
}

void RuleBook::count()
{
    if (const auto* since = deltas())
        for (BookTable& table : m_tables)
            for (BookChain& chain : table.chains)
                chain.since = since->ofChain(netfilter::CounterDeltas::placeOf(table.backend, table.family, table.name, chain.name));
}

void RuleBook::link()
{
    for (std::size_t t = 0; t < m_tables.size(); ++t) {
        BookTable& table = m_tables[t];
        for (std::size_t c = 0; c < table.chains.size(); ++c)
            table.byName.emplace(table.chains[c].name, static_cast<std::int32_t>(c));
        for (std::size_t c = 0; c < table.chains.size(); ++c) {
            const auto note = [&](std::int32_t target, std::size_t rule) {
                auto& from = table.chains[static_cast<std::size_t>(target)].from;
                const RuleRef ref {static_cast<std::int32_t>(t), static_cast<std::int32_t>(c), static_cast<std::int32_t>(rule)};
                if (from.empty() || !(from.back() == ref))
                    from.push_back(ref);
                table.chains[c].to.push_back(target);
            };
            if (const auto* chain = table.chains[c].iptables) {
                for (std::size_t r = 0; r < chain->rules.size(); ++r)
                    if (const auto* jump = std::get_if<iptables::JumpTarget>(&chain->rules[r].target); jump && jump->index >= 0)
                        note(jump->index, r);
            } else if (const auto* native = table.chains[c].nft) {
                for (std::size_t r = 0; r < native->rules.size(); ++r)
                    for (const auto target : targetsOf(native->rules[r], *table.nft))
                        if (const auto found = table.byName.find(target); found != table.byName.end())
                            note(found->second, r);
            }
        }
    }
}

RuleBookPtr RuleBook::make(const LoadedNodePtr& node, const NamesPtr& names)
{
    auto book = std::make_shared<RuleBook>();
    book->m_node = node;
    if (!node)
        return book;
    const auto& state = node->state;
    book->addIptables(state.legacy4, "legacy", "IPv4");
    book->addIptables(state.nft4, "nft-compat", "IPv4");
    book->addIptables(state.legacy6, "legacy", "IPv6");
    book->addIptables(state.nft6, "nft-compat", "IPv6");
    if (state.ruleset)
        book->addNft(*state.ruleset);
    book->link();
    book->count();
    if (names)
        for (const auto& service : names->services)
            for (const auto& port : service.ports) {
                const std::string key = service.meta.nameSpace + '/' + service.meta.name;
                const std::string protocol = netfilter::lower(port.protocol.empty() ? "tcp" : port.protocol);
                book->m_serviceHashes[netfilter::lower(key)].push_back(
                    netfilter::lower(netfilter::serviceChainHash(port.name.empty() ? key : key + ':' + port.name, protocol)));
            }
    return book;
}

std::string RuleBook::fullText(const RuleRef& at) const
{
    const BookChain& one = chain(at);
    const auto index = static_cast<std::size_t>(at.rule);
    if (one.iptables)
        return std::string(one.iptables->rules[index].text);
    return one.nft ? one.nft->rules[index].text() : std::string();
}

BookRule RuleBook::rule(const RuleRef& at) const
{
    BookRule result;
    const BookChain& one = chain(at);
    const auto index = static_cast<std::size_t>(at.rule);
    if (const auto* known = deltas())
        result.since = known->of(netfilter::CounterDeltas::placeOf(table(at).backend, table(at).family, table(at).name, one.name), at.rule);
    if (one.iptables) {
        const auto& rule = one.iptables->rules[index];
        result.line = static_cast<int>(rule.line);
        result.packets = rule.counters.packets;
        result.bytes = rule.counters.bytes;
        result.counted = rule.hasCounters;
        std::string_view text = rule.text;
        if (text.starts_with("-A ")) {
            const auto end = text.find(' ', 3);
            text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        }
        std::size_t cut = std::string_view::npos;
        for (const std::string_view option : {"-j ", "-g "}) {
            auto found = text.rfind(std::string(" ") + std::string(option));
            if (found == std::string_view::npos && text.starts_with(option))
                found = 0;
            cut = std::min(cut, found);
        }
        if (cut != std::string_view::npos) {
            result.target = text.substr(text.find('-', cut) + 3);
            text = text.substr(0, cut);
        }
        result.text = text;
        if (const auto* jump = std::get_if<iptables::JumpTarget>(&rule.target); jump && jump->index >= 0)
            result.jumps.push_back(jump->index);
    } else if (one.nft) {
        const auto& rule = one.nft->rules[index];
        result.line = rule.line;
        result.counted = rule.packets.has_value();
        result.packets = rule.packets.value_or(0);
        result.bytes = rule.bytes.value_or(0);
        for (const Statement& statement : rule.statements) {
            const bool decides = statement.kind == Statement::Kind::Verdict || statement.kind == Statement::Kind::VerdictMap || statement.kind == Statement::Kind::Nat
                || statement.kind == Statement::Kind::Reject || statement.kind == Statement::Kind::Mangle || statement.kind == Statement::Kind::Queue;
            std::string& into = decides ? result.target : result.text;
            into += (into.empty() ? "" : " ") + parse::nft::render(statement);
        }
        if (!rule.comment.empty())
            result.text += (result.text.empty() ? "" : " ") + std::string("comment \"") + rule.comment + '"';
        for (const auto target : targetsOf(rule, *table(at).nft))
            if (const auto found = table(at).byName.find(target); found != table(at).byName.end())
                result.jumps.push_back(found->second);
    }
    return result;
}

RuleOwner RuleBook::owner(const RuleRef& at) const
{
    const BookTable& one = table(at);
    const std::string name = one.backend == "nft" ? one.family + ' ' + one.name : one.name;
    return m_node->tracer->owners().of(name, chain(at).name, at.rule >= 0 ? fullText(at) : std::string());
}

RuleRef RuleBook::find(const TraceStep& step, bool v6) const
{
    for (std::size_t t = 0; t < m_tables.size(); ++t) {
        const BookTable& one = m_tables[t];
        const std::string name = one.backend == "nft" ? one.family + ' ' + one.name : one.name;
        if (one.backend != step.backend || name != step.table || (one.backend != "nft" && (one.family == "IPv6") != v6))
            continue;
        const auto found = one.byName.find(step.chain);
        if (found != one.byName.end() && step.rule <= one.chains[static_cast<std::size_t>(found->second)].rules)
            return {static_cast<std::int32_t>(t), found->second, step.rule - 1};
    }
    return {-1, -1, -1};
}

std::vector<RuleRef> RuleBook::search(std::string_view text, const std::function<bool()>& stop) const
{
    std::vector<Word> words;
    for (const std::string& one : netfilter::splitQuery(text).to) {
        Word word {netfilter::lower(one), {}, IpAddress::parse(one).value_or(IpAddress())};
        if (const auto hashes = m_serviceHashes.find(word.lowered); hashes != m_serviceHashes.end())
            word.also = hashes->second;
        words.push_back(std::move(word));
    }
    std::vector<RuleRef> result;
    if (words.empty())
        return result;
    std::string native;
    for (std::size_t t = 0; t < m_tables.size(); ++t)
        for (std::size_t c = 0; c < m_tables[t].chains.size(); ++c) {
            const BookChain& chain = m_tables[t].chains[c];
            if (c % 64 == 0 && stop())
                return {};
            for (std::int32_t r = 0; r < chain.rules; ++r) {
                const auto index = static_cast<std::size_t>(r);
                const iptables::Rule* rule = chain.iptables ? &chain.iptables->rules[index] : nullptr;
                if (!rule)
                    native = chain.nft->rules[index].text() + ' ' + chain.nft->rules[index].comment;
                const std::string_view hay = rule ? rule->text : std::string_view(native);
                const bool all = std::all_of(words.begin(), words.end(), [&](const Word& word) {
                    if (contains(hay, word.lowered) || contains(chain.name, word.lowered))
                        return true;
                    if (rule && !word.address.isNone() && (named(rule->source, word.address) || named(rule->destination, word.address)))
                        return true;
                    return std::any_of(word.also.begin(), word.also.end(), [&](const std::string& hash) { return contains(hay, hash) || contains(chain.name, hash); });
                });
                if (all)
                    result.push_back({static_cast<std::int32_t>(t), static_cast<std::int32_t>(c), r});
            }
        }
    return result;
}

} // namespace medic::packetpath
