// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/baseline.h"
#include "diagnostics/checks/families.h"
#include "diagnostics/checks/hostport.h"
#include "diagnostics/checks/suite.h"
#include "diagnostics/model/pod_probe_ids.h"
#include "diagnostics/model/probe_ids.h"

namespace medic::checks {

bool onRequestOnly(std::string_view suite) { return suite == "own-machine"; }

const std::vector<Suite>& suites()
{
    namespace p = probe;
    static const std::vector<Suite> table {
        {"baseline",
         {p::osRelease, p::uname, p::cgroupFs, p::uptime, p::clock, p::chrony, p::loadavg, p::nproc, p::meminfo, p::pressure, p::df, p::dfInodes, p::mounts, p::ps, p::pidLimits, p::fileNr, p::inotify,
          p::units, p::kubeletVersion, p::kubeletConfig, p::kubeletHealthz, p::kubeProxyHealthz, p::kubeProxyLivez, p::kubeProxyMode, p::kubeProxyVersion, p::manifests, p::certificates,
          p::dockerInfo, p::dockerPs, p::crictlPs, p::runtimeLatency, p::kubeletLog, p::kubeProxyLog, p::sysctl, p::modules, p::conntrackCount, p::ipNeigh, p::neighStats, p::ipLink, p::ipAddr,
          p::iptablesSave, p::cniConfig, p::ipvsadmSave, p::apiNodes, p::apiPods, p::apiLeases, p::apiConfigMaps},
         runBaseline},
        {"hostport",
         {p::ps, p::units, p::kubeProxyMode, p::kubeProxyVersion, p::ipAddr, p::iptablesSave, p::iptablesLegacySave, p::iptablesNftSave, p::nftRuleset, p::ipvsadmSave, p::ipsetSave,
          p::conntrackList, p::servicePath, p::cniConfig, p::cniBin, p::cniVersions, p::apiPods, p::apiServices, p::apiNodes, p::apiConfigMaps},
         runHostPort},
        {"pleg",
         {p::kubeletLog, p::ps, p::units, p::runtimeLatency, p::runtimeInspect, p::dockerPs, p::dockerInfo, p::crictlPs, p::kernelLog, p::pressure,
          p::apiNodes, p::apiKubeletMetrics},
         runPleg},
        {"service-reach",
         {p::ps, p::units, p::kubeProxyHealthz, p::kubeProxyLivez, p::kubeProxyMode, p::kubeProxyMetrics, p::kubeProxyLog, p::iptablesSave,
          p::iptablesLegacySave, p::iptablesNftSave, p::nftRuleset, p::ipvsadmSave, p::ipAddr, p::ipLink, p::sysctl, p::modules, p::conntrackList,
          p::cniConfig, p::cniNetworks, p::servicePath, p::dnsMatrix, p::apiServices, p::apiEndpoints, p::apiEndpointSlices, p::apiPods, p::apiNodes, p::apiConfigMaps},
         runServiceReach},
        {"apiserver-down",
         {p::ss, p::ps, p::units, p::apiserverPort, p::manifests, p::crictlPs, p::dockerPs, p::crictlImages, p::dockerImages, p::ctrImages, p::gcEvidence,
          p::kubeletLog, p::runtimeLog, p::apiserverLog, p::df, p::dfInodes, p::mounts, p::dockerInfo, p::osRelease, p::elasticsearch, p::registry,
          p::dnsServer, p::imageRegistry, p::kubeletVersion},
         runApiserverDown},
        {"dns",
         {p::dnsMatrix, p::corednsMetrics, p::resolvConf, p::kubeletConfig, p::ps, p::sysctl, p::modules, p::ipLink, p::cniConfig, p::corednsLog, p::apiServices, p::apiPods,
          p::apiEndpoints, p::apiEndpointSlices, p::apiConfigMaps, p::apiEvents},
         runDns},
        {"bandwidth", {p::tcQdisc, p::tcFilter, p::podNetworks, p::ipLink, p::ipAddr, p::ipRouteAll, p::kernelSupport, p::cniConfig, p::cniBin, p::cniVersions, p::kubeletVersion, p::ps, p::apiPods, p::apiNodes, p::apiEvents}, runBandwidth},
        {"etcd", {p::etcdMetrics, p::etcdHealth, p::etcdLog}, runEtcd},
        {"network",
         {p::conntrackStats, p::sysctl, p::uname, p::kubeProxyMode, p::kubeProxyVersion, p::ipAddr, p::ipLink, p::cniConfig, p::cniBin, p::cniNetworks,
          p::ss, p::netstat, p::backlogs, p::iptablesSave, p::iptablesLegacySave, p::iptablesNftSave, p::units, p::kubeletLog, p::runtimeLog, p::apiPods, p::apiNodes, p::apiEvents},
         runNetwork},
        {"rules",
         {p::iptablesSave, p::iptablesLegacySave, p::iptablesNftSave, p::ip6tablesSave, p::ip6tablesLegacySave, p::ip6tablesNftSave, p::nftRuleset,
          p::ipsetSave},
         runRules},
        {"pods", {p::apiPods, p::apiEvents, p::apiNodes, p::apiNamespaces, p::kubeletLog}, runPods},
        {"services", {p::apiServices, p::apiEndpoints, p::apiEndpointSlices, p::apiPods, p::apiNodes}, runServices},
        {"control-plane",
         {p::apiReadyz, p::apiLivez, p::apiVersion, p::apiEvents, p::apiMetrics, p::apiCertificateRequests, p::ss, p::ps, p::units, p::kubeletLog, p::apiserverLog, p::manifests, p::apiNodes},
         runControlPlane},
        {"policies", {p::apiNetworkPolicies, p::apiNamespaces, p::apiPods, p::apiServices, p::apiEndpoints, p::apiEndpointSlices, p::cniConfig, p::ps}, runPolicies},
        {"own-machine", {p::meminfo, p::pressure, p::loadavg, p::nproc, p::df, p::ss, p::sysctl}, runOwnMachine},
        {"kernel", {p::kernelLog, p::cgroups, p::buddyinfo, p::uname}, runKernel},
    };
    return table;
}

} // namespace medic::checks
