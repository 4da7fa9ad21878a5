// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/catalogue.h"

#include <filesystem>
#include <vector>

namespace medic {

/// A recorded incident that comes with the program, to be looked at without a cluster.
struct Sample {
    std::filesystem::path path; ///< an incident file; must not be written to
    Text title; ///< what happened, one line
    Text about; ///< where it was recorded
    std::string finding; ///< what it leads to
};

/// What `directory`/samples.yaml lists, in its order, as far as the files are there. Problems name file and key.
[[nodiscard]] std::vector<Sample> readSamples(const std::filesystem::path& directory, std::vector<Error>* problems = nullptr);

/// Those of the program's data folder.
[[nodiscard]] std::vector<Sample> standardSamples(std::vector<Error>* problems = nullptr);

} // namespace medic
