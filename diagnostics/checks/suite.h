// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/finding.h"
#include "diagnostics/model/snapshot.h"

#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace medic::checks {

/// What a suite is given. `earlier` is the sweep before, for rates and changes; may be null.
struct CheckInput {
    const Snapshot& snapshot;
    const Snapshot* earlier = nullptr;
    TimePoint now; ///< when the sweep was made, not when it is looked at
    std::set<std::string> onlyNodes; ///< empty: all

    [[nodiscard]] std::vector<std::string> nodes() const;
};

/// Where a suite puts what it found. A finding that cannot be made (no evidence) is a defect of the suite:
/// it is counted and reported, not silently lost.
class Findings {
public:
    void add(Finding::Fields fields);
    [[nodiscard]] std::vector<Finding> take();
    [[nodiscard]] const std::vector<std::string>& defects() const { return m_defects; }

private:
    std::vector<Finding> m_findings;
    std::vector<std::string> m_defects;
};

/// A family of checks: facts → findings. Pure; never throws; never guesses: what is missing becomes an
/// `unknown` finding that names what was missing.
struct Suite {
    std::string_view id; ///< "baseline", "hostport", "bandwidth", "service-reach", "apiserver-down", "pleg", "dns" …
    std::vector<std::string_view> probes; ///< what it wants collected
    void (*run)(const CheckInput&, Findings&) = nullptr;
};

/// Every suite, in the order in which they run. The table is in checks/suites.cpp.
[[nodiscard]] const std::vector<Suite>& suites();
[[nodiscard]] const Suite* findSuite(std::string_view id);

struct CheckReport {
    std::vector<Finding> findings; ///< sorted by moreUrgent
    std::vector<std::string> ran; ///< ids of the suites
    std::vector<std::string> defects;
};

/// Runs the named suites (none named: all). A node (or the apiserver) that could not be reached gets one `unknown`
/// finding here, whichever suites run; the suites pass over it. Only `@local` is never a node.
[[nodiscard]] CheckReport runSuites(const CheckInput& input, const std::vector<std::string>& ids = {});

/// The same with what is usual: the moment is the end of the newest observation.
[[nodiscard]] CheckReport runSuites(const Snapshot& snapshot, const Snapshot* earlier = nullptr,
                                    const std::vector<std::string>& ids = {}, std::set<std::string> onlyNodes = {});

/// When the newest observation ended; the epoch when there is none.
[[nodiscard]] TimePoint momentOf(const Snapshot& snapshot);

/// What these suites (none named: all) want collected, each once, sorted.
[[nodiscard]] std::vector<std::string_view> probesOf(const std::vector<std::string>& ids = {});

} // namespace medic::checks
