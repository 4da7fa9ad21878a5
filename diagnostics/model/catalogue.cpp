// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/model/catalogue.h"

#include "diagnostics/model/resources.h"
#include "diagnostics/model/value_words.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace medic {

namespace fs = std::filesystem;

namespace {

std::string placeOf(const fs::path& file, const YAML::Node& node)
{
    const YAML::Mark mark = node.Mark();
    return file.string() + (mark.line >= 0 ? ":" + std::to_string(mark.line + 1) : std::string());
}

/// The {names} that a text uses.
std::set<std::string> placeholders(const std::string& text)
{
    std::set<std::string> names;
    for (std::size_t at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1)) {
        const std::size_t end = text.find('}', at);
        if (end == std::string::npos)
            break;
        const std::string name = text.substr(at + 1, end - at - 1);
        const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
            return std::isalnum(c) != 0 || c == '_' || c == '-';
        });
        if (plain)
            names.insert(name);
    }
    return names;
}

class EntryReader {
public:
    EntryReader(const fs::path& file, const YAML::Node& node, std::vector<Error>& problems)
        : m_file(file), m_node(node), m_problems(problems)
    {
    }

    bool good = true;

    std::string scalar(const char* key, bool needed)
    {
        const YAML::Node value = m_node[key];
        if (!value) {
            if (needed)
                report(ErrorCode::MissingValue, m_node, std::string("key '") + key + "' is missing");
            return {};
        }
        if (!value.IsScalar()) {
            report(ErrorCode::BadValue, value, std::string("key '") + key + "' must be one text");
            return {};
        }
        return value.as<std::string>();
    }

    Text text(const char* key, const std::vector<std::string>& parameters)
    {
        const YAML::Node value = m_node[key];
        Text result;
        if (!value || !value.IsMap() || !value["en"] || !value["zh"] || !value["en"].IsScalar() || !value["zh"].IsScalar()) {
            report(ErrorCode::MissingValue, value ? value : m_node,
                   std::string("key '") + key + "' must be given as {en: …, zh: …}");
            return result;
        }
        result.en = value["en"].as<std::string>();
        result.zh = value["zh"].as<std::string>();
        if (result.en.empty() || result.zh.empty())
            report(ErrorCode::MissingValue, value, std::string("key '") + key + "' has an empty text");
        for (const std::string& language : {result.en, result.zh})
            for (const std::string& name : placeholders(language))
                if (std::find(parameters.begin(), parameters.end(), name) == parameters.end())
                    report(ErrorCode::BadValue, value, std::string("key '") + key + "' uses the unknown parameter {" + name + "}");
        return result;
    }

    std::vector<std::string> list(const char* key)
    {
        std::vector<std::string> result;
        const YAML::Node value = m_node[key];
        if (!value)
            return result;
        if (!value.IsSequence()) {
            report(ErrorCode::BadValue, value, std::string("key '") + key + "' must be a list");
            return result;
        }
        for (const YAML::Node& item : value)
            if (item.IsScalar())
                result.push_back(item.as<std::string>());
        return result;
    }

    void report(ErrorCode code, const YAML::Node& node, std::string detail)
    {
        good = false;
        m_problems.push_back(Error {code, placeOf(m_file, node), std::move(detail), 0});
    }

private:
    const fs::path& m_file;
    const YAML::Node& m_node;
    std::vector<Error>& m_problems;
};

std::optional<KnowledgeEntry> readEntry(const fs::path& file, const YAML::Node& node, const std::string& family,
                                        std::vector<Error>& problems)
{
    EntryReader reader(file, node, problems);
    KnowledgeEntry entry;
    entry.family = family;
    entry.file = file.string();
    entry.id = reader.scalar("id", true);
    entry.parameters = reader.list("parameters");
    entry.title = reader.text("title", entry.parameters);
    entry.meaning = reader.text("meaning", entry.parameters);
    entry.why = reader.text("why", entry.parameters);
    entry.next = reader.text("next", entry.parameters);
    entry.playbook = reader.scalar("playbook", false);
    entry.patterns = reader.list("patterns");
    if (const YAML::Node references = node["references"]; references && references.IsSequence()) {
        for (const YAML::Node& item : references) {
            if (!item.IsMap() || !item["title"]) {
                reader.report(ErrorCode::MissingValue, item, "a reference needs a title");
                continue;
            }
            Reference reference;
            reference.title = item["title"].as<std::string>();
            if (item["url"])
                reference.url = item["url"].as<std::string>();
            if (item["fact"])
                reference.fact = item["fact"].as<std::string>();
            if (item["dead"])
                reference.dead = item["dead"].as<bool>(false);
            entry.references.push_back(std::move(reference));
        }
    }
    if (entry.references.empty())
        reader.report(ErrorCode::MissingValue, node, "key 'references' needs at least one entry");
    if (!reader.good)
        return std::nullopt;
    return entry;
}

} // namespace

std::string_view languageCode(Language language) { return language == Language::Chinese ? "zh" : "en"; }

std::string fill(const std::string& text, const Parameters& parameters)
{
    std::string result;
    std::size_t from = 0;
    while (true) {
        const std::size_t open = text.find('{', from);
        const std::size_t close = open == std::string::npos ? open : text.find('}', open);
        if (close == std::string::npos)
            return result + text.substr(from);
        result += text.substr(from, open - from);
        const auto found = parameters.find(text.substr(open + 1, close - open - 1));
        result += found == parameters.end() ? text.substr(open, close - open + 1) : found->second;
        from = close + 1;
    }
}

Catalogue Catalogue::load(const std::vector<fs::path>& directories, std::vector<Error>* problems)
{
    Catalogue catalogue;
    std::vector<Error> found;
    for (const fs::path& directory : directories) {
        std::error_code ignored;
        std::vector<fs::path> files;
        for (const auto& item : fs::directory_iterator(directory / "knowledge", ignored))
            if (item.path().extension() == ".yaml" || item.path().extension() == ".yml")
                files.push_back(item.path());
        std::sort(files.begin(), files.end());
        for (const fs::path& file : files) {
            try {
                const YAML::Node root = YAML::LoadFile(file.string());
                if (!root.IsMap() || !root["findings"] || !root["findings"].IsSequence())
                    continue;
                const std::string family = root["family"] ? root["family"].as<std::string>() : file.stem().string();
                for (const YAML::Node& node : root["findings"]) {
                    auto entry = readEntry(file, node, family, found);
                    if (!entry)
                        continue;
                    const std::string id = entry->id;
                    if (!catalogue.m_entries.try_emplace(id, std::move(*entry)).second)
                        found.push_back(Error {ErrorCode::BadValue, placeOf(file, node), "the id '" + id + "' is already taken", 0});
                }
            } catch (const YAML::Exception& exception) {
                found.push_back(Error {ErrorCode::BadSyntax,
                                       file.string() + ":" + std::to_string(exception.mark.line + 1) + ":"
                                           + std::to_string(exception.mark.column + 1),
                                       exception.msg, 0});
            }
        }
    }
    if (problems != nullptr)
        problems->insert(problems->end(), found.begin(), found.end());
    return catalogue;
}

Catalogue Catalogue::standard(std::vector<Error>* problems)
{
    return load({resourceDirectory(), userDirectory()}, problems);
}

const KnowledgeEntry* Catalogue::find(std::string_view id) const
{
    const auto found = m_entries.find(id);
    return found == m_entries.end() ? nullptr : &found->second;
}

std::string Catalogue::title(const Finding& finding, Language language) const
{
    const KnowledgeEntry* entry = find(finding.id());
    return entry == nullptr ? finding.id() : fill(entry->title, finding.parameters(), language);
}

} // namespace medic
