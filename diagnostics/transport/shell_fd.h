// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <stop_token>
#include <utility>

namespace medic {

/// Owns a file descriptor. Move-only.
class Fd final {
public:
    Fd() = default;
    explicit Fd(int fd) : m_fd(fd) { }
    Fd(Fd&& other) noexcept : m_fd(std::exchange(other.m_fd, -1)) { }
    Fd& operator=(Fd&& other) noexcept
    {
        if (this != &other)
            reset(std::exchange(other.m_fd, -1));
        return *this;
    }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd() { reset(); }

    void reset(int fd = -1);
    [[nodiscard]] int get() const { return m_fd; }
    [[nodiscard]] int release() { return std::exchange(m_fd, -1); }
    explicit operator bool() const { return m_fd >= 0; }

private:
    int m_fd = -1;
};

/// A descriptor that becomes readable when a stop is requested: what a poll() needs to be woken by a stop_token.
class StopEvent final {
public:
    explicit StopEvent(const std::stop_token& stop);
    [[nodiscard]] int fd() const { return m_fd.get(); }

private:
    struct Signal {
        int fd;
        void operator()() const noexcept;
    };
    Fd m_fd;
    std::stop_callback<Signal> m_callback;
};

using MonotonicTime = std::chrono::steady_clock::time_point;

/// Milliseconds from now until a moment, for poll(): rounded up, never negative, at most `most`.
[[nodiscard]] int millisecondsUntil(MonotonicTime moment, int most = 1000);

/// Nobody here wants to die of a peer that hung up. For the process; again at each start, should somebody have undone it.
void ignoreBrokenPipes();

} // namespace medic
