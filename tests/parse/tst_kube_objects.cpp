// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/kube_objects.h"

#include <QFile>
#include <QTest>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

using namespace medic;
using namespace medic::kube;

namespace {

std::string fileText(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string fixture(const std::string& name)
{
    return fileText(std::string(MEDIC_TEST_DATA "/kube/") + name);
}

/// Every reader, as a yes-or-no and the error.
struct Reader {
    std::string name;
    std::function<Result<std::size_t>(std::string_view)> read;
};

template<typename T>
Reader reader(std::string name, Result<std::vector<T>> (*parse)(std::string_view, std::string_view))
{
    return {std::move(name), [parse](std::string_view json) { return parse(json, "x.json").map([](const auto& all) { return all.size(); }); }};
}

const std::vector<Reader> readers {
    reader("Node", parseNodes),
    reader("Pod", parsePods),
    reader("Service", parseServices),
    reader("EndpointSlice", parseEndpointSlices),
    reader("Event", parseEvents),
    reader("ConfigMap", parseConfigMaps),
    reader("DaemonSet", parseDaemonSets),
    reader("Lease", parseLeases),
};

} // namespace

class TestKubeObjects : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nodes()
    {
        const auto all = parseNodes(fixture("nodes.json"));
        QVERIFY(all);
        QCOMPARE(all->size(), std::size_t(1));
        const Node& node = all->front();
        QCOMPARE(node.meta.name, std::string("node-1"));
        QCOMPARE(node.addresses.at("InternalIP"), std::string("172.30.0.1"));
        QCOMPARE(node.addresses.at("Hostname"), std::string("node-1"));
        QCOMPARE(node.podCidrs, std::vector<std::string> {"10.244.0.0/24"});
        QCOMPARE(node.kubeProxyVersion, std::string("v1.20.2"));
        QCOMPARE(node.runtimeVersion, std::string("docker://20.10.24+dfsg1"));
        QVERIFY(!node.unschedulable);
        QVERIFY(node.condition("Ready") != nullptr);
        QCOMPARE(node.condition("Ready")->status, std::string("True"));
        QCOMPARE(node.condition("Ready")->lastTransition, std::string("2026-11-23T08:30:02Z"));
        QVERIFY(node.condition("NetworkUnavailable") == nullptr);
    }

    void nodeDetails()
    {
        const auto all = parseNodes(R"({"kind":"Node","apiVersion":"v1","metadata":{"name":"m","labels":{
            "node-role.kubernetes.io/control-plane":"","node-role.kubernetes.io/master":"","other":"x"}},
            "spec":{"unschedulable":true,"podCIDR":"10.1.0.0/24","taints":[{"key":"k","effect":"NoSchedule"},7]},
            "status":{"addresses":[{"type":"InternalIP","address":"10.0.0.1"},{"type":"InternalIP","address":"fd00::1"}]}})");
        QVERIFY(all);
        const Node& node = all->at(0);
        QCOMPARE(node.roles, (std::vector<std::string> {"control-plane", "master"}));
        QVERIFY(node.unschedulable);
        QCOMPARE(node.podCidrs, std::vector<std::string> {"10.1.0.0/24"});
        QCOMPARE(node.taints.size(), std::size_t(1));
        QCOMPARE(node.taints[0].effect, std::string("NoSchedule"));
        QCOMPARE(node.addresses.at("InternalIP"), std::string("10.0.0.1"));
    }

    void pods()
    {
        const auto all = parsePods(fixture("pods.json"));
        QVERIFY(all);
        QCOMPARE(all->size(), std::size_t(9));
        const Pod& crash = all->at(0);
        QCOMPARE(crash.meta.name, std::string("crash"));
        QCOMPARE(crash.node, std::string("node-1"));
        QVERIFY(!crash.ready());
        QCOMPARE(crash.statuses.at(0).state, std::string("terminated"));
        QCOMPARE(crash.statuses.at(0).lastExitCode, 3);
        QCOMPARE(crash.statuses.at(0).restarts, 7);
        const Pod& ingress = all->at(1);
        QVERIFY(ingress.ready());
        QVERIFY(!ingress.hostNetwork);
        const auto& ports = ingress.containers.at(0).ports;
        QCOMPARE(ports.size(), std::size_t(2));
        QCOMPARE(int(ports[0].hostPort), 443);
        QCOMPARE(int(ports[0].containerPort), 8443);
        QCOMPARE(ports[0].protocol, std::string("TCP"));
        QCOMPARE(ports[1].protocol, std::string("UDP"));
        QCOMPARE(all->at(4).statuses.at(0).reason, std::string("ImagePullBackOff"));
        QCOMPARE(all->at(4).statuses.at(0).state, std::string("waiting"));
        QVERIFY(all->at(5).node.empty());
        QVERIFY(all->at(5).podIps.empty());
        QCOMPARE(all->at(6).meta.ownerKind, std::string("ReplicaSet"));
        QCOMPARE(all->at(6).meta.ownerName, std::string("web-5c9d69d469"));
    }

    void sidecarPortsBelongToThePod()
    {
        const auto all = parsePods(R"({"kind":"Pod","metadata":{"name":"p"},"spec":{
            "containers":[{"name":"c"}],
            "initContainers":[{"name":"setup","ports":[{"containerPort":1,"hostPort":1}]},
                              {"name":"proxy","restartPolicy":"Always","ports":[{"containerPort":2,"hostPort":2,"hostIP":"10.0.0.1"}]}]},
            "status":{"podIP":"10.2.0.9","initContainerStatuses":[{"name":"setup","state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}})");
        QVERIFY(all);
        QCOMPARE(all->at(0).containers.size(), std::size_t(2));
        QCOMPARE(all->at(0).containers[1].name, std::string("proxy"));
        QCOMPARE(all->at(0).containers[1].ports[0].hostIp, std::string("10.0.0.1"));
        QCOMPARE(all->at(0).statuses.at(0).reason, std::string("CrashLoopBackOff"));
        QCOMPARE(all->at(0).podIps, std::vector<std::string> {"10.2.0.9"});
    }

    void services()
    {
        const auto all = parseServices(fixture("services.json"));
        QVERIFY(all);
        QCOMPARE(all->size(), std::size_t(6));
        const Service& balanced = all->at(3);
        QCOMPARE(balanced.meta.name, std::string("web-lb"));
        QCOMPARE(balanced.type, std::string("LoadBalancer"));
        QCOMPARE(balanced.externalIps, std::vector<std::string> {"198.51.100.7"});
        QCOMPARE(balanced.sourceRanges, std::vector<std::string> {"203.0.113.0/24"});
        QCOMPARE(balanced.externalTrafficPolicy, std::string("Local"));
        QCOMPARE(int(balanced.healthCheckNodePort), 30467);
        QCOMPARE(int(balanced.ports.at(0).nodePort), 31660);
        QCOMPARE(balanced.ports.at(0).targetPort, std::string("8080"));
        QCOMPARE(all->at(5).sessionAffinity, std::string("ClientIP"));
        QCOMPARE(all->at(5).affinitySeconds, 10800);
        QCOMPARE(all->at(2).selector.at("app"), std::string("web"));
        QVERIFY(!all->at(2).headless);
    }

    void serviceDetails()
    {
        const auto all = parseServices(R"({"kind":"List","items":[
            {"kind":"Service","metadata":{"name":"h"},"spec":{"clusterIP":"None","clusterIPs":["None"],"ports":[{"port":80,"targetPort":"web"}]}},
            {"kind":"Deployment","metadata":{"name":"d"}},
            {"kind":"Service","metadata":{"name":"b"},"spec":{"clusterIP":"10.96.0.9","ports":[{"port":"80"},{"port":70000},{"port":-1}]},
             "status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.1"},{"ip":"192.0.2.2","ipMode":"Proxy"},{"hostname":"h"}]}}}]})");
        QVERIFY(all);
        QCOMPARE(all->size(), std::size_t(2));
        QVERIFY(all->at(0).headless);
        QVERIFY(all->at(0).clusterIps.empty());
        QCOMPARE(all->at(0).ports[0].targetPort, std::string("web"));
        QCOMPARE(all->at(1).clusterIps, std::vector<std::string> {"10.96.0.9"});
        QCOMPARE(all->at(1).loadBalancerIps, std::vector<std::string> {"192.0.2.1"});
        QCOMPARE(all->at(1).ports.size(), std::size_t(3));
        for (const ServicePort& port : all->at(1).ports)
            QCOMPARE(int(port.port), 0);
    }

    void slicesOfBothKindsSayTheSame()
    {
        const auto slices = parseEndpointSlices(fixture("endpointslices.json"));
        const auto legacy = parseEndpointSlices(fixture("endpoints.json"));
        QVERIFY(slices && legacy);
        QCOMPARE(slices->size(), std::size_t(6));
        QCOMPARE(legacy->size(), slices->size());
        for (std::size_t i = 0; i < slices->size(); ++i) {
            const EndpointSlice& a = slices->at(i);
            const EndpointSlice& b = legacy->at(i);
            QCOMPARE(a.service, b.service);
            QCOMPARE(a.addressType, b.addressType);
            QCOMPARE(a.endpoints.size(), b.endpoints.size());
            std::map<std::string, const Endpoint*> byAddress;
            for (const Endpoint& endpoint : a.endpoints)
                byAddress[endpoint.addresses.at(0)] = &endpoint;
            for (const Endpoint& endpoint : b.endpoints) {
                const Endpoint* other = byAddress.at(endpoint.addresses.at(0));
                QCOMPARE(endpoint.node, other->node);
                QCOMPARE(endpoint.podName, other->podName);
                QCOMPARE(endpoint.ready, other->ready);
            }
            QCOMPARE(a.ports.size(), b.ports.size());
            for (std::size_t p = 0; p < a.ports.size(); ++p)
                QCOMPARE(a.ports[p].port, b.ports[p].port);
        }
        QCOMPARE(slices->at(0).endpoints.size(), std::size_t(0));
        QCOMPARE(slices->at(2).endpoints.at(0).node, std::string("node-1")); // from v1beta1's topology
    }

    void endpointConditions_data()
    {
        QTest::addColumn<QString>("conditions");
        QTest::addColumn<bool>("ready");
        QTest::addColumn<bool>("serving");
        QTest::addColumn<bool>("terminating");
        QTest::newRow("none") << QStringLiteral("{}") << true << true << false;
        QTest::newRow("null") << QStringLiteral("null") << true << true << false;
        QTest::newRow("not ready") << QStringLiteral(R"({"ready":false})") << false << false << false;
        QTest::newRow("draining") << QStringLiteral(R"({"ready":false,"serving":true,"terminating":true})") << false << true << true;
        QTest::newRow("wrong type") << QStringLiteral(R"({"ready":"no"})") << true << true << false;
    }

    void endpointConditions()
    {
        QFETCH(QString, conditions);
        const auto json = R"({"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1","addressType":"IPv4","endpoints":[{"addresses":["10.0.0.1"],"nodeName":"n","conditions":)"
            + conditions.toStdString() + "}]}";
        const auto all = parseEndpointSlices(json);
        QVERIFY(all);
        const Endpoint& endpoint = all->at(0).endpoints.at(0);
        QTEST(endpoint.ready, "ready");
        QTEST(endpoint.serving, "serving");
        QTEST(endpoint.terminating, "terminating");
        QCOMPARE(endpoint.node, std::string("n"));
    }

    void legacyEndpointsSplitByFamilyAndReadiness()
    {
        const auto all = parseEndpointSlices(R"({"kind":"Endpoints","metadata":{"name":"s"},"subsets":[{"addresses":[{"ip":"10.0.0.1"},{"ip":"fd00::1"}],
            "notReadyAddresses":[{"ip":"10.0.0.2"}],"ports":[{"port":80}]}]})");
        QVERIFY(all);
        QCOMPARE(all->size(), std::size_t(2));
        QCOMPARE(all->at(0).addressType, std::string("IPv4"));
        QCOMPARE(all->at(0).endpoints.size(), std::size_t(2));
        QVERIFY(all->at(0).endpoints[0].ready);
        QVERIFY(!all->at(0).endpoints[1].ready);
        QCOMPARE(all->at(1).addressType, std::string("IPv6"));
        QCOMPARE(int(all->at(1).ports.at(0).port), 80);
    }

    void events()
    {
        const auto all = parseEvents(fixture("events.json"));
        QVERIFY(all);
        QCOMPARE(all->size(), std::size_t(12));
        QCOMPARE(all->at(0).reason, std::string("Scheduled"));
        QCOMPARE(all->at(0).sourceComponent, std::string("default-scheduler"));
        QCOMPARE(all->at(0).lastSeen, std::string("2026-11-23T08:16:20.254225Z"));
        QCOMPARE(all->at(0).count, 1);
        QCOMPARE(all->at(1).count, 13);
        QCOMPARE(all->at(1).type, std::string("Warning"));
        QCOMPARE(all->at(1).sourceHost, std::string("node-1"));
        QCOMPARE(all->at(1).lastSeen, std::string("2026-11-23T08:16:35Z"));
        QCOMPARE(all->at(1).objectName, std::string("crash"));
    }

    void eventsOfTheNewGroup()
    {
        const auto all = parseEvents(R"({"kind":"EventList","apiVersion":"events.k8s.io/v1","items":[{"metadata":{"name":"e","namespace":"d"},
            "eventTime":"2026-01-01T00:00:00.000001Z","series":{"count":4,"lastObservedTime":"2026-01-01T00:05:00.000000Z"},
            "reportingController":"kubelet","reportingInstance":"n","reason":"BackOff","type":"Warning","note":"Back-off",
            "regarding":{"kind":"Pod","namespace":"d","name":"p"}}]})");
        QVERIFY(all);
        const Event& event = all->at(0);
        QCOMPARE(event.message, std::string("Back-off"));
        QCOMPARE(event.sourceComponent, std::string("kubelet"));
        QCOMPARE(event.objectKind, std::string("Pod"));
        QCOMPARE(event.firstSeen, std::string("2026-01-01T00:00:00.000001Z"));
        QCOMPARE(event.lastSeen, std::string("2026-01-01T00:05:00.000000Z"));
        QCOMPARE(event.count, 4);
    }

    void theRest()
    {
        const auto leases = parseLeases(fixture("leases.json"));
        QVERIFY(leases);
        QCOMPARE(leases->at(0).holder, std::string("node-1"));
        QCOMPARE(leases->at(0).renewTime, std::string("2026-11-23T08:30:41.472735Z"));
        QCOMPARE(leases->at(0).durationSeconds, 40);
        const auto maps = parseConfigMaps(fixture("configmaps.json"));
        QVERIFY(maps);
        QVERIFY(maps->at(0).data.at("ca.crt").starts_with("-----BEGIN CERTIFICATE-----"));
        QCOMPARE(parseDaemonSets(fixture("daemonsets.json"))->size(), std::size_t(0));
        const auto sets = parseDaemonSets(R"({"kind":"DaemonSet","metadata":{"name":"kube-proxy"},"spec":{"template":{"spec":{"containers":
            [{"name":"kube-proxy","image":"registry.k8s.io/kube-proxy:v1.27.1"}]}}},
            "status":{"desiredNumberScheduled":3,"numberReady":2,"numberAvailable":2,"numberUnavailable":1}})");
        QVERIFY(sets);
        QCOMPARE(sets->at(0).unavailable, 1);
        QCOMPARE(sets->at(0).containers.at(0).image, std::string("registry.k8s.io/kube-proxy:v1.27.1"));
    }

    void versions_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<int>("minor"); // -1: an error
        QTest::newRow("recorded") << QString::fromStdString(fixture("version.json")) << 20;
        QTest::newRow("provider") << QStringLiteral(R"({"major":"1","minor":"27+","gitVersion":"v1.27.3-gke.100"})") << 27;
        QTest::newRow("only git") << QStringLiteral(R"({"major":"","minor":"","gitVersion":"v1.19.16"})") << 19;
        QTest::newRow("none") << QStringLiteral(R"({"paths":["/api"]})") << -1;
        QTest::newRow("numbers") << QStringLiteral(R"({"major":1,"minor":20,"gitVersion":7})") << -1;
        QTest::newRow("array") << QStringLiteral("[]") << -1;
        QTest::newRow("html") << QStringLiteral("<html>") << -1;
    }

    void versions()
    {
        QFETCH(QString, json);
        QFETCH(int, minor);
        const auto version = parseVersion(json.toStdString());
        QCOMPARE(version.has_value(), minor >= 0);
        if (version) {
            QCOMPARE(version->major, 1);
            QCOMPARE(version->minor, minor);
        }
        QVERIFY(!versionFromText("unknown"));
        QCOMPARE(versionFromText("1.30")->minor, 30);
    }

    void errorsNameThePlace_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("where");
        QTest::addColumn<QString>("detail");
        QTest::newRow("empty") << QString() << QStringLiteral("x.json:1:1") << QStringLiteral("unexpected end of input");
        QTest::newRow("cut off") << QStringLiteral("{\n \"kind\": \"PodList\",\n \"items\": [") << QStringLiteral("x.json:3:") << QStringLiteral("end of input");
        QTest::newRow("array") << QStringLiteral("[]") << QStringLiteral("x.json .") << QStringLiteral("got array");
        QTest::newRow("other kind") << QStringLiteral(R"({"kind":"NodeList"})") << QStringLiteral("x.json .kind") << QStringLiteral("expected PodList, got \"NodeList\"");
        QTest::newRow("items no array") << QStringLiteral(R"({"kind":"PodList","items":{}})") << QStringLiteral("x.json .items") << QStringLiteral("got object");
        QTest::newRow("item no object") << QStringLiteral(R"({"kind":"PodList","items":[{},7]})") << QStringLiteral("x.json .items[1]") << QStringLiteral("got number");
        QTest::newRow("status") << QString::fromStdString(fixture("anonymous-403.json")) << QStringLiteral("x.json .kind") << QStringLiteral("pods is forbidden");
    }

    void errorsNameThePlace()
    {
        QFETCH(QString, json);
        QFETCH(QString, where);
        QFETCH(QString, detail);
        const auto all = parsePods(json.toStdString(), "x.json");
        QVERIFY(!all);
        QVERIFY2(QString::fromStdString(all.error().where).startsWith(where), all.error().where.c_str());
        QVERIFY2(QString::fromStdString(all.error().detail).contains(detail), all.error().detail.c_str());
    }

    void wrongTypesBecomeEmpty()
    {
        // Each part of an object as every other type: nothing throws.
        for (const Reader& r : readers)
            for (const char* value : {"null", "true", "7", "-1", "1e400", "\"x\"", "[]", "[null,[],{}]", "{\"a\":[]}"})
                for (const char* key : {"metadata", "spec", "status", "data", "endpoints", "ports", "subsets", "involvedObject", "series"}) {
                    const std::string json = "{\"kind\":\"" + r.name + "List\",\"items\":[{\"" + key + "\":" + value + "}]}";
                    const auto done = r.read(json);
                    QVERIFY2(done || done.error().code == ErrorCode::BadSyntax, json.c_str());
                }
    }

    void managedFieldsAreLeftOutButNotData()
    {
        const auto maps = parseConfigMaps(R"({"kind":"ConfigMapList","items":[{"metadata":{"name":"m","managedFields":[{}]},"data":{"managedFields":"kept"}}]})");
        QVERIFY(maps);
        QCOMPARE(maps->at(0).data.at("managedFields"), std::string("kept"));
    }

    void deepNestingIsHarmless()
    {
        const std::string deep = "{\"kind\":\"PodList\",\"items\":[{\"spec\":" + std::string(200000, '[') + std::string(200000, ']') + "}]}";
        const auto all = parsePods(deep);
        QVERIFY(all);
        QCOMPARE(all->size(), std::size_t(1));
        QVERIFY(!parsePods(std::string(500000, '[')));
    }

    void survivesEveryPrefix_data()
    {
        QTest::addColumn<QString>("file");
        for (const auto& entry : std::filesystem::directory_iterator(MEDIC_TEST_DATA "/kube"))
            if (entry.path().extension() == ".json")
                QTest::newRow(entry.path().filename().c_str()) << QString::fromStdString(entry.path().filename());
    }

    void survivesEveryPrefix()
    {
        QFETCH(QString, file);
        const std::string whole = fixture(file.toStdString());
        // A document cut off is an error, whichever reader; each prefix goes to one of them in turn.
        const std::size_t end = whole.find_last_of('}');
        const std::size_t step = std::max<std::size_t>(1, whole.size() / 700);
        for (std::size_t size = 0; size <= end; size += step)
            QVERIFY(!readers[size % readers.size()].read(std::string_view(whole).substr(0, size)));
    }

    void recordedCluster_data()
    {
        QTest::addColumn<QString>("folder");
        for (const char* name : {"healthy", "kube-proxy-dead-stale-rules", "pleg-runtime-hung"})
            QTest::newRow(name) << QStringLiteral("../shared/data/real-node-1.20/") + QLatin1String(name) + QStringLiteral("/api/");
    }

    void recordedCluster()
    {
        QFETCH(QString, folder);
        const std::string base = std::string(MEDIC_SOURCE_DIR "/") + folder.toStdString();
        if (!std::filesystem::is_directory(base))
            QSKIP("the recorded cluster is not on this machine");
        const auto pods = parsePods(fileText(base + "pods.json"));
        const auto nodes = parseNodes(fileText(base + "nodes.json"));
        const auto services = parseServices(fileText(base + "services.json"));
        const auto events = parseEvents(fileText(base + "events.json"));
        QVERIFY(pods && nodes && services && events);
        QCOMPARE(nodes->size(), std::size_t(1));
        QVERIFY(pods->size() >= 9 && services->size() >= 5 && events->size() > 20);
        for (const Pod& pod : *pods)
            QVERIFY(!pod.meta.name.empty() && !pod.phase.empty() && !pod.containers.empty());
        for (const Event& event : *events)
            QVERIFY(!event.reason.empty() && !event.lastSeen.empty() && event.count >= 1);
        QVERIFY(parseEndpointSlices(fileText(base + "endpointslices.json")));
        QVERIFY(parseEndpointSlices(fileText(base + "endpoints.json")));
        QVERIFY(parseLeases(fileText(base + "leases.json")));
        QVERIFY(parseConfigMaps(fileText(base + "configmaps.json")));
        QVERIFY(parseDaemonSets(fileText(base + "daemonsets.json")));
    }
};

QTEST_APPLESS_MAIN(TestKubeObjects)
#include "tst_kube_objects.moc"
