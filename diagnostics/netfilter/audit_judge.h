// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/audit_index.h"
#include "diagnostics/netfilter/trace_run.h"

/// Inside of ServiceAudit: what the branches of one trace mean for the Service that was asked.
namespace medic::netfilter {

struct AuditQuestion {
    const PacketTracer& tracer;
    const ServiceAudit::Index& index;
    std::size_t service = 0, port = 0;
    Expectation expectation;
    IpAddress address; ///< asked
    std::uint16_t asked = 0;
    bool mustNotReach = false; ///< a client outside of loadBalancerSourceRanges
    bool cutOff = false; ///< the rules' dump is: what is not in it may be on the node
    std::string blind; ///< why a missing translation proves nothing (rules that are not followed); empty: it does
};

/// Fills in the frontend's problems, endpoints and verdict.
void judgeFrontend(const AuditQuestion& question, const std::vector<TraceEnd>& ends, AuditFrontend& frontend);

/// Who wrote the rule of a step, and the rule.
[[nodiscard]] RuleReference referenceTo(const TraceStep& step, const Owners& owners);
[[nodiscard]] bool writtenByKubeProxy(const RuleReference& rule);
/// "10.244.0.3:8080", "[fd00::3]:8080"
[[nodiscard]] std::string endpointName(const IpAddress& address, std::uint16_t port);

} // namespace medic::netfilter
