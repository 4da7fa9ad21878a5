// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/path_engine.h"

#include <QMetaObject>

#include <map>

namespace medic::packetpath {

struct PathEngine::Worker {
    Snapshot snapshot;
    NamesPtr names = std::make_shared<const netfilter::PathNames>();
    std::map<std::string, LoadedNodePtr> loaded;

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
            known = std::move(fresh);
        }
        LoadedNodePtr result = known;
        // A large ruleset is some hundred megabytes: few are kept.
        while (loaded.size() > 3)
            loaded.erase(loaded.begin()->first == name ? std::next(loaded.begin()) : loaded.begin());
        return result;
    }

    void think(PathAnswer& answer, const WhatIf& whatIf) const;
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
    answer.changed = whatIf.words;
    answer.node = std::move(other);
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

void PathEngine::setSnapshot(const Snapshot& snapshot)
{
    const quint64 number = ++m_newestSnapshot;
    m_pool.start([this, worker = m_worker, snapshot, number] {
        if (number != m_newestSnapshot)
            return;
        worker->snapshot = snapshot;
        worker->loaded.clear();
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
        } else {
            answer->mistake = std::move(query.error());
        }
        QMetaObject::invokeMethod(
            this, [this, number, ready = PathAnswerPtr(answer)] {
                if (number == m_newestQuestion)
                    Q_EMIT answered(ready);
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
