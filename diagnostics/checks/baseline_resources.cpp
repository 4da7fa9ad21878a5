// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/baseline.h"

#include "diagnostics/checks/components.h"
#include "diagnostics/parse/disk.h"
#include "diagnostics/parse/host.h"
#include "diagnostics/parse/lines.h"
#include "diagnostics/parse/runtime.h"

#include <algorithm>
#include <set>

namespace medic::checks {

namespace {

using Filesystems = std::vector<parse::Filesystem>;

/// What the kubelet calls used: all that is not available, of the whole (cadvisor: 100 − available/capacity).
int fullness(const parse::Filesystem& one)
{
    if (one.size == 0)
        return 0;
    return 100 - static_cast<int>(std::min(100.0, static_cast<double>(one.available) * 100 / static_cast<double>(one.size)));
}

struct Role {
    std::string holds; ///< what lies there
    int warn, fail; ///< percent used
    int threshold; ///< where somebody acts by himself
};

/// The mounts that matter, by what lies on them. Defaults of the kubelet: nodefs.available < 10 %, imagefs.available
/// < 15 % (also the image garbage collection's high threshold); Elasticsearch's low watermark is 85 % as well.
std::map<const parse::Filesystem*, Role> rolesOf(const Snapshot& snapshot, const std::string& node, const Filesystems& all)
{
    std::map<const parse::Filesystem*, Role> roles;
    const auto put = [&](const std::string& path, const char* what, int warn, int fail, int threshold) {
        const parse::Filesystem* const one = parse::holding(all, path);
        if (one == nullptr || one->pseudo())
            return;
        const auto [at, fresh] = roles.try_emplace(one, Role {what, warn, fail, threshold});
        if (fresh)
            return;
        if (at->second.holds.find(what) == std::string::npos)
            at->second.holds += std::string(", ") + what;
        at->second.warn = std::min(at->second.warn, warn);
        at->second.fail = std::min(at->second.fail, fail);
        at->second.threshold = std::min(at->second.threshold, threshold);
    };
    const ObservationPtr info = snapshot.find(node, probe::dockerInfo);
    const std::string dockerRoot = usable(info, Need::Answer) ? parse::dockerInfo(info->out).rootDir : std::string();
    const RuntimeState runtime = runtimeState(snapshot, node);
    if (runtime.kind == "docker")
        put(dockerRoot.empty() ? "/var/lib/docker" : dockerRoot, "images", 80, 85, 85);
    else if (runtime.kind == "cri-o")
        put("/var/lib/containers", "images", 80, 85, 85);
    else
        put("/var/lib/containerd", "images", 80, 85, 85);
    put("/var/lib/kubelet", "kubelet", 80, 90, 90);
    if (controlPlane(snapshot, node))
        put("/var/lib/etcd", "etcd", 80, 90, 95);
    put("/var/log", "logs", 85, 95, 95);
    put("/", "root", 85, 95, 95);
    for (const parse::Filesystem& one : all)
        if (!one.pseudo() && !one.mount.starts_with("/var/lib/kubelet/pods") && !one.mount.starts_with("/boot"))
            roles.try_emplace(&one, Role {"data", 92, 98, 100});
    return roles;
}

void checkReadOnly(Sink& sink, const std::string& node)
{
    const auto& all = fact<std::vector<parse::Mount>>(sink.snapshot(), node, probe::mounts, Need::Success, parse::mounts);
    if (!all)
        return;
    const ObservationPtr release = sink.snapshot().find(node, probe::osRelease);
    const std::string system = usable(release, Need::Success) ? parse::osRelease(release->out)["ID"] : std::string();
    static const std::set<std::string> immutable {"bottlerocket", "talos", "flatcar", "cos", "coreos", "ubuntu-core", "opensuse-microos"};
    for (const parse::Mount& mount : *all) {
        const bool real = mount.type.starts_with("ext") || mount.type == "xfs" || mount.type == "btrfs";
        const bool matters = mount.target == "/" || mount.target == "/var" || mount.target.starts_with("/var/lib/docker")
            || mount.target == "/var/lib" || mount.target == "/var/log" || mount.target.starts_with("/var/lib/containerd")
            || mount.target == "/var/lib/kubelet" || mount.target == "/var/lib/etcd" || mount.target == "/data";
        if (real && matters && mount.has("ro") && !(mount.target == "/" && immutable.contains(system)))
            sink.node("node.filesystem-read-only", Verdict::Failure, Confidence::Confirmed, node,
                      {{"mount", mount.target}, {"source", mount.source}, {"type", mount.type}}, {all.at({mount.line})});
    }
}

/// Sums up "used of limit": a warning from 80 %, a failure from 95 %.
void checkShare(Sink& sink, const char* id, const std::string& node, std::uint64_t used, std::uint64_t limit, Parameters parameters,
                std::vector<Evidence> evidence, int warn = 80, int fail = 95)
{
    if (limit == 0)
        return;
    const int percent = static_cast<int>(std::min(1000.0, static_cast<double>(used) * 100 / static_cast<double>(limit)));
    if (percent < warn)
        return;
    parameters.insert({{"used", std::to_string(used)}, {"limit", std::to_string(limit)}, {"percent", std::to_string(percent)}});
    sink.node(id, percent >= fail ? Verdict::Failure : Verdict::Warning, Confidence::Confirmed, node, std::move(parameters), std::move(evidence));
}

using Values = std::map<std::string, parse::KeyValue, std::less<>>;

std::optional<std::uint64_t> valueOf(const Values& values, std::string_view name)
{
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : parse::number<std::uint64_t>(found->second.value);
}

const Fact<Values>& values(const Snapshot& snapshot, const std::string& node, std::string_view name)
{
    return fact<Values>(snapshot, node, name, Need::Success, [](std::string_view text) { return parse::keyValues(text, " = "); });
}

void checkConntrack(Sink& sink, const std::string& node)
{
    const auto& counts = values(sink.snapshot(), node, probe::conntrackCount);
    std::optional<std::uint64_t> count, limit;
    std::vector<Evidence> evidence;
    if (counts) {
        count = valueOf(*counts, "net.netfilter.nf_conntrack_count");
        limit = valueOf(*counts, "net.netfilter.nf_conntrack_max");
        evidence.push_back(counts.at());
    } else {
        Evidence line;
        for (const auto& [name, field] : {std::pair {"net.netfilter.nf_conntrack_count", &count}, {"net.netfilter.nf_conntrack_max", &limit}})
            if (const auto text = sysctl(sink.snapshot(), node, name, &line)) {
                *field = parse::number<std::uint64_t>(*text);
                evidence.push_back(line);
            }
        if (!limit)
            sink.needs(node, counts);
    }
    if (count && limit)
        checkShare(sink, "node.conntrack-full", node, *count, *limit, {}, std::move(evidence), 75, 90);
}

void checkInotify(Sink& sink, const std::string& node)
{
    const ObservationPtr seen = sink.snapshot().find(node, "inotify");
    if (!usable(seen, Need::Answer))
        return; // wanted, but nobody misses it on a node without root
    const auto settings = parse::keyValues(seen->out, " = ");
    const auto limit = valueOf(settings, "fs.inotify.max_user_instances");
    if (!limit)
        return;
    std::map<std::string, std::uint64_t> byUser;
    for (const parse::Section& section : parse::sections(seen->out)) {
        if (section.name != "instances")
            continue;
        for (const parse::Line& line : section.lines) {
            const auto parts = parse::words(line.text);
            const auto count = parts.size() > 2 ? parse::number<std::uint64_t>(parts[0]) : std::nullopt;
            if (count && parts[1] != "-")
                byUser[std::string(parts[1])] += *count;
        }
    }
    for (const auto& [user, count] : byUser)
        checkShare(sink, "node.inotify-exhausted", node, count, *limit, {{"user", user}}, {{seen, {}, false}});
}

void checkNeighbours(Sink& sink, const std::string& node)
{
    const auto& stats = values(sink.snapshot(), node, probe::neighStats);
    const ObservationPtr table = sink.snapshot().find(node, probe::ipNeigh);
    if (!stats || !usable(table, Need::Success))
        return;
    const auto limit = valueOf(*stats, "net.ipv4.neigh.default.gc_thresh3");
    if (!limit)
        return;
    // JSON: one object per entry; text and /proc/net/arp: one line per entry.
    std::uint64_t count = 0;
    const std::string_view text = parse::trim(table->out);
    const std::string_view mark = text.starts_with('[') ? "\"dst\":" : "\n";
    for (std::size_t at = text.find(mark); at != std::string_view::npos; at = text.find(mark, at + mark.size()))
        ++count;
    checkShare(sink, "node.neighbours-full", node, count, *limit, {}, {{table, {}, false}, stats.at()});
    for (const parse::Section& section : parse::sections(stats.observation->out)) {
        if (section.lines.size() < 2 || !parse::contains(section.name, "_cache"))
            continue;
        const auto heading = parse::words(section.lines[0].text);
        const auto column = std::find(heading.begin(), heading.end(), "table_fulls");
        if (column == heading.end())
            continue;
        std::uint64_t overflows = 0;
        for (std::size_t i = 1; i < section.lines.size(); ++i) {
            const auto parts = parse::words(section.lines[i].text);
            const auto index = static_cast<std::size_t>(column - heading.begin());
            if (index < parts.size())
                overflows += parse::number<std::uint64_t>(parts[index], 16).value_or(0);
        }
        if (overflows > 0)
            sink.node("node.neighbours-overflowed", Verdict::Warning, Confidence::Likely, node,
                      {{"count", std::to_string(overflows)}, {"limit", std::to_string(*limit)}},
                      {stats.at({section.lines[0].number, section.lines[1].number})});
    }
}

} // namespace

void checkDisks(Sink& sink, const std::string& node)
{
    const auto read = [](std::string_view text) { return notEmpty(parse::df(text)); };
    const auto& bytes = fact<Filesystems>(sink.snapshot(), node, probe::df, Need::Answer, read);
    const auto& inodes = fact<Filesystems>(sink.snapshot(), node, probe::dfInodes, Need::Answer, read);
    sink.needs(node, bytes);
    sink.needs(node, inodes);
    if (bytes)
        for (const auto& [one, role] : rolesOf(sink.snapshot(), node, *bytes)) {
            const int percent = fullness(*one);
            if (percent < role.warn)
                continue;
            sink.add("node.disk-full", percent >= role.fail ? Verdict::Failure : Verdict::Warning, Confidence::Confirmed,
                     {SubjectKind::Component, {}, one->mount, node},
                     {{"node", node},
                      {"mount", one->mount},
                      {"percent", std::to_string(percent)},
                      {"available", bytesOfKib(one->available)},
                      {"holds", role.holds},
                      {"threshold", std::to_string(role.threshold)}},
                     {bytes.at({one->line})});
        }
    if (inodes)
        for (const parse::Filesystem& one : *inodes) {
            // File systems without a fixed number of inodes (btrfs, xfs with little use) print 0.
            if (one.pseudo() || one.size == 0 || one.mount.starts_with("/boot"))
                continue;
            const int percent = fullness(one);
            if (percent < 85)
                continue;
            sink.add("node.inodes-full", percent >= 95 ? Verdict::Failure : Verdict::Warning, Confidence::Confirmed,
                     {SubjectKind::Component, {}, one.mount, node},
                     {{"node", node}, {"mount", one.mount}, {"percent", std::to_string(percent)}, {"free", std::to_string(one.available)}},
                     {inodes.at({one.line})});
        }
    checkReadOnly(sink, node);
}

void checkMemoryAndLoad(Sink& sink, const std::string& node)
{
    const auto& memory = fact<parse::MemInfo>(sink.snapshot(), node, probe::meminfo, Need::Success, parse::memInfo);
    sink.needs(node, memory);
    if (memory && !memory->value("MemTotal"))
        sink.lacking(node, std::string(probe::meminfo) + ": not understood", memory.observation);
    if (memory) {
        const auto total = memory->value("MemTotal"), available = memory->available();
        if (total && available && *total > 0) {
            const double share = static_cast<double>(*available) * 100 / static_cast<double>(*total);
            // The kubelet evicts from memory.available < 100Mi; below 3 % the page cache is gone and everything stalls.
            const bool bad = *available < 200 * 1024 || share < 3;
            if (bad || share < 8)
                sink.node("node.memory-low", bad ? Verdict::Failure : Verdict::Warning, Confidence::Confirmed, node,
                          {{"available", bytesOfKib(*available)}, {"total", bytesOfKib(*total)}, {"percent", decimal(share)}},
                          {memory.at({memory->line("MemTotal"), memory->line("MemAvailable")})});
        }
        const auto swap = memory->value("SwapTotal");
        const ObservationPtr config = sink.snapshot().find(node, probe::kubeletConfig);
        const bool allowed = usable(config, Need::Answer) && parse::contains(config->out, "failSwapOn: false");
        if (swap && *swap > 0 && !allowed && kubeletState(sink.snapshot(), node).running != Running::Unknown)
            sink.node("node.swap-on", Verdict::Warning, Confidence::Likely, node,
                      {{"total", bytesOfKib(*swap)}, {"used", bytesOfKib(*swap - std::min(*swap, memory->value("SwapFree").value_or(0)))}},
                      {memory.at({memory->line("SwapTotal"), memory->line("SwapFree")})});
    }

    const auto& stalls = fact<std::vector<parse::Pressure>>(sink.snapshot(), node, probe::pressure, Need::Success, parse::pressure);
    if (stalls) {
        struct Limit {
            const char* resource;
            bool full;
            double warn, fail;
        };
        for (const Limit& limit : {Limit {"memory", true, 5, 20}, Limit {"io", true, 10, 40}, Limit {"cpu", false, 60, 90}}) {
            const parse::Pressure* const row = parse::find(*stalls, limit.resource, limit.full);
            if (row == nullptr || row->avg60 < limit.warn)
                continue;
            sink.add("node.pressure", row->avg60 >= limit.fail ? Verdict::Failure : Verdict::Warning, Confidence::Confirmed,
                     {SubjectKind::Component, {}, limit.resource, node},
                     {{"node", node}, {"resource", limit.resource}, {"share", decimal(row->avg60)}, {"share10", decimal(row->avg10)},
                      {"kind", limit.full ? "full" : "some"}},
                     {stalls.at({row->line})});
        }
    }

    const auto& load = fact<parse::LoadAverage>(sink.snapshot(), node, probe::loadavg, Need::Success, parse::loadAverage);
    const ObservationPtr processors = sink.snapshot().find(node, probe::nproc);
    const auto cores = usable(processors, Need::Success) ? parse::number<std::uint64_t>(parse::trim(processors->out)) : std::nullopt;
    if (load && cores && *cores > 0 && load->five > 2.0 * static_cast<double>(*cores))
        sink.node("node.load-high", load->five > 8.0 * static_cast<double>(*cores) ? Verdict::Failure : Verdict::Warning, Confidence::Confirmed, node,
                  {{"load", decimal(load->five)}, {"cores", std::to_string(*cores)}, {"ratio", decimal(load->five / static_cast<double>(*cores))}},
                  {load.at({1}), {processors, {1}, false}});
}

void checkLimits(Sink& sink, const std::string& node)
{
    checkConntrack(sink, node);
    const auto& pids = values(sink.snapshot(), node, probe::pidLimits);
    if (pids) {
        const auto threads = valueOf(*pids, "threads");
        const auto pidMax = valueOf(*pids, "kernel.pid_max"), threadsMax = valueOf(*pids, "kernel.threads-max");
        if (threads && (pidMax || threadsMax)) {
            const bool byPid = !threadsMax || (pidMax && *pidMax <= *threadsMax);
            checkShare(sink, "node.pids-exhausted", node, *threads, byPid ? *pidMax : *threadsMax,
                       {{"setting", byPid ? "kernel.pid_max" : "kernel.threads-max"}}, {pids.at()});
        }
    }
    // The limit of all Pods together, and of each QoS class (cgroup v1 and v2).
    if (pids)
        for (const auto& [name, entry] : *pids) {
            if (!name.ends_with("/pids.current"))
                continue;
            const std::string folder = name.substr(0, name.size() - 13);
            const auto used = parse::number<std::uint64_t>(entry.value), limit = valueOf(*pids, folder + "/pids.max"); // "max" is no number
            if (used && limit)
                checkShare(sink, "node.pids-exhausted", node, *used, *limit, {{"setting", folder + "/pids.max"}}, {pids.at({entry.line})});
        }
    const auto& files = fact<parse::FileHandles>(sink.snapshot(), node, probe::fileNr, Need::Success, parse::fileHandles);
    if (files)
        checkShare(sink, "node.files-exhausted", node, files->allocated, files->maximum, {}, {files.at({1})});
    checkInotify(sink, node);
    checkNeighbours(sink, node);
}

void checkClocks(Sink& sink)
{
    struct Offset {
        std::string node;
        double seconds, error;
        Evidence evidence;
    };
    std::vector<Offset> all;
    for (const std::string& node : sink.nodes()) {
        const ObservationPtr seen = sink.snapshot().find(node, probe::clock);
        if (usable(seen, Need::Success)) {
            const auto theirs = parse::real(parse::before(seen->out, "\n"));
            const double error = std::chrono::duration<double>(seen->duration).count() / 2;
            const double ours = std::chrono::duration<double>(seen->start.time_since_epoch()).count() + error;
            if (theirs && *theirs > 0)
                all.push_back({node, *theirs - ours, error, {seen, {1}, false}});
        }
        const ObservationPtr daemon = sink.snapshot().find(node, probe::chrony);
        if (!usable(daemon, Need::Answer))
            continue;
        for (const parse::Line& line : parse::lines(daemon->out)) {
            const std::string_view text = parse::trim(line.text);
            if (text == "NTPSynchronized=no" || (text.starts_with("Leap status") && parse::contains(text, "Not synchronised")))
                sink.node("node.clock-not-synchronised", Verdict::Warning, Confidence::Likely, node, {{"said", std::string(text)}},
                          {{daemon, {line.number}, false}});
            // "System time     : 0.000012 seconds slow of NTP time": what no look from outside can measure.
            const auto parts = parse::words(text);
            const auto off = text.starts_with("System time") && parts.size() >= 6 ? parse::real(parts[3]) : std::nullopt;
            if (off && *off >= 0.05)
                sink.node("node.clock-offset", *off >= 1 ? Verdict::Failure : Verdict::Warning, Confidence::Confirmed, node,
                          {{"offset", (parts[5] == "fast" ? "+" : "-") + decimal(*off, 3) + " s"}, {"against", "NTP"}}, {{daemon, {line.number}, false}});
        }
    }
    // With three nodes or more the median tells the engineer's own clock from the nodes'.
    double common = 0;
    if (all.size() >= 3) {
        std::vector<double> sorted;
        for (const Offset& one : all)
            sorted.push_back(one.seconds);
        std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2), sorted.end());
        common = sorted[sorted.size() / 2];
    }
    for (const Offset& one : all) {
        const double off = one.seconds - common;
        // A script's start costs time that the measurement cannot see: below a second nothing is said. etcd's members begin
        // to complain at one second, TLS and tokens at about thirty.
        if (std::abs(off) < 1.0 + one.error)
            continue;
        const bool etcd = [&] { const auto& running = processes(sink.snapshot(), one.node); return running && parse::findProgram(*running, "etcd") != nullptr; }();
        sink.node("node.clock-offset", std::abs(off) >= 30 || etcd ? Verdict::Failure : Verdict::Warning,
                  all.size() >= 3 ? Confidence::Confirmed : Confidence::Likely, one.node,
                  {{"offset", (off > 0 ? "+" : "") + decimal(off) + " s"}, {"against", all.size() >= 3 ? "nodes" : "localhost"}},
                  {one.evidence});
    }
}

} // namespace medic::checks
