// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/collect/probe.h"

#include <chrono>
#include <string>
#include <vector>

namespace medic::collect {

/// The one script that carries a node's probes there, for the standard input of /bin/sh (dash, busybox ash, bash).
/// It decides once which tools the node has, runs each lane of probes in the background with its own limits, and writes
/// what they brought as frames (frame.h) while it sends a sign of life every second. A command that cannot even be
/// killed (a dead NFS server) costs its own lane only.
/// What it needs of the node: sh, sleep, cat, head, wc; timeout or setsid where they exist. Captured output waits in a
/// private folder of /dev/shm, /run or /tmp; where nothing can be written (a full disk) it is held in memory and stderr is lost.
struct SweepScript {
    std::string text;
    std::string token; ///< 128 random bits that make this sweep's frames recognisable
    std::chrono::milliseconds timeLimit; ///< all lanes together, at the worst
};

/// `probes` must stay as they are until the frames are decoded: frames name them by their index.
[[nodiscard]] SweepScript sweepScript(const std::vector<Probe>& probes);
[[nodiscard]] SweepScript sweepScript(const std::vector<Probe>& probes, const std::string& token);

/// 32 hexadecimal digits from the system's random source.
[[nodiscard]] std::string randomToken();

/// `text` as one word of a POSIX shell.
[[nodiscard]] std::string shellQuoted(const std::string& text);

inline constexpr std::size_t errorLimit = 64 * 1024; ///< bytes of a probe's stderr that travel

} // namespace medic::collect
