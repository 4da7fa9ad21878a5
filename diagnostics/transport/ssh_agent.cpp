// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/ssh_agent.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace medic::ssh {

namespace {

// draft-miller-ssh-agent: message numbers and the length that agents accept at most
constexpr unsigned char identitiesAnswer = 12;
constexpr std::size_t longestMessage = 256 * 1024;
constexpr auto agentLimit = std::chrono::seconds(5); // a sign request that waits for a person's touch may take this long

std::uint32_t readNumber(std::string_view bytes)
{
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i)
        number = number << 8 | static_cast<unsigned char>(bytes[i]);
    return number;
}

std::string number(std::size_t value)
{
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>(value >> shift & 0xff);
    return out;
}

/// Moves exactly `size` bytes, or fails on the end of the stream, on a stop or when the time is over.
class Mover {
public:
    Mover(std::array<int, 2> stops, MonotonicTime until) : m_stops(stops), m_until(until) { }

    bool read(int fd, char* data, std::size_t size)
    {
        for (std::size_t done = 0; done < size;) {
            if (!ready(fd, POLLIN))
                return false;
            const ssize_t got = recv(fd, data + done, size - done, MSG_DONTWAIT);
            if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
                return false;
            done += got > 0 ? static_cast<std::size_t>(got) : 0;
        }
        return true;
    }

    std::optional<std::string> message(int fd)
    {
        std::array<char, 4> head {};
        if (!read(fd, head.data(), head.size()))
            return std::nullopt;
        const std::size_t length = readNumber({head.data(), head.size()});
        if (length == 0 || length > longestMessage)
            return std::nullopt;
        std::string body(length, '\0');
        if (!read(fd, body.data(), length))
            return std::nullopt;
        return body;
    }

    bool send(int fd, const std::string& body)
    {
        const std::string whole = number(body.size()) + body;
        for (std::size_t done = 0; done < whole.size();) {
            if (!ready(fd, POLLOUT))
                return false;
            const ssize_t sent = ::send(fd, whole.data() + done, whole.size() - done, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (sent < 0 && errno != EAGAIN && errno != EINTR)
                return false;
            done += sent > 0 ? static_cast<std::size_t>(sent) : 0;
        }
        return true;
    }

private:
    bool ready(int fd, short events)
    {
        std::array<pollfd, 3> fds {{{m_stops[0], POLLIN, 0}, {m_stops[1], POLLIN, 0}, {fd, events, 0}}};
        while (true) {
            const int left = millisecondsUntil(m_until);
            const int count = poll(fds.data(), fds.size(), left);
            if (fds[0].revents != 0 || fds[1].revents != 0)
                return false;
            if (count > 0)
                return true;
            if (left == 0)
                return false;
        }
    }

    std::array<int, 2> m_stops;
    MonotonicTime m_until;
};

} // namespace

Result<std::unique_ptr<AgentRelay>> AgentRelay::start(const std::string& socketPath, Filter filter, const Deadline& deadline)
{
    sockaddr_un address {};
    address.sun_family = AF_UNIX;
    if (socketPath.size() >= sizeof address.sun_path)
        return failure(ErrorCode::BadValue, socketPath, "the path of the agent's socket is too long");
    std::memcpy(address.sun_path, socketPath.c_str(), socketPath.size() + 1);
    std::unique_ptr<AgentRelay> relay(new AgentRelay);
    relay->m_filter = std::move(filter);
    // Non-blocking: an agent whose queue is full must not hold us.
    relay->m_agent.reset(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (connect(relay->m_agent.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return failure(ErrorCode::FileNotReadable, socketPath, std::strerror(errno), errno);
    std::array<int, 2> pair {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
        return failure(ErrorCode::Internal, "socketpair", std::strerror(errno), errno);
    relay->m_client.reset(pair[0]);
    relay->m_server.reset(pair[1]);
    relay->m_thread = std::jthread([raw = relay.get(), deadline](const std::stop_token& ours) { raw->serve(ours, deadline); });
    return relay;
}

AgentRelay::~AgentRelay()
{
    m_thread.request_stop();
    if (m_thread.joinable())
        m_thread.join();
}

void AgentRelay::serve(const std::stop_token& ours, const Deadline& deadline)
{
    const StopEvent finished(ours);
    const StopEvent stopped(deadline.stop);
    const std::array<int, 2> stops {finished.fd(), stopped.fd()};
    while (true) {
        const auto request = Mover(stops, deadline.until).message(m_server.get());
        if (!request)
            break;
        Mover agent(stops, std::min(deadline.until, std::chrono::steady_clock::now() + agentLimit));
        auto answer = agent.send(m_agent.get(), *request) ? agent.message(m_agent.get()) : std::nullopt;
        if (!answer) {
            m_hung = true;
            break;
        }
        if (static_cast<unsigned char>(answer->front()) == identitiesAnswer)
            *answer = filtered(*answer);
        if (!Mover(stops, deadline.until).send(m_server.get(), *answer))
            break;
    }
    shutdown(m_server.get(), SHUT_RDWR); // libssh, waiting for an answer, finds the end of the stream
}

std::string AgentRelay::filtered(const std::string& answer)
{
    struct Identity {
        std::string_view blob, whole;
    };
    std::vector<Identity> identities;
    std::string_view rest(answer);
    rest.remove_prefix(std::min<std::size_t>(5, rest.size()));
    while (rest.size() >= 8) {
        const std::string_view begin = rest;
        const std::size_t blobSize = readNumber(rest);
        if (blobSize > rest.size() - 8)
            break;
        const std::string_view blob = rest.substr(4, blobSize);
        rest.remove_prefix(4 + blobSize);
        const std::size_t commentSize = readNumber(rest);
        if (commentSize > rest.size() - 4)
            break;
        rest.remove_prefix(4 + commentSize);
        identities.push_back({blob, begin.substr(0, begin.size() - rest.size())});
    }
    const auto preferred = [this](const Identity& identity) {
        return std::find(m_filter.preferred.begin(), m_filter.preferred.end(), identity.blob) != m_filter.preferred.end();
    };
    const auto others = std::stable_partition(identities.begin(), identities.end(), preferred);
    if (m_filter.onlyPreferred)
        identities.erase(others, identities.end());
    m_offered = static_cast<int>(identities.size());
    std::string out(1, static_cast<char>(identitiesAnswer));
    out += number(identities.size());
    for (const Identity& identity : identities)
        out += identity.whole;
    return out;
}

} // namespace medic::ssh
