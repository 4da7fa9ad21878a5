// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/packetpath/path_engine.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace medic::packetpath {

/// A rule by its place: table, chain and rule in a RuleBook. Small, since a search may find a hundred thousand.
struct RuleRef {
    std::int32_t table = 0, chain = 0, rule = 0;
    bool operator==(const RuleRef&) const = default;
};

struct BookChain {
    std::string name, hook, policy; ///< hook: "PREROUTING" …; empty: only jumped to
    int priority = 0;
    int line = 0;
    std::int32_t rules = 0;
    std::uint64_t packets = 0; ///< of the chain's policy and rules together
    std::uint64_t since = 0; ///< of its rules since the sample before
    const iptables::Chain* iptables = nullptr; ///< one of both is set
    const parse::nft::Chain* nft = nullptr;
    std::vector<RuleRef> from; ///< who jumps here
    std::vector<std::int32_t> to; ///< chains that it jumps to, in the order of its rules
};

struct BookTable {
    std::string backend, family, name; ///< "legacy", "nft-compat" or "nft"; "IPv4", "IPv6", "inet" …; "nat"
    std::vector<BookChain> chains;
    std::unordered_map<std::string_view, std::int32_t> byName; ///< into chains
    const medic::iptables::Table* iptables = nullptr;
    const parse::nft::Table* nft = nullptr;
};

/// What is shown of one rule; views live as long as the book.
struct BookRule {
    std::string text; ///< without "-A CHAIN" and target
    std::string target; ///< "KUBE-SVC-…", "ACCEPT", "DNAT --to-destination …"
    std::vector<std::int32_t> jumps; ///< chains of the same table
    int line = 0;
    std::uint64_t packets = 0, bytes = 0;
    bool counted = false;
    std::optional<std::uint64_t> since; ///< packets since the sample before
};

/// All rules of one node as a map: tables, chains, who jumps where. Made once by a worker; immutable, shared. Texts of
/// rules are made when they are asked for: a book of 170,000 rules is some megabytes beside the dump itself.
class RuleBook {
public:
    [[nodiscard]] static std::shared_ptr<const RuleBook> make(const LoadedNodePtr& node, const NamesPtr& names);

    [[nodiscard]] const std::vector<BookTable>& tables() const { return m_tables; }
    [[nodiscard]] const BookChain& chain(const RuleRef& at) const { return m_tables[static_cast<std::size_t>(at.table)].chains[static_cast<std::size_t>(at.chain)]; }
    [[nodiscard]] const BookTable& table(const RuleRef& at) const { return m_tables[static_cast<std::size_t>(at.table)]; }
    [[nodiscard]] BookRule rule(const RuleRef& at) const;
    [[nodiscard]] std::string fullText(const RuleRef& at) const; ///< as dumped
    [[nodiscard]] RuleOwner owner(const RuleRef& at) const;
    /// The rule of a traced step; rule -1: there is none here.
    [[nodiscard]] RuleRef find(const TraceStep& step, bool v6) const;
    [[nodiscard]] std::size_t ruleCount() const { return m_ruleCount; }
    [[nodiscard]] std::uint64_t mostPackets() const { return m_mostPackets; } ///< of one rule
    /// What was counted since the sample before; null: there is none.
    [[nodiscard]] const netfilter::CounterDeltas* deltas() const { return m_node ? m_node->deltas.get() : nullptr; }
    [[nodiscard]] const LoadedNodePtr& node() const { return m_node; }

    /// Rules that hold every word: in their text or their chain's name, as an address that they name or whose range holds
    /// it, or as a Service ("ns/name"). Stops early when `stop` says so.
    [[nodiscard]] std::vector<RuleRef> search(std::string_view words, const std::function<bool()>& stop) const;

private:
    void addIptables(const netfilter::Part<iptables::IptablesSave>& save, std::string backend, std::string family);
    void addNft(const parse::nft::Ruleset& ruleset);
    void link();
    void count();

    LoadedNodePtr m_node;
    std::vector<BookTable> m_tables;
    std::unordered_map<std::string, std::vector<std::string>> m_serviceHashes; ///< "ns/name" → chain hashes
    std::size_t m_ruleCount = 0;
    std::uint64_t m_mostPackets = 0;
};
using RuleBookPtr = std::shared_ptr<const RuleBook>;

} // namespace medic::packetpath
