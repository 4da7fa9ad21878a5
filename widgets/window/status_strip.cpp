// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/status_strip.h"

#include "widgets/panels/buttons.h"
#include "widgets/text/numbers.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/state.h"

#include <QHBoxLayout>
#include <QProgressBar>
#include <QTimer>

namespace medic {

using collect::NodeProgress;
using collect::Session;

StatusStrip::StatusStrip(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_nodes(new PlainLabel(PlainLabel::Kind::Body))
    , m_mark(new QLabel)
    , m_said(new ElidedLabel)
    , m_bar(new QProgressBar)
    , m_time(new PlainLabel(PlainLabel::Kind::Muted))
    , m_cancel(new QPushButton)
    , m_load(new PlainLabel(PlainLabel::Kind::Muted))
    , m_tick(new QTimer(this))
{
    setFixedHeight(36);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(theme::pageMargin, 2, theme::groupGap, 2);
    layout->setSpacing(theme::groupGap);
    m_bar->setTextVisible(false);
    m_bar->setFixedSize(160, 6);
    layout->addWidget(m_nodes);
    layout->addWidget(m_mark);
    layout->addWidget(m_said, 1);
    m_mark->hide();
    layout->addWidget(m_bar);
    layout->addWidget(m_time);
    layout->addWidget(m_cancel);
    layout->addWidget(m_load);
    connect(m_cancel, &QPushButton::clicked, &m_session, &Session::cancel);
    m_tick->setInterval(1000);
    connect(m_tick, &QTimer::timeout, this, &StatusStrip::refresh);
    connect(&m_session, &Session::sweepStarted, this, [this] {
        m_clock.start();
        m_since.clear();
        m_lastAt = m_lastBytes = m_lastDone = 0;
        m_tick->start();
        refresh();
    });
    connect(&m_session, &Session::sweepFinished, this, [this] {
        m_tick->stop();
        refresh();
    });
    connect(&m_session, &Session::opened, this, &StatusStrip::refresh);
    connect(&m_session, &Session::closed, this, &StatusStrip::refresh);
    connect(&m_session, &Session::progressChanged, this, &StatusStrip::refresh);
    retranslate();
}

void StatusStrip::say(const QString& sentence, Tone tone)
{
    m_said->setText(sentence);
    m_mark->setVisible(tone == Tone::Problem && !sentence.isEmpty());
    m_mark->setPixmap(theme::stateIcon(Verdict::Warning).pixmap(QSize(14, 14), devicePixelRatioF()));
}

void StatusStrip::setBusy(const QString& words)
{
    m_busy = words;
    if (!words.isEmpty())
        say(words);
    refresh();
}

void StatusStrip::refresh()
{
    const bool sweeping = m_session.sweeping();
    const auto all = m_session.isOpen() ? m_session.progress() : std::vector<NodeProgress>();
    const qint64 now = m_clock.isValid() ? m_clock.elapsed() : 0;
    int done = 0, slow = 0, unreachable = 0;
    qint64 bytes = 0, probes = 0;
    for (const NodeProgress& one : all) {
        const bool ended = one.state != NodeProgress::State::Waiting && one.state != NodeProgress::State::Connecting && one.state != NodeProgress::State::Running;
        done += ended;
        unreachable += one.state == NodeProgress::State::Failed;
        if (one.state == NodeProgress::State::Connecting || one.state == NodeProgress::State::Running) {
            if (!m_since.contains(one.node))
                m_since.insert(one.node, now);
            slow += now - m_since.value(one.node) > 5000;
        }
        bytes += one.bytes;
        probes += one.done;
    }
    if (sweeping && now - m_lastAt >= 900) {
        m_bytesRate = (bytes - m_lastBytes) * 1000 / qMax<qint64>(1, now - m_lastAt);
        m_doneRate = (probes - m_lastDone) * 1000 / qMax<qint64>(1, now - m_lastAt);
        m_lastBytes = bytes;
        m_lastDone = probes;
        m_lastAt = now;
    }
    QStringList parts;
    if (!all.empty())
        parts << (sweeping ? tr("%1 of %n node(s)", nullptr, int(all.size())).arg(done) : tr("%n node(s)", nullptr, int(all.size())));
    if (slow > 0)
        parts << tr("%n slow", nullptr, slow);
    if (unreachable > 0)
        parts << tr("%n unreachable", nullptr, unreachable);
    m_nodes->setText(parts.join(QStringLiteral(" · ")));
    m_bar->setVisible(sweeping || !m_busy.isEmpty());
    m_bar->setRange(0, sweeping ? qMax(1, int(all.size())) : 0); // without an end it only moves
    m_bar->setValue(done);
    m_time->setVisible(sweeping);
    m_time->setText(clockWords(std::chrono::milliseconds(now)));
    m_cancel->setVisible(sweeping);
    m_load->setVisible(sweeping);
    m_load->setText(tr("our load: %1 cmd/s, %2/s").arg(m_doneRate).arg(byteWords(m_bytesRate)));
}

void StatusStrip::retranslate()
{
    m_cancel->setText(tr("Cancel"));
    refresh();
}

} // namespace medic
