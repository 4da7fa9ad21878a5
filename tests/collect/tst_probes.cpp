// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/probe.h"
#include "diagnostics/model/probe_ids.h"

#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTest>

#include <set>

using namespace medic;
using namespace medic::collect;

namespace {

QString seconds(std::chrono::milliseconds limit) { return QString::number(limit.count() / 1000) + QStringLiteral(" s"); }

QString size(std::size_t bytes)
{
    return bytes % (1024 * 1024) == 0 ? QString::number(bytes / 1024 / 1024) + QStringLiteral(" MiB")
                                      : QString::number(bytes / 1024) + QStringLiteral(" KiB");
}

/// A cell of a Markdown table.
QString cell(const std::string& text) { return QString::fromStdString(text).replace(QLatin1Char('|'), QStringLiteral("\\|")); }

QString tableOfProbes()
{
    QString text;
    for (const Probe& probe : allProbes()) {
        QStringList tools;
        for (const auto& alternative : probe.alternatives) {
            QStringList needs;
            for (const std::string& tool : alternative.needs)
                needs << QString::fromStdString(tool);
            tools << (needs.isEmpty() ? QStringLiteral("sh") : needs.join(QStringLiteral(" + ")));
        }
        QStringList marks;
        if (probe.root)
            marks << QStringLiteral("root");
        if (probe.heavy)
            marks << QStringLiteral("heavy");
        text += QStringLiteral("| `%1` | %2 | %3 | %4 | %5 | %6 | %7 |\n")
                    .arg(cell(probe.id), cell(probe.prints), tools.join(QStringLiteral(", else ")), marks.join(QStringLiteral(", ")),
                         seconds(probe.timeLimit), size(probe.outputLimit), cell(probe.lane));
    }
    return text;
}

/// Every id that model/probe_ids.h and model/pod_probe_ids.h name.
std::set<std::string> namedIds()
{
    std::set<std::string> ids;
    for (const char* const name : {"/diagnostics/model/probe_ids.h", "/diagnostics/model/pod_probe_ids.h"}) {
        QFile file(QStringLiteral(MEDIC_SOURCE_DIR) + QLatin1String(name));
        if (!file.open(QIODevice::ReadOnly))
            return {};
        auto matches = QRegularExpression(QStringLiteral("= \"([^\"]+)\"")).globalMatch(QString::fromUtf8(file.readAll()));
        while (matches.hasNext())
            ids.insert(matches.next().captured(1).toStdString());
    }
    return ids;
}

} // namespace

class ProbesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theFilesAreSound()
    {
        for (const Error& error : probeProblems())
            qWarning("%s: %s", error.where.c_str(), error.detail.c_str());
        QVERIFY(probeProblems().empty());
        QVERIFY(allProbes().size() > 90);
    }

    void everyNamedProbeExists()
    {
        const std::set<std::string> ids = namedIds();
        QVERIFY(ids.contains("iptables-save"));
        for (const std::string& id : ids) {
            if (id == probe::connect || id.starts_with("api/"))
                continue;
            QVERIFY2(findProbe(id) != nullptr, id.c_str());
        }
        for (const Probe& probe : allProbes())
            QVERIFY2(ids.contains(probe.id), ("not in probe_ids.h: " + probe.id).c_str());
    }

    /// docs/probes.md is what the writers of parsers read. MEDIC_UPDATE=1 rewrites its table.
    void theDocumentIsComplete()
    {
        QFile file(QStringLiteral(MEDIC_SOURCE_DIR "/docs/probes.md"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(file.readAll());
        file.close();
        const QString head = QStringLiteral("|---|---|---|---|---|---|---|\n");
        const qsizetype from = text.indexOf(head) + head.size();
        QVERIFY(from > head.size());
        qsizetype to = from;
        while (to < text.size() && text.at(to) == QLatin1Char('|'))
            to = text.indexOf(QLatin1Char('\n'), to) + 1;
        if (qEnvironmentVariableIsSet("MEDIC_UPDATE")) {
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write((text.left(from) + tableOfProbes() + text.mid(to)).toUtf8());
            return;
        }
        QCOMPARE(text.mid(from, to - from), tableOfProbes());
    }

    void everyCommandIsReadableByEveryShell_data()
    {
        QTest::addColumn<QString>("shell");
        QTest::newRow("dash") << QStringLiteral("dash");
        QTest::newRow("bash") << QStringLiteral("bash");
        QTest::newRow("busybox") << QStringLiteral("busybox");
    }

    void everyCommandIsReadableByEveryShell()
    {
        QFETCH(QString, shell);
        if (QStandardPaths::findExecutable(shell).isEmpty())
            QSKIP("the shell is not installed");
        for (const Probe& probe : allProbes()) {
            for (const auto& alternative : probe.alternatives) {
                QProcess process;
                QStringList arguments {QStringLiteral("-n")};
                if (shell == QLatin1String("busybox"))
                    arguments.prepend(QStringLiteral("sh"));
                process.start(shell, arguments);
                process.write(alternative.command.c_str());
                process.closeWriteChannel();
                QVERIFY(process.waitForFinished());
                QVERIFY2(process.exitCode() == 0, (probe.id + ": " + process.readAllStandardError().toStdString()).c_str());
            }
        }
    }

    /// Read-only and bounded, as far as a test can see it.
    void nothingChangesTheNode()
    {
        const QRegularExpression forbidden(QStringLiteral(
            R"((^|[;&|(]\s*|\n\s*)(rm|mv|cp|tee|dd(?=[^|;\n]* of=)|kill|modprobe|systemctl (start|stop|restart)|iptables -|ipvsadm -[AEDCa]|docker (rm|rmi|stop|kill|system)|crictl (rm|stop)\w*|sysctl -w|truncate|mkdir|touch|chmod)\b)"));
        for (const Probe& probe : allProbes()) {
            for (const auto& alternative : probe.alternatives) {
                const QString command = QString::fromStdString(alternative.command);
                QVERIFY2(!forbidden.match(command).hasMatch(), probe.id.c_str());
                QVERIFY2(!command.contains(QLatin1String("find / ")) && !command.contains(QLatin1String("du / ")), probe.id.c_str());
                QVERIFY2(!command.contains(QLatin1String("@{")), probe.id.c_str());
            }
            QVERIFY2(probe.timeLimit <= std::chrono::seconds(60), probe.id.c_str());
        }
    }

    void problemsNameFileLineAndKey_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QByteArray>("where");
        QTest::addColumn<QByteArray>("detail");
        const QByteArray good = "probes:\n  - id: a\n    prints: x\n    time: 3\n    output: 4KiB\n    alternatives:\n      - run: true\n";
        QTest::newRow("syntax") << QByteArray("probes: [") << QByteArray("f.yaml:") << QByteArray("");
        QTest::newRow("no list") << QByteArray("probes: 3\n") << QByteArray("f.yaml:1") << QByteArray("'probes'");
        QTest::newRow("time") << QByteArray(good).replace("time: 3", "time: x") << QByteArray("f.yaml:4") << QByteArray("'time'");
        QTest::newRow("no time") << QByteArray(good).replace("    time: 3\n", "") << QByteArray("f.yaml:2") << QByteArray("'time'");
        QTest::newRow("too long") << QByteArray(good).replace("time: 3", "time: 900") << QByteArray("f.yaml:4") << QByteArray("'time'");
        QTest::newRow("output") << QByteArray(good).replace("4KiB", "4GB") << QByteArray("f.yaml:5") << QByteArray("'output'");
        QTest::newRow("unknown key") << QByteArray(good).replace("prints: x", "prints: x\n    colour: red") << QByteArray("f.yaml:4")
                                     << QByteArray("'colour'");
        QTest::newRow("snippet") << QByteArray(good).replace("run: true", "run: x @{none}") << QByteArray("f.yaml:7") << QByteArray("'none'");
        QTest::newRow("flag") << QByteArray(good).replace("prints: x", "prints: x\n    root: perhaps") << QByteArray("f.yaml:4")
                              << QByteArray("'root'");
        QTest::newRow("id") << QByteArray(good).replace("id: a", "id: 'a b;c'") << QByteArray("f.yaml:2") << QByteArray("a b;c");
        QTest::newRow("tool") << QByteArray(good).replace("run: true", "run: true\n        needs: ['$(x)']") << QByteArray("f.yaml:8")
                              << QByteArray("'needs'");
        QTest::newRow("no alternatives") << QByteArray(good).replace("      - run: true\n", "      []\n") << QByteArray("f.yaml:")
                                         << QByteArray("'alternatives'");
    }

    void problemsNameFileLineAndKey()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(QByteArray, where);
        QFETCH(QByteArray, detail);
        std::vector<Error> problems;
        const auto probes = parseProbes(yaml.toStdString(), "f.yaml", problems);
        QVERIFY(probes.empty());
        QVERIFY(!problems.empty());
        QVERIFY2(QByteArray::fromStdString(problems.front().where).startsWith(where), problems.front().where.c_str());
        QVERIFY2(QByteArray::fromStdString(problems.front().detail).contains(detail), problems.front().detail.c_str());
    }

    void aBrokenProbeDoesNotDisturbTheOthers()
    {
        std::vector<Error> problems;
        const auto probes = parseProbes("snippets: {loop: '@{loop}', two: 'echo 2'}\nprobes:\n"
                                        "  - {id: a, prints: x, time: 3, output: 4KiB, alternatives: [{run: '@{two}'}]}\n"
                                        "  - {id: b, prints: x, time: 3, output: 4KiB, alternatives: [{run: '@{loop}'}]}\n"
                                        "  - {id: c, prints: x, time: 3, output: 4KiB, alternatives: [{needs: [ss], run: 'ss'}]}\n",
                                        "f", problems);
        QCOMPARE(probes.size(), std::size_t(2));
        QCOMPARE(probes[0].alternatives[0].command, std::string("echo 2"));
        QCOMPARE(probes[1].lane, std::string("main"));
        QVERIFY(!problems.empty());
    }

    void everyPrefixIsSurvived()
    {
        QFile file(QStringLiteral(MEDIC_SOURCE_DIR "/resources/probes/cni.yaml"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const std::string text = file.readAll().toStdString();
        for (std::size_t length = 0; length < text.size(); ++length) {
            std::vector<Error> problems;
            const auto probes = parseProbes(text.substr(0, length), "cut", problems);
            QVERIFY(probes.size() <= 4);
        }
    }
};

QTEST_GUILESS_MAIN(ProbesTest)
#include "tst_probes.moc"
