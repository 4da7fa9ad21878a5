// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/sink.h"

#include <set>
#include <string_view>
#include <vector>

namespace medic::checks {

/// A line that says by itself what is wrong. Matched by plain words (no regular expression: logs are large, and their
/// content is hostile): all of `all`, none of `none`; case counts.
struct Signature {
    enum class Family { KubeProxy, Kubelet, Kernel, Etcd, CoreDns, Apiserver, Runtime, Network };
    Family family;
    std::string_view finding;
    std::string_view probe; ///< the log it is looked for in
    std::vector<std::string_view> all;
    std::vector<std::string_view> none;
    Verdict verdict = Verdict::Warning;
    int atLeast = 1; ///< fewer lines say nothing
    int seconds = 1800; ///< how far back from the log's newest line
    std::string_view endedBy = {}; ///< a later line with these words says that it is over
    bool untilNow = false; ///< counted back from the node's clock where that is known: who falls silent when it is over
};

[[nodiscard]] const std::vector<Signature>& signatures();

/// The findings that this line stands for in that log, whatever its time and number; sorted.
[[nodiscard]] std::vector<std::string_view> meaningsOf(std::string_view probe, std::string_view line);

/// Looks through the node's logs for the signatures of these families; one finding per id with the parameters node,
/// count, last (the newest line) and log.
void scanLogs(Sink& sink, const std::string& node, const std::set<Signature::Family>& families);

} // namespace medic::checks
