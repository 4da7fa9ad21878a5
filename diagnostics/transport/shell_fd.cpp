// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/shell_fd.h"

#include <algorithm>
#include <csignal>
#include <cstdint>

#include <sys/eventfd.h>
#include <unistd.h>

namespace medic {

void Fd::reset(int fd)
{
    if (m_fd >= 0)
        close(m_fd);
    m_fd = fd;
}

void StopEvent::Signal::operator()() const noexcept
{
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(fd, &one, sizeof one);
}

StopEvent::StopEvent(const std::stop_token& stop) :
    m_fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), m_callback(stop, Signal {m_fd.get()})
{
}

int millisecondsUntil(MonotonicTime moment, int most)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(moment - std::chrono::steady_clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, most));
}

void ignoreBrokenPipes()
{
    std::signal(SIGPIPE, SIG_IGN);
}

} // namespace medic
