// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace medic {

struct CommandRequest {
    std::string command; ///< for /bin/sh -c on the node
    std::string input; ///< to its standard input
    bool root = false; ///< through sudo where the user is not root already
    std::chrono::milliseconds timeLimit {10000};
    std::size_t outputLimit = 16 * 1024 * 1024; ///< bytes of stdout and of stderr each
};

struct CommandResult {
    std::string out, err; ///< raw bytes as they came
    int exitStatus = -1;
    std::string signal; ///< "KILL" … when it died of one
    bool truncated = false; ///< its output was cut off at the limit and it was ended; no exit status
    std::chrono::milliseconds duration {0};
    bool operator==(const CommandResult&) const = default;
};

/// A place where commands can be run: a node over SSH, or this machine. Blocking; one thread at a time;
/// every call returns soon after `stop` is requested (Cancelled), even when blocked in the network.
class Shell {
public:
    virtual ~Shell() = default;

    /// Runs one command to its end or limit. An exit status other than 0 is a result, not an Error.
    [[nodiscard]] virtual Result<CommandResult> run(const CommandRequest& request, std::stop_token stop) = 0;

    /// The same, handing out stdout as it arrives (for framed sweeps); the result's `out` stays empty. `chunk` returns false
    /// to stop reading: the command is ended then, `truncated` is set, as at the output limit.
    [[nodiscard]] virtual Result<CommandResult> stream(const CommandRequest& request, std::stop_token stop,
                                                       const std::function<bool(std::string_view)>& chunk) = 0;

    /// "root@10.0.0.5:22", "this machine".
    [[nodiscard]] virtual std::string name() const = 0;
};

/// A byte stream to host:port as seen from the other side (SSH direct-tcpip): the way to an apiserver that is
/// only visible from inside. Blocking, same rules as Shell; its user may be another thread than its maker's.
class ByteStream {
public:
    virtual ~ByteStream() = default;
    [[nodiscard]] virtual Result<std::size_t> read(char* data, std::size_t size, std::chrono::milliseconds limit,
                                                   std::stop_token stop) = 0; ///< 0: end of stream; Timeout: nothing came
    [[nodiscard]] virtual Result<void> write(std::string_view data, std::stop_token stop) = 0;

    /// A descriptor that becomes readable when read() may have something (beyond what it left unread when it was last
    /// called with limit 0), for poll(); -1: there is none, and its user has to ask again and again.
    [[nodiscard]] virtual int descriptor() const { return -1; }
};

} // namespace medic
