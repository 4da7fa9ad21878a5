// SPDX-License-Identifier: GPL-3.0-or-later
// What tests/bench/window.sh measures: the whole window, offscreen, on two hundred simulated nodes with every probe of a
// sweep, a fifth of them faulty. How long the screen's thread is ever busy without a look at its events: while the sweep
// runs, with each view in front, and how soon a cancel is obeyed.
//   usage: bench_window [NODES]
#include "diagnostics/collect/language.h"
#include "diagnostics/collect/session.h"
#include "diagnostics/playbooks/loader.h"
#include "diagnostics/transport/secrets.h"
#include "tests/fakes/busy.h"
#include "tests/fakes/sim_answers.h"
#include "widgets/models/team_notes.h"
#include "widgets/theme/theme.h"
#include "widgets/window/main_window.h"

#include <QApplication>
#include <QFile>
#include <QTemporaryDir>

#include <cstdio>

using namespace medic;
using namespace medic::collect;
using namespace std::chrono_literals;

namespace {

fakes::SimFault faultOf(int node)
{
    switch (node % 20) {
    case 3: return fakes::SimFault::HangBeforeBanner;
    case 8: return fakes::SimFault::HangAfterAuth;
    case 12: return fakes::SimFault::DropMidCommand;
    case 17: return fakes::SimFault::TalkWithoutEnd;
    default: return fakes::SimFault::None;
    }
}

std::string written(const QTemporaryDir& folder, const char* name, const std::string& text)
{
    QFile file(folder.filePath(QString::fromLatin1(name)));
    if (file.open(QIODevice::WriteOnly))
        file.write(QByteArray::fromStdString(text));
    return file.fileName().toStdString();
}

} // namespace

int main(int argc, char** argv)
{
    const QTemporaryDir folder;
    for (const char* name : {"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"})
        qputenv(name, folder.path().toLocal8Bit()); // nothing of the person who runs it is read or written
    qunsetenv("SSH_AUTH_SOCK");
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("cluster-medic"));
    const int nodes = argc > 1 ? std::max(1, std::atoi(argv[1])) : 200;

    fakes::SimSshServer server({.nodes = nodes, .answer = fakes::framed, .behaviour = {.latency = 10ms}});
    if (!server.running()) {
        std::fprintf(stderr, "bench_window: %s\n", server.problem().c_str());
        return 1;
    }
    int healthy = 0;
    for (int node = 0; node < nodes; ++node) {
        const fakes::SimFault fault = faultOf(node);
        healthy += fault == fakes::SimFault::None ? 1 : 0;
        if (fault != fakes::SimFault::None)
            server.setBehaviour(node, {.fault = fault, .latency = 10ms});
    }
    ClusterProfile profile;
    profile.name = "many";
    profile.hostsFile = written(folder, "hosts", server.hostsFile());
    profile.ssh.configFile = "none";
    profile.ssh.knownHostsFile = written(folder, "known_hosts", server.knownHostsLine());
    profile.ssh.user = "root";
    profile.ssh.connectSeconds = 120; // a hung node stays so for the whole measurement

    theme::Theme look(theme::Mode::Light);
    const Catalogue catalogue = Catalogue::standard(nullptr);
    const playbooks::Library library = playbooks::Library::standard(nullptr);
    Session session;
    TeamNotes notes(folder.filePath(QStringLiteral("notes.json")));
    const ViewContext context {.session = &session, .catalogue = &catalogue, .library = &library, .notes = &notes};
    MainWindow window({.context = context, .theme = &look, .secrets = std::make_shared<Secrets>()});
    addStandardViews(window, context);
    window.resize(1280, 800);
    window.show();
    (void)fakes::waitFor([] { return false; }, 500);

    QElapsedTimer timer;
    timer.start();
    double own = 0, wall = 0;
    std::string worst;
    const auto measure = [&](const char* what, const std::function<bool()>& until, int milliseconds) {
        fakes::Busy busy;
        const bool came = fakes::waitFor(until, milliseconds);
        std::printf("window: %-28s screen thread busy at most %6.1f ms (own %6.1f ms) in %d turns\n", what, busy.wall, busy.own, busy.turns);
        std::fflush(stdout);
        if (busy.own > own)
            worst = what;
        own = std::max(own, busy.own);
        wall = std::max(wall, busy.wall);
        return came;
    };
    const auto done = [&] {
        int count = 0;
        for (const NodeProgress& one : session.progress())
            count += one.state == NodeProgress::State::Done ? 1 : 0;
        return count;
    };
    {
        const double before = fakes::threadMilliseconds();
        window.connectTo(profile);
        std::printf("window: %-28s %.1f ms\n", "connecting", fakes::threadMilliseconds() - before);
    }
    window.go({.view = QStringLiteral("nodes"), .key = {}, .detail = {}});
    if (!measure("sweep, nodes shown", [&] { return done() == healthy; }, 180000)) {
        std::fprintf(stderr, "bench_window: only %d of %d healthy nodes came\n", done(), healthy);
        return 1;
    }
    const double seconds = static_cast<double>(timer.elapsed()) / 1e3;
    for (const char* const view : {"findings", "path", "guide", "report", "knowledge", "start", "nodes"}) {
        fakes::Busy busy;
        QTimer::singleShot(0, &window, [&window, view] { window.go({.view = QString::fromLatin1(view), .key = {}, .detail = {}}); });
        (void)fakes::waitFor([] { return false; }, 1000);
        std::printf("window: to %-25s screen thread busy at most %6.1f ms (own %6.1f ms)\n", view, busy.wall, busy.own);
    }
    timer.restart();
    session.cancel();
    (void)measure("cancel, checks, findings", [&] { return !session.sweeping(); }, 20000);
    const double cancelled = static_cast<double>(timer.elapsed());
    (void)measure("after it", [] { return false; }, 3000);
    std::printf("window: %d healthy of %d nodes in %.2f s; cancel %.0f ms; screen thread busy at most %.1f ms (own %.1f ms, %s)\n", healthy, nodes, seconds, cancelled, wall, own,
                worst.c_str());
    return own <= 50 ? 0 : 1;
}
