// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/api_tunnel.h"

#include <array>
#include <cerrno>
#include <cstddef>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace medic::http {

namespace {

constexpr auto turn = std::chrono::milliseconds(4); // how long one direction may keep the other waiting

} // namespace

TunnelListener::TunnelListener() : m_fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0))
{
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    socklen_t size = sizeof address;
    // Bound to nothing but the family, it gets a free abstract name from the kernel: unix(7), autobind.
    if (bind(m_fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address.sun_family) != 0 || listen(m_fd.get(), 4) != 0
        || getsockname(m_fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0 || size <= offsetof(sockaddr_un, sun_path) + 1)
        return;
    m_name.assign(address.sun_path + 1, size - offsetof(sockaddr_un, sun_path) - 1);
}

Tunnel::Tunnel(std::unique_ptr<ByteStream> stream, const TunnelListener& listener) : m_stream(std::move(stream)), m_listener(listener.fd())
{
    m_thread = std::jthread([this](const std::stop_token& stop) { carry(stop); });
}

Tunnel::~Tunnel() = default;

std::optional<Error> Tunnel::error() const
{
    const std::scoped_lock lock(m_mutex);
    return m_error;
}

void Tunnel::keep(const Error& error)
{
    const std::scoped_lock lock(m_mutex);
    if (!m_error && error.code != ErrorCode::Cancelled)
        m_error = error;
}

/// What the socket's user wrote. False when he closed it or the stream failed.
bool Tunnel::toStream(const std::stop_token& stop)
{
    std::array<char, 32768> buffer;
    const ssize_t got = recv(m_inner.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR;
    if (got == 0)
        return false;
    const auto written = m_stream->write(std::string_view(buffer.data(), static_cast<std::size_t>(got)), stop);
    if (!written)
        keep(written.error());
    return written.has_value();
}

/// What the stream brought, all of it. False at its end, on its failure, or when nobody reads any more.
bool Tunnel::toSocket(const std::stop_token& stop, bool& idle, std::chrono::milliseconds limit)
{
    std::array<char, 32768> buffer;
    idle = false;
    const auto got = m_stream->read(buffer.data(), buffer.size(), limit, stop);
    if (!got && got.error().code == ErrorCode::Timeout) {
        idle = true;
        return true;
    }
    if (!got)
        keep(got.error());
    if (!got || *got == 0)
        return false;
    for (std::size_t sent = 0; sent < *got;) {
        const ssize_t now = send(m_inner.get(), buffer.data() + sent, *got - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (now > 0) {
            sent += static_cast<std::size_t>(now);
            continue;
        }
        if (now < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        if (stop.stop_requested())
            return false;
        pollfd waiting {m_inner.get(), POLLOUT, 0};
        poll(&waiting, 1, 50);
    }
    return true;
}

/// Our own connection; a stranger who guessed the name is turned away.
bool Tunnel::acceptSocket(const std::stop_token& stop)
{
    const StopEvent stopped(stop);
    while (!stop.stop_requested()) {
        std::array<pollfd, 2> waiting {{{m_listener, POLLIN, 0}, {stopped.fd(), POLLIN, 0}}};
        poll(waiting.data(), waiting.size(), 1000);
        Fd socket(accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        ucred peer {};
        socklen_t size = sizeof peer;
        if (socket && getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.pid == getpid()) {
            m_inner = std::move(socket);
            return true;
        }
    }
    return false;
}

void Tunnel::carry(const std::stop_token& stop)
{
    const bool accepted = acceptSocket(stop);
    const StopEvent stopped(stop);
    const int descriptor = m_stream->descriptor();
    bool idle = false;
    while (accepted && !stop.stop_requested()) {
        if (descriptor >= 0 && idle) { // sleep until either side has something
            std::array<pollfd, 3> waiting {{{m_inner.get(), POLLIN, 0}, {descriptor, POLLIN, 0}, {stopped.fd(), POLLIN, 0}}};
            poll(waiting.data(), waiting.size(), 1000);
        }
        if (!toStream(stop) || !toSocket(stop, idle, descriptor >= 0 ? std::chrono::milliseconds(0) : turn))
            break;
    }
    m_inner.reset(); // its other end sees the end of the stream
    m_stream.reset(); // here, so that one thread has it to its end
}

} // namespace medic::http
