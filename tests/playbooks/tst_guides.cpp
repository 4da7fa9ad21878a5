// SPDX-License-Identifier: GPL-3.0-or-later
// Every shipped guide on a recording that shows its fault, on one that does not, and live up to the cure that it proves.
#include "guide_cases.h"

#include "diagnostics/playbooks/headless.h"
#include "diagnostics/playbooks/loader.h"
#include "diagnostics/playbooks/packet.h"
#include "diagnostics/playbooks/patterns.h"

#include <QTest>

#include <set>

using namespace medic;
using namespace medic::playbooks;
using test::GuideCase;

namespace {

const Library& library()
{
    static const Library all = Library::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);
    return all;
}

const std::vector<GuideCase>& cases()
{
    static const std::vector<GuideCase> all = test::guideCases();
    return all;
}

/// The case's own answers; for what it does not say the node, the first choice, or text that the pattern takes.
std::map<std::string, std::string> answersOf(const GuideCase& one, const Playbook& playbook)
{
    std::map<std::string, std::string> answers;
    for (const Step& step : playbook.steps) {
        if (step.type != StepType::Question)
            continue;
        std::string answer = step.choices.empty() ? "node-1" : step.choices.front().id;
        for (const char* text : {"none", "30", "10.244.2.9:8080", "shop/web-0"})
            if (step.choices.empty() && !step.pattern.empty() && matchesWhole(step.pattern, text))
                answer = text;
        answers[step.id] = answer;
    }
    for (const auto& [step, answer] : one.answers)
        answers[step] = answer;
    return answers;
}

HeadlessResult run(const GuideCase& one, bool healthy, World world = {}, const Hands& hands = {})
{
    const PlaybookPtr playbook = library().find(one.playbook);
    const auto recording = test::recordingOf(one, healthy);
    world.now = recording.now;
    return runHeadless(Runner(playbook, Language::English), recording.snapshot, world, answersOf(one, *playbook), hands);
}

bool bad(const VerdictGiven& given) { return !given.undecided && (given.verdict == Verdict::Failure || given.verdict == Verdict::Warning); }

const VerdictGiven* given(const HeadlessResult& result, const std::string& id)
{
    for (const VerdictGiven& one : result.runner.verdicts())
        if (one.id == id)
            return &one;
    return nullptr;
}

QByteArray way(const HeadlessResult& result)
{
    std::string text;
    for (const Visit& visit : result.runner.visits())
        text += visit.step + "=" + visit.result + (visit.status == StepStatus::Skipped ? "(skipped) " : " ");
    for (const VerdictGiven& one : result.runner.verdicts())
        text += "| " + one.id + (one.undecided ? "?" : "") + ": " + one.text.en + " ";
    for (const Finding& finding : result.findings)
        if (finding.verdict() != Verdict::Ok && finding.id() != "common.not-checked")
            text += "| found " + finding.id() + " ";
    return QByteArray::fromStdString(text);
}

} // namespace

class TestGuides : public QObject
{
    Q_OBJECT

    void rows()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < cases().size(); ++i)
            QTest::newRow(cases()[i].playbook) << int(i);
    }

private Q_SLOTS:
    void everyGuideHasItsCase()
    {
        std::set<std::string> known;
        for (const GuideCase& one : cases())
            known.insert(one.playbook);
        for (const PlaybookPtr& playbook : library().all())
            QVERIFY2(known.contains(playbook->id), playbook->id.c_str());
        QCOMPARE(known.size(), library().all().size());
    }

    void theFaultIsNamed_data() { rows(); }
    void theFaultIsNamed()
    {
        QFETCH(int, index);
        GuideCase one = cases()[std::size_t(index)];
        World world;
        Hands hands;
        if (!one.measured.empty()) { // what only a measurement on the node can tell
            world.live = true;
            hands.command = [&](const Want& want) { return CommandDone {0, one.measured.contains(want.step) ? one.measured.at(want.step).first : "", {}, {}, 0}; };
        }
        const auto result = run(one, false, world, hands);
        QVERIFY2(result.unanswered.empty(), result.unanswered.empty() ? "" : result.unanswered.front().c_str());
        QVERIFY2(result.runner.finished(), way(result));
        const VerdictGiven* const verdict = given(result, one.verdict);
        QVERIFY2(verdict != nullptr && bad(*verdict), way(result));
        QVERIFY2(verdict->text.en.find('{') == std::string::npos && verdict->text.zh.find('{') == std::string::npos, verdict->text.en.c_str());
    }

    void nothingIsFoundWithoutIt_data() { rows(); }
    void nothingIsFoundWithoutIt()
    {
        QFETCH(int, index);
        const GuideCase& one = cases()[std::size_t(index)];
        const auto result = run(one, true);
        QVERIFY2(result.runner.finished(), way(result));
        for (const VerdictGiven& verdict : result.runner.verdicts())
            // Where every apiserver answers, the client's own address is to blame, which the answers say was refused.
            QVERIFY2(!bad(verdict) || verdict.id == "client", way(result));
    }

    void itsOwnActionCures_data() { rows(); }
    void itsOwnActionCures()
    {
        QFETCH(int, index);
        const GuideCase& one = cases()[std::size_t(index)];
        if (std::string(one.action).empty())
            return;
        bool cured = false;
        std::vector<std::string> changes;
        std::map<std::string, int> asked;
        Hands hands;
        hands.confirm = [&](const Want& want) { return want.step == one.action && !want.isRollback; };
        hands.command = [&](const Want& want) {
            if (want.changes) {
                changes.push_back(want.command);
                cured = true;
                return CommandDone {0, "done", {}, {}, 0};
            }
            return CommandDone {0, one.measured.contains(want.step) ? one.measured.at(want.step).first : "", {}, {}, 0};
        };
        hands.collect = [&](const Want&, Snapshot& snapshot) {
            if (cured)
                snapshot = test::recordingOf(one, true).snapshot;
        };
        const auto result = run(one, false, World {.live = true, .changesAllowed = true, .cluster = "lab"}, hands);
        QVERIFY2(result.runner.finished(), way(result));
        QVERIFY2(!changes.empty(), way(result));
        QCOMPARE(changes.size(), std::size_t(1));
        const Visit* const visit = result.runner.lastVisit(one.action);
        QVERIFY(visit != nullptr);
        QVERIFY2(visit->result == "verified", (way(result) + " " + QByteArray::fromStdString(visit->result)).constData());
        // The result: nothing bad is left of it, and what holds is proven.
        const Step& last = library().find(one.playbook)->steps.back();
        bool healed = false;
        for (const VerdictGiven& verdict : result.runner.verdicts())
            if (verdict.step == last.id) {
                QVERIFY2(!bad(verdict), way(result));
                healed = healed || (verdict.verdict == Verdict::Ok && (verdict.undecided || verdict.confidence == Confidence::Confirmed));
            }
        QVERIFY2(healed, way(result));
    }

    void aPolicyIsProvenByItsCounter()
    {
        const PlaybookPtr playbook = library().find("p21-networkpolicy");
        QVERIFY(playbook);
        const std::map<std::string, std::string> answers {{"symptom", "timeout"}, {"client", "shop/web-0"}, {"which", "node-1"}, {"target", "10.244.2.9:8080"}, {"advice", "changed"}};
        const auto recording = test::recordingOf(cases().front(), true);
        Hands hands;
        std::vector<std::string> commands;
        hands.command = [&](const Want& want) {
            commands.push_back(want.command);
            const char* out = want.step == "connect" ? "from the node: yes\nfrom shop/web-0: timeout\nONLY-POD-BLOCKED\n" : want.step == "counters" ? "[3:180] -A cali-fw -j DROP\nCOUNTED\n" : "OPEN\n";
            return CommandDone {0, out, {}, {}, 0};
        };
        const auto result = runHeadless(Runner(playbook, Language::Chinese), recording.snapshot, World {.live = true}, answers, hands);
        QVERIFY2(result.runner.finished(), way(result));
        const VerdictGiven* const blocked = given(result, "blocked");
        QVERIFY(blocked != nullptr && bad(*blocked));
        QCOMPARE(blocked->confidence, Confidence::Confirmed);
        QCOMPARE(blocked->text.zh, std::string("NetworkPolicy 拦截了 shop/web-0 到 10.244.2.9:8080 的流量"));
        const VerdictGiven* const healed = given(result, "healed");
        QVERIFY(healed != nullptr && healed->confidence == Confidence::Confirmed);
        QVERIFY(commands.front().find("t=10.244.2.9:8080; c=shop/web-0;") != std::string::npos);
    }

    void aPendingRequestIsToldApart_data()
    {
        QTest::addColumn<QString>("out");
        QTest::addColumn<QString>("client");
        QTest::addColumn<QString>("memory");
        QTest::addColumn<QString>("verdict");
        QTest::newRow("repeated SYN") << "SYN-RETRY\n" << "both" << "enough" << "out-syn";
        QTest::newRow("repeated query") << "DNS-RETRY\n" << "both" << "enough" << "out-name";
        QTest::newRow("late first byte") << "SLOW-ANSWER\n" << "both" << "enough" << "out-backend";
        QTest::newRow("silent") << "SILENT\n" << "both" << "enough" << "out-silent";
        QTest::newRow("no route") << "NO-ROUTE\n" << "both" << "enough" << "out-route";
        QTest::newRow("no ARP answer") << "NEXT-HOP-SILENT\n" << "both" << "enough" << "out-next-hop";
        QTest::newRow("a fixed ARP entry") << "NEXT-HOP-PINNED\n" << "both" << "enough" << "out-pinned";
        QTest::newRow("the node's own firewall") << "FILTERED-HERE\n" << "both" << "enough" << "out-filtered";
        QTest::newRow("handshake") << "TLS-FAILS\n" << "both" << "enough" << "out-tls";
        QTest::newRow("cut off at 30 or 60 s") << "LB-TIMEOUT\n" << "both" << "enough" << "out-balancer";
        QTest::newRow("40 ms") << "DELAYED-ACK\n" << "both" << "enough" << "out-delayed-ack";
        QTest::newRow("load balancer") << "GOOD\n" << "both" << "enough" << "out-common";
        QTest::newRow("the browser") << "GOOD\n" << "browser" << "enough" << "out-browser";
        QTest::newRow("the machine's memory") << "GOOD\n" << "browser" << "low-helps" << "out-memory";
        QTest::newRow("the machine's network") << "GOOD\n" << "machine" << "enough" << "out-machine";
        QTest::newRow("not compared") << "GOOD\n" << "untested" << "low" << "out-good";
    }

    void aPendingRequestIsToldApart()
    {
        QFETCH(QString, out);
        QFETCH(QString, client);
        QFETCH(QString, memory);
        QFETCH(QString, verdict);
        const PlaybookPtr playbook = library().find("case-1.2-kubernetes-service");
        const GuideCase& one = cases()[1];
        QCOMPARE(std::string(one.playbook), playbook->id);
        auto answers = answersOf(one, *playbook);
        answers["symptom"] = "pending";
        answers["target"] = "msp.example.com:443";
        answers["client"] = client.toStdString();
        answers["memory"] = memory.toStdString();
        Hands hands;
        hands.command = [&](const Want&) { return CommandDone {0, out.toStdString(), {}, {}, 0}; };
        // Answers decide here, not what was found: nothing is.
        const auto result = runHeadless(Runner(playbook, Language::English), test::recordingOf(one, true).snapshot, World {.live = true}, answers, hands);
        QVERIFY2(result.runner.finished(), way(result));
        const VerdictGiven* const found = given(result, verdict.toStdString());
        QVERIFY2(found != nullptr && !found->undecided, way(result));
        // Never "the memory" without the other machine as a control.
        QCOMPARE(given(result, "out-memory") != nullptr && !given(result, "out-memory")->undecided, verdict == QLatin1String("out-memory"));
        if (verdict == QLatin1String("out-memory"))
            QCOMPARE(found->confidence, Confidence::Confirmed);
    }

    void thePacketIsFollowed()
    {
        Want want;
        want.traceNode = "node-1";
        want.traceTo = "10.96.0.1:443";
        const auto recording = test::recordingOf(cases()[4], false);
        QCOMPARE(std::string(cases()[4].playbook), std::string("case-1.5-hostport"));
        const Traced traced = followPacket(recording.snapshot, want);
        QVERIFY2(traced.trace.has_value(), traced.why.c_str());
        QVERIFY(!traced.trace->branches.empty());
        QCOMPARE(traced.trace->node, std::string("node-1"));
        for (const char* wrong : {"", "nowhere", "10.0.0.1:", "10.0.0.1:99999", "10.0.0.1:80x", "[fd00::1", "[fd00::1]x80", "x:1"}) {
            want.traceTo = wrong;
            QVERIFY2(!followPacket(recording.snapshot, want).trace, wrong);
        }
        want.traceTo = "[fd00::1]:80";
        want.traceFrom = "fd00::9";
        QVERIFY(followPacket(recording.snapshot, want).trace.has_value());
        want.traceNode.clear();
        QVERIFY(!followPacket(recording.snapshot, want).why.empty());
    }
};

QTEST_GUILESS_MAIN(TestGuides)
#include "tst_guides.moc"
