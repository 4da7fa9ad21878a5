// SPDX-License-Identifier: GPL-3.0-or-later
// P15–P19 and P22: Pods that do not start, do not stay, do not go; Services that lead nowhere.
#include "objects.h"

#include <QTest>

using namespace medic;
using test::has;
using test::withId;

namespace {

test::Recording withPods(const std::string& pods, const std::string& events = {})
{
    auto one = test::clusterOf();
    one.put("", probe::apiPods, test::list("Pod", pods));
    one.put("", probe::apiEvents, test::list("Event", events));
    return one;
}

std::string scheduled(const std::string& message)
{
    return "\"conditions\":[{\"type\":\"PodScheduled\",\"status\":\"False\",\"reason\":\"Unschedulable\",\"message\":\"" + message + "\"}]";
}

std::string terminated(int code, const std::string& reason)
{
    return "\"containerStatuses\":[{\"name\":\"c\",\"ready\":false,\"restartCount\":7,\"state\":{\"waiting\":{\"reason\":\"CrashLoopBackOff\",\"message\":\"back-off 5m0s\"}},\"lastState\":{\"terminated\":{\"exitCode\":"
        + std::to_string(code) + ",\"reason\":\"" + reason + "\"}}}]";
}

} // namespace

class Pods : public QObject {
    Q_OBJECT

    Catalogue m_catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);

    checks::CheckReport run(const test::Recording& recording, const char* suite = "pods")
    {
        auto report = recording.run({suite});
        if (const QString wrong = test::flaw(report, m_catalogue); !wrong.isEmpty())
            QTest::qFail(qPrintable(wrong), __FILE__, __LINE__);
        return report;
    }

    static QString only(const checks::CheckReport& report) { return QString::fromStdString(report.findings.size() == 1 ? report.findings[0].id() : test::ids(report)); }

private Q_SLOTS:
    void aRunningPodIsWell()
    {
        const auto report = run(withPods(test::podObject({.name = "web", .status = "\"containerStatuses\":[{\"name\":\"c\",\"ready\":true,\"restartCount\":3,\"state\":{\"running\":{}}}]"})));
        QVERIFY2(report.findings.empty(), test::ids(report).c_str());
    }

    void scheduling_data()
    {
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("finding");
        const auto row = [](const char* message, const char* finding) { QTest::newRow(message) << QString::fromUtf8(message) << QString::fromLatin1(finding); };
        row("0/5 nodes are available: 5 Insufficient cpu.", "pods.pending-resources");
        row("0/5 nodes are available: 3 Insufficient memory, 2 Too many pods.", "pods.pending-resources");
        row("0/3 nodes are available: 3 node(s) had taint {a: b}, that the pod didn't tolerate.", "pods.pending-taint");
        row("0/3 nodes are available: 3 node(s) had untolerated taint {a: b}. preemption: 0/3 nodes are available", "pods.pending-taint");
        row("0/3 nodes are available: 3 node(s) had untolerated taint(s) {a: b}.", "pods.pending-taint");
        row("0/3 nodes are available: 3 node(s) were unschedulable.", "pods.pending-taint");
        row("0/3 nodes are available: 3 node(s) didn't match node selector.", "pods.pending-affinity");
        row("0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.", "pods.pending-affinity");
        row("0/3 nodes are available: 3 node(s) didn't have free ports for the requested pod ports.", "pods.pending-hostport");
        row("0/3 nodes are available: 3 node(s) had volume node affinity conflict.", "pods.pending-volume");
        row("0/3 nodes are available: 3 node(s) had no available volume zone.", "pods.pending-volume");
        row("0/3 nodes are available: 3 node(s) exceed max volume count.", "pods.pending-volume");
        row("0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.", "pods.pending-volume");
        row("0/3 nodes are available: 3 node(s) didn't find available persistent volumes to bind.", "pods.pending-volume");
        row("0/3 nodes are available: 3 something new.", "pods.pending-other");
    }

    void scheduling()
    {
        QFETCH(QString, message);
        QFETCH(QString, finding);
        QCOMPARE(only(run(withPods(test::podObject({.name = "web", .node = "", .phase = "Pending", .ip = "", .status = scheduled(message.toStdString())})))), finding);
        // The same by the event alone.
        QCOMPARE(only(run(withPods(test::podObject({.name = "web", .node = "", .phase = "Pending", .ip = ""}), test::eventObject("FailedScheduling", message.toStdString())))), finding);
    }

    void nobodySchedules()
    {
        QCOMPARE(only(run(withPods(test::podObject({.name = "web", .node = "", .phase = "Pending", .ip = ""})))), u"pods.not-scheduled"_qs);
        // A minute is given.
        QVERIFY(run(withPods(test::podObject({.name = "web", .node = "", .phase = "Pending", .ip = "", .created = "2026-11-23T08:30:30Z"}))).findings.empty());
    }

    void pulls_data()
    {
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("finding");
        const auto row = [](const char* message, const char* finding) { QTest::newRow(message) << QString::fromUtf8(message) << QString::fromLatin1(finding); };
        row("Get https://gcr.io/v2/: dial tcp: lookup gcr.io on 12.2.2.6:53: no such host", "pods.pull-name-fails");
        row("dial tcp: lookup gcr.io on 12.2.2.6:53: server misbehaving", "pods.pull-name-fails");
        row("dial tcp 10.0.0.1:443: i/o timeout", "pods.pull-unreachable");
        row("dial tcp 10.0.0.1:443: connect: connection refused", "pods.pull-unreachable");
        row("dial tcp 10.0.0.1:443: connect: no route to host", "pods.pull-unreachable");
        row("x509: certificate signed by unknown authority", "pods.pull-not-trusted");
        row("http: server gave HTTP response to HTTPS client", "pods.pull-not-trusted");
        row("unexpected status code 401 Unauthorized", "pods.pull-denied");
        row("pull access denied, repository does not exist or may require authorization", "pods.pull-denied");
        row("no basic auth credentials", "pods.pull-denied");
        row("authorization failed: no basic auth credentials", "pods.pull-denied");
        row("manifest unknown: manifest unknown", "pods.pull-not-found");
        row("docker.io/library/nginx:nope: not found", "pods.pull-not-found");
        row("toomanyrequests: You have reached your pull rate limit", "pods.pull-rate-limited");
        row("no matching manifest for linux/arm64/v8 in the manifest list entries", "pods.pull-wrong-architecture");
        row("rpc error: code = DeadlineExceeded desc = context deadline exceeded", "pods.pull-slow");
        row("failed to register layer: write /usr/x: no space left on device", "pods.pull-no-space");
        row("something new", "pods.pull-failed");
    }

    void pulls()
    {
        QFETCH(QString, message);
        QFETCH(QString, finding);
        QCOMPARE(only(run(withPods(test::podObject({.name = "web", .phase = "Pending", .status = test::waiting("ErrImagePull", message.toStdString())})))), finding);
        // "Back-off pulling image" names no cause: the event before it does.
        const auto backOff = withPods(test::podObject({.name = "web", .phase = "Pending", .status = test::waiting("ImagePullBackOff", "Back-off pulling image nginx:1")}),
                                      test::eventObject("Failed", "Failed to pull image nginx:1: " + message.toStdString()));
        QCOMPARE(only(run(backOff)), finding);
    }

    void endings_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("reason");
        QTest::addColumn<QString>("finding");
        QTest::newRow("OOM") << 137 << u"OOMKilled"_qs << u"pods.out-of-memory"_qs;
        QTest::newRow("137 without OOM") << 137 << u"Error"_qs << u"pods.killed"_qs;
        QTest::newRow("126") << 126 << u"Error"_qs << u"pods.cannot-execute"_qs;
        QTest::newRow("127") << 127 << u"ContainerCannotRun"_qs << u"pods.cannot-execute"_qs;
        QTest::newRow("1") << 1 << u"Error"_qs << u"pods.crash-loop"_qs;
        QTest::newRow("0") << 0 << u"Completed"_qs << u"pods.crash-loop"_qs;
        QTest::newRow("139") << 139 << u"Error"_qs << u"pods.crash-loop"_qs;
        QTest::newRow("143") << 143 << u"Error"_qs << u"pods.crash-loop"_qs;
    }

    void endings()
    {
        QFETCH(int, code);
        QFETCH(QString, reason);
        QFETCH(QString, finding);
        const auto report = run(withPods(test::podObject({.name = "web", .status = terminated(code, reason.toStdString())})));
        QCOMPARE(only(report), finding);
        QCOMPARE(report.findings[0].parameters().at("code"), std::to_string(code));
    }

    void creating_data()
    {
        QTest::addColumn<QString>("reason");
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("finding");
        const auto row = [](const char* reason, const char* message, const char* finding) { QTest::newRow(message) << QString::fromLatin1(reason) << QString::fromUtf8(message) << QString::fromLatin1(finding); };
        row("FailedMount", "Unable to attach or mount volumes: unmounted volumes=[x]: timed out waiting for the condition", "pods.mount-failed");
        row("FailedMount", "MountVolume.SetUp failed: configmap \\\"x\\\" not found", "pods.mount-failed");
        row("FailedAttachVolume", "Multi-Attach error for volume \\\"pvc-1\\\" Volume is already used by pod(s) y", "pods.volume-in-use");
        row("FailedCreatePodSandBox", "failed to reserve sandbox name \\\"web\\\": name is reserved for \\\"ab\\\"", "pods.sandbox-name-reserved");
        row("FailedCreatePodSandBox", "networkPlugin cni failed to set up pod", "pods.sandbox-failed");
        row("Pulled", "irrelevant", "pods.stuck-creating");
    }

    void creating()
    {
        QFETCH(QString, reason);
        QFETCH(QString, message);
        QFETCH(QString, finding);
        QCOMPARE(only(run(withPods(test::podObject({.name = "web", .phase = "Pending", .status = test::waiting("ContainerCreating")}), test::eventObject(reason.toStdString(), message.toStdString())))), finding);
    }

    void aLimitInThousandths()
    {
        const auto pod = [](const std::string& limit) {
            return "{\"metadata\":{\"name\":\"web\",\"namespace\":\"default\",\"creationTimestamp\":\"2026-11-23T07:00:00Z\"},\"spec\":{\"nodeName\":\"n1\",\"containers\":[{\"name\":\"c\",\"image\":\"x\",\"resources\":{\"limits\":{\"memory\":\"" + limit
                + "\"}}}]},\"status\":{\"phase\":\"Pending\"," + test::waiting("ContainerCreating") + "}}";
        };
        const std::string event = test::eventObject("FailedCreatePodSandBox", "failed to start sandbox: OCI runtime create failed: signal: killed");
        QCOMPARE(only(run(withPods(pod("1024m"), event))), u"pods.memory-limit-unit"_qs);
        QCOMPARE(only(run(withPods(pod("1Gi"), event))), u"pods.sandbox-failed"_qs);
    }

    void terminating_data()
    {
        QTest::addColumn<QString>("deletion");
        QTest::addColumn<QString>("ready");
        QTest::addColumn<QString>("finding");
        QTest::newRow("four minutes") << u"2026-11-23T08:27:00Z"_qs << u"True"_qs << QString();
        QTest::newRow("six minutes") << u"2026-11-23T08:25:00Z"_qs << u"True"_qs << u"pods.terminating"_qs;
        QTest::newRow("its node is lost") << u"2026-11-23T08:25:00Z"_qs << u"Unknown"_qs << u"pods.terminating-node-lost"_qs;
    }

    void terminating()
    {
        QFETCH(QString, deletion);
        QFETCH(QString, ready);
        QFETCH(QString, finding);
        auto recording = withPods(test::podObject({.name = "web", .deletion = deletion.toStdString()}));
        recording.put("", probe::apiNodes, test::list("Node", test::nodeObject("n1", "v1.28.2", "containerd://1.7.2", ready.toStdString(), "NodeStatusUnknown")));
        const auto report = run(recording);
        QCOMPARE(finding.isEmpty() ? QString::number(report.findings.size()) : only(report), finding.isEmpty() ? u"0"_qs : finding);
    }

    void namespaces()
    {
        const auto one = [](const std::string& deletion) {
            return "{\"metadata\":{\"name\":\"stuck\",\"deletionTimestamp\":\"" + deletion
                + "\"},\"status\":{\"phase\":\"Terminating\",\"conditions\":[{\"type\":\"NamespaceContentRemaining\",\"status\":\"True\",\"message\":\"m\"},{\"type\":\"NamespaceDeletionDiscoveryFailure\",\"status\":\"True\",\"message\":\"Discovery failed for some groups: metrics.k8s.io/v1beta1\"}]}}";
        };
        auto recording = withPods("");
        recording.put("", probe::apiNamespaces, test::list("Namespace", one("2026-11-23T08:00:00Z")));
        const auto report = run(recording);
        QCOMPARE(only(report), u"pods.namespace-stuck"_qs);
        QCOMPARE(report.findings[0].parameters().at("reason"), std::string("NamespaceDeletionDiscoveryFailure"));
        recording.put("", probe::apiNamespaces, test::list("Namespace", one("2026-11-23T08:30:00Z") + ",{\"metadata\":{\"name\":\"default\"}}"));
        QVERIFY(run(recording).findings.empty());
    }

    void evictedPodsAreOneFinding()
    {
        std::string pods;
        for (int i = 0; i < 30; ++i)
            pods += (i == 0 ? "" : ",") + test::podObject({.name = "web-" + std::to_string(i), .phase = "Failed", .status = "\"reason\":\"Evicted\",\"message\":\"The node was low on resource: ephemeral-storage. \""});
        const auto report = run(withPods(pods));
        QCOMPARE(only(report), u"pods.evicted"_qs);
        QCOMPARE(report.findings[0].parameters().at("count"), std::string("30"));
    }

    void hostileNamesStayText()
    {
        const auto report = run(withPods(test::podObject({.name = "<img src=x>{pod}$(reboot)", .status = terminated(1, "<b>{code}</b>")})));
        QCOMPARE(only(report), u"pods.crash-loop"_qs);
        const std::string title = m_catalogue.title(report.findings[0], Language::Chinese);
        QVERIFY(title.find("{pod}$(reboot)") != std::string::npos);
    }

    void withoutTheApiserverNothingIsSaid()
    {
        auto recording = test::clusterOf();
        recording.put("", probe::apiPods, "{\"kind\":\"Status\",\"code\":403}", 1);
        QCOMPARE(only(run(recording)), u"common.not-checked"_qs);
    }

    void services_data()
    {
        QTest::addColumn<QString>("service");
        QTest::addColumn<QString>("slices");
        QTest::addColumn<QString>("finding");
        const auto text = [](const std::string& s) { return QString::fromStdString(s); };
        const std::string ready = test::sliceObject("web", "10.244.0.5", 8080), notReady = test::sliceObject("web", "10.244.0.5", 8080, "default", false);
        QTest::newRow("well") << text(test::serviceObject("web", "10.96.1.1", 80)) << text(ready) << QString();
        QTest::newRow("selects nothing") << text(test::serviceObject("web", "10.96.1.1", 80, "{\"app\":\"none\"}")) << QString() << u"services.selects-nothing"_qs;
        QTest::newRow("none ready") << text(test::serviceObject("web", "10.96.1.1", 80)) << text(notReady) << u"services.no-ready-endpoints"_qs;
        QTest::newRow("without selector, endpoints by hand") << text(test::serviceObject("web", "10.96.1.1", 80, "{}")) << QString() << QString();
    }

    void targets_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("ports");
        QTest::addColumn<QString>("finding");
        QTest::newRow("declared") << u"8080"_qs << u"[{\"containerPort\":8080}]"_qs << QString();
        QTest::newRow("nothing is declared") << u"8080"_qs << u"[]"_qs << QString();
        QTest::newRow("another is declared") << u"8080"_qs << u"[{\"containerPort\":80}]"_qs << u"services.target-port-differs"_qs;
        QTest::newRow("by name") << u"\"http\""_qs << u"[{\"name\":\"http\",\"containerPort\":80}]"_qs << QString();
        QTest::newRow("a name that nobody has") << u"\"http\""_qs << u"[{\"name\":\"web\",\"containerPort\":80}]"_qs << u"services.target-name-unknown"_qs;
    }

    void targets()
    {
        QFETCH(QString, target);
        QFETCH(QString, ports);
        QFETCH(QString, finding);
        std::string pod = test::podObject({.name = "web", .labels = "{\"app\":\"web\"}"}), service = test::serviceObject("web", "10.96.1.1", 80);
        const std::string image = "\"image\":\"nginx:1\"";
        pod.replace(pod.find(image), image.size(), image + ",\"ports\":" + ports.toStdString());
        service.replace(service.find("\"targetPort\":8080"), 17, "\"targetPort\":" + target.toStdString());
        auto recording = withPods(pod);
        recording.put("", probe::apiServices, test::list("Service", service));
        recording.put("", probe::apiEndpointSlices, test::list("EndpointSlice", test::sliceObject("web", "10.244.0.5", 8080)));
        const auto report = run(recording, "services");
        QCOMPARE(report.findings.empty() ? QString() : only(report), finding);
    }

    void services()
    {
        QFETCH(QString, service);
        QFETCH(QString, slices);
        QFETCH(QString, finding);
        auto recording = withPods(test::podObject({.name = "web", .labels = "{\"app\":\"web\"}"}));
        recording.put("", probe::apiServices, test::list("Service", service.toStdString()));
        recording.put("", probe::apiEndpointSlices, test::list("EndpointSlice", slices.toStdString()));
        const auto report = run(recording, "services");
        QCOMPARE(report.findings.empty() ? QString() : only(report), finding);
    }
};

QTEST_APPLESS_MAIN(Pods)
#include "tst_pods.moc"
