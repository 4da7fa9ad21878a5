// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/frame.h"
#include "diagnostics/collect/sweep_script.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <map>
#include <random>

using namespace medic;
using namespace medic::collect;
using namespace std::chrono_literals;

namespace {

Probe probeOf(std::string id, std::string command, std::chrono::milliseconds limit = 8s, std::size_t output = 1024 * 1024)
{
    Probe probe;
    probe.id = std::move(id);
    probe.alternatives.push_back({{}, std::move(command)});
    probe.timeLimit = limit;
    probe.outputLimit = output;
    probe.lane = "main";
    return probe;
}

const std::string token = "0123456789abcdef0123456789abcdef";

/// A stream as the script writes it.
std::string streamOf(const std::vector<std::pair<std::string, std::string>>& bodies, const std::string& before = {})
{
    const std::string mark = "@MEDIC " + token + " ";
    std::string text = before + "\n" + mark + "H 1 0 1000\n";
    for (std::size_t i = 0; i < bodies.size(); ++i) {
        text += mark + "F " + std::to_string(i) + " 0 ran 0 1010 5 r " + std::to_string(bodies[i].first.size()) + " "
            + std::to_string(bodies[i].second.size()) + "\n" + bodies[i].first + bodies[i].second + "\n" + mark + "E " + std::to_string(i) + "\n";
        if (i % 2 == 0)
            text += mark + "B\n";
    }
    return text + mark + "Z\n";
}

struct Shell {
    QString program;
    QStringList arguments;
};

Shell shellNamed(const QString& name)
{
    const QString program = QStandardPaths::findExecutable(name);
    return {program, name == QLatin1String("busybox") ? QStringList {QStringLiteral("sh")} : QStringList {}};
}

std::map<std::string, Observation> runScript(const Shell& shell, const std::vector<Probe>& probes, FrameDecoder& decoder,
                                             const SweepScript& script, const QProcessEnvironment& environment)
{
    QProcess process;
    process.setProcessEnvironment(environment);
    process.start(shell.program, shell.arguments);
    process.write(script.text.data(), static_cast<qint64>(script.text.size()));
    process.closeWriteChannel();
    std::map<std::string, Observation> result;
    QElapsedTimer timer;
    timer.start();
    while (!decoder.finished() && timer.elapsed() < 60000 && (process.bytesAvailable() > 0 || process.waitForReadyRead(30000))) {
        const QByteArray bytes = process.readAllStandardOutput();
        for (Frame& frame : decoder.feed({bytes.data(), static_cast<std::size_t>(bytes.size())})) {
            Observation observation = observationOf(std::move(frame), probes, "n", decoder.root(), TimePoint());
            result.insert_or_assign(observation.probe, std::move(observation));
        }
    }
    process.waitForFinished(10000);
    return result;
}

std::map<std::string, Observation> runScript(const Shell& shell, const std::vector<Probe>& probes)
{
    const SweepScript script = sweepScript(probes);
    FrameDecoder decoder(script.token, probes);
    auto result = runScript(shell, probes, decoder, script, QProcessEnvironment::systemEnvironment());
    if (!decoder.finished() || decoder.broken())
        result.clear();
    return result;
}

/// A folder with a PATH in which only what is named exists.
void linkTools(const QTemporaryDir& folder, const QStringList& tools)
{
    for (const QString& tool : tools)
        QFile::link(QStandardPaths::findExecutable(tool), folder.filePath(tool));
}

} // namespace

class FrameTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyChunking()
    {
        std::vector<Probe> probes;
        std::vector<std::pair<std::string, std::string>> bodies;
        for (int i = 0; i < 5; ++i) {
            probes.push_back(probeOf("p" + std::to_string(i), "true"));
            bodies.emplace_back(std::string(static_cast<std::size_t>(i) * 37, 'a') + "\n\n", i % 2 ? "error\n" : "");
        }
        const std::string text = streamOf(bodies, "Welcome to node-1\n@MEDIC not ours\n");
        for (std::size_t size = 1; size <= text.size(); ++size) {
            FrameDecoder decoder(token, probes);
            std::vector<Frame> frames;
            for (std::size_t at = 0; at < text.size(); at += size)
                for (Frame& frame : decoder.feed(std::string_view(text).substr(at, size)))
                    frames.push_back(std::move(frame));
            QCOMPARE(frames.size(), bodies.size());
            for (std::size_t i = 0; i < frames.size(); ++i) {
                QCOMPARE(frames[i].out, bodies[i].first);
                QCOMPARE(frames[i].err, bodies[i].second);
                QCOMPARE(frames[i].start, 100ms);
            }
            QVERIFY(decoder.finished() && decoder.root() && !decoder.broken());
        }
    }

    void everyPrefixGivesTheCompleteOnes()
    {
        std::vector<Probe> probes {probeOf("a", "x"), probeOf("b", "x"), probeOf("c", "x")};
        const std::string text = streamOf({{"first", ""}, {"second", "e"}, {"", ""}});
        std::size_t most = 0;
        for (std::size_t length = 0; length <= text.size(); ++length) {
            FrameDecoder decoder(token, probes);
            const auto frames = decoder.feed(std::string_view(text).substr(0, length));
            QVERIFY(frames.size() >= most);
            most = frames.size();
            QVERIFY(!decoder.broken());
            for (const Frame& frame : frames)
                QVERIFY(frame.out == (frame.probe == 0 ? "first" : frame.probe == 1 ? "second" : ""));
        }
        QCOMPARE(most, std::size_t(3));
    }

    /// A node's own text may hold anything, even a frame of this very sweep.
    void aBodyIsNeverSearched()
    {
        const std::string mark = "@MEDIC " + token + " ";
        const std::string evil = "\n" + mark + "E 0\n" + mark + "F 1 0 ran 0 1 1 r 4 0\nevil\n" + mark + "E 1\n" + mark + "Z\n";
        std::vector<Probe> probes {probeOf("a", "x"), probeOf("b", "x")};
        FrameDecoder decoder(token, probes);
        const auto frames = decoder.feed(streamOf({{evil, evil}, {"good", ""}}));
        QCOMPARE(frames.size(), std::size_t(2));
        QCOMPARE(frames[0].out, evil);
        QCOMPARE(frames[0].err, evil);
        QCOMPARE(frames[1].out, std::string("good"));
    }

    void anotherSweepsFramesAreNoise()
    {
        std::vector<Probe> probes {probeOf("a", "x")};
        std::string other = streamOf({{"evil", ""}});
        for (std::size_t at = other.find(token); at != std::string::npos; at = other.find(token))
            other.replace(at, token.size(), std::string(32, 'f'));
        FrameDecoder decoder(token, probes);
        const auto frames = decoder.feed(other + streamOf({{"good", ""}}));
        QCOMPARE(frames.size(), std::size_t(1));
        QCOMPARE(frames[0].out, std::string("good"));
        QVERIFY(decoder.noise() >= other.size());
        QVERIFY(decoder.banner().substr(0, 7) == "\n@MEDIC");
    }

    void wrongHeadersEndTheReading_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::newRow("out too long") << QByteArray("F 0 0 ran 0 1 1 r 99999999 0");
        QTest::newRow("negative") << QByteArray("F 0 0 ran 0 1 1 r -1 0");
        QTest::newRow("err too long") << QByteArray("F 0 0 ran 0 1 1 r 0 65537");
        QTest::newRow("status") << QByteArray("F 0 0 ran 256 1 1 r 0 0");
        QTest::newRow("end") << QByteArray("F 0 0 flew 0 1 1 r 0 0");
        QTest::newRow("alternative") << QByteArray("F 0 7 ran 0 1 1 r 0 0");
        QTest::newRow("kind") << QByteArray("F 0 0 ran 0 1 1 q 0 0");
        QTest::newRow("overflow") << QByteArray("F 0 0 ran 0 99999999999999999999999 1 r 0 0");
        QTest::newRow("tail") << QByteArray("F 0 0 ran 0 1 1 r 3 0\nabcd\n");
    }

    void wrongHeadersEndTheReading()
    {
        QFETCH(QByteArray, header);
        std::vector<Probe> probes {probeOf("a", "x")};
        FrameDecoder decoder(token, probes);
        const std::string mark = "@MEDIC " + token + " ";
        auto frames = decoder.feed(mark + "H 1 1000 5\n" + mark + header.toStdString() + "\n" + std::string(300, 'x'));
        QVERIFY(frames.empty());
        QVERIFY(decoder.broken());
        QVERIFY(!decoder.root());
        QVERIFY(decoder.feed("more").empty());
    }

    void whatIsNotOursIsSkipped()
    {
        std::vector<Probe> probes {probeOf("a", "x")};
        FrameDecoder decoder(token, probes);
        const std::string mark = "@MEDIC " + token + " ";
        // Frames before the hello, twice the same, an index that was not asked for.
        std::string text = mark + "F 0 0 ran 0 1 1 r 0 0\n\n" + mark + "E 0\n" + streamOf({{"one", ""}});
        text.erase(text.size() - (mark.size() + 2)); // without the Z
        text += mark + "F 0 0 ran 0 1 1 r 3 0\ntwo\n" + mark + "E 0\n" + mark + "F 9 0 ran 0 1 1 r 0 0\n" + mark + "\n" + mark + "Z\n";
        const auto frames = decoder.feed(text);
        QCOMPARE(frames.size(), std::size_t(1));
        QCOMPARE(frames[0].out, std::string("one"));
        QVERIFY(decoder.finished());
    }

    void endlessNoiseIsBroken()
    {
        std::vector<Probe> probes {probeOf("a", "x")};
        FrameDecoder decoder(token, probes);
        const std::string block(64 * 1024, 'y');
        int fed = 0;
        while (!decoder.broken() && fed < 1000) {
            QVERIFY(decoder.feed(block).empty());
            ++fed;
        }
        QVERIFY(decoder.broken());
        QVERIFY(fed <= 18);
    }

    void randomDamageIsSurvived()
    {
        std::mt19937 random(7);
        std::vector<Probe> probes {probeOf("a", "x"), probeOf("b", "x"), probeOf("c", "x")};
        const std::string text = streamOf({{"first", "e"}, {"second", ""}, {std::string(500, 'z'), ""}}, "motd");
        for (int round = 0; round < 20000; ++round) {
            std::string damaged = text;
            for (int i = 0; i < 1 + round % 4; ++i) {
                const std::size_t at = random() % damaged.size();
                switch (random() % 3) {
                case 0: damaged[at] = static_cast<char>(random()); break;
                case 1: damaged.erase(at, random() % 20); break;
                default: damaged.insert(at, damaged.substr(random() % damaged.size(), random() % 40)); break;
                }
            }
            FrameDecoder decoder(token, probes);
            std::size_t frames = 0;
            for (std::size_t at = 0; at < damaged.size(); at += 61)
                frames += decoder.feed(std::string_view(damaged).substr(at, 61)).size();
            QVERIFY(frames <= 3);
        }
    }

    void textBecomesUtf8()
    {
        QCOMPARE(validUtf8("plain 集群 \xF0\x9F\x98\x80"), std::string("plain 集群 \xF0\x9F\x98\x80"));
        QCOMPARE(validUtf8(std::string("a\0b", 3)), std::string("a\xE2\x90\x80" "b"));
        QCOMPARE(validUtf8("\xC0\x80\xED\xA0\x80\xF5"), std::string("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"));
        QCOMPARE(validUtf8("x\xE9\x9B"), std::string("x\xEF\xBF\xBD\xEF\xBF\xBD"));
    }

    void quoting()
    {
        QCOMPARE(shellQuoted("a'b $(c)"), std::string("'a'\\''b $(c)'"));
        QVERIFY(randomToken() != randomToken());
        QCOMPARE(randomToken().size(), std::size_t(32));
    }

    void everyShell_data()
    {
        QTest::addColumn<QString>("shell");
        QTest::newRow("dash") << QStringLiteral("dash");
        QTest::newRow("bash") << QStringLiteral("bash");
        QTest::newRow("busybox") << QStringLiteral("busybox");
    }

    void everyShell()
    {
        QFETCH(QString, shell);
        const Shell used = shellNamed(shell);
        if (used.program.isEmpty())
            QSKIP("the shell is not installed");
        std::vector<Probe> probes;
        probes.push_back(probeOf("plain", "echo hello; echo wrong >&2; exit 3"));
        probes.push_back(probeOf("quotes", "printf '%s\\n' \"it's \\\"quoted\\\" \\$HOME\" 'two  spaces'"));
        probes.push_back(probeOf("bytes", "printf '\\000\\001\\377\\n\\n'"));
        probes.push_back(probeOf("nothing", "true"));
        probes.push_back(probeOf("stdin", "cat"));
        probes.push_back(probeOf("long", "i=0; while [ $i -lt 20000 ]; do echo 'a line of some length, number' $i; i=$((i+1)); done"));
        probes.push_back(probeOf("endless", "while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done", 8s, 200000));
        probes.push_back(probeOf("endless errors", "while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy >&2; done", 8s, 200000));
        probes.push_back(probeOf("hangs", "echo begun; sleep 300 | cat", 1s));
        probes.push_back(probeOf("after", "echo after"));
        probes.push_back(probeOf("absent", "exit 96"));
        probes.push_back(probeOf("fork", "sleep 300 & echo forked"));
        Probe tool = probeOf("tool", "echo never");
        tool.alternatives.front().needs = {"no-such-tool-anywhere"};
        probes.push_back(tool);
        tool.id = "second";
        tool.alternatives.push_back({{"cat"}, "echo second"});
        tool.alternatives.push_back({{}, "echo third"});
        probes.push_back(tool);
        for (std::size_t i = 0; i < probes.size(); ++i)
            probes[i].lane = probes[i].id == "hangs" || probes[i].id == "after" ? "sick" : i % 2 ? "odd" : "main";

        QElapsedTimer timer;
        timer.start();
        const auto got = runScript(used, probes);
        QCOMPARE(got.size(), probes.size());
        QVERIFY(timer.elapsed() < 30000);
        QCOMPARE(got.at("plain").out, std::string("hello\n"));
        QCOMPARE(got.at("plain").err, std::string("wrong\n"));
        QCOMPARE(got.at("plain").exitStatus, 3);
        QVERIFY(got.at("plain").state == ProbeState::Complete);
        QCOMPARE(got.at("plain").command, probes[0].alternatives[0].command);
        QCOMPARE(got.at("quotes").out, std::string("it's \"quoted\" $HOME\ntwo  spaces\n"));
        QCOMPARE(got.at("bytes").out, std::string("\xE2\x90\x80\x01\xEF\xBF\xBD\n\n"));
        QVERIFY(got.at("nothing").good() && got.at("nothing").out.empty());
        QVERIFY(got.at("stdin").out.empty());
        QVERIFY(got.at("long").good());
        QCOMPARE(std::count(got.at("long").out.begin(), got.at("long").out.end(), '\n'), 20000);
        QVERIFY(got.at("endless").truncated);
        QCOMPARE(got.at("endless").out.size(), std::size_t(200000));
        QCOMPARE(got.at("endless errors").err.size(), errorLimit);
        QVERIFY(got.at("hangs").state == ProbeState::TimedOut);
        QCOMPARE(got.at("hangs").out, std::string("begun\n"));
        QVERIFY(got.at("hangs").duration >= 900ms && got.at("hangs").duration < 8s);
        QCOMPARE(got.at("after").out, std::string("after\n"));
        QVERIFY(got.at("absent").state == ProbeState::NotApplicable);
        QCOMPARE(got.at("fork").out, std::string("forked\n"));
        QVERIFY(got.at("tool").state == ProbeState::ToolMissing);
        QCOMPARE(got.at("tool").err, std::string("no-such-tool-anywhere\n"));
        QCOMPARE(got.at("second").out, std::string("second\n"));
    }

    /// No timeout, no setsid, no gzip, no mktemp: a rescue system.
    void aPoorNode()
    {
        QTemporaryDir folder;
        linkTools(folder, {QStringLiteral("sleep"), QStringLiteral("cat"), QStringLiteral("head"), QStringLiteral("wc"), QStringLiteral("mkdir"),
                           QStringLiteral("rm"), QStringLiteral("id"), QStringLiteral("sh")});
        std::vector<Probe> probes {probeOf("plain", "echo hello"), probeOf("hangs", "sleep 300 | cat", 1s), probeOf("after", "echo after; exit 7"),
                                   probeOf("big", "head -c 300000 /dev/zero")};
        const std::string text = sweepScript(probes, token).text;
        // The script adds the usual folders to the PATH: here they must stay away.
        SweepScript script {text, token, 30s};
        const std::size_t at = script.text.find("PATH=$PATH:");
        script.text.insert(at, "#");
        QProcessEnvironment environment;
        environment.insert(QStringLiteral("PATH"), folder.path());
        FrameDecoder decoder(token, probes);
        const auto got = runScript(shellNamed(QStringLiteral("dash")), probes, decoder, script, environment);
        QVERIFY(decoder.finished());
        QCOMPARE(got.size(), probes.size());
        QCOMPARE(got.at("plain").out, std::string("hello\n"));
        QVERIFY2(got.at("hangs").state == ProbeState::TimedOut,
                 qPrintable(QString::number(got.at("hangs").duration.count()) + QString::fromStdString(got.at("hangs").err)));
        QCOMPARE(got.at("after").exitStatus, 7);
        QVERIFY(got.at("big").good());
        QCOMPARE(got.at("big").out.size(), std::size_t(900000)); // each NUL is shown as three bytes
    }

    /// Nothing can be written anywhere: a full disk without /dev/shm.
    void aFullNode_data() { everyShell_data(); }

    void aFullNode()
    {
        QFETCH(QString, shell);
        const Shell used = shellNamed(shell);
        if (used.program.isEmpty())
            QSKIP("the shell is not installed");
        std::vector<Probe> probes {probeOf("plain", "echo 'a/b'; exit 3"), probeOf("hangs", "echo x; sleep 300", 1s), probeOf("none", "true"),
                                   probeOf("endless", "while :; do echo 0123456789; done", 5s, 5000)};
        SweepScript script = sweepScript(probes, token);
        const std::string places = "for b in /dev/shm /run /tmp /var/tmp \"$HOME\"; do";
        const std::size_t at = script.text.find(places);
        QVERIFY(at != std::string::npos);
        script.text.replace(at, places.size(), "for b in /proc/sys/no-such-folder; do");
        FrameDecoder decoder(token, probes);
        const auto got = runScript(used, probes, decoder, script, QProcessEnvironment::systemEnvironment());
        QVERIFY(decoder.finished());
        QCOMPARE(got.size(), probes.size());
        QCOMPARE(got.at("plain").out, std::string("a/b\n"));
        QCOMPARE(got.at("plain").exitStatus, 3);
        QVERIFY(got.at("hangs").state == ProbeState::TimedOut);
        QVERIFY(got.at("none").good());
        QVERIFY(got.at("endless").truncated);
        QCOMPARE(got.at("endless").out.size(), std::size_t(5000));
    }

    void nothingIsLeftBehind()
    {
        const auto folders = [] {
            QStringList all;
            for (const QString& place : {QStringLiteral("/dev/shm"), QStringLiteral("/run"), QStringLiteral("/tmp")})
                all += QDir(place).entryList({QStringLiteral(".medic-*")}, QDir::Dirs | QDir::Hidden);
            return all;
        };
        std::vector<Probe> probes {probeOf("a", "echo /dev/shm/.medic-* /run/.medic-* /tmp/.medic-*")};
        const SweepScript script = sweepScript(probes);
        const QString own = QStringLiteral(".medic-") + QString::fromStdString(script.text.substr(script.text.find(" N=") + 3, 16));
        FrameDecoder decoder(script.token, probes);
        const auto got = runScript(shellNamed(QStringLiteral("dash")), probes, decoder, script, QProcessEnvironment::systemEnvironment());
        QVERIFY(QString::fromStdString(got.at("a").out).contains(own));
        QVERIFY(!folders().contains(own));
    }

    /// The real probes on this machine: each comes back, once.
    void theWholeSweepHere_data() { everyShell_data(); }

    void theWholeSweepHere()
    {
        QFETCH(QString, shell);
        const Shell used = shellNamed(shell);
        if (used.program.isEmpty())
            QSKIP("the shell is not installed");
        std::vector<Probe> probes;
        for (const Probe& probe : allProbes())
            if (!probe.heavy)
                probes.push_back(probe);
        QElapsedTimer timer;
        timer.start();
        const auto got = runScript(used, probes);
        qInfo("%d probes in %lld ms", static_cast<int>(got.size()), timer.elapsed());
        QCOMPARE(got.size(), probes.size());
        QVERIFY(got.at("os-release").good());
        QVERIFY(got.at("meminfo").out.find("MemTotal:") == 0);
        QVERIFY(got.at("sysctl").out.find("net.ipv4.ip_forward = ") != std::string::npos);
        QVERIFY(got.at("ps").out.find("PID") != std::string::npos);
        for (const auto& [id, observation] : got)
            if (qEnvironmentVariableIsSet("MEDIC_SHOW"))
                qInfo("%s: %s exit %d, %zu bytes, %lld ms %s", id.c_str(), std::string(probeStateName(observation.state)).c_str(),
                      observation.exitStatus, observation.out.size(), static_cast<long long>(observation.duration.count()),
                      observation.err.substr(0, 200).c_str());
    }
};

QTEST_GUILESS_MAIN(FrameTest)
#include "tst_frame.moc"
