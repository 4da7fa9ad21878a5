// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/replay_source.h"
#include "diagnostics/collect/sweep.h"
#include "diagnostics/collect/sweep_plan.h"
#include "diagnostics/model/probe_ids.h"
#include "fake_source.h"

#include <QElapsedTimer>
#include <QTest>

#include <set>

using namespace medic;
using namespace medic::collect;
using namespace std::chrono_literals;
using Fault = medic::fakes::FakeSource::Fault;
using Stage = NodeState::Stage;

namespace {

struct Gathered {
    std::map<std::pair<std::string, std::string>, Observation> observations;
    std::map<std::string, NodeState> states;
    std::vector<Error> problems;
    std::vector<std::pair<std::string, Error>> wanted;
    int twice = 0;
};

/// Drains until nothing more comes.
Gathered gather(Sweep& sweep, const std::function<void(const Gathered&)>& look = {})
{
    Gathered all;
    while (true) {
        Sweep::Batch batch = sweep.drain(1 << 20, 100);
        for (PackedObservation& packed : batch.observations) {
            const Observation& observation = *packed.observation;
            if (!all.observations.insert({{observation.node, observation.probe}, observation}).second)
                ++all.twice;
        }
        for (const NodeState& state : batch.states)
            all.states.insert_or_assign(state.node, state);
        all.problems.insert(all.problems.end(), batch.problems.begin(), batch.problems.end());
        all.wanted.insert(all.wanted.end(), batch.wanted.begin(), batch.wanted.end());
        if (batch.finished)
            return all;
        if (look)
            look(all);
        std::this_thread::sleep_for(1ms);
    }
}

Sweep::Plan smallPlan()
{
    Sweep::Plan plan;
    plan.nodeProbes = {"hostname", "uname", "ps", "df", "sysctl"};
    return plan;
}

} // namespace

class SweepTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyProbeComesOnceWhateverHappens()
    {
        auto source = std::make_shared<fakes::FakeSource>();
        source->names = {"good", "refuses", "drops", "forgets", "repeats", "throws", "wants", "good"};
        source->faults = {{"refuses", Fault::Unreachable}, {"drops", Fault::DropHalf}, {"forgets", Fault::Forget},
                          {"repeats", Fault::Twice},       {"throws", Fault::Throw},   {"wants", Fault::Wants}};
        Sweep::Plan plan = smallPlan();
        plan.clusterProbes = clusterProbes();
        plan.localProbes = {"loadavg"};
        Sweep sweep(source, plan);
        const Gathered all = gather(sweep);
        QCOMPARE(all.twice, 0);
        QCOMPARE(all.observations.size(), std::size_t(7 * 6 + 1) + clusterProbes().size());
        for (const std::string node : {"good", "refuses", "drops", "forgets", "repeats", "throws", "wants"})
            for (const std::string probe : {"connect", "hostname", "uname", "ps", "df", "sysctl"})
                QVERIFY2(all.observations.contains({node, probe}), (node + " " + probe).c_str());
        const auto state = [&](const std::string& node, const std::string& probe) { return all.observations.at({node, probe}).state; };
        QVERIFY(state("good", "ps") == ProbeState::Complete);
        QVERIFY(state("refuses", "connect") == ProbeState::Unreachable);
        QVERIFY(all.observations.at({"refuses", "connect"}).err.find("connection-refused: refuses: connect: Connection refused") == 0);
        QVERIFY(state("drops", "hostname") == ProbeState::Complete);
        QVERIFY(state("drops", "sysctl") == ProbeState::ConnectionLost);
        QVERIFY(state("forgets", "hostname") == ProbeState::Failed);
        QVERIFY(state("throws", "ps") != ProbeState::Complete);
        QVERIFY(all.states.at("good").stage == Stage::Done);
        QVERIFY(all.states.at("refuses").stage == Stage::Failed);
        QVERIFY(all.states.at("drops").stage == Stage::Partial);
        QVERIFY(all.states.at("repeats").stage == Stage::Done);
        QCOMPARE(all.states.at("good").done, 6);
        QCOMPARE(all.states.at("good").total, 6);
        QVERIFY(all.states.at("good").bytes > 0);
        QCOMPARE(all.wanted.size(), std::size_t(1));
        QCOMPARE(all.wanted[0].first, std::string("wants"));
        QVERIFY(!all.states.contains("@local"));
    }

    void thePoolIsBounded()
    {
        auto source = std::make_shared<fakes::FakeSource>();
        for (int i = 0; i < 60; ++i)
            source->names.push_back("node-" + std::to_string(i));
        source->latency = 5ms;
        Sweep::Plan plan = smallPlan();
        plan.parallel = 7;
        Sweep sweep(source, plan);
        const Gathered all = gather(sweep);
        QCOMPARE(all.states.size(), std::size_t(60));
        QVERIFY(source->most <= 7);
        QVERIFY(source->most >= 2);
    }

    /// 200 nodes, a fifth of them bad: the good ones are done while the bad ones still hang; then cancelling ends it.
    void twoHundredNodes()
    {
        auto source = std::make_shared<fakes::FakeSource>();
        for (int i = 0; i < 200; ++i) {
            const std::string name = "node-" + std::to_string(i);
            source->names.push_back(name);
            if (i % 10 == 3)
                source->faults[name] = Fault::Hang;
            else if (i % 20 == 4)
                source->faults[name] = Fault::DropHalf;
            else if (i % 20 == 5)
                source->faults[name] = Fault::Unreachable;
        }
        Sweep::Plan plan = planOf(SweepRequest {}, 64);
        plan.clusterProbes.clear();
        Sweep sweep(source, plan);
        QElapsedTimer cancelTimer;
        int good = 0;
        const Gathered all = gather(sweep, [&](const Gathered& sofar) {
            good = static_cast<int>(std::count_if(sofar.states.begin(), sofar.states.end(), [](const auto& item) { return item.second.stage == Stage::Done; }));
            if (good == 160 && !sweep.cancelled()) {
                cancelTimer.start();
                sweep.cancel();
            }
        });
        QVERIFY(sweep.cancelled());
        qInfo("finished %lld ms after cancel", cancelTimer.elapsed());
        QVERIFY(cancelTimer.elapsed() < 5000);
        QCOMPARE(all.twice, 0);
        QCOMPARE(all.states.size(), std::size_t(200));
        QVERIFY(all.states.at("node-3").stage == Stage::Cancelled);
        QVERIFY(all.states.at("node-4").stage == Stage::Partial);
        QVERIFY(all.states.at("node-5").stage == Stage::Failed);
        QCOMPARE(all.observations.size(), 200 * (plan.nodeProbes.size() + 1) + plan.localProbes.size());
        QVERIFY(all.observations.at({"node-3", "uname"}).state == ProbeState::Cancelled
                || all.observations.at({"node-3", "uname"}).state == ProbeState::Complete);
    }

    void cancellingBeforeAnythingBegan()
    {
        auto source = std::make_shared<fakes::FakeSource>();
        for (int i = 0; i < 50; ++i) {
            source->names.push_back("node-" + std::to_string(i));
            source->faults[source->names.back()] = Fault::Hang;
        }
        Sweep::Plan plan = smallPlan();
        plan.nodes = source->names;
        plan.parallel = 2;
        Sweep sweep(source, plan);
        sweep.cancel();
        const Gathered all = gather(sweep);
        QCOMPARE(all.observations.size(), std::size_t(50 * 6));
        QVERIFY(all.states.at("node-49").stage == Stage::Cancelled);
        QVERIFY(source->calls <= 2);
    }

    void destroyingStopsTheWorkers()
    {
        for (int round = 0; round < 50; ++round) {
            auto source = std::make_shared<fakes::FakeSource>();
            for (int i = 0; i < 20; ++i) {
                source->names.push_back("node-" + std::to_string(i));
                if (i % 2)
                    source->faults[source->names.back()] = Fault::Hang;
            }
            Sweep sweep(source, smallPlan());
            if (round % 3 == 0)
                (void)sweep.drain(1000, 10);
        }
    }

    void whatARequestMeans()
    {
        const Sweep::Plan all = planOf(SweepRequest {}, 64);
        const auto has = [](const std::vector<std::string>& list, std::string_view id) { return std::find(list.begin(), list.end(), id) != list.end(); };
        QVERIFY(has(all.nodeProbes, probe::iptablesSave) && has(all.nodeProbes, probe::apiKubeletMetrics));
        QVERIFY(!has(all.nodeProbes, probe::conntrackList));
        QVERIFY(has(all.clusterProbes, probe::apiPods));
        QVERIFY(has(all.localProbes, probe::meminfo) && !has(all.localProbes, probe::ps));

        SweepRequest heavy;
        heavy.heavy = true;
        heavy.cluster = false;
        const Sweep::Plan more = planOf(heavy, 1);
        QVERIFY(has(more.nodeProbes, probe::conntrackList));
        QVERIFY(!has(more.nodeProbes, probe::apiNodeStats) && more.clusterProbes.empty());

        SweepRequest named;
        named.suites = {"none"};
        named.probes = {"conntrack-L", "api/pods", "no-such-probe"};
        named.nodes = {"a"};
        const Sweep::Plan few = planOf(named, 1);
        QCOMPARE(few.nodeProbes, (std::vector<std::string> {"conntrack-L", "no-such-probe"}));
        QCOMPARE(few.clusterProbes, (std::vector<std::string> {"api/connect", "api/pods"}));
        QVERIFY(few.localProbes.empty());

        SweepRequest suite;
        suite.suites = {"hostport"};
        const Sweep::Plan some = planOf(suite, 1);
        QVERIFY(has(some.nodeProbes, probe::iptablesSave) && !has(some.nodeProbes, probe::kernelLog) && !has(some.nodeProbes, probe::conntrackList));
        QVERIFY(some.localProbes.empty());

        // The engineer's own machine: alone, nothing else is asked; beside others it comes along, whichever nodes are meant.
        suite.suites = {"own-machine"};
        const Sweep::Plan own = planOf(suite, 1);
        QCOMPARE(own.nodes, (std::vector<std::string> {"@local"}));
        QVERIFY(own.nodeProbes.empty() && own.clusterProbes.empty());
        suite.suites = {"own-machine", "hostport"};
        suite.nodes = {"a"};
        const Sweep::Plan both = planOf(suite, 1);
        QVERIFY(has(both.localProbes, probe::meminfo) && has(both.localProbes, probe::ss) && !has(both.nodeProbes, probe::meminfo));
        QCOMPARE(both.nodes, suite.nodes);
    }

    void aRecordingIsASourceToo()
    {
        fakes::FakeSource live;
        Snapshot recorded;
        std::uint64_t id = 1;
        for (const std::string node : {"n1", "n2"})
            for (const std::string probe : {"connect", "uname", "df"}) {
                auto observation = std::make_shared<Observation>(live.observation(node, probe));
                observation->id = id++;
                recorded.add(observation);
            }
        recorded.add(std::make_shared<Observation>(live.observation({}, "api/pods")));
        auto source = std::make_shared<ReplaySource>(recorded);
        QVERIFY(!source->live());
        QVERIFY(!source->run("n1", {}, {}));
        Sweep::Plan plan;
        plan.nodeProbes = {"uname", "df", "ps"};
        plan.clusterProbes = {"api/pods", "api/nodes"};
        Sweep sweep(source, plan);
        const Gathered all = gather(sweep);
        QCOMPARE(all.observations.size(), std::size_t(2 * 4 + 2));
        QCOMPARE(all.observations.at({"n1", "uname"}).out, std::string("uname of n1\n"));
        QVERIFY(all.observations.at({"n2", "df"}).id != 0);
        QVERIFY(all.observations.at({"n1", "ps"}).state == ProbeState::Failed);
        QCOMPARE(all.observations.at({"", "api/nodes"}).err, std::string("not recorded\n"));
    }
};

QTEST_GUILESS_MAIN(SweepTest)
#include "tst_sweep.moc"
