// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/incident/incident_file.h"
#include "diagnostics/playbooks/playbook.h"
#include "diagnostics/playbooks/want.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace medic::playbooks {

enum class StepStatus { Pending, Current, Done, Skipped, Undecided, Refused, Failed };
[[nodiscard]] std::string_view stepStatusName(StepStatus status);

/// One visit of a step: what came of it, who decided and why. The list of visits is the way taken.
struct Visit {
    std::string step;
    StepStatus status = StepStatus::Current;
    std::string result; ///< answer, outcome id, "same", disposition, "done", "declined", "failed" …
    std::string by; ///< "program" or "engineer"
    bool overruled = false; ///< the engineer put his decision over the program's
    Text because; ///< filled in
    std::string went; ///< the step that followed
    std::vector<std::string> notes;
    std::vector<std::string> outputs; ///< of its commands, as they came (shortened)
    std::vector<std::uint64_t> observations;
    std::vector<std::string> packet; ///< of a trace: node, from, to, protocol
    TimePoint entered, left;
};

struct VerdictGiven {
    std::string id, step, finding;
    Verdict verdict = Verdict::Failure;
    Confidence confidence = Confidence::Possible;
    bool undecided = false; ///< could not be decided: neither given nor excluded
    bool rejected = false; ///< overruled by the engineer
    Text text; ///< filled in
    Parameters parameters; ///< of the finding behind it, as it was then
};

/// A wizard as a pure state machine: says what it wants next (want), takes what came (take), records every decision.
/// No threads, no clock, no I/O: the same machine is driven by the window and by `medicctl playbook run`.
/// A value: copy it freely. After each take() the driver appends takeRecords() to the journal and saves save() as the
/// incident's document "wizard/<playbook>"; killed and restored, it goes on from there.
class Runner {
public:
    Runner(PlaybookPtr playbook, Language language);

    /// Enters the first step. `world` is only used during the call, as in all others.
    void start(const World& world);

    [[nodiscard]] Want want(const World& world) const;

    /// One event; an event that does not fit what is wanted is ignored and answered with BadValue.
    [[nodiscard]] Result<void> take(const Event& event, const World& world);

    [[nodiscard]] bool started() const { return !m_visits.empty(); }
    [[nodiscard]] bool finished() const { return m_finished; }
    [[nodiscard]] const Playbook& playbook() const { return *m_playbook; }
    [[nodiscard]] const Step* current() const; ///< null: finished or not started
    [[nodiscard]] const std::vector<Visit>& visits() const { return m_visits; }
    [[nodiscard]] const Visit* lastVisit(std::string_view step) const; ///< null: not visited (or gone back over)
    [[nodiscard]] StepStatus status(std::string_view step) const;
    [[nodiscard]] const std::vector<VerdictGiven>& verdicts() const { return m_verdicts; }
    [[nodiscard]] const std::optional<SymptomChange>& symptomChange() const { return m_change; }

    /// Cluster, answers by question, and the parameters of the finding that the step is about: fills its texts.
    [[nodiscard]] Parameters parameters(const Step& step, const World& world) const;
    /// The findings that a step rests on: the one it is about, and those that its conditions ask for.
    [[nodiscard]] std::vector<const Finding*> relevant(const Step& step, const World& world) const;

    /// New records since the last call, in order.
    [[nodiscard]] std::vector<JournalEntry> takeRecords();

    [[nodiscard]] std::string save() const; ///< JSON
    /// Fails with BadSyntax or BadValue (of another playbook, naming a step that is gone …).
    [[nodiscard]] static Result<Runner> restore(PlaybookPtr playbook, Language language, const std::string& json);

    void setLanguage(Language language) { m_language = language; } ///< of the records' texts

private:
    friend class RunnerView; ///< answers a condition's questions from this state

    /// What is under way in the current action, measurement or wait.
    struct Work {
        enum class Phase { None, Confirm, Command, Verify, Rollback } phase = Phase::None;
        std::vector<Target> targets;
        std::size_t first = 0, next = 0, end = 0; ///< under way are [first, end), done up to `next`
        bool dryRun = false; ///< the command under way only tries
        bool started = false; ///< the command under way was sent: after a restart its result is unknown
        bool rollback = false; ///< what is to be confirmed is the rollback
        std::optional<TimePoint> until;
        std::set<std::string> before; ///< ids that were failing before the action
    };

    void noteRests(const World& world);
    void enter(const std::string& step, const World& world, bool byHand = false);
    void leave(StepStatus status, const std::string& result, const std::string& by, const Text& because, const std::string& go,
               const World& world);
    void decide(const Step& step, const std::string& result, const World& world);
    void giveVerdicts(const Step& step, const World& world);
    void wantWork(const Step& step, const World& world, Want& want) const;
    void skipRefused();
    void resume();
    Result<void> answer(const Answered& event, const World& world);
    Result<void> confirm(const Confirmed& event, const World& world);
    Result<void> decline(const Declined& event, const World& world);
    Result<void> commandDone(const CommandDone& event, const World& world);
    void measured(const Step& step, Target& target, const CommandDone& event, const World& world);
    void actionCommandDone(Target& target, const CommandDone& event, const World& world);
    Result<void> checked(const World& world);
    void compared(const Step& step, const World& world);
    Result<void> waited(const WaitOver& event, const World& world);
    Result<void> traced(const Traced& event, const World& world);
    Result<void> overrule(const Overruled& event, const World& world);
    Result<void> goBack(const WentBack& event, const World& world);
    void truncate(std::size_t visits);
    void verified(const Step& step, const World& world);
    void noteSymptom(const Step& step, const World& world);
    void actionOver(StepStatus status, const std::string& result, const Text& because, const World& world);
    struct Detail;
    void record(JournalEntry::Kind kind, const std::string& who, const Text& text, const World& world, const Detail& detail);
    void record(JournalEntry::Kind kind, const std::string& who, const Text& text, const World& world);
    [[nodiscard]] std::vector<Option> waysOut(const Step& step, const World& world) const;
    [[nodiscard]] std::vector<std::string> nodesOf(const Selector& selector, const World& world) const;
    [[nodiscard]] std::vector<Target> targetsOf(const Step& step, const World& world) const;
    [[nodiscard]] std::vector<Choice> choicesOf(const Step& step, const World& world) const;
    [[nodiscard]] std::string following(const Step& step) const;
    [[nodiscard]] Text filled(const Text& text, const Step& step, const World& world) const;
    [[nodiscard]] std::vector<std::string> suitesToRepeat(const Step& step, const World& world) const;

    PlaybookPtr m_playbook;
    Language m_language;
    std::vector<Visit> m_visits;
    std::vector<VerdictGiven> m_verdicts;
    Work m_work;
    bool m_finished = false;
    std::optional<SymptomChange> m_change;
    std::vector<JournalEntry> m_records;
    /// What each finding that was seen rested on, by id and node: "node/probe" of its evidence. Looked at again, the same
    /// sources without the finding mean that it is gone, whatever else its suite lacks.
    std::map<std::string, std::map<std::string, std::set<std::string>>> m_rests;
};

} // namespace medic::playbooks
