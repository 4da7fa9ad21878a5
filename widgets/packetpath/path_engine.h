// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/snapshot.h"
#include "diagnostics/netfilter/cluster_trace.h"
#include "diagnostics/netfilter/counter_deltas.h"
#include "diagnostics/netfilter/path_query.h"
#include "diagnostics/netfilter/what_if.h"

#include <QObject>
#include <QString>
#include <QThreadPool>

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace medic::packetpath {

/// One node's rules and routes, ready to be asked. Shared between threads, never changed.
struct LoadedNode {
    netfilter::NodeState state;
    std::unique_ptr<netfilter::PacketTracer> tracer; ///< refers to `state`
    std::shared_ptr<const netfilter::CounterDeltas> deltas; ///< since the sample before; null: there is none
};
using LoadedNodePtr = std::shared_ptr<const LoadedNode>;
using NamesPtr = std::shared_ptr<const netfilter::PathNames>;

/// A change of a node's rules that is only thought: never made on the node.
struct WhatIf {
    std::string node;
    std::vector<netfilter::Change> changes;
};

/// A Service's port whose verdict differs by a change.
struct AuditDifference {
    std::string service, port; ///< "default/api", "http"
    netfilter::AuditVerdict before = netfilter::AuditVerdict::Unknown, after = netfilter::AuditVerdict::Unknown;
};
/// Every Service on the changed node, against the node as it is.
struct ThoughtAudit {
    bool possible = false; ///< the apiserver's lists were collected
    std::size_t ports = 0;
    std::vector<AuditDifference> differences;
};
using ThoughtAuditPtr = std::shared_ptr<const ThoughtAudit>;

struct PathAnswer {
    QString text; ///< as asked
    std::optional<netfilter::PathMistake> mistake; ///< set: the rest but `names` is empty
    netfilter::PathQuery query;
    Trace trace;
    LoadedNodePtr node;
    NamesPtr names;
    // Where the packet goes on to other nodes:
    std::optional<netfilter::ClusterTrace> across;
    Trace joined; ///< `across` for the eye, see path_across.h
    std::map<std::string, LoadedNodePtr> nodes; ///< those that it met
    // Where it was asked with a change:
    std::vector<netfilter::Change> changed; ///< empty: as the node is
    std::vector<netfilter::OutcomeChange> outcomes; ///< what differs
    std::vector<std::string> commands; ///< that would make the change
    std::optional<Error> cannot; ///< the change cannot be thought; the answer is without it

    [[nodiscard]] std::string nameOfNode(const TraceStep& step) const; ///< on which node a step is
    [[nodiscard]] LoadedNodePtr nodeOf(const TraceStep& step) const; ///< null: it is not loaded
};
using PathAnswerPtr = std::shared_ptr<const PathAnswer>;

/// Reads nodes and follows packets in one worker thread. Lives in the screen's thread, where its signals arrive; of
/// several questions in a row only the last is answered. Never blocks but in the destructor (until the running task ends).
class PathEngine final : public QObject
{
    Q_OBJECT

public:
    explicit PathEngine(QObject* parent = nullptr);
    ~PathEngine() override;

    /// What there is to ask about from now on. Ends with namesReady().
    /// `earlier`: a sample before, for what was counted in between; may be null.
    void setSnapshot(const Snapshot& snapshot, const Snapshot* earlier = nullptr);
    /// Ends with answered(), unless another question follows sooner.
    void ask(const QString& text, bool passedOver, const WhatIf& whatIf = {});
    /// Ends with loaded(); null in it when the node is not there.
    void load(const QString& node);

Q_SIGNALS:
    void namesReady(const medic::packetpath::NamesPtr& names);
    void answered(const medic::packetpath::PathAnswerPtr& answer);
    /// Some time after an answer with a change.
    void audited(const medic::packetpath::PathAnswerPtr& answer, const medic::packetpath::ThoughtAuditPtr& audit);
    void loaded(const QString& node, const medic::packetpath::LoadedNodePtr& loaded);

private:
    struct Worker;

    QThreadPool m_pool;
    std::shared_ptr<Worker> m_worker; ///< used by the pool's one thread only
    std::atomic<quint64> m_newestQuestion {0}, m_newestLoad {0}, m_newestSnapshot {0};
};

} // namespace medic::packetpath
