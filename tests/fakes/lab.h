// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace medic::fakes {

/// A lab of tests/lab (nodes behind a jump host, apiserver double) of one's own: several tests may each have one at a time.
/// Up from construction to destruction; missing() says why there can be none.
class Lab final {
public:
    static QString missing()
    {
        if (geteuid() != 0)
            return QStringLiteral("the lab needs root: it makes network namespaces");
        for (const char* const tool : {"python3", "ip", "nsenter", "unshare", "ipset", "iptables-legacy", "iptables-legacy-restore", "nft", "curl", "cc", "openssl", "ssh-keygen", "mkfs.ext4"})
            if (QStandardPaths::findExecutable(QString::fromLatin1(tool)).isEmpty()
                && QStandardPaths::findExecutable(QString::fromLatin1(tool), {QStringLiteral("/usr/sbin"), QStringLiteral("/sbin")}).isEmpty())
                return QStringLiteral("the lab needs %1").arg(QString::fromLatin1(tool));
        if (!QFile::exists(QStringLiteral("/usr/sbin/sshd")))
            return QStringLiteral("the lab needs /usr/sbin/sshd");
        QProcess probe;
        probe.start(QStringLiteral("unshare"), {QStringLiteral("--net"), QStringLiteral("--mount"), QStringLiteral("--pid"), QStringLiteral("--fork"), QStringLiteral("true")});
        if (!probe.waitForFinished(10000) || probe.exitCode() != 0)
            return QStringLiteral("the lab needs namespaces, which this machine refuses");
        return {};
    }

    /// more: further words of `lab up`, as {"--mode", "iptables"}.
    explicit Lab(int nodes = 3, const QStringList& more = {})
    {
        for (m_id = 1; m_id < 99; ++m_id) {
            m_lock = open(qPrintable(QStringLiteral("/tmp/.medic-lab-%1.lock").arg(m_id)), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
            if (m_lock >= 0 && flock(m_lock, LOCK_EX | LOCK_NB) == 0)
                break;
            if (m_lock >= 0)
                close(m_lock);
            m_lock = -1;
        }
        const QStringList up = QStringList {QStringLiteral("up"), QStringLiteral("--nodes"), QString::number(nodes)} + more;
        // What a killed test left under this number is in the way once.
        m_up = m_lock >= 0 && (control(up) || (control({QStringLiteral("down")}) && control(up)));
        QFile hosts(file("hosts"));
        if (m_up && hosts.open(QIODevice::WriteOnly))
            for (int node = 1; node <= nodes; ++node)
                hosts.write("node-" + QByteArray::number(node) + '\n');
    }
    ~Lab()
    {
        control({QStringLiteral("down")});
        if (m_lock >= 0)
            close(m_lock);
    }
    Lab(const Lab&) = delete;
    Lab& operator=(const Lab&) = delete;

    [[nodiscard]] bool up() const { return m_up; }
    [[nodiscard]] QByteArray said() const { return m_said; } ///< by the lab's own command, last
    [[nodiscard]] QString file(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)); }
    bool incident(const char* name, const char* state = "on") { return control({QStringLiteral("incident"), QString::fromLatin1(name), QString::fromLatin1(state)}); }
    bool exec(const QString& node, const QStringList& words) { return control(QStringList {QStringLiteral("exec"), node} + words); }

    /// What leads medicctl to it. The nodes are named, so that they can be had without the apiserver too.
    [[nodiscard]] QStringList connection() const
    {
        return {QStringLiteral("--kubeconfig"), file("admin.conf"), QStringLiteral("--ssh-config"), file("ssh_config"), QStringLiteral("--nodes"), file("hosts")};
    }

private:
    bool control(const QStringList& words)
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("MEDIC_LAB_DIR"), m_folder.path());
        environment.insert(QStringLiteral("MEDIC_LAB_ID"), QString::number(m_id));
        environment.insert(QStringLiteral("PYTHONDONTWRITEBYTECODE"), QStringLiteral("1"));
        process.setProcessEnvironment(environment);
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.setStandardOutputFile(m_folder.filePath(QStringLiteral("lab.log"))); // what it starts keeps the stream open
        process.start(QStringLiteral(MEDIC_SOURCE_DIR "/tests/lab/lab"), words);
        const bool ended = process.waitForFinished(120000);
        QFile log(m_folder.filePath(QStringLiteral("lab.log")));
        m_said = log.open(QIODevice::ReadOnly) ? log.readAll() : QByteArray();
        return ended && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
    }

    QTemporaryDir m_folder;
    int m_id = 0, m_lock = -1;
    bool m_up = false;
    QByteArray m_said;
};

/// One run of medicctl.
struct Medicctl {
    int status = -1;
    QByteArray out, err;
    inline static QStringList within; ///< a command that runs it, as {"unshare", "--mount", …}; empty: directly

    explicit Medicctl(const QStringList& arguments, int seconds = 120)
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
        process.setProcessEnvironment(environment);
        const QStringList words = within + QStringList(QStringLiteral(MEDIC_BIN_DIR "/medicctl")) + arguments;
        process.start(words.first(), words.mid(1));
        process.closeWriteChannel();
        if (process.waitForFinished(seconds * 1000) && process.exitStatus() == QProcess::NormalExit)
            status = process.exitCode();
        out = process.readAllStandardOutput();
        err = process.readAllStandardError();
    }

    [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }

    /// "failure hostport.steals-service pod default/edge-ingress on node-2", sorted, of `check --format json`.
    [[nodiscard]] QStringList findings() const
    {
        QStringList result;
        for (const QJsonValue& one : json()[QLatin1String("findings")].toArray())
            result << one[QLatin1String("verdict")].toString() + u' ' + one[QLatin1String("id")].toString() + u' '
                    + one[QLatin1String("subject")][QLatin1String("text")].toString();
        result.sort();
        return result;
    }
    [[nodiscard]] QJsonObject finding(const char* id) const
    {
        for (const QJsonValue& one : json()[QLatin1String("findings")].toArray())
            if (one[QLatin1String("id")].toString() == QLatin1String(id))
                return one.toObject();
        return {};
    }
};

} // namespace medic::fakes
