// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/sweep.h"

#include "diagnostics/model/probe_ids.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <exception>

namespace medic::collect {

namespace {

constexpr std::size_t clusterTasks = 4; ///< the cluster's lists are asked for by so many workers at once

/// Packing what 64 nodes bring must not take the processor from the screen. On Linux a thread has a priority of its own
/// (setpriority(2), "C library/kernel differences").
void stepBack() { (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 5); }

std::size_t weight(const PackedObservation& packed)
{
    const auto of = [](const std::string& text, const std::string& small) { return small.empty() ? text.size() : small.size(); };
    return 200 + of(packed.observation->out, packed.out.small) + of(packed.observation->err, packed.err.small);
}

} // namespace

class Sweep::Ledger {
public:
    Ledger(Sweep& sweep, const Task& task) : m_sweep(sweep), m_owed(task.probes.begin(), task.probes.end())
    {
        m_state.node = task.node;
        m_state.stage = NodeState::Stage::Connecting;
        m_state.total = static_cast<int>(m_owed.size());
        m_isNode = task.kind == Task::Kind::Node;
        if (m_isNode)
            m_sweep.tell(m_state);
    }

    /// Takes what is owed, once; anything else is dropped.
    void take(Observation observation)
    {
        PackedObservation packed = pack(std::move(observation)); // the costly part, outside every lock
        const std::scoped_lock lock(m_mutex);
        const Observation& given = *packed.observation;
        if (given.node != m_state.node || m_owed.erase(given.probe) == 0)
            return;
        m_state.bytes += given.out.size() + given.err.size();
        if (given.probe == probe::connect)
            m_state.stage = given.state == ProbeState::Complete ? NodeState::Stage::Running : m_state.stage;
        m_state.done += 1;
        m_unreached = m_unreached || (given.probe == probe::connect && given.state != ProbeState::Complete);
        m_sweep.queue(std::move(packed), m_isNode ? &m_state : nullptr);
    }

    /// What was not brought comes out now, with the reason.
    void close(const Source::Outcome& outcome)
    {
        const bool cancelled = m_sweep.cancelled();
        const Error reason = outcome.error ? *outcome.error
            : cancelled                    ? Error {ErrorCode::Cancelled, m_state.node, {}, 0}
                                           : Error {ErrorCode::Internal, m_state.node, "the source brought nothing for it", 0};
        std::set<std::string> owed;
        {
            const std::scoped_lock lock(m_mutex);
            owed = m_owed;
        }
        for (const std::string& probe : owed)
            take(missing(m_state.node, probe, reason, !m_unreached && probe != probe::connect));
        const std::scoped_lock lock(m_mutex);
        m_state.error = outcome.error;
        if (!outcome.error && owed.empty())
            m_state.stage = NodeState::Stage::Done;
        else if (cancelled)
            m_state.stage = NodeState::Stage::Cancelled;
        else
            m_state.stage = m_unreached ? NodeState::Stage::Failed : NodeState::Stage::Partial;
        if (m_isNode)
            m_sweep.tell(m_state);
    }

private:
    Sweep& m_sweep;
    std::mutex m_mutex;
    std::set<std::string> m_owed;
    NodeState m_state;
    bool m_isNode = false;
    bool m_unreached = false;
};

Sweep::Sweep(std::shared_ptr<Source> source, Plan plan_) : m_source(std::move(source)), m_plan(std::move(plan_))
{
    const std::scoped_lock lock(m_mutex);
    if (!m_plan.localProbes.empty())
        push(Task {Task::Kind::Local, std::string(localNode), m_plan.localProbes});
    if (m_plan.nodes.empty() || !m_plan.clusterProbes.empty())
        push(Task {Task::Kind::Discover, {}, {}});
    if (!m_plan.nodes.empty()) {
        for (const std::string& node : std::set<std::string>(m_plan.nodes.begin(), m_plan.nodes.end())) {
            if (node == localNode)
                push(Task {Task::Kind::Local, node, collect::localProbes()});
            else
                plan({node});
        }
        m_planned = m_plan.clusterProbes.empty();
    }
}

Sweep::~Sweep() { cancel(); }

void Sweep::push(Task task)
{
    if (task.kind == Task::Kind::Node && std::find(task.probes.begin(), task.probes.end(), probe::connect) == task.probes.end())
        task.probes.insert(task.probes.begin(), std::string(probe::connect));
    if (task.kind == Task::Kind::Node)
        m_states.insert_or_assign(task.node, NodeState {task.node, NodeState::Stage::Waiting, 0, static_cast<int>(task.probes.size()), 0, {}});
    m_tasks.push_back(std::move(task));
    // Idle workers take it; otherwise there is one more, up to the bound.
    // None is begun after a cancel: the owner may be waiting for those that there are.
    const auto bound = m_stop.stop_requested() ? 0 : static_cast<std::size_t>(std::clamp(m_plan.parallel, 1, 512));
    if (m_workers.size() < bound && static_cast<std::size_t>(m_running) + m_tasks.size() > m_workers.size())
        m_workers.emplace_back([this] { work(); });
    m_changed.notify_one();
}

/// Called with the lock held.
void Sweep::plan(const std::vector<std::string>& nodes)
{
    for (const std::string& node : nodes)
        if (!m_plan.nodeProbes.empty())
            push(Task {Task::Kind::Node, node, m_plan.nodeProbes});
}

void Sweep::work()
{
    stepBack();
    std::unique_lock lock(m_mutex);
    while (true) {
        m_changed.wait(lock, [this] { return !m_tasks.empty() || (m_planned && m_running == 0) || m_stop.stop_requested(); });
        if (m_tasks.empty())
            break;
        const Task task = std::move(m_tasks.front());
        m_tasks.pop_front();
        ++m_running;
        lock.unlock();
        run(task);
        lock.lock();
        --m_running;
    }
    m_changed.notify_all();
}

void Sweep::run(const Task& task)
{
    if (task.kind == Task::Kind::Discover)
        return discover(task);
    Ledger ledger(*this, task);
    Source::Outcome outcome;
    try {
        const auto sink = [&ledger](Observation observation) { ledger.take(std::move(observation)); };
        if (m_stop.stop_requested())
            outcome.error = Error {ErrorCode::Cancelled, task.node, {}, 0};
        else if (task.kind == Task::Kind::Cluster)
            outcome = m_source->collectCluster(task.probes, m_stop.get_token(), sink);
        else
            outcome = m_source->collectNode(task.node, task.probes, m_stop.get_token(), sink);
    } catch (const std::exception& exception) {
        outcome.error = Error {ErrorCode::Internal, task.node, exception.what(), 0};
    }
    ledger.close(outcome);
    const std::scoped_lock lock(m_mutex);
    for (Error& error : outcome.wanted)
        m_wanted.emplace_back(task.node, std::move(error));
    if (outcome.error && task.kind == Task::Kind::Cluster && outcome.error->code != ErrorCode::Cancelled)
        m_problems.push_back(*outcome.error);
}

/// The list of nodes; what it costs to get (api/connect, api/nodes) is kept, so that nothing is asked twice.
void Sweep::discover(const Task&)
{
    Source::NodeList list;
    try {
        if (!m_stop.stop_requested())
            list = m_source->nodes(m_stop.get_token());
    } catch (const std::exception& exception) {
        list.problems.push_back(Error {ErrorCode::Internal, "nodes", exception.what(), 0});
    }
    std::vector<std::string> rest;
    std::vector<PackedObservation> brought;
    std::set<std::string> came;
    for (Observation& observation : list.observations)
        if (observation.node.empty() && came.insert(observation.probe).second)
            brought.push_back(pack(std::move(observation)));
    std::copy_if(m_plan.clusterProbes.begin(), m_plan.clusterProbes.end(), std::back_inserter(rest),
                 [&](const std::string& id) { return !came.contains(id); });

    const std::scoped_lock lock(m_mutex);
    for (PackedObservation& packed : brought)
        m_observations.push_back(std::move(packed));
    for (Error& problem : list.problems) {
        if (isWanted(problem.code))
            m_wanted.emplace_back(std::string(), problem);
        if (problem.code != ErrorCode::Cancelled)
            m_problems.push_back(std::move(problem));
    }
    if (m_plan.nodes.empty()) {
        std::set<std::string> seen;
        std::erase_if(list.names, [&seen](const std::string& name) { return !seen.insert(name).second; });
        plan(list.names);
    }
    const std::size_t share = (rest.size() + clusterTasks - 1) / clusterTasks;
    for (std::size_t at = 0; at < rest.size(); at += share)
        push(Task {Task::Kind::Cluster, {}, {rest.begin() + static_cast<std::ptrdiff_t>(at),
                                             rest.begin() + static_cast<std::ptrdiff_t>(std::min(rest.size(), at + share))}});
    m_planned = true;
    m_changed.notify_all();
}

void Sweep::queue(PackedObservation packed, NodeState* state)
{
    const std::scoped_lock lock(m_mutex);
    m_observations.push_back(std::move(packed));
    if (state != nullptr)
        m_states.insert_or_assign(state->node, *state);
}

void Sweep::tell(const NodeState& state)
{
    const std::scoped_lock lock(m_mutex);
    m_states.insert_or_assign(state.node, state);
}

void Sweep::cancel()
{
    m_stop.request_stop();
    const std::scoped_lock lock(m_mutex);
    m_changed.notify_all();
}

Sweep::Batch Sweep::drain(std::size_t bytes, std::size_t rows)
{
    Batch batch;
    const std::scoped_lock lock(m_mutex);
    std::size_t taken = 0;
    while (!m_observations.empty() && taken < bytes && batch.observations.size() < rows) {
        taken += weight(m_observations.front());
        batch.observations.push_back(std::move(m_observations.front()));
        m_observations.pop_front();
    }
    for (auto& [node, state] : m_states)
        batch.states.push_back(std::move(state));
    m_states.clear();
    batch.problems.swap(m_problems);
    batch.wanted.swap(m_wanted);
    batch.finished = m_planned && m_tasks.empty() && m_running == 0 && m_observations.empty();
    return batch;
}

} // namespace medic::collect
