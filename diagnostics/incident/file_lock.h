// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"

#include <string>

namespace medic::incident {

/// Holds a whole file open and locked (flock) against other IncidentFiles, of this process and of others; gone with
/// the process, however it ends. SQLite's own locks are not enough: they do not tell two users in one process apart.
class FileLock {
public:
    enum class Kind { Shared, Exclusive };

    /// Fails with FileNotFound, FileNotReadable, NotAnIncident (a folder …) or IncidentInUse.
    [[nodiscard]] static Result<FileLock> take(const std::string& file, Kind kind);

    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&& other) noexcept;
    ~FileLock();
    [[nodiscard]] int descriptor() const { return m_descriptor; }

private:
    explicit FileLock(int descriptor) : m_descriptor(descriptor) { }
    int m_descriptor = -1;
};

/// May the file and its folder be written? Permissions that forbid it to everyone count for root too: whoever took
/// them away wants the file left alone.
[[nodiscard]] Result<void> checkWritable(const std::string& file);

} // namespace medic::incident
