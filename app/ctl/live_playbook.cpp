// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/live_playbook.h"

#include "app/ctl/output.h"
#include "diagnostics/collect/words.h"
#include "diagnostics/playbooks/packet.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QTimer>

namespace medic::ctl {

using namespace playbooks;

namespace {

QString ctlText(const char* text) { return QCoreApplication::translate("ctl", text); }

/// What an action is about to do, where, and what it touches: the same facts as on the window's card.
void show(const Want& want)
{
    for (std::size_t i = 0; i < want.targets.size(); ++i) {
        const Target& target = want.targets[i];
        printError((want.isRollback ? ctlText(QT_TRANSLATE_NOOP("ctl", "%1: roll back on %2 (risk: %3)")) : ctlText(QT_TRANSLATE_NOOP("ctl", "%1: change %2 (risk: %3)")))
                       .arg(safe(want.step), safe(target.node), safe(riskName(want.risk))));
        if (i < want.blast.size() && want.blast[i].pods)
            printError(QStringLiteral("  ") + ctlText(QT_TRANSLATE_NOOP("ctl", "Pods on %1: %2")).arg(safe(target.affects)).arg(*want.blast[i].pods)
                       + (want.blast[i].controlPlane == Tri::Yes ? ctlText(QT_TRANSLATE_NOOP("ctl", "; a control-plane node")) : QString()));
        const std::string& command = want.isRollback ? target.rollback : target.command;
        for (const QString& line : QString::fromStdString(command).split(u'\n'))
            printError(QStringLiteral("  $ ") + safe(line.toStdString()));
        if (!target.refused.empty())
            printError(QStringLiteral("  ") + safe(target.refused));
    }
    if (want.remaining > 0)
        printError(QStringLiteral("  ") + ctlText(QT_TRANSLATE_NOOP("ctl", "%1 more places only when this one has worked")).arg(want.remaining));
}

} // namespace

LivePlaybook::LivePlaybook(Collector& collector, std::string playbook, Confirmations confirmations, bool cluster)
    : m_collector(collector), m_playbook(std::move(playbook)), m_confirmations(std::move(confirmations)), m_cluster(cluster)
{ }

Hands LivePlaybook::hands()
{
    Hands hands;
    hands.collect = [this](const Want& want, Snapshot& snapshot) { collect(want, snapshot); };
    hands.check = [this](const Snapshot&) { return m_collector.session().findings(); };
    hands.command = [this](const Want& want) { return command(want); };
    hands.trace = [this](const Want& want) { return followPacket(m_collector.session().snapshot(), want); };
    hands.wait = [this](const Want& want) { wait(want); };
    hands.confirm = [this](const Want& want) { return confirm(want); };
    hands.now = [] { return std::chrono::system_clock::now(); };
    hands.record = [this](const JournalEntry& entry) {
        if (m_collector.session().journal(entry) == 0 && !m_lost)
            m_lost = Error {ErrorCode::FileNotWritable, m_collector.session().incident()->path().string(), {}, 0};
    };
    return hands;
}

void LivePlaybook::collect(const Want& want, Snapshot& snapshot)
{
    collect::SweepRequest request;
    request.nodes = want.nodes;
    request.suites = want.suites;
    request.probes = want.probes;
    if (request.suites.empty() && !request.probes.empty())
        request.suites = {"none"};
    request.heavy = want.heavy;
    request.cluster = m_cluster;
    request.label = "wizard " + m_playbook + " / " + want.step;
    static_cast<void>(m_collector.sweep(request));
    snapshot = m_collector.session().snapshot();
}

CommandDone LivePlaybook::command(const Want& want)
{
    collect::Session& session = m_collector.session();
    CommandRequest request;
    request.command = want.command;
    request.root = want.root;
    request.timeLimit = want.timeLimit;
    CommandDone done;
    done.error = Error {ErrorCode::NotSupported, want.node, "the command could not be sent", 0};
    QEventLoop loop;
    quint64 wanted = 0;
    const auto finished = QObject::connect(&session, &collect::Session::commandFinished, &loop, [&](quint64 id, const Result<CommandResult>& result, const ObservationPtr& observation) {
        if (id != wanted)
            return;
        if (result) {
            done.error.reset();
            done.exitStatus = result->exitStatus;
            done.out = QString::fromUtf8(result->out.data(), static_cast<qsizetype>(result->out.size())).toStdString(); // valid UTF-8
            done.err = QString::fromUtf8(result->err.data(), static_cast<qsizetype>(result->err.size())).toStdString();
        } else {
            done.error = result.error();
        }
        done.observation = observation == nullptr ? 0 : observation->id;
        loop.quit();
    });
    wanted = session.runCommand(want.node, request, "wizard " + m_playbook + " / " + want.step);
    if (wanted != 0)
        loop.exec();
    QObject::disconnect(finished);
    if (want.changes) {
        const QString how = done.error ? safe(words::sentence(*done.error).toStdString()) : ctlText(QT_TRANSLATE_NOOP("ctl", "exit status %1")).arg(done.exitStatus);
        printError(QStringLiteral("%1: %2: %3").arg(safe(want.step), safe(want.node), how));
    }
    return done;
}

bool LivePlaybook::confirm(const Want& want) const
{
    show(want);
    if (want.isRollback) {
        if (m_confirmations.rollbacks.contains(want.step))
            return true;
        printError(ctlText(QT_TRANSLATE_NOOP("ctl", "  not run: --roll-back %1 confirms it")).arg(safe(want.step)));
        return false;
    }
    const auto confirmed = m_confirmations.actions.find(want.step);
    if (confirmed != m_confirmations.actions.end() && (want.mustType.empty() || confirmed->second == want.mustType))
        return true;
    const QString word = safe(want.step) + (want.mustType.empty() ? QString() : u'=' + safe(want.mustType));
    printError(ctlText(QT_TRANSLATE_NOOP("ctl", "  not run: --confirm %1 confirms it")).arg(word));
    return false;
}

void LivePlaybook::wait(const Want& want) const
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(want.until - std::chrono::system_clock::now());
    if (left.count() <= 0)
        return;
    printError(ctlText(QT_TRANSLATE_NOOP("ctl", "%1: waiting %2 s")).arg(safe(want.step)).arg((left.count() + 999) / 1000));
    QEventLoop loop;
    QTimer::singleShot(left, &loop, &QEventLoop::quit);
    loop.exec();
}

} // namespace medic::ctl
