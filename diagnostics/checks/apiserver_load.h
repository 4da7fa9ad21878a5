// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/sink.h"

namespace medic::checks {

/// P20: what the apiserver says about itself: requests in flight and turned away, webhooks and etcd as it meets them.
void checkApiserverLoad(Sink&);

/// P26: kubelets that wait for a certificate to be approved; without a serving certificate exec and logs fail.
void checkCertificateRequests(Sink&);

} // namespace medic::checks
