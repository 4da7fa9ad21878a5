// SPDX-License-Identifier: GPL-3.0-or-later
// `ip -j link`, `addr`, `route`, `rule`, their text forms, and sysctls.
// seeds: ../shared/data/real-node-1.20/ipvs-mode tests/fuzz/seeds/iproute
#include "diagnostics/parse/iproute.h"
#include "diagnostics/parse/sysctl.h"

#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    using namespace medic;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)iproute::parseLinks(text, "ip-link.json");
    (void)iproute::parseAddresses(text, "ip-addr.json");
    for (const IpFamily family : {IpFamily::V4, IpFamily::V6}) {
        (void)iproute::parseRoutes(text, "ip-route-all.json", family);
        (void)iproute::parseRules(text, "ip-rule.json", family);
    }
    const Sysctls sysctls = Sysctls::parse(text);
    (void)sysctls.ofDevice(false, "eth0", "rp_filter");
    return 0;
}
