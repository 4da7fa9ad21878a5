// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/incident/incident_file.h"

#include <QTemporaryDir>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace medic::test {

inline TimePoint moment(int seconds)
{
    return TimePoint(std::chrono::seconds(1700000000 + seconds));
}

inline Observation observed(std::string node, std::string probe, std::string out, int seconds = 0)
{
    Observation observation;
    observation.node = std::move(node);
    observation.probe = std::move(probe);
    observation.command = "cat /proc/" + observation.probe;
    observation.out = std::move(out);
    observation.exitStatus = 0;
    observation.start = moment(seconds);
    observation.duration = std::chrono::milliseconds(12);
    return observation;
}

inline IncidentInfo someInfo()
{
    return {.title = "Orders time out", .cluster = "prod", .language = "en", .symptom = "connection refused",
            .opened = moment(0), .redacted = false, .linkedFrom = {}};
}

/// A folder of its own for each test, with names instead of QStrings.
class Folder {
public:
    [[nodiscard]] std::filesystem::path operator/(const char* name) const { return path() / name; }
    [[nodiscard]] std::filesystem::path path() const { return m_folder.path().toStdString(); }
    [[nodiscard]] std::set<std::string> names() const
    {
        std::set<std::string> result;
        for (const auto& item : std::filesystem::directory_iterator(path()))
            result.insert(item.path().filename().string());
        return result;
    }

private:
    QTemporaryDir m_folder;
};

inline std::string bytesOf(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

inline void writeBytes(const std::filesystem::path& file, const std::string& bytes)
{
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

} // namespace medic::test
