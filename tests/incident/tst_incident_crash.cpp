// SPDX-License-Identifier: GPL-3.0-or-later
// The program killed at any moment, and the disk full at any moment.
#include "diagnostics/incident/incident_file.h"
#include "tests/incident/fixtures.h"

#include <QCoreApplication>
#include <QProcess>
#include <QRandomGenerator>
#include <QScopeGuard>
#include <QTest>

#include <sys/mount.h>
#include <unistd.h>

#include <cstdio>
#include <random>

using namespace medic;
using namespace medic::test;
namespace fs = std::filesystem;

namespace {

std::string contentOf(std::uint64_t number)
{
    return "observation " + std::to_string(number) + std::string(number % 2000, 'x');
}

/// The child: records without end and prints each number once it is committed.
int recordForEver(const char* path)
{
    auto file = IncidentFile::create(path, someInfo());
    if (!file)
        return 1;
    const auto sweep = file->beginSweep("sweep", moment(0));
    for (std::uint64_t number = 1;; ++number) {
        const auto recorded = file->record(*sweep, {observed("n1", "p" + std::to_string(number), contentOf(number))});
        if (!recorded || !file->append({.at = moment(int(number)), .text = std::to_string(number)}))
            return 2;
        std::printf("%llu\n", static_cast<unsigned long long>(number));
        std::fflush(stdout);
    }
}

} // namespace

class TestIncidentCrash : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void killedAtTenMoments()
    {
        std::uint64_t total = 0;
        for (int round = 0; round < 10; ++round) {
            const Folder folder;
            const auto path = folder / "x.medic";
            QProcess child;
            child.start(QCoreApplication::applicationFilePath(),
                        {QStringLiteral("--record"), QString::fromStdString(path.string())});
            // Kill after a random number of acknowledgements: the moment differs in every round.
            const std::uint64_t enough = 1 + QRandomGenerator::global()->bounded(400u);
            std::uint64_t acknowledged = 0;
            QByteArray rest;
            const auto drain = [&] {
                rest += child.readAllStandardOutput();
                for (qsizetype end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
                    acknowledged = rest.left(end).toULongLong();
                    rest.remove(0, end + 1);
                }
            };
            while (acknowledged < enough) {
                QVERIFY2(child.waitForReadyRead(20000), "the child records nothing");
                drain();
            }
            child.kill();
            QVERIFY(child.waitForFinished());
            QCOMPARE(child.exitStatus(), QProcess::CrashExit);
            drain();

            const auto file = IncidentFile::open(path);
            QVERIFY2(file, file ? "" : file.error().detail.c_str());
            const auto observations = file->observations(0);
            QVERIFY(observations);
            QVERIFY2(observations->size() >= acknowledged,
                     qPrintable(QStringLiteral("%1 of %2").arg(observations->size()).arg(acknowledged)));
            for (std::size_t i = 0; i < observations->size(); ++i)
                QCOMPARE(observations->at(i)->out, contentOf(i + 1));
            QVERIFY(file->journal()->size() >= acknowledged);
            QVERIFY(!file->sweeps()->at(0).finished);
            total += acknowledged;
        }
        qInfo("%llu acknowledged observations, all there", static_cast<unsigned long long>(total));
    }

    void diskFull()
    {
        if (geteuid() != 0)
            QSKIP("a small file system needs root");
        const Folder folder;
        const fs::path place = folder / "small";
        fs::create_directory(place);
        if (mount("none", place.c_str(), "tmpfs", 0, "size=2m") != 0)
            QSKIP("mounting is not allowed here");
        const auto unmount = qScopeGuard([&place] { umount2(place.c_str(), MNT_DETACH); });

        std::mt19937 random(3);
        const auto noise = [&random](std::size_t size) {
            std::string text(size, ' ');
            for (char& c : text)
                c = static_cast<char>(random());
            return text;
        };
        std::size_t kept = 0;
        {
            auto file = IncidentFile::create(place / "x.medic", someInfo());
            QVERIFY(file);
            const auto sweep = file->beginSweep("sweep", moment(0));
            std::optional<Error> full;
            while (!full) {
                const auto recorded = file->record(*sweep, {observed("n1", "p" + std::to_string(kept), noise(20000))});
                if (recorded)
                    ++kept;
                else
                    full = recorded.error();
                QVERIFY(kept < 1000);
            }
            QCOMPARE(full->code, ErrorCode::DiskFull);
            QVERIFY(kept > 5);
            // Reading goes on; a refused batch left nothing behind.
            QCOMPARE(file->observations(0)->size(), kept);
            QCOMPARE(file->record(*sweep, {observed("n1", "big", noise(200000))}).error().code, ErrorCode::DiskFull);

            // Space returns: so does recording.
            QCOMPARE(mount("none", place.c_str(), "tmpfs", MS_REMOUNT, "size=16m"), 0);
            QVERIFY(file->record(*sweep, {observed("n1", "later", noise(200000))}));
            QVERIFY(file->finishSweep(*sweep, moment(9)));
        }
        const auto file = IncidentFile::open(place / "x.medic");
        QVERIFY(file);
        QCOMPARE(file->observations(0)->size(), kept + 1);
    }

    void noSpaceAtTheStart()
    {
        if (geteuid() != 0)
            QSKIP("a small file system needs root");
        const Folder folder;
        const fs::path place = folder / "small";
        fs::create_directory(place);
        if (mount("none", place.c_str(), "tmpfs", 0, "size=64k") != 0)
            QSKIP("mounting is not allowed here");
        const auto unmount = qScopeGuard([&place] { umount2(place.c_str(), MNT_DETACH); });
        writeBytes(place / "other", std::string(60000, 'x'));
        const auto file = IncidentFile::create(place / "x.medic", someInfo());
        QVERIFY(!file);
        QCOMPARE(file.error().code, ErrorCode::DiskFull);
        QCOMPARE(std::distance(fs::directory_iterator(place), fs::directory_iterator()), 1);
    }
};

int main(int argc, char** argv)
{
    if (argc == 3 && std::string_view(argv[1]) == "--record")
        return recordForEver(argv[2]);
    const QCoreApplication app(argc, argv);
    TestIncidentCrash test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_incident_crash.moc"
