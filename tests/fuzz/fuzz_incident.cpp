// SPDX-License-Identifier: GPL-3.0-or-later
// Any file may be opened as an incident: it is refused or read, and never changed.
// seeds: resources/samples
#include "diagnostics/incident/incident_file.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    static const std::filesystem::path path
        = std::filesystem::temp_directory_path() / ("medic-fuzz-" + std::to_string(getpid()) + ".medic");
    {
        std::ofstream file(path, std::ios::binary | std::ios::trunc);
        file.write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    }
    if (auto incident = medic::IncidentFile::open(path, medic::IncidentFile::Mode::ReadOnly)) {
        (void)incident->info();
        (void)incident->journal();
        if (const auto sweeps = incident->sweeps())
            for (const medic::SweepInfo& sweep : *sweeps)
                (void)incident->findings(sweep.id);
        (void)incident->snapshot();
    }
    return 0;
}
