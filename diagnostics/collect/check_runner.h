// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/suite.h"
#include "diagnostics/model/snapshot.h"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace medic::collect {

/// Runs the checks in a thread of its own, on copies. A newer request replaces one that has not begun. Thread-safe.
class CheckRunner {
public:
    struct Request {
        std::uint64_t ticket = 0, sweep = 0; ///< come back with the answer
        Snapshot snapshot;
        std::optional<Snapshot> earlier;
        std::vector<std::string> suites; ///< empty: all
        bool whole = false; ///< of a finished sweep
    };
    struct Answer {
        std::uint64_t ticket = 0, sweep = 0;
        bool whole = false;
        checks::CheckReport report;
    };

    CheckRunner();
    ~CheckRunner() = default; ///< waits for the run that is under way

    void request(Request request);
    [[nodiscard]] std::optional<Answer> take();
    [[nodiscard]] bool busy() const;

private:
    void work(const std::stop_token& stop);

    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::optional<Request> m_next;
    std::vector<Answer> m_answers;
    bool m_running = false;
    std::jthread m_thread; // last: it uses the others
};

} // namespace medic::collect
