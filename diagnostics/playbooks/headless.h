// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/playbooks/runner.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace medic::playbooks {

/// What a wizard asks of the outside, for a driver without a screen. Each call may be left empty: then checks run on
/// the snapshot as it is, commands are not possible, packets cannot be followed.
struct Hands {
    std::function<void(const Want&, Snapshot&)> collect; ///< brings new observations into the snapshot
    std::function<std::vector<Finding>(const Snapshot&)> check; ///< empty: the suites, without an earlier sweep to compare with
    std::function<CommandDone(const Want&)> command;
    std::function<Traced(const Want&)> trace;
    std::function<void(const Want&)> wait; ///< sleeps until `until`; empty: waits are passed over
    std::function<TimePoint()> now; ///< empty: time stands still (a recording), and a wait is over when `wait` returns
    std::function<bool(const Want&)> confirm; ///< empty: every action is declined
    std::function<void(const JournalEntry&)> record; ///< each record as it is made
};

struct HeadlessResult {
    Runner runner;
    std::vector<std::string> unanswered; ///< questions without an answer: the run ended at the first of them
    std::vector<Finding> findings; ///< as they were at the end
};

/// Drives a wizard to its end, or to the first question that `answers` (step id → choice id or text) does not hold.
/// A step that the program could not decide takes its answer from `answers` too, else goes on to its next step; a wait
/// whose answer is "skip" is passed over.
/// `world.snapshot` and `world.findings` are replaced by `snapshot` and what the suites find in it.
[[nodiscard]] HeadlessResult runHeadless(Runner runner, Snapshot snapshot, World world, const std::map<std::string, std::string>& answers,
                                         const Hands& hands);

/// The answers file of `medicctl playbook run --answers`: a YAML map of step id to answer.
[[nodiscard]] Result<std::map<std::string, std::string>> readAnswers(const std::string& yaml, const std::string& file);

} // namespace medic::playbooks
