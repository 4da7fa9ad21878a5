// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fakes/sim_ssh_server.h"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <list>
#include <mutex>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ; // NOLINT: POSIX has it this way

namespace medic::fakes {

namespace {

using namespace std::chrono_literals;

constexpr std::array<std::pair<SimFault, const char*>, 7> faultNames {{{SimFault::None, "none"},
    {SimFault::HangBeforeBanner, "hang-before-banner"}, {SimFault::HangAfterAuth, "hang-after-auth"}, {SimFault::DropMidCommand, "drop"},
    {SimFault::DripSlowly, "drip"}, {SimFault::TalkWithoutEnd, "talk"}, {SimFault::RefuseAuth, "refuse"}}};

/// Sleeps that end when the server does.
class Stopper final {
public:
    void stop()
    {
        const std::scoped_lock lock(m_mutex);
        m_stopped = true;
        m_changed.notify_all();
    }
    bool sleep(std::chrono::milliseconds time)
    {
        std::unique_lock lock(m_mutex);
        return !m_changed.wait_for(lock, time, [this] { return m_stopped; });
    }
    bool stopped()
    {
        const std::scoped_lock lock(m_mutex);
        return m_stopped;
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_stopped = false;
};

/// What /bin/sh makes of a command.
SimAnswer runShell(const std::string& node, const std::string& command, const std::string& input)
{
    const int in = memfd_create("input", MFD_CLOEXEC);
    if (in < 0 || write(in, input.data(), input.size()) != static_cast<ssize_t>(input.size()) || lseek(in, 0, SEEK_SET) != 0)
        return {.out = {}, .err = "sim: no input\n", .exitStatus = 255};
    std::array<int, 2> out {}, err {};
    if (pipe2(out.data(), O_CLOEXEC) != 0 || pipe2(err.data(), O_CLOEXEC) != 0) {
        close(in);
        return {.out = {}, .err = "sim: no pipe\n", .exitStatus = 255};
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, err[1], 2);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    std::string shell = "sh", option = "-c", text = command, self = "SIM_NODE=" + node;
    const std::array<char*, 4> arguments {shell.data(), option.data(), text.data(), nullptr};
    std::vector<char*> environment {self.data()};
    for (char** entry = environ; *entry != nullptr; ++entry)
        environment.push_back(*entry);
    environment.push_back(nullptr);
    pid_t pid = -1;
    const int failed = posix_spawn(&pid, "/bin/sh", &actions, &attributes, arguments.data(), environment.data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    for (const int fd : {in, out[1], err[1]})
        close(fd);
    SimAnswer answer;
    std::array<pollfd, 2> fds {{{out[0], POLLIN, 0}, {err[0], POLLIN, 0}}};
    while (failed == 0 && (fds[0].fd >= 0 || fds[1].fd >= 0) && poll(fds.data(), fds.size(), -1) >= 0) {
        for (std::size_t i = 0; i < fds.size(); ++i) {
            if (fds[i].fd < 0 || fds[i].revents == 0)
                continue;
            std::array<char, 16384> buffer; // NOLINT: filled by read()
            const ssize_t got = read(fds[i].fd, buffer.data(), buffer.size());
            if (got > 0)
                (i == 0 ? answer.out : answer.err).append(buffer.data(), static_cast<std::size_t>(got));
            else
                fds[i].fd = -1;
        }
    }
    close(out[0]);
    close(err[0]);
    int status = 0;
    if (failed == 0 && waitpid(pid, &status, 0) == pid)
        answer.exitStatus = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return answer;
}

} // namespace

std::optional<SimFault> simFaultByName(const std::string& name)
{
    for (const auto& [fault, known] : faultNames) {
        if (name == known)
            return fault;
    }
    return std::nullopt;
}

std::string simFaultName(SimFault fault)
{
    for (const auto& [known, name] : faultNames) {
        if (fault == known)
            return name;
    }
    return {};
}

struct SimSshServer::Private {
    Options options;
    std::string problem, hostKey;
    int listener = -1;
    std::uint16_t port = 0;
    ssh_bind bind = nullptr;
    Stopper stopper;
    mutable std::mutex mutex; ///< of the two below
    std::vector<SimBehaviour> behaviours;
    struct Client {
        int fd = -1; ///< our copy: to shut it down
        std::thread thread;
        std::atomic<bool> done {false};
    };
    std::list<Client> clients;
    std::thread acceptor;
    std::atomic<int> made {0}, open {0}, commands {0};

    bool start();
    void accept();
    void reap(bool all);
    void serve(int fd, int node);
    bool letIn(ssh_session session, const SimBehaviour& behaviour);
    void commandsOf(ssh_session session, int node, const SimBehaviour& behaviour, int fd);
    bool runCommand(ssh_channel channel, const std::string& command, int node, const SimBehaviour& behaviour, int fd);
    bool send(ssh_channel channel, const std::string& text, bool isError);
};

bool SimSshServer::Private::start()
{
    ssh_key key = nullptr;
    bind = ssh_bind_new();
    const bool noConfig = false;
    if (bind == nullptr || ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key) != SSH_OK
        || ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &noConfig) != SSH_OK
        || ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, key) != SSH_OK) {
        problem = "libssh gives no server";
        return false;
    }
    char* text = nullptr;
    ssh_pki_export_pubkey_base64(key, &text);
    hostKey = std::string("ssh-ed25519 ") + text;
    ssh_string_free_char(text);

    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    address.sin_port = htons(options.port);
    socklen_t length = sizeof address;
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(listener, 1024) != 0
        || getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
        problem = std::strerror(errno);
        return false;
    }
    port = ntohs(address.sin_port);
    return true;
}

void SimSshServer::Private::reap(bool all)
{
    for (auto client = clients.begin(); client != clients.end();) {
        if (all)
            shutdown(client->fd, SHUT_RDWR);
        if (all || client->done) {
            client->thread.join();
            close(client->fd);
            client = clients.erase(client);
        } else {
            ++client;
        }
    }
}

void SimSshServer::Private::accept()
{
    while (!stopper.stopped()) {
        pollfd wait {listener, POLLIN, 0};
        if (poll(&wait, 1, 100) != 1)
            continue;
        const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0)
            continue;
        sockaddr_in local {};
        socklen_t length = sizeof local;
        getsockname(fd, reinterpret_cast<sockaddr*>(&local), &length);
        const std::uint32_t number = ntohl(local.sin_addr.s_addr);
        const int node = static_cast<int>((number >> 8 & 0xff) * 250 + (number & 0xff)) - 1;
        const bool ours = (number >> 16) == 0x7f01; // 127.1.x.y; nobody lives elsewhere
        if (!ours || node < 0 || node >= options.nodes) {
            close(fd);
            continue;
        }
        const int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        ++made;
        reap(false);
        Client& client = clients.emplace_back();
        client.fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        client.thread = std::thread([this, fd, node, &client] {
            ++open;
            serve(fd, node);
            --open;
            client.done = true;
        });
    }
    reap(true);
}

void SimSshServer::Private::serve(int fd, int node)
{
    SimBehaviour behaviour;
    {
        const std::scoped_lock lock(mutex);
        behaviour = behaviours[static_cast<std::size_t>(node)];
    }
    if (behaviour.fault == SimFault::HangBeforeBanner) {
        // Until the client gives up or we do: its end shows as readable.
        pollfd wait {fd, POLLIN | POLLRDHUP, 0};
        while (!stopper.stopped()) {
            if (poll(&wait, 1, 100) == 1 && (wait.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0)
                break;
            if (!stopper.sleep(20ms))
                break;
        }
        close(fd);
        return;
    }
    if (!stopper.sleep(behaviour.latency)) {
        close(fd);
        return;
    }
    ssh_session session = ssh_new();
    bool accepted = false;
    {
        const std::scoped_lock lock(mutex); // the bind's key is copied
        accepted = ssh_bind_accept_fd(bind, session, fd) == SSH_OK;
    }
    if (!accepted) {
        close(fd);
    } else {
        ssh_set_auth_methods(session, SSH_AUTH_METHOD_PASSWORD | SSH_AUTH_METHOD_PUBLICKEY);
        if (ssh_handle_key_exchange(session) == SSH_OK && letIn(session, behaviour))
            commandsOf(session, node, behaviour, fd);
        ssh_disconnect(session);
    }
    ssh_free(session);
}

bool SimSshServer::Private::letIn(ssh_session session, const SimBehaviour& behaviour)
{
    while (!stopper.stopped()) {
        ssh_message message = ssh_message_get(session);
        if (message == nullptr)
            return false;
        bool granted = false;
        if (ssh_message_type(message) == SSH_REQUEST_SERVICE) {
            ssh_message_service_reply_success(message);
        } else if (ssh_message_type(message) == SSH_REQUEST_AUTH && behaviour.fault != SimFault::RefuseAuth) {
            granted = stopper.sleep(behaviour.latency);
            ssh_message_auth_reply_success(message, 0);
        } else {
            ssh_message_reply_default(message);
        }
        ssh_message_free(message);
        if (granted)
            return true;
    }
    return false;
}

void SimSshServer::Private::commandsOf(ssh_session session, int node, const SimBehaviour& behaviour, int fd)
{
    if (behaviour.fault == SimFault::HangAfterAuth) {
        pollfd wait {fd, POLLRDHUP, 0};
        while (stopper.sleep(50ms) && !(poll(&wait, 1, 0) == 1 && (wait.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0)) { }
        return;
    }
    ssh_channel channel = nullptr;
    while (!stopper.stopped()) {
        ssh_message message = ssh_message_get(session);
        if (message == nullptr)
            return;
        std::string command;
        if (ssh_message_type(message) == SSH_REQUEST_CHANNEL_OPEN && ssh_message_subtype(message) == SSH_CHANNEL_SESSION) {
            channel = ssh_message_channel_request_open_reply_accept(message);
        } else if (ssh_message_type(message) == SSH_REQUEST_CHANNEL && ssh_message_subtype(message) == SSH_CHANNEL_REQUEST_EXEC && channel != nullptr) {
            command = ssh_message_channel_request_command(message);
            ssh_message_channel_request_reply_success(message);
        } else {
            ssh_message_reply_default(message);
        }
        ssh_message_free(message);
        if (!command.empty()) {
            const bool goOn = runCommand(channel, command, node, behaviour, fd);
            ssh_channel_free(channel);
            channel = nullptr;
            if (!goOn)
                return;
        }
    }
}

bool SimSshServer::Private::send(ssh_channel channel, const std::string& text, bool isError)
{
    for (std::size_t done = 0; done < text.size();) {
        const auto size = static_cast<std::uint32_t>(std::min<std::size_t>(text.size() - done, 32768));
        const int sent = isError ? ssh_channel_write_stderr(channel, text.data() + done, size) : ssh_channel_write(channel, text.data() + done, size);
        if (sent <= 0 || ssh_channel_is_closed(channel) != 0)
            return false;
        done += static_cast<std::size_t>(sent);
    }
    return true;
}

bool SimSshServer::Private::runCommand(ssh_channel channel, const std::string& command, int node, const SimBehaviour& behaviour, int fd)
{
    ++commands;
    if (!stopper.sleep(behaviour.latency))
        return false;
    if (behaviour.fault == SimFault::TalkWithoutEnd) {
        std::string chatter;
        for (int i = 0; i < 500; ++i)
            chatter += "and another thing\n";
        while (!stopper.stopped() && send(channel, chatter, false)) { }
        return false;
    }
    std::string input;
    std::array<char, 16384> buffer; // NOLINT: filled below
    while (ssh_channel_is_eof(channel) == 0 || ssh_channel_poll(channel, 0) > 0) {
        const int got = ssh_channel_read(channel, buffer.data(), buffer.size(), 0);
        if (got <= 0)
            break;
        input.append(buffer.data(), static_cast<std::size_t>(got));
    }
    const std::string self = SimSshServer::name(node);
    auto answer = options.answer ? options.answer(self, command, input) : std::nullopt;
    if (!answer)
        answer = runShell(self, command, input);
    if (behaviour.fault == SimFault::DropMidCommand) {
        send(channel, answer->out.substr(0, answer->out.size() / 2), false);
        shutdown(fd, SHUT_RDWR);
        return false;
    }
    if (behaviour.fault == SimFault::DripSlowly) {
        for (std::size_t i = 0; i < answer->out.size(); ++i) {
            if (!send(channel, answer->out.substr(i, 1), false) || !stopper.sleep(200ms))
                return false;
        }
    } else if (!send(channel, answer->out, false)) {
        return false;
    }
    if (!send(channel, answer->err, true))
        return false;
    ssh_channel_request_send_exit_status(channel, answer->exitStatus);
    ssh_channel_send_eof(channel);
    ssh_channel_close(channel);
    return true;
}

SimSshServer::SimSshServer(const Options& options) : d(std::make_unique<Private>())
{
    std::signal(SIGPIPE, SIG_IGN);
    d->options = options;
    d->behaviours.assign(static_cast<std::size_t>(std::max(1, options.nodes)), options.behaviour);
    if (d->start())
        d->acceptor = std::thread([this] { d->accept(); });
}

SimSshServer::~SimSshServer()
{
    d->stopper.stop();
    if (d->acceptor.joinable())
        d->acceptor.join();
    if (d->listener >= 0)
        close(d->listener);
    if (d->bind != nullptr)
        ssh_bind_free(d->bind);
}

bool SimSshServer::running() const { return d->acceptor.joinable(); }
std::string SimSshServer::problem() const { return d->problem; }
std::uint16_t SimSshServer::port() const { return d->port; }
int SimSshServer::nodes() const { return d->options.nodes; }
std::string SimSshServer::address(int node) { return "127.1." + std::to_string(node / 250) + '.' + std::to_string(node % 250 + 1); }

std::string SimSshServer::name(int node)
{
    std::array<char, 16> text {};
    std::snprintf(text.data(), text.size(), "sim-%03d", node + 1);
    return text.data();
}

void SimSshServer::setBehaviour(int node, const SimBehaviour& behaviour)
{
    const std::scoped_lock lock(d->mutex);
    d->behaviours.at(static_cast<std::size_t>(node)) = behaviour;
}

SimBehaviour SimSshServer::behaviour(int node) const
{
    const std::scoped_lock lock(d->mutex);
    return d->behaviours.at(static_cast<std::size_t>(node));
}

std::string SimSshServer::knownHostsLine() const { return "[127.1.*]:" + std::to_string(d->port) + ' ' + d->hostKey + '\n'; }

std::string SimSshServer::hostsFile() const
{
    std::string out;
    for (int node = 0; node < d->options.nodes; ++node)
        out += address(node) + " name=" + name(node) + " user=root port=" + std::to_string(d->port) + '\n';
    return out;
}

int SimSshServer::connectionsMade() const { return d->made; }
int SimSshServer::connectionsOpen() const { return d->open; }
int SimSshServer::commandsRun() const { return d->commands; }

} // namespace medic::fakes
