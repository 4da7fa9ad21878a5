// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/frame.h"

#include "diagnostics/collect/sweep_script.h"

#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace medic::collect {

namespace {

constexpr std::size_t longestLine = 512; ///< of a frame's header
constexpr std::size_t keptBanner = 4096;

std::vector<std::string_view> wordsOf(std::string_view text)
{
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const std::size_t space = text.find(' ');
        words.push_back(text.substr(0, space));
        text = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
    }
    return words;
}

template<typename T>
std::optional<T> number(std::string_view text, T least, T most)
{
    T value {};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < least || value > most)
        return std::nullopt;
    return value;
}

std::optional<Frame::End> endOf(std::string_view word)
{
    if (word == "ran")
        return Frame::End::Ran;
    if (word == "timeout")
        return Frame::End::TimedOut;
    if (word == "notool")
        return Frame::End::NoTool;
    if (word == "noroot")
        return Frame::End::NoRoot;
    if (word == "nospace")
        return Frame::End::NoSpace;
    if (word == "abandoned")
        return Frame::End::Abandoned;
    return std::nullopt;
}

/// gzip's content; nothing when it is damaged or holds more than `limit` bytes.
std::optional<std::string> unpacked(std::string_view data, std::size_t limit)
{
    z_stream stream {};
    if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK)
        return std::nullopt;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data())); // zlib reads only
    stream.avail_in = static_cast<uInt>(data.size());
    std::string result;
    int status = Z_OK;
    while (status == Z_OK && result.size() <= limit) {
        const std::size_t had = result.size();
        const std::size_t more = std::min<std::size_t>(std::max<std::size_t>(had, 64 * 1024), limit + 1 - had);
        if (more == 0)
            break;
        result.resize(had + more);
        stream.next_out = reinterpret_cast<Bytef*>(result.data() + had);
        stream.avail_out = static_cast<uInt>(more);
        status = inflate(&stream, Z_NO_FLUSH);
        result.resize(had + more - stream.avail_out);
    }
    inflateEnd(&stream);
    if (status != Z_STREAM_END || result.size() > limit)
        return std::nullopt;
    return result;
}

bool refused(const std::string& err)
{
    for (const std::string_view words : {"ermission denied", "must be root", "are you root", "you must be root", "peration not permitted",
                                         "ot enough privileges", "eed to be root"})
        if (err.find(words) != std::string::npos)
            return true;
    return false;
}

} // namespace

FrameDecoder::FrameDecoder(std::string token, const std::vector<Probe>& probes)
    : m_probes(probes), m_mark("@MEDIC " + std::move(token) + " "), m_seen(probes.size(), false)
{
}

std::vector<Frame> FrameDecoder::feed(std::string_view piece)
{
    std::vector<Frame> frames;
    if (m_broken || m_finished)
        return frames;
    m_buffer.append(piece);
    while (!m_broken && !m_finished && step(frames)) {
    }
    // What has been read is given back in large steps: erasing after every frame would move the rest each time.
    if (m_at == m_buffer.size() || m_at > 256 * 1024) {
        m_buffer.erase(0, m_at);
        m_at = 0;
    }
    return frames;
}

void FrameDecoder::skip(std::size_t bytes)
{
    if (!m_greeted && m_banner.size() < keptBanner)
        m_banner.append(m_buffer, m_at, std::min(bytes, keptBanner - m_banner.size()));
    m_at += bytes;
    m_noise += bytes;
    if (m_noise > noiseLimit)
        m_broken = true;
}

/// Takes the next line or body from the buffer. False: more bytes are needed.
bool FrameDecoder::step(std::vector<Frame>& frames)
{
    if (m_inBody)
        return body(frames);
    const std::string_view rest = std::string_view(m_buffer).substr(m_at);
    const std::size_t mark = rest.find(m_mark);
    if (mark == std::string_view::npos) {
        // All of it is noise, but its end may be the beginning of a mark.
        const std::size_t kept = std::min(rest.size(), m_mark.size() - 1);
        if (rest.size() > kept)
            skip(rest.size() - kept);
        return false;
    }
    if (mark > 0) {
        // The line feed before a frame that follows another one is ours.
        if (m_greeted && mark == 1 && rest[0] == '\n')
            m_at += 1;
        else
            skip(mark);
        return true;
    }
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) {
        if (rest.size() > longestLine)
            skip(m_mark.size());
        return rest.size() > longestLine;
    }
    if (line(rest.substr(m_mark.size(), end - m_mark.size())))
        m_at += end + 1;
    else
        skip(end + 1);
    return true;
}

/// One line after the mark. False: it is none of ours.
bool FrameDecoder::line(std::string_view text)
{
    const std::vector<std::string_view> words = wordsOf(text);
    if (words.empty())
        return false;
    if (words[0] == "H" && words.size() == 4 && !m_greeted) {
        const auto version = number<int>(words[1], 1, 1);
        const auto user = number<long long>(words[2], 0, 1LL << 32);
        const auto clock = number<long long>(words[3], 0, 1LL << 50);
        if (!version || !user || !clock)
            return false;
        m_greeted = true;
        m_root = *user == 0;
        m_helloClock = *clock;
        return true;
    }
    if (!m_greeted)
        return false;
    if (words[0] == "B" && words.size() == 1)
        return true;
    if (words[0] == "Z" && words.size() == 1) {
        m_finished = true;
        return true;
    }
    return words[0] == "F" && header(words);
}

bool FrameDecoder::header(const std::vector<std::string_view>& words)
{
    if (words.size() != 10)
        return false;
    const auto index = number<std::size_t>(words[1], 0, m_probes.empty() ? 0 : m_probes.size() - 1);
    if (!index || m_probes.empty() || m_seen[*index])
        return false;
    const Probe& probe = m_probes[*index];
    const auto alternative = words[2] == "-" ? std::optional(-1) : number<int>(words[2], 0, static_cast<int>(probe.alternatives.size()) - 1);
    const auto end = endOf(words[3]);
    const auto status = number<int>(words[4], -1, 255);
    const auto start = number<long long>(words[5], 0, 1LL << 50);
    const auto duration = number<long long>(words[6], 0, 1LL << 32);
    const bool kind = words[7].size() == 1 && std::string_view("rRzZ").find(words[7]) != std::string_view::npos;
    const auto out = number<std::size_t>(words[8], 0, probe.outputLimit + 1024); // gzip may be a little longer than what it packs
    const auto err = number<std::size_t>(words[9], 0, errorLimit);
    if (!alternative || !end || !status || !start || !duration || !kind || !out || !err) {
        // With the right token, but not as the script writes it: nothing after it can be relied on.
        m_broken = true;
        return false;
    }
    m_frame = Frame {};
    m_frame.probe = *index;
    m_frame.alternative = *alternative;
    m_frame.end = *end;
    m_frame.exitStatus = *status;
    m_frame.start = std::chrono::milliseconds(std::max(0LL, *start - m_helloClock) * 10);
    m_frame.duration = std::chrono::milliseconds(*duration * 10);
    m_kind = words[7][0];
    m_outLength = *out;
    m_errLength = *err;
    m_inBody = true;
    return true;
}

bool FrameDecoder::body(std::vector<Frame>& frames)
{
    const std::string tail = "\n" + m_mark + "E " + std::to_string(m_frame.probe) + "\n";
    if (m_buffer.size() - m_at < m_outLength + m_errLength + tail.size())
        return false;
    const std::string_view rest = std::string_view(m_buffer).substr(m_at);
    if (rest.substr(m_outLength + m_errLength, tail.size()) != tail) {
        m_broken = true; // fewer bytes came than were announced
        return false;
    }
    const Probe& probe = m_probes[m_frame.probe];
    const std::string_view out = rest.substr(0, m_outLength);
    if (m_kind == 'z' || m_kind == 'Z') {
        if (auto text = unpacked(out, probe.outputLimit))
            m_frame.out = std::move(*text);
        else
            m_frame.damaged = true;
    } else {
        m_frame.out = out.substr(0, std::min(out.size(), probe.outputLimit));
    }
    m_frame.truncated = m_kind == 'R' || m_kind == 'Z' || (m_kind == 'r' && out.size() > probe.outputLimit);
    m_frame.err = rest.substr(m_outLength, m_errLength);
    m_at += m_outLength + m_errLength + tail.size();
    m_inBody = false;
    m_seen[m_frame.probe] = true;
    frames.push_back(std::move(m_frame));
    return true;
}

Observation observationOf(Frame frame, const std::vector<Probe>& probes, const std::string& node, bool root, TimePoint hello)
{
    const Probe& probe = probes[frame.probe];
    Observation result;
    result.node = node;
    result.probe = probe.id;
    if (frame.alternative >= 0)
        result.command = probe.alternatives[static_cast<std::size_t>(frame.alternative)].command;
    else if (!probe.alternatives.empty())
        result.command = probe.alternatives.front().command;
    result.out = validUtf8(std::move(frame.out));
    result.err = validUtf8(std::move(frame.err));
    result.exitStatus = frame.exitStatus;
    result.start = hello + frame.start;
    result.duration = frame.duration;
    result.truncated = frame.truncated;
    switch (frame.end) {
    case Frame::End::Ran:
        if (frame.damaged) {
            result.state = ProbeState::Failed;
            result.err += "(its compressed output cannot be read)\n";
        } else if (frame.exitStatus == notApplicableStatus) {
            result.state = ProbeState::NotApplicable;
        } else if (frame.exitStatus == toolMissingStatus) {
            result.state = ProbeState::ToolMissing;
        } else if (frame.exitStatus == noPermissionStatus || (!root && frame.exitStatus != 0 && refused(result.err))) {
            result.state = ProbeState::NoPermission;
        }
        break;
    case Frame::End::TimedOut:
        result.state = ProbeState::TimedOut;
        result.exitStatus = -1;
        break;
    case Frame::End::NoTool: {
        result.state = ProbeState::ToolMissing;
        for (const Probe::Alternative& alternative : probe.alternatives)
            for (const std::string& tool : alternative.needs)
                if (result.err.find(tool + "\n") == std::string::npos)
                    result.err += tool + "\n";
        break;
    }
    case Frame::End::NoRoot:
        result.state = ProbeState::NoPermission;
        result.err = "needs root\n";
        break;
    case Frame::End::NoSpace:
        result.state = ProbeState::Failed;
        result.err += "(no space left for its output in the node's /dev/shm, /run or /tmp)\n";
        break;
    case Frame::End::Abandoned:
        result.state = ProbeState::TimedOut;
        result.err += "(a command before it, or itself, could not be stopped on the node)\n";
        break;
    }
    return result;
}

std::string validUtf8(std::string text)
{
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    /// Length of the well-formed sequence at i (Unicode 15, table 3-7); 0: none.
    const auto sequence = [&](std::size_t i) -> std::size_t {
        const unsigned char first = at(i);
        const auto within = [&](std::size_t j, unsigned low, unsigned high) { return j < text.size() && at(j) >= low && at(j) <= high; };
        if (first < 0x80)
            return first == 0 ? 0 : 1;
        if (first >= 0xC2 && first <= 0xDF)
            return within(i + 1, 0x80, 0xBF) ? 2 : 0;
        if (first >= 0xE0 && first <= 0xEF)
            return within(i + 1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF) && within(i + 2, 0x80, 0xBF) ? 3 : 0;
        if (first >= 0xF0 && first <= 0xF4)
            return within(i + 1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF) && within(i + 2, 0x80, 0xBF)
                    && within(i + 3, 0x80, 0xBF)
                ? 4
                : 0;
        return 0;
    };
    std::size_t good = 0;
    while (good < text.size()) {
        const std::size_t length = sequence(good);
        if (length == 0)
            break;
        good += length;
    }
    if (good == text.size())
        return text;
    std::string result = text.substr(0, good);
    for (std::size_t i = good; i < text.size();) {
        const std::size_t length = sequence(i);
        if (length == 0) {
            result += at(i) == 0 ? "\xE2\x90\x80" : "\xEF\xBF\xBD";
            ++i;
        } else {
            result.append(text, i, length);
            i += length;
        }
    }
    return result;
}

} // namespace medic::collect
