// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/collect/session.h"

#include <QObject>
#include <QStringList>
#include <QThreadPool>

#include <memory>

class QWidget;

namespace medic {

class Catalogue;
class Secrets;

/// What the window does with the session: opens recordings (read in a worker: a large one takes seconds), connects, asks for
/// what the nodes want to know, sweeps those again, and remembers what was open. Screen's thread; everything given to it
/// outlives it.
class IncidentDesk final : public QObject
{
    Q_OBJECT

public:
    /// `window`: what the dialogs belong to.
    IncidentDesk(collect::Session& session, const Catalogue& catalogue, std::shared_ptr<Secrets> secrets, QWidget* window);
    ~IncidentDesk() override; ///< waits for the file that is being read

    /// What is open stays open when the file cannot be read. Answered by opened() or failed(); a newer one replaces it.
    void open(const QString& path);
    [[nodiscard]] bool opening() const { return m_opening; }
    void connectTo(const ClusterProfile& profile); ///< answered by connected() or failed()
    [[nodiscard]] bool connectToSaved(const QString& name); ///< false: there is no profile of this name

    void askOpen(); ///< which file
    void askConnect(); ///< to which cluster

Q_SIGNALS:
    void beginning(const QString& path); ///< the file is being read
    void opened();
    void connected();
    void failed(const medic::Error& problem);
    void said(const QString& sentence);

private:
    void askSecrets(const QList<Error>& wanted, const QStringList& nodes);
    void sweepAgain();
    void remember();

    collect::Session& m_session;
    const Catalogue& m_catalogue;
    std::shared_ptr<Secrets> m_secrets;
    QWidget* m_window;
    QStringList m_again; ///< nodes to sweep once the sweep that lacked their secrets has ended
    quint64 m_ticket = 0;
    bool m_opening = false;
    QThreadPool m_reader; ///< one thread
};

} // namespace medic
