// SPDX-License-Identifier: GPL-3.0-or-later
// Case 1.2's way out of a node, as its command sees it: each step that can fail, and pending calls told apart by their
// delays. The command of the guide really runs, on scripted tools.
#include "guide_cases.h"

#include "diagnostics/playbooks/headless.h"
#include "diagnostics/playbooks/loader.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace medic;
using namespace medic::playbooks;

namespace {

constexpr const char* routeByGateway = "echo '192.0.2.80 via 10.0.0.1 dev eth0 src 10.0.0.9 uid 0'";

/// What the node's tools do; each a line of shell.
struct Node {
    QByteArray getent = "echo '192.0.2.80 STREAM msp'";
    QByteArray route = routeByGateway;
    QByteArray neighbour = "echo '10.0.0.1 lladdr 52:54:00:00:00:01 REACHABLE'";
    QByteArray tcp = "exit 0"; ///< bash's /dev/tcp
    QByteArray rules = "exit 0"; ///< iptables-save -c; asked twice: $n is 1, then 2
    QByteArray curl = "echo '0.002 0.003 0.020 0.030 0.031 200'";
};

} // namespace

class WayOut : public QObject
{
    Q_OBJECT

    QString m_command;

    void tool(const QTemporaryDir& folder, const char* name, const QByteArray& text)
    {
        QFile file(folder.filePath(QString::fromLatin1(name)));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("#!/bin/sh\n" + text + '\n');
        file.close();
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    }

private Q_SLOTS:
    void initTestCase()
    {
        // As the machine makes it: with the target quoted in.
        const Library all = Library::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);
        const PlaybookPtr playbook = all.find("case-1.2-kubernetes-service");
        QVERIFY(playbook);
        const auto cases = test::guideCases();
        const auto one = std::find_if(cases.begin(), cases.end(), [](const test::GuideCase& c) { return std::string(c.playbook) == "case-1.2-kubernetes-service"; });
        QVERIFY(one != cases.end());
        Hands hands;
        hands.command = [this](const Want& want) {
            if (want.step == "way")
                m_command = QString::fromStdString(want.command);
            return CommandDone {0, "GOOD\n", {}, {}, 0};
        };
        const std::map<std::string, std::string> answers {{"symptom", "pending"}, {"target", "msp.example.com:443"}, {"from-node", "node-1"}, {"client", "both"}};
        const auto recording = test::recordingOf(*one, true);
        static_cast<void>(runHeadless(Runner(playbook, Language::English), recording.snapshot, World {.live = true, .now = recording.now}, answers, hands));
        QVERIFY2(m_command.contains(QLatin1String("time_connect")) && m_command.contains(QLatin1String("msp.example.com:443")), qPrintable(m_command));
    }

    void outcomes_data()
    {
        QTest::addColumn<QByteArrayList>("tools");
        QTest::addColumn<QByteArray>("outcome");
        const auto row = [](const char* name, const Node& node, const char* outcome) {
            QTest::newRow(name) << QByteArrayList {node.getent, node.route, node.neighbour, node.tcp, node.rules, node.curl} << QByteArray(outcome);
        };
        const auto times = [](const char* line) { return QByteArray("echo '") + line + '\''; };
        row("all well", {}, "GOOD");
        row("no name", {.getent = "exit 2"}, "NAME-FAILS");
        row("no route", {.route = "echo 'RTNETLINK answers: Network is unreachable' >&2; exit 2"}, "NO-ROUTE");
        row("ARP is not answered", {.neighbour = "echo '10.0.0.1 dev eth0 FAILED'", .tcp = "echo 'bash: connect: No route to host' >&2; exit 1"}, "NEXT-HOP-SILENT");
        row("a fixed ARP entry", {.neighbour = "echo '10.0.0.1 lladdr 52:54:00:00:00:99 PERMANENT'", .tcp = "exit 124"}, "NEXT-HOP-PINNED");
        row("a rule that counted the packets",
            {.tcp = "exit 124", .rules = "[ $n = 1 ] && c=5 || c=9; echo \"[$c:540] -A OUTPUT -d 192.0.2.0/24 -j DROP\"; echo '[7:420] -A FORWARD -m conntrack --ctstate INVALID -j DROP'"}, "FILTERED-HERE");
        row("a rule that dropped something else", {.tcp = "exit 124", .rules = "[ $n = 1 ] && c=5 || c=6; echo \"[$c:540] -A INPUT -j DROP\""}, "SILENT");
        row("the kernel says it is not permitted", {.tcp = "echo 'bash: connect: Operation not permitted' >&2; exit 1"}, "FILTERED-HERE");
        row("refused", {.tcp = "echo 'bash: connect: Connection refused' >&2; exit 1"}, "REFUSED");
        row("silence", {.tcp = "exit 124"}, "SILENT");
        // By their delays.
        row("a SYN repeated once: 1 s", {.curl = times("0.002 1.010 1.030 1.040 1.041 200")}, "SYN-RETRY");
        row("a SYN repeated twice: 3 s", {.curl = times("0.002 3.010 3.030 3.040 3.041 200")}, "SYN-RETRY");
        row("a SYN repeated thrice: 7 s", {.curl = times("0.002 7.010 7.030 7.040 7.041 200")}, "SYN-RETRY");
        row("a second less a bit is no SYN", {.curl = times("0.002 0.880 0.900 0.910 0.911 200")}, "GOOD");
        row("a query repeated once: 5 s", {.curl = times("5.012 5.013 5.030 5.040 5.041 200")}, "DNS-RETRY");
        row("a query repeated twice: 10 s", {.curl = times("10.012 10.013 10.030 10.040 10.041 200")}, "DNS-RETRY");
        row("a balancer after 30 s", {.curl = times("0.002 0.003 0.020 30.001 30.002 504")}, "LB-TIMEOUT");
        row("a balancer after 60 s, without a word", {.curl = times("0.002 0.003 0.020 0.000 60.010 000") + "; exit 52"}, "LB-TIMEOUT");
        row("30 s and a good answer: the server", {.curl = times("0.002 0.003 0.020 30.001 30.002 200")}, "SLOW-ANSWER");
        row("25 s", {.curl = times("0.002 0.003 0.020 25.001 25.002 504")}, "SLOW-ANSWER");
        row("a late first byte", {.curl = times("0.002 0.003 0.020 4.001 4.002 200")}, "SLOW-ANSWER");
        row("a delayed ACK", {.curl = times("0.002 0.003 0.020 0.062 0.062 200")}, "DELAYED-ACK");
        row("a hundred milliseconds are the server's own", {.curl = times("0.002 0.003 0.020 0.122 0.122 200")}, "GOOD");
        row("a handshake that does not end", {.curl = times("0.002 0.003 0.000 0.000 16.002 000") + "; exit 28"}, "TLS-FAILS");
    }

    void outcomes()
    {
        QFETCH(QByteArrayList, tools);
        QFETCH(QByteArray, outcome);
        const QTemporaryDir folder;
        tool(folder, "getent", tools[0]);
        tool(folder, "ip", "case \"$*\" in *neigh*) " + tools[2] + " ;; *'route get'*) " + tools[1] + " ;; esac");
        tool(folder, "bash", tools[3]);
        tool(folder, "iptables-save", "n=1; [ -e \"$0.asked\" ] && n=2; : > \"$0.asked\"; " + tools[4]);
        tool(folder, "iptables-legacy-save", "exit 0");
        tool(folder, "curl", tools[5]);
        tool(folder, "sleep", "exit 0");
        tool(folder, "sed", "case \"$*\" in *resolv.conf) exit 0 ;; esac; exec /bin/sed \"$@\""); // this machine's own resolver is another's
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("PATH"), folder.path() + QStringLiteral(":/usr/bin:/bin"));
        process.setProcessEnvironment(environment);
        process.start(QStringLiteral("/bin/sh"), {QStringLiteral("-c"), m_command});
        QVERIFY(process.waitForFinished(30000));
        const QByteArray out = process.readAllStandardOutput();
        QVERIFY2(out.trimmed().endsWith('\n' + outcome) || out.trimmed() == outcome, (out + process.readAllStandardError()).constData());
    }
};

QTEST_GUILESS_MAIN(WayOut)
#include "tst_way_out.moc"
