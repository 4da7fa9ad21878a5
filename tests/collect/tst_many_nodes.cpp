// SPDX-License-Identifier: GPL-3.0-or-later
// Two hundred simulated nodes over real SSH through a Session: 10 % hang, 5 % hang up in the middle of the sweep, 5 % talk
// without end. The others come as if these were not there, a cancel is obeyed at once, and the screen's thread stays free.
// MEDIC_FULL=1: with every probe of a real sweep, for `./dev bench`, which reads the line that begins with "many-nodes:".
#include "diagnostics/collect/session.h"
#include "diagnostics/transport/secrets.h"
#include "tests/fakes/busy.h"
#include "tests/fakes/sim_answers.h"
#include "tests/fakes/sim_ssh_server.h"

#include <QElapsedTimer>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <map>

using namespace medic;
using namespace medic::collect;
using namespace medic::fakes;
using namespace std::chrono_literals;

namespace {

constexpr int nodeCount = 200;

SimFault faultOf(int node)
{
    switch (node % 20) {
    case 3: return SimFault::HangBeforeBanner;
    case 8: return SimFault::HangAfterAuth;
    case 12: return SimFault::DropMidCommand;
    case 17: return SimFault::TalkWithoutEnd;
    default: return SimFault::None;
    }
}

} // namespace

class TestManyNodes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { qunsetenv("SSH_AUTH_SOCK"); }

    void theOthersComeAsIfTheseWereNotThere()
    {
        const bool full = qEnvironmentVariableIsSet("MEDIC_FULL");
        SimSshServer server({.nodes = nodeCount, .answer = framed, .behaviour = {.latency = 10ms}});
        QVERIFY2(server.running(), server.problem().c_str());
        std::map<QString, SimFault> faults;
        for (int node = 0; node < nodeCount; ++node)
            if (const SimFault fault = faultOf(node); fault != SimFault::None) {
                server.setBehaviour(node, {.fault = fault, .latency = 10ms});
                faults[QString::fromStdString(SimSshServer::name(node))] = fault;
            }
        const int healthy = nodeCount - static_cast<int>(faults.size());
        const QTemporaryDir folder;
        const auto write = [&](const char* name, const std::string& text) {
            QFile file(folder.filePath(QString::fromLatin1(name)));
            if (file.open(QIODevice::WriteOnly))
                file.write(QByteArray::fromStdString(text));
            return file.fileName().toStdString();
        };
        ClusterProfile profile;
        profile.name = "many";
        profile.hostsFile = write("hosts", server.hostsFile());
        profile.ssh.configFile = "none";
        profile.ssh.knownHostsFile = write("known_hosts", server.knownHostsLine());
        profile.ssh.user = "root";
        profile.ssh.connectSeconds = 120; // a hung node stays so for the whole test

        Session session;
        QVERIFY(session.openLive(profile, std::make_shared<Secrets>(), folder.filePath(QStringLiteral("many.medic"))));
        std::map<QString, NodeProgress::State> states;
        int announced = 0, batches = 0;
        connect(&session, &Session::progressChanged, this, [&states](const QList<NodeProgress>& changed) {
            for (const NodeProgress& node : changed)
                states[node.node] = node.state;
        });
        connect(&session, &Session::observationsArrived, this, [&](const QList<ObservationPtr>& batch) {
            announced += static_cast<int>(batch.size());
            ++batches;
        });
        QSignalSpy finished(&session, &Session::sweepFinished);
        SweepRequest request;
        request.cluster = false;
        if (!full) {
            request.suites = {"none"};
            request.probes = {"uname", "iptables-save", "df", "ps", "meminfo", "ip-addr", "ss", "kubelet-log", "units", "sysctl"};
        }
        const auto done = [&] {
            int count = 0;
            for (const auto& [node, state] : states)
                count += state == NodeProgress::State::Done ? 1 : 0;
            return count;
        };
        Busy busy;
        QElapsedTimer timer;
        timer.start();
        session.sweep(request);
        QVERIFY2(waitFor([&] { return done() == healthy; }, 120000), qPrintable(QString::number(done())));
        const double seconds = static_cast<double>(timer.elapsed()) / 1e3;

        // None of the hanging ones had to end for that, and each fault stayed on its own row.
        QVERIFY(session.sweeping());
        for (const auto& [node, fault] : faults) {
            const NodeProgress::State state = states[node];
            QVERIFY2(state != NodeProgress::State::Done, qPrintable(node));
            if (fault == SimFault::HangBeforeBanner)
                QVERIFY2(state == NodeProgress::State::Connecting || state == NodeProgress::State::Waiting, qPrintable(node));
        }
        timer.restart();
        session.cancel();
        QVERIFY(waitFor([&] { return !finished.isEmpty(); }, 20000));
        const double cancelled = static_cast<double>(timer.elapsed());
        QVERIFY(finished[0][0].toBool());
        QVERIFY(!session.sweeping());

        // Each healthy node's rows are there, in the file too.
        std::map<std::string, int> rows;
        for (const ObservationPtr& one : session.snapshot().all())
            if (one->state == ProbeState::Complete)
                ++rows[one->node];
        const int each = full ? 60 : static_cast<int>(request.probes.size()) + 1;
        for (int node = 0; node < nodeCount; ++node)
            if (faultOf(node) == SimFault::None)
                QVERIFY2(rows[SimSshServer::name(node)] >= each, SimSshServer::name(node).c_str());
        QVERIFY(session.incident() != nullptr);

        qInfo("many-nodes: %d healthy of %d in %.2f s, %d rows in %d batches, cancel %.0f ms, screen thread busy at most %.1f ms (own %.1f ms) in %d turns", healthy,
              nodeCount, seconds, announced, batches, cancelled, busy.wall, busy.own, busy.turns);
        QVERIFY(busy.turns > 10);
        // Batches, not rows: at most ten a second come to the screen.
        QVERIFY2(batches <= static_cast<int>(seconds * 12) + 30, qPrintable(QString::number(batches)));
        QVERIFY2(announced >= healthy * each, qPrintable(QString::number(announced)));
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        constexpr double factor = 10;
#else
        constexpr double factor = 1;
#endif
        // The checks at the end are worked out by another thread as well: no turn of this one takes longer than a blink.
        QVERIFY2(busy.own < 100 * factor, qPrintable(QString::number(busy.own)));
        QVERIFY2(cancelled < 1000 * 4 * factor, qPrintable(QString::number(cancelled)));
    }
};

QTEST_GUILESS_MAIN(TestManyNodes)
#include "tst_many_nodes.moc"
