// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/observation.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Elasticsearch or OpenSearch as the probe `elasticsearch` shows it: indices by size and age, disks,
/// watermarks, blocks.
namespace medic::parse {

struct SearchIndex {
    std::string name, health, status; ///< green …; open, close
    std::uint64_t documents = 0, bytes = 0;
    std::optional<TimePoint> created;
    int line = 0;
};

struct SearchDisk {
    std::string node;
    std::uint64_t usedBytes = 0, totalBytes = 0;
    double percent = 0;
    int line = 0;
};

struct SearchEngine {
    std::string version, clusterHealth; ///< "7.4.0"; green, yellow, red
    bool openSearch = false;
    std::vector<SearchIndex> indices;
    std::vector<SearchDisk> disks;
    std::string low = "85%", high = "90%", flood = "95%"; ///< watermarks as set, else the defaults
    std::vector<std::string> readOnly; ///< indices with read_only_allow_delete
    int readOnlyLine = 0;

    /// A watermark given as a percentage ("85%") or a ratio ("0.85"); nothing for one in bytes.
    [[nodiscard]] static std::optional<double> percent(std::string_view watermark);
};

/// Nothing when the text holds no answer of such a server.
[[nodiscard]] std::optional<SearchEngine> searchEngine(std::string_view text);

} // namespace medic::parse
