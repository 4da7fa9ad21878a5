// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/transport/shell.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace medic {

/// One word for any POSIX shell, also for fish: nothing in it is expanded.
[[nodiscard]] std::string shellQuote(std::string_view text);

/// The conversation with one running command, wherever it runs: limits its output, feeds its input, and talks to sudo
/// when the command is to run as root. Knows no sockets; one thread; made for one command.
///
/// sudo's password goes to its standard input once, and only after sudo asked by a prompt that nobody can foresee: a sudo
/// that asks nothing (NOPASSWD, ticket still valid, root already) never gets it, nor does the command.
class ShellExchange final {
public:
    enum class Privilege { AsIs, Sudo };
    /// Who ends a command at its time limit: we can (our own process group), or the other side has to as well, because it
    /// goes on when we hang up: by timeout(1), where there is one.
    enum class Watchdog { Here, There };
    using Chunk = std::function<bool(std::string_view)>;

    /// `chunk` may be null: then stdout is gathered in the result.
    ShellExchange(const CommandRequest& request, const Chunk* chunk, Privilege privilege, Watchdog watchdog,
                  std::optional<std::string> sudoPassword);

    /// For the shell on the other side (`sh -c` or what the login shell is).
    [[nodiscard]] const std::string& commandLine() const { return m_commandLine; }

    /// What arrived. False: enough, end the command now.
    [[nodiscard]] bool takeOut(std::string_view bytes);
    [[nodiscard]] bool takeErr(std::string_view bytes);

    /// What its standard input is to get now.
    [[nodiscard]] std::string_view pendingInput() const;
    void inputSent(std::size_t bytes);
    [[nodiscard]] bool inputComplete() const; ///< nothing will follow: close it

    [[nodiscard]] Result<CommandResult> finish(int exitStatus, std::string signal, const std::string& where);

private:
    enum class Phase { Running, WaitingForSudo, PasswordSent, Refused };
    [[nodiscard]] bool talk(std::string_view bytes);
    [[nodiscard]] Error sudoFailure(int exitStatus, const std::string& where) const;
    [[nodiscard]] bool appendErr(std::string_view bytes);

    std::size_t m_outputLimit;
    const Chunk* m_chunk;
    std::string m_input;
    std::size_t m_sent = 0;
    std::string m_commandLine;
    Phase m_phase = Phase::Running;
    std::string m_marker, m_preamble, m_password;
    bool m_passwordAsked = false;
    std::size_t m_outBytes = 0;
    CommandResult m_result;
    std::chrono::steady_clock::time_point m_started = std::chrono::steady_clock::now();
};

} // namespace medic
