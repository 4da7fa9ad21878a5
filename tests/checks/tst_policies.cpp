// SPDX-License-Identifier: GPL-3.0-or-later
// P21: selectors, ports and peers of NetworkPolicies; DNS cut off, Services closed, and policies that nobody enforces.
#include "objects.h"

#include "diagnostics/parse/network_policies.h"

#include <QTest>

using namespace medic;
using test::has;
using test::withId;

namespace {

std::string policy(const std::string& name, const std::string& spec, const std::string& nameSpace = "default")
{
    return "{\"metadata\":{\"name\":\"" + name + "\",\"namespace\":\"" + nameSpace + "\"},\"spec\":{" + spec + "}}";
}

const std::string denyEgress = "\"podSelector\":{},\"policyTypes\":[\"Egress\"]";
const std::string denyIngress = "\"podSelector\":{},\"policyTypes\":[\"Ingress\"]";

std::string egressTo(const std::string& peers, const std::string& ports) { return "\"podSelector\":{},\"policyTypes\":[\"Egress\"],\"egress\":[{" + peers + (peers.empty() || ports.empty() ? "" : ",") + ports + "}]"; }

const std::string dnsPorts = "\"ports\":[{\"protocol\":\"UDP\",\"port\":53},{\"protocol\":\"TCP\",\"port\":53}]";
const std::string toDns = "\"to\":[{\"namespaceSelector\":{\"matchLabels\":{\"kubernetes.io/metadata.name\":\"kube-system\"}},\"podSelector\":{\"matchLabels\":{\"k8s-app\":\"kube-dns\"}}}]";

test::Recording cluster(const std::string& policies)
{
    auto one = test::clusterOf();
    one.put("", probe::apiPods,
            test::list("Pod", test::podObject({.name = "web", .ip = "10.244.0.5", .labels = "{\"app\":\"web\"}"}) + ','
                           + test::podObject({.name = "coredns-a", .nameSpace = "kube-system", .ip = "10.244.0.8", .labels = "{\"k8s-app\":\"kube-dns\"}"})));
    one.put("", probe::apiServices, test::list("Service", test::serviceObject("web", "10.96.1.1", 80)));
    one.put("", probe::apiEndpointSlices, test::list("EndpointSlice", test::sliceObject("web", "10.244.0.5", 8080)));
    one.put("", probe::apiNamespaces,
            test::list("Namespace", "{\"metadata\":{\"name\":\"kube-system\",\"labels\":{\"kubernetes.io/metadata.name\":\"kube-system\"}}},{\"metadata\":{\"name\":\"default\",\"labels\":{\"kubernetes.io/metadata.name\":\"default\"}}}"));
    one.put("", probe::apiNetworkPolicies, test::list("NetworkPolicy", policies));
    one.put("n1", probe::cniConfig, "==> /etc/cni/net.d/10-calico.conflist <==\n{\"cniVersion\":\"0.3.1\",\"name\":\"k8s\",\"plugins\":[{\"type\":\"calico\"}]}\n");
    one.put("n1", probe::ps, "  PID  PPID STAT WCHAN  ELAPSED   RSS COMMAND\n  100 1 Ssl - 86400 1000 /usr/bin/kubelet\n");
    return one;
}

} // namespace

class Policies : public QObject {
    Q_OBJECT

    Catalogue m_catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);

    checks::CheckReport run(const test::Recording& recording)
    {
        auto report = recording.run({"policies"});
        if (const QString wrong = test::flaw(report, m_catalogue); !wrong.isEmpty())
            QTest::qFail(qPrintable(wrong), __FILE__, __LINE__);
        return report;
    }

private Q_SLOTS:
    void dns_data()
    {
        QTest::addColumn<QString>("policies");
        QTest::addColumn<QString>("finding");
        const auto row = [](const char* name, const std::string& text, const char* finding) { QTest::newRow(name) << QString::fromStdString(text) << QString::fromLatin1(finding); };
        row("none", "", "");
        row("deny all egress", policy("deny", denyEgress), "policy.no-dns");
        row("deny and allow DNS", policy("deny", denyEgress) + ',' + policy("dns", egressTo(toDns, dnsPorts)), "");
        row("DNS over UDP only", policy("dns", egressTo(toDns, "\"ports\":[{\"protocol\":\"UDP\",\"port\":53}]")), "policy.no-dns-over-tcp");
        row("port 53 to everybody", policy("dns", egressTo("", dnsPorts)), "");
        row("everything", policy("all", "\"podSelector\":{},\"policyTypes\":[\"Egress\"],\"egress\":[{}]"), "");
        row("443 only", policy("web", egressTo("", "\"ports\":[{\"protocol\":\"TCP\",\"port\":443}]")), "policy.no-dns");
        row("own namespace only", policy("own", egressTo("\"to\":[{\"podSelector\":{}}]", "")), "policy.no-dns");
        row("the wrong namespace", policy("x", egressTo("\"to\":[{\"namespaceSelector\":{\"matchLabels\":{\"name\":\"other\"}}}]", dnsPorts)), "policy.no-dns");
        row("an ipBlock: the benefit of the doubt", policy("x", egressTo("\"to\":[{\"ipBlock\":{\"cidr\":\"10.96.0.0/12\"}}]", dnsPorts)), "");
        row("a range that holds 53", policy("x", egressTo("", "\"ports\":[{\"protocol\":\"UDP\",\"port\":1,\"endPort\":100},{\"protocol\":\"TCP\",\"port\":1,\"endPort\":53}]")), "");
        row("a range that ends before", policy("x", egressTo("", "\"ports\":[{\"protocol\":\"UDP\",\"port\":1,\"endPort\":52}]")), "policy.no-dns");
        row("another namespace's policy", policy("deny", denyEgress, "other"), "");
        row("other Pods", policy("deny", "\"podSelector\":{\"matchLabels\":{\"app\":\"db\"}},\"policyTypes\":[\"Egress\"]"), "");
        row("by expression", policy("deny", "\"podSelector\":{\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"In\",\"values\":[\"web\",\"api\"]}]},\"policyTypes\":[\"Egress\"]"), "policy.no-dns");
        row("by expression, not", policy("deny", "\"podSelector\":{\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"NotIn\",\"values\":[\"web\"]}]},\"policyTypes\":[\"Egress\"]"), "");
        row("an operator from the future", policy("deny", "\"podSelector\":{\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"Like\",\"values\":[\"w*\"]}]},\"policyTypes\":[\"Egress\"]"), "");
        row("egress rules without policyTypes", policy("x", "\"podSelector\":{},\"egress\":[{\"ports\":[{\"port\":443}]}],\"ingress\":[{}]"), "policy.no-dns");
        row("CoreDNS closed", policy("deny", denyIngress, "kube-system"), "policy.dns-isolated");
        row("CoreDNS open at 53", policy("dns", "\"podSelector\":{},\"policyTypes\":[\"Ingress\"],\"ingress\":[{" + dnsPorts + "}]", "kube-system"), "");
    }

    void dns()
    {
        QFETCH(QString, policies);
        QFETCH(QString, finding);
        const auto report = run(cluster(policies.toStdString()));
        QCOMPARE(QString::fromStdString(report.findings.empty() ? std::string() : report.findings[0].id()), finding);
    }

    void services_data()
    {
        QTest::addColumn<QString>("policies");
        QTest::addColumn<bool>("closed");
        const auto row = [](const char* name, const std::string& text, bool closed) { QTest::newRow(name) << QString::fromStdString(text) << closed; };
        row("deny all", policy("deny", denyIngress), true);
        row("the Service's port instead of the Pod's", policy("x", "\"podSelector\":{},\"ingress\":[{\"ports\":[{\"port\":80}]}]"), true);
        row("the Pod's port", policy("x", "\"podSelector\":{},\"ingress\":[{\"ports\":[{\"port\":8080}]}]"), false);
        row("a named port cannot be decided", policy("x", "\"podSelector\":{},\"ingress\":[{\"ports\":[{\"port\":\"http\"}]}]"), false);
        row("deny and a later allow", policy("deny", denyIngress) + ',' + policy("allow", "\"podSelector\":{\"matchLabels\":{\"app\":\"web\"}},\"ingress\":[{\"from\":[{\"podSelector\":{}}]}]"), false);
    }

    void services()
    {
        QFETCH(QString, policies);
        QFETCH(bool, closed);
        const auto found = withId(run(cluster(policies.toStdString())), "policy.service-closed");
        QCOMPARE(found.size() == 1, closed);
        if (closed)
            QCOMPARE(found[0].parameters().at("port"), std::string("8080"));
    }

    void nobodyEnforces_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("process");
        QTest::addColumn<bool>("expected");
        QTest::newRow("flannel alone") << u"flannel"_qs << u"/opt/bin/flanneld"_qs << true;
        QTest::newRow("bridge alone") << u"bridge"_qs << u"/usr/bin/kubelet"_qs << true;
        QTest::newRow("canal") << u"flannel"_qs << u"calico-node -felix"_qs << false;
        QTest::newRow("calico") << u"calico"_qs << u"/usr/bin/kubelet"_qs << false;
        QTest::newRow("k3s brings its own") << u"flannel"_qs << u"/usr/local/bin/k3s server"_qs << false;
        QTest::newRow("kube-router") << u"bridge"_qs << u"/usr/local/bin/kube-router --run-firewall=true"_qs << false;
        QTest::newRow("not known") << u"acme-cni"_qs << u"/usr/bin/kubelet"_qs << false;
    }

    void nobodyEnforces()
    {
        QFETCH(QString, type);
        QFETCH(QString, process);
        QFETCH(bool, expected);
        auto recording = cluster(policy("dns", egressTo(toDns, dnsPorts)));
        recording.put("n1", probe::cniConfig, "==> /etc/cni/net.d/10-x.conflist <==\n{\"cniVersion\":\"0.3.1\",\"name\":\"k8s\",\"plugins\":[{\"type\":\"" + type.toStdString() + "\"},{\"type\":\"portmap\"}]}\n");
        recording.put("n1", probe::ps, "  PID  PPID STAT WCHAN  ELAPSED   RSS COMMAND\n  100 1 Ssl - 86400 1000 " + process.toStdString() + "\n");
        QCOMPARE(has(run(recording), "policy.not-enforced"), expected);
        // Without the list of processes nobody knows.
        recording.put("n1", probe::ps, "", -1, ProbeState::TimedOut);
        QVERIFY(!has(run(recording), "policy.not-enforced"));
    }

    void whatIsMissingIsUnknown()
    {
        auto recording = cluster("");
        recording.put("", probe::apiNetworkPolicies, "{\"kind\":\"Status\",\"message\":\"forbidden\",\"code\":403}", 1);
        const auto report = run(recording);
        QCOMPARE(withId(report, "common.not-checked").size(), std::size_t(1));
        // Namespaces not known: a selector of namespaces may select kube-system.
        auto doubtful = cluster(policy("x", egressTo("\"to\":[{\"namespaceSelector\":{\"matchLabels\":{\"team\":\"platform\"}}}]", dnsPorts)));
        QVERIFY(has(run(doubtful), "policy.no-dns"));
        doubtful.drop("", probe::apiNamespaces);
        QVERIFY(!has(run(doubtful), "policy.no-dns"));
    }

    void hostileDocuments()
    {
        for (const char* const text : {"", "[]", "{\"kind\":\"NetworkPolicyList\",\"items\":[{\"spec\":{\"podSelector\":7,\"egress\":[1,{\"to\":\"x\",\"ports\":[{\"port\":[]}]}],\"policyTypes\":{}}}]}",
                                       "{\"kind\":\"NetworkPolicyList\",\"items\":[{\"metadata\":{\"name\":\"<script>{policies}\"},\"spec\":null}]}"})
            (void)kube::parseNetworkPolicies(text);
        const std::string whole = test::list("NetworkPolicy", policy("dns", egressTo(toDns, dnsPorts)));
        for (std::size_t length = 0; length < whole.size(); ++length)
            QVERIFY(!kube::parseNetworkPolicies(std::string_view(whole).substr(0, length)));
        QCOMPARE(kube::parseNetworkPolicies(whole)->at(0).egressRules.at(0).ports.size(), std::size_t(2));
    }
};

QTEST_APPLESS_MAIN(Policies)
#include "tst_policies.moc"
