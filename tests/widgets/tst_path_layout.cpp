// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/path_layout.h"

#include "widgets/packetpath/path_columns.h"
#include "widgets/packetpath/path_painter.h"
#include "widgets/packetpath/path_words.h"

#include <QElapsedTimer>
#include <QImage>
#include <QPainter>
#include <QTest>

using namespace medic;
using namespace medic::packetpath;

namespace {

TraceStep step(const char* hook, const char* table, const char* chain, int rule, const char* action)
{
    TraceStep one;
    one.hook = hook;
    one.table = table;
    one.chain = chain;
    one.rule = rule;
    one.line = rule > 0 ? 10 + rule : 0;
    one.action = action;
    one.text = std::string("-A ") + chain + " -j " + action;
    one.backend = *table ? "nft-compat" : "route";
    one.owner = {"kube-proxy", "", "", "", ""};
    return one;
}

TraceStep dnat(const char* chain, const char* to)
{
    TraceStep one = step("PREROUTING", "nat", chain, 2, "DNAT");
    one.action = std::string("DNAT ") + to;
    one.before = TracePacket {"10.244.1.5", "10.96.0.10", 40000, 80, "tcp"};
    one.after = TracePacket {"10.244.1.5", to, 40000, 8080, "tcp"};
    return one;
}

TraceBranch endpoint(int number, double share, Disposition end = Disposition::Forwarded)
{
    const std::string address = "10.244.2." + std::to_string(number);
    TraceBranch branch;
    branch.disposition = end;
    branch.probability = share;
    branch.packet = {"10.244.1.5", address, 40000, 8080, "tcp", 0, "cni0", "flannel.1"};
    branch.steps = {step("PREROUTING", "nat", "PREROUTING", 1, "jump KUBE-SERVICES"), step("PREROUTING", "nat", "KUBE-SERVICES", 3, "jump KUBE-SVC-XXXXXXXXXXXXXXXX"),
                    step("PREROUTING", "nat", "KUBE-SVC-XXXXXXXXXXXXXXXX", number, ("jump KUBE-SEP-" + std::to_string(number)).c_str()),
                    dnat(("KUBE-SEP-" + std::to_string(number)).c_str(), address.c_str()), step("ROUTING", "", "", 0, "out flannel.1 via 10.244.2.0")};
    if (end == Disposition::Forwarded) {
        branch.steps.push_back(step("FORWARD", "filter", "FORWARD", 1, "accept"));
        branch.steps.push_back(step("POSTROUTING", "nat", "POSTROUTING", 1, "jump KUBE-POSTROUTING"));
        branch.steps.push_back(step("POSTROUTING", "nat", "KUBE-POSTROUTING", 1, "return"));
    } else {
        branch.reason = "no route to " + address;
    }
    return branch;
}

Trace service(int endpoints)
{
    Trace trace;
    trace.node = "node-1";
    trace.packet = {"10.244.1.5", "10.96.0.10", 40000, 80, "tcp", 0, "cni0"};
    for (int i = 1; i <= endpoints; ++i)
        trace.branches.push_back(endpoint(i, 1.0 / endpoints, i == endpoints && endpoints > 2 ? Disposition::NoRoute : Disposition::Forwarded));
    return trace;
}

QList<QRectF> boxes(const PathLayout& layout)
{
    QList<QRectF> all;
    for (const auto& card : layout.cards)
        all.append(card.rect);
    for (const auto& end : layout.ends)
        all.append(end.rect);
    for (const auto& start : layout.starts)
        all.append(start.rect);
    return all;
}

PathLayout laid(const PathTree& tree) { return PathLayout::lay(tree, PathFonts::standard(), {}); }

} // namespace

class PathLayoutTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void branchesShareTheirBeginning()
    {
        const PathTree tree = requestTree(service(3));
        QCOMPARE(int(tree.starts.size()), 1);
        const TreePart& root = tree.parts[static_cast<std::size_t>(tree.starts[0].part)];
        QCOMPARE(root.hook, std::string("PREROUTING"));
        QCOMPARE(int(root.cards.size()), 2); // PREROUTING and KUBE-SERVICES
        QCOMPARE(int(root.children.size()), 3);
        for (const int child : root.children) {
            const TreePart& part = tree.parts[static_cast<std::size_t>(child)];
            QCOMPARE(part.fork, Fork::Share);
            QVERIFY(qAbs(part.share - 1.0 / 3) < 1e-9);
            QCOMPARE(part.hook, std::string("PREROUTING"));
        }
    }

    void nestingFollowsTheJumps()
    {
        const PathTree tree = requestTree(service(1));
        const TreePart& root = tree.parts[static_cast<std::size_t>(tree.starts[0].part)];
        QCOMPARE(int(root.cards.size()), 4);
        for (int i = 0; i < 4; ++i)
            QCOMPARE(root.cards[static_cast<std::size_t>(i)].depth, i);
    }

    void rulesThatDidNotMatchStayFolded()
    {
        Trace trace = service(1);
        TraceStep passed = step("PREROUTING", "nat", "KUBE-SERVICES", 1, "");
        passed.matched = Tri::No;
        trace.branches[0].steps.insert(trace.branches[0].steps.begin() + 1, passed);
        const PathTree tree = requestTree(trace);
        const TreeCard& card = tree.parts[0].cards[1];
        QCOMPARE(int(card.rows.size()), 1);
        QCOMPARE(int(card.rows[0].passed.size()), 1);
        PathLayout::Options all;
        all.passedOver = true;
        const auto rows = [](const PathLayout& layout) { return layout.cards[1].rows.size(); };
        QCOMPARE(rows(laid(tree)), qsizetype(1));
        QCOMPARE(rows(PathLayout::lay(tree, PathFonts::standard(), all)), qsizetype(2));
    }

    void manyWaysOfOneKindAreSummedUp()
    {
        const PathTree few = requestTree(service(50));
        int ends = 0, folded = 0;
        bool lost = false;
        for (const auto& part : few.parts) {
            ends += part.end && part.folded == 0;
            folded += part.folded;
            lost = lost || (part.end && *part.end == Disposition::NoRoute);
        }
        QVERIFY(ends < 15);
        QCOMPARE(ends + folded, 50);
        QVERIFY(lost); // the one that differs is never folded away
        double sum = 0;
        for (const int child : few.parts[0].children)
            sum += few.parts[static_cast<std::size_t>(child)].probability;
        QVERIFY(qAbs(sum - 1.0) < 1e-9);
        const PathTree all = requestTree(service(50), Folding::None);
        QCOMPARE(int(std::count_if(all.parts.begin(), all.parts.end(), [](const TreePart& part) { return part.end.has_value(); })), 50);
    }

    void anUnknownForksIntoIfAndIfNot()
    {
        Trace trace;
        for (const bool matches : {true, false}) {
            TraceBranch branch;
            branch.certain = false;
            branch.probability = 0.5;
            branch.disposition = matches ? Disposition::Dropped : Disposition::Delivered;
            TraceStep one = step("INPUT", "filter", "INPUT", 1, matches ? "drop" : "assumed not to match");
            one.matched = Tri::Unknown;
            one.reason = "the ipsets were not collected";
            branch.steps = {step("ROUTING", "", "", 0, "local"), one};
            trace.branches.push_back(branch);
        }
        const PathTree tree = requestTree(trace);
        const auto& children = tree.parts[0].children;
        QCOMPARE(int(children.size()), 2);
        QCOMPARE(tree.parts[static_cast<std::size_t>(children[0])].fork, Fork::IfItMatches);
        QCOMPARE(tree.parts[static_cast<std::size_t>(children[1])].fork, Fork::IfItDoesNot);
        const PathLayout layout = laid(tree);
        int labels = 0;
        for (const auto& link : layout.links)
            labels += !link.label.text.isEmpty();
        QCOMPARE(labels, 2);
    }

    void columnsAreASupersequenceOfAllWays()
    {
        Trace trace = service(3);
        TraceBranch local = endpoint(9, 0.2);
        local.disposition = Disposition::Delivered;
        local.steps.resize(4);
        local.steps.push_back(step("ROUTING", "", "", 0, "local"));
        local.steps.push_back(step("INPUT", "filter", "INPUT", 1, "accept"));
        trace.branches.push_back(local);
        const PathTree tree = requestTree(trace);
        const PathColumns columns = PathColumns::of(tree);
        for (std::size_t i = 0; i < tree.parts.size(); ++i) {
            const TreePart& part = tree.parts[i];
            QCOMPARE(columns.hooks[static_cast<std::size_t>(columns.ofPart[i])], std::string(hookOnly(part.hook)));
            if (part.parent >= 0)
                QVERIFY(columns.ofPart[i] > columns.ofPart[static_cast<std::size_t>(part.parent)]);
        }
    }

    void nothingOverlapsNorIsClipped_data()
    {
        QTest::addColumn<int>("endpoints");
        for (const int count : {1, 2, 3, 10, 50})
            QTest::newRow(qPrintable(QString::number(count))) << count;
    }

    void nothingOverlapsNorIsClipped()
    {
        QFETCH(int, endpoints);
        const PathFonts fonts = PathFonts::standard();
        const PathLayout layout = laid(requestTree(service(endpoints)));
        const QRectF all(QPointF(), layout.size);
        const QList<QRectF> rects = boxes(layout);
        for (qsizetype i = 0; i < rects.size(); ++i) {
            QVERIFY(all.contains(rects[i]));
            for (qsizetype j = i + 1; j < rects.size(); ++j)
                QVERIFY(!rects[i].intersects(rects[j]));
        }
        for (const auto& card : layout.cards) {
            for (const auto& line : card.lines) {
                QVERIFY(card.rect.contains(line.rect));
                QVERIFY(QFontMetricsF(fonts.of(line.role)).horizontalAdvance(line.text) <= line.rect.width() + 1);
            }
            for (const auto& row : card.rows) {
                QVERIFY(card.rect.contains(row.rect));
                QVERIFY(row.natBox.isEmpty() || card.rect.contains(row.natBox));
                for (const auto& line : row.lines) {
                    QVERIFY(card.rect.contains(line.rect));
                    QVERIFY(QFontMetricsF(fonts.of(line.role)).horizontalAdvance(line.text) <= line.rect.width() + 1);
                }
            }
        }
        for (const auto& end : layout.ends)
            for (const auto& line : end.lines)
                QVERIFY(end.rect.contains(line.rect));
        for (const auto& link : layout.links) {
            QVERIFY(link.to.x() > link.from.x());
            for (const QRectF& rect : rects)
                QVERIFY(link.label.text.isEmpty() || !rect.intersects(link.label.rect));
        }
    }

    void theSameTreeLiesTheSame()
    {
        const PathTree tree = requestTree(service(5));
        const PathLayout one = laid(tree), two = laid(tree);
        QCOMPARE(boxes(one), boxes(two));
        QCOMPARE(one.size, two.size);
    }

    void whatIsAtAPointIsFoundAgain()
    {
        const PathLayout layout = laid(requestTree(service(3)));
        const auto stops = layout.stops();
        QVERIFY(stops.size() > 10);
        for (const auto& stop : stops)
            QCOMPARE(layout.at(layout.rectOf(stop).center()), stop);
        QCOMPARE(layout.at(QPointF(-5, -5)).kind, PathLayout::Spot::Kind::Nothing);
    }

    void veryLongNamesAreCutNotSpilt()
    {
        Trace trace = service(1);
        for (auto& one : trace.branches[0].steps)
            if (!one.chain.empty())
                one.chain += std::string(300, 'X');
        const PathLayout layout = laid(requestTree(trace));
        for (const auto& card : layout.cards)
            QVERIFY(card.rect.width() < 400);
    }

    void nothingIsAPictureToo()
    {
        const PathLayout layout = laid({});
        QVERIFY(layout.cards.isEmpty());
        Trace bare;
        bare.branches.emplace_back();
        QCOMPARE(int(laid(requestTree(bare)).ends.size()), 1);
        QImage image(200, 100, QImage::Format_RGB32);
        QPainter painter(&image);
        paintPath(painter, QRectF(0, 0, 200, 100), laid(requestTree(bare)), PathFonts::standard(), QPalette());
    }

    void aHundredWaysLieInNoTime()
    {
        const PathTree tree = requestTree(service(100), Folding::None);
        const PathFonts fonts = PathFonts::standard();
        QElapsedTimer timer;
        timer.start();
        const PathLayout layout = PathLayout::lay(tree, fonts, {});
        QVERIFY2(timer.elapsed() < 500, qPrintable(QString::number(timer.elapsed())));
        QCOMPARE(int(layout.ends.size()), 100);
    }

    void sharesAreSaidAsPeopleSayThem()
    {
        QCOMPARE(PathWords::share(1.0 / 3), QStringLiteral("1/3"));
        QCOMPARE(PathWords::share(0.5), QStringLiteral("1/2"));
        QCOMPARE(PathWords::share(2.0 / 3), QStringLiteral("2/3"));
        QCOMPARE(PathWords::share(1.0), QStringLiteral("all"));
        QCOMPARE(PathWords::share(0.02), QStringLiteral("2.0 %"));
    }

    void everyMistakeHasASentence()
    {
        using Kind = netfilter::PathMistake::Kind;
        for (int i = 0; i <= int(Kind::NodeNotCollected); ++i) {
            const QString sentence = PathWords::mistake({static_cast<Kind>(i), "w\x1b[31m", {"a", "b"}});
            QVERIFY(!sentence.isEmpty());
            QVERIFY(!sentence.contains(QChar(0x1b))); // what was typed may be hostile
        }
        for (int i = 0; i <= int(Disposition::Undecidable); ++i) {
            QVERIFY(!PathWords::disposition(static_cast<Disposition>(i)).isEmpty());
            QVERIFY(!PathWords::dispositionMeaning(static_cast<Disposition>(i)).isEmpty());
        }
    }

    void theSentenceNamesTheLostThird()
    {
        const Trace trace = service(3);
        netfilter::PathQuery query;
        query.to.kind = netfilter::PathEnd::Kind::Service;
        query.to.nameSpace = "default";
        query.to.name = "api";
        query.to.port = 80;
        const QString words = PathWords::inWords(query, trace);
        QVERIFY2(words.contains(QLatin1String("default/api:80")) && words.contains(QLatin1String("1/3")) && words.contains(QLatin1String("no route to 10.244.2.3")), qPrintable(words));
        QCOMPARE(PathWords::overall(query, trace), Verdict::Failure);
    }

    void aHostPortThatTakesAServiceIsNamed()
    {
        Trace trace = service(1);
        trace.branches[0].steps[3].owner = {"hostPort", "", "cbr0", "", "abcdef"};
        netfilter::PathQuery query;
        query.to.kind = netfilter::PathEnd::Kind::Service;
        query.to.nameSpace = "default";
        query.to.name = "api";
        QVERIFY(PathWords::inWords(query, trace).startsWith(QLatin1String("Taken away")));
        QCOMPARE(PathWords::overall(query, trace), Verdict::Warning);
    }
};

QTEST_MAIN(PathLayoutTest)
#include "tst_path_layout.moc"
