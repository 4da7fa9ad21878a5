// SPDX-License-Identifier: GPL-3.0-or-later
// P3, P20, P25, P26: etcd by its numbers, an apiserver that is slow or sick, the kubelet's port, the kernel.
#include "objects.h"

#include <QTest>

using namespace medic;
using test::has;
using test::withId;

namespace {

std::string histogram(const std::string& name, const std::string& bucket)
{
    // A hundred observations, all at or below the bound.
    return name + "_bucket{le=\"" + bucket + "\"} 100\n" + name + "_bucket{le=\"+Inf\"} 100\n" + name + "_sum 1\n" + name + "_count 100\n";
}

} // namespace

class Control : public QObject {
    Q_OBJECT

    Catalogue m_catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);

    checks::CheckReport run(const test::Recording& recording, const char* suite, const Snapshot* earlier = nullptr)
    {
        auto report = checks::runSuites(checks::CheckInput {recording.snapshot, earlier, recording.now, {}}, {suite});
        if (const QString wrong = test::flaw(report, m_catalogue); !wrong.isEmpty())
            QTest::qFail(qPrintable(wrong), __FILE__, __LINE__);
        return report;
    }

    static Verdict verdict(const checks::CheckReport& report, const char* id)
    {
        const auto found = withId(report, id);
        return found.empty() ? Verdict::Ok : found[0].verdict();
    }

private Q_SLOTS:
    void requestsInFlight_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("manifest");
        QTest::addColumn<int>("expected");
        const QString fair = u"apiserver_flowcontrol_current_inqueue_requests{flow_schema=\"global-default\",priority_level=\"global-default\"} 0\n"_qs;
        const auto flight = [](int reading, int mutating, const char* label = "request_kind") {
            return QStringLiteral("apiserver_current_inflight_requests{%3=\"readOnly\"} %1\napiserver_current_inflight_requests{%3=\"mutating\"} %2\n").arg(reading).arg(mutating).arg(QLatin1String(label));
        };
        QTest::newRow("a quiet one") << flight(3, 1) << QString() << int(Verdict::Ok);
        QTest::newRow("readers at their limit of 400") << flight(400, 1) << QString() << int(Verdict::Failure);
        QTest::newRow("writers near their limit of 200") << flight(3, 165) << QString() << int(Verdict::Warning);
        QTest::newRow("1.15's label") << flight(390, 1, "requestKind") << QString() << int(Verdict::Warning);
        QTest::newRow("with fairness the sum counts: 400 of 600") << flight(390, 10) + fair << QString() << int(Verdict::Ok);
        QTest::newRow("with fairness: 590 of 600") << flight(480, 110) + fair << QString() << int(Verdict::Warning);
        QTest::newRow("a larger limit") << flight(400, 1) << u"    - --max-requests-inflight=1600\n"_qs << int(Verdict::Ok);
        QTest::newRow("a smaller limit") << flight(90, 1) << u"    - --max-requests-inflight=100\n"_qs << int(Verdict::Warning);
        QTest::newRow("nothing of it") << u"etcd_request_duration_seconds_count 1\n"_qs << QString() << int(Verdict::Ok);
    }

    void requestsInFlight()
    {
        QFETCH(QString, text);
        QFETCH(QString, manifest);
        QFETCH(int, expected);
        auto recording = test::clusterOf();
        recording.put("", probe::apiMetrics, text.toStdString());
        if (!manifest.isEmpty())
            recording.put("n1", probe::manifests, "==> /etc/kubernetes/manifests/kube-apiserver.yaml <==\n" + manifest.toStdString());
        QCOMPARE(int(verdict(run(recording, "control-plane"), "control.inflight-high")), expected);
    }

    void whatWasTurnedAwaySinceTheSweepBefore()
    {
        const auto text = [](int rejected, int cut) {
            return "apiserver_flowcontrol_rejected_requests_total{flow_schema=\"service-accounts\",priority_level=\"workload-low\",reason=\"queue-full\"} " + std::to_string(rejected)
                + "\napiserver_request_terminations_total{code=\"504\",component=\"apiserver\",resource=\"pods\",verb=\"LIST\"} " + std::to_string(cut)
                + "\napiserver_request_terminations_total{code=\"0\",component=\"apiserver\",resource=\"pods\",verb=\"WATCH\"} 900\n";
        };
        auto before = test::clusterOf(), now = test::clusterOf();
        before.put("", probe::apiMetrics, text(40, 3));
        now.put("", probe::apiMetrics, text(40, 3));
        // Since its start, whenever that was: a warning. Nothing new since the sweep before: nothing.
        QCOMPARE(verdict(run(now, "control-plane"), "control.requests-rejected"), Verdict::Warning);
        QVERIFY(!has(run(now, "control-plane", &before.snapshot), "control.requests-rejected"));
        QVERIFY(!has(run(now, "control-plane", &before.snapshot), "control.requests-cut-off"));
        now.put("", probe::apiMetrics, text(52, 5));
        const auto report = run(now, "control-plane", &before.snapshot);
        const auto rejected = withId(report, "control.requests-rejected"), cut = withId(report, "control.requests-cut-off");
        QCOMPARE(rejected.at(0).verdict(), Verdict::Failure);
        QCOMPARE(rejected.at(0).parameters().at("count"), std::string("12"));
        QCOMPARE(rejected.at(0).parameters().at("where"), std::string("workload-low, service-accounts, queue-full"));
        QCOMPARE(cut.at(0).parameters().at("what"), std::string("LIST pods"));
        QCOMPARE(cut.at(0).parameters().at("count"), std::string("2"));
        // Restarted in between: its own count is all there is.
        now.put("", probe::apiMetrics, text(7, 0));
        QCOMPARE(withId(run(now, "control-plane", &before.snapshot), "control.requests-rejected").at(0).parameters().at("count"), std::string("7"));
    }

    void webhooksAndEtcdAsTheApiserverMeetsThem()
    {
        auto recording = test::clusterOf();
        const std::string name = "apiserver_admission_webhook_admission_duration_seconds", etcd = "etcd_request_duration_seconds";
        recording.put("", probe::apiMetrics,
                      name + "_sum{name=\"slow.example.com\",operation=\"CREATE\"} 60\n" + name + "_count{name=\"slow.example.com\",operation=\"CREATE\"} 20\n" + name
                          + "_sum{name=\"fast.example.com\",operation=\"CREATE\"} 1\n" + name + "_count{name=\"fast.example.com\",operation=\"CREATE\"} 2000\n" + etcd
                          + "_sum{operation=\"get\",type=\"pods\"} 100\n" + etcd + "_count{operation=\"get\",type=\"pods\"} 500\n");
        const auto report = run(recording, "control-plane");
        QCOMPARE(withId(report, "control.webhook-slow").size(), std::size_t(1));
        QCOMPARE(withId(report, "control.webhook-slow").at(0).parameters().at("webhook"), std::string("slow.example.com"));
        QCOMPARE(withId(report, "control.etcd-slow").at(0).parameters().at("milliseconds"), std::string("200"));
        recording.put("", probe::apiMetrics, etcd + "_sum{operation=\"get\"} 4\n" + etcd + "_count{operation=\"get\"} 500\n");
        QVERIFY(!has(run(recording, "control-plane"), "control.etcd-slow"));
    }

    void certificateRequests_data()
    {
        QTest::addColumn<QString>("request");
        QTest::addColumn<bool>("expected");
        const auto made = [](const char* spec, const char* status = "{}", const char* created = "2026-11-23T08:00:00Z") {
            return QStringLiteral(R"({"metadata":{"name":"csr-8x2lq","creationTimestamp":"%3"},"spec":{%1},"status":%2})").arg(QLatin1String(spec), QLatin1String(status), QLatin1String(created));
        };
        const char* const serving = R"("signerName":"kubernetes.io/kubelet-serving","username":"system:node:n1","usages":["digital signature","server auth"])";
        QTest::newRow("serving, pending") << made(serving) << true;
        QTest::newRow("approved") << made(serving, R"({"conditions":[{"type":"Approved","status":"True"}],"certificate":"TFM="})") << false;
        QTest::newRow("denied") << made(serving, R"({"conditions":[{"type":"Denied","status":"True"}]})") << false;
        QTest::newRow("just made") << made(serving, "{}", "2026-11-23T08:30:30Z") << false;
        QTest::newRow("v1beta1 before 1.18: by its usages") << made(R"("username":"system:node:n1","usages":["digital signature","key encipherment","server auth"])") << true;
        QTest::newRow("a node that joins") << made(R"("signerName":"kubernetes.io/kube-apiserver-client-kubelet","username":"system:bootstrap:abcdef","usages":["client auth"])") << true;
        QTest::newRow("a user's") << made(R"("signerName":"kubernetes.io/kube-apiserver-client","username":"admin","usages":["client auth"])") << false;
    }

    void certificateRequests()
    {
        QFETCH(QString, request);
        QFETCH(bool, expected);
        auto recording = test::clusterOf();
        recording.put("", probe::apiCertificateRequests, test::list("CertificateSigningRequest", request.toStdString()));
        const auto report = run(recording, "control-plane");
        QCOMPARE(has(report, "control.csr-pending"), expected);
        if (expected)
            QCOMPARE(withId(report, "control.csr-pending").at(0).parameters().at("csr"), std::string("csr-8x2lq"));
        // Cut off anywhere it is an error or less, never a fault that is not there.
        const std::string whole = test::list("CertificateSigningRequest", request.toStdString());
        for (std::size_t length = 0; length < whole.size(); ++length) {
            recording.put("", probe::apiCertificateRequests, whole.substr(0, length));
            QVERIFY(expected || !has(run(recording, "control-plane"), "control.csr-pending"));
        }
    }

    void etcdsDisk_data()
    {
        QTest::addColumn<QString>("bucket");
        QTest::addColumn<int>("expected");
        QTest::newRow("8 ms") << u"0.008"_qs << int(Verdict::Ok);
        QTest::newRow("32 ms: once in its life") << u"0.032"_qs << int(Verdict::Ok);
        QTest::newRow("64 ms") << u"0.064"_qs << int(Verdict::Warning);
        QTest::newRow("256 ms") << u"0.256"_qs << int(Verdict::Failure);
    }

    void etcdsDisk()
    {
        QFETCH(QString, bucket);
        QFETCH(int, expected);
        auto recording = test::clusterOf();
        recording.put("n1", probe::etcdMetrics, histogram("etcd_disk_wal_fsync_duration_seconds", bucket.toStdString()));
        QCOMPARE(int(verdict(run(recording, "etcd"), "etcd.fsync-slow")), expected);
    }

    void twoSamplesForgetOldHours()
    {
        const char* const name = "etcd_disk_wal_fsync_duration_seconds";
        const auto text = [&](int fast, int slow) { // cumulative: at most 4 ms, at most 256 ms
            return std::string(name) + "_bucket{le=\"0.004\"} " + std::to_string(fast) + "\n" + name + "_bucket{le=\"0.256\"} " + std::to_string(fast + slow) + "\n" + name + "_bucket{le=\"+Inf\"} "
                + std::to_string(fast + slow) + "\n" + name + "_sum 1\n" + name + "_count " + std::to_string(fast + slow) + "\n";
        };
        auto before = test::clusterOf(), now = test::clusterOf();
        before.put("n1", probe::etcdMetrics, text(1000, 500)); // a bad hour, long ago
        now.put("n1", probe::etcdMetrics, text(1100, 500));
        QVERIFY(has(run(now, "etcd"), "etcd.fsync-slow"));
        QVERIFY(!has(run(now, "etcd", &before.snapshot), "etcd.fsync-slow"));
        now.put("n1", probe::etcdMetrics, text(1050, 550)); // half of a hundred are slow now
        QCOMPARE(withId(run(now, "etcd", &before.snapshot), "etcd.fsync-slow").at(0).confidence(), Confidence::Confirmed);
        // Restarted in between, or too little: the life counts.
        now.put("n1", probe::etcdMetrics, text(10, 5));
        QCOMPARE(withId(run(now, "etcd", &before.snapshot), "etcd.fsync-slow").at(0).confidence(), Confidence::Likely);
    }

    void etcdsQuota_data()
    {
        QTest::addColumn<double>("size");
        QTest::addColumn<double>("quota");
        QTest::addColumn<int>("expected");
        QTest::newRow("80 %") << 0.8 * 2147483648.0 << 0.0 << int(Verdict::Ok);
        QTest::newRow("81 % of the default") << 0.81 * 2147483648.0 << 0.0 << int(Verdict::Warning);
        QTest::newRow("96 %") << 0.96 * 2147483648.0 << 0.0 << int(Verdict::Failure);
        QTest::newRow("the same under 8 GiB") << 0.96 * 2147483648.0 << 8589934592.0 << int(Verdict::Ok);
    }

    void etcdsQuota()
    {
        QFETCH(double, size);
        QFETCH(double, quota);
        QFETCH(int, expected);
        auto recording = test::clusterOf();
        recording.put("n1", probe::etcdMetrics,
                      "etcd_mvcc_db_total_size_in_bytes " + std::to_string(size) + "\n" + (quota > 0 ? "etcd_server_quota_backend_bytes " + std::to_string(quota) + "\n" : ""));
        QCOMPARE(int(verdict(run(recording, "etcd"), "etcd.database-large")), expected);
    }

    void etcdsLeader()
    {
        auto before = test::clusterOf(), now = test::clusterOf();
        now.put("n1", probe::etcdMetrics, "etcd_server_has_leader 0\netcd_server_leader_changes_seen_total 7\n");
        before.put("n1", probe::etcdMetrics, "etcd_server_has_leader 1\netcd_server_leader_changes_seen_total 4\n");
        const auto report = run(now, "etcd", &before.snapshot);
        QVERIFY(has(report, "etcd.no-leader-now"));
        QCOMPARE(withId(report, "etcd.leader-changes").at(0).parameters().at("count"), std::string("3"));
        QVERIFY(!has(run(now, "etcd"), "etcd.leader-changes")); // one sample has no rate
        now.put("n1", probe::etcdHealth, "{\"health\":\"false\",\"reason\":\"RAFT NO LEADER\"}\n503 0.01\n");
        QVERIFY(has(run(now, "etcd"), "etcd.unhealthy"));
        now.put("n1", probe::etcdHealth, "\n000 0.01\n", 7);
        QVERIFY(!has(run(now, "etcd"), "etcd.unhealthy")); // nothing answered there: perhaps not its port
    }

    void aWorkerHasNoEtcd()
    {
        auto recording = test::clusterOf();
        for (const std::string_view name : {probe::etcdMetrics, probe::etcdHealth, probe::etcdLog})
            recording.put("n1", name, "", -1, ProbeState::NotApplicable, "no etcd here");
        QVERIFY(run(recording, "etcd").findings.empty());
    }

    void whatCannotBeReadIsUnknown_data()
    {
        QTest::addColumn<QString>("suite");
        QTest::addColumn<QString>("probe");
        QTest::newRow("etcd") << u"etcd"_qs << u"etcd-metrics"_qs;
        QTest::newRow("the kernel") << u"kernel"_qs << u"kernel-log"_qs;
        QTest::newRow("CNI") << u"network"_qs << u"cni-config"_qs;
        QTest::newRow("sockets") << u"control-plane"_qs << u"ss"_qs;
    }

    void whatCannotBeReadIsUnknown()
    {
        QFETCH(QString, suite);
        QFETCH(QString, probe);
        for (const auto& [state, unknown] : {std::pair {ProbeState::NoPermission, true}, {ProbeState::TimedOut, true}, {ProbeState::NotApplicable, false}}) {
            auto recording = test::clusterOf();
            recording.put("n1", probe.toStdString(), "", -1, state, "x");
            QCOMPARE(has(run(recording, qPrintable(suite)), "common.not-checked"), unknown);
        }
    }

    void readyz()
    {
        auto recording = test::clusterOf();
        recording.put("", probe::apiReadyz, "[+]ping ok\n[-]etcd failed: reason withheld\n[-]informer-sync failed: reason withheld\nreadyz check failed\n");
        const auto found = withId(run(recording, "control-plane"), "control.not-ready");
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].parameters().at("checks"), std::string("etcd, informer-sync"));
        QCOMPARE(found[0].evidence()[0].lines, (std::vector<int> {2, 3}));
        recording.put("", probe::apiReadyz, "[+]ping ok\nreadyz check passed\n");
        QVERIFY(!has(run(recording, "control-plane"), "control.not-ready"));
        recording.put("", probe::apiReadyz, "{\"kind\":\"Status\",\"code\":403}", 1); // may not be asked by everybody
        QVERIFY(!has(run(recording, "control-plane"), "control.not-ready"));
    }

    void webhooks()
    {
        auto recording = test::clusterOf();
        recording.put("", probe::apiEvents, test::list("Event", test::eventObject("FailedCreate", "Internal error occurred: failed calling webhook \\\"v.example.com\\\": context deadline exceeded")));
        QCOMPARE(withId(run(recording, "control-plane"), "control.webhook").at(0).parameters().at("webhook"), std::string("v.example.com"));
    }

    void theKubeletsPort_data()
    {
        QTest::addColumn<QString>("sockets");
        QTest::addColumn<bool>("closed");
        QTest::newRow("open") << u"tcp LISTEN 0 128 *:10250 *:* users:((\"kubelet\",pid=100,fd=2))\n"_qs << false;
        QTest::newRow("loopback only") << u"tcp LISTEN 0 128 127.0.0.1:10250 0.0.0.0:* users:((\"kubelet\",pid=100,fd=2))\n"_qs << true;
        QTest::newRow("closed") << u"tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:((\"sshd\",pid=1,fd=2))\n"_qs << true;
    }

    void theKubeletsPort()
    {
        QFETCH(QString, sockets);
        QFETCH(bool, closed);
        auto recording = test::clusterOf();
        recording.put("n1", probe::ps, "  PID  PPID STAT WCHAN  ELAPSED   RSS COMMAND\n  100 1 Ssl - 86400 1000 /usr/bin/kubelet\n");
        recording.put("n1", probe::ss, sockets.toStdString());
        QCOMPARE(has(run(recording, "control-plane"), "control.kubelet-port-closed"), closed);
        // No list of sockets: nothing is known.
        recording.put("n1", probe::ss, "", -1, ProbeState::ToolMissing, "ss");
        QVERIFY(!has(run(recording, "control-plane"), "control.kubelet-port-closed"));
    }

    void cgroupsThatLeak_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("expected");
        QTest::newRow("usual") << u"#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t3\t120\t1\nmemory\t10\t240\t1\n"_qs << int(Verdict::Ok);
        QTest::newRow("thirty thousand") << u"memory\t10\t30000\t1\n"_qs << int(Verdict::Warning);
        QTest::newRow("the end") << u"memory\t10\t65535\t1\n"_qs << int(Verdict::Failure);
        QTest::newRow("cgroup v2") << u"memory\t0\t240\t1\n==> /sys/fs/cgroup/cgroup.stat <==\nnr_descendants 200\nnr_dying_descendants 25000\n"_qs << int(Verdict::Warning);
        QTest::newRow("cgroup v2, usual") << u"nr_dying_descendants 300\n"_qs << int(Verdict::Ok);
    }

    void cgroupsThatLeak()
    {
        QFETCH(QString, text);
        QFETCH(int, expected);
        auto recording = test::clusterOf();
        recording.put("n1", probe::cgroups, text.toStdString());
        QCOMPARE(int(verdict(run(recording, "kernel"), "kernel.cgroup-leak")), expected);
    }

    void fragmentedMemory_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("fragmented");
        QTest::newRow("usual") << u"Node 0, zone      DMA      1      1      0      0      2      1      1      0      1      1      3\nNode 0, zone   Normal   2381    927    100     50     10      5      1      0      0      1      3\n"_qs << false;
        QTest::newRow("order 3 is left") << u"Node 0, zone   Normal   2381    927    100     1     0      0      0      0      0      0      0\n"_qs << false;
        QTest::newRow("nothing from order 3 on") << u"Node 0, zone   Normal   2381    927    100     0     0      0      0      0      0      0      0\n"_qs << true;
        QTest::newRow("the DMA zone is small") << u"Node 0, zone      DMA      1      0      0      0      0      0      0      0      0      0      0\n"_qs << false;
    }

    void fragmentedMemory()
    {
        QFETCH(QString, text);
        QFETCH(bool, fragmented);
        auto recording = test::clusterOf();
        recording.put("n1", probe::buddyinfo, text.toStdString());
        QVERIFY(!has(run(recording, "kernel"), "kernel.memory-fragmented")); // no allocation failed
        recording.put("n1", probe::kernelLog, "Nov 23 08:29:00 n1 kernel: runc: page allocation failure: order:4, mode:0x40cc0\n");
        QCOMPARE(has(run(recording, "kernel"), "kernel.memory-fragmented"), fragmented);
    }
};

QTEST_APPLESS_MAIN(Control)
#include "tst_control.moc"
