// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/shell_exchange.h"

#include <algorithm>
#include <array>

#include <openssl/crypto.h>
#include <openssl/rand.h>

namespace medic {

namespace {

// The kernel takes no single argument above 128 KiB (MAX_ARG_STRLEN); quoting may lengthen it.
constexpr std::size_t longestCommand = 60'000;
constexpr std::size_t longestPreamble = 64 * 1024;

std::string randomMarker()
{
    std::array<unsigned char, 16> bytes {};
    RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
    std::string text = "medic-";
    for (const unsigned char byte : bytes) {
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15];
    }
    return text;
}

std::string trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos)
        return {};
    return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

} // namespace

std::string shellQuote(std::string_view text)
{
    // A backslash inside quotes is plain to a POSIX shell but not to fish; outside it is escaped by itself in both.
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'')
            out += "'\\''";
        else if (c == '\\')
            out += "'\\\\'";
        else
            out += c;
    }
    return out + "'";
}

ShellExchange::ShellExchange(const CommandRequest& request, const Chunk* chunk, Privilege privilege, Watchdog watchdog,
                             std::optional<std::string> sudoPassword) :
    m_outputLimit(request.outputLimit),
    m_chunk(chunk), m_input(request.input)
{
    std::string command = request.command;
    if (shellQuote(command).size() > longestCommand) {
        // Through standard input then, ahead of what else goes there: dd reads byte by byte and takes nothing more.
        m_input.insert(0, command);
        command = m_input.size() == command.size()
            ? "eval \"$(cat)\""
            : "eval \"$(dd bs=1 count=" + std::to_string(command.size()) + " 2>/dev/null)\"";
    }
    std::string runner = "exec /bin/sh -c \"$1\"";
    if (watchdog == Watchdog::There) {
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(request.timeLimit).count() + 1;
        const std::string timeout = "timeout -s KILL " + std::to_string(seconds); // busybox before 1.30 has other options
        runner = "if " + timeout + " true 2>/dev/null; then exec " + timeout + " /bin/sh -c \"$1\"; fi; " + runner;
    }
    if (privilege == Privilege::AsIs) {
        m_commandLine = watchdog == Watchdog::Here ? "exec /bin/sh -c " + shellQuote(command)
                                                   : "exec /bin/sh -c " + shellQuote(runner) + " sh " + shellQuote(command);
        return;
    }
    m_marker = randomMarker();
    m_phase = Phase::WaitingForSudo;
    // $1 command, $2 marker, $3 runner. What is said is put together only when it is said: sudo quotes the command line that
    // it refuses, which must not look like that command's start.
    std::string script = "if [ \"$(id -u)\" = 0 ]; then printf %s-%s \"$2\" runs >&2; exec /bin/sh -c \"$3\" sh \"$1\"; fi\n"
                         "command -v sudo >/dev/null 2>&1 || { printf %s-%s \"$2\" nosudo >&2; exit 127; }\n"
                         "LC_ALL=C; export LC_ALL\n"; // sudo replaces PAM's prompt only when it reads "Password: "
    script += sudoPassword ? "exec sudo -S -p \"$2-asks\"" : "exec sudo -n";
    script += " -- /bin/sh -c 'printf %s-%s \"$1\" runs >&2; exec /bin/sh -c \"$3\" sh \"$2\"' sh \"$2\" \"$1\" \"$3\"";
    m_commandLine = "exec /bin/sh -c " + shellQuote(script) + " sh " + shellQuote(command) + ' ' + m_marker + ' ' + shellQuote(runner);
    if (sudoPassword)
        m_password = std::move(*sudoPassword);
}

bool ShellExchange::takeOut(std::string_view bytes)
{
    const auto room = m_outputLimit - std::min(m_outputLimit, m_outBytes);
    const bool tooMuch = bytes.size() > room;
    bytes = bytes.substr(0, room);
    m_outBytes += bytes.size();
    if (m_chunk == nullptr) {
        m_result.out += bytes;
    } else if (!bytes.empty() && !(*m_chunk)(bytes)) {
        m_result.truncated = true;
        return false;
    }
    m_result.truncated = m_result.truncated || tooMuch;
    return !tooMuch;
}

bool ShellExchange::appendErr(std::string_view bytes)
{
    const auto room = m_outputLimit - std::min(m_outputLimit, m_result.err.size());
    m_result.err += bytes.substr(0, room);
    if (bytes.size() <= room)
        return true;
    m_result.truncated = true;
    return false;
}

bool ShellExchange::takeErr(std::string_view bytes)
{
    return m_phase == Phase::Running ? appendErr(bytes) : talk(bytes);
}

bool ShellExchange::talk(std::string_view bytes)
{
    m_preamble += bytes;
    const std::string runs = m_marker + "-runs";
    const std::string asks = m_marker + "-asks";
    if (const auto asked = m_preamble.find(asks); asked != std::string::npos) {
        m_preamble.erase(asked, asks.size());
        if (m_passwordAsked) {
            m_phase = Phase::Refused;
            return false;
        }
        m_passwordAsked = true;
        m_phase = Phase::PasswordSent;
        m_input.insert(m_sent, m_password + '\n');
    }
    if (const auto started = m_preamble.find(runs); started != std::string::npos) {
        const std::string rest = m_preamble.substr(started + runs.size());
        m_preamble.clear();
        m_phase = Phase::Running;
        return appendErr(rest);
    }
    return m_preamble.size() <= longestPreamble;
}

std::string_view ShellExchange::pendingInput() const
{
    const std::string_view rest = std::string_view(m_input).substr(m_sent);
    if (m_phase == Phase::Running)
        return rest;
    if (m_phase != Phase::PasswordSent)
        return {};
    // Between the password and the command's start only the password's line goes out: nothing was sent before it.
    const auto end = m_password.size() + 1;
    return m_sent < end ? rest.substr(0, end - m_sent) : std::string_view();
}

void ShellExchange::inputSent(std::size_t bytes)
{
    const auto count = std::min(bytes, m_input.size() - m_sent);
    if (m_phase != Phase::Running)
        OPENSSL_cleanse(m_input.data() + m_sent, count);
    m_sent += count;
}

bool ShellExchange::inputComplete() const
{
    return m_phase == Phase::Refused || (m_phase == Phase::Running && m_sent == m_input.size());
}

Error ShellExchange::sudoFailure(int exitStatus, const std::string& where) const
{
    const std::string said = trimmed(m_preamble);
    if (contains(said, m_marker + "-nosudo"))
        return Error {ErrorCode::ToolMissing, "sudo", where};
    if (m_phase == Phase::Refused || m_passwordAsked)
        return Error {ErrorCode::SudoDenied, where, said.empty() ? "the password was not accepted" : said};
    if (contains(said, "password is required") || contains(said, "terminal is required") || contains(said, "askpass")
        || contains(said, "no password was provided"))
        return Error {m_password.empty() ? ErrorCode::SudoPasswordNeeded : ErrorCode::SudoDenied, where, said};
    if (contains(said, "sudo") || contains(said, "not allowed"))
        return Error {ErrorCode::SudoDenied, where, said};
    std::string detail = said.empty() ? trimmed(m_result.out) : said;
    if (detail.empty())
        detail = "exit status " + std::to_string(exitStatus);
    return Error {ErrorCode::CommandFailed, where, detail};
}

Result<CommandResult> ShellExchange::finish(int exitStatus, std::string signal, const std::string& where)
{
    if (!m_password.empty())
        OPENSSL_cleanse(m_password.data(), m_password.size());
    if (m_phase != Phase::Running && !m_result.truncated)
        return tl::unexpected(sudoFailure(exitStatus, where));
    m_result.exitStatus = exitStatus;
    m_result.signal = std::move(signal);
    m_result.duration = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - m_started);
    return std::move(m_result);
}

} // namespace medic
