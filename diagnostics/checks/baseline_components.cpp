// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/baseline.h"

#include "diagnostics/checks/components.h"
#include "diagnostics/parse/certificates.h"
#include "diagnostics/parse/kube_objects.h"
#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <array>

namespace medic::checks {

using parse::contains;

namespace {

/// The last error of a log, for the finding of a component that does not run.
Evidence lastError(const Snapshot& snapshot, const std::string& node, std::string_view probe)
{
    const auto& all = log(snapshot, node, probe);
    if (!all)
        return {};
    for (auto line = all->rbegin(); line != all->rend(); ++line)
        if (line->severity == 'E' || line->severity == 'F' || contains(line->message, "failed to run Kubelet"))
            return all.at({line->line});
    return {};
}

std::string lineText(const Evidence& evidence)
{
    if (!evidence.observation || evidence.lines.empty())
        return {};
    for (const parse::Line& line : parse::lines(evidence.observation->out))
        if (line.number == evidence.lines.front())
            return std::string(line.text.substr(0, 300));
    return {};
}

/// Why the node is not ready, by the Ready condition's own words (the kubelet is alive and says it).
const char* branchOf(const std::string& message)
{
    if (contains(message, "PLEG is not healthy"))
        return "notready.pleg";
    if (contains(message, "container runtime is down"))
        return "notready.runtime-down";
    if (contains(message, "NetworkPluginNotReady") || contains(message, "NetworkReady=false") || contains(message, "network plugin is not ready")
        || contains(message, "cni config uninitialized") || contains(message, "cni plugin not initialized"))
        return "notready.cni";
    if (contains(message, "CSINode is not yet initialized"))
        return "notready.csi";
    return "notready.other";
}

} // namespace

void checkKubelet(Sink& sink, const std::string& node)
{
    const Snapshot& snapshot = sink.snapshot();
    const ComponentState state = kubeletState(snapshot, node);
    if (state.running == Running::Unknown) {
        const auto& all = processes(snapshot, node);
        const auto& services = units(snapshot, node);
        const bool half = all && all.observation->truncated;
        if ((!all || half) && !services) {
            if (half)
                sink.lacking(node, std::string(probe::ps) + ": output cut off", all.observation);
            sink.needs(node, all);
            sink.needs(node, services);
        }
        return;
    }
    if (state.running == Running::No || state.running == Running::Stopped) {
        std::vector<Evidence> evidence = state.evidence;
        const Evidence error = lastError(snapshot, node, probe::kubeletLog);
        if (error.observation)
            evidence.push_back(error);
        sink.node("node.kubelet-down", Verdict::Failure, Confidence::Confirmed, node,
                  {{"how", state.how}, {"last", error.observation ? lineText(error) : "–"}}, std::move(evidence));
        return;
    }
    const auto& answer = health(snapshot, node, probe::kubeletHealthz);
    // No listener at all is no fault: healthzPort may be 0. A 500, or a connection that is taken and not answered, is.
    const bool silent = answer && answer->status == 0 && answer.observation->exitStatus == 28;
    if (answer && (answer->status >= 400 || silent))
        sink.node("node.kubelet-unhealthy", Verdict::Failure, Confidence::Confirmed, node,
                  {{"status", silent ? "000" : std::to_string(answer->status)}, {"body", answer->body.substr(0, 300)}},
                  {answer.at({answer->statusLine})});
    if (state.restarts && *state.restarts >= 5 && state.uptime.value_or(0) < 600)
        sink.node("node.kubelet-restarting", Verdict::Warning, Confidence::Likely, node, {{"restarts", std::to_string(*state.restarts)}}, state.evidence);
}

void checkRuntime(Sink& sink, const std::string& node)
{
    const RuntimeState state = runtimeState(sink.snapshot(), node);
    const std::string name = state.kind.empty() ? "container runtime" : state.kind;
    if (state.running == Running::Stopped || state.hung) {
        sink.node("node.runtime-hung", Verdict::Failure, state.hung && state.running == Running::Stopped ? Confidence::Confirmed : Confidence::Likely, node,
                  {{"runtime", name},
                   {"how", state.running == Running::Stopped ? state.how + ", stopped by a signal" : state.hungCommand + " did not come back in its time"}},
                  state.evidence);
        return;
    }
    if (state.running == Running::No) {
        sink.node("node.runtime-down", Verdict::Failure, Confidence::Confirmed, node, {{"runtime", name}, {"how", state.how}}, state.evidence);
        return;
    }
    if (state.listMilliseconds && *state.listMilliseconds > 2000)
        sink.node("node.runtime-slow", *state.listMilliseconds > 8000 ? Verdict::Failure : Verdict::Warning, Confidence::Confirmed, node,
                  {{"runtime", name}, {"seconds", decimal(static_cast<double>(*state.listMilliseconds) / 1000)}}, state.evidence);
    if (state.containers && *state.containers > 500)
        sink.node("node.many-containers", Verdict::Warning, Confidence::Confirmed, node,
                  {{"count", std::to_string(*state.containers)}, {"limit", "500"}}, state.evidence);
}

void checkKubeProxy(Sink& sink, const std::string& node)
{
    const Snapshot& snapshot = sink.snapshot();
    const ComponentState state = kubeProxyState(snapshot, node);
    if (state.running == Running::No || state.running == Running::Stopped) {
        std::vector<Evidence> evidence = state.evidence;
        const Evidence error = lastError(snapshot, node, probe::kubeProxyLog);
        if (error.observation)
            evidence.push_back(error);
        sink.node("node.kube-proxy-down", Verdict::Failure, Confidence::Confirmed, node, {{"how", state.how}}, std::move(evidence));
        return;
    }
    if (state.running == Running::Replaced) {
        sink.node("node.kube-proxy-replaced", Verdict::NotApplicable, Confidence::Likely, node, {{"by", state.how}}, state.evidence);
        return;
    }
    if (state.running != Running::Yes)
        return;
    // :10256/healthz says 503 also while the node is being deleted; /livez (1.28) does not.
    const auto& livez = health(snapshot, node, probe::kubeProxyLivez);
    const auto& healthz = health(snapshot, node, probe::kubeProxyHealthz);
    const bool hasLivez = livez && livez->status != 0 && livez->status != 404;
    const Fact<parse::HttpAnswer>& answer = hasLivez ? livez : healthz;
    if (answer && answer->status == 503) {
        const bool leaving = contains(answer->body, "\"nodeEligible\": false") || contains(answer->body, "\"nodeEligible\":false");
        if (!leaving)
            sink.node("node.kube-proxy-unhealthy", Verdict::Failure, hasLivez ? Confidence::Confirmed : Confidence::Likely, node,
                      {{"body", answer->body.substr(0, 300)}}, {answer.at({answer->statusLine})});
    }
}

void checkNodeConditions(Sink& sink)
{
    const auto& all = kubeNodes(sink.snapshot());
    sink.needs({}, all);
    if (!all)
        return;
    std::vector<std::string> silent;
    std::vector<Evidence> silentEvidence;
    const auto& leases = fact<std::vector<kube::Lease>>(sink.snapshot(), "", probe::apiLeases, Need::Success,
                                                       [](std::string_view text) { return kube::parseLeases(text, "leases"); });
    for (const kube::Node& node : *all) {
        const std::string& name = node.meta.name;
        if (!sink.input().onlyNodes.empty() && !sink.input().onlyNodes.contains(name))
            continue;
        for (const kube::Condition& condition : node.conditions) {
            const Evidence evidence = all.at({lineOf(all.observation, condition.message)});
            const auto since = parse::rfc3339(condition.lastTransition);
            if (condition.type == "Ready" && condition.status != "True") {
                const bool noHeartbeat = condition.status == "Unknown" || condition.reason == "NodeStatusUnknown" || condition.reason == "NodeStatusNeverUpdated";
                if (noHeartbeat) {
                    silent.push_back(name);
                    silentEvidence.push_back(evidence);
                }
                sink.add(noHeartbeat ? "notready.kubelet-silent" : branchOf(condition.message), Verdict::Failure, Confidence::Confirmed, nodeSubject(name),
                         {{"node", name}, {"reason", condition.reason}, {"message", condition.message}, {"since", condition.lastTransition}},
                         {evidence}, since);
            } else if (condition.status == "True"
                       && (condition.type == "DiskPressure" || condition.type == "MemoryPressure" || condition.type == "PIDPressure"
                           || condition.type == "NetworkUnavailable")) {
                sink.add("node.pressure-condition", Verdict::Failure, Confidence::Confirmed, {SubjectKind::Component, {}, condition.type, name},
                         {{"node", name}, {"condition", condition.type}, {"reason", condition.reason}, {"message", condition.message}}, {evidence}, since);
            }
        }
        // With the controller-manager down a node stays "Ready" for ever; its lease tells.
        if (leases && !std::count(silent.begin(), silent.end(), name)) {
            for (const kube::Lease& lease : *leases) {
                const auto renewed = parse::rfc3339(lease.renewTime);
                if (lease.meta.name != name || !renewed)
                    continue;
                const auto age = std::chrono::duration_cast<std::chrono::seconds>(leases.observation->start - *renewed);
                const kube::Condition* const ready = node.condition("Ready");
                if (age > std::chrono::seconds(120) && ready != nullptr && ready->status == "True")
                    sink.add("notready.lease-stale", Verdict::Warning, Confidence::Likely, nodeSubject(name), {{"node", name}, {"age", spell(age)}},
                             {leases.at({lineOf(leases.observation, lease.renewTime)})}, renewed);
            }
        }
    }
    if (silent.size() >= 3 && silent.size() * 2 >= all->size())
        sink.add("notready.many-at-once", Verdict::Failure, Confidence::Likely, {SubjectKind::Cluster, {}, {}, {}},
                 {{"count", std::to_string(silent.size())}, {"total", std::to_string(all->size())}, {"nodes", join(silent)}}, silentEvidence);
}

void checkCertificates(Sink& sink, const std::string& node)
{
    const auto& all = fact<std::vector<parse::Certificate>>(sink.snapshot(), node, probe::certificates, Need::Answer, parse::certificates);
    if (!all)
        return; // a worker node without readable certificates is usual
    const TimePoint now = all.observation->start;
    for (const parse::Certificate& one : *all) {
        const std::string name = one.file.empty() ? one.subject : one.file;
        const Subject subject {SubjectKind::Certificate, {}, name, node};
        const Parameters parameters {{"node", node}, {"certificate", name}, {"subject", one.subject}};
        const auto with = [&](const char* key, const std::string& value) {
            Parameters result = parameters;
            result.emplace(key, value);
            return result;
        };
        const auto left = std::chrono::duration_cast<std::chrono::seconds>(*one.notAfter - now);
        if (left.count() <= 0)
            sink.add("cert.expired", Verdict::Failure, Confidence::Confirmed, subject, with("ago", spell(-left)), {all.at({one.line})}, one.notAfter);
        else if (left < std::chrono::hours(24 * 30))
            sink.add("cert.expiring", left < std::chrono::hours(24 * 7) ? Verdict::Failure : Verdict::Warning, Confidence::Confirmed, subject,
                     with("left", spell(left)), {all.at({one.line})});
        if (one.notBefore && *one.notBefore > now + std::chrono::minutes(1))
            sink.add("cert.not-yet-valid", Verdict::Failure, Confidence::Confirmed, subject,
                     with("in", spell(std::chrono::duration_cast<std::chrono::seconds>(*one.notBefore - now))), {all.at({one.line})});
    }
    // Renewed on disk, yet the process still serves the old one (kubeadm certs renew does not restart anything).
    for (const auto& known : {std::pair {":6443", "/apiserver.crt"}, std::pair {":2379", "/etcd/server.crt"}}) {
        const char* const port = known.first; // clang 14 captures no structured bindings
        const char* const file = known.second;
        const auto live = std::find_if(all->begin(), all->end(), [&](const parse::Certificate& one) { return one.file.starts_with("live ") && one.file.ends_with(port); });
        const auto stored = std::find_if(all->begin(), all->end(), [&](const parse::Certificate& one) { return one.file.ends_with(file); });
        if (live != all->end() && stored != all->end() && *stored->notAfter > *live->notAfter + std::chrono::hours(1) && live->subject == stored->subject)
            sink.add("cert.served-old", *live->notAfter - now < std::chrono::hours(24 * 7) ? Verdict::Failure : Verdict::Warning, Confidence::Confirmed,
                     {SubjectKind::Certificate, {}, stored->file, node}, {{"node", node}, {"certificate", stored->file}, {"served", live->file.substr(5)}},
                     {all.at({live->line, stored->line})});
    }
}

void runBaseline(const CheckInput& input, Findings& findings)
{
    Sink sink("baseline", input, findings);
    for (const std::string& node : sink.nodes()) {
        checkDisks(sink, node);
        checkMemoryAndLoad(sink, node);
        checkLimits(sink, node);
        checkKubelet(sink, node);
        checkRuntime(sink, node);
        checkKubeProxy(sink, node);
        checkKernelSettings(sink, node);
        checkCertificates(sink, node);
    }
    checkClocks(sink);
    checkNodeConditions(sink);
}

} // namespace medic::checks
