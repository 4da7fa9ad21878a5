// SPDX-License-Identifier: GPL-3.0-or-later
// A knowledge file that a user drops in: reported with its place, or read.
#include "diagnostics/model/catalogue.h"

#include <filesystem>
#include <fstream>
#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    static const std::filesystem::path folder = std::filesystem::temp_directory_path() / ("medic-fuzz-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder / "knowledge");
    {
        std::ofstream file(folder / "knowledge" / "x.yaml", std::ios::binary | std::ios::trunc);
        file.write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    }
    std::vector<medic::Error> problems;
    (void)medic::Catalogue::load({folder}, &problems);
    return 0;
}
