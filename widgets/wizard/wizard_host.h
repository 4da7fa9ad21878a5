// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/incident/incident_file.h"
#include "diagnostics/model/finding.h"
#include "diagnostics/model/snapshot.h"
#include "diagnostics/transport/shell.h"

#include <QObject>
#include <QString>

#include <optional>
#include <string>
#include <vector>

namespace medic {

namespace collect {
class Session;
}

/// What a wizard on the screen needs of the incident being worked on: the seam between WizardDriver and the session, so
/// that the driver's tests need neither a cluster nor a file. Lives in the screen's thread; answers by signals.
class WizardHost : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    struct Sweep {
        std::vector<std::string> nodes, suites, probes; ///< nodes empty: all; no suites: only the probes
        bool heavy = false;
        std::string label;
    };

    [[nodiscard]] virtual const Snapshot& snapshot() const = 0;
    [[nodiscard]] virtual const std::vector<Finding>& findings() const = 0;
    [[nodiscard]] virtual const Snapshot* earlierSnapshot() const { return nullptr; } ///< the sweep before, if there was one
    [[nodiscard]] virtual bool live() const = 0;
    [[nodiscard]] virtual bool changesAllowed() const = 0;
    [[nodiscard]] virtual bool production() const = 0;
    [[nodiscard]] virtual std::string cluster() const = 0;
    [[nodiscard]] virtual QString progressWords() const { return {}; } ///< "12 of 200 nodes"

    virtual void sweep(const Sweep& sweep) = 0; ///< answered by swept()
    virtual void cancel() = 0; ///< the sweep ends soon, with what it has
    virtual void abandon() = 0; ///< nobody waits for the sweep any more: swept() does not come
    virtual quint64 runCommand(const std::string& node, const CommandRequest& request, const std::string& purpose) = 0;

    virtual void journal(const JournalEntry& entry) = 0;
    /// False: it could not be kept (a file that is only read).
    virtual bool keep(const std::string& name, const std::string& json) = 0;
    [[nodiscard]] virtual std::optional<std::string> kept(const std::string& name) const = 0;
    /// Writes a new incident that grew from this one, with what is known now; its path.
    [[nodiscard]] virtual Result<QString> linkedIncident(const std::string& title) = 0;
    /// Goes on in it: the next records are its own.
    [[nodiscard]] virtual Result<void> openLinked(const QString& path) = 0;

Q_SIGNALS:
    void swept(bool cancelled);
    void progressed();
    void commandFinished(quint64 id, const medic::Result<medic::CommandResult>& result, const medic::ObservationPtr& observation);
};

/// The session as a host. `session` outlives it.
class SessionHost final : public WizardHost
{
    Q_OBJECT

public:
    explicit SessionHost(collect::Session& session, QObject* parent = nullptr);

    [[nodiscard]] const Snapshot& snapshot() const override;
    [[nodiscard]] const std::vector<Finding>& findings() const override;
    [[nodiscard]] const Snapshot* earlierSnapshot() const override;
    [[nodiscard]] bool live() const override;
    [[nodiscard]] bool changesAllowed() const override;
    [[nodiscard]] bool production() const override;
    [[nodiscard]] std::string cluster() const override;
    [[nodiscard]] QString progressWords() const override;
    void sweep(const Sweep& sweep) override;
    void cancel() override;
    void abandon() override;
    quint64 runCommand(const std::string& node, const CommandRequest& request, const std::string& purpose) override;
    void journal(const JournalEntry& entry) override;
    bool keep(const std::string& name, const std::string& json) override;
    [[nodiscard]] std::optional<std::string> kept(const std::string& name) const override;
    [[nodiscard]] Result<QString> linkedIncident(const std::string& title) override;
    [[nodiscard]] Result<void> openLinked(const QString& path) override;

private:
    void startSweep();

    collect::Session& m_session;
    std::optional<Sweep> m_wanted; ///< waits until a sweep of somebody else is over
    bool m_ours = false;
};

} // namespace medic
