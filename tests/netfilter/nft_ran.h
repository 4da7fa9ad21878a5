// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nft_trace_socket.h"

#include "diagnostics/model/trace.h"
#include "diagnostics/parse/nft_ruleset.h"

/// Rules of native nftables that were run, by the kernel's trace and by ours: named by table, chain and handle.
namespace nftran {

/// A rule that was run to its end, by the kernel or by us.
struct Ran {
    std::string table, chain;
    std::uint64_t handle = 0;
    bool perhaps = false; ///< it cannot be known whether it matches, and it does not matter
};

inline std::string shown(const std::vector<Ran>& rules)
{
    std::string text;
    for (const Ran& one : rules)
        text += "\n    " + one.table + ' ' + one.chain + " handle " + std::to_string(one.handle) + (one.perhaps ? " (perhaps)" : "");
    return text;
}

inline bool sameRules(const std::vector<Ran>& ours, std::size_t i, const std::vector<Ran>& kernel, std::size_t j)
{
    while (i < ours.size()) {
        const bool same = j < kernel.size() && ours[i].handle == kernel[j].handle && ours[i].table == kernel[j].table && ours[i].chain == kernel[j].chain;
        if (ours[i].perhaps && sameRules(ours, i + 1, kernel, j))
            return true;
        if (!same)
            return false;
        ++i;
        ++j;
    }
    return j == kernel.size();
}

/// What the kernel ran, but for the tables of the test itself.
inline std::vector<Ran> ran(const std::vector<nfttrace::Event>& events, const std::vector<std::string>& own)
{
    std::vector<Ran> rules;
    for (const auto& event : events)
        if (event.type == NFT_TRACETYPE_RULE && event.handle != 0 && std::find(own.begin(), own.end(), event.table) == own.end())
            rules.push_back({event.table, event.chain, event.handle});
    return rules;
}

inline std::vector<Ran> ran(const medic::TraceBranch& branch, const medic::parse::nft::Ruleset& ruleset, const std::vector<std::string>& own)
{
    std::vector<Ran> rules;
    for (const auto& step : branch.steps) {
        if (step.rule == 0 || step.matched == medic::Tri::No || step.backend != "nft" || step.action == "assumed not to match"
            || std::find(own.begin(), own.end(), step.table) != own.end())
            continue;
        for (const auto& table : ruleset.tables)
            if (table.title() == step.table)
                if (const auto* const chain = table.chain(step.chain))
                    rules.push_back({step.table, step.chain, static_cast<std::uint64_t>(chain->rules[static_cast<std::size_t>(step.rule) - 1].handle),
                                     step.matched == medic::Tri::Unknown});
    }
    return rules;
}

} // namespace nftran
