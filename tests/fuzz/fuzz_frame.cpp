// SPDX-License-Identifier: GPL-3.0-or-later
// What a node sends back of a sweep, which may be anything, in pieces of any size. The first byte says how it is cut. The
// token is known to the input: it plays a node that has read our script.
#include "diagnostics/collect/frame.h"

#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    using namespace medic;
    using namespace medic::collect;
    static const std::vector<Probe> probes = [] {
        std::vector<Probe> made(3);
        for (std::size_t i = 0; i < made.size(); ++i) {
            made[i].id = "probe-" + std::to_string(i);
            made[i].alternatives.push_back({{}, "true"});
            made[i].outputLimit = i == 2 ? 100 : 100000;
        }
        return made;
    }();
    if (size == 0)
        return 0;
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    const std::size_t piece = std::size_t(data[0]) + 1;
    FrameDecoder decoder("t", probes);
    std::size_t frames = 0;
    for (std::size_t at = 0; at < text.size() && !decoder.broken() && !decoder.finished(); at += piece) {
        for (Frame& frame : decoder.feed(text.substr(at, piece))) {
            if (frame.probe >= probes.size() || ++frames > probes.size())
                __builtin_trap(); // each probe at most once
            const Observation observation = observationOf(std::move(frame), probes, "n", decoder.root(), TimePoint());
            if (observation.out.size() > 3 * 100000 + 100)
                __builtin_trap(); // U+FFFD is three bytes
        }
    }
    return 0;
}
