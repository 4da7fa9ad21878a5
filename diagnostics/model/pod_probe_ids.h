// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

/// Probes that look from inside the Pods' network namespaces, or that prove by asking (resources/probes/podnet.yaml).
/// Apart from probe_ids.h so that a new one does not rebuild the house.
namespace medic::probe {

inline constexpr std::string_view podNetworks = "pod-networks", dnsMatrix = "dns-matrix", servicePath = "service-path",
                                  corednsMetrics = "coredns-metrics", imageRegistry = "image-registry",
                                  kernelSupport = "kernel-support", backlogs = "backlogs";

} // namespace medic::probe
