// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

#include <string_view>

#include <unistd.h>

namespace medic::fakes {

/// The real Kubernetes node of tests/lab/real in the folder that MEDIC_REAL_CLUSTER names (tests/deep.sh builds and names it).
/// Up, with its workloads, from construction to destruction; one at a time on a machine.
class RealCluster final {
public:
    static QString missing()
    {
        if (base().isEmpty())
            return QStringLiteral("MEDIC_REAL_CLUSTER names no real cluster (./dev test --deep builds one)");
        return geteuid() == 0 ? QString() : QStringLiteral("the real cluster needs root");
    }

    /// Findings that are true of the machine that the node shares with whoever else works on it.
    static bool causedBelow(std::string_view id)
    {
        return id == "node.pressure" || id == "node.load-high" || id == "node.disk-full" || id == "node.memory-low" || id == "node.swap-on" || id.starts_with("local.") || id.starts_with("own.");
    }

    RealCluster()
    {
        QFile hosts(m_folder.filePath(QStringLiteral("hosts")));
        if (hosts.open(QIODevice::WriteOnly))
            hosts.write("node-1\n"); // with the apiserver gone, the nodes are known from here
        m_up = control({QStringLiteral("up")}) && control({QStringLiteral("workloads")});
    }
    ~RealCluster() { control({QStringLiteral("down")}); }
    RealCluster(const RealCluster&) = delete;
    RealCluster& operator=(const RealCluster&) = delete;

    [[nodiscard]] bool up() const { return m_up; }
    [[nodiscard]] QByteArray said() const { return m_said; } ///< by the cluster's own script, last
    [[nodiscard]] QString kubeconfig() const { return base() + QStringLiteral("/admin.conf"); }
    [[nodiscard]] QString sshConfig() const { return base() + QStringLiteral("/ssh/config"); }
    [[nodiscard]] QString hosts() const { return m_folder.filePath(QStringLiteral("hosts")); }
    bool incident(const char* name, const char* state) { return control({QStringLiteral("incident"), QString::fromLatin1(name), QString::fromLatin1(state)}); }
    /// Whatever a failed test left on.
    void endIncidents()
    {
        for (const char* const name : {"runtime-hung", "kube-proxy-dead", "service-lost", "apiserver-down"})
            (void)incident(name, "off");
    }
    bool exec(const QStringList& words) { return control(QStringList {QStringLiteral("exec")} + words); }

    /// kubectl as the administrator; what it printed, or nothing when it failed.
    [[nodiscard]] QByteArray kubectl(const QStringList& words) const
    {
        QProcess process;
        process.start(base() + QStringLiteral("/bin/kubectl"), QStringList {QStringLiteral("--kubeconfig"), kubeconfig()} + words);
        return process.waitForFinished(30000) && process.exitCode() == 0 ? process.readAllStandardOutput() : QByteArray();
    }
    /// "True KubeletReady kubelet is posting ready status"
    [[nodiscard]] QByteArray ready() const
    {
        return kubectl({QStringLiteral("get"), QStringLiteral("node"), QStringLiteral("node-1"), QStringLiteral("-o"),
                        QStringLiteral("jsonpath={range .status.conditions[?(@.type==\"Ready\")]}{.status} {.reason} {.message}{end}")});
    }

    [[nodiscard]] QStringList connection() const
    {
        return {QStringLiteral("--kubeconfig"), kubeconfig(), QStringLiteral("--ssh-config"), sshConfig(), QStringLiteral("--nodes"), hosts()};
    }

private:
    static QString base() { return qEnvironmentVariable("MEDIC_REAL_CLUSTER"); }

    bool control(const QStringList& words)
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.setStandardOutputFile(m_folder.filePath(QStringLiteral("cluster.log"))); // what it starts keeps the stream open
        process.start(QStringLiteral(MEDIC_SOURCE_DIR "/tests/lab/real/cluster.sh"), QStringList {words.first(), base()} + words.mid(1));
        const bool ended = process.waitForFinished(900000);
        QFile log(m_folder.filePath(QStringLiteral("cluster.log")));
        m_said = log.open(QIODevice::ReadOnly) ? log.readAll() : QByteArray();
        return ended && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
    }

    QTemporaryDir m_folder;
    bool m_up = false;
    QByteArray m_said;
};

} // namespace medic::fakes
