// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/version_rules.h"

#include <algorithm>
#include <array>

namespace medic::checks {

const std::vector<VersionRule>& versionRules()
{
    static const std::vector<VersionRule> table {
        // 1.1 Bandwidth. B1–B3 hold for kubelets that call CNI themselves (dockershim) only.
        {"bandwidth-burst-zero", Component::Kubelet, "1.11.0", "1.13.0", "kubernetes#70014, PR 70149"},
        {"bandwidth-divided-by-1000", Component::Kubelet, "1.11.0", "1.15.0", "kubernetes PR 75442, vendored 1.13/1.14 against 1.15.3"},
        {"bandwidth-endless-burst", Component::Kubelet, "1.13.0", "", "kubernetes#90838 (PRs 87660 and 90839 closed)"},
        {"bandwidth-burst-in-bytes", Component::CniPlugins, "", "0.8.0", "containernetworking/plugins 75711691"},
        {"bandwidth-overflow", Component::CniPlugins, "0.8.0", "0.8.3", "plugins v0.8.1–v0.8.3: uint64 rates, ifb names"},
        {"bandwidth-no-plugin", Component::CniPlugins, "", "0.8.0", "the bandwidth binary exists from plugins v0.8.0"},
        {"bandwidth-check-crash", Component::CniPlugins, "", "1.9.1", "plugins v1.9.1: CHECK without configuration"},
        // 1.5 hostPort
        {"portmap-prepends", Component::CniPlugins, "", "0.7.5", "CVE-2019-9946, plugins PR 269"},
        {"portmap-nftables-any-address", Component::CniPlugins, "1.6.0", "1.9.0", "CVE-2025-67499, GHSA-jv3w-x3r3-g6rm"},
        {"proxy-no-cluster-ip-accept", Component::KubeProxy, "", "1.11.0", "kubernetes PR 62718"},
        {"ipvs-netlink-deadlock", Component::KubeProxy, "", "1.14.0", "kubernetes#71071, PR 72361 (back-ports not established)"},
        {"ipvs-deprecated", Component::KubeProxy, "1.35.0", "", "kubernetes 1.35: event IPVSDeprecation"},
        {"proxy-random-fully", Component::KubeProxy, "1.16.0", "", "kube-proxy uses --random-fully where supported"},
        {"proxy-livez", Component::KubeProxy, "1.28.0", "", "kube-proxy :10256/livez"},
        // Nodes
        {"static-pod-evictable", Component::Kubelet, "", "1.16.0", "kubelet 1.15 against 1.17: IsCriticalPod"},
        {"kubelet-http2-stuck", Component::Kubelet, "1.14.0", "1.20.0", "kubernetes#87615, 92164: use of closed network connection"},
        {"kubelet-refuses-cgroup-v1", Component::Kubelet, "1.35.0", "", "failCgroupV1 is true by default from 1.35"},
        {"dockershim-removed", Component::Kubelet, "1.24.0", "", "KEP-2221"},
        {"grace-40s", Component::Kubelet, "", "1.31.14", "--node-monitor-grace-period 40 s, later 50 s"},
        {"docker-inspect-hangs", Component::Docker, "20.10.19", "20.10.20", "moby#44300"},
        // Kernel
        {"conn-reuse-drops-syn", Component::Kernel, "", "5.9.0", "kernel 5.9: f0a5e4d7a594; kubernetes PR 102122"},
        {"conntrack-dns-race", Component::Kernel, "", "5.0.0", "kernel 4.19 ed07d9a021df and 5.0; kubernetes#56903"},
        {"tcp-tw-recycle", Component::Kernel, "", "4.12.0", "kernel 4.12 removed tcp_tw_recycle"},
        {"no-psi", Component::Kernel, "", "4.20.0", "kernel 4.20 brought /proc/pressure"},
        {"somaxconn-128", Component::Kernel, "", "5.4.0", "kernel 5.4: SOMAXCONN 4096"},
        // CoreDNS
        {"coredns-proxy-plugin-gone", Component::CoreDns, "1.5.0", "", "CoreDNS 1.5.0 removed the proxy plugin"},
        {"coredns-upstream-gone", Component::CoreDns, "1.7.0", "", "CoreDNS 1.7.0 removed 'upstream' of kubernetes"},
    };
    return table;
}

const VersionRule& versionRule(std::string_view id)
{
    const auto& all = versionRules();
    const auto found = std::find_if(all.begin(), all.end(), [&](const VersionRule& rule) { return rule.id == id; });
    static const VersionRule none {"none", Component::Kernel, "999.0.0", "", ""};
    return found == all.end() ? none : *found;
}

Applies applies(const VersionRule& rule, const std::optional<parse::Version>& version)
{
    if (!version)
        return Applies::Unknown;
    if (!rule.from.empty() && *version < *parse::version(rule.from))
        return Applies::No;
    if (!rule.fixed.empty() && *version >= *parse::version(rule.fixed))
        return Applies::No;
    // A distributor's kernel keeps its number and takes fixes from later ones: only "still has the defect" is in doubt.
    if (rule.component == Component::Kernel && !rule.fixed.empty() && parse::vendorKernel(*version))
        return Applies::Perhaps;
    return Applies::Yes;
}

Applies applies(std::string_view rule, const std::optional<parse::Version>& version)
{
    return applies(versionRule(rule), version);
}

Confidence weakened(Confidence confidence, Applies applied)
{
    if (applied == Applies::Yes)
        return confidence;
    return confidence == Confidence::Confirmed ? Confidence::Likely : Confidence::Possible;
}

} // namespace medic::checks
