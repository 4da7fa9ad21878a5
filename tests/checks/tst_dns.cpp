// SPDX-License-Identifier: GPL-3.0-or-later
// Case 1.6: the matrix's verdicts one by one, CoreDNS's counters, Corefile, resolvers; and nothing where DNS is well.
#include "objects.h"

#include "diagnostics/model/pod_probe_ids.h"

#include <QTest>

using namespace medic;
using test::has;
using test::withId;

namespace {

const std::string in = "kubernetes.default.svc.cluster.local.", out = "example.com.";

/// A line of the matrix.
std::string ask(const std::string& from, const std::string& kind, const std::string& server, const std::string& protocol, bool internal, const std::string& code, int ms = 2)
{
    return from + ' ' + kind + ' ' + server + ' ' + protocol + (internal ? " internal " : " external ") + code + ' ' + (code == "timeout" ? "-" : std::to_string(ms)) + ' '
        + (code == "NOERROR" ? "10.96.0.1" : "-") + ' ' + (internal ? in : out) + '\n';
}

struct Codes {
    std::string vipUdp = "NOERROR", vipTcp = "NOERROR", first = "NOERROR", second = "NOERROR", outside = "NOERROR", upstream = "NOERROR";
    int ms = 2;
    bool third = true; ///< the last of the three UDP questions got an answer
};

/// What one Pod and the node see: VIP, two CoreDNS Pods, one upstream.
std::string matrix(const Codes& codes)
{
    std::string text;
    const std::string pod = "pod:u-web";
    for (int i = 0; i < 3; ++i)
        text += ask(pod, "vip", "10.96.0.10", "udp", true, i == 2 && !codes.third ? "timeout" : codes.vipUdp, codes.ms);
    text += ask(pod, "vip", "10.96.0.10", "tcp", true, codes.vipTcp);
    text += ask(pod, "vip", "10.96.0.10", "udp", false, codes.vipUdp == "NOERROR" ? codes.outside : codes.vipUdp);
    text += ask(pod, "vip", "10.96.0.10", "tcp", false, codes.vipTcp == "NOERROR" ? codes.outside : codes.vipTcp);
    for (const auto& [address, code] : {std::pair {"10.244.0.8", codes.first}, {"10.244.1.8", codes.second}})
        for (const char* const protocol : {"udp", "tcp"})
            text += ask(pod, "server", address, protocol, true, code) + ask(pod, "server", address, protocol, false, code == "NOERROR" ? codes.outside : code);
    text += ask(pod, "upstream", "192.0.2.53", "udp", false, codes.upstream);
    text += ask("host", "upstream", "192.0.2.53", "udp", false, codes.upstream) + ask("host", "vip", "10.96.0.10", "udp", true, codes.vipUdp);
    return text;
}

std::string dnsPods()
{
    std::string all;
    for (const auto& [name, ip, node] : {std::tuple {"coredns-a", "10.244.0.8", "n1"}, {"coredns-b", "10.244.1.8", "n2"}})
        all += (all.empty() ? "" : ",")
            + test::podObject({.name = name, .nameSpace = "kube-system", .node = node, .ip = ip, .labels = R"({"k8s-app":"kube-dns"})",
                               .status = R"("conditions":[{"type":"Ready","status":"True"}],"containerStatuses":[{"name":"c","ready":true,"state":{"running":{}}}])"});
    return all;
}

test::Recording cluster(const std::string& text)
{
    auto one = test::clusterOf(test::nodeObject("n1") + ',' + test::nodeObject("n2"));
    one.put("", probe::apiServices, test::list("Service", test::serviceObject("kube-dns", "10.96.0.10", 53, R"({"k8s-app":"kube-dns"})", "kube-system")));
    one.put("", probe::apiPods, test::list("Pod", dnsPods() + ',' + test::podObject({.name = "web", .ip = "10.244.0.5", .uid = "u-web"})));
    one.put("", probe::apiEndpointSlices, test::list("EndpointSlice", test::sliceObject("kube-dns", "10.244.0.8", 53, "kube-system")));
    one.put("n1", probe::dnsMatrix, text);
    return one;
}

} // namespace

class Dns : public QObject {
    Q_OBJECT

    Catalogue m_catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);

    checks::CheckReport run(const test::Recording& recording)
    {
        auto report = recording.run({"dns"});
        if (const QString wrong = test::flaw(report, m_catalogue); !wrong.isEmpty())
            QTest::qFail(qPrintable(wrong), __FILE__, __LINE__);
        return report;
    }

private Q_SLOTS:
    void verdicts_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("finding");
        QTest::addColumn<int>("verdict");
        const auto row = [](const char* name, const Codes& codes, const char* finding, Verdict verdict = Verdict::Failure) {
            QTest::newRow(name) << QString::fromStdString(matrix(codes)) << QString::fromLatin1(finding) << int(verdict);
        };
        row("all well", {}, "", Verdict::Ok);
        row("the data plane of this node", {.vipUdp = "timeout", .vipTcp = "timeout"}, "dns.vip-fails");
        row("refused at the VIP", {.vipUdp = "refused", .vipTcp = "refused"}, "dns.vip-fails");
        row("bridge-nf off", {.vipUdp = "unexpected-source", .vipTcp = "timeout"}, "dns.unexpected-source");
        row("nobody answers", {.vipUdp = "timeout", .vipTcp = "timeout", .first = "timeout", .second = "timeout"}, "dns.servers-silent");
        row("UDP only", {.vipTcp = "timeout"}, "dns.one-protocol");
        row("TCP only", {.vipUdp = "timeout"}, "dns.one-protocol");
        row("one bad replica", {.second = "timeout"}, "dns.bad-replica");
        row("the VIP only", {.first = "timeout", .second = "timeout"}, "dns.only-the-vip", Verdict::Ok);
        row("no cluster names", {.vipUdp = "NXDOMAIN", .vipTcp = "NXDOMAIN"}, "dns.resolves-nothing");
        row("no outside names, upstream works", {.outside = "SERVFAIL"}, "dns.external-fails");
        row("upstream dead", {.outside = "SERVFAIL", .upstream = "timeout"}, "dns.upstream-silent", Verdict::Warning);
        row("an offline site", {.outside = "NXDOMAIN", .upstream = "NXDOMAIN"}, "", Verdict::Ok);
        row("one of three lost", {.third = false}, "dns.intermittent", Verdict::Warning);
        row("a second", {.ms = 1000}, "dns.slow", Verdict::Warning);
        row("999 ms", {.ms = 999}, "", Verdict::Ok);
    }

    void aLieIsTold_data()
    {
        QTest::addColumn<QString>("service");
        QTest::addColumn<bool>("lie");
        QTest::newRow("the truth") << u"10.96.0.1"_qs << false;
        QTest::newRow("another Service range") << u"10.32.0.1"_qs << true;
    }
    void aLieIsTold()
    {
        QFETCH(QString, service);
        QFETCH(bool, lie);
        auto recording = cluster(matrix({}));
        recording.put("", probe::apiServices, test::list("Service", test::serviceObject("kube-dns", "10.96.0.10", 53, R"({"k8s-app":"kube-dns"})", "kube-system") + ','
                                                                        + test::serviceObject("kubernetes", service.toStdString(), 443, "null", "default")));
        const auto report = run(recording);
        QCOMPARE(has(report, "dns.wrong-answer"), lie);
        if (!lie)
            return;
        const auto found = withId(report, "dns.wrong-answer").at(0);
        QCOMPARE(found.verdict(), Verdict::Failure);
        QCOMPARE(found.confidence(), Confidence::Confirmed);
        QCOMPARE(found.parameters().at("address"), std::string("10.96.0.1"));
        QCOMPARE(found.parameters().at("expected"), std::string("10.32.0.1"));
        QCOMPARE(found.parameters().at("from"), std::string("default/web"));
    }

    void silenceSaysNothingAboutNames()
    {
        // Every cluster name was lost by chance, every outside name answered: that is loss, not a server without cluster names.
        std::string text;
        for (int i = 0; i < 3; ++i)
            text += ask("pod:u-web", "vip", "10.96.0.10", "udp", true, "timeout");
        text += ask("pod:u-web", "vip", "10.96.0.10", "tcp", true, "timeout") + ask("pod:u-web", "vip", "10.96.0.10", "udp", false, "NOERROR") + ask("pod:u-web", "vip", "10.96.0.10", "tcp", false, "NOERROR");
        const auto report = run(cluster(text));
        QVERIFY2(!has(report, "dns.internal-fails") && has(report, "dns.intermittent"), test::ids(report).c_str());
    }

    void oneSilentReplicaIsNotASilentProtocol()
    {
        auto codes = Codes {.vipTcp = "timeout", .second = "timeout"};
        const auto report = run(cluster(matrix(codes)));
        QVERIFY2(has(report, "dns.bad-replica") && !has(report, "dns.one-protocol") && !has(report, "dns.external-fails"), test::ids(report).c_str());
    }

    void aLoopOfAnEarlierStartIsOver()
    {
        const std::string head = "==> /var/log/pods/kube-system_coredns-1/coredns/1.log <==\n", older = "==> /var/log/pods/kube-system_coredns-1/coredns/0.log <==\n";
        const std::string loop = "[FATAL] plugin/loop: Loop (127.0.0.1:55953 -> :53) detected for zone \".\"\n";
        auto recording = cluster(matrix({}));
        // Files come newest first: the start at 08:31 is the last thing that happened.
        recording.put("n1", probe::corednsLog, head + "2026-11-23T08:31:00.1Z stdout F CoreDNS-1.7.0\n" + older + "2026-11-23T08:30:00.1Z stdout F CoreDNS-1.7.0\n2026-11-23T08:30:00.4Z stdout F " + loop);
        QVERIFY(!has(run(recording), "dns.loop"));
        recording.put("n1", probe::corednsLog, head + "2026-11-23T08:31:00.1Z stdout F CoreDNS-1.7.0\n2026-11-23T08:31:00.4Z stdout F " + loop + older + "2026-11-23T08:30:00.1Z stdout F CoreDNS-1.7.0\n");
        QVERIFY(has(run(recording), "dns.loop"));
    }

    void verdicts()
    {
        QFETCH(QString, text);
        QFETCH(QString, finding);
        QFETCH(int, verdict);
        const auto report = run(cluster(text.toStdString()));
        if (finding.isEmpty()) {
            QVERIFY2(report.findings.empty(), test::ids(report).c_str());
            return;
        }
        const auto found = withId(report, finding.toStdString());
        QVERIFY2(found.size() == 1, test::ids(report).c_str());
        QCOMPARE(int(found[0].verdict()), verdict);
        QCOMPARE(found[0].parameters().at("from"), std::string("default/web"));
        // Exactly one verdict of the matrix.
        QCOMPARE(report.findings.size(), std::size_t(1));
        if (verdict == int(Verdict::Failure))
            QCOMPARE(found[0].confidence(), Confidence::Confirmed);
    }

    void anAnswerThatIsALie()
    {
        // The one name whose address the apiserver tells: default/kubernetes is 10.96.0.1 here.
        auto recording = cluster(matrix({}));
        const std::string dns = test::serviceObject("kube-dns", "10.96.0.10", 53, R"({"k8s-app":"kube-dns"})", "kube-system");
        recording.put("", probe::apiServices, test::list("Service", dns + ',' + test::serviceObject("kubernetes", "10.96.0.1", 443)));
        QVERIFY2(run(recording).findings.empty(), test::ids(run(recording)).c_str());
        recording.put("", probe::apiServices, test::list("Service", dns + ',' + test::serviceObject("kubernetes", "10.100.0.1", 443)));
        const auto found = withId(run(recording), "dns.wrong-answer");
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].parameters().at("address"), std::string("10.96.0.1"));
        QCOMPARE(found[0].parameters().at("expected"), std::string("10.100.0.1"));
        QCOMPARE(found[0].confidence(), Confidence::Confirmed);
        // Without the list of Services nothing is known to be wrong; nor from a tool that gives no address.
        recording.drop("", probe::apiServices);
        QVERIFY(!has(run(recording), "dns.wrong-answer"));
    }

    void serversOfOtherNodes()
    {
        auto recording = cluster(ask("pod:u-web", "vip", "10.96.0.10", "udp", true, "timeout") + ask("pod:u-web", "server", "10.244.1.8", "udp", true, "timeout"));
        const auto found = withId(run(recording), "dns.servers-elsewhere-unreachable");
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].parameters().at("places"), std::string("n2"));
    }

    void internalNamesOnly()
    {
        std::string text;
        for (const char* const protocol : {"udp", "tcp"})
            text += ask("pod:u-web", "vip", "10.96.0.10", protocol, true, "SERVFAIL") + ask("pod:u-web", "vip", "10.96.0.10", protocol, false, "NOERROR");
        QVERIFY(has(run(cluster(text)), "dns.internal-fails"));
    }

    void aServiceThatIsNotThere()
    {
        auto recording = cluster(ask("pod:u-web", "vip", "10.96.0.10", "udp", true, "timeout") + ask("pod:u-web", "vip", "10.96.0.10", "tcp", true, "timeout"));
        recording.put("", probe::apiServices, test::list("Service", ""));
        const auto found = withId(run(recording), "dns.no-service");
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].verdict(), Verdict::Warning);
        // OpenShift's has another name in another namespace: the address decides.
        recording.put("", probe::apiServices, test::list("Service", test::serviceObject("dns-default", "10.96.0.10", 53, "{}", "openshift-dns")));
        QVERIFY(!has(run(recording), "dns.no-service") && has(run(recording), "dns.vip-silent"));
        // The apiserver silent: then it is only known that nobody answers.
        recording.put("", probe::apiServices, "", -1, ProbeState::Unreachable, "refused");
        QVERIFY(has(run(recording), "dns.vip-silent"));
    }

    void theNodesOwnViewCountsOnlyAlone()
    {
        // A transparent proxy between the node and the world, Pods well: nothing.
        auto recording = cluster(ask("host", "vip", "10.96.0.10", "udp", true, "timeout") + matrix({}));
        QVERIFY2(run(recording).findings.empty(), test::ids(run(recording)).c_str());
        recording.put("n1", probe::dnsMatrix, ask("host", "vip", "10.96.0.10", "udp", true, "timeout") + ask("host", "server", "10.244.0.8", "udp", true, "NOERROR"));
        QCOMPARE(withId(run(recording), "dns.vip-fails").at(0).confidence(), Confidence::Likely);
    }

    void missingToolsAreUnknown()
    {
        auto recording = cluster("");
        recording.put("n1", probe::dnsMatrix, "", -1, ProbeState::ToolMissing, "neither dig nor bash");
        const auto report = run(recording);
        QCOMPARE(withId(report, "common.not-checked").size(), std::size_t(1));
        QCOMPARE(report.findings.size(), std::size_t(1));
        recording.put("n1", probe::dnsMatrix, "", -1, ProbeState::NotApplicable, "no Pod");
        QVERIFY(run(recording).findings.empty());
        // Lines that are cut or hostile are passed over.
        recording.put("n1", probe::dnsMatrix, "pod:u-web vip 10.96.0.10 udp inter\npod: vip x udp internal timeout - - y\n<b>\n");
        QVERIFY(run(recording).findings.empty());
    }

    void countersOfCoreDns_data()
    {
        QTest::addColumn<QString>("metrics");
        QTest::addColumn<QString>("finding");
        QTest::newRow("half") << u"coredns_dns_responses_total{rcode=\"NXDOMAIN\"} 500\ncoredns_dns_responses_total{rcode=\"NOERROR\"} 500\n"_qs << QString();
        QTest::newRow("more than half") << u"coredns_dns_responses_total{rcode=\"NXDOMAIN\"} 501\ncoredns_dns_responses_total{rcode=\"NOERROR\"} 500\n"_qs << u"dns.many-nxdomain"_qs;
        QTest::newRow("too few") << u"coredns_dns_responses_total{rcode=\"NXDOMAIN\"} 998\ncoredns_dns_responses_total{rcode=\"NOERROR\"} 1\n"_qs << QString();
        QTest::newRow("the old name") << u"coredns_dns_response_rcode_count_total{rcode=\"NXDOMAIN\"} 900\ncoredns_dns_response_rcode_count_total{rcode=\"NOERROR\"} 200\n"_qs << u"dns.many-nxdomain"_qs;
        QTest::newRow("rejects") << u"coredns_forward_max_concurrent_rejects_total 3\n"_qs << u"dns.rejects"_qs;
        QTest::newRow("no rejects") << u"coredns_forward_max_concurrent_rejects_total 0\n"_qs << QString();
        QTest::newRow("panics") << u"coredns_panics_total 1\n"_qs << u"dns.panics"_qs;
    }

    void countersOfCoreDns()
    {
        QFETCH(QString, metrics);
        QFETCH(QString, finding);
        auto recording = cluster(matrix({}));
        recording.put("n1", probe::corednsMetrics, "==> 10.244.0.8 <==\n" + metrics.toStdString());
        const auto report = run(recording);
        QCOMPARE(QString::fromStdString(report.findings.empty() ? std::string() : report.findings[0].id()), finding);
    }

    void corefiles_data()
    {
        QTest::addColumn<QString>("corefile");
        QTest::addColumn<QString>("image");
        QTest::addColumn<QString>("finding");
        QTest::newRow("usual") << u".:53 {\\n    errors\\n    forward . /etc/resolv.conf\\n    loop\\n}\\n"_qs << u"coredns/coredns:1.8.0"_qs << QString();
        QTest::newRow("proxy at 1.5.0") << u".:53 {\\n    proxy . 8.8.8.8\\n}\\n"_qs << u"coredns/coredns:1.5.0"_qs << u"dns.corefile-removed"_qs;
        QTest::newRow("proxy at 1.4.0") << u".:53 {\\n    proxy . 8.8.8.8\\n}\\n"_qs << u"coredns/coredns:1.4.0"_qs << QString();
        QTest::newRow("upstream at 1.7.0") << u".:53 {\\n    kubernetes cluster.local {\\n        upstream\\n    }\\n}\\n"_qs << u"registry:5000/coredns:v1.7.0"_qs << u"dns.corefile-removed"_qs;
        QTest::newRow("upstream at 1.6.9") << u".:53 {\\n    kubernetes cluster.local {\\n        upstream\\n    }\\n}\\n"_qs << u"registry:5000/coredns:v1.6.9"_qs << QString();
        QTest::newRow("to itself") << u".:53 {\\n    forward . 10.96.0.10\\n}\\n"_qs << u"coredns/coredns:1.8.0"_qs << u"dns.forwards-to-itself"_qs;
    }

    void corefiles()
    {
        QFETCH(QString, corefile);
        QFETCH(QString, image);
        QFETCH(QString, finding);
        auto recording = cluster(matrix({}));
        std::string pods = dnsPods();
        for (std::size_t at = pods.find("nginx:1"); at != std::string::npos; at = pods.find("nginx:1"))
            pods.replace(at, 7, image.toStdString());
        recording.put("", probe::apiPods, test::list("Pod", pods));
        recording.put("", probe::apiConfigMaps, test::list("ConfigMap", "{\"metadata\":{\"name\":\"coredns\",\"namespace\":\"kube-system\"},\"data\":{\"Corefile\":" + test::quoted(corefile.toStdString()) + "}}"));
        const auto report = run(recording);
        QCOMPARE(QString::fromStdString(report.findings.empty() ? std::string() : report.findings[0].id()), finding);
    }

    void whatIsNoFaultIsSaidAsSuch()
    {
        auto recording = cluster(matrix({}));
        std::string pods = dnsPods();
        pods.replace(pods.find("\"n2\""), 4, "\"n1\"");
        recording.put("", probe::apiPods,
                      test::list("Pod", pods + ',' + test::podObject({.name = "agent", .spec = "\"hostNetwork\":true,\"dnsPolicy\":\"ClusterFirst\""})
                                     + ',' + test::podObject({.name = "right", .spec = "\"hostNetwork\":true,\"dnsPolicy\":\"ClusterFirstWithHostNet\""})));
        const auto report = run(recording);
        QCOMPARE(report.findings.size(), std::size_t(2));
        for (const Finding& one : report.findings)
            QCOMPARE(one.verdict(), Verdict::Ok);
        QCOMPARE(withId(report, "dns.host-network-pods").at(0).parameters().at("pods"), std::string("default/agent"));
        QVERIFY(has(report, "dns.servers-together"));
        // One node has no choice.
        recording.put("", probe::apiNodes, test::list("Node", test::nodeObject("n1")));
        QVERIFY(!has(run(recording), "dns.servers-together"));
    }

    void serversNotReadyAndNoEndpoints()
    {
        auto recording = cluster(matrix({}));
        recording.put("", probe::apiPods, test::list("Pod", dnsPods() + ',' + test::podObject({.name = "coredns-c", .nameSpace = "kube-system", .labels = R"({"k8s-app":"kube-dns"})", .status = test::waiting("CrashLoopBackOff")})));
        QCOMPARE(withId(run(recording), "dns.servers-not-ready").at(0).verdict(), Verdict::Warning);
        recording.put("", probe::apiEndpointSlices, test::list("EndpointSlice", test::sliceObject("kube-dns", "10.244.0.8", 53, "kube-system", false)));
        QVERIFY(has(run(recording), "dns.no-endpoints"));
    }

    void resolvers_data()
    {
        QTest::addColumn<QString>("resolv");
        QTest::addColumn<QString>("kubelet");
        QTest::addColumn<QString>("finding");
        const QString right = u"==> /var/lib/kubelet/config.yaml <==\nclusterDNS:\n- 10.96.0.10\nresolvConf: /run/systemd/resolve/resolv.conf\n"_qs;
        const QString plain = u"==> /var/lib/kubelet/config.yaml <==\nclusterDNS:\n- 10.96.0.10\n"_qs;
        QTest::newRow("right") << u"nameserver 127.0.0.53\n"_qs << right << QString();
        QTest::newRow("stub") << u"nameserver 127.0.0.53\n"_qs << plain << u"dns.stub-resolver"_qs;
        QTest::newRow("unknown setting") << u"nameserver 127.0.0.53\n"_qs << QString() << QString();
        QTest::newRow("four servers") << u"nameserver 1.1.1.1\nnameserver 1.1.1.2\nnameserver 1.1.1.3\nnameserver 1.1.1.4\n"_qs << plain << u"dns.too-many-nameservers"_qs;
        QTest::newRow("another address") << u"nameserver 1.1.1.1\n"_qs << u"==> /x <==\nclusterDNS:\n- 10.96.0.11\n"_qs << u"dns.cluster-dns-differs"_qs;
        QTest::newRow("in one line") << u"nameserver 1.1.1.1\n"_qs << u"==> /x <==\nclusterDNS: [\"10.96.0.11\"]\n"_qs << u"dns.cluster-dns-differs"_qs;
        QTest::newRow("NodeLocal") << u"nameserver 1.1.1.1\n"_qs << u"==> /x <==\nclusterDNS:\n- 169.254.20.10\n"_qs << QString();
    }

    void resolvers()
    {
        QFETCH(QString, resolv);
        QFETCH(QString, kubelet);
        QFETCH(QString, finding);
        auto recording = cluster(matrix({}));
        recording.put("n1", probe::resolvConf, resolv.toStdString());
        if (!kubelet.isEmpty())
            recording.put("n1", probe::kubeletConfig, kubelet.toStdString());
        const auto report = run(recording);
        QCOMPARE(QString::fromStdString(report.findings.empty() ? std::string() : report.findings[0].id()), finding);
    }
};

QTEST_APPLESS_MAIN(Dns)
#include "tst_dns.moc"
