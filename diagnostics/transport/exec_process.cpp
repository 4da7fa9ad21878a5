// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/exec_process.h"

#include "diagnostics/transport/shell_fd.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace medic {

namespace {

struct Pipe {
    Fd readEnd, writeEnd;
    Pipe()
    {
        std::array<int, 2> ends {-1, -1};
        if (pipe2(ends.data(), O_CLOEXEC) == 0) {
            readEnd.reset(ends[0]);
            writeEnd.reset(ends[1]);
        }
    }
};

/// posix_spawn's two objects, freed whatever happens.
struct SpawnSettings {
    posix_spawn_file_actions_t actions {};
    posix_spawnattr_t attributes {};
    SpawnSettings(int out, int err)
    {
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
        posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
        posix_spawnattr_init(&attributes);
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &all); // we ignore SIGPIPE; programs expect it
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;
    ~SpawnSettings()
    {
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }
};

std::vector<std::string> environmentWith(const std::vector<std::pair<std::string, std::string>>& added)
{
    std::map<std::string, std::string> all;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string text(*entry);
        const auto equals = text.find('=');
        if (equals != std::string::npos)
            all[text.substr(0, equals)] = text.substr(equals + 1);
    }
    for (const auto& [name, value] : added)
        if (!name.empty() && name.find('=') == std::string::npos)
            all[name] = value;
    std::vector<std::string> lines;
    for (const auto& [name, value] : all)
        lines.push_back(name + "=" + value);
    return lines;
}

std::vector<char*> pointers(std::vector<std::string>& texts)
{
    std::vector<char*> all;
    for (std::string& text : texts)
        all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

/// Reads what is there; false at the end of the stream.
bool drain(int fd, std::string& into)
{
    std::array<char, 16384> buffer;
    const ssize_t got = read(fd, buffer.data(), buffer.size());
    if (got > 0)
        into.append(buffer.data(), static_cast<std::size_t>(got));
    return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

/// The child's end, whatever way we leave: its whole group is killed while the child, dead or not, still holds the id.
struct Child {
    pid_t pid;
    bool reaped = false;
    explicit Child(pid_t p) : pid(p) { }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child()
    {
        if (!reaped)
            end();
    }
    int waitFor()
    {
        siginfo_t info {};
        while (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) { }
        return end();
    }

private:
    int end()
    {
        kill(-pid, SIGKILL);
        int status = 0;
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) { }
        reaped = true;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
};

} // namespace

Result<ProcessResult> runProcess(const ProcessRequest& request, const std::stop_token& stop)
{
    Pipe out, err;
    if (!out.readEnd || !err.readEnd)
        return failure(ErrorCode::Internal, request.command, std::strerror(errno), errno);
    pid_t pid = -1;
    {
        const SpawnSettings settings(out.writeEnd.get(), err.writeEnd.get());
        std::vector<std::string> arguments {request.command};
        arguments.insert(arguments.end(), request.arguments.begin(), request.arguments.end());
        std::vector<std::string> environment = environmentWith(request.environment);
        const int problem = posix_spawnp(&pid, request.command.c_str(), &settings.actions, &settings.attributes,
                                         pointers(arguments).data(), pointers(environment).data());
        if (problem != 0)
            return failure(problem == ENOENT || problem == EACCES ? ErrorCode::ToolMissing : ErrorCode::Internal, request.command,
                           std::strerror(problem), problem);
    }
    Child child(pid);
    out.writeEnd.reset();
    err.writeEnd.reset();
    // The program's own end counts, not that of grandchildren which keep its pipes open.
    const Fd ended(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    const StopEvent stopped(stop);
    const auto deadline = std::chrono::steady_clock::now() + request.limit;
    ProcessResult result;
    std::array<pollfd, 4> waiting {{{out.readEnd.get(), POLLIN, 0}, {err.readEnd.get(), POLLIN, 0}, {ended.get(), POLLIN, 0}, {stopped.fd(), POLLIN, 0}}};
    while (true) {
        const int left = millisecondsUntil(deadline, 1000);
        if (stop.stop_requested())
            return failure(ErrorCode::Cancelled, request.command);
        if (left == 0)
            return failure(ErrorCode::Timeout, request.command, "no answer within " + std::to_string(request.limit.count() / 1000) + " s");
        poll(waiting.data(), waiting.size(), left);
        for (const std::size_t i : {0U, 1U})
            if (waiting[i].revents != 0 && !drain(waiting[i].fd, i == 0 ? result.out : result.err))
                waiting[i].fd = -1;
        if (result.out.size() > request.outputLimit || result.err.size() > request.outputLimit)
            return failure(ErrorCode::OutputTooLarge, request.command, "more than " + std::to_string(request.outputLimit) + " bytes of output");
        if (waiting[2].revents != 0 || (waiting[0].fd < 0 && waiting[1].fd < 0 && ended.get() < 0))
            break;
    }
    for (const std::size_t i : {0U, 1U}) // what it wrote last
        while (waiting[i].fd >= 0 && result.out.size() + result.err.size() <= 2 * request.outputLimit) {
            pollfd rest {waiting[i].fd, POLLIN, 0};
            if (poll(&rest, 1, 0) <= 0 || !drain(waiting[i].fd, i == 0 ? result.out : result.err))
                break;
        }
    result.exitStatus = child.waitFor();
    return result;
}

} // namespace medic
