// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/incident/database.h"
#include "diagnostics/incident/file_lock.h"
#include "diagnostics/incident/incident_file.h"

#include <map>

namespace medic {

/// What stands behind an IncidentFile. The database is closed before the lock is let go (order of the members).
struct IncidentFile::Private {
    std::filesystem::path path;
    bool readOnly = false;
    incident::FileLock lock;
    incident::Database database;
    /// Observations that somebody still holds: read once, shared.
    mutable std::map<std::uint64_t, std::weak_ptr<const Observation>> alive;

    [[nodiscard]] Result<void> writable() const;
    [[nodiscard]] Result<std::uint64_t> storeObservation(std::uint64_t sweep, const PackedObservation& packed);
    [[nodiscard]] Result<std::optional<std::string>> content(std::int64_t blob) const;
    /// `sql` selects the columns of an observation, in the order of observationColumns; parameters are bound in order.
    [[nodiscard]] Result<std::vector<ObservationPtr>> read(const std::string& sql, const std::vector<std::int64_t>& values) const;

    /// Everything but the outputs, from a row of observationColumns.
    [[nodiscard]] static Observation headAt(const incident::Statement& row);

    class Writer;
};

namespace incident {

inline constexpr const char* observationColumns
    = "id, sweep, node, probe, command, out, err, exit_status, state, start_ns, duration_ms, truncated";

[[nodiscard]] std::int64_t nanoseconds(TimePoint at);
[[nodiscard]] TimePoint timeOf(std::int64_t nanoseconds);

} // namespace incident
} // namespace medic
