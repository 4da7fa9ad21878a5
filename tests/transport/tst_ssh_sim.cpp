// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/secrets.h"
#include "diagnostics/transport/ssh_connection.h"
#include "tests/fakes/sim_ssh_server.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

using namespace medic;
using namespace medic::fakes;
using namespace std::chrono_literals;

namespace {

qsizetype openDescriptors() { return QDir(QStringLiteral("/proc/self/fd")).entryList(QDir::NoDotAndDotDot | QDir::AllEntries | QDir::System).size(); }

} // namespace

/// The simulated nodes do what they promise, and our transport copes with each of their faults.
class TestSshSim : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    const Secrets m_secrets;
    qsizetype m_descriptors = 0;

    SshSettings settings(const SimSshServer& server, int connectSeconds = 10)
    {
        QFile known(m_folder.filePath(QStringLiteral("known_hosts")));
        if (known.open(QIODevice::WriteOnly | QIODevice::Truncate))
            known.write(QByteArray::fromStdString(server.knownHostsLine()));
        SshSettings settings;
        settings.configFile = "none";
        settings.knownHostsFile = known.fileName().toStdString();
        settings.connectSeconds = connectSeconds;
        return settings;
    }
    static NodeTarget target(const SimSshServer& server, int node)
    {
        return {.name = SimSshServer::name(node), .host = SimSshServer::address(node), .user = "root", .port = server.port()};
    }

private Q_SLOTS:
    void initTestCase() { qunsetenv("SSH_AUTH_SOCK"); }
    void init() { m_descriptors = openDescriptors(); }
    void cleanup() { QCOMPARE(openDescriptors(), m_descriptors); } // whatever happened, no socket stays behind

    void commands()
    {
        SimSshServer server({.nodes = 300});
        QVERIFY2(server.running(), server.problem().c_str());
        for (const int node : {0, 249, 250, 299}) {
            auto shell = SshConnection::open(target(server, node), settings(server), m_secrets, {});
            QVERIFY2(shell.has_value(), shell ? "" : shell.error().detail.c_str());
            const auto first = (*shell)->run({.command = "echo $SIM_NODE; cat; echo no >&2; exit 4", .input = "in"}, {});
            QVERIFY(first);
            QCOMPARE(first->out, SimSshServer::name(node) + "\nin");
            QCOMPARE(first->err, std::string("no\n"));
            QCOMPARE(first->exitStatus, 4);
            const auto second = (*shell)->run({.command = "head -c 3000000 /dev/zero"}, {});
            QVERIFY(second);
            QCOMPARE(second->out.size(), std::size_t(3'000'000));
        }
        QVERIFY(!SshConnection::open(target(server, 300), settings(server, 2), m_secrets, {})); // nobody lives there
        QCOMPARE(server.commandsRun(), 8);
        QTRY_COMPARE(server.connectionsOpen(), 0);
    }

    void answersAndLatency()
    {
        SimSshServer server({.nodes = 1,
                             .answer = [](const std::string& node, const std::string& command, const std::string&) -> std::optional<SimAnswer> {
                                 return SimAnswer {.out = node + (command.find("hostname") == std::string::npos ? " ?" : " said"), .err = {}, .exitStatus = 0};
                             },
                             .behaviour = {.latency = 100ms}});
        QElapsedTimer timer;
        timer.start();
        auto shell = SshConnection::open(target(server, 0), settings(server), m_secrets, {});
        QVERIFY(shell);
        QCOMPARE((*shell)->run({.command = "hostname"}, {})->out, std::string("sim-001 said"));
        QVERIFY(timer.elapsed() >= 300);
    }

    void faults_data()
    {
        QTest::addColumn<QString>("fault");
        QTest::addColumn<int>("onOpen"); // an ErrorCode, or -1
        QTest::addColumn<int>("onRun"); // an ErrorCode, or -1: cut off
        const auto row = [](const char* name, std::optional<ErrorCode> open, std::optional<ErrorCode> run) {
            QTest::newRow(name) << QString::fromLatin1(name) << (open ? static_cast<int>(*open) : -1) << (run ? static_cast<int>(*run) : -1);
        };
        row("hang-before-banner", ErrorCode::Timeout, {});
        row("refuse", ErrorCode::PasswordNeeded, {});
        row("hang-after-auth", {}, ErrorCode::Timeout);
        row("drop", {}, ErrorCode::ConnectionLost);
        row("drip", {}, ErrorCode::Timeout);
        row("talk", {}, {});
    }
    void faults()
    {
        QFETCH(QString, fault);
        QFETCH(int, onOpen);
        QFETCH(int, onRun);
        const auto kind = simFaultByName(fault.toStdString());
        QVERIFY(kind);
        SimSshServer server({.nodes = 1, .behaviour = {.fault = *kind}});
        QElapsedTimer timer;
        timer.start();
        auto shell = SshConnection::open(target(server, 0), settings(server, 1), m_secrets, {});
        if (onOpen >= 0) {
            QVERIFY(!shell);
            QCOMPARE(static_cast<int>(shell.error().code), onOpen);
            QVERIFY(timer.elapsed() < 3000);
            return;
        }
        QVERIFY2(shell.has_value(), shell ? "" : shell.error().detail.c_str());
        std::string seen;
        const auto result = (*shell)->stream({.command = "seq 1000", .timeLimit = 700ms, .outputLimit = 100'000}, {}, [&](std::string_view chunk) {
            seen += chunk;
            return true;
        });
        if (onRun >= 0) {
            QVERIFY(!result);
            QCOMPARE(static_cast<int>(result.error().code), onRun);
        } else {
            QVERIFY(result && result->truncated);
            QCOMPARE(seen.size(), std::size_t(100'000));
        }
        if (*kind == SimFault::DropMidCommand || *kind == SimFault::DripSlowly)
            QVERIFY(seen.starts_with("1\n")); // what came before is kept
        QVERIFY(timer.elapsed() < 4000);
        // A fault can be taken away.
        server.setBehaviour(0, {});
        auto healthy = SshConnection::open(target(server, 0), settings(server), m_secrets, {});
        QVERIFY(healthy);
        QCOMPARE((*healthy)->run({.command = "echo well"}, {})->out, std::string("well\n"));
    }

    /// 200 nodes, every fifth of them bad, 64 workers: the good ones all answer, and a stop ends the rest at once.
    void manyNodes()
    {
        SimSshServer server({.nodes = 200, .behaviour = {.latency = 5ms}});
        const std::map<int, SimFault> bad {{0, SimFault::HangBeforeBanner}, {1, SimFault::HangAfterAuth}, {2, SimFault::DropMidCommand}, {3, SimFault::TalkWithoutEnd}};
        for (int node = 0; node < server.nodes(); node += 5)
            server.setBehaviour(node, {.fault = bad.at(node / 5 % 4)});
        const SshSettings common = settings(server, 30);
        std::stop_source stop;
        std::atomic<int> next {0}, good {0}, cancelled {0}, other {0};
        std::vector<std::thread> workers;
        for (int i = 0; i < 64; ++i) {
            workers.emplace_back([&] {
                for (int node = next++; node < server.nodes(); node = next++) {
                    auto shell = SshConnection::open(target(server, node), common, m_secrets, stop.get_token());
                    const auto result = shell ? (*shell)->run({.command = "seq 500", .timeLimit = 30s, .outputLimit = 100'000}, stop.get_token())
                                              : tl::unexpected(shell.error());
                    if (result && !result->truncated && result->exitStatus == 0)
                        ++good;
                    else if (!result && result.error().code == ErrorCode::Cancelled)
                        ++cancelled;
                    else
                        ++other;
                }
            });
        }
        QTRY_COMPARE_WITH_TIMEOUT(good.load(), 160, 60000);
        QElapsedTimer timer;
        timer.start();
        stop.request_stop();
        for (std::thread& worker : workers)
            worker.join();
        QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));
        QCOMPARE(good + cancelled + other, 200);
        QVERIFY(cancelled >= 20); // the hanging ones
    }
};

QTEST_GUILESS_MAIN(TestSshSim)
#include "tst_ssh_sim.moc"
