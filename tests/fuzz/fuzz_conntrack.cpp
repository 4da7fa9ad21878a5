// SPDX-License-Identifier: GPL-3.0-or-later
// `conntrack -L` and /proc/net/nf_conntrack.
// seeds: ../shared/data/real-node-1.20/ipvs-mode tests/fuzz/seeds/conntrack
#include "diagnostics/parse/conntrack_list.h"

#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    (void)medic::conntrack::parseList(std::string_view(reinterpret_cast<const char*>(data), size));
    return 0;
}
