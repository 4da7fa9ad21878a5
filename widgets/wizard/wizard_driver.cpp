// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/wizard/wizard_driver.h"

#include "diagnostics/playbooks/packet.h"

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>

#include <algorithm>

namespace medic {

using namespace playbooks;

WizardDriver::WizardDriver(WizardHost& host, PlaybookPtr playbook, Language language, QObject* parent)
    : QObject(parent), m_host(host), m_playbook(std::move(playbook)), m_language(language), m_runner(m_playbook, language)
{
    m_clock.setInterval(1000);
    connect(&m_clock, &QTimer::timeout, this, &WizardDriver::tick);
    connect(&host, &WizardHost::swept, this, [this](bool) {
        if (!m_sweeping)
            return;
        m_sweeping = false;
        take(Checked {}); // a cancelled one too: what did not come is unknown
    });
    connect(&host, &WizardHost::progressed, this, [this] {
        if (m_sweeping)
            Q_EMIT ticked();
    });
    connect(&host, &WizardHost::commandFinished, this, &WizardDriver::finishCommand);
}

World WizardDriver::world() const
{
    World world;
    world.snapshot = &m_host.snapshot();
    world.findings = &m_host.findings();
    world.live = m_host.live();
    world.changesAllowed = m_host.changesAllowed();
    world.production = m_host.production();
    world.cluster = m_host.cluster();
    world.now = std::chrono::system_clock::now();
    world.longestWait = m_longestWait;
    return world;
}

void WizardDriver::setLanguage(Language language)
{
    m_language = language;
    m_runner.setLanguage(language);
}

void WizardDriver::begin()
{
    if (const auto document = m_host.kept("wizard/" + m_playbook->id)) {
        if (auto restored = Runner::restore(m_playbook, m_language, *document); restored && restored->started()) {
            m_runner = std::move(*restored);
            m_resumed = true;
            followAgain();
            proceed();
            return;
        }
    }
    beginAnew();
}

void WizardDriver::beginAnew()
{
    m_resumed = false;
    m_runner = Runner(m_playbook, m_language);
    m_runner.start(world());
    save();
    proceed();
}

void WizardDriver::take(const Event& event)
{
    if (m_sweeping && (std::holds_alternative<WentBack>(event) || std::holds_alternative<Overruled>(event) || std::holds_alternative<WaitOver>(event))) {
        m_sweeping = false; // what it brings answers nothing any more
        m_host.abandon();
    }
    const auto taken = m_runner.take(event, world());
    m_problem = taken ? std::nullopt : std::optional(taken.error());
    save();
    if (taken && std::holds_alternative<Noted>(event)) {
        Q_EMIT changed();
        return; // a note changes nothing of what is under way
    }
    if (taken)
        proceed();
    else
        Q_EMIT changed();
}

void WizardDriver::save()
{
    for (const JournalEntry& entry : m_runner.takeRecords())
        m_host.journal(entry);
    m_kept = m_host.keep("wizard/" + m_playbook->id, m_runner.save());
}

/// Looks at what is wanted, and does it where nobody needs to be asked.
void WizardDriver::proceed()
{
    m_want = m_runner.want(world());
    m_busy = false;
    m_clock.stop();
    switch (m_want.kind) {
    case Want::Kind::Run: run(); break;
    case Want::Kind::Command: command(); break;
    case Want::Kind::Wait: wait(); break;
    case Want::Kind::Trace: trace(); break;
    case Want::Kind::Nothing:
    case Want::Kind::Ask:
    case Want::Kind::Confirm:
    case Want::Kind::Acknowledge: break;
    }
    Q_EMIT changed();
}

void WizardDriver::run()
{
    m_busy = true;
    m_sweeping = true;
    m_host.sweep({m_want.nodes, m_want.suites, m_want.probes, m_want.heavy, "wizard " + m_playbook->id + " / " + m_want.step});
}

/// Beside the screen's thread: a large ruleset takes a while.
void WizardDriver::trace()
{
    m_busy = true;
    const int visit = static_cast<int>(m_runner.visits().size());
    QThreadPool::globalInstance()->start([this, guard = QPointer<WizardDriver>(this), tracer = m_tracer ? m_tracer : Tracer(followPacket),
                                          snapshot = m_host.snapshot(), want = m_want, visit] {
        Traced traced = tracer(snapshot, want);
        QMetaObject::invokeMethod(QCoreApplication::instance(), [this, guard, traced = std::move(traced), step = want.step, visit] {
            if (guard && m_want.kind == Want::Kind::Trace && m_want.step == step && static_cast<int>(m_runner.visits().size()) == visit) {
                if (traced.trace)
                    m_followed.insert_or_assign(step, *traced.trace);
                take(traced);
            }
        });
    });
}

/// The paths that this run had drawn before the program was started again: followed once more where the rules still say
/// the same; where they do not, the record's words are what there is.
void WizardDriver::followAgain()
{
    for (const Visit& visit : m_runner.visits()) {
        if (visit.packet.size() != 4 || visit.result.empty())
            continue;
        Want want;
        want.kind = Want::Kind::Trace;
        want.step = visit.step;
        want.traceNode = visit.packet[0];
        want.traceFrom = visit.packet[1];
        want.traceTo = visit.packet[2];
        want.traceProtocol = visit.packet[3];
        QThreadPool::globalInstance()->start([this, guard = QPointer<WizardDriver>(this), tracer = m_tracer ? m_tracer : Tracer(followPacket), snapshot = m_host.snapshot(), want,
                                              result = visit.result] {
            Traced traced = tracer(snapshot, want);
            QMetaObject::invokeMethod(QCoreApplication::instance(), [this, guard, traced = std::move(traced), step = want.step, result] {
                const bool same = guard && traced.trace
                    && std::any_of(traced.trace->branches.begin(), traced.trace->branches.end(),
                                   [&](const TraceBranch& branch) { return (branch.disposition == Disposition::Undecidable ? "unknown" : dispositionName(branch.disposition)) == result; });
                if (same && m_followed.try_emplace(step, *traced.trace).second)
                    Q_EMIT changed();
            });
        });
    }
}

const Trace* WizardDriver::followed(const std::string& step) const
{
    const auto found = m_followed.find(step);
    return found == m_followed.end() ? nullptr : &found->second;
}

void WizardDriver::command()
{
    m_busy = true;
    (void)m_runner.take(CommandStarted {}, world());
    save(); // before it is sent: killed now, it is never sent a second time
    CommandRequest request;
    request.command = m_want.command;
    request.root = m_want.root;
    request.timeLimit = m_want.timeLimit;
    m_command = m_host.runCommand(m_want.node, request, "wizard " + m_playbook->id + " / " + m_want.step);
    if (m_command == 0)
        QTimer::singleShot(0, this, [this] { finishCommand(0, failure(ErrorCode::NotSupported, m_want.node, "the command could not be sent"), nullptr); });
}

void WizardDriver::finishCommand(quint64 id, const Result<CommandResult>& result, const ObservationPtr& observation)
{
    if (id != m_command || m_want.kind != Want::Kind::Command || !m_busy)
        return;
    m_command = 0;
    CommandDone done;
    if (result) {
        done.exitStatus = result->exitStatus;
        done.out = QString::fromUtf8(result->out.data(), static_cast<qsizetype>(result->out.size())).toStdString(); // valid UTF-8
        done.err = QString::fromUtf8(result->err.data(), static_cast<qsizetype>(result->err.size())).toStdString();
    } else {
        done.error = result.error();
    }
    done.observation = observation == nullptr ? 0 : observation->id;
    take(done);
}

void WizardDriver::wait()
{
    m_nextCheck = std::chrono::system_clock::now() + m_want.every;
    m_clock.start();
}

std::chrono::seconds WizardDriver::waitLeft() const
{
    const auto left = std::chrono::ceil<std::chrono::seconds>(m_want.until - std::chrono::system_clock::now());
    return std::max(left, std::chrono::seconds(0));
}

void WizardDriver::tick()
{
    if (m_want.kind != Want::Kind::Wait)
        return;
    if (waitLeft().count() <= 0) {
        if (m_sweeping)
            return; // the last look decides
        take(WaitOver {});
        return;
    }
    const bool looks = m_want.every.count() > 0 && (!m_want.suites.empty() || !m_want.probes.empty());
    if (looks && !m_sweeping && std::chrono::system_clock::now() >= m_nextCheck) {
        m_nextCheck = std::chrono::system_clock::now() + m_want.every;
        m_sweeping = true;
        m_host.sweep({m_want.nodes, m_want.suites, m_want.probes, m_want.heavy, "wizard " + m_playbook->id + " / " + m_want.step});
    }
    Q_EMIT ticked();
}

void WizardDriver::cancel()
{
    if (m_sweeping)
        m_host.cancel();
}

} // namespace medic
