// SPDX-License-Identifier: GPL-3.0-or-later
// kube-proxy's nftables mode in the layouts of 1.31 and 1.36, other writers of nftables, and who wrote what.
#include "nft_node.h"

#include <QFile>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <map>

using namespace nftnode;

namespace {

std::string read(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

std::string fixture(const QString& name) { return read(QStringLiteral(MEDIC_TEST_DATA "/nft/") + name); }

/// "forwarded 10.99.2.2:8080 from 10.99.1.2 33%" for each branch, in order.
QByteArrayList ends(const Trace& trace)
{
    QByteArrayList all;
    for (const auto& branch : trace.branches) {
        QByteArray text = QByteArray::fromStdString(std::string(dispositionName(branch.disposition)));
        if (branch.disposition == Disposition::Forwarded || branch.disposition == Disposition::Delivered)
            text += ' ' + QByteArray::fromStdString(branch.packet.dst + ':' + std::to_string(branch.packet.dport) + " from " + branch.packet.src);
        all << text + ' ' + QByteArray::number(std::round(branch.probability * 100)) + '%' + (branch.certain ? "" : " ?");
    }
    std::sort(all.begin(), all.end());
    return all;
}

const TraceStep* stepOf(const TraceBranch& branch, std::string_view chainStart)
{
    for (const auto& step : branch.steps)
        if (step.chain.starts_with(chainStart))
            return &step;
    return nullptr;
}

} // namespace

class TestNftKubeProxy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void services_data()
    {
        QTest::addColumn<QString>("version");
        QTest::addColumn<QByteArray>("packet");
        QTest::addColumn<QByteArrayList>("expected");
        for (const char* version : {"1.31", "1.36"}) {
            const auto row = [&](const char* name, const char* packet, QByteArrayList expected) {
                QTest::newRow(qPrintable(QString::fromLatin1(version) + QLatin1Char(' ') + QLatin1String(name))) << QString::fromLatin1(version) << QByteArray(packet) << expected;
            };
            // from, to, port, in; a client outside is masqueraded, a Pod is not, a Pod to itself is
            row("client to ClusterIP", "tcp 10.99.1.2 10.96.0.10 80 nc",
                {"forwarded 10.99.2.2:8080 from 10.99.2.1 33%", "forwarded 10.99.2.3:8080 from 10.99.2.1 33%", "forwarded 10.99.3.2:8080 from 10.99.3.1 33%"});
            row("Pod to ClusterIP", "tcp 10.99.2.7 10.96.0.10 80 cni0",
                {"forwarded 10.99.2.2:8080 from 10.99.2.7 33%", "forwarded 10.99.2.3:8080 from 10.99.2.7 33%", "forwarded 10.99.3.2:8080 from 10.99.2.7 33%"});
            row("Pod to itself", "tcp 10.99.2.2 10.96.0.10 80 cni0",
                {"forwarded 10.99.2.2:8080 from 10.99.2.1 33%", "forwarded 10.99.2.3:8080 from 10.99.2.2 33%", "forwarded 10.99.3.2:8080 from 10.99.2.2 33%"});
            row("other protocol", "udp 10.99.1.2 10.96.0.10 80 nc", {"rejected 100%"});
            row("DNS", "udp 10.99.2.7 10.96.0.53 53 cni0", {"forwarded 10.99.2.3:53 from 10.99.2.7 100%"});
            row("no endpoints", "tcp 10.99.1.2 10.96.0.30 80 nc", {"rejected 100%"});
            row("ClusterIP of nobody", "tcp 10.99.1.2 10.96.7.7 80 nc", {"dropped 100%"});
            row("other port of a ClusterIP", "tcp 10.99.1.2 10.96.0.10 81 nc", {"rejected 100%"});
            row("nodePort", "tcp 10.99.1.2 10.99.1.1 30080 nc",
                {"forwarded 10.99.2.2:8080 from 10.99.2.1 33%", "forwarded 10.99.2.3:8080 from 10.99.2.1 33%", "forwarded 10.99.3.2:8080 from 10.99.3.1 33%"});
            row("nodePort of an address that has none", "tcp 10.99.1.2 10.99.3.1 30080 nc", {"delivered 10.99.3.1:30080 from 10.99.1.2 100%"});
            row("nodePort without endpoints", "tcp 10.99.1.2 10.99.1.1 30030 nc", {"dropped 100%"});
            row("sticky client", "tcp 10.99.1.2 10.96.0.20 80 nc", {"forwarded 10.99.2.3:9000 from 10.99.2.1 100%"});
            row("new client of the sticky one", "tcp 10.99.1.3 10.96.0.20 80 nc",
                {"forwarded 10.99.2.2:9000 from 10.99.2.1 50%", "forwarded 10.99.2.3:9000 from 10.99.2.1 50%"});
            row("load balancer, allowed source, local endpoints only", "tcp 10.99.1.2 10.98.0.1 443 nc", {"forwarded 10.99.2.2:8443 from 10.99.1.2 100%"});
            row("load balancer, other source", "tcp 10.99.3.2 10.98.0.1 443 nx", {"dropped 100%"});
            row("load balancer from a Pod", "tcp 10.99.2.7 10.98.0.1 443 cni0", {"dropped 100%"});
            row("nodePort with policy Local", "tcp 10.99.1.2 10.99.1.1 30443 nc", {"forwarded 10.99.2.2:8443 from 10.99.1.2 100%"});
        }
    }

    void services()
    {
        QFETCH(QString, version);
        QFETCH(QByteArray, packet);
        QFETCH(QByteArrayList, expected);
        const NodeState state = node(fixture(QStringLiteral("kube-proxy-%1.json").arg(version)));
        const QByteArrayList words = packet.split(' ');
        const Trace trace = PacketTracer(state).trace(query(words[0] == "tcp" ? proto::tcp : proto::udp, words[1], words[2], words[3].toUShort(), words[4]));
        QCOMPARE(ends(trace), expected);
    }

    /// A process of the node: OUTPUT's chains, the node's address kept or masqueraded as the layout does.
    void fromTheNode()
    {
        for (const char* version : {"1.31", "1.36"}) {
            const NodeState state = node(fixture(QStringLiteral("kube-proxy-%1.json").arg(QLatin1String(version))));
            PacketQuery asked = query(proto::tcp, "", "10.99.1.1", 30443, "");
            const Trace trace = PacketTracer(state).trace(asked);
            QCOMPARE(trace.branches.size(), std::size_t(2)); // the node's own traffic goes to every endpoint
            for (const auto& branch : trace.branches) {
                QCOMPARE(branch.disposition, Disposition::Forwarded);
                QVERIFY(stepOf(branch, "nat-output"));
            }
        }
    }

    void owners()
    {
        const NodeState state = node(fixture(QStringLiteral("kube-proxy-1.31.json")));
        const PacketTracer tracer(state);
        const Trace trace = tracer.trace(query(proto::tcp, "10.99.1.2", "10.96.0.10", 80));
        const TraceBranch& branch = trace.branches.at(0);
        const TraceStep* step = stepOf(branch, "service-");
        QVERIFY(step);
        QCOMPARE(step->owner.kind, std::string("Service"));
        QCOMPARE(step->owner.nameSpace + '/' + step->owner.name + ':' + step->owner.port, std::string("default/web:http"));
        step = stepOf(branch, "endpoint-");
        QCOMPARE(step->owner.kind, std::string("endpoint"));
        QCOMPARE(step->owner.name, std::string("web"));
        QVERIFY(step->owner.detail.ends_with(":8080"));
        // a verdict map's element tells the Service
        for (const auto& one : branch.steps)
            if (one.chain == "services") {
                QCOMPARE(one.owner.kind, std::string("Service"));
                QCOMPARE(one.owner.name, std::string("web"));
            }
        step = stepOf(branch, "masquerading");
        QCOMPARE(step->owner.kind, std::string("kube-proxy"));
        QCOMPARE(step->owner.detail, std::string("masquerade"));
        step = stepOf(branch, "cluster-ips-check");
        QVERIFY(!step); // it did not match
    }

    /// Names are cut off at 240 characters: then the hash tells, if the Services are known.
    void ownersByHash()
    {
        Owners owners;
        kube::Service service;
        service.meta.nameSpace = "ns1";
        service.meta.name = "svc1";
        service.ports.push_back({});
        service.ports.back().name = "p80";
        service.ports.back().port = 80;
        service.ports.back().protocol = "TCP";
        owners.setServices({service});
        RuleOwner owner = owners.of("ip kube-proxy", "service-ULMVA6XW-ns1/sv...", "accept");
        QCOMPARE(owner.nameSpace + '/' + owner.name + ':' + owner.port, std::string("ns1/svc1:p80"));
        owner = owners.of("ip6 kube-proxy", "endpoint-5OJB2KTY-ns/svc/tcp/p80__fd00.10.180..1/80", "dnat");
        QCOMPARE(owner.kind, std::string("endpoint"));
        QCOMPARE(owner.detail, std::string("[fd00:10:180::1]:80"));
        owner = owners.of("ip kube-proxy", "external-P6J77WGM-riset/hellopod-np-svc/tcp/", "");
        QCOMPARE(owner.name, std::string("hellopod-np-svc"));
        QCOMPARE(owner.port, std::string());
        QCOMPARE(owners.of("ip kube-proxy", "service-endpoints-check", "").detail, std::string("no endpoints"));
        QCOMPARE(owners.of("ip kube-proxy", "services", "", "goto service-ULMVA6XW-ns1/svc1/tcp/p80").name, std::string("svc1"));
        QCOMPARE(owners.of("ip kube-proxy", "service-short", "").kind, std::string("kube-proxy"));
        QCOMPARE(owners.of("inet firewalld", "filter_FORWARD", "drop").kind, std::string("firewalld"));
        QCOMPARE(owners.of("ip filter", "KUBE-FORWARD", "accept").kind, std::string("kube-proxy"));
        QCOMPARE(owners.of("inet mine", "x", "drop").kind, std::string("unknown"));
        owner = owners.of("ip cni_hostport", "hostports", "tcp dport 8088 dnat to 10.99.2.2:80 comment \"3f2a9c\"");
        QCOMPARE(owner.kind, std::string("hostPort"));
        QCOMPARE(owner.detail, std::string("3f2a9c"));
    }

    /// portmap, docker and firewalld beside each other: each drop is final, each accept ends its own chain only.
    void others()
    {
        const NodeState state = node(fixture(QStringLiteral("others.json")));
        const PacketTracer tracer(state);
        Trace trace = tracer.trace(query(proto::tcp, "10.99.1.2", "10.99.1.1", 8088));
        QCOMPARE(ends(trace), QByteArrayList {"dropped 100%"}); // docker's: the Pod's port 80 is not published
        QCOMPARE(trace.branches[0].reason, std::string("ip docker-bridges filter-forward-in__cni0 rule 4"));
        trace = tracer.trace(query(proto::tcp, "10.99.1.2", "10.99.2.2", 8080));
        QCOMPARE(trace.branches[0].reason, std::string("inet firewalld filter_FORWARD rule 7: icmpx admin-prohibited"));
        trace = tracer.trace(query(proto::tcp, "10.99.1.2", "10.99.3.2", 443));
        QCOMPARE(ends(trace), QByteArrayList {"forwarded 10.99.3.2:443 from 10.99.1.2 100%"});
        trace = tracer.trace(query(proto::tcp, "fd99:1::2", "fd99:3::2", 443));
        QCOMPARE(trace.branches[0].disposition, Disposition::Forwarded);
        trace = tracer.trace(query(proto::tcp, "10.99.1.2", "10.99.2.2", 8088));
        QVERIFY(!stepOf(trace.branches[0], "hostports")); // not an address of the node
    }

    /// kube-proxy's and portmap's base chains stand at one priority, whose order no dump tells: both orders, if it matters.
    void hostPortAgainstNodePort()
    {
        const std::string mine = fixture(QStringLiteral("others.json"));
        std::string both = fixture(QStringLiteral("kube-proxy-1.31.json"));
        both.replace(both.rfind("\n]}"), 3, ",\n" + mine.substr(mine.find("{\"table\"")));
        for (std::size_t at = both.find("\"right\": 8088"); at != std::string::npos; at = both.find("\"right\": 8088"))
            both.replace(at, 13, "\"right\": 30080");
        const NodeState state = node(both);
        const Trace trace = PacketTracer(state).trace(query(proto::tcp, "10.99.1.2", "10.99.1.1", 30080));
        bool hostPort = false, nodePort = false;
        for (const auto& branch : trace.branches) {
            QVERIFY(!branch.certain);
            hostPort = hostPort || branch.packet.dport == 80;
            nodePort = nodePort || branch.packet.dport == 8080;
        }
        QVERIFY(hostPort && nodePort);
        QVERIFY(std::any_of(trace.warnings.begin(), trace.warnings.end(), [](const std::string& one) { return one.find("is not in the dump, and it matters") != std::string::npos; }));
    }

    void realDumps_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("packet");
        QTest::addColumn<int>("branches");
        QTest::addColumn<QByteArray>("first");
        const auto row = [](const char* name, const char* packet, int branches, const char* first) {
            QTest::newRow(qPrintable(QString::fromLatin1(name) + QLatin1Char(' ') + QLatin1String(packet))) << QString::fromLatin1(name) << QByteArray(packet) << branches << QByteArray(first);
        };
        for (const char* version : {"k8s-1.35-kube-proxy-nftables.kernel.nft.json", "k8s-1.36-kube-proxy-nftables.kernel.nft.json"}) {
            row(version, "tcp 10.0.0.5 172.30.0.44 80", 2, "10.180.0.4:80");
            row(version, "tcp 10.0.0.5 172.30.0.41 80", 1, "10.180.0.1:80");
            row(version, "tcp 203.0.113.9 5.6.7.8 80", 1, "10.180.0.3:80");
            row(version, "tcp 9.9.9.9 5.6.7.8 80", 1, "dropped");
            row(version, "tcp 9.9.9.9 172.30.0.46 80", 1, "rejected");
            row(version, "tcp 9.9.9.9 172.30.0.41 81", 1, "rejected");
            row(version, "tcp 9.9.9.9 172.30.99.1 80", 1, "dropped");
        }
        row("k3s-kube-proxy-nftables-1.31.kernel.json", "udp 10.42.9.9 10.43.0.10 53", 1, "10.42.0.171:53");
        row("k3s-kube-proxy-nftables-1.31.kernel.json", "tcp 10.42.9.9 10.43.195.72 8000", 9, "10.42.2.218:8080");
        row("k3s-kube-proxy-nftables-1.31.kernel.json", "tcp 10.42.9.9 10.43.21.102 4317", 1, "rejected");
    }
    void realDumps()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, packet);
        QFETCH(int, branches);
        QFETCH(QByteArray, first);
        const std::string ruleset = read(QStringLiteral(MEDIC_SOURCE_DIR "/../shared/dumps/") + name);
        if (ruleset.empty())
            QSKIP("third-party dumps are not beside this checkout");
        const NodeState state = node(ruleset);
        const QByteArrayList words = packet.split(' ');
        const Trace trace = PacketTracer(state).trace(query(words[0] == "tcp" ? proto::tcp : proto::udp, words[1], words[2], words[3].toUShort()));
        QCOMPARE(int(trace.branches.size()), branches);
        QByteArrayList ends;
        double sum = 0;
        for (const auto& branch : trace.branches) {
            const bool arrives = branch.disposition == Disposition::Forwarded || branch.disposition == Disposition::Delivered;
            ends << QByteArray::fromStdString(arrives ? branch.packet.dst + ':' + std::to_string(branch.packet.dport) : std::string(dispositionName(branch.disposition)));
            QVERIFY(branch.certain);
            QVERIFY(std::abs(branch.probability - 1.0 / branches) < 1e-9);
            sum += branch.probability;
        }
        std::sort(ends.begin(), ends.end());
        QCOMPARE(ends.first(), first);
        QVERIFY(std::abs(sum - 1.0) < 1e-9);
    }

    /// firewalld's whole ruleset: everything in it is understood.
    void firewalld()
    {
        const std::string ruleset = read(QStringLiteral(MEDIC_SOURCE_DIR "/../shared/dumps/firewalld-1.3.3-public-masq-fwdport.nft.json"));
        if (ruleset.empty())
            QSKIP("third-party dumps are not beside this checkout");
        const NodeState state = node(ruleset);
        const PacketTracer tracer(state);
        for (const auto& [from, to] : {std::pair("10.99.1.2", "10.99.3.2"), std::pair("fd99:1::2", "fd99:3::2"), std::pair("10.99.1.2", "10.99.1.1")})
            for (const std::uint16_t port : {22, 443, 8080}) {
                const Trace trace = tracer.trace(query(proto::tcp, from, to, port));
                QCOMPARE(trace.branches.size(), std::size_t(1));
                QVERIFY2(trace.branches[0].certain, trace.branches[0].reason.c_str());
            }
    }
};

QTEST_APPLESS_MAIN(TestNftKubeProxy)
#include "tst_nft_kube_proxy.moc"
