// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/kube_objects.h"
#include "tests/fakes/apiserver.h"
#include "tests/fakes/cancel.h"

#include <QTest>

#include <atomic>
#include <thread>

using namespace medic;
using namespace std::chrono_literals;

namespace {

std::string describe(const Error& error)
{
    return std::string(errorName(error.code)) + " | " + error.where + " | " + error.detail;
}

template<typename T>
std::string describe(const Result<T>& result)
{
    return result ? std::string("good") : describe(result.error());
}

/// A connected TCP socket as ByteStream, as an SSH channel would be. `broken` makes it fail after so many bytes.
class TcpStream final : public ByteStream {
public:
    TcpStream(int fd, bool withDescriptor, std::size_t broken) : m_fd(fd), m_descriptor(withDescriptor), m_left(broken) { }
    ~TcpStream() override { close(m_fd); }

    Result<std::size_t> read(char* data, std::size_t size, std::chrono::milliseconds limit, std::stop_token stop) override
    {
        if (stop.stop_requested())
            return failure(ErrorCode::Cancelled);
        timeval time {.tv_sec = 0, .tv_usec = std::max<suseconds_t>(1000, limit.count() * 1000)};
        setsockopt(m_fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
        const ssize_t got = recv(m_fd, data, size, limit.count() == 0 ? MSG_DONTWAIT : 0);
        if (got < 0)
            return failure(errno == EAGAIN || errno == EWOULDBLOCK ? ErrorCode::Timeout : ErrorCode::ConnectionLost);
        if (m_left > 0 && (m_left -= std::min(m_left, static_cast<std::size_t>(got))) == 0)
            return failure(ErrorCode::ConnectionLost, "jump", "the channel was closed");
        return static_cast<std::size_t>(got);
    }
    Result<void> write(std::string_view data, std::stop_token) override
    {
        if (send(m_fd, data.data(), data.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(data.size()))
            return failure(ErrorCode::ConnectionLost);
        return {};
    }
    int descriptor() const override { return m_descriptor ? m_fd : -1; }

private:
    int m_fd;
    bool m_descriptor;
    std::size_t m_left;
};

ApiClient::Dialler dialler(std::uint16_t port, bool withDescriptor, std::size_t broken = 0)
{
    return [=](const std::string& host, std::uint16_t, std::stop_token) -> Result<std::unique_ptr<ByteStream>> {
        if (host != "apiserver.inside.example")
            return failure(ErrorCode::HostNotFound, host);
        const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address {};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            return failure(ErrorCode::ConnectionRefused, host);
        return std::make_unique<TcpStream>(fd, withDescriptor, broken);
    };
}

/// A listening socket that never accepts, or a port that nobody listens on (after release()).
class Port {
public:
    Port()
    {
        m_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        bind(m_fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
        socklen_t size = sizeof address;
        getsockname(m_fd, reinterpret_cast<sockaddr*>(&address), &size);
        m_port = ntohs(address.sin_port);
    }
    ~Port() { close(m_fd); }
    [[nodiscard]] std::uint16_t port() const { return m_port; }
    [[nodiscard]] int fd() const { return m_fd; }

private:
    int m_fd;
    std::uint16_t m_port = 0;
};

/// Runs the call and asks it to stop once it is blocked; how many milliseconds it took to obey.
template<typename Call>
std::pair<std::chrono::milliseconds, Error> cancelled(Call call)
{
    fakes::CancelWhen stop(fakes::whenBlocked());
    const auto result = call(stop.token());
    return {std::chrono::milliseconds(stop.sinceStop()), result ? Error {ErrorCode::Internal, "", "it went well"} : result.error()};
}

} // namespace

class TestApiClient : public QObject
{
    Q_OBJECT

    std::unique_ptr<fakes::Pki> m_pki;
    std::unique_ptr<fakes::Apiserver> m_server;

private Q_SLOTS:
    void initTestCase()
    {
        for (const char* name : {"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"})
            qunsetenv(name);
        m_pki = std::make_unique<fakes::Pki>();
        if (!m_pki->good())
            QSKIP("openssl could not make certificates");
        m_server = std::make_unique<fakes::Apiserver>(*m_pki);
        if (!m_server->running())
            QSKIP("python3 could not run the apiserver double");
    }

    void cleanup() { m_server->fault("{}"); }

    void authentication_data()
    {
        QTest::addColumn<QString>("how");
        QTest::addColumn<QString>("error"); // empty: it is let in
        QTest::addColumn<QString>("detail");
        for (const char* good : {"token", "tokenFile", "basic", "admin-rsa", "admin-ec", "admin-ed25519", "viewer"})
            QTest::newRow(good) << QString::fromLatin1(good) << QString() << QString();
        QTest::newRow("none") << QStringLiteral("none") << QStringLiteral("forbidden") << QStringLiteral("User \"system:anonymous\" cannot list resource \"pods\"");
        QTest::newRow("nobody") << QStringLiteral("nobody") << QStringLiteral("forbidden") << QStringLiteral("pods is forbidden: User \"nobody\"");
        QTest::newRow("bad token") << QStringLiteral("badtoken") << QStringLiteral("unauthorized") << QStringLiteral("Unauthorized");
        QTest::newRow("bad password") << QStringLiteral("badpassword") << QStringLiteral("unauthorized") << QStringLiteral("Unauthorized");
        QTest::newRow("expired") << QStringLiteral("admin-expired") << QStringLiteral("unauthorized") << QStringLiteral("CN = admin-expired expired on 2021-01-01T00:00:00Z");
        QTest::newRow("foreign") << QStringLiteral("admin-foreign") << QStringLiteral("unauthorized") << QStringLiteral("Unauthorized");
        QTest::newRow("tokenFile missing") << QStringLiteral("nofile") << QStringLiteral("file-not-found") << QStringLiteral("/none/token");
        QTest::newRow("token with a header in it") << QStringLiteral("injection") << QStringLiteral("bad-value") << QStringLiteral("control characters");
    }

    void authentication()
    {
        QFETCH(QString, how);
        QFETCH(QString, error);
        QFETCH(QString, detail);
        ApiTarget target = m_server->target(*m_pki);
        target.token.clear();
        const std::string name = how.toStdString();
        if (name == "token" || name == "badtoken" || name == "injection")
            target.token = name == "token" ? "secret-token" : name == "badtoken" ? "secret-token-wrong" : "secret-token\r\nX-Evil: 1";
        else if (name == "tokenFile") {
            m_pki->write("token", "secret-token\n");
            target.tokenFile = m_pki->path("token").toStdString();
        } else if (name == "nofile")
            target.tokenFile = "/none/token";
        else if (name == "basic" || name == "badpassword") {
            target.basicUser = "root";
            target.basicPassword = name == "basic" ? "secret-password" : "wrong-password";
        } else if (name != "none") {
            target.clientCertificatePem = m_pki->text(name + ".crt");
            target.clientKeyPem = m_pki->text(name + ".key");
        }
        ApiClient client(target);
        const auto pods = client.list("/api/v1/pods", {});
        QCOMPARE(QString::fromStdString(pods ? "" : std::string(errorName(pods.error().code))), error);
        if (pods)
            QCOMPARE(kube::parsePods(*pods)->size(), std::size_t(9));
        else {
            QVERIFY2(QString::fromStdString(pods.error().detail).contains(detail), describe(pods).c_str());
            QVERIFY2(describe(pods).find("secret-") == std::string::npos && describe(pods).find("wrong-password") == std::string::npos, describe(pods).c_str());
        }
    }

    void impersonation()
    {
        ApiTarget target = m_server->target(*m_pki);
        target.impersonation.user = "somebody";
        target.impersonation.groups = {"viewers"};
        ApiClient client(target);
        QVERIFY(client.get("/api/v1/pods", {}));
        const auto deleted = client.send("DELETE", "/api/v1/namespaces/default/pods/none", "application/json", "", {});
        QCOMPARE(deleted.error().code, ErrorCode::Forbidden);
        QVERIFY(deleted.error().detail.find("User \"somebody\" cannot delete") != std::string::npos);
    }

    void tlsFailures_data()
    {
        QTest::addColumn<QString>("certificate");
        QTest::addColumn<QString>("error");
        QTest::addColumn<QString>("detail");
        QTest::newRow("expired") << QStringLiteral("server-expired") << QStringLiteral("tls-expired") << QStringLiteral("to 2021-01-01T00:00:00Z");
        QTest::newRow("future") << QStringLiteral("server-future") << QStringLiteral("tls-not-yet-valid") << QStringLiteral("from 2045-01-01T00:00:00Z");
        QTest::newRow("name") << QStringLiteral("server-other") << QStringLiteral("tls-name-mismatch") << QStringLiteral("DNS:other.example, IP Address:10.96.0.1");
        QTest::newRow("foreign") << QStringLiteral("server-foreign") << QStringLiteral("tls-not-trusted") << QStringLiteral("issuer CN = elsewhere");
    }

    void tlsFailures()
    {
        QFETCH(QString, certificate);
        QFETCH(QString, error);
        QFETCH(QString, detail);
        const fakes::Apiserver server(*m_pki, certificate.toLatin1().constData());
        ApiTarget target = server.target(*m_pki);
        const auto version = ApiClient(target).version({});
        QVERIFY(!version);
        QCOMPARE(QString::fromStdString(std::string(errorName(version.error().code))), error);
        QCOMPARE(version.error().where, "127.0.0.1:" + std::to_string(server.port()));
        QVERIFY2(QString::fromStdString(version.error().detail).contains(detail), describe(version).c_str());
        target.insecureSkipTlsVerify = true;
        target.caPem.clear();
        const auto insecure = ApiClient(target).version({});
        QVERIFY2(insecure.has_value(), describe(insecure).c_str());
        if (certificate != QStringLiteral("server-other"))
            return;
        target = server.target(*m_pki);
        target.tlsServerName = "other.example";
        const auto named = ApiClient(target).version({});
        QVERIFY2(named.has_value(), describe(named).c_str());
        const auto log = server.log();
        QCOMPARE(log.back()["sni"].get<std::string>(), std::string("other.example"));
        QCOMPARE(log.back()["host"].get<std::string>(), "127.0.0.1:" + std::to_string(server.port()));
    }

    void theSystemsAuthoritiesAreNotUsedBesideOurs()
    {
        ApiTarget target = m_server->target(*m_pki);
        target.caPem = m_pki->text("foreign-ca.crt");
        QCOMPARE(ApiClient(target).version({}).error().code, ErrorCode::TlsNotTrusted);
        target.caPem.clear(); // the system's do not know our authority
        QCOMPARE(ApiClient(target).version({}).error().code, ErrorCode::TlsNotTrusted);
    }

    void unreachable()
    {
        ApiTarget target = m_server->target(*m_pki);
        {
            const Port closed;
            target.server = "https://127.0.0.1:" + std::to_string(closed.port());
            const auto refused = ApiClient(target).version({});
            QCOMPARE(refused.error().code, ErrorCode::ConnectionRefused);
            QCOMPARE(refused.error().systemError, ECONNREFUSED);
        }
        target.server = "https://no-such-host.invalid:6443";
        QCOMPARE(ApiClient(target).version({}).error().code, ErrorCode::HostNotFound);
        target.server = "ftp://127.0.0.1";
        QCOMPARE(ApiClient(target).version({}).error().code, ErrorCode::BadValue);
        m_server->fault(R"({"kind":"hang-accept"})");
        ApiClient slow(m_server->target(*m_pki));
        QCOMPARE(slow.get("/version", {}, 300ms).error().code, ErrorCode::Timeout);
        m_server->fault(R"({"kind":"close-accept"})");
        QCOMPARE(ApiClient(m_server->target(*m_pki)).version({}).error().code, ErrorCode::ConnectionLost);
    }

    void plainHttpOnTheTlsPortAndTheReverse()
    {
        ApiTarget target = m_server->target(*m_pki);
        target.server = "http://127.0.0.1:" + std::to_string(m_server->port());
        const auto http = ApiClient(target).version({});
        QCOMPARE(http.error().code, ErrorCode::NotAnApiserver);
        QVERIFY2(http.error().detail.find("Client sent an HTTP request to an HTTPS server") != std::string::npos, describe(http).c_str());
        // Anything that answers a TLS greeting with text.
        const Port port;
        listen(port.fd(), 4);
        std::jthread plain([&] {
            const int peer = accept(port.fd(), nullptr, nullptr);
            char buffer[512];
            [[maybe_unused]] const ssize_t got = recv(peer, buffer, sizeof buffer, 0);
            const std::string answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
            send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
            close(peer);
        });
        target.server = "https://127.0.0.1:" + std::to_string(port.port());
        const auto tls = ApiClient(target).version({});
        QVERIFY2(tls.error().code == ErrorCode::NotAnApiserver, describe(tls).c_str());
    }

    void answers_data()
    {
        QTest::addColumn<QString>("fault");
        QTest::addColumn<QString>("error");
        QTest::addColumn<QString>("detail");
        const auto row = [](const char* name, const char* fault, const char* error, const char* detail) {
            QTest::newRow(name) << QString::fromLatin1(fault) << QString::fromLatin1(error) << QString::fromLatin1(detail);
        };
        row("html", R"({"kind":"html"})", "not-an-apiserver", "HTML");
        row("html 404", R"({"kind":"html","code":404})", "not-an-apiserver", "404");
        row("html 503 of a balancer", R"({"kind":"html","code":503})", "server-error", "503");
        row("redirect", R"({"kind":"redirect"})", "not-an-apiserver", "https://login.example.com/");
        row("500", R"({"kind":"status","code":500})", "server-error", "etcdserver: request timed out");
        row("404 text", R"({"kind":"status","code":404,"text":"404 page not found\n"})", "not-found", "404 page not found");
        row("410", R"({"kind":"status","code":410,"reason":"Expired","message":"too old"})", "gone", "Expired: too old");
        row("409", R"({"kind":"status","code":409,"reason":"Conflict","message":"modified"})", "command-failed", "Conflict: modified");
        row("429 for long", R"({"kind":"status","code":429,"reason":"TooManyRequests","message":"busy","headers":{"Retry-After":"600"}})", "too-many-requests", "Retry-After: 600 s");
        row("closed", R"({"kind":"close"})", "connection-lost", "");
        row("cut off", R"({"kind":"cut"})", "connection-lost", "");
        row("garbage", R"({"kind":"garbage"})", "not-an-apiserver", "");
        row("endless", R"({"kind":"endless"})", "output-too-large", "bytes");
        row("no list", R"({"kind":"status","code":200,"text":"[1]"})", "not-an-apiserver", "no List");
    }

    void answers()
    {
        QFETCH(QString, fault);
        QFETCH(QString, error);
        QFETCH(QString, detail);
        m_server->fault(fault.toStdString());
        ApiClient client(m_server->target(*m_pki));
        const auto pods = client.list("/api/v1/pods", {});
        QVERIFY(!pods);
        QVERIFY2(QString::fromStdString(std::string(errorName(pods.error().code))) == error, describe(pods).c_str());
        QVERIFY2(QString::fromStdString(pods.error().detail).contains(detail), describe(pods).c_str());
        QVERIFY2(describe(pods).find("ticket") == std::string::npos, describe(pods).c_str());
        m_server->fault("{}");
        QVERIFY(client.list("/api/v1/pods", {})); // the same client goes on
    }

    void busyForAMomentIsWaitedFor()
    {
        m_server->fault(R"({"kind":"status","code":429,"reason":"TooManyRequests","headers":{"Retry-After":"1"},"count":1})");
        ApiClient client(m_server->target(*m_pki));
        const auto nodes = client.get("/api/v1/nodes", {});
        QVERIFY2(nodes.has_value(), describe(nodes).c_str());
    }

    void paging()
    {
        ApiClient client(m_server->target(*m_pki));
        const auto whole = client.list("/api/v1/pods", {});
        const auto paged = client.list("/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-1", {}, 3);
        QVERIFY2(whole && paged, describe(paged).c_str());
        QCOMPARE(kube::parsePods(*paged)->size(), std::size_t(8)); // all but the one that could not be placed
        const auto threes = client.list("/api/v1/pods", {}, 2);
        const auto a = nlohmann::json::parse(*whole), b = nlohmann::json::parse(*threes);
        QCOMPARE(b["items"].dump(), a["items"].dump());
        QCOMPARE(b["kind"].get<std::string>(), std::string("PodList"));
        QCOMPARE(b["apiVersion"].get<std::string>(), std::string("v1"));
        QVERIFY(!b["metadata"].contains("continue") && b["metadata"].contains("resourceVersion"));
    }

    void goneInTheMiddleStartsAgain_data()
    {
        QTest::addColumn<QString>("fault"); // on requests with a continue token
        QTest::addColumn<int>("requests");
        QTest::newRow("once") << QStringLiteral(R"(,"count":1})") << 2 + 5;
        QTest::newRow("every time: in one piece at last") << QStringLiteral("}") << 3 * 2 + 1;
    }

    void goneInTheMiddleStartsAgain()
    {
        QFETCH(QString, fault);
        QFETCH(int, requests);
        m_server->fault(R"({"kind":"status","code":410,"reason":"Expired","message":"too old","path":"/api/v1/pods","query":"continue=")" + fault.toStdString());
        const std::size_t before = m_server->log().size();
        ApiClient client(m_server->target(*m_pki));
        const auto pods = client.list("/api/v1/pods", {}, 2);
        QVERIFY2(pods.has_value(), describe(pods).c_str());
        QCOMPARE(kube::parsePods(*pods)->size(), std::size_t(9));
        QCOMPARE(int(m_server->log().size() - before), requests);
    }

    void whatCameIsKept()
    {
        m_server->fault(R"({"kind":"status","code":500,"path":"/api/v1/pods","skip":2})");
        ApiClient client(m_server->target(*m_pki));
        const ApiList pods = client.listWhatComes({.path = "/api/v1/pods", .pageSize = 2}, {});
        QCOMPARE(pods.items, std::size_t(4));
        QCOMPARE(kube::parsePods(pods.json)->size(), std::size_t(4));
        QVERIFY(pods.error);
        QCOMPARE(pods.error->code, ErrorCode::ServerError);
        QVERIFY2(pods.error->detail.find("after 4 items") != std::string::npos, pods.error->detail.c_str());
        m_server->fault("{}");
        const ApiList some = client.listWhatComes({.path = "/api/v1/pods", .pageSize = 2, .maxItems = 5}, {});
        QVERIFY(some.limited && !some.error);
        QCOMPARE(kube::parsePods(some.json)->size(), std::size_t(5));
    }

    void health()
    {
        ApiClient client(m_server->target(*m_pki));
        const auto good = client.health("readyz", {});
        QVERIFY2(good.has_value(), describe(good).c_str());
        QVERIFY(good->ok && good->checks.size() > 4);
        m_server->control("/failing", R"(["etcd"])");
        const auto bad = client.health("livez", {});
        m_server->control("/failing", "[]");
        QVERIFY2(bad.has_value(), describe(bad).c_str());
        QVERIFY(!bad->ok);
        const auto etcd = std::find_if(bad->checks.begin(), bad->checks.end(), [](const auto& c) { return c.name == "etcd"; });
        QVERIFY(etcd != bad->checks.end() && !etcd->ok);
        QCOMPARE(etcd->text, std::string("failed: reason withheld"));
        m_server->fault(R"({"kind":"status","code":404,"text":"404 page not found\n","path":"/livez"})");
        const auto old = client.health("livez", {});
        QCOMPARE(old->path, std::string("/healthz"));
        QCOMPARE(client.version({})->minor, 20);
    }

    void watchResumes()
    {
        const fakes::Apiserver server(*m_pki);
        ApiClient client(server.target(*m_pki));
        const auto list = nlohmann::json::parse(*client.list("/api/v1/nodes", {}));
        const auto version = list["metadata"]["resourceVersion"].get<std::string>();
        const std::string apply = R"({"path":"/api/v1/nodes","object":{"metadata":{"name":"new"}}})";
        std::vector<std::string> seen;
        server.control("/apply", apply);
        const auto done = client.watch("/api/v1/nodes", version, {}, [&](const ApiClient::WatchEvent& event) {
            seen.push_back(event.type);
            if (seen.size() == 1) {
                server.control("/bookmark", "{}");
            } else if (seen.size() == 2) { // the connection ends in the middle of a line, and something happens meanwhile
                server.fault(R"({"kind":"close","path":"/watch","count":1})");
                server.control("/delete", R"({"path":"/api/v1/nodes","key":"new"})");
            }
            return event.type != "DELETED";
        });
        QVERIFY2(done.has_value(), describe(done).c_str());
        QCOMPARE(seen, (std::vector<std::string> {"ADDED", "BOOKMARK", "DELETED"}));
    }

    void watchEnds()
    {
        const fakes::Apiserver server(*m_pki);
        ApiClient client(server.target(*m_pki));
        server.control("/compact", "{}");
        std::vector<std::string> seen;
        const auto gone = client.watch("/api/v1/pods", "1", {}, [&](const auto& event) {
            seen.push_back(event.type);
            return true;
        });
        QCOMPARE(gone.error().code, ErrorCode::Gone);
        QVERIFY(gone.error().detail.find("too old resource version") != std::string::npos);
        QCOMPARE(seen, std::vector<std::string> {"ERROR"});
        ApiTarget nobody = server.target(*m_pki);
        nobody.token = "nobody-token";
        QCOMPARE(ApiClient(nobody).watch("/api/v1/pods", "1", {}, [](const auto&) { return true; }).error().code, ErrorCode::Forbidden);
        const auto [time, error] = cancelled([&](std::stop_token stop) { return client.watch("/api/v1/pods", "", stop, [](const auto&) { return true; }); });
        QCOMPARE(error.code, ErrorCode::Cancelled);
        QVERIFY(time < 1s);
    }

    void changes()
    {
        const fakes::Apiserver server(*m_pki);
        ApiClient client(server.target(*m_pki));
        const auto patched = client.send("PATCH", "/api/v1/nodes/node-1", "application/merge-patch+json", R"({"spec":{"unschedulable":true}})", {});
        QVERIFY2(patched.has_value(), describe(patched).c_str());
        QVERIFY(kube::parseNodes(*client.list("/api/v1/nodes", {}))->at(0).unschedulable);
        QCOMPARE(client.send("POST", "/api/v1/nodes", "application/json", R"({"metadata":{"name":"node-1"}})", {}).error().code, ErrorCode::CommandFailed);
        QVERIFY(client.send("POST", "/api/v1/namespaces/default/pods/ingress/eviction", "application/json", "{}", {}));
        QVERIFY(client.send("DELETE", "/api/v1/namespaces/default/pods/crash", "application/json", "", {}));
        QCOMPARE(client.get("/api/v1/namespaces/default/pods/crash", {}).error().code, ErrorCode::NotFound);
    }

    void throughAStream_data()
    {
        QTest::addColumn<bool>("withDescriptor");
        QTest::newRow("with descriptor") << true;
        QTest::newRow("asked again and again") << false;
    }

    void throughAStream()
    {
        QFETCH(bool, withDescriptor);
        ApiTarget target = m_server->target(*m_pki, "apiserver.inside.example"); // nobody here knows this name
        target.tlsServerName = "kubernetes";
        target.reachedThrough = "root@10.0.0.5:22";
        ApiClient client(target, dialler(m_server->port(), withDescriptor));
        QCOMPARE(client.route(), std::string("through root@10.0.0.5:22"));
        for (int i = 0; i < 3; ++i) {
            const auto pods = client.list("/api/v1/pods", {}, 2);
            QVERIFY2(pods.has_value(), describe(pods).c_str());
            QCOMPARE(kube::parsePods(*pods)->size(), std::size_t(9));
        }
        target.tlsServerName.clear();
        QCOMPARE(ApiClient(target, dialler(m_server->port(), withDescriptor)).version({}).error().code, ErrorCode::TlsNameMismatch);
        target.tlsServerName = "kubernetes";
        const auto broken = ApiClient(target, dialler(m_server->port(), withDescriptor, 6000)).list("/api/v1/pods", {});
        QVERIFY2(broken.error().code == ErrorCode::ConnectionLost && broken.error().where == "jump", describe(broken).c_str());
        const auto refused = ApiClient(target, dialler(1, withDescriptor)).version({});
        QVERIFY2(refused.error().code == ErrorCode::ConnectionRefused, describe(refused).c_str());
    }

    void cancelling_data()
    {
        QTest::addColumn<QString>("fault");
        QTest::addColumn<bool>("through");
        for (const bool through : {false, true})
            for (const char* kind : {"hang-accept", "hang", "slow", "busy"})
                QTest::addRow("%s%s", kind, through ? " through a stream" : "")
                    << (qstrcmp(kind, "busy") == 0 ? QStringLiteral(R"({"kind":"status","code":429,"headers":{"Retry-After":"8"}})")
                                                   : QStringLiteral("{\"kind\":\"%1\"}").arg(QLatin1String(kind)))
                    << through;
    }

    void cancelling()
    {
        QFETCH(QString, fault);
        QFETCH(bool, through);
        const fakes::Apiserver server(*m_pki);
        ApiTarget target = server.target(*m_pki, through ? "apiserver.inside.example" : "127.0.0.1");
        target.tlsServerName = "kubernetes";
        server.fault(fault.toStdString());
        auto client = std::make_unique<ApiClient>(target, through ? dialler(server.port(), true) : ApiClient::Dialler());
        const auto [time, error] = cancelled([&](std::stop_token stop) { return client->get("/api/v1/pods", stop, 30s); });
        QVERIFY2(error.code == ErrorCode::Cancelled, describe(error).c_str());
        QVERIFY2(time < 1s, std::to_string(time.count()).c_str());
        const auto start = std::chrono::steady_clock::now();
        client.reset();
        QVERIFY(std::chrono::steady_clock::now() - start < 1s);
    }

    void cancellingWhileConnecting()
    {
        // A full backlog: the kernel drops further SYNs, as a dead host would.
        const Port full;
        listen(full.fd(), 0);
        std::vector<int> fillers;
        sockaddr_in address {};
        address.sin_family = AF_INET;
        address.sin_port = htons(full.port());
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        for (int i = 0; i < 3; ++i) {
            fillers.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
            [[maybe_unused]] const int begun = ::connect(fillers.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
        }
        ApiTarget target = m_server->target(*m_pki);
        target.server = "https://127.0.0.1:" + std::to_string(full.port());
        const auto [time, error] = cancelled([&](std::stop_token stop) { return ApiClient(target).get("/version", stop, 30s); });
        for (const int fd : fillers)
            close(fd);
        QVERIFY2(error.code == ErrorCode::Cancelled, describe(error).c_str());
        QVERIFY(time < 1s);
    }
};

QTEST_GUILESS_MAIN(TestApiClient)
#include "tst_api_client.moc"
