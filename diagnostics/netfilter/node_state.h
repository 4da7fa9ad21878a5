// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/parse/conntrack_list.h"
#include "diagnostics/parse/ipset_save.h"
#include "diagnostics/parse/iproute.h"
#include "diagnostics/parse/iptables_recent.h"
#include "diagnostics/parse/iptables_save.h"
#include "diagnostics/parse/ipvs_save.h"
#include "diagnostics/parse/nft_ruleset.h"
#include "diagnostics/parse/sysctl.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace medic {
class Snapshot;
}

namespace medic::netfilter {

/// A part of the node's state: null means that it was not collected, which is never the same as empty.
template<typename T>
using Part = std::shared_ptr<const T>;

/// Everything of one node that decides a packet's path, as typed values. Immutable once loaded; shared by traces.
struct NodeState {
    std::string node;
    Part<iptables::IptablesSave> legacy4, nft4, legacy6, nft6;
    Part<parse::nft::Ruleset> ruleset; ///< `nft -j list ruleset`: every family's tables, iptables-nft's too
    Part<ipset::Sets> sets;
    Part<std::vector<ipvs::VirtualServer>> ipvs;
    Part<std::vector<ipvs::Connection>> ipvsConnections;
    Part<std::vector<iproute::Link>> links; ///< with addresses if those were collected
    bool addressesKnown = false;
    Part<std::vector<iproute::Route>> routes4, routes6;
    Part<std::vector<iproute::Rule>> rules4, rules6;
    Part<Sysctls> sysctls;
    Part<conntrack::List> conntrack;
    Part<XtRecent> recent;
    std::string kernel; ///< "6.1.0-13-amd64"; empty: not known
    std::vector<std::string> warnings; ///< what was odd while loading

    /// Reads what is there of the files that docs/cli.md names. A file that cannot be read at all is an error that
    /// names it and the line; a missing one is an unknown part.
    [[nodiscard]] static Result<NodeState> fromDirectory(const std::filesystem::path& directory);

    /// From the newest observations of a node. A part whose observation is not good is unknown; one that cannot be
    /// read is unknown with a warning.
    [[nodiscard]] static NodeState fromSnapshot(const Snapshot& snapshot, std::string_view node);

    /// Puts one output in place, by the name of its file in a dump ("iptables-save.txt" …). Unknown names are ignored.
    [[nodiscard]] Result<void> setPart(std::string_view fileName, std::shared_ptr<const std::string> text);
    /// A tool that failed may still have told something by its errors.
    void setFailedPart(std::string_view fileName, std::string_view errors);
    /// Fills in what one part says about another. Called once, after the last setPart.
    void finish();

    /// A sysctl of a device: max(all, device) or all OR device is up to the caller. nullopt: unknown.
    [[nodiscard]] std::optional<long> deviceSysctl(bool v6, const std::string& device, std::string_view name) const;
};

/// The names of the files that setPart understands.
[[nodiscard]] const std::vector<std::string_view>& dumpFileNames();

} // namespace medic::netfilter
