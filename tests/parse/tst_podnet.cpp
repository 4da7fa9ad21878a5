// SPDX-License-Identifier: GPL-3.0-or-later
// What the probes from inside the Pods print; captured from a real 1.20 node where not noted otherwise.
#include "diagnostics/parse/podnet.h"

#include "diagnostics/parse/search_engine.h"

#include <QTest>

using namespace medic::parse;

namespace {

const char* const networks = "1153 554d703a-568b-4db0-bdeb-18ba3c9ee116 web-675bd8c6c4-jq6h5 eth0@if7 \n1200 f0630488-2c61-4f08-8a13-8168c70d8ac4 limited eth0@if5 \nno line\n-3 x y eth0@if1\n";

const char* const path = R"(==> pod:2a129a1f vip 10.96.0.1:443 <==
{
  "major": "1",
  "gitVersion": "v1.20.2"
}
200 0.029757
subject=CN = kube-apiserver
X509v3 Subject Alternative Name: 
    DNS:kubernetes, DNS:kubernetes.default, IP Address:10.96.0.1
==> host vip 10.96.0.1:443 <==

404 0.024508
subject=CN = edge.example
X509v3 Subject Alternative Name: 
    DNS:edge.example
==> host endpoint 172.30.0.1:6443 <==

000 4.001000
)";

const char* const registry = R"(==> resolve gcr.io <==
12.2.2.6       STREAM gcr.io
12.2.2.6       DGRAM  
rc=0 ms=10
==> https://gcr.io/v2/ <==
{"errors":[]}
401 0.012 12.2.2.6
==> resolve quay.io <==
rc=2 ms=5020
==> https://quay.io/v2/ <==
curl: (60) SSL certificate problem: self-signed certificate

000 0.010 12.2.2.6
)";

const char* const search = "==> / <==\n{\"name\":\"es-0\",\"version\":{\"number\":\"7.3.0\"}}\n200 0.004\n"
                           "==> /_cluster/health <==\n{\"status\":\"yellow\"}\n200 0.004\n"
                           "==> /_cat/allocation?v&bytes=b <==\nshards disk.indices disk.used disk.avail disk.total disk.percent host ip node\n 5 10 950 50 1000 95 10.0.0.1 10.0.0.1 es-0\n 5 UNASSIGNED\n200 0.01\n"
                           "==> /_cat/indices?v&bytes=b <==\nindex health status docs.count store.size creation.date.string\nlogstash-2019.08.01 green open 100 2048 2019-08-01T00:00:00.000Z\nold close 2018-01-01T00:00:00.000Z\n200 0.01\n"
                           "==> /_cluster/settings?x <==\n{\"transient\":{\"cluster.routing.allocation.disk.watermark.low\":\"80%\"},\"defaults\":{\"cluster.routing.allocation.disk.watermark.low\":\"85%\",\"cluster.routing.allocation.disk.watermark.flood_stage\":\"0.97\"}}\n200 0.01\n"
                           "==> /_all/_settings?x <==\n{\"old\":{\"settings\":{\"index.blocks.read_only_allow_delete\":\"true\"}}}\n200 0.01\n";

} // namespace

class PodNet : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namespaces()
    {
        const auto all = podNetworks(networks);
        QCOMPARE(all.size(), std::size_t(2));
        QCOMPARE(all[0].pid, 1153);
        QCOMPARE(all[0].hostName, std::string("web-675bd8c6c4-jq6h5"));
        QCOMPARE(all[0].links.at(0).name, std::string("eth0"));
        QCOMPARE(all[0].links.at(0).peer, 7);
        QCOMPARE(all[1].line, 2);
    }

    void names()
    {
        const auto json = interfaceNames(R"([{"ifindex":1,"ifname":"lo"},{"ifindex":44,"ifname":"veth890eea47"},{"ifindex":"x"},7])");
        QCOMPARE(json.size(), std::size_t(2));
        QCOMPARE(json.at(44), std::string("veth890eea47"));
        const auto text = interfaceNames("1: lo: <LOOPBACK,UP> mtu 65536\n    link/loopback 00:00\n44: veth890eea47@if3: <BROADCAST> mtu 1500\n");
        QCOMPARE(text.size(), std::size_t(2));
        QCOMPARE(text.at(44), std::string("veth890eea47"));
        QVERIFY(interfaceNames("[{").empty());
    }

    void redirected()
    {
        const auto all = redirects("vethb98b6d89: filter protocol all pref 1 u32 chain 0 \nvethb98b6d89: \taction order 1: mirred (Egress Redirect to device bwpffe98afce2e0) stolen\nvethb98b6d89: \taction order 2: mirred (Egress Redirect to device other) pass\n");
        QCOMPARE(all.size(), std::size_t(1));
        QCOMPARE(all.at("vethb98b6d89"), std::string("bwpffe98afce2e0"));
    }

    void questions()
    {
        const auto all = dnsAnswers("host vip 10.96.0.10 udp internal NOERROR 19 yes kubernetes.default.svc.cluster.local.\npod:f063 server 10.244.0.8 tcp external timeout - - example.com.\n"
                                    "pod:f063 vip 10.96.0.10 sctp internal NOERROR 1 - x.\nhost vip\n");
        QCOMPARE(all.size(), std::size_t(2));
        QVERIFY(all[0].from.empty() && all[0].internal && all[0].resolved() && all[0].replied());
        QCOMPARE(all[0].milliseconds, std::optional(19));
        QCOMPARE(all[1].from, std::string("f063"));
        QVERIFY(!all[1].replied() && !all[1].milliseconds && all[1].address.empty());
    }

    void paths()
    {
        const auto all = pathAnswers(path);
        QCOMPARE(all.size(), std::size_t(3));
        QVERIFY(all[0].fromApiserver());
        QCOMPARE(all[0].from, std::string("2a129a1f"));
        QCOMPARE(all[0].status, 200);
        QVERIFY(!all[1].fromApiserver());
        QCOMPARE(all[1].subject, std::string("CN = edge.example"));
        QCOMPARE(all[1].subjectLine, 13);
        QCOMPARE(all[2].status, 0);
        QVERIFY(!all[2].fromApiserver());
    }

    void registries()
    {
        const auto all = registryAnswers(registry);
        QCOMPARE(all.size(), std::size_t(2));
        QVERIFY(all[0].resolved && all[0].alive() && !all[0].notTrusted());
        QCOMPARE(all[0].addresses, std::vector<std::string> {"12.2.2.6"});
        QVERIFY(!all[1].resolved && !all[1].alive() && all[1].notTrusted());
        QCOMPARE(all[1].milliseconds, 5020);
    }

    void privateAddresses()
    {
        for (const char* const one : {"10.0.0.1", "172.16.0.1", "172.31.255.1", "192.168.1.1", "127.0.0.1", "169.254.20.10", "100.64.0.1", "fd00::1", "::1"})
            QVERIFY2(privateAddress(one), one);
        for (const char* const one : {"142.250.1.82", "172.32.0.1", "172.15.0.1", "192.169.0.1", "100.128.0.1", "8.8.8.8", "2001:4860::1", "", "x"})
            QVERIFY2(!privateAddress(one), one);
    }

    void searchEngines()
    {
        const auto one = searchEngine(search);
        QVERIFY(one.has_value());
        QCOMPARE(one->version, std::string("7.3.0"));
        QCOMPARE(one->clusterHealth, std::string("yellow"));
        QCOMPARE(one->indices.size(), std::size_t(2));
        QCOMPARE(one->indices[0].bytes, std::uint64_t(2048));
        QCOMPARE(one->indices[0].documents, std::uint64_t(100));
        QCOMPARE(one->indices[1].status, std::string("close"));
        QCOMPARE(one->disks.size(), std::size_t(1));
        QCOMPARE(one->disks[0].percent, 95.0);
        QCOMPARE(one->low, std::string("80%"));
        QCOMPARE(one->high, std::string("90%"));
        QCOMPARE(SearchEngine::percent(one->flood), std::optional(97.0));
        QVERIFY(!SearchEngine::percent("500mb"));
        QCOMPARE(one->readOnly, std::vector<std::string> {"old"});
        QVERIFY(!searchEngine(""));
        QVERIFY(!searchEngine("==> / <==\n<html>\n404 0.1\n"));
    }

    void everyPrefixIsSurvived()
    {
        for (const std::string_view text : {networks, path, registry, search})
            for (std::size_t length = 0; length <= text.size(); ++length) {
                const std::string_view cut = text.substr(0, length);
                (void)podNetworks(cut);
                (void)interfaceNames(cut);
                (void)redirects(cut);
                (void)dnsAnswers(cut);
                (void)pathAnswers(cut);
                (void)registryAnswers(cut);
                (void)searchEngine(cut);
            }
    }
};

QTEST_APPLESS_MAIN(PodNet)
#include "tst_podnet.moc"
