// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/nft_presence.h"

#include "diagnostics/netfilter/node_state.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace medic::netfilter {

bool isIptablesNftTable(std::string_view family, std::string_view table)
{
    return (family == "ip" || family == "ip6")
        && (table == "raw" || table == "mangle" || table == "nat" || table == "filter" || table == "security");
}

std::vector<std::string> nativeNftWarnings(const NodeState& node, const HookTable& hooks, IpFamily family)
{
    Notes notes; // says each thing once
    const bool v6 = family == IpFamily::V6;
    if (!node.nftJson) {
        const auto& nft = v6 ? node.nft6 : node.nft4;
        if (nft)
            for (const auto& remark : nft->remarks())
                if (remark.kind == iptables::Remark::Kind::IncompatibleTable)
                    notes.warn("nftables rules that iptables cannot show are present, but were not collected: "
                               + std::string(remark.text.substr(0, 120)));
        return notes.warnings();
    }
    const bool followed = std::any_of(hooks.chains().begin(), hooks.chains().end(),
                                      [](const auto& chain) { return chain->place().backend == "nft"; });
    if (followed)
        return {};
    const auto document = nlohmann::json::parse(*node.nftJson, nullptr, false);
    if (document.is_discarded() || !document.is_object()) {
        notes.warn(node.nftFile + " could not be read");
        return notes.warnings();
    }
    const auto list = document.find("nftables");
    if (list == document.end() || !list->is_array())
        return {};
    for (const auto& one : *list) {
        if (!one.is_object())
            continue;
        const auto chain = one.find("chain");
        if (chain == one.end() || !chain->is_object() || !chain->contains("hook"))
            continue;
        const auto text = [&](const char* key) {
            const auto value = chain->find(key);
            return value != chain->end() && value->is_string() ? value->get<std::string>() : std::string();
        };
        const std::string of = text("family"), table = text("table");
        if (isIptablesNftTable(of, table) || (of != "inet" && of != (v6 ? "ip6" : "ip")))
            continue;
        notes.warn("native nftables rules are present and not followed: table " + of + ' ' + table);
    }
    return notes.warnings();
}

} // namespace medic::netfilter
