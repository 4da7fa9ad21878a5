// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/baseline.h"
#include "diagnostics/checks/hostport.h"
#include "diagnostics/checks/suite.h"
#include "diagnostics/model/probe_ids.h"

namespace medic::checks {

const std::vector<Suite>& suites()
{
    namespace p = probe;
    static const std::vector<Suite> table {
        {"baseline",
         {p::osRelease, p::uname, p::cgroupFs, p::uptime, p::clock, p::chrony, p::loadavg, p::nproc, p::meminfo, p::pressure, p::df, p::dfInodes, p::mounts, p::ps, p::pidLimits, p::fileNr, "inotify",
          p::units, p::kubeletVersion, p::kubeletConfig, p::kubeletHealthz, p::kubeProxyHealthz, p::kubeProxyLivez, p::kubeProxyMode, p::kubeProxyVersion, p::manifests, p::certificates,
          p::dockerInfo, p::dockerPs, p::crictlPs, p::runtimeLatency, p::kubeletLog, p::kubeProxyLog, p::sysctl, p::modules, p::conntrackCount, p::ipNeigh, p::neighStats, p::ipLink, p::ipAddr,
          p::iptablesSave, p::cniConfig, p::ipvsadmSave, p::apiNodes, p::apiPods, p::apiLeases, p::apiConfigMaps},
         runBaseline},
        {"hostport",
         {p::ps, p::units, p::kubeProxyMode, p::kubeProxyVersion, p::ipAddr, p::iptablesSave, p::iptablesLegacySave, p::iptablesNftSave, p::nftRuleset, p::ipvsadmSave, p::ipsetSave,
          p::conntrackList, p::cniConfig, p::cniBin, p::cniVersions, p::apiPods, p::apiServices, p::apiNodes, p::apiConfigMaps},
         runHostPort},
    };
    return table;
}

} // namespace medic::checks
