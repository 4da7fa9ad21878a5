// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/transport/ssh_link.h"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace medic::ssh {

/// Stands between libssh and the ssh-agent: libssh waits for an agent without any limit, so that it talks to this instead,
/// which answers for an agent that hangs, and leaves out keys that are not to be offered (IdentitiesOnly).
/// One thread, for as long as agent keys are tried.
class AgentRelay final {
public:
    struct Filter {
        std::vector<std::string> preferred; ///< public key blobs to be offered first
        bool onlyPreferred = false;
    };

    /// `socketPath`: the agent's. Fails when nobody listens there.
    [[nodiscard]] static Result<std::unique_ptr<AgentRelay>> start(const std::string& socketPath, Filter filter, const Deadline& deadline);
    ~AgentRelay();
    AgentRelay(const AgentRelay&) = delete;
    AgentRelay& operator=(const AgentRelay&) = delete;

    /// The end that libssh is to have; it closes it.
    [[nodiscard]] int takeClientEnd() { return m_client.release(); }
    /// How many keys it has let through, and whether the agent failed to answer.
    [[nodiscard]] int offered() const { return m_offered; }
    [[nodiscard]] bool hung() const { return m_hung; }

private:
    AgentRelay() = default;
    void serve(const std::stop_token& ours, const Deadline& deadline);
    [[nodiscard]] std::string filtered(const std::string& answer);

    Filter m_filter;
    Fd m_client, m_server, m_agent;
    std::atomic<int> m_offered {0};
    std::atomic<bool> m_hung {false};
    std::jthread m_thread; ///< last: it uses all of the above
};

} // namespace medic::ssh
