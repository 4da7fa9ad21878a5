// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/collect/probe.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace medic::collect {

/// What the sweep script sends. Lines (after anything that a login prints):
///   @MEDIC TOKEN H 1 UID CLOCK                                           hello
///   @MEDIC TOKEN F INDEX ALTERNATIVE END STATUS START DURATION KIND OUT ERR   then OUT bytes, ERR bytes, and
///   @MEDIC TOKEN E INDEX                                                 after a line feed
///   @MEDIC TOKEN B                                                       still alive
///   @MEDIC TOKEN Z                                                       that was all
/// Times are 1/100 s of the node's uptime. KIND: r as it is, R the same cut off at the limit, z and Z gzip of these.
/// The body is taken by its length and never searched; the token is drawn anew for each sweep: a node's own text cannot
/// be taken for a frame.
struct Frame {
    enum class End { Ran, TimedOut, NoTool, NoRoot, NoSpace, Abandoned };
    std::size_t probe = 0; ///< index in the sweep
    int alternative = -1; ///< -1: none was run
    End end = End::Ran;
    int exitStatus = -1;
    std::chrono::milliseconds start {0}, duration {0}; ///< start: after the hello
    std::string out, err; ///< raw bytes
    bool truncated = false;
    bool damaged = false; ///< the frame came, but its compressed body cannot be read
};

/// Takes the script's output in pieces of any size and gives back what is complete. Never throws; whatever it is fed, it
/// holds no more than one frame's worth of bytes beyond the piece. One thread at a time.
class FrameDecoder {
public:
    /// `probes` must outlive the decoder: their limits bound what is accepted.
    FrameDecoder(std::string token, const std::vector<Probe>& probes);

    /// The frames that this piece completed, in the order of their ends.
    [[nodiscard]] std::vector<Frame> feed(std::string_view piece);

    [[nodiscard]] bool greeted() const { return m_greeted; } ///< the script runs
    [[nodiscard]] bool finished() const { return m_finished; } ///< nothing more will come
    /// What came is not to be read on: endless noise, lengths beyond the limits. Later pieces are ignored.
    [[nodiscard]] bool broken() const { return m_broken; }
    [[nodiscard]] bool root() const { return m_root; } ///< the script runs as root
    [[nodiscard]] std::size_t noise() const { return m_noise; } ///< bytes that belonged to no frame
    [[nodiscard]] std::string_view banner() const { return m_banner; } ///< the beginning of what came before the hello

    static constexpr std::size_t noiseLimit = 1024 * 1024;

private:
    bool step(std::vector<Frame>& frames);
    bool line(std::string_view text);
    bool header(const std::vector<std::string_view>& words);
    bool body(std::vector<Frame>& frames);
    void skip(std::size_t bytes);

    const std::vector<Probe>& m_probes;
    std::string m_mark; ///< "@MEDIC TOKEN "
    std::string m_buffer;
    std::size_t m_at = 0; ///< read so far in m_buffer
    std::string m_banner;
    std::vector<bool> m_seen;
    std::size_t m_noise = 0;
    long long m_helloClock = 0;
    bool m_greeted = false, m_finished = false, m_broken = false, m_root = false;
    bool m_inBody = false;
    Frame m_frame; ///< whose body is awaited
    char m_kind = 'r';
    std::size_t m_outLength = 0, m_errLength = 0;
};

/// The observation that a frame stands for. `hello` is our clock at the node's hello. An unprivileged command that was
/// refused is NoPermission. Texts are made valid UTF-8.
[[nodiscard]] Observation observationOf(Frame frame, const std::vector<Probe>& probes, const std::string& node, bool root, TimePoint hello);

/// Bytes that are not UTF-8 become U+FFFD, NUL becomes U+2400; all else stays.
[[nodiscard]] std::string validUtf8(std::string text);

} // namespace medic::collect
