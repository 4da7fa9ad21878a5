// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <unistd.h>

/// The input as a file, for readers that open one. One path per process.
inline const std::filesystem::path& fuzzFile(const unsigned char* data, std::size_t size)
{
    static const std::filesystem::path path = std::filesystem::temp_directory_path() / ("medic-fuzz-" + std::to_string(getpid()));
    const int fd = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (fd >= 0) {
        if (write(fd, data, size) != static_cast<ssize_t>(size))
            std::perror("write");
        close(fd);
    }
    return path;
}
