// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/tables.h"

#include <QObject>
#include <QThreadPool>

#include <string>
#include <vector>

namespace medic {

/// Makes the checks' tables of one node (or of the whole cluster) beside the screen: a list of thousands of Pods is parsed for them.
/// Screen's thread; one worker.
class FactsTables final : public QObject
{
    Q_OBJECT

public:
    explicit FactsTables(QObject* parent = nullptr);
    ~FactsTables() override; ///< waits for the one that is being made

    /// Answered by made() when anything that the tables rest on is another than before. `node` empty: every node.
    void wanted(const Snapshot& snapshot, const std::string& node);

Q_SIGNALS:
    void made(const std::string& node, const std::vector<medic::checks::Table>& tables); ///< those with rows

private:
    std::string m_node;
    std::vector<ObservationPtr> m_from;
    quint64 m_ticket = 0;
    bool m_asked = false;
    QThreadPool m_worker;
};

} // namespace medic
