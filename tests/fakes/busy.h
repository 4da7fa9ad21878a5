// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractEventDispatcher>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTimer>

#include <algorithm>
#include <ctime>

namespace medic::fakes {

inline double threadMilliseconds()
{
    timespec time {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

/// How long this thread was ever busy without a look at its events. `own`: by its own processor time from one wait to the
/// next, which other programs cannot lengthen (timers run behind the dispatcher's waiting, so awake() does not see them).
/// `wall`: how late a ten-millisecond timer came, which they can.
class Busy final {
public:
    Busy() : m_own(threadMilliseconds())
    {
        auto* const loop = QAbstractEventDispatcher::instance();
        m_block = QObject::connect(loop, &QAbstractEventDispatcher::aboutToBlock, loop, [this] {
            const double now = threadMilliseconds();
            ++turns;
            own = std::max(own, now - m_own);
            m_own = now;
        });
        m_timer.setTimerType(Qt::PreciseTimer);
        QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] {
            wall = std::max(wall, static_cast<double>(m_clock.nsecsElapsed()) / 1e6 - 10);
            m_clock.restart();
        });
        m_clock.start();
        m_timer.start(10);
    }
    ~Busy() { QObject::disconnect(m_block); }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;
    double own = 0, wall = 0;
    int turns = 0;

private:
    QMetaObject::Connection m_block;
    QTimer m_timer;
    QElapsedTimer m_clock;
    double m_own = 0;
};

/// Waits as a program does, in its event loop (QTRY_* asks again and again instead, and never blocks).
template<typename Condition>
bool waitFor(Condition condition, int milliseconds)
{
    QEventLoop loop;
    QTimer look, end;
    QObject::connect(&look, &QTimer::timeout, &loop, [&] {
        if (condition())
            loop.exit(0);
    });
    QObject::connect(&end, &QTimer::timeout, &loop, [&loop] { loop.exit(1); });
    look.start(20);
    end.start(milliseconds);
    return loop.exec() == 0;
}

} // namespace medic::fakes
