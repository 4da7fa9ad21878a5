// SPDX-License-Identifier: GPL-3.0-or-later
// Case 1.2's last part, P33: the engineer's own machine, a node like any other ("@local"). What it lacks
// looks like a fault of the cluster: pending calls in a browser. Correlation only: never more than `likely`
// without a second terminal.
#include "diagnostics/checks/families.h"
#include "diagnostics/checks/sink.h"
#include "diagnostics/parse/disk.h"
#include "diagnostics/parse/host.h"
#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <set>

namespace medic::checks {

namespace {

const std::string local = "@local";

Subject own(const char* part) { return { SubjectKind::Component, {}, part, local }; }

void checkOwnMemory(Sink& sink)
{
    const auto& memory
        = fact<parse::MemInfo>(sink.snapshot(), local, probe::meminfo, Need::Success, parse::memInfo);
    const auto& stalls = fact<std::vector<parse::Pressure>>(
        sink.snapshot(), local, probe::pressure, Need::Success, parse::pressure);
    if (!memory)
        return;
    const auto total = memory->value("MemTotal"), available = memory->available();
    if (!total || !available || *total == 0)
        return;
    const double share = static_cast<double>(*available) * 100 / static_cast<double>(*total);
    const parse::Pressure* const some = stalls ? parse::find(*stalls, "memory", false) : nullptr;
    const parse::Pressure* const full = stalls ? parse::find(*stalls, "memory", true) : nullptr;
    const bool stalled = (some != nullptr && some->avg10 > 20) || (full != nullptr && full->avg10 > 5);
    if (share >= 10 && *available >= 500 * 1024 && !stalled)
        return;
    std::vector<Evidence> evidence { memory.at({ memory->line("MemTotal"), memory->line("MemAvailable") }) };
    if (stalled)
        evidence.push_back(stalls.at({ some != nullptr ? some->line : 0, full != nullptr ? full->line : 0 }));
    sink.add("own.memory-low", share < 5 || stalled ? Verdict::Failure : Verdict::Warning, Confidence::Likely,
        own("memory"),
        { { "available", bytesOfKib(*available) }, { "total", bytesOfKib(*total) },
            { "percent", decimal(share) }, { "stalled", some == nullptr ? "?" : decimal(some->avg10) } },
        std::move(evidence));
}

void checkOwnLoad(Sink& sink)
{
    const auto& load
        = fact<parse::LoadAverage>(sink.snapshot(), local, probe::loadavg, Need::Success, parse::loadAverage);
    const ObservationPtr processors = sink.snapshot().find(local, probe::nproc);
    const auto cores = usable(processors, Need::Success)
        ? parse::number<std::uint64_t>(parse::trim(processors->out))
        : std::nullopt;
    if (load && cores && *cores > 0 && load->one > 2.0 * static_cast<double>(*cores))
        sink.add("own.load-high", Verdict::Warning, Confidence::Likely, own("load"),
            { { "load", decimal(load->one) }, { "cores", std::to_string(*cores) } },
            { load.at({ 1 }), { processors, { 1 }, false } });
    const auto& disks
        = fact<std::vector<parse::Filesystem>>(sink.snapshot(), local, probe::df, Need::Success, parse::df);
    if (disks)
        for (const char* const path : { "/home", "/tmp" })
            if (const parse::Filesystem* const one = parse::holding(*disks, path);
                one != nullptr && !one->pseudo() && one->size > 0 && one->available < 200 * 1024)
                sink.add("own.disk-full", Verdict::Warning, Confidence::Likely,
                    { SubjectKind::Component, {}, one->mount, local },
                    { { "mount", one->mount }, { "available", bytesOfKib(one->available) } },
                    { disks.at({ one->line }) });
}

/// Ports in TIME_WAIT to one target, and connections of one program to one target: a browser opens six to a
/// host.
void checkOwnConnections(Sink& sink)
{
    const auto& all = sockets(sink.snapshot(), local);
    if (!all)
        return;
    std::map<std::string, std::pair<int, int>> waiting; // by peer: count, a line
    std::map<std::pair<std::string, std::string>, std::pair<int, int>> open;
    for (const parse::Socket& one : *all) {
        if (one.state == "TIME-WAIT" || one.state == "TIME_WAIT") {
            auto& [count, line] = waiting[one.peer];
            ++count;
            line = one.line;
        } else if ((one.state == "ESTAB" || one.state == "ESTABLISHED") && !one.program.empty()) {
            auto& [count, line] = open[{ one.program, one.peer }];
            ++count;
            line = one.line;
        }
    }
    std::uint64_t range = 28232; // 32768–60999, the default of net.ipv4.ip_local_port_range
    Evidence setting;
    if (const auto text = checks::sysctl(sink.snapshot(), local, "net.ipv4.ip_local_port_range", &setting)) {
        const auto parts = parse::words(*text);
        const auto from = parts.size() == 2 ? parse::number<std::uint64_t>(parts[0]) : std::nullopt,
                   to = parts.size() == 2 ? parse::number<std::uint64_t>(parts[1]) : std::nullopt;
        if (from && to && *to > *from)
            range = *to - *from + 1;
    }
    for (const auto& [peer, what] : waiting)
        if (static_cast<std::uint64_t>(what.first) * 10 > range * 8)
            sink.add("own.ports-exhausted", Verdict::Failure, Confidence::Likely,
                { SubjectKind::Component, {}, "ports to " + peer, local },
                { { "peer", peer }, { "count", std::to_string(what.first) },
                    { "range", std::to_string(range) } },
                { all.at({ what.second }) });
    static const std::set<std::string, std::less<>> browsers { "chrome", "chromium", "firefox", "firefox-esr",
        "msedge", "brave", "opera" };
    for (const auto& [key, what] : open)
        if (browsers.contains(key.first) && what.first >= 6)
            sink.add("own.browser-full", Verdict::Ok, Confidence::Possible,
                { SubjectKind::Component, {}, key.first + " to " + key.second, local },
                { { "program", key.first }, { "peer", key.second }, { "count", std::to_string(what.first) } },
                { all.at({ what.second }) });
}

} // namespace

void runOwnMachine(const CheckInput& input, Findings& findings)
{
    Sink sink("own-machine", input, findings);
    checkOwnMemory(sink);
    checkOwnLoad(sink);
    checkOwnConnections(sink);
}

} // namespace medic::checks
