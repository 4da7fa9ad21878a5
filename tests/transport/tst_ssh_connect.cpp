// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/secrets.h"
#include "diagnostics/transport/ssh_connection.h"
#include "tests/fakes/cancel.h"
#include "tests/fakes/real_sshd.h"
#include "tests/fakes/results.h"

#include <QElapsedTimer>
#include <QTest>

#include <chrono>
#include <thread>
#include <vector>

#include <poll.h>

using namespace medic;
using namespace medic::fakes;
using namespace std::chrono_literals;

namespace {

using Opened = Result<std::unique_ptr<SshConnection>>;

} // namespace

/// Getting in: keys, agent, passwords, host keys, jump hosts, against a real sshd.
class TestSshConnect : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString reason = RealSshd::missing(); !reason.isEmpty())
            QSKIP(qPrintable(reason));
        qunsetenv("SSH_AUTH_SOCK");
    }

    void keys_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("passphrase");
        QTest::addColumn<QStringList>("more");
        const QStringList none, pem {QStringLiteral("-m"), QStringLiteral("PEM")}, pkcs8 {QStringLiteral("-m"), QStringLiteral("PKCS8")};
        for (const QString& passphrase : {QString(), QStringLiteral("open sesame")}) {
            const QByteArray suffix = passphrase.isEmpty() ? "" : " with passphrase";
            QTest::newRow("ed25519" + suffix) << QStringLiteral("ed25519") << passphrase << none;
            QTest::newRow("ecdsa" + suffix) << QStringLiteral("ecdsa") << passphrase << none;
            QTest::newRow("ecdsa 521" + suffix) << QStringLiteral("ecdsa") << passphrase << QStringList {QStringLiteral("-b"), QStringLiteral("521")};
            QTest::newRow("rsa" + suffix) << QStringLiteral("rsa") << passphrase << QStringList {QStringLiteral("-b"), QStringLiteral("2048")};
            QTest::newRow("rsa PEM" + suffix) << QStringLiteral("rsa") << passphrase << pem + QStringList {QStringLiteral("-b"), QStringLiteral("2048")};
            QTest::newRow("ecdsa PEM" + suffix) << QStringLiteral("ecdsa") << passphrase << pem;
            QTest::newRow("rsa PKCS8" + suffix) << QStringLiteral("rsa") << passphrase << pkcs8 + QStringList {QStringLiteral("-b"), QStringLiteral("2048")};
            QTest::newRow("ecdsa PKCS8" + suffix) << QStringLiteral("ecdsa") << passphrase << pkcs8;
        }
    }
    void keys()
    {
        QFETCH(QString, type);
        QFETCH(QString, passphrase);
        QFETCH(QStringList, more);
        RealSshd sshd;
        sshd.makeKey(QStringLiteral("mine"), type, passphrase, more);
        sshd.authorize(QStringLiteral("mine"));
        SshSettings settings = sshd.settings();
        settings.identities = {sshd.path("mine")};
        Secrets secrets;
        for (const bool withPublicFile : {true, false}) {
            if (!withPublicFile)
                QFile::remove(sshd.file(QStringLiteral("mine.pub")));
            Secrets without;
            if (!passphrase.isEmpty()) {
                const Opened locked = SshConnection::open(sshd.target(), settings, without, {});
                COMPARE_CODE(locked, ErrorCode::PassphraseNeeded);
                QCOMPARE(locked.error().where, sshd.path("mine"));
                without.setPassphrase(sshd.path("mine"), "wrong");
                COMPARE_CODE(SshConnection::open(sshd.target(), settings, without, {}), ErrorCode::PassphraseNeeded);
                secrets.setPassphrase(sshd.path("mine"), passphrase.toStdString());
            }
            const Opened opened = SshConnection::open(sshd.target(), settings, secrets, {});
            VERIFY_OK(opened);
            const auto result = (*opened)->run({.command = "echo in"}, {});
            VERIFY_OK(result);
            QCOMPARE(result->out, std::string("in\n"));
            QCOMPARE((*opened)->name(), localUserName() + "@127.0.0.1:" + std::to_string(sshd.port()));
        }
    }

    void wrongKeyAndReadableKey()
    {
        RealSshd sshd;
        sshd.makeKey(QStringLiteral("other"), QStringLiteral("ed25519"));
        SshSettings settings = sshd.settings();
        settings.identities = {sshd.path("other"), sshd.path("absent")};
        const Secrets secrets;
        RealSshd keysOnly("PasswordAuthentication no\nKbdInteractiveAuthentication no\n");
        SshSettings refused = keysOnly.settings();
        refused.identities = settings.identities;
        const Opened opened = SshConnection::open(sshd.target(), refused, secrets, {});
        COMPARE_CODE(opened, ErrorCode::AuthenticationFailed);
        QVERIFY2(opened.error().detail.find("other") != std::string::npos, opened.error().detail.c_str());
        QVERIFY2(opened.error().detail.find("offers: publickey") != std::string::npos, opened.error().detail.c_str());
        QVERIFY2(opened.error().detail.find("absent (No such file") != std::string::npos, opened.error().detail.c_str());

        refused.identities = {keysOnly.path("id")};
        chmod(refused.identities.front().c_str(), 0644);
        const Opened open = SshConnection::open(sshd.target(), refused, secrets, {});
        COMPARE_CODE(open, ErrorCode::AuthenticationFailed);
        QVERIFY2(open.error().detail.find("too open") != std::string::npos, open.error().detail.c_str());

        // A server that takes passwords too asks for one.
        COMPARE_CODE(SshConnection::open(sshd.target(), settings, secrets, {}), ErrorCode::PasswordNeeded);
    }

    void agent()
    {
        if (!QFile::exists(QStringLiteral("/usr/bin/ssh-agent")))
            QSKIP("no ssh-agent on this machine");
        RealSshd sshd("PasswordAuthentication no\nKbdInteractiveAuthentication no\n");
        QProcess agent;
        const QString socket = sshd.file(QStringLiteral("agent.sock"));
        agent.start(QStringLiteral("ssh-agent"), {QStringLiteral("-D"), QStringLiteral("-a"), socket});
        QTRY_VERIFY(QFile::exists(socket));
        qputenv("SSH_AUTH_SOCK", socket.toUtf8());
        for (const QString& type : {QStringLiteral("rsa"), QStringLiteral("ecdsa"), QStringLiteral("ed25519")}) {
            const QString name = QStringLiteral("agent_") + type;
            sshd.makeKey(name, type);
            runProgram(QStringLiteral("ssh-add"), {QStringLiteral("-q"), sshd.file(name)});
        }
        const Secrets secrets;
        SshSettings settings = sshd.settings();
        settings.identities = {sshd.path("absent")};
        COMPARE_CODE(SshConnection::open(sshd.target(), settings, secrets, {}), ErrorCode::AuthenticationFailed);
        for (const char* name : {"agent_rsa", "agent_ecdsa", "agent_ed25519"}) {
            QFile::remove(sshd.file(QStringLiteral("authorized_keys")));
            sshd.authorize(QLatin1String(name));
            VERIFY_OK(SshConnection::open(sshd.target(), settings, secrets, {}));
        }
        // IdentitiesOnly: of the agent's keys only those that are named.
        writeFile(sshd.file(QStringLiteral("config")), "Host *\n IdentitiesOnly yes\n");
        settings.configFile = sshd.path("config");
        COMPARE_CODE(SshConnection::open(sshd.target(), settings, secrets, {}), ErrorCode::AuthenticationFailed);
        QFile::remove(sshd.file(QStringLiteral("agent_ed25519"))); // the public half remains: the agent has the other
        settings.identities = {sshd.path("agent_ed25519")};
        VERIFY_OK(SshConnection::open(sshd.target(), settings, secrets, {}));
        writeFile(sshd.file(QStringLiteral("config")), "Host *\n IdentityAgent none\n");
        COMPARE_CODE(SshConnection::open(sshd.target(), settings, secrets, {}), ErrorCode::AuthenticationFailed);
        qunsetenv("SSH_AUTH_SOCK");
        agent.kill();
        agent.waitForFinished();
    }

    void hungAgent()
    {
        RealSshd sshd;
        const std::string path = sshd.path("hung.sock");
        const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un address {};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        QCOMPARE(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        QCOMPARE(listen(fd, 4), 0);
        qputenv("SSH_AUTH_SOCK", QByteArray::fromStdString(path));
        const Secrets secrets;
        CancelWhen stop(when([fd] { // the connection to the agent waits to be accepted
            pollfd asked {fd, POLLIN, 0};
            return poll(&asked, 1, 0) == 1;
        }));
        COMPARE_CODE(SshConnection::open(sshd.target(), sshd.settings(), secrets, stop.token()), ErrorCode::Cancelled);
        QVERIFY(stop.sinceStop() < 1000);
        qunsetenv("SSH_AUTH_SOCK");
        close(fd);
    }

    void password_data()
    {
        QTest::addColumn<QByteArray>("config");
        QTest::newRow("password") << QByteArray("PasswordAuthentication yes\nKbdInteractiveAuthentication no\n");
        QTest::newRow("keyboard-interactive") << QByteArray("UsePAM yes\nPasswordAuthentication no\nKbdInteractiveAuthentication yes\n");
        QTest::newRow("key and password") << QByteArray("AuthenticationMethods publickey,password\n");
    }
    void password()
    {
        QFETCH(QByteArray, config);
        TemporaryUser user(QStringLiteral("p"));
        if (!user.exists())
            QSKIP("a password login needs a temporary user: root only");
        RealSshd sshd(config);
        SshSettings settings = sshd.settings();
        settings.user = user.name();
        if (!config.contains("publickey"))
            settings.identities.clear();
        settings.configFile = sshd.path("config");
        writeFile(sshd.file(QStringLiteral("config")), "Host *\n IdentityFile none\n");
        Secrets secrets;
        const Opened without = SshConnection::open(sshd.target(), settings, secrets, {});
        COMPARE_CODE(without, ErrorCode::PasswordNeeded);
        const std::string key = without.error().where;
        QCOMPARE(key, user.name() + "@127.0.0.1:" + std::to_string(sshd.port()));
        secrets.setPassword(key, "wrong");
        const Opened wrong = SshConnection::open(sshd.target(), settings, secrets, {});
        COMPARE_CODE(wrong, ErrorCode::AuthenticationFailed);
        QVERIFY2(wrong.error().detail.find("wrong") == std::string::npos, wrong.error().detail.c_str());
        secrets.setPassword(key, TemporaryUser::password().toStdString());
        const Opened right = SshConnection::open(sshd.target(), settings, secrets, {});
        VERIFY_OK(right);
        QCOMPARE((*right)->run({.command = "id -un"}, {})->out, user.name() + '\n');
    }

    void hostKeys()
    {
        RealSshd sshd;
        const Secrets nobody;
        SshSettings settings = sshd.settings(false);
        const Opened unknown = SshConnection::open(sshd.target(), settings, nobody, {});
        COMPARE_CODE(unknown, ErrorCode::HostKeyUnknown);
        QCOMPARE(unknown.error().where, "[127.0.0.1]:" + std::to_string(sshd.port()));
        const QByteArray shown = runProgram(QStringLiteral("ssh-keygen"), {QStringLiteral("-lf"), sshd.file(QStringLiteral("host_ed25519.pub"))});
        const std::string fingerprint = shown.split(' ').value(1).toStdString();
        QCOMPARE(unknown.error().detail, fingerprint + " ED25519");
        QVERIFY(!QFile::exists(sshd.file(QStringLiteral("known_hosts"))));

        Secrets accepted;
        accepted.acceptHostKey(unknown.error().detail);
        VERIFY_OK(SshConnection::open(sshd.target(), settings, accepted, {}));
        VERIFY_OK(SshConnection::open(sshd.target(), settings, nobody, {}));
        QCOMPARE(readFile(sshd.file(QStringLiteral("known_hosts"))), sshd.knownHostsLine());

        RealSshd other;
        const QByteArray otherKey = other.knownHostsLine("[127.0.0.1]:" + QByteArray::number(sshd.port()));
        writeFile(sshd.file(QStringLiteral("known_hosts")), "# one\n" + otherKey);
        const Opened changed = SshConnection::open(sshd.target(), settings, accepted, {});
        COMPARE_CODE(changed, ErrorCode::HostKeyChanged);
        QCOMPARE(changed.error().where, sshd.path("known_hosts") + ":2");
        QVERIFY(changed.error().detail.find(fingerprint) != std::string::npos);
        QCOMPARE(QByteArray::fromStdString(changed.error().detail).count("SHA256:"), 2);

        writeFile(sshd.file(QStringLiteral("known_hosts")), sshd.knownHostsLine() + "@revoked " + sshd.knownHostsLine("*"));
        const Opened revoked = SshConnection::open(sshd.target(), settings, accepted, {});
        COMPARE_CODE(revoked, ErrorCode::HostKeyRevoked);
        QCOMPARE(revoked.error().where, sshd.path("known_hosts") + ":2");
    }

    void acceptNew()
    {
        RealSshd sshd;
        SshSettings settings = sshd.settings(false);
        settings.configFile = sshd.path("config");
        writeFile(sshd.file(QStringLiteral("config")), "Host *\n StrictHostKeyChecking accept-new\n HashKnownHosts yes\n");
        const Secrets secrets;
        VERIFY_OK(SshConnection::open(sshd.target(), settings, secrets, {}));
        const QByteArray line = readFile(sshd.file(QStringLiteral("known_hosts")));
        QVERIFY2(line.startsWith("|1|"), line.constData());
        QVERIFY(!line.contains("127.0.0.1"));
        // ssh-keygen, the judge of the format, finds the host by its name.
        const QByteArray found = runProgram(QStringLiteral("ssh-keygen"),
            {QStringLiteral("-F"), QStringLiteral("[127.0.0.1]:%1").arg(sshd.port()), QStringLiteral("-f"), sshd.file(QStringLiteral("known_hosts"))});
        QVERIFY2(found.contains("found: line 1"), found.constData());
        writeFile(sshd.file(QStringLiteral("config")), "Host *\n StrictHostKeyChecking yes\n");
        VERIFY_OK(SshConnection::open(sshd.target(), settings, secrets, {}));
        COMPARE_CODE(SshConnection::open(sshd.target("127.0.0.2"), settings, secrets, {}), ErrorCode::HostKeyUnknown);
        writeFile(sshd.file(QStringLiteral("config")), "Host node\n HostName 127.0.0.2\n HostKeyAlias [127.0.0.1]:" + QByteArray::number(sshd.port()) + '\n');
        VERIFY_OK(SshConnection::open(sshd.target("node"), settings, secrets, {}));
    }

    void knownTypeIsAskedForFirst()
    {
        RealSshd sshd({}, {QStringLiteral("ed25519"), QStringLiteral("ecdsa"), QStringLiteral("rsa")});
        const SshSettings settings = sshd.settings(false);
        const Secrets secrets;
        for (const QString& type : {QStringLiteral("rsa"), QStringLiteral("ecdsa"), QStringLiteral("ed25519")}) {
            writeFile(sshd.file(QStringLiteral("known_hosts")), sshd.knownHostsLine({}, type));
            VERIFY_OK(SshConnection::open(sshd.target(), settings, secrets, {}));
        }
        // Known by a key of a type that the server has no more: not new, not changed, for the engineer to confirm.
        RealSshd reinstalled;
        writeFile(reinstalled.file(QStringLiteral("known_hosts")), sshd.knownHostsLine("[127.0.0.1]:" + QByteArray::number(reinstalled.port()), QStringLiteral("rsa")));
        writeFile(reinstalled.file(QStringLiteral("config")), "StrictHostKeyChecking accept-new\n");
        SshSettings again = reinstalled.settings(false);
        again.configFile = reinstalled.path("config");
        const Opened opened = SshConnection::open(reinstalled.target(), again, secrets, {});
        COMPARE_CODE(opened, ErrorCode::HostKeyUnknown);
        QVERIFY2(opened.error().detail.find("known by SHA256:") != std::string::npos, opened.error().detail.c_str());
    }

    void ipv6()
    {
        RealSshd sshd;
        const Secrets secrets;
        const Opened opened = SshConnection::open(sshd.target("::1"), sshd.settings(), secrets, {});
        if (!opened && opened.error().code == ErrorCode::NetworkUnreachable)
            QSKIP("no IPv6 loopback on this machine");
        VERIFY_OK(opened);
        QCOMPARE((*opened)->name(), localUserName() + "@[::1]:" + std::to_string(sshd.port()));
        QCOMPARE((*opened)->run({.command = "echo six"}, {})->out, std::string("six\n"));
    }

private:
    /// By its descriptor alone a stream is read to its end, and sleeps while there is nothing.
    static void streamIsWatched(SshConnection& connection)
    {
        const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        QVERIFY(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 && listen(listener, 1) == 0);
        getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
        constexpr std::size_t size = 4'000'000;
        std::jthread server([listener] {
            const int fd = accept(listener, nullptr, nullptr);
            char go = 0;
            if (recv(fd, &go, 1, 0) == 1) {
                const std::string data(size, 'z');
                for (std::size_t sent = 0; sent < size;) {
                    const ssize_t now = send(fd, data.data() + sent, size - sent, MSG_NOSIGNAL);
                    if (now <= 0)
                        break;
                    sent += static_cast<std::size_t>(now);
                }
            }
            close(fd);
            close(listener);
        });
        auto stream = connection.forward("127.0.0.1", ntohs(address.sin_port), {});
        VERIFY_OK(stream);
        const int watched = (*stream)->descriptor();
        QVERIFY(watched >= 0);
        std::vector<char> buffer(65536);
        // Nothing comes: after what the channel's opening left behind, poll() sleeps.
        int woken = 0;
        for (int i = 0; i < 20; ++i) {
            COMPARE_CODE((*stream)->read(buffer.data(), buffer.size(), 0ms, {}), ErrorCode::Timeout);
            pollfd wait {watched, POLLIN, 0};
            if (poll(&wait, 1, 20) == 0)
                break;
            ++woken;
        }
        QVERIFY2(woken < 20, "it never sleeps");
        VERIFY_OK((*stream)->write("g", {}));
        std::size_t all = 0;
        while (true) {
            const auto got = (*stream)->read(buffer.data(), buffer.size(), 0ms, {});
            if (got && *got == 0)
                break;
            if (got) {
                all += *got;
                continue;
            }
            QCOMPARE(got.error().code, ErrorCode::Timeout);
            pollfd wait {watched, POLLIN, 0};
            QVERIFY2(poll(&wait, 1, 10000) == 1, "something was there that poll() did not tell");
        }
        QCOMPARE(all, size);
    }

private Q_SLOTS:
    void jumpsOfDepthTwo()
    {
        RealSshd outer, middle, inner;
        const QString known = inner.file(QStringLiteral("known_hosts"));
        for (const RealSshd* sshd : {&middle, &inner}) { // one key opens all three
            const QByteArray pub = readFile(inner.file(QStringLiteral("id.pub")));
            writeFile(sshd->file(QStringLiteral("authorized_keys")), pub);
        }
        writeFile(outer.file(QStringLiteral("authorized_keys")), readFile(outer.file(QStringLiteral("id.pub"))));
        const auto port = [](const RealSshd& sshd) { return QByteArray::number(sshd.port()); };
        // Each hop by its own configuration: alias, port, key.
        writeFile(inner.file(QStringLiteral("config")),
                  "Host door\n HostName 127.0.0.1\n Port " + port(outer) + "\n IdentityFile " + outer.file(QStringLiteral("id")).toUtf8()
                      + "\nHost hall\n HostName 127.0.0.1\n Port " + port(middle) + "\n ProxyJump door\n IdentityFile "
                      + inner.file(QStringLiteral("id")).toUtf8() + "\nHost room\n HostName 127.0.0.1\n Port " + port(inner)
                      + "\n ProxyJump hall\n IdentityFile " + inner.file(QStringLiteral("id")).toUtf8() + '\n');
        writeFile(known, outer.knownHostsLine() + middle.knownHostsLine() + inner.knownHostsLine());
        SshSettings settings;
        settings.configFile = inner.path("config");
        settings.knownHostsFile = known.toStdString();
        settings.user.clear();
        const Secrets secrets;
        const Opened opened = SshConnection::open(RealSshd::target("room"), settings, secrets, {});
        VERIFY_OK(opened);
        const auto result = (*opened)->run({.command = "echo $SSH_CONNECTION; head -c 3000000 /dev/zero | tr '\\0' x"}, {});
        VERIFY_OK(result);
        QVERIFY2(QByteArray::fromStdString(result->out.substr(0, 60)).contains(' ' + port(inner)), result->out.substr(0, 60).c_str());
        QVERIFY(result->out.size() > 3000000);
        const std::string big(2'000'000, 'y');
        const auto back = (*opened)->run({.command = "wc -c", .input = big}, {});
        VERIFY_OK(back);
        QCOMPARE(back->out, std::string("2000000\n"));

        // Another stream beside it, to the first server's banner, as seen from inside.
        auto stream = (*opened)->forward("127.0.0.1", outer.port(), {});
        VERIFY_OK(stream);
        char banner[64] {};
        const auto got = (*stream)->read(banner, sizeof banner, 5s, {});
        VERIFY_OK(got);
        QVERIFY(std::string_view(banner, *got).starts_with("SSH-2.0"));
        COMPARE_CODE((*opened)->forward("127.0.0.1", freePort(), {}), ErrorCode::ConnectionRefused);
        streamIsWatched(**opened);

        // The middle one's key is unknown: said of the middle one.
        writeFile(known, outer.knownHostsLine() + inner.knownHostsLine());
        const Opened unknown = SshConnection::open(RealSshd::target("room"), settings, secrets, {});
        COMPARE_CODE(unknown, ErrorCode::HostKeyUnknown);
        QCOMPARE(unknown.error().where, "[127.0.0.1]:" + std::to_string(middle.port()));

        // The first one refuses us: the jump host is named.
        writeFile(known, outer.knownHostsLine() + middle.knownHostsLine() + inner.knownHostsLine());
        outer.stop();
        const Opened dead = SshConnection::open(RealSshd::target("room"), settings, secrets, {});
        COMPARE_CODE(dead, ErrorCode::JumpFailed);
        QVERIFY2(dead.error().where.find(std::to_string(outer.port())) != std::string::npos, dead.error().where.c_str());

        // The last one is not there, seen from the middle one.
        SshSettings direct = middle.settings();
        direct.configFile = "none";
        direct.identities = {inner.path("id")};
        direct.jumps = {localUserName() + "@127.0.0.1:" + std::to_string(middle.port())};
        direct.port = outer.port();
        const Opened gone = SshConnection::open(RealSshd::target(), direct, secrets, {});
        COMPARE_CODE(gone, ErrorCode::ConnectionRefused);
        QVERIFY2(gone.error().detail.find(std::to_string(middle.port())) != std::string::npos, gone.error().detail.c_str());
    }
};

QTEST_GUILESS_MAIN(TestSshConnect)
#include "tst_ssh_connect.moc"
