// SPDX-License-Identifier: GPL-3.0-or-later
// Files that are refused: one Error each, and not a byte changed on the disk.
#include "diagnostics/incident/database.h"
#include "diagnostics/incident/incident_file.h"
#include "tests/incident/fixtures.h"

#include <QTest>

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <random>

using namespace medic;
using namespace medic::test;
using Mode = IncidentFile::Mode;
namespace fs = std::filesystem;

namespace {

std::string codeOf(const Result<IncidentFile>& result)
{
    return result ? std::string() : std::string(errorName(result.error().code));
}

/// An incident with something in it, closed.
void makeIncident(const fs::path& path, int observations = 50)
{
    auto file = IncidentFile::create(path, someInfo());
    const auto sweep = file->beginSweep("sweep", moment(0));
    std::mt19937 random(1);
    for (int i = 0; i < observations; ++i) {
        std::string noise;
        for (int j = 0; j < 3000; ++j)
            noise += static_cast<char>(' ' + random() % 90);
        static_cast<void>(file->record(*sweep, {observed("n1", "p" + std::to_string(i), noise)}));
    }
}

/// What a killed program leaves: the file with a WAL beside it that holds the newest observation.
void makeKilled(const fs::path& path)
{
    const fs::path work = path.string() + ".work";
    auto file = IncidentFile::create(work, someInfo());
    const auto sweep = file->beginSweep("sweep", moment(0));
    static_cast<void>(file->record(*sweep, {observed("n1", "df", "in the WAL")}));
    fs::copy_file(work, path);
    fs::copy_file(work.string() + "-wal", path.string() + "-wal");
    file = IncidentFile::create(work.string() + "2", someInfo()); // closes the first
    fs::remove(work);
}

/// Opens in both modes; the error must be the same, the folder's names and the file's bytes as before.
void refusedAs(const Folder& folder, const fs::path& path, const std::string& code)
{
    const std::string before = bytesOf(path);
    const auto names = folder.names();
    for (const Mode mode : {Mode::ReadOnly, Mode::ReadWrite}) {
        const auto file = IncidentFile::open(path, mode);
        QCOMPARE(codeOf(file), code);
        QVERIFY(!file.error().where.empty());
    }
    QVERIFY(bytesOf(path) == before);
    QCOMPARE(folder.names(), names);
}

void patch(const fs::path& path, std::size_t at, const std::string& bytes)
{
    std::string all = bytesOf(path);
    all.replace(at, bytes.size(), bytes);
    writeBytes(path, all);
}

} // namespace

class TestIncidentRefusals : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsNotAnIncident()
    {
        const Folder folder;
        const auto absent = IncidentFile::open(folder / "absent.medic");
        QCOMPARE(codeOf(absent), std::string("file-not-found"));
        QCOMPARE(codeOf(IncidentFile::open(folder.path())), std::string("not-an-incident"));
        writeBytes(folder / "empty.medic", "");
        refusedAs(folder, folder / "empty.medic", "not-an-incident");
        writeBytes(folder / "text.medic", std::string(5000, 'x'));
        refusedAs(folder, folder / "text.medic", "not-an-incident");
        {
            auto foreign = incident::Database::open((folder / "foreign.medic").string(), incident::Database::Access::Create);
            QVERIFY(foreign->execute("CREATE TABLE bookmarks(url TEXT)"));
        }
        refusedAs(folder, folder / "foreign.medic", "not-an-incident");
    }

    void newerSchema()
    {
        const Folder folder;
        makeIncident(folder / "x.medic");
        patch(folder / "x.medic", 60, std::string("\0\0\0\2", 4)); // user_version
        refusedAs(folder, folder / "x.medic", "newer-incident");
    }

    void truncated()
    {
        const Folder folder;
        makeIncident(folder / "whole.medic");
        const std::string whole = bytesOf(folder / "whole.medic");
        for (const double part : {0.9, 0.5, 0.1}) {
            writeBytes(folder / "x.medic", whole.substr(0, std::size_t(double(whole.size()) * part)));
            refusedAs(folder, folder / "x.medic", "damaged-incident");
        }
        writeBytes(folder / "x.medic", whole.substr(0, 50));
        refusedAs(folder, folder / "x.medic", "damaged-incident");
        writeBytes(folder / "x.medic", whole.substr(0, 100));
        refusedAs(folder, folder / "x.medic", "damaged-incident");
    }

    void randomBytesNeverCrashAndNeverLie()
    {
        const Folder folder;
        makeIncident(folder / "whole.medic", 8);
        const std::string whole = bytesOf(folder / "whole.medic");
        std::mt19937 random(4711);
        int refused = 0;
        for (int round = 0; round < 60; ++round) {
            std::string broken = whole;
            for (int hit = 0; hit < 40; ++hit)
                broken[100 + random() % (broken.size() - 100)] = static_cast<char>(random());
            writeBytes(folder / "x.medic", broken);
            const auto file = IncidentFile::open(folder / "x.medic", Mode::ReadOnly);
            if (!file) {
                QCOMPARE(codeOf(file), std::string("damaged-incident"));
                ++refused;
                continue;
            }
            // The tables are sound; then a changed blob is noticed when it is read.
            const auto read = file->observations(0);
            if (!read) {
                QCOMPARE(read.error().code, ErrorCode::DamagedIncident);
                ++refused;
            }
            QVERIFY(bytesOf(folder / "x.medic") == broken);
        }
        QVERIFY(refused > 50);
        QCOMPARE(folder.names().size(), std::size_t(2));
    }

    void aPlantedTriggerIsDamage()
    {
        const Folder folder;
        makeIncident(folder / "x.medic", 1);
        {
            auto raw = incident::Database::open((folder / "x.medic").string(), incident::Database::Access::Write);
            QVERIFY(raw->execute("CREATE TRIGGER t AFTER INSERT ON journal BEGIN DELETE FROM journal; END"));
        }
        refusedAs(folder, folder / "x.medic", "damaged-incident");
    }

    void aHugeClaimedSizeTakesNoMemory()
    {
        const Folder folder;
        makeIncident(folder / "x.medic", 1);
        {
            auto raw = incident::Database::open((folder / "x.medic").string(), incident::Database::Access::Write);
            QVERIFY(raw->execute("UPDATE blobs SET size = 900000000000, compressed = 1"));
        }
        const auto file = IncidentFile::open(folder / "x.medic", Mode::ReadOnly);
        QVERIFY(file);
        QCOMPARE(file->observations(0).error().code, ErrorCode::DamagedIncident);
    }

    void inUse()
    {
        const Folder folder;
        makeIncident(folder / "x.medic", 1);
        {
            auto writer = IncidentFile::open(folder / "x.medic");
            QVERIFY(writer);
            QCOMPARE(codeOf(IncidentFile::open(folder / "x.medic")), std::string("incident-in-use"));
            QCOMPARE(codeOf(IncidentFile::open(folder / "x.medic", Mode::ReadOnly)), std::string("incident-in-use"));
            QVERIFY(writer->setDocument("still", "{}"));
        }
        const auto reader = IncidentFile::open(folder / "x.medic", Mode::ReadOnly);
        const auto second = IncidentFile::open(folder / "x.medic", Mode::ReadOnly);
        QVERIFY(reader && second);
        QCOMPARE(codeOf(IncidentFile::open(folder / "x.medic")), std::string("incident-in-use"));
    }

    void readOnlyFileAndFolder()
    {
        for (const bool killed : {false, true}) {
            const Folder folder;
            const fs::path inside = folder / "ro";
            fs::create_directory(inside);
            killed ? makeKilled(inside / "x.medic") : makeIncident(inside / "x.medic", 1);
            fs::remove(inside / "x.medic.work2");
            const std::size_t names = std::size_t(std::distance(fs::directory_iterator(inside), fs::directory_iterator()));
            chmod((inside / "x.medic").c_str(), 0444);
            chmod(inside.c_str(), 0555);
            const std::string before = bytesOf(inside / "x.medic");
            QCOMPARE(codeOf(IncidentFile::open(inside / "x.medic")), std::string("file-not-writable"));
            {
                auto file = IncidentFile::open(inside / "x.medic", Mode::ReadOnly);
                QVERIFY2(file, codeOf(file).c_str());
                QVERIFY(file->readOnly());
                QCOMPARE(file->observations(0)->size(), std::size_t(1));
                if (killed)
                    QCOMPARE(file->observations(0)->at(0)->out, std::string("in the WAL"));
                QCOMPARE(file->setDocument("x", "{}").error().code, ErrorCode::FileNotWritable);
                QVERIFY(!file->beginSweep("x", moment(0)) && !file->append({}) && !file->record(1, {}));
            }
            QVERIFY(bytesOf(inside / "x.medic") == before);
            QCOMPARE(std::size_t(std::distance(fs::directory_iterator(inside), fs::directory_iterator())), names);
            chmod(inside.c_str(), 0755);
        }
    }

    void readOnlyMount()
    {
        if (geteuid() != 0)
            QSKIP("mounting needs root");
        const Folder folder;
        const fs::path place = folder / "mount";
        fs::create_directory(place);
        if (mount("none", place.c_str(), "tmpfs", 0, "size=4m") != 0)
            QSKIP("mounting is not allowed here");
        makeKilled(place / "x.medic");
        const bool remounted = mount("none", place.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "size=4m") == 0;
        const auto refused = IncidentFile::open(place / "x.medic");
        const std::string code = codeOf(refused);
        std::string text;
        {
            const auto file = IncidentFile::open(place / "x.medic", Mode::ReadOnly);
            if (file && file->observations(0) && !file->observations(0)->empty())
                text = file->observations(0)->at(0)->out;
        }
        umount(place.c_str());
        QVERIFY(remounted);
        QCOMPARE(code, std::string("file-not-writable"));
        QCOMPARE(text, std::string("in the WAL"));
    }

    void aKilledWritersWalIsMerged()
    {
        const Folder folder;
        makeKilled(folder / "x.medic");
        {
            const auto reader = IncidentFile::open(folder / "x.medic", Mode::ReadOnly);
            QCOMPARE(reader->observations(0)->at(0)->out, std::string("in the WAL"));
        }
        QVERIFY(fs::exists(folder / "x.medic-wal")); // a reader changes nothing
        {
            const auto writer = IncidentFile::open(folder / "x.medic");
            QCOMPARE(writer->observations(0)->at(0)->out, std::string("in the WAL"));
        }
        QVERIFY(!fs::exists(folder / "x.medic-wal"));
        const auto again = IncidentFile::open(folder / "x.medic", Mode::ReadOnly);
        QCOMPARE(again->observations(0)->at(0)->out, std::string("in the WAL"));
    }
};

QTEST_APPLESS_MAIN(TestIncidentRefusals)
#include "tst_incident_refusals.moc"
