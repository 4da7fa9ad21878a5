// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/search_engine.h"

#include "diagnostics/parse/certificates.h"
#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace medic::parse {

using Json = nlohmann::json;

namespace {

/// The body of an answer: everything but its last line, "STATUS SECONDS".
Json documentOf(const Section& section)
{
    std::string text = section.text();
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
        text.pop_back();
    const std::size_t last = text.rfind('\n');
    return Json::parse(last == std::string::npos ? text : text.substr(0, last), nullptr, false);
}

std::string textAt(const Json& object, const char* key)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Columns by the heading's names; a row with another number of words is passed over.
std::optional<std::string_view> column(const std::vector<std::string_view>& heading,
    const std::vector<std::string_view>& row, std::string_view name)
{
    const auto found = std::find(heading.begin(), heading.end(), name);
    const auto index = static_cast<std::size_t>(found - heading.begin());
    return found == heading.end() || index >= row.size() ? std::nullopt : std::optional(row[index]);
}

void readIndices(const Section& section, SearchEngine& engine)
{
    for (const Line& line : section.lines) {
        const auto parts = words(line.text);
        // A closed index has neither documents nor size: only its ends are where they should be.
        const auto created = parts.size() < 3 ? std::nullopt : rfc3339(parts.back());
        if (!created)
            continue;
        SearchIndex one;
        one.name = parts[0];
        one.created = created;
        one.line = line.number;
        for (const std::string_view part : parts) {
            if (part == "green" || part == "yellow" || part == "red")
                one.health = part;
            if (part == "open" || part == "close")
                one.status = part;
        }
        if (parts.size() >= 6) {
            one.bytes = number<std::uint64_t>(parts[parts.size() - 2]).value_or(0);
            one.documents = number<std::uint64_t>(parts[parts.size() - 3]).value_or(0);
        }
        engine.indices.push_back(std::move(one));
    }
}

void readDisks(const Section& section, SearchEngine& engine)
{
    std::vector<std::string_view> heading;
    for (const Line& line : section.lines) {
        const auto parts = words(line.text);
        if (parts.empty())
            continue;
        if (heading.empty()) {
            heading = parts;
            continue;
        }
        const auto percent = column(heading, parts, "disk.percent"),
                   used = column(heading, parts, "disk.used"), total = column(heading, parts, "disk.total");
        const auto share = percent && parts.size() == heading.size() ? real(*percent) : std::nullopt;
        if (!share)
            continue; // "UNASSIGNED" has no disk
        engine.disks.push_back({ std::string(column(heading, parts, "node").value_or(parts.back())),
            number<std::uint64_t>(used.value_or("")).value_or(0),
            number<std::uint64_t>(total.value_or("")).value_or(0), *share, line.number });
    }
}

void readWatermarks(const Json& document, SearchEngine& engine)
{
    for (const char* const scope : { "defaults", "persistent", "transient" }) // the later one counts
        if (document.is_object() && document.contains(scope)) {
            const std::string prefix = "cluster.routing.allocation.disk.watermark.";
            for (const auto& [name, field] : { std::pair { "low", &engine.low }, { "high", &engine.high },
                     { "flood_stage", &engine.flood } })
                if (const std::string value = textAt(document[scope], (prefix + name).c_str());
                    !value.empty())
                    *field = value;
        }
}

} // namespace

std::optional<double> SearchEngine::percent(std::string_view watermark)
{
    if (watermark.ends_with('%'))
        return real(watermark.substr(0, watermark.size() - 1));
    const auto ratio = real(watermark);
    return ratio && *ratio > 0 && *ratio <= 1 ? std::optional(*ratio * 100) : std::nullopt;
}

std::optional<SearchEngine> searchEngine(std::string_view text)
{
    SearchEngine engine;
    bool any = false;
    for (const Section& section : sections(text)) {
        if (section.name == "/") {
            const Json document = documentOf(section);
            if (!document.is_object() || !document.contains("version"))
                continue;
            engine.version = textAt(document["version"], "number");
            engine.openSearch = textAt(document["version"], "distribution") == "opensearch";
            any = true;
        } else if (section.name == "/_cluster/health") {
            engine.clusterHealth = textAt(documentOf(section), "status");
        } else if (section.name.starts_with("/_cat/indices")) {
            readIndices(section, engine);
        } else if (section.name.starts_with("/_cat/allocation")) {
            readDisks(section, engine);
        } else if (section.name.starts_with("/_cluster/settings")) {
            readWatermarks(documentOf(section), engine);
        } else if (section.name.starts_with("/_all/_settings")) {
            const Json document = documentOf(section);
            if (!document.is_object())
                continue;
            for (const auto& [index, value] : document.items()) {
                const Json& settings
                    = value.is_object() && value.contains("settings") ? value["settings"] : Json();
                if (textAt(settings, "index.blocks.read_only_allow_delete") == "true")
                    engine.readOnly.push_back(index);
            }
            if (!engine.readOnly.empty() && !section.lines.empty())
                engine.readOnlyLine = section.lines.front().number;
        }
    }
    if (!any && engine.indices.empty() && engine.disks.empty())
        return std::nullopt;
    return engine;
}

} // namespace medic::parse
