// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/transport/api_client.h"

#include <nlohmann/json.hpp>

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

/// For tests: the HTTPS double (apiserver_double.py) and its PKI as values. Needs python3 and openssl.
namespace medic::fakes {

/// All keys and certificates of apiserver_pki.sh in a folder of its own.
class Pki {
public:
    Pki()
    {
        QProcess script;
        script.start(QStringLiteral(MEDIC_SOURCE_DIR "/tests/fakes/apiserver_pki.sh"), {m_folder.path()});
        m_good = script.waitForFinished(60000) && script.exitStatus() == QProcess::NormalExit && script.exitCode() == 0;
    }
    [[nodiscard]] bool good() const { return m_good; }
    [[nodiscard]] QString path(const char* name) const { return m_folder.filePath(QLatin1String(name)); }
    [[nodiscard]] std::string text(const std::string& name) const
    {
        QFile file(m_folder.filePath(QString::fromStdString(name)));
        return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
    }
    void write(const char* name, const QByteArray& content) const
    {
        QFile file(path(name));
        if (file.open(QIODevice::WriteOnly))
            file.write(content);
    }

private:
    QTemporaryDir m_folder;
    bool m_good = false;
};

/// A plain request to the control port; the body of the answer.
inline std::string controlRequest(std::uint16_t port, const std::string& method, const std::string& path, const std::string& body)
{
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string answer;
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        const std::string request = method + " " + path + " HTTP/1.0\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
        [[maybe_unused]] const ssize_t sent = send(fd, request.data(), request.size(), MSG_NOSIGNAL);
        char buffer[65536];
        for (ssize_t got = 0; (got = recv(fd, buffer, sizeof buffer, 0)) > 0;)
            answer.append(buffer, static_cast<std::size_t>(got));
    }
    close(fd);
    const auto end = answer.find("\r\n\r\n");
    return end == std::string::npos ? std::string() : answer.substr(end + 4);
}

/// One running double; ends with its object.
class Apiserver {
public:
    explicit Apiserver(const Pki& pki, const char* certificate = "server", const QString& objects = QStringLiteral(MEDIC_TEST_DATA "/kube"))
    {
        pki.write("tokens", "secret-token,admin,system:masters\nviewer-token,viewer,viewers\nnobody-token,nobody\n");
        pki.write("basic", "secret-password,root,system:masters\n");
        const QByteArray crt = QByteArray(certificate) + ".crt", key = QByteArray(certificate) + ".key";
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QStringLiteral("python3"),
                        {QStringLiteral(MEDIC_SOURCE_DIR "/tests/fakes/apiserver_double.py"), QStringLiteral("--objects"), objects,
                         QStringLiteral("--ca"), pki.path("ca.crt"), QStringLiteral("--foreign-ca"), pki.path("foreign-ca.crt"),
                         QStringLiteral("--cert"), pki.path(crt.constData()), QStringLiteral("--key"), pki.path(key.constData()),
                         QStringLiteral("--tokens"), pki.path("tokens"), QStringLiteral("--basic"), pki.path("basic"),
                         QStringLiteral("--control"), QStringLiteral("127.0.0.1:0"), QStringLiteral("--with-parent")});
        while (!m_process.canReadLine() && m_process.waitForReadyRead(20000)) { }
        const QJsonObject ports = QJsonDocument::fromJson(m_process.readLine()).object();
        m_port = static_cast<std::uint16_t>(ports[QLatin1String("port")].toInt());
        m_control = static_cast<std::uint16_t>(ports[QLatin1String("control")].toInt());
    }
    ~Apiserver()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    Apiserver(const Apiserver&) = delete;
    Apiserver& operator=(const Apiserver&) = delete;

    [[nodiscard]] std::uint16_t port() const { return m_port; }
    [[nodiscard]] bool running() const { return m_port != 0; }
    std::string control(const std::string& path, const std::string& json) const { return controlRequest(m_control, "POST", path, json); }
    void fault(const std::string& json) const { control("/fault", json); }
    [[nodiscard]] nlohmann::json log() const { return nlohmann::json::parse(controlRequest(m_control, "GET", "/log", ""), nullptr, false); }

    /// An administrator by token; tests change what they are about.
    [[nodiscard]] ApiTarget target(const Pki& pki, const std::string& host = "127.0.0.1") const
    {
        ApiTarget t;
        t.context = "test";
        t.server = "https://" + host + ":" + std::to_string(m_port);
        t.caPem = pki.text("ca.crt");
        t.token = "secret-token";
        return t;
    }

private:
    QProcess m_process;
    std::uint16_t m_port = 0, m_control = 0;
};

} // namespace medic::fakes
