// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/ssh_config_reader.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>

#include <glob.h>

namespace medic::sshtext {

namespace {

constexpr int maxIncludeDepth = 16; // as OpenSSH's READCONF_MAX_DEPTH

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

} // namespace

ConfigReader::ConfigReader(const SshConfigQuery& query) :
    m_query(query), m_home(query.home.empty() ? userHome() : query.home),
    m_localUser(query.localUser.empty() ? localUserName() : query.localUser)
{
}

Result<void> ConfigReader::read()
{
    bool active = true;
    if (m_query.configFile == "none")
        return {};
    if (!m_query.configFile.empty())
        return readFile(m_query.configFile, true, true, 0, active);
    if (auto done = readFile(m_home / ".ssh/config", false, true, 0, active); !done)
        return done;
    active = true;
    return readFile("/etc/ssh/ssh_config", false, false, 0, active);
}

const ConfigValue* ConfigReader::find(const std::string& keyword) const
{
    const auto found = m_values.find(keyword);
    return found == m_values.end() ? nullptr : &found->second;
}

void ConfigReader::keep(const std::string& key, std::vector<std::string> arguments, const std::string& where)
{
    m_values.try_emplace(key, ConfigValue {std::move(arguments), where});
}

void ConfigReader::warn(const std::string& where, const std::string& what)
{
    m_warnings.push_back(where + ": " + what);
}

Result<void> ConfigReader::readFile(const std::filesystem::path& file, bool mustExist, bool userFile, int depth, bool& active)
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

Result<void> ConfigReader::readLine(const Line& line, const std::string& where, bool userFile, int depth, bool& active)
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

Result<void> ConfigReader::include(const Line& line, const std::string& where, bool userFile, int depth, bool active)
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

std::string ConfigReader::currentHost() const
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

std::string ConfigReader::currentUser() const
{
    if (!m_query.user.empty())
        return m_query.user;
    const auto found = m_values.find("user");
    return found == m_values.end() ? m_localUser : found->second.arguments.front();
}

Result<bool> ConfigReader::matches(const Line& line, const std::string& where)
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

} // namespace medic::sshtext
