// SPDX-License-Identifier: GPL-3.0-or-later
// An ssh_config: resolved or refused; its `Match exec` is never run, its Include cannot lead round in circles.
#include "diagnostics/transport/ssh_config.h"
#include "fuzz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    const auto& file = fuzzFile(data, size);
    for (const char* const alias : {"node-1", "10.0.0.1", "a.b.example"})
        (void)medic::resolveSshConfig({.alias = alias, .user = {}, .port = 0, .configFile = file, .home = "/nonexistent", .localUser = "me"});
    (void)medic::parseSshDestination(std::string_view(reinterpret_cast<const char*>(data), size));
    return 0;
}
