// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/wizard/wizard_host.h"

#include "diagnostics/collect/session.h"

#include <QDateTime>
#include <QFileInfo>
#include <QTimer>

#include <utility>

namespace medic {

SessionHost::SessionHost(collect::Session& session, QObject* parent) : WizardHost(parent), m_session(session)
{
    connect(&session, &collect::Session::sweepFinished, this, [this](bool cancelled) {
        // Only once the session's other listeners have what the sweep brought.
        QTimer::singleShot(0, this, [this, cancelled] {
            if (m_ours) {
                m_ours = false;
                Q_EMIT swept(cancelled);
            } else if (m_wanted) {
                startSweep();
            }
        });
    });
    connect(&session, &collect::Session::progressChanged, this, &WizardHost::progressed);
    connect(&session, &collect::Session::commandFinished, this, &WizardHost::commandFinished);
}

const Snapshot& SessionHost::snapshot() const { return m_session.snapshot(); }
const std::vector<Finding>& SessionHost::findings() const { return m_session.findings(); }
const Snapshot* SessionHost::earlierSnapshot() const { return m_session.earlierSnapshot(); }
bool SessionHost::live() const { return m_session.isLive(); }
bool SessionHost::changesAllowed() const { return m_session.isLive() && m_session.profile().allowChanges; }
bool SessionHost::production() const { return m_session.profile().production; }

std::string SessionHost::cluster() const
{
    if (!m_session.profile().name.empty())
        return m_session.profile().name;
    if (IncidentFile* incident = m_session.incident())
        if (const auto info = incident->info())
            return info->cluster;
    return {};
}

QString SessionHost::progressWords() const
{
    const auto all = m_session.progress();
    int over = 0;
    for (const collect::NodeProgress& one : all)
        over += one.state >= collect::NodeProgress::State::Done ? 1 : 0;
    return all.empty() ? QString() : tr("%1 of %2 nodes").arg(over).arg(all.size());
}

void SessionHost::sweep(const Sweep& sweep)
{
    m_wanted = sweep;
    if (!m_session.isLive()) { // a recording: the checks have run on what it holds
        m_wanted.reset();
        m_ours = true;
        QTimer::singleShot(0, this, [this] {
            if (std::exchange(m_ours, false))
                Q_EMIT swept(false);
        });
    } else if (!m_session.sweeping()) {
        startSweep();
    }
}

void SessionHost::startSweep()
{
    collect::SweepRequest request;
    request.nodes = m_wanted->nodes;
    request.suites = m_wanted->suites;
    request.probes = m_wanted->probes;
    if (request.suites.empty() && !request.probes.empty())
        request.suites = {"none"};
    request.heavy = m_wanted->heavy;
    request.label = m_wanted->label;
    m_wanted.reset();
    m_ours = true;
    m_session.sweep(request);
}

void SessionHost::cancel()
{
    if (m_session.sweeping())
        m_session.cancel();
}

void SessionHost::abandon()
{
    m_ours = false;
    m_wanted.reset();
    cancel();
}

quint64 SessionHost::runCommand(const std::string& node, const CommandRequest& request, const std::string& purpose)
{
    return m_session.runCommand(node, request, purpose);
}

void SessionHost::journal(const JournalEntry& entry)
{
    IncidentFile* incident = m_session.incident();
    if (incident != nullptr && !incident->readOnly())
        m_session.journal(entry);
}

bool SessionHost::keep(const std::string& name, const std::string& json)
{
    IncidentFile* incident = m_session.incident();
    return incident != nullptr && !incident->readOnly() && incident->setDocument(name, json).has_value();
}

std::optional<std::string> SessionHost::kept(const std::string& name) const
{
    IncidentFile* incident = m_session.incident();
    if (incident == nullptr)
        return std::nullopt;
    const auto document = incident->document(name);
    return document ? *document : std::nullopt;
}

Result<QString> SessionHost::linkedIncident(const std::string& title)
{
    IncidentFile* incident = m_session.incident();
    if (incident == nullptr)
        return failure(ErrorCode::Internal, "incident", "none is open");
    const QFileInfo from(QString::fromStdString(incident->path().string()));
    QString path;
    for (int number = 2; number < 1000; ++number) {
        path = QStringLiteral("%1/%2-%3.%4").arg(from.absolutePath(), from.completeBaseName()).arg(number).arg(from.suffix());
        if (!QFileInfo::exists(path))
            break;
    }
    const TimePoint now = std::chrono::system_clock::now();
    IncidentInfo info;
    if (const auto own = incident->info())
        info = *own;
    info.title = title;
    info.symptom = title;
    info.opened = now;
    info.linkedFrom = from.fileName().toStdString();
    auto linked = IncidentFile::create(path.toStdString(), info);
    if (!linked)
        return tl::unexpected(linked.error());
    const auto sweep = linked->beginSweep("from " + info.linkedFrom, now);
    if (!sweep)
        return tl::unexpected(sweep.error());
    std::vector<Observation> batch;
    for (const ObservationPtr& observation : m_session.snapshot().all())
        batch.push_back(*observation);
    const auto recorded = linked->record(*sweep, batch);
    if (!recorded)
        return tl::unexpected(recorded.error());
    if (const auto finished = linked->finishSweep(*sweep, now); !finished)
        return tl::unexpected(finished.error());
    return path;
}

Result<void> SessionHost::openLinked(const QString& path)
{
    JournalEntry note;
    note.kind = JournalEntry::Kind::Note;
    note.who = "program";
    note.text = tr("Goes on in the linked incident %1").arg(QFileInfo(path).fileName()).toStdString();
    journal(note);
    return m_session.continueIn(path);
}

} // namespace medic
