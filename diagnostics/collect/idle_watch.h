// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

namespace medic::collect {

/// Stops what has given no sign of life for too long: one thread that watches any number of Guards. Thread-safe.
class IdleWatch {
public:
    IdleWatch();
    ~IdleWatch() = default; ///< every Guard must be gone

    /// Follows `parent` and gives a token of its own, which is also stopped when touch() was not called within `limit`.
    /// Belongs to one thread.
    class Guard {
    public:
        Guard(IdleWatch& watch, std::stop_token parent, std::chrono::milliseconds limit);
        ~Guard();
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;

        [[nodiscard]] std::stop_token token() const { return m_source.get_token(); }
        void touch();
        [[nodiscard]] bool expired() const; ///< it was the silence that stopped it

    private:
        struct Forward {
            std::stop_source& source;
            void operator()() const noexcept { source.request_stop(); }
        };
        friend class IdleWatch;
        IdleWatch& m_watch;
        std::chrono::milliseconds m_limit;
        std::stop_source m_source;
        std::stop_callback<Forward> m_follow;
        std::chrono::steady_clock::time_point m_due; // guarded by the watch's mutex, as is m_expired
        bool m_expired = false;
    };

private:
    void watch(std::stop_token stop);

    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::map<Guard*, int> m_guards;
    std::jthread m_thread; // last: it uses the others
};

} // namespace medic::collect
