// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/sink.h"
#include "diagnostics/parse/podnet.h"

/// What the servers of names answer, as the Pods of a node see them (probe dns-matrix), and CoreDNS's own
/// counters.
namespace medic::checks {

[[nodiscard]] const Fact<std::vector<parse::DnsAnswer>>& dnsAnswers(
    const Snapshot& snapshot, std::string_view node);

/// "namespace/name" of a Pod; the UID where the list of Pods does not have it.
[[nodiscard]] std::string podByUid(const Snapshot& snapshot, const std::string& uid);

void checkDnsMatrix(Sink& sink, const std::string& node);
void checkDnsMetrics(Sink& sink, const std::string& node);

} // namespace medic::checks
