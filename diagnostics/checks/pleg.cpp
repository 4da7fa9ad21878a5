// SPDX-License-Identifier: GPL-3.0-or-later
// Case 1.4: PLEG is not healthy. The symptom by condition, log and metrics; then what it comes from.
#include "diagnostics/checks/families.h"

#include "diagnostics/checks/baseline.h"
#include "diagnostics/checks/components.h"
#include "diagnostics/checks/pleg.h"
#include "diagnostics/checks/signatures.h"
#include "diagnostics/checks/version_rules.h"
#include "diagnostics/parse/lines.h"

#include <algorithm>

namespace medic::checks {

using parse::contains;

namespace {

std::string between(std::string_view text, std::string_view from, std::string_view to)
{
    const std::string_view rest = parse::after(text, from);
    return std::string(rest.substr(0, rest.find_first_of(to)));
}

void checkSymptom(Sink& sink, const std::string& node)
{
    const Snapshot& snapshot = sink.snapshot();
    std::vector<Evidence> evidence;
    std::string silent, threshold = "3m0s";
    bool now = false;
    const auto& kubelet = log(snapshot, node, probe::kubeletLog);
    sink.needs(node, kubelet);
    if (kubelet) {
        const auto all = plegEpisodes(*kubelet);
        const auto end = parse::newest(*kubelet);
        // Twenty seconds: four of the kubelet's rounds without the complaint mean that it is over.
        if (!all.empty() && end && *end - all.back().to <= 20) {
            now = true;
            silent = between(all.back().lastText, "last seen active ", " ,;]\"");
            threshold = between(all.back().lastText, "threshold is ", " ,;]\"");
            evidence.push_back(kubelet.at({all.back().firstLine, all.back().lastLine}));
        } else if (all.size() >= 2) {
            std::vector<int> lines;
            double longest = 0;
            for (const PlegEpisode& one : all) {
                lines.push_back(one.firstLine);
                longest = std::max(longest, one.to - one.from);
            }
            sink.node("pleg.flapping", Verdict::Warning, Confidence::Likely, node,
                      {{"count", std::to_string(all.size())}, {"longest", spell(std::chrono::seconds(static_cast<std::int64_t>(longest)))}},
                      {kubelet.at(lines)});
        }
    }
    const kube::Node* const known = kubeNode(snapshot, node);
    const kube::Condition* const ready = known == nullptr ? nullptr : known->condition("Ready");
    if (ready != nullptr && ready->status != "True" && contains(ready->message, "PLEG is not healthy")) {
        now = true;
        if (silent.empty())
            silent = between(ready->message, "last seen active ", " ,;]\"");
        evidence.push_back(kubeNodes(snapshot).at({lineOf(kubeNodes(snapshot).observation, ready->message)}));
    }
    const auto& numbers = metrics(snapshot, node, probe::apiKubeletMetrics);
    if (numbers) {
        const auto lastSeen = numbers->sum("kubelet_pleg_last_seen_seconds");
        const double at = std::chrono::duration<double>(numbers.observation->start.time_since_epoch()).count();
        if (lastSeen && *lastSeen > 0 && at - *lastSeen > 60) {
            evidence.push_back(numbers.at({numbers->find("kubelet_pleg_last_seen_seconds")->line}));
            if (at - *lastSeen > 180)
                now = true;
            if (silent.empty())
                silent = decimal(at - *lastSeen, 0) + "s";
        }
        // Two samples give the rate of now; the mean since the start would remember every old incident.
        if (sink.input().earlier != nullptr) {
            const auto& before = metrics(*sink.input().earlier, node, probe::apiKubeletMetrics);
            const char* const name = "kubelet_pleg_relist_duration_seconds";
            const auto sum = numbers->sum(std::string(name) + "_sum"), count = numbers->sum(std::string(name) + "_count");
            const parse::Metrics none;
            const parse::Metrics& old = before ? *before : none;
            const auto oldSum = old.sum(std::string(name) + "_sum"), oldCount = old.sum(std::string(name) + "_count");
            const double relists = count.value_or(0) - oldCount.value_or(0);
            if (sum && count && oldSum && oldCount && relists > 0) {
                const double mean = (*sum - *oldSum) / relists;
                if (mean > 1)
                    sink.node("pleg.slow-relist", mean > 10 ? Verdict::Failure : Verdict::Warning, Confidence::Confirmed, node, {{"seconds", decimal(mean)}},
                              {numbers.at({numbers->find(std::string(name) + "_sum")->line})});
            }
        }
    }
    if (!now)
        return;
    const RuntimeState runtime = runtimeState(snapshot, node);
    const bool proven = runtime.hung || runtime.running == Running::Stopped || runtime.running == Running::No;
    if (proven)
        evidence.insert(evidence.end(), runtime.evidence.begin(), runtime.evidence.end());
    sink.node("pleg.unhealthy", Verdict::Failure, proven ? Confidence::Confirmed : Confidence::Likely, node,
              {{"silent", silent.empty() ? "?" : silent}, {"threshold", threshold.empty() ? "3m0s" : threshold}}, std::move(evidence));
}

/// Which question to the runtime is slow: the mean of each between two samples; up to 1.13 the summary's own quantile.
void checkOperations(Sink& sink, const std::string& node)
{
    const auto& now = metrics(sink.snapshot(), node, probe::apiKubeletMetrics);
    if (!now)
        return;
    if (const parse::Sample* const old = now->find("kubelet_pleg_relist_latency_microseconds", "quantile", "0.99"); old != nullptr && old->value > 1e6)
        sink.node("pleg.slow-relist", old->value > 10e6 ? Verdict::Failure : Verdict::Warning, Confidence::Likely, node, {{"seconds", decimal(old->value / 1e6)}}, {now.at({old->line})});
    if (sink.input().earlier == nullptr)
        return;
    const auto& before = metrics(*sink.input().earlier, node, probe::apiKubeletMetrics);
    if (!before)
        return;
    struct Series {
        const char* name;
        double unit; ///< seconds
    };
    for (const Series& series : {Series {"kubelet_runtime_operations_duration_seconds", 1}, Series {"kubelet_docker_operations_duration_seconds", 1},
                                 Series {"kubelet_docker_operations_latency_microseconds", 1e-6}}) {
        const std::string sumName = std::string(series.name) + "_sum", countName = std::string(series.name) + "_count";
        for (const parse::Sample& sum : now->samples(sumName)) {
            const auto label = sum.labels.find("operation_type");
            if (label == sum.labels.end())
                continue;
            const std::string& operation = label->second;
            // Streams and pulls take as long as they take.
            if (operation == "exec" || operation == "attach" || operation == "port_forward" || operation == "pull_image" || operation == "exec_sync")
                continue;
            const parse::Sample* const count = now->find(countName, "operation_type", operation);
            const parse::Sample* const oldSum = before->find(sumName, "operation_type", operation);
            const parse::Sample* const oldCount = before->find(countName, "operation_type", operation);
            if (count == nullptr || oldSum == nullptr || oldCount == nullptr || count->value <= oldCount->value)
                continue;
            const double mean = (sum.value - oldSum->value) * series.unit / (count->value - oldCount->value);
            if (mean > 1)
                sink.add("pleg.slow-operation", mean > 10 ? Verdict::Failure : Verdict::Warning, Confidence::Confirmed, {SubjectKind::Component, {}, "CRI " + operation, node},
                         {{"node", node}, {"operation", operation}, {"seconds", decimal(mean)}}, {now.at({sum.line, count->line})});
        }
    }
}

/// The one container that does not answer: by the scan, else by the kubelet's own complaint.
void checkHungContainer(Sink& sink, const std::string& node)
{
    const Snapshot& snapshot = sink.snapshot();
    const auto report = [&](const std::string& id, std::vector<Evidence> evidence, Confidence confidence) {
        sink.add("pleg.hung-container", Verdict::Failure, confidence, {SubjectKind::Component, {}, "container " + id.substr(0, 12), node},
                 {{"node", node}, {"container", id.substr(0, 12)}}, std::move(evidence));
    };
    const ObservationPtr scan = snapshot.find(node, probe::runtimeInspect);
    if (usable(scan, Need::Answer)) {
        int hung = 0, all = 0;
        for (const parse::Line& line : parse::lines(scan->out)) {
            const auto parts = parse::words(line.text);
            if (parts.size() < 3)
                continue;
            ++all;
            if (parts[2] == "rc=124" && ++hung <= 5)
                report(std::string(parts[1]), {{scan, {line.number}, false}}, Confidence::Confirmed);
        }
        if (all > 0)
            return;
    }
    const auto& kubelet = log(snapshot, node, probe::kubeletLog);
    const auto end = kubelet ? parse::newest(*kubelet) : std::nullopt;
    if (!end || runtimeState(snapshot, node).hung)
        return; // when the whole runtime hangs each container "hangs"
    std::map<std::string, std::vector<int>> byContainer;
    for (const parse::LogLine& line : *kubelet) {
        if (!line.clock || *end - *line.clock > 600 || !contains(line.text, "ContainerStatus") || !contains(line.text, "DeadlineExceeded"))
            continue;
        const std::string id = between(line.text, "ContainerStatus \"", "\"");
        if (id.size() >= 12)
            byContainer[id].push_back(line.line);
    }
    for (const auto& [id, lines] : byContainer)
        if (lines.size() >= 2 && byContainer.size() <= 3)
            report(id, {kubelet.at({lines.front(), lines.back()})}, Confidence::Likely);
}

void checkStuckProcesses(Sink& sink, const std::string& node)
{
    const Snapshot& snapshot = sink.snapshot();
    std::vector<std::string> names;
    std::vector<int> lines;
    const auto& all = processes(snapshot, node);
    if (all)
        for (const parse::Process& one : *all)
            if (one.uninterruptible() && one.elapsed.value_or(0) > 60 && !one.command.starts_with('[')) {
                names.push_back(std::string(one.program()) + " (" + std::to_string(one.pid) + (one.waitChannel.empty() ? "" : ", " + one.waitChannel) + ")");
                lines.push_back(one.line);
            }
    const auto& kernel = log(snapshot, node, probe::kernelLog);
    std::vector<int> hung;
    if (kernel) {
        const auto end = parse::newest(*kernel);
        for (const parse::LogLine& line : *kernel)
            if (contains(line.text, "blocked for more than") && (!end || !line.clock || *end - *line.clock < 3600))
                hung.push_back(line.line);
    }
    // One look at D states proves little (a disk read is one); two of them, or the kernel's own complaint, do.
    if (names.size() < 2 && hung.empty())
        return;
    std::vector<Evidence> evidence;
    if (!lines.empty())
        evidence.push_back(all.at(lines));
    if (!hung.empty())
        evidence.push_back(kernel.at(hung));
    sink.node("pleg.stuck-processes", hung.empty() ? Verdict::Warning : Verdict::Failure, hung.empty() ? Confidence::Possible : Confidence::Likely, node,
              {{"count", std::to_string(std::max(names.size(), hung.size()))}, {"processes", names.empty() ? "–" : join(names)}}, std::move(evidence));
}

/// A list of containers came back: what the log says of hanging lists is over.
bool runtimeAnswered(const Snapshot& snapshot, const std::string& node)
{
    for (const std::string_view name : {probe::crictlPs, probe::dockerPs})
        if (usable(snapshot.find(node, name), Need::Success))
            return true;
    return runtimeState(snapshot, node).listMilliseconds.has_value();
}

} // namespace

void runPleg(const CheckInput& input, Findings& findings)
{
    Sink sink("pleg", input, findings);
    for (const std::string& node : sink.nodes()) {
        checkSymptom(sink, node);
        checkRuntime(sink, node);
        checkOperations(sink, node);
        checkHungContainer(sink, node);
        checkStuckProcesses(sink, node);
        if (!runtimeAnswered(input.snapshot, node))
            scanLogs(sink, node, {Signature::Family::Runtime});
        const RuntimeState runtime = runtimeState(input.snapshot, node);
        if (runtime.kind == "docker" && applies("docker-inspect-hangs", parse::version(runtime.version)) == Applies::Yes)
            sink.node("pleg.docker-defect", Verdict::Warning, Confidence::Likely, node, {{"version", runtime.version}},
                      kubeNodes(input.snapshot) ? std::vector {kubeNodes(input.snapshot).at({lineOf(kubeNodes(input.snapshot).observation, runtime.version)})}
                                                : runtime.evidence);
    }
}

} // namespace medic::checks
