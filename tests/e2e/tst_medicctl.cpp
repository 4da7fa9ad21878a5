// SPDX-License-Identifier: GPL-3.0-or-later
// medicctl as it is called: exit statuses, bad files, shapes of its output, both languages, hostile strings.
#include "diagnostics/incident/incident_file.h"
#include "tests/incident/fixtures.h"

#include <nlohmann/json.hpp>

#include <QProcess>
#include <QTest>
#include <QXmlStreamReader>

#include <unistd.h>

using namespace medic;
using namespace medic::test;
using nlohmann::json;

namespace {

const std::string evil = "\x1b]0;owned\x07\x1b[2J</failure>&\xe2\x80\xae`$(id)'\"";

struct Run {
    int status = -1;
    std::string out, err;
};

Run medicctl(const QStringList& arguments, const QStringList& environment = {})
{
    QProcess process;
    QProcessEnvironment variables = QProcessEnvironment::systemEnvironment();
    for (const QString& one : environment)
        variables.insert(one.section(u'=', 0, 0), one.section(u'=', 1));
    process.setProcessEnvironment(variables);
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(QStringLiteral(MEDIC_BIN_DIR "/medicctl"), arguments);
    if (!process.waitForFinished(60000) || process.exitStatus() != QProcess::NormalExit)
        return {-1, "did not end", process.readAllStandardError().toStdString()};
    return {process.exitCode(), process.readAllStandardOutput().toStdString(), process.readAllStandardError().toStdString()};
}

QString inside(const Folder& folder, const char* name) { return QString::fromStdString((folder / name).string()); }
bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }
std::ptrdiff_t lineCount(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

/// Two nodes, two verdicts, hostile names; the checks' own findings do not matter here: they are recorded.
void makeIncident(const std::filesystem::path& path, Verdict verdict, const std::string& iptables = "*nat\n-A KUBE-SERVICES -j KUBE-SVC-A\nCOMMIT\n",
                  const std::string& forward = "1")
{
    auto info = someInfo();
    info.cluster = "prod" + evil;
    auto file = IncidentFile::create(path, info);
    const auto sweep = file->beginSweep("sweep", moment(0));
    const auto recorded = file->record(*sweep, {observed("node-1", "connect", ""), observed("node-2", "connect", ""),
                                                observed("node-1", "df", "Filesystem\n/dev/sda1 97% " + evil + "\n", 1),
                                                observed("node-1", "iptables-save", iptables, 2), observed("node-2", "iptables-save", "*nat\nCOMMIT\n", 2),
                                                observed("node-1", "sysctl", "net.ipv4.ip_forward = " + forward + "\nfs.file-nr = 1 2 3\n", 3),
                                                observed("node-2", "sysctl", "net.ipv4.ip_forward = 0\nfs.file-nr = 4 5 6\n", 3)});
    static_cast<void>(file->recordFindings(*sweep, {*Finding::make({.id = "test.disk", .suite = "baseline",
        .subject = {.kind = SubjectKind::Node, .name = "node-1", .node = "node-1"}, .verdict = verdict, .confidence = Confidence::Likely,
        .parameters = {{"what", evil}}, .evidence = {{.observation = recorded->at(2), .lines = {2}}}})}));
    static_cast<void>(file->finishSweep(*sweep, moment(5)));
}

} // namespace

class TestMedicctl : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!QFile::exists(QStringLiteral(MEDIC_BIN_DIR "/medicctl")))
            QSKIP("medicctl is not built");
    }

    void helpAndVersion()
    {
        const Run help = medicctl({QStringLiteral("--help")});
        QCOMPARE(help.status, 0);
        for (const char* command : {"capture", "check", "trace", "audit", "playbook", "diff", "redact", "report"})
            QVERIFY2(has(help.out, command), command);
        const Run version = medicctl({QStringLiteral("--version")});
        QCOMPARE(version.status, 0);
        QVERIFY(version.out.starts_with("medicctl 0."));
        for (const char* command : {"capture", "check", "playbook", "diff", "redact", "report", "trace", "audit"}) {
            const Run one = medicctl({QString::fromLatin1(command), QStringLiteral("--help")});
            QCOMPARE(one.status, 0);
            QVERIFY2(has(one.out, "medicctl") && has(one.out, "--"), one.out.c_str());
        }
    }

    void wrongUsage_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* line, const char* says) { QTest::newRow(line) << QString::fromLatin1(line) << QString::fromLatin1(says); };
        row("bogus", "bogus");
        row("--bogus", "--bogus");
        row("check", "FILE.medic");
        row("check a.medic b.medic", "one FILE.medic");
        row("check a.medic --bogus", "--bogus");
        row("check a.medic --format", "--format");
        row("check a.medic --format yaml", "yaml");
        row("check a.medic --all=1", "--all");
        row("check a.medic --suite nonsense", "nonsense");
        row("check a.medic --format json --format text", "twice");
        row("check --local --recorded", "--recorded");
        row("check --nodes /no/such/file", "/no/such/file");
        row("check --kubeconfig /no/such/file", "/no/such/file");
        row("check --ssh-config /no/such/file --node a", "/no/such/file");
        row("check --local --identity /no/such/file", "/no/such/file");
        row("check --profile nonsense", "nonsense");
        row("capture --local", "-o");
        row("capture -o x.medic", "--kubeconfig");
        row("capture -o /no/such/folder/x.medic --local", "/no/such/folder/x.medic");
        row("capture a.medic -o x.medic --local", "a.medic");
        row("diff a.medic", "--node");
        row("diff a.medic b.medic --node x --node y", "diff needs");
        row("redact a.medic", "-o");
        row("redact", "FILE.medic");
        row("report a.medic", "-o");
        row("report a.medic -o out.doc", ".pdf");
        row("audit", "--dump DIR");
        row("audit a.medic --dump x --api y", "--dump DIR");
        row("audit --dump x", "--api");
        row("audit a.medic --format yaml", "yaml");
        row("audit --dump /no/such/dir --api /no/such/api", "/no/such/api");
        row("trace --dump /no/such/dir --to 1.2.3.4:5", "/no/such/dir");
        row("trace --dump x --to 1.2.3.4", "10.96.0.1:443");
        row("playbook", "list");
        row("playbook show nonsense", "nonsense");
        row("playbook run case-1.1-bandwidth", "connection");
        row("playbook run case-1.1-bandwidth a.medic --local", "not both");
        row("playbook run case-1.1-bandwidth a.medic --confirm set-rate", "--confirm");
        row("playbook run case-1.1-bandwidth --local --confirm judge", "set-rate");
        row("playbook run case-1.1-bandwidth --local --roll-back nonsense", "--roll-back nonsense");
        row("--lang fr check a.medic", "--lang");
        row("--lang", "--lang");
    }

    void wrongUsage()
    {
        QFETCH(QString, line);
        QFETCH(QString, says);
        const Run run = medicctl(line.split(u' '));
        QCOMPARE(run.status, 2);
        QVERIFY2(run.err.starts_with("medicctl: ") && has(run.err, says.toStdString()), run.err.c_str());
        QCOMPARE(lineCount(run.err), 1);
        QVERIFY2(run.out.empty(), run.out.c_str());
    }

    void noCommandIsAUsageError()
    {
        const Run run = medicctl({});
        QCOMPARE(run.status, 2);
        QVERIFY(has(run.err, "medicctl COMMAND"));
    }

    void badFiles()
    {
        const Folder folder;
        writeBytes(folder / "text.medic", "hello");
        writeBytes(folder / "cut.medic", std::string("SQLite format 3\0", 16) + std::string(300, 'x'));
        makeIncident(folder / "good.medic", Verdict::Ok);
        std::string newer = bytesOf(folder / "good.medic");
        newer.replace(60, 4, std::string("\0\0\0\x09", 4));
        writeBytes(folder / "newer.medic", newer);
        writeBytes(folder / "damaged.medic", bytesOf(folder / "good.medic").substr(0, 20000));
        for (const char* name : {"absent.medic", "text.medic", "cut.medic", "newer.medic", "damaged.medic", "."}) {
            const QString file = inside(folder, name);
            for (const QStringList& arguments : {QStringList {QStringLiteral("check"), file},
                                                 QStringList {QStringLiteral("diff"), inside(folder, "good.medic"), file},
                                                 QStringList {QStringLiteral("redact"), file, QStringLiteral("-o"), inside(folder, "share.medic")},
                                                 QStringList {QStringLiteral("report"), file, QStringLiteral("-o"), inside(folder, "r.html")}}) {
                const Run run = medicctl(arguments);
                QCOMPARE(run.status, 2);
                QCOMPARE(lineCount(run.err), 1);
                QVERIFY2(has(run.err, file.toStdString()), run.err.c_str());
            }
            QVERIFY(!QFile::exists(inside(folder, "share.medic")) && !QFile::exists(inside(folder, "r.html")));
        }
        auto writer = IncidentFile::open(folder / "good.medic");
        QCOMPARE(medicctl({QStringLiteral("check"), inside(folder, "good.medic")}).status, 2); // in use
    }

    /// A node of one Service with two endpoints, and what a test wants otherwise.
    static void writeNode(const std::filesystem::path& folder, const std::string& secondEndpoint)
    {
        std::filesystem::create_directories(folder);
        writeBytes(folder / "iptables-save.txt",
                   "*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n:KUBE-SVC-A - [0:0]\n-A PREROUTING -j KUBE-SERVICES\n"
                   "-A OUTPUT -j KUBE-SERVICES\n-A KUBE-SERVICES -d 10.96.0.7/32 -p tcp -m comment --comment \"default/web cluster IP\" -m tcp --dport 80 -j KUBE-SVC-A\n"
                   "-A KUBE-SVC-A -m statistic --mode random --probability 0.5 -p tcp -m tcp -j DNAT --to-destination 10.244.1.3:8080\n"
                   "-A KUBE-SVC-A -p tcp -m tcp -j DNAT --to-destination " + secondEndpoint + "\nCOMMIT\n");
        writeBytes(folder / "ip-addr.json", R"([{"ifname":"eth0","flags":["UP"],"addr_info":[{"family":"inet","local":"192.0.2.10","prefixlen":24,"scope":"global"}]}])");
        writeBytes(folder / "ip-route-all.json", R"([{"dst":"default","gateway":"192.0.2.1","dev":"eth0"},{"dst":"192.0.2.0/24","dev":"eth0"},{"type":"local","dst":"192.0.2.10","dev":"eth0","table":"local"}])");
        writeBytes(folder / "ip-rule.json", R"([{"priority":0,"src":"all","table":"local"},{"priority":32766,"src":"all","table":"main"}])");
        writeBytes(folder / "ipvsadm-Sn.txt", "");
        // As kubectl prints several kinds at once.
        writeBytes(folder / "services.json", json {{"kind", "List"}, {"items", {{{"kind", "Service"}, {"metadata", {{"namespace", "default"}, {"name", "web"}, {"annotations", {{"x", evil}}}}},
            {"spec", {{"clusterIP", "10.96.0.7"}, {"ports", {{{"port", 80}, {"protocol", "TCP"}}}}}}}}}}.dump(-1, ' ', false, json::error_handler_t::replace));
        writeBytes(folder / "endpoints.json", R"({"kind":"EndpointsList","items":[{"metadata":{"namespace":"default","name":"web"},"subsets":[{"addresses":[{"ip":"10.244.1.3"},{"ip":"10.244.2.4"}],"ports":[{"port":8080,"protocol":"TCP"}]}]}]})");
    }

    void auditOfADump()
    {
        const Folder folder;
        const auto audit = [&](const char* node, const char* format) {
            return medicctl({QStringLiteral("--lang"), QStringLiteral("en"), QStringLiteral("audit"), QStringLiteral("--dump"), inside(folder, node), QStringLiteral("--api"), inside(folder, node),
                             QStringLiteral("--format"), QString::fromLatin1(format)});
        };
        writeNode(folder / "good", "10.244.2.4:8080");
        writeNode(folder / "stale", "10.244.9.9:8080");
        const Run good = audit("good", "json"), stale = audit("stale", "json");
        QVERIFY2(good.status == 0, good.out.c_str());
        QCOMPARE(stale.status, 1);
        const json whole = json::parse(stale.out, nullptr, false);
        QCOMPARE(whole["nodes"][0]["services"][0]["verdict"].get<std::string>(), std::string("stale-endpoint"));
        QCOMPARE(whole["exitStatus"].get<int>(), 1);
        const Run text = audit("stale", "text");
        QVERIFY(has(text.out, "10.244.9.9:8080") && has(text.out, "10.244.2.4:8080 gets nothing"));
        const Run chinese = medicctl({QStringLiteral("--lang=zh"), QStringLiteral("audit"), QStringLiteral("--dump"), inside(folder, "stale"), QStringLiteral("--api"), inside(folder, "stale")});
        QVERIFY2(has(chinese.out, "\xe8\xbf\x87\xe6\x9c\x9f\xe7\xab\xaf\xe7\x82\xb9"), chinese.out.c_str()); // "过期端点"
        // Without the endpoints nothing can be said; a file that is no list is an error.
        std::filesystem::remove(folder / "good" / "endpoints.json");
        QCOMPARE(audit("good", "text").status, 3);
        writeBytes(folder / "good" / "endpoints.json", R"({"kind":"Status","message":"forbidden"})");
        const Run refused = audit("good", "text");
        QCOMPARE(refused.status, 2);
        QVERIFY2(has(refused.err, "endpoints.json") && lineCount(refused.err) == 1, refused.err.c_str());
    }

    void everyFileOfADumpMayBeGarbage()
    {
        const Folder folder;
        writeNode(folder / "n", "10.244.2.4:8080");
        const std::string binary("\0\x01*nat\n-A \xff\n", 12);
        for (const char* file : {"iptables-save.txt", "ip6tables-save.txt", "nft-ruleset.json", "ipset-save.txt", "ipvsadm-Sn.txt", "ip-addr.json", "ip-link.json", "ip-route-all.json",
                                 "ip-rule.json", "sysctl.txt", "conntrack-L.txt", "services.json", "endpoints.json", "endpointslices.json", "pods.json", "nodes.json"})
            for (const std::string& garbage : {std::string("<html><body>502</body></html>"), binary, std::string("a folder")}) {
                std::filesystem::copy(folder / "n", folder / "x", std::filesystem::copy_options::recursive);
                std::filesystem::remove(folder / "x" / file);
                if (garbage == "a folder")
                    std::filesystem::create_directory(folder / "x" / file);
                else
                    writeBytes(folder / "x" / file, garbage);
                const Run run = medicctl({QStringLiteral("audit"), QStringLiteral("--dump"), inside(folder, "x"), QStringLiteral("--api"), inside(folder, "x")});
                QVERIFY2(run.status == 2 && lineCount(run.err) == 1 && has(run.err, file) && run.out.empty(), (std::string(file) + ": " + std::to_string(run.status) + ' ' + run.err).c_str());
                std::filesystem::remove_all(folder / "x");
            }
    }

    void aClosedPipeIsNoCrash()
    {
        const Folder folder;
        makeIncident(folder / "x.medic", Verdict::Failure);
        for (const char* format : {"text", "json", "junit"}) {
            QProcess shell;
            shell.start(QStringLiteral("/bin/bash"), {QStringLiteral("-c"), QStringLiteral("\"$0\" check \"$1\" --recorded --format \"$2\" | true; exit ${PIPESTATUS[0]}"),
                                                      QStringLiteral(MEDIC_BIN_DIR "/medicctl"), inside(folder, "x.medic"), QString::fromLatin1(format)});
            QVERIFY(shell.waitForFinished());
            QVERIFY2(shell.exitCode() <= 3, qPrintable(QString::number(shell.exitCode())));
        }
    }

    void nothingHalfIsLeftBehind()
    {
        const Folder folder;
        makeIncident(folder / "x.medic", Verdict::Ok);
        for (const char* command : {"report", "redact", "capture"}) {
            const std::string target = std::string("no/such/out.") + (std::string_view(command) == "report" ? "html" : "medic");
            QStringList arguments {QString::fromLatin1(command)};
            if (std::string_view(command) == "capture")
                arguments.append(QStringLiteral("--local"));
            else
                arguments.append(inside(folder, "x.medic"));
            const Run run = medicctl(arguments + QStringList {QStringLiteral("-o"), inside(folder, target.c_str())});
            QVERIFY2(run.status == 2 && lineCount(run.err) == 1, run.err.c_str());
        }
        QCOMPARE(std::distance(std::filesystem::directory_iterator(folder / "."), std::filesystem::directory_iterator()), std::ptrdiff_t(1));
        writeBytes(folder / "bad.yaml", "not: a\nkubeconfig: at all\n");
        const Run capture = medicctl({QStringLiteral("capture"), QStringLiteral("--kubeconfig"), inside(folder, "bad.yaml"), QStringLiteral("-o"), inside(folder, "new.medic")});
        QCOMPARE(capture.status, 2);
        QVERIFY(!QFile::exists(inside(folder, "new.medic")));
    }

    /// This machine as the node: SIGKILL at ten moments of the recording; what was recorded until then can be read.
    void killedAtTenMomentsTheFileOpens()
    {
        const Folder folder;
        int files = 0;
        for (int i = 0; i < 10; ++i) {
            const QString file = inside(folder, (std::to_string(i) + ".medic").c_str());
            QProcess process;
            process.start(QStringLiteral(MEDIC_BIN_DIR "/medicctl"), {QStringLiteral("capture"), QStringLiteral("--local"), QStringLiteral("-o"), file});
            QVERIFY(process.waitForStarted());
            process.waitForFinished(30 + 89 * ((i * 7) % 10));
            process.kill();
            process.waitForFinished();
            if (!QFile::exists(file))
                continue;
            ++files;
            const Run check = medicctl({QStringLiteral("check"), file, QStringLiteral("--format"), QStringLiteral("json")});
            QVERIFY2((check.status != 2 && json::accept(check.out)) || has(check.err, "is damaged") == false, check.err.c_str());
            if (check.status == 2) // killed before the file was an incident at all
                QVERIFY2(has(check.err, "is not an incident file"), check.err.c_str());
        }
        QVERIFY(files > 0);
    }

    void exitStatusTellsTheWorst()
    {
        const Folder folder;
        const std::pair<Verdict, int> expected[] = {{Verdict::Ok, 0}, {Verdict::NotApplicable, 0}, {Verdict::Unknown, 3}, {Verdict::Warning, 1}, {Verdict::Failure, 1}};
        for (const auto& [verdict, status] : expected) {
            const std::string name = std::string(verdictName(verdict)) + ".medic";
            makeIncident(folder / name.c_str(), verdict);
            for (const char* format : {"text", "json", "junit"})
                QCOMPARE(medicctl({QStringLiteral("check"), inside(folder, name.c_str()), QStringLiteral("--recorded"), QStringLiteral("--format"),
                                   QString::fromLatin1(format)}).status, status);
        }
        // Nothing was ever checked, or a node was not reached: not "nothing wrong".
        static_cast<void>(IncidentFile::create(folder / "empty.medic", someInfo()));
        QCOMPARE(medicctl({QStringLiteral("check"), inside(folder, "empty.medic")}).status, 3);
        {
            auto file = IncidentFile::open(folder / "ok.medic");
            const auto sweep = file->beginSweep("again", moment(60));
            auto lost = observed("node-2", "connect", "", 61);
            lost.state = ProbeState::Unreachable;
            lost.err = "no route to host";
            QVERIFY(file->record(*sweep, {lost}));
        }
        const Run run = medicctl({QStringLiteral("check"), inside(folder, "ok.medic"), QStringLiteral("--recorded")});
        QCOMPARE(run.status, 3);
        QVERIFY(has(run.out, "no route to host"));
    }

    void textIsHarmlessInBothLanguages()
    {
        const Folder folder;
        makeIncident(folder / "x.medic", Verdict::Failure);
        const QString file = inside(folder, "x.medic");
        const Run english = medicctl({QStringLiteral("check"), file, QStringLiteral("--recorded"), QStringLiteral("--lang"), QStringLiteral("en")});
        const Run chinese = medicctl({QStringLiteral("--lang=zh"), QStringLiteral("check"), file, QStringLiteral("--recorded")});
        QVERIFY(has(english.out, "failure 1") && has(english.out, "/dev/sda1 97%"));
        QVERIFY(english.out != chinese.out);
        QVERIFY2(has(chinese.out, "\xe6\x95\x85\xe9\x9a\x9c"), chinese.out.c_str()); // "故障"
        for (const Run& run : {english, chinese}) {
            QVERIFY(!has(run.out, "\x1b") && !has(run.out, "\x07") && !has(run.out, "\xe2\x80\xae"));
            QVERIFY(has(run.out, "\\x1b]0;owned\\x07"));
        }
    }

    void jsonHasItsDocumentedShape()
    {
        const Folder folder;
        makeIncident(folder / "x.medic", Verdict::Failure);
        const Run run = medicctl({QStringLiteral("check"), inside(folder, "x.medic"), QStringLiteral("--recorded"), QStringLiteral("--format=json")});
        const json whole = json::parse(run.out, nullptr, false);
        QVERIFY2(whole.is_object(), run.out.c_str());
        QCOMPARE(whole["format"].get<std::string>(), std::string("cluster-medic-check"));
        QCOMPARE(whole["version"].get<int>(), 1);
        QCOMPARE(whole["exitStatus"].get<int>(), 1);
        QCOMPARE(whole["counts"]["failure"].get<int>(), 1);
        const json finding = whole["findings"][0];
        for (const char* key : {"id", "suite", "verdict", "confidence", "subject", "parameters", "since", "title", "meaning", "why", "next", "playbook", "evidence"})
            QVERIFY2(finding.contains(key), key);
        QCOMPARE(finding["subject"]["node"].get<std::string>(), std::string("node-1"));
        QCOMPARE(finding["parameters"]["what"].get<std::string>(), evil); // as it is: JSON is for programs
        QCOMPARE(finding["evidence"][0]["lines"][0]["number"].get<int>(), 2);
        QCOMPARE(finding["evidence"][0]["at"].get<std::string>(), std::string("2023-11-14T22:13:21.000Z"));
    }

    void junitIsWellFormed()
    {
        const Folder folder;
        makeIncident(folder / "x.medic", Verdict::Failure);
        const Run run = medicctl({QStringLiteral("check"), inside(folder, "x.medic"), QStringLiteral("--recorded"), QStringLiteral("--format"), QStringLiteral("junit")});
        QXmlStreamReader reader(QByteArray::fromStdString(run.out));
        int failures = 0;
        while (!reader.atEnd())
            if (reader.readNext() == QXmlStreamReader::StartElement && reader.name() == QLatin1String("failure"))
                ++failures;
        QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
        QCOMPARE(failures, 1);
    }

    void diffByMeaning()
    {
        const Folder folder;
        makeIncident(folder / "a.medic", Verdict::Ok, "*nat\n:POSTROUTING ACCEPT [1:2]\n[5:300] -A KUBE-SERVICES -j KUBE-SVC-A\n-A KUBE-SERVICES -j KUBE-SVC-B\nCOMMIT\n");
        makeIncident(folder / "same.medic", Verdict::Ok, "# other time\n*nat\n:POSTROUTING ACCEPT [9:9]\n-A KUBE-SERVICES -j KUBE-SVC-B\n[6:360] -A KUBE-SERVICES -j KUBE-SVC-A\nCOMMIT\n");
        makeIncident(folder / "b.medic", Verdict::Ok, "*nat\n:POSTROUTING DROP [1:2]\n-A KUBE-SERVICES -j KUBE-SVC-A\n-A KUBE-SERVICES -j " + evil + "\nCOMMIT\n", "0");
        const QString diff = QStringLiteral("diff"), a = inside(folder, "a.medic");
        const Run same = medicctl({diff, a, inside(folder, "same.medic")});
        QVERIFY2(same.status == 0, same.out.c_str());
        const Run text = medicctl({diff, a, inside(folder, "b.medic")});
        QCOMPARE(text.status, 1);
        QVERIFY(has(text.out, "- -A KUBE-SERVICES -j KUBE-SVC-B") && has(text.out, "net.ipv4.ip_forward: 1 \xe2\x86\x92 0"));
        QVERIFY(has(text.out, "nat POSTROUTING policy") && !has(text.out, "file-nr") && !has(text.out, "KUBE-SVC-A") && !has(text.out, "\x1b"));
        const Run asJson = medicctl({diff, a, inside(folder, "b.medic"), QStringLiteral("--format"), QStringLiteral("json")});
        const json whole = json::parse(asJson.out, nullptr, false);
        std::multiset<std::string> changes;
        for (const json& one : whole["differences"])
            if (one["area"] != "finding")
                changes.insert(one["area"].get<std::string>() + ' ' + one["change"].get<std::string>());
        QVERIFY2((changes == std::multiset<std::string> {"iptables changed", "iptables changed", "sysctl changed"}), asJson.out.c_str());
        const Run nodes = medicctl({diff, a, QStringLiteral("--node"), QStringLiteral("node-1"), QStringLiteral("--node"), QStringLiteral("node-2")});
        QCOMPARE(nodes.status, 1);
        QVERIFY(has(nodes.out, "ip_forward: 1 \xe2\x86\x92 0") && has(nodes.out, "- -A KUBE-SERVICES -j KUBE-SVC-A"));
        QCOMPARE(medicctl({diff, a, QStringLiteral("--node"), QStringLiteral("node-1"), QStringLiteral("--node"), QStringLiteral("absent")}).status, 2);
    }

    void diffWithoutGeneratedNames()
    {
        const Folder folder;
        const auto rules = [](const std::string& hash, const std::string& pod) {
            return "*nat\n:CNI-HOSTPORT-DNAT - [0:0]\n:CNI-DN-" + hash + " - [0:0]\n-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment \"dnat name: \\\"cbr0\\\" id: \\\"" + hash
                + "\\\"\" -m multiport --dports 30080 -j CNI-DN-" + hash + "\n-A CNI-DN-" + hash + " -p tcp -m tcp --dport 30080 -j DNAT --to-destination " + pod + ":80\nCOMMIT\n";
        };
        makeIncident(folder / "a.medic", Verdict::Ok, rules("f00d", "10.244.0.3"));
        makeIncident(folder / "b.medic", Verdict::Ok, rules("beef", "10.244.0.3"));
        makeIncident(folder / "c.medic", Verdict::Ok, rules("cafe", "10.244.0.9"));
        const QString diff = QStringLiteral("diff"), a = inside(folder, "a.medic");
        const Run same = medicctl({diff, a, inside(folder, "b.medic")});
        QVERIFY2(same.status == 0, same.out.c_str());
        const Run other = medicctl({diff, a, inside(folder, "c.medic")});
        QVERIFY2(other.status == 1 && has(other.out, "10.244.0.9:80") && !has(other.out, "cafe"), other.out.c_str());
    }

    void redactAndCheckAgain()
    {
        const Folder folder;
        makeIncident(folder / "x.medic", Verdict::Failure);
        const Run run = medicctl({QStringLiteral("redact"), inside(folder, "x.medic"), QStringLiteral("-o"), inside(folder, "share.medic"), QStringLiteral("--name"), QStringLiteral("sda1")});
        QVERIFY2(run.status == 0, run.err.c_str());
        QVERIFY(has(run.out, "share.medic.key"));
        const Run check = medicctl({QStringLiteral("check"), inside(folder, "share.medic"), QStringLiteral("--recorded")});
        QCOMPARE(check.status, 1);
        QVERIFY(!has(check.out, "node-1") && !has(check.out, "sda1") && has(check.out, "97%"));
        QCOMPARE(medicctl({QStringLiteral("redact"), inside(folder, "x.medic"), QStringLiteral("-o"), inside(folder, "share.medic")}).status, 2);
    }

    void reports()
    {
        const Folder folder;
        makeIncident(folder / "x.medic", Verdict::Failure);
        for (const char* ending : {"html", "md", "json"}) {
            const std::string name = std::string("out.") + ending;
            const Run run = medicctl({QStringLiteral("report"), inside(folder, "x.medic"), QStringLiteral("-o"), inside(folder, name.c_str()), QStringLiteral("--lang"), QStringLiteral("zh")});
            QVERIFY2(run.status == 0, run.err.c_str());
            const std::string text = bytesOf(folder / name.c_str());
            QVERIFY(text.size() > 500 && has(text, "97%"));
            QVERIFY(std::string_view(ending) == "json" ? json::accept(text) : has(text, "\xe6\xa0\xb9\xe5\x9b\xa0") && !has(text, "\x1b")); // "根因"
        }
        QCOMPARE(medicctl({QStringLiteral("report"), inside(folder, "x.medic"), QStringLiteral("-o"), inside(folder, "no/such/out.md")}).status, 2);
    }

    void playbooks()
    {
        const Run list = medicctl({QStringLiteral("playbook"), QStringLiteral("list"), QStringLiteral("--format"), QStringLiteral("json")});
        QCOMPARE(list.status, 0);
        const json all = json::parse(list.out, nullptr, false);
        QVERIFY(all.is_object());
        const Folder folder;
        makeIncident(folder / "x.medic", Verdict::Ok);
        writeBytes(folder / "answers.yaml", "nonsense: 1\n");
        writeBytes(folder / "broken.yaml", "a: [1\n");
        for (const json& one : all["playbooks"]) {
            const QString id = QString::fromStdString(one["id"].get<std::string>());
            if (&one == &all["playbooks"][0])
                QCOMPARE(medicctl({QStringLiteral("playbook"), QStringLiteral("show"), id, QStringLiteral("--lang"), QStringLiteral("zh")}).status, 0);
            const QStringList run {QStringLiteral("playbook"), QStringLiteral("run"), id, inside(folder, "x.medic")};
            const std::string copy = one["id"].get<std::string>() + ".medic";
            const Run done = medicctl(run + QStringList {QStringLiteral("-o"), inside(folder, copy.c_str()), QStringLiteral("--format"), QStringLiteral("json")});
            QVERIFY2(done.status == 0 || done.status == 1 || done.status == 3, done.err.c_str());
            QVERIFY(json::accept(done.out));
            const auto recorded = IncidentFile::open(folder / copy.c_str(), IncidentFile::Mode::ReadOnly);
            QVERIFY(recorded && !recorded->journal()->empty());
            QVERIFY(recorded->document("wizard/" + one["id"].get<std::string>())->has_value());
            if (&one != &all["playbooks"][0])
                continue; // how answers are read is the same for all
            for (const char* answers : {"answers.yaml", "broken.yaml", "absent.yaml"}) {
                const Run wrong = medicctl(run + QStringList {QStringLiteral("--answers"), inside(folder, answers)});
                QCOMPARE(wrong.status, 2);
                QVERIFY2(has(wrong.err, answers), wrong.err.c_str());
            }
        }
    }

    void aFullDiskBehindStdoutIsNoSuccess()
    {
        if (access("/dev/full", W_OK) != 0)
            QSKIP("no /dev/full here");
        QProcess process;
        process.setStandardOutputFile(QStringLiteral("/dev/full"));
        process.start(QStringLiteral(MEDIC_BIN_DIR "/medicctl"), {QStringLiteral("--help")});
        QVERIFY(process.waitForFinished());
        QCOMPARE(process.exitCode(), 2);
    }

    void recordedNodesBeforeAndAfterRedaction()
    {
        const QString recorded = QStringLiteral(MEDIC_SOURCE_DIR "/../shared/data/real-node-1.20"), maker = QStringLiteral(MEDIC_BIN_DIR "/medic_make_incident");
        if (!QFile::exists(recorded) || !QFile::exists(maker))
            QSKIP("the recorded nodes, or medic_make_incident, are not on this machine");
        const Folder folder;
        for (const char* state : {"healthy", "pleg-runtime-hung", "ipvs-mode"}) {
            const std::string file = std::string(state) + ".medic", share = std::string(state) + "-share.medic";
            QCOMPARE(QProcess::execute(maker, {recorded + u'/' + QString::fromLatin1(state), inside(folder, file.c_str())}), 0);
            QCOMPARE(medicctl({QStringLiteral("redact"), inside(folder, file.c_str()), QStringLiteral("-o"), inside(folder, share.c_str())}).status, 0);
            const auto findings = [&folder](const std::string& name) {
                const json whole = json::parse(medicctl({QStringLiteral("check"), inside(folder, name.c_str()), QStringLiteral("--format"), QStringLiteral("json")}).out);
                std::multiset<std::string> result;
                for (const json& finding : whole["findings"]) {
                    std::string one = finding["id"].get<std::string>() + finding["verdict"].get<std::string>() + finding["confidence"].get<std::string>();
                    for (const json& evidence : finding["evidence"])
                        for (const json& line : evidence["lines"])
                            one += evidence["probe"].get<std::string>() + line["number"].dump();
                    result.insert(one);
                }
                return result;
            };
            QCOMPARE(findings(share), findings(file));
        }
    }
};

QTEST_GUILESS_MAIN(TestMedicctl)
#include "tst_medicctl.moc"
