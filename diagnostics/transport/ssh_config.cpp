// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/ssh_config.h"

#include "diagnostics/transport/ssh_config_text.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>

#include <glob.h>
#include <pwd.h>
#include <unistd.h>

namespace medic {

namespace {

using namespace sshtext;

constexpr int maxIncludeDepth = 16; // as OpenSSH's READCONF_MAX_DEPTH

std::string localHostName()
{
    std::array<char, 256> name {};
    return gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

/// Reads the files once, top to bottom, keeping the first value of each keyword.
class Resolver {
public:
    explicit Resolver(const SshConfigQuery& query) :
        m_query(query), m_home(query.home.empty() ? userHome() : query.home),
        m_localUser(query.localUser.empty() ? localUserName() : query.localUser)
    {
    }

    Result<SshHostConfig> resolve();

private:
    struct Value {
        std::vector<std::string> arguments;
        std::string where; ///< file:line
    };

    Result<void> readFile(const std::filesystem::path& file, bool mustExist, bool userFile, int depth, bool& active);
    Result<void> readLine(const Line& line, const std::string& where, bool userFile, int depth, bool& active);
    Result<void> include(const Line& line, const std::string& where, bool userFile, int depth, bool active);
    Result<bool> matches(const Line& line, const std::string& where);
    void keep(const std::string& key, std::vector<std::string> arguments, const std::string& where)
    {
        m_values.try_emplace(key, Value {std::move(arguments), where});
    }
    void warn(const std::string& where, const std::string& what) { m_config.warnings.push_back(where + ": " + what); }

    [[nodiscard]] std::string currentHost() const;
    [[nodiscard]] std::string currentUser() const;
    [[nodiscard]] Result<std::string> expand(const std::string& text, const std::string& where, bool path) const;

    Result<void> fill();
    Result<void> fillNumber(const char* key, int minimum, int maximum, int& out) const;
    Result<void> fillFlag(const char* key, bool& out) const;
    Result<void> fillFiles(const char* key, std::vector<std::string>& out) const;
    Result<void> fillJumps();

    const SshConfigQuery& m_query;
    std::filesystem::path m_home;
    std::string m_localUser;
    std::map<std::string, Value> m_values;
    std::vector<Value> m_identities;
    SshHostConfig m_config;
};

/// Keywords that we follow. Others are legal in a configuration file and say nothing to us.
bool isFollowed(const std::string& keyword)
{
    static constexpr std::array<std::string_view, 27> followed {
        "hostname", "user", "port", "identitiesonly", "identityagent", "userknownhostsfile", "globalknownhostsfile",
        "stricthostkeychecking", "hashknownhosts", "hostkeyalias", "serveraliveinterval", "serveralivecountmax", "connecttimeout",
        "pubkeyauthentication", "passwordauthentication", "kbdinteractiveauthentication", "challengeresponseauthentication",
        "hostkeyalgorithms", "ciphers", "kexalgorithms", "macs", "pubkeyacceptedalgorithms", "pubkeyacceptedkeytypes",
        "addressfamily", "bindaddress", "proxyjump", "proxycommand"};
    return std::find(followed.begin(), followed.end(), keyword) != followed.end();
}

std::string canonicalKey(const std::string& keyword)
{
    if (keyword == "challengeresponseauthentication")
        return "kbdinteractiveauthentication";
    if (keyword == "pubkeyacceptedkeytypes")
        return "pubkeyacceptedalgorithms";
    if (keyword == "proxycommand")
        return "proxyjump"; // whichever of the two comes first wins
    return keyword;
}

Result<SshHostConfig> Resolver::resolve()
{
    m_config.alias = m_query.alias;
    if (m_query.configFile.empty()) {
        bool active = true;
        if (auto read = readFile(m_home / ".ssh/config", false, true, 0, active); !read)
            return tl::unexpected(read.error());
        active = true;
        if (auto read = readFile("/etc/ssh/ssh_config", false, false, 0, active); !read)
            return tl::unexpected(read.error());
    } else if (m_query.configFile != "none") {
        bool active = true;
        if (auto read = readFile(m_query.configFile, true, true, 0, active); !read)
            return tl::unexpected(read.error());
    }
    if (auto filled = fill(); !filled)
        return tl::unexpected(filled.error());
    return std::move(m_config);
}

Result<void> Resolver::readFile(const std::filesystem::path& file, bool mustExist, bool userFile, int depth, bool& active)
{
    std::error_code error;
    if (!mustExist && !std::filesystem::is_regular_file(file, error))
        return {};
    std::ifstream in(file);
    if (!in || std::filesystem::is_directory(file, error)) {
        const int code = in ? EISDIR : errno;
        return failure(code == ENOENT ? ErrorCode::FileNotFound : ErrorCode::FileNotReadable, file.string(), std::strerror(code), code);
    }
    std::string text;
    for (int number = 1; std::getline(in, text); ++number) {
        const std::string where = file.string() + ':' + std::to_string(number);
        auto line = splitLine(text);
        if (!line)
            return failure(ErrorCode::BadSyntax, where, line.error().detail);
        if (!*line)
            continue;
        if (auto done = readLine(**line, where, userFile, depth, active); !done)
            return done;
    }
    return {};
}

Result<void> Resolver::readLine(const Line& line, const std::string& where, bool userFile, int depth, bool& active)
{
    const std::string& keyword = line.keyword;
    const bool known = keyword == "host" || keyword == "match" || keyword == "include" || keyword == "identityfile" || isFollowed(keyword);
    if (!known)
        return {};
    if (line.arguments.empty())
        return failure(ErrorCode::MissingValue, where, keyword + ": a value is missing");
    if (keyword == "host") {
        active = sshPatternListMatches(line.arguments, m_query.alias);
        return {};
    }
    if (keyword == "match") {
        auto matched = matches(line, where);
        if (!matched)
            return tl::unexpected(matched.error());
        active = *matched;
        return {};
    }
    if (keyword == "include")
        return include(line, where, userFile, depth, active);
    if (!active)
        return {};
    if (keyword == "identityfile") {
        m_identities.push_back({{line.arguments.front()}, where});
    } else if (keyword == "proxycommand") {
        if (m_values.contains("proxyjump") || lowered(line.arguments.front()) == "none") {
            keep("proxyjump", {"none"}, where);
        } else if (const auto jump = jumpOfProxyCommand(line.arguments)) {
            keep("proxyjump", {*jump}, where);
        } else {
            keep("proxyjump", {std::string(), line.rest}, where);
        }
    } else {
        keep(canonicalKey(keyword), line.arguments, where);
    }
    return {};
}

Result<void> Resolver::include(const Line& line, const std::string& where, bool userFile, int depth, bool active)
{
    if (depth >= maxIncludeDepth)
        return failure(ErrorCode::BadValue, where, "include: too many levels (a file that includes itself?)");
    for (const std::string& argument : line.arguments) {
        std::string pattern = argument;
        if (pattern.starts_with("~/"))
            pattern = (m_home / pattern.substr(2)).string();
        else if (!pattern.starts_with('/'))
            pattern = ((userFile ? m_home / ".ssh" : std::filesystem::path("/etc/ssh")) / pattern).string();
        glob_t found {};
        const int code = glob(pattern.c_str(), 0, nullptr, &found);
        std::vector<std::string> files;
        for (std::size_t i = 0; code == 0 && i < found.gl_pathc; ++i)
            files.emplace_back(found.gl_pathv[i]);
        globfree(&found);
        if (code != 0 && code != GLOB_NOMATCH)
            return failure(ErrorCode::FileNotReadable, where, "include: " + pattern);
        for (const std::string& file : files) {
            // What an included file's own Host lines switch on or off ends with it; inside a block that does not
            // apply nothing of it applies, whatever its Host lines say.
            bool inner = active;
            if (!active)
                continue;
            if (auto read = readFile(file, false, userFile, depth + 1, inner); !read)
                return read;
        }
    }
    return {};
}

std::string Resolver::currentHost() const
{
    const auto found = m_values.find("hostname");
    if (found == m_values.end())
        return lowered(m_query.alias);
    std::string name;
    const std::string& text = found->second.arguments.front();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 1 < text.size()) {
            ++i;
            name += text[i] == 'h' ? m_query.alias : std::string(1, text[i]);
        } else {
            name += text[i];
        }
    }
    return lowered(name);
}

std::string Resolver::currentUser() const
{
    if (!m_query.user.empty())
        return m_query.user;
    const auto found = m_values.find("user");
    return found == m_values.end() ? m_localUser : found->second.arguments.front();
}

Result<bool> Resolver::matches(const Line& line, const std::string& where)
{
    bool result = true;
    for (std::size_t i = 0; i < line.arguments.size(); ++i) {
        std::string criterion = lowered(line.arguments[i]);
        const bool negated = criterion.starts_with('!');
        if (negated)
            criterion.erase(0, 1);
        std::optional<std::string> inlineValue;
        if (const auto equals = criterion.find('='); equals != std::string::npos) {
            inlineValue = line.arguments[i].substr(equals + 1 + (negated ? 1 : 0));
            criterion.resize(equals);
        }
        bool one = false;
        if (criterion == "all") {
            one = true;
        } else if (criterion == "canonical" || criterion == "final") {
            // We resolve in one pass: OpenSSH's second pass (CanonicalizeHostname) does not exist here.
            warn(where, "match " + criterion + ": not followed");
        } else {
            if (!inlineValue && i + 1 >= line.arguments.size())
                return failure(ErrorCode::MissingValue, where, "match " + criterion + ": a value is missing");
            const std::string value = inlineValue ? *inlineValue : line.arguments[++i];
            const auto patterns = splitList(value, ',');
            if (criterion == "host") {
                one = sshPatternListMatches(patterns, currentHost());
            } else if (criterion == "originalhost") {
                one = sshPatternListMatches(patterns, m_query.alias);
            } else if (criterion == "user") {
                one = sshPatternListMatches(patterns, currentUser());
            } else if (criterion == "localuser") {
                one = sshPatternListMatches(patterns, m_localUser);
            } else if (criterion == "exec" || criterion == "localnetwork" || criterion == "tagged") {
                warn(where, "match " + criterion + ": not followed, the block is skipped");
                return false; // neither it nor its negation can be known
            } else {
                return failure(ErrorCode::BadValue, where, "match: " + criterion + " is not a criterion");
            }
        }
        result = result && one != negated;
    }
    return result;
}

Result<std::string> Resolver::expand(const std::string& text, const std::string& where, bool path) const
{
    std::string in = text;
    if (path && in == "~")
        in = m_home.string();
    else if (path && in.starts_with("~/"))
        in = (m_home / in.substr(2)).string();
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
            case 'u': out += m_localUser; break;
            case 'd': out += m_home.string(); break;
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
    const auto found = m_values.find(key);
    if (found == m_values.end())
        return {};
    const std::string& text = found->second.arguments.front();
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
        return failure(ErrorCode::BadValue, found->second.where, std::string(key) + ": not a number that fits: " + text);
    out = value * factor;
    return {};
}

Result<void> Resolver::fillFlag(const char* key, bool& out) const
{
    const auto found = m_values.find(key);
    if (found == m_values.end())
        return {};
    const std::string value = lowered(found->second.arguments.front());
    if (value == "yes" || value == "true" || value == "unbound" || value == "host-bound")
        out = true;
    else if (value == "no" || value == "false")
        out = false;
    else
        return failure(ErrorCode::BadValue, found->second.where, std::string(key) + ": yes or no, not " + value);
    return {};
}

Result<void> Resolver::fillFiles(const char* key, std::vector<std::string>& out) const
{
    const auto found = m_values.find(key);
    if (found == m_values.end())
        return {};
    out.clear();
    if (found->second.arguments.size() == 1 && lowered(found->second.arguments.front()) == "none")
        return {};
    for (const std::string& argument : found->second.arguments) {
        auto file = expand(argument, found->second.where, true);
        if (!file)
            return tl::unexpected(file.error());
        out.push_back(std::move(*file));
    }
    return {};
}

Result<void> Resolver::fillJumps()
{
    const auto found = m_values.find("proxyjump");
    if (found == m_values.end())
        return {};
    const Value& value = found->second;
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
        if (const auto found = m_values.find(key); found != m_values.end())
            out = found->second.arguments.front();
    };
    int port = 22;
    if (auto ok = fillNumber("port", 1, 65535, port); !ok)
        return ok;
    m_config.port = m_query.port != 0 ? m_query.port : static_cast<std::uint16_t>(port);
    m_config.user = currentUser();
    m_config.hostName = m_query.alias;
    if (m_values.contains("hostname"))
        m_config.hostName = currentHost();
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

    if (const auto found = m_values.find("addressfamily"); found != m_values.end()) {
        const std::string value = lowered(found->second.arguments.front());
        if (value != "any" && value != "inet" && value != "inet6")
            return failure(ErrorCode::BadValue, found->second.where, "addressfamily: any, inet or inet6, not " + value);
        m_config.family = value == "inet" ? SshHostConfig::Family::Inet : value == "inet6" ? SshHostConfig::Family::Inet6 : SshHostConfig::Family::Any;
    }
    if (const auto found = m_values.find("stricthostkeychecking"); found != m_values.end()) {
        using Strict = SshHostConfig::StrictHostKey;
        static const std::map<std::string, Strict> names {{"yes", Strict::Yes}, {"true", Strict::Yes}, {"ask", Strict::Ask},
            {"accept-new", Strict::AcceptNew}, {"no", Strict::No}, {"off", Strict::No}, {"false", Strict::No}};
        const auto named = names.find(lowered(found->second.arguments.front()));
        if (named == names.end())
            return failure(ErrorCode::BadValue, found->second.where, "stricthostkeychecking: " + found->second.arguments.front());
        m_config.strictHostKey = named->second;
    }

    m_config.userKnownHosts = {(m_home / ".ssh/known_hosts").string(), (m_home / ".ssh/known_hosts2").string()};
    m_config.globalKnownHosts = {"/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"};
    if (auto ok = fillFiles("userknownhostsfile", m_config.userKnownHosts); !ok)
        return ok;
    if (auto ok = fillFiles("globalknownhostsfile", m_config.globalKnownHosts); !ok)
        return ok;
    if (const auto found = m_values.find("identityagent"); found != m_values.end()) {
        const std::string& value = found->second.arguments.front();
        if (lowered(value) == "none") {
            m_config.identityAgent = "none";
        } else if (value.starts_with('$') && !value.starts_with("${")) {
            const char* variable = std::getenv(value.c_str() + 1);
            m_config.identityAgent = variable == nullptr ? "none" : variable;
        } else if (value != "SSH_AUTH_SOCK") {
            auto socket = expand(value, found->second.where, true);
            if (!socket)
                return tl::unexpected(socket.error());
            m_config.identityAgent = std::move(*socket);
        }
    }
    for (const Value& identity : m_identities) {
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
            m_config.identityFiles.push_back((m_home / ".ssh" / name).string());
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
