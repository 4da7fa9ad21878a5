// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/playbooks/headless.h"
#include "diagnostics/playbooks/loader.h"

#include <QFile>
#include <QTest>

using namespace medic;
using namespace medic::playbooks;

namespace {

/// A world of two nodes whose findings the test sets.
struct Stage {
    Snapshot snapshot;
    std::vector<Finding> findings;
    World world;
    PlaybookPtr playbook;

    Stage()
    {
        QFile file(QStringLiteral(MEDIC_TEST_DATA "/playbooks/small.yaml"));
        std::vector<Error> problems;
        if (file.open(QIODevice::ReadOnly))
            playbook = readPlaybook(file.readAll().toStdString(), "small.yaml", problems);
        for (const char* node : {"node-1", "node-2"}) {
            auto observation = std::make_shared<Observation>();
            observation->node = node;
            observation->probe = "uname";
            observation->out = "Linux";
            observation->exitStatus = 0;
            snapshot.add(observation);
        }
        auto pods = std::make_shared<Observation>();
        pods->probe = "api/pods";
        pods->exitStatus = 0;
        pods->out = R"({"items":[{"metadata":{"namespace":"a","name":"p1"},"spec":{"nodeName":"node-1"},"status":{"phase":"Running"}},
            {"metadata":{"namespace":"a","name":"p2"},"spec":{"nodeName":"node-1"},"status":{"phase":"Succeeded"}}, 7, {"spec":[]}]})";
        snapshot.add(pods);
        auto nodes = std::make_shared<Observation>();
        nodes->probe = "api/nodes";
        nodes->exitStatus = 0;
        nodes->out = R"({"items":[{"metadata":{"name":"node-1","labels":{"node-role.kubernetes.io/control-plane":""}}},{"metadata":{"name":"node-2","labels":{}}}]})";
        snapshot.add(nodes);
        world.snapshot = &snapshot;
        world.findings = &findings;
        world.live = true;
        world.changesAllowed = true;
        world.cluster = "prod-1";
        world.now = TimePoint(std::chrono::seconds(1'700'000'000));
    }

    void find(const char* id, const char* node, const char* what, Verdict verdict = Verdict::Failure)
    {
        auto finding = Finding::make({.id = id, .suite = "demo", .subject = {SubjectKind::Node, {}, node, {}}, .verdict = verdict,
                                      .parameters = {{"what", what}}, .evidence = {{snapshot.find(node, "uname"), {1}, false}}});
        QVERIFY(finding);
        findings.push_back(*finding);
    }

    Runner runner() const { return Runner(playbook, Language::English); }

    void take(Runner& machine, const Event& event)
    {
        const auto taken = machine.take(event, world);
        QVERIFY2(taken, taken ? "" : taken.error().detail.c_str());
    }

    /// To the confirmation of the action.
    void toAction(Runner& machine)
    {
        machine.start(world);
        take(machine, Answered {"a", {}});
        take(machine, Checked {});
        take(machine, Answered {"node-1", {}});
        take(machine, CommandStarted {});
        take(machine, CommandDone {0, "subject: CN=ingress", {}, {}, 9});
        take(machine, Acknowledged {});
    }
};

} // namespace

class TestRunner : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theWholeWay()
    {
        Stage stage;
        QVERIFY(stage.playbook);
        stage.find("demo.broken", "node-1", "443");
        stage.find("demo.broken", "node-2", "80");
        Runner machine = stage.runner();
        machine.start(stage.world);
        Want want = machine.want(stage.world);
        QCOMPARE(want.kind, Want::Kind::Ask);
        QCOMPARE(want.options.size(), std::size_t(2));
        QVERIFY(!machine.take(Answered {"nonsense", {}}, stage.world));
        QVERIFY(!machine.take(Confirmed {}, stage.world)); // not what is wanted
        stage.take(machine, Answered {"a", "seen at 3 a.m."});
        want = machine.want(stage.world);
        QCOMPARE(want.kind, Want::Kind::Run);
        QCOMPARE(want.suites, std::vector<std::string> {"demo"});
        stage.take(machine, Checked {});
        // The program took its own branch, over "never", and says why with the finding's own words.
        QCOMPARE(machine.lastVisit("look")->by, std::string("program"));
        QCOMPARE(machine.lastVisit("look")->because.en, std::string("443 is broken"));
        QCOMPARE(machine.status("never"), StepStatus::Pending);
        want = machine.want(stage.world);
        QCOMPARE(want.options.size(), std::size_t(2));
        stage.take(machine, Answered {"node-1", {}});
        want = machine.want(stage.world);
        QCOMPARE(want.kind, Want::Kind::Command);
        QVERIFY(!want.changes);
        QCOMPARE(want.node, std::string("node-1"));
        stage.take(machine, CommandDone {0, "subject: CN=ingress", {}, {}, 9});
        QCOMPARE(machine.lastVisit("prove")->result, std::string("foreign"));
        want = machine.want(stage.world);
        QCOMPARE(want.kind, Want::Kind::Acknowledge);
        QCOMPARE(machine.verdicts().size(), std::size_t(1));
        QCOMPARE(machine.verdicts()[0].confidence, Confidence::Confirmed); // by the functional proof
        stage.take(machine, Acknowledged {});

        // The action: the worker first and alone, exact command, blast radius of it.
        want = machine.want(stage.world);
        QCOMPARE(want.kind, Want::Kind::Confirm);
        QCOMPARE(want.targets.size(), std::size_t(1));
        QCOMPARE(want.targets[0].node, std::string("node-2"));
        QCOMPARE(want.targets[0].command, std::string("repair 80"));
        QCOMPARE(want.targets[0].rollback, std::string("unrepair 80"));
        QCOMPARE(want.blast[0].controlPlane, Tri::No);
        QCOMPARE(*want.blast[0].pods, 0);
        QCOMPARE(want.remaining, 1);
        stage.take(machine, Confirmed {{}, true});
        want = machine.want(stage.world);
        QCOMPARE(want.command, std::string("repair --check 80"));
        QVERIFY(!want.changes);
        stage.take(machine, CommandDone {0, "would repair", {}, {}, 0});
        QCOMPARE(machine.want(stage.world).kind, Want::Kind::Confirm);
        stage.take(machine, Confirmed {});
        want = machine.want(stage.world);
        QVERIFY(want.changes);
        stage.take(machine, CommandStarted {});
        stage.take(machine, CommandDone {0, "repaired", {}, {}, 10});
        want = machine.want(stage.world);
        QCOMPARE(want.command, std::string("curl -fsk https://10.96.0.1:443/version"));
        stage.take(machine, CommandDone {0, "{}", {}, {}, 11});
        want = machine.want(stage.world);
        QCOMPARE(want.kind, Want::Kind::Run);
        QVERIFY(want.again);
        QCOMPARE(want.nodes, std::vector<std::string> {"node-2"});
        QCOMPARE(want.suites, std::vector<std::string> {"demo"});
        std::erase_if(stage.findings, [](const Finding& f) { return f.subject().name == "node-2"; });
        stage.take(machine, Checked {});

        // It worked there, though node-1 still fails: now the rest.
        want = machine.want(stage.world);
        QCOMPARE(want.kind, Want::Kind::Confirm);
        QCOMPARE(want.targets[0].node, std::string("node-1"));
        QCOMPARE(want.blast[0].controlPlane, Tri::Yes);
        QCOMPARE(*want.blast[0].pods, 1);
        QCOMPARE(want.blast[0].sample, std::vector<std::string> {"a/p1"});
        stage.take(machine, Confirmed {});
        stage.take(machine, CommandDone {0, {}, {}, {}, 12});
        stage.take(machine, CommandDone {0, {}, {}, {}, 13});
        stage.findings.clear();
        stage.take(machine, Checked {});
        QCOMPARE(machine.lastVisit("fix")->result, std::string("verified"));
        want = machine.want(stage.world);
        QCOMPARE(want.kind, Want::Kind::Wait);
        QCOMPARE(want.every, std::chrono::seconds(10));
        stage.take(machine, Checked {}); // the condition holds already
        QCOMPARE(machine.lastVisit("settle")->result, std::string("reached"));
        stage.take(machine, Acknowledged {});
        QVERIFY(machine.finished());
        QCOMPARE(machine.verdicts().back().id, std::string("healed"));
        QCOMPARE(machine.want(stage.world).kind, Want::Kind::Nothing);

        const auto records = machine.takeRecords();
        const auto count = [&](JournalEntry::Kind kind) {
            return std::count_if(records.begin(), records.end(), [&](const JournalEntry& e) { return e.kind == kind; });
        };
        QCOMPARE(count(JournalEntry::Kind::ActionConfirmed), 2);
        QCOMPARE(count(JournalEntry::Kind::ActionResult), 2); // a dry run is none
        QCOMPARE(count(JournalEntry::Kind::Verified), 2);
        QCOMPARE(count(JournalEntry::Kind::Answer), 2);
        QVERIFY(machine.takeRecords().empty());
    }

    void unknownIsNeitherYesNorNo()
    {
        Stage stage;
        stage.find("demo.broken", "node-1", "443", Verdict::Unknown);
        Runner machine = stage.runner();
        machine.start(stage.world);
        stage.take(machine, Answered {"a", {}});
        stage.take(machine, Checked {});
        const Want want = machine.want(stage.world);
        QCOMPARE(want.kind, Want::Kind::Ask);
        QVERIFY(want.undecided);
        QCOMPARE(want.options.size(), std::size_t(4)); // two branches, next, again
        QCOMPARE(machine.status("look"), StepStatus::Undecided);
        Runner again = machine;
        stage.take(again, Answered {"again", {}});
        QCOMPARE(again.want(stage.world).kind, Want::Kind::Run);
        stage.take(machine, Answered {"branch:0", {}});
        QCOMPARE(machine.lastVisit("look")->by, std::string("engineer"));
        QCOMPARE(machine.current()->id, std::string("ask-node"));
        stage.take(machine, Answered {"node-1", {}});
        // Nothing failing gives {what}: the measurement cannot be made, and proves nothing.
        QCOMPARE(machine.status("prove"), StepStatus::Undecided);
        QCOMPARE(machine.verdicts().size(), std::size_t(1));
        QVERIFY(machine.verdicts()[0].undecided);
    }

    void nothingObservedExcludesNothing()
    {
        Stage stage;
        const Snapshot empty;
        stage.world.snapshot = &empty;
        Runner machine = stage.runner();
        machine.start(stage.world);
        stage.take(machine, Answered {"a", {}});
        stage.take(machine, Checked {});
        QVERIFY(machine.want(stage.world).undecided);
    }

    void aCommandThatDidNotEndProvesNothing()
    {
        Stage stage;
        stage.find("demo.broken", "node-1", "443");
        Runner machine = stage.runner();
        machine.start(stage.world);
        stage.take(machine, Answered {"b", {}});
        stage.take(machine, Answered {"node-1", {}});
        stage.take(machine, CommandDone {-1, {}, {}, Error {ErrorCode::Timeout, {}, "timed out", 0}, 0});
        QCOMPARE(machine.status("prove"), StepStatus::Undecided);
        QCOMPARE(machine.verdicts()[0].confidence, Confidence::Likely);
    }

    void whatWasNotCheckedIsNotExcluded()
    {
        Stage stage;
        auto lack = Finding::make({.id = "common.not-checked", .suite = "demo", .subject = {SubjectKind::Component, {}, "demo", "node-2"},
                                   .verdict = Verdict::Unknown, .evidence = {{stage.snapshot.find("node-2", "uname"), {}, false}}});
        QVERIFY(lack);
        stage.findings.push_back(*lack);
        Runner machine = stage.runner();
        machine.start(stage.world);
        stage.take(machine, Answered {"a", {}});
        stage.take(machine, Checked {});
        QVERIFY(machine.want(stage.world).undecided);
        stage.find("demo.broken", "node-1", "443"); // a finding stays one whatever else was not checked
        stage.take(machine, WentBack {"look"});
        stage.take(machine, Checked {});
        QCOMPARE(machine.current()->id, std::string("ask-node"));
    }

    void overruleBackAndNotes()
    {
        Stage stage;
        Runner machine = stage.runner();
        machine.start(stage.world);
        stage.take(machine, Answered {"a", {}});
        stage.take(machine, Checked {}); // nothing is broken: to the end
        QCOMPARE(machine.current()->id, std::string("done"));
        stage.take(machine, Noted {"look", "the rules were rewritten a minute ago"});
        QCOMPARE(machine.lastVisit("look")->notes.size(), std::size_t(1));
        stage.take(machine, Overruled {"look", "branch:0", {}, "I saw it myself"});
        QVERIFY(machine.lastVisit("look")->overruled);
        QCOMPARE(machine.lastVisit("look")->by, std::string("engineer"));
        QCOMPARE(machine.current()->id, std::string("ask-node"));
        QCOMPARE(machine.lastVisit("look")->notes.size(), std::size_t(2));
        QVERIFY(!machine.take(Overruled {"look", "branch:9", {}, {}}, stage.world));
        QVERIFY(!machine.take(WentBack {"judge"}, stage.world)); // never visited
        stage.take(machine, WentBack {"kind"});
        QCOMPARE(machine.visits().size(), std::size_t(1));
        QCOMPARE(machine.current()->id, std::string("kind"));
        stage.take(machine, Answered {"b", {}});
        QCOMPARE(machine.current()->id, std::string("ask-node"));
        bool overruled = false;
        for (const JournalEntry& entry : machine.takeRecords())
            overruled = overruled || (entry.kind == JournalEntry::Kind::Overruled && entry.who == "engineer");
        QVERIFY(overruled);
    }

    void aVerdictCanBeRejected()
    {
        Stage stage;
        stage.find("demo.broken", "node-1", "443");
        Runner machine = stage.runner();
        stage.toAction(machine);
        stage.take(machine, Overruled {{}, {}, "broken", "it is not"});
        QVERIFY(machine.verdicts()[0].rejected);
        QVERIFY(!machine.take(Overruled {{}, {}, "nobody", {}}, stage.world));
    }

    void readOnlyRefusesAndShows()
    {
        Stage stage;
        stage.find("demo.broken", "node-1", "443");
        stage.world.changesAllowed = false;
        Runner machine = stage.runner();
        stage.toAction(machine);
        const Want want = machine.want(stage.world);
        QCOMPARE(want.kind, Want::Kind::Confirm);
        QVERIFY(want.readOnly);
        QCOMPARE(want.targets[0].command, std::string("repair 443"));
        const auto refused = machine.take(Confirmed {}, stage.world);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::PermissionDenied);
        QVERIFY(!machine.take(Confirmed {{}, true}, stage.world));
        Runner byHand = machine;
        stage.take(byHand, Answered {"by-hand", {}});
        QCOMPARE(byHand.want(stage.world).kind, Want::Kind::Command); // its verification only reads
        QVERIFY(!byHand.want(stage.world).changes);
        stage.take(machine, Declined {"not in the daytime"});
        QCOMPARE(machine.status("fix"), StepStatus::Refused);
    }

    void productionWantsTheName()
    {
        Stage stage;
        stage.find("demo.broken", "node-1", "443");
        stage.world.production = true;
        Runner machine = stage.runner();
        stage.toAction(machine);
        QCOMPARE(machine.want(stage.world).mustType, std::string("prod-1"));
        QVERIFY(!machine.take(Confirmed {}, stage.world));
        QVERIFY(!machine.take(Confirmed {"prod", false}, stage.world));
        stage.take(machine, Confirmed {"prod-1", false});
        QVERIFY(machine.want(stage.world).changes);
    }

    void whatDidNotWorkIsRolledBack()
    {
        Stage stage;
        stage.find("demo.broken", "node-1", "443");
        stage.find("demo.broken", "node-2", "80");
        Runner machine = stage.runner();
        stage.toAction(machine);
        stage.take(machine, Confirmed {});
        stage.take(machine, CommandDone {1, {}, "no such rule", {}, 0});
        stage.take(machine, CommandDone {0, "{}", {}, {}, 0});
        stage.take(machine, Checked {}); // still there
        const Want want = machine.want(stage.world);
        QCOMPARE(want.kind, Want::Kind::Confirm);
        QVERIFY(want.isRollback);
        Runner declined = machine;
        stage.take(declined, Declined {});
        QCOMPARE(declined.lastVisit("fix")->result, std::string("failed"));
        stage.take(machine, Confirmed {});
        QCOMPARE(machine.want(stage.world).command, std::string("unrepair 80"));
        stage.take(machine, CommandDone {0, {}, {}, {}, 0});
        QCOMPARE(machine.lastVisit("fix")->result, std::string("rolled-back"));
        QCOMPARE(machine.status("fix"), StepStatus::Failed);
        QCOMPARE(machine.current()->id, std::string("done")); // where `failed` leads, the second node untouched
    }

    void aChangedSymptomOpensALinkedIncident()
    {
        Stage stage;
        stage.find("demo.broken", "node-1", "443");
        Runner machine = stage.runner();
        stage.toAction(machine);
        stage.take(machine, Confirmed {});
        stage.take(machine, CommandDone {0, {}, {}, {}, 0});
        stage.take(machine, CommandDone {0, {}, {}, {}, 0});
        stage.findings.clear();
        stage.find("other.new", "node-1", "x");
        stage.take(machine, Checked {});
        QVERIFY(machine.symptomChange());
        QCOMPARE(machine.symptomChange()->findings, std::vector<std::string> {"other.new"});
    }

    void hostileNamesDoNotReachTheShell()
    {
        Stage stage;
        stage.find("demo.broken", "node-1", "x'; reboot #");
        Runner machine = stage.runner();
        stage.toAction(machine);
        QCOMPARE(machine.want(stage.world).targets[0].command, std::string("repair 'x'\\''; reboot #'"));

        Stage option;
        option.find("demo.broken", "node-1", "--all");
        Runner refused = option.runner();
        refused.start(option.world);
        option.take(refused, Answered {"a", {}});
        option.take(refused, Checked {});
        option.take(refused, Answered {"node-1", {}});
        QCOMPARE(refused.status("prove"), StepStatus::Undecided); // an option in a name's clothes is not run
        QVERIFY(!refused.lastVisit("prove")->outputs.empty());
        option.take(refused, Acknowledged {});
        QVERIFY(!refused.want(option.world).targets[0].refused.empty());
        QVERIFY(!refused.take(Confirmed {}, option.world));
        option.take(refused, Declined {});
    }

    void savedAndRestoredAtEveryStep()
    {
        Stage stage;
        stage.find("demo.broken", "node-1", "443");
        Runner machine = stage.runner();
        const std::vector<Event> way {Answered {"a", {}}, Checked {}, Answered {"node-1", {}}, CommandDone {0, "ingress", {}, {}, 9},
                                      Acknowledged {}, Confirmed {}, CommandDone {0, {}, {}, {}, 0}, CommandDone {0, {}, {}, {}, 0}, Checked {}};
        machine.start(stage.world);
        for (const Event& event : way) {
            const std::string saved = machine.save();
            const auto restored = Runner::restore(stage.playbook, Language::English, saved);
            QVERIFY2(restored, restored ? "" : restored.error().detail.c_str());
            QCOMPARE(restored->save(), saved);
            machine = *restored;
            stage.take(machine, event);
        }
        QVERIFY(machine.want(stage.world).isRollback); // the finding is still there
        const std::string saved = machine.save();
        for (std::size_t length = 0; length < saved.size(); length += 7)
            QVERIFY(!Runner::restore(stage.playbook, Language::English, saved.substr(0, length)));
        QVERIFY(!Runner::restore(stage.playbook, Language::English, "{}"));
        std::string other = saved;
        other.replace(other.find("\"small\""), 7, "\"other\"");
        QVERIFY(!Runner::restore(stage.playbook, Language::English, other));
    }

    void killedDuringACommandItIsNotSentTwice()
    {
        Stage stage;
        stage.find("demo.broken", "node-1", "443");
        Runner machine = stage.runner();
        stage.toAction(machine);
        stage.take(machine, Confirmed {});
        stage.take(machine, CommandStarted {});
        QVERIFY(!machine.take(WentBack {"kind"}, stage.world)); // not while it runs
        auto restored = Runner::restore(stage.playbook, Language::English, machine.save());
        QVERIFY(restored);
        const Want want = restored->want(stage.world);
        QVERIFY(!want.changes);
        QCOMPARE(want.command, std::string("curl -fsk https://10.96.0.1:443/version")); // its verification tells
        QCOMPARE(restored->lastVisit("fix")->notes.size(), std::size_t(1));
    }

    void aRecordedIncidentRunsToItsVerdicts()
    {
        Stage stage;
        stage.world.live = false;
        stage.world.changesAllowed = false;
        const HeadlessResult result = runHeadless(stage.runner(), stage.snapshot, stage.world, {{"kind", "b"}, {"ask-node", "node-1"}}, {});
        QVERIFY(result.unanswered.empty());
        QVERIFY(result.runner.finished());
        QCOMPARE(result.runner.status("prove"), StepStatus::Undecided); // nothing can be measured in a recording
        const HeadlessResult open = runHeadless(stage.runner(), stage.snapshot, stage.world, {}, {});
        QCOMPARE(open.unanswered, std::vector<std::string> {"kind"});
        QVERIFY(!open.runner.finished());
    }

    void aLiveWaitLooksAgainAndAgain()
    {
        std::vector<Error> problems;
        const PlaybookPtr playbook = readPlaybook("playbook: waits\ntitle: {en: a, zh: 甲}\nsummary: {en: a, zh: 甲}\nsteps:\n"
                                                  "  - {id: x, type: wait, title: {en: a, zh: 甲}, why: {en: a, zh: 甲}, seconds: 60, every: 10, suites: [demo], until: not found(demo.broken)}\n",
                                                  "waits.yaml", problems);
        QVERIFY2(playbook, problems.empty() ? "" : problems.front().detail.c_str());
        Stage stage;
        stage.find("demo.broken", "node-1", "443");
        const std::vector<Finding> broken = stage.findings;
        const auto run = [&](int healsAfter, const std::map<std::string, std::string>& answers, int& looks, int& seconds) {
            TimePoint now = stage.world.now;
            Hands hands;
            hands.now = [&] { return now; };
            hands.wait = [&](const Want& want) {
                seconds += static_cast<int>(std::chrono::duration_cast<std::chrono::seconds>(want.until - now).count());
                now = want.until;
            };
            hands.collect = [&](const Want&, Snapshot&) { ++looks; };
            hands.check = [&](const Snapshot&) { return looks < healsAfter ? broken : std::vector<Finding>(); };
            return runHeadless(Runner(playbook, Language::English), stage.snapshot, stage.world, answers, hands);
        };
        int looks = 0, seconds = 0;
        QCOMPARE(run(2, {}, looks, seconds).runner.lastVisit("x")->result, std::string("reached"));
        QCOMPARE(looks, 2);
        QCOMPARE(seconds, 20);
        looks = seconds = 0;
        QCOMPARE(run(100, {}, looks, seconds).runner.lastVisit("x")->result, std::string("not-reached"));
        QCOMPARE(looks, 6);
        QCOMPARE(seconds, 60);
        looks = seconds = 0;
        QCOMPARE(run(2, {{"x", "skip"}}, looks, seconds).runner.lastVisit("x")->result, std::string("shortened"));
        QCOMPARE(seconds, 0);
    }

    void circlesEnd()
    {
        std::vector<Error> problems;
        const PlaybookPtr circle = readPlaybook("playbook: circle\ntitle: {en: a, zh: 甲}\nsummary: {en: a, zh: 甲}\nsteps:\n"
                                                "  - {id: x, type: check, title: {en: a, zh: 甲}, why: {en: a, zh: 甲}, suites: [demo], next: x}\n",
                                                "circle.yaml", problems);
        QVERIFY(circle);
        Stage stage;
        Runner machine(circle, Language::Chinese);
        machine.start(stage.world);
        for (int i = 0; i < 1000 && !machine.finished(); ++i)
            stage.take(machine, Checked {});
        QVERIFY(machine.finished());
    }

    void aWatchEndsWhenItComesBack()
    {
        std::vector<Error> problems;
        const PlaybookPtr watch = readPlaybook("playbook: watch\ntitle: {en: a, zh: 甲}\nsummary: {en: a, zh: 甲}\nsteps:\n"
                                               "  - {id: which, type: question, title: {en: a, zh: 甲}, why: {en: a, zh: 甲}, text: {en: a, zh: 甲}, from: nodes}\n"
                                               "  - {id: watch, type: wait, title: {en: a, zh: 甲}, why: {en: a, zh: 甲}, seconds: 600, every: 30, suites: [demo], on: answer(which),\n"
                                               "     broken: \"found(demo.broken, which)\", tables: [pleg-relist], branches: [{when: \"result(watch) == 'broken'\", go: which, because: {en: b, zh: 乙}}]}\n",
                                               "watch.yaml", problems);
        QVERIFY2(watch, problems.empty() ? "" : problems.front().detail.c_str());
        Stage stage;
        Runner machine(watch, Language::English);
        machine.start(stage.world);
        stage.take(machine, Answered {"node-2", {}});
        Want want = machine.want(stage.world);
        QCOMPARE(want.kind, Want::Kind::Wait);
        QCOMPARE(want.until - stage.world.now, std::chrono::seconds(600));
        QCOMPARE(want.nodes, std::vector<std::string> {"node-2"}); // only there is looked again
        stage.find("demo.broken", "node-1", "x"); // another node's
        stage.take(machine, Checked {});
        QCOMPARE(machine.want(stage.world).kind, Want::Kind::Wait);
        stage.find("demo.broken", "node-2", "x");
        stage.take(machine, Checked {});
        QCOMPARE(machine.lastVisit("watch")->result, std::string("broken"));
        QCOMPARE(machine.current()->id, std::string("which"));
        // A driver may have waits shortened, never lengthened.
        stage.findings.clear();
        stage.world.longestWait = std::chrono::seconds(40);
        stage.take(machine, Answered {"node-2", {}});
        want = machine.want(stage.world);
        QCOMPARE(want.until - stage.world.now, std::chrono::seconds(40));
        QCOMPARE(want.every, std::chrono::seconds(20));
        stage.take(machine, WaitOver {});
        QCOMPARE(machine.lastVisit("watch")->result, std::string("over"));
        QVERIFY(machine.finished());
    }

    void aMasterWithoutALabel()
    {
        Stage stage;
        QCOMPARE(blastRadius(stage.snapshot, "node-2").controlPlane, Tri::No);
        auto processes = std::make_shared<Observation>();
        processes->node = "node-2";
        processes->probe = "ps";
        processes->exitStatus = 0;
        processes->out = "  PID  PPID STAT WCHAN ELAPSED RSS COMMAND\n   64 1 Sl - 900 300000 kube-apiserver --etcd-servers=http://127.0.0.1:2379\n";
        Snapshot more = stage.snapshot;
        more.add(processes);
        QCOMPARE(blastRadius(more, "node-2").controlPlane, Tri::Yes);
    }

    void answersFile()
    {
        const auto answers = readAnswers("kind: a\nask-node: node-1\n", "a.yaml");
        QVERIFY(answers);
        QCOMPARE(answers->at("ask-node"), std::string("node-1"));
        QVERIFY(!readAnswers("- a", "a.yaml"));
        QVERIFY(!readAnswers("a: [1]", "a.yaml"));
        QCOMPARE(readAnswers("a: {", "a.yaml").error().code, ErrorCode::BadSyntax);
        QVERIFY(readAnswers("", "a.yaml")->empty());
    }
};

QTEST_GUILESS_MAIN(TestRunner)
#include "tst_runner.moc"
