// SPDX-License-Identifier: GPL-3.0-or-later
// A way through several nodes: as one trace, as columns and nodes of a picture, in words.
#include "diagnostics/collect/language.h"
#include "widgets/packetpath/path_across.h"
#include "widgets/packetpath/path_columns.h"
#include "widgets/packetpath/path_layout.h"
#include "widgets/packetpath/path_words.h"

#include <QTest>

using namespace medic;
using namespace medic::packetpath;
using netfilter::ClusterBranch;
using netfilter::ClusterEnd;
using netfilter::ClusterHop;
using netfilter::ClusterTrace;

namespace {

TraceStep step(const char* hook, const char* chain, int rule, const char* action)
{
    TraceStep one;
    one.hook = hook;
    one.table = *chain != 0 ? "filter" : "";
    one.chain = chain;
    one.rule = rule;
    one.action = action;
    one.backend = *chain != 0 ? "legacy" : "route";
    return one;
}

ClusterHop hop(const char* node, const char* carrier, Disposition disposition = Disposition::Forwarded)
{
    ClusterHop one;
    one.node = node;
    one.carrier = carrier;
    one.branch.disposition = disposition;
    one.branch.packet.src = "10.244.1.5";
    one.branch.packet.dst = "10.244.2.9";
    one.branch.packet.dport = 8080;
    one.branch.packet.protocol = "tcp";
    one.branch.packet.out = "eth0";
    one.branch.steps = {step("PREROUTING", "PREROUTING", 1, "accept"), step("ROUTING", "", 0, "out eth0"), step("FORWARD", "FORWARD", 1, "accept")};
    if (std::string(carrier) == "vxlan") {
        TracePacket& outer = one.outer.emplace();
        outer.src = "192.168.0.1";
        outer.dst = "192.168.0.3";
        outer.dport = 8472;
        outer.protocol = "udp";
    }
    return one;
}

ClusterBranch branch(std::vector<ClusterHop> hops, ClusterEnd end, double share = 1.0)
{
    ClusterBranch one;
    one.end = end;
    one.whose = "pod default/api-1";
    one.probability = share;
    one.certain = end != ClusterEnd::Unknown;
    one.packet = hops.back().branch.packet;
    one.hops = std::move(hops);
    return one;
}

QString said(const ClusterTrace& trace) { return AcrossWords::inWords({}, trace, joinedTrace(trace)); }

} // namespace

class PathAcrossTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void oneTraceOfSeveralNodes()
    {
        ClusterTrace trace;
        trace.branches.push_back(branch({hop("node-1", ""), hop("node-3", "vxlan")}, ClusterEnd::Pod));
        trace.branches[0].answered = true;
        trace.branches[0].answerEnd = ClusterEnd::Pod;
        trace.branches[0].answer = {hop("node-3", ""), hop("node-1", "vxlan")};
        QVERIFY(leavesTheNode(trace));
        const Trace joined = joinedTrace(trace);
        QCOMPARE(joined.node, std::string("node-1"));
        QCOMPARE(joined.branches[0].steps.size(), std::size_t(7));
        QCOMPARE(joined.branches[0].steps[0].hook, std::string("PREROUTING@node-1"));
        const TraceStep& wire = joined.branches[0].steps[3];
        QCOMPARE(wire.hook, std::string("WIRE@node-3"));
        QCOMPARE(AcrossWords::wire(wire), QStringLiteral("by VXLAN to node-3"));
        QCOMPARE(wire.reason, std::string("udp 192.168.0.1 → 192.168.0.3:8472"));
        QCOMPARE(int(joined.branches[0].disposition), int(Disposition::Delivered));
        QCOMPARE(joined.branches[0].replies.size(), std::size_t(1));
        QVERIFY2(said(trace).contains(QStringLiteral("node-1 → VXLAN → node-3: arrives at 10.244.2.9:8080 (pod default/api-1).")), qPrintable(said(trace)));
        QVERIFY(AcrossWords::replyInWords(trace, joined).contains(QLatin1String("comes back through the same nodes")));
        trace.branches[0].hops.pop_back();
        QVERIFY(!leavesTheNode(trace));
    }

    void nodesStandSideBySide()
    {
        ClusterTrace trace; // a third stays, a third goes to each of two nodes
        trace.branches.push_back(branch({hop("node-1", "")}, ClusterEnd::Pod, 1 / 3.0));
        trace.branches.push_back(branch({hop("node-1", ""), hop("node-2", "direct")}, ClusterEnd::Pod, 1 / 3.0));
        trace.branches.push_back(branch({hop("node-1", ""), hop("node-3", "vxlan")}, ClusterEnd::Pod, 1 / 3.0));
        trace.branches[0].hops[0].branch.steps[1].action = "out cni0";
        trace.branches[2].hops[0].branch.steps[1].action = "out flannel.1";
        const Trace joined = joinedTrace(trace);
        const PathTree tree = requestTree(joined);
        const PathColumns columns = PathColumns::of(tree);
        int last = 0; // of one node all, then the way between, then of the next
        for (const int hop : columns.hop) {
            QVERIFY(hop >= last);
            last = hop;
        }
        QCOMPARE(last, 1);
        QCOMPARE(std::count(columns.hooks.begin(), columns.hooks.end(), std::string("WIRE")), 1);
        const PathLayout layout = PathLayout::lay(tree, PathFonts::standard(), {});
        QCOMPARE(int(layout.nodes.size()), 2);
        QCOMPARE(layout.nodes[0].line.text, QStringLiteral("node-1"));
        QCOMPARE(layout.nodes[1].line.text, QStringLiteral("node-2 · node-3"));
        QVERIFY(layout.nodes[0].rect.right() < layout.nodes[1].rect.left());
        for (const LayCard& card : layout.cards)
            QVERIFY(card.rect.top() > layout.nodes[0].rect.bottom());
        QVERIFY(said(trace).contains(QLatin1String("There are 3 ways. All connections arrive.")));
    }

    void whereItEnds_data()
    {
        QTest::addColumn<int>("end");
        QTest::addColumn<int>("disposition");
        QTest::addColumn<QString>("words");
        QTest::addColumn<QString>("title");
        QTest::newRow("outside") << int(ClusterEnd::Outside) << int(Disposition::Forwarded) << QStringLiteral("leaves the cluster") << QStringLiteral("leaves the cluster");
        QTest::newRow("a process") << int(ClusterEnd::Node) << int(Disposition::Delivered) << QStringLiteral("a process of node-3") << QStringLiteral("reaches the Pod");
        QTest::newRow("the tunnel") << int(ClusterEnd::Refused) << int(Disposition::Dropped) << QStringLiteral("lost between the nodes") << QStringLiteral("dropped");
    }

    void whereItEnds()
    {
        QFETCH(int, end);
        QFETCH(int, disposition);
        QFETCH(QString, words);
        QFETCH(QString, title);
        ClusterTrace trace;
        trace.branches.push_back(branch({hop("node-1", ""), hop("node-3", "ipip")}, static_cast<ClusterEnd>(end)));
        if (trace.branches[0].end == ClusterEnd::Refused)
            trace.branches[0].reason = "the ipip packet 192.168.0.1 > 192.168.0.3 on node-3: dropped policy of filter INPUT";
        const Trace joined = joinedTrace(trace);
        QCOMPARE(int(joined.branches[0].disposition), disposition);
        QVERIFY2(said(trace).contains(words), qPrintable(said(trace)));
        for (const TreePart& part : requestTree(joined).parts)
            if (part.end)
                QCOMPARE(PathWords::end(part), title);
    }

    void whatIsNotCollectedIsUnknown()
    {
        ClusterTrace trace;
        trace.branches.push_back(branch({hop("node-1", "")}, ClusterEnd::Unknown));
        trace.branches[0].beyond = "node-9";
        trace.branches[0].beyondCarrier = "wireguard";
        trace.branches[0].reason = "unknown beyond here: node node-9 was not collected";
        QVERIFY(leavesTheNode(trace));
        const Trace joined = joinedTrace(trace);
        QCOMPARE(joined.branches[0].steps.back().hook, std::string("WIRE@node-9"));
        QVERIFY2(said(trace).contains(QStringLiteral("node-1 → WireGuard → node-9: unknown beyond here")), qPrintable(said(trace)));
        QCOMPARE(int(PathWords::overall({}, joined)), int(Verdict::Unknown));
        QVERIFY(AcrossWords::replyInWords(trace, joined).contains(QLatin1String("not collected")));
        for (const TreePart& part : requestTree(joined).parts)
            if (part.end)
                QCOMPARE(PathWords::end(part), QStringLiteral("unknown beyond here"));
        QCOMPARE(PathWords::reason(trace.branches[0].reason), QStringLiteral("node-9 was not collected"));
    }

    void anAnswerThatIsLost()
    {
        ClusterTrace trace;
        trace.branches.push_back(branch({hop("node-1", ""), hop("node-3", "direct")}, ClusterEnd::Pod));
        trace.branches[0].answered = true;
        trace.branches[0].answerEnd = ClusterEnd::Refused;
        trace.branches[0].answerReason = "the answer does not come back through node node-1, which translated the request";
        trace.branches[0].answer = {hop("node-3", "")};
        const QString words = AcrossWords::replyInWords(trace, joinedTrace(trace));
        QVERIFY2(words.contains(QLatin1String("does not come back through node-1, which translated")), qPrintable(words));
        trace.branches[0].answerReason = "node node-3: dropped policy of filter FORWARD";
        QVERIFY(AcrossWords::replyInWords(trace, joinedTrace(trace)).contains(QLatin1String("node-3: dropped")));
    }

    void manyWaysAreSummedUp()
    {
        ClusterTrace trace;
        for (int i = 0; i < 10; ++i)
            trace.branches.push_back(branch({hop("node-1", ""), hop(("node-" + std::to_string(i)).c_str(), "direct")}, i == 7 ? ClusterEnd::Refused : ClusterEnd::Pod, 0.1));
        trace.branches[7].hops.back().branch.disposition = Disposition::Dropped;
        const QString words = said(trace);
        QVERIFY2(words.contains(QLatin1String("and 7 more")) && words.contains(QLatin1String("1/10 of the connections do not get through")), qPrintable(words));
        QVERIFY(words.indexOf(QLatin1String("node-7")) < words.indexOf(QLatin1String("node-0"))); // what is lost comes first
    }

    void hostileNamesStayInTheirLine()
    {
        ClusterTrace trace;
        trace.branches.push_back(branch({hop("node-1", ""), hop("a\nb\x1b[31m", "we\tird")}, ClusterEnd::Pod));
        QVERIFY(!said(trace).contains(QLatin1Char('\n')) && !said(trace).contains(QChar(0x1b)));
    }
};

QTEST_MAIN(PathAcrossTest)
#include "tst_path_across.moc"
