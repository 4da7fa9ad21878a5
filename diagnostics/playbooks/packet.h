// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/incident/incident_file.h"
#include "diagnostics/netfilter/path_query.h"
#include "diagnostics/playbooks/loader.h"
#include "diagnostics/playbooks/want.h"

#include <optional>
#include <string>
#include <vector>

namespace medic::playbooks {

/// What a trace step asks: "10.0.0.1:80", "[fd00::1]:80" or an address alone; `from` empty: sent by the node itself.
/// Nothing when an address, a port or the protocol cannot be read, or no node is named.
[[nodiscard]] std::optional<netfilter::PathQuery> packetQuery(const std::string& node, const std::string& from, const std::string& to,
                                                              const std::string& protocol);

/// Follows the packet that a trace step asks for through the rules that `snapshot` holds of its node. What is not known
/// of the node stays undecidable in the trace; without a trace `why` says what was wrong with the question.
[[nodiscard]] Traced followPacket(const Snapshot& snapshot, const Want& want);

/// A packet that a wizard has followed.
struct FollowedPacket {
    netfilter::PathQuery query;
    Trace trace;
    Text playbook, step; ///< titles
};

/// Those that the wizards kept in an incident have followed, in order, each through the rules as they were at that time.
/// What cannot be read is left out.
[[nodiscard]] std::vector<FollowedPacket> followedPackets(const IncidentFile& incident, const Library& library);

} // namespace medic::playbooks
