// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/transport/shell.h"
#include "diagnostics/transport/shell_fd.h"

#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace medic::http {

/// Makes a ByteStream look like a connected socket: one end of a socket pair is handed out, a thread of its own carries
/// bytes between the other end and the stream. The stream's failure closes the socket and is kept as error().
/// The destructor stops the thread and waits for it (as long as the stream needs to obey a stop).
class Tunnel final {
public:
    explicit Tunnel(std::unique_ptr<ByteStream> stream);
    ~Tunnel();
    Tunnel(const Tunnel&) = delete;
    Tunnel& operator=(const Tunnel&) = delete;

    /// The socket, once; its owner closes it. -1 when the system gave none.
    [[nodiscard]] int takeSocket() { return m_outer.release(); }
    [[nodiscard]] std::optional<Error> error() const;

private:
    void carry(const std::stop_token& stop);
    bool toStream(const std::stop_token& stop);
    bool toSocket(const std::stop_token& stop, bool& idle, std::chrono::milliseconds limit);
    void keep(const Error& error);

    std::unique_ptr<ByteStream> m_stream;
    Fd m_outer, m_inner;
    mutable std::mutex m_mutex;
    std::optional<Error> m_error;
    std::jthread m_thread; ///< last: ends first
};

} // namespace medic::http
