// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/profile.h"

#include "diagnostics/transport/ssh_config.h"
#include "diagnostics/transport/ssh_config_text.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

#include <yaml-cpp/yaml.h>

namespace medic {

namespace {

Result<std::uint16_t> readPort(const std::string& text, const std::string& where)
{
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value == 0 || value > 65535)
        return failure(ErrorCode::BadValue, where, "port: a number from 1 to 65535, not " + text);
    return static_cast<std::uint16_t>(value);
}

Result<void> checkJumps(const std::vector<std::string>& jumps, const std::string& where)
{
    for (const std::string& jump : jumps) {
        if (jump == "none" && jumps.size() == 1)
            continue;
        if (const auto parsed = parseSshDestination(jump); !parsed)
            return failure(ErrorCode::BadValue, where, "jump: " + jump + ": " + parsed.error().detail);
    }
    return {};
}

/// One key and its value, as both forms of the file have them.
Result<void> setKey(NodeTarget& node, const std::string& key, const std::string& value, const std::string& where)
{
    if (value.empty())
        return failure(ErrorCode::MissingValue, where, key + ": a value is missing");
    if (key == "name") {
        node.name = value;
    } else if (key == "host" || key == "address") {
        const auto destination = parseSshDestination(value);
        if (!destination)
            return failure(ErrorCode::BadValue, where, "host: " + value + ": " + destination.error().detail);
        node.host = destination->host;
        if (!destination->user.empty())
            node.user = destination->user;
        if (destination->port != 0)
            node.port = destination->port;
    } else if (key == "user") {
        node.user = value;
    } else if (key == "port") {
        auto port = readPort(value, where);
        if (!port)
            return tl::unexpected(port.error());
        node.port = *port;
    } else if (key == "jump" || key == "jumps") {
        node.jumps = sshtext::splitList(value, ',');
        return checkJumps(node.jumps, where);
    } else if (key == "identity") {
        node.identity = value;
    } else if (key == "local") {
        if (value != "yes" && value != "no" && value != "true" && value != "false")
            return failure(ErrorCode::BadValue, where, "local: yes or no, not " + value);
        node.local = value == "yes" || value == "true";
    } else {
        return failure(ErrorCode::BadValue, where, key + ": not a key of a hosts file (name, host, user, port, jump, identity, local)");
    }
    return {};
}

Result<NodeTarget> readHostLine(const std::vector<std::string>& words, const std::string& where)
{
    NodeTarget node;
    // Without a key: the host, then its user, port and jump hosts, as in a table; a port may stand anywhere behind the host.
    static const char* const columns[] = {"host", "user", "port", "jump"};
    std::size_t column = 0;
    for (const std::string& word : words) {
        const auto equals = word.find('=');
        if (equals == std::string::npos) {
            const bool number = word.find_first_not_of("0123456789") == std::string::npos;
            if (number && column == 1)
                column = 2;
            if (column >= std::size(columns))
                return failure(ErrorCode::BadSyntax, where, "expected key=value: " + word);
            if (auto set = setKey(node, columns[column++], word, where); !set)
                return tl::unexpected(set.error());
            continue;
        }
        if (auto set = setKey(node, word.substr(0, equals), word.substr(equals + 1), where); !set)
            return tl::unexpected(set.error());
    }
    if (node.name.empty())
        node.name = node.host;
    if (node.name.empty())
        return failure(ErrorCode::MissingValue, where, "neither a host nor a name");
    return node;
}

Result<void> isNew(const std::vector<NodeTarget>& known, const NodeTarget& node, const std::string& where)
{
    if (std::any_of(known.begin(), known.end(), [&node](const NodeTarget& one) { return one.name == node.name; }))
        return failure(ErrorCode::BadValue, where, "name: " + node.name + " is there twice");
    return {};
}

Result<std::vector<NodeTarget>> readLines(const std::string& text, const std::string& file)
{
    std::vector<NodeTarget> nodes;
    std::istringstream in(text);
    std::string raw;
    for (int number = 1; std::getline(in, raw); ++number) {
        const std::string where = file + ':' + std::to_string(number);
        // The same quotes and comments as in ssh_config: a keyword in front makes it one of its lines.
        auto line = sshtext::splitLine("host " + raw);
        if (!line)
            return failure(ErrorCode::BadSyntax, where, line.error().detail);
        if (!*line || (*line)->arguments.empty())
            continue;
        std::vector<std::string> words = (*line)->arguments;
        if (words.size() == 1 && words[0].find('=') == std::string::npos)
            words = sshtext::splitList(words[0], ','); // host,user,port,jump
        auto node = readHostLine(words, where);
        if (!node)
            return tl::unexpected(node.error());
        if (auto once = isNew(nodes, *node, where); !once)
            return tl::unexpected(once.error());
        nodes.push_back(std::move(*node));
    }
    return nodes;
}

std::string place(const std::string& file, const YAML::Mark& mark) { return file + ':' + std::to_string(mark.line + 1); }

Result<NodeTarget> readYamlNode(const YAML::Node& item, const std::string& file)
{
    const std::string where = place(file, item.Mark());
    if (item.IsScalar())
        return readHostLine({item.as<std::string>()}, where);
    if (!item.IsMap())
        return failure(ErrorCode::BadSyntax, where, "expected a host, or a map of its keys");
    NodeTarget node;
    for (const auto& pair : item) {
        const std::string key = pair.first.IsScalar() ? pair.first.as<std::string>() : std::string();
        const std::string at = place(file, pair.first.Mark());
        const bool isJumps = key == "jump" || key == "jumps";
        if (pair.second.IsSequence() && isJumps) {
            for (const YAML::Node& jump : pair.second) {
                if (!jump.IsScalar())
                    return failure(ErrorCode::BadValue, place(file, jump.Mark()), "jump: expected [user@]host[:port]");
                node.jumps.push_back(jump.as<std::string>());
            }
            if (auto checked = checkJumps(node.jumps, at); !checked)
                return tl::unexpected(checked.error());
            continue;
        }
        if (!pair.second.IsScalar())
            return failure(ErrorCode::BadValue, at, key + ": expected one value");
        if (auto set = setKey(node, key, pair.second.as<std::string>(), at); !set)
            return tl::unexpected(set.error());
    }
    if (node.name.empty())
        node.name = node.host;
    if (node.name.empty())
        return failure(ErrorCode::MissingValue, where, "neither host nor name");
    return node;
}

Result<std::vector<NodeTarget>> readYaml(const std::string& text, const std::string& file)
{
    try {
        YAML::Node root = YAML::Load(text);
        if (root.IsMap())
            root = root["nodes"] ? root["nodes"] : root["hosts"];
        if (!root.IsDefined() || !root.IsSequence())
            return failure(ErrorCode::BadSyntax, file + ":1", "expected a list of hosts, or nodes: with such a list");
        std::vector<NodeTarget> nodes;
        for (const YAML::Node& item : root) {
            auto node = readYamlNode(item, file);
            if (!node)
                return tl::unexpected(node.error());
            if (auto once = isNew(nodes, *node, place(file, item.Mark())); !once)
                return tl::unexpected(once.error());
            nodes.push_back(std::move(*node));
        }
        return nodes;
    } catch (const YAML::Exception& problem) {
        return failure(ErrorCode::BadSyntax, place(file, problem.mark), problem.msg);
    }
}

/// YAML shows itself by its name, by "---", or by a first line that opens a list or "nodes:"; no host begins with "- ".
bool looksLikeYaml(const std::filesystem::path& file, const std::string& text)
{
    if (file.extension() == ".yaml" || file.extension() == ".yml")
        return true;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        const auto first = line.find_first_not_of(" \t\r");
        if (first == std::string::npos || line[first] == '#')
            continue;
        const std::string rest = line.substr(first);
        return rest.starts_with("- ") || rest.starts_with("---") || rest.starts_with("nodes:") || rest.starts_with("hosts:");
    }
    return false;
}

} // namespace

Result<std::vector<NodeTarget>> readHostsFile(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    std::error_code ignored;
    if (!in || std::filesystem::is_directory(file, ignored)) {
        const int code = in ? EISDIR : errno;
        return failure(code == ENOENT ? ErrorCode::FileNotFound : ErrorCode::FileNotReadable, file.string(), std::strerror(code), code);
    }
    std::ostringstream text;
    text << in.rdbuf();
    return looksLikeYaml(file, text.str()) ? readYaml(text.str(), file.string()) : readLines(text.str(), file.string());
}

} // namespace medic
