// SPDX-License-Identifier: GPL-3.0-or-later
// Case 1.1: bandwidth annotations against what tc really does.
#include "diagnostics/checks/bandwidth.h"

#include "diagnostics/checks/components.h"
#include "diagnostics/checks/families.h"
#include "diagnostics/checks/sink.h"
#include "diagnostics/checks/version_rules.h"
#include "diagnostics/model/pod_probe_ids.h"
#include "diagnostics/parse/lines.h"
#include "diagnostics/parse/qdisc.h"

#include <algorithm>
#include <cmath>

namespace medic::checks {

using parse::contains;

namespace {

const parse::CniConfig* configOf(const Snapshot& snapshot, const std::string& node)
{
    const auto& configs = cniConfigs(snapshot, node);
    return configs ? parse::inUse(*configs) : nullptr;
}

std::string fileOf(const parse::CniConfig& config) { return config.file.empty() ? config.name : config.file; }

/// Who shapes here otherwise than with the CNI plugin's tbf; empty: nobody known.
std::string otherShaper(const Snapshot& snapshot, const std::string& node)
{
    const parse::CniConfig* const config = configOf(snapshot, node);
    if (config != nullptr && config->plugin("cilium-cni") != nullptr)
        return "Cilium";
    const auto& all = processes(snapshot, node);
    const parse::Process* const kubelet = all ? parse::findProgram(*all, "kubelet") : nullptr;
    if (kubelet != nullptr && kubelet->argument("network-plugin").value_or("") == "kubenet")
        return "kubenet (HTB)";
    return {};
}

Evidence podEvidence(const Snapshot& snapshot, const kube::Pod& pod)
{
    const auto& pods = kubePods(snapshot);
    return pods.at({ lineOf(pods.observation, '"' + pod.meta.name + '"') });
}

Parameters parametersOf(const BandwidthRow& row)
{
    return { { "node", row.node }, { "pod", row.pod->meta.nameSpace + '/' + row.pod->meta.name },
        { "direction", row.direction }, { "annotated", row.annotated } };
}

std::string bitsText(double bits) { return decimal(bits, 0) + "bit"; }

/// What `tc qdisc replace` needs to set the annotated rate on the device, and to put the present one back.
void addRemedy(Parameters& parameters, const BandwidthRow& row)
{
    // Empty where the device is not known to be this Pod's: no command can be made of it.
    const std::string device = row.certain && row.actual ? row.device : std::string();
    // A burst below rate/HZ starves tbf (man tc-tbf); ten milliseconds' worth, and a mebibyte at least.
    const double burst = std::max(1048576.0, row.wanted / 8 / 100);
    parameters.insert({ { "device", device }, { "rate", bitsText(row.wanted) },
        { "burst", decimal(burst, 0) + "b" }, { "rate-now", bitsText(row.actual.value_or(0)) },
        { "burst-now", decimal(std::max(row.burst, 1600.0), 0) + "b" } });
}

/// One Pod may be annotated in both directions: the direction is part of who the finding is about.
Subject rowSubject(const BandwidthRow& row)
{
    Subject subject = podSubject(*row.pod);
    if (row.direction == "egress")
        subject.name += " (egress)";
    return subject;
}

void checkRow(Sink& sink, const BandwidthRow& row, const Fact<std::vector<parse::Qdisc>>& shaped)
{
    const Snapshot& snapshot = sink.snapshot();
    std::vector<Evidence> evidence { shaped.at({ row.line }), podEvidence(snapshot, *row.pod) };
    if (row.certain)
        evidence.push_back({ snapshot.find(row.node, probe::podNetworks), {}, false });
    Parameters parameters = parametersOf(row);
    if (!row.actual) {
        // A Pod that is older than the plugin's configuration looks the same: annotations are read at sandbox
        // creation.
        sink.add("bandwidth.not-applied", Verdict::Failure,
            row.certain ? Confidence::Confirmed : Confidence::Likely, rowSubject(row), std::move(parameters),
            std::move(evidence));
        return;
    }
    parameters.emplace("actual", rateText(*row.actual));
    addRemedy(parameters, row);
    const double ratio = row.ratio();
    if (ratio >= 0.95 && ratio <= 1.05)
        return;
    if (ratio >= 900 && ratio <= 1100) {
        const bool dockershim = runtimeState(snapshot, row.node).kind == "docker";
        const auto kubelet = kubeletVersion(snapshot, row.node);
        const bool byVersion = dockershim && applies("bandwidth-divided-by-1000", kubelet) == Applies::Yes;
        parameters.emplace("version", kubelet ? kubelet->text() : "?");
        sink.add("bandwidth.divided-by-1000", Verdict::Failure,
            byVersion ? (row.certain ? Confidence::Confirmed : Confidence::Likely) : Confidence::Possible,
            rowSubject(row), std::move(parameters), std::move(evidence));
        return;
    }
    parameters.emplace("factor", ratio >= 1 ? decimal(ratio, 2) : "1/" + decimal(1 / ratio, 2));
    sink.add("bandwidth.other-rate", Verdict::Warning,
        row.certain ? Confidence::Confirmed : Confidence::Possible, rowSubject(row), std::move(parameters),
        std::move(evidence));
}

void checkRows(Sink& sink, const std::string& node, const std::vector<BandwidthRow>& rows)
{
    const Snapshot& snapshot = sink.snapshot();
    for (const BandwidthRow& row : rows)
        if (!row.usable()) { // "10m" is a hundredth of a bit; the kubelet refuses it and the Pod never runs
            Parameters parameters = parametersOf(row);
            parameters.emplace("value", row.annotated);
            sink.add("bandwidth.bad-value", Verdict::Failure, Confidence::Confirmed, rowSubject(row),
                std::move(parameters), { podEvidence(snapshot, *row.pod) });
        }
    const auto& shaped
        = fact<std::vector<parse::Qdisc>>(snapshot, node, probe::tcQdisc, Need::Success, parse::qdiscs);
    if (const std::string other = otherShaper(snapshot, node); !other.empty()) {
        std::vector<std::string> pods;
        for (const BandwidthRow& row : rows)
            pods.push_back(row.pod->meta.nameSpace + '/' + row.pod->meta.name + " (" + row.direction + ")");
        sink.node("bandwidth.other-shaper", Verdict::NotApplicable, Confidence::Likely, node,
            { { "by", other }, { "pods", join(pods) } },
            { cniConfigs(snapshot, node).observation ? cniConfigs(snapshot, node).at()
                                                     : kubePods(snapshot).at() });
        return;
    }
    if (!shaped) {
        sink.needs(node, shaped);
        return;
    }
    std::vector<std::string> bursts;
    std::vector<int> lines;
    for (const BandwidthRow& row : rows) {
        if (!row.usable() || row.pod->phase != "Running")
            continue;
        checkRow(sink, row, shaped);
        // B3: by design; it is said once, because "the limit does not work" is what a short test shows.
        if (row.actual && row.burst > 64e6 && *row.actual < 1e9) {
            bursts.push_back(row.pod->meta.nameSpace + '/' + row.pod->meta.name + ": "
                + decimal(row.burst / 1048576, 0) + " MiB");
            lines.push_back(row.line);
        }
    }
    if (!bursts.empty())
        sink.node("bandwidth.large-burst", Verdict::Ok, Confidence::Confirmed, node,
            { { "pods", join(bursts) } }, { shaped.at(lines) });
}

void checkPlugin(Sink& sink, const std::string& node)
{
    const Snapshot& snapshot = sink.snapshot();
    const auto& configs = cniConfigs(snapshot, node);
    const parse::CniConfig* const config = configOf(snapshot, node);
    if (config == nullptr || !otherShaper(snapshot, node).empty())
        return;
    const parse::CniPlugin* const plugin = config->plugin("bandwidth");
    const auto report = [&](const char* how) {
        sink.node("bandwidth.no-plugin", Verdict::Failure, Confidence::Likely, node,
            { { "config", fileOf(*config) }, { "how", how } }, { configs.at({ config->line }) });
    };
    if (plugin == nullptr) {
        report("no type=bandwidth");
        return;
    }
    if (!plugin->bandwidth && plugin->ingressRate <= 0 && plugin->egressRate <= 0)
        report("capabilities.bandwidth≠true");
    if (plugin == &config->plugins.front())
        report("plugins[0].type=bandwidth");
    if ((plugin->ingressRate > 0 && plugin->ingressBurst <= 0)
        || (plugin->egressRate > 0 && plugin->egressBurst <= 0))
        sink.node("bandwidth.conflist-without-burst", Verdict::Failure, Confidence::Confirmed, node,
            { { "config", fileOf(*config) } }, { configs.at({ config->line }) });
    const PluginFact binary = cniPlugin(snapshot, node, "bandwidth");
    if (binary.known && !binary.present)
        sink.node("bandwidth.no-binary", Verdict::Failure, Confidence::Confirmed, node, {}, binary.evidence);
    else if (binary.version
        && (applies("bandwidth-burst-in-bytes", binary.version) == Applies::Yes
            || applies("bandwidth-overflow", binary.version) == Applies::Yes))
        sink.node("bandwidth.old-plugin", Verdict::Warning, Confidence::Likely, node,
            { { "version", binary.version->text() } }, binary.evidence);
    // What the plugin needs of the kernel: only a clear no counts ("=y" is in no list of modules).
    const ObservationPtr kernel = snapshot.find(node, probe::kernelSupport);
    if (!usable(kernel, Need::Success))
        return;
    std::vector<std::string> absent;
    for (const auto& [option, module] : { std::pair { "CONFIG_IFB=", "ifb" },
             { "CONFIG_NET_SCH_TBF=", "sch_tbf" }, { "CONFIG_NET_ACT_MIRRED=", "act_mirred" } })
        if (!contains(kernel->out, option) && contains(kernel->out, std::string(module) + " no"))
            absent.emplace_back(module);
    if (!absent.empty())
        sink.node("bandwidth.kernel-lacks", Verdict::Warning, Confidence::Likely, node,
            { { "modules", join(absent) } }, { { kernel, {}, false } });
}

/// The Pod still waits (or is not known): an event of an earlier attempt is no fault any more.
bool stillConcerned(const Snapshot& snapshot, const kube::Event& event)
{
    const auto& pods = kubePods(snapshot);
    if (!pods)
        return true;
    for (const kube::Pod& pod : *pods)
        if (pod.meta.name == event.objectName && pod.meta.nameSpace == event.objectNameSpace)
            return pod.phase == "Pending";
    return false;
}

std::string nodeOf(const Snapshot& snapshot, const kube::Event& event)
{
    const auto& pods = kubePods(snapshot);
    if (pods)
        for (const kube::Pod& pod : *pods)
            if (pod.meta.name == event.objectName && pod.meta.nameSpace == event.objectNameSpace
                && !pod.node.empty())
                return pod.node;
    return event.sourceHost;
}

void checkEvents(Sink& sink)
{
    const Snapshot& snapshot = sink.snapshot();
    const auto& events = kubeEvents(snapshot);
    if (!events)
        return;
    for (const kube::Event& event : *events) {
        if (event.objectKind != "Pod" || !stillConcerned(snapshot, event))
            continue;
        const std::string node = nodeOf(snapshot, event);
        const auto report = [&](const char* id, Confidence confidence) {
            const std::string mark
                = event.message.substr(0, std::min<std::size_t>(event.message.find_first_of("\"\\\n"), 60));
            sink.add(id, Verdict::Failure, confidence,
                { SubjectKind::Pod, event.objectNameSpace, event.objectName, node },
                { { "node", node.empty() ? "?" : node },
                    { "pod", event.objectNameSpace + '/' + event.objectName },
                    { "message", event.message.substr(0, 400) } },
                { events.at({ lineOf(events.observation, mark) }) });
        };
        if (contains(event.message, "if rate is set, burst must also be set")
            || contains(event.message, "if burst is set, rate must also be set")) {
            // B1 by version; elsewhere somebody wrote a rate without a burst into the conflist.
            const bool dockershim = runtimeState(snapshot, node).kind == "docker";
            const Applies rule = applies("bandwidth-burst-zero", kubeletVersion(snapshot, node));
            report("bandwidth.burst-missing",
                dockershim && rule == Applies::Yes ? Confidence::Confirmed : Confidence::Possible);
        } else if (contains(event.message, "operation not supported")
            && (contains(event.message, "bandwidth") || contains(event.message, "ifb")
                || contains(event.message, "qdisc"))) {
            report("bandwidth.modules-missing", Confidence::Confirmed);
        } else if (contains(event.message, "failed to find plugin \"bandwidth\"")) {
            report("bandwidth.plugin-not-found", Confidence::Confirmed);
        } else if (contains(event.message, "must be called as chained plugin")
            || contains(event.message, "must be called as a chained plugin")
            || contains(event.message, "rate and burst must be a positive integer")
            || contains(event.message, "burst cannot be more than 4GB")) {
            report("bandwidth.plugin-refuses", Confidence::Confirmed);
        } else if (contains(event.message, "pod bandwidth annotations")
            || contains(event.message, "pod bandwidth from annotations")
            || contains(event.message, "is unreasonably ")) {
            report("bandwidth.annotation-refused", Confidence::Confirmed);
        }
    }
}

} // namespace

void runBandwidth(const CheckInput& input, Findings& findings)
{
    Sink sink("bandwidth", input, findings);
    sink.needs({}, kubePods(input.snapshot));
    checkEvents(sink);
    for (const std::string& node : sink.nodes()) {
        const auto rows = bandwidthRows(input.snapshot, node);
        if (rows.empty())
            continue;
        checkPlugin(sink, node);
        checkRows(sink, node, rows);
    }
}

} // namespace medic::checks
