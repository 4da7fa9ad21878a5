// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/playbooks/runner.h"

#include <string>
#include <utility>
#include <vector>

namespace medic::playbooks {

/// What a record's JSON holds beside its two texts. Only for the runner's own sources.
struct Runner::Detail {
    std::vector<std::pair<std::string, std::string>> values;
    std::vector<std::uint64_t> observations;
};

[[nodiscard]] inline Tri triOf(const Expression& expression, const Asked& asked, Tri whenEmpty)
{
    return expression.empty() ? whenEmpty : expression.evaluate(asked);
}

/// A parameter "pod" of the form namespace/name gives "pod-namespace" and "pod-name", as kubectl wants them.
void splitPod(Parameters& parameters);

[[nodiscard]] std::string shortened(const std::string& text, std::size_t most = 4000);

} // namespace medic::playbooks
