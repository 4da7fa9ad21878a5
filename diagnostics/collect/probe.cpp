// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/probe.h"

#include "diagnostics/model/resources.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>

namespace medic::collect {

namespace fs = std::filesystem;

namespace {

using Snippets = std::map<std::string, std::string, std::less<>>;

constexpr std::size_t longestOutput = std::size_t(256) * 1024 * 1024;
constexpr int longestSeconds = 120;
constexpr int deepestNesting = 8; ///< of snippets within snippets

/// Reads the probes of one file and reports what is wrong with them.
class Reader {
public:
    Reader(const std::string& where, std::vector<Error>& problems) : m_where(where), m_problems(problems) { }

    std::vector<Probe> read(const YAML::Node& root)
    {
        std::vector<Probe> probes;
        if (!root.IsMap() || !root["probes"] || !root["probes"].IsSequence()) {
            report(ErrorCode::MissingValue, root, "key 'probes' must be a list");
            return probes;
        }
        knownKeys(root, {"probes", "snippets"});
        readSnippets(root["snippets"]);
        for (const YAML::Node& node : root["probes"])
            if (auto probe = readProbe(node))
                probes.push_back(std::move(*probe));
        return probes;
    }

    void report(ErrorCode code, const YAML::Node& node, std::string detail)
    {
        m_good = false;
        const YAML::Mark mark = node.Mark();
        m_problems.push_back(Error {code, m_where + (mark.line >= 0 ? ":" + std::to_string(mark.line + 1) : std::string()),
                                    std::move(detail), 0});
    }

private:
    void knownKeys(const YAML::Node& map, std::initializer_list<std::string_view> keys)
    {
        for (const auto& item : map) {
            const std::string key = item.first.as<std::string>("");
            if (std::find(keys.begin(), keys.end(), key) == keys.end())
                report(ErrorCode::BadValue, item.first, "unknown key '" + key + "'");
        }
    }

    void readSnippets(const YAML::Node& node)
    {
        if (!node)
            return;
        if (!node.IsMap()) {
            report(ErrorCode::BadValue, node, "key 'snippets' must be a map of texts");
            return;
        }
        for (const auto& item : node) {
            if (!item.first.IsScalar() || !item.second.IsScalar()) {
                report(ErrorCode::BadValue, item.first, "key 'snippets' must be a map of texts");
                continue;
            }
            std::string text = item.second.as<std::string>();
            while (!text.empty() && text.back() == '\n')
                text.pop_back();
            m_snippets.insert_or_assign(item.first.as<std::string>(), std::move(text));
        }
    }

    /// `text` with each @{name} replaced by that snippet.
    std::string expand(const std::string& text, const YAML::Node& node, int depth = 0)
    {
        std::string result;
        std::size_t from = 0;
        while (true) {
            const std::size_t open = text.find("@{", from);
            const std::size_t close = open == std::string::npos ? open : text.find('}', open);
            if (close == std::string::npos)
                return result + text.substr(from);
            result += text.substr(from, open - from);
            const std::string name = text.substr(open + 2, close - open - 2);
            const auto snippet = m_snippets.find(name);
            if (snippet == m_snippets.end())
                report(ErrorCode::BadValue, node, "key 'run' uses the unknown snippet '" + name + "'");
            else if (depth >= deepestNesting)
                report(ErrorCode::BadValue, node, "snippet '" + name + "' is nested too deeply");
            else
                result += expand(snippet->second, node, depth + 1);
            from = close + 1;
        }
    }

    std::string scalar(const YAML::Node& map, const char* key, bool needed)
    {
        const YAML::Node value = map[key];
        if (!value) {
            if (needed)
                report(ErrorCode::MissingValue, map, std::string("key '") + key + "' is missing");
            return {};
        }
        if (!value.IsScalar()) {
            report(ErrorCode::BadValue, value, std::string("key '") + key + "' must be one text");
            return {};
        }
        return value.as<std::string>();
    }

    bool flag(const YAML::Node& map, const char* key)
    {
        const std::string text = scalar(map, key, false);
        if (!text.empty() && text != "true" && text != "false")
            report(ErrorCode::BadValue, map[key], std::string("key '") + key + "' must be true or false");
        return text == "true";
    }

    void readLimits(const YAML::Node& node, Probe& probe)
    {
        if (const std::string text = scalar(node, "time", true); !text.empty()) {
            int seconds = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
            if (error != std::errc() || end != text.data() + text.size() || seconds < 1 || seconds > longestSeconds)
                report(ErrorCode::BadValue, node["time"], "key 'time' must be whole seconds from 1 to " + std::to_string(longestSeconds));
            probe.timeLimit = std::chrono::seconds(seconds);
        }
        if (const std::string text = scalar(node, "output", true); !text.empty()) {
            std::size_t size = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
            const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
            const std::size_t scale = unit == "KiB" ? 1024 : unit == "MiB" ? 1024 * 1024 : 0;
            if (error != std::errc() || scale == 0 || size == 0 || size > longestOutput / scale)
                report(ErrorCode::BadValue, node["output"], "key 'output' must be a size such as 64KiB or 4MiB, at most 256MiB");
            else
                probe.outputLimit = size * scale;
        }
    }

    void readAlternatives(const YAML::Node& node, Probe& probe)
    {
        const YAML::Node list = node["alternatives"];
        if (!list || !list.IsSequence() || list.size() == 0) {
            report(ErrorCode::MissingValue, list ? list : node, "key 'alternatives' must be a list with at least one entry");
            return;
        }
        for (const YAML::Node& item : list) {
            if (!item.IsMap()) {
                report(ErrorCode::BadValue, item, "an alternative must have the key 'run'");
                continue;
            }
            knownKeys(item, {"needs", "run"});
            Probe::Alternative alternative;
            if (const YAML::Node needs = item["needs"]) {
                if (!needs.IsSequence())
                    report(ErrorCode::BadValue, needs, "key 'needs' must be a list of tools");
                else
                    for (const YAML::Node& tool : needs)
                        alternative.needs.push_back(toolName(tool));
            }
            if (const std::string text = scalar(item, "run", true); !text.empty())
                alternative.command = expand(text, item["run"]);
            while (!alternative.command.empty() && alternative.command.back() == '\n')
                alternative.command.pop_back();
            probe.alternatives.push_back(std::move(alternative));
        }
    }

    std::string toolName(const YAML::Node& node)
    {
        const std::string name = node.IsScalar() ? node.as<std::string>() : std::string();
        const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
            return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '+';
        });
        if (!plain)
            report(ErrorCode::BadValue, node, "key 'needs' must be a list of tools");
        return name;
    }

    std::optional<Probe> readProbe(const YAML::Node& node)
    {
        m_good = true;
        if (!node.IsMap()) {
            report(ErrorCode::BadValue, node, "a probe must be a map of keys");
            return std::nullopt;
        }
        knownKeys(node, {"id", "prints", "alternatives", "root", "time", "output", "heavy", "lane"});
        Probe probe;
        probe.id = scalar(node, "id", true);
        probe.prints = scalar(node, "prints", true);
        probe.lane = scalar(node, "lane", false);
        if (probe.lane.empty())
            probe.lane = "main";
        for (const std::string& name : {probe.id, probe.lane})
            if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != std::string::npos)
                report(ErrorCode::BadValue, node, "'" + name + "' must be letters, digits and '-'");
        probe.root = flag(node, "root");
        probe.heavy = flag(node, "heavy");
        readLimits(node, probe);
        readAlternatives(node, probe);
        return m_good ? std::optional(std::move(probe)) : std::nullopt;
    }

    const std::string& m_where;
    std::vector<Error>& m_problems;
    Snippets m_snippets;
    bool m_good = true;
};

struct Loaded {
    std::vector<Probe> probes;
    std::vector<Error> problems;
};

const Loaded& loaded()
{
    static const Loaded result = [] {
        Loaded all;
        all.probes = loadProbes(resourceDirectory() / "probes", all.problems);
        return all;
    }();
    return result;
}

} // namespace

std::vector<Probe> parseProbes(const std::string& yaml, const std::string& where, std::vector<Error>& problems)
{
    try {
        return Reader(where, problems).read(YAML::Load(yaml));
    } catch (const YAML::Exception& exception) {
        problems.push_back(Error {ErrorCode::BadSyntax,
                                  where + ":" + std::to_string(exception.mark.line + 1) + ":" + std::to_string(exception.mark.column + 1),
                                  exception.msg, 0});
        return {};
    }
}

std::vector<Probe> loadProbes(const fs::path& directory, std::vector<Error>& problems)
{
    std::error_code error;
    std::vector<fs::path> files;
    for (const auto& item : fs::directory_iterator(directory, error))
        if (item.path().extension() == ".yaml")
            files.push_back(item.path());
    if (error || files.empty())
        problems.push_back(Error {ErrorCode::FileNotFound, directory.string(), error ? error.message() : "no .yaml file", error.value()});
    std::sort(files.begin(), files.end());

    std::vector<Probe> probes;
    for (const fs::path& file : files) {
        std::ifstream stream(file, std::ios::binary);
        std::ostringstream text;
        text << stream.rdbuf();
        if (!stream) {
            problems.push_back(Error {ErrorCode::FileNotReadable, file.string(), {}, 0});
            continue;
        }
        for (Probe& probe : parseProbes(text.str(), file.string(), problems)) {
            const bool taken = std::any_of(probes.begin(), probes.end(), [&](const Probe& other) { return other.id == probe.id; });
            if (taken)
                problems.push_back(Error {ErrorCode::BadValue, file.string(), "the id '" + probe.id + "' is already taken", 0});
            else
                probes.push_back(std::move(probe));
        }
    }
    return probes;
}

const std::vector<Probe>& allProbes() { return loaded().probes; }

const std::vector<Error>& probeProblems() { return loaded().problems; }

const Probe* findProbe(std::string_view id)
{
    for (const Probe& probe : allProbes())
        if (probe.id == id)
            return &probe;
    return nullptr;
}

} // namespace medic::collect
