// SPDX-License-Identifier: GPL-3.0-or-later
// The parts that pages are made of: a node's facts from recorded outputs, the heat map, the raw output, filters, buttons.
#include "diagnostics/collect/language.h"
#include "diagnostics/model/probe_ids.h"
#include "tests/widgets/things.h"
#include "widgets/charts/bars_chart.h"
#include "widgets/charts/rates_chart.h"
#include "widgets/models/node_facts.h"
#include "widgets/panels/buttons.h"
#include "widgets/panels/component_row.h"
#include "widgets/panels/empty_state.h"
#include "widgets/panels/evidence_drawer.h"
#include "widgets/panels/filter_bar.h"
#include "widgets/panels/finding_panel.h"
#include "widgets/panels/heat_map.h"
#include "widgets/panels/line_button.h"
#include "widgets/panels/output_view.h"
#include "widgets/panels/reference_line.h"
#include "widgets/panels/table_card.h"
#include "widgets/panels/tables.h"
#include "widgets/theme/theme.h"

#include <QAbstractButton>
#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace medic;

namespace {

std::string recorded(const char* name)
{
    QFile file(QStringLiteral(MEDIC_TEST_DATA "/os/") + QLatin1String(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

Snapshot recordedNode()
{
    Snapshot snapshot;
    for (const auto& [id, file] : std::initializer_list<std::pair<std::string_view, const char*>> {
             {probe::df, "df.txt"}, {probe::dfInodes, "df-i.txt"}, {probe::meminfo, "meminfo"}, {probe::pressure, "pressure"}, {probe::uname, "uname"},
             {probe::osRelease, "os-release"}, {probe::ps, "ps.txt"}, {probe::kubeletHealthz, "kubelet-healthz"}})
        snapshot.add(things::observation("node-1", std::string(id), recorded(file)));
    return snapshot;
}

NodeRow cell(const QString& name, Verdict verdict, const QString& role = QStringLiteral("worker"))
{
    NodeRow row;
    row.id = name;
    row.role = role;
    row.verdict = verdict;
    row.state = collect::NodeProgress::State::Done;
    return row;
}

} // namespace

class TestPanels final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { setLanguage(Language::English); }

    void aNodesFacts()
    {
        const NodeFacts facts = nodeFacts(recordedNode(), "node-1", {});
        QVERIFY(!facts.identity.isEmpty());
        QCOMPARE(facts.components.size(), 6);
        QVERIFY(!facts.disks.isEmpty());
        for (const QList<Bar>* bars : {&facts.disks, &facts.memory, &facts.pressure, &facts.limits})
            for (const Bar& bar : *bars) {
                QVERIFY(bar.percent >= 0 && bar.percent <= 100);
                QVERIFY(bar.observation);
                QVERIFY(!bar.value.isEmpty());
            }
        // Every component with a state has what it rests on.
        for (const ComponentFact& fact : facts.components)
            QVERIFY(fact.verdict == Verdict::Unknown || fact.evidence.observation);
    }

    void nothingCollectedIsUnknown()
    {
        const NodeFacts facts = nodeFacts(Snapshot(), "node-1", {});
        QVERIFY(facts.disks.isEmpty() && facts.memory.isEmpty() && facts.pressure.isEmpty() && facts.limits.isEmpty());
        for (const ComponentFact& fact : facts.components)
            QCOMPARE(fact.verdict, Verdict::Unknown);
    }

    void everyPrefixOfAnOutputIsSurvived()
    {
        for (const auto& [id, file] : std::initializer_list<std::pair<std::string_view, const char*>> {
                 {probe::df, "df.txt"}, {probe::meminfo, "meminfo"}, {probe::pressure, "pressure"}, {probe::kubeletHealthz, "kubelet-healthz"}, {probe::clock, "uname"}}) {
            const std::string text = recorded(file).substr(0, 1500);
            for (std::size_t size = 0; size <= text.size(); size += 3) {
                Snapshot snapshot;
                snapshot.add(things::observation("node-1", std::string(id), text.substr(0, size)));
                for (const Bar& bar : nodeFacts(snapshot, "node-1", {}).disks)
                    QVERIFY(bar.percent >= 0);
            }
        }
    }

    void aFindingOverrulesAGlance()
    {
        Snapshot snapshot = recordedNode();
        const auto of = [&](const std::vector<Finding>& findings, ComponentFact::Kind kind) { return nodeFacts(snapshot, "node-1", findings).components[int(kind)].verdict; };
        const Verdict time = of({}, ComponentFact::Kind::Time);
        QCOMPARE(of({things::finding("node.runtime-down", "node-1")}, ComponentFact::Kind::Runtime), Verdict::Failure);
        QCOMPARE(of({things::finding("node.runtime-down", "node-1")}, ComponentFact::Kind::Time), time); // "runtime" is not the time
        QCOMPARE(of({things::finding("node.clock-offset", "node-1")}, ComponentFact::Kind::Time), Verdict::Failure);
        QCOMPARE(of({things::finding("node.clock-offset", "node-2")}, ComponentFact::Kind::Time), time); // another node's
    }

    void barsTakeTheirStatesColour()
    {
        BarsChart chart;
        chart.setTitle(QStringLiteral("<b>File systems</b>"));
        const ObservationPtr from = things::observation("n", "df", "x");
        chart.setBars({{.label = QStringLiteral("/"), .percent = 97, .warnFrom = 85, .failFrom = 95, .value = QStringLiteral("97 of 100 GB"), .observation = from},
                       {.label = QStringLiteral("/"), .percent = 10, .warnFrom = 85, .failFrom = 95, .value = QStringLiteral("1 of 10 GB"), .observation = from}});
        QCOMPARE(chart.bars()[0].verdict(), Verdict::Failure);
        QCOMPARE(chart.bars()[1].verdict(), Verdict::Ok);
        chart.resize(300, 168);
        chart.show();
        QSignalSpy chosen(&chart, &BarsChart::barChosen);
        QTest::mouseClick(chart.viewport(), Qt::LeftButton, {}, QPoint(180, 60));
        QCOMPARE(chosen.size(), 1);
        chart.setBars({});
        QVERIFY(!chart.grab().isNull());
    }

    void theHeatMapByKeyboard()
    {
        HeatMap map;
        map.resize(600, 200);
        map.setNodes({cell(QStringLiteral("node-10"), Verdict::Ok), cell(QStringLiteral("node-2"), Verdict::Failure), cell(QStringLiteral("master-1"), Verdict::Warning, QStringLiteral("control-plane"))});
        map.show();
        QSignalSpy opened(&map, &HeatMap::activated);
        QTest::keyClick(&map, Qt::Key_Home);
        QCOMPARE(map.current(), QStringLiteral("master-1")); // the control plane first
        QTest::keyClick(&map, Qt::Key_Right);
        QCOMPARE(map.current(), QStringLiteral("node-2")); // as people count
        QTest::keyClick(&map, Qt::Key_End);
        QCOMPARE(map.current(), QStringLiteral("node-10"));
        QTest::keyClick(&map, Qt::Key_Return);
        QCOMPARE(opened.size(), 1);
        map.setNodes({cell(QStringLiteral("node-10"), Verdict::Failure), cell(QStringLiteral("node-3"), Verdict::Ok)});
        QCOMPARE(map.current(), QStringLiteral("node-10")); // kept over an update
        QTest::mouseDClick(map.viewport(), Qt::LeftButton, {}, map.geometryOfCells().rectOf(0).center());
        QCOMPARE(opened.size(), 2);
        QVERIFY(map.nodeAt(QPoint(-5, -5)).isEmpty());
        QVERIFY(map.accessibleDescription().contains(QLatin1String("node")));
    }

    void theHeatMapAsAPicture()
    {
        HeatMap map;
        QList<NodeRow> nodes;
        for (int i = 0; i < 200; ++i)
            nodes << cell(QStringLiteral("node-%1<b>").arg(i), Verdict(i % 5));
        map.resize(800, 120);
        map.setNodes(nodes);
        map.show();
        const QTemporaryDir folder;
        QVERIFY(map.save(folder.filePath(QStringLiteral("map.png"))));
        QVERIFY(map.save(folder.filePath(QStringLiteral("map.svg"))));
        QVERIFY(!map.save(QStringLiteral("/nowhere/map.png")));
        QVERIFY(!map.save(QStringLiteral("/nowhere/map.svg")));
        const QImage picture(folder.filePath(QStringLiteral("map.png")));
        QVERIFY(picture.height() / 2 >= map.geometryOfCells().height); // all of it, not only what is visible
    }

    void rawOutput()
    {
        OutputView view;
        view.resize(500, 200);
        std::string text;
        for (int i = 1; i <= 100000; ++i)
            text += "line " + std::to_string(i) + "\n";
        view.setOutput(text, {7, 99000});
        view.show();
        QVERIFY(view.firstVisibleRow() < 7);
        QCOMPARE(view.showLit(1), 99000);
        QVERIFY(view.firstVisibleRow() > 98000);
        QCOMPARE(view.showLit(1), 7); // round again
        QCOMPARE(view.showLit(-1), 99000);
        QVERIFY(view.find(QStringLiteral("LINE 500"), 1));
        QCOMPARE(view.selectedText().toLower(), QStringLiteral("line 500"));
        QVERIFY(!view.find(QStringLiteral("nowhere"), 1));
        QTest::keyClick(&view, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
        QVERIFY(QApplication::clipboard()->text().startsWith(QLatin1String("line 1\nline 2\n")));
        view.setOutput({}, {});
        QVERIFY(!view.grab().isNull());
        QVERIFY(view.selectedText().isEmpty());
    }

    void theDrawerShowsWhatThereIs()
    {
        EvidenceDrawer drawer;
        drawer.resize(420, 500);
        drawer.show();
        QVERIFY(!drawer.observation());
        auto made = std::make_shared<Observation>(*things::observation("node-1", "df", ""));
        made->err = "df: permission denied\n";
        made->state = ProbeState::NoPermission;
        drawer.showEvidence({.observation = made, .lines = {}});
        QCOMPARE(drawer.view()->output().lines(), 1); // nothing on stdout: what went to stderr
        const ObservationPtr good = things::observation("node-1", "df", "a\nb\nc\n");
        drawer.showEvidence({.observation = good, .lines = {2}});
        QCOMPARE(drawer.view()->output().lines(), 3);
        for (QToolButton* button : drawer.findChildren<QToolButton*>())
            if (button->text() == QLatin1String("Copy command"))
                button->click();
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("cat /proc/df"));
        // Its name first, the command when it is asked for.
        const auto shows = [&drawer](const QString& words) {
            for (const QLabel* label : drawer.findChildren<QLabel*>())
                if (label->isVisible() && label->text().contains(words))
                    return true;
            return false;
        };
        QVERIFY(shows(QStringLiteral("Disk space")));
        QVERIFY(!shows(QStringLiteral("cat /proc/df")));
        for (QToolButton* button : drawer.findChildren<QToolButton*>())
            if (button->text() == QLatin1String("Command"))
                button->click();
        QVERIFY(shows(QStringLiteral("cat /proc/df")));
        drawer.clear();
        QVERIFY(!drawer.observation());
    }

    void bandwidthAskedForAndInForce()
    {
        RatesChart chart;
        chart.resize(600, 300);
        chart.show();
        QList<Rate> rates;
        for (int i = 0; i < 20; ++i)
            rates.append({.name = QStringLiteral("shop/web-%1 · ingress").arg(i), .wanted = 1e7, .actual = i == 13 ? 1e4 : 1e7, .verdict = i == 13 ? Verdict::Failure : Verdict::Ok});
        rates[2].name = QString::fromStdString(things::hostile());
        rates[3].name = rates[4].name; // two of one name are two bars
        chart.setRates(rates);
        QCOMPARE(chart.rates().size(), 12);
        QCOMPARE(chart.rates().front().name, QStringLiteral("shop/web-13 · ingress"));
        QVERIFY(chart.accessibleDescription().contains(QStringLiteral("10 kbit/s")));
        QVERIFY(!chart.accessibleDescription().contains(QChar(0x202e)));
        QVERIFY(!chart.grab().isNull());
        chart.setRates({});
        QVERIFY(!chart.grab().isNull());
        QCOMPARE(bitRateWords(999), QStringLiteral("999 bit/s"));
        QCOMPARE(bitRateWords(1.5e9), QStringLiteral("1.5 Gbit/s"));
    }

    void aTableLeadsToItsLine()
    {
        checks::Table table {"bandwidth", {"Bandwidth", "带宽"}, {{"Pod", "Pod"}, {"Node", "节点"}, {"Direction", "方向"}, {"Annotation", "注解"}, {"Limit", "限速"}}, {}, {"How to read it", "读法"}};
        checks::TableRow row;
        row.cells = {{"shop/web-0", {}, {}}, {"node-1", {}, {}}, {"ingress", {}, {}}, {"10M", {}, 1e7}, {"10 kbit/s", Verdict::Failure, 1e4}};
        row.evidence = {things::observation("node-1", "tc-qdisc", "a\nb\n"), {2}, false};
        table.rows = {row};
        TableCard panel(table);
        panel.fillRoom();
        panel.resize(700, 400);
        panel.show();
        QVERIFY(panel.rates() && panel.rates()->isVisible());
        QCOMPARE(panel.rates()->rates().size(), 1);
        QSignalSpy evidence(&panel, &TableCard::evidenceWanted);
        QTest::mouseClick(panel.view()->viewport(), Qt::LeftButton, {}, panel.view()->visualRect(panel.view()->model()->index(0, 0)).center());
        QCOMPARE(evidence.size(), 1);
        QCOMPARE(evidence.front().front().value<Evidence>().lines, std::vector<int> {2});
    }

    void filters()
    {
        FilterBar bar({Verdict::Failure, Verdict::Warning});
        bar.resize(600, 32);
        bar.show();
        bar.setCounts({{Verdict::Failure, 5}});
        QSignalSpy shown(&bar, &FilterBar::shownChanged);
        const auto buttons = bar.findChildren<QToolButton*>();
        bool words = false;
        for (QToolButton* button : buttons)
            words = words || button->text() == QLatin1String("failure 5"); // state is a word too
        QVERIFY(words);
        bar.resize(300, 32);
        QCoreApplication::processEvents();
        for (QToolButton* button : bar.findChildren<QToolButton*>())
            QVERIFY(button->text().size() < 3); // where there is no room the shape and the number stay
        bar.setShown({Verdict::Failure});
        QCOMPARE(bar.shown(), QSet<Verdict> {Verdict::Failure});
        QCOMPARE(shown.size(), 1);
        bar.setText(QStringLiteral("x"));
        QVERIFY(bar.clearWords());
        QVERIFY(!bar.clearWords());
    }

    void emptyColumnsAreHidden()
    {
        QStandardItemModel model(2, 3);
        model.setItem(1, 1, new QStandardItem(QStringLiteral("some")));
        const std::unique_ptr<QTreeView> view(newTree());
        view->setModel(&model);
        hideEmptyColumns(view.get(), {1, 2});
        QVERIFY(!view->isColumnHidden(1));
        QVERIFY(view->isColumnHidden(2));
        model.setItem(0, 2, new QStandardItem(QStringLiteral("now")));
        hideEmptyColumns(view.get(), {1, 2});
        QVERIFY(!view->isColumnHidden(2));
    }

    void referencesLeadOnlyToPages()
    {
        const auto links = [](const Reference& reference) {
            const std::unique_ptr<QWidget> line(referenceLine(reference));
            return line->findChildren<QAbstractButton*>().size();
        };
        QCOMPARE(links({.title = "issue", .url = "https://github.com/x", .fact = {}}), 1);
        QCOMPARE(links({.title = "gone", .url = "https://github.com/x", .fact = {}, .dead = true}), 0);
        QCOMPARE(links({.title = "man page", .url = "", .fact = {}}), 0);
        QCOMPARE(links({.title = "trick", .url = "file:///etc/passwd", .fact = {}}), 0);
    }

    void thePanelKeepsItsPlace()
    {
        const Catalogue catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);
        FindingPanel panel(catalogue);
        panel.resize(400, 300);
        panel.show();
        const Finding finding = things::finding("node.disk-full", "node-1");
        panel.showFinding(finding, {});
        QWidget* page = panel.widget();
        panel.showFinding(finding, std::chrono::system_clock::now());
        QCOMPARE(panel.widget(), page); // the same again: not made anew under the reader's eyes
        panel.showFinding(things::finding("node.disk-full", "node-1", Verdict::Warning), {});
        QVERIFY(panel.finding()->verdict() == Verdict::Warning);
        panel.showFinding(things::finding("not.in-the-catalogue", things::hostile()), {});
        panel.clear();
        QVERIFY(!panel.finding());
    }

    void labelsAreLiteral()
    {
        PlainLabel label(QStringLiteral("<b>bold</b>"), PlainLabel::Kind::Body);
        QCOMPARE(label.textFormat(), Qt::PlainText);
        ElidedLabel elided;
        elided.setText(QStringLiteral("<b>a very long sentence</b>\nof two lines"));
        QVERIFY(!elided.text().contains(u'\n'));
        QVERIFY(!elided.toolTip().contains(QLatin1String("<b>")));
        LineButton line(LineButton::Size::Small);
        line.setWords(QStringLiteral("<i>x</i>"), QStringLiteral("y\nz"));
        line.setLit(0, 40); // longer than the words
        line.resize(200, 30);
        QVERIFY(!line.grab().isNull());
        QVERIFY(!line.toolTip().contains(QLatin1String("<i>")));
        QSignalSpy clicked(&line, &QAbstractButton::clicked);
        line.show();
        QTest::keyClick(&line, Qt::Key_Return);
        QCOMPARE(clicked.size(), 1);
        EmptyState empty(QStringLiteral("nodes"));
        QSignalSpy pressed(&empty, &EmptyState::pressed);
        empty.setWords(QStringLiteral("Nothing"), QStringLiteral("Why"), QStringLiteral("Help"));
        empty.show();
        empty.findChild<QPushButton*>()->click();
        QCOMPARE(pressed.size(), 1);
    }
};

QTEST_MAIN(TestPanels)
#include "tst_panels.moc"
