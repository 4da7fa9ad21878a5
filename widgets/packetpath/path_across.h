// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/cluster_trace.h"
#include "diagnostics/netfilter/path_query.h"

#include <QCoreApplication>
#include <QString>

namespace medic::packetpath {

/// A way through several nodes as one trace for the eye: each hook carries its node ("PREROUTING@node-2"), a step of hook
/// "WIRE@node-2" stands for what lies between two nodes (before and after: the packet that carries it). Who gets the packet
/// is Delivered to, whatever leaves the cluster is Forwarded, what cannot be followed is Undecidable. Answers become the
/// branches' replies.
[[nodiscard]] Trace joinedTrace(const netfilter::ClusterTrace& trace);

/// Is there anything beyond the first node to show?
[[nodiscard]] bool leavesTheNode(const netfilter::ClusterTrace& trace);

/// A path through several nodes in words, in the current language.
class AcrossWords final
{
    Q_DECLARE_TR_FUNCTIONS(medic::packetpath::AcrossWords)

public:
    [[nodiscard]] static QString carrier(const std::string& carrier); ///< "VXLAN"; "directly"
    [[nodiscard]] static QString wire(const TraceStep& step); ///< "by VXLAN to node-2"
    /// Who gets it, by which nodes, and where it is lost: one sentence a way where they are few.
    [[nodiscard]] static QString inWords(const netfilter::PathQuery& query, const netfilter::ClusterTrace& trace, const Trace& joined);
    [[nodiscard]] static QString replyInWords(const netfilter::ClusterTrace& trace, const Trace& joined);

private:
    static QString way(const netfilter::ClusterBranch& branch);
};

} // namespace medic::packetpath
