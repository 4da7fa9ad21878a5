// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

namespace medic::fakes {

/// Whether a thread of this process sleeps in the kernel: state S of /proc/self/task/TID/stat (proc(5)).
inline bool sleeps(pid_t thread)
{
    std::ifstream in("/proc/self/task/" + std::to_string(thread) + "/stat");
    std::string line;
    std::getline(in, line);
    const auto end = line.rfind(')'); // the name before it may hold anything
    return end != std::string::npos && line.size() > end + 2 && line[end + 2] == 'S';
}

/// Returns once each of the threads was found sleeping at every one of 20 looks in a row: they wait for something that
/// does not come. A thread that only waits for the processor is not asleep, so a loaded machine makes this slower, not wrong.
inline void waitUntilBlocked(const std::vector<pid_t>& threads, const std::stop_token& stop = {})
{
    for (const pid_t thread : threads) {
        for (int looks = 0; looks < 20 && !stop.stop_requested();) {
            looks = sleeps(thread) ? looks + 1 : 0;
            std::this_thread::sleep_for(std::chrono::milliseconds(1)); // between two looks, not before a guess
        }
    }
}

/// Requests a stop once a condition holds; tells how long obeying took.
class CancelWhen final {
public:
    /// \a wait returns when it is time, or early when its token says that nobody waits any more.
    explicit CancelWhen(std::function<void(const std::stop_token& over)> wait) :
        m_watcher([this, wait = std::move(wait)](const std::stop_token& over) {
            wait(over);
            m_asked = std::chrono::steady_clock::now();
            m_source.request_stop();
        })
    {
    }
    [[nodiscard]] std::stop_token token() const { return m_source.get_token(); }

    /// Milliseconds from the request to now; negative when nothing had been asked yet.
    [[nodiscard]] long long sinceStop()
    {
        const auto now = std::chrono::steady_clock::now();
        m_watcher.request_stop();
        m_watcher.join();
        return std::chrono::duration_cast<std::chrono::milliseconds>(now - m_asked.load()).count();
    }

private:
    std::stop_source m_source;
    std::atomic<std::chrono::steady_clock::time_point> m_asked {};
    std::jthread m_watcher; // last: it uses the others
};

/// Requests a stop as soon as the thread that called this is blocked.
inline auto whenBlocked()
{
    return [thread = gettid()](const std::stop_token& over) { waitUntilBlocked({thread}, over); };
}

/// Requests a stop as soon as \a holds returns true.
inline auto when(std::function<bool()> holds)
{
    return [holds = std::move(holds)](const std::stop_token& over) {
        while (!over.stop_requested() && !holds())
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    };
}

} // namespace medic::fakes
