// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/transport/shell.h"
#include "diagnostics/transport/shell_fd.h"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace medic::http {

/// The place inside of this process where a tunnel waits for its socket: an abstract Unix socket with a name of the kernel's.
class TunnelListener final {
public:
    TunnelListener();
    [[nodiscard]] const std::string& name() const { return m_name; } ///< as CURLOPT_ABSTRACT_UNIX_SOCKET wants it; empty: none
    [[nodiscard]] int fd() const { return m_fd.get(); }

private:
    Fd m_fd;
    std::string m_name;
};

/// Makes a ByteStream look like a socket: who connects to the listener (this process only) has the stream at the other end.
/// A thread of its own carries the bytes. The stream's failure closes the socket and is kept as error(). (Not a socket pair:
/// libcurl 7.88 connects a socket that it is given, whether it says that it is connected or not.)
/// The destructor stops the thread and waits for it (as long as the stream needs to obey a stop).
class Tunnel final {
public:
    Tunnel(std::unique_ptr<ByteStream> stream, const TunnelListener& listener);
    ~Tunnel();
    Tunnel(const Tunnel&) = delete;
    Tunnel& operator=(const Tunnel&) = delete;

    [[nodiscard]] std::optional<Error> error() const;

private:
    void carry(const std::stop_token& stop);
    bool acceptSocket(const std::stop_token& stop);
    bool toStream(const std::stop_token& stop);
    bool toSocket(const std::stop_token& stop, bool& idle, std::chrono::milliseconds limit);
    void keep(const Error& error);

    std::unique_ptr<ByteStream> m_stream;
    int m_listener;
    Fd m_inner;
    mutable std::mutex m_mutex;
    std::optional<Error> m_error;
    std::jthread m_thread; ///< last: ends first
};

} // namespace medic::http
