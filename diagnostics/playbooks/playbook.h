// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/catalogue.h"
#include "diagnostics/model/verdict.h"
#include "diagnostics/playbooks/expression.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace medic::playbooks {

enum class StepType { Check, Question, Compare, Trace, Measure, Action, Wait, Verdict };
[[nodiscard]] std::string_view stepTypeName(StepType type); ///< "check" …

enum class Risk { None, Low, Medium, High };
[[nodiscard]] std::string_view riskName(Risk risk); ///< "none", "low", "medium", "high"

/// Where a step goes when its condition holds, and why (shown and recorded).
struct Branch {
    Expression when;
    std::string go; ///< a step's id, or "end"
    Text because;
};

/// One answer to a question. `automatic`: the program answers so by itself when it holds.
struct Choice {
    std::string id;
    Text text, help;
    std::string go;
    Expression automatic;
};

/// What a measurement's output means: the first whose pattern matches (and whose exit status agrees).
struct Outcome {
    std::string id;
    std::string pattern; ///< ECMAScript regular expression over stdout, then stderr; empty: any
    std::optional<int> exitStatus;
    Text text;
};

struct VerdictRule {
    std::string id;
    Expression when;
    Expression proof; ///< the functional proof: with it the verdict is confirmed
    Confidence confidence = Confidence::Possible; ///< without the proof; never Confirmed
    Verdict verdict = Verdict::Failure;
    Text text;
    std::string finding; ///< the knowledge entry behind it; its texts are shown too
};

/// What an action, a measurement is done to: one target per node, or per finding of an id.
struct Selector {
    enum class Kind { All, Affected, ControlPlane, Answer, Finding } kind = Kind::All;
    std::string name; ///< Answer: the question's id; Finding: the finding's id
    bool one = false; ///< only the first of them
};

/// One step; which fields count depends on the type (docs/playbooks.md).
struct Step {
    std::string id;
    StepType type = StepType::Check;
    Text title, why, text;
    Expression when; ///< the step is skipped when it is no
    std::string next; ///< empty: the following step
    std::string about; ///< a finding whose parameters fill the texts and whose evidence is shown
    int line = 0; ///< in the file
    // check, compare, measure, action, wait
    std::vector<std::string> suites, probes;
    std::vector<std::string> tables; ///< shown with the step (checks::tableIds)
    bool heavy = false;
    Selector on;
    std::vector<Branch> branches;
    std::string unknownGo; ///< where to go when no branch holds and one could not be decided
    // question
    std::vector<Choice> choices;
    std::string from; ///< "nodes", "pods", "services": choices made from the snapshot
    std::string pattern; ///< free text that must match this
    // compare
    Selector with; ///< the node that `on` is compared with
    // trace
    std::string traceFrom, traceTo, traceProtocol; ///< with {parameters}
    // measure, action
    std::string command; ///< for /bin/sh, with {parameters}, which are shell-quoted
    bool atControlPlane = false; ///< it is run on a control-plane node (kubectl), whatever node it is about
    bool root = true;
    std::chrono::milliseconds timeLimit {10000};
    std::vector<Outcome> outcomes;
    // action
    Risk risk = Risk::Low;
    Text expect, blast; ///< what it does; what it touches, beyond the facts that the program adds
    Text noRollback; ///< why there is no way back, where `rollback` is empty
    std::string dryRun, rollback, verifyCommand;
    Expression verify; ///< holds when the action worked; evaluated after the checks ran again
    std::string failedGo; ///< where to go when it did not
    // wait
    std::chrono::seconds wait {0}, every {0};
    Expression until; ///< ends it: what was waited for has come about
    Expression broken; ///< ends it: what was watched for came back
    // verdict
    std::vector<VerdictRule> verdicts;
};

struct Playbook {
    std::string id, file;
    int priority = 100; ///< smaller first
    Text title, summary;
    std::vector<std::string> patterns; ///< regular expressions over normalised pasted text
    std::vector<std::string> findings; ///< ids (or family.*) that it fits: "affected" nodes, entry symptom
    std::vector<std::string> keywords; ///< for search, either language
    Expression symptom; ///< what brought us here: looked at again after every action
    std::vector<std::string> symptomSuites;
    std::vector<Step> steps;
    bool users = false; ///< from the user's own folder

    [[nodiscard]] const Step* find(std::string_view step) const;
    [[nodiscard]] int indexOf(std::string_view step) const; ///< -1: none
};

using PlaybookPtr = std::shared_ptr<const Playbook>;

} // namespace medic::playbooks
