// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/source.h"

#include "diagnostics/model/probe_ids.h"

namespace medic::collect {

namespace {

ProbeState stateFor(ErrorCode code, bool connected)
{
    switch (code) {
    case ErrorCode::Cancelled:
        return ProbeState::Cancelled;
    case ErrorCode::Timeout:
        return connected ? ProbeState::TimedOut : ProbeState::Unreachable;
    case ErrorCode::Forbidden:
    case ErrorCode::Unauthorized:
    case ErrorCode::PermissionDenied:
    case ErrorCode::SudoDenied:
    case ErrorCode::SudoPasswordNeeded:
        return connected ? ProbeState::NoPermission : ProbeState::Unreachable;
    case ErrorCode::NotFound:
    case ErrorCode::NotSupported:
        return connected ? ProbeState::NotApplicable : ProbeState::Unreachable;
    case ErrorCode::ToolMissing:
        return ProbeState::ToolMissing;
    case ErrorCode::ConnectionLost:
        return connected ? ProbeState::ConnectionLost : ProbeState::Unreachable;
    default:
        return connected ? ProbeState::Failed : ProbeState::Unreachable;
    }
}

std::vector<std::string> strings(std::initializer_list<std::string_view> ids) { return {ids.begin(), ids.end()}; }

} // namespace

const std::vector<std::string>& localProbes()
{
    using namespace probe;
    static const std::vector<std::string> ids
        = strings({hostname, osRelease, uname, uptime, clock, chrony, loadavg, nproc, meminfo, swaps, pressure, df, dfInodes, ss, ssSummary,
                   netstat, sysctl, resolvConf, hosts, ipRouteAll, conntrackCount, fileNr});
    return ids;
}

const std::vector<std::string>& clusterProbes()
{
    using namespace probe;
    static const std::vector<std::string> ids
        = strings({apiConnect, apiVersion, apiLivez, apiReadyz, apiNodes, apiPods, apiServices, apiEndpoints, apiEndpointSlices, apiEvents,
                   apiNamespaces, apiDaemonSets, apiDeployments, apiConfigMaps, apiLeases, apiNetworkPolicies,
                   apiMetrics, apiCertificateRequests});
    return ids;
}

const std::vector<std::string>& clusterNodeProbes()
{
    using namespace probe;
    static const std::vector<std::string> ids = strings({apiKubeletMetrics, apiKubeletConfigz, apiNodeStats});
    return ids;
}

Observation missing(const std::string& node, const std::string& probe, const Error& error, bool connected)
{
    Observation result;
    result.node = node;
    result.probe = probe;
    result.state = stateFor(error.code, connected);
    result.err = std::string(errorName(error.code));
    for (const std::string& part : {error.where, error.detail})
        if (!part.empty())
            result.err += ": " + part;
    result.err += "\n";
    result.start = std::chrono::system_clock::now();
    return result;
}

bool isWanted(ErrorCode code)
{
    return code == ErrorCode::HostKeyUnknown || code == ErrorCode::PassphraseNeeded || code == ErrorCode::PasswordNeeded
        || code == ErrorCode::SudoPasswordNeeded;
}

} // namespace medic::collect
