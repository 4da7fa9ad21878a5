// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/local_shell.h"

#include "diagnostics/transport/secrets.h"
#include "diagnostics/transport/shell_exchange.h"
#include "diagnostics/transport/shell_fd.h"
#include "diagnostics/transport/ssh_config.h"
#include "diagnostics/transport/ssh_connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ; // NOLINT: POSIX has it this way

namespace medic {

namespace {

using Clock = std::chrono::steady_clock;
// How long somebody whom the command left behind may keep its output open after it ended itself.
constexpr auto leftoverGrace = std::chrono::milliseconds(500);

struct Pipe {
    Fd readEnd, writeEnd;

    static Result<Pipe> make()
    {
        std::array<int, 2> ends {-1, -1};
        if (pipe2(ends.data(), O_CLOEXEC) != 0)
            return failure(ErrorCode::Internal, "pipe", std::strerror(errno), errno);
        return Pipe {Fd(ends[0]), Fd(ends[1])};
    }
};

void makeNonBlocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

std::string signalName(int number)
{
    const char* name = sigabbrev_np(number);
    return name == nullptr ? std::to_string(number) : std::string(name);
}

/// One child and its process group; killed and reaped at the latest when this goes.
class Child final {
public:
    ~Child()
    {
        if (m_pid > 0 && !m_reaped) {
            killGroup();
            reap();
        }
    }
    Child() = default;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    Result<void> spawn(const std::string& command, int in, int out, int err)
    {
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
        posix_spawnattr_t attributes;
        posix_spawnattr_init(&attributes);
        sigset_t none, defaults;
        sigemptyset(&none);
        sigemptyset(&defaults);
        for (const int number : {SIGPIPE, SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGCHLD})
            sigaddset(&defaults, number);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &defaults);
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        std::string shell = "sh", option = "-c", text = command;
        const std::array<char*, 4> arguments {shell.data(), option.data(), text.data(), nullptr};
        const int error = posix_spawn(&m_pid, "/bin/sh", &actions, &attributes, arguments.data(), environ);
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&actions);
        if (error != 0) {
            m_pid = -1;
            return failure(ErrorCode::CommandFailed, "/bin/sh", std::strerror(error), error);
        }
        m_handle.reset(static_cast<int>(syscall(SYS_pidfd_open, m_pid, 0))); // Linux 5.3; without it we look every 20 ms
        return {};
    }

    /// Never after the leader was reaped: its number may be somebody else's then.
    void killGroup() const
    {
        if (m_pid > 0 && !m_reaped)
            kill(-m_pid, SIGKILL);
    }
    /// Whether the leader ended; it is left to reap() so that its number stays ours.
    bool ended()
    {
        siginfo_t info {};
        if (!m_ended && waitid(P_PID, static_cast<id_t>(m_pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0)
            m_ended = info.si_pid == m_pid;
        return m_ended;
    }
    void reap()
    {
        if (m_reaped)
            return;
        int status = 0;
        pid_t got = 0;
        while ((got = waitpid(m_pid, &status, 0)) < 0 && errno == EINTR) { }
        m_reaped = m_ended = true;
        if (got == m_pid && WIFEXITED(status))
            exitStatus = WEXITSTATUS(status);
        else if (got == m_pid && WIFSIGNALED(status))
            signal = signalName(WTERMSIG(status));
    }
    [[nodiscard]] bool wasEnded() const { return m_ended; }
    [[nodiscard]] int handle() const { return m_ended ? -1 : m_handle.get(); }

    int exitStatus = -1;
    std::string signal;

private:
    pid_t m_pid = -1;
    bool m_ended = false, m_reaped = false;
    Fd m_handle;
};

/// Moves what is there to move through the three pipes until the command ended or has to.
class LocalRun final {
public:
    LocalRun(ShellExchange& exchange, std::chrono::milliseconds limit) : m_exchange(exchange), m_limit(limit) { }

    Result<CommandResult> run(const std::stop_token& stop, const std::string& where)
    {
        auto in = Pipe::make();
        auto out = Pipe::make();
        auto err = Pipe::make();
        if (!in || !out || !err)
            return tl::unexpected(!in ? in.error() : !out ? out.error() : err.error());
        if (auto spawned = m_child.spawn(m_exchange.commandLine(), in->readEnd.get(), out->writeEnd.get(), err->writeEnd.get()); !spawned)
            return tl::unexpected(spawned.error());
        m_in = std::move(in->writeEnd);
        m_out = std::move(out->readEnd);
        m_err = std::move(err->readEnd);
        in->readEnd.reset();
        out->writeEnd.reset();
        err->writeEnd.reset();
        for (const Fd* fd : {&m_in, &m_out, &m_err})
            makeNonBlocking(fd->get());

        const StopEvent stopEvent(stop);
        const auto until = Clock::now() + m_limit;
        Clock::time_point leftoverUntil = Clock::time_point::max();
        while (m_out || m_err || !m_child.wasEnded()) {
            if (stop.stop_requested())
                return ended(failure(ErrorCode::Cancelled, where));
            const auto now = Clock::now();
            if (now >= leftoverUntil)
                break;
            if (now >= until && !m_child.wasEnded())
                return ended(failure(ErrorCode::Timeout, where, "command: " + std::to_string(m_limit.count()) + " ms"));
            if (m_in && m_exchange.inputComplete())
                m_in.reset();
            wait(stopEvent.fd(), std::min(until, leftoverUntil));
            if (!feed() || !drain(m_out, false) || !drain(m_err, true)) {
                m_child.killGroup();
                m_child.reap();
                return m_exchange.finish(-1, {}, where);
            }
            if (!m_child.wasEnded() && m_child.ended())
                leftoverUntil = Clock::now() + leftoverGrace;
        }
        if (m_out || m_err)
            m_child.killGroup();
        m_child.reap();
        return m_exchange.finish(m_child.exitStatus, m_child.signal, where);
    }

private:
    Result<CommandResult> ended(tl::unexpected<Error> error)
    {
        m_child.killGroup();
        m_child.reap();
        return error;
    }

    void wait(int stopFd, Clock::time_point until)
    {
        const bool wantsIn = m_in && !m_exchange.pendingInput().empty();
        std::array<pollfd, 5> fds {{{stopFd, POLLIN, 0}, {m_out.get(), POLLIN, 0}, {m_err.get(), POLLIN, 0},
            {wantsIn ? m_in.get() : -1, POLLOUT, 0}, {m_child.handle(), POLLIN, 0}}};
        const int most = m_child.wasEnded() || m_child.handle() >= 0 ? 1000 : 20;
        poll(fds.data(), fds.size(), millisecondsUntil(until, most));
    }

    bool feed()
    {
        const std::string_view pending = m_exchange.pendingInput();
        if (!m_in || pending.empty())
            return true;
        const ssize_t written = write(m_in.get(), pending.data(), pending.size());
        if (written > 0)
            m_exchange.inputSent(static_cast<std::size_t>(written));
        else if (written < 0 && errno != EAGAIN && errno != EINTR)
            m_in.reset(); // it does not read on; that is its own affair
        return true;
    }

    bool drain(Fd& from, bool isError)
    {
        std::array<char, 65536> buffer; // NOLINT: filled by read()
        for (int i = 0; from && i < 16; ++i) {
            const ssize_t got = read(from.get(), buffer.data(), buffer.size());
            if (got > 0) {
                const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
                if (!(isError ? m_exchange.takeErr(bytes) : m_exchange.takeOut(bytes)))
                    return false;
            } else if (got == 0) {
                from.reset();
            } else if (errno == EAGAIN) {
                break;
            } else if (errno != EINTR) {
                from.reset();
            }
        }
        return true;
    }

    ShellExchange& m_exchange;
    std::chrono::milliseconds m_limit;
    Child m_child;
    Fd m_in, m_out, m_err;
};

class LocalShell final : public Shell {
public:
    explicit LocalShell(const LocalShellOptions& options) : m_options(options) { }

    Result<CommandResult> run(const CommandRequest& request, std::stop_token stop) override { return go(request, stop, nullptr); }
    Result<CommandResult> stream(const CommandRequest& request, std::stop_token stop,
                                 const std::function<bool(std::string_view)>& chunk) override
    {
        return go(request, stop, &chunk);
    }
    std::string name() const override { return "this machine"; }

private:
    Result<CommandResult> go(const CommandRequest& request, const std::stop_token& stop, const ShellExchange::Chunk* chunk)
    {
        if (stop.stop_requested())
            return failure(ErrorCode::Cancelled, name());
        ignoreBrokenPipes();
        const bool sudo = request.root && m_options.useSudo && geteuid() != 0;
        const auto password = sudo && m_options.secrets != nullptr ? m_options.secrets->sudoPassword(localSudoKey()) : std::nullopt;
        // What sudo started is root's and not ours to kill.
        ShellExchange exchange(request, chunk, sudo ? ShellExchange::Privilege::Sudo : ShellExchange::Privilege::AsIs,
                               sudo ? ShellExchange::Watchdog::There : ShellExchange::Watchdog::Here, password);
        return LocalRun(exchange, request.timeLimit).run(stop, sudo ? localSudoKey() : name());
    }

    LocalShellOptions m_options;
};

} // namespace

std::string localSudoKey() { return localUserName() + "@localhost"; }

std::unique_ptr<Shell> localShell(const LocalShellOptions& options) { return std::make_unique<LocalShell>(options); }
std::unique_ptr<Shell> localShell() { return localShell(LocalShellOptions {}); }

} // namespace medic
