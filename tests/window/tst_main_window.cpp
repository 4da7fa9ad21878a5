// SPDX-License-Identifier: GPL-3.0-or-later
// The window as the engineer uses it: an incident opened, its nodes and findings, the evidence; by keyboard alone; in both
// languages, with nothing cut off and nothing left untranslated; a live cluster with hanging and refusing nodes.
#include "tests/window/source_words.h"
#include "tests/window/window_stage.h"
#include "widgets/models/findings_model.h"
#include "widgets/models/nodes_model.h"
#include "widgets/panels/evidence_drawer.h"
#include "widgets/panels/evidence_excerpt.h"
#include "widgets/panels/finding_panel.h"
#include "widgets/panels/knowledge_panel.h"
#include "widgets/panels/node_panel.h"
#include "widgets/panels/output_view.h"
#include "widgets/views/findings_view.h"
#include "widgets/views/knowledge_view.h"
#include "widgets/views/nodes_view.h"
#include "widgets/views/start_view.h"
#include "widgets/window/command_palette.h"
#include "widgets/window/recent_incidents.h"
#include "widgets/window/status_strip.h"

#include <QButtonGroup>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QListWidget>
#include <QMimeData>
#include <QPushButton>
#include <QRadioButton>
#include <QSet>
#include <QSignalSpy>
#include <QSplitter>
#include <QTreeView>

#include <algorithm>
#include <cstdlib>

using namespace medic;

namespace {

constexpr const char* views[] = {"start", "nodes", "findings", "path", "guide", "report", "knowledge"};

QString hostileName() { return QStringLiteral("<img src=x>&\u202eevil\x1b[31m"); }

} // namespace

class TestMainWindow final : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_home;

private Q_SLOTS:
    void initTestCase() { WindowStage::useOwnHome(m_home); }
    void init() { QSettings().clear(); }

    void fromAFileToTheLineThatProvesIt()
    {
        WindowStage stage;
        QVERIFY(stage.open(stage.recording({"node-1", "node-2", "node-10"})));
        auto* findings = stage.find<FindingsView>();
        QCOMPARE(stage.window->currentView(), findings);
        QTRY_VERIFY(!stage.session.findings().empty());
        QTRY_VERIFY(findings->panel()->finding());
        QCOMPARE(findings->panel()->finding()->id(), std::string("node.disk-full"));
        // Three nodes, one sentence.
        const QModelIndex group = findings->model()->indexOf(findings->panel()->finding()->key()).parent();
        QVERIFY(group.isValid());
        QCOMPARE(findings->model()->groupSize(group), 3);
        const auto excerpts = findings->panel()->findChildren<EvidenceExcerpt*>();
        QVERIFY(!excerpts.isEmpty());
        QVERIFY(!stage.window->drawer()->isVisible());
        QTest::mouseClick(excerpts.front(), Qt::LeftButton);
        QVERIFY(stage.window->drawer()->isVisible());
        QCOMPARE(stage.window->drawer()->observation()->probe, std::string("df"));
        QCOMPARE(stage.window->drawer()->view()->output().lines(), 2);
        WindowStage::picture(stage.window.get(), QStringLiteral("test-findings-drawer"));

        QVERIFY(stage.window->go({.view = QStringLiteral("nodes"), .key = QStringLiteral("node-2"), .detail = {}}));
        QVERIFY(stage.find<NodePanel>()->isVisible());
        QCOMPARE(stage.find<NodePanel>()->node(), QStringLiteral("node-2"));
        QVERIFY(!stage.window->go({.view = QStringLiteral("nodes"), .key = QStringLiteral("node-77"), .detail = {}}));
        QVERIFY(!stage.window->go({.view = QStringLiteral("nowhere"), .key = {}, .detail = {}}));

        QSettings settings;
        const auto recent = recentIncidents(settings);
        QCOMPARE(recent.size(), 1);
        QVERIFY(recent.front().failures > 0);
        QCOMPARE(recent.front().title, QStringLiteral("Disk full at night"));
    }

    void aFileThatCannotBeReadCostsNothing()
    {
        WindowStage stage;
        const QString good = stage.recording({"node-1"});
        QVERIFY(stage.open(good));
        QFile bad(stage.folder.filePath(QStringLiteral("bad.medic")));
        QVERIFY(bad.open(QIODevice::WriteOnly));
        bad.write("this is no incident");
        bad.close();
        QVERIFY(!stage.open(bad.fileName()));
        QVERIFY(!stage.open(stage.folder.filePath(QStringLiteral("absent.medic"))));
        QVERIFY(stage.session.isOpen());
        QCOMPARE(QString::fromStdString(stage.session.incident()->path().string()), good);
    }

    void aFileIsDropped()
    {
        WindowStage stage;
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(stage.recording({"node-1"}))});
        QDragEnterEvent enter(QPoint(400, 400), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(stage.window.get(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(400, 400), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(stage.window.get(), &drop);
        QTRY_VERIFY(stage.session.isOpen());
    }

    void byKeyboardAlone()
    {
        WindowStage stage;
        QVERIFY(stage.open(stage.recording({"node-1", "node-2"})));
        QTRY_VERIFY(!stage.session.findings().empty());
        MainWindow* window = stage.window.get();
        for (int i = 0; i < int(std::size(views)); ++i) {
            QTest::keyClick(window, Qt::Key(Qt::Key_1 + i), Qt::AltModifier);
            QCOMPARE(window->currentView()->id(), QLatin1String(views[i]));
        }
        QTest::keyClick(window, Qt::Key_K, Qt::ControlModifier);
        CommandPalette* palette = window->palettePopup();
        QVERIFY(palette->isVisible());
        QTest::keyClicks(palette->field(), QStringLiteral("node-2"));
        QVERIFY(palette->list()->count() > 0);
        WindowStage::picture(window, QStringLiteral("test-palette"));
        QTest::keyClick(palette->field(), Qt::Key_Return);
        QVERIFY(!palette->isVisible());
        QCOMPARE(window->currentView()->id(), QStringLiteral("nodes"));
        QCOMPARE(stage.find<NodePanel>()->node(), QStringLiteral("node-2"));
        QTest::keyClick(window, Qt::Key_F9);
        QVERIFY(window->drawer()->isVisible());
        QTest::keyClick(window, Qt::Key_Escape); // the drawer, which has the focus
        QVERIFY(!window->drawer()->isVisible());
        QTest::keyClick(window, Qt::Key_Escape); // the node
        QVERIFY(!stage.find<NodePanel>()->isVisible());
        QTest::keyClick(window, Qt::Key_F, Qt::ControlModifier);
        auto* field = qobject_cast<QLineEdit*>(QApplication::focusWidget());
        QVERIFY(field);
        QTest::keyClicks(field, QStringLiteral("node-2"));
        auto* nodes = stage.find<NodesView>();
        const QTreeView* table = nullptr;
        for (const QTreeView* one : nodes->findChildren<QTreeView*>())
            if (one->accessibleName() == QLatin1String("Nodes"))
                table = one;
        QVERIFY(table);
        QCOMPARE(table->model()->rowCount(), 1);
        QTest::keyClick(window, Qt::Key_Escape);
        QCOMPARE(table->model()->rowCount(), 3);
        QTest::keyClick(window, Qt::Key_Escape); // back to where Ctrl+K was pressed
        QCOMPARE(window->currentView()->id(), QStringLiteral("knowledge"));
        // Esc more often than there are places breaks nothing.
        for (int i = 0; i < 20; ++i)
            QTest::keyClick(window, Qt::Key_Escape);
        QTest::keyClick(window, Qt::Key_F5); // a recording: says so
        QVERIFY(!stage.session.sweeping());
    }

    void aPastedErrorLeadsToItsGuide()
    {
        WindowStage stage;
        auto* start = stage.find<StartView>();
        QVERIFY(start);
        QTest::keyClicks(start->pasteField(), QStringLiteral("PLEG is not healthy: pleg was last seen active 3m5s ago"));
        const auto guides = [start] {
            int count = 0;
            for (const QAbstractButton* one : start->findChildren<QAbstractButton*>())
                count += one->accessibleName().contains(QLatin1String("PLEG"));
            return count;
        };
        QTRY_VERIFY(guides() > 0);
        WindowStage::picture(stage.window.get(), QStringLiteral("test-start-paste"));
        QTRY_VERIFY((QTest::keyClick(start->pasteField(), Qt::Key_Return), stage.window->currentView()->id() == QLatin1String("guide")));
        // There is nothing to look at yet; with an incident the guide begins by itself.
        QVERIFY(stage.open(stage.recording({"node-1"})));
        QCOMPARE(stage.window->currentView()->id(), QStringLiteral("guide"));
        QTest::keyClick(stage.window.get(), Qt::Key_K, Qt::ControlModifier);
        stage.window->palettePopup()->field()->setText(QStringLiteral("The connection to the server 10.0.0.1:6443 was refused"));
        QTRY_VERIFY(stage.window->palettePopup()->list()->count() > 0);
        WindowStage::picture(stage.window.get(), QStringLiteral("test-palette-paste"));
    }

    void knowledgeWithTheTeamsOwn()
    {
        WindowStage stage;
        QVERIFY(stage.window->go({.view = QStringLiteral("knowledge"), .key = QStringLiteral("node.disk-full"), .detail = {}}));
        auto* view = stage.find<KnowledgeView>();
        KnowledgePanel* panel = view->panel();
        QCOMPARE(panel->id(), QStringLiteral("node.disk-full"));
        panel->titleEdit()->setText(hostileName());
        panel->urlEdit()->setText(QStringLiteral("javascript:alert(1)"));
        QTest::mouseClick(panel->addButton(), Qt::LeftButton);
        QVERIFY(stage.notes.note(QStringLiteral("node.disk-full")).empty());
        panel->urlEdit()->setText(QStringLiteral("https://wiki.local/disk"));
        panel->noteEdit()->setPlainText(QStringLiteral("ask storage first <b>8-1234</b>"));
        QTest::mouseClick(panel->addButton(), Qt::LeftButton);
        QTRY_COMPARE(stage.notes.note(QStringLiteral("node.disk-full")).links.size(), 1);
        QCOMPARE(stage.notes.note(QStringLiteral("node.disk-full")).text, QStringLiteral("ask storage first <b>8-1234</b>"));
        WindowStage::picture(stage.window.get(), QStringLiteral("test-knowledge"));
        // Beside the finding too, where it is needed.
        QVERIFY(stage.open(stage.recording({"node-1"})));
        auto* findings = stage.find<FindingsView>();
        QTRY_VERIFY(findings->panel()->finding());
        bool shown = false;
        for (const QLabel* label : findings->panel()->findChildren<QLabel*>())
            shown = shown || label->text() == QLatin1String("ask storage first <b>8-1234</b>");
        QVERIFY(shown);
    }

    void hostileNamesAreTextEverywhere()
    {
        WindowStage stage;
        QVERIFY(stage.open(stage.recording({hostileName().toStdString(), "node-1"}, hostileName().toStdString())));
        QTRY_VERIFY(!stage.session.findings().empty());
        for (const char* view : views) {
            QVERIFY(stage.window->go({.view = QLatin1String(view), .key = {}, .detail = {}}));
            QCoreApplication::processEvents();
            for (QWidget* one : stage.window->findChildren<QWidget*>()) {
                const QString tip = one->toolTip();
                QVERIFY2(!tip.contains(QLatin1String("<img")), qPrintable(tip));
                if (const auto* label = qobject_cast<QLabel*>(one))
                    QVERIFY2(label->textFormat() == Qt::PlainText || !label->text().contains(QLatin1String("<img")), qPrintable(label->text()));
                for (const QString& words : wordsOf(one))
                    QVERIFY2(!words.contains(QChar(0x202e)) && !words.contains(QChar(0x1b)), qPrintable(words));
            }
        }
        QVERIFY(stage.window->go({.view = QStringLiteral("nodes"), .key = hostileName(), .detail = {}}));
        WindowStage::picture(stage.window.get(), QStringLiteral("test-hostile-node"));
    }

    void nothingIsCutOff_data()
    {
        QTest::addColumn<bool>("chinese");
        QTest::addColumn<bool>("open");
        QTest::newRow("English, empty") << false << false;
        QTest::newRow("Chinese, empty") << true << false;
        QTest::newRow("English") << false << true;
        QTest::newRow("Chinese") << true << true;
    }

    void nothingIsCutOff()
    {
        QFETCH(bool, chinese);
        QFETCH(bool, open);
        WindowStage stage(chinese ? Language::Chinese : Language::English);
        if (open) {
            QVERIFY(stage.open(stage.recording({"node-1", "node-2"})));
            QTRY_VERIFY(!stage.session.findings().empty());
        }
        QStringList wrong;
        const auto look = [&](const QString& where) {
            for (int i = 0; i < 3; ++i)
                QCoreApplication::processEvents();
            for (const QWidget* one : stage.visible())
                if (const QString what = clipped(one); !what.isEmpty())
                    wrong << where + QStringLiteral(": ") + what;
        };
        for (const char* view : views) {
            QVERIFY(stage.window->go({.view = QLatin1String(view), .key = {}, .detail = {}}));
            look(QLatin1String(view));
        }
        if (open) {
            QVERIFY(stage.window->go({.view = QStringLiteral("nodes"), .key = QStringLiteral("node-1"), .detail = {}}));
            look(QStringLiteral("node"));
            stage.window->toggleDrawer();
            look(QStringLiteral("drawer"));
        }
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
    }

    void everyWordIsTranslatedAtOnce()
    {
        const SourceWords known;
        QVERIFY(known.size() > 200);
        WindowStage stage;
        QVERIFY(stage.open(stage.recording({"node-1"}, "disk full")));
        QTRY_VERIFY(!stage.session.findings().empty());
        for (const char* view : views)
            QVERIFY(stage.window->go({.view = QLatin1String(view), .key = {}, .detail = {}}));
        QVERIFY(stage.window->go({.view = QStringLiteral("nodes"), .key = QStringLiteral("node-1"), .detail = {}}));
        stage.window->toggleDrawer();
        QVERIFY(stage.window->go({.view = QStringLiteral("command"), .key = QStringLiteral("language"), .detail = {}}));
        QCOMPARE(currentLanguage(), Language::Chinese);
        QStringList left;
        const auto look = [&](const QString& words, const QString& where) {
            if (known.has(words))
                left << where + QStringLiteral(": ") + words;
        };
        for (const char* view : views) {
            QVERIFY(stage.window->go({.view = QLatin1String(view), .key = {}, .detail = {}}));
            QCoreApplication::processEvents();
            for (const QWidget* one : stage.visible())
                for (const QString& words : wordsOf(one))
                    look(words, QStringLiteral("%1, %2").arg(QLatin1String(view), QLatin1String(one->metaObject()->className())));
        }
        for (const QTreeView* table : stage.window->findChildren<QTreeView*>())
            for (int column = 0; table->model() && column < table->model()->columnCount(); ++column)
                look(table->model()->headerData(column, Qt::Horizontal).toString(), QStringLiteral("table"));
        left.removeDuplicates();
        QVERIFY2(left.isEmpty(), qPrintable(left.join(u'\n')));
        QVERIFY(stage.window->windowTitle().contains(QString::fromUtf8("集群医生")));
    }

    void whatWasMovedStaysWhereItWas()
    {
        QList<int> findings, window;
        const auto splitOf = [](QWidget* widget) { return widget->findChild<QSplitter*>(); };
        {
            WindowStage stage;
            QVERIFY(stage.open(stage.recording({"node-1"})));
            stage.window->toggleDrawer();
            QCoreApplication::processEvents();
            splitOf(stage.find<FindingsView>())->setSizes({300, 900});
            splitOf(stage.window.get())->setSizes({700, 500});
            QCoreApplication::processEvents();
            findings = splitOf(stage.find<FindingsView>())->sizes();
            window = splitOf(stage.window.get())->sizes();
            QVERIFY(stage.window->close());
        }
        WindowStage stage;
        QVERIFY(stage.open(stage.recording({"node-1"})));
        stage.window->toggleDrawer();
        QCoreApplication::processEvents();
        const auto near = [](const QList<int>& now, const QList<int>& then) {
            return now.size() == then.size() && std::equal(now.begin(), now.end(), then.begin(), [](int a, int b) { return std::abs(a - b) <= 8; });
        };
        QVERIFY(near(splitOf(stage.find<FindingsView>())->sizes(), findings));
        QVERIFY(near(splitOf(stage.window.get())->sizes(), window));
    }

    /// Tab reaches everything that can be pressed, on every page, and comes back.
    void everyButtonIsReachedByTab()
    {
        WindowStage stage;
        QVERIFY(stage.open(stage.recording({"node-1", "node-2"})));
        QTRY_VERIFY(!stage.session.findings().empty());
        for (const char* view : views) {
            QVERIFY(stage.window->go({.view = QLatin1String(view), .key = {}, .detail = {}}));
            QCoreApplication::processEvents();
            QSet<const QWidget*> reached;
            const QWidget* const first = QApplication::focusWidget();
            QVERIFY2(first, view);
            for (int i = 0; i < 600; ++i) {
                reached.insert(QApplication::focusWidget());
                QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
                if (QApplication::focusWidget() == first && i > 0)
                    break;
            }
            QStringList missed;
            for (const QWidget* one : stage.visible())
                if (const auto* button = qobject_cast<const QAbstractButton*>(one); button && button->isEnabled() && !reached.contains(one)
                    && button->objectName() != QLatin1String("qt_toolbar_ext_button") && !qobject_cast<const QLineEdit*>(button->parentWidget())
                    && !qobject_cast<const QRadioButton*>(button) && !(button->group() && button->group()->exclusive())) // of a group, one is reached; the arrows choose
                    missed << QStringLiteral("%1 \"%2\"").arg(QLatin1String(button->metaObject()->className()), button->text().isEmpty() ? button->toolTip() : button->text());
            QVERIFY2(missed.isEmpty(), qPrintable(QLatin1String(view) + QStringLiteral(": ") + missed.join(QStringLiteral(", "))));
        }
    }

    void lightAndDarkAtRunTime()
    {
        WindowStage stage;
        QVERIFY(stage.open(stage.recording({"node-1"})));
        QTRY_VERIFY(!stage.session.findings().empty());
        QVERIFY(stage.window->go({.view = QStringLiteral("command"), .key = QStringLiteral("theme"), .detail = {}}));
        QVERIFY(WindowStage::look().dark());
        QCoreApplication::processEvents();
        const QImage dark = stage.window->grab().toImage();
        int light = 0;
        for (int y = 0; y < dark.height(); y += 4)
            for (int x = 0; x < dark.width(); x += 4)
                light += dark.pixelColor(x, y).lightness() > 200;
        QVERIFY2(light < dark.width() * dark.height() / 16 / 20, "a surface stayed light");
        WindowStage::picture(stage.window.get(), QStringLiteral("test-dark"));
        QVERIFY(stage.window->go({.view = QStringLiteral("command"), .key = QStringLiteral("theme"), .detail = {}}));
        QVERIFY(!WindowStage::look().dark());
    }

    void aLiveClusterWithBadNodes()
    {
        WindowStage stage;
        auto source = std::make_shared<fakes::FakeSource>();
        for (int i = 1; i <= 60; ++i)
            source->names.push_back("node-" + std::to_string(i));
        source->faults = {{"node-3", fakes::FakeSource::Fault::Unreachable}, {"node-7", fakes::FakeSource::Fault::DropHalf}, {"node-9", fakes::FakeSource::Fault::Hang}};
        source->content = [](const std::string& node, const std::string& probe) {
            return probe == "df" && node == "node-5" ? WindowStage::fullDisk(98) : probe + " of " + node + "\n";
        };
        ClusterProfile profile;
        profile.name = "shop-prod";
        profile.production = true;
        QVERIFY(stage.session.openSource(source, profile, stage.folder.filePath(QStringLiteral("live.medic"))));
        QVERIFY(stage.window->go({.view = QStringLiteral("nodes"), .key = {}, .detail = {}}));
        WindowStage::picture(stage.window.get(), QStringLiteral("test-live-before"));
        QTest::keyClick(stage.window.get(), Qt::Key_F5);
        QVERIFY(stage.session.sweeping());
        const auto done = [&stage] {
            int count = 0;
            for (const auto& one : stage.session.progress())
                count += one.state == collect::NodeProgress::State::Done;
            return count;
        };
        QTRY_COMPARE_WITH_TIMEOUT(done(), 57, 20000); // everybody but the three
        auto* nodes = stage.find<NodesView>();
        QTRY_COMPARE(nodes->model()->rowCount(), 60);
        QTRY_COMPARE(Verdict(nodes->model()->index(nodes->model()->indexOf(QStringLiteral("node-3")), 0).data(VerdictRole).toInt()), Verdict::Unknown);
        WindowStage::picture(stage.window.get(), QStringLiteral("test-live-sweeping"));
        QVERIFY(stage.session.sweeping()); // node-9 hangs
        QPushButton* cancel = nullptr;
        for (QPushButton* button : stage.find<StatusStrip>()->findChildren<QPushButton*>())
            cancel = button;
        QVERIFY(cancel && cancel->isVisible());
        QElapsedTimer timer;
        timer.start();
        QTest::mouseClick(cancel, Qt::LeftButton);
        QTRY_VERIFY(!stage.session.sweeping());
        QVERIFY2(timer.elapsed() < 1000, "cancelling took longer than a second");
        QVERIFY(!cancel->isVisible());
        QTRY_COMPARE(Verdict(nodes->model()->index(nodes->model()->indexOf(QStringLiteral("node-9")), 0).data(VerdictRole).toInt()), Verdict::Unknown);
        WindowStage::picture(stage.window.get(), QStringLiteral("test-live-cancelled"));
    }
};

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
