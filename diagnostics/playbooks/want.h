// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/snapshot.h"
#include "diagnostics/model/trace.h"
#include "diagnostics/playbooks/playbook.h"

#include <string>
#include <variant>
#include <vector>

/// What goes in and out of a Runner.
namespace medic::playbooks {

/// What the machine may look at during a call. The driver fills it from the session or from a recorded incident.
struct World {
    const Snapshot* snapshot = nullptr; ///< never null in a call
    const std::vector<Finding>* findings = nullptr; ///< never null in a call
    bool live = false; ///< commands can be run
    bool changesAllowed = false; ///< false: read-only, actions are shown to be copied
    bool production = false; ///< actions want the cluster's name typed
    std::string cluster;
    TimePoint now;
    std::optional<std::chrono::seconds> longestWait; ///< a wait takes no longer than this, whatever its step says (tests)
};

/// What an action would touch, from facts.
struct BlastRadius {
    Tri controlPlane = Tri::Unknown;
    std::optional<int> pods; ///< on the node; empty: not known
    std::vector<std::string> sample; ///< the first of them, "namespace/name"
};
[[nodiscard]] BlastRadius blastRadius(const Snapshot& snapshot, const std::string& node);

/// One place where a command is run: exact texts, parameters already quoted in.
struct Target {
    std::string node; ///< where it is run
    std::string affects; ///< the node that it is about; mostly the same
    std::string finding; ///< key of the finding that it is for; may be empty
    Parameters parameters;
    std::string command, dryRun, rollback, verifyCommand;
    std::string refused; ///< why it cannot be run here (a value that is not fit for a command …)
    std::string result; ///< "", "done", "failed", "unknown", "refused", "rolled-back"; of a measurement: the outcome
    std::optional<bool> proven; ///< by the verify command
    std::string output; ///< shortened
};

struct Option {
    std::string id;
    Text text, help;
};

/// What the machine wants next.
struct Want {
    enum class Kind {
        Nothing, ///< finished
        Run, ///< collect and check: nodes, suites, probes; answer Checked
        Ask, ///< answer Answered
        Confirm, ///< an action: answer Confirmed or Declined
        Command, ///< run one command: answer CommandStarted, then CommandDone
        Wait, ///< until a time: answer WaitOver (or Checked, when suites are named and were run again)
        Trace, ///< follow one packet: answer Traced
        Acknowledge, ///< verdicts are shown: answer Acknowledged
    } kind = Kind::Nothing;
    std::string step;
    // Run (and Wait, every `every`)
    std::vector<std::string> nodes, suites, probes; ///< nodes empty: all
    bool heavy = false, again = false; ///< again: after an action
    // Ask
    std::vector<Option> options;
    std::string pattern; ///< free text that must match; options are then suggestions
    bool undecided = false; ///< the program could not decide: the options are the step's ways out
    // Confirm: what this confirmation covers
    std::vector<Target> targets;
    std::vector<BlastRadius> blast; ///< one per target
    Risk risk = Risk::None;
    int remaining = 0; ///< further targets that will be asked for when the first has worked
    std::string mustType; ///< the name to be typed; empty: none
    bool readOnly = false; ///< only to be copied: Confirmed is refused
    bool isRollback = false; ///< the action did not work: the target's rollback is proposed
    // Command
    std::string node, command;
    bool root = false, changes = false;
    std::chrono::milliseconds timeLimit {10000};
    // Wait
    TimePoint until;
    std::chrono::seconds every {0};
    // Trace
    std::string traceNode, traceFrom, traceTo, traceProtocol;
};

struct Checked { }; ///< the snapshot and the findings of the World are the new ones
/// To Ask. To Confirm: "by-hand", the engineer has run the command himself (read-only, or a recorded incident).
struct Answered {
    std::string value;
    std::string note;
};
struct Confirmed {
    std::string typed; ///< the cluster's name, where it was asked for
    bool dryRun = false;
};
struct Declined {
    std::string note;
};
struct CommandStarted { };
struct CommandDone {
    int exitStatus = -1;
    std::string out, err;
    std::optional<Error> error; ///< it could not be run, or did not end
    std::uint64_t observation = 0;
};
struct WaitOver {
    bool early = false; ///< the engineer did not want to wait
};
struct Traced {
    std::optional<Trace> trace; ///< empty: not possible; `why` says so
    std::string why;
};
struct Acknowledged { };
/// The engineer takes another way out of a visited step, or (with `verdict`) rejects a verdict.
struct Overruled {
    std::string step, value, verdict; ///< value: the branch's target step, or an answer
    std::string note;
};
struct WentBack {
    std::string step;
};
struct Noted {
    std::string step, text;
};

using Event = std::variant<Checked, Answered, Confirmed, Declined, CommandStarted, CommandDone, WaitOver, Traced, Acknowledged,
                           Overruled, WentBack, Noted>;

/// After a fix the entry symptom is gone but something else fails that did not before: a linked incident is proposed.
struct SymptomChange {
    std::string step; ///< the action after which it was seen
    std::vector<std::string> findings; ///< ids that fail now and did not before
};

} // namespace medic::playbooks
