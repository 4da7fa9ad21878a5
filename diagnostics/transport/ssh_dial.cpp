// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/ssh_dial.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace medic::ssh {

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto nextAddressAfter = std::chrono::milliseconds(250);

struct Address {
    sockaddr_storage storage {};
    socklen_t length = 0;
};

struct Lookup {
    int code = 0;
    std::vector<Address> addresses;
};

Lookup lookUp(const std::string& host, std::uint16_t port, int family, int flags)
{
    addrinfo hints {};
    hints.ai_family = family;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags | AI_NUMERICSERV;
    addrinfo* list = nullptr;
    Lookup lookup;
    lookup.code = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
    for (const addrinfo* entry = lookup.code == 0 ? list : nullptr; entry != nullptr; entry = entry->ai_next) {
        Address address;
        std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
        address.length = entry->ai_addrlen;
        lookup.addresses.push_back(address);
    }
    if (list != nullptr)
        freeaddrinfo(list);
    return lookup;
}

/// getaddrinfo() cannot be interrupted: a name is looked up in a thread of its own, which is left to itself when we stop
/// waiting (it owns all that it touches).
Result<std::vector<Address>> resolve(const DialRequest& request, Clock::time_point until, const std::stop_token& stop)
{
    const int family = request.family == SshHostConfig::Family::Inet ? AF_INET
        : request.family == SshHostConfig::Family::Inet6            ? AF_INET6
                                                                     : AF_UNSPEC;
    if (Lookup numeric = lookUp(request.host, request.port, family, AI_NUMERICHOST); numeric.code == 0)
        return std::move(numeric.addresses);

    struct Shared {
        std::mutex mutex;
        std::condition_variable_any done;
        std::optional<Lookup> lookup;
    };
    const auto shared = std::make_shared<Shared>();
    std::thread([shared, host = request.host, port = request.port, family] {
        Lookup lookup = lookUp(host, port, family, 0);
        const std::scoped_lock lock(shared->mutex);
        shared->lookup = std::move(lookup);
        shared->done.notify_all();
    }).detach();
    std::unique_lock lock(shared->mutex);
    shared->done.wait_until(lock, stop, until, [&] { return shared->lookup.has_value(); });
    if (stop.stop_requested())
        return failure(ErrorCode::Cancelled, request.host);
    if (!shared->lookup)
        return failure(ErrorCode::Timeout, request.host, "name lookup");
    if (shared->lookup->code != 0)
        return failure(ErrorCode::HostNotFound, request.host, gai_strerror(shared->lookup->code));
    return std::move(shared->lookup->addresses);
}

/// Alternates the families, keeping the order that the resolver gave (RFC 8305, 4).
std::vector<Address> interleaved(std::vector<Address> addresses)
{
    std::vector<Address> first, second, out;
    for (Address& address : addresses)
        (address.storage.ss_family == addresses.front().storage.ss_family ? first : second).push_back(address);
    for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
        if (i < first.size())
            out.push_back(first[i]);
        if (i < second.size())
            out.push_back(second[i]);
    }
    return out;
}

std::string numericText(const Address& address)
{
    std::array<char, NI_MAXHOST> host {};
    const auto* raw = reinterpret_cast<const sockaddr*>(&address.storage);
    return getnameinfo(raw, address.length, host.data(), host.size(), nullptr, 0, NI_NUMERICHOST) == 0 ? host.data() : "?";
}

ErrorCode codeOf(int error)
{
    switch (error) {
    case ECONNREFUSED: return ErrorCode::ConnectionRefused;
    case ETIMEDOUT: return ErrorCode::Timeout;
    case ECONNRESET:
    case EPIPE: return ErrorCode::ConnectionLost;
    default: return ErrorCode::NetworkUnreachable;
    }
}

/// The one socket among those being tried that answers first.
class Race {
public:
    Race(const DialRequest& request, std::vector<Address> addresses) : m_request(request), m_addresses(std::move(addresses)) { }

    Result<Fd> run(Clock::time_point until, const std::stop_token& stop)
    {
        const StopEvent stopEvent(stop);
        Clock::time_point nextStart = Clock::now();
        while (true) {
            if (stop.stop_requested())
                return failure(ErrorCode::Cancelled, place());
            const auto now = Clock::now();
            if (now >= until)
                return tl::unexpected(timedOut());
            if (m_next < m_addresses.size() && (m_running.empty() || now >= nextStart)) {
                if (Fd connected = start(m_addresses[m_next++]))
                    return connected;
                nextStart = now + nextAddressAfter;
                continue;
            }
            if (m_running.empty())
                return tl::unexpected(failed());
            std::vector<pollfd> fds {{stopEvent.fd(), POLLIN, 0}};
            for (const Attempt& attempt : m_running)
                fds.push_back({attempt.fd.get(), POLLOUT, 0});
            poll(fds.data(), fds.size(), millisecondsUntil(m_next < m_addresses.size() ? std::min(until, nextStart) : until));
            for (std::size_t i = m_running.size(); i-- > 0;) {
                if (fds[i + 1].revents == 0)
                    continue;
                int error = 0;
                socklen_t length = sizeof error;
                getsockopt(m_running[i].fd.get(), SOL_SOCKET, SO_ERROR, &error, &length);
                if (error == 0)
                    return std::move(m_running[i].fd);
                note(m_running[i].text, error);
                m_running.erase(m_running.begin() + static_cast<std::ptrdiff_t>(i));
                nextStart = Clock::now();
            }
        }
    }

private:
    struct Attempt {
        Fd fd;
        std::string text;
    };

    /// A socket that is connected already; else the attempt runs on or its failure is noted.
    Fd start(const Address& address)
    {
        Attempt attempt {Fd(socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)), numericText(address)};
        if (!attempt.fd) {
            note(attempt.text, errno);
            return {};
        }
        const int on = 1;
        setsockopt(attempt.fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(attempt.fd.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
        if (!m_request.bindAddress.empty()) {
            const Lookup from = lookUp(m_request.bindAddress, 0, address.storage.ss_family, AI_NUMERICHOST | AI_PASSIVE);
            if (from.code != 0 || from.addresses.empty()
                || bind(attempt.fd.get(), reinterpret_cast<const sockaddr*>(&from.addresses.front().storage), from.addresses.front().length) != 0) {
                note("bind " + m_request.bindAddress, from.code != 0 ? EADDRNOTAVAIL : errno);
                return {};
            }
        }
        if (connect(attempt.fd.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.length) == 0)
            return std::move(attempt.fd);
        if (errno == EINPROGRESS)
            m_running.push_back(std::move(attempt));
        else
            note(attempt.text, errno);
        return {};
    }

    void note(const std::string& address, int error)
    {
        // A host that refuses is there; that says more than a network that does not lead to its other address.
        if (m_error == 0 || codeOf(error) == ErrorCode::ConnectionRefused)
            m_error = error;
        m_detail += (m_detail.empty() ? "" : "; ") + address + ": " + std::strerror(error);
    }

    [[nodiscard]] std::string place() const
    {
        const bool v6 = m_request.host.find(':') != std::string::npos;
        return (v6 ? '[' + m_request.host + ']' : m_request.host) + ':' + std::to_string(m_request.port);
    }
    [[nodiscard]] Error failed() const { return Error {codeOf(m_error), place(), m_detail, m_error}; }
    [[nodiscard]] Error timedOut() const
    {
        std::string detail = m_detail;
        for (const Attempt& attempt : m_running)
            detail += (detail.empty() ? "" : "; ") + attempt.text + ": no answer to the connection";
        return Error {ErrorCode::Timeout, place(), detail, ETIMEDOUT};
    }

    const DialRequest& m_request;
    std::vector<Address> m_addresses;
    std::size_t m_next = 0;
    std::vector<Attempt> m_running;
    int m_error = 0;
    std::string m_detail;
};

} // namespace

Result<Fd> dial(const DialRequest& request, const std::stop_token& stop)
{
    ignoreBrokenPipes();
    const auto until = Clock::now() + request.limit;
    auto addresses = resolve(request, until, stop);
    if (!addresses)
        return tl::unexpected(addresses.error());
    if (addresses->empty())
        return failure(ErrorCode::HostNotFound, request.host);
    return Race(request, interleaved(std::move(*addresses))).run(until, stop);
}

} // namespace medic::ssh
