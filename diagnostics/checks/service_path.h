// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/sink.h"
#include "diagnostics/parse/podnet.h"

/// The kubernetes Service as the node and its Pods reach it (probe service-path): the functional proof of
/// cases 1.2 and 1.5.
namespace medic::checks {

[[nodiscard]] const Fact<std::vector<parse::PathAnswer>>& pathAnswers(
    const Snapshot& snapshot, std::string_view node);

/// An answer at the kubernetes Service's address that is not an apiserver's, seen from a Pod; null when there
/// is none. (The node's own view is left out: a proxy between it and the world may answer for anything.)
[[nodiscard]] const parse::PathAnswer* foreignAnswer(const Snapshot& snapshot, std::string_view node);

void checkServicePath(Sink& sink, const std::string& node);

} // namespace medic::checks
