// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/parse/iptables_save.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace medic::netfilter {

/// A rule that can never match, by the number (from 0) of the one that takes all its packets.
struct Shadow {
    std::size_t rule = 0, by = 0;
    bool harmful = true; ///< false: it would do the same, or nothing
};

/// The rules of a chain that an earlier rule of it shadows: one that asks for nothing that the later does not ask for
/// as well, that does not depend on chance or memory, and after which no packet goes on in this chain. Conditions are
/// compared as texts, sources and destinations as prefixes; so it misses some (ranges of ports), and names none wrongly.
[[nodiscard]] std::vector<Shadow> shadowedRules(const iptables::Table& table, const iptables::Chain& chain);

/// The conditions of a rule as dumped ("-p tcp", "! -i cni0", "--dport 80"), without comments and target.
[[nodiscard]] std::vector<std::string> conditionsOf(std::string_view ruleText);

/// The words of a rule as iptables-save prints it, quotes and backslashes taken away.
[[nodiscard]] std::vector<std::string> ruleWords(std::string_view ruleText);

} // namespace medic::netfilter
