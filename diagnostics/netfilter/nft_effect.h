// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/nft_selector.h"

#include <string>
#include <vector>

namespace medic::netfilter::nftables {

/// What a statement that is neither a match nor a verdict does to a packet.
struct Effect {
    /// Go: on to the rule's next statement. Break: the rule ends here as if it had not matched. The others end the base
    /// chain with that outcome.
    enum class Next : std::uint8_t { Go, Break, Accept, Drop, Reject, Queue, Undecidable } next = Next::Go;
    PacketState packet; ///< as changed
    std::string action; ///< "mark 0x4000", "DNAT 10.244.2.9:8080" …; empty: nothing worth a word
    std::string reason;
    double share = 1.0;
    bool certain = true;
    bool changed = false; ///< show the packet before and after
};

/// All that may happen, at least one effect. `choice` settles the random number or hash in the statement.
[[nodiscard]] std::vector<Effect> applyStatement(const parse::nft::Statement& statement, const TableIndex& table,
                                                 const PacketState& packet, const HookContext& context, Choice choice);

/// The random number or hash that a statement uses first; null: none.
[[nodiscard]] const parse::nft::Expression* randomIn(const parse::nft::Statement& statement);
/// Of the map that is looked up with it; null when it is used in another way.
[[nodiscard]] const parse::nft::Expression* mapOfRandom(const parse::nft::Expression& where, const parse::nft::Expression& random);

} // namespace medic::netfilter::nftables
