// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/incident/incident_file.h"
#include "tests/incident/fixtures.h"

#include <QElapsedTimer>
#include <QTest>

#include <random>

using namespace medic;
using namespace medic::test;

namespace {

constexpr auto problemOf = [](const auto& result) { return result ? std::string() : std::string(errorName(result.error().code)); };

Finding findingAbout(const ObservationPtr& observation, const std::string& id = "disk.full")
{
    return *Finding::make({.id = id,
                           .suite = "baseline",
                           .subject = {.kind = SubjectKind::Node, .nameSpace = "", .name = observation->node, .node = observation->node},
                           .verdict = Verdict::Failure,
                           .confidence = Confidence::Confirmed,
                           .parameters = {{"used", "97 %"}, {"mount", "/var/lib/\"docker\"'; DROP TABLE findings; --"}},
                           .evidence = {{.observation = observation, .lines = {2, 3}, .inErr = false}},
                           .since = moment(-60)});
}

} // namespace

class TestIncidentFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everythingComesBack()
    {
        const Folder folder;
        const auto path = folder / "a b%20?#.medic";
        std::string strange("a\0b\x1b[31m\xe4\xb8\xad\xe6\x96\x87' \" \n", 20);
        {
            auto file = IncidentFile::create(path, someInfo());
            QVERIFY2(file, problemOf(file).c_str());
            const auto sweep = file->beginSweep("sweep", moment(1));
            QVERIFY(sweep);
            auto observation = observed("node-1", "df", strange);
            observation.err = "warning";
            observation.exitStatus = 3;
            observation.state = ProbeState::NoPermission;
            observation.truncated = true;
            observation.start += std::chrono::nanoseconds(123456789);
            const auto recorded = file->record(*sweep, {observation, observed("node-2", "df", strange)});
            QVERIFY(recorded);
            QCOMPARE(recorded->size(), std::size_t(2));
            QVERIFY(recorded->at(0)->id != 0 && recorded->at(0)->id != recorded->at(1)->id);
            QVERIFY(file->recordFindings(*sweep, {findingAbout(recorded->at(0))}));
            QVERIFY(file->append({.id = 0, .at = moment(3), .kind = JournalEntry::Kind::Answer, .playbook = "hostport",
                                  .step = "ask", .who = "engineer", .text = strange, .data = "{\"answer\": true}",
                                  .observations = {recorded->at(1)->id}}));
            QVERIFY(file->setDocument("wizard", "{}"));
            QVERIFY(file->setDocument("wizard", "{\"step\": 2}"));
            QVERIFY(file->finishSweep(*sweep, moment(5)));
        }
        QCOMPARE(folder.names(), std::set<std::string> {path.filename().string()}); // the file alone is complete
        const auto file = IncidentFile::open(path, IncidentFile::Mode::ReadOnly);
        QVERIFY2(file, problemOf(file).c_str());
        const auto info = file->info();
        QVERIFY(info);
        QCOMPARE(info->title, someInfo().title);
        QCOMPARE(info->opened, someInfo().opened);
        const auto sweeps = file->sweeps();
        QCOMPARE(sweeps->size(), std::size_t(1));
        QCOMPARE(*sweeps->at(0).finished, moment(5));
        const auto observations = file->observations(1);
        QVERIFY(observations);
        const Observation& first = *observations->at(0);
        QCOMPARE(first.out, strange);
        QCOMPARE(first.err, std::string("warning"));
        QCOMPARE(first.exitStatus, 3);
        QCOMPARE(first.state, ProbeState::NoPermission);
        QCOMPARE(first.start, moment(0) + std::chrono::nanoseconds(123456789));
        QCOMPARE(first.duration, std::chrono::milliseconds(12));
        QVERIFY(first.truncated);
        const auto findings = file->findings(0);
        QVERIFY(findings);
        QCOMPARE(findings->size(), std::size_t(1));
        QCOMPARE(findings->at(0).key(), findingAbout(observations->at(0)).key());
        QCOMPARE(findings->at(0).parameters(), findingAbout(observations->at(0)).parameters());
        QCOMPARE(findings->at(0).evidence().at(0).observation, observations->at(0)); // the same object, read once
        QCOMPARE(findings->at(0).evidence().at(0).lines, (std::vector<int> {2, 3}));
        QCOMPARE(*findings->at(0).since(), moment(-60));
        const auto journal = file->journal();
        QCOMPARE(journal->at(0).text, strange);
        QCOMPARE(journal->at(0).kind, JournalEntry::Kind::Answer);
        QCOMPARE(journal->at(0).observations, std::vector<std::uint64_t> {2});
        QCOMPARE(**file->document("wizard"), std::string("{\"step\": 2}"));
        QVERIFY(!file->document("none")->has_value());
        QCOMPARE(*file->documentNames(), std::vector<std::string> {"wizard"});
        QCOMPARE(folder.names().size(), std::size_t(1));
    }

    void everyKindHasItsName()
    {
        for (int i = 0; i <= int(JournalEntry::Kind::TraceMade); ++i) {
            const auto kind = static_cast<JournalEntry::Kind>(i);
            QCOMPARE(journalKindFromName(journalKindName(kind)), std::optional(kind));
        }
        QVERIFY(!journalKindFromName("nonsense"));
    }

    void theSameContentIsStoredOnce()
    {
        const Folder folder;
        std::string large;
        std::mt19937 random(7);
        while (large.size() < 200000)
            large += static_cast<char>('a' + random() % 26);
        {
            auto file = IncidentFile::create(folder / "x.medic", someInfo());
            const auto sweep = file->beginSweep("sweep", moment(1));
            for (int i = 0; i < 20; ++i)
                QVERIFY(file->record(*sweep, {observed("node-" + std::to_string(i), "iptables-save", large)}));
        }
        QVERIFY(std::filesystem::file_size(folder / "x.medic") < 300000);
    }

    void aSnapshotHoldsTheNewestUpToItsSweep()
    {
        const Folder folder;
        auto file = IncidentFile::create(folder / "x.medic", someInfo());
        const auto first = file->beginSweep("sweep", moment(0));
        QVERIFY(file->record(*first, {observed("n1", "df", "1"), observed("n1", "ps", "p"), observed("n2", "df", "2")}));
        const auto second = file->beginSweep("after the fix", moment(60));
        QVERIFY(file->record(*second, {observed("n1", "df", "later"), observed("", "api/nodes", "{}")}));
        const auto before = file->snapshot(*first);
        const auto after = file->snapshot(*second);
        const auto whole = file->snapshot();
        QVERIFY(before && after && whole);
        QCOMPARE(before->find("n1", "df")->out, std::string("1"));
        QVERIFY(!before->cluster("api/nodes"));
        QCOMPARE(after->find("n1", "df")->out, std::string("later"));
        QCOMPARE(after->find("n1", "ps")->out, std::string("p"));
        QCOMPARE(after->find("n2", "df")->sweep, *first);
        QCOMPARE(whole->all().size(), after->all().size());
        QCOMPARE(file->observations(*second)->size(), std::size_t(2));
        QCOMPARE(file->observations(0)->size(), std::size_t(5));
        QVERIFY(*file->observation(999) == nullptr);
        QVERIFY(!file->sweeps()->at(1).finished);
    }

    void findingsAreReplacedAndTheNewestCheckedSweepCounts()
    {
        const Folder folder;
        auto file = IncidentFile::create(folder / "x.medic", someInfo());
        const auto first = file->beginSweep("sweep", moment(0));
        const auto recorded = file->record(*first, {observed("n1", "df", "1")});
        QVERIFY(file->recordFindings(*first, {findingAbout(recorded->at(0)), findingAbout(recorded->at(0), "inodes.full")}));
        QVERIFY(file->recordFindings(*first, {findingAbout(recorded->at(0))}));
        QCOMPARE(file->findings(*first)->size(), std::size_t(1));
        const auto second = file->beginSweep("sweep", moment(60));
        QCOMPARE(file->findings(0)->size(), std::size_t(1)); // the second was not checked yet
        QVERIFY(file->recordFindings(*second, {}));
        QVERIFY(file->findings(0)->empty());
    }

    void unrecordedEvidenceIsKept()
    {
        const Folder folder;
        auto file = IncidentFile::create(folder / "x.medic", someInfo());
        const auto sweep = file->beginSweep("sweep", moment(0));
        const auto loose = std::make_shared<Observation>(observed("n1", "df", "not recorded"));
        QVERIFY(file->recordFindings(*sweep, {findingAbout(loose)}));
        QCOMPARE(file->findings(*sweep)->at(0).evidence().at(0).observation->out, std::string("not recorded"));
    }

    void anUnknownSweepIsRefused()
    {
        const Folder folder;
        auto file = IncidentFile::create(folder / "x.medic", someInfo());
        QVERIFY(!file->record(77, {observed("n1", "df", "1")}));
        QVERIFY(file->observations(0)->empty());
    }

    void anExistingFileIsNotOverwritten()
    {
        const Folder folder;
        writeBytes(folder / "x.medic", "mine");
        const auto file = IncidentFile::create(folder / "x.medic", someInfo());
        QCOMPARE(problemOf(file), std::string("file-not-writable"));
        QCOMPARE(bytesOf(folder / "x.medic"), std::string("mine"));
        QCOMPARE(problemOf(IncidentFile::create(folder / "no/such/x.medic", someInfo())), std::string("file-not-writable"));
    }

    void fiveThousandObservationsAreFast()
    {
        const Folder folder;
        QElapsedTimer clock;
        clock.start();
        {
            auto file = IncidentFile::create(folder / "x.medic", someInfo());
            const auto sweep = file->beginSweep("sweep", moment(0));
            std::string text;
            for (int i = 0; i < 100; ++i)
                text += "-A KUBE-SERVICES -d 10.96.0." + std::to_string(i) + "/32 -p tcp -j KUBE-SVC\n";
            for (int node = 0; node < 100; ++node) {
                std::vector<Observation> batch;
                for (int probe = 0; probe < 50; ++probe)
                    batch.push_back(observed("node-" + std::to_string(node), "probe-" + std::to_string(probe),
                                             text + std::to_string(node * 50 + probe)));
                QVERIFY(file->record(*sweep, batch));
            }
        }
        const qint64 written = clock.restart();
        const auto file = IncidentFile::open(folder / "x.medic");
        QVERIFY(file);
        const auto snapshot = file->snapshot();
        QCOMPARE(snapshot->all().size(), std::size_t(5000));
        qInfo("5,000 observations written in %lld ms, read in %lld ms", written, clock.elapsed());
        QVERIFY(written < 20000 && clock.elapsed() < 20000); // far above what any build needs: only a quadratic one fails
    }
};

QTEST_APPLESS_MAIN(TestIncidentFile)
#include "tst_incident_file.moc"
