// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/tables.h"
#include "diagnostics/incident/incident_file.h"
#include "diagnostics/model/catalogue.h"

#include <string>
#include <vector>

namespace medic::ctl {

/// What `check` says, however it is printed.
struct CheckResult {
    IncidentInfo info;
    std::string source; ///< file name, or "live"
    std::vector<Finding> findings; ///< most urgent first
    std::vector<std::string> suites; ///< that ran
    std::vector<std::string> defects; ///< of suites: findings that could not be made
    std::vector<checks::Table> tables; ///< what several observations say together; those with rows
    std::vector<ObservationPtr> unknowns; ///< observations that brought no answer
    bool nothingKnown = false; ///< there was nothing to check, or no suite to do it
};

/// 1 when something is wrong, 3 when nothing is but something is unknown, else 0.
[[nodiscard]] int exitStatusOf(const CheckResult& result);

[[nodiscard]] std::string checkText(const CheckResult& result, const Catalogue& catalogue, Language language, bool all);
[[nodiscard]] std::string checkJson(const CheckResult& result, const Catalogue& catalogue, Language language);
[[nodiscard]] std::string checkJunit(const CheckResult& result, const Catalogue& catalogue, Language language);

} // namespace medic::ctl
