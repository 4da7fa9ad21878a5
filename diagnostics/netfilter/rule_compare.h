// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/node_state.h"

#include <string>
#include <string_view>
#include <vector>

namespace medic::netfilter {

/// A place in both rulesets, or in one of them.
struct RulePair {
    enum class Kind {
        Same,
        OnlyBefore,
        OnlyAfter,
        Moved, ///< the same rule behind others than before, of which some take the same packets
    };
    Kind kind = Kind::Same;
    int before = 0, after = 0; ///< numbers from 1; 0: not on this side
    int lineBefore = 0, lineAfter = 0; ///< in the dump; 0: none
    std::string textBefore, textAfter; ///< as dumped, without "-A CHAIN"; of Same ones only where they were asked for
};

/// A chain of the two rulesets.
struct ChainPair {
    std::string backend, family, table; ///< "legacy" "IPv4" "nat"; "nft" "inet" "kube-proxy"
    std::string before, after; ///< its name; empty: this side does not have it
    std::string policyBefore, policyAfter; ///< of base chains
    std::vector<RulePair> rows; ///< in the order of the second, what only the first has at its place
    int onlyBefore = 0, onlyAfter = 0, moved = 0;
    [[nodiscard]] bool differs() const { return onlyBefore + onlyAfter + moved > 0 || policyBefore != policyAfter || before.empty() != after.empty(); }
};

struct RulesCompared {
    std::vector<ChainPair> chains; ///< those that differ; with all of them where they were asked for
    std::vector<std::string> unknown; ///< "legacy IPv4": collected on one side only, so not compared
    std::size_t compared = 0; ///< chains that were looked at
};

enum class CompareWhat { Differences, Everything };

/// Two rulesets (of two nodes, or of one at two moments) by meaning: counters, comments, generated names (the chains that
/// portmap and the bridge plugin name after a container) and the order of rules that take no packet from one another do
/// not count. Pure; what was collected on one side only is said, not compared.
[[nodiscard]] RulesCompared compareRules(const NodeState& before, const NodeState& after, CompareWhat what = CompareWhat::Differences);

/// Named after a container: portmap's "CNI-DN-…" and "CNI-SN-…", the bridge and ptp plugins' "CNI-" and 24 hex digits.
[[nodiscard]] bool isGeneratedChain(std::string_view chain);
/// A rule of iptables-save without "-A CHAIN", comments, and the names of generated chains that it jumps to.
[[nodiscard]] std::string plainMeaning(std::string_view rule);

} // namespace medic::netfilter
