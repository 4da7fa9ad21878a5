// SPDX-License-Identifier: GPL-3.0-or-later
// The team's own notes on disk, and pasted errors that find their guide.
#include "diagnostics/playbooks/loader.h"
#include "widgets/models/paste_search.h"
#include "widgets/models/team_notes.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace medic;

namespace {

struct Known {
    Catalogue catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);
    playbooks::Library library = playbooks::Library::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);
    checks::PasteIndex index {catalogue};
};

const Known& known()
{
    static const Known all;
    return all;
}

void write(const QString& path, const QByteArray& text)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
}

} // namespace

class TestNotes final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void notesAreKept()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("config/cluster-medic/notes.json"));
        const TeamNote note {.text = QString::fromUtf8("先打给存储组\n<b>8-1234</b>"), .links = {{.title = QStringLiteral("runbook"), .url = QStringLiteral("https://wiki.local/pleg")},
                                                                                       {.title = QStringLiteral("old"), .url = QStringLiteral("http://gone.local/"), .dead = true}}};
        {
            TeamNotes notes(path);
            QVERIFY(notes.note(QStringLiteral("pleg.unhealthy")).empty());
            QSignalSpy changed(&notes, &TeamNotes::changed);
            QVERIFY(notes.set(QStringLiteral("pleg.unhealthy"), note));
            QVERIFY(notes.set(QStringLiteral("pleg.unhealthy"), note)); // nothing new
            QCOMPARE(changed.size(), 1);
            QVERIFY(notes.set(QString(), {.text = QStringLiteral("for all"), .links = {}}));
        }
        TeamNotes again(path);
        QVERIFY(!again.problem());
        QCOMPARE(again.note(QStringLiteral("pleg.unhealthy")), note);
        QCOMPARE(again.note(QString()).text, QStringLiteral("for all"));
        QVERIFY(again.set(QStringLiteral("pleg.unhealthy"), {}));
        QVERIFY(TeamNotes(path).note(QStringLiteral("pleg.unhealthy")).empty());
    }

    void whatANewerVersionWroteBesideIsKept()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("notes.json"));
        write(path, R"({"version":1,"team":"SRE","findings":{"a.b":{"note":"x","owner":"li"}}})");
        TeamNotes notes(path);
        QVERIFY(notes.set(QStringLiteral("a.b"), {.text = QStringLiteral("y"), .links = {}}));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonObject whole = QJsonDocument::fromJson(file.readAll()).object();
        QCOMPARE(whole[QLatin1String("team")].toString(), QStringLiteral("SRE"));
        QCOMPARE(whole[QLatin1String("findings")][QLatin1String("a.b")][QLatin1String("owner")].toString(), QStringLiteral("li"));
        QCOMPARE(whole[QLatin1String("findings")][QLatin1String("a.b")][QLatin1String("note")].toString(), QStringLiteral("y"));
    }

    void aBrokenFileIsToldAndLeftAlone_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("no JSON") << QByteArray("{\"findings\": oh");
        QTest::newRow("a list") << QByteArray("[]");
        QTest::newRow("empty") << QByteArray("");
        QTest::newRow("newer") << QByteArray("{\"version\": 99}");
    }

    void aBrokenFileIsToldAndLeftAlone()
    {
        QFETCH(QByteArray, text);
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("notes.json"));
        write(path, text);
        TeamNotes notes(path);
        QVERIFY(notes.problem());
        QVERIFY(!notes.set(QStringLiteral("a.b"), {.text = QStringLiteral("y"), .links = {}}));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), text);
    }

    void everyPrefixOfAFileIsSurvived()
    {
        const QByteArray text = R"({"version":1,"findings":{"a.b":{"note":"x","links":[{"title":"t","url":"https://x/","dead":true},7,{}]},"c":3}})";
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("notes.json"));
        for (int size = 0; size <= text.size(); ++size) {
            write(path, text.left(size));
            const TeamNotes notes(path);
            QCOMPARE(notes.problem().has_value(), size < text.size());
        }
        QCOMPARE(TeamNotes(path).note(QStringLiteral("a.b")).links.size(), 1);
    }

    void onlyPagesAreOpened()
    {
        for (const char* url : {"https://wiki.local/x", "http://10.0.0.1:8080/"})
            QVERIFY2(TeamNotes::opens({.title = {}, .url = QLatin1String(url)}), url);
        for (const char* url : {"", "wiki.local", "file:///etc/shadow", "javascript:alert(1)", "https://", "ssh://root@node", "data:text/html,x"})
            QVERIFY2(!TeamNotes::opens({.title = {}, .url = QLatin1String(url)}), url);
        QVERIFY(!TeamNotes::opens({.title = {}, .url = QStringLiteral("https://wiki.local/x"), .dead = true}));
    }

    void aPastedErrorFindsItsGuide_data()
    {
        QTest::addColumn<QString>("pasted");
        QTest::addColumn<QString>("guide");
        QTest::newRow("PLEG") << QStringLiteral("kubelet: skipping pod synchronization - PLEG is not healthy: pleg was last seen active 3m5s ago; threshold is 3m0s") << QStringLiteral("pleg");
        QTest::newRow("refused") << QStringLiteral("The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?") << QStringLiteral("apiserver");
        QTest::newRow("full-width") << QString::fromUtf8("错误：ＰＬＥＧ is not healthy：pleg was last seen active 3m5s ago") << QStringLiteral("pleg");
    }

    void aPastedErrorFindsItsGuide()
    {
        QFETCH(QString, pasted);
        QFETCH(QString, guide);
        const QList<PasteProposal> found = proposalsFor(pasted, known().index, known().catalogue, known().library, Language::English);
        QVERIFY(!found.isEmpty());
        bool some = false;
        for (const PasteProposal& one : found) {
            some = some || one.playbook.contains(guide) || one.finding.contains(guide);
            QVERIFY(!one.title.isEmpty());
            QVERIFY(one.litFrom >= 0 && one.litFrom + one.litLength <= one.around.size());
            QVERIFY(one.around.isEmpty() || one.litLength > 0);
        }
        QVERIFY2(some, qPrintable(found.front().playbook + u' ' + found.front().finding));
    }

    void hostileTextFindsNothingAndBreaksNothing()
    {
        const QString texts[] = {QString(), QStringLiteral(" "), QString(70000, u'a'), QString(QChar(0xd800)), QStringLiteral("((((((((((((("), QString::fromUtf8("😀").repeated(5000)};
        for (const QString& text : texts)
            for (const PasteProposal& one : proposalsFor(text, known().index, known().catalogue, known().library, Language::Chinese))
                QVERIFY(one.litFrom + one.litLength <= one.around.size());
    }

    void theSearchRunsBesideTheScreen()
    {
        PasteSearch search(known().catalogue, known().library);
        QSignalSpy found(&search, &PasteSearch::found);
        search.search(QStringLiteral("PLEG is not"), Language::English);
        search.search(QStringLiteral("PLEG is not healthy"), Language::English);
        QTRY_COMPARE(found.size(), 1); // of the newest only
        QCOMPARE(found[0][0].toString(), QStringLiteral("PLEG is not healthy"));
        QVERIFY(!found[0][1].value<QList<PasteProposal>>().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestNotes)
#include "tst_notes.moc"
