// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/suite.h"
#include "diagnostics/collect/source.h"
#include "diagnostics/incident/incident_file.h"
#include "diagnostics/model/error.h"
#include "diagnostics/model/snapshot.h"
#include "diagnostics/transport/profile.h"

#include <QList>
#include <QObject>
#include <QString>

#include <memory>
#include <optional>

namespace medic {

class Secrets;

namespace collect {

/// How far one node is in the running sweep.
struct NodeProgress {
    enum class State { Waiting, Connecting, Running, Done, Partial, Failed, Cancelled };
    QString node;
    State state = State::Waiting;
    int done = 0, total = 0; ///< probes
    qint64 bytes = 0; ///< received
    std::optional<Error> error;
};

struct SweepRequest {
    std::vector<std::string> nodes; ///< empty: all
    std::vector<std::string> suites; ///< empty: all; decides which probes are run
    std::vector<std::string> probes; ///< further probes, or the only ones when `suites` is {"none"}
    bool cluster = true; ///< ask the apiserver too
    bool heavy = false; ///< heavy probes too
    std::string label = "sweep";
};

/// A recorded incident that was read, ready to be opened: what takes long of it is behind it.
struct Recording {
    IncidentFile file;
    Snapshot newest;
    std::optional<Snapshot> earlier; ///< the sweep before the newest
    std::vector<SweepInfo> sweeps;
    std::vector<Finding> findings;
};

/// Any thread may read; a large file takes seconds. Read-only when the file is.
[[nodiscard]] Result<Recording> readRecording(const QString& path);

/// One incident being worked on: its source (live or replayed), its file, what is known and what was found.
/// Lives in the screen's thread; all waiting is done by workers; results arrive in batches, at most ten times a second.
/// Every observation is in the incident file before it is announced.
class Session final : public QObject
{
    Q_OBJECT

public:
    explicit Session(QObject* parent = nullptr);
    ~Session() override;

    /// Starts a live incident: writes FILE (created), nothing is contacted yet. `secrets` is shared with the dialogs.
    [[nodiscard]] Result<void> openLive(const ClusterProfile& profile, std::shared_ptr<Secrets> secrets, const QString& incidentPath);
    /// Opens a recorded incident (read-only when the file is). Checks run at once on what it holds.
    [[nodiscard]] Result<void> openIncident(const QString& path);
    void openIncident(Recording recording); ///< the same of one that was read in another thread
    /// Starts a live incident on a source of one's own (tests, simulated clusters).
    [[nodiscard]] Result<void> openSource(std::shared_ptr<Source> source, const ClusterProfile& profile, const QString& incidentPath);
    /// Goes on in an incident file that grew from this one: of a live cluster the source stays, and what comes from now on is
    /// recorded there; of a recording that file is opened. Not during a sweep (NotSupported). A failure leaves this one open.
    [[nodiscard]] Result<void> continueIn(const QString& path);
    void close();

    [[nodiscard]] bool isOpen() const;
    [[nodiscard]] bool isLive() const;
    [[nodiscard]] const ClusterProfile& profile() const;
    [[nodiscard]] IncidentFile* incident(); ///< null when closed
    [[nodiscard]] const Snapshot& snapshot() const; ///< newest of everything
    [[nodiscard]] const Snapshot* earlierSnapshot() const; ///< the sweep before, if there was one
    [[nodiscard]] const std::vector<Finding>& findings() const;
    [[nodiscard]] const std::vector<std::string>& defects() const; ///< findings that a check could not make: program errors
    [[nodiscard]] std::vector<NodeProgress> progress() const; ///< every known node
    [[nodiscard]] bool sweeping() const;

    /// Begins a sweep; ignored while one is under way. Ends with sweepFinished, after the checks on what it brought (when
    /// cancelled: at once). Of a recording: the checks run again.
    void sweep(const SweepRequest& request);
    void cancel();

    /// One command on one node (a wizard's probe or a confirmed remedy), recorded in the incident; answers by commandFinished.
    quint64 runCommand(const std::string& node, const CommandRequest& request, const std::string& purpose);

    /// Appends to the incident's journal; the id, or 0 with problem() emitted.
    quint64 journal(JournalEntry entry);

Q_SIGNALS:
    void opened();
    void closed();
    void sweepStarted();
    void progressChanged(const QList<medic::collect::NodeProgress>& changed); ///< one batch
    void observationsArrived(const QList<medic::ObservationPtr>& batch); ///< one batch
    void findingsChanged();
    void sweepFinished(bool cancelled);
    void commandFinished(quint64 id, const medic::Result<medic::CommandResult>& result, const medic::ObservationPtr& observation);
    /// A condition that must be visible but stops nothing (disk full: recording stopped; apiserver unreachable …).
    void problem(const medic::Error& error);
    /// The nodes could not be reached for want of these; answered through Secrets, then sweep() those nodes again.
    void secretsNeeded(const QList<medic::Error>& wanted, const QStringList& nodes);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace collect
} // namespace medic

Q_DECLARE_METATYPE(medic::collect::NodeProgress)
Q_DECLARE_METATYPE(medic::ObservationPtr)
Q_DECLARE_METATYPE(medic::Error)
