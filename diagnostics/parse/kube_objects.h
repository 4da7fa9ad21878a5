// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/model/kube.h"

#include <string_view>
#include <vector>

/// The apiserver's JSON as values. Each function takes a list of its kind ("PodList"), a "List" of mixed kinds as kubectl
/// prints it (other kinds are passed over), or one object. A field of the wrong type is taken as absent; never throws.
/// An Error means that the document as a whole cannot be used: `where` is "NAME:LINE:COLUMN" for text that is not JSON,
/// else NAME and the JSON path (".items[3]"); a Status document (403 …) is an Error with the apiserver's own message.
namespace medic::kube {

[[nodiscard]] Result<std::vector<Node>> parseNodes(std::string_view json, std::string_view name = {});
[[nodiscard]] Result<std::vector<Pod>> parsePods(std::string_view json, std::string_view name = {});
[[nodiscard]] Result<std::vector<Service>> parseServices(std::string_view json, std::string_view name = {});

/// EndpointSlices (v1, v1beta1) or legacy Endpoints, each subset and address family of which becomes one slice; Endpoints
/// without subsets become a slice without endpoints.
[[nodiscard]] Result<std::vector<EndpointSlice>> parseEndpointSlices(std::string_view json, std::string_view name = {});

/// Events of the core group or of events.k8s.io, in the order of the document.
[[nodiscard]] Result<std::vector<Event>> parseEvents(std::string_view json, std::string_view name = {});
[[nodiscard]] Result<std::vector<ConfigMap>> parseConfigMaps(std::string_view json, std::string_view name = {});
[[nodiscard]] Result<std::vector<DaemonSet>> parseDaemonSets(std::string_view json, std::string_view name = {});
[[nodiscard]] Result<std::vector<Lease>> parseLeases(std::string_view json, std::string_view name = {});
[[nodiscard]] Result<std::vector<CertificateRequest>> parseCertificateRequests(std::string_view json, std::string_view name = {});

/// The answer of /version; "20+" (some providers' minor) is 20.
[[nodiscard]] Result<Version> parseVersion(std::string_view json, std::string_view name = {});

/// A version as Nodes and components name it: "v1.20.2", "v1.27.3-gke.100".
[[nodiscard]] Result<Version> versionFromText(std::string_view gitVersion);

} // namespace medic::kube
