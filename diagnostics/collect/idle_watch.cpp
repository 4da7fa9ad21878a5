// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/idle_watch.h"

#include <vector>

namespace medic::collect {

namespace {
constexpr auto period = std::chrono::milliseconds(200);
}

IdleWatch::IdleWatch() : m_thread([this](std::stop_token stop) { watch(std::move(stop)); }) { }

void IdleWatch::watch(std::stop_token stop)
{
    std::unique_lock lock(m_mutex);
    while (!stop.stop_requested()) {
        // Nobody to watch: sleep until there is; else look five times a second, which is exact enough for seconds.
        if (m_guards.empty())
            m_changed.wait(lock, stop, [this] { return !m_guards.empty(); });
        else
            m_changed.wait_for(lock, stop, period, [] { return false; });
        const auto now = std::chrono::steady_clock::now();
        std::vector<std::stop_source> silent;
        for (const auto& [guard, ignored] : m_guards) {
            if (!guard->m_expired && guard->m_due < now) {
                guard->m_expired = true;
                silent.push_back(guard->m_source);
            }
        }
        lock.unlock(); // a stop callback may do anything
        for (std::stop_source& source : silent)
            source.request_stop();
        lock.lock();
    }
}

IdleWatch::Guard::Guard(IdleWatch& watch, std::stop_token parent, std::chrono::milliseconds limit)
    : m_watch(watch), m_limit(limit), m_follow(std::move(parent), Forward {m_source}), m_due(std::chrono::steady_clock::now() + limit)
{
    const std::scoped_lock lock(m_watch.m_mutex);
    m_watch.m_guards.emplace(this, 0);
    m_watch.m_changed.notify_one();
}

IdleWatch::Guard::~Guard()
{
    const std::scoped_lock lock(m_watch.m_mutex);
    m_watch.m_guards.erase(this);
}

void IdleWatch::Guard::touch()
{
    const std::scoped_lock lock(m_watch.m_mutex);
    m_due = std::chrono::steady_clock::now() + m_limit;
}

bool IdleWatch::Guard::expired() const
{
    const std::scoped_lock lock(m_watch.m_mutex);
    return m_expired;
}

} // namespace medic::collect
