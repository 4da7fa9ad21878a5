// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/playbooks/reader.h"

#include "diagnostics/playbooks/safety.h"

#include <algorithm>

namespace medic::playbooks {

std::string MapReader::place(const YAML::Node& node) const
{
    const YAML::Mark mark = node.Mark();
    return m_file + (mark.line >= 0 ? ":" + std::to_string(mark.line + 1) : std::string());
}

void MapReader::problem(ErrorCode code, const char* key, const std::string& expected)
{
    const bool present = m_node.IsMap() && m_node[key].IsDefined();
    m_problems.push_back(Error {code, place(present ? m_node[key] : m_node), "key '" + std::string(key) + "': " + expected, 0});
}

std::string MapReader::scalar(const char* key, bool needed)
{
    const YAML::Node value = m_node[key];
    if (!value.IsDefined() || value.IsNull()) {
        if (needed)
            problem(ErrorCode::MissingValue, key, "is missing");
        return {};
    }
    if (!value.IsScalar()) {
        problem(ErrorCode::BadValue, key, "one text expected");
        return {};
    }
    return value.Scalar();
}

int MapReader::integer(const char* key, int otherwise, int least, int most)
{
    if (!has(key))
        return otherwise;
    int value = 0;
    const YAML::Node node = m_node[key];
    if (!node.IsScalar() || !YAML::convert<int>::decode(node, value) || value < least || value > most) {
        problem(ErrorCode::BadValue, key, "a number from " + std::to_string(least) + " to " + std::to_string(most) + " expected");
        return otherwise;
    }
    return value;
}

bool MapReader::boolean(const char* key, bool otherwise)
{
    if (!has(key))
        return otherwise;
    bool value = otherwise;
    const YAML::Node node = m_node[key];
    if (!node.IsScalar() || !YAML::convert<bool>::decode(node, value))
        problem(ErrorCode::BadValue, key, "true or false expected");
    return value;
}

Text MapReader::text(const char* key, bool needed)
{
    Text result;
    const YAML::Node value = m_node[key];
    if (!value.IsDefined()) {
        if (needed)
            problem(ErrorCode::MissingValue, key, "is missing: {en: …, zh: …} expected");
        return result;
    }
    if (!value.IsMap() || !value["en"].IsDefined() || !value["zh"].IsDefined() || !value["en"].IsScalar() || !value["zh"].IsScalar()
        || value.size() != 2) {
        problem(ErrorCode::BadValue, key, "{en: …, zh: …} expected, both languages and nothing else");
        return result;
    }
    result.en = value["en"].Scalar();
    result.zh = value["zh"].Scalar();
    while (result.en.ends_with('\n'))
        result.en.pop_back();
    while (result.zh.ends_with('\n'))
        result.zh.pop_back();
    if (result.en.empty() || result.zh.empty())
        problem(ErrorCode::MissingValue, key, "one of the two languages is empty");
    else if (placeholdersOf(result.en) != placeholdersOf(result.zh))
        problem(ErrorCode::BadValue, key, "the two languages use different {parameters}");
    return result;
}

std::vector<std::string> MapReader::list(const char* key)
{
    std::vector<std::string> result;
    if (!has(key))
        return result;
    const YAML::Node value = m_node[key];
    if (!value.IsSequence()) {
        problem(ErrorCode::BadValue, key, "a list of texts expected");
        return result;
    }
    for (const YAML::Node& item : value) {
        if (item.IsScalar())
            result.push_back(item.Scalar());
        else
            problem(ErrorCode::BadValue, key, "a list of texts expected");
    }
    return result;
}

Expression MapReader::condition(const char* key, bool needed)
{
    const std::string source = scalar(key, needed);
    if (source.empty())
        return {};
    auto parsed = Expression::parse(source, place(m_node[key]));
    if (parsed)
        return *parsed;
    problem(ErrorCode::BadSyntax, key, parsed.error().detail);
    return {};
}

std::vector<MapReader> MapReader::maps(const char* key)
{
    std::vector<MapReader> result;
    if (!has(key))
        return result;
    const YAML::Node value = m_node[key];
    if (!value.IsSequence()) {
        problem(ErrorCode::BadValue, key, "a list of maps expected");
        return result;
    }
    for (const YAML::Node& item : value) {
        if (item.IsMap())
            result.emplace_back(item, m_file, m_problems);
        else
            problem(ErrorCode::BadValue, key, "a list of maps expected");
    }
    return result;
}

std::optional<std::size_t> MapReader::oneOf(const char* key, std::initializer_list<std::string_view> names, bool needed)
{
    const std::string value = scalar(key, needed);
    if (value.empty())
        return std::nullopt;
    const auto found = std::find(names.begin(), names.end(), value);
    if (found != names.end())
        return static_cast<std::size_t>(found - names.begin());
    std::string expected;
    for (const std::string_view name : names)
        expected += (expected.empty() ? "" : ", ") + std::string(name);
    problem(ErrorCode::BadValue, key, "one of " + expected + " expected, not '" + value + "'");
    return std::nullopt;
}

void MapReader::onlyKeys(std::initializer_list<std::string_view> keys)
{
    for (const auto& item : m_node) {
        const std::string name = item.first.IsScalar() ? item.first.Scalar() : std::string("?");
        if (std::find(keys.begin(), keys.end(), name) == keys.end())
            m_problems.push_back(Error {ErrorCode::BadValue, place(item.first), "key '" + name + "': is not known here", 0});
    }
}

} // namespace medic::playbooks
