// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/ssh_link.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <linux/sockios.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace medic::ssh {

namespace {

constexpr std::size_t bridgeBytes = 64 * 1024;
// Under way at most, of the 208 KiB (unix) or 416 KiB (TCP, as set below) that the socket's queue holds.
constexpr int queuedBytes = 96 * 1024;
constexpr int sendBuffer = 208 * 1024; // the kernel doubles it

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

/// RFC 4254 5.1: why a direct-tcpip channel was refused, by the words that sshd adds.
Error tunnelRefused(const std::string& said, const std::string& where, const std::string& hop)
{
    ErrorCode code = ErrorCode::JumpFailed;
    if (contains(said, "refused"))
        code = ErrorCode::ConnectionRefused;
    else if (contains(said, "timed out"))
        code = ErrorCode::Timeout;
    else if (contains(said, "unreachable") || contains(said, "No route"))
        code = ErrorCode::NetworkUnreachable;
    else if (contains(said, "resolve") || contains(said, "not known") || contains(said, "Unknown host"))
        code = ErrorCode::HostNotFound;
    else if (contains(said, "(2)"))
        code = ErrorCode::ConnectionRefused;
    if (code == ErrorCode::JumpFailed)
        return Error {code, hop, where + ": " + said};
    return Error {code, where, "through " + hop + ": " + said};
}

} // namespace

void SessionDeleter::operator()(ssh_session session) const
{
    // libssh closes a socket that it was given when it fails and in ssh_free(), but not in ssh_disconnect().
    if (const int fd = ssh_get_fd(session); ssh_is_connected(session) != 0 && fd >= 0) {
        ssh_disconnect(session);
        close(fd);
    }
    ssh_free(session);
}

void Link::StopGuard::Sever::operator()() const noexcept { shutdown(fd, SHUT_RDWR); }

Link::~Link()
{
    m_session.reset(); // closes this session's end of the bridge before the tunnel goes
    m_tunnel.reset();
}

Result<void> Link::makeSession(Fd socket)
{
    m_session.reset(ssh_new());
    if (!m_session)
        return failure(ErrorCode::Internal, "ssh_new");
    // libssh must read no configuration: its ProxyJump starts an `ssh`, and ours is resolved already.
    const int off = 0;
    // The last resort against a server that makes us answer and never reads: a send() that takes this long has failed.
    const timeval patience {.tv_sec = 5, .tv_usec = 0};
    setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (ssh_options_set(session(), SSH_OPTIONS_PROCESS_CONFIG, &off) != SSH_OK
        || ssh_options_set(session(), SSH_OPTIONS_HOST, "node") != SSH_OK
        || ssh_options_set(session(), SSH_OPTIONS_KNOWNHOSTS, "/dev/null") != SSH_OK
        || ssh_options_set(session(), SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null") != SSH_OK)
        return failure(ErrorCode::Internal, "ssh_options_set", ssh_get_error(session()));
    m_sessionSocket = std::move(socket);
    ssh_set_blocking(session(), 0);
    ssh_set_counters(session(), &m_counter, nullptr);
    return {};
}

Result<std::unique_ptr<Link>> Link::overSocket(Fd socket, std::string name)
{
    std::unique_ptr<Link> link(new Link(std::move(name)));
    link->m_socket = std::move(socket);
    setsockopt(link->m_socket.get(), SOL_SOCKET, SO_SNDBUF, &sendBuffer, sizeof sendBuffer);
    Fd copy(fcntl(link->m_socket.get(), F_DUPFD_CLOEXEC, 0));
    if (!copy)
        return failure(ErrorCode::Internal, "dup", std::strerror(errno), errno);
    if (auto made = link->makeSession(std::move(copy)); !made)
        return tl::unexpected(made.error());
    return link;
}

Result<std::unique_ptr<Link>> Link::through(std::unique_ptr<Link> outer, const std::string& host, std::uint16_t port,
                                            std::string name, const Deadline& deadline)
{
    std::unique_ptr<Link> link(new Link(std::move(name)));
    link->m_outer = std::move(outer);
    Link& hop = *link->m_outer;
    const StopGuard guard(hop, deadline.stop);
    link->m_tunnel.reset(ssh_channel_new(hop.session()));
    if (!link->m_tunnel)
        return tl::unexpected(hop.failed(deadline));
    auto opened = hop.drive(deadline, SSH_AGAIN,
                            [&] { return ssh_channel_open_forward(link->m_tunnel.get(), host.c_str(), port, "127.0.0.1", 0); });
    if (!opened) {
        Error error = opened.error();
        if (error.code == ErrorCode::Timeout)
            error.where = host + ':' + std::to_string(port) + " through " + hop.name();
        return tl::unexpected(std::move(error));
    }
    if (*opened != SSH_OK) {
        const std::string said = ssh_get_error(hop.session());
        if (!hop.alive() || deadline.stop.stop_requested())
            return tl::unexpected(hop.failed(deadline, ErrorCode::ConnectionLost));
        return tl::unexpected(tunnelRefused(said, host + ':' + std::to_string(port), hop.name()));
    }
    std::array<int, 2> pair {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair.data()) != 0)
        return failure(ErrorCode::Internal, "socketpair", std::strerror(errno), errno);
    link->m_bridge.reset(pair[0]);
    if (auto made = link->makeSession(Fd(pair[1])); !made)
        return tl::unexpected(made.error());
    return link;
}

int Link::connectStep()
{
    if (m_sessionSocket) {
        const int fd = m_sessionSocket.release();
        ssh_options_set(session(), SSH_OPTIONS_FD, &fd);
    }
    return ssh_connect(session());
}

int Link::baseSocket() const
{
    const Link* link = this;
    while (link->m_outer)
        link = link->m_outer.get();
    return link->m_socket.get();
}

bool Link::alive() const
{
    return m_session && ssh_is_connected(m_session.get()) != 0 && (ssh_get_status(m_session.get()) & (SSH_CLOSED | SSH_CLOSED_ERROR)) == 0;
}

bool Link::hasRoom()
{
    const int fd = ssh_get_fd(session());
    int queued = 0;
    const bool room = fd < 0
        || ((ssh_get_status(session()) & SSH_WRITE_PENDING) == 0 && (ioctl(fd, SIOCOUTQ, &queued) != 0 || queued < queuedBytes));
    m_starved = !room;
    return room;
}

void Link::hangUpInner()
{
    if (m_bridge && m_toSession.empty())
        shutdown(m_bridge.get(), SHUT_WR);
}

/// Moves bytes between the tunnel and this session's socket, both ways. False: the hop before is gone.
bool Link::pump()
{
    std::array<char, 32768> buffer; // NOLINT: filled below
    while (m_toSession.size() < bridgeBytes) {
        const int got = ssh_channel_read_nonblocking(m_tunnel.get(), buffer.data(), buffer.size(), 0);
        if (got > 0) {
            m_toSession.append(buffer.data(), static_cast<std::size_t>(got));
            continue;
        }
        if (got == SSH_ERROR || ssh_channel_is_eof(m_tunnel.get()) != 0 || ssh_channel_is_closed(m_tunnel.get()) != 0)
            hangUpInner();
        break;
    }
    while (!m_toSession.empty()) {
        const ssize_t sent = send(m_bridge.get(), m_toSession.data(), m_toSession.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            break;
        m_toSession.erase(0, static_cast<std::size_t>(sent));
    }
    while (true) {
        if (m_toTunnel.empty()) {
            const ssize_t got = recv(m_bridge.get(), buffer.data(), buffer.size(), 0);
            if (got <= 0)
                break;
            m_toTunnel.assign(buffer.data(), static_cast<std::size_t>(got));
        }
        if (!m_outer->hasRoom())
            break;
        const int sent = ssh_channel_write(m_tunnel.get(), m_toTunnel.data(), static_cast<std::uint32_t>(m_toTunnel.size()));
        if (sent <= 0)
            break;
        m_toTunnel.erase(0, static_cast<std::size_t>(sent));
    }
    return m_outer->alive();
}

Result<void> Link::pumpOuter(const Deadline& deadline)
{
    if (!m_outer)
        return {};
    if (auto pumped = m_outer->pumpOuter(deadline); !pumped)
        return pumped;
    if (pump())
        return {};
    const Error lost = m_outer->failed(deadline, ErrorCode::ConnectionLost);
    return tl::unexpected(lost);
}

Result<void> Link::wait(const Deadline& deadline, std::chrono::milliseconds most)
{
    if (deadline.stop.stop_requested())
        return failure(ErrorCode::Cancelled, m_name);
    if (std::chrono::steady_clock::now() >= deadline.until)
        return failure(ErrorCode::Timeout, m_name, deadline.phase);
    // What the last step wrote must be on its way before we sleep.
    if (auto pumped = pumpOuter(deadline); !pumped)
        return pumped;
    std::vector<pollfd> fds;
    const bool starved = interests(fds);
    // No event says that a queue fell below our mark: look again soon.
    poll(fds.data(), fds.size(), millisecondsUntil(deadline.until, starved ? 2 : static_cast<int>(most.count())));
    return pumpOuter(deadline);
}

bool Link::interests(std::vector<pollfd>& fds)
{
    bool starved = false;
    for (Link* link = this; link != nullptr; link = link->m_outer.get()) {
        const int fd = ssh_get_fd(link->session());
        starved = std::exchange(link->m_starved, false) || starved;
        if (fd >= 0) {
            const bool writes = (ssh_get_poll_flags(link->session()) & SSH_WRITE_PENDING) != 0;
            fds.push_back({fd, static_cast<short>(POLLIN | (writes ? POLLOUT : 0)), 0});
        }
        if (!link->m_outer)
            continue;
        const bool reads = link->m_toTunnel.empty() && ssh_channel_window_size(link->m_tunnel.get()) > 0;
        fds.push_back({link->m_bridge.get(), static_cast<short>((reads ? POLLIN : 0) | (link->m_toSession.empty() ? 0 : POLLOUT)), 0});
    }
    return starved;
}

int Link::watch()
{
    if (m_watch)
        return m_watch.get();
    m_watch.reset(epoll_create1(EPOLL_CLOEXEC));
    m_timer.reset(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    epoll_event event {.events = EPOLLIN, .data = {.fd = m_timer.get()}};
    if (!m_watch || !m_timer || epoll_ctl(m_watch.get(), EPOLL_CTL_ADD, m_timer.get(), &event) != 0)
        m_watch.reset();
    rearm();
    return m_watch.get();
}

void Link::rearm()
{
    if (!m_watch)
        return;
    std::vector<pollfd> fds;
    const itimerspec soon {.it_interval = {}, .it_value = {.tv_sec = 0, .tv_nsec = interests(fds) ? 2'000'000 : 0}};
    timerfd_settime(m_timer.get(), 0, &soon, nullptr); // also forgets an expiry that nobody read
    for (const int fd : m_watched)
        epoll_ctl(m_watch.get(), EPOLL_CTL_DEL, fd, nullptr); // one that was closed has gone by itself
    m_watched.clear();
    for (const pollfd& one : fds) {
        epoll_event event {.events = ((one.events & POLLIN) != 0 ? EPOLLIN : 0U) | ((one.events & POLLOUT) != 0 ? EPOLLOUT : 0U), .data = {.fd = one.fd}};
        if (epoll_ctl(m_watch.get(), EPOLL_CTL_ADD, one.fd, &event) == 0)
            m_watched.push_back(one.fd);
    }
}

Error Link::failed(const Deadline& deadline, ErrorCode code) const
{
    if (deadline.stop.stop_requested())
        return Error {ErrorCode::Cancelled, m_name};
    // A session inside another breaks because that one did: then that is the news.
    for (const Link* link = m_outer.get(); link != nullptr; link = link->m_outer.get()) {
        if (!link->alive())
            return link->failed(deadline, ErrorCode::ConnectionLost);
    }
    std::string detail = m_session ? ssh_get_error(m_session.get()) : "";
    if (contains(detail, "Socket error") || contains(detail, "Connection reset") || contains(detail, "Broken pipe")
        || contains(detail, "SSH_MSG_DISCONNECT") || (detail.empty() && !alive()))
        code = ErrorCode::ConnectionLost;
    return Error {code, m_name, std::move(detail)};
}

} // namespace medic::ssh
