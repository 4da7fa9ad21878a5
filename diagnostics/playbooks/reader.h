// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/catalogue.h"
#include "diagnostics/playbooks/expression.h"

#include <yaml-cpp/yaml.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace medic::playbooks {

/// Reads the keys of one YAML map; every mistake becomes a problem with file:line, the key and what was expected.
/// Only for the loader's own sources.
class MapReader {
public:
    MapReader(YAML::Node node, const std::string& file, std::vector<Error>& problems) : m_node(std::move(node)), m_file(file), m_problems(problems) { }

    [[nodiscard]] bool has(const char* key) const { return m_node.IsMap() && m_node[key].IsDefined(); }
    [[nodiscard]] YAML::Node node(const char* key) const { return m_node[key]; }
    [[nodiscard]] int line() const { return m_node.Mark().line + 1; }
    [[nodiscard]] const std::string& file() const { return m_file; }
    [[nodiscard]] std::vector<Error>& problems() { return m_problems; }

    std::string scalar(const char* key, bool needed = false);
    int integer(const char* key, int otherwise, int least, int most);
    bool boolean(const char* key, bool otherwise);
    Text text(const char* key, bool needed = false);
    std::vector<std::string> list(const char* key);
    Expression condition(const char* key, bool needed = false);
    /// The maps of a list.
    std::vector<MapReader> maps(const char* key);
    /// One of `names`; empty when absent or wrong.
    std::optional<std::size_t> oneOf(const char* key, std::initializer_list<std::string_view> names, bool needed = false);
    /// Anything else is a mistake (a misspelt key would otherwise be lost silently).
    void onlyKeys(std::initializer_list<std::string_view> keys);

    void problem(ErrorCode code, const char* key, const std::string& expected);

private:
    [[nodiscard]] std::string place(const YAML::Node& node) const;

    YAML::Node m_node;
    const std::string& m_file;
    std::vector<Error>& m_problems;
};

} // namespace medic::playbooks
