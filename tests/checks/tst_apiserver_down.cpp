// SPDX-License-Identifier: GPL-3.0-or-later
// Case 1.3: everything over SSH alone. Port, container, manifest, image, proof of its removal, registry, name server, disk.
#include "objects.h"

#include "diagnostics/model/pod_probe_ids.h"

#include <QTest>

using namespace medic;
using test::has;
using test::withId;

namespace {

const std::string image = "gcr.io/google-containers/kube-apiserver:v1.14.1";

std::string manifests(const std::string& apiserver)
{
    return "==> /etc/kubernetes/manifests/etcd.yaml <==\nkind: Pod\nspec:\n  containers:\n  - image: quay.io/coreos/etcd:v3.3.10\n==> /etc/kubernetes/manifests/kube-apiserver.yaml <==\n" + apiserver + "\n";
}

const std::string manifest = "kind: Pod\nspec:\n  containers:\n  - command:\n    - kube-apiserver\n    image: " + image + "\n";
const std::string closedPort = "==> local https://127.0.0.1:6443/livez <==\n\n000 0.000100\n==> listen <==\n";
const std::string openPort = "==> local https://127.0.0.1:6443/livez <==\n[+]ping ok\nlivez check passed\n200 0.010000\n==> listen <==\nLISTEN 0 128 *:6443 *:* users:((\"kube-apiserver\",pid=3,fd=7))\n";
const std::string noContainers = "CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS                      PORTS   NAMES\n";
const std::string otherImages = "REPOSITORY   TAG   DIGEST   IMAGE ID   CREATED   SIZE\nquay.io/coreos/etcd   v3.3.10   <none>   2c4adeb21b4f   2 years ago   258MB\n";

/// A control-plane node whose apiserver is gone, with its image; the apiserver is silent of course.
test::Recording down()
{
    test::Recording one;
    one.put("m1", probe::connect, "");
    one.put("", probe::apiConnect, "", -1, ProbeState::Unreachable, "connection refused");
    one.put("m1", probe::apiserverPort, closedPort);
    one.put("m1", probe::manifests, manifests(manifest));
    one.put("m1", probe::dockerPs, noContainers);
    one.put("m1", probe::dockerImages, otherImages);
    one.put("m1", probe::kubeletVersion, "Kubernetes v1.14.1\n");
    one.put("m1", probe::ps, "  PID  PPID STAT WCHAN  ELAPSED   RSS COMMAND\n  100 1 Ssl - 86400 1000 /usr/bin/kubelet\n  101 1 Ssl - 86400 1000 /usr/bin/dockerd\n");
    one.put("m1", probe::gcEvidence, "==> kubelet, last 24 h <==\n==> docker events <==\n==> cron <==\n");
    return one;
}

} // namespace

class ApiserverDown : public QObject {
    Q_OBJECT

    Catalogue m_catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);

    checks::CheckReport run(const test::Recording& recording)
    {
        auto report = recording.run({"apiserver-down"});
        if (const QString wrong = test::flaw(report, m_catalogue); !wrong.isEmpty())
            QTest::qFail(qPrintable(wrong), __FILE__, __LINE__);
        return report;
    }

private Q_SLOTS:
    void aListeningOneIsWell_data()
    {
        QTest::addColumn<QString>("status");
        QTest::newRow("200") << u"200"_qs;
        QTest::newRow("401") << u"401"_qs;
        QTest::newRow("403") << u"403"_qs;
    }

    void aListeningOneIsWell()
    {
        QFETCH(QString, status);
        auto recording = down();
        std::string port = openPort;
        port.replace(port.find("200 0.01"), 3, status.toStdString());
        recording.put("m1", probe::apiserverPort, port);
        const auto report = run(recording);
        QVERIFY2(!has(report, "apiserver.not-listening") && !has(report, "apiserver.image-missing"), test::ids(report).c_str());
    }

    void aSickOneNamesItsChecks()
    {
        auto recording = down();
        recording.put("m1", probe::apiserverPort, "==> local https://127.0.0.1:6443/livez <==\n[+]ping ok\n[-]etcd failed: reason withheld\nlivez check failed\n500 0.01\n==> listen <==\nLISTEN 0 128 *:6443 *:*\n");
        QCOMPARE(withId(run(recording), "apiserver.unhealthy").at(0).parameters().at("checks"), std::string("etcd"));
    }

    void states_data()
    {
        QTest::addColumn<QString>("containers");
        QTest::addColumn<QString>("state");
        const QString head = QString::fromStdString(noContainers);
        const auto row = [&](const char* status) {
            return head + QStringLiteral("%1%2%3%4%5%6%7\n").arg(QString(64, u'a').left(12), -15).arg(u"x"_qs, -10).arg(u"\"k\""_qs, -10).arg(u"1 h"_qs, -10).arg(QLatin1String(status), -28).arg(u""_qs, -8).arg(u"k8s_kube-apiserver_kube-apiserver-m1_kube-system_0_3"_qs);
        };
        QTest::newRow("none") << head << u"no container"_qs;
        QTest::newRow("exited") << row("Exited (1) 3 minutes ago") << u"exited (1)"_qs;
        QTest::newRow("killed") << row("Exited (137) 3 minutes ago") << u"exited (137)"_qs;
    }

    void states()
    {
        QFETCH(QString, containers);
        QFETCH(QString, state);
        auto recording = down();
        recording.put("m1", probe::dockerPs, containers.toStdString());
        const auto found = withId(run(recording), "apiserver.not-listening");
        QCOMPARE(found.size(), std::size_t(1));
        QVERIFY2(QString::fromStdString(found[0].parameters().at("state")).contains(state), found[0].parameters().at("state").c_str());
    }

    void aBinaryInstallationHasAUnit()
    {
        auto recording = down();
        recording.put("m1", probe::manifests, "", -1, ProbeState::NotApplicable, "no folder of static Pods");
        recording.put("m1", probe::units, "Id=kube-apiserver.service\nLoadState=loaded\nActiveState=failed\nSubState=failed\nResult=exit-code\nNRestarts=5\n");
        const auto report = run(recording);
        QVERIFY(QString::fromStdString(withId(report, "apiserver.not-listening").at(0).parameters().at("state")).contains(u"exit-code"));
        QVERIFY(!has(report, "apiserver.manifest-missing"));
        QVERIFY(!has(report, "apiserver.image-missing"));
    }

    void manifestsThatAreEmptyOrGone()
    {
        auto recording = down();
        recording.put("m1", probe::manifests, manifests(""));
        QCOMPARE(withId(run(recording), "apiserver.manifest-missing").at(0).parameters().at("how"), std::string("empty"));
        recording.put("m1", probe::manifests, "==> /etc/kubernetes/manifests/etcd.yaml <==\nkind: Pod\n");
        QCOMPARE(withId(run(recording), "apiserver.manifest-missing").at(0).parameters().at("how"), std::string("absent"));
    }

    void whoRemovedTheImage_data()
    {
        QTest::addColumn<QString>("evidence");
        QTest::addColumn<QString>("finding");
        QTest::addColumn<int>("verdict");
        const QString kubelet = u"==> kubelet, last 24 h <==\n"_qs, cron = u"==> cron <==\n"_qs;
        QTest::newRow("collection, old words") << kubelet + u"Nov 23 kubelet: [imageGCManager]: Removing image \"sha256:aa\" to free 100 bytes\n"_qs << u"apiserver.image-collected"_qs << int(Verdict::Failure);
        QTest::newRow("collection, new words") << kubelet + u"Nov 23 kubelet: \"Removing image to free bytes\" imageID=\"sha256:aa\" size=100\n"_qs << u"apiserver.image-collected"_qs << int(Verdict::Failure);
        QTest::newRow("eviction manager's reclaim") << kubelet + u"\"Attempting to delete unused images\"\n"_qs << u"apiserver.image-collected"_qs << int(Verdict::Failure);
        QTest::newRow("eviction at 1.14") << kubelet + u"eviction manager: must evict pod(s) to reclaim ephemeral-storage\n"_qs << u"apiserver.evicted"_qs << int(Verdict::Failure);
        QTest::newRow("prune in cron") << cron + u"/etc/cron.d/clean:0 3 * * * root docker system prune -af\n"_qs << u"apiserver.prune-scheduled"_qs << int(Verdict::Failure);
        QTest::newRow("a comment in cron") << cron + u"/etc/cron.d/clean:# docker system prune -af\n"_qs << u"apiserver.removal-unproven"_qs << int(Verdict::Unknown);
        QTest::newRow("a backup of /var/lib/docker") << cron + u"/etc/cron.d/b:0 3 * * * root tar c /var/lib/docker\n"_qs << u"apiserver.removal-unproven"_qs << int(Verdict::Unknown);
        QTest::newRow("docker's own record") << u"==> docker events <==\n2026-11-23T08:00:00 image delete sha256:aa (name=gcr.io/google-containers/kube-apiserver:v1.14.1)\n"_qs << u"apiserver.image-deleted"_qs << int(Verdict::Failure);
        QTest::newRow("nothing") << kubelet << u"apiserver.removal-unproven"_qs << int(Verdict::Unknown);
    }

    void whoRemovedTheImage()
    {
        QFETCH(QString, evidence);
        QFETCH(QString, finding);
        QFETCH(int, verdict);
        auto recording = down();
        recording.put("m1", probe::gcEvidence, evidence.toStdString());
        const auto report = run(recording);
        QVERIFY(has(report, "apiserver.image-missing"));
        const auto found = withId(report, finding.toStdString());
        QVERIFY2(found.size() == 1, test::ids(report).c_str());
        QCOMPARE(int(found[0].verdict()), verdict);
    }

    void staticPodsAreNotEvictedFrom116On()
    {
        auto recording = down();
        recording.put("m1", probe::gcEvidence, "==> kubelet, last 24 h <==\n\"Eviction manager: must evict pod(s) to reclaim\" resourceName=\"ephemeral-storage\"\n");
        recording.put("m1", probe::kubeletVersion, "Kubernetes v1.16.0\n");
        QCOMPARE(withId(run(recording), "apiserver.evicted").at(0).confidence(), Confidence::Possible);
        recording.put("m1", probe::kubeletVersion, "Kubernetes v1.15.12\n");
        QCOMPARE(withId(run(recording), "apiserver.evicted").at(0).confidence(), Confidence::Likely);
    }

    void theImageIsThere()
    {
        auto recording = down();
        recording.put("m1", probe::dockerImages, otherImages + "gcr.io/google-containers/kube-apiserver   v1.14.1   <none>   cfaa4ad74c37   2 years ago   210MB\n");
        QVERIFY(!has(run(recording), "apiserver.image-missing"));
        // The list itself is missing: nothing is said about the image.
        recording.put("m1", probe::dockerImages, "", -1, ProbeState::TimedOut);
        QVERIFY(!has(run(recording), "apiserver.image-missing"));
        QVERIFY(has(run(recording), "apiserver.not-listening"));
        QVERIFY(has(run(recording), "common.not-checked"));
    }

    void canItBePulledAgain_data()
    {
        QTest::addColumn<QString>("answer");
        QTest::addColumn<QString>("finding");
        const QString resolved = u"==> resolve gcr.io <==\n12.2.2.6      STREAM gcr.io\nrc=0 ms=10\n==> https://gcr.io/v2/ <==\n"_qs;
        QTest::newRow("alive") << resolved + u"{}\n401 0.02 12.2.2.6\n"_qs << u"apiserver.registry-answers"_qs;
        QTest::newRow("refused") << resolved + u"curl: (7) Failed to connect to gcr.io port 443: Connection refused\n\n000 0.00 \n"_qs << u"apiserver.registry-unreachable"_qs;
        QTest::newRow("not trusted") << resolved + u"curl: (60) SSL certificate problem: unable to get local issuer certificate\n\n000 0.01 12.2.2.6\n"_qs << u"apiserver.registry-not-trusted"_qs;
        QTest::newRow("no name, quick") << u"==> resolve gcr.io <==\nrc=2 ms=20\n==> https://gcr.io/v2/ <==\ncurl: (6) Could not resolve host: gcr.io\n\n000 0.00 \n"_qs << u"apiserver.registry-name-fails"_qs;
        QTest::newRow("another registry") << u"==> resolve quay.io <==\nrc=2 ms=20\n"_qs << QString();
    }

    void canItBePulledAgain()
    {
        QFETCH(QString, answer);
        QFETCH(QString, finding);
        auto recording = down();
        recording.put("m1", probe::imageRegistry, answer.toStdString());
        const auto report = run(recording);
        for (const char* const id : {"apiserver.registry-answers", "apiserver.registry-unreachable", "apiserver.registry-not-trusted", "apiserver.registry-name-fails"})
            QCOMPARE(has(report, id), finding == QLatin1String(id));
    }

    void silenceAndRefusalOfTheNameServerDiffer()
    {
        auto recording = down();
        recording.put("m1", probe::imageRegistry, "==> resolve gcr.io <==\nrc=2 ms=5010\n");
        QCOMPARE(withId(run(recording), "apiserver.registry-name-fails").at(0).parameters().at("how"), std::string("i/o timeout"));
    }

    void theBackOffIsShown()
    {
        auto recording = down();
        recording.put("m1", probe::kubeletLog,
                      "E1123 08:30:00.000000 1 pod_workers.go:190] Error syncing pod: failed to \"StartContainer\" for \"kube-apiserver\" with CrashLoopBackOff: \"back-off 2m40s restarting failed container=kube-apiserver pod=x\"\n"
                      "I1123 08:30:30.000000 1 kubelet.go:1] something else\n");
        const auto found = withId(run(recording), "apiserver.back-off");
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].parameters().at("delay"), std::string("2m40s"));
        QCOMPARE(found[0].parameters().at("age"), std::string("30s"));
    }

    void nameServers_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("finding");
        const QString named = u"==> listen <==\nudp UNCONN 0 0 0.0.0.0:53 0.0.0.0:* users:((\"named\",pid=1051,fd=512))\n"_qs;
        const QString zones = u"==> zones <==\ngcr.io\nquay.io\n"_qs;
        const auto answer = [](const QString& body) { return QStringLiteral("==> answer 127.0.0.1 gcr.io <==\n") + body; };
        QTest::newRow("right: a private address") << named + zones + answer(u";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n;; flags: qr aa rd ra; QUERY: 1\ngcr.io.\t604800\tIN\tA\t12.2.2.6\n"_qs).replace(u"12.2.2.6"_qs, u"10.2.2.6"_qs) << QString();
        QTest::newRow("a public address") << named + zones + answer(u"gcr.io.\t300\tIN\tA\t142.250.1.82\n"_qs) << u"site.zone-not-used"_qs;
        QTest::newRow("silent") << named + zones + answer(u";; communications error to 127.0.0.1#53: timed out\n;; no servers could be reached\n"_qs) << u"site.dns-silent"_qs;
        QTest::newRow("not listening") << u"==> listen <==\nudp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:* users:((\"systemd-resolve\",pid=5,fd=12))\n"_qs + zones << u"site.dns-not-listening"_qs;
        QTest::newRow("a broken zone") << named + u"==> named-checkconf -z <==\nzone gcr.io/IN: not loaded due to errors.\n"_qs + zones << u"site.zone-broken"_qs;
        QTest::newRow("a resolver without zones") << named + u"==> zones <==\n"_qs + answer(u"gcr.io.\t300\tIN\tA\t142.250.1.82\n"_qs) << QString();
        QTest::newRow("somebody else's zone") << named + u"==> zones <==\ncorp.example\n"_qs + answer(u"gcr.io.\t300\tIN\tA\t142.250.1.82\n"_qs) << QString();
    }

    void nameServers()
    {
        QFETCH(QString, text);
        QFETCH(QString, finding);
        test::Recording recording; // a deploy node that is no control-plane node
        recording.put("deploy", probe::connect, "");
        recording.put("deploy", probe::dnsServer, text.toStdString());
        const auto report = run(recording);
        QStringList site;
        for (const Finding& one : report.findings)
            if (one.id().starts_with("site."))
                site << QString::fromStdString(one.id());
        QCOMPARE(site.join(u' '), finding);
    }

    void aRegistryThatNobodyStarted()
    {
        const std::string silent = "==> http://127.0.0.1:5000/v2/_catalog <==\n\n000 0.01\n==> https://127.0.0.1/v2/ <==\n\n000 0.01\n==> files <==\ntotal 1\n";
        const auto unit = [](const char* state, const char* since) {
            return "Id=docker-registry.service\nActiveState=" + std::string(state) + "\nSubState=dead\nLoadState=loaded\nResult=success\nActiveEnterTimestamp=" + since + "\n";
        };
        for (const auto& [text, expected] : {std::pair {unit("inactive", ""), false}, {unit("inactive", "Mon 2026-11-23 07:00:00 UTC"), true}, {unit("active", "Mon 2026-11-23 07:00:00 UTC"), true}}) {
            auto recording = test::clusterOf();
            recording.put("n1", probe::registry, silent);
            recording.put("n1", probe::units, text);
            QCOMPARE(has(recording.run({"apiserver-down"}), "site.registry-silent"), expected);
        }
    }

    void registries_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("finding");
        const auto part = [](const char* url, const char* status) { return QStringLiteral("==> %1 <==\n\n%2 0.01\n").arg(QLatin1String(url), QLatin1String(status)); };
        const QString files = u"==> files <==\ntotal 1\n"_qs;
        QTest::newRow("both alive") << part("http://127.0.0.1:5000/v2/_catalog", "200") + part("https://127.0.0.1/v2/", "401") + files << QString();
        QTest::newRow("silent") << part("http://127.0.0.1:5000/v2/_catalog", "000") + part("https://127.0.0.1/v2/", "000") + files << u"site.registry-silent"_qs;
        QTest::newRow("502 of its nginx") << part("http://127.0.0.1:5000/v2/_catalog", "000") + part("https://127.0.0.1/v2/", "502") + files << u"site.registry-silent"_qs;
        QTest::newRow("nginx gone") << part("http://127.0.0.1:5000/v2/_catalog", "200") + part("https://127.0.0.1/v2/", "000") + files << u"site.registry-front-silent"_qs;
        QTest::newRow("an ingress on 443") << part("http://127.0.0.1:5000/v2/_catalog", "000") + part("https://127.0.0.1/v2/", "404") << QString();
    }

    void registries()
    {
        QFETCH(QString, text);
        QFETCH(QString, finding);
        test::Recording recording;
        recording.put("deploy", probe::connect, "");
        recording.put("deploy", probe::registry, text.toStdString());
        const auto report = run(recording);
        QStringList site;
        for (const Finding& one : report.findings)
            if (one.id().starts_with("site."))
                site << QString::fromStdString(one.id());
        QCOMPARE(site.join(u' '), finding);
    }

    void elasticsearch()
    {
        const auto text = [](const char* percent, const char* blocks) {
            return std::string("==> / <==\n{\"version\":{\"number\":\"7.3.0\"}}\n200 0.01\n"
                               "==> /_cat/allocation?v&bytes=b <==\nshards disk.indices disk.used disk.avail disk.total disk.percent host ip node\n  12 100 900 100 1000 ")
                + percent + " 10.0.0.1 10.0.0.1 es-0\n  3 UNASSIGNED\n200 0.01\n==> /_all/_settings?flat_settings=true&filter_path=*.settings.index.blocks* <==\n" + blocks + "\n200 0.01\n";
        };
        const auto verdict = [&](const char* percent) {
            test::Recording recording;
            recording.put("n1", probe::connect, "");
            recording.put("n1", probe::elasticsearch, text(percent, "{}"));
            const auto found = withId(run(recording), "site.search-watermark");
            return found.empty() ? Verdict::Ok : found[0].verdict();
        };
        QCOMPARE(verdict("84"), Verdict::Ok);
        QCOMPARE(verdict("85"), Verdict::Warning);
        QCOMPARE(verdict("90"), Verdict::Failure);
        test::Recording recording;
        recording.put("n1", probe::connect, "");
        recording.put("n1", probe::elasticsearch, text("50", R"({"logstash-2019.08":{"settings":{"index.blocks.read_only_allow_delete":"true"}},"ok":{"settings":{"index.blocks.read_only_allow_delete":"false"}}})"));
        const auto found = withId(run(recording), "site.search-read-only");
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(found[0].parameters().at("indices"), std::string("logstash-2019.08"));
        // Where nothing answers there is nothing to say.
        recording.put("n1", probe::elasticsearch, "", -1, ProbeState::NotApplicable, "nothing answers at 127.0.0.1:9200");
        QVERIFY(!has(run(recording), "site.search-read-only"));
    }

    void aWorkerHasNoApiserver()
    {
        test::Recording recording;
        recording.put("w1", probe::connect, "");
        recording.put("w1", probe::ss, "tcp LISTEN 0 128 0.0.0.0:10250 0.0.0.0:* users:((\"kubelet\",pid=1,fd=2))\n");
        recording.put("w1", probe::ps, "  PID  PPID STAT WCHAN  ELAPSED   RSS COMMAND\n  100 1 Ssl - 86400 1000 /usr/bin/kubelet\n");
        const auto report = run(recording);
        QVERIFY2(!has(report, "apiserver.not-listening"), test::ids(report).c_str());
        // k3s serves it inside of one process, at its own port.
        recording.put("w1", probe::ps, "  PID  PPID STAT WCHAN  ELAPSED   RSS COMMAND\n  100 1 Ssl - 86400 1000 /usr/local/bin/k3s server\n");
        QVERIFY(!has(run(recording), "apiserver.not-listening"));
    }
};

QTEST_APPLESS_MAIN(ApiserverDown)
#include "tst_apiserver_down.moc"
