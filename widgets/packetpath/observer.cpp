// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/observer.h"

#include "diagnostics/collect/session.h"
#include "diagnostics/collect/words.h"
#include "diagnostics/model/probe_ids.h"
#include "widgets/text/escape.h"

#include <QTimer>

namespace medic::packetpath {

using collect::Session;

Observer::Observer(Session& session, QObject* parent) : QObject(parent), m_session(session), m_wait(new QTimer(this))
{
    m_wait->setSingleShot(true);
    connect(m_wait, &QTimer::timeout, this, [this] {
        enter(State::Second);
        sample();
    });
    connect(&session, &Session::sweepFinished, this, &Observer::onSwept);
    connect(&session, &Session::commandFinished, this, [this](quint64 id, const Result<CommandResult>& result) { onCommand(id, result); });
    connect(&session, &Session::closed, this, [this] {
        m_wait->stop();
        enter(State::Idle);
    });
}

void Observer::enter(State state)
{
    m_state = state;
    switch (state) {
    case State::Idle: Q_EMIT stateChanged({}); break;
    case State::First: Q_EMIT stateChanged(tr("Reading the counters…")); break;
    case State::Between: Q_EMIT stateChanged(tr("Counting for %n second(s)…", nullptr, m_seconds)); break;
    case State::Second: Q_EMIT stateChanged(tr("Reading the counters again…")); break;
    case State::Kernel: Q_EMIT stateChanged(tr("Listening to the kernel on %1 for %n second(s)…", nullptr, m_seconds).arg(lineSafe(m_node))); break;
    }
}

bool Observer::count(const std::vector<std::string>& nodes, int seconds)
{
    if (busy() || !m_session.isLive() || m_session.sweeping() || nodes.empty())
        return false;
    m_nodes = nodes;
    m_seconds = seconds;
    enter(State::First);
    sample();
    return true;
}

void Observer::sample()
{
    using namespace probe;
    collect::SweepRequest request;
    request.nodes = m_nodes;
    request.suites = {"none"};
    for (const auto one : {iptablesSave, iptablesLegacySave, iptablesNftSave, ip6tablesSave, ip6tablesLegacySave, ip6tablesNftSave, nftRuleset, ipvsadmConnections})
        request.probes.emplace_back(one);
    request.cluster = false;
    request.label = "counters";
    m_session.sweep(request);
}

void Observer::onSwept(bool cancelled)
{
    if (m_state != State::First && m_state != State::Second)
        return;
    if (cancelled) {
        enter(State::Idle);
        Q_EMIT failed(tr("Cancelled."));
    } else if (m_state == State::First) {
        enter(State::Between);
        m_wait->start(m_seconds * 1000);
    } else {
        enter(State::Idle);
        Q_EMIT counted();
    }
}

bool Observer::traceKernel(const std::string& node, const netfilter::KernelTracePlan& plan)
{
    if (busy() || !m_session.isLive())
        return false;
    m_node = node;
    m_seconds = plan.seconds;
    CommandRequest request;
    request.command = plan.command;
    request.root = true;
    request.timeLimit = std::chrono::seconds(plan.seconds + 15); // putting in, reading a large ruleset, taking out
    request.outputLimit = 4 * 1024 * 1024;
    const auto note = [&](JournalEntry::Kind kind) {
        JournalEntry entry;
        entry.kind = kind;
        entry.who = "engineer";
        entry.text = node + ":\n" + plan.command;
        m_session.journal(std::move(entry));
    };
    note(JournalEntry::Kind::ActionConfirmed);
    m_command = m_session.runCommand(node, request, "kernel trace");
    if (m_command == 0)
        return false;
    enter(State::Kernel);
    return true;
}

void Observer::onCommand(quint64 id, const Result<CommandResult>& result)
{
    if (m_state != State::Kernel || id != m_command)
        return;
    enter(State::Idle);
    JournalEntry entry;
    entry.kind = JournalEntry::Kind::ActionResult;
    entry.who = "program";
    entry.text = m_node + ": " + (result ? "exit status " + std::to_string(result->exitStatus) : words::sentence(result.error()).toStdString());
    m_session.journal(std::move(entry));
    if (!result) {
        Q_EMIT failed(tr("Listening to the kernel of %1 failed: %2 Its guard takes out what was put in.").arg(lineSafe(m_node), words::sentence(result.error())));
    } else if (result->exitStatus == 97) {
        Q_EMIT failed(tr("There is no tool for it on %1: %2").arg(lineSafe(m_node), lineSafe(result->err)));
    } else if (result->exitStatus != 0) {
        Q_EMIT failed(tr("Listening to the kernel of %1 failed: %2").arg(lineSafe(m_node), lineSafe(result->err.substr(0, 300))));
    } else {
        Q_EMIT traced(QString::fromStdString(m_node), netfilter::readKernelTrace(result->out));
    }
}

} // namespace medic::packetpath
