// SPDX-License-Identifier: GPL-3.0-or-later
// A node of which something was not collected: the answer says so, and takes nothing for empty.
#include "diagnostics/netfilter/packet_tracer.h"

#include <QTest>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace medic;
using namespace medic::netfilter;
namespace fs = std::filesystem;

namespace {

/// The recorded node in IPVS mode, without the files named.
NodeState ipvsNode(const std::vector<std::string>& without)
{
    NodeState state;
    for (const auto& entry : fs::directory_iterator(fs::path(MEDIC_TEST_DATA) / "netfilter/ipvs-node")) {
        const std::string name = entry.path().filename();
        if (std::find(without.begin(), without.end(), name) != without.end())
            continue;
        std::ifstream file(entry.path());
        std::stringstream text;
        text << file.rdbuf();
        if (!state.setPart(name, std::make_shared<const std::string>(text.str())))
            qFatal("fixture");
    }
    state.finish();
    return state;
}

Trace toService(const NodeState& state)
{
    PacketQuery query;
    query.src = *IpAddress::parse("10.244.0.11");
    query.dst = *IpAddress::parse("10.96.0.1");
    query.dport = 443;
    return PacketTracer(state).trace(query);
}

bool has(const Trace& trace, Disposition disposition)
{
    return std::any_of(trace.branches.begin(), trace.branches.end(),
                       [disposition](const TraceBranch& branch) { return branch.disposition == disposition; });
}

} // namespace

class TestMissingParts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void withTheTableTheServiceIsTranslated()
    {
        const NodeState state = ipvsNode({});
        const Trace trace = toService(state);
        QVERIFY(!has(trace, Disposition::Undecidable));
        QCOMPARE(QString::fromStdString(trace.branches.at(0).packet.dst), QStringLiteral("172.30.0.1"));
        QCOMPARE(trace.branches.at(0).packet.dport, std::uint16_t(6443));
    }

    void anAddressOfKubeIpvs0WithoutTheTable()
    {
        const NodeState state = ipvsNode({"ipvsadm-Sn.txt"});
        const Trace trace = toService(state);
        QVERIFY(has(trace, Disposition::Undecidable));
        for (const TraceBranch& branch : trace.branches)
            QVERIFY(!branch.certain);
        const auto unknown = std::find_if(trace.branches.begin(), trace.branches.end(),
                                          [](const TraceBranch& branch) { return branch.disposition == Disposition::Undecidable; });
        QVERIFY2(unknown->reason.find("kube-ipvs0") != std::string::npos, unknown->reason.c_str());
    }

    /// Nothing points to IPVS: the rules decide, and the warning says what was assumed.
    void anotherAddressWithoutTheTable()
    {
        const NodeState state = ipvsNode({"ipvsadm-Sn.txt"});
        PacketQuery query;
        query.src = *IpAddress::parse("10.244.0.11");
        query.dst = *IpAddress::parse("10.244.0.12");
        query.dport = 8080;
        const Trace trace = PacketTracer(state).trace(query);
        QVERIFY(!has(trace, Disposition::Undecidable));
        QVERIFY(std::any_of(trace.warnings.begin(), trace.warnings.end(),
                            [](const std::string& warning) { return warning.find("IPVS") != std::string::npos; }));
    }

    void everySinglePartMayBeMissing_data()
    {
        QTest::addColumn<QString>("part");
        for (const char* part : {"iptables-save.txt", "ipset-save.txt", "ip-addr.json", "ip-link.json", "ip-route-all.json", "ip-rule.json", "sysctl.txt"})
            QTest::newRow(part) << QString::fromLatin1(part);
    }

    void everySinglePartMayBeMissing()
    {
        QFETCH(QString, part);
        const NodeState state = ipvsNode({part.toStdString()});
        const Trace trace = toService(state);
        QVERIFY(!trace.branches.empty());
        const bool said = !trace.warnings.empty()
            || std::any_of(trace.branches.begin(), trace.branches.end(), [](const TraceBranch& branch) { return !branch.certain; });
        // Of these three each says what this path needs of the others: the node's own addresses.
        const bool toldByAnother = part == u"ip-link.json" || part == u"ip-addr.json" || part == u"ip-route-all.json";
        QVERIFY2(said || toldByAnother, "it is neither warned of nor uncertain");
    }
};

QTEST_APPLESS_MAIN(TestMissingParts)
#include "tst_missing_parts.moc"
