// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/audit.h"

#include <string>
#include <vector>

namespace medic::netfilter {

/// The audit as docs/medicctl-json.md describes it ("cluster-medic-audit", version 1). Bytes that are no UTF-8 are
/// replaced. `exitStatus` is what medicctl returns.
[[nodiscard]] std::string auditJson(const ServiceAudit& audit, const std::vector<NodeAudit>& nodes, int exitStatus);

} // namespace medic::netfilter
