// SPDX-License-Identifier: GPL-3.0-or-later
// The three tables: bandwidth per Pod, the DNS matrix, Elasticsearch's indices.
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
