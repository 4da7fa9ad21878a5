// SPDX-License-Identifier: GPL-3.0-or-later
// `ipvsadm -Sn` and `ipvsadm -Lcn`.
// seeds: ../shared/data/real-node-1.20/ipvs-mode tests/fuzz/seeds/ipvs
#include "diagnostics/parse/ipvs_save.h"

#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    using namespace medic;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto servers = ipvs::parseServers(text, "ipvsadm-Sn.txt"))
        for (const auto& one : *servers)
            (void)one.name();
    (void)ipvs::parseConnections(text);
    return 0;
}
