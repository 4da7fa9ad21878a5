// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/model/finding.h"
#include "diagnostics/model/observation.h"
#include "diagnostics/model/snapshot.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace medic {

/// What an incident is about; a row of key and value each in the file.
struct IncidentInfo {
    std::string title;
    std::string cluster; ///< the profile's name
    std::string language; ///< "en" or "zh": what the engineer worked in
    std::string symptom; ///< the pasted error or the engineer's words
    TimePoint opened;
    bool redacted = false;
    std::string linkedFrom; ///< file name of the incident that this one grew from
};

/// One line of the incident's history: a wizard's step, an answer, a note, a command that changed something.
struct JournalEntry {
    enum class Kind { Note, StepEntered, StepResult, Answer, Overruled, ActionProposed, ActionConfirmed, ActionResult,
                      Verdict, Verified, SweepStarted, SweepFinished, TraceMade };
    std::uint64_t id = 0; ///< 0 until recorded
    TimePoint at;
    Kind kind = Kind::Note;
    std::string playbook, step; ///< empty where not of a wizard
    std::string who; ///< "engineer" or "program"
    std::string text; ///< plain text, evidence or the engineer's words
    std::string data; ///< JSON, for what a program reads again (answers, trace, verdict parameters)
    std::vector<std::uint64_t> observations;
};
[[nodiscard]] std::string_view journalKindName(JournalEntry::Kind kind); ///< "step-entered" …
[[nodiscard]] std::optional<JournalEntry::Kind> journalKindFromName(std::string_view name);

struct SweepInfo {
    std::uint64_t id = 0;
    TimePoint started;
    std::optional<TimePoint> finished; ///< empty: it was interrupted
    std::string label; ///< "sweep", "wizard step …", "after the fix"
    bool checked = false; ///< findings were recorded for it (perhaps none)
};

/// An observation without what it said.
struct ObservationHead {
    Observation head; ///< out and err empty
    std::size_t outBytes = 0, errBytes = 0;
};

/// An observation made ready for an incident file: its texts hashed and compressed, which is the costly part of recording.
/// Made by any thread; then recorded by the one that has the file.
struct PackedObservation {
    struct Text {
        std::string hash; ///< empty: the text is empty
        std::string small; ///< compressed; empty where that would not be smaller
    };
    std::shared_ptr<Observation> observation; ///< never null; nobody else holds it
    Text out, err;
};
[[nodiscard]] PackedObservation pack(Observation observation);

/// The incident file: one SQLite database (WAL), committed as things happen. Schema version checked; a damaged,
/// foreign or newer file is refused with one Error and never written to. One thread at a time.
/// Move-only; closing merges the WAL into the file. A writer is alone with the file (others get IncidentInUse);
/// readers share it and change nothing on the disk. After DiskFull the file is whole and goes on when there is space.
class IncidentFile {
public:
    enum class Mode { ReadWrite, ReadOnly };

    /// Makes a new file; one that exists already is FileNotWritable (EEXIST) and stays as it is.
    static Result<IncidentFile> create(const std::filesystem::path& path, const IncidentInfo& info);
    /// ReadWrite fails with FileNotWritable where the file or its folder may not be written: then open it ReadOnly.
    static Result<IncidentFile> open(const std::filesystem::path& path, Mode mode = Mode::ReadWrite);

    IncidentFile(IncidentFile&&) noexcept;
    IncidentFile& operator=(IncidentFile&&) noexcept;
    ~IncidentFile();

    [[nodiscard]] const std::filesystem::path& path() const;
    [[nodiscard]] bool readOnly() const;
    [[nodiscard]] Result<IncidentInfo> info() const;
    [[nodiscard]] Result<void> setInfo(const IncidentInfo& info);

    [[nodiscard]] Result<std::uint64_t> beginSweep(const std::string& label, TimePoint at);
    [[nodiscard]] Result<void> finishSweep(std::uint64_t sweep, TimePoint at);
    [[nodiscard]] Result<std::vector<SweepInfo>> sweeps() const;

    /// Records a batch in one transaction and returns it with ids set. Content is stored compressed and once.
    [[nodiscard]] Result<std::vector<ObservationPtr>> record(std::uint64_t sweep, const std::vector<Observation>& batch);

    /// The same with the costly part done; takes the observations over. After an error they are as they were.
    [[nodiscard]] Result<std::vector<ObservationPtr>> recordPacked(std::uint64_t sweep, const std::vector<PackedObservation>& batch);

    /// Replaces what was found in a sweep.
    [[nodiscard]] Result<void> recordFindings(std::uint64_t sweep, const std::vector<Finding>& findings);
    /// `sweep` 0: of the newest sweep for which findings were recorded.
    [[nodiscard]] Result<std::vector<Finding>> findings(std::uint64_t sweep) const;

    [[nodiscard]] Result<std::uint64_t> append(const JournalEntry& entry);
    [[nodiscard]] Result<std::vector<JournalEntry>> journal() const;

    /// What was known at the end of a sweep: the newest observation of each node and probe up to it
    /// (`sweep` 0: of the whole file).
    [[nodiscard]] Result<Snapshot> snapshot(std::uint64_t sweep = 0) const;

    /// Of one sweep, in the order in which they came; `sweep` 0: all.
    [[nodiscard]] Result<std::vector<ObservationPtr>> observations(std::uint64_t sweep) const;
    [[nodiscard]] Result<ObservationPtr> observation(std::uint64_t id) const; ///< null: there is none

    /// The same without their outputs: cheap for a file of any size.
    [[nodiscard]] Result<std::vector<ObservationHead>> index(std::uint64_t sweep = 0) const;

    /// Small named JSON documents that belong to the incident (a wizard's state, the profile without secrets).
    [[nodiscard]] Result<void> setDocument(const std::string& name, const std::string& json);
    [[nodiscard]] Result<std::optional<std::string>> document(const std::string& name) const;
    [[nodiscard]] Result<std::vector<std::string>> documentNames() const;

private:
    struct Private;
    explicit IncidentFile(std::unique_ptr<Private> d);
    std::unique_ptr<Private> d;
};

} // namespace medic
