// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/incident/schema.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace medic::incident {

namespace {

constexpr const char* tables = R"(
CREATE TABLE info(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE blobs(id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, size INTEGER NOT NULL,
  compressed INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE sweeps(id INTEGER PRIMARY KEY AUTOINCREMENT, label TEXT NOT NULL, started_ns INTEGER NOT NULL,
  finished_ns INTEGER, checked INTEGER NOT NULL DEFAULT 0);
CREATE TABLE observations(id INTEGER PRIMARY KEY AUTOINCREMENT, sweep INTEGER NOT NULL REFERENCES sweeps(id),
  node TEXT NOT NULL, probe TEXT NOT NULL, command TEXT NOT NULL, out INTEGER REFERENCES blobs(id),
  err INTEGER REFERENCES blobs(id), exit_status INTEGER NOT NULL, state TEXT NOT NULL, start_ns INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL, truncated INTEGER NOT NULL);
CREATE INDEX observations_by_place ON observations(node, probe, sweep);
CREATE INDEX observations_by_sweep ON observations(sweep);
CREATE TABLE findings(id INTEGER PRIMARY KEY, sweep INTEGER NOT NULL REFERENCES sweeps(id), position INTEGER NOT NULL,
  finding TEXT NOT NULL, suite TEXT NOT NULL, subject_kind TEXT NOT NULL, subject_namespace TEXT NOT NULL,
  subject_name TEXT NOT NULL, subject_node TEXT NOT NULL, verdict TEXT NOT NULL, confidence TEXT NOT NULL,
  parameters TEXT NOT NULL, since_ns INTEGER);
CREATE INDEX findings_by_sweep ON findings(sweep, position);
CREATE TABLE evidence(finding INTEGER NOT NULL REFERENCES findings(id) ON DELETE CASCADE, position INTEGER NOT NULL,
  observation INTEGER NOT NULL REFERENCES observations(id), in_err INTEGER NOT NULL, lines TEXT NOT NULL,
  PRIMARY KEY(finding, position)) WITHOUT ROWID;
CREATE TABLE journal(id INTEGER PRIMARY KEY AUTOINCREMENT, at_ns INTEGER NOT NULL, kind TEXT NOT NULL,
  playbook TEXT NOT NULL, step TEXT NOT NULL, who TEXT NOT NULL, text TEXT NOT NULL, data TEXT NOT NULL,
  observations TEXT NOT NULL);
CREATE TABLE documents(name TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;
)";

Result<std::string> tablesOf(const Database& database)
{
    auto statement = database.prepare(
        "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema "
        "WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name");
    if (!statement)
        return tl::unexpected(statement.error());
    std::string result;
    while (true) {
        const auto row = statement->step();
        if (!row)
            return tl::unexpected(row.error());
        if (!*row)
            return result;
        result += statement->textAt(0) + '\n';
    }
}

Result<void> isOurs(std::int64_t application, std::int64_t version, const std::string& file)
{
    if (application != applicationId)
        return failure(ErrorCode::NotAnIncident, file, "an SQLite database of another program");
    if (version > schemaVersion)
        return failure(ErrorCode::NewerIncident, file,
                       "schema version " + std::to_string(version) + ", known up to " + std::to_string(schemaVersion));
    if (version < 1)
        return failure(ErrorCode::DamagedIncident, file, "schema version " + std::to_string(version));
    return {};
}

} // namespace

Result<void> createSchema(Database& database)
{
    const std::string head = "PRAGMA application_id = " + std::to_string(applicationId)
        + "; PRAGMA user_version = " + std::to_string(schemaVersion) + ";";
    if (const auto set = database.execute(head.c_str()); !set)
        return set;
    return database.execute(tables);
}

Result<void> checkHeader(int descriptor, const std::string& file)
{
    std::array<unsigned char, 100> head {};
    const ssize_t got = pread(descriptor, head.data(), head.size(), 0);
    if (got < 0)
        return failure(ErrorCode::FileNotReadable, file, std::strerror(errno), errno);
    static constexpr std::string_view magic("SQLite format 3\0", 16);
    const auto size = static_cast<std::size_t>(got);
    if (size < magic.size() || std::memcmp(head.data(), magic.data(), magic.size()) != 0)
        return failure(ErrorCode::NotAnIncident, file, size == 0 ? "the file is empty" : "not an SQLite database");
    if (size < head.size())
        return failure(ErrorCode::DamagedIncident, file, "the file ends after " + std::to_string(size) + " bytes");
    const auto number = [&head](std::size_t at) {
        return std::int64_t(head[at]) << 24 | std::int64_t(head[at + 1]) << 16 | std::int64_t(head[at + 2]) << 8
            | std::int64_t(head[at + 3]);
    };
    return isOurs(number(68), number(60), file);
}

Result<void> checkSchema(const Database& database, const std::string& file)
{
    const auto application = database.integer("PRAGMA application_id");
    const auto version = application ? database.integer("PRAGMA user_version") : application;
    if (!version)
        return tl::unexpected(version.error());
    if (const auto ours = isOurs(*application, *version, file); !ours)
        return ours;

    auto check = database.prepare("PRAGMA quick_check(1)");
    if (!check)
        return tl::unexpected(check.error());
    const auto row = check->step();
    if (!row)
        return tl::unexpected(row.error());
    if (const std::string said = check->textAt(0); said != "ok")
        return failure(ErrorCode::DamagedIncident, file, said);

    auto fresh = Database::open({}, Database::Access::Memory);
    if (!fresh)
        return tl::unexpected(fresh.error());
    if (const auto made = createSchema(*fresh); !made)
        return made;
    const auto expected = tablesOf(*fresh);
    const auto found = expected ? tablesOf(database) : expected;
    if (!found)
        return tl::unexpected(found.error());
    if (*found != *expected)
        return failure(ErrorCode::DamagedIncident, file, "its tables are not those of schema version 1");
    return {};
}

} // namespace medic::incident
