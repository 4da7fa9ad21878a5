// SPDX-License-Identifier: GPL-3.0-or-later
// P25: what the kernel complains of, leaked cgroups and fragmented memory.
#include "diagnostics/checks/components.h"
#include "diagnostics/checks/families.h"
#include "diagnostics/checks/signatures.h"
#include "diagnostics/parse/lines.h"

#include <algorithm>

namespace medic::checks {

namespace {

void checkCgroups(Sink& sink, const std::string& node)
{
    const ObservationPtr seen = sink.snapshot().find(node, probe::cgroups);
    if (!usable(seen, Need::Answer))
        return;
    const auto kernel = kernelVersion(sink.snapshot(), node);
    for (const parse::Line& line : parse::lines(seen->out)) {
        const auto parts = parse::words(line.text);
        // "memory 10 65535 1": hierarchy, number of cgroups. Below 4.x removed ones stay in that number,
        // 65535 is the end.
        const bool v1 = parts.size() == 4 && parts[0] == "memory";
        const bool v2 = parts.size() == 2 && parts[0] == "nr_dying_descendants";
        const auto count = v1 ? parse::number<std::uint64_t>(parts[2])
            : v2              ? parse::number<std::uint64_t>(parts[1])
                              : std::nullopt;
        if (!count || *count < (v1 ? 30'000U : 20'000U))
            continue;
        sink.node("kernel.cgroup-leak", *count >= 60'000 ? Verdict::Failure : Verdict::Warning,
            Confidence::Likely, node,
            { { "count", std::to_string(*count) },
                { "kernel", kernel ? kernel->text() + kernel->suffix : "?" } },
            { { seen, { line.number }, false } });
        return;
    }
}

void checkFragmentation(Sink& sink, const std::string& node)
{
    const ObservationPtr seen = sink.snapshot().find(node, probe::buddyinfo);
    if (!usable(seen, Need::Success))
        return;
    // Empty high orders alone are usual where memory is full of page cache: the kernel compacts when it must.
    // Only together with an allocation that failed they are a finding.
    const auto& messages = log(sink.snapshot(), node, probe::kernelLog);
    const auto failed = messages
        ? std::find_if(messages->begin(), messages->end(),
            [](const parse::LogLine& line) { return parse::contains(line.text, "page allocation failure"); })
        : std::vector<parse::LogLine>::const_iterator {};
    if (!messages || failed == messages->end())
        return;
    for (const parse::Line& line : parse::lines(seen->out)) {
        const auto parts = parse::words(line.text); // Node 0, zone Normal 2381 927 0 0 0 0 0 0 0 0 0
        if (parts.size() < 15 || parts[0] != "Node" || parts[2] != "zone" || parts[3] != "Normal")
            continue;
        // Order 2 and 3 are what a network namespace or a kmalloc of some pages asks for.
        std::size_t last = 0;
        for (std::size_t i = 4; i < parts.size(); ++i)
            if (parts[i] != "0")
                last = i - 4;
        if (last < 3)
            sink.node("kernel.memory-fragmented", Verdict::Warning, Confidence::Likely, node,
                { { "zone", "Normal" }, { "order", "order " + std::to_string(last + 1) } },
                { { seen, { line.number }, false }, messages.at({ failed->line }) });
    }
}

} // namespace

void runKernel(const CheckInput& input, Findings& findings)
{
    Sink sink("kernel", input, findings);
    for (const std::string& node : sink.nodes()) {
        if (const auto& messages = log(input.snapshot, node, probe::kernelLog); messages.observation)
            sink.needs(node, messages);
        scanLogs(sink, node, { Signature::Family::Kernel });
        checkCgroups(sink, node);
        checkFragmentation(sink, node);
    }
}

} // namespace medic::checks
