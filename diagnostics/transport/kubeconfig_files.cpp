// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/kubeconfig_files.h"

#include "diagnostics/transport/shell_fd.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <set>

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <unistd.h>

namespace medic::kubeconfig {

namespace fs = std::filesystem;

namespace {

/// Entries of one list ("clusters"), each a map with "name" and `inner`. The first file's entry of a name wins.
Result<void> mergeList(const Value& root, const std::string& list, const std::string& inner, std::map<std::string, Value>& into,
                       std::vector<std::string>* order)
{
    const auto items = root[list].items();
    if (!items)
        return tl::unexpected(items.error());
    std::set<std::string> here;
    for (const Value& item : *items) {
        if (!item.present() || !item.node().IsMap())
            return item.error(ErrorCode::BadValue, "expected a map with name and " + inner);
        const auto name = item["name"].text();
        if (!name)
            return tl::unexpected(name.error());
        if (!here.insert(*name).second)
            return item.error(ErrorCode::BadValue, "the name \"" + *name + "\" is there twice");
        const Value content(root.file(), list + "[" + *name + "]." + inner, item[inner].node());
        if (content.present() && !content.node().IsMap())
            return content.error(ErrorCode::BadValue, "expected a map");
        if (into.emplace(*name, content).second && order != nullptr)
            order->push_back(*name);
    }
    return {};
}

/// yaml-cpp reads UTF-16 and passes over much that is no text at all; a kubeconfig is UTF-8.
Result<void> checkText(const std::string& content, const std::string& file)
{
    if (const auto nul = content.find('\0'); nul != std::string::npos)
        return failure(ErrorCode::BadSyntax, file, "not a text file");
    // The JSON library's strict UTF-8 check, on the content as one string.
    try {
        static_cast<void>(nlohmann::json(content).dump());
    } catch (const nlohmann::json::exception&) {
        return failure(ErrorCode::NotUtf8, file);
    }
    return {};
}

Result<YAML::Node> load(const std::string& content, const std::string& file)
{
    try {
        return YAML::Load(content);
    } catch (const YAML::Exception& error) {
        return failure(ErrorCode::BadSyntax,
                       file + ":" + std::to_string(error.mark.line + 1) + ":" + std::to_string(error.mark.column + 1), error.msg);
    } catch (const std::exception& error) { // yaml-cpp lets some of the standard library's through
        return failure(ErrorCode::BadSyntax, file, error.what());
    }
}

Result<void> mergeFile(const std::string& file, const std::string& content, Merged& merged)
{
    if (const auto text = checkText(content, file); !text)
        return text;
    const auto node = load(content, file);
    if (!node)
        return tl::unexpected(node.error());
    const Value root(file, "", *node);
    if (!root.present()) // an empty file is an empty configuration
        return {};
    if (!node->IsMap())
        return failure(ErrorCode::BadValue, file + ":1", "expected a kubeconfig: a map with clusters, users and contexts");
    for (const auto& [list, inner, into, order] :
         {std::tuple {"clusters", "cluster", &merged.clusters, static_cast<std::vector<std::string>*>(nullptr)},
          std::tuple {"users", "user", &merged.users, static_cast<std::vector<std::string>*>(nullptr)},
          std::tuple {"contexts", "context", &merged.contexts, &merged.contextNames}})
        if (const auto done = mergeList(root, list, inner, *into, order); !done)
            return done;
    const Value current = root["current-context"];
    const auto name = current.text();
    if (!name)
        return tl::unexpected(name.error());
    if (merged.currentContext.empty() && !name->empty()) {
        merged.currentContext = *name;
        merged.currentContextValue = current;
    }
    return {};
}

std::string homeDirectory()
{
    if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0')
        return home;
    passwd entry {};
    passwd* found = nullptr;
    char buffer[4096];
    return getpwuid_r(getuid(), &entry, buffer, sizeof buffer, &found) == 0 && found != nullptr ? found->pw_dir : "";
}

std::vector<std::string> split(const std::string& list)
{
    std::vector<std::string> all;
    for (std::size_t begin = 0; begin <= list.size();) {
        const std::size_t end = std::min(list.find(':', begin), list.size());
        std::string one = list.substr(begin, end - begin);
        if (!one.empty() && std::find(all.begin(), all.end(), one) == all.end())
            all.push_back(std::move(one));
        begin = end + 1;
    }
    return all;
}

/// The bounded walk behind toJson; `left` counts nodes down, whatever the aliases make of them.
std::optional<nlohmann::json> jsonOf(const YAML::Node& node, int depth, int& left)
{
    if (depth > 32 || --left < 0)
        return std::nullopt;
    if (node.IsSequence()) {
        nlohmann::json all = nlohmann::json::array();
        for (const YAML::Node& item : node) {
            auto one = jsonOf(item, depth + 1, left);
            if (!one)
                return std::nullopt;
            all.push_back(std::move(*one));
        }
        return all;
    }
    if (node.IsMap()) {
        nlohmann::json all = nlohmann::json::object();
        for (const auto& item : node) {
            auto one = jsonOf(item.second, depth + 1, left);
            if (!one || !item.first.IsScalar())
                return std::nullopt;
            all[item.first.Scalar()] = std::move(*one);
        }
        return all;
    }
    if (!node.IsScalar())
        return nlohmann::json();
    if (node.Tag() != "!") { // plain, not quoted: may be a number or a boolean
        if (const auto plain = nlohmann::json::parse(node.Scalar(), nullptr, false); plain.is_number() || plain.is_boolean())
            return plain;
    }
    return nlohmann::json(node.Scalar());
}

} // namespace

Value Value::operator[](const std::string& name) const
{
    const std::string key = m_key.empty() ? name : m_key + "." + name;
    if (m_node.IsDefined() && m_node.IsMap())
        for (const auto& item : m_node) // not YAML's operator[]: it converts the key's type and may throw
            if (item.first.IsScalar() && item.first.Scalar() == name)
                return {m_file, key, item.second};
    Value absent(m_file, key, YAML::Node(YAML::NodeType::Undefined));
    return absent;
}

bool Value::present() const
{
    return m_node.IsDefined() && !m_node.IsNull();
}

std::string Value::where() const
{
    const YAML::Mark mark = m_node.IsDefined() ? m_node.Mark() : YAML::Mark::null_mark();
    return (mark.is_null() ? m_file : m_file + ":" + std::to_string(mark.line + 1)) + (m_key.empty() ? "" : " " + m_key);
}

tl::unexpected<Error> Value::error(ErrorCode code, std::string detail) const
{
    return failure(code, where(), std::move(detail));
}

Result<std::string> Value::text() const
{
    if (!present())
        return std::string();
    if (!m_node.IsScalar())
        return error(ErrorCode::BadValue, "expected a text");
    return m_node.Scalar();
}

Result<bool> Value::flag() const
{
    if (!present())
        return false;
    if (m_node.IsScalar() && (m_node.Scalar() == "true" || m_node.Scalar() == "false"))
        return m_node.Scalar() == "true";
    return error(ErrorCode::BadValue, "expected true or false");
}

Result<std::vector<Value>> Value::items() const
{
    std::vector<Value> all;
    if (!present())
        return all;
    if (!m_node.IsSequence())
        return error(ErrorCode::BadValue, "expected a list");
    for (const YAML::Node& item : m_node)
        all.emplace_back(m_file, m_key + "[" + std::to_string(all.size()) + "]", item);
    return all;
}

Result<std::vector<std::string>> Value::texts() const
{
    const auto values = items();
    if (!values)
        return tl::unexpected(values.error());
    std::vector<std::string> all;
    for (const Value& value : *values) {
        auto one = value.text();
        if (!one)
            return tl::unexpected(one.error());
        all.push_back(std::move(*one));
    }
    return all;
}

Result<fs::path> Value::path() const
{
    const auto given = text();
    if (!given)
        return tl::unexpected(given.error());
    const fs::path path(*given);
    return path.is_absolute() ? path : (fs::path(m_file).parent_path() / path).lexically_normal();
}

Result<std::string> readSmallFile(const fs::path& file, const std::string& where)
{
    const auto problem = [&](ErrorCode code, int number) {
        return failure(code, where, file.string() + ": " + std::strerror(number), number);
    };
    // Not blocking: a pipe ("--kubeconfig <(…)") is welcome, one that nobody writes to must not hold us.
    const Fd fd(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd)
        return problem(errno == ENOENT || errno == ENOTDIR ? ErrorCode::FileNotFound : ErrorCode::FileNotReadable, errno);
    std::string content;
    char buffer[65536];
    while (true) {
        const ssize_t got = read(fd.get(), buffer, sizeof buffer);
        if (got == 0)
            return content;
        if (got < 0 && errno == EAGAIN) {
            pollfd waiting {.fd = fd.get(), .events = POLLIN, .revents = 0};
            if (poll(&waiting, 1, 5000) <= 0)
                return problem(ErrorCode::FileNotReadable, ETIMEDOUT);
        } else if (got < 0 && errno != EINTR) {
            return problem(ErrorCode::FileNotReadable, errno);
        } else if (got > 0) {
            content.append(buffer, static_cast<std::size_t>(got));
            if (content.size() > fileLimit)
                return problem(ErrorCode::FileNotReadable, EFBIG);
        }
    }
}

Result<Merged> readAndMerge(const std::string& files)
{
    const char* environment = std::getenv("KUBECONFIG");
    std::string list = files;
    if (list.empty() && environment != nullptr)
        list = environment;
    if (split(list).empty()) {
        const std::string home = homeDirectory();
        if (home.empty())
            return failure(ErrorCode::MissingValue, "KUBECONFIG", "no home directory, and no kubeconfig was named");
        list = home + "/.kube/config";
    }
    Merged merged;
    for (const std::string& name : split(list)) {
        std::error_code ignored;
        const std::string file = fs::absolute(name, ignored).lexically_normal().string();
        const auto content = readSmallFile(file, file);
        if (!content && content.error().code == ErrorCode::FileNotFound)
            continue;
        if (!content)
            return tl::unexpected(content.error());
        merged.files.push_back(file);
        if (const auto done = mergeFile(file, *content, merged); !done)
            return tl::unexpected(done.error());
    }
    if (merged.files.empty())
        return failure(ErrorCode::FileNotFound, list, std::strerror(ENOENT), ENOENT);
    return merged;
}

Result<std::string> toJson(const Value& value)
{
    int left = 10000;
    const auto json = jsonOf(value.node(), 0, left);
    if (!json)
        return value.error(ErrorCode::BadValue, "nested too deeply, or too large");
    return json->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace medic::kubeconfig
