// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/cni.h"

#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace medic::parse {

using Json = nlohmann::json;

namespace {

std::string textOf(const Json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

double numberOf(const Json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

CniPlugin readPlugin(const Json& object)
{
    CniPlugin plugin;
    plugin.type = textOf(object, "type");
    plugin.backend = textOf(object, "backend");
    plugin.ingressRate = numberOf(object, "ingressRate");
    plugin.ingressBurst = numberOf(object, "ingressBurst");
    plugin.egressRate = numberOf(object, "egressRate");
    plugin.egressBurst = numberOf(object, "egressBurst");
    plugin.mtu = static_cast<int>(std::clamp(numberOf(object, "mtu"), 0.0, 70000.0));
    if (const auto capabilities = object.find("capabilities"); capabilities != object.end() && capabilities->is_object()) {
        const auto on = [&](const char* key) {
            const auto found = capabilities->find(key);
            return found != capabilities->end() && found->is_boolean() && found->get<bool>();
        };
        plugin.portMappings = on("portMappings");
        plugin.bandwidth = on("bandwidth");
    }
    if (const auto ipam = object.find("ipam"); ipam != object.end() && ipam->is_object()) {
        plugin.ipamType = textOf(*ipam, "type");
        if (const std::string subnet = textOf(*ipam, "subnet"); !subnet.empty())
            plugin.subnets.push_back(subnet);
        if (const auto ranges = ipam->find("ranges"); ranges != ipam->end() && ranges->is_array())
            for (const Json& set : *ranges)
                if (set.is_array())
                    for (const Json& range : set)
                        if (range.is_object() && !textOf(range, "subnet").empty())
                            plugin.subnets.push_back(textOf(range, "subnet"));
    }
    return plugin;
}

CniConfig readConfig(std::string file, std::string_view text, int line)
{
    CniConfig config;
    config.file = std::move(file);
    config.line = line;
    if (trim(text).empty()) {
        config.problem = "the file is empty";
        return config;
    }
    const Json document = Json::parse(text, nullptr, false);
    if (document.is_discarded() || !document.is_object()) {
        config.problem = "not a JSON object";
        return config;
    }
    config.name = textOf(document, "name");
    config.cniVersion = textOf(document, "cniVersion");
    if (const auto plugins = document.find("plugins"); plugins != document.end() && plugins->is_array()) {
        for (const Json& item : *plugins)
            if (item.is_object())
                config.plugins.push_back(readPlugin(item));
    } else if (document.contains("type")) {
        config.plugins.push_back(readPlugin(document));
    }
    if (config.plugins.empty())
        config.problem = "no plugin in it";
    return config;
}

} // namespace

const CniPlugin* CniConfig::plugin(std::string_view type) const
{
    const auto found = std::find_if(plugins.begin(), plugins.end(), [&](const CniPlugin& one) { return one.type == type; });
    return found == plugins.end() ? nullptr : &*found;
}

std::vector<CniConfig> cniConfigs(std::string_view text)
{
    std::vector<CniConfig> result;
    for (const Section& section : sections(text)) {
        // "==> ls DIRECTORY <==" is a listing, not a file.
        if (section.name.starts_with("ls ") || (section.headingLine == 0 && trim(section.text()).empty()))
            continue;
        result.push_back(readConfig(section.name, section.text(), std::max(1, section.headingLine)));
    }
    std::stable_sort(result.begin(), result.end(), [](const CniConfig& a, const CniConfig& b) { return a.file < b.file; });
    return result;
}

const CniConfig* inUse(const std::vector<CniConfig>& all)
{
    const auto found = std::find_if(all.begin(), all.end(), [](const CniConfig& one) { return one.problem.empty(); });
    return found == all.end() ? nullptr : &*found;
}

std::vector<std::string> fileNames(std::string_view listing)
{
    std::vector<std::string> result;
    for (const Line& line : lines(listing)) {
        const auto parts = words(line.text);
        if (parts.empty() || parts[0] == "total" || parts[0].ends_with(':') || parts[0] == "==>")
            continue;
        if (parts.size() == 1)
            result.emplace_back(parts[0]);
        else if (parts.size() >= 9 && (parts[0].starts_with('-') || parts[0].starts_with('l')))
            result.emplace_back(parts[8]);
    }
    return result;
}

std::map<std::string, PluginVersion, std::less<>> cniVersions(std::string_view text)
{
    std::map<std::string, PluginVersion, std::less<>> result;
    for (const Line& line : lines(text)) {
        const std::string_view rest = after(line.text, "CNI ");
        const auto parts = words(rest);
        if (parts.size() < 3 || parts[1] != "plugin")
            continue;
        result[std::string(parts[0])] = {version(rest), std::string(trim(line.text)), line.number};
    }
    return result;
}

} // namespace medic::parse
