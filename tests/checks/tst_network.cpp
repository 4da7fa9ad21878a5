// SPDX-License-Identifier: GPL-3.0-or-later
// P6–P10, P23, P24: races, IPVS reuse by kernel, CNI files, addresses, MTU, accept queues, backends.
#include "objects.h"

#include "diagnostics/model/pod_probe_ids.h"

#include <QTest>

using namespace medic;
using test::has;
using test::withId;

namespace {

test::Recording node(const std::string& kernel = "6.1.0-18-amd64")
{
    auto one = test::clusterOf(test::nodeObject("n1", "v1.28.2", "containerd://1.7.2", "True", "KubeletReady", "ok", kernel));
    one.put("n1", probe::uname, "Linux n1 " + kernel + " #1 SMP x86_64 GNU/Linux\n");
    one.put("n1", probe::ps, "  PID  PPID STAT WCHAN  ELAPSED   RSS COMMAND\n  100 1 Ssl - 86400 1000 /usr/bin/kubelet\n  200 1 Ssl - 86400 1000 /usr/local/bin/kube-proxy\n");
    return one;
}

std::string conflist(const std::string& name, const std::string& plugins) { return "==> /etc/cni/net.d/" + name + " <==\n{\"cniVersion\":\"0.4.0\",\"name\":\"x\",\"plugins\":[" + plugins + "]}\n"; }

} // namespace

class Network : public QObject {
    Q_OBJECT

    Catalogue m_catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);

    checks::CheckReport run(const test::Recording& recording, const Snapshot* earlier = nullptr)
    {
        auto report = checks::runSuites(checks::CheckInput {recording.snapshot, earlier, recording.now, {}}, {"network"});
        if (const QString wrong = test::flaw(report, m_catalogue); !wrong.isEmpty())
            QTest::qFail(qPrintable(wrong), __FILE__, __LINE__);
        return report;
    }

private Q_SLOTS:
    void aNodeWithoutAPodRange()
    {
        const auto recorded = [](const char* more, const char* reason) {
            auto recording = test::clusterOf(R"({"metadata":{"name":"n1"},"spec":{)" + std::string(more) + R"(},"status":{}})");
            recording.put("", probe::apiEvents, test::list("Event", R"({"metadata":{"name":"e","namespace":"default"},"type":"Warning","reason":")" + std::string(reason)
                + R"(","message":"CIDR allocation failed; there are no remaining CIDRs left to allocate in the accepted range","involvedObject":{"kind":"Node","name":"n1"}})"));
            return recording;
        };
        const auto found = withId(run(recorded("", "CIDRNotAvailable")), "cni.no-pod-range");
        QCOMPARE(found.size(), std::size_t(1));
        QVERIFY(found[0].parameters().at("message").starts_with("CIDR allocation failed"));
        QVERIFY(!has(run(recorded(R"("podCIDRs":["10.244.0.0/24"])", "CIDRNotAvailable")), "cni.no-pod-range")); // it has got one since
        QVERIFY(!has(run(recorded("", "CIDRAssignmentFailed")), "cni.no-pod-range"));
    }

    void insertFailed()
    {
        const auto text = [](int count) { return "cpu=0 found=0 invalid=0 insert=0 insert_failed=" + std::to_string(count) + " drop=0\ncpu=1 found=0 insert_failed=0 drop=0\n"; };
        auto before = node(), now = node("4.18.0-553.el8.x86_64");
        now.put("n1", probe::conntrackStats, text(999));
        QVERIFY(!has(run(now), "network.insert-failed")); // few, since boot
        now.put("n1", probe::conntrackStats, text(1000));
        QCOMPARE(withId(run(now), "network.insert-failed").at(0).confidence(), Confidence::Possible);
        // Two samples: what grows now is lost now.
        before.put("n1", probe::conntrackStats, text(5));
        now.put("n1", probe::conntrackStats, text(9));
        const auto found = withId(run(now, &before.snapshot), "network.insert-failed");
        QCOMPARE(found.at(0).confidence(), Confidence::Likely);
        QCOMPARE(found[0].parameters().at("count"), std::string("4"));
        before.put("n1", probe::conntrackStats, text(9));
        QVERIFY(!has(run(now, &before.snapshot), "network.insert-failed"));
        // The table of /proc has other columns: not read as if it had these.
        now.put("n1", probe::conntrackStats, "entries  searched found new invalid ignore delete\n00000010 00000000 00000000 00000000 00000005 00000000 00000000\n");
        QVERIFY(!has(run(now), "network.insert-failed"));
    }

    void connectionReuse_data()
    {
        QTest::addColumn<QString>("kernel");
        QTest::addColumn<QString>("mode");
        QTest::addColumn<int>("confidence"); // -1: nothing
        QTest::newRow("5.8") << u"5.8.18"_qs << u"1"_qs << int(Confidence::Likely);
        QTest::newRow("5.8, mode 0") << u"5.8.18"_qs << u"0"_qs << int(Confidence::Likely);
        QTest::newRow("5.9") << u"5.9.0"_qs << u"1"_qs << -1;
        QTest::newRow("RHEL 8 may have the fix") << u"4.18.0-553.el8.x86_64"_qs << u"1"_qs << int(Confidence::Possible);
        QTest::newRow("RHEL 7") << u"3.10.0-1160.el7.x86_64"_qs << u"1"_qs << int(Confidence::Possible);
        QTest::newRow("TencentOS") << u"5.4.119-19-0009.tlinux4"_qs << u"0"_qs << int(Confidence::Possible);
    }

    void connectionReuse()
    {
        QFETCH(QString, kernel);
        QFETCH(QString, mode);
        QFETCH(int, confidence);
        auto recording = node(kernel.toStdString());
        recording.put("n1", probe::sysctl, "net.ipv4.vs.conn_reuse_mode = " + mode.toStdString() + "\n");
        recording.put("n1", probe::kubeProxyMode, "ipvs\n");
        const auto found = withId(run(recording), "network.conn-reuse");
        QCOMPARE(found.empty() ? -1 : int(found[0].confidence()), confidence);
        // In iptables mode the setting is nobody's.
        recording.put("n1", probe::kubeProxyMode, "iptables\n");
        QVERIFY(!has(run(recording), "network.conn-reuse"));
    }

    void cniFiles()
    {
        auto recording = node();
        const std::string bin = "==> /opt/cni/bin <==\ntotal 1\n-rwxr-xr-x 1 root root 1 Jan 1 00:00 bridge\n-rwxr-xr-x 1 root root 1 Jan 1 00:00 host-local\n-rwxr-xr-x 1 root root 1 Jan 1 00:00 portmap\n";
        recording.put("n1", probe::cniBin, bin);
        recording.put("n1", probe::cniConfig, conflist("10-a.conflist", "{\"type\":\"bridge\",\"ipam\":{\"type\":\"host-local\",\"subnet\":\"10.244.0.0/24\"}},{\"type\":\"portmap\"}"));
        QVERIFY2(run(recording).findings.empty(), test::ids(run(recording)).c_str());
        recording.put("n1", probe::cniConfig, conflist("10-a.conflist", "{\"type\":\"calico\",\"ipam\":{\"type\":\"calico-ipam\"}}"));
        QCOMPARE(withId(run(recording), "cni.binary-missing").size(), std::size_t(2));
        // A file of 0 bytes is what a full disk leaves; the next one is used then.
        recording.put("n1", probe::cniConfig, "==> /etc/cni/net.d/05-empty.conflist <==\n\n" + conflist("10-a.conflist", "{\"type\":\"bridge\",\"ipam\":{\"type\":\"host-local\"}}"));
        QCOMPARE(withId(run(recording), "cni.config-unreadable").at(0).verdict(), Verdict::Warning);
        recording.put("n1", probe::cniConfig, "==> /etc/cni/net.d/05-empty.conflist <==\n\n");
        QCOMPARE(withId(run(recording), "cni.config-unreadable").at(0).verdict(), Verdict::Failure);
        recording.put("n1", probe::cniConfig, conflist("10-a.conflist", "{\"type\":\"bridge\",\"ipam\":{\"type\":\"host-local\"}}") + conflist("20-b.conflist", "{\"type\":\"bridge\"}"));
        QVERIFY(has(run(recording), "cni.several-configs"));
    }

    void addresses_data()
    {
        QTest::addColumn<int>("used");
        QTest::addColumn<int>("verdict");
        QTest::newRow("26 of 29") << 26 << int(Verdict::Ok); // /27: 32 less network, broadcast and gateway
        QTest::newRow("27 of 29") << 27 << int(Verdict::Warning);
        QTest::newRow("29 of 29") << 29 << int(Verdict::Failure);
    }

    void addresses()
    {
        QFETCH(int, used);
        QFETCH(int, verdict);
        auto recording = node();
        recording.put("n1", probe::cniConfig, conflist("10-a.conflist", "{\"type\":\"bridge\",\"ipam\":{\"type\":\"host-local\",\"subnet\":\"10.244.0.0/27\"}}"));
        std::string files = "==> /var/lib/cni/networks/x <==\n";
        for (int i = 0; i < used; ++i)
            files += "10.244.0." + std::to_string(i + 2) + " abc\n";
        recording.put("n1", probe::cniNetworks, files + "last_reserved_ip.0 10.244.0.30\nlock \n");
        const auto found = withId(run(recording), "cni.addresses-low");
        QCOMPARE(found.empty() ? int(Verdict::Ok) : int(found[0].verdict()), verdict);
    }

    void mtu_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<int>("mtu");
        QTest::addColumn<bool>("tooLarge");
        QTest::newRow("vxlan 1450") << u"vxlan"_qs << 1450 << false;
        QTest::newRow("vxlan 1451") << u"vxlan"_qs << 1451 << true;
        QTest::newRow("geneve 1500") << u"geneve"_qs << 1500 << true;
        QTest::newRow("ipip 1480") << u"ipip"_qs << 1480 << false;
        QTest::newRow("ipip 1481") << u"ipip"_qs << 1481 << true;
        QTest::newRow("wireguard 1440") << u"wireguard"_qs << 1440 << false;
        QTest::newRow("wireguard 1441") << u"wireguard"_qs << 1441 << true;
        QTest::newRow("veth 1500") << u"veth"_qs << 1500 << false;
    }

    void mtu()
    {
        QFETCH(QString, kind);
        QFETCH(int, mtu);
        QFETCH(bool, tooLarge);
        auto recording = node();
        recording.put("n1", probe::ipLink,
                      "[{\"ifname\":\"lo\",\"mtu\":65536},{\"ifname\":\"eth0\",\"mtu\":1500,\"operstate\":\"UP\"},{\"ifname\":\"t0\",\"mtu\":" + std::to_string(mtu) + ",\"operstate\":\"UNKNOWN\",\"linkinfo\":{\"info_kind\":\""
                          + kind.toStdString() + "\"}}]");
        QCOMPARE(has(run(recording), "network.mtu-too-large"), tooLarge);
    }

    void acceptQueues()
    {
        auto recording = node();
        const auto full = [&](int waiting) {
            recording.put("n1", probe::ss, "tcp LISTEN " + std::to_string(waiting) + " 128 0.0.0.0:80 0.0.0.0:* users:((\"nginx\",pid=1,fd=2))\n");
            return has(run(recording), "network.accept-queue-full");
        };
        QVERIFY(!full(0));
        QVERIFY(!full(128));
        QVERIFY(full(129));
        // In a Pod's own namespace.
        auto pods = node();
        pods.put("", probe::apiPods, test::list("Pod", test::podObject({.name = "web", .uid = "u-web"})));
        pods.put("n1", probe::backlogs, "==> pod u-web <==\nLISTEN 12     9      *:8080 *:*\nTcpExtListenOverflows 0\nTcpExtListenDrops 0\n");
        const auto found = withId(run(pods), "network.pod-accept-queue-full");
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].parameters().at("pod"), std::string("default/web"));
        pods.put("n1", probe::backlogs, "==> pod u-web <==\nLISTEN 9     9      *:8080 *:*\nTcpExtListenOverflows 0\nTcpExtListenDrops 0\n");
        QVERIFY(!has(run(pods), "network.pod-accept-queue-full"));
        // Overflows count only when they grow.
        auto before = pods;
        pods.put("n1", probe::backlogs, "==> pod u-web <==\nTcpExtListenOverflows 50\nTcpExtListenDrops 50\n");
        QVERIFY(!has(run(pods), "network.pod-listen-drops"));
        QVERIFY(has(run(pods, &before.snapshot), "network.pod-listen-drops"));
    }

    void bothBackends()
    {
        const std::string services = "*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n-A PREROUTING -j KUBE-SERVICES\n-A KUBE-SERVICES -d 10.96.0.1/32 -j RETURN\nCOMMIT\n";
        const std::string docker = "*nat\n:PREROUTING ACCEPT [0:0]\n:DOCKER - [0:0]\n-A PREROUTING -j DOCKER\nCOMMIT\n";
        auto recording = node();
        recording.put("n1", probe::iptablesNftSave, services);
        recording.put("n1", probe::iptablesLegacySave, docker);
        QVERIFY2(!has(run(recording), "network.both-backends"), "docker's own rules in the other backend are usual");
        recording.put("n1", probe::iptablesLegacySave, services);
        QVERIFY(has(run(recording), "network.both-backends"));
    }
};

QTEST_APPLESS_MAIN(Network)
#include "tst_network.moc"
