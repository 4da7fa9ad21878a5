// SPDX-License-Identifier: GPL-3.0-or-later
// A file of probes: its mistakes are named; what is left makes a script.
// seeds: resources/probes
#include "diagnostics/collect/probe.h"
#include "diagnostics/collect/sweep_script.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    std::vector<medic::Error> problems;
    const auto probes = medic::collect::parseProbes(std::string(reinterpret_cast<const char*>(data), size), "x.yaml", problems);
    if (!probes.empty())
        (void)medic::collect::sweepScript(probes, "token");
    return 0;
}
