// SPDX-License-Identifier: GPL-3.0-or-later
// Case 1.1: bandwidth annotations against what tc really does. Which veth is whose is known only where a route names it
// (Calico, ptp); on a bridge the node's limits are matched with its Pods' as two sets.
#include "diagnostics/checks/families.h"

#include "diagnostics/checks/components.h"
#include "diagnostics/checks/sink.h"
#include "diagnostics/checks/version_rules.h"
#include "diagnostics/parse/lines.h"
#include "diagnostics/parse/qdisc.h"

#include <algorithm>
#include <cmath>

namespace medic::checks {

using parse::contains;

namespace {

struct Wish {
    const kube::Pod* pod = nullptr;
    std::string direction; ///< "ingress", "egress": as the Pod sees it
    std::string text;
    double bits = 0;
};

bool near(double a, double b) { return b > 0 && std::abs(a / b - 1) <= 0.05; }

/// Ingress limits are tbf on the host's end of the veth; egress ones on the plugin's ifb (names bwp…).
std::vector<const parse::Qdisc*> limits(const std::vector<parse::Qdisc>& all, const std::string& direction)
{
    std::vector<const parse::Qdisc*> result;
    for (const parse::Qdisc& one : all)
        if (one.kind == "tbf" && (one.device.starts_with("bwp") || one.device.starts_with("ifb")) == (direction == "egress"))
            result.push_back(&one);
    return result;
}

std::vector<Wish> wishesOn(Sink& sink, const std::string& node)
{
    std::vector<Wish> wishes;
    const auto& pods = kubePods(sink.snapshot());
    if (!pods)
        return wishes;
    for (const kube::Pod& pod : *pods) {
        if (pod.node != node || pod.hostNetwork || pod.phase != "Running")
            continue;
        for (const char* const direction : {"ingress", "egress"}) {
            const auto found = pod.meta.annotations.find(std::string("kubernetes.io/") + direction + "-bandwidth");
            if (found == pod.meta.annotations.end())
                continue;
            const auto bits = parse::quantity(found->second);
            // The kubelet takes 1k to 1P; "10m" is a hundredth of a bit.
            if (!bits || *bits < 1000 || *bits > 1e15) {
                Subject subject = podSubject(pod);
                sink.add("bandwidth.bad-value", Verdict::Failure, Confidence::Confirmed, subject,
                         {{"pod", pod.meta.nameSpace + '/' + pod.meta.name}, {"direction", direction}, {"value", found->second}},
                         {pods.at({lineOf(pods.observation, '"' + pod.meta.name + '"')})});
                continue;
            }
            wishes.push_back({&pod, direction, found->second, *bits});
        }
    }
    return wishes;
}

std::string rateText(double bits)
{
    if (bits >= 1e9)
        return decimal(bits / 1e9, 2) + " Gbit/s";
    if (bits >= 1e6)
        return decimal(bits / 1e6, 2) + " Mbit/s";
    return decimal(bits / 1e3, 2) + " kbit/s";
}

void checkRates(Sink& sink, const std::string& node, const std::vector<Wish>& wishes, const Fact<std::vector<parse::Qdisc>>& shaped)
{
    const auto& pods = kubePods(sink.snapshot());
    const bool dockershim = runtimeState(sink.snapshot(), node).kind == "docker";
    const auto kubelet = kubeletVersion(sink.snapshot(), node);
    std::vector<std::string> bursts;
    std::vector<int> burstLines;
    for (const char* const direction : {"ingress", "egress"}) {
        std::vector<const parse::Qdisc*> free = limits(*shaped, direction);
        std::vector<const Wish*> open;
        const auto take = [&](const Wish& wish, double factor) {
            const auto found = std::find_if(free.begin(), free.end(), [&](const parse::Qdisc* one) { return near(one->rateBits, wish.bits * factor); });
            if (found == free.end())
                return static_cast<const parse::Qdisc*>(nullptr);
            const parse::Qdisc* const one = *found;
            free.erase(found);
            return one;
        };
        for (const Wish& wish : wishes) {
            if (wish.direction != direction)
                continue;
            const parse::Qdisc* const right = take(wish, 1);
            if (right == nullptr) {
                open.push_back(&wish);
            } else if (right->burstBytes > 64e6 && right->rateBits < 1e9) {
                bursts.push_back(wish.pod->meta.nameSpace + '/' + wish.pod->meta.name + ": " + decimal(right->burstBytes / 1048576, 0) + " MiB");
                burstLines.push_back(right->line);
            }
        }
        for (const Wish* const wish : open) {
            const Evidence pod = pods.at({lineOf(pods.observation, '"' + wish->pod->meta.name + '"')});
            Parameters parameters {{"node", node},
                                   {"pod", wish->pod->meta.nameSpace + '/' + wish->pod->meta.name},
                                   {"direction", wish->direction},
                                   {"annotated", wish->text}};
            Subject subject = podSubject(*wish->pod);
            if (const parse::Qdisc* const small = take(*wish, 0.001)) {
                const Applies rule = applies("bandwidth-divided-by-1000", kubelet);
                parameters.emplace("actual", rateText(small->rateBits));
                parameters.emplace("version", kubelet ? kubelet->text() : "?");
                sink.add("bandwidth.divided-by-1000", Verdict::Failure, dockershim && rule == Applies::Yes ? Confidence::Confirmed : Confidence::Likely, subject,
                         std::move(parameters), {shaped.at({small->line}), pod});
                continue;
            }
            // A limit that belongs to nobody else, and fits nobody: this Pod's, made from another annotation.
            if (free.size() == 1 && open.size() == 1) {
                parameters.emplace("actual", rateText(free.front()->rateBits));
                sink.add("bandwidth.other-rate", Verdict::Warning, Confidence::Likely, subject, std::move(parameters), {shaped.at({free.front()->line}), pod});
                continue;
            }
            sink.add("bandwidth.not-applied", Verdict::Failure, free.empty() ? Confidence::Likely : Confidence::Possible, subject, std::move(parameters),
                     {shaped.at(), pod});
        }
    }
    if (!bursts.empty())
        sink.node("bandwidth.large-burst", Verdict::Ok, Confidence::Confirmed, node, {{"pods", join(bursts)}}, {shaped.at(burstLines)});
}

void checkPlugin(Sink& sink, const std::string& node)
{
    const Snapshot& snapshot = sink.snapshot();
    const auto& configs = cniConfigs(snapshot, node);
    const parse::CniConfig* const config = configs ? parse::inUse(*configs) : nullptr;
    if (config != nullptr) {
        const bool cilium = config->plugin("cilium-cni") != nullptr;
        const parse::CniPlugin* const plugin = config->plugin("bandwidth");
        if (plugin == nullptr && !cilium)
            sink.node("bandwidth.no-plugin", Verdict::Failure, Confidence::Likely, node, {{"config", config->file.empty() ? config->name : config->file}, {"how", "not in the conflist"}},
                      {configs.at({config->line})});
        else if (plugin != nullptr && !plugin->bandwidth && plugin->ingressRate <= 0 && plugin->egressRate <= 0)
            sink.node("bandwidth.no-plugin", Verdict::Failure, Confidence::Likely, node,
                      {{"config", config->file.empty() ? config->name : config->file}, {"how", "capabilities.bandwidth is not true"}}, {configs.at({config->line})});
        if (plugin != nullptr) {
            const PluginFact binary = cniPlugin(snapshot, node, "bandwidth");
            if (binary.known && !binary.present)
                sink.node("bandwidth.no-binary", Verdict::Failure, Confidence::Confirmed, node, {}, binary.evidence);
            else if (binary.version && (applies("bandwidth-burst-in-bytes", binary.version) == Applies::Yes || applies("bandwidth-overflow", binary.version) == Applies::Yes))
                sink.node("bandwidth.old-plugin", Verdict::Warning, Confidence::Likely, node, {{"version", binary.version->text()}}, binary.evidence);
        }
    }
}

void checkEvents(Sink& sink)
{
    const auto& events = kubeEvents(sink.snapshot());
    if (!events)
        return;
    for (const kube::Event& event : *events) {
        const Subject subject {SubjectKind::Pod, event.objectNameSpace, event.objectName, event.sourceHost};
        const auto report = [&](const char* id) {
            const std::string mark = event.message.substr(0, std::min<std::size_t>(event.message.find('"'), 60));
            sink.add(id, Verdict::Failure, Confidence::Likely, subject, {{"pod", event.objectNameSpace + '/' + event.objectName}, {"message", event.message.substr(0, 400)}},
                     {events.at({lineOf(events.observation, mark)})});
        };
        if (contains(event.message, "if rate is set, burst must also be set"))
            report("bandwidth.burst-missing");
        else if (contains(event.message, "bandwidth") && contains(event.message, "operation not supported"))
            report("bandwidth.modules-missing");
    }
}

} // namespace

void runBandwidth(const CheckInput& input, Findings& findings)
{
    Sink sink("bandwidth", input, findings);
    sink.needs({}, kubePods(input.snapshot));
    checkEvents(sink);
    for (const std::string& node : sink.nodes()) {
        const auto wishes = wishesOn(sink, node);
        if (wishes.empty())
            continue;
        const auto& shaped = fact<std::vector<parse::Qdisc>>(input.snapshot, node, probe::tcQdisc, Need::Success, parse::qdiscs);
        checkPlugin(sink, node);
        if (shaped)
            checkRates(sink, node, wishes, shaped);
        else
            sink.needs(node, shaped);
    }
}

} // namespace medic::checks
