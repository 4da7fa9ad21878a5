// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/incident/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace medic::incident {

Result<FileLock> FileLock::take(const std::string& file, Kind kind)
{
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) {
        const bool absent = errno == ENOENT || errno == ENOTDIR;
        return failure(absent ? ErrorCode::FileNotFound : ErrorCode::FileNotReadable, file, std::strerror(errno), errno);
    }
    FileLock lock(descriptor);
    struct stat about {};
    if (fstat(descriptor, &about) != 0)
        return failure(ErrorCode::FileNotReadable, file, std::strerror(errno), errno);
    if (!S_ISREG(about.st_mode))
        return failure(ErrorCode::NotAnIncident, file, S_ISDIR(about.st_mode) ? "a folder" : "not a regular file");
    // Some network file systems know no flock; there SQLite's own locks must do.
    if (flock(descriptor, (kind == Kind::Shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return failure(ErrorCode::IncidentInUse, file, "locked", errno);
    return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) { }

FileLock& FileLock::operator=(FileLock&& other) noexcept
{
    std::swap(m_descriptor, other.m_descriptor);
    return *this;
}

FileLock::~FileLock()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

Result<void> checkWritable(const std::string& file)
{
    const std::filesystem::path folder = std::filesystem::path(file).parent_path();
    for (const std::string& place : {file, folder.empty() ? std::string(".") : folder.string()}) {
        struct stat about {};
        if (stat(place.c_str(), &about) != 0 || access(place.c_str(), W_OK) != 0)
            return failure(ErrorCode::FileNotWritable, file, std::strerror(errno), errno);
        if ((about.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0)
            return failure(ErrorCode::FileNotWritable, file, std::strerror(EACCES), EACCES);
    }
    return {};
}

} // namespace medic::incident
