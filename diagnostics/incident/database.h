// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace medic::incident {

/// One prepared statement of the SQLite C API. Values are bound in order, by type; a failed bind shows at the step.
/// Borrowed from its Database, which must outlive it.
class Statement {
public:
    Statement(sqlite3* database, sqlite3_stmt* statement, std::string where);

    Statement& integer(std::int64_t value);
    Statement& text(std::string_view value);
    Statement& blob(std::string_view value);
    Statement& null();

    /// True: there is a row. After false or an error the statement is reset and takes new values.
    [[nodiscard]] Result<bool> step();
    /// Runs to the end, ignoring rows.
    [[nodiscard]] Result<void> run();

    [[nodiscard]] bool isNull(int column) const;
    [[nodiscard]] std::int64_t integerAt(int column) const;
    [[nodiscard]] std::string textAt(int column) const; ///< text or blob, byte for byte

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    void reset();

    sqlite3* m_database;
    std::unique_ptr<sqlite3_stmt, Finalize> m_statement;
    std::string m_where;
    int m_next = 1;
    int m_failed = 0;
};

/// One SQLite connection that trusts nothing in the file: no triggers, no views, no extensions, defensive.
/// Move-only; one thread at a time. Every failure is an Error with the file's name and SQLite's own words.
class Database {
public:
    enum class Access {
        Create, ///< a new file
        Write, ///< recovers what a killed program left in the WAL; alone (exclusive locks, no -shm file)
        Inspect, ///< reads, recovering the WAL in memory only; writes nothing, not even beside the file
        Memory,
    };

    [[nodiscard]] static Result<Database> open(const std::string& file, Access access);

    [[nodiscard]] Result<void> execute(const char* sql);
    [[nodiscard]] Result<Statement> prepare(std::string_view sql) const;
    [[nodiscard]] Result<std::int64_t> integer(const char* sql) const; ///< the first column of the only row
    [[nodiscard]] std::int64_t lastInsertId() const;

private:
    struct Close {
        void operator()(sqlite3* database) const;
    };
    Database(sqlite3* database, std::string file) : m_database(database), m_file(std::move(file)) { }

    std::unique_ptr<sqlite3, Close> m_database;
    std::string m_file;
};

/// Rolls back unless committed.
class Transaction {
public:
    [[nodiscard]] static Result<Transaction> begin(Database& database);
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    [[nodiscard]] Result<void> commit();

private:
    explicit Transaction(Database& database) : m_database(&database) { }
    Database* m_database;
};

} // namespace medic::incident
