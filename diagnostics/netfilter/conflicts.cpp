// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/conflicts.h"

#include "diagnostics/netfilter/conflict_rules.h"
#include "diagnostics/netfilter/node_state.h"
#include "diagnostics/netfilter/owners.h"
#include "diagnostics/parse/nft_ruleset.h"

#include <algorithm>
#include <array>
#include <set>

namespace medic::netfilter {

namespace {

using iptables::Chain;
using iptables::Rule;
using iptables::Table;
using Kind = Conflict::Kind;

bool asksMark(const Rule& rule)
{
    return std::any_of(rule.matches.begin(), rule.matches.end(), [](const auto& match) {
        const auto* const mark = std::get_if<iptables::MarkMatch>(&match);
        return mark && !mark->connection;
    });
}

bool isVerdict(const Rule& rule, iptables::VerdictTarget::Kind kind)
{
    const auto* const verdict = std::get_if<iptables::VerdictTarget>(&rule.target);
    return verdict && verdict->kind == kind;
}

bool isMasquerade(const Rule& rule)
{
    const auto* const nat = std::get_if<iptables::NatTarget>(&rule.target);
    return nat && nat->kind == iptables::NatTarget::Kind::Masquerade;
}

bool bare(const Rule& rule)
{
    return rule.matches.empty() && rule.source.isNone() && rule.destination.isNone() && rule.protocol == 0 && rule.in.empty() && rule.out.empty();
}

class Finder {
public:
    explicit Finder(const NodeState& state) : m_state(state) { }

    std::vector<Conflict> run()
    {
        for (const bool v6 : {false, true}) {
            m_v6 = v6;
            const auto& legacy = v6 ? m_state.legacy6 : m_state.legacy4;
            const auto& nft = v6 ? m_state.nft6 : m_state.nft4;
            for (const auto* save : {legacy.get(), nft.get()})
                if (save) {
                    m_backend = save == legacy.get() ? "legacy" : "nft-compat";
                    for (const Table& table : save->tables())
                        tableConflicts(table);
                }
            if (legacy && nft && !legacy->empty() && !nft->empty())
                twoBackends(*legacy, *nft);
            nativeDrops();
        }
        std::stable_sort(m_found.begin(), m_found.end(), [](const Conflict& a, const Conflict& b) { return a.kind < b.kind; });
        return std::move(m_found);
    }

private:
    [[nodiscard]] Conflict::Place place(const Table& table, const Chain& chain, std::size_t index) const
    {
        const Rule& rule = chain.rules[index];
        return {.backend = m_backend, .table = std::string(table.name), .chain = std::string(chain.name), .text = std::string(rule.text),
                .rule = static_cast<int>(index) + 1, .line = static_cast<int>(rule.line),
                .owner = m_owners.of(table.name, chain.name, rule.text).kind};
    }

    void add(Kind kind, Conflict::Place rule, std::vector<Conflict::Place> others = {}, std::string what = {}, bool harmful = true)
    {
        m_found.push_back({.kind = kind, .harmful = harmful, .v6 = m_v6, .rule = std::move(rule), .others = std::move(others), .what = std::move(what)});
    }

    void tableConflicts(const Table& table)
    {
        for (const Chain& chain : table.chains) {
            for (const Shadow& shadow : shadowedRules(table, chain))
                add(Kind::NeverMatches, place(table, chain, shadow.rule), {place(table, chain, shadow.by)}, {}, shadow.harmful);
            lostMarks(table, chain);
            for (std::size_t i = 0; i < chain.rules.size(); ++i)
                absentParts(table, chain, i);
        }
        if (table.name == "nat")
            portmapOrder(table);
    }

    void absentParts(const Table& table, const Chain& chain, std::size_t index)
    {
        const Rule& rule = chain.rules[index];
        if (const auto* const jump = std::get_if<iptables::JumpTarget>(&rule.target); jump && jump->index < 0)
            add(Kind::AbsentChain, place(table, chain, index), {}, std::string(jump->chain));
        if (!m_state.sets)
            return;
        for (const auto& match : rule.matches)
            if (const auto* const set = std::get_if<iptables::SetMatch>(&match); set && !m_state.sets->find(set->set))
                add(Kind::AbsentSet, place(table, chain, index), {}, std::string(set->set));
    }

    /// iptables up to 1.8.7 that reads rules of 1.8.8 or later loses "-m mark" (kubernetes#112477): what was meant for
    /// marked packets then meets all.
    void lostMarks(const Table& table, const Chain& chain)
    {
        using Verdict = iptables::VerdictTarget::Kind;
        const auto report = [&](std::size_t index) { add(Kind::LostMark, place(table, chain, index)); };
        bool markReturn = false;
        for (std::size_t i = 0; i < chain.rules.size(); ++i) {
            const Rule& rule = chain.rules[i];
            if (asksMark(rule)) {
                markReturn = markReturn || isVerdict(rule, Verdict::Return);
                continue;
            }
            if (isVerdict(rule, Verdict::Drop) && rule.comment.find("marked packets") != std::string_view::npos)
                report(i);
            else if (chain.name == "KUBE-POSTROUTING" && isVerdict(rule, Verdict::Return) && bare(rule) && i + 1 < chain.rules.size())
                report(i);
            else if (chain.name == "KUBE-POSTROUTING" && isMasquerade(rule) && bare(rule) && !markReturn)
                report(i);
            else if (chain.name == "KUBE-FORWARD" && isVerdict(rule, Verdict::Accept) && bare(rule))
                report(i);
            else if (chain.name == "CNI-HOSTPORT-MASQ" && isMasquerade(rule) && bare(rule))
                report(i);
        }
    }

    /// portmap up to 0.7.1 and 0.8.0-rc put its jump first, later ones last; an upgrade leaves both (netfilter.md 3.4).
    void portmapOrder(const Table& table)
    {
        struct Order {
            const Chain* chain = nullptr;
            std::optional<std::size_t> kube;
            std::vector<std::size_t> ports;
        };
        std::vector<Order> orders;
        for (const std::string_view name : {"PREROUTING", "OUTPUT"}) {
            Order order {.chain = table.find(name), .kube = {}, .ports = {}};
            if (!order.chain)
                continue;
            for (std::size_t i = 0; i < order.chain->rules.size(); ++i)
                if (const auto* const jump = std::get_if<iptables::JumpTarget>(&order.chain->rules[i].target)) {
                    if (jump->chain == "KUBE-SERVICES" && !order.kube)
                        order.kube = i;
                    else if (jump->chain == "CNI-HOSTPORT-DNAT")
                        order.ports.push_back(i);
                }
            if (order.kube && !order.ports.empty())
                orders.push_back(std::move(order));
        }
        const auto first = [](const Order& order, std::size_t port) { return port < *order.kube; };
        const Order* other = nullptr;
        std::size_t otherPort = 0;
        for (const Order& order : orders)
            for (const std::size_t port : order.ports) {
                if (other && first(order, port) != first(*other, otherPort)) {
                    add(Kind::MixedPortmap, place(table, *order.chain, port), {place(table, *other->chain, otherPort)}, "CNI-HOSTPORT-DNAT");
                    return;
                }
                other = &order;
                otherPort = port;
            }
    }

    void twoBackends(const iptables::IptablesSave& legacy, const iptables::IptablesSave& nft)
    {
        const auto firstRule = [&](const iptables::IptablesSave& save, const char* backend) {
            m_backend = backend;
            for (const Table& table : save.tables())
                for (const Chain& chain : table.chains)
                    if (!chain.rules.empty())
                        return place(table, chain, 0);
            return Conflict::Place {};
        };
        Conflict::Place old = firstRule(legacy, "legacy");
        add(Kind::TwoBackends, std::move(old), {firstRule(nft, "nft-compat")},
            std::to_string(legacy.ruleCount()) + " + " + std::to_string(nft.ruleCount()));
    }

    /// An ACCEPT rule that packets of this hook can come to.
    std::optional<Conflict::Place> acceptAt(std::string_view hook)
    {
        const auto& legacy = m_v6 ? m_state.legacy6 : m_state.legacy4;
        const auto& nft = m_v6 ? m_state.nft6 : m_state.nft4;
        for (const auto* save : {legacy.get(), nft.get()}) {
            const Table* const table = save ? save->table("filter") : nullptr;
            if (!table)
                continue;
            m_backend = save == legacy.get() ? "legacy" : "nft-compat";
            std::vector<const Chain*> open {table->find(hook)};
            std::set<const Chain*> seen;
            while (!open.empty()) {
                const Chain* const chain = open.back();
                open.pop_back();
                if (!chain || !seen.insert(chain).second)
                    continue;
                for (std::size_t i = 0; i < chain->rules.size(); ++i) {
                    if (isVerdict(chain->rules[i], iptables::VerdictTarget::Kind::Accept))
                        return place(*table, *chain, i);
                    if (const auto* const jump = std::get_if<iptables::JumpTarget>(&chain->rules[i].target); jump && jump->index >= 0)
                        open.push_back(&table->chains[static_cast<std::size_t>(jump->index)]);
                }
            }
        }
        return std::nullopt;
    }

    void nativeDrops()
    {
        if (!m_state.ruleset)
            return;
        for (const auto& table : m_state.ruleset->tables) {
            const bool ofFamily = table.family == "inet" || table.family == (m_v6 ? "ip6" : "ip");
            if (!ofFamily || table.ofIptables() || (m_v6 && table.family == "inet" && !(m_state.nft6 || m_state.legacy6)))
                continue;
            for (const auto& chain : table.chains)
                if (chain.base && chain.type == "filter" && (chain.hook == "input" || chain.hook == "forward" || chain.hook == "output"))
                    nativeDrop(table, chain);
        }
    }

    void nativeDrop(const parse::nft::Table& table, const parse::nft::Chain& chain)
    {
        using Statement = parse::nft::Statement::Kind;
        Conflict::Place where {.backend = "nft", .table = table.title(), .chain = chain.name, .text = {}, .rule = 0, .line = 0, .owner = {}};
        if (chain.policy == "drop")
            where.text = "policy drop";
        for (std::size_t i = 0; i < chain.rules.size() && where.text.empty(); ++i) {
            const auto& statements = chain.rules[i].statements;
            const auto ends = [](const auto& one) { return one.kind == Statement::Reject || (one.kind == Statement::Verdict && one.text == "drop"); };
            const auto passive = [](const auto& one) { return one.kind == Statement::Counter || one.kind == Statement::Passive; };
            if (std::any_of(statements.begin(), statements.end(), ends)
                && std::all_of(statements.begin(), statements.end(), [&](const auto& one) { return ends(one) || passive(one); })) {
                where.rule = static_cast<int>(i) + 1;
                where.text = chain.rules[i].text();
            }
        }
        if (where.text.empty())
            return;
        std::string hook = chain.hook;
        std::transform(hook.begin(), hook.end(), hook.begin(), [](char c) { return static_cast<char>(c & ~0x20); });
        auto accept = acceptAt(hook);
        if (!accept)
            return;
        where.owner = m_owners.of(where.table, where.chain, where.text).kind;
        add(Kind::NativeDrop, std::move(*accept), {std::move(where)}, table.title() + ' ' + chain.name);
    }

    const NodeState& m_state;
    Owners m_owners;
    std::string m_backend;
    bool m_v6 = false;
    std::vector<Conflict> m_found;
};

} // namespace

std::string_view conflictName(Conflict::Kind kind)
{
    switch (kind) {
    case Kind::NeverMatches: return "never-matches";
    case Kind::TwoBackends: return "two-backends";
    case Kind::NativeDrop: return "native-drop";
    case Kind::LostMark: return "lost-mark";
    case Kind::MixedPortmap: return "mixed-portmap";
    case Kind::AbsentSet: return "absent-set";
    case Kind::AbsentChain: return "absent-chain";
    }
    return {};
}

std::vector<Conflict> findConflicts(const NodeState& node) { return Finder(node).run(); }

} // namespace medic::netfilter
