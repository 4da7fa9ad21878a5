// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/path_view.h"

#include "diagnostics/collect/language.h"
#include "diagnostics/collect/session.h"
#include "diagnostics/playbooks/loader.h"
#include "tests/window/path_stage.h"
#include "widgets/packetpath/chain_map.h"
#include "widgets/packetpath/chains_page.h"
#include "widgets/packetpath/ipvs_model.h"
#include "widgets/packetpath/ipvs_page.h"
#include "widgets/packetpath/path_canvas.h"
#include "widgets/packetpath/path_page.h"
#include "widgets/packetpath/path_painter.h"
#include "widgets/packetpath/path_words.h"
#include "widgets/packetpath/query_bar.h"
#include "widgets/packetpath/rules_model.h"
#include "widgets/packetpath/step_panel.h"
#include "widgets/theme/theme.h"

#include <QLineEdit>
#include <QPainter>
#include <QScrollBar>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace medic;
using namespace medic::packetpath;

/// The path view on a recorded incident. With MEDIC_PICTURES set to a folder, every picture is saved there.
class PathViewTest final : public QObject
{
    Q_OBJECT

    struct Stage {
        theme::Theme theme {theme::Mode::Light};
        collect::Session session;
        Catalogue catalogue;
        playbooks::Library library;
        std::unique_ptr<PathView> view;

        void ask(const char* query)
        {
            QSignalSpy shown(view.get(), &PathView::answerShown);
            QVERIFY(view->open({.view = QStringLiteral("path"), .key = QString::fromUtf8(query), .detail = {}}));
            QTRY_COMPARE_WITH_TIMEOUT(shown.size(), 1, 10000);
        }
    };

    QTemporaryDir m_folder;
    std::unique_ptr<Stage> m_stage;

    [[nodiscard]] PathPage* page() const { return m_stage->view->page(); }

    void picture(const char* name) const
    {
        const QString folder = qEnvironmentVariable("MEDIC_PICTURES");
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents();
        if (!folder.isEmpty())
            QVERIFY(m_stage->view->grab().save(QStringLiteral("%1/%2.png").arg(folder, QLatin1String(name))));
    }

    [[nodiscard]] QString mistake() const { return m_stage->view->findChild<QLineEdit*>(QStringLiteral("pathQuery"))->accessibleDescription(); }

    [[nodiscard]] PathLayout::Spot rowOf(const std::string& chain, int rule) const
    {
        for (const auto& stop : page()->canvas()->layout().stops())
            if (const TraceStep* step = page()->canvas()->stepOf(stop); step && step->chain == chain && step->rule == rule)
                return stop;
        return {};
    }

private Q_SLOTS:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_folder.path());
        QVERIFY(pathstage::write(m_folder.filePath(QStringLiteral("packets.medic"))));
        QVERIFY(pathstage::write(m_folder.filePath(QStringLiteral("cluster.medic")), pathstage::With::Node3));
    }

    void init()
    {
        m_stage = std::make_unique<Stage>();
        m_stage->view = std::make_unique<PathView>(ViewContext {&m_stage->session, &m_stage->catalogue, &m_stage->library});
        m_stage->view->resize(1192, 700);
        m_stage->view->show();
        const auto opened = m_stage->session.openIncident(m_folder.filePath(QStringLiteral("packets.medic")));
        QVERIFY(opened.has_value());
    }

    void cleanup()
    {
        setLanguage(Language::English);
        m_stage.reset();
    }

    void aServiceWithThreeEndpoints()
    {
        m_stage->ask("pod web-0 -> svc default/api:80");
        const auto& answer = page()->answer();
        QVERIFY(answer);
        QCOMPARE(answer->query.node, std::string("node-1"));
        QCOMPARE(int(answer->trace.branches.size()), 3);
        QCOMPARE(int(page()->canvas()->layout().ends.size()), 3);
        const QString words = page()->words();
        QVERIFY2(words.contains(QLatin1String("1/3")), qPrintable(words));
        QVERIFY2(words.contains(QLatin1String("do not get through")), qPrintable(words));
        QVERIFY(!page()->panel()->isVisible());
        picture("service");
        page()->canvas()->choose(rowOf("KUBE-SEP-BBBBBBBBBBBBBBBB", 2));
        QVERIFY(page()->panel()->isVisible());
        picture("service-details");
        QVERIFY(m_stage->view->stepBack());
        QVERIFY(!page()->panel()->isVisible());
    }

    void theReply()
    {
        m_stage->ask("pod web-0 -> svc default/api:80");
        page()->showAcross(false);
        page()->showReply();
        QCOMPARE(int(page()->canvas()->tree().starts.size()), 2); // the third never arrived
        QVERIFY(!page()->words().isEmpty());
        picture("reply");
    }

    void aHostPortUnderIpvs()
    {
        if (!QFile::exists(QStringLiteral(MEDIC_TEST_DATA "/netfilter/ipvs-node/iptables-save.txt")))
            QSKIP("the IPVS node's dump is not in this tree");
        m_stage->ask("node node-2 -> 127.0.0.1:30080");
        QVERIFY2(page()->words().contains(QLatin1String("Taken away")), qPrintable(page()->words()));
        picture("theft");
    }

    void whatIfTheThiefWereNotThere()
    {
        if (!QFile::exists(QStringLiteral(MEDIC_TEST_DATA "/netfilter/ipvs-node/iptables-save.txt")))
            QSKIP("the IPVS node's dump is not in this tree");
        m_stage->ask("node node-2 -> 127.0.0.1:30080");
        const TraceStep* thief = page()->canvas()->stepOf(rowOf("CNI-HOSTPORT-DNAT", 2));
        QVERIFY(thief);
        const TraceStep step = *thief;
        QSignalSpy shown(m_stage->view.get(), &PathView::answerShown);
        Q_EMIT page()->withoutWanted(step);
        QTRY_COMPARE_WITH_TIMEOUT(shown.size(), 1, 10000);
        QVERIFY(!page()->answer()->changed.empty());
        QVERIFY(!page()->answer()->outcomes.empty());
        QVERIFY(!page()->answer()->commands.empty());
        QVERIFY2(!page()->words().contains(QLatin1String("Taken away")), qPrintable(page()->words()));
        picture("what-if");
        Q_EMIT page()->asItIsWanted();
        QTRY_COMPARE_WITH_TIMEOUT(shown.size(), 2, 10000);
        QVERIFY(page()->answer()->changed.empty());
        QVERIFY(page()->words().contains(QLatin1String("Taken away")));
    }

    void acrossNodes()
    {
        QVERIFY(m_stage->session.openIncident(m_folder.filePath(QStringLiteral("cluster.medic"))).has_value());
        m_stage->ask("pod web-0 -> pod api-1:8080");
        QVERIFY(page()->answer()->across.has_value());
        QCOMPARE(&page()->shown(), &page()->answer()->joined);
        const PathLayout& layout = page()->canvas()->layout();
        QCOMPARE(int(layout.nodes.size()), 2);
        QCOMPARE(layout.nodes[0].line.text, QStringLiteral("node-1"));
        QCOMPARE(layout.nodes[1].line.text, QStringLiteral("node-3"));
        QVERIFY(layout.nodes[0].rect.right() < layout.nodes[1].rect.left());
        QVERIFY2(page()->words().contains(QStringLiteral("node-1 → VXLAN → node-3")), qPrintable(page()->words()));
        QVERIFY2(page()->words().contains(QLatin1String("pod default/api-1")), qPrintable(page()->words()));
        QCOMPARE(page()->canvas()->layout().ends.front().verdict, Verdict::Ok);
        picture("across");
        page()->showReply();
        QCOMPARE(int(page()->canvas()->layout().nodes.size()), 2);
        QCOMPARE(page()->canvas()->layout().nodes[0].line.text, QStringLiteral("node-3"));
        picture("across-reply");
        // Rules of the other node are told from its own dump.
        page()->showRequest();
        for (const auto& stop : page()->canvas()->layout().stops())
            if (const TraceStep* step = page()->canvas()->stepOf(stop); step && step->hook == "FORWARD@node-3" && step->rule > 0) {
                QCOMPARE(page()->answer()->nameOfNode(*step), std::string("node-3"));
                QVERIFY(page()->answer()->nodeOf(*step));
            }
        page()->showAcross(false);
        QVERIFY(page()->canvas()->layout().nodes.isEmpty());
    }

    void lostOnTheOtherNode()
    {
        QVERIFY(m_stage->session.openIncident(m_folder.filePath(QStringLiteral("cluster.medic"))).has_value());
        m_stage->ask("pod web-0 -> pod api-1:9090");
        QCOMPARE(page()->canvas()->layout().ends.front().verdict, Verdict::Failure);
        QVERIFY2(page()->words().contains(QLatin1String("node-3")), qPrintable(page()->words()));
        QVERIFY2(page()->words().contains(QLatin1String("dropped")), qPrintable(page()->words()));
        picture("across-dropped");
    }

    void aServiceAcrossNodes()
    {
        QVERIFY(m_stage->session.openIncident(m_folder.filePath(QStringLiteral("cluster.medic"))).has_value());
        m_stage->ask("pod web-0 -> svc default/api:80");
        QCOMPARE(int(page()->canvas()->layout().ends.size()), 3);
        picture("across-service");
    }

    void aNodePortFromOutside()
    {
        QVERIFY(m_stage->session.openIncident(m_folder.filePath(QStringLiteral("cluster.medic"))).has_value());
        m_stage->ask("203.0.113.5 -> 192.168.0.1:30080");
        QCOMPARE(page()->answer()->query.node, std::string("node-1"));
        QVERIFY(page()->answer()->across.has_value());
        page()->showReply();
        picture("across-nodeport-reply");
    }

    void aNodeThatWasNotCollected()
    {
        m_stage->ask("pod web-0 -> pod api-1:8080");
        QVERIFY(page()->answer()->across.has_value());
        QCOMPARE(page()->canvas()->layout().ends.front().verdict, Verdict::Unknown);
        QVERIFY2(page()->words().contains(QLatin1String("unknown beyond here")), qPrintable(page()->words()));
        picture("across-unknown");
    }

    void aDroppedPacket()
    {
        m_stage->ask("203.0.113.5 -> 203.0.113.6:25 on node-1");
        QCOMPARE(page()->answer()->trace.branches.front().disposition, Disposition::Dropped);
        QVERIFY2(page()->words().contains(QLatin1String("policy")), qPrintable(page()->words()));
        QCOMPARE(page()->canvas()->layout().ends.front().verdict, Verdict::Failure);
        picture("dropped");
    }

    void aRejectedPacket()
    {
        m_stage->ask("192.168.0.9 -> node node-1:23");
        QCOMPARE(page()->answer()->trace.branches.front().disposition, Disposition::Rejected);
        picture("rejected");
    }

    void anUndecidableOne()
    {
        m_stage->ask("pod web-0 -> 10.244.2.9:9999");
        QVERIFY2(page()->words().contains(QLatin1String("ipsets were not collected")), qPrintable(page()->words()));
        QCOMPARE(int(page()->answer()->trace.branches.size()), 2);
        page()->canvas()->choose(rowOf("blocklist", 1));
        picture("undecidable");
    }

    void passedOverRules()
    {
        m_stage->ask("pod web-0 -> svc default/api:80");
        for (auto* button : page()->findChildren<QToolButton*>())
            if (button->text() == QLatin1String("Passed-over rules"))
                button->click();
        QTRY_VERIFY_WITH_TIMEOUT(page()->answer()->query.packet.passedOver, 5000);
        const auto spot = rowOf("KUBE-SERVICES", 1);
        QVERIFY(spot.passed >= 0);
        page()->canvas()->choose(spot);
        picture("passed-over");
    }

    void whatIsNotUnderstoodIsSaid()
    {
        m_stage->ask("pod nobody -> svc default/api:80");
        QCOMPARE(mistake(), QStringLiteral("There is no Pod “nobody”."));
        m_stage->ask("pod web-0 -> svc default/apis");
        QVERIFY(mistake().contains(QLatin1String("svc default/api")));
        m_stage->ask("pod web-0 -> svc default/api:80");
        QVERIFY(mistake().isEmpty());
    }

    void theNewestQueryWins()
    {
        QSignalSpy shown(m_stage->view.get(), &PathView::answerShown);
        for (int i = 1; i <= 50; ++i)
            m_stage->view->open({.view = QStringLiteral("path"), .key = QStringLiteral("pod web-0 -> 10.244.2.9:%1").arg(i), .detail = {}});
        QTRY_VERIFY_WITH_TIMEOUT(page()->answer() && page()->answer()->query.packet.dport == 50, 10000);
        QVERIFY(shown.size() < 50);
    }

    void keyboardWalksThrough()
    {
        m_stage->ask("pod web-0 -> svc default/api:80");
        PathCanvas* canvas = page()->canvas();
        canvas->setFocus();
        QTest::keyClick(canvas, Qt::Key_Down);
        QCOMPARE(canvas->chosen(), canvas->layout().stops().front());
        QTest::keyClick(canvas, Qt::Key_Down);
        QCOMPARE(canvas->chosen(), canvas->layout().stops().at(1));
        QTest::keyClick(canvas, Qt::Key_Right);
        QVERIFY(canvas->layout().rectOf(canvas->chosen()).left() > canvas->layout().rectOf(canvas->layout().stops().front()).left());
        const double before = canvas->zoom();
        QTest::keyClick(canvas, Qt::Key_Plus);
        QVERIFY(canvas->zoom() > before);
        QTest::keyClick(canvas, Qt::Key_1);
        QCOMPARE(canvas->zoom(), 1.0);
        QVERIFY(!canvas->accessibleDescription().isEmpty());
    }

    void theRulesAsAMap()
    {
        m_stage->ask("pod web-0 -> svc default/api:80");
        QSignalSpy ready(m_stage->view->chains(), &ChainsPage::bookReady);
        m_stage->view->showTab(PathView::ChainsTab);
        QTRY_VERIFY_WITH_TIMEOUT(!ready.isEmpty(), 10000);
        ChainsPage* chains = m_stage->view->chains();
        QCOMPARE(int(chains->book()->ruleCount()), 31);
        QVERIFY(!chains->map()->layout().cells.isEmpty());
        Q_EMIT page()->chainWanted(*page()->canvas()->stepOf(rowOf("KUBE-SERVICES", 2)));
        QCOMPARE(chains->model()->rowCount(), 3);
        QVERIFY(chains->model()->index(1, 0).data(RulesModel::MetRole).toBool());
        QVERIFY(!chains->model()->index(0, 0).data(RulesModel::MetRole).toBool());
        picture("rules");
        // The map zooms, and what is under the pointer stays what it is.
        ChainMap* map = chains->map();
        const auto cell = map->layout().cells.front();
        QSignalSpy clicked(map, &ChainMap::chainWanted);
        for (const double zoom : {1.0, 1.5, 0.7}) {
            map->setZoom(zoom);
            map->verticalScrollBar()->setValue(0);
            map->horizontalScrollBar()->setValue(0);
            QTest::mouseClick(map->viewport(), Qt::LeftButton, {}, (cell.rect.center() * zoom).toPoint());
            QCOMPARE(clicked.size(), 1);
            QVERIFY(clicked.takeFirst().front().value<RuleRef>() == cell.chain);
        }
        QTest::keyClick(map, Qt::Key_0);
        QCOMPARE(map->zoom(), 1.0);
        Q_EMIT page()->chainWanted(*page()->canvas()->stepOf(rowOf("KUBE-SERVICES", 2)));
        // A jump is followed, Esc comes back.
        Q_EMIT chains->table()->clicked(chains->model()->index(1, RulesModel::Target));
        QCOMPARE(chains->model()->rowCount(), 4);
        QVERIFY(m_stage->view->stepBack());
        QCOMPARE(chains->model()->rowCount(), 3);
        QSignalSpy found(chains, &ChainsPage::searchDone);
        chains->search(QStringLiteral("10.244.2.9"));
        QTRY_COMPARE_WITH_TIMEOUT(found.size(), 1, 5000);
        QVERIFY(chains->model()->isSearch());
        QVERIFY(chains->model()->rowCount() >= 3);
        picture("rules-search");
        QVERIFY(m_stage->view->stepBack());
        QVERIFY(!chains->model()->isSearch());
    }

    void ipvsAsATree()
    {
        if (!QFile::exists(QStringLiteral(MEDIC_TEST_DATA "/netfilter/ipvs-node/ipvsadm-Sn.txt")))
            QSKIP("the IPVS node's dump is not in this tree");
        m_stage->ask("node node-2 -> 127.0.0.1:30080");
        m_stage->view->showTab(PathView::IpvsTab);
        QTRY_VERIFY_WITH_TIMEOUT(m_stage->view->ipvs()->model()->rowCount() > 0, 5000);
        picture("ipvs");
    }

    void theDumpLineIsFound()
    {
        m_stage->ask("pod web-0 -> svc default/api:80");
        QSignalSpy wanted(m_stage->view.get(), &View::evidenceWanted);
        const TraceStep* step = page()->canvas()->stepOf(rowOf("KUBE-SERVICES", 2));
        QVERIFY(step);
        Q_EMIT page()->dumpWanted(*step);
        QCOMPARE(wanted.size(), 1);
        const auto evidence = wanted.front().front().value<Evidence>();
        QCOMPARE(evidence.observation->node, std::string("node-1"));
        QCOMPARE(int(evidence.lines.size()), 1);
    }

    void exportsAsSvgAndPng()
    {
        m_stage->ask("pod web-0 -> svc default/api:80");
        for (const char* name : {"path.svg", "path.png"}) {
            const QString file = m_folder.filePath(QLatin1String(name));
            QVERIFY(page()->exportTo(file));
            QVERIFY(QFile(file).size() > 5000);
        }
        QVERIFY(pathstage::file(m_folder.filePath(QStringLiteral("path.svg"))).contains("<svg"));
        QVERIFY(!page()->exportTo(QStringLiteral("/nonexistent/path.png")));
        QImage image(1000, 800, QImage::Format_RGB32);
        image.fill(Qt::white);
        QPainter painter(&image);
        const qreal height = paintPath(painter, QRectF(0, 0, 1000, 800), page()->answer()->query, page()->answer()->trace);
        QVERIFY(height > 100 && height <= 801);
        if (const QString folder = qEnvironmentVariable("MEDIC_PICTURES"); !folder.isEmpty())
            QVERIFY(image.save(folder + QStringLiteral("/report.png")));
    }

    void bothLanguagesAndThemes_data()
    {
        QTest::addColumn<bool>("chinese");
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QSize>("size");
        QTest::newRow("en-light") << false << false << QSize(1192, 700);
        QTest::newRow("zh-light") << true << false << QSize(1192, 700);
        QTest::newRow("en-dark") << false << true << QSize(1192, 700);
        QTest::newRow("zh-dark") << true << true << QSize(1192, 700);
        QTest::newRow("en-light-large") << false << false << QSize(1832, 980);
        QTest::newRow("zh-dark-large") << true << true << QSize(1832, 980);
    }

    void bothLanguagesAndThemes()
    {
        QFETCH(bool, chinese);
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        theme::Theme theme(dark ? theme::Mode::Dark : theme::Mode::Light);
        m_stage->view->resize(size);
        setLanguage(chinese ? Language::Chinese : Language::English);
        QCoreApplication::processEvents();
        QVERIFY(m_stage->session.openIncident(m_folder.filePath(QStringLiteral("cluster.medic"))).has_value());
        struct Scene {
            const char* name;
            const char* query;
            bool across;
        };
        const Scene scenes[] {{"service", "pod web-0 -> svc default/api:80", false}, {"theft", "node node-2 -> 127.0.0.1:30080", false},
                              {"dropped", "203.0.113.5 -> 203.0.113.6:25 on node-1", false}, {"undecidable", "pod web-0 -> 10.244.2.9:9999", false},
                              {"across", "pod web-0 -> pod api-1:8080", true}, {"across-service", "pod web-0 -> svc default/api:80", true},
                              {"across-dropped", "pod web-0 -> pod api-1:9090", true}};
        for (const auto& [name, query, across] : scenes) {
            m_stage->ask(query);
            if (page()->answer() == nullptr)
                continue;
            page()->showAcross(across);
            if (qstrcmp(name, "undecidable") == 0)
                page()->canvas()->choose(rowOf("blocklist", 1));
            QVERIFY(!page()->words().isEmpty());
            picture(qPrintable(QLatin1String(name) + u'-' + QLatin1String(QTest::currentDataTag())));
        }
    }
};

QTEST_MAIN(PathViewTest)
#include "tst_path_view.moc"
