// SPDX-License-Identifier: GPL-3.0-or-later
// The apiserver's JSON, as an attacker of a namespace may shape it.
// seeds: tests/data/kube ../shared/data/real-node-1.20/healthy/api
#include "diagnostics/parse/kube_objects.h"
#include "diagnostics/parse/network_policies.h"

#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    using namespace medic::kube;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)parseNodes(text);
    (void)parsePods(text);
    (void)parseServices(text);
    (void)parseEndpointSlices(text);
    (void)parseEvents(text);
    (void)parseConfigMaps(text);
    (void)parseDaemonSets(text);
    (void)parseVersion(text);
    (void)parseLeases(text);
    (void)parseNetworkPolicies(text);
    (void)parseNamespaceLabels(text);
    (void)parseTerminatingNamespaces(text);
    (void)parseMemoryLimits(text);
    return 0;
}
