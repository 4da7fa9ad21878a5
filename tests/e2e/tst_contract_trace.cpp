// SPDX-License-Identifier: GPL-3.0-or-later
// `medicctl trace --dump` as somebody else would feed it: other forms of the same dump, missing and damaged files, every form of the query.
#include "tests/e2e/contract_case.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <functional>
#include <regex>

using namespace medic::test;
using namespace medic::contract;
using nlohmann::json;

namespace {

/// "forwarded 10.244.1.3:8080 cni0, …" in the order of the answer, with ? where it is not certain.
std::string endsOf(const std::string& out)
{
    const json whole = json::parse(out, nullptr, false);
    if (!whole.is_object())
        return "no JSON";
    std::string text;
    for (const json& branch : whole["branches"]) {
        const json& packet = branch["packet"];
        text += (text.empty() ? "" : ", ") + branch["disposition"].get<std::string>() + (branch["certain"].get<bool>() ? " " : "? ") + packet["dst"].get<std::string>() + ':'
            + std::to_string(packet["dport"].get<int>()) + ' ' + packet["out"].get<std::string>();
    }
    return text;
}

} // namespace

class TestContractTrace : public QObject
{
    Q_OBJECT

    using Edit = std::function<void(Files&)>;

    /// The three ways of a Pod's request to the Service.
    static constexpr const char* toService = "forwarded 10.244.1.3:8080 cni0, forwarded 10.244.1.4:8080 cni0, forwarded 10.244.2.9:8080 eth0";

    static Run traced(const Files& files, const QString& query = QStringLiteral("--from 10.244.1.5:4000 --to 10.96.0.7:80"))
    {
        const Folder folder;
        return medicctl(QStringList {QStringLiteral("trace"), QStringLiteral("--dump"), write(folder, files), QStringLiteral("--format"), QStringLiteral("json")} + query.split(u' '));
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (!QFile::exists(QStringLiteral(MEDIC_BIN_DIR "/medicctl")))
            QSKIP("medicctl is not built");
    }

    void formsOfTheSameDump()
    {
        const auto listing = [](const std::string& save, const std::string& table) {
            std::string body = save.substr(save.find('*' + table + '\n') + table.size() + 2);
            body = body.substr(0, body.find("COMMIT"));
            body = std::regex_replace(body, std::regex("(^|\n):(\\S+) - [^\n]*"), "$1-N $2");
            return std::regex_replace(body, std::regex("(^|\n):(\\S+) (\\S+) [^\n]*"), "$1-P $2 $3");
        };
        const std::vector<std::pair<const char*, Edit>> forms {
            {"as it is", [](Files&) {}},
            {"line ends of Windows", [](Files& files) {
                 for (auto& [name, text] : files)
                     replace(text, "\n", "\r\n");
             }},
            {"byte order marks", [](Files& files) {
                 for (auto& [name, text] : files)
                     text.insert(0, text.empty() ? "" : "\xef\xbb\xbf");
             }},
            {"no last line end", [](Files& files) {
                 for (auto& [name, text] : files)
                     while (text.ends_with('\n'))
                         text.pop_back();
             }},
            {"with counters", [](Files& files) { replace(files["iptables-save.txt"], "\n-A", "\n[12:720] -A"); }},
            {"iptables -t nat -S alone", [&](Files& files) { files["iptables-save.txt"] = listing(files["iptables-save.txt"], "nat"); }},
            {"iptables -S of two tables", [&](Files& files) {
                 const std::string save = files["iptables-save.txt"];
                 files["iptables-save.txt"] = listing(save, "filter") + listing(save, "nat");
             }},
            {"split by backend, in legacy", [](Files& files) {
                 files["iptables-legacy-save.txt"] = files["iptables-save.txt"];
                 files["iptables-nft-save.txt"] = "";
                 files.erase("iptables-save.txt");
             }},
            {"split by backend, in nft, and the default's output", [](Files& files) {
                 files["iptables-nft-save.txt"] = files["iptables-save.txt"];
                 files["iptables-legacy-save.txt"] = "";
             }},
            {"a comment in Latin-1", [](Files& files) { replace(files["iptables-save.txt"], "kubernetes service portals", "caf\xe9 \xff"); }},
            {"JSON on one line", [](Files& files) {
                 for (auto& [name, text] : files)
                     if (name.ends_with(".json"))
                         text = json::parse(text).dump();
             }},
            {"JSON with indents", [](Files& files) {
                 for (auto& [name, text] : files)
                     if (name.ends_with(".json"))
                         text = json::parse(text).dump(4);
             }},
            {"a kernel without IPVS", [](Files& files) {
                 files["ipvsadm-Sn.txt"] = "Can't initialize ipvs: Protocol not available\nAre you sure that IP Virtual Server is built in the kernel or as module?\n";
             }},
            {"without ip -j link", [](Files& files) { files.erase("ip-link.json"); }},
            {"without ip -j addr", [](Files& files) { files.erase("ip-addr.json"); }},
            {"without nft", [](Files& files) { files.erase("nft-ruleset.json"); }},
            {"without conntrack and ipset", [](Files& files) {
                 files.erase("conntrack-L.txt");
                 files.erase("ipset-save.txt");
             }},
            {"a file that nobody knows", [](Files& files) { files["notes.txt"] = "seen at 3 a.m."; }},
        };
        for (const auto& [name, edit] : forms) {
            Files files = node();
            edit(files);
            const Run run = traced(files);
            QVERIFY2(run.status == 0 && endsOf(run.out) == toService, (std::string(name) + ": " + std::to_string(run.status) + ' ' + endsOf(run.out) + run.err).c_str());
        }
    }

    /// What is not in the dump is unknown: the answer says so by its status, and takes nothing for empty.
    void whatIsMissingIsUnknown()
    {
        const std::vector<std::tuple<const char*, Edit, const char*>> rows {
            {"iptables", [](Files& files) { files.erase("iptables-save.txt"); }, "forwarded? 10.96.0.7:80 eth0"},
            {"iptables and nft", [](Files& files) {
                 files.erase("iptables-save.txt");
                 files.erase("nft-ruleset.json");
             }, "undecidable? 10.96.0.7:80 eth0"},
            {"cut off in the chains", [](Files& files) {
                 std::string& save = files["iptables-save.txt"];
                 save.resize(save.find(":KUBE-SEP-C"));
             }, "forwarded? 10.96.0.7:80 eth0"},
            {"cut off in the last rule", [](Files& files) {
                 std::string& save = files["iptables-save.txt"];
                 save.resize(save.rfind("10.244.2.9:8080"));
             }, nullptr},
            {"sysctls", [](Files& files) { files.erase("sysctl.txt"); }, "forwarded? 10.244.1.3:8080 cni0, forwarded? 10.244.1.4:8080 cni0, forwarded? 10.244.2.9:8080 eth0"},
            {"legacy tables that are present", [](Files& files) {
                 files["iptables-nft-save.txt"] = "# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n" + files["iptables-save.txt"];
                 files.erase("iptables-save.txt");
             }, "forwarded? 10.244.1.3:8080 cni0, forwarded? 10.244.1.4:8080 cni0, forwarded? 10.244.2.9:8080 eth0"},
            {"routes", [](Files& files) { files.erase("ip-route-all.json"); }, nullptr},
        };
        for (const auto& [name, edit, ends] : rows) {
            Files files = node();
            edit(files);
            const Run run = traced(files);
            QVERIFY2(run.status == 3 && (ends == nullptr || endsOf(run.out) == ends), (std::string(name) + ": " + std::to_string(run.status) + ' ' + endsOf(run.out) + run.err).c_str());
        }
        // Between two Pods of the bridge the rules act only with bridge-nf-call-iptables.
        Files files = node();
        replace(files["iptables-save.txt"], "-A FORWARD -s 10.244.0.0/16", "-A FORWARD -i cni0 -o cni0 -p tcp -j DROP\n-A FORWARD -s 10.244.0.0/16");
        const QString query = QStringLiteral("--from 10.244.1.5 --to 10.244.1.4:8080");
        QCOMPARE(traced(files, query).status, 1);
        Files unseen = files;
        replace(unseen["sysctl.txt"], "bridge-nf-call-iptables = 1", "bridge-nf-call-iptables = 0");
        QCOMPARE(traced(unseen, query).status, 0);
        files.erase("sysctl.txt");
        QCOMPARE(traced(files, query).status, 3);
    }

    /// One line says which file, where, and what was expected.
    void unreadableFilesAreNamed()
    {
        const std::vector<std::tuple<const char*, std::string, const char*>> rows {
            {"iptables-save.txt", "hello\n", "iptables-save.txt:1"},
            {"iptables-save.txt", "bash: iptables-save: command not found\n", "iptables-save.txt:1"},
            {"iptables-save.txt", std::string("*nat\n-A X\0Y\n", 12), "iptables-save.txt:2"},
            {"ip-route-all.json", "[\n{\"dst\":\"default\",\"gateway\":\"192.0.2.1\",\"dev\":\"eth0\"},\n{\"dst\":\n", "ip-route-all.json:3"},
            {"ip-route-all.json", "[\n{\"dst\":\"default\",\"dev\":\"eth0\"},\n{\"dst\":\"10.0.0.0/99\",\"dev\":\"eth0\"}]\n", "ip-route-all.json:3"},
            {"ip-route-all.json", "{}", "ip-route-all.json:1"},
            {"ip-addr.json", "[1]", "ip-addr.json:1"},
            {"ip-rule.json", "[{\"src\":\"all\"}]", "ip-rule.json:1"},
            {"nft-ruleset.json", "{\"nftables\": [\n{\"metainfo\": {}},\n{\"table\": }\n]}", "nft-ruleset.json:3"},
            {"nft-ruleset.json", "{\"nftables\":" + std::string(100000, '['), "nft-ruleset.json:1"},
            {"ipvsadm-Sn.txt", "ipvsadm: not found\n", "ipvsadm-Sn.txt:1"},
            {"ipset-save.txt", "create A hash:ip family inet\nadd B 10.0.0.1\nhello\n", "ipset-save.txt:"},
            {"sysctl.txt", "permission denied\n", "sysctl.txt:1"},
        };
        for (const auto& [name, text, says] : rows) {
            Files files = node();
            files[name] = text;
            const Run run = traced(files);
            QVERIFY2(run.status == 2 && lineCount(run.err) == 1 && run.err.find(says) != std::string::npos && run.err.find("expected") != std::string::npos && run.out.empty(),
                     (std::string(name) + ": " + std::to_string(run.status) + ' ' + run.err).c_str());
        }
    }

    void formsOfTheQuery_data()
    {
        QTest::addColumn<int>("status");
        const auto row = [](int status, const char* query) { QTest::newRow(query) << status; };
        for (const char* good : {"--to 10.96.0.7:80", "--to=10.96.0.7:80", "--to [10.96.0.7]:80", "--to 10.96.0.7:80 --proto TCP", "--to 10.96.0.7 --proto icmp", "--to 10.96.0.7:80 --mark 0x4000",
                                 "--to 10.96.0.7:80 --mark 16384", "--to 10.96.0.7:80 --ctstate new", "--to 10.96.0.7:80 --from 192.0.2.10", "--to 10.96.0.7:80 --reply", "--to 192.0.2.10:30080 --from 198.51.100.7",
                                 "--to 10.244.1.4:8080 --from 10.244.1.5 --in vethaaa", "--to 10.244.2.9:8080 --from 10.244.1.5 --ctstate ESTABLISHED", "--to 127.0.0.1:80", "--to 0.0.0.0:80", "--help", "-h"})
            row(0, good);
        for (const char* ends : {"--to 10.96.0.99:80", "--to 10.244.2.9:8080 --from 10.244.1.5 --ctstate INVALID", "--to 10.96.0.7:80 --from 0.0.0.0"})
            row(1, ends);
        for (const char* wrong : {"", "--to", "--to 10.96.0.7", "--to :80", "--to 10.96.0.7:", "--to 10.96.0.7:0", "--to 10.96.0.7:65536", "--to 10.96.0.7:+80", "--to 10.96.0.7:http", "--to 010.96.0.7:80", "--to 256.1.1.1:80",
                                  "--to web:80", "--to [fd00::1", "--to [fd00::1]80", "--to fd00::1", "--to 10.96.0.7:80 --from fd00::1", "--to 10.96.0.7:80 --from x", "--to 10.96.0.7:80 --from=", "--to 10.96.0.7:80 --proto xyz",
                                  "--to 10.96.0.7:80 --proto gre", "--to 10.96.0.7:80 --proto=", "--to 10.96.0.7:80 --mark 0x4000/0x4000", "--to 10.96.0.7:80 --mark -1", "--to 10.96.0.7:80 --mark 4294967296",
                                  "--to 10.96.0.7:80 --mark=", "--to 10.96.0.7:80 --ctstate FOO", "--to 10.96.0.7:80 --ctstate NEW,ESTABLISHED", "--to 10.96.0.7:80 --in=", "--to 10.96.0.7:80 --format yaml",
                                  "--to 10.96.0.7:80 --format=", "--to 10.96.0.7:80 --to 10.96.0.8:80", "--to 10.96.0.7:80 --reply=1", "--to 10.96.0.7:80 extra", "--to 10.96.0.7:80 --across", "--bogus", "-x", "--to \x1b[2J"})
            row(2, wrong);
        row(3, "--to [fd00::1]:80"); // nothing of IPv6 was collected
        row(3, "--to 10.96.0.7:80 --from 10.244.1.5 --in nosuch");
        row(3, "--to 224.0.0.1:80");
    }

    void formsOfTheQuery()
    {
        QFETCH(int, status);
        static const Folder folder;
        static const QString dump = write(folder, node());
        const QStringList words = QString::fromUtf8(QTest::currentDataTag()).split(u' ', Qt::SkipEmptyParts);
        const Run run = medicctl(QStringList {QStringLiteral("trace"), QStringLiteral("--dump"), dump} + words);
        QVERIFY2(run.status == status, (std::to_string(run.status) + run.err + endsOf(run.out)).c_str());
        QVERIFY2(status == 2 ? run.out.empty() && lineCount(run.err) == 1 && run.err.starts_with("medicctl: ") : run.err.empty() && !run.out.empty(), run.err.c_str());
        QVERIFY((run.out + run.err).find('\x1b') == std::string::npos);
    }

    void foldersThatAreNone()
    {
        const Folder folder;
        const QString dump = write(folder, node());
        fs::create_directory(folder / "empty");
        for (const QString& wrong : {dump + QStringLiteral("/sysctl.txt"), dump + QStringLiteral("/absent"), QString::fromStdString((folder / "empty").string()), QStringLiteral("/dev/null"), QStringLiteral("\x1b]0;x\x07")}) {
            const Run run = medicctl({QStringLiteral("trace"), QStringLiteral("--dump"), wrong, QStringLiteral("--to"), QStringLiteral("10.96.0.7:80")});
            QVERIFY2(run.status == 2 && lineCount(run.err) == 1 && run.err.find("expected") != std::string::npos && run.err.find('\x1b') == std::string::npos, run.err.c_str());
        }
    }

    /// The members that docs/medicctl-json.md names, their types, the closed sets; the same answer again, whatever the place and the language.
    void jsonIsExactAndStable()
    {
        const Folder folder;
        const QString dump = write(folder, node());
        const QStringList query {QStringLiteral("trace"), QStringLiteral("--dump"), dump, QStringLiteral("--from"), QStringLiteral("198.51.100.7:1234"), QStringLiteral("--to"), QStringLiteral("192.0.2.10:30080"),
                                 QStringLiteral("--reply"), QStringLiteral("--format"), QStringLiteral("json")};
        const Run run = medicctl(query);
        const json whole = json::parse(run.out, nullptr, false);
        QVERIFY(whole.is_object() && whole["warnings"].is_array() && whole["branches"].size() == 3);
        double sum = 0;
        const std::set<std::string> dispositions {"delivered", "forwarded", "dropped", "rejected", "no-route", "martian", "queued", "undecidable"}, tri {"yes", "no", "unknown"};
        const std::string save = node().at("iptables-save.txt");
        for (const json& branch : whole["branches"]) {
            sum += branch["probability"].get<double>();
            QVERIFY(dispositions.contains(branch["disposition"].get<std::string>()) && branch["certain"].is_boolean() && branch["replies"].is_array());
            for (const char* text : {"src", "dst", "proto", "mark", "in", "out"})
                QVERIFY2(branch["packet"][text].is_string(), text);
            for (const char* number : {"sport", "dport"})
                QVERIFY2(branch["packet"][number].is_number_integer(), number);
            int rules = 0;
            for (const json& step : branch["steps"]) {
                for (const char* text : {"hook", "table", "chain", "text", "action", "backend"})
                    QVERIFY2(step[text].is_string(), text);
                QVERIFY(tri.contains(step["matched"].get<std::string>()) && step["rule"].is_number_integer() && step["line"].is_number_integer());
                if (step["rule"].get<int>() == 0)
                    continue;
                ++rules; // the line in the dump is the rule's own, and the rule is that of its chain
                std::istringstream lines(save);
                std::string line, table, chain = "-A " + step["chain"].get<std::string>() + ' ';
                int number = 0, inChain = 0;
                while (std::getline(lines, line) && ++number <= step["line"].get<int>()) {
                    table = line.starts_with('*') ? line.substr(1) : table;
                    inChain += table == step["table"].get<std::string>() && line.starts_with(chain) ? 1 : 0;
                    if (number == step["line"].get<int>())
                        QCOMPARE(step["text"].get<std::string>(), line);
                }
                QCOMPARE(step["rule"].get<int>(), inChain);
            }
            QVERIFY(rules >= 8);
        }
        QVERIFY(std::abs(sum - 1) < 1e-6);
        bool named = false;
        for (const json& step : whole["branches"][0]["steps"])
            named = named || step.value("owner", json::object()) == json {{"kind", "Service"}, {"namespace", "default"}, {"name", "web"}, {"port", "http"}};
        QVERIFY(named);
        const Run elsewhere = medicctl(query, {QStringLiteral("LC_ALL=zh_CN.UTF-8"), QStringLiteral("LANG=zh_CN.UTF-8"), QStringLiteral("TZ=Asia/Shanghai")}, QStringLiteral("/"));
        QCOMPARE(elsewhere.out, run.out);
    }

    void namesAreHarmlessOnATerminal()
    {
        Files files = node();
        replace(files["iptables-save.txt"], "default/web:http", "default/\x1b]0;owned\x07\xe2\x80\xaeweb\x9b:http");
        const Folder folder;
        const QString dump = write(folder, files);
        for (const char* language : {"en", "zh"}) {
            const Run run = medicctl({QStringLiteral("trace"), QStringLiteral("--dump"), dump, QStringLiteral("--to"), QStringLiteral("10.96.0.7:80"), QStringLiteral("--lang"), QString::fromLatin1(language)});
            QCOMPARE(run.status, 0);
            QVERIFY(run.out.find_first_of("\x1b\x07") == std::string::npos && run.out.find("\xe2\x80\xae") == std::string::npos && QString::fromStdString(run.out).toStdString() == run.out);
        }
    }
};

QTEST_GUILESS_MAIN(TestContractTrace)
#include "tst_contract_trace.moc"
