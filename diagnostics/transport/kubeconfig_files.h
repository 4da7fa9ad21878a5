// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"

#include <yaml-cpp/yaml.h>

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

/// The kubeconfig files as one: found, read, merged by name, with the place of every value kept. Never throws.
/// For kubeconfig.cpp only.
namespace medic::kubeconfig {

/// A value in a file: enough to read it and to say where it stands.
class Value {
public:
    Value() = default;
    Value(std::string file, std::string key, YAML::Node node) : m_file(std::move(file)), m_key(std::move(key)), m_node(std::move(node)) { }

    Value(const Value&) = default;
    Value& operator=(const Value& other) ///< YAML::Node's own would write into the node that both share
    {
        m_file = other.m_file;
        m_key = other.m_key;
        m_node.reset(other.m_node);
        return *this;
    }
    ~Value() = default;

    [[nodiscard]] Value operator[](const std::string& name) const; ///< absent when this is no map or has no such key
    [[nodiscard]] bool present() const; ///< there, and not null
    [[nodiscard]] const YAML::Node& node() const { return m_node; }
    [[nodiscard]] std::string where() const; ///< "FILE:LINE key"
    [[nodiscard]] const std::string& file() const { return m_file; }

    /// "" when absent. BadValue when it is no scalar.
    [[nodiscard]] Result<std::string> text() const;
    [[nodiscard]] Result<bool> flag() const;
    /// Empty when absent. BadValue when it is no list, or one of its items no scalar.
    [[nodiscard]] Result<std::vector<std::string>> texts() const;
    /// The items of a list, empty when absent; the keys are "key[0]" …
    [[nodiscard]] Result<std::vector<Value>> items() const;
    /// A path as it is meant: relative to the file that names it.
    [[nodiscard]] Result<std::filesystem::path> path() const;

    [[nodiscard]] tl::unexpected<Error> error(ErrorCode code, std::string detail) const;

private:
    std::string m_file, m_key;
    YAML::Node m_node {YAML::NodeType::Undefined};
};

struct Merged {
    std::map<std::string, Value> clusters, users, contexts; ///< by name; the value is the entry's "cluster", "user", "context"
    std::vector<std::string> contextNames; ///< in the order of the files
    std::string currentContext;
    Value currentContextValue;
    std::vector<std::string> files; ///< those that were read
};

/// Bounds against hostile files; real ones stay far below.
inline constexpr std::size_t fileLimit = 4 * 1024 * 1024;

[[nodiscard]] Result<Merged> readAndMerge(const std::string& files);

/// The content of a file that a kubeconfig names (certificate, key, token). Errors: FileNotFound, FileNotReadable, at `where`.
[[nodiscard]] Result<std::string> readSmallFile(const std::filesystem::path& file, const std::string& where);

/// A YAML value as JSON text, within bounds (a bomb of aliases is an error).
[[nodiscard]] Result<std::string> toJson(const Value& value);

} // namespace medic::kubeconfig
