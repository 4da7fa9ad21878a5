// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/trace.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A trace as what it is for the eye: one way that forks. Plain values, no Qt; the branches' common beginnings are joined.
namespace medic::packetpath {

/// One rule (or routing decision …) that had a part in it.
struct TreeRow {
    TraceStep step;
    std::vector<TraceStep> passed; ///< rules of the same chain before it that did not match, where they were asked for
};

/// Consecutive rows of one chain.
struct TreeCard {
    std::string hook, table, chain, backend;
    int depth = 0; ///< how many jumps lead to it within its hook
    RuleOwner owner; ///< of its first row
    std::vector<TreeRow> rows;
};

/// Why a part branches off.
enum class Fork { None, Share, IfItMatches, IfItDoesNot, EitherWay };

/// What all branches below have in common, within one hook.
struct TreePart {
    std::string hook;
    std::vector<TreeCard> cards;
    std::vector<int> children; ///< parts; empty: a way ends here
    int parent = -1; ///< -1: begins at a start
    Fork fork = Fork::None;
    double probability = 1.0; ///< of all branches below
    double share = 1.0; ///< of the parent's
    bool certain = true; ///< false: an unknown lies on this way
    int branch = -1; ///< where a way ends: its index among the start's branches
    int folded = 0; ///< above 0: so many ways of the same kind are left out and summed up here
    std::optional<Disposition> end; ///< where a way ends
    std::string reason;
    TracePacket packet; ///< as it leaves or is delivered
};

/// Where a packet begins, and its first part.
struct TreeStart {
    TracePacket packet;
    int part = -1;
    double probability = 1.0;
    int request = -1; ///< of an answer: the branch that it answers
};

struct PathTree {
    std::vector<TreePart> parts;
    std::vector<TreeStart> starts;
    int ways = 0; ///< without folding
};

/// `unfolded`: show every way; otherwise a fork into many ways of the same kind shows a few of them.
enum class Folding { Few, None };
[[nodiscard]] PathTree requestTree(const Trace& trace, Folding folding = Folding::Few);
[[nodiscard]] PathTree replyTree(const Trace& trace, Folding folding = Folding::Few);

[[nodiscard]] bool arrives(Disposition disposition); ///< delivered or forwarded

/// On a way through several nodes a hook carries its node: "PREROUTING@node-2".
[[nodiscard]] std::string_view hookOnly(std::string_view hook); ///< "PREROUTING"
[[nodiscard]] std::string_view nodeOfHook(std::string_view hook); ///< "node-2"; empty: the trace's own

} // namespace medic::packetpath
