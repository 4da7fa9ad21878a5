// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/model/resources.h"

#include <cstdlib>

namespace medic {

namespace fs = std::filesystem;

fs::path resourceDirectory()
{
    if (const char* given = std::getenv("CLUSTER_MEDIC_RESOURCES"); given != nullptr && *given != '\0')
        return given;
    std::error_code ignored;
    const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
    if (!ignored) {
        const fs::path installed = (program.parent_path() / MEDIC_INSTALLED_RESOURCES).lexically_normal();
        if (fs::is_directory(installed, ignored))
            return installed;
    }
    return MEDIC_SOURCE_RESOURCES;
}

fs::path userDirectory()
{
    if (const char* config = std::getenv("XDG_CONFIG_HOME"); config != nullptr && *config != '\0')
        return fs::path(config) / "cluster-medic";
    if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0')
        return fs::path(home) / ".config" / "cluster-medic";
    return {};
}

} // namespace medic
