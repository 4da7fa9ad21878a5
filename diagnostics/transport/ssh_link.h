// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/transport/shell_fd.h"

#include <libssh/libssh.h>

#include <poll.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace medic::ssh {

/// Until when something may take, and what it is called when it takes longer.
struct Deadline {
    MonotonicTime until;
    std::stop_token stop;
    std::string phase;

    [[nodiscard]] static Deadline after(std::chrono::milliseconds limit, std::stop_token stop, std::string phase)
    {
        return {std::chrono::steady_clock::now() + limit, std::move(stop), std::move(phase)};
    }
};

struct SessionDeleter {
    void operator()(ssh_session session) const;
};
struct ChannelDeleter {
    void operator()(ssh_channel channel) const { ssh_channel_free(channel); }
};
struct KeyDeleter {
    void operator()(ssh_key key) const { ssh_key_free(key); }
};
using Session = std::unique_ptr<ssh_session_struct, SessionDeleter>;
using Channel = std::unique_ptr<ssh_channel_struct, ChannelDeleter>;
using Key = std::unique_ptr<ssh_key_struct, KeyDeleter>;

/// One libssh session, over a TCP socket or through a channel of the session before it in the chain, which it owns.
/// Everything is non-blocking inside: wait() polls the sockets of the whole chain and moves the bytes of the tunnels, so that
/// jump hosts to any depth need no thread. libssh has a dup() of the TCP socket; ours is shut down by a stop, which wakes
/// every poll at once. One thread at a time.
class Link final {
public:
    [[nodiscard]] static Result<std::unique_ptr<Link>> overSocket(Fd socket, std::string name);
    /// Opens direct-tcpip to host:port on `outer` and runs the next session inside.
    [[nodiscard]] static Result<std::unique_ptr<Link>> through(std::unique_ptr<Link> outer, const std::string& host,
                                                               std::uint16_t port, std::string name, const Deadline& deadline);
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    [[nodiscard]] ssh_session session() const { return m_session.get(); }
    [[nodiscard]] const std::string& name() const { return m_name; }
    /// ssh_connect(), to be driven.
    [[nodiscard]] int connectStep();
    [[nodiscard]] bool alive() const;
    /// Whether a channel of this session may be written to now. libssh makes its socket blocking and would sit in send();
    /// what is handed to it is therefore kept within what the socket takes at once.
    [[nodiscard]] bool hasRoom();
    static constexpr std::size_t writeChunk = 32768;
    [[nodiscard]] std::uint64_t bytesReceived() const { return m_counter.in_bytes; }

    /// Calls `operation` until it returns something else than `again`, waiting in between.
    template<typename Operation>
    [[nodiscard]] Result<int> drive(const Deadline& deadline, int again, Operation operation)
    {
        while (true) {
            const int code = operation();
            if (code != again)
                return code;
            if (auto waited = wait(deadline); !waited)
                return tl::unexpected(waited.error());
        }
    }

    /// Sleeps until something may have happened on any socket of the chain (or `most` passed). Fails when cancelled, when
    /// the time is over, or when a session before this one broke.
    [[nodiscard]] Result<void> wait(const Deadline& deadline, std::chrono::milliseconds most = std::chrono::milliseconds(500));

    /// Moves what the tunnels of the chain hold, without waiting.
    [[nodiscard]] Result<void> pumpNow(const Deadline& deadline) { return pumpOuter(deadline); }
    /// For somebody else's poll(): readable when something may have happened on any socket of the chain since rearm().
    /// -1 when the kernel gives none.
    [[nodiscard]] int watch();
    void rearm();

    /// What libssh says went wrong just now, or Cancelled when that is the reason.
    [[nodiscard]] Error failed(const Deadline& deadline, ErrorCode code = ErrorCode::ProtocolError) const;

    /// While it lives, a stop shuts the chain's TCP socket down.
    class StopGuard final {
    public:
        StopGuard(const Link& link, const std::stop_token& stop) : m_callback(stop, Sever {link.baseSocket()}) { }

    private:
        struct Sever {
            int fd;
            void operator()() const noexcept;
        };
        std::stop_callback<Sever> m_callback;
    };

private:
    explicit Link(std::string name) : m_name(std::move(name)) { }
    [[nodiscard]] Result<void> makeSession(Fd socket);
    [[nodiscard]] int baseSocket() const;
    [[nodiscard]] Result<void> pumpOuter(const Deadline& deadline);
    [[nodiscard]] bool pump();
    void hangUpInner();
    /// What is waited for on each socket of the chain; true: and on a queue that falls, which no event tells.
    bool interests(std::vector<pollfd>& fds);

    std::unique_ptr<Link> m_outer; ///< first in, last out
    Channel m_tunnel; ///< on m_outer
    Fd m_bridge; ///< our end of the pair whose other end is this session's socket
    Fd m_socket; ///< the TCP socket, when there is no m_outer
    std::string m_toSession, m_toTunnel;
    Fd m_sessionSocket; ///< the session's, until connectStep() hands it over
    ssh_counter_struct m_counter {};
    bool m_starved = false; ///< somebody waits for hasRoom()
    Fd m_watch, m_timer; ///< an epoll of the chain's sockets and of a timer, once watch() was called
    std::vector<int> m_watched;
    Session m_session;
    std::string m_name;
};

} // namespace medic::ssh
