// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/playbooks/runner.h"
#include "widgets/wizard/wizard_host.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <map>

#include <functional>
#include <optional>

namespace medic {

/// Drives one wizard on the screen: does what the machine wants by itself where it can (checks, commands that were
/// confirmed, traces, waits), takes the engineer's answers, and keeps everything in the incident at once.
/// Screen's thread; `host` outlives it.
class WizardDriver final : public QObject
{
    Q_OBJECT

public:
    /// Follows one packet in a snapshot; empty result: not possible, with the reason. Called in a worker thread.
    using Tracer = std::function<playbooks::Traced(const Snapshot&, const playbooks::Want&)>;

    WizardDriver(WizardHost& host, playbooks::PlaybookPtr playbook, Language language, QObject* parent = nullptr);

    void setTracer(Tracer tracer) { m_tracer = std::move(tracer); } ///< instead of followPacket()
    void setLanguage(Language language);
    void setLongestWait(std::optional<std::chrono::seconds> wait) { m_longestWait = wait; } ///< of a wait step, whatever it says

    /// Goes on where the incident says that it was left, else begins.
    void begin();
    /// Begins anew; what was recorded stays in the journal.
    void beginAnew();

    [[nodiscard]] const playbooks::Runner& runner() const { return m_runner; }
    [[nodiscard]] const playbooks::Want& want() const { return m_want; }
    [[nodiscard]] playbooks::World world() const;
    [[nodiscard]] WizardHost& host() const { return m_host; }
    /// Something is under way by itself: the engineer can only watch or cancel.
    [[nodiscard]] bool busy() const { return m_busy; }
    [[nodiscard]] bool resumed() const { return m_resumed; }
    [[nodiscard]] bool kept() const { return m_kept; } ///< false: the incident cannot be written to
    [[nodiscard]] std::optional<Error> problem() const { return m_problem; } ///< of the last event
    [[nodiscard]] std::chrono::seconds waitLeft() const;
    /// What a trace step of this run has followed; null: nothing yet, or before the program was started again and the rules
    /// now say otherwise.
    [[nodiscard]] const Trace* followed(const std::string& step) const;

    void take(const playbooks::Event& event);
    void cancel();

Q_SIGNALS:
    void changed(); ///< another want, another state: show it again
    void ticked(); ///< only the countdown or the progress has moved

private:
    void proceed();
    void run();
    void command();
    void trace();
    void followAgain();
    void wait();
    void tick();
    void save();
    void finishCommand(quint64 id, const Result<CommandResult>& result, const ObservationPtr& observation);

    WizardHost& m_host;
    playbooks::PlaybookPtr m_playbook;
    Language m_language;
    playbooks::Runner m_runner;
    playbooks::Want m_want;
    Tracer m_tracer;
    std::map<std::string, Trace> m_followed; ///< by step
    QTimer m_clock;
    quint64 m_command = 0;
    TimePoint m_nextCheck;
    std::optional<std::chrono::seconds> m_longestWait;
    bool m_busy = false, m_sweeping = false, m_resumed = false, m_kept = true;
    std::optional<Error> m_problem;
};

} // namespace medic
