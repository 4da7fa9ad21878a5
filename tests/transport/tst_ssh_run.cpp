// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/secrets.h"
#include "diagnostics/transport/shell_fd.h"
#include "diagnostics/transport/ssh_connection.h"
#include "tests/fakes/cancel.h"
#include "tests/fakes/real_sshd.h"
#include "tests/fakes/results.h"

#include <QElapsedTimer>
#include <QTest>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <thread>

#include <poll.h>

using namespace medic;
using namespace medic::fakes;
using namespace std::chrono_literals;

namespace {

using Opened = Result<std::unique_ptr<SshConnection>>;

/// A TCP server that does with each connection what a test wants, in its own thread, until the test is over.
class BadServer final {
public:
    using Behaviour = std::function<void(int fd, const std::stop_token& stop)>;
    explicit BadServer(Behaviour behaviour, int backlog = 16) : m_listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        bind(m_listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
        listen(m_listener.get(), backlog);
        socklen_t length = sizeof address;
        getsockname(m_listener.get(), reinterpret_cast<sockaddr*>(&address), &length);
        m_port = ntohs(address.sin_port);
        if (!behaviour)
            return;
        m_thread = std::jthread([this, behaviour](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
                pollfd wait {m_listener.get(), POLLIN, 0};
                if (poll(&wait, 1, 20) != 1)
                    continue;
                const Fd client(accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
                behaviour(client.get(), stop);
            }
        });
    }
    std::uint16_t port() const { return m_port; }

private:
    Fd m_listener;
    std::uint16_t m_port = 0;
    std::jthread m_thread;
};

bool sendAll(int fd, std::string_view text) { return send(fd, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()); }

void idle(const std::stop_token& stop)
{
    while (!stop.stop_requested())
        std::this_thread::sleep_for(10ms);
}

/// Whether a process with this command line runs on this machine.
bool isRunning(const std::string& program, const std::string& argument)
{
    const std::string wanted = program + '\0' + argument + '\0';
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
        std::ifstream in(entry.path() / "cmdline", std::ios::binary);
        if (std::string(std::istreambuf_iterator<char>(in), {}) == wanted)
            return true;
    }
    return false;
}

SshSettings plainSettings(std::uint16_t port, int connectSeconds)
{
    SshSettings settings;
    settings.configFile = "none";
    settings.knownHostsFile = "/dev/null";
    settings.user = "nobody";
    settings.port = port;
    settings.connectSeconds = connectSeconds;
    return settings;
}

} // namespace

/// Commands, their limits, and servers that behave badly.
class TestSshRun : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<RealSshd> m_sshd;
    const Secrets m_secrets;

    Opened open() { return SshConnection::open(RealSshd::target(), m_sshd->settings(), m_secrets, {}); }

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString reason = RealSshd::missing(); !reason.isEmpty())
            QSKIP(qPrintable(reason));
        qunsetenv("SSH_AUTH_SOCK");
        m_sshd = std::make_unique<RealSshd>();
        QVERIFY(m_sshd->running());
    }
    void cleanupTestCase() { m_sshd.reset(); }

    void streamsAndStatus()
    {
        auto shell = open();
        VERIFY_OK(shell);
        const auto result = (*shell)->run({.command = "printf 'a\\0b'; echo err >&2; exit 3"}, {});
        VERIFY_OK(result);
        QCOMPARE(result->out, std::string("a\0b", 3));
        QCOMPARE(result->err, std::string("err\n"));
        QCOMPARE(result->exitStatus, 3);
        const auto killed = (*shell)->run({.command = "kill -TERM $$"}, {});
        VERIFY_OK(killed);
        QCOMPARE(killed->signal, std::string("TERM"));
        QCOMPARE(killed->exitStatus, -1);
        QCOMPARE((*shell)->run({.command = "exit 0"}, {})->exitStatus, 0);
        const std::string nasty = "a'b\"c$(id)`id`\\n\\\\ *?[x] ~ !;|&<>\n\ttab é 中";
        QCOMPARE((*shell)->run({.command = "cat", .input = nasty}, {})->out, nasty);
    }

    void inputAndLongCommands()
    {
        auto shell = open();
        VERIFY_OK(shell);
        std::string big;
        for (int i = 0; big.size() < 3'000'000; ++i)
            big += std::to_string(i) + '\n';
        const auto echoed = (*shell)->run({.command = "cat", .input = big}, {});
        VERIFY_OK(echoed);
        QVERIFY(echoed->out == big);
        QCOMPARE((*shell)->run({.command = "head -c 5", .input = big}, {})->out, big.substr(0, 5));
        const std::string command = "x='" + std::string(300'000, 'y') + "'; echo ${#x}; cat";
        const auto counted = (*shell)->run({.command = command, .input = "in"}, {});
        VERIFY_OK(counted);
        QCOMPARE(counted->out, std::string("300000\nin"));
    }

    void limits()
    {
        auto shell = open();
        VERIFY_OK(shell);
        QElapsedTimer timer;
        timer.start();
        COMPARE_CODE((*shell)->run({.command = "sleep 100", .timeLimit = 400ms}, {}), ErrorCode::Timeout);
        QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
        // The connection is as good as before.
        const auto yes = (*shell)->run({.command = "yes", .outputLimit = 5'000'000}, {});
        VERIFY_OK(yes);
        QVERIFY(yes->truncated);
        QCOMPARE(yes->out.size(), std::size_t(5'000'000));
        const auto errors = (*shell)->run({.command = "yes >&2", .outputLimit = 100'000}, {});
        VERIFY_OK(errors);
        QVERIFY(errors->truncated);
        QCOMPARE((*shell)->run({.command = "echo still here"}, {})->out, std::string("still here\n"));
        std::string seen;
        const auto streamed = (*shell)->stream({.command = "echo one; sleep 0.2; echo two"}, {}, [&](std::string_view chunk) {
            seen += chunk;
            return true;
        });
        VERIFY_OK(streamed);
        QCOMPARE(seen, std::string("one\ntwo\n"));
        const auto enough = (*shell)->stream({.command = "yes"}, {}, [](std::string_view) { return false; });
        VERIFY_OK(enough);
        QVERIFY(enough->truncated);
        // What was cut off is killed there too.
        const std::string nap = "1000.5" + std::to_string(getpid());
        COMPARE_CODE((*shell)->run({.command = "sleep " + nap, .timeLimit = 300ms}, {}), ErrorCode::Timeout);
        QTRY_COMPARE((*shell)->run({.command = "pgrep -fc '^[s]leep " + nap + "'"}, {})->out, std::string("0\n"));
    }

    void cancelWhileRunning()
    {
        auto shell = open();
        VERIFY_OK(shell);
        CancelWhen stop(whenBlocked());
        COMPARE_CODE((*shell)->run({.command = "sleep 100", .timeLimit = 60s}, stop.token()), ErrorCode::Cancelled);
        QVERIFY(stop.sinceStop() < 1000);
        auto second = open();
        VERIFY_OK(second);
        std::atomic<std::size_t> seen {0};
        CancelWhen again(when([&seen] { return seen > 100'000; }));
        const auto endless = (*second)->stream({.command = "yes", .timeLimit = 60s, .outputLimit = std::size_t(1) << 40}, again.token(),
            [&seen](std::string_view chunk) {
                seen += chunk.size();
                return true;
            });
        COMPARE_CODE(endless, ErrorCode::Cancelled);
        QVERIFY(again.sinceStop() < 1000);
    }

    void sshdIsKilled()
    {
        auto shell = open();
        VERIFY_OK(shell);
        const auto result = (*shell)->run({.command = "echo before; kill -9 $(ps -o ppid= -p $PPID); sleep 5", .timeLimit = 10s}, {});
        COMPARE_CODE(result, ErrorCode::ConnectionLost);
        COMPARE_CODE((*shell)->run({.command = "true"}, {}), ErrorCode::ConnectionLost);
    }

    void keepAliveEndsADeadServer()
    {
        writeFile(m_sshd->file(QStringLiteral("config")), "ServerAliveInterval 1\nServerAliveCountMax 1\n");
        SshSettings settings = m_sshd->settings();
        settings.configFile = m_sshd->path("config");
        auto shell = SshConnection::open(RealSshd::target(), settings, m_secrets, {});
        VERIFY_OK(shell);
        // A command that is silent is not a server that is dead.
        const auto silent = (*shell)->run({.command = "sleep 3; echo awake", .timeLimit = 20s}, {});
        VERIFY_OK(silent);
        QCOMPARE(silent->out, std::string("awake\n"));
        QElapsedTimer timer;
        timer.start();
        const auto pid = (*shell)->run({.command = "ps -o ppid= -p $PPID"}, {});
        VERIFY_OK(pid);
        const pid_t sshd = std::stoi(pid->out);
        std::jthread stopper([sshd, waiting = gettid()] {
            waitUntilBlocked({waiting});
            kill(sshd, SIGSTOP);
        });
        const auto dead = (*shell)->run({.command = "sleep 60", .timeLimit = 60s}, {});
        kill(sshd, SIGKILL);
        COMPARE_CODE(dead, ErrorCode::ConnectionLost);
        QVERIFY2(timer.elapsed() < 10000, qPrintable(QString::number(timer.elapsed())));
    }

    void refusedAndUnknown()
    {
        const Opened refused = SshConnection::open(RealSshd::target(), plainSettings(freePort(), 3), m_secrets, {});
        COMPARE_CODE(refused, ErrorCode::ConnectionRefused);
        QVERIFY(refused.error().where.starts_with("127.0.0.1:"));
        COMPARE_CODE(SshConnection::open(RealSshd::target("no-such-host.invalid"), plainSettings(22, 3), m_secrets, {}), ErrorCode::HostNotFound);
    }

    void badServers_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<int>("code");
        const auto row = [](const char* kind, ErrorCode code) { QTest::newRow(kind) << QString::fromLatin1(kind) << static_cast<int>(code); };
        row("silent", ErrorCode::Timeout);
        row("drips its banner", ErrorCode::Timeout);
        row("hangs after the banner", ErrorCode::Timeout);
        row("hangs up", ErrorCode::ConnectionLost);
        row("talks HTTP", ErrorCode::ProtocolError);
        row("talks without end", ErrorCode::ProtocolError);
        row("sends noise after the banner", ErrorCode::ProtocolError);
        row("full backlog", ErrorCode::Timeout);
    }
    void badServers()
    {
        QFETCH(QString, kind);
        QFETCH(int, code);
        BadServer::Behaviour behaviour;
        if (kind == QLatin1String("silent"))
            behaviour = [](int, const std::stop_token& stop) { idle(stop); };
        else if (kind == QLatin1String("drips its banner"))
            behaviour = [](int fd, const std::stop_token& stop) {
                const std::string banner = "SSH-2.0-OpenSSH_9.2p1" + std::string(200, 'x');
                for (std::size_t i = 0; !stop.stop_requested() && i < banner.size(); ++i) {
                    if (!sendAll(fd, banner.substr(i, 1)))
                        return;
                    std::this_thread::sleep_for(100ms);
                }
            };
        else if (kind == QLatin1String("hangs after the banner"))
            behaviour = [](int fd, const std::stop_token& stop) {
                sendAll(fd, "SSH-2.0-OpenSSH_9.2p1\r\n");
                idle(stop);
            };
        else if (kind == QLatin1String("hangs up"))
            behaviour = [](int, const std::stop_token&) {};
        else if (kind == QLatin1String("talks HTTP"))
            behaviour = [](int fd, const std::stop_token& stop) {
                sendAll(fd, "HTTP/1.1 400 Bad Request\r\n\r\n" + std::string(400, 'x'));
                idle(stop);
            };
        else if (kind == QLatin1String("talks without end"))
            behaviour = [](int fd, const std::stop_token& stop) {
                const std::string line(4096, 'y');
                while (!stop.stop_requested() && sendAll(fd, line)) { }
            };
        else if (kind == QLatin1String("sends noise after the banner"))
            behaviour = [](int fd, const std::stop_token& stop) {
                sendAll(fd, "SSH-2.0-OpenSSH_9.2p1\r\n");
                const std::string noise(4096, '\xa5');
                while (!stop.stop_requested() && sendAll(fd, noise)) { }
            };
        BadServer server(behaviour, kind == QLatin1String("full backlog") ? 0 : 16);
        std::vector<Fd> fillers;
        if (kind == QLatin1String("full backlog")) { // nobody accepts: further connections get no answer at all
            for (int i = 0; i < 4; ++i) {
                fillers.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
                sockaddr_in address {};
                address.sin_family = AF_INET;
                address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
                address.sin_port = htons(server.port());
                static_cast<void>(::connect(fillers.back().get(), reinterpret_cast<sockaddr*>(&address), sizeof address));
            }
        }
        QElapsedTimer timer;
        timer.start();
        const Opened opened = SshConnection::open(RealSshd::target(), plainSettings(server.port(), 1), m_secrets, {});
        QVERIFY(!opened);
        const bool sameFamily = static_cast<int>(opened.error().code) == code
            || (code == static_cast<int>(ErrorCode::ProtocolError) && opened.error().code == ErrorCode::ConnectionLost);
        QVERIFY2(sameFamily, describe(opened.error()).constData());
        QVERIFY2(timer.elapsed() < 3000, qPrintable(QString::number(timer.elapsed())));

        if (code != static_cast<int>(ErrorCode::Timeout))
            return;
        CancelWhen stop(whenBlocked());
        COMPARE_CODE(SshConnection::open(RealSshd::target(), plainSettings(server.port(), 30), m_secrets, stop.token()), ErrorCode::Cancelled);
        QVERIFY(stop.sinceStop() < 1000);
    }

    void sixtyFourHangAndAllWake()
    {
        BadServer server({}, 128); // connections are made by the kernel, nobody speaks
        std::atomic<int> cancelled {0};
        std::stop_source stop;
        QElapsedTimer timer;
        {
            std::vector<std::jthread> workers;
            std::vector<std::atomic<pid_t>> threads(64);
            for (int i = 0; i < 64; ++i) {
                workers.emplace_back([&, i] {
                    threads[static_cast<std::size_t>(i)] = gettid();
                    const Opened opened = SshConnection::open(RealSshd::target(), plainSettings(server.port(), 30), m_secrets, stop.get_token());
                    cancelled += !opened && opened.error().code == ErrorCode::Cancelled ? 1 : 0;
                });
            }
            for (const std::atomic<pid_t>& thread : threads) {
                while (thread == 0)
                    std::this_thread::yield();
                waitUntilBlocked({thread});
            }
            timer.start();
            stop.request_stop();
        }
        QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));
        QCOMPARE(cancelled.load(), 64);
    }

    void cancelWhileAuthenticating()
    {
        // sshd that has been stopped after the key exchange: its child hangs in the middle of the login.
        const std::string seconds = "30." + std::to_string(getpid()); // so that it is found among the processes
        RealSshd slow("AuthenticationMethods publickey\nAuthorizedKeysCommand /bin/sleep " + QByteArray::fromStdString(seconds) + "\nAuthorizedKeysCommandUser root\n");
        if (getuid() != 0)
            QSKIP("AuthorizedKeysCommand needs root");
        SshSettings settings = slow.settings();
        slow.makeKey(QStringLiteral("id"), QStringLiteral("ed25519")); // not authorized: sshd asks the command, which sleeps
        CancelWhen stop(when([&seconds] { return isRunning("/bin/sleep", seconds); }));
        COMPARE_CODE(SshConnection::open(RealSshd::target(), settings, m_secrets, stop.token()), ErrorCode::Cancelled);
        QVERIFY(stop.sinceStop() < 1000);
        settings.connectSeconds = 1;
        QElapsedTimer timer;
        timer.start();
        const Opened late = SshConnection::open(RealSshd::target(), settings, m_secrets, {});
        COMPARE_CODE(late, ErrorCode::Timeout);
        QCOMPARE(late.error().detail, std::string("authentication"));
        QVERIFY(timer.elapsed() < 5000);
    }

    void sixtyFourAtOnce()
    {
        writeFile(m_sshd->file(QStringLiteral("config")), "StrictHostKeyChecking accept-new\n");
        SshSettings settings = m_sshd->settings(false);
        QFile::remove(m_sshd->file(QStringLiteral("known_hosts")));
        settings.configFile = m_sshd->path("config");
        settings.connectSeconds = 60;
        std::atomic<int> good {0};
        std::string problem;
        std::mutex mutex;
        {
            std::vector<std::jthread> workers;
            for (int i = 0; i < 64; ++i) {
                workers.emplace_back([&, i] {
                    const std::string host = "127.0.1." + std::to_string(i + 1);
                    const Opened opened = SshConnection::open({.name = host}, settings, m_secrets, {});
                    const auto result = opened ? (*opened)->run({.command = "echo $0; seq 2000", .timeLimit = 60s}, {}) : tl::unexpected(opened.error());
                    if (result && result->out.size() > 8000 && result->exitStatus == 0) {
                        ++good;
                        return;
                    }
                    const std::scoped_lock lock(mutex);
                    problem = result ? "short" : describe(result.error()).toStdString();
                });
            }
        }
        QVERIFY2(good == 64, problem.c_str());
        QCOMPARE(readFile(m_sshd->file(QStringLiteral("known_hosts"))).count('\n'), 64);
    }

    void forwarding()
    {
        auto shell = open();
        VERIFY_OK(shell);
        BadServer echo([](int fd, const std::stop_token& stop) {
            char buffer[4096];
            while (!stop.stop_requested()) {
                pollfd wait {fd, POLLIN, 0};
                if (poll(&wait, 1, 20) != 1)
                    continue;
                const ssize_t got = recv(fd, buffer, sizeof buffer, 0);
                if (got <= 0 || std::string_view(buffer, static_cast<std::size_t>(got)).find("bye") != std::string_view::npos)
                    return;
                sendAll(fd, {buffer, static_cast<std::size_t>(got)});
            }
        });
        auto stream = (*shell)->forward("127.0.0.1", echo.port(), {});
        VERIFY_OK(stream);
        VERIFY_OK((*stream)->write("hello", {}));
        char buffer[64] {};
        const auto got = (*stream)->read(buffer, sizeof buffer, 5s, {});
        VERIFY_OK(got);
        QCOMPARE(QByteArray(buffer, static_cast<qsizetype>(*got)), QByteArray("hello"));
        COMPARE_CODE((*stream)->read(buffer, sizeof buffer, 100ms, {}), ErrorCode::Timeout);
        VERIFY_OK((*stream)->write("bye", {}));
        const auto end = (*stream)->read(buffer, sizeof buffer, 5s, {});
        VERIFY_OK(end);
        QCOMPARE(*end, std::size_t(0));
        QCOMPARE((*shell)->run({.command = "echo beside"}, {})->out, std::string("beside\n"));
        shell->reset(); // the stream keeps what it needs
        const auto still = (*stream)->read(buffer, sizeof buffer, 5s, {});
        VERIFY_OK(still);
        QCOMPARE(*still, std::size_t(0));
    }

    void sudo()
    {
        if (getuid() != 0 || !QFile::exists(QStringLiteral("/usr/bin/sudo")))
            QSKIP("needs sudo and root, for a temporary user");
        TemporaryUser user(QStringLiteral("s"));
        QVERIFY(user.exists());
        SshSettings settings = m_sshd->settings();
        settings.user = user.name();
        const CommandRequest asRoot {.command = "id -un; cat; echo oops >&2", .input = "its own input\n", .root = true};
        Secrets secrets;
        auto without = SshConnection::open(RealSshd::target(), settings, secrets, {});
        VERIFY_OK(without);
        QCOMPARE((*without)->run(asRoot, {})->out, user.name() + "\nits own input\n"); // sudo was not asked for
        settings.useSudo = true;
        auto shell = SshConnection::open(RealSshd::target(), settings, secrets, {});
        VERIFY_OK(shell);

        user.allow("ALL=(ALL) NOPASSWD: ALL");
        const auto free = (*shell)->run(asRoot, {});
        VERIFY_OK(free);
        QCOMPARE(free->out, std::string("root\nits own input\n"));
        QCOMPARE(free->err, std::string("oops\n"));
        QCOMPARE((*shell)->run({.command = "exit 7", .root = true}, {})->exitStatus, 7);
        QCOMPARE((*shell)->run({.command = "id -un"}, {})->out, user.name() + '\n');

        user.allow("ALL=(ALL) ALL");
        const auto needed = (*shell)->run(asRoot, {});
        COMPARE_CODE(needed, ErrorCode::SudoPasswordNeeded);
        secrets.setSudoPassword(needed.error().where, "wrong");
        COMPARE_CODE((*shell)->run(asRoot, {}), ErrorCode::SudoDenied);
        secrets.setSudoPassword(needed.error().where, TemporaryUser::password().toStdString());
        const auto asked = (*shell)->run(asRoot, {});
        VERIFY_OK(asked);
        QCOMPARE(asked->out, std::string("root\nits own input\n"));
        QCOMPARE(asked->err, std::string("oops\n"));
        // Where the password is known but not asked for, nobody gets it.
        user.allow("ALL=(ALL) NOPASSWD: ALL");
        const auto unasked = (*shell)->run(asRoot, {});
        VERIFY_OK(unasked);
        QCOMPARE(unasked->out, std::string("root\nits own input\n"));
        // Nor is it in any command line.
        const auto lines = (*shell)->run({.command = "cat /proc/[0-9]*/cmdline | tr '\\0' ' '", .root = true}, {});
        VERIFY_OK(lines);
        QVERIFY(lines->out.find(TemporaryUser::password().toStdString()) == std::string::npos);

        user.forbid();
        const auto denied = (*shell)->run(asRoot, {});
        COMPARE_CODE(denied, ErrorCode::SudoDenied);
        QVERIFY2(denied.error().detail.find("sudoers") != std::string::npos, denied.error().detail.c_str());
        user.allow("ALL=(ALL) NOPASSWD: /bin/true");
        COMPARE_CODE((*shell)->run(asRoot, {}), ErrorCode::SudoDenied);
    }
};

QTEST_GUILESS_MAIN(TestSshRun)
#include "tst_ssh_run.moc"
