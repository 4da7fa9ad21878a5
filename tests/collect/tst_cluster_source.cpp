// SPDX-License-Identifier: GPL-3.0-or-later
// The apiserver's side of a sweep, against its double.
#include "diagnostics/collect/cluster_source.h"
#include "diagnostics/model/probe_ids.h"
#include "diagnostics/transport/secrets.h"
#include "tests/fakes/apiserver.h"

#include <nlohmann/json.hpp>

#include <QTest>

#include <map>

using namespace medic;
using namespace medic::collect;

namespace {

std::string eventList(int count)
{
    std::string items;
    for (int i = 0; i < count; ++i) {
        // The names say nothing of the time: every seventh is new, by one field or another.
        const std::string stamp = std::string("2026-11-") + (i % 7 == 0 ? "23" : "01") + "T10:" + std::to_string(10 + i % 50) + ":00Z";
        const std::string field = i % 3 == 0 ? R"("lastTimestamp":")" + stamp + "\"" : i % 3 == 1 ? R"("lastTimestamp":null,"eventTime":")" + stamp + "\"" : R"("series":{"count":3,"lastObservedTime":")" + stamp + "\"}";
        items += std::string(i == 0 ? "" : ",") + R"({"metadata":{"name":"e)" + std::to_string(i) + R"(","creationTimestamp":"2026-10-01T00:00:00Z"},)" + field + R"(,"message":")" + std::string(60, 'm') + "\"}";
    }
    return R"({"kind":"EventList","apiVersion":"v1","metadata":{"resourceVersion":"9"},"items":[)" + items + "]}";
}

} // namespace

class TestClusterSource : public QObject
{
    Q_OBJECT

    std::unique_ptr<fakes::Pki> m_pki;
    std::unique_ptr<fakes::Apiserver> m_server;
    ClusterProfile m_profile;

    std::map<std::string, Observation> ask(const std::vector<std::string>& ids, std::optional<Error>* error = nullptr)
    {
        std::map<std::string, Observation> all;
        const auto source = clusterSource(m_profile, std::make_shared<Secrets>());
        const auto outcome = source->collect(ids, {}, [&](Observation one) { all.insert_or_assign(one.probe, std::move(one)); });
        if (error != nullptr)
            *error = outcome.error;
        return all;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_pki = std::make_unique<fakes::Pki>();
        if (!m_pki->good())
            QSKIP("python3 and openssl are needed for the apiserver's double");
        m_server = std::make_unique<fakes::Apiserver>(*m_pki);
        QVERIFY(m_server->running());
        m_pki->write("config", QByteArray("apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{name: k, cluster: {server: \"https://127.0.0.1:") + QByteArray::number(m_server->port())
                         + "\", certificate-authority: " + m_pki->path("ca.crt").toUtf8() + "}}]\nusers: [{name: u, user: {token: secret-token}}]\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n");
        m_profile.name = "test";
        m_profile.kubeconfig = m_pki->path("config").toStdString();
    }
    void cleanupTestCase() { m_server.reset(); }
    void cleanup()
    {
        if (m_server)
            m_server->fault("{}");
    }

    void whoAnswersIsSaid()
    {
        const auto all = ask({"api/connect", "api/version", "api/nodes"});
        QCOMPARE(all.size(), std::size_t(3));
        const std::string& said = all.at("api/connect").out;
        QVERIFY2(said.find("context: c\n") != std::string::npos && said.find("version: v1.20") != std::string::npos, said.c_str());
        QVERIFY(said.find("secret-token") == std::string::npos);
        QVERIFY(all.at("api/nodes").good());
    }

    void withoutEndpointSlicesTheEndpointsDo()
    {
        m_server->fault(R"({"kind": "status", "path": "/apis/discovery.k8s.io", "code": 404, "reason": "NotFound", "message": "the server could not find the requested resource"})");
        std::optional<Error> error;
        const auto all = ask({"api/endpointslices", "api/endpoints"}, &error);
        QVERIFY(!error);
        const Observation& slices = all.at("api/endpointslices");
        QVERIFY2(slices.state == ProbeState::NotApplicable, slices.err.c_str());
        QVERIFY(slices.err.find("EndpointSlices") != std::string::npos);
        QVERIFY(all.at("api/endpoints").good());
    }

    void theNewestEventsAreKept()
    {
        std::string few = eventList(100);
        const std::string before = few;
        QVERIFY(!keepNewestEvents(few, 2000));
        QCOMPARE(few, before);
        std::string many = eventList(700);
        QVERIFY(keepNewestEvents(many, 100));
        const auto document = nlohmann::json::parse(many);
        QCOMPARE(document["items"].size(), std::size_t(100));
        QCOMPARE(document["metadata"]["resourceVersion"].get<std::string>(), std::string("9"));
        int last = -1;
        for (const auto& item : document["items"]) {
            const int number = std::stoi(item["metadata"]["name"].get<std::string>().substr(1));
            QVERIFY2(number % 7 == 0, std::to_string(number).c_str());
            QVERIFY(number > last); // in the order of the list
            last = number;
        }
        for (const char* const text : {"", "{}", "[]", "null", R"({"items":7})", R"({"items":[1,"a",null,{}]})", "{\"items\":["}) {
            std::string odd = text;
            (void)keepNewestEvents(odd, 0);
            (void)keepNewestEvents(odd, 1);
        }
    }

    void outsideAndWithoutSshItIsJustUnreachable()
    {
        ClusterProfile profile = m_profile;
        m_pki->write("elsewhere", QByteArray("apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{name: k, cluster: {server: \"https://nowhere.invalid:6443\"}}]\n"
                                             "users: [{name: u, user: {token: x}}]\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n"));
        profile.kubeconfig = m_pki->path("elsewhere").toStdString();
        std::vector<Observation> all;
        const auto outcome = clusterSource(profile, std::make_shared<Secrets>())->collect({"api/connect", "api/nodes"}, {}, [&](Observation one) { all.push_back(std::move(one)); });
        QVERIFY(outcome.error);
        QCOMPARE(all.size(), std::size_t(2));
        for (const Observation& one : all) {
            QVERIFY(one.state == ProbeState::Unreachable);
            QVERIFY2(one.err.find("through") == std::string::npos, one.err.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestClusterSource)
#include "tst_cluster_source.moc"
