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

/// How long this thread was busy between two waits: by its own processor time, which other programs cannot lengthen, and
/// by the clock.
class Busy final {
public:
    Busy()
    {
        auto* const loop = QAbstractEventDispatcher::instance();
        m_awake = QObject::connect(loop, &QAbstractEventDispatcher::awake, loop, [this] {
            m_own = threadMilliseconds();
            m_clock.start();
        });
        m_block = QObject::connect(loop, &QAbstractEventDispatcher::aboutToBlock, loop, [this] {
            if (!m_clock.isValid())
                return;
            ++turns;
            own = std::max(own, threadMilliseconds() - m_own);
            wall = std::max(wall, static_cast<double>(m_clock.nsecsElapsed()) / 1e6);
        });
    }
    ~Busy()
    {
        QObject::disconnect(m_awake);
        QObject::disconnect(m_block);
    }
    double own = 0, wall = 0;
    int turns = 0;

private:
    QMetaObject::Connection m_awake, m_block;
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
