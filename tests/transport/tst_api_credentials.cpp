// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/api_proxy.h"
#include "diagnostics/transport/exec_credential.h"
#include "tests/fakes/apiserver.h"
#include "tests/fakes/cancel.h"

#include <QTest>

#include <atomic>
#include <map>
#include <thread>

#include <sys/wait.h>

using namespace medic;
using namespace std::chrono_literals;

namespace {

/// A CONNECT proxy of a few lines: tunnels each request to where it says, or refuses it.
class ConnectProxy {
public:
    explicit ConnectProxy(std::string refusal = {}) : m_refusal(std::move(refusal))
    {
        m_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        bind(m_fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
        listen(m_fd, 8);
        socklen_t size = sizeof address;
        getsockname(m_fd, reinterpret_cast<sockaddr*>(&address), &size);
        m_port = ntohs(address.sin_port);
        m_thread = std::jthread([this] {
            for (int peer = 0; (peer = accept(m_fd, nullptr, nullptr)) >= 0;)
                m_peers.emplace_back([this, peer] { serve(peer); });
        });
    }
    ~ConnectProxy()
    {
        shutdown(m_fd, SHUT_RDWR);
        m_thread.join();
        m_peers.clear();
        close(m_fd);
    }
    [[nodiscard]] std::uint16_t port() const { return m_port; }
    [[nodiscard]] int served() const { return m_served; }
    std::string lastRequest;

private:
    void serve(int peer)
    {
        char buffer[65536];
        const ssize_t got = recv(peer, buffer, sizeof buffer, 0);
        lastRequest.assign(buffer, got > 0 ? static_cast<std::size_t>(got) : 0);
        const auto colon = lastRequest.find(':');
        if (m_refusal.empty() && lastRequest.starts_with("CONNECT ") && colon != std::string::npos) {
            ++m_served;
            sockaddr_in address {};
            address.sin_family = AF_INET;
            address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(lastRequest.c_str() + colon + 1)));
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            const int up = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            if (connect(up, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
                send(peer, "HTTP/1.1 200 OK\r\n\r\n", 19, MSG_NOSIGNAL);
                std::jthread back([&] { copy(up, peer, buffer2, sizeof buffer2); });
                copy(peer, up, buffer, sizeof buffer);
            }
            close(up);
        } else {
            send(peer, m_refusal.data(), m_refusal.size(), MSG_NOSIGNAL);
        }
        close(peer);
    }
    static void copy(int from, int to, char* buffer, std::size_t size)
    {
        for (ssize_t got = 0; (got = recv(from, buffer, size, 0)) > 0;)
            send(to, buffer, static_cast<std::size_t>(got), MSG_NOSIGNAL);
        shutdown(from, SHUT_RDWR);
        shutdown(to, SHUT_RDWR);
    }

    int m_fd;
    std::uint16_t m_port = 0;
    std::string m_refusal;
    std::atomic<int> m_served = 0;
    char buffer2[65536] {};
    std::vector<std::jthread> m_peers;
    std::jthread m_thread;
};

} // namespace

class TestApiCredentials : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<fakes::Pki> m_pki;
    std::unique_ptr<fakes::Apiserver> m_server;

    /// A plugin: a shell script that counts its runs in the file "runs".
    ApiTarget pluginTarget(const QByteArray& script, const char* version = "v1") const
    {
        const QString path = m_folder.filePath(QStringLiteral("plugin"));
        QFile file(path);
        if (file.open(QIODevice::WriteOnly))
            file.write("#!/bin/sh\necho run >> " + m_folder.filePath(QStringLiteral("runs")).toUtf8() + "\n" + script);
        file.close();
        file.setPermissions(QFile::ReadOwner | QFile::ExeOwner);
        QFile::remove(m_folder.filePath(QStringLiteral("runs")));
        ApiTarget target = m_server ? m_server->target(*m_pki) : ApiTarget();
        target.token.clear();
        target.exec = ApiTarget::Exec {.apiVersion = "client.authentication.k8s.io/" + std::string(version), .command = path.toStdString()};
        return target;
    }
    static QByteArray gives(const QByteArray& status, const char* version = "v1")
    {
        return QByteArray("cat <<'EOF'\n{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/") + version + "\",\"status\":" + status + "}\nEOF\n";
    }
    [[nodiscard]] qsizetype runs() const
    {
        QFile file(m_folder.filePath(QStringLiteral("runs")));
        return file.open(QIODevice::ReadOnly) ? file.readAll().count('\n') : 0;
    }

private Q_SLOTS:
    void initTestCase()
    {
        for (const char* name : {"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"})
            qunsetenv(name);
        m_pki = std::make_unique<fakes::Pki>();
        m_server = std::make_unique<fakes::Apiserver>(*m_pki);
        if (!m_pki->good() || !m_server->running())
            QSKIP("openssl or python3 is missing");
    }

    void pluginToken_data()
    {
        QTest::addColumn<QString>("version");
        QTest::newRow("v1") << QStringLiteral("v1");
        QTest::newRow("v1beta1") << QStringLiteral("v1beta1");
    }

    void pluginToken()
    {
        QFETCH(QString, version);
        const QByteArray v = version.toLatin1();
        const ApiTarget target = pluginTarget(gives(R"({"token":"secret-token","expirationTimestamp":"2040-01-01T00:00:00Z"})", v.constData()), v.constData());
        ApiTarget shared = target;
        shared.execCredentials = std::make_shared<ExecCredentials>();
        for (int i = 0; i < 3; ++i) {
            ApiClient client(shared); // three workers, one credential
            QVERIFY(client.get("/api/v1/nodes", {}));
        }
        QCOMPARE(runs(), qsizetype(1));
    }

    void pluginCertificate()
    {
        const nlohmann::json status {{"clientCertificateData", m_pki->text("admin-ed25519.crt")}, {"clientKeyData", m_pki->text("admin-ed25519.key")}};
        ApiClient client(pluginTarget(gives(QByteArray::fromStdString(status.dump()))));
        const auto nodes = client.get("/api/v1/nodes", {});
        QVERIFY2(nodes.has_value(), nodes ? "" : nodes.error().detail.c_str());
        QVERIFY(client.get("/api/v1/pods", {}));
        QCOMPARE(runs(), qsizetype(1));
    }

    void expiredIsFetchedAgain()
    {
        ApiClient client(pluginTarget(gives(R"({"token":"secret-token","expirationTimestamp":"2020-01-01T00:00:00+02:00"})")));
        QVERIFY(client.get("/api/v1/nodes", {}));
        QVERIFY(client.get("/api/v1/nodes", {}));
        QCOMPARE(runs(), qsizetype(2));
    }

    void refusedIsFetchedAgainOnce()
    {
        // The first run's token is no longer good, as after a revocation.
        const QByteArray file = m_folder.filePath(QStringLiteral("runs")).toUtf8();
        ApiClient client(pluginTarget("if [ $(wc -l < " + file + ") -gt 1 ]; then t=secret-token; else t=old-token; fi\n"
                                      "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"'$t'\"}}'\n"));
        const auto nodes = client.get("/api/v1/nodes", {});
        QVERIFY2(nodes.has_value(), nodes ? "" : nodes.error().detail.c_str());
        QCOMPARE(runs(), qsizetype(2));
        ApiClient never(pluginTarget(gives(R"({"token":"always-wrong"})")));
        QCOMPARE(never.get("/api/v1/nodes", {}).error().code, ErrorCode::Unauthorized);
        QCOMPARE(runs(), qsizetype(2));
    }

    void pluginIsToldAboutTheCluster()
    {
        const QByteArray out = m_folder.filePath(QStringLiteral("info")).toUtf8();
        ApiTarget target = pluginTarget("printf %s \"$KUBERNETES_EXEC_INFO\" > " + out + "\nprintf %s \"$A $1\" > " + out + ".env\ncat > " + out + ".in\n"
                                        + gives(R"({"token":"t"})"));
        target.exec->environment = {{"A", "b c"}};
        target.exec->arguments = {"it's; $(here)"};
        target.exec->provideClusterInfo = true;
        target.exec->clusterConfig = R"({"audience":"x"})";
        const auto credential = runExecPlugin(target, {});
        QVERIFY2(credential.has_value(), credential ? "" : credential.error().detail.c_str());
        const auto read = [&](const char* suffix) {
            QFile file(QString::fromUtf8(out) + QLatin1String(suffix));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("?");
        };
        const auto info = nlohmann::json::parse(read("").toStdString());
        QCOMPARE(info["kind"].get<std::string>(), std::string("ExecCredential"));
        QCOMPARE(info["spec"]["interactive"].get<bool>(), false);
        QCOMPARE(info["spec"]["cluster"]["server"].get<std::string>(), target.server);
        QCOMPARE(info["spec"]["cluster"]["config"]["audience"].get<std::string>(), std::string("x"));
        QCOMPARE(QByteArray::fromBase64(QByteArray::fromStdString(info["spec"]["cluster"]["certificate-authority-data"].get<std::string>())).toStdString(), target.caPem);
        QCOMPARE(read(".env"), QByteArray("b c it's; $(here)"));
        QCOMPARE(read(".in"), QByteArray());
    }

    void badPlugins_data()
    {
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<QString>("detail");
        QTest::newRow("exit status") << QByteArray("echo 'session expired, run login' >&2\nexit 3\n") << QStringLiteral("exit status 3: session expired, run login");
        QTest::newRow("token on stderr") << QByteArray("echo 'token eyJhbGciOiJSUzI1NiIsImtpZCI6IjEyMyJ9.abc.def is bad' >&2\nexit 1\n") << QStringLiteral("exit status 1: token […] is bad");
        QTest::newRow("signal") << QByteArray("kill -9 $$\n") << QStringLiteral("killed by a signal");
        QTest::newRow("nothing") << QByteArray("true\n") << QStringLiteral("no ExecCredential");
        QTest::newRow("text") << QByteArray("echo secret-stuff\n") << QStringLiteral("no ExecCredential");
        QTest::newRow("other version") << gives(R"({"token":"t"})", "v1beta1") << QStringLiteral("expected apiVersion client.authentication.k8s.io/v1");
        QTest::newRow("no status") << gives("null") << QStringLiteral("no status");
        QTest::newRow("empty status") << gives("{}") << QStringLiteral("neither a token nor a client certificate");
        QTest::newRow("half a pair") << gives(R"({"clientCertificateData":"x"})") << QStringLiteral("both or neither");
        QTest::newRow("bad certificate") << gives(R"({"clientCertificateData":"x","clientKeyData":"secret-key"})") << QStringLiteral("no certificate in PEM form");
        QTest::newRow("bad time") << gives(R"({"token":"t","expirationTimestamp":"tomorrow"})") << QStringLiteral("no RFC 3339 time");
        QTest::newRow("endless") << QByteArray("yes\n") << QStringLiteral("bytes of output");
        QTest::newRow("hangs") << QByteArray("sleep 100\n") << QStringLiteral("no answer within");
    }

    void badPlugins()
    {
        QFETCH(QByteArray, script);
        QFETCH(QString, detail);
        const auto credential = runExecPlugin(pluginTarget(script), {}, 1500ms);
        QVERIFY(!credential);
        QCOMPARE(credential.error().code, ErrorCode::CredentialPluginFailed);
        QVERIFY2(QString::fromStdString(credential.error().detail).contains(detail), credential.error().detail.c_str());
        QVERIFY(credential.error().detail.find("secret-") == std::string::npos);
    }

    void missingPlugin()
    {
        ApiTarget target = pluginTarget("");
        target.exec->command = "no-such-plugin-anywhere";
        target.exec->installHint = "Install it from the portal.";
        const auto credential = runExecPlugin(target, {});
        QCOMPARE(credential.error().code, ErrorCode::CredentialPluginFailed);
        QCOMPARE(credential.error().where, std::string("no-such-plugin-anywhere"));
        QVERIFY(credential.error().detail.find("Install it from the portal.") != std::string::npos);
    }

    void aBackgroundChildHoldsNothingUp()
    {
        const auto start = std::chrono::steady_clock::now();
        const auto credential = runExecPlugin(pluginTarget("sleep 60 &\n" + gives(R"({"token":"t"})")), {});
        QVERIFY(credential);
        QVERIFY(std::chrono::steady_clock::now() - start < 10s);
    }

    void cancelled()
    {
        std::atomic<pid_t> other {0};
        fakes::CancelWhen stop([&other, mine = gettid()](const std::stop_token& over) {
            fakes::when([&other] { return other != 0; })(over);
            fakes::waitUntilBlocked({mine, other}, over);
        });
        const ApiTarget target = pluginTarget("sleep 100\n");
        ApiTarget shared = target;
        shared.execCredentials = std::make_shared<ExecCredentials>();
        std::jthread waiting([&] { // waits for the plugin that another runs
            other = gettid();
            ApiClient second(shared);
            const auto answer = second.get("/api/v1/nodes", stop.token());
            if (answer || answer.error().code != ErrorCode::Cancelled)
                qFatal("the waiting client was not cancelled");
        });
        const auto answer = ApiClient(shared).get("/api/v1/nodes", stop.token());
        waiting.join();
        QCOMPARE(answer.error().code, ErrorCode::Cancelled);
        QVERIFY(stop.sinceStop() < 1000);
    }

    void throughAProxy()
    {
        const ConnectProxy proxy;
        ApiTarget target = m_server->target(*m_pki, "localhost");
        target.proxyUrl = "http://me:secret-proxy@127.0.0.1:" + std::to_string(proxy.port());
        {
            ApiClient client(target);
            QCOMPARE(client.route(), "proxy http://127.0.0.1:" + std::to_string(proxy.port()));
            const auto nodes = client.get("/api/v1/nodes", {});
            QVERIFY2(nodes.has_value(), nodes ? "" : nodes.error().detail.c_str());
            QCOMPARE(proxy.served(), 1);
            QVERIFY(proxy.lastRequest.starts_with("CONNECT localhost:"));
            QVERIFY(proxy.lastRequest.find("secret-token") == std::string::npos);
            QVERIFY(proxy.lastRequest.find("Proxy-Authorization: Basic") != std::string::npos);
        }
        target.tlsServerName = "kubernetes";
        QVERIFY(ApiClient(target).get("/api/v1/nodes", {}));
    }

    void proxyFailures_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QString>("code");
        QTest::newRow("407") << QByteArray("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n") << QStringLiteral("authentication-failed");
        QTest::newRow("403") << QByteArray("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n") << QStringLiteral("protocol-error");
    }

    void proxyFailures()
    {
        QFETCH(QByteArray, answer);
        QFETCH(QString, code);
        const ConnectProxy proxy(answer.toStdString());
        ApiTarget target = m_server->target(*m_pki);
        target.proxyUrl = "http://me:secret-proxy@127.0.0.1:" + std::to_string(proxy.port());
        const auto nodes = ApiClient(target).get("/api/v1/nodes", {});
        QCOMPARE(QString::fromStdString(std::string(errorName(nodes.error().code))), code);
        QCOMPARE(nodes.error().where, "proxy http://127.0.0.1:" + std::to_string(proxy.port()));
        QVERIFY((nodes.error().where + nodes.error().detail).find("secret-proxy") == std::string::npos);
    }

    void proxyThatIsNotThere()
    {
        ApiTarget target = m_server->target(*m_pki);
        target.proxyUrl = "socks5://127.0.0.1:1";
        const auto nodes = ApiClient(target).get("/api/v1/nodes", {});
        QCOMPARE(nodes.error().code, ErrorCode::ConnectionRefused);
        QCOMPARE(nodes.error().where, std::string("proxy socks5h://127.0.0.1:1"));
    }

    void choosingAProxy_data()
    {
        QTest::addColumn<QString>("server");
        QTest::addColumn<QString>("given");
        QTest::addColumn<QString>("environment"); // NAME=VALUE …
        QTest::addColumn<QString>("chosen");
        const auto row = [](const char* name, const char* server, const char* given, const char* environment, const char* chosen) {
            QTest::newRow(name) << QString::fromLatin1(server) << QString::fromLatin1(given) << QString::fromLatin1(environment) << QString::fromLatin1(chosen);
        };
        row("none", "https://a:1", "", "", "");
        row("environment", "https://a:1", "", "HTTPS_PROXY=http://p:1 HTTP_PROXY=http://q:1", "http://p:1");
        row("lower case, no scheme", "https://a:1", "", "https_proxy=p:1", "http://p:1");
        row("http", "http://a:1", "", "HTTPS_PROXY=http://p:1 HTTP_PROXY=http://q:1", "http://q:1");
        row("ALL_PROXY is not Go's", "https://a:1", "", "ALL_PROXY=http://p:1", "");
        row("kubeconfig first, NO_PROXY or not", "https://a:1", "socks5://k:1", "HTTPS_PROXY=http://p:1 NO_PROXY=*", "socks5h://k:1");
        row("loopback", "https://127.0.0.1:1", "", "HTTPS_PROXY=http://p:1", "");
        row("localhost", "https://localhost:1", "", "HTTPS_PROXY=http://p:1", "");
        row("::1", "https://[::1]:1", "", "HTTPS_PROXY=http://p:1", "");
        row("domain itself", "https://example.com", "", "HTTPS_PROXY=http://p:1 NO_PROXY=example.com", "");
        row("subdomain", "https://a.example.com", "", "HTTPS_PROXY=http://p:1 NO_PROXY=x,example.com", "");
        row("not a subdomain", "https://badexample.com", "", "HTTPS_PROXY=http://p:1 NO_PROXY=example.com", "http://p:1");
        row("dot means subdomains only", "https://example.com", "", "HTTPS_PROXY=http://p:1 NO_PROXY=.example.com", "http://p:1");
        row("CIDR", "https://10.1.2.3:6443", "", "HTTPS_PROXY=http://p:1 NO_PROXY=10.0.0.0/8", "");
        row("outside of CIDR", "https://11.1.2.3:6443", "", "HTTPS_PROXY=http://p:1 NO_PROXY=10.0.0.0/8", "http://p:1");
        row("IPv6 CIDR", "https://[fd00::1]:6443", "", "HTTPS_PROXY=http://p:1 NO_PROXY=fd00::/9", "");
        row("port matches", "https://a.b:6443", "", "HTTPS_PROXY=http://p:1 NO_PROXY=a.b:6443", "");
        row("port differs", "https://a.b:443", "", "HTTPS_PROXY=http://p:1 NO_PROXY=a.b:6443", "http://p:1");
    }

    void choosingAProxy()
    {
        QFETCH(QString, server);
        QFETCH(QString, given);
        QFETCH(QString, environment);
        std::map<std::string, std::string> values;
        for (const QString& one : environment.split(QLatin1Char(' '), Qt::SkipEmptyParts))
            values[one.section(QLatin1Char('='), 0, 0).toStdString()] = one.section(QLatin1Char('='), 1).toStdString();
        const auto address = http::parseServer(server.toStdString());
        QVERIFY(address);
        QTEST(QString::fromStdString(http::chooseProxy(*address, given.toStdString(), [&](const char* name) { return values[name]; })), "chosen");
    }

    void addresses()
    {
        QCOMPARE(http::parseServer("https://[fd00::1]:6443/k8s/")->hostPort(), std::string("[fd00::1]:6443"));
        QCOMPARE(http::parseServer("https://h/k8s/clusters/c-1/")->path, std::string("/k8s/clusters/c-1"));
        QCOMPARE(int(http::parseServer("https://h")->port), 443);
        for (const char* bad : {"", "h:1", "https://", "https://user:secret@h", "https://h?x=1", "file:///etc/passwd", "https://h:99999"})
            QVERIFY2(!http::parseServer(bad), bad);
        QVERIFY(http::parseServer("https://user:secret@h").error().where.find("secret") == std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestApiCredentials)
#include "tst_api_credentials.moc"
