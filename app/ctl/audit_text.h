// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/audit.h"

#include <QString>

#include <vector>

namespace medic::ctl {

/// The audit for people at a terminal: a matrix of Services × nodes where there are several nodes, then what is wrong
/// on each, with the rule that does it. Everything from the cluster is made harmless.
[[nodiscard]] QString auditText(const netfilter::ServiceAudit& audit, const std::vector<netfilter::NodeAudit>& nodes);

/// "stale endpoint", "过期的后端"
[[nodiscard]] QString auditVerdictWords(netfilter::AuditVerdict verdict);

} // namespace medic::ctl
