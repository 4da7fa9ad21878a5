// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/transport/api_target.h"

#include <string>
#include <vector>

namespace medic {

/// Reads kubeconfig files as kubectl does. `files`: a ':'-separated list; empty: $KUBECONFIG, then ~/.kube/config. Of two
/// entries with one name (and of two current-contexts) the first file's wins as a whole; relative paths are relative to
/// their file; files of a list that do not exist are passed over, but one must exist. `context` empty: current-context.
/// Errors: `where` is "FILE:LINE key", e.g. "/home/a/.kube/config:12 users[dev].client-key". Blocking (files); any thread.
[[nodiscard]] Result<ApiTarget> readKubeconfig(const std::string& files, const std::string& context);

/// The names of the contexts, current-context first, the others in the order of the files.
[[nodiscard]] Result<std::vector<std::string>> kubeconfigContexts(const std::string& files);

} // namespace medic
