// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/collect/source.h"

#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace medic::collect {

/// Single commands on single nodes (a wizard's step, a confirmed remedy), each in a thread of its own. They are few: the
/// engineer confirms them. Owned by one thread; destroying stops what runs and waits for it.
class CommandRunner {
public:
    struct Done {
        std::uint64_t id = 0;
        Result<CommandResult> result;
        Observation observation; ///< the same as a record: command, out, err, state
    };

    void start(std::uint64_t id, std::shared_ptr<Source> source, const std::string& node, const CommandRequest& request,
               const std::string& purpose);
    [[nodiscard]] std::optional<Done> take();
    [[nodiscard]] bool idle() const;

private:
    struct Running {
        std::uint64_t id;
        std::jthread thread;
    };
    mutable std::mutex m_mutex; // guards m_done
    std::deque<Done> m_done;
    std::list<Running> m_running; // last: the threads use the others
};

/// A command's result as an observation; its probe is "command" (with ": PURPOSE" when it was started for one).
[[nodiscard]] Observation observationOf(const Result<CommandResult>& result, const std::string& node, const CommandRequest& request,
                                        TimePoint start);

} // namespace medic::collect
