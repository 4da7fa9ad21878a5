// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/ssh_connection.h"

#include "diagnostics/transport/known_hosts.h"
#include "diagnostics/transport/secrets.h"
#include "diagnostics/transport/ssh_auth.h"
#include "diagnostics/transport/ssh_command.h"
#include "diagnostics/transport/ssh_config.h"
#include "diagnostics/transport/ssh_dial.h"
#include "diagnostics/transport/ssh_handshake.h"
#include "diagnostics/transport/ssh_link.h"

#include <algorithm>

namespace medic {

namespace {

using namespace ssh;

constexpr std::size_t longestChain = 16;

/// One host on the way, the target being the last.
struct Hop {
    SshHostConfig config;
    std::vector<std::string> identities;
    [[nodiscard]] std::string place() const
    {
        const bool v6 = config.hostName.find(':') != std::string::npos;
        return (v6 ? '[' + config.hostName + ']' : config.hostName) + ':' + std::to_string(config.port);
    }
    [[nodiscard]] std::string name() const { return config.user + '@' + place(); }
    [[nodiscard]] std::string secretsKey() const { return config.port == 22 ? config.user + '@' + config.hostName : name(); }
};

std::string expandHome(const std::string& file)
{
    return file.starts_with("~/") ? (userHome() / file.substr(2)).string() : file;
}

/// Turns a target, the profile and ssh_config into the chain of hosts to go through.
class Route final {
public:
    Route(const NodeTarget& target, const SshSettings& settings) : m_target(target), m_settings(settings) { }

    Result<std::vector<Hop>> plan()
    {
        Hop last;
        const std::string host = m_target.host.empty() ? m_target.name : m_target.host;
        auto config = resolve(host, !m_target.user.empty() ? m_target.user : m_settings.user, m_target.port != 0 ? m_target.port : m_settings.port);
        if (!config)
            return tl::unexpected(config.error());
        last.config = std::move(*config);
        const auto& jumps = !m_target.jumps.empty() ? m_target.jumps : m_settings.jumps;
        if (auto added = addJumps(jumps.empty() ? last.config.proxyJump : jumps); !added)
            return tl::unexpected(added.error());
        addIdentities(last, m_target.identity);
        m_hops.push_back(std::move(last));
        return std::move(m_hops);
    }

private:
    Result<SshHostConfig> resolve(const std::string& host, const std::string& user, std::uint16_t port) const
    {
        auto config = resolveSshConfig({.alias = host, .user = user, .port = port, .configFile = expandHome(m_settings.configFile), .home = {}, .localUser = {}});
        if (config && !m_settings.knownHostsFile.empty())
            config->userKnownHosts = {expandHome(m_settings.knownHostsFile)};
        return config;
    }

    /// The first jump's own ProxyJump counts too; those of the later ones do not, as with `ssh -J a,b`.
    Result<void> addJumps(const std::vector<std::string>& jumps)
    {
        if (jumps.empty() || (jumps.size() == 1 && jumps.front() == "none"))
            return {};
        for (std::size_t i = 0; i < jumps.size(); ++i) {
            const auto destination = parseSshDestination(jumps[i]);
            if (!destination)
                return tl::unexpected(destination.error());
            auto config = resolve(destination->host, !destination->user.empty() ? destination->user : std::string(), destination->port);
            if (!config)
                return tl::unexpected(config.error());
            if (i == 0 && m_depth++ < longestChain) {
                if (auto added = addJumps(config->proxyJump); !added)
                    return added;
            }
            Hop hop {.config = std::move(*config), .identities = {}};
            addIdentities(hop, {});
            m_hops.push_back(std::move(hop));
            if (m_hops.size() >= longestChain)
                return failure(ErrorCode::BadValue, jumps[i], "more than 16 jump hosts: does a jump host lead through itself?");
        }
        return {};
    }

    void addIdentities(Hop& hop, const std::string& own) const
    {
        std::vector<std::string> wanted;
        if (!own.empty())
            wanted.push_back(own);
        wanted.insert(wanted.end(), m_settings.identities.begin(), m_settings.identities.end());
        const bool given = !wanted.empty();
        // Keys named by the profile replace the default ones, and come before those that ssh_config names.
        if (!given || hop.config.identitiesGiven)
            wanted.insert(wanted.end(), hop.config.identityFiles.begin(), hop.config.identityFiles.end());
        hop.config.identitiesGiven = hop.config.identitiesGiven || given;
        for (const std::string& file : wanted) {
            const std::string path = expandHome(file);
            if (std::find(hop.identities.begin(), hop.identities.end(), path) == hop.identities.end())
                hop.identities.push_back(path);
        }
    }

    const NodeTarget& m_target;
    const SshSettings& m_settings;
    std::vector<Hop> m_hops;
    std::size_t m_depth = 0;
};

/// What a person has to answer, or decided, keeps its own code; else it is the jump host that failed.
Error asJumpFailure(Error error, const Hop& hop)
{
    switch (error.code) {
    case ErrorCode::HostKeyUnknown:
    case ErrorCode::HostKeyChanged:
    case ErrorCode::HostKeyRevoked:
    case ErrorCode::PassphraseNeeded:
    case ErrorCode::PasswordNeeded:
    case ErrorCode::Cancelled:
    case ErrorCode::JumpFailed: return error;
    default: break;
    }
    std::string detail(errorName(error.code));
    if (error.where != hop.name() && error.where != hop.place())
        detail += ' ' + error.where;
    return Error {ErrorCode::JumpFailed, hop.name(), error.detail.empty() ? detail : detail + ": " + error.detail, error.systemError};
}

class Connection final : public SshConnection {
public:
    Connection(std::shared_ptr<Link> link, const Hop& hop, const Secrets& secrets, std::chrono::milliseconds connectLimit, bool useSudo,
               std::vector<std::string> warnings) :
        m_link(std::move(link)),
        m_secrets(secrets), m_secretsKey(hop.secretsKey()), m_connectLimit(connectLimit),
        m_sudo(useSudo && hop.config.user != "root"),
        m_keepAlive {std::chrono::seconds(hop.config.serverAliveInterval), hop.config.serverAliveCountMax}, m_warnings(std::move(warnings))
    {
    }

    Result<CommandResult> run(const CommandRequest& request, std::stop_token stop) override { return go(request, stop, nullptr); }
    Result<CommandResult> stream(const CommandRequest& request, std::stop_token stop,
                                 const std::function<bool(std::string_view)>& chunk) override
    {
        return go(request, stop, &chunk);
    }
    std::string name() const override { return m_link->name(); }
    Result<std::unique_ptr<ByteStream>> forward(const std::string& host, std::uint16_t port, std::stop_token stop) override
    {
        return openStream(m_link, host, port, m_connectLimit, stop);
    }
    const std::vector<std::string>& warnings() const override { return m_warnings; }

private:
    Result<CommandResult> go(const CommandRequest& request, const std::stop_token& stop, const ShellExchange::Chunk* chunk)
    {
        const bool sudo = request.root && m_sudo;
        ShellExchange exchange(request, chunk, sudo ? ShellExchange::Privilege::Sudo : ShellExchange::Privilege::AsIs,
                               ShellExchange::Watchdog::There, sudo ? m_secrets.sudoPassword(m_secretsKey) : std::nullopt);
        return runCommand(*m_link, exchange, sudo ? m_secretsKey : name(), request.timeLimit, m_keepAlive, stop);
    }

    std::shared_ptr<Link> m_link;
    const Secrets& m_secrets;
    std::string m_secretsKey;
    std::chrono::milliseconds m_connectLimit;
    bool m_sudo;
    KeepAlive m_keepAlive;
    std::vector<std::string> m_warnings;
};

std::chrono::milliseconds connectLimit(const Hop& hop, const SshSettings& settings)
{
    return std::chrono::seconds(hop.config.connectTimeout.value_or(std::max(1, settings.connectSeconds)));
}

Result<std::unique_ptr<Link>> reach(std::unique_ptr<Link> before, const Hop& hop, std::chrono::milliseconds limit, const std::stop_token& stop)
{
    if (before)
        return Link::through(std::move(before), hop.config.hostName, hop.config.port, hop.name(),
                             Deadline::after(limit, stop, "tunnel"));
    auto socket = dial({.host = hop.config.hostName, .port = hop.config.port, .family = hop.config.family,
                        .bindAddress = hop.config.bindAddress, .limit = limit}, stop);
    if (!socket)
        return tl::unexpected(socket.error());
    return Link::overSocket(std::move(*socket), hop.name());
}

/// Everything that is done with one host until commands can be sent, or the next tunnel opened.
Result<std::unique_ptr<Link>> step(std::unique_ptr<Link> before, const Hop& hop, const SshSettings& settings, const Secrets& secrets,
                                   const std::stop_token& stop, std::vector<std::string>& warnings)
{
    const auto limit = connectLimit(hop, settings);
    auto link = reach(std::move(before), hop, limit, stop);
    if (!link)
        return link;
    if (auto done = handshake(**link, hop.config, secrets, Deadline::after(limit, stop, "handshake"), warnings); !done)
        return tl::unexpected(done.error());
    // sshd may look names up or ask a directory before it answers: twice the time.
    const AuthRequest request {.user = hop.config.user, .identities = hop.identities, .secretsKey = hop.secretsKey(), .config = &hop.config};
    if (auto done = authenticate(**link, request, secrets, Deadline::after(2 * limit, stop, "authentication")); !done)
        return tl::unexpected(done.error());
    return link;
}

} // namespace

Result<std::unique_ptr<SshConnection>> SshConnection::open(const NodeTarget& target, const SshSettings& settings, const Secrets& secrets,
                                                           std::stop_token stop)
{
    ignoreBrokenPipes();
    auto hops = Route(target, settings).plan();
    if (!hops)
        return tl::unexpected(hops.error());
    std::unique_ptr<Link> link;
    std::vector<std::string> warnings;
    for (const Hop& hop : *hops) {
        warnings.insert(warnings.end(), hop.config.warnings.begin(), hop.config.warnings.end());
        auto next = step(std::move(link), hop, settings, secrets, stop, warnings);
        if (!next)
            return tl::unexpected(&hop == &hops->back() ? next.error() : asJumpFailure(next.error(), hop));
        link = std::move(*next);
    }
    const Hop& last = hops->back();
    return std::make_unique<Connection>(std::move(link), last, secrets, connectLimit(last, settings), settings.useSudo, std::move(warnings));
}

} // namespace medic
