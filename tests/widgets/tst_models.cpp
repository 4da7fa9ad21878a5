// SPDX-License-Identifier: GPL-3.0-or-later
// The tables' models: updates become row changes, groups say what is equal, hostile names stay text, and a hundred thousand
// rows do not take a hundred thousand times as long.
#include "diagnostics/model/probe_ids.h"
#include "tests/widgets/things.h"
#include "widgets/models/facts_tables.h"
#include "widgets/models/filter_proxy.h"
#include "widgets/models/findings_model.h"
#include "widgets/models/knowledge_model.h"
#include "widgets/models/nodes_model.h"
#include "widgets/models/observations_model.h"
#include "widgets/panels/tables.h"
#include "widgets/text/probe_names.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QFile>
#include <QHeaderView>
#include <QRegularExpression>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QTreeView>

#include <algorithm>
#include <memory>

using namespace medic;

namespace {

const Catalogue& catalogue()
{
    static const Catalogue shipped = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);
    return shipped;
}

/// An id with a {node} in its title.
std::string someId()
{
    for (const auto& [id, entry] : catalogue().entries())
        if (entry.title.en.find("{node}") != std::string::npos && entry.parameters.size() <= 3)
            return id;
    return {};
}

/// The longest that one picture takes while the table is scrolled through, in milliseconds.
qint64 slowestScroll(QTreeView& view, int rows)
{
    qint64 slowest = 0;
    QElapsedTimer timer;
    for (int step = 0; step < 40; ++step) {
        timer.start();
        view.verticalScrollBar()->setValue(view.verticalScrollBar()->maximum() * (step * 7 % 40) / 40);
        (void)view.grab();
        slowest = qMax(slowest, timer.elapsed());
    }
    return rows > 0 ? slowest : -1;
}

NodeRow node(const QString& name, Verdict verdict)
{
    NodeRow row;
    row.id = name;
    row.verdict = verdict;
    row.state = collect::NodeProgress::State::Done;
    return row;
}

bool showsNoControl(const QString& text)
{
    for (const QChar c : text)
        if (c.unicode() < 0x20 || c.unicode() == 0x7f || c.unicode() == 0x202e)
            return false;
    return true;
}

} // namespace

class TestModels final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void updatesAreRowChanges()
    {
        NodesModel model;
        const QAbstractItemModelTester tester(&model);
        model.update({node(QStringLiteral("a"), Verdict::Ok), node(QStringLiteral("b"), Verdict::Ok), node(QStringLiteral("c"), Verdict::Ok)});
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset), inserted(&model, &QAbstractItemModel::rowsInserted),
            removed(&model, &QAbstractItemModel::rowsRemoved), changed(&model, &QAbstractItemModel::dataChanged);
        const QPersistentModelIndex kept = model.index(2, 0);
        model.update({node(QStringLiteral("c"), Verdict::Failure), node(QStringLiteral("b"), Verdict::Ok), node(QStringLiteral("d"), Verdict::Ok)});
        QCOMPARE(reset.size(), 0);
        QCOMPARE(removed.size(), 1);
        QCOMPARE(inserted.size(), 1);
        QCOMPARE(changed.size(), 1);
        QVERIFY(kept.isValid());
        QCOMPARE(kept.data(IdRole).toString(), QStringLiteral("c"));
        QCOMPARE(Verdict(kept.data(VerdictRole).toInt()), Verdict::Failure);
        model.update({node(QStringLiteral("x"), Verdict::Ok), node(QStringLiteral("x"), Verdict::Failure)});
        QCOMPARE(model.rowCount(), 1); // the same node twice is one row
        model.update({});
        QCOMPARE(model.rowCount(), 0);
    }

    void nodesSortAsPeopleCount()
    {
        NodesModel model;
        FilterProxy proxy;
        proxy.setSourceModel(&model);
        proxy.sort(NodesModel::Name, Qt::AscendingOrder);
        model.update({node(QStringLiteral("node-10"), Verdict::Ok), node(QStringLiteral("node-2"), Verdict::Failure), node(QStringLiteral("node-1"), Verdict::Warning)});
        const auto order = [&proxy] {
            QStringList names;
            for (int i = 0; i < proxy.rowCount(); ++i)
                names << proxy.index(i, 0).data(IdRole).toString();
            return names.join(u' ');
        };
        QCOMPARE(order(), QStringLiteral("node-1 node-2 node-10"));
        proxy.sort(NodesModel::State, Qt::AscendingOrder); // the worst first
        QCOMPARE(order(), QStringLiteral("node-2 node-1 node-10"));
        proxy.setVerdicts({Verdict::Failure, Verdict::Ok});
        QCOMPARE(order(), QStringLiteral("node-2 node-10"));
        proxy.setWords(QStringLiteral("NODE 10"));
        QCOMPARE(order(), QStringLiteral("node-10"));
    }

    void findingsAreGroupedByWhatTheySay()
    {
        FindingsModel model(catalogue());
        const QAbstractItemModelTester tester(&model);
        const std::string id = someId();
        QVERIFY(!id.empty());
        model.update({things::finding(id, "node-1"), things::finding(id, "node-2"), things::finding("node.unknown-id", "node-1", Verdict::Warning)}, {});
        QCOMPARE(model.rowCount(), 2);
        const QModelIndex group = model.indexOf(things::finding(id, "node-2").key()).parent();
        QVERIFY(group.isValid());
        QCOMPARE(model.rowCount(group), 2);
        QVERIFY(group.siblingAtColumn(FindingsModel::Title).data().toString().contains(QLatin1Char('2')));
        // One of them goes: what is left is a single row, without a reset.
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        model.update({things::finding(id, "node-2"), things::finding("node.unknown-id", "node-1", Verdict::Warning)}, {});
        QCOMPARE(reset.size(), 0);
        QCOMPARE(model.rowCount(model.index(0, 0)), 0);
        QCOMPARE(model.finding(model.indexOf(things::finding(id, "node-2").key()))->subject().node, std::string("node-2"));
        model.update({}, {});
        QCOMPARE(model.rowCount(), 0);
    }

    void hostileNamesStayText()
    {
        const std::string bad = things::hostile();
        FindingsModel findings(catalogue());
        findings.update({things::finding(someId(), bad), things::finding("no.such", bad, Verdict::Unknown)}, {});
        ObservationsModel observations;
        observations.update(observationRows({things::observation(bad, bad, bad)}));
        Snapshot snapshot;
        snapshot.add(things::observation(bad, "uname", "Linux"));
        NodesModel nodes;
        nodes.update(nodeRows(snapshot, {}, {things::finding(someId(), bad)}, catalogue(), Language::English));
        KnowledgeModel knowledge;
        knowledge.update(knowledgeRows(catalogue(), nullptr, {}, Language::English));
        for (const QAbstractItemModel* model : {static_cast<QAbstractItemModel*>(&findings), static_cast<QAbstractItemModel*>(&observations),
                                                static_cast<QAbstractItemModel*>(&nodes), static_cast<QAbstractItemModel*>(&knowledge)}) {
            QVERIFY(model->rowCount() > 0);
            for (int row = 0; row < model->rowCount(); ++row)
                for (int column = 0; column < model->columnCount(); ++column) {
                    const QModelIndex at = model->index(row, column);
                    QVERIFY2(showsNoControl(at.data().toString()), qPrintable(at.data().toString()));
                    QVERIFY(showsNoControl(at.data(Qt::AccessibleTextRole).toString()));
                    const QString tip = at.data(Qt::ToolTipRole).toString();
                    QVERIFY2(tip.isEmpty() || (tip.startsWith(QLatin1String("<qt>")) && !tip.contains(QLatin1String("<img")) && !tip.contains(QLatin1String("<b>"))), qPrintable(tip));
                }
        }
    }

    void aHundredThousandRows()
    {
        // Compared with a tenth of the rows: far from the hundred times that a quadratic algorithm takes.
        const auto findingsTime = [](int count) {
            std::vector<Finding> all;
            all.reserve(std::size_t(count));
            const ObservationPtr shared = things::observation("n", "df", "x\n");
            for (int i = 0; i < count; ++i) {
                const std::string name = "node-" + std::to_string(i);
                all.push_back(*Finding::make({.id = someId() + (i % 2 == 0 ? "" : "x" + std::to_string(i % 50)), .suite = "test", .subject = {SubjectKind::Node, "", name, name},
                                              .verdict = Verdict::Failure, .confidence = Confidence::Likely, .parameters = {{"node", name}}, .evidence = {{shared, {}, false}}, .since = {}}));
            }
            FindingsModel model(catalogue());
            FilterProxy proxy;
            proxy.setSourceModel(&model);
            proxy.sort(FindingsModel::State);
            QElapsedTimer timer;
            timer.start();
            model.update(all, {});
            all.pop_back();
            model.update(all, {});
            const QModelIndex last = model.indexOf(all.back().key());
            if (!last.isValid())
                return qint64(-1);
            return timer.elapsed();
        };
        const auto observationsTime = [](int count) {
            std::vector<ObservationPtr> all;
            for (int i = 0; i < count; ++i)
                all.push_back(things::observation("node-1", "probe-" + std::to_string(i), "x\n"));
            ObservationsModel model;
            QElapsedTimer timer;
            timer.start();
            model.update(observationRows(all));
            all.erase(all.begin() + count / 2);
            model.update(observationRows(all));
            return timer.elapsed();
        };
        const qint64 fewFindings = findingsTime(10000), manyFindings = findingsTime(100000);
        QVERIFY(fewFindings >= 0 && manyFindings >= 0);
        QVERIFY2(manyFindings < 40 * (fewFindings + 20), qPrintable(QStringLiteral("%1 ms for 10,000, %2 ms for 100,000").arg(fewFindings).arg(manyFindings)));
        const qint64 few = observationsTime(10000), many = observationsTime(100000);
        QVERIFY2(many < 40 * (few + 20), qPrintable(QStringLiteral("%1 ms for 10,000, %2 ms for 100,000").arg(few).arg(many)));
    }

    void aHundredThousandRowsScroll()
    {
        const std::string id = someId();
        std::vector<Finding> all;
        std::vector<ObservationPtr> seen;
        for (int i = 0; i < 100'000; ++i) {
            all.push_back(things::finding(id, "node-" + std::to_string(i)));
            seen.push_back(things::observation("node-1", "probe-" + std::to_string(i), "some words\nin two lines\n"));
        }
        FindingsModel findings(catalogue());
        findings.update(all, {});
        FilterProxy sorted;
        sorted.setSourceModel(&findings);
        const std::unique_ptr<QTreeView> tree(newTree());
        tree->setModel(&sorted);
        columns(tree.get(), {{FindingsModel::State, 116}}, FindingsModel::Title);
        wrapColumn(tree.get(), FindingsModel::Title);
        tree->resize(1200, 700);
        tree->show();
        tree->expandAll(); // one group with all of them
        QCOMPARE(sorted.rowCount(sorted.index(0, 0)), 100'000);
        (void)tree->grab();
        const qint64 group = slowestScroll(*tree, sorted.rowCount());

        ObservationsModel observations;
        observations.update(observationRows(seen));
        FilterProxy flat;
        flat.setSourceModel(&observations);
        const std::unique_ptr<QTreeView> table(newTree());
        table->setModel(&flat);
        columns(table.get(), {{ObservationsModel::Probe, 250}}, ObservationsModel::Command);
        table->resize(1200, 700);
        table->show();
        (void)table->grab();
        const qint64 rows = slowestScroll(*table, flat.rowCount());
        qInfo("slowest picture while scrolling: %lld ms (findings), %lld ms (observations)", static_cast<long long>(group), static_cast<long long>(rows));
        // A picture takes a few milliseconds; what depends on the number of rows would take seconds. Wide for a busy machine.
        QVERIFY2(group < 500 && rows < 500, qPrintable(QStringLiteral("%1 ms, %2 ms").arg(group).arg(rows)));
    }

    void theTablesOfANode()
    {
        Snapshot snapshot;
        snapshot.add(things::observation("", "api/pods",
                                         R"({"kind":"PodList","items":[{"metadata":{"namespace":"shop","name":"web-0","uid":"u","annotations":{"kubernetes.io/ingress-bandwidth":"10M"}},"spec":{"nodeName":"node-1"},"status":{"phase":"Running"}}]})"));
        const auto shaped = [](const char* rate) { return things::observation("node-1", "tc-qdisc", std::string("qdisc tbf 1: dev veth1 root refcnt 2 rate ") + rate + " burst 256Mb lat 25ms \n"); };
        snapshot.add(shaped("10Kbit"));
        FactsTables tables;
        QSignalSpy made(&tables, &FactsTables::made);
        tables.wanted(snapshot, "node-1");
        QTRY_COMPARE(made.size(), 1);
        const auto first = made.front().at(1).value<std::vector<checks::Table>>();
        QVERIFY(std::any_of(first.begin(), first.end(), [](const checks::Table& one) { return one.id == "bandwidth"; }));
        tables.wanted(snapshot, "node-1"); // the same: nothing is made again
        snapshot.add(shaped("10Mbit"));
        tables.wanted(snapshot, "node-1");
        QTRY_COMPARE(made.size(), 2);
    }

    void everyProbeHasAName()
    {
        QStringList without;
        for (const char* file : {"cni", "components", "identity", "load", "logs", "network", "podnet", "rules", "runtime", "site"}) {
            QFile yaml(QStringLiteral(MEDIC_SOURCE_DIR "/resources/probes/%1.yaml").arg(QLatin1String(file)));
            QVERIFY2(yaml.open(QIODevice::ReadOnly), file);
            static const QRegularExpression id(QStringLiteral("^  - id: (\\S+)"), QRegularExpression::MultilineOption);
            for (auto found = id.globalMatch(QString::fromUtf8(yaml.readAll())); found.hasNext();)
                if (const QString probe = found.next().captured(1); probeName(probe.toStdString()) == probe)
                    without << probe;
        }
        QVERIFY2(without.isEmpty(), qPrintable(without.join(u' ')));
        QCOMPARE(probeName("my-own"), QStringLiteral("my-own"));
        QVERIFY(!probeName(things::hostile()).contains(QChar(0x1b)));
    }

    void anUnreachedNodeIsUnknown()
    {
        Snapshot snapshot;
        auto connect = std::make_shared<Observation>(*things::observation("node-1", std::string(probe::connect), "", ProbeState::Unreachable));
        connect->err = "Connection refused\nmore";
        snapshot.add(connect);
        snapshot.add(things::observation("node-2", "uname", "Linux"));
        const QList<NodeRow> rows = nodeRows(snapshot, {}, {}, catalogue(), Language::English);
        QCOMPARE(rows.size(), 2);
        QCOMPARE(rows[0].verdict, Verdict::Unknown);
        QCOMPARE(rows[0].reason, QStringLiteral("Connection refused"));
        QCOMPARE(rows[1].verdict, Verdict::Ok);
    }

    void aProbeThatDidNotRunIsNeitherOkNorFailure()
    {
        ObservationsModel model;
        for (const ProbeState state : {ProbeState::ToolMissing, ProbeState::NoPermission, ProbeState::TimedOut, ProbeState::Cancelled, ProbeState::ConnectionLost}) {
            model.update(observationRows({things::observation("n", "df", "", state)}));
            QCOMPARE(Verdict(model.index(0, 0).data(VerdictRole).toInt()), Verdict::Unknown);
        }
    }

    void knowledgeIsFoundInBothLanguages()
    {
        KnowledgeModel model;
        const QAbstractItemModelTester tester(&model);
        model.update(knowledgeRows(catalogue(), nullptr, {things::finding("hostport.steals-service", "node-1")}, Language::English));
        QCOMPARE(model.rowCount(), int(catalogue().entries().size()) + 1);
        FilterProxy proxy;
        proxy.setSourceModel(&model);
        proxy.sort(KnowledgeModel::Here);
        QCOMPARE(proxy.index(1, 0).data(IdRole).toString(), QStringLiteral("hostport.steals-service")); // behind the team's own
        for (const char* words : {"劫持", "CVE-2019-9946", "hostport steals", "kube-ipvs0"}) {
            proxy.setWords(QString::fromUtf8(words));
            bool found = false;
            for (int row = 0; row < proxy.rowCount(); ++row)
                found = found || proxy.index(row, 0).data(IdRole).toString() == QLatin1String("hostport.steals-service");
            QVERIFY2(found, words);
        }
        QCOMPARE(openTitle("hostPort {port} of {pod}"), QStringLiteral("hostPort ‹port› of ‹pod›"));
    }
};

QTEST_MAIN(TestModels)
#include "tst_models.moc"
