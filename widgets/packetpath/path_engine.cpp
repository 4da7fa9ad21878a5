// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/path_engine.h"

#include "diagnostics/model/probe_ids.h"
#include "widgets/packetpath/path_across.h"
#include "widgets/packetpath/path_tree.h"

#include <QMetaObject>

#include <map>

namespace medic::packetpath {

namespace {

/// When a node's rules were read.
std::optional<TimePoint> sampledAt(const Snapshot& snapshot, const std::string& node)
{
    for (const auto probe : {probe::iptablesSave, probe::iptablesNftSave, probe::iptablesLegacySave, probe::nftRuleset})
        if (const auto seen = snapshot.find(node, probe); seen && seen->good() && !seen->out.empty())
            return seen->start;
    return std::nullopt;
}

} // namespace

std::string PathAnswer::nameOfNode(const TraceStep& step) const
{
    const auto there = nodeOfHook(step.hook);
    return there.empty() ? query.node : std::string(there);
}

LoadedNodePtr PathAnswer::nodeOf(const TraceStep& step) const
{
    const std::string name = nameOfNode(step);
    if (name == query.node)
        return node;
    const auto found = nodes.find(name);
    return found == nodes.end() ? nullptr : found->second;
}

struct PathEngine::Worker {
    Snapshot snapshot, earlier;
    NamesPtr names = std::make_shared<const netfilter::PathNames>();
    std::map<std::string, LoadedNodePtr> loaded;
    std::unique_ptr<netfilter::ClusterTracer> cluster; ///< of the nodes as they were collected
    NamesPtr clusterNames; ///< keeps what `cluster` refers to
    std::map<std::string, LoadedNodePtr> members; ///< of `cluster`

    LoadedNodePtr node(const std::string& name)
    {
        if (name.empty() || !names->isCollected(name))
            return nullptr;
        LoadedNodePtr& known = loaded[name];
        if (!known) {
            auto fresh = std::make_shared<LoadedNode>();
            fresh->state = netfilter::NodeState::fromSnapshot(snapshot, name);
            fresh->tracer = std::make_unique<netfilter::PacketTracer>(fresh->state);
            fresh->tracer->setServices(names->services);
            if (const auto was = sampledAt(earlier, name), is = sampledAt(snapshot, name); was && is && *was < *is)
                fresh->deltas = netfilter::CounterDeltas::between(netfilter::NodeState::fromSnapshot(earlier, name), fresh->state,
                                                                  std::chrono::duration_cast<std::chrono::milliseconds>(*is - *was));
            known = std::move(fresh);
        }
        LoadedNodePtr result = known;
        // A large ruleset is some hundred megabytes: few are kept.
        while (loaded.size() > 3)
            loaded.erase(loaded.begin()->first == name ? std::next(loaded.begin()) : loaded.begin());
        return result;
    }

    void think(PathAnswer& answer, const WhatIf& whatIf) const;
    void goOn(PathAnswer& answer);
    [[nodiscard]] ThoughtAudit audit(const LoadedNode& before, const LoadedNode& after, const std::string& name) const;
};

/// The same packet on the changed node. Its rules are a copy: the node itself stays as it was collected.
void PathEngine::Worker::think(PathAnswer& answer, const WhatIf& whatIf) const
{
    auto changed = netfilter::applyChanges(answer.node->state, whatIf.changes);
    if (!changed) {
        answer.cannot = std::move(changed.error());
        return;
    }
    auto other = std::make_shared<LoadedNode>();
    other->state = std::move(changed->state);
    other->tracer = std::make_unique<netfilter::PacketTracer>(other->state);
    other->tracer->setServices(names->services);
    const Trace before = std::move(answer.trace);
    answer.trace = other->tracer->trace(answer.query.packet);
    answer.outcomes = netfilter::compareTraces(before, answer.trace);
    answer.commands = std::move(changed->commands);
    answer.changed = whatIf.changes;
    answer.node = std::move(other);
}

/// Every Service before and after. Takes seconds on a large cluster.
ThoughtAudit PathEngine::Worker::audit(const LoadedNode& before, const LoadedNode& after, const std::string& name) const
{
    ThoughtAudit result;
    auto objects = netfilter::ClusterObjects::fromSnapshot(snapshot);
    if (!objects.services || !objects.endpoints)
        return result;
    result.possible = true;
    const netfilter::ServiceAudit services(std::move(objects));
    const netfilter::NodeAudit was = services.audit(before.state, name), is = services.audit(after.state, name);
    result.ports = is.ports.size();
    for (const auto& change : netfilter::compareAudits(was, is)) {
        const auto& service = (*services.objects().services)[change.service];
        AuditDifference one {service.meta.nameSpace + '/' + service.meta.name, {}, change.before, change.after};
        if (change.port < service.ports.size()) {
            const auto& port = service.ports[change.port];
            one.port = port.name.empty() ? std::to_string(port.port) : port.name;
        }
        result.differences.push_back(std::move(one));
    }
    return result;
}

/// Through the nodes on which the packet arrives, as far as they were collected. Nodes are read when the packet comes to them.
void PathEngine::Worker::goOn(PathAnswer& answer)
{
    constexpr std::size_t most = 8; // a large ruleset is some hundred megabytes
    const bool thought = !answer.changed.empty();
    if (thought || !cluster || clusterNames != names || members.size() >= most) {
        members.clear();
        clusterNames = names;
        cluster = std::make_unique<netfilter::ClusterTracer>(*clusterNames);
    }
    const auto add = [&](const std::string& name, const LoadedNodePtr& one) {
        if (one && members.emplace(name, one).second)
            cluster->add(name, std::shared_ptr<const netfilter::NodeState>(one, &one->state));
    };
    add(answer.query.node, answer.node);
    while (true) {
        answer.across = cluster->trace(answer.query.node, answer.query.packet);
        std::string next;
        for (const auto& branch : answer.across->branches)
            if (!branch.beyond.empty() && members.count(branch.beyond) == 0 && names->isCollected(branch.beyond))
                next = branch.beyond;
        if (next.empty() || members.size() >= most)
            break;
        add(next, node(next));
    }
    if (leavesTheNode(*answer.across)) {
        answer.joined = joinedTrace(*answer.across);
        answer.nodes = members;
    } else {
        answer.across.reset();
    }
    if (thought) // the changed node is nobody else's
        cluster.reset();
}

PathEngine::PathEngine(QObject* parent) : QObject(parent), m_worker(std::make_shared<Worker>())
{
    m_pool.setMaxThreadCount(1);
}

PathEngine::~PathEngine()
{
    m_newestQuestion = m_newestLoad = m_newestSnapshot = ~quint64(0); // what waits is passed over
    m_pool.clear();
    m_pool.waitForDone();
}

void PathEngine::setSnapshot(const Snapshot& snapshot, const Snapshot* earlier)
{
    const quint64 number = ++m_newestSnapshot;
    m_pool.start([this, worker = m_worker, snapshot, before = earlier ? *earlier : Snapshot(), number] {
        if (number != m_newestSnapshot)
            return;
        worker->snapshot = snapshot;
        worker->earlier = before;
        worker->loaded.clear();
        worker->cluster.reset();
        worker->members.clear();
        worker->names = std::make_shared<const netfilter::PathNames>(netfilter::PathNames::fromSnapshot(snapshot));
        QMetaObject::invokeMethod(this, [this, names = worker->names] { Q_EMIT namesReady(names); }, Qt::QueuedConnection);
    });
}

void PathEngine::ask(const QString& text, bool passedOver, const WhatIf& whatIf)
{
    const quint64 number = ++m_newestQuestion;
    m_pool.start([this, worker = m_worker, text, passedOver, whatIf, number] {
        if (number != m_newestQuestion)
            return;
        auto answer = std::make_shared<PathAnswer>();
        answer->text = text;
        answer->names = worker->names;
        if (auto query = netfilter::parsePathQuery(text.toStdString(), *worker->names)) {
            answer->query = std::move(*query);
            answer->query.packet.reply = true;
            answer->query.packet.matches = true;
            answer->query.packet.passedOver = passedOver;
            answer->node = worker->node(answer->query.node);
            answer->trace = answer->node->tracer->trace(answer->query.packet);
            if (!whatIf.changes.empty() && whatIf.node == answer->query.node)
                worker->think(*answer, whatIf);
            worker->goOn(*answer);
        } else {
            answer->mistake = std::move(query.error());
        }
        const PathAnswerPtr ready = answer;
        QMetaObject::invokeMethod(
            this, [this, number, ready] {
                if (number == m_newestQuestion)
                    Q_EMIT answered(ready);
            },
            Qt::QueuedConnection);
        if (ready->changed.empty() || number != m_newestQuestion)
            return;
        const LoadedNodePtr before = worker->node(ready->query.node);
        const auto audit = std::make_shared<const ThoughtAudit>(worker->audit(*before, *ready->node, ready->query.node));
        QMetaObject::invokeMethod(
            this, [this, number, ready, audit] {
                if (number == m_newestQuestion)
                    Q_EMIT audited(ready, audit);
            },
            Qt::QueuedConnection);
    });
}

void PathEngine::load(const QString& node)
{
    const quint64 number = ++m_newestLoad;
    m_pool.start([this, worker = m_worker, node, number] {
        if (number != m_newestLoad)
            return;
        LoadedNodePtr ready = worker->node(node.toStdString());
        QMetaObject::invokeMethod(
            this, [this, number, node, ready] {
                if (number == m_newestLoad)
                    Q_EMIT loaded(node, ready);
            },
            Qt::QueuedConnection);
    });
}

} // namespace medic::packetpath
