// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/live_source.h"
#include "diagnostics/model/probe_ids.h"
#include "diagnostics/transport/local_shell.h"
#include "fake_source.h"
#include "tests/fakes/cancel.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace medic;
using namespace medic::collect;
using namespace std::chrono_literals;
using Fault = medic::fakes::FakeShell::Fault;

namespace {

/// An apiserver that knows a list of nodes, or does not answer.
class FakeCluster final : public ClusterSource {
public:
    std::string nodesJson;
    std::optional<Error> down;
    int asked = 0;

    Source::Outcome collect(const std::vector<std::string>& ids, std::stop_token, const Source::Sink& result) override
    {
        ++asked;
        for (const std::string& id : ids) {
            if (down) {
                result(missing({}, id, *down, false));
                continue;
            }
            Observation observation;
            observation.probe = id;
            observation.out = id == probe::apiNodes ? nodesJson : "{}";
            observation.exitStatus = 0;
            result(std::move(observation));
        }
        return {down, {}};
    }

    Source::Outcome collectNode(const std::string& node, const std::vector<std::string>& ids, std::stop_token, const Source::Sink& result) override
    {
        for (const std::string& id : ids) {
            Observation observation;
            observation.node = node;
            observation.probe = id;
            observation.exitStatus = 0;
            result(std::move(observation));
        }
        return {};
    }

    [[nodiscard]] bool configured() const override { return true; }
};

const char* const threeNodes = R"({"kind":"NodeList","apiVersion":"v1","items":[
 {"metadata":{"name":"master-1"},"status":{"addresses":[{"type":"InternalIP","address":"10.0.0.1"},{"type":"ExternalIP","address":"192.0.2.1"},{"type":"Hostname","address":"m1"}]}},
 {"metadata":{"name":"worker-1"},"status":{"addresses":[{"type":"InternalIP","address":"10.0.0.2"}]}},
 {"metadata":{"name":"worker-2"},"status":{"addresses":[{"type":"InternalIP","address":"10.0.0.3"}]}}]})";

struct Ran {
    std::map<std::string, Observation> observations;
    std::vector<std::string> order;
    Source::Outcome outcome;
    int twice = 0;
};

Ran runOn(LiveSource& source, const std::string& node, const std::vector<std::string>& probes, std::stop_token stop = {})
{
    Ran ran;
    ran.outcome = source.collectNode(node, probes, stop, [&](Observation observation) {
        ran.order.push_back(observation.probe);
        if (!ran.observations.insert({observation.probe, std::move(observation)}).second)
            ++ran.twice;
    });
    return ran;
}

LiveSource::OpenShell faulty(Fault fault, int* opened = nullptr)
{
    return [fault, opened](const NodeTarget& target, std::stop_token) -> Result<std::unique_ptr<Shell>> {
        if (opened != nullptr)
            ++*opened;
        return std::make_unique<fakes::FakeShell>(target.name, fault);
    };
}

const std::vector<std::string> asked {"hostname", "uname", "iptables-save", "df", "kubelet-log", "ps"};

ClusterProfile sudoProfile()
{
    ClusterProfile profile;
    profile.ssh.useSudo = true;
    return profile;
}

} // namespace

class LiveSourceTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aGoodNode()
    {
        LiveSource source(ClusterProfile {}, faulty(Fault::LoginNoise), nullptr);
        const Ran ran = runOn(source, "n1", asked);
        QVERIFY(!ran.outcome.error);
        QCOMPARE(ran.observations.size(), asked.size() + 1);
        QCOMPARE(ran.order.front(), std::string("connect"));
        QVERIFY(ran.observations.at("connect").good());
        QCOMPARE(ran.observations.at("connect").out, std::string("root@n1:22\n"));
        QCOMPARE(ran.observations.at("uname").out, std::string("probe 1 on n1\n"));
        QCOMPARE(ran.observations.at("uname").node, std::string("n1"));
        QVERIFY(ran.observations.at("uname").start > std::chrono::system_clock::now() - 1min);
    }

    void everyFaultCostsOnlyWhatItMust_data()
    {
        QTest::addColumn<int>("fault");
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("complete"); // of the six
        QTest::addColumn<int>("state"); // of the last
        QTest::newRow("hang at once") << int(Fault::HangAtOnce) << int(ErrorCode::Timeout) << 0 << int(ProbeState::TimedOut);
        QTest::newRow("hang midway") << int(Fault::HangMidway) << int(ErrorCode::Timeout) << 3 << int(ProbeState::TimedOut);
        QTest::newRow("drop") << int(Fault::DropMidway) << int(ErrorCode::ConnectionLost) << 3 << int(ProbeState::ConnectionLost);
        QTest::newRow("talk") << int(Fault::TalkWithoutEnd) << int(ErrorCode::OutputTooLarge) << 0 << int(ProbeState::Failed);
        QTest::newRow("no shell") << int(Fault::NotAShell) << int(ErrorCode::CommandFailed) << 0 << int(ProbeState::Failed);
    }

    void everyFaultCostsOnlyWhatItMust()
    {
        QFETCH(int, fault);
        QFETCH(int, code);
        QFETCH(int, complete);
        QFETCH(int, state);
        LiveSource source(ClusterProfile {}, faulty(static_cast<Fault>(fault)), nullptr);
        source.setSilenceLimit(400ms);
        const Ran ran = runOn(source, "n1", asked);
        QCOMPARE(ran.observations.size(), asked.size() + 1);
        QCOMPARE(ran.twice, 0);
        QVERIFY(ran.outcome.error);
        QCOMPARE(int(ran.outcome.error->code), code);
        QCOMPARE(int(ran.observations.at("ps").state), state);
        const auto whole = std::count_if(ran.observations.begin(), ran.observations.end(), [](const auto& item) {
            return item.first != "connect" && item.second.state == ProbeState::Complete;
        });
        QCOMPARE(int(whole), complete);
        QVERIFY(!ran.observations.at("ps").err.empty());
    }

    void missingFramesAreSaid()
    {
        LiveSource source(ClusterProfile {}, faulty(Fault::IgnoreProbes), nullptr);
        const Ran ran = runOn(source, "n1", asked);
        QCOMPARE(ran.observations.size(), std::size_t(5)); // the pool's ledger fills in the two that no frame came for
    }

    void withoutSudoTheRestComes_data()
    {
        QTest::addColumn<int>("fault");
        QTest::addColumn<int>("wanted");
        QTest::newRow("denied") << int(Fault::NoSudo) << 0;
        QTest::newRow("password") << int(Fault::SudoPassword) << 1;
    }

    void withoutSudoTheRestComes()
    {
        QFETCH(int, fault);
        QFETCH(int, wanted);
        int opened = 0;
        LiveSource source(sudoProfile(), faulty(static_cast<Fault>(fault), &opened), nullptr);
        const Ran ran = runOn(source, "n1", asked);
        QVERIFY(!ran.outcome.error);
        QCOMPARE(opened, 1); // the same connection
        QCOMPARE(int(ran.outcome.wanted.size()), wanted);
        QCOMPARE(ran.observations.size(), asked.size() + 1);
        QVERIFY(ran.observations.at("uname").state == ProbeState::Complete);
    }

    void unreachable()
    {
        LiveSource source(
            ClusterProfile {},
            [](const NodeTarget& target, std::stop_token) -> Result<std::unique_ptr<Shell>> {
                return failure(ErrorCode::HostKeyUnknown, target.name + ":22", "SHA256:abc");
            },
            nullptr);
        const Ran ran = runOn(source, "n1", asked);
        QCOMPARE(ran.observations.size(), asked.size() + 1);
        QVERIFY(ran.observations.at("connect").state == ProbeState::Unreachable);
        QVERIFY(ran.observations.at("df").state == ProbeState::Unreachable);
        QCOMPARE(ran.observations.at("df").err, std::string("host-key-unknown: n1:22: SHA256:abc\n"));
        QCOMPARE(ran.outcome.wanted.size(), std::size_t(1));
    }

    void cancelled()
    {
        LiveSource source(ClusterProfile {}, faulty(Fault::HangMidway), nullptr);
        fakes::CancelWhen stop(fakes::whenBlocked());
        const Ran ran = runOn(source, "n1", asked, stop.token());
        QVERIFY(stop.sinceStop() < 1000);
        QVERIFY(ran.observations.at("ps").state == ProbeState::Cancelled);
        QVERIFY(ran.observations.at("hostname").state == ProbeState::Complete);
    }

    /// With the real shell of this machine: the whole way but the network.
    void thisMachine()
    {
        ClusterProfile profile;
        profile.nodes = {NodeTarget {.name = "here", .host = {}, .user = {}, .port = 0, .jumps = {}, .identity = {}, .local = true}};
        LiveSource source(profile, nullptr);
        const Ran ran = runOn(source, "here", {"hostname", "meminfo", "no-such-probe", "api/node-stats"});
        QVERIFY(!ran.outcome.error);
        QVERIFY(ran.observations.at("meminfo").good());
        QVERIFY(ran.observations.at("no-such-probe").state == ProbeState::NotApplicable);
        QVERIFY(ran.observations.at("api/node-stats").state == ProbeState::Unreachable);
        const auto result = source.run("here", CommandRequest {.command = "echo $((6 * 7))", .input = {}}, {});
        QVERIFY(result);
        QCOMPARE(result->out, std::string("42\n"));
        const Ran local = runOn(source, "@local", {"loadavg"});
        QVERIFY(local.observations.at("loadavg").good());
    }

    void nodesByTheApiserver()
    {
        ClusterProfile profile;
        profile.addressType = "ExternalIP";
        profile.nodes = {NodeTarget {.name = "worker-1", .host = {}, .user = "admin", .port = 2222, .jumps = {"bastion"}, .identity = {}, .local = false},
                         NodeTarget {.name = "by-address", .host = "10.0.0.3", .user = "root", .port = 0, .jumps = {}, .identity = {}, .local = false},
                         NodeTarget {.name = "deploy", .host = "10.0.0.9", .user = {}, .port = 0, .jumps = {}, .identity = {}, .local = false}};
        auto cluster = std::make_shared<FakeCluster>();
        cluster->nodesJson = threeNodes;
        LiveSource source(profile, faulty(Fault::None), cluster);
        const auto list = source.nodes({});
        QCOMPARE(list.names, (std::vector<std::string> {"master-1", "worker-1", "worker-2", "deploy"}));
        QVERIFY(list.problems.empty());
        QCOMPARE(list.observations.size(), std::size_t(2));
        QCOMPARE(source.targetOf("master-1").host, std::string("192.0.2.1"));
        QCOMPARE(source.targetOf("worker-1").host, std::string("10.0.0.2"));
        QCOMPARE(source.targetOf("worker-1").user, std::string("admin"));
        QCOMPARE(source.targetOf("worker-2").user, std::string("root"));
        QCOMPARE(source.targetOf("worker-2").name, std::string("worker-2"));
        QCOMPARE(source.targetOf("unheard-of").host, std::string("unheard-of"));
        QVERIFY(source.targetOf("@local").local);
    }

    void withTheApiserverDownTheProfileCounts()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("hosts")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("10.0.0.1 name=master-1\n10.0.0.2\n");
        file.close();
        ClusterProfile profile;
        profile.hostsFile = file.fileName().toStdString();
        auto cluster = std::make_shared<FakeCluster>();
        cluster->down = Error {ErrorCode::ConnectionRefused, "10.0.0.1:6443", {}, 111};
        LiveSource source(profile, faulty(Fault::None), cluster);
        const auto list = source.nodes({});
        QCOMPARE(list.names, (std::vector<std::string> {"master-1", "10.0.0.2"}));
        QCOMPARE(list.problems.size(), std::size_t(1));
        QCOMPARE(source.targetOf("master-1").host, std::string("10.0.0.1"));
        // Nobody waits for it a second time.
        std::vector<Observation> rest;
        (void)source.collectCluster({"api/pods", "api/services"}, {}, [&](Observation observation) { rest.push_back(std::move(observation)); });
        QCOMPARE(rest.size(), std::size_t(2));
        QVERIFY(rest[0].state == ProbeState::Unreachable);
        QCOMPARE(cluster->asked, 1);
        // It is asked again in the next sweep.
        cluster->down.reset();
        cluster->nodesJson = threeNodes;
        QCOMPARE(source.nodes({}).names.size(), std::size_t(3));
    }

    void whatTheNodeAndTheApiserverSayTogether()
    {
        auto cluster = std::make_shared<FakeCluster>();
        cluster->nodesJson = threeNodes;
        LiveSource source(
            ClusterProfile {},
            [](const NodeTarget& target, std::stop_token) -> Result<std::unique_ptr<Shell>> { return failure(ErrorCode::Timeout, target.name); },
            cluster);
        const Ran ran = runOn(source, "worker-1", {"uname", "api/kubelet-metrics"});
        QVERIFY(ran.observations.at("uname").state == ProbeState::Unreachable);
        QVERIFY(ran.observations.at("api/kubelet-metrics").state == ProbeState::Complete);
    }

    void paths()
    {
        QCOMPARE(apiPath("api/pods"), std::string("/api/v1/pods"));
        QCOMPARE(apiPath("api/node-stats", "a/b ../x"), std::string("/api/v1/nodes/a%2Fb%20..%2Fx/proxy/stats/summary"));
        for (const std::string& id : clusterProbes())
            QVERIFY2(!apiPath(id).empty(), id.c_str());
        for (const std::string& id : clusterNodeProbes())
            QVERIFY2(!apiPath(id, "n").empty(), id.c_str());
        QVERIFY(apiPath("api/secrets").empty());
    }

    void everyErrorHasAState()
    {
        for (int code = 0; code <= int(ErrorCode::Internal); ++code) {
            const Observation connected = missing("n", "p", Error {static_cast<ErrorCode>(code), "w", "d", 0}, true);
            QVERIFY(connected.state != ProbeState::Complete);
            const Observation without = missing("n", "p", Error {static_cast<ErrorCode>(code), "w", "d", 0}, false);
            QVERIFY(without.state == ProbeState::Unreachable || without.state == ProbeState::Cancelled || without.state == ProbeState::ToolMissing);
            QVERIFY(!without.good());
        }
    }
};

QTEST_GUILESS_MAIN(LiveSourceTest)
#include "tst_live_source.moc"
