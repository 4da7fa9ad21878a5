// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/incident/plain_text.h"
#include "diagnostics/incident/report.h"
#include "tests/incident/fixtures.h"

#include <nlohmann/json.hpp>

#include <QRegularExpression>
#include <QTest>

using namespace medic;
using namespace medic::test;
using Kind = JournalEntry::Kind;

namespace {

const std::string evil = "</td><script>alert('x')</script> & \"q\" \x1b[31m\xe2\x80\xae|`_*[a](javascript:1)";

Catalogue someKnowledge()
{
    std::vector<Error> problems;
    Catalogue catalogue = Catalogue::load({MEDIC_TEST_DATA "/incident"}, &problems);
    for (const Error& problem : problems)
        qWarning("%s %s", problem.where.c_str(), problem.detail.c_str());
    return catalogue;
}

IncidentFile someIncident(const Folder& folder, const std::string& mount = "/var/lib/docker")
{
    auto info = someInfo();
    info.title = "Orders <b>time out</b>";
    auto file = IncidentFile::create(folder / "x.medic", info);
    const auto sweep = file->beginSweep("sweep", moment(0));
    std::string df;
    for (int line = 1; line <= 40; ++line)
        df += line == 20 ? "overlay 97% " + evil + "\n" : "line " + std::to_string(line) + "\n";
    auto missing = observed("node-2", "ipvsadm-Sn", "", 2);
    missing.state = ProbeState::ToolMissing;
    missing.exitStatus = -1;
    missing.err = "ipvsadm: not found";
    const auto recorded = file->record(*sweep, {observed("node-1", "df", df, 1), missing, observed("", "api/nodes", std::string(9000, 'x'), 3)});
    const auto make = [&](Verdict verdict, const ObservationPtr& observation, std::vector<int> lines) {
        return *Finding::make({.id = "disk.full", .suite = "baseline",
                               .subject = {.kind = SubjectKind::Node, .name = observation->node, .node = observation->node},
                               .verdict = verdict, .confidence = Confidence::Confirmed,
                               .parameters = {{"mount", mount}, {"used", "97 %"}},
                               .evidence = {{.observation = observation, .lines = std::move(lines)}}, .since = moment(-600)});
    };
    static_cast<void>(file->recordFindings(*sweep, {make(Verdict::Ok, recorded->at(0), {}), make(Verdict::Unknown, recorded->at(1), {}),
                                                    make(Verdict::Failure, recorded->at(0), {20, 999}),
                                                    make(Verdict::Warning, recorded->at(2), {1})}));
    const auto note = [&file](Kind kind, int at, std::string text, std::string data = {}) {
        static_cast<void>(file->append({.at = moment(at), .kind = kind, .playbook = "disk", .step = "clean", .who = "engineer",
                                        .text = std::move(text), .data = std::move(data)}));
    };
    note(Kind::Note, 10, evil);
    note(Kind::ActionProposed, 11, "never run", R"({"command": "rm -rf /", "node": "node-1"})");
    note(Kind::ActionConfirmed, 12, "", R"({"command": "journalctl --vacuum-size=1G | cat", "node": "node-1", "rollback": "none"})");
    note(Kind::ActionResult, 13, "freed", R"({"node": "node-1", "result": "done", "exitStatus": 0})");
    note(Kind::Verdict, 14, "The journal filled the disk", R"({"confidence": "confirmed"})");
    note(Kind::Verified, 15, "gone", "not json {");
    static_cast<void>(file->finishSweep(*sweep, moment(5)));
    return std::move(*file);
}

} // namespace

class TestReport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theModelSaysWhatTheIncidentHolds()
    {
        const Folder folder;
        const Catalogue catalogue = someKnowledge();
        const auto report = buildReport(someIncident(folder), catalogue, Language::English);
        QVERIFY(report);
        QCOMPARE(report->counts.at(Verdict::Failure), 1);
        QCOMPARE(report->counts.at(Verdict::Ok), 1);
        QCOMPARE(report->findings.size(), std::size_t(3));
        const auto& first = report->findings.front();
        QCOMPARE(first.title, std::string("/var/lib/docker is 97 % full"));
        QCOMPARE(first.references.size(), std::size_t(2));
        const auto& lines = first.evidence.front().lines;
        QCOMPARE(lines.front().omitted, 16); // 1 to 16, then 17 to 23 around 20
        QCOMPARE(lines.at(4).number, 20);
        QVERIFY(lines.at(4).highlighted && !lines.at(3).highlighted);
        QCOMPARE(lines.back().omitted, 17);
        QVERIFY(report->findings.at(1).evidence.front().lines.front().text.find("7000 bytes left out") != std::string::npos);
        QVERIFY(report->findings.at(2).evidence.front().fromErr); // unknown: what it said on stderr
        QCOMPARE(report->changes.size(), std::size_t(1));
        QCOMPARE(report->changes.front().outcome, std::string("done, exit status 0"));
        QCOMPARE(report->conclusions.size(), std::size_t(1));
        QVERIFY(report->conclusions.front().verified);
        QCOMPARE(report->unknowns.size(), std::size_t(1));
        QCOMPARE(report->unknowns.front().reason, std::string("ipvsadm: not found"));
        QCOMPARE(report->observations.size(), std::size_t(3));
        QCOMPARE(report->timeline.front().kind, std::string("since")); // ten minutes before the sweep
        QCOMPARE(report->nodes, (std::vector<std::string> {"node-1", "node-2"}));
        QCOMPARE(report->from, std::string("2023-11-14 22:13:21 +00:00"));
    }

    /// What was repaired stays in the report, with the evidence that it was there.
    void whatIsGoneIsTold()
    {
        const Folder folder;
        const Catalogue catalogue = someKnowledge();
        IncidentFile file = someIncident(folder);
        QVERIFY(buildReport(file, catalogue, Language::English)->gone.empty());
        const auto sweep = file.beginSweep("after the fix", moment(60));
        const auto recorded = file.record(*sweep, {observed("node-1", "df", "overlay 20%\n", 61)});
        QVERIFY(recorded);
        const auto healthy = Finding::make({.id = "disk.full", .suite = "baseline", .subject = {.kind = SubjectKind::Node, .name = "node-1", .node = "node-1"}, .verdict = Verdict::Ok,
                                            .confidence = Confidence::Confirmed, .parameters = {{"mount", "/var/lib/docker"}, {"used", "20 %"}}, .evidence = {{.observation = recorded->at(0), .lines = {1}}}});
        QVERIFY(healthy);
        QVERIFY(file.recordFindings(*sweep, {*healthy}));
        QVERIFY(file.finishSweep(*sweep, moment(65)));
        for (const Language language : {Language::English, Language::Chinese}) {
            const auto report = buildReport(file, catalogue, language);
            QVERIFY(report);
            QVERIFY(report->findings.empty());
            QCOMPARE(report->gone.size(), std::size_t(2)); // the failure and the warning; never what had stayed unknown
            QCOMPARE(report->gone.front().verdict, Verdict::Failure);
            QCOMPARE(report->gone.front().lastSeen, std::string("2023-11-14 22:13:20 +00:00"));
            QVERIFY(!report->gone.front().evidence.empty());
            const std::string heading = reportWord("gone", language);
            QVERIFY(reportHtml(*report).find(heading) != std::string::npos);
            QVERIFY(reportMarkdown(*report).find(heading) != std::string::npos);
            QVERIFY(reportJson(*report).find("\"lastSeen\": \"2023-11-14 22:13:20 +00:00\"") != std::string::npos);
        }
    }

    void nothingFromTheClusterIsMarkup()
    {
        const Folder folder;
        const Catalogue catalogue = someKnowledge();
        const auto incident = someIncident(folder, evil);
        for (const Language language : {Language::English, Language::Chinese}) {
            const auto report = buildReport(incident, catalogue, language);
            for (const ReportMedium medium : {ReportMedium::Screen, ReportMedium::Document}) {
                const std::string html = reportHtml(*report, medium);
                QVERIFY(html.find("<script") == std::string::npos);
                QVERIFY(html.find("<b>time out") == std::string::npos);
                QVERIFY(html.find('\x1b') == std::string::npos);
                QVERIFY(html.find("\xe2\x80\xae") == std::string::npos);
                QVERIFY(html.find("\\x1b[31m\\u{202e}") != std::string::npos);
                QVERIFY(html.find("href=\"https://example.invalid") == std::string::npos); // dead: shown, not linked
                QVERIFY(QString::fromStdString(html).isValidUtf16());
            }
            const std::string markdown = reportMarkdown(*report);
            QVERIFY(markdown.find('\x1b') == std::string::npos);
            QVERIFY(markdown.find("\\<script\\>") != std::string::npos);
            QVERIFY(markdown.find("\\[a\\]") != std::string::npos);
            QVERIFY(markdown.find("vacuum-size=1G \\| cat") != std::string::npos);
            QVERIFY(nlohmann::json::accept(reportJson(*report)));
        }
    }

    void longLinesGetPlacesToBreak()
    {
        const Folder folder;
        const Catalogue catalogue = someKnowledge();
        const auto report = buildReport(someIncident(folder), catalogue, Language::English);
        const QString screen = QString::fromStdString(reportHtml(*report));
        const QString document = QString::fromStdString(reportHtml(*report, ReportMedium::Document));
        const QRegularExpression run(QStringLiteral("x{61,}"));
        QVERIFY(!run.match(screen).hasMatch() && !run.match(document).hasMatch());
        QVERIFY(screen.contains(QStringLiteral("x<wbr>x")) && document.contains(QStringLiteral("x&#8203;x")));
    }

    void bothLanguages()
    {
        const Folder folder;
        const Catalogue catalogue = someKnowledge();
        const auto incident = someIncident(folder);
        const std::string chinese = reportHtml(*buildReport(incident, catalogue, Language::Chinese));
        for (const char* word : {"根因", "时间线", "执行过的变更命令", "/var/lib/docker 已用 97 %", "找出增长的内容。", "lang=\"zh-CN\""})
            QVERIFY2(chinese.find(word) != std::string::npos, word);
        for (const char* word : {"Root cause", "Timeline", "Evidence", "Appendix"})
            QVERIFY2(chinese.find(word) == std::string::npos, word);
        for (const std::string& key : reportWordKeys()) {
            QVERIFY2(!reportWord(key, Language::English).empty() && !reportWord(key, Language::Chinese).empty(), key.c_str());
            QVERIFY2(reportWord(key, Language::English) != reportWord(key, Language::Chinese), key.c_str());
        }
        for (int state = 0; state <= int(ProbeState::Failed); ++state)
            QVERIFY(reportWord(probeStateName(ProbeState(state)), Language::Chinese) != probeStateName(ProbeState(state)));
        for (int kind = 0; kind <= int(Kind::TraceMade); ++kind)
            if (Kind(kind) != Kind::Verified)
                QVERIFY(reportWord(journalKindName(Kind(kind)), Language::Chinese) != journalKindName(Kind(kind)));
    }

    void goldenJson()
    {
        const Folder folder;
        const Catalogue catalogue = someKnowledge();
        const std::string json = reportJson(*buildReport(someIncident(folder), catalogue, Language::English));
        const std::string golden = MEDIC_TEST_DATA "/incident/report.json";
        if (qEnvironmentVariableIsSet("MEDIC_WRITE_GOLDEN"))
            writeBytes(golden, json);
        QCOMPARE(QString::fromStdString(json), QString::fromStdString(bytesOf(golden)));
    }

    void aWizardsRecords()
    {
        const Folder folder;
        auto file = IncidentFile::create(folder / "x.medic", someInfo());
        const auto note = [&file](Kind kind, const nlohmann::json& data) {
            static_cast<void>(file->append({.at = moment(1), .kind = kind, .playbook = "p12", .step = "fix", .who = "program", .text = "english",
                                            .data = data.dump()}));
        };
        note(Kind::ActionConfirmed, {{"commands", "n1: systemctl restart a\nn2: systemctl restart a"}, {"risk", "low"}, {"rollback", "no"}});
        note(Kind::ActionResult, {{"node", "n1"}, {"command", "systemctl restart a"}, {"result", "done"}, {"exit", "0"}, {"dry-run", "yes"}});
        note(Kind::ActionResult, {{"node", "n1"}, {"command", "systemctl restart a"}, {"result", "failed"}, {"exit", "5"}, {"dry-run", "no"}});
        note(Kind::Verified, {{"en", "it works"}, {"zh", "已生效"}, {"holds", "yes"}});
        for (const char* id : {"cause", "cause", "wrong"})
            note(Kind::Verdict, {{"en", "the cause"}, {"zh", "原因"}, {"id", id}, {"confidence", "confirmed"}, {"undecided", "no"}});
        note(Kind::Overruled, {{"verdict", "wrong"}});
        const auto report = buildReport(*file, Catalogue(), Language::Chinese);
        QCOMPARE(report->changes.size(), std::size_t(2));
        QCOMPARE(report->changes.at(0).node, std::string("n1"));
        QCOMPARE(report->changes.at(0).outcome, std::string("failed, 退出码 5"));
        QCOMPARE(report->changes.at(1).outcome, std::string("已确认，未记录结果"));
        QCOMPARE(report->conclusions.size(), std::size_t(1)); // once, and not the rejected one
        QCOMPARE(report->conclusions.at(0).text, std::string("原因"));
        QVERIFY(report->conclusions.at(0).verified);
        note(Kind::Verified, {{"holds", "no"}});
        QVERIFY(!buildReport(*file, Catalogue(), Language::English)->conclusions.at(0).verified);
    }

    void anEmptyIncidentIsAReportToo()
    {
        const Folder folder;
        const auto file = IncidentFile::create(folder / "x.medic", {});
        const auto report = buildReport(*file, Catalogue(), Language::Chinese);
        QVERIFY(report);
        QVERIFY(reportHtml(*report).find("尚未执行检查") != std::string::npos);
        QVERIFY(!reportMarkdown(*report).empty());
        QVERIFY(nlohmann::json::accept(reportJson(*report)));
    }

    void visibleTextIsHarmless()
    {
        QCOMPARE(visibleText("a\tb\nc"), std::string("a\tb\nc"));
        QCOMPARE(visibleLine("a\tb\nc\r"), std::string("a\\tb\\nc\\x0d"));
        QCOMPARE(visibleText("\xff" "ok\xc3"), std::string("\xef\xbf\xbdok\xef\xbf\xbd"));
        QCOMPARE(visibleText("\xe4\xb8\xad\xe2\x80\x8b\xc2\x9b"), std::string("\xe4\xb8\xad\\u{200b}\\u{9b}"));
        QCOMPARE(linesOf("a\r\nb\n").size(), std::size_t(2));
        QCOMPARE(displayWidth("a\xe4\xb8\xad"), 3);
        const std::string every = evil + "\xf0\x9f\x98\x80\xe4\xb8\xad";
        for (std::size_t size = 0; size <= every.size(); ++size)
            QVERIFY(QString::fromUtf8(visibleText(every.substr(0, size)).c_str()).isValidUtf16());
    }
};

QTEST_APPLESS_MAIN(TestReport)
#include "tst_report.moc"
