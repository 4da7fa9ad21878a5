// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/ssh_command.h"

#include <libssh/callbacks.h>

#include <algorithm>
#include <array>

namespace medic::ssh {

namespace {

using Clock = std::chrono::steady_clock;

/// Asks the server for an answer, any answer, when it was silent for long (ssh_config(5), ServerAliveInterval). The request
/// is one that OpenSSH refuses at once: to cancel a forwarding that nobody asked for.
class SignOfLife final {
public:
    SignOfLife(Link& link, const KeepAlive& keepAlive) : m_link(link), m_keepAlive(keepAlive), m_seen(link.bytesReceived()) { }

    Result<void> look()
    {
        if (m_keepAlive.interval.count() <= 0)
            return {};
        if (m_link.bytesReceived() != m_seen) {
            m_seen = m_link.bytesReceived();
            m_since = Clock::now();
            m_unanswered = 0;
        }
        if (m_asking)
            ask();
        if (Clock::now() - m_since < m_keepAlive.interval)
            return {};
        if (m_unanswered >= m_keepAlive.countMax)
            return failure(ErrorCode::ConnectionLost, m_link.name(),
                           "no sign of life for " + std::to_string(m_keepAlive.interval.count() * (m_keepAlive.countMax + 1)) + " s");
        ++m_unanswered;
        m_since = Clock::now();
        if (!m_asking)
            ask();
        return {};
    }

    /// A request that is still open must be answered before the connection is used again.
    void settle(const Deadline& deadline)
    {
        while (m_asking) {
            ask();
            if (m_asking && !m_link.wait(deadline))
                return;
        }
    }

private:
    void ask() { m_asking = ssh_channel_cancel_forward(m_link.session(), "medic.invalid", 1) == SSH_AGAIN; }

    Link& m_link;
    KeepAlive m_keepAlive;
    std::uint64_t m_seen;
    Clock::time_point m_since = Clock::now();
    int m_unanswered = 0;
    bool m_asking = false;
};

class CommandRun final {
public:
    CommandRun(Link& link, ShellExchange& exchange, const Deadline& deadline, const KeepAlive& keepAlive) :
        m_link(link), m_exchange(exchange), m_deadline(deadline), m_alive(link, keepAlive)
    {
    }
    ~CommandRun()
    {
        if (m_channel)
            ssh_remove_channel_callbacks(m_channel.get(), &m_callbacks); // the channel may outlive us inside libssh
    }
    CommandRun(const CommandRun&) = delete;
    CommandRun& operator=(const CommandRun&) = delete;

    Result<CommandResult> run(const std::string& where)
    {
        if (auto opened = open(); !opened)
            return tl::unexpected(opened.error());
        while (true) {
            feed();
            // libssh handles what arrives inside these reads, and inside the status call once both streams ended.
            if (!drain(0) || !drain(1)) {
                end();
                return m_exchange.finish(-1, {}, where);
            }
            if (m_outEnded && m_errEnded) {
                const int status = ssh_channel_get_exit_status(m_channel.get());
                if (status >= 0 || !m_signal.empty() || ssh_channel_is_closed(m_channel.get()) != 0) {
                    if (status < 0 && m_signal.empty() && !m_link.alive())
                        return tl::unexpected(m_link.failed(m_deadline, ErrorCode::ConnectionLost));
                    close();
                    return m_exchange.finish(m_signal.empty() ? status : -1, m_signal, where);
                }
            }
            if (!m_link.alive())
                return tl::unexpected(m_link.failed(m_deadline, ErrorCode::ConnectionLost));
            if (m_moved) { // there may be more already
                m_moved = false;
                if (std::chrono::steady_clock::now() < m_deadline.until && !m_deadline.stop.stop_requested())
                    continue;
            }
            if (auto alive = m_alive.look(); !alive)
                return tl::unexpected(alive.error());
            if (auto waited = m_link.wait(m_deadline); !waited) {
                end();
                return tl::unexpected(waited.error());
            }
        }
    }

private:
    Result<void> open()
    {
        m_channel.reset(ssh_channel_new(m_link.session()));
        if (!m_channel)
            return tl::unexpected(m_link.failed(m_deadline));
        ssh_callbacks_init(&m_callbacks);
        m_callbacks.userdata = this;
        m_callbacks.channel_exit_signal_function = [](ssh_session, ssh_channel, const char* signal, int, const char*, const char*, void* self) {
            static_cast<CommandRun*>(self)->m_signal = signal == nullptr || *signal == 0 ? "?" : signal;
        };
        ssh_add_channel_callbacks(m_channel.get(), &m_callbacks);
        const auto opened = m_link.drive(m_deadline, SSH_AGAIN, [this] { return ssh_channel_open_session(m_channel.get()); });
        if (!opened)
            return tl::unexpected(opened.error());
        if (*opened != SSH_OK)
            return tl::unexpected(m_link.failed(m_deadline));
        const auto started = m_link.drive(m_deadline, SSH_AGAIN, [this] {
            return ssh_channel_request_exec(m_channel.get(), m_exchange.commandLine().c_str());
        });
        if (!started)
            return tl::unexpected(started.error());
        if (*started != SSH_OK)
            return tl::unexpected(m_link.failed(m_deadline, ErrorCode::CommandFailed));
        return {};
    }

    void feed()
    {
        if (m_inputClosed)
            return;
        const std::string_view pending = m_exchange.pendingInput();
        const auto window = ssh_channel_window_size(m_channel.get());
        if (!pending.empty() && window > 0 && m_link.hasRoom()) {
            const auto size = std::min<std::size_t>({pending.size(), window, Link::writeChunk});
            const int sent = ssh_channel_write(m_channel.get(), pending.data(), static_cast<std::uint32_t>(size));
            if (sent > 0) {
                m_exchange.inputSent(static_cast<std::size_t>(sent));
                m_moved = true;
            } else if (sent < 0) {
                m_inputClosed = true; // it ended without reading; its output says why
            }
        }
        if (!m_inputClosed && m_exchange.inputComplete()) {
            ssh_channel_send_eof(m_channel.get());
            m_inputClosed = true;
        }
    }

    /// False: enough of it.
    bool drain(int isError)
    {
        bool& ended = isError != 0 ? m_errEnded : m_outEnded;
        std::array<char, 65536> buffer; // NOLINT: filled below
        for (int i = 0; !ended && i < 16; ++i) {
            const int got = ssh_channel_read_nonblocking(m_channel.get(), buffer.data(), buffer.size(), isError);
            if (got > 0) {
                m_moved = true;
                const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
                if (!(isError != 0 ? m_exchange.takeErr(bytes) : m_exchange.takeOut(bytes)))
                    return false;
                continue;
            }
            if (got == SSH_EOF || got == SSH_ERROR || ssh_channel_is_closed(m_channel.get()) != 0)
                ended = true;
            break;
        }
        return true;
    }

    /// Ends a command that did not end itself: sshd kills its process group (OpenSSH 7.9 and later), and older ones close
    /// its streams.
    void end()
    {
        if (!m_link.alive())
            return;
        ssh_channel_request_send_signal(m_channel.get(), "KILL");
        close();
    }
    void close()
    {
        if (!m_link.alive())
            return;
        m_alive.settle(Deadline::after(std::chrono::seconds(1), m_deadline.stop, m_deadline.phase));
        ssh_channel_close(m_channel.get());
    }

    Link& m_link;
    ShellExchange& m_exchange;
    const Deadline& m_deadline;
    SignOfLife m_alive;
    ssh_channel_callbacks_struct m_callbacks {};
    std::string m_signal;
    bool m_outEnded = false, m_errEnded = false, m_inputClosed = false, m_moved = false;
    Channel m_channel;
};

/// A direct-tcpip channel as a stream; keeps the connection alive while it lives.
class TunnelStream final : public ByteStream {
public:
    explicit TunnelStream(std::shared_ptr<Link> link) : m_link(std::move(link)), m_channel(ssh_channel_new(m_link->session())) { }

    Result<void> open(const std::string& host, std::uint16_t port, const Deadline& deadline)
    {
        if (!m_channel)
            return tl::unexpected(m_link->failed(deadline));
        const auto opened = m_link->drive(deadline, SSH_AGAIN, [&] {
            return ssh_channel_open_forward(m_channel.get(), host.c_str(), port, "127.0.0.1", 0);
        });
        if (!opened)
            return tl::unexpected(opened.error());
        if (*opened == SSH_OK)
            return {};
        Error error = m_link->failed(deadline, ErrorCode::ConnectionRefused);
        if (error.code == ErrorCode::ConnectionRefused)
            error = Error {error.code, host + ':' + std::to_string(port), "through " + m_link->name() + ": " + error.detail};
        return tl::unexpected(std::move(error));
    }

    Result<std::size_t> read(char* data, std::size_t size, std::chrono::milliseconds limit, std::stop_token stop) override
    {
        const Link::StopGuard guard(*m_link, stop);
        const auto deadline = Deadline::after(limit, std::move(stop), "read");
        while (true) {
            const int got = ssh_channel_read_nonblocking(m_channel.get(), data, static_cast<std::uint32_t>(std::min<std::size_t>(size, 1U << 20)), 0);
            if (got > 0)
                return static_cast<std::size_t>(got);
            if (!m_link->alive())
                return tl::unexpected(m_link->failed(deadline, ErrorCode::ConnectionLost));
            if (got == SSH_EOF || ssh_channel_is_eof(m_channel.get()) != 0 || ssh_channel_is_closed(m_channel.get()) != 0)
                return 0;
            if (got == SSH_ERROR)
                return tl::unexpected(m_link->failed(deadline, ErrorCode::ConnectionLost));
            if (limit.count() > 0) {
                if (auto waited = m_link->wait(deadline); !waited)
                    return tl::unexpected(waited.error());
                continue;
            }
            // Only what is here already: what the tunnels before this session hold counts too.
            const auto received = m_link->bytesReceived();
            if (auto pumped = m_link->pumpNow(deadline); !pumped)
                return tl::unexpected(pumped.error());
            ssh_channel_poll(m_channel.get(), 0);
            if (m_link->bytesReceived() != received)
                continue;
            m_link->rearm();
            return failure(deadline.stop.stop_requested() ? ErrorCode::Cancelled : ErrorCode::Timeout, m_link->name(), "read");
        }
    }

    int descriptor() const override { return m_link->watch(); }

    Result<void> write(std::string_view data, std::stop_token stop) override
    {
        const Link::StopGuard guard(*m_link, stop);
        const auto deadline = Deadline::after(std::chrono::seconds(30), std::move(stop), "write");
        while (!data.empty()) {
            const auto window = ssh_channel_window_size(m_channel.get());
            const auto size = std::min<std::size_t>({data.size(), window, Link::writeChunk});
            const int sent = window == 0 || !m_link->hasRoom() ? 0 : ssh_channel_write(m_channel.get(), data.data(), static_cast<std::uint32_t>(size));
            if (sent < 0 || !m_link->alive())
                return tl::unexpected(m_link->failed(deadline, ErrorCode::ConnectionLost));
            data.remove_prefix(static_cast<std::size_t>(sent));
            if (sent > 0)
                continue;
            // A growing window is news that libssh takes in while it looks for data.
            ssh_channel_poll(m_channel.get(), 1);
            if (ssh_channel_window_size(m_channel.get()) > 0 && window == 0)
                continue;
            if (auto waited = m_link->wait(deadline); !waited)
                return waited;
        }
        return {};
    }

private:
    std::shared_ptr<Link> m_link;
    Channel m_channel;
};

} // namespace

Result<CommandResult> runCommand(Link& link, ShellExchange& exchange, const std::string& where, std::chrono::milliseconds limit,
                                 const KeepAlive& keepAlive, const std::stop_token& stop)
{
    const Link::StopGuard guard(link, stop);
    const auto deadline = Deadline::after(limit, stop, "command: " + std::to_string(limit.count()) + " ms");
    return CommandRun(link, exchange, deadline, keepAlive).run(where);
}

Result<std::unique_ptr<ByteStream>> openStream(std::shared_ptr<Link> link, const std::string& host, std::uint16_t port,
                                               std::chrono::milliseconds limit, const std::stop_token& stop)
{
    const Link::StopGuard guard(*link, stop);
    auto stream = std::make_unique<TunnelStream>(link);
    if (auto opened = stream->open(host, port, Deadline::after(limit, stop, "forwarding")); !opened)
        return tl::unexpected(opened.error());
    return stream;
}

} // namespace medic::ssh
