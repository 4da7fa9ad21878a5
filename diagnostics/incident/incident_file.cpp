// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/incident/incident_private.h"

#include "diagnostics/incident/schema.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace medic {

namespace fs = std::filesystem;
using incident::Database;
using incident::FileLock;
using incident::Transaction;

namespace {

constexpr std::array<std::pair<JournalEntry::Kind, std::string_view>, 13> kindNames {{
    {JournalEntry::Kind::Note, "note"},
    {JournalEntry::Kind::StepEntered, "step-entered"},
    {JournalEntry::Kind::StepResult, "step-result"},
    {JournalEntry::Kind::Answer, "answer"},
    {JournalEntry::Kind::Overruled, "overruled"},
    {JournalEntry::Kind::ActionProposed, "action-proposed"},
    {JournalEntry::Kind::ActionConfirmed, "action-confirmed"},
    {JournalEntry::Kind::ActionResult, "action-result"},
    {JournalEntry::Kind::Verdict, "verdict"},
    {JournalEntry::Kind::Verified, "verified"},
    {JournalEntry::Kind::SweepStarted, "sweep-started"},
    {JournalEntry::Kind::SweepFinished, "sweep-finished"},
    {JournalEntry::Kind::TraceMade, "trace-made"},
}};

Result<void> writeInfo(Database& database, const IncidentInfo& info)
{
    auto statement = database.prepare("INSERT OR REPLACE INTO info(key, value) VALUES(?, ?)");
    if (!statement)
        return tl::unexpected(statement.error());
    const std::array<std::pair<std::string_view, std::string>, 7> rows {{
        {"title", info.title},
        {"cluster", info.cluster},
        {"language", info.language},
        {"symptom", info.symptom},
        {"opened_ns", std::to_string(incident::nanoseconds(info.opened))},
        {"redacted", info.redacted ? "1" : "0"},
        {"linked_from", info.linkedFrom},
    }};
    for (const auto& [key, value] : rows)
        if (const auto done = statement->text(key).text(value).run(); !done)
            return done;
    return {};
}

/// Writes the empty incident under another name first: a program killed here leaves no half incident behind.
Result<void> writeNew(const std::string& file, const IncidentInfo& info)
{
    auto database = Database::open(file, Database::Access::Create);
    if (!database)
        return tl::unexpected(database.error());
    auto transaction = Transaction::begin(*database);
    if (!transaction)
        return tl::unexpected(transaction.error());
    if (const auto made = incident::createSchema(*database); !made)
        return made;
    if (const auto written = writeInfo(*database, info); !written)
        return written;
    return transaction->commit();
}

} // namespace

std::string_view journalKindName(JournalEntry::Kind kind)
{
    for (const auto& [value, name] : kindNames)
        if (value == kind)
            return name;
    return "note";
}

std::optional<JournalEntry::Kind> journalKindFromName(std::string_view name)
{
    for (const auto& [value, known] : kindNames)
        if (known == name)
            return value;
    return std::nullopt;
}

namespace incident {

std::int64_t nanoseconds(TimePoint at)
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch()).count();
}

TimePoint timeOf(std::int64_t nanoseconds)
{
    return TimePoint(std::chrono::duration_cast<TimePoint::duration>(std::chrono::nanoseconds(nanoseconds)));
}

} // namespace incident

IncidentFile::IncidentFile(std::unique_ptr<Private> data) : d(std::move(data)) { }
IncidentFile::IncidentFile(IncidentFile&&) noexcept = default;
IncidentFile& IncidentFile::operator=(IncidentFile&&) noexcept = default;
IncidentFile::~IncidentFile() = default;

Result<IncidentFile> IncidentFile::create(const fs::path& path, const IncidentInfo& info)
{
    std::error_code failed;
    if (fs::exists(path, failed))
        return failure(ErrorCode::FileNotWritable, path.string(), std::strerror(EEXIST), EEXIST);
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    if (!fs::is_directory(folder, failed))
        return failure(ErrorCode::FileNotWritable, path.string(), std::strerror(ENOENT), ENOENT);
    if (access(folder.c_str(), W_OK) != 0)
        return failure(ErrorCode::FileNotWritable, path.string(), std::strerror(errno), errno);

    const fs::path fresh = path.string() + ".new-" + std::to_string(getpid());
    auto written = writeNew(fresh.string(), info);
    if (written) {
        fs::rename(fresh, path, failed);
        if (failed)
            written = failure(ErrorCode::FileNotWritable, path.string(), failed.message(), failed.value());
    } else {
        written.error().where = path.string();
        if (written.error().code == ErrorCode::FileNotReadable)
            written.error().code = ErrorCode::FileNotWritable;
    }
    if (!written) {
        fs::remove(fresh, failed);
        fs::remove(fresh.string() + "-journal", failed);
        return tl::unexpected(written.error());
    }
    return open(path, Mode::ReadWrite);
}

Result<IncidentFile> IncidentFile::open(const fs::path& path, Mode mode)
{
    const std::string file = path.string();
    const bool readOnly = mode == Mode::ReadOnly;
    auto lock = FileLock::take(file, readOnly ? FileLock::Kind::Shared : FileLock::Kind::Exclusive);
    if (!lock)
        return tl::unexpected(lock.error());
    if (const auto ours = incident::checkHeader(lock->descriptor(), file); !ours)
        return tl::unexpected(ours.error());
    auto database = Database::open(file, Database::Access::Inspect);
    if (!database)
        return tl::unexpected(database.error());
    if (const auto sound = incident::checkSchema(*database, file); !sound)
        return tl::unexpected(sound.error());
    if (!readOnly) {
        if (const auto writable = incident::checkWritable(file); !writable)
            return tl::unexpected(writable.error());
        database = Database::open(file, Database::Access::Write);
        if (!database)
            return tl::unexpected(database.error());
    }
    return IncidentFile(std::unique_ptr<Private>(
        new Private {.path = path, .readOnly = readOnly, .lock = std::move(*lock), .database = std::move(*database)}));
}

const fs::path& IncidentFile::path() const { return d->path; }
bool IncidentFile::readOnly() const { return d->readOnly; }

Result<IncidentInfo> IncidentFile::info() const
{
    auto statement = d->database.prepare("SELECT key, value FROM info");
    if (!statement)
        return tl::unexpected(statement.error());
    std::map<std::string, std::string> values;
    while (true) {
        const auto row = statement->step();
        if (!row)
            return tl::unexpected(row.error());
        if (!*row)
            break;
        values[statement->textAt(0)] = statement->textAt(1);
    }
    return IncidentInfo {.title = values["title"],
                         .cluster = values["cluster"],
                         .language = values["language"],
                         .symptom = values["symptom"],
                         .opened = incident::timeOf(std::strtoll(values["opened_ns"].c_str(), nullptr, 10)),
                         .redacted = values["redacted"] == "1",
                         .linkedFrom = values["linked_from"]};
}

Result<void> IncidentFile::setInfo(const IncidentInfo& info)
{
    if (const auto may = d->writable(); !may)
        return may;
    auto transaction = Transaction::begin(d->database);
    if (!transaction)
        return tl::unexpected(transaction.error());
    if (const auto written = writeInfo(d->database, info); !written)
        return written;
    return transaction->commit();
}

Result<std::uint64_t> IncidentFile::beginSweep(const std::string& label, TimePoint at)
{
    if (const auto may = d->writable(); !may)
        return tl::unexpected(may.error());
    auto statement = d->database.prepare("INSERT INTO sweeps(label, started_ns) VALUES(?, ?)");
    if (!statement)
        return tl::unexpected(statement.error());
    if (const auto done = statement->text(label).integer(incident::nanoseconds(at)).run(); !done)
        return tl::unexpected(done.error());
    return static_cast<std::uint64_t>(d->database.lastInsertId());
}

Result<void> IncidentFile::finishSweep(std::uint64_t sweep, TimePoint at)
{
    if (const auto may = d->writable(); !may)
        return may;
    auto statement = d->database.prepare("UPDATE sweeps SET finished_ns = ? WHERE id = ?");
    if (!statement)
        return tl::unexpected(statement.error());
    return statement->integer(incident::nanoseconds(at)).integer(static_cast<std::int64_t>(sweep)).run();
}

Result<std::vector<SweepInfo>> IncidentFile::sweeps() const
{
    auto statement = d->database.prepare("SELECT id, started_ns, finished_ns, label, checked FROM sweeps ORDER BY id");
    if (!statement)
        return tl::unexpected(statement.error());
    std::vector<SweepInfo> result;
    while (true) {
        const auto row = statement->step();
        if (!row)
            return tl::unexpected(row.error());
        if (!*row)
            return result;
        SweepInfo sweep {.id = static_cast<std::uint64_t>(statement->integerAt(0)),
                         .started = incident::timeOf(statement->integerAt(1)),
                         .finished = std::nullopt,
                         .label = statement->textAt(3),
                         .checked = statement->integerAt(4) != 0};
        if (!statement->isNull(2))
            sweep.finished = incident::timeOf(statement->integerAt(2));
        result.push_back(std::move(sweep));
    }
}

Result<void> IncidentFile::setDocument(const std::string& name, const std::string& json)
{
    if (const auto may = d->writable(); !may)
        return may;
    auto statement = d->database.prepare("INSERT OR REPLACE INTO documents(name, json) VALUES(?, ?)");
    if (!statement)
        return tl::unexpected(statement.error());
    return statement->text(name).text(json).run();
}

Result<std::optional<std::string>> IncidentFile::document(const std::string& name) const
{
    auto statement = d->database.prepare("SELECT json FROM documents WHERE name = ?");
    if (!statement)
        return tl::unexpected(statement.error());
    const auto row = statement->text(name).step();
    if (!row)
        return tl::unexpected(row.error());
    return *row ? std::optional(statement->textAt(0)) : std::nullopt;
}

Result<std::vector<std::string>> IncidentFile::documentNames() const
{
    auto statement = d->database.prepare("SELECT name FROM documents ORDER BY name");
    if (!statement)
        return tl::unexpected(statement.error());
    std::vector<std::string> names;
    while (true) {
        const auto row = statement->step();
        if (!row)
            return tl::unexpected(row.error());
        if (!*row)
            return names;
        names.push_back(statement->textAt(0));
    }
}

} // namespace medic
