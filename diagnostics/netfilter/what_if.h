// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/model/trace.h"
#include "diagnostics/netfilter/audit.h"
#include "diagnostics/netfilter/node_state.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

/// What would be if …: changes of a node's rules, made in memory. Pure functions on copies; nothing is ever run. The
/// commands are shown for somebody to read.
namespace medic::netfilter {

/// One iptables rule by its place, as TraceStep names it.
struct RulePlace {
    bool v6 = false;
    std::string backend; ///< "legacy", "nft-compat"
    std::string table, chain;
    int rule = 0; ///< from 1; for InsertRule: before which (one more than there are: at the end)
};

struct DisableRule {
    RulePlace place;
};
struct MoveRule {
    RulePlace place;
    int to = 0; ///< its number afterwards
};
struct InsertRule {
    RulePlace place;
    std::string rule; ///< as iptables-save prints it, without "-A CHAIN": "-p tcp --dport 80 -j DROP"
};
struct EditRule {
    RulePlace place;
    std::string rule; ///< the whole new one, without "-A CHAIN"
};
struct SetSysctl {
    std::string name, value; ///< dotted name
};
/// As the portmap plugin would write it, behind kube-proxy's rules; into the backend that holds KUBE-SERVICES.
struct AddHostPort {
    std::string protocol = "tcp"; ///< tcp, udp, sctp
    std::uint16_t port = 0;
    std::string pod; ///< "10.244.0.12:8443"
};
/// Takes the hostPort's entry rule out of CNI-HOSTPORT-DNAT.
struct RemoveHostPort {
    std::string protocol = "tcp";
    std::uint16_t port = 0;
};
using Change = std::variant<DisableRule, MoveRule, InsertRule, EditRule, SetSysctl, AddHostPort, RemoveHostPort>;

struct Changed {
    NodeState state;
    std::vector<std::string> commands; ///< for a shell on the node, in order; every word from outside is quoted
};

/// One after the other; numbers of rules are those after the change before. An Error names the change that cannot be
/// made (no such rule, not a rule, rules not collected); then nothing is changed. Lines of a dump stay where they are
/// but behind an inserted rule.
[[nodiscard]] Result<Changed> applyChanges(const NodeState& state, const std::vector<Change>& changes);

/// How one outcome's share of the packets changed: "forwarded 10.244.0.3:8080".
struct OutcomeChange {
    std::string outcome;
    double before = 0, after = 0;
};
/// Only what differs, by outcome.
[[nodiscard]] std::vector<OutcomeChange> compareTraces(const Trace& before, const Trace& after);

struct VerdictChange {
    std::size_t service = 0, port = 0;
    AuditVerdict before = AuditVerdict::Unknown, after = AuditVerdict::Unknown;
};
/// Ports whose verdict differs, in the order of the Services. Both audits are of the same ClusterObjects.
[[nodiscard]] std::vector<VerdictChange> compareAudits(const NodeAudit& before, const NodeAudit& after);

} // namespace medic::netfilter
