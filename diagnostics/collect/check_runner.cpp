// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/check_runner.h"

#include <exception>

namespace medic::collect {

CheckRunner::CheckRunner() : m_thread([this](const std::stop_token& stop) { work(stop); }) { }

void CheckRunner::request(Request request)
{
    const std::scoped_lock lock(m_mutex);
    m_next = std::move(request);
    m_changed.notify_one();
}

std::optional<CheckRunner::Answer> CheckRunner::take()
{
    const std::scoped_lock lock(m_mutex);
    if (m_answers.empty())
        return std::nullopt;
    Answer answer = std::move(m_answers.front());
    m_answers.erase(m_answers.begin());
    return answer;
}

bool CheckRunner::busy() const
{
    const std::scoped_lock lock(m_mutex);
    return m_running || m_next.has_value() || !m_answers.empty();
}

void CheckRunner::work(const std::stop_token& stop)
{
    std::unique_lock lock(m_mutex);
    while (m_changed.wait(lock, stop, [this] { return m_next.has_value(); })) {
        const Request request = std::move(*m_next);
        m_next.reset();
        m_running = true;
        lock.unlock();
        Answer answer {request.ticket, request.sweep, request.whole, {}};
        try {
            answer.report = checks::runSuites(request.snapshot, request.earlier ? &*request.earlier : nullptr, request.suites);
        } catch (const std::exception& exception) {
            answer.report.defects.emplace_back(exception.what());
        }
        lock.lock();
        m_running = false;
        m_answers.push_back(std::move(answer));
    }
}

} // namespace medic::collect
