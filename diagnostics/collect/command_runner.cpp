// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/command_runner.h"

#include "diagnostics/collect/frame.h"

namespace medic::collect {

Observation observationOf(const Result<CommandResult>& result, const std::string& node, const CommandRequest& request, TimePoint start)
{
    Observation observation;
    if (result) {
        observation.out = validUtf8(result->out);
        observation.err = validUtf8(result->err);
        observation.exitStatus = result->exitStatus;
        observation.truncated = result->truncated;
        if (!result->signal.empty())
            observation.err += "(killed by signal " + result->signal + ")\n";
        observation.duration = result->duration;
    } else {
        observation = missing(node, "command", result.error(), true);
        observation.duration = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now() - start);
    }
    observation.node = node;
    observation.probe = "command";
    observation.command = request.command;
    observation.start = start;
    return observation;
}

void CommandRunner::start(std::uint64_t id, std::shared_ptr<Source> source, const std::string& node, const CommandRequest& request,
                          const std::string& purpose)
{
    m_running.push_back(Running {id, std::jthread([this, id, source = std::move(source), node, request, purpose](std::stop_token stop) {
        const TimePoint began = std::chrono::system_clock::now();
        Result<CommandResult> result = source->run(node, request, std::move(stop));
        Observation observation = observationOf(result, node, request, began);
        if (!purpose.empty())
            observation.probe += ": " + purpose;
        const std::scoped_lock lock(m_mutex);
        m_done.push_back(Done {id, std::move(result), std::move(observation)});
    })});
}

std::optional<CommandRunner::Done> CommandRunner::take()
{
    std::optional<Done> done;
    {
        const std::scoped_lock lock(m_mutex);
        if (m_done.empty())
            return std::nullopt;
        done = std::move(m_done.front());
        m_done.pop_front();
    }
    m_running.remove_if([&](const Running& running) { return running.id == done->id; }); // joins: it is at its end
    return done;
}

bool CommandRunner::idle() const { return m_running.empty(); }

} // namespace medic::collect
