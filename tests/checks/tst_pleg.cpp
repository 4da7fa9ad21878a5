// SPDX-License-Identifier: GPL-3.0-or-later
// Case 1.4: PLEG now, in the past, at start; by condition, log and metrics; and what it comes from.
#include "objects.h"

#include <QTest>

using namespace medic;
using test::has;
using test::withId;

namespace {

std::string klog(const std::string& time, const std::string& text) { return "E1123 " + time + ".000000   26444 kubelet.go:1826] " + text + "\n"; }

std::string unhealthy(const std::string& seen = "3m57.1s", const std::string& threshold = "3m0s")
{
    return "skipping pod synchronization - [container runtime is down, PLEG is not healthy: pleg was last seen active " + seen + " ago; threshold is " + threshold + ", more words]";
}

const std::string processHead = "  PID  PPID STAT WCHAN  ELAPSED   RSS COMMAND\n  100 1 Ssl - 86400 1000 /usr/bin/kubelet\n  101 1 Ssl - 86400 1000 /usr/bin/containerd\n";

test::Recording node()
{
    auto one = test::clusterOf();
    one.put("n1", probe::ps, processHead);
    return one;
}

} // namespace

class Pleg : public QObject {
    Q_OBJECT

    Catalogue m_catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);

    checks::CheckReport run(const test::Recording& recording)
    {
        auto report = recording.run({"pleg"});
        if (const QString wrong = test::flaw(report, m_catalogue); !wrong.isEmpty())
            QTest::qFail(qPrintable(wrong), __FILE__, __LINE__);
        return report;
    }

private Q_SLOTS:
    void wordings_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("silent");
        QTest::addColumn<QString>("threshold");
        QTest::newRow("old, in a list") << QString::fromStdString(unhealthy()) << u"3m57.1s"_qs << u"3m0s"_qs;
        QTest::newRow("old, alone") << u"skipping pod synchronization - PLEG is not healthy: pleg was last seen active 5m8.03s ago; threshold is 3m0s."_qs << u"5m8.03s"_qs << u"3m0s"_qs;
        QTest::newRow("new") << u"\"Skipping pod synchronization\" err=\"PLEG is not healthy: pleg was last seen active 3m5.2s ago; threshold is 3m0s\""_qs << u"3m5.2s"_qs << u"3m0s"_qs;
        QTest::newRow("EventedPLEG") << u"\"Skipping pod synchronization\" err=\"PLEG is not healthy: pleg was last seen active 11m5.2s ago; threshold is 10m0s\""_qs << u"11m5.2s"_qs << u"10m0s"_qs;
    }

    void wordings()
    {
        QFETCH(QString, line);
        QFETCH(QString, silent);
        QFETCH(QString, threshold);
        auto recording = node();
        recording.put("n1", probe::kubeletLog, klog("08:30:00", line.toStdString()) + klog("08:30:05", line.toStdString()));
        const auto found = withId(run(recording), "pleg.unhealthy");
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].confidence(), Confidence::Likely); // the log alone
        QCOMPARE(QString::fromStdString(found[0].parameters().at("silent")), silent);
        QVERIFY(QString::fromStdString(found[0].parameters().at("threshold")).startsWith(threshold));
        QVERIFY(!QString::fromStdString(found[0].parameters().at("threshold")).contains(u','));
    }

    void whatIsOverIsNotNow()
    {
        auto recording = node();
        recording.put("n1", probe::kubeletLog, klog("08:00:00", unhealthy()) + klog("08:30:00", "something else"));
        QVERIFY2(run(recording).findings.empty(), test::ids(run(recording)).c_str());
        // Twenty seconds, four rounds of the kubelet, are the edge.
        recording.put("n1", probe::kubeletLog, klog("08:00:00", unhealthy()) + klog("08:00:20", "something else"));
        QVERIFY(has(run(recording), "pleg.unhealthy"));
        recording.put("n1", probe::kubeletLog, klog("08:00:00", unhealthy()) + klog("08:00:21", "something else"));
        QVERIFY(!has(run(recording), "pleg.unhealthy"));
        // Twice: it comes and goes.
        recording.put("n1", probe::kubeletLog, klog("08:00:00", unhealthy()) + klog("08:10:00", unhealthy()) + klog("08:30:00", "something else"));
        QVERIFY(has(run(recording), "pleg.flapping"));
    }

    void aStartingKubeletIsNotSick()
    {
        auto recording = node();
        recording.put("n1", probe::kubeletLog, klog("08:30:00", "skipping pod synchronization - PLEG is not healthy: pleg has yet to be successful"));
        QVERIFY2(run(recording).findings.empty(), test::ids(run(recording)).c_str());
    }

    void theConditionAlone()
    {
        auto recording = node();
        recording.put("", probe::apiNodes, test::list("Node", test::nodeObject("n1", "v1.28.2", "containerd://1.7.2", "False", "KubeletNotReady", "PLEG is not healthy: pleg was last seen active 4m0s ago; threshold is 3m0s")));
        QVERIFY(has(run(recording), "pleg.unhealthy"));
        // A silent kubelet is another case.
        recording.put("", probe::apiNodes, test::list("Node", test::nodeObject("n1", "v1.28.2", "containerd://1.7.2", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")));
        QVERIFY(!has(run(recording), "pleg.unhealthy"));
    }

    void metrics_data()
    {
        QTest::addColumn<int>("age");
        QTest::addColumn<bool>("found");
        QTest::newRow("60 s") << 60 << false;
        QTest::newRow("180 s") << 180 << false;
        QTest::newRow("181 s") << 181 << true;
    }

    void metrics()
    {
        QFETCH(int, age);
        QFETCH(bool, found);
        auto recording = node();
        const auto at = std::chrono::duration_cast<std::chrono::seconds>(recording.now.time_since_epoch()).count();
        recording.put("n1", probe::apiKubeletMetrics, "kubelet_pleg_last_seen_seconds " + std::to_string(at - age) + "\n");
        QCOMPARE(has(run(recording), "pleg.unhealthy"), found);
    }

    void twoSamplesGiveTheRate_data()
    {
        QTest::addColumn<double>("seconds");
        QTest::addColumn<int>("verdict");
        QTest::newRow("0.2 s") << 0.2 << int(Verdict::Ok);
        QTest::newRow("1 s") << 1.0 << int(Verdict::Ok);
        QTest::newRow("1.5 s") << 1.5 << int(Verdict::Warning);
        QTest::newRow("10.5 s") << 10.5 << int(Verdict::Failure);
    }

    void twoSamplesGiveTheRate()
    {
        QFETCH(double, seconds);
        QFETCH(int, verdict);
        auto before = node(), now = node();
        const auto text = [](double sum, int count) {
            return "kubelet_pleg_relist_duration_seconds_sum " + std::to_string(sum) + "\nkubelet_pleg_relist_duration_seconds_count " + std::to_string(count) + "\n";
        };
        before.put("n1", probe::apiKubeletMetrics, text(100, 1000));
        now.put("n1", probe::apiKubeletMetrics, text(100 + 20 * seconds, 1020));
        const auto report = checks::runSuites(checks::CheckInput {now.snapshot, &before.snapshot, now.now, {}}, {"pleg"});
        const auto found = withId(report, "pleg.slow-relist");
        QCOMPARE(found.empty() ? int(Verdict::Ok) : int(found[0].verdict()), verdict);
        // One sample tells nothing of now.
        QVERIFY(!has(run(now), "pleg.slow-relist"));
    }

    void oneSlowKindOfCall()
    {
        auto before = node(), now = node();
        const auto text = [](const char* name, const char* operation, double sum, int count) {
            return std::string(name) + "_sum{operation_type=\"" + operation + "\"} " + std::to_string(sum) + "\n" + name + "_count{operation_type=\"" + operation + "\"} " + std::to_string(count) + "\n";
        };
        const char* const name = "kubelet_runtime_operations_duration_seconds";
        before.put("n1", probe::apiKubeletMetrics, text(name, "container_status", 10, 100) + text(name, "pull_image", 10, 1) + text(name, "list_containers", 1, 100));
        now.put("n1", probe::apiKubeletMetrics, text(name, "container_status", 40, 110) + text(name, "pull_image", 100, 2) + text(name, "list_containers", 2, 200));
        const auto found = withId(checks::runSuites(checks::CheckInput {now.snapshot, &before.snapshot, now.now, {}}, {"pleg"}), "pleg.slow-operation");
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].parameters().at("operation"), std::string("container_status"));
        QCOMPARE(found[0].parameters().at("seconds"), std::string("3"));
        // Kubelets up to 1.13 give quantiles.
        now.put("n1", probe::apiKubeletMetrics, "kubelet_pleg_relist_latency_microseconds{quantile=\"0.99\"} 2500000\n");
        QCOMPARE(withId(run(now), "pleg.slow-relist").at(0).parameters().at("seconds"), std::string("2.5"));
    }

    void theRuntimeProves()
    {
        auto recording = node();
        recording.put("n1", probe::kubeletLog, klog("08:30:00", unhealthy()));
        recording.put("n1", probe::runtimeLatency, "crictl-ps rc=124 ms=10010 lines=0\n");
        const auto report = run(recording);
        QCOMPARE(withId(report, "pleg.unhealthy").at(0).confidence(), Confidence::Confirmed);
        QVERIFY(has(report, "node.runtime-hung"));
    }

    void slowAndManyContainers()
    {
        auto recording = node();
        const auto verdict = [&](int ms, int count, const char* id) {
            recording.put("n1", probe::runtimeLatency, "crictl-ps rc=0 ms=" + std::to_string(ms) + " lines=" + std::to_string(count) + "\n");
            const auto found = withId(run(recording), id);
            return found.empty() ? Verdict::Ok : found[0].verdict();
        };
        QCOMPARE(verdict(2000, 10, "node.runtime-slow"), Verdict::Ok);
        QCOMPARE(verdict(2010, 10, "node.runtime-slow"), Verdict::Warning);
        QCOMPARE(verdict(100, 500, "node.many-containers"), Verdict::Ok);
        QCOMPARE(verdict(100, 501, "node.many-containers"), Verdict::Warning);
    }

    void theOneContainerThatHangs()
    {
        auto recording = node();
        recording.put("n1", probe::runtimeInspect, "container aaaaaaaaaaaaaaaa rc=0 ms=20\ncontainer bbbbbbbbbbbbbbbb rc=124 ms=5000\nsandbox cccccccccccccccc rc=0 ms=10\n");
        const auto found = withId(run(recording), "pleg.hung-container");
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].parameters().at("container"), std::string("bbbbbbbbbbbb"));
        QCOMPARE(found[0].confidence(), Confidence::Confirmed);
        recording.put("n1", probe::runtimeInspect, "container aaaaaaaaaaaaaaaa rc=0 ms=20\n");
        QVERIFY(!has(run(recording), "pleg.hung-container"));
        // Without the scan the kubelet's own complaint names it.
        recording.drop("n1", probe::runtimeInspect);
        const std::string line = "ContainerStatus \"dddddddddddddddd\" from runtime service failed: rpc error: code = DeadlineExceeded desc = context deadline exceeded";
        recording.put("n1", probe::kubeletLog, klog("08:29:00", line) + klog("08:30:00", line));
        QCOMPARE(withId(run(recording), "pleg.hung-container").at(0).confidence(), Confidence::Likely);
    }

    void stuckProcesses()
    {
        auto recording = node();
        recording.put("n1", probe::ps, processHead + "  300 1 D rpc_wait 700 100 java -jar x\n");
        QVERIFY(!has(run(recording), "pleg.stuck-processes")); // one look at one process
        recording.put("n1", probe::ps, processHead + "  300 1 D rpc_wait 700 100 java -jar x\n  301 1 D rpc_wait 700 100 runc init\n");
        QCOMPARE(withId(run(recording), "pleg.stuck-processes").at(0).verdict(), Verdict::Warning);
        recording.put("n1", probe::kernelLog, "Nov 23 08:29:00 n1 kernel: INFO: task runc:301 blocked for more than 120 seconds.\n");
        QCOMPARE(withId(run(recording), "pleg.stuck-processes").at(0).verdict(), Verdict::Failure);
        // Kernel threads sleep so.
        recording.drop("n1", probe::kernelLog);
        recording.put("n1", probe::ps, processHead + "  300 2 D - 700 0 [kworker/0:1]\n  301 2 D - 700 0 [jbd2/sda1-8]\n");
        QVERIFY(!has(run(recording), "pleg.stuck-processes"));
    }

    void listsThatHungAreOverWhenTheRuntimeAnswers()
    {
        auto recording = node();
        const std::string line = klog("08:27:00", "GenericPLEG: Unable to retrieve pods: rpc error: code = DeadlineExceeded") + klog("08:29:00", "GenericPLEG: Unable to retrieve pods: rpc error: code = DeadlineExceeded");
        recording.put("n1", probe::kubeletLog, line);
        QVERIFY(has(run(recording), "kubelet.cannot-list"));
        recording.put("n1", probe::runtimeLatency, "crictl-ps rc=0 ms=100 lines=5\n");
        QVERIFY(!has(run(recording), "kubelet.cannot-list"));
    }

    void dockersDefect_data()
    {
        QTest::addColumn<QString>("runtime");
        QTest::addColumn<bool>("defect");
        QTest::newRow("20.10.18") << u"docker://20.10.18"_qs << false;
        QTest::newRow("20.10.19") << u"docker://20.10.19"_qs << true;
        QTest::newRow("20.10.20") << u"docker://20.10.20"_qs << false;
        QTest::newRow("containerd") << u"containerd://20.10.19"_qs << false;
    }

    void dockersDefect()
    {
        QFETCH(QString, runtime);
        QFETCH(bool, defect);
        auto recording = node();
        recording.put("", probe::apiNodes, test::list("Node", test::nodeObject("n1", "v1.20.2", runtime.toStdString())));
        QCOMPARE(has(run(recording), "pleg.docker-defect"), defect);
    }

    void withoutALogItIsUnknown()
    {
        auto recording = node();
        recording.put("n1", probe::kubeletLog, "", -1, ProbeState::NoPermission, "needs root");
        QCOMPARE(withId(run(recording), "common.not-checked").size(), std::size_t(1));
        recording.put("n1", probe::kubeletLog, "", -1, ProbeState::NotApplicable, "no log");
        QVERIFY(run(recording).findings.empty());
    }
};

QTEST_APPLESS_MAIN(Pleg)
#include "tst_pleg.moc"
