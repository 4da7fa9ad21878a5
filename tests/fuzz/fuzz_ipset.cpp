// SPDX-License-Identifier: GPL-3.0-or-later
// `ipset save`, and a lookup in each set that came of it.
// seeds: ../shared/data/real-node-1.20/ipvs-mode tests/fuzz/seeds/ipset
#include "diagnostics/parse/ipset_save.h"

#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    using namespace medic;
    const auto sets = ipset::Sets::parse(std::string_view(reinterpret_cast<const char*>(data), size), "ipset-save.txt");
    if (!sets)
        return 0;
    for (const auto& [name, set] : (*sets)->all())
        for (const char* address : {"10.96.0.1", "fd00::1"}) {
            ipset::Query query {.protocol = proto::tcp, .mark = 0x4000};
            std::string reason;
            const IpAddress asked = *IpAddress::parse(address);
            for (std::size_t i = 0; i < 4; ++i) {
                query.dimensions.push_back({asked, 443, "eth0"});
                (void)(*sets)->contains(set, query, asked.family, reason);
            }
        }
    return 0;
}
