// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/ssh_config.h"

#include "diagnostics/transport/ssh_config_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <map>
#include <tuple>

#include <pwd.h>
#include <unistd.h>

namespace medic {

namespace {

using namespace sshtext;

std::string localHostName()
{
    std::array<char, 256> name {};
    return gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

/// What the files say, with tokens expanded, defaults filled in and values checked.
class Resolver {
public:
    explicit Resolver(const SshConfigQuery& query) : m_query(query), m_read(query) { }

    Result<SshHostConfig> resolve();

private:
    [[nodiscard]] Result<std::string> expand(const std::string& text, const std::string& where, bool path) const;
    Result<void> fill();
    Result<void> fillNumber(const char* key, int minimum, int maximum, int& out) const;
    Result<void> fillFlag(const char* key, bool& out) const;
    Result<void> fillFiles(const char* key, std::vector<std::string>& out) const;
    Result<void> fillJumps();

    const SshConfigQuery& m_query;
    ConfigReader m_read;
    SshHostConfig m_config;
};

Result<SshHostConfig> Resolver::resolve()
{
    m_config.alias = m_query.alias;
    if (auto done = m_read.read(); !done)
        return tl::unexpected(done.error());
    m_config.warnings = m_read.takeWarnings();
    if (auto filled = fill(); !filled)
        return tl::unexpected(filled.error());
    return std::move(m_config);
}

Result<std::string> Resolver::expand(const std::string& text, const std::string& where, bool path) const
{
    std::string in = text;
    if (path && in == "~")
        in = m_read.home().string();
    else if (path && in.starts_with("~/"))
        in = (m_read.home() / in.substr(2)).string();
    std::string out;
    for (std::size_t i = 0; i < in.size(); ++i) {
        if (path && in[i] == '$' && i + 1 < in.size() && in[i + 1] == '{') {
            const auto end = in.find('}', i);
            if (end == std::string::npos)
                return failure(ErrorCode::BadSyntax, where, "\"${\" without \"}\"");
            const std::string name = in.substr(i + 2, end - i - 2);
            const char* value = std::getenv(name.c_str());
            if (value == nullptr)
                return failure(ErrorCode::MissingValue, where, "the environment variable " + name + " is not set");
            out += value;
            i = end;
        } else if (in[i] != '%') {
            out += in[i];
        } else if (++i >= in.size()) {
            return failure(ErrorCode::BadSyntax, where, "a single % at the end");
        } else {
            switch (in[i]) {
            case '%': out += '%'; break;
            case 'h': out += m_config.hostName; break;
            case 'n': out += m_query.alias; break;
            case 'k': out += m_config.hostKeyAlias.empty() ? m_query.alias : m_config.hostKeyAlias; break;
            case 'p': out += std::to_string(m_config.port); break;
            case 'r': out += m_config.user; break;
            case 'u': out += m_read.localUser(); break;
            case 'd': out += m_read.home().string(); break;
            case 'i': out += std::to_string(getuid()); break;
            case 'l': out += localHostName(); break;
            case 'L': {
                const std::string name = localHostName();
                out += name.substr(0, name.find('.'));
                break;
            }
            default: return failure(ErrorCode::BadValue, where, std::string("the token %") + in[i] + " is not known here");
            }
        }
    }
    return out;
}

Result<void> Resolver::fillNumber(const char* key, int minimum, int maximum, int& out) const
{
    const ConfigValue* found = m_read.find(key);
    if (found == nullptr)
        return {};
    const std::string& text = found->arguments.front();
    std::string digits = text;
    int factor = 1;
    const bool isTime = std::strcmp(key, "port") != 0 && std::strcmp(key, "serveralivecountmax") != 0;
    if (isTime && !digits.empty()) { // sshd_config(5) TIME FORMATS, single unit
        switch (digits.back()) {
        case 's': case 'S': digits.pop_back(); break;
        case 'm': case 'M': factor = 60; digits.pop_back(); break;
        case 'h': case 'H': factor = 3600; digits.pop_back(); break;
        default: break;
        }
        if (lowered(text) == "none")
            return {};
    }
    int value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || value < minimum || value > maximum / factor)
        return failure(ErrorCode::BadValue, found->where, std::string(key) + ": not a number that fits: " + text);
    out = value * factor;
    return {};
}

Result<void> Resolver::fillFlag(const char* key, bool& out) const
{
    const ConfigValue* found = m_read.find(key);
    if (found == nullptr)
        return {};
    const std::string value = lowered(found->arguments.front());
    if (value == "yes" || value == "true" || value == "unbound" || value == "host-bound")
        out = true;
    else if (value == "no" || value == "false")
        out = false;
    else
        return failure(ErrorCode::BadValue, found->where, std::string(key) + ": yes or no, not " + value);
    return {};
}

Result<void> Resolver::fillFiles(const char* key, std::vector<std::string>& out) const
{
    const ConfigValue* found = m_read.find(key);
    if (found == nullptr)
        return {};
    out.clear();
    if (found->arguments.size() == 1 && lowered(found->arguments.front()) == "none")
        return {};
    for (const std::string& argument : found->arguments) {
        auto file = expand(argument, found->where, true);
        if (!file)
            return tl::unexpected(file.error());
        out.push_back(std::move(*file));
    }
    return {};
}

Result<void> Resolver::fillJumps()
{
    const ConfigValue* found = m_read.find("proxyjump");
    if (found == nullptr)
        return {};
    const ConfigValue& value = *found;
    if (value.arguments.size() == 2 && value.arguments.front().empty())
        return failure(ErrorCode::NotSupported, value.where, "ProxyCommand " + value.arguments.back());
    if (lowered(value.arguments.front()) == "none")
        return {};
    for (const std::string& part : splitList(value.arguments.front(), ',')) {
        auto jump = expand(part, value.where, false);
        if (!jump)
            return tl::unexpected(jump.error());
        if (const auto parsed = parseSshDestination(*jump); !parsed)
            return failure(ErrorCode::BadValue, value.where, "proxyjump: " + *jump + ": " + parsed.error().detail);
        m_config.proxyJump.push_back(std::move(*jump));
    }
    return {};
}

Result<void> Resolver::fill()
{
    const auto text = [this](const char* key, std::string& out) {
        if (const ConfigValue* found = m_read.find(key); found != nullptr)
            out = found->arguments.front();
    };
    int port = 22;
    if (auto ok = fillNumber("port", 1, 65535, port); !ok)
        return ok;
    m_config.port = m_query.port != 0 ? m_query.port : static_cast<std::uint16_t>(port);
    m_config.user = m_read.currentUser();
    m_config.hostName = m_query.alias;
    if (m_read.find("hostname") != nullptr)
        m_config.hostName = m_read.currentHost();
    text("hostkeyalias", m_config.hostKeyAlias);

    int timeout = -1;
    for (const auto& [key, minimum, out] : {std::tuple<const char*, int, int*> {"connecttimeout", 1, &timeout},
             {"serveraliveinterval", 0, &m_config.serverAliveInterval}, {"serveralivecountmax", 1, &m_config.serverAliveCountMax}}) {
        if (auto ok = fillNumber(key, minimum, 1'000'000, *out); !ok)
            return ok;
    }
    if (timeout > 0)
        m_config.connectTimeout = timeout;
    for (const auto& [key, out] : {std::pair<const char*, bool*> {"identitiesonly", &m_config.identitiesOnly},
             {"hashknownhosts", &m_config.hashKnownHosts}, {"pubkeyauthentication", &m_config.pubkeyAuthentication},
             {"passwordauthentication", &m_config.passwordAuthentication},
             {"kbdinteractiveauthentication", &m_config.kbdInteractiveAuthentication}}) {
        if (auto ok = fillFlag(key, *out); !ok)
            return ok;
    }
    text("hostkeyalgorithms", m_config.hostKeyAlgorithms);
    text("ciphers", m_config.ciphers);
    text("kexalgorithms", m_config.kexAlgorithms);
    text("macs", m_config.macs);
    text("pubkeyacceptedalgorithms", m_config.pubkeyAcceptedAlgorithms);
    text("bindaddress", m_config.bindAddress);

    if (const ConfigValue* found = m_read.find("addressfamily"); found != nullptr) {
        const std::string value = lowered(found->arguments.front());
        if (value != "any" && value != "inet" && value != "inet6")
            return failure(ErrorCode::BadValue, found->where, "addressfamily: any, inet or inet6, not " + value);
        m_config.family = value == "inet" ? SshHostConfig::Family::Inet : value == "inet6" ? SshHostConfig::Family::Inet6 : SshHostConfig::Family::Any;
    }
    if (const ConfigValue* found = m_read.find("stricthostkeychecking"); found != nullptr) {
        using Strict = SshHostConfig::StrictHostKey;
        static const std::map<std::string, Strict> names {{"yes", Strict::Yes}, {"true", Strict::Yes}, {"ask", Strict::Ask},
            {"accept-new", Strict::AcceptNew}, {"no", Strict::No}, {"off", Strict::No}, {"false", Strict::No}};
        const auto named = names.find(lowered(found->arguments.front()));
        if (named == names.end())
            return failure(ErrorCode::BadValue, found->where, "stricthostkeychecking: " + found->arguments.front());
        m_config.strictHostKey = named->second;
    }

    m_config.userKnownHosts = {(m_read.home() / ".ssh/known_hosts").string(), (m_read.home() / ".ssh/known_hosts2").string()};
    m_config.globalKnownHosts = {"/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"};
    if (auto ok = fillFiles("userknownhostsfile", m_config.userKnownHosts); !ok)
        return ok;
    if (auto ok = fillFiles("globalknownhostsfile", m_config.globalKnownHosts); !ok)
        return ok;
    if (const ConfigValue* found = m_read.find("identityagent"); found != nullptr) {
        const std::string& value = found->arguments.front();
        if (lowered(value) == "none") {
            m_config.identityAgent = "none";
        } else if (value.starts_with('$') && !value.starts_with("${")) {
            const char* variable = std::getenv(value.c_str() + 1);
            m_config.identityAgent = variable == nullptr ? "none" : variable;
        } else if (value != "SSH_AUTH_SOCK") {
            auto socket = expand(value, found->where, true);
            if (!socket)
                return tl::unexpected(socket.error());
            m_config.identityAgent = std::move(*socket);
        }
    }
    for (const ConfigValue& identity : m_read.identities()) {
        m_config.identitiesGiven = true;
        if (lowered(identity.arguments.front()) == "none")
            continue;
        auto file = expand(identity.arguments.front(), identity.where, true);
        if (!file)
            return tl::unexpected(file.error());
        if (std::find(m_config.identityFiles.begin(), m_config.identityFiles.end(), *file) == m_config.identityFiles.end())
            m_config.identityFiles.push_back(std::move(*file));
    }
    if (!m_config.identitiesGiven) {
        for (const char* name : {"id_ed25519", "id_ecdsa", "id_rsa"})
            m_config.identityFiles.push_back((m_read.home() / ".ssh" / name).string());
    }
    return fillJumps();
}

} // namespace

std::filesystem::path userHome()
{
    if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/')
        return home;
    std::array<char, 4096> buffer {};
    passwd entry {};
    passwd* found = nullptr;
    if (getpwuid_r(getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
        return found->pw_dir;
    return "/";
}

std::string localUserName()
{
    std::array<char, 4096> buffer {};
    passwd entry {};
    passwd* found = nullptr;
    if (getpwuid_r(getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
        return found->pw_name;
    const char* user = std::getenv("USER");
    return user == nullptr ? std::string("root") : std::string(user);
}

Result<SshHostConfig> resolveSshConfig(const SshConfigQuery& query)
{
    if (query.alias.empty())
        return failure(ErrorCode::MissingValue, "host", "no host was named");
    return Resolver(query).resolve();
}

} // namespace medic
