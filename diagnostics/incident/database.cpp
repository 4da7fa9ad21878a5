// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/incident/database.h"

#include <sqlite3.h>

#include <cerrno>
#include <filesystem>

namespace medic::incident {

namespace {

Error errorOf(sqlite3* database, int status, const std::string& where)
{
    const int system = database == nullptr ? 0 : sqlite3_system_errno(database);
    const char* words = database == nullptr ? sqlite3_errstr(status) : sqlite3_errmsg(database);
    const auto made = [&](ErrorCode code) { return Error {code, where, words, system}; };
    switch (status & 0xff) {
    case SQLITE_FULL: return made(ErrorCode::DiskFull);
    case SQLITE_IOERR:
        if (system == ENOSPC || system == EDQUOT)
            return made(ErrorCode::DiskFull);
        if (status == SQLITE_IOERR_SHORT_READ || status == SQLITE_IOERR_CORRUPTFS)
            return made(ErrorCode::DamagedIncident);
        return made(ErrorCode::FileNotReadable);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return made(ErrorCode::DamagedIncident);
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return made(ErrorCode::IncidentInUse);
    case SQLITE_READONLY: return made(ErrorCode::FileNotWritable);
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH: return made(ErrorCode::FileNotReadable);
    case SQLITE_TOOBIG: return made(ErrorCode::OutputTooLarge);
    default: return made(ErrorCode::Internal);
    }
}

/// A path as a SQLite URI: '?', '#' and '%' would otherwise end or change it (sqlite.org/uri.html).
std::string uriOf(const std::string& file, const std::string& query)
{
    static constexpr std::string_view hex = "0123456789abcdef";
    std::string result = "file:";
    for (const char c : file) {
        if (c == '?' || c == '#' || c == '%') {
            const auto byte = static_cast<unsigned char>(c);
            result += {'%', hex[byte >> 4], hex[byte & 15]};
        } else {
            result += c;
        }
    }
    return result + query;
}

bool holdsSomething(const std::filesystem::path& file)
{
    std::error_code failed;
    const auto size = std::filesystem::file_size(file, failed);
    return !failed && size > 0;
}

} // namespace

Statement::Statement(sqlite3* database, sqlite3_stmt* statement, std::string where)
    : m_database(database), m_statement(statement), m_where(std::move(where))
{
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement& Statement::integer(std::int64_t value)
{
    if (const int status = sqlite3_bind_int64(m_statement.get(), m_next++, value); status != SQLITE_OK)
        m_failed = status;
    return *this;
}

Statement& Statement::text(std::string_view value)
{
    const char* data = value.empty() ? "" : value.data();
    if (const int status
        = sqlite3_bind_text64(m_statement.get(), m_next++, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
        status != SQLITE_OK)
        m_failed = status;
    return *this;
}

Statement& Statement::blob(std::string_view value)
{
    const char* data = value.empty() ? "" : value.data();
    if (const int status = sqlite3_bind_blob64(m_statement.get(), m_next++, data, value.size(), SQLITE_TRANSIENT);
        status != SQLITE_OK)
        m_failed = status;
    return *this;
}

Statement& Statement::null()
{
    if (const int status = sqlite3_bind_null(m_statement.get(), m_next++); status != SQLITE_OK)
        m_failed = status;
    return *this;
}

void Statement::reset()
{
    sqlite3_reset(m_statement.get());
    sqlite3_clear_bindings(m_statement.get());
    m_next = 1;
    m_failed = SQLITE_OK;
}

Result<bool> Statement::step()
{
    int status = m_failed;
    if (status == SQLITE_OK) {
        status = sqlite3_step(m_statement.get());
        if (status == SQLITE_ROW)
            return true;
        if (status == SQLITE_DONE) {
            reset();
            return false;
        }
        status = sqlite3_extended_errcode(m_database);
    }
    Error error = errorOf(m_database, status, m_where);
    reset();
    return tl::unexpected(std::move(error));
}

Result<void> Statement::run()
{
    while (true) {
        const auto row = step();
        if (!row)
            return tl::unexpected(row.error());
        if (!*row)
            return {};
    }
}

bool Statement::isNull(int column) const { return sqlite3_column_type(m_statement.get(), column) == SQLITE_NULL; }

std::int64_t Statement::integerAt(int column) const { return sqlite3_column_int64(m_statement.get(), column); }

std::string Statement::textAt(int column) const
{
    const void* data = sqlite3_column_blob(m_statement.get(), column);
    const int size = sqlite3_column_bytes(m_statement.get(), column);
    return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Result<Database> Database::open(const std::string& file, Access access)
{
    int flags = SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE;
    std::string uri;
    switch (access) {
    case Access::Memory:
        flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
        uri = ":memory:";
        break;
    case Access::Create:
        flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
        uri = uriOf(file, {});
        break;
    case Access::Write:
        flags |= SQLITE_OPEN_READWRITE;
        uri = uriOf(file, {});
        break;
    case Access::Inspect:
        // Without a WAL the file alone is the whole truth: `immutable` needs no lock and makes no file. With one,
        // exclusive mode keeps the WAL's index in memory (sqlite.org/wal.html section 8), and the VFS without
        // locks lets a file be read that cannot be locked for writing. IncidentFile's own lock keeps writers out.
        flags |= SQLITE_OPEN_READONLY;
        uri = holdsSomething(file + "-wal") ? uriOf(file, "?mode=ro&vfs=unix-none") : uriOf(file, "?immutable=1");
        break;
    }
    sqlite3* raw = nullptr;
    const int status = sqlite3_open_v2(uri.c_str(), &raw, flags, nullptr);
    Database database(raw, file);
    if (status != SQLITE_OK)
        return tl::unexpected(errorOf(raw, status, file));
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    if (access == Access::Inspect)
        sqlite3_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    const char* pragmas = "PRAGMA locking_mode = EXCLUSIVE";
    if (access == Access::Write)
        pragmas = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;"
                  "PRAGMA journal_mode = WAL";
    if (const auto set = database.execute(pragmas); !set)
        return tl::unexpected(set.error());
    return database;
}

Result<void> Database::execute(const char* sql)
{
    if (sqlite3_exec(m_database.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return tl::unexpected(errorOf(m_database.get(), sqlite3_extended_errcode(m_database.get()), m_file));
    return {};
}

Result<Statement> Database::prepare(std::string_view sql) const
{
    sqlite3_stmt* raw = nullptr;
    const int status
        = sqlite3_prepare_v2(m_database.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
    if (status != SQLITE_OK)
        return tl::unexpected(errorOf(m_database.get(), sqlite3_extended_errcode(m_database.get()), m_file));
    return Statement(m_database.get(), raw, m_file);
}

Result<std::int64_t> Database::integer(const char* sql) const
{
    auto statement = prepare(sql);
    if (!statement)
        return tl::unexpected(statement.error());
    const auto row = statement->step();
    if (!row)
        return tl::unexpected(row.error());
    return *row ? statement->integerAt(0) : 0;
}

std::int64_t Database::lastInsertId() const { return sqlite3_last_insert_rowid(m_database.get()); }

Result<Transaction> Transaction::begin(Database& database)
{
    if (const auto begun = database.execute("BEGIN IMMEDIATE"); !begun)
        return tl::unexpected(begun.error());
    return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept : m_database(std::exchange(other.m_database, nullptr)) { }

Transaction::~Transaction()
{
    // A full disk may have rolled back already; then this fails, and that is all right.
    if (m_database != nullptr)
        static_cast<void>(m_database->execute("ROLLBACK"));
}

Result<void> Transaction::commit()
{
    if (const auto done = m_database->execute("COMMIT"); !done)
        return done;
    m_database = nullptr;
    return {};
}

} // namespace medic::incident
