// SPDX-License-Identifier: GPL-3.0-or-later
// Case 1.1 at its edges: which device is whose, ratios, versions, units, plugins, and what the events say.
#include "objects.h"

#include "diagnostics/checks/bandwidth.h"
#include "diagnostics/model/pod_probe_ids.h"

#include <QTest>

using namespace medic;
using test::has;
using test::withId;

namespace {

std::string annotated(const std::string& ingress, const std::string& egress = {})
{
    std::string text = "{";
    if (!ingress.empty())
        text += R"("kubernetes.io/ingress-bandwidth":")" + ingress + '"';
    if (!egress.empty())
        text += std::string(ingress.empty() ? "" : ",") + R"("kubernetes.io/egress-bandwidth":")" + egress + '"';
    return text + "}";
}

const std::string conflist = R"(==> /etc/cni/net.d/10-x.conflist <==
{"cniVersion":"0.4.0","name":"x","plugins":[{"type":"bridge","ipam":{"type":"host-local","subnet":"10.244.0.0/24"}},{"type":"portmap","capabilities":{"portMappings":true}},{"type":"bandwidth","capabilities":{"bandwidth":true}}]}
)";

/// One limited Pod whose interface on the node is veth1.
test::Recording limited(const std::string& annotations, const std::string& tc, const std::string& kubelet = "v1.20.2", const std::string& runtime = "docker://19.3.5", const std::string& phase = "Running")
{
    auto one = test::clusterOf(test::nodeObject("n1", kubelet, runtime));
    one.put("", probe::apiPods, test::list("Pod", test::podObject({.name = "iperf", .phase = phase, .annotations = annotations, .uid = "u-1"})));
    one.put("n1", probe::tcQdisc, tc);
    one.put("n1", probe::cniConfig, conflist);
    one.put("n1", probe::podNetworks, "1153 u-1 iperf eth0@if7 \n");
    one.put("n1", probe::ipLink, R"([{"ifindex":1,"ifname":"lo"},{"ifindex":7,"ifname":"veth1"},{"ifindex":8,"ifname":"veth2"}])");
    one.put("n1", probe::tcFilter, "veth1: filter protocol all pref 1 u32\nveth1: \taction order 1: mirred (Egress Redirect to device bwp1) stolen\n");
    return one;
}

std::string tbf(const std::string& device, const std::string& rate, const std::string& burst = "32Kb")
{
    return "qdisc tbf 1: dev " + device + " root refcnt 2 rate " + rate + " burst " + burst + " lat 25ms \n";
}

} // namespace

class Bandwidth : public QObject {
    Q_OBJECT

    Catalogue m_catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);

    checks::CheckReport run(const test::Recording& recording)
    {
        auto report = recording.run({"bandwidth"});
        if (const QString wrong = test::flaw(report, m_catalogue); !wrong.isEmpty())
            QTest::qFail(qPrintable(wrong), __FILE__, __LINE__);
        return report;
    }

private Q_SLOTS:
    void ratios_data()
    {
        QTest::addColumn<QString>("annotation");
        QTest::addColumn<QString>("rate");
        QTest::addColumn<QString>("finding");
        QTest::newRow("right") << u"10M"_qs << u"10Mbit"_qs << QString();
        QTest::newRow("right within 5 %") << u"10M"_qs << u"9600Kbit"_qs << QString();
        QTest::newRow("a thousandth") << u"10M"_qs << u"10Kbit"_qs << u"bandwidth.divided-by-1000"_qs;
        QTest::newRow("899 times") << u"8990k"_qs << u"10Kbit"_qs << u"bandwidth.other-rate"_qs;
        QTest::newRow("an eighth: bits and bytes") << u"8M"_qs << u"1Mbit"_qs << u"bandwidth.other-rate"_qs;
        QTest::newRow("edited afterwards") << u"20M"_qs << u"10Mbit"_qs << u"bandwidth.other-rate"_qs;
        QTest::newRow("binary suffix") << u"1Mi"_qs << u"1048576bit"_qs << QString();
    }

    void ratios()
    {
        QFETCH(QString, annotation);
        QFETCH(QString, rate);
        QFETCH(QString, finding);
        const auto report = run(limited(annotated(annotation.toStdString()), tbf("veth1", rate.toStdString())));
        if (finding.isEmpty())
            QVERIFY2(report.findings.empty(), test::ids(report).c_str());
        else
            QVERIFY2(has(report, finding.toStdString()), test::ids(report).c_str());
    }

    void theThousandthByVersion_data()
    {
        QTest::addColumn<QString>("kubelet");
        QTest::addColumn<QString>("runtime");
        QTest::addColumn<int>("confidence");
        QTest::newRow("1.14 with dockershim") << u"v1.14.1"_qs << u"docker://18.9.7"_qs << int(Confidence::Confirmed);
        QTest::newRow("1.13") << u"v1.13.12"_qs << u"docker://18.9.7"_qs << int(Confidence::Confirmed);
        QTest::newRow("1.15: not by its version") << u"v1.15.0"_qs << u"docker://18.9.7"_qs << int(Confidence::Possible);
        QTest::newRow("containerd does it itself") << u"v1.14.1"_qs << u"containerd://1.2.6"_qs << int(Confidence::Possible);
        QTest::newRow("cri-o too") << u"v1.14.1"_qs << u"cri-o://1.14.1"_qs << int(Confidence::Possible);
    }

    void theThousandthByVersion()
    {
        QFETCH(QString, kubelet);
        QFETCH(QString, runtime);
        QFETCH(int, confidence);
        const auto report = run(limited(annotated("10M"), tbf("veth1", "10Kbit"), kubelet.toStdString(), runtime.toStdString()));
        const auto found = withId(report, "bandwidth.divided-by-1000");
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(int(found[0].confidence()), confidence);
        QCOMPARE(found[0].parameters().at("actual"), std::string("10 kbit/s"));
    }

    void directionsAreDifferentDevices()
    {
        const auto report = run(limited(annotated("10M", "5M"), tbf("veth1", "10Mbit") + tbf("bwp1", "5Mbit")));
        QVERIFY2(report.findings.empty(), test::ids(report).c_str());
        // Another Pod's limits with the right numbers do not help this one.
        const auto other = run(limited(annotated("10M", "5M"), tbf("veth2", "10Mbit") + tbf("bwp2", "5Mbit")));
        const auto found = withId(other, "bandwidth.not-applied");
        QCOMPARE(found.size(), std::size_t(2));
        QCOMPARE(found[0].confidence(), Confidence::Confirmed);
    }

    void withoutTheMapRatesAreSets()
    {
        auto recording = limited(annotated("10M"), tbf("veth9", "10Mbit"));
        recording.drop("n1", probe::podNetworks);
        QVERIFY2(run(recording).findings.empty(), test::ids(run(recording)).c_str());
        auto thousandth = limited(annotated("10M"), tbf("veth9", "10Kbit"), "v1.14.0");
        thousandth.drop("n1", probe::podNetworks);
        QCOMPARE(withId(run(thousandth), "bandwidth.divided-by-1000").at(0).confidence(), Confidence::Likely);
        auto none = limited(annotated("10M"), "qdisc noqueue 0: dev veth9 root refcnt 2 \n");
        none.drop("n1", probe::podNetworks);
        QCOMPARE(withId(run(none), "bandwidth.not-applied").at(0).confidence(), Confidence::Likely);
    }

    void calicosRoutesNameTheInterface()
    {
        auto recording = limited(annotated("10M"), tbf("cali1", "10Mbit"));
        recording.drop("n1", probe::podNetworks);
        recording.put("n1", probe::ipRouteAll, R"([{"dst":"10.244.0.5","dev":"cali1","scope":"link"}])");
        const auto rows = checks::bandwidthRows(recording.snapshot, "n1");
        QCOMPARE(rows.size(), std::size_t(1));
        QVERIFY(rows[0].certain);
        QCOMPARE(rows[0].device, std::string("cali1"));
    }

    void aLargeBurstIsExplainedAndNoFault()
    {
        const auto report = run(limited(annotated("10M"), tbf("veth1", "10Mbit", "256Mb")));
        const auto found = withId(report, "bandwidth.large-burst");
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].verdict(), Verdict::Ok);
        QCOMPARE(report.findings.size(), std::size_t(1));
    }

    void badValues_data()
    {
        QTest::addColumn<QString>("value");
        QTest::addColumn<bool>("bad");
        QTest::newRow("10m is a hundredth of a bit") << u"10m"_qs << true;
        QTest::newRow("999") << u"999"_qs << true;
        QTest::newRow("1k") << u"1k"_qs << false;
        QTest::newRow("1P") << u"1P"_qs << false;
        QTest::newRow("2P") << u"2P"_qs << true;
        QTest::newRow("words") << u"ten"_qs << true;
        QTest::newRow("hostile") << u"$(reboot)<b>"_qs << true;
    }

    void badValues()
    {
        QFETCH(QString, value);
        QFETCH(bool, bad);
        // Such a Pod does not run: the kubelet refuses it.
        const auto report = run(limited(annotated(value.toStdString()), "", "v1.28.2", "containerd://1.7.2", "Pending"));
        QCOMPARE(has(report, "bandwidth.bad-value"), bad);
        QVERIFY(!has(report, "bandwidth.not-applied"));
    }

    void conflists_data()
    {
        QTest::addColumn<QString>("plugins");
        QTest::addColumn<QString>("finding");
        QTest::newRow("no plugin") << uR"([{"type":"bridge"}])"_qs << u"bandwidth.no-plugin"_qs;
        QTest::newRow("no capability") << uR"([{"type":"bridge"},{"type":"bandwidth"}])"_qs << u"bandwidth.no-plugin"_qs;
        QTest::newRow("not chained") << uR"([{"type":"bandwidth","capabilities":{"bandwidth":true}}])"_qs << u"bandwidth.no-plugin"_qs;
        QTest::newRow("rate without burst") << uR"([{"type":"bridge"},{"type":"bandwidth","ingressRate":1000000}])"_qs << u"bandwidth.conflist-without-burst"_qs;
        QTest::newRow("Cilium") << uR"([{"type":"cilium-cni"}])"_qs << u"bandwidth.other-shaper"_qs;
    }

    void conflists()
    {
        QFETCH(QString, plugins);
        QFETCH(QString, finding);
        auto recording = limited(annotated("10M"), tbf("veth1", "10Mbit"));
        recording.put("n1", probe::cniConfig, "==> /etc/cni/net.d/10-x.conflist <==\n{\"cniVersion\":\"0.4.0\",\"name\":\"x\",\"plugins\":" + plugins.toStdString() + "}\n");
        const auto report = run(recording);
        QVERIFY2(has(report, finding.toStdString()), test::ids(report).c_str());
        if (finding == u"bandwidth.other-shaper")
            QVERIFY(!has(report, "bandwidth.not-applied"));
    }

    void plugins_data()
    {
        QTest::addColumn<QString>("version");
        QTest::addColumn<bool>("old");
        QTest::newRow("0.8.2") << u"v0.8.2"_qs << true;
        QTest::newRow("0.8.3") << u"v0.8.3"_qs << false;
        QTest::newRow("1.9.1") << u"v1.9.1"_qs << false;
    }

    void plugins()
    {
        QFETCH(QString, version);
        QFETCH(bool, old);
        auto recording = limited(annotated("10M"), tbf("veth1", "10Mbit"));
        recording.put("n1", probe::cniVersions, "==> /opt/cni/bin/bandwidth <==\nCNI bandwidth plugin " + version.toStdString() + "\n");
        QCOMPARE(has(run(recording), "bandwidth.old-plugin"), old);
        recording.drop("n1", probe::cniVersions);
        recording.put("n1", probe::cniBin, "==> /opt/cni/bin <==\ntotal 1\n-rwxr-xr-x 1 root root 1 Jan 1 00:00 bridge\n-rwxr-xr-x 1 root root 1 Jan 1 00:00 portmap\n");
        QVERIFY(has(run(recording), "bandwidth.no-binary"));
    }

    void theKernelsParts()
    {
        auto recording = limited(annotated("10M"), tbf("veth1", "10Mbit"));
        recording.put("n1", probe::kernelSupport, "CONFIG_NET_SCH_TBF=m\nCONFIG_NET_ACT_MIRRED=m\n==> modules <==\nifb no\nsch_tbf yes\nact_mirred yes\n");
        QCOMPARE(withId(run(recording), "bandwidth.kernel-lacks").at(0).parameters().at("modules"), std::string("ifb"));
        // Built in it is in no list of modules.
        recording.put("n1", probe::kernelSupport, "CONFIG_IFB=y\nCONFIG_NET_SCH_TBF=y\nCONFIG_NET_ACT_MIRRED=y\n==> modules <==\nifb no\nsch_tbf no\nact_mirred no\n");
        QVERIFY(!has(run(recording), "bandwidth.kernel-lacks"));
        // No configuration and no modinfo: nothing is known.
        recording.put("n1", probe::kernelSupport, "");
        QVERIFY(!has(run(recording), "bandwidth.kernel-lacks"));
    }

    void events_data()
    {
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("kubelet");
        QTest::addColumn<QString>("finding");
        QTest::addColumn<int>("confidence");
        const QString rate = u"networkPlugin cni failed to set up pod network: if rate is set, burst must also be set"_qs;
        QTest::newRow("B1 at 1.12") << rate << u"v1.12.10"_qs << u"bandwidth.burst-missing"_qs << int(Confidence::Confirmed);
        QTest::newRow("not B1 at 1.13.0") << rate << u"v1.13.0"_qs << u"bandwidth.burst-missing"_qs << int(Confidence::Possible);
        QTest::newRow("no modules") << u"plugin type=bandwidth failed (add): create ifb qdisc: operation not supported"_qs << u"v1.20.0"_qs << u"bandwidth.modules-missing"_qs << int(Confidence::Confirmed);
        QTest::newRow("no binary") << u"failed to find plugin \\\"bandwidth\\\" in path [/opt/cni/bin]"_qs << u"v1.20.0"_qs << u"bandwidth.plugin-not-found"_qs << int(Confidence::Confirmed);
        QTest::newRow("chained") << u"must be called as a chained plugin"_qs << u"v1.20.0"_qs << u"bandwidth.plugin-refuses"_qs << int(Confidence::Confirmed);
        QTest::newRow("annotation") << u"error reading pod bandwidth annotations: resoruce is unreasonably large (> 1Pbit)"_qs << u"v1.20.0"_qs << u"bandwidth.annotation-refused"_qs << int(Confidence::Confirmed);
    }

    void events()
    {
        QFETCH(QString, message);
        QFETCH(QString, kubelet);
        QFETCH(QString, finding);
        QFETCH(int, confidence);
        auto recording = limited(annotated("10M"), "", kubelet.toStdString(), "docker://18.9.7", "Pending");
        recording.put("", probe::apiEvents, test::list("Event", test::eventObject("FailedCreatePodSandBox", message.toStdString(), "iperf")));
        const auto found = withId(run(recording), finding.toStdString());
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(int(found[0].confidence()), confidence);
        // The Pod runs now, or is gone: the event is history.
        recording.put("", probe::apiPods, test::list("Pod", test::podObject({.name = "iperf", .annotations = annotated("10M"), .uid = "u-1"})));
        QVERIFY(!has(run(recording), finding.toStdString()));
    }

    void whatIsMissingIsUnknown()
    {
        auto recording = limited(annotated("10M"), "");
        recording.put("n1", probe::tcQdisc, "", -1, ProbeState::ToolMissing, "tc");
        const auto report = run(recording);
        QCOMPARE(withId(report, "common.not-checked").size(), std::size_t(1));
        QVERIFY(!has(report, "bandwidth.not-applied"));
        // No annotation: nothing to check, nothing missing.
        recording.put("", probe::apiPods, test::list("Pod", test::podObject({.name = "web"})));
        QVERIFY(run(recording).findings.empty());
    }

    void hostNetworkAndFinishedPodsHaveNoLimit()
    {
        auto recording = limited(annotated("10M"), "");
        recording.put("", probe::apiPods,
                      test::list("Pod", test::podObject({.name = "a", .annotations = annotated("10M"), .spec = R"("hostNetwork":true)"}) + ','
                                     + test::podObject({.name = "b", .phase = "Succeeded", .annotations = annotated("10M")})));
        QVERIFY2(run(recording).findings.empty(), test::ids(run(recording)).c_str());
    }
};

QTEST_APPLESS_MAIN(Bandwidth)
#include "tst_bandwidth.moc"
