// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/local_shell.h"
#include "diagnostics/transport/secrets.h"
#include "diagnostics/transport/shell_exchange.h"
#include "diagnostics/transport/ssh_connection.h"
#include "tests/fakes/cancel.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

using namespace medic;
using namespace std::chrono_literals;

namespace {

/// Nobody of ours is left, neither running nor as a zombie.
bool noChildren() { return waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD; }

bool isGone(pid_t pid) { return kill(pid, 0) != 0 && errno == ESRCH; }

} // namespace

class TestLocalShell : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<Shell> m_shell = localShell();

private Q_SLOTS:
    void cleanup() { QVERIFY(noChildren()); }

    void streamsAndStatus()
    {
        const auto result = m_shell->run({.command = "printf 'a\\0b'; echo err >&2; exit 3"}, {});
        QVERIFY(result);
        QCOMPARE(result->out, std::string("a\0b", 3));
        QCOMPARE(result->err, std::string("err\n"));
        QCOMPARE(result->exitStatus, 3);
        QVERIFY(result->signal.empty() && !result->truncated);
        QCOMPARE(m_shell->run({.command = "kill -KILL $$"}, {})->signal, std::string("KILL"));
        QCOMPARE(m_shell->run({.command = "no-such-tool-here"}, {})->exitStatus, 127);
        QCOMPARE(m_shell->name(), std::string("this machine"));
    }

    void ownProcessGroup()
    {
        const auto result = m_shell->run({.command = "ps -o pgid= -p $$; echo $$"}, {});
        QVERIFY(result);
        const QList<QByteArray> words = QByteArray::fromStdString(result->out).simplified().split(' ');
        QCOMPARE(words.value(0), words.value(1));
        // A pipe that breaks kills there as everywhere, although we ignore it ourselves.
        QVERIFY(m_shell->run({.command = "yes | head -1; true"}, {}));
    }

    void input()
    {
        const std::string big(3'000'000, 'x');
        const auto counted = m_shell->run({.command = "wc -c", .input = big}, {});
        QCOMPARE(counted->out, std::string("3000000\n"));
        const auto echoed = m_shell->run({.command = "cat", .input = big}, {});
        QCOMPARE(echoed->out.size(), big.size());
        QCOMPARE(m_shell->run({.command = "true", .input = big}, {})->exitStatus, 0); // nobody reads it
        QCOMPARE(m_shell->run({.command = "cat"}, {})->out, std::string());
    }

    void longCommands()
    {
        std::string command = "x='" + std::string(300'000, 'y') + "'; echo ${#x}";
        QCOMPARE(m_shell->run({.command = command}, {})->out, std::string("300000\n"));
        command += "; cat";
        QCOMPARE(m_shell->run({.command = command, .input = "in\nput"}, {})->out, std::string("300000\nin\nput"));
    }

    void timeLimit()
    {
        QTemporaryDir folder;
        const QString pidFile = folder.filePath(QStringLiteral("pid"));
        QElapsedTimer timer;
        timer.start();
        const auto result = m_shell->run(
            {.command = "sleep 100 & echo $! > " + shellQuote(pidFile.toStdString()) + "; trap '' TERM; sleep 100", .timeLimit = 300ms}, {});
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Timeout);
        QVERIFY(timer.elapsed() < 1500);
        QFile file(pidFile);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const pid_t background = file.readAll().trimmed().toInt();
        QVERIFY(background > 0);
        QTRY_VERIFY(isGone(background)); // the whole group went, also whom nobody waited for
    }

    void outputLimit()
    {
        const auto result = m_shell->run({.command = "yes", .outputLimit = 100'000}, {});
        QVERIFY(result);
        QVERIFY(result->truncated);
        QCOMPARE(result->out.size(), std::size_t(100'000));
        const auto errors = m_shell->run({.command = "yes >&2", .outputLimit = 100'000}, {});
        QVERIFY(errors->truncated);
        QCOMPARE(errors->err.size(), std::size_t(100'000));
        const auto exact = m_shell->run({.command = "head -c 1000 /dev/zero", .outputLimit = 1000}, {});
        QVERIFY(!exact->truncated);
        QCOMPARE(exact->exitStatus, 0);
    }

    void stopping()
    {
        fakes::CancelWhen stop(fakes::whenBlocked());
        const auto result = m_shell->run({.command = "sleep 100 | sleep 100"}, stop.token());
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Cancelled);
        QVERIFY(stop.sinceStop() < 1000);
        QCOMPARE(m_shell->run({.command = "true"}, stop.token()).error().code, ErrorCode::Cancelled);
    }

    void streaming()
    {
        std::string seen;
        const auto all = m_shell->stream({.command = "echo one; echo two"}, {}, [&](std::string_view chunk) {
            seen += chunk;
            return true;
        });
        QVERIFY(all);
        QCOMPARE(seen, std::string("one\ntwo\n"));
        QVERIFY(all->out.empty());
        std::size_t bytes = 0;
        const auto enough = m_shell->stream({.command = "yes"}, {}, [&](std::string_view chunk) {
            bytes += chunk.size();
            return bytes < 1000;
        });
        QVERIFY(enough && enough->truncated);
    }

    void whoStaysBehindDoesNotHoldUs()
    {
        QElapsedTimer timer;
        timer.start();
        const auto result = m_shell->run({.command = "sleep 100 & echo done"}, {});
        QVERIFY(result);
        QCOMPARE(result->out, std::string("done\n"));
        QCOMPARE(result->exitStatus, 0);
        QVERIFY(timer.elapsed() < 3000);
    }

    void manyThreads()
    {
        std::atomic<int> good {0};
        {
            std::vector<std::jthread> workers;
            for (int i = 0; i < 16; ++i) {
                workers.emplace_back([&good, i] {
                    const auto shell = localShell();
                    const std::string text = std::to_string(i);
                    for (int k = 0; k < 5; ++k)
                        good += shell->run({.command = "cat", .input = text}, {}).value().out == text ? 1 : 0;
                });
            }
        }
        QCOMPARE(good.load(), 80);
    }

    void quoting()
    {
        const std::string nasty = "a'b\"c$(id)`id`\\n\\\\ *?[x] ~ !;|&<>\n\ttab é 中";
        QCOMPARE(m_shell->run({.command = "printf %s " + shellQuote(nasty)}, {})->out, nasty);
        QCOMPARE(m_shell->run({.command = "printf %s " + shellQuote("")}, {})->out, std::string());
    }

    /// The conversation with sudo, without sudo: what it says is played to it.
    void sudoConversation()
    {
        const CommandRequest request {.command = "id", .input = "for the command", .root = true};
        const auto markerOf = [](const ShellExchange& exchange) {
            const auto at = exchange.commandLine().find(" medic-") + 1;
            return exchange.commandLine().substr(at, exchange.commandLine().find(' ', at) - at);
        };
        {
            ShellExchange exchange(request, nullptr, ShellExchange::Privilege::Sudo, ShellExchange::Watchdog::Here, "pass word");
            QVERIFY(exchange.commandLine().find("pass word") == std::string::npos);
            QVERIFY(exchange.pendingInput().empty()); // nobody asked yet
            const std::string marker = markerOf(exchange);
            QVERIFY(exchange.takeErr("We trust you have received the usual lecture\n" + marker.substr(0, 9)));
            QVERIFY(exchange.pendingInput().empty());
            QVERIFY(exchange.takeErr(marker.substr(9) + "-asks"));
            QCOMPARE(exchange.pendingInput(), std::string_view("pass word\n"));
            exchange.inputSent(4);
            QCOMPARE(exchange.pendingInput(), std::string_view(" word\n"));
            exchange.inputSent(6);
            QVERIFY(exchange.pendingInput().empty());
            QVERIFY(!exchange.inputComplete());
            QVERIFY(exchange.takeErr(marker + "-runs" + "real stderr"));
            QCOMPARE(exchange.pendingInput(), std::string_view("for the command"));
            exchange.inputSent(15);
            QVERIFY(exchange.inputComplete());
            QVERIFY(exchange.takeOut("uid=0"));
            const auto result = exchange.finish(0, {}, "u@h");
            QVERIFY(result);
            QCOMPARE(result->err, std::string("real stderr"));
        }
        {
            ShellExchange exchange(request, nullptr, ShellExchange::Privilege::Sudo, ShellExchange::Watchdog::Here, "wrong");
            const std::string marker = markerOf(exchange);
            QVERIFY(exchange.takeErr(marker + "-asks"));
            exchange.inputSent(6);
            QVERIFY(!exchange.takeErr("Sorry, try again.\n" + marker + "-asks")); // never a second time
            QVERIFY(exchange.pendingInput().empty());
            const auto result = exchange.finish(1, {}, "u@h");
            QCOMPARE(result.error().code, ErrorCode::SudoDenied);
            QVERIFY(result.error().detail.find("medic-") == std::string::npos);
        }
        {
            ShellExchange exchange(request, nullptr, ShellExchange::Privilege::Sudo, ShellExchange::Watchdog::There, std::nullopt);
            QVERIFY(exchange.takeErr("sudo: a password is required\n"));
            QCOMPARE(exchange.finish(1, {}, "u@h").error(), (Error {ErrorCode::SudoPasswordNeeded, "u@h", "sudo: a password is required"}));
        }
        {   // What sudo quotes of the command line is not the command's start.
            ShellExchange exchange(request, nullptr, ShellExchange::Privilege::Sudo, ShellExchange::Watchdog::There, std::nullopt);
            QVERIFY(exchange.takeErr("Sorry, user u is not allowed to execute '" + exchange.commandLine() + "' as root on h.\n"));
            QCOMPARE(exchange.finish(1, {}, "u@h").error().code, ErrorCode::SudoDenied);
        }
        {
            ShellExchange exchange(request, nullptr, ShellExchange::Privilege::Sudo, ShellExchange::Watchdog::There, std::nullopt);
            QVERIFY(exchange.takeErr(markerOf(exchange) + "-nosudo"));
            QCOMPARE(exchange.finish(127, {}, "u@h").error().code, ErrorCode::ToolMissing);
        }
    }
};

QTEST_GUILESS_MAIN(TestLocalShell)
#include "tst_local_shell.moc"
