// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/suite.h"
#include "diagnostics/model/catalogue.h"
#include "diagnostics/model/probe_ids.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QString>

#include <algorithm>
#include <iostream>

/// Snapshots for tests of the suites: made of recorded command outputs, or written by hand.
namespace medic::test {

inline const TimePoint recordedAt = TimePoint(std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::minutes(8 * 60 + 31));

class Recording {
public:
    Snapshot snapshot;
    TimePoint now = recordedAt;

    void put(std::string node, std::string_view probe, std::string out, int exitStatus = 0, ProbeState state = ProbeState::Complete, std::string err = {})
    {
        auto one = std::make_shared<Observation>();
        one->node = std::move(node);
        one->probe = probe;
        one->out = std::move(out);
        one->err = std::move(err);
        one->exitStatus = state == ProbeState::Complete ? exitStatus : -1;
        one->state = state;
        one->start = now;
        one->command = "recorded";
        snapshot.add(std::move(one));
    }

    void drop(const std::string& node, std::string_view probe)
    {
        Snapshot other;
        for (const ObservationPtr& one : snapshot.all())
            if (one->node != node || one->probe != probe)
                other.add(one);
        snapshot = std::move(other);
    }

    [[nodiscard]] checks::CheckReport run(const std::vector<std::string>& suites = {}) const
    {
        return checks::runSuites(checks::CheckInput {snapshot, nullptr, now, {}}, suites);
    }

    /// The files of one recording of ../shared/data/real-node-1.20 under the probes' names; false when it is not there.
    bool load(const QString& name)
    {
        const QString base = QStringLiteral(MEDIC_SOURCE_DIR "/../shared/data/real-node-1.20/") + name;
        if (!QDir(base).exists())
            return false;
        const QString folder = QDir(base + QStringLiteral("/node")).exists() ? base + QStringLiteral("/node/") : base + QLatin1Char('/');
        put("node-1", probe::connect, "");
        struct File {
            const char* file;
            std::string_view probe;
        };
        for (const File& one : {File {"df.txt", probe::df}, File {"df-i.txt", probe::dfInodes}, File {"meminfo", probe::meminfo},
                                File {"loadavg", probe::loadavg}, File {"pressure", probe::pressure}, File {"os-release", probe::osRelease},
                                File {"uname", probe::uname}, File {"resolv.conf", probe::resolvConf}, File {"hosts", probe::hosts},
                                File {"ps.txt", probe::ps}, File {"ss.txt", probe::ss}, File {"certs.txt", probe::certificates},
                                File {"cni-bandwidth-version", probe::cniVersions}, File {"cni-bin", probe::cniBin}, File {"cni-conf", probe::cniConfig},
                                File {"docker-images.txt", probe::dockerImages}, File {"docker-info.txt", probe::dockerInfo},
                                File {"docker-ps.txt", probe::dockerPs}, File {"conntrack-S.txt", probe::conntrackStats},
                                File {"conntrack-L.txt", probe::conntrackList}, File {"kubelet-healthz", probe::kubeletHealthz},
                                File {"kubeproxy-healthz", probe::kubeProxyHealthz}, File {"kubeproxy-metrics.txt", probe::kubeProxyMetrics},
                                File {"kubeproxy-mode", probe::kubeProxyMode}, File {"tc-qdisc.json", probe::tcQdisc}, File {"tc-filter.txt", probe::tcFilter},
                                File {"ip-addr.json", probe::ipAddr}, File {"ip-link.json", probe::ipLink}, File {"ip-neigh.json", probe::ipNeigh},
                                File {"ip-route-all.json", probe::ipRouteAll}, File {"ip-rule.json", probe::ipRule}, File {"sysctl.txt", probe::sysctl},
                                File {"iptables-save.txt", probe::iptablesSave}, File {"iptables-legacy-save.txt", probe::iptablesLegacySave},
                                File {"nft-ruleset.json", probe::nftRuleset}, File {"ipset-save.txt", probe::ipsetSave},
                                File {"ipvsadm-Sn.txt", probe::ipvsadmSave}, File {"etcd-metrics.txt", probe::etcdMetrics}, File {"etcd.log", probe::etcdLog},
                                File {"kubelet.log", probe::kubeletLog}, File {"kube-proxy.log", probe::kubeProxyLog}, File {"dockerd.log", probe::runtimeLog},
                                File {"apiserver.log", probe::apiserverLog}, File {"cni-networks", probe::cniNetworks}, File {"kernel.txt", "kernel-recorded"}})
            putFile("node-1", one.probe, folder + QLatin1String(one.file));
        const QString api = QDir(base + QStringLiteral("/api")).exists() ? base + QStringLiteral("/api/") : base + QStringLiteral("/api-");
        for (const File& one : {File {"version.json", probe::apiVersion}, File {"livez.txt", probe::apiLivez}, File {"readyz.txt", probe::apiReadyz},
                                File {"nodes.json", probe::apiNodes}, File {"pods.json", probe::apiPods}, File {"services.json", probe::apiServices},
                                File {"endpoints.json", probe::apiEndpoints}, File {"endpointslices.json", probe::apiEndpointSlices},
                                File {"events.json", probe::apiEvents}, File {"configmaps.json", probe::apiConfigMaps}, File {"leases.json", probe::apiLeases},
                                File {"daemonsets.json", probe::apiDaemonSets}, File {"networkpolicies.json", probe::apiNetworkPolicies}})
            putFile("", one.probe, api + QLatin1String(one.file));
        return true;
    }

private:
    static std::string bytes(const QString& path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
    }

    void putFile(const std::string& node, std::string_view probe, const QString& path)
    {
        if (!QFileInfo::exists(path)) {
            if (QFileInfo::exists(path + QStringLiteral(".rc")))
                put(node, probe, "", std::stoi(bytes(path + QStringLiteral(".rc"))));
            return;
        }
        const std::string status = bytes(path + QStringLiteral(".rc"));
        put(node, probe, bytes(path), status.empty() ? 0 : std::stoi(status));
    }
};

inline std::vector<Finding> withId(const checks::CheckReport& report, std::string_view id)
{
    std::vector<Finding> result;
    for (const Finding& one : report.findings)
        if (one.id() == id)
            result.push_back(one);
    return result;
}

inline bool has(const checks::CheckReport& report, std::string_view id) { return !withId(report, id).empty(); }

/// Prints what was found; for a failing test's reader.
inline void show(const checks::CheckReport& report)
{
    for (const Finding& one : report.findings) {
        std::cerr << verdictName(one.verdict()) << ' ' << confidenceName(one.confidence()) << ' ' << one.id() << " | " << one.subject().text();
        for (const auto& [key, value] : one.parameters())
            std::cerr << " | " << key << '=' << value.substr(0, 90);
        std::cerr << '\n';
    }
    for (const std::string& defect : report.defects)
        std::cerr << "DEFECT " << defect << '\n';
}

/// What every finding must be: in the catalogue, with the parameters that its texts use, with lines that exist.
inline QString flaw(const checks::CheckReport& report, const Catalogue& catalogue)
{
    if (!report.defects.empty())
        return QString::fromStdString(report.defects.front());
    for (const Finding& one : report.findings) {
        const KnowledgeEntry* const entry = catalogue.find(one.id());
        if (entry == nullptr)
            return QString::fromStdString(one.id() + " is not in the catalogue");
        for (const std::string& name : entry->parameters)
            if (!one.parameters().contains(name))
                return QString::fromStdString(one.id() + " lacks the parameter " + name);
        for (const Evidence& evidence : one.evidence()) {
            const std::string& text = evidence.inErr ? evidence.observation->err : evidence.observation->out;
            const auto count = std::count(text.begin(), text.end(), '\n') + 1;
            for (const int line : evidence.lines)
                if (line < 1 || line > count)
                    return QString::fromStdString(one.id() + " names line " + std::to_string(line) + " of " + evidence.observation->probe);
        }
    }
    return {};
}

} // namespace medic::test
