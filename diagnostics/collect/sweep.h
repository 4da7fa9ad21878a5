// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/collect/source.h"
#include "diagnostics/incident/incident_file.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace medic::collect {

/// How far one node is, as the workers tell it.
struct NodeState {
    enum class Stage { Waiting, Connecting, Running, Done, Partial, Failed, Cancelled };
    std::string node;
    Stage stage = Stage::Waiting;
    int done = 0, total = 0; ///< probes
    std::uint64_t bytes = 0;
    std::optional<Error> error;
};

/// One sweep: a bounded pool of blocking workers, one task a node. What they bring waits in a locked queue, hashed and
/// compressed already, until the owner's thread drains it. Whatever the source does, each probe that was asked for comes out
/// exactly once; after cancel() at once for what has not begun, and as soon as the source returns for what has.
/// Made, drained and destroyed by one thread. Destroying cancels and waits for the workers.
class Sweep {
public:
    struct Plan {
        std::vector<std::string> nodes; ///< empty: all that the source names
        std::vector<std::string> nodeProbes; ///< without "connect", which always comes
        std::vector<std::string> clusterProbes; ///< empty: the apiserver is not asked (but for its nodes, when `nodes` is empty)
        std::vector<std::string> localProbes; ///< of the engineer's own machine; empty: not asked
        int parallel = 64;
    };

    struct Batch {
        std::vector<PackedObservation> observations;
        std::vector<NodeState> states; ///< of the nodes that moved, newest
        std::vector<Error> problems;
        std::vector<std::pair<std::string, Error>> wanted; ///< node and what it lacks
        bool finished = false; ///< nothing more will come
    };

    Sweep(std::shared_ptr<Source> source, Plan plan);
    ~Sweep();
    Sweep(const Sweep&) = delete;
    Sweep& operator=(const Sweep&) = delete;

    void cancel();
    [[nodiscard]] bool cancelled() const { return m_stop.stop_requested(); }

    /// What has come since, at most so many observations and about so many bytes of (compressed) content at a time.
    [[nodiscard]] Batch drain(std::size_t bytes, std::size_t rows);

private:
    struct Task {
        enum class Kind { Discover, Node, Cluster, Local } kind = Kind::Node;
        std::string node;
        std::vector<std::string> probes;
    };
    /// What one task still owes, and where it goes. Used by one worker; the source may call from threads of its own.
    class Ledger;

    void work();
    void run(const Task& task);
    void discover(const Task& task);
    void plan(const std::vector<std::string>& nodes);
    void push(Task task); // with the lock held
    void queue(PackedObservation packed, NodeState* state);
    void tell(const NodeState& state);

    const std::shared_ptr<Source> m_source;
    const Plan m_plan;
    std::stop_source m_stop;

    std::mutex m_mutex; // guards all below
    std::condition_variable m_changed;
    std::deque<Task> m_tasks;
    bool m_planned = false; ///< every task is in the queue
    int m_running = 0;
    std::deque<PackedObservation> m_observations;
    std::map<std::string, NodeState> m_states;
    std::vector<Error> m_problems;
    std::vector<std::pair<std::string, Error>> m_wanted;
    std::set<std::string> m_came; ///< ids of the cluster's probes that the discovery has brought

    std::vector<std::jthread> m_workers; // last: they use the others
};

} // namespace medic::collect
