// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace medic::netfilter {

struct NodeState;

/// One rule that stands in another's way, or that cannot do what it says.
struct Conflict {
    enum class Kind : std::uint8_t {
        NeverMatches, ///< an earlier rule of its chain takes every packet that it would match
        TwoBackends, ///< legacy and nft both hold rules
        NativeDrop, ///< a native nftables chain drops what iptables accepts at the same hook
        LostMark, ///< the rule's comment speaks of a mark that it does not ask for (kubernetes#112477)
        MixedPortmap, ///< hostPorts stand before kube-proxy's rules in one chain and behind them in another
        AbsentSet, ///< asks an ipset that is not there
        AbsentChain, ///< jumps to a chain that is not there
    };
    struct Place {
        std::string backend, table, chain, text;
        int rule = 0, line = 0;
        std::string owner; ///< RuleOwner::kind
    };
    Kind kind = Kind::NeverMatches;
    /// False: it changes nothing (a duplicate with the same effect); shown, but no fault.
    bool harmful = true;
    bool v6 = false;
    Place rule; ///< the one that suffers (or is absent in)
    std::vector<Place> others; ///< the one that shadows it, the other order …
    std::string what; ///< the set's, chain's or table's name
};
[[nodiscard]] std::string_view conflictName(Conflict::Kind kind); ///< "never-matches" …

/// Everything in one node's rules, in the order of kinds and lines. Pure; what was not collected is not judged.
[[nodiscard]] std::vector<Conflict> findConflicts(const NodeState& node);

} // namespace medic::netfilter
