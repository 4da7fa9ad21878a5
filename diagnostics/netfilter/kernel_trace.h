// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/model/trace.h"
#include "diagnostics/netfilter/node_state.h"
#include "diagnostics/netfilter/packet_tracer.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The kernel's own account of one flow: the command that asks for it, and what it answers laid over a prediction.
namespace medic::netfilter {

struct KernelTraceRequest {
    PacketQuery packet; ///< as it arrives at the node, or is made there
    int seconds = 15; ///< how long is listened; 1 … 120
    int guardSeconds = 5; ///< how much longer the guard waits
    std::string id; ///< a few letters and digits, new for each: part of the names of what is put in
};

struct KernelTracePlan {
    std::string command; ///< for /bin/sh, as root; ends by itself after the time
    std::vector<std::string> puts; ///< what it puts in, for a reader
    std::vector<std::string> takesBack; ///< what takes that out again; the command does it however it ends
    int seconds = 0; ///< the command's own time
};

/// One rule of its own at the very beginning of PREROUTING and OUTPUT marks a few first packets of this flow (addresses,
/// protocol, port, SYN; five a second) for tracing: in nftables in a table of its own, in legacy iptables in raw. Taken out at
/// the end, on every signal, and by a guard in a session of its own, which outlives the connection and the shell.
/// Fails with BadValue for a flow that cannot be told narrowly (no destination address), or when no rules are known.
[[nodiscard]] Result<KernelTracePlan> planKernelTrace(const KernelTraceRequest& request, const NodeState& state);

struct KernelStep {
    std::string packet; ///< the kernel's id of it; empty in legacy's log
    bool legacy = false;
    std::string family, table, chain; ///< "ip", "nat", "KUBE-SERVICES"; legacy knows no family
    std::uint64_t handle = 0;
    int rule = 0; ///< from 1; 0: a policy, or its number is not known
    std::string verdict; ///< "accept", "jump KUBE-SVC-…"; empty: not told
    std::string text; ///< the line; evidence
};

struct KernelTrace {
    std::vector<KernelStep> steps; ///< of our own rule none
    int packets = 0;
    bool noLogger = false; ///< legacy: the kernel has nobody who writes its traces down
};

/// What the plan's command printed. Never fails: lines that are none of these are passed over.
[[nodiscard]] KernelTrace readKernelTrace(std::string_view output);

/// The kernel's account beside a prediction for the same node.
struct KernelOverlay {
    int branch = -1; ///< the predicted way that it took; -1: none of them whole, or nothing was seen
    int packets = 0;
    std::vector<KernelStep> unpredicted; ///< rules it took that are on no predicted way
    std::vector<TraceStep> missing; ///< of the nearest way: rules that it did not take
    [[nodiscard]] bool agrees() const { return branch >= 0 && unpredicted.empty() && missing.empty(); }
};
[[nodiscard]] KernelOverlay overlay(const Trace& prediction, const KernelTrace& kernel);
/// Did the kernel take this predicted step?
[[nodiscard]] bool took(const KernelTrace& kernel, const TraceStep& step);

} // namespace medic::netfilter
