// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/incident/database.h"

namespace medic::incident {

/// "MEDC": the application_id in the header of the file (sqlite.org/fileformat2.html, offset 68).
inline constexpr std::int64_t applicationId = 0x4d454443;
/// The user_version in the header, offset 60. Files of a higher version are refused.
inline constexpr std::int64_t schemaVersion = 1;

/// Writes the tables into an empty database. What they hold is described in docs/incident-file.md.
[[nodiscard]] Result<void> createSchema(Database& database);

/// Is it ours, not newer, undamaged, and exactly our tables (no trigger or view that somebody planted)? Only reads.
[[nodiscard]] Result<void> checkSchema(const Database& database, const std::string& file);

/// The same as far as the file's first 100 bytes tell, without SQLite: a foreign file is not even opened by it.
[[nodiscard]] Result<void> checkHeader(int descriptor, const std::string& file);

} // namespace medic::incident
