// SPDX-License-Identifier: GPL-3.0-or-later
// The suites over what a real node said: nothing false on the healthy one, each incident named rightly.
#include "recording.h"

#include "diagnostics/model/resources.h"

#include <QTest>

using namespace medic;
using test::has;

class Recordings : public QObject {
    Q_OBJECT

    Catalogue m_catalogue = Catalogue::load({MEDIC_SOURCE_DIR "/resources"}, nullptr);

    checks::CheckReport report(const QString& name, TimePoint now = test::recordedAt)
    {
        test::Recording recording;
        recording.now = now;
        if (!recording.load(name))
            return {};
        auto result = recording.run();
        if (qEnvironmentVariableIsSet("MEDIC_SHOW"))
            test::show(result);
        return result;
    }

private Q_SLOTS:
    void everyFindingIsWellFormed_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* const name : {"healthy", "apiserver-down", "pleg-runtime-hung", "kube-proxy-dead-stale-rules", "ipvs-mode"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }

    void everyFindingIsWellFormed()
    {
        QFETCH(QString, name);
        const auto found = report(name);
        if (found.ran.empty())
            QSKIP("the recordings are not beside this tree");
        const QString wrong = test::flaw(found, m_catalogue);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    }

    /// A guide swept the Pods again, and not the rules: nothing can be said about whether these agree.
    void rulesOfAnotherMoment()
    {
        test::Recording recording;
        if (!recording.load(u"kube-proxy-dead-stale-rules"_qs))
            QSKIP("the recordings are not beside this tree");
        QVERIFY(has(recording.run(), "service.rules-stale"));
        const ObservationPtr slices = recording.snapshot.cluster(probe::apiEndpointSlices);
        QVERIFY(slices != nullptr);
        recording.now += std::chrono::minutes(5);
        recording.put("", probe::apiEndpointSlices, slices->out);
        QVERIFY(!has(recording.run(), "service.rules-stale"));
    }

    void nothingFalseOnTheHealthyOne()
    {
        const auto found = report(u"healthy"_qs);
        if (found.ran.empty())
            QSKIP("the recordings are not beside this tree");
        // What is planted there: a crashing Pod, an image that does not exist, a Pod too big, a Service that selects nothing.
        static const std::set<std::string> planted {"pods.crash-loop", "pods.pull-name-fails", "pods.pending-resources", "services.selects-nothing"};
        std::set<std::string> named;
        for (const Finding& one : found.findings) {
            if (one.verdict() == Verdict::Ok)
                continue;
            QVERIFY2(planted.contains(one.id()), one.id().c_str());
            named.insert(one.id());
        }
        QCOMPARE(named, planted);
    }

    void aHungRuntimeIsNamed()
    {
        const auto found = report(u"pleg-runtime-hung"_qs);
        if (found.ran.empty())
            QSKIP("the recordings are not beside this tree");
        const auto pleg = test::withId(found, "pleg.unhealthy");
        QCOMPARE(pleg.size(), std::size_t(1));
        QCOMPARE(pleg[0].confidence(), Confidence::Confirmed);
        QVERIFY(pleg[0].parameters().at("silent").starts_with("5m2"));
        QVERIFY(has(found, "node.runtime-hung"));
        QVERIFY(has(found, "notready.pleg"));
        QVERIFY(!has(found, "node.kube-proxy-down"));
        QVERIFY(!has(found, "apiserver.not-listening"));
    }

    void staleRulesOfADeadKubeProxyAreNamed()
    {
        const auto found = report(u"kube-proxy-dead-stale-rules"_qs);
        if (found.ran.empty())
            QSKIP("the recordings are not beside this tree");
        QVERIFY(has(found, "node.kube-proxy-down"));
        const auto stale = test::withId(found, "service.rules-stale");
        QCOMPARE(stale.size(), std::size_t(1));
        QCOMPARE(stale[0].confidence(), Confidence::Confirmed);
        QCOMPARE(stale[0].parameters().at("gone"), std::string("10.244.0.3:8080"));
        QCOMPARE(stale[0].parameters().at("missing"), std::string("10.244.0.10:8080"));
        QVERIFY(!has(found, "pleg.unhealthy")); // it is over, and only in the log
    }

    void staleRulesAreSeenOverSshAlone()
    {
        test::Recording recording;
        if (!recording.load(u"kube-proxy-dead-stale-rules"_qs))
            QSKIP("the recordings are not beside this tree");
        Snapshot nodeOnly;
        for (const ObservationPtr& one : recording.snapshot.all())
            if (!one->node.empty())
                nodeOnly.add(one);
        recording.snapshot = nodeOnly;
        const auto found = recording.run({"service-reach"});
        QVERIFY(has(found, "node.kube-proxy-down"));
        QCOMPARE(test::withId(found, "service.endpoint-gone").at(0).parameters().at("endpoints"), std::string("10.244.0.3:8080"));
        QCOMPARE(test::withId(found, "cluster.api-unreachable").size(), std::size_t(1));
        QVERIFY(!has(found, "common.not-checked"));
    }

    void aDownApiserverIsNamed()
    {
        const auto found = report(u"apiserver-down"_qs, test::recordedAt + std::chrono::minutes(8));
        if (found.ran.empty())
            QSKIP("the recordings are not beside this tree");
        QVERIFY(has(found, "apiserver.not-listening"));
        QVERIFY(!has(found, "node.kubelet-down"));
        QVERIFY(!has(found, "node.kube-proxy-down"));
        QVERIFY(!has(found, "pleg.unhealthy"));
        QCOMPARE(test::withId(found, "cluster.api-unreachable").size(), std::size_t(1));
    }

    void ipvsModeHasOneConflict()
    {
        const auto found = report(u"ipvs-mode"_qs, test::recordedAt + std::chrono::minutes(14));
        if (found.ran.empty())
            QSKIP("the recordings are not beside this tree");
        // 443 is in the right order and accepted first; 30080 is a nodePort, where no order helps.
        QVERIFY(!has(found, "hostport.steals-service"));
        QCOMPARE(test::withId(found, "hostport.equals-nodeport").size(), std::size_t(1));
        QVERIFY(!has(found, "service.rules-stale"));
        for (const Finding& one : found.findings)
            QVERIFY2(one.verdict() == Verdict::Unknown || one.id() == "hostport.equals-nodeport" || one.verdict() == Verdict::Ok, one.id().c_str());
    }

    void anUnreachableNodeIsSaidOnce()
    {
        test::Recording recording;
        recording.put("n9", probe::connect, "", -1, ProbeState::Unreachable, "connect: no route to host");
        for (const std::string_view name : {probe::df, probe::ps, probe::iptablesSave, probe::kubeletLog})
            recording.put("n9", name, "", -1, ProbeState::Unreachable, "connect: no route to host");
        recording.put("", probe::apiConnect, "", -1, ProbeState::Unreachable, "connection refused");
        const auto found = recording.run();
        QCOMPARE(found.findings.size(), std::size_t(2));
        for (const Finding& one : found.findings)
            QCOMPARE(one.verdict(), Verdict::Unknown);
        QVERIFY(has(found, "node.unreachable"));
        QVERIFY(has(found, "cluster.api-unreachable"));
    }

    void aNodeThatRegistersLateIsNoNamesake()
    {
        const std::string early = "E1123 12:20:43.000000     194 node.go:161] Failed to retrieve node info: nodes \"node-1\" not found\n";
        test::Recording recording;
        recording.put("node-1", probe::kubeProxyLog, early); // it asks six times with growing pauses
        QVERIFY(!has(recording.run({"service-reach"}), "service.proxy-node-name"));
        recording.put("node-1", probe::kubeProxyLog, early + early + early + early + early + early);
        QVERIFY(has(recording.run({"service-reach"}), "service.proxy-node-name"));
        recording.put("node-1", probe::kubeProxyLog, early + early + early + early + early + "I1123 12:20:51.718523     194 node.go:172] Successfully retrieved node IP: 172.30.0.1\n");
        QVERIFY(!has(recording.run({"service-reach"}), "service.proxy-node-name"));
    }

    void everySuiteSurvivesCutOutputs()
    {
        test::Recording whole;
        if (!whole.load(u"pleg-runtime-hung"_qs))
            QSKIP("the recordings are not beside this tree");
        for (const double share : {0.0, 0.1, 0.37, 0.5, 0.77, 0.99}) {
            test::Recording cut;
            for (const ObservationPtr& one : whole.snapshot.all()) {
                auto copy = std::make_shared<Observation>(*one);
                copy->out.resize(static_cast<std::size_t>(static_cast<double>(copy->out.size()) * share));
                cut.snapshot.add(copy);
            }
            const auto found = cut.run();
            const QString wrong = test::flaw(found, m_catalogue);
            QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        }
    }
};

QTEST_APPLESS_MAIN(Recordings)
#include "tst_recordings.moc"
