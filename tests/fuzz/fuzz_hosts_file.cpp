// SPDX-License-Identifier: GPL-3.0-or-later
// The list of nodes given by --nodes, as lines or YAML, and a saved profile.
#include "diagnostics/transport/profile.h"
#include "fuzz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    (void)medic::readHostsFile(fuzzFile(data, size));
    if (const auto profile = medic::readProfile(std::string(reinterpret_cast<const char*>(data), size), "profile"))
        if (!medic::readProfile(medic::writeProfile(*profile), "profile"))
            __builtin_trap(); // what was read can be written and read again
    return 0;
}
