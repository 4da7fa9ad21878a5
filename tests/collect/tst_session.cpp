// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/session.h"
#include "diagnostics/model/probe_ids.h"
#include "fake_source.h"
#include "tests/fakes/incident_folder.h"

#include <QElapsedTimer>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include <sys/resource.h>

#include <csignal>
#include <ctime>
#include <filesystem>

using namespace medic;
using namespace medic::collect;
using namespace std::chrono_literals;
using Fault = medic::fakes::FakeSource::Fault;

namespace {

std::shared_ptr<fakes::FakeSource> sourceWith(int nodes)
{
    auto source = std::make_shared<fakes::FakeSource>();
    for (int i = 0; i < nodes; ++i)
        source->names.push_back("node-" + std::to_string(i));
    return source;
}

SweepRequest onlyProbes(std::vector<std::string> probes)
{
    SweepRequest request;
    request.suites = {"none"};
    request.probes = std::move(probes);
    return request;
}

ClusterProfile named(const std::string& name)
{
    ClusterProfile profile;
    profile.name = name;
    return profile;
}

/// Processor time of the calling thread.
double ownMilliseconds()
{
    timespec time {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

/// What a finding says, without ids of observations.
QStringList said(const std::vector<Finding>& findings)
{
    QStringList all;
    for (const Finding& finding : findings) {
        QString text = QString::fromStdString(finding.key() + " " + std::string(verdictName(finding.verdict())));
        for (const auto& [name, value] : finding.parameters())
            text += QStringLiteral(" %1=%2").arg(QString::fromStdString(name), QString::fromStdString(value));
        all << text;
    }
    all.sort();
    return all;
}

} // namespace

class SessionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    QString path(const char* name = "a.medic") const { return m_folder->filePath(QString::fromLatin1(name)); }

    void aSweepFromBeginningToEnd()
    {
        auto source = sourceWith(3);
        source->faults["node-1"] = Fault::Unreachable;
        Session session;
        QSignalSpy opened(&session, &Session::opened);
        QSignalSpy started(&session, &Session::sweepStarted);
        QSignalSpy batches(&session, &Session::observationsArrived);
        QSignalSpy finished(&session, &Session::sweepFinished);
        QSignalSpy problems(&session, &Session::problem);
        QVERIFY(!session.isOpen());
        QVERIFY(session.openSource(source, named("lab"), path()));
        QCOMPARE(opened.size(), 1);
        QVERIFY(session.isLive());
        // Every observation is in the file before it is announced.
        connect(&session, &Session::observationsArrived, &session, [&](const QList<ObservationPtr>& batch) {
            for (const ObservationPtr& observation : batch) {
                const auto kept = session.incident()->observation(observation->id);
                QVERIFY(kept && *kept);
                QCOMPARE((*kept)->out, observation->out);
            }
        });
        session.sweep(onlyProbes({"uname", "df", "api/pods"}));
        QVERIFY(session.sweeping());
        QCOMPARE(started.size(), 1);
        session.sweep(SweepRequest {}); // ignored
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 10000);
        QVERIFY(!session.sweeping());
        QVERIFY(!finished[0][0].toBool());
        QVERIFY(batches.size() <= 5);
        QVERIFY(problems.isEmpty());
        QCOMPARE(session.snapshot().all().size(), std::size_t(3 * 3 + 2));
        QCOMPARE(session.snapshot().find("node-0", "uname")->out, std::string("uname of node-0\n"));
        QVERIFY(session.snapshot().find("node-1", "uname")->state == ProbeState::Unreachable);
        const auto progress = session.progress();
        QCOMPARE(progress.size(), std::size_t(3));
        QVERIFY(progress[0].state == NodeProgress::State::Done && progress[0].done == 3 && progress[0].total == 3);
        QVERIFY(progress[1].state == NodeProgress::State::Failed && progress[1].error);
        QVERIFY(session.earlierSnapshot() == nullptr);

        session.sweep(onlyProbes({"uname"}));
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 2, 10000);
        QVERIFY(session.earlierSnapshot() != nullptr);
        QVERIFY(session.earlierSnapshot()->find("node-0", "uname") != session.snapshot().find("node-0", "uname"));

        session.close();
        QVERIFY(!session.isOpen() && session.incident() == nullptr && session.snapshot().empty());

        // The same from the file.
        Session again;
        QVERIFY(again.openIncident(path()));
        QVERIFY(!again.isLive());
        QCOMPARE(again.profile().name, std::string("lab"));
        QCOMPARE(again.snapshot().all().size(), std::size_t(3 * 3 + 2));
        QVERIFY(again.earlierSnapshot() != nullptr);
        QCOMPARE(again.progress().size(), std::size_t(3));
        QVERIFY(again.progress()[1].state == NodeProgress::State::Failed);
        const auto journal = again.incident()->journal();
        QVERIFY(journal && journal->size() == 4);
        QVERIFY(again.runCommand("node-0", {}, "x") == 0);
    }

    /// What the checks say of a live cluster they say of its recording.
    void replayedIsLive()
    {
        const std::filesystem::path folder = "/work/shared/data/real-node-1.20/kube-proxy-dead-stale-rules";
        std::error_code error;
        if (!std::filesystem::exists(folder, error))
            QSKIP("the recorded node is not here");
        const std::vector<Observation> recorded = fakes::readIncidentFolder(folder);
        QVERIFY(!recorded.empty());
        const Snapshot known = fakes::snapshotOf(recorded);
        auto source = std::make_shared<fakes::FakeSource>();
        source->names = known.nodes();
        source->content = [&](const std::string& node, const std::string& probe) {
            const auto found = known.find(node, probe);
            return found ? found->out : std::string();
        };
        Session live;
        QSignalSpy finished(&live, &Session::sweepFinished);
        QVERIFY(live.openSource(source, named("lab"), path()));
        live.sweep(SweepRequest {});
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 30000);
        const QStringList before = said(live.findings());
        QVERIFY(!before.isEmpty());
        QVERIFY2(live.defects().empty(), live.defects().empty() ? "" : live.defects().front().c_str());
        live.close();

        Session replay;
        QSignalSpy found(&replay, &Session::findingsChanged);
        QVERIFY(replay.openIncident(path()));
        QCOMPARE(said(replay.findings()), before); // as recorded
        QTRY_COMPARE_WITH_TIMEOUT(found.size(), 1, 30000);
        QCOMPARE(said(replay.findings()), before); // as checked again

        QSignalSpy again(&replay, &Session::sweepFinished);
        replay.sweep(SweepRequest {});
        QTRY_COMPARE_WITH_TIMEOUT(again.size(), 1, 30000);
        QCOMPARE(said(replay.findings()), before);
    }

    /// 200 nodes, many hanging: what the others brought is there, the screen's thread is never held up, cancelling is quick.
    void twoHundredNodesWithoutBlocking()
    {
        auto source = sourceWith(200);
        for (int i = 0; i < 200; i += 10)
            source->faults["node-" + std::to_string(i)] = Fault::Hang;
        std::string rules(200 * 1024, 'x');
        for (std::size_t i = 0; i < rules.size(); i += 61)
            rules[i] = static_cast<char>('a' + i % 23);
        source->content = [&rules](const std::string& node, const std::string& probe) {
            return probe == probe::iptablesSave ? node + rules : probe + " of " + node + "\n";
        };
        Session session;
        QVERIFY(session.openSource(source, named("big"), path()));
        // Two measures: the clock's, which a busy machine spoils, and this thread's own work between two turns of the loop.
        qint64 longest = 0;
        double work = 0, mostWork = 0;
        QElapsedTimer beat;
        QTimer pulse;
        pulse.setInterval(1);
        beat.start();
        connect(&pulse, &QTimer::timeout, this, [&] {
            longest = std::max(longest, beat.restart());
            mostWork = std::max(mostWork, ownMilliseconds() - work);
            work = ownMilliseconds();
        });
        work = ownMilliseconds();
        pulse.start();
        int arrived = 0;
        connect(&session, &Session::observationsArrived, this, [&](const QList<ObservationPtr>& batch) { arrived += static_cast<int>(batch.size()); });
        QSignalSpy finished(&session, &Session::sweepFinished);
        SweepRequest request;
        request.cluster = false;
        std::vector<std::string> probes;
        for (const Probe& probe : allProbes())
            probes.push_back(probe.id);
        request.suites = {"none"};
        request.probes = probes;
        session.sweep(request);
        const auto done = [&] {
            const auto all = session.progress();
            return std::count_if(all.begin(), all.end(), [](const NodeProgress& one) { return one.state == NodeProgress::State::Done; });
        };
        QTRY_COMPARE_WITH_TIMEOUT(done(), 180, 60000);
        QVERIFY(session.sweeping());
        QElapsedTimer timer;
        timer.start();
        session.cancel();
        QVERIFY(timer.elapsed() < 5000); // it asks, and does not wait for those that hang
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 20000);
        qInfo("longest gap of the event loop %lld ms, of it at most %.0f ms of work; finished %lld ms after cancel; %d observations", longest, mostWork, timer.elapsed(), arrived);
        QVERIFY(finished[0][0].toBool());
        QCOMPARE(arrived, 200 * static_cast<int>(probes.size() + 1));
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
        QVERIFY2(mostWork < 150, "the event loop was held up"); // generous: this build is not optimised
#endif
    }

    void secretsAreAskedForOnce()
    {
        auto source = sourceWith(20);
        for (int i = 0; i < 20; i += 2)
            source->faults["node-" + std::to_string(i)] = Fault::Wants;
        Session session;
        QVERIFY(session.openSource(source, named("lab"), path()));
        QSignalSpy wanted(&session, &Session::secretsNeeded);
        QSignalSpy finished(&session, &Session::sweepFinished);
        session.sweep(onlyProbes({"uname"}));
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 10000);
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted[0][0].value<QList<Error>>().size(), 10);
        QCOMPARE(wanted[0][1].toStringList().size(), 10);
        // Answered: those nodes again.
        source->faults.clear();
        SweepRequest retry = onlyProbes({"uname"});
        for (const QString& node : wanted[0][1].toStringList())
            retry.nodes.push_back(node.toStdString());
        session.sweep(retry);
        QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 2, 10000);
        QCOMPARE(wanted.size(), 1);
        QVERIFY(session.snapshot().find("node-0", "uname")->good());
        QVERIFY(session.snapshot().find("node-1", "uname")->good());
    }

    void commands()
    {
        auto source = sourceWith(2);
        source->faults["node-1"] = Fault::Hang;
        Session session;
        QVERIFY(session.openSource(source, named("lab"), path()));
        QSignalSpy done(&session, &Session::commandFinished);
        const quint64 hanging = session.runCommand("node-1", CommandRequest {.command = "true", .input = {}}, "");
        const quint64 first = session.runCommand("node-0", CommandRequest {.command = "systemctl restart kubelet", .input = {}}, "fix");
        QVERIFY(first != 0 && hanging != first);
        QTRY_COMPARE_WITH_TIMEOUT(done.size(), 1, 10000);
        QCOMPARE(done[0][0].toULongLong(), first);
        const auto observation = done[0][2].value<ObservationPtr>();
        QVERIFY(observation && observation->id != 0);
        QCOMPARE(observation->command, std::string("systemctl restart kubelet"));
        QCOMPARE(observation->probe, std::string("command: fix"));
        QVERIFY(session.journal(JournalEntry {.id = 0, .at = {}, .kind = JournalEntry::Kind::Note, .playbook = {}, .step = {}, .who = "engineer",
                                              .text = "a note", .data = {}, .observations = {}}) != 0);
        session.close(); // ends the one that hangs
        QCOMPARE(done.size(), 1);
    }

    /// A file that cannot grow: said once, the diagnosis goes on.
    void aFullDisk()
    {
        auto source = sourceWith(4);
        std::string noise(400 * 1024, '\0');
        std::uint32_t seed = 1;
        for (char& c : noise)
            c = static_cast<char>('!' + (seed = seed * 1664525 + 1013904223) / (1u << 26)); // hardly compressible
        source->content = [&](const std::string& node, const std::string& probe) { return node + probe + noise; };
        Session session;
        QVERIFY(session.openSource(source, named("lab"), path()));
        QSignalSpy problems(&session, &Session::problem);
        QSignalSpy finished(&session, &Session::sweepFinished);
        // SIGXFSZ ignored, a write beyond the limit fails with EFBIG: what SQLite sees of a disk that is full.
        rlimit before {};
        getrlimit(RLIMIT_FSIZE, &before);
        rlimit tight = before;
        tight.rlim_cur = 600 * 1024;
        auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
        QCOMPARE(setrlimit(RLIMIT_FSIZE, &tight), 0);
        session.sweep(onlyProbes({"uname", "df", "ps", "sysctl"}));
        const bool ended = QTest::qWaitFor([&] { return finished.size() == 1; }, 20000);
        setrlimit(RLIMIT_FSIZE, &before);
        std::signal(SIGXFSZ, handler);
        QVERIFY(ended);
        QVERIFY(problems.size() >= 1);
        QVERIFY2(problems.size() <= 3, qPrintable(QString::number(problems.size())));
        QCOMPARE(session.snapshot().all().size(), std::size_t(4 * 5));
        QCOMPARE(session.snapshot().find("node-3", "ps")->out.size(), std::string("node-3ps").size() + noise.size());
    }

    void aLinkedIncidentGoesOnWithTheSameCluster()
    {
        const auto source = sourceWith(2);
        Session session;
        QVERIFY(session.openSource(source, named("lab"), path()));
        QSignalSpy over(&session, &Session::sweepFinished);
        session.sweep({});
        QTRY_COMPARE_WITH_TIMEOUT(over.count(), 1, 20000);
        const QString linked = path("linked");
        {
            IncidentInfo info;
            info.title = "another";
            info.opened = std::chrono::system_clock::now();
            info.linkedFrom = "lab.medic";
            auto file = IncidentFile::create(linked.toStdString(), info);
            QVERIFY(file);
            const auto sweep = file->beginSweep("from lab.medic", info.opened);
            QVERIFY(sweep);
            std::vector<Observation> batch;
            for (const ObservationPtr& observation : session.snapshot().all())
                batch.push_back(*observation);
            QVERIFY(file->record(*sweep, batch));
            QVERIFY(file->finishSweep(*sweep, info.opened));
        }
        const std::size_t known = session.snapshot().all().size();
        QSignalSpy opened(&session, &Session::opened);
        QVERIFY(!session.continueIn(QStringLiteral("/no/such/file.medic")));
        QVERIFY(session.isLive()); // the first one is still open
        QVERIFY(session.continueIn(linked));
        QCOMPARE(opened.count(), 1);
        QVERIFY(session.isLive());
        QCOMPARE(session.profile().name, std::string("lab"));
        QCOMPARE(QString::fromStdString(session.incident()->path().string()), linked);
        QCOMPARE(session.snapshot().all().size(), known);
        session.sweep({});
        QTRY_COMPARE_WITH_TIMEOUT(over.count(), 2, 20000);
        const auto sweeps = session.incident()->sweeps();
        QVERIFY(sweeps);
        QCOMPARE(sweeps->size(), std::size_t(2)); // what it grew from, and the one that was just made
        // Of a recording: that file is opened.
        session.close();
        QVERIFY(session.openIncident(path()));
        QVERIFY(session.continueIn(linked));
        QVERIFY(!session.isLive());
        QCOMPARE(QString::fromStdString(session.incident()->path().string()), linked);
    }

    void badFilesLeaveTheSessionClosed()
    {
        Session session;
        QFile file(path("x.medic"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("no database at all");
        file.close();
        const auto result = session.openIncident(path("x.medic"));
        QVERIFY(!result);
        QVERIFY(result.error().code == ErrorCode::NotAnIncident);
        QVERIFY(!session.isOpen());
        QVERIFY(!session.openIncident(path("absent.medic")));
        QVERIFY(!session.openSource(sourceWith(1), named("x"), QStringLiteral("/no/such/folder/x.medic")));
        QVERIFY(!session.isOpen());
        session.sweep(SweepRequest {});
        session.cancel();
        QVERIFY(!session.sweeping());
        QCOMPARE(session.journal({}), quint64(0));
    }

    void closingInTheMiddle()
    {
        for (int round = 0; round < 10; ++round) {
            auto source = sourceWith(30);
            for (int i = 0; i < 30; i += 3)
                source->faults["node-" + std::to_string(i)] = Fault::Hang;
            Session session;
            QVERIFY(session.openSource(source, named("lab"), path(qPrintable(QString::number(round)))));
            // A listener that closes us.
            connect(&session, &Session::observationsArrived, &session, [&] {
                if (round % 2)
                    session.close();
            });
            session.sweep(onlyProbes({"uname", "df"}));
            QTRY_VERIFY_WITH_TIMEOUT(!session.isOpen() || session.snapshot().all().size() > 20, 10000);
            session.close();
            QVERIFY(!session.isOpen());
        }
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(SessionTest)
#include "tst_session.moc"
