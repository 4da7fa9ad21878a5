// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/collect/session.h"
#include "diagnostics/transport/secrets.h"

#include <QMap>
#include <QObject>

namespace medic::ctl {

/// A sweep without a window: drives a collect::Session in the main thread, tells its progress on stderr, asks on the
/// terminal (once each) for what the nodes want, and cancels at Ctrl+C (at the second one the program ends).
class Collector final : public QObject
{
    Q_OBJECT

public:
    struct Outcome {
        bool cancelled = false;
        int failed = 0; ///< nodes that brought nothing or not everything
        QList<Error> problems;
    };

    Collector();
    ~Collector() override;

    [[nodiscard]] Result<void> open(const ClusterProfile& profile, const QString& incidentPath);
    [[nodiscard]] Outcome sweep(collect::SweepRequest request);
    [[nodiscard]] collect::Session& session() { return m_session; }

private:
    void sweepOnce(const collect::SweepRequest& request);
    void showProgress(const QList<collect::NodeProgress>& changed);
    /// Asks for each; false: nothing was answered (or there is no terminal, and then it says what is missing).
    [[nodiscard]] bool ask(const QList<Error>& wanted);

    std::shared_ptr<Secrets> m_secrets;
    collect::Session m_session;
    Outcome m_outcome;
    QMap<QString, collect::NodeProgress::State> m_states;
    QList<Error> m_wanted;
    QStringList m_wantedBy;
    QStringList m_asked;
};

} // namespace medic::ctl
