// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/kernel_trace.h"
#include "diagnostics/transport/shell.h"

#include <QObject>
#include <QString>

class QTimer;

namespace medic {

namespace collect {
class Session;
}

namespace packetpath {

/// Looks at a live node while packets pass: its counters twice, or the kernel's own trace of one flow. Screen's thread; the
/// session does the work and records all of it. One thing at a time: what is asked for meanwhile is not begun.
class Observer final : public QObject
{
    Q_OBJECT

public:
    explicit Observer(collect::Session& session, QObject* parent = nullptr);

    [[nodiscard]] bool busy() const { return m_state != State::Idle; }
    /// Two samples of these nodes' rules; ends with counted(). False: not live, or busy.
    bool count(const std::vector<std::string>& nodes, int seconds);
    /// Runs the plan's command on the node, which the engineer has confirmed; ends with traced() or failed().
    bool traceKernel(const std::string& node, const netfilter::KernelTracePlan& plan);

Q_SIGNALS:
    void stateChanged(const QString& sentence); ///< empty: nothing is going on
    void counted();
    void traced(const QString& node, const medic::netfilter::KernelTrace& trace);
    void failed(const QString& sentence);

private:
    enum class State { Idle, First, Between, Second, Kernel };
    void sample();
    void onSwept(bool cancelled);
    void onCommand(quint64 id, const Result<CommandResult>& result);
    void enter(State state);

    collect::Session& m_session;
    QTimer* m_wait;
    State m_state = State::Idle;
    std::vector<std::string> m_nodes;
    std::string m_node;
    quint64 m_command = 0;
    int m_seconds = 0;
};

} // namespace packetpath
} // namespace medic
