// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/hook_table.h"

#include "diagnostics/netfilter/iptables_chain.h"
#include "diagnostics/netfilter/nft_chain.h"
#include "diagnostics/netfilter/node_state.h"

#include <algorithm>

namespace medic::netfilter {

namespace {

constexpr int natPriority(Hook hook)
{
    return hook == Hook::Prerouting || hook == Hook::Output ? -100 : 100;
}

using iptables::Match;
using iptables::Rule;

bool usesConntrack(const Rule& rule)
{
    if (std::holds_alternative<iptables::NatTarget>(rule.target) || std::holds_alternative<iptables::ConnmarkTarget>(rule.target))
        return true;
    if (const auto* const ct = std::get_if<iptables::CtTarget>(&rule.target); ct && !ct->notrack)
        return true;
    return std::any_of(rule.matches.begin(), rule.matches.end(), [](const Match& match) {
        if (std::holds_alternative<iptables::ConntrackMatch>(match))
            return true;
        if (const auto* const mark = std::get_if<iptables::MarkMatch>(&match))
            return mark->connection;
        const auto* const other = std::get_if<iptables::UndecidableMatch>(&match);
        return other && (other->name.starts_with("conn") || other->name == "helper" || other->name == "state");
    });
}

/// Connections are tracked only while something asks for it (nf_ct_netns_get in a rule's checkentry): nat rules that
/// translate, -m conntrack and its like, IPVS. A nat table with other targets alone is never consulted.
bool tracksConnections(const NodeState& node, IpFamily family, bool ipvs)
{
    if (ipvs || (node.conntrack && !node.conntrack->entries.empty()))
        return true;
    const bool v6 = family == IpFamily::V6;
    for (const auto* save : {(v6 ? node.legacy6 : node.legacy4).get(), (v6 ? node.nft6 : node.nft4).get()}) {
        if (!save)
            continue;
        for (const auto& table : save->tables())
            for (const auto& chain : table.chains)
                if (std::any_of(chain.rules.begin(), chain.rules.end(), usesConntrack))
                    return true;
    }
    return nftTracksConnections(node, family);
}

void addBuiltIn(Hook hook, std::vector<HookStage>& stages, bool withConntrack, bool withIpvs)
{
    const auto add = [&](HookStage::Kind kind, int priority) { stages.push_back({kind, priority, {}}); };
    if (withConntrack && (hook == Hook::Prerouting || hook == Hook::Output))
        add(HookStage::Kind::Conntrack, -200);
    if (hook != Hook::Forward)
        add(HookStage::Kind::Nat, natPriority(hook));
    if (!withIpvs)
        return;
    if (hook == Hook::Input) {
        add(HookStage::Kind::IpvsOut, 98);
        add(HookStage::Kind::IpvsIn, 99);
    } else if (hook == Hook::Forward) {
        add(HookStage::Kind::IpvsOut, 100);
    } else if (hook == Hook::Output) {
        add(HookStage::Kind::IpvsOut, -99);
        add(HookStage::Kind::IpvsIn, -98);
    }
}

void hang(std::vector<HookStage>& stages, const BaseChain& chain)
{
    const auto same = std::find_if(stages.begin(), stages.end(), [&](const HookStage& stage) {
        return stage.kind == HookStage::Kind::Chains && stage.priority == chain.place().priority;
    });
    if (same != stages.end())
        same->chains.push_back(&chain);
    else
        stages.push_back({HookStage::Kind::Chains, chain.place().priority, {&chain}});
}

void byPriority(std::vector<HookStage>& stages)
{
    std::stable_sort(stages.begin(), stages.end(), [](const HookStage& a, const HookStage& b) { return a.priority < b.priority; });
}

} // namespace

HookTable::HookTable(const NodeState& node, IpFamily family)
{
    m_chains = iptablesBaseChains(node, family);
    for (auto& chain : nftBaseChains(node, family))
        m_chains.push_back(std::move(chain));
    // Since 5.9 IPVS hangs in a family's hooks while there is a service of that family.
    const bool ipvs = node.ipvs
        && std::any_of(node.ipvs->begin(), node.ipvs->end(), [&](const ipvs::VirtualServer& one) {
               return one.protocol == 0 ? one.v6Mark == (family == IpFamily::V6) : one.address.family == family;
           });
    const bool conntrack = tracksConnections(node, family, ipvs);
    for (const Hook hook : {Hook::Prerouting, Hook::Input, Hook::Forward, Hook::Output, Hook::Postrouting}) {
        auto& stages = m_stages[static_cast<std::size_t>(hook)];
        addBuiltIn(hook, stages, conntrack, ipvs);
        for (const auto& chain : m_chains) {
            const auto& place = chain->place();
            if (place.hook != hook || chain->idle())
                continue;
            if (place.kind == BaseChain::Kind::Nat) {
                for (auto& stage : stages)
                    if (stage.kind == HookStage::Kind::Nat)
                        stage.chains.push_back(chain.get());
                continue;
            }
            hang(stages, *chain);
        }
        for (auto& stage : stages)
            std::stable_sort(stage.chains.begin(), stage.chains.end(), [](const auto* a, const auto* b) {
                return a->place().priority < b->place().priority;
            });
        byPriority(stages);
    }
    m_bridgeChains = nftBridgeChains(node, family);
    for (const auto& chain : m_bridgeChains)
        if (!chain->idle())
            hang(m_bridgeStages[static_cast<std::size_t>(chain->place().hook)], *chain);
    for (auto& stages : m_bridgeStages)
        byPriority(stages);
}

} // namespace medic::netfilter
