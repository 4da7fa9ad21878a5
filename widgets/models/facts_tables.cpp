// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/facts_tables.h"

#include <utility>

namespace medic {

using checks::Table;

FactsTables::FactsTables(QObject* parent) : QObject(parent) { m_worker.setMaxThreadCount(1); }

FactsTables::~FactsTables()
{
    m_worker.clear();
    m_worker.waitForDone();
}

void FactsTables::wanted(const Snapshot& snapshot, const std::string& node)
{
    std::vector<ObservationPtr> from = node.empty() ? snapshot.all() : snapshot.ofNode(node);
    if (!node.empty())
        for (const ObservationPtr& one : snapshot.ofNode({}))
            from.push_back(one);
    if (m_asked && node == m_node && from == m_from)
        return;
    m_asked = true;
    m_node = node;
    m_from = from;
    const quint64 ticket = ++m_ticket;
    m_worker.clear();
    m_worker.start([this, ticket, node, from = std::move(from)] {
        Snapshot own;
        for (const ObservationPtr& one : from)
            own.add(one);
        std::vector<Table> tables;
        for (const std::string_view id : checks::tableIds())
            if (auto table = checks::table(own, id, node); table && !table->rows.empty())
                tables.push_back(std::move(*table));
        QMetaObject::invokeMethod(this, [this, ticket, node, tables] {
            if (ticket == m_ticket)
                Q_EMIT made(node, tables);
        }, Qt::QueuedConnection);
    });
}

} // namespace medic
