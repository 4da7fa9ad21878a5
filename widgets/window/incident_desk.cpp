// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/incident_desk.h"

#include "diagnostics/model/catalogue.h"
#include "widgets/text/escape.h"
#include "widgets/window/connect_dialog.h"
#include "widgets/window/recent_incidents.h"
#include "widgets/window/secrets_dialog.h"

#include <QDateTime>
#include <QDir>
#include <QFileDialog>
#include <QRegularExpression>
#include <QSettings>
#include <QStandardPaths>

#include <utility>

namespace medic {

using collect::Recording;
using collect::Session;

IncidentDesk::IncidentDesk(Session& session, const Catalogue& catalogue, std::shared_ptr<Secrets> secrets, QWidget* window)
    : QObject(window), m_session(session), m_catalogue(catalogue), m_secrets(std::move(secrets)), m_window(window)
{
    m_reader.setMaxThreadCount(1);
    connect(&m_session, &Session::findingsChanged, this, &IncidentDesk::remember);
    connect(&m_session, &Session::sweepFinished, this, &IncidentDesk::sweepAgain);
    connect(&m_session, &Session::secretsNeeded, this, &IncidentDesk::askSecrets);
}

IncidentDesk::~IncidentDesk()
{
    m_reader.clear();
    m_reader.waitForDone();
}

void IncidentDesk::open(const QString& path)
{
    const quint64 ticket = ++m_ticket;
    m_opening = true;
    Q_EMIT beginning(path);
    m_reader.clear();
    m_reader.start([this, ticket, path] {
        // A file that cannot be read does not cost what is open.
        auto read = std::make_shared<Result<Recording>>(collect::readRecording(path));
        QMetaObject::invokeMethod(this, [this, ticket, read] {
            if (ticket != m_ticket)
                return;
            m_opening = false;
            if (!*read)
                return Q_EMIT failed(read->error());
            m_session.openIncident(std::move(**read));
            remember();
            Q_EMIT opened();
        }, Qt::QueuedConnection);
    });
}

bool IncidentDesk::connectToSaved(const QString& name)
{
    for (const ClusterProfile& saved : savedProfiles(nullptr))
        if (name == QString::fromStdString(saved.name)) {
            connectTo(saved);
            return true;
        }
    Q_EMIT said(tr("There is no saved cluster %1").arg(lineSafe(name)));
    return false;
}

void IncidentDesk::connectTo(const ClusterProfile& profile)
{
    ++m_ticket; // a file that is still being read is not wanted any more
    m_opening = false;
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) + QStringLiteral("/incidents"));
    if (!folder.mkpath(QStringLiteral(".")))
        return Q_EMIT failed(Error {.code = ErrorCode::FileNotWritable, .where = folder.path().toStdString()});
    static const QRegularExpression unsafe(QStringLiteral("[^A-Za-z0-9._-]+"));
    const QString name = QString::fromStdString(profile.name).replace(unsafe, QStringLiteral("_"));
    const QString file = folder.filePath(QStringLiteral("%1-%2.medic").arg(name, QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss"))));
    if (const auto opened = m_session.openLive(profile, m_secrets, file); !opened)
        return Q_EMIT failed(opened.error());
    Q_EMIT connected();
}

void IncidentDesk::askOpen()
{
    auto* dialog = new QFileDialog(m_window, tr("Open an incident"), {}, tr("Incidents (*.medic)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &IncidentDesk::open);
    dialog->open();
}

void IncidentDesk::askConnect()
{
    auto* dialog = new ConnectDialog(m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ConnectDialog::connectWanted, this, &IncidentDesk::connectTo);
    dialog->open();
}

void IncidentDesk::askSecrets(const QList<Error>& wanted, const QStringList& nodes)
{
    if (!m_secrets || SecretsDialog::answerable(wanted).isEmpty())
        return;
    auto* dialog = new SecretsDialog(m_secrets, wanted, nodes, m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &SecretsDialog::answered, this, [this](const QStringList& again) {
        m_again = again;
        sweepAgain();
    });
    dialog->open();
}

void IncidentDesk::sweepAgain()
{
    if (m_again.isEmpty() || m_session.sweeping())
        return; // the sweep that lacked them is still busy with other nodes
    collect::SweepRequest request;
    for (const QString& node : std::exchange(m_again, {}))
        request.nodes.push_back(node.toStdString());
    if (m_session.isLive())
        m_session.sweep(request);
}

void IncidentDesk::remember()
{
    if (!m_session.isOpen() || !m_session.incident())
        return;
    const auto info = m_session.incident()->info();
    if (!info)
        return;
    IncidentSummary summary {.path = QString::fromStdString(m_session.incident()->path().string()), .title = QString::fromStdString(info->title),
                             .cluster = QString::fromStdString(info->cluster)};
    summary.opened = std::chrono::duration_cast<std::chrono::milliseconds>(info->opened.time_since_epoch()).count();
    countFindings(summary, m_session.findings(), &m_catalogue);
    QSettings settings;
    rememberIncident(settings, summary);
}

} // namespace medic
