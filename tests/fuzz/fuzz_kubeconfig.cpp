// SPDX-License-Identifier: GPL-3.0-or-later
// A kubeconfig file from somewhere: read or refused with its place; no plugin is run by reading.
// seeds: ../shared/data/kubeconfig tests/data/kubeconfig
#include "diagnostics/transport/kubeconfig.h"
#include "fuzz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    const std::string file = fuzzFile(data, size).string();
    if (const auto contexts = medic::kubeconfigContexts(file))
        for (const std::string& context : *contexts)
            (void)medic::readKubeconfig(file, context);
    (void)medic::readKubeconfig(file, {});
    return 0;
}
