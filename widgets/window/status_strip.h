// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/collect/session.h"

#include <QElapsedTimer>
#include <QHash>
#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;
class QTimer;

namespace medic {

class ElidedLabel;
class PlainLabel;

/// Below everything: how far the sweep is, who is slow or unreachable, the time, Cancel, and what we cost the cluster.
class StatusStrip final : public QWidget
{
    Q_OBJECT

public:
    explicit StatusStrip(collect::Session& session, QWidget* parent = nullptr);
    enum class Tone { Calm, Problem };
    void say(const QString& sentence, Tone tone = Tone::Calm); ///< shown literally until the next one; empty: nothing
    /// Something else than a sweep is under way, for as long as it has a name; empty: nothing. What was said stands again after.
    void setBusy(const QString& words);
    void retranslate();

private:
    void refresh();
    collect::Session& m_session;
    QHash<QString, qint64> m_since; ///< ms at which a node began
    QElapsedTimer m_clock;
    QString m_busy;
    qint64 m_lastBytes = 0, m_lastDone = 0, m_bytesRate = 0, m_doneRate = 0, m_lastAt = 0;
    PlainLabel* m_nodes;
    QLabel* m_mark;
    ElidedLabel* m_said;
    QProgressBar* m_bar;
    PlainLabel* m_time;
    QPushButton* m_cancel;
    PlainLabel* m_load;
    QTimer* m_tick;
};

} // namespace medic
