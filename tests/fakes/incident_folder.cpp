// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fakes/incident_folder.h"

#include "diagnostics/model/probe_ids.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>

namespace medic::fakes {

namespace fs = std::filesystem;

namespace {

const std::map<std::string, std::string_view>& nodeFiles()
{
    static const std::map<std::string, std::string_view> files {
        {"os-release", probe::osRelease}, {"uname", probe::uname}, {"uptime", probe::uptime}, {"clock", probe::clock},
        {"hostname", probe::hostname}, {"chrony", probe::chrony}, {"loadavg", probe::loadavg}, {"nproc", probe::nproc},
        {"meminfo", probe::meminfo}, {"swaps", probe::swaps}, {"pressure", probe::pressure}, {"df.txt", probe::df},
        {"df-i.txt", probe::dfInodes}, {"mounts", probe::mounts}, {"ps.txt", probe::ps}, {"file-nr", probe::fileNr},
        {"pid-limits", probe::pidLimits}, {"vmstat", probe::vmstat}, {"units.txt", probe::units},
        {"kubelet-version", probe::kubeletVersion}, {"kubelet-config", probe::kubeletConfig},
        {"kubelet-flags", probe::kubeletFlags}, {"kubelet-healthz", probe::kubeletHealthz},
        {"kubeproxy-healthz", probe::kubeProxyHealthz}, {"kubeproxy-mode", probe::kubeProxyMode},
        {"kubeproxy-metrics.txt", probe::kubeProxyMetrics}, {"kubeproxy-version", probe::kubeProxyVersion},
        {"manifests", probe::manifests}, {"etcd-metrics.txt", probe::etcdMetrics}, {"certs.txt", probe::certificates},
        {"crictl-ps.json", probe::crictlPs}, {"crictl-pods.json", probe::crictlPods}, {"docker-ps.txt", probe::dockerPs},
        {"docker-images.txt", probe::dockerImages}, {"docker-info.txt", probe::dockerInfo},
        {"docker-ps-latency", probe::runtimeLatency}, {"runtime-version", probe::runtimeVersion},
        {"kubelet.log", probe::kubeletLog}, {"dockerd.log", probe::runtimeLog}, {"kube-proxy.log", probe::kubeProxyLog},
        {"apiserver.log", probe::apiserverLog}, {"etcd.log", probe::etcdLog}, {"kernel.log", probe::kernelLog}, {"coredns.log", probe::corednsLog},
        {"ss.txt", probe::ss}, {"ss-summary.txt", probe::ssSummary}, {"ip-addr.json", probe::ipAddr},
        {"ip-link.json", probe::ipLink}, {"ip-route-all.json", probe::ipRouteAll}, {"ip-rule.json", probe::ipRule},
        {"ip-neigh.json", probe::ipNeigh}, {"bridge-link.json", probe::bridgeLink},
        {"iptables-save.txt", probe::iptablesSave}, {"iptables-legacy-save.txt", probe::iptablesLegacySave},
        {"iptables-nft-save.txt", probe::iptablesNftSave}, {"ip6tables-save.txt", probe::ip6tablesSave},
        {"nft-ruleset.json", probe::nftRuleset}, {"ipset-save.txt", probe::ipsetSave},
        {"ipvsadm-Sn.txt", probe::ipvsadmSave}, {"ipvsadm-stats.txt", probe::ipvsadmStats},
        {"ipvsadm-Lcn.txt", probe::ipvsadmConnections}, {"conntrack-S.txt", probe::conntrackStats},
        {"conntrack-count", probe::conntrackCount}, {"conntrack-L.txt", probe::conntrackList},
        {"sysctl.txt", probe::sysctl}, {"modules", probe::modules}, {"tc-qdisc.json", probe::tcQdisc},
        {"tc-filter.txt", probe::tcFilter}, {"resolv.conf", probe::resolvConf}, {"hosts", probe::hosts},
        {"cni-conf", probe::cniConfig}, {"cni-bin", probe::cniBin}, {"cni-bandwidth-version", probe::cniVersions},
        {"cni-networks", probe::cniNetworks}};
    return files;
}

const std::map<std::string, std::string_view>& apiFiles()
{
    static const std::map<std::string, std::string_view> files {
        {"version.json", probe::apiVersion}, {"livez.txt", probe::apiLivez}, {"readyz.txt", probe::apiReadyz},
        {"nodes.json", probe::apiNodes}, {"pods.json", probe::apiPods}, {"services.json", probe::apiServices},
        {"endpoints.json", probe::apiEndpoints}, {"endpointslices.json", probe::apiEndpointSlices},
        {"events.json", probe::apiEvents}, {"namespaces.json", probe::apiNamespaces},
        {"daemonsets.json", probe::apiDaemonSets}, {"deployments.json", probe::apiDeployments},
        {"configmaps.json", probe::apiConfigMaps}, {"leases.json", probe::apiLeases},
        {"networkpolicies.json", probe::apiNetworkPolicies}, {"kubelet-metrics.txt", probe::apiKubeletMetrics},
        {"kubelet-configz.json", probe::apiKubeletConfigz}, {"node-stats.json", probe::apiNodeStats}};
    return files;
}

std::string readAll(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::string unameName(const fs::path& folder)
{
    std::istringstream in(readAll(fs::exists(folder / "node" / "uname") ? folder / "node" / "uname" : folder / "uname"));
    std::string system, name;
    in >> system >> name;
    return name.empty() ? std::string("node-1") : name;
}

class Reader {
public:
    Reader(std::string node, TimePoint at) : m_node(std::move(node)), m_at(at) { }

    void folder(const fs::path& path, bool api)
    {
        std::set<std::string> names;
        for (const auto& entry : fs::directory_iterator(path)) {
            std::string name = entry.path().filename().string();
            for (const char* suffix : {".rc", ".err"})
                if (name.ends_with(suffix))
                    name.resize(name.size() - std::string(suffix).size());
            if (entry.is_regular_file())
                names.insert(name);
        }
        for (const std::string& name : names)
            one(path, name, api);
    }

    std::vector<Observation> take() { return std::move(m_observations); }

    void connected()
    {
        add({.node = m_node, .probe = std::string(probe::connect), .command = "ssh " + m_node, .exitStatus = 0});
    }

private:
    void one(const fs::path& path, const std::string& name, bool api)
    {
        const bool flatApi = !api && name.starts_with("api-");
        const std::string id = probeOfFile(flatApi ? name.substr(4) : name, api || flatApi);
        if (id.empty())
            return;
        Observation made;
        const bool perNode = id == probe::apiKubeletMetrics || id == probe::apiKubeletConfigz || id == probe::apiNodeStats;
        made.node = (api || flatApi) && !perNode ? std::string() : m_node;
        made.probe = id;
        made.command = api || flatApi ? "GET " + name : "cat recorded/" + name;
        made.out = readAll(path / name);
        made.err = readAll(path / (name + ".err"));
        const std::string status = readAll(path / (name + ".rc"));
        made.exitStatus = status.empty() ? 0 : std::atoi(status.c_str());
        if (made.exitStatus == 124) {
            made.state = ProbeState::TimedOut;
            made.exitStatus = -1;
        } else if (made.exitStatus == 127) {
            made.state = ProbeState::ToolMissing;
        }
        add(std::move(made));
    }

    void add(Observation made)
    {
        made.start = m_at;
        made.duration = std::chrono::milliseconds(5 + made.out.size() / 4096);
        m_observations.push_back(std::move(made));
    }

    std::string m_node;
    TimePoint m_at;
    std::vector<Observation> m_observations;
};

void append(std::vector<Observation>& all, std::vector<Observation> more)
{
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

} // namespace

std::string probeOfFile(const std::string& fileName, bool api)
{
    const auto& files = api ? apiFiles() : nodeFiles();
    const auto found = files.find(fileName);
    return found == files.end() ? std::string() : std::string(found->second);
}

std::vector<Observation> readIncidentFolder(const fs::path& folder, const std::string& node, TimePoint at)
{
    std::vector<Observation> all;
    if (!fs::is_directory(folder))
        return all;
    bool several = false;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (!entry.is_directory() || !fs::is_directory(entry.path() / "node"))
            continue;
        several = true;
        Reader reader(entry.path().filename().string(), at);
        reader.connected();
        reader.folder(entry.path() / "node", false);
        append(all, reader.take());
    }
    Reader reader(node.empty() ? unameName(folder) : node, at);
    if (fs::is_directory(folder / "node")) {
        reader.connected();
        reader.folder(folder / "node", false);
    } else if (!several) {
        reader.connected();
        reader.folder(folder, false);
    }
    if (fs::is_directory(folder / "api"))
        reader.folder(folder / "api", true);
    append(all, reader.take());
    return all;
}

Snapshot snapshotOf(const std::vector<Observation>& observations)
{
    Snapshot snapshot;
    std::uint64_t id = 0;
    for (Observation one : observations) {
        one.id = ++id;
        snapshot.add(std::make_shared<const Observation>(std::move(one)));
    }
    return snapshot;
}

} // namespace medic::fakes
