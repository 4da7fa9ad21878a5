// SPDX-License-Identifier: GPL-3.0-or-later
// Words and numbers on the screen: nothing from a cluster is markup, tables copy as text, CSV and Markdown, letters find
// what they mean, long outputs are cut into rows in one pass.
#include "diagnostics/collect/language.h"
#include "tests/widgets/things.h"
#include "widgets/text/escape.h"
#include "widgets/text/fuzzy.h"
#include "widgets/text/numbers.h"
#include "widgets/text/output_lines.h"
#include "widgets/text/table_text.h"
#include "widgets/window/command_palette.h"

#include <QElapsedTimer>
#include <QStandardItemModel>
#include <QTest>
#include <QTextDocument>

using namespace medic;
using namespace std::chrono_literals;

class TestText final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingIsMarkup()
    {
        const QString bad = QString::fromStdString(things::hostile());
        for (const QString& rich : {richTextSafe(bad), toolTipSafe(bad)}) {
            QVERIFY(!rich.contains(QLatin1String("<img")));
            QTextDocument document;
            document.setHtml(rich);
            QVERIFY(document.toPlainText().contains(QLatin1String("<img src=x onerror=alert(1)>"))); // read as what it is
            QVERIFY(!document.toPlainText().contains(QChar(0x202e)));
        }
        QVERIFY(Qt::mightBeRichText(toolTipSafe(QStringLiteral("plain"))));
        QCOMPARE(lineSafe(QStringLiteral("a\nb\tc\x1b")), QStringLiteral("a\u240ab\u2409c\u241b"));
        QCOMPARE(plainSafe(QStringLiteral("a\nb\tc")), QStringLiteral("a\nb\tc"));
        for (const ushort code : {0x200b, 0x202a, 0x202e, 0x2066, 0x2069, 0xfeff, 0x00ad, 0x2028, 0x0085, 0x061c})
            QVERIFY2(!plainSafe(QString(QChar(code))).contains(QChar(code)), qPrintable(QString::number(code, 16)));
        QCOMPARE(lineSafe(QStringLiteral("节点 node-1")), QStringLiteral("节点 node-1"));
    }

    void tablesAsTextCsvAndMarkdown()
    {
        const TableText table {.header = {QStringLiteral("Node"), QStringLiteral("Reason")},
                               .rows = {{QStringLiteral("节点-1"), QStringLiteral("=cmd|' /C calc'!A0")}, {QStringLiteral("a,\"b\""), QStringLiteral("x | y\nz <b>")},
                                        {QStringLiteral("-"), QStringLiteral("-5")}}};
        QCOMPARE(table.asText().section(u'\n', 0, 1), QStringLiteral("Node    Reason\n节点-1  =cmd|' /C calc'!A0")); // Han are two columns wide
        const QString csv = table.asCsv();
        QVERIFY(csv.contains(QLatin1String("'=cmd"))); // no spreadsheet runs it
        QVERIFY(csv.contains(QLatin1String("\"a,\"\"b\"\"\"")));
        QVERIFY(csv.contains(QLatin1String("-,'-5\r\n")));
        QVERIFY(csv.endsWith(QLatin1String("\r\n")));
        const QString markdown = table.asMarkdown();
        QCOMPARE(markdown.count(u'\n'), 5);
        QVERIFY(markdown.contains(QString::fromUtf8("x \\| y\u240az \\<b\\>")));
        for (const QString& line : markdown.split(u'\n', Qt::SkipEmptyParts))
            QCOMPARE(QString(line).remove(QLatin1String("\\|")).count(u'|'), 3);
    }

    void treesAndSelections()
    {
        QStandardItemModel model(0, 2);
        model.setHorizontalHeaderLabels({QStringLiteral("A"), QStringLiteral("B")});
        auto* group = new QStandardItem(QStringLiteral("group"));
        group->appendRow({new QStandardItem(QStringLiteral("child")), new QStandardItem(QStringLiteral("1"))});
        model.appendRow({group, new QStandardItem(QStringLiteral("g"))});
        model.appendRow({new QStandardItem(QStringLiteral("other")), new QStandardItem(QStringLiteral("o"))});
        QCOMPARE(tableOf(model).rows.size(), 3);
        QCOMPARE(tableOf(model).rows[1][0], QStringLiteral("  child"));
        const TableText chosen = tableOf(model, {model.index(1, 1), model.index(1, 0)});
        QCOMPARE(chosen.rows.size(), 1);
        QCOMPARE(chosen.rows[0][0], QStringLiteral("other"));
    }

    void lettersFind_data()
    {
        QTest::addColumn<QString>("letters");
        QTest::addColumn<QString>("better");
        QTest::addColumn<QString>("worse");
        const auto row = [](const char* name, const char* letters, const char* better, const char* worse) {
            QTest::newRow(name) << QString::fromUtf8(letters) << QString::fromUtf8(better) << QString::fromUtf8(worse);
        };
        row("beginning before middle", "node", "node-1", "my-node");
        row("word's beginning before its middle", "web", "shop/web-0", "shop/cobweb");
        row("in one piece before scattered", "dns", "coredns-1", "d-n-s");
        row("initials", "kp", "kube-proxy", "kicker up");
        row("case does not matter", "PLEG", "pleg is not healthy", "people tilt legs");
        row("Han", "磁盘", "磁盘已满", "磁带与光盘");
        row("nothing at all", "zzz", "zzz", "node-1");
    }

    void lettersFind()
    {
        QFETCH(QString, letters);
        QFETCH(QString, better);
        QFETCH(QString, worse);
        QVERIFY2(fuzzyScore(letters, better) > fuzzyScore(letters, worse), qPrintable(QStringLiteral("%1 %2").arg(fuzzyScore(letters, better)).arg(fuzzyScore(letters, worse))));
        QVERIFY(fuzzyScore(letters, better) > 0);
        QList<int> at;
        QVERIFY(fuzzyScore(letters, better, &at) > 0);
        for (const int i : at)
            QVERIFY(i >= 0 && i < better.size());
        QVERIFY(fuzzyScore({}, better) > 0); // no letters: everything is there
    }

    void thePaletteRanks()
    {
        QList<PaletteItem> items;
        for (int i = 0; i < 20000; ++i)
            items.append({.icon = {}, .title = QStringLiteral("pod-%1").arg(i), .detail = QStringLiteral("node-%1").arg(i % 7), .place = {.view = QStringLiteral("nodes"), .key = QString::number(i), .detail = {}}});
        items.append({.icon = {}, .title = QStringLiteral("Sweep again"), .detail = QStringLiteral("F5"), .place = {.view = QStringLiteral("command"), .key = QStringLiteral("sweep"), .detail = {}}});
        QElapsedTimer timer;
        timer.start();
        const QList<PaletteItem> found = paletteMatches(items, QStringLiteral("sweep"), 60);
        QVERIFY(!found.isEmpty());
        QCOMPARE(found.front().title, QStringLiteral("Sweep again"));
        QVERIFY2(timer.elapsed() < 1000, "twenty thousand Pods must not make a letter slow");
        QCOMPARE(paletteMatches(items, QString(), 60).size(), 60);
        QCOMPARE(paletteMatches(items, QString(), 60).front().title, QStringLiteral("pod-0"));
        QCOMPARE(paletteMatches(items, QStringLiteral("pod-19999"), 60).front().place.key, QStringLiteral("19999"));
    }

    void numbersForPeople()
    {
        setLanguage(Language::English);
        QCOMPARE(byteWords(0), QStringLiteral("0 B"));
        QCOMPARE(byteWords(41 * 1024), QStringLiteral("41 KB"));
        QCOMPARE(byteWords(qint64(3.5 * 1024 * 1024 * 1024)), QStringLiteral("3.5 GB"));
        QCOMPARE(durationWords(380ms), QStringLiteral("380 ms"));
        QCOMPARE(durationWords(4200ms), QStringLiteral("4.2 s"));
        QCOMPARE(durationWords(3min), QStringLiteral("3 min"));
        QCOMPARE(durationWords(5h), QStringLiteral("5 h"));
        QCOMPARE(durationWords(24h * 3), QStringLiteral("3 days"));
        QCOMPARE(clockWords(6s), QStringLiteral("00:06"));
        const TimePoint then {std::chrono::seconds(1795422648)};
        QCOMPARE(agoWords(then, then + 4min), QStringLiteral("4 min ago"));
        QCOMPARE(sinceWords(then, {}), exactTime(then)); // in a recording "ago" means nothing
        QVERIFY(agoWords(then + 1h, then).startsWith(QLatin1String("2026"))); // a clock that is ahead is shown, not reckoned
        setLanguage(Language::Chinese);
        QCOMPARE(agoWords(then, then + 4min), QString::fromUtf8("4 分钟前"));
        QCOMPARE(durationWords(24h * 3), QString::fromUtf8("3 天"));
        setLanguage(Language::English);
    }

    void outputIsCutIntoRows()
    {
        const OutputLines lines(std::string("one\r\n") + std::string(2500, 'x') + "\n\nlast\x1b[0m");
        QCOMPARE(lines.lines(), 4);
        QCOMPARE(lines.rows(), 6); // the long line takes three
        QCOMPARE(lines.row(0), QStringLiteral("one"));
        QCOMPARE(lines.rowOfLine(4), 5);
        QCOMPARE(lines.lineOfRow(2), 2);
        QVERIFY(!lines.beginsLine(2));
        QCOMPARE(lines.row(5), QStringLiteral("last\u241b[0m"));
        QCOMPARE(lines.find(QStringLiteral("LAST"), 0, 1), 5);
        QCOMPARE(lines.find(QStringLiteral("nowhere"), 0, 1), -1);
        QCOMPARE(lines.rowOfLine(99), -1);
        QCOMPARE(OutputLines(std::string()).rows(), 0);
        std::string many;
        for (int i = 0; i < 200000; ++i)
            many += "-A KUBE-SERVICES -d 10.96.0.1/32 -j KUBE-SVC-NPX46M4PTMTKRN6Y\n";
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(OutputLines(many).rows(), 200000);
        QVERIFY(timer.elapsed() < 2000);
    }
};

QTEST_MAIN(TestText)
#include "tst_text.moc"
