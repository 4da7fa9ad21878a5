// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/audit.h"

namespace medic::netfilter {

std::string_view auditVerdictName(AuditVerdict verdict)
{
    switch (verdict) {
    case AuditVerdict::Ok: return "ok";
    case AuditVerdict::Unknown: return "unknown";
    case AuditVerdict::WrongPolicy: return "wrong-policy";
    case AuditVerdict::WrongShare: return "wrong-share";
    case AuditVerdict::MissingEndpoint: return "missing-endpoint";
    case AuditVerdict::StaleEndpoint: return "stale-endpoint";
    case AuditVerdict::Extra: return "extra";
    case AuditVerdict::Unreachable: return "unreachable";
    case AuditVerdict::Missing: return "missing";
    case AuditVerdict::Stolen: return "stolen";
    }
    return "unknown";
}

bool isProblem(AuditVerdict verdict) { return verdict != AuditVerdict::Ok && verdict != AuditVerdict::Unknown; }

std::string_view frontendName(FrontendKind kind)
{
    switch (kind) {
    case FrontendKind::ClusterIp: return "cluster-ip";
    case FrontendKind::ExternalIp: return "external-ip";
    case FrontendKind::LoadBalancer: return "load-balancer";
    case FrontendKind::NodePort: return "node-port";
    }
    return {};
}

std::string_view clientName(ClientKind kind)
{
    switch (kind) {
    case ClientKind::Node: return "node";
    case ClientKind::Pod: return "pod";
    case ClientKind::Outside: return "outside";
    }
    return {};
}

} // namespace medic::netfilter
