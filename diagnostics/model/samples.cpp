// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/model/samples.h"

#include "diagnostics/model/resources.h"

#include <yaml-cpp/yaml.h>

namespace medic {

namespace {

Text textOf(const YAML::Node& node)
{
    if (!node || !node.IsMap() || !node["en"] || !node["zh"])
        return {};
    return {node["en"].as<std::string>(), node["zh"].as<std::string>()};
}

} // namespace

std::vector<Sample> readSamples(const std::filesystem::path& directory, std::vector<Error>* problems)
{
    std::vector<Sample> all;
    const std::filesystem::path list = directory / "samples.yaml";
    const auto report = [&](ErrorCode code, const std::string& detail) {
        if (problems != nullptr)
            problems->push_back(Error {code, list.string(), detail, 0});
    };
    try {
        const YAML::Node document = YAML::LoadFile(list.string());
        for (const YAML::Node& node : document["samples"]) {
            Sample sample;
            const std::string file = node["file"].as<std::string>();
            sample.path = directory / file;
            sample.title = textOf(node["title"]);
            sample.about = textOf(node["about"]);
            sample.finding = node["finding"].as<std::string>(std::string());
            std::error_code failed;
            if (sample.path.filename().string() != file || sample.title.en.empty() || sample.title.zh.empty())
                report(ErrorCode::BadValue, file + ": a plain file name and a title in both languages are needed");
            else if (!std::filesystem::is_regular_file(sample.path, failed))
                report(ErrorCode::FileNotFound, file);
            else
                all.push_back(std::move(sample));
        }
    } catch (const YAML::BadFile&) {
        report(ErrorCode::FileNotFound, "samples.yaml");
    } catch (const YAML::Exception& exception) {
        report(ErrorCode::BadSyntax, exception.what());
    }
    return all;
}

std::vector<Sample> standardSamples(std::vector<Error>* problems) { return readSamples(resourceDirectory() / "samples", problems); }

} // namespace medic
