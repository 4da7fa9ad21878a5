// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/transport/profile.h"
#include "diagnostics/transport/ssh_config.h"

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>
#include <QTest>

#include <arpa/inet.h>
#include <csignal>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace medic::fakes {

/// Runs a program to its end; its output, both streams.
inline QByteArray runProgram(const QString& program, const QStringList& arguments, const QByteArray& input = {})
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    process.write(input);
    process.closeWriteChannel();
    process.waitForFinished(60000);
    return process.readAll();
}

inline void writeFile(const QString& path, const QByteArray& text)
{
    QFile file(path);
    QVERIFY2(file.open(QIODevice::WriteOnly | QIODevice::Truncate), qPrintable(path));
    file.write(text);
}

inline QByteArray readFile(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// A port that nobody has right now.
inline std::uint16_t freePort()
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    socklen_t length = sizeof address;
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
    close(fd);
    return ntohs(address.sin_port);
}

inline bool answers(std::uint16_t port)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const bool ok = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    return ok;
}

/// A real sshd on a loopback port of its own, run by whoever runs the test, with its own host keys, authorized_keys,
/// known_hosts and client configuration in a temporary folder.
class RealSshd final {
public:
    /// Why there can be no sshd here; empty: there can.
    static QString missing()
    {
        if (!QFile::exists(QStringLiteral("/usr/sbin/sshd")))
            return QStringLiteral("no /usr/sbin/sshd on this machine");
        if (!QFile::exists(QStringLiteral("/usr/bin/ssh-keygen")))
            return QStringLiteral("no ssh-keygen on this machine");
        return {};
    }

    explicit RealSshd(const QByteArray& extraConfig = {}, const QStringList& hostKeyTypes = {QStringLiteral("ed25519")})
    {
        if (getuid() == 0)
            mkdir("/run/sshd", 0755);
        chmod(qPrintable(m_folder.path()), 0711); // a temporary user must reach authorized_keys
        for (const QString& type : hostKeyTypes)
            makeKey(QStringLiteral("host_") + type, type);
        makeKey(QStringLiteral("id"), QStringLiteral("ed25519"));
        authorize(QStringLiteral("id"));
        m_config = extraConfig;
        m_hostKeyTypes = hostKeyTypes;
        start();
    }
    ~RealSshd() { stop(); }

    QString file(const QString& name) const { return m_folder.filePath(name); }
    std::string path(const char* name) const { return file(QString::fromLatin1(name)).toStdString(); }
    std::uint16_t port() const { return m_port; }
    bool running() const { return m_process.state() == QProcess::Running; }
    QByteArray log() { return m_process.readAllStandardError(); }

    void makeKey(const QString& name, const QString& type, const QString& passphrase = {}, const QStringList& more = {})
    {
        QFile::remove(file(name));
        runProgram(QStringLiteral("ssh-keygen"),
                   QStringList {QStringLiteral("-q"), QStringLiteral("-t"), type, QStringLiteral("-N"), passphrase, QStringLiteral("-f"), file(name)} + more);
    }
    void authorize(const QString& name)
    {
        QFile keys(file(QStringLiteral("authorized_keys")));
        QVERIFY(keys.open(QIODevice::Append));
        keys.write(readFile(file(name) + QStringLiteral(".pub")));
        keys.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup | QFile::ReadOther);
    }

    /// One line of known_hosts for this server, under `name` (default: [127.0.0.1]:port).
    QByteArray knownHostsLine(QByteArray name = {}, const QString& type = QStringLiteral("ed25519")) const
    {
        if (name.isEmpty())
            name = "[127.0.0.1]:" + QByteArray::number(m_port);
        const QList<QByteArray> words = readFile(file(QStringLiteral("host_") + type + QStringLiteral(".pub"))).split(' ');
        return name + ' ' + words.value(0) + ' ' + words.value(1).trimmed() + '\n';
    }

    /// Settings with which a connection works: key, known_hosts, no configuration file of the person who runs the test.
    SshSettings settings(bool known = true) const
    {
        SshSettings settings;
        settings.configFile = "none";
        settings.user = localUserName();
        settings.port = m_port;
        settings.identities = {path("id")};
        settings.knownHostsFile = path("known_hosts");
        if (known)
            writeFile(file(QStringLiteral("known_hosts")), knownHostsLine() + knownHostsLine("[::1]:" + QByteArray::number(m_port)));
        return settings;
    }
    static NodeTarget target(const char* host = "127.0.0.1") { return NodeTarget {.name = host, .host = host}; }

    void stop()
    {
        if (m_process.state() == QProcess::NotRunning)
            return;
        m_process.terminate();
        if (!m_process.waitForFinished(5000))
            m_process.kill();
        m_process.waitForFinished();
    }

    void start()
    {
        for (int attempt = 0; attempt < 5; ++attempt) {
            m_port = freePort();
            QByteArray text = "Port " + QByteArray::number(m_port)
                + "\nListenAddress 0.0.0.0\nListenAddress ::\nPidFile none\nStrictModes no\nUsePAM no\nUseDNS no\n"
                  "PermitRootLogin yes\nMaxStartups 400\nMaxSessions 100\nLogLevel VERBOSE\nPrintMotd no\nPrintLastLog no\n";
            // The login shell shall not read the dot files of whoever runs the test.
            text += "SetEnv HOME=" + m_folder.path().toUtf8() + '\n';
            text += "AuthorizedKeysFile " + file(QStringLiteral("authorized_keys")).toUtf8() + '\n';
            for (const QString& type : m_hostKeyTypes)
                text += "HostKey " + file(QStringLiteral("host_") + type).toUtf8() + '\n';
            // sshd keeps the first value of a keyword too: what a test wants stands in front.
            writeFile(file(QStringLiteral("sshd_config")), m_config + text);
            m_process.start(QStringLiteral("/usr/sbin/sshd"), {QStringLiteral("-D"), QStringLiteral("-e"), QStringLiteral("-f"), file(QStringLiteral("sshd_config"))});
            m_process.waitForStarted();
            for (int i = 0; i < 400 && m_process.state() == QProcess::Running; ++i) {
                if (answers(m_port))
                    return;
                m_process.waitForFinished(25);
            }
            stop();
        }
        qWarning("sshd did not start: %s", log().constData());
    }

private:
    QTemporaryDir m_folder;
    QProcess m_process;
    QByteArray m_config;
    QStringList m_hostKeyTypes;
    std::uint16_t m_port = 0;
};

/// A user that exists for one test, with a password; root only.
class TemporaryUser final {
public:
    explicit TemporaryUser(const QString& suffix) : m_name(QStringLiteral("medic%1%2").arg(getpid()).arg(suffix))
    {
        if (getuid() != 0 || !QFile::exists(QStringLiteral("/usr/sbin/useradd")))
            return;
        runProgram(QStringLiteral("/usr/sbin/useradd"), {QStringLiteral("-M"), QStringLiteral("-d"), QStringLiteral("/tmp"), QStringLiteral("-s"), QStringLiteral("/bin/sh"), m_name});
        runProgram(QStringLiteral("/usr/sbin/chpasswd"), {}, m_name.toUtf8() + ':' + password().toUtf8() + '\n');
        m_made = runProgram(QStringLiteral("id"), {QStringLiteral("-u"), m_name}).trimmed().toInt() > 0;
    }
    ~TemporaryUser()
    {
        if (!m_made)
            return;
        // By force: a session of his that is just ending must not keep him on this machine.
        runProgram(QStringLiteral("/usr/sbin/userdel"), {QStringLiteral("-f"), m_name});
        QFile::remove(sudoersFile());
    }
    TemporaryUser(const TemporaryUser&) = delete;
    TemporaryUser& operator=(const TemporaryUser&) = delete;

    bool exists() const { return m_made; }
    std::string name() const { return m_name.toStdString(); }
    static QString password() { return QStringLiteral("s3cret 'pass\\word"); }

    /// What sudo lets this user do: the text behind his name in sudoers.
    void allow(const QByteArray& rule)
    {
        writeFile(sudoersFile(), m_name.toUtf8() + ' ' + rule + '\n');
        chmod(qPrintable(sudoersFile()), 0440);
    }
    void forbid() { QFile::remove(sudoersFile()); }

private:
    QString sudoersFile() const { return QStringLiteral("/etc/sudoers.d/") + m_name; }
    QString m_name;
    bool m_made = false;
};

} // namespace medic::fakes
