// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/nft_chain.h"

#include "diagnostics/netfilter/nft_run.h"
#include "diagnostics/netfilter/node_state.h"

#include <algorithm>
#include <array>

namespace medic::netfilter {

namespace {

using parse::nft::Chain;
using parse::nft::Expression;
using parse::nft::Statement;
using parse::nft::Table;

/// Before and behind all that hangs in the ordinary hooks.
constexpr int ingressPriority = -1'000'000'000, egressPriority = 1'000'000'000;

struct HookPlace {
    Hook hook;
    int offset;
};

std::optional<HookPlace> hookOf(const std::string& name)
{
    static constexpr std::array<std::pair<std::string_view, HookPlace>, 7> hooks {{
        {"prerouting", {Hook::Prerouting, 0}}, {"input", {Hook::Input, 0}}, {"forward", {Hook::Forward, 0}},
        {"output", {Hook::Output, 0}}, {"postrouting", {Hook::Postrouting, 0}},
        {"ingress", {Hook::Prerouting, ingressPriority}}, {"egress", {Hook::Postrouting, egressPriority}},
    }};
    for (const auto& [known, place] : hooks)
        if (known == name)
            return place;
    return std::nullopt;
}

bool sameTable(const Table& table, const iptables::IptablesSave& save)
{
    const auto* const other = save.table(table.name);
    return other && std::all_of(table.chains.begin(), table.chains.end(), [&](const Chain& chain) {
        const auto* const same = other->find(chain.name);
        return same && same->rules.size() == chain.rules.size();
    });
}

/// iptables-save tells all of a rule, nft's JSON only the names of its extensions: the same table must not count twice.
bool toldByIptables(const NodeState& node, const Table& table)
{
    if (!table.ofIptables())
        return false;
    const bool v6 = table.family == "ip6";
    // A table that iptables cannot show is missing there: "Table `nat' is incompatible, use 'nft' tool."
    if (const auto& save = v6 ? node.nft6 : node.nft4)
        return save->table(table.name) != nullptr;
    // An iptables-save that does not say which backend it is of
    const auto& other = v6 ? node.legacy6 : node.legacy4;
    return other && other->backend() == iptables::Backend::Unknown && sameTable(table, *other);
}

bool concerns(const Table& table, IpFamily family)
{
    return table.family == "inet" || table.family == "netdev" || table.family == (family == IpFamily::V6 ? "ip6" : "ip");
}

bool usesConntrack(const Expression& e)
{
    return e.kind == Expression::Kind::Ct || std::any_of(e.items.begin(), e.items.end(), usesConntrack);
}

bool usesConntrack(const Statement& s)
{
    switch (s.kind) {
    case Statement::Kind::Nat: return true;
    case Statement::Kind::Takeover: return s.text == "synproxy";
    case Statement::Kind::Passive: return s.text.starts_with("ct ") || s.text == "flow";
    case Statement::Kind::Limit: return s.text == "ct count";
    case Statement::Kind::Xt:
        return s.field == "conntrack" || s.field == "state" || s.field.starts_with("conn") || s.field == "CONNMARK" || s.field == "DNAT"
            || s.field == "SNAT" || s.field == "MASQUERADE" || s.field == "REDIRECT" || s.field == "NETMAP";
    default: return usesConntrack(s.left) || usesConntrack(s.right);
    }
}

std::vector<std::string> split(const std::string& list)
{
    std::vector<std::string> parts;
    for (std::size_t at = 0; at < list.size();) {
        const auto end = std::min(list.find(',', at), list.size());
        if (end > at)
            parts.push_back(list.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

std::string upperCase(std::string text)
{
    for (char& c : text)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return text;
}

} // namespace

NftChain::NftChain(Place place, std::shared_ptr<const parse::nft::Ruleset> ruleset,
                   std::shared_ptr<const nftables::TableIndex> table, int chain)
    : BaseChain(std::move(place)), m_ruleset(std::move(ruleset)), m_table(std::move(table)), m_chain(chain)
{
    const Chain& base = m_table->table().chains[static_cast<std::size_t>(chain)];
    m_devices = split(base.device);
    m_hookName = upperCase(base.hook);
}

NftChain::~NftChain() = default;

bool NftChain::idle() const
{
    const Chain& chain = m_table->table().chains[static_cast<std::size_t>(m_chain)];
    return chain.rules.empty() && chain.policy != "drop";
}

void NftChain::evaluate(Walk walk, const HookContext& context, std::vector<HookOutcome>& outcomes) const
{
    if (m_devices.empty()) {
        nftables::ChainRun(place(), *m_table, context, m_hookName, outcomes).start(std::move(walk), m_chain);
        return;
    }
    // At the device itself: a bridge's port, not the bridge.
    PacketState& packet = walk.packet;
    const bool input = context.hook == Hook::Prerouting;
    const std::string seen = input ? packet.in : packet.out;
    const bool atPort = input ? packet.bridgeIn : packet.bridgeOut;
    const std::string device = atPort ? (input ? packet.physIn : packet.physOut) : seen;
    const bool notKnown = (input ? packet.inUnknown : packet.outUnknown) || (atPort && device.empty());
    if (notKnown)
        context.notes.warn("whether the packet passes the " + m_hookName + " chain " + place().table + ' ' + place().name + " is not known");
    if (std::find(m_devices.begin(), m_devices.end(), device) == m_devices.end()) {
        walk.certain = walk.certain && !notKnown;
        outcomes.push_back({HookOutcome::Verdict::Accept, std::move(walk), {}});
        return;
    }
    (input ? packet.in : packet.out) = device;
    const std::size_t before = outcomes.size();
    nftables::ChainRun(place(), *m_table, context, m_hookName, outcomes).start(std::move(walk), m_chain);
    for (std::size_t i = before; i < outcomes.size(); ++i)
        (input ? outcomes[i].walk.packet.in : outcomes[i].walk.packet.out) = seen;
}

namespace {

template<typename Wanted>
std::vector<std::unique_ptr<BaseChain>> baseChains(const NodeState& node, IpFamily family, const Wanted& wanted)
{
    std::vector<std::unique_ptr<BaseChain>> chains;
    if (!node.ruleset)
        return chains;
    for (const Table& table : node.ruleset->tables) {
        if (table.dormant || !wanted(table))
            continue;
        std::vector<std::pair<const Chain*, int>> bases;
        for (std::size_t i = 0; i < table.chains.size(); ++i)
            if (table.chains[i].base)
                bases.emplace_back(&table.chains[i], static_cast<int>(i));
        if (bases.empty())
            continue;
        const auto index = std::make_shared<const nftables::TableIndex>(table);
        // Of equal priority the last registered runs first; within a table handles tell which that is.
        std::stable_sort(bases.begin(), bases.end(), [](const auto& a, const auto& b) { return a.first->handle > b.first->handle; });
        for (const auto& [base, at] : bases) {
            const auto hook = hookOf(base->hook);
            if (!hook)
                continue;
            const auto kind = base->type == "nat" ? BaseChain::Kind::Nat
                : base->type == "route" && hook->hook == Hook::Output ? BaseChain::Kind::Route
                                                                      : BaseChain::Kind::Filter;
            chains.push_back(std::make_unique<NftChain>(
                BaseChain::Place {hook->hook, base->priority + hook->offset, kind, table.family == "ip" || table.family == "ip6" ? family : IpFamily::None,
                                  "nft", table.title(), base->name, base->handle},
                node.ruleset, index, at));
        }
    }
    return chains;
}

} // namespace

std::vector<std::unique_ptr<BaseChain>> nftBaseChains(const NodeState& node, IpFamily family)
{
    return baseChains(node, family, [&](const Table& table) { return concerns(table, family) && !toldByIptables(node, table); });
}

std::vector<std::unique_ptr<BaseChain>> nftBridgeChains(const NodeState& node, IpFamily family)
{
    return baseChains(node, family, [](const Table& table) { return table.family == "bridge"; });
}

bool nftTracksConnections(const NodeState& node, IpFamily family)
{
    if (!node.ruleset)
        return false;
    for (const Table& table : node.ruleset->tables) {
        if (table.family == "netdev" || !concerns(table, family))
            continue;
        for (const Chain& chain : table.chains)
            for (const auto& rule : chain.rules)
                if (std::any_of(rule.statements.begin(), rule.statements.end(), [](const Statement& s) { return usesConntrack(s); }))
                    return true;
    }
    return false;
}

} // namespace medic::netfilter
