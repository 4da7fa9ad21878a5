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

/// The same before it is followed, with what the node had said by then: apart, because the incident's file belongs to one
/// thread, and a large ruleset takes another one a while.
struct AskedPacket {
    netfilter::PathQuery query;
    Want want;
    Snapshot snapshot; ///< of that node alone, without its logs
    TimePoint at;
    Text playbook, step;
};

/// Those that the wizards kept in an incident have asked for, in order. What cannot be read is left out. `known`: of an
/// earlier call; what it holds is not read again.
[[nodiscard]] std::vector<AskedPacket> askedPackets(const IncidentFile& incident, const Library& library,
                                                    const std::vector<AskedPacket>& known = {});
/// Each through the rules as they were at that time.
[[nodiscard]] std::vector<FollowedPacket> followPackets(const std::vector<AskedPacket>& asked);

} // namespace medic::playbooks
