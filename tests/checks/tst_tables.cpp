// SPDX-License-Identifier: GPL-3.0-or-later
// The tables: bandwidth per Pod, the DNS matrix, Elasticsearch's indices; PLEG's timeline, the kubelet's calls, the runtime's answers.
#include "objects.h"

#include "diagnostics/checks/tables.h"
#include "diagnostics/model/pod_probe_ids.h"

#include <QTest>

using namespace medic;
using checks::Table;

class Tables : public QObject {
    Q_OBJECT

    static void wellFormed(const Table& table)
    {
        QVERIFY(!table.title.en.empty() && !table.title.zh.empty() && !table.note.en.empty() && !table.note.zh.empty());
        for (const Text& column : table.columns)
            QVERIFY(!column.en.empty() && !column.zh.empty());
        for (const checks::TableRow& row : table.rows) {
            QCOMPARE(row.cells.size(), table.columns.size());
            QVERIFY(row.evidence.observation != nullptr);
        }
    }

private Q_SLOTS:
    void emptyWhereNothingWasCollected()
    {
        const Snapshot empty;
        for (const std::string_view id : checks::tableIds()) {
            const auto table = checks::table(empty, id);
            QVERIFY(table.has_value());
            QVERIFY(table->rows.empty());
            wellFormed(*table);
        }
        QVERIFY(!checks::table(empty, "nothing"));
    }

    void bandwidth()
    {
        auto recording = test::clusterOf();
        recording.put("", probe::apiPods,
                      test::list("Pod", test::podObject({.name = "a", .annotations = R"({"kubernetes.io/ingress-bandwidth":"10M","kubernetes.io/egress-bandwidth":"1m"})", .uid = "u-a"})));
        recording.put("n1", probe::tcQdisc, "qdisc tbf 1: dev veth1 root refcnt 2 rate 10Kbit burst 256Mb lat 25ms \n");
        recording.put("n1", probe::podNetworks, "1 u-a a eth0@if7 \n");
        recording.put("n1", probe::ipLink, R"([{"ifindex":7,"ifname":"veth1"}])");
        const auto table = checks::table(recording.snapshot, "bandwidth");
        wellFormed(*table);
        QCOMPARE(table->rows.size(), std::size_t(2));
        QCOMPARE(table->rows[0].cells[4].text, std::string("10 kbit/s"));
        QCOMPARE(table->rows[0].cells[4].verdict, std::optional(Verdict::Failure));
        QCOMPARE(table->rows[0].cells[5].text, std::string("1000"));
        QCOMPARE(table->rows[0].cells[7].text, std::string("veth1"));
        QCOMPARE(table->rows[1].cells[3].verdict, std::optional(Verdict::Failure)); // 1m is no bandwidth
        recording.drop("n1", probe::tcQdisc);
        QCOMPARE(checks::table(recording.snapshot, "bandwidth")->rows[0].cells[4].verdict, std::optional(Verdict::Unknown));
    }

    void theDnsMatrix()
    {
        auto recording = test::clusterOf();
        recording.put("", probe::apiPods, test::list("Pod", test::podObject({.name = "web", .uid = "u-web"})));
        recording.put("n1", probe::dnsMatrix,
                      "pod:u-web vip 10.96.0.10 udp internal NOERROR 3 10.96.0.1 kubernetes.default.svc.cluster.local.\npod:u-web vip 10.96.0.10 tcp internal timeout - - x.\n"
                      "host upstream 192.0.2.1 udp external NXDOMAIN 1500 - example.com.\nbroken line\n");
        const auto table = checks::table(recording.snapshot, "dns-matrix", "n1");
        wellFormed(*table);
        QCOMPARE(table->rows.size(), std::size_t(3));
        const auto cell = [&](const std::string& code) -> const checks::TableRow& {
            return *std::find_if(table->rows.begin(), table->rows.end(), [&](const checks::TableRow& row) { return row.cells[6].text == code; });
        };
        QCOMPARE(cell("NOERROR").cells[6].verdict, std::optional(Verdict::Ok));
        QCOMPARE(cell("NOERROR").cells[1].text, std::string("default/web"));
        QCOMPARE(cell("timeout").cells[6].verdict, std::optional(Verdict::Failure));
        QCOMPARE(cell("NXDOMAIN").cells[6].verdict, std::optional(Verdict::Warning));
        QCOMPARE(cell("NXDOMAIN").cells[7].verdict, std::optional(Verdict::Warning));
        QCOMPARE(cell("NXDOMAIN").evidence.lines, std::vector<int> {3});
    }

    void indicesBySize()
    {
        auto recording = test::clusterOf();
        recording.put("n1", probe::elasticsearch,
                      "==> / <==\n{\"version\":{\"number\":\"7.17.0\"}}\n200 0.01\n==> /_cat/indices?v&h=x <==\nindex health status docs.count store.size creation.date.string\n"
                      "small green open 10 2048 2026-11-20T00:00:00.000Z\nlogstash-2026.08 red open 900 5368709120 2026-08-01T00:00:00.000Z\nclosed close 2026-01-01T00:00:00.000Z\n200 0.01\n"
                      "==> /_all/_settings?x <==\n{\"logstash-2026.08\":{\"settings\":{\"index.blocks.read_only_allow_delete\":\"true\"}}}\n200 0.01\n");
        const auto table = checks::table(recording.snapshot, "search-indices");
        wellFormed(*table);
        QCOMPARE(table->rows.size(), std::size_t(3));
        QCOMPARE(table->rows[0].cells[1].text, std::string("logstash-2026.08"));
        QCOMPARE(table->rows[0].cells[2].text, std::string("5 GiB"));
        QCOMPARE(table->rows[0].cells[4].text, std::string("114"));
        QCOMPARE(table->rows[0].cells[6].verdict, std::optional(Verdict::Failure));
    }

    void whatHappenedWhen()
    {
        auto recording = test::clusterOf(test::nodeObject("n1", "v1.20.2", "docker://20.10.24", "False", "KubeletNotReady", "PLEG is not healthy: pleg was last seen active 3m2s ago; threshold is 3m0s"));
        recording.put("n1", probe::kubeletLog,
                      "I1123 07:00:00.000000     199 kubelet.go:1800] Starting kubelet main sync loop.\n"
                      "E1123 07:10:05.000000     199 kubelet.go:1826] skipping pod synchronization - [PLEG is not healthy: pleg was last seen active 3m5s ago; threshold is 3m0s]\n"
                      "E1123 07:10:25.000000     199 kubelet.go:1826] skipping pod synchronization - [PLEG is not healthy: pleg was last seen active 3m25s ago; threshold is 3m0s]\n"
                      "E1123 08:05:00.000000     199 generic.go:205] GenericPLEG: Unable to retrieve pods: rpc error: code = DeadlineExceeded desc = context deadline exceeded\n"
                      "E1123 08:10:00.000000     199 kubelet.go:1826] skipping pod synchronization - [PLEG is not healthy: pleg was last seen active 3m2s ago; threshold is 3m0s]\n");
        recording.put("n1", probe::units, "Id=docker.service\nLoadState=loaded\nActiveState=active\nSubState=running\nNRestarts=2\nMainPID=1\nActiveEnterTimestamp=Mon 2026-11-23 07:12:00 UTC\n");
        recording.put("n1", probe::kernelLog, "[Mon Nov 23 08:04:00 2026] INFO: task dockerd:71 blocked for more than 120 seconds.\n[ 12.5] INFO: task x:1 blocked for more than 120 seconds.\n");
        const auto table = checks::table(recording.snapshot, "pleg-timeline", "n1");
        wellFormed(*table);
        QStringList times;
        for (const checks::TableRow& row : table->rows)
            times << QString::fromStdString(row.cells[0].text + ' ' + row.cells[2].text);
        const QStringList expected {u"11-23 07:00:00 kubelet"_qs, u"11-23 07:10:05 kubelet"_qs, u"11-23 07:12:00 systemd"_qs, u"11-23 08:00:00 apiserver"_qs, u"11-23 08:04:00 kernel"_qs,
                                    u"11-23 08:05:00 kubelet"_qs, u"11-23 08:10:00 kubelet"_qs};
        QCOMPARE(times, expected);
        QCOMPARE(table->rows[1].cells[4].number, std::optional(20.0)); // the first episode is over
        QCOMPARE(table->rows[1].cells[3].verdict, std::optional(Verdict::Warning));
        QCOMPARE(table->rows[6].cells[3].verdict, std::optional(Verdict::Failure)); // this one lasts
        QCOMPARE(table->rows[1].evidence.lines, (std::vector<int> {2, 3}));
    }

    void theKubeletsCalls()
    {
        const auto numbers = [](double relists, double sum, double calls) {
            return "kubelet_pleg_relist_duration_seconds_sum " + std::to_string(sum) + "\nkubelet_pleg_relist_duration_seconds_count " + std::to_string(relists)
                + "\nkubelet_runtime_operations_duration_seconds_sum{operation_type=\"container_status\"} " + std::to_string(calls * 0.01)
                + "\nkubelet_runtime_operations_duration_seconds_count{operation_type=\"container_status\"} " + std::to_string(calls)
                + "\nkubelet_runtime_operations_errors_total{operation_type=\"container_status\"} 3\n";
        };
        auto earlier = test::clusterOf(), now = test::clusterOf();
        earlier.put("n1", probe::apiKubeletMetrics, numbers(100, 1, 50));
        now.put("n1", probe::apiKubeletMetrics, numbers(102, 31, 60));
        const auto alone = checks::table(now.snapshot, "pleg-relist", "n1");
        wellFormed(*alone);
        QCOMPARE(alone->rows.size(), std::size_t(2));
        QVERIFY(!alone->rows[0].cells[4].number);
        const auto both = checks::table(now.snapshot, "pleg-relist", "n1", &earlier.snapshot);
        QCOMPARE(both->rows[0].cells[1].text, std::string("relist"));
        QCOMPARE(both->rows[0].cells[4].number, std::optional(15.0));
        QCOMPARE(both->rows[0].cells[4].verdict, std::optional(Verdict::Failure));
        QCOMPARE(both->rows[1].cells[5].text, std::string("3"));
        QCOMPARE(both->rows[1].cells[3].verdict, std::optional(Verdict::Ok));
    }

    void theRuntimesAnswers()
    {
        auto recording = test::clusterOf();
        recording.put("n1", probe::runtimeLatency, "docker-ps rc=0 ms=140 lines=20\nhalf a li");
        recording.put("n1", probe::runtimeInspect, "container 0123456789ab rc=124 ms=5000\ncontainer ba9876543210 rc=0 ms=2500\n");
        const auto table = checks::table(recording.snapshot, "runtime-answers", "n1");
        wellFormed(*table);
        QCOMPARE(table->rows.size(), std::size_t(3));
        QCOMPARE(table->rows[0].cells[2].verdict, std::optional(Verdict::Failure));
        QCOMPARE(table->rows[1].cells[2].verdict, std::optional(Verdict::Warning));
        QCOMPARE(table->rows[2].cells[1].text, std::string("docker-ps"));
    }

    void theRealNodesHungRuntime()
    {
        test::Recording recording;
        if (!recording.load(u"pleg-runtime-hung"_qs))
            QSKIP("the recordings are not beside this tree");
        const auto timeline = checks::table(recording.snapshot, "pleg-timeline");
        wellFormed(*timeline);
        QVERIFY(std::any_of(timeline->rows.begin(), timeline->rows.end(), [](const checks::TableRow& row) { return row.cells[3].verdict == Verdict::Failure && row.cells[2].text == "kubelet"; }));
    }

    void theRealNodesLimits()
    {
        test::Recording recording;
        if (!recording.load(u"healthy"_qs))
            QSKIP("the recordings are not beside this tree");
        const auto table = checks::table(recording.snapshot, "bandwidth");
        wellFormed(*table);
        QCOMPARE(table->rows.size(), std::size_t(3));
        for (const checks::TableRow& row : table->rows)
            QCOMPARE(row.cells[4].verdict, std::optional(Verdict::Ok));
    }
};

QTEST_APPLESS_MAIN(Tables)
#include "tst_tables.moc"
