// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/base_chain.h"
#include "diagnostics/netfilter/nft_set.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace medic::netfilter::nftables {

/// One table with its sets ready for lookups. Immutable; the ruleset must outlive it.
class TableIndex {
public:
    explicit TableIndex(const parse::nft::Table& table);

    [[nodiscard]] const parse::nft::Table& table() const { return m_table; }
    [[nodiscard]] int chain(std::string_view name) const; ///< -1: there is none
    /// Of a SetReference or of an anonymous set; null when the dump does not have it.
    [[nodiscard]] const SetIndex* set(const parse::nft::Expression& expression) const;
    /// Rules put elements into it, so that it may have changed since the dump.
    [[nodiscard]] bool filledByPackets(const std::string& set) const { return m_filled.contains(set); }

private:
    using TypesOfSets = std::map<std::string, std::vector<Type>, std::less<>>;
    void visit(const parse::nft::Expression& expression, TypesOfSets& used);
    void lookedUp(const parse::nft::Expression& key, const parse::nft::Expression& where, TypesOfSets& used);

    const parse::nft::Table& m_table;
    std::unordered_map<std::string_view, int> m_chains;
    std::map<std::string, SetIndex, std::less<>> m_sets;
    std::unordered_map<const parse::nft::Expression*, SetIndex> m_anonymous;
    std::set<std::string> m_filled;
};

/// A random number or a hash that the walk has settled on.
struct Choice {
    const parse::nft::Expression* of = nullptr;
    std::uint64_t value = 0;
};

/// Reads a packet as nft's expressions do: what a packet does not have (ports of ICMP, ct of an untracked one) breaks
/// the rule; what a dump does not tell is unknown bit by bit.
class Selector {
public:
    Selector(const TableIndex& table, const PacketState& packet, const HookContext& context, Choice choice = {})
        : m_table(table), m_packet(packet), m_context(context), m_choice(choice)
    {
    }

    /// One value for each part of a concatenation; nullopt: the rule breaks here.
    [[nodiscard]] std::optional<std::vector<Value>> key(const parse::nft::Expression& expression) const;
    [[nodiscard]] std::optional<Value> value(const parse::nft::Expression& expression) const;
    /// A constant of this type, or what an expression yields.
    [[nodiscard]] std::optional<Value> operand(Type type, const parse::nft::Expression& expression) const;

    [[nodiscard]] SetIndex::Found lookup(const parse::nft::Expression& where, const std::vector<Value>& key) const;
    /// left op right
    [[nodiscard]] Tri matches(const parse::nft::Statement& match, std::string& reason) const;

private:
    [[nodiscard]] std::optional<Value> meta(const std::string& key) const;
    [[nodiscard]] std::optional<Value> device(bool input) const;
    [[nodiscard]] std::optional<Value> payload(const std::string& protocol, const std::string& field) const;
    [[nodiscard]] std::optional<Value> network(bool v6, const std::string& field) const;
    [[nodiscard]] std::optional<Value> raw(const parse::nft::Expression& expression) const;
    [[nodiscard]] std::optional<Value> connection(const std::string& key, const std::string& direction) const;
    [[nodiscard]] Value fib(const std::string& result, const std::string& flags) const;
    [[nodiscard]] Value fibDevice(const std::string& flags) const;
    [[nodiscard]] std::optional<Value> computed(const parse::nft::Expression& expression) const;

    const TableIndex& m_table;
    const PacketState& m_packet;
    const HookContext& m_context;
    Choice m_choice;
};

} // namespace medic::netfilter::nftables
