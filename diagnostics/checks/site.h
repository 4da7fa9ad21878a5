// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/sink.h"

#include <string>

/// What an offline site runs beside Kubernetes, and what the control plane needs of it (case 1.3): registry,
/// name server, Elasticsearch on the same disk, and whether a missing image can be pulled again.
namespace medic::checks {

void checkSiteUnits(Sink& sink, const std::string& node);
void checkSiteRegistry(Sink& sink, const std::string& node);
void checkSiteNameServer(Sink& sink, const std::string& node);
void checkSearchEngine(Sink& sink, const std::string& node);

/// For a control-plane image that is not there: can this node resolve and reach its registry? `image` as the
/// manifest writes it.
void checkImageSource(Sink& sink, const std::string& node, const std::string& image);

/// How long the kubelet waits before it tries again: image pull and restart back-off both grow to five
/// minutes.
void checkBackOff(Sink& sink, const std::string& node);

} // namespace medic::checks
