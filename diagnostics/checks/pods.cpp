// SPDX-License-Identifier: GPL-3.0-or-later
// P15–P19: Pods that do not start, do not stay, or do not go, by their own status and events.
#include "diagnostics/checks/families.h"

#include "diagnostics/checks/sink.h"
#include "diagnostics/parse/certificates.h"
#include "diagnostics/parse/lines.h"
#include "diagnostics/parse/network_policies.h"
#include "diagnostics/parse/qdisc.h"

#include <algorithm>
#include <set>

namespace medic::checks {

using parse::contains;

namespace {

std::string nameOf(const kube::Pod& pod) { return pod.meta.nameSpace + '/' + pod.meta.name; }

/// What to call several Pods of one fault: their owner, else the Pod.
std::string ownerOf(const kube::Pod& pod)
{
    return pod.meta.ownerName.empty() ? nameOf(pod) : pod.meta.nameSpace + '/' + pod.meta.ownerName + " (" + pod.meta.ownerKind + ")";
}

/// The newest event of a Pod with one of the reasons; null when there is none.
const kube::Event* newestEvent(const Snapshot& snapshot, const kube::Pod& pod, std::initializer_list<std::string_view> reasons)
{
    const auto& events = kubeEvents(snapshot);
    if (!events)
        return nullptr;
    const kube::Event* newest = nullptr;
    for (const kube::Event& event : *events) {
        const bool same = event.objectKind == "Pod" && event.objectName == pod.meta.name && event.objectNameSpace == pod.meta.nameSpace;
        if (same && std::find(reasons.begin(), reasons.end(), event.reason) != reasons.end() && (newest == nullptr || event.lastSeen >= newest->lastSeen))
            newest = &event;
    }
    return newest;
}

Evidence eventEvidence(const Snapshot& snapshot, const kube::Event& event)
{
    const auto& events = kubeEvents(snapshot);
    const std::string mark = event.message.substr(0, std::min<std::size_t>(event.message.find_first_of("\"\\"), 80));
    return events.at({lineOf(events.observation, mark)});
}

Evidence podEvidence(const Snapshot& snapshot, const kube::Pod& pod)
{
    const auto& pods = kubePods(snapshot);
    return pods.at({lineOf(pods.observation, '"' + pod.meta.name + '"')});
}

std::chrono::seconds ageOf(const std::string& time, TimePoint now)
{
    const auto then = parse::rfc3339(time);
    return then ? std::chrono::duration_cast<std::chrono::seconds>(now - *then) : std::chrono::seconds(0);
}

struct Fault {
    const char* id = nullptr;
    std::string cause;
};

/// What a pull error's words mean (P17).
const char* pullCause(const std::string& message)
{
    struct Word {
        const char *text, *id;
    };
    // In this order: what is said later in the sentence is the nearer cause ("… dial tcp: lookup x: no such host").
    for (const Word& word : {Word {"no space left", "pods.pull-no-space"}, Word {"x509", "pods.pull-not-trusted"},
                             Word {"server gave HTTP response to HTTPS client", "pods.pull-not-trusted"}, Word {"toomanyrequests", "pods.pull-rate-limited"},
                             Word {"no such host", "pods.pull-name-fails"}, Word {"server misbehaving", "pods.pull-name-fails"},
                             Word {"i/o timeout", "pods.pull-unreachable"}, Word {"connection refused", "pods.pull-unreachable"}, Word {"no route to host", "pods.pull-unreachable"},
                             Word {"nauthorized", "pods.pull-denied"}, Word {"access denied", "pods.pull-denied"}, Word {"no basic auth credentials", "pods.pull-denied"},
                             Word {"uthorization failed", "pods.pull-denied"}, Word {"authentication required", "pods.pull-denied"}, Word {"403 Forbidden", "pods.pull-denied"},
                             Word {"no matching manifest", "pods.pull-wrong-architecture"}, Word {"no match for platform", "pods.pull-wrong-architecture"},
                             Word {"manifest unknown", "pods.pull-not-found"}, Word {"not found", "pods.pull-not-found"}, Word {"repository does not exist", "pods.pull-not-found"},
                             Word {"context deadline exceeded", "pods.pull-slow"}})
        if (contains(message, word.text))
            return word.id;
    return "pods.pull-failed";
}

void checkPull(Sink& sink, const kube::Pod& pod, const kube::ContainerStatus& status)
{
    const Snapshot& snapshot = sink.snapshot();
    std::string image, message = status.message;
    for (const kube::Container& container : pod.containers)
        if (container.name == status.name)
            image = container.image;
    std::vector<Evidence> evidence {podEvidence(snapshot, pod)};
    // "Back-off pulling image" says nothing of the cause; the event before it does.
    const auto& events = kubeEvents(snapshot);
    if (events && (message.starts_with("Back-off") || message.empty()))
        for (const kube::Event& event : *events)
            if (event.objectName == pod.meta.name && event.objectNameSpace == pod.meta.nameSpace && event.reason == "Failed" && contains(event.message, "Failed to pull")) {
                message = event.message;
                evidence.push_back(eventEvidence(snapshot, event));
            }
    if (message.starts_with("Back-off") || message.empty()) {
        const auto& kubelet = log(snapshot, pod.node, probe::kubeletLog);
        for (std::size_t i = kubelet ? kubelet->size() : 0; i > 0; --i) {
            const parse::LogLine* const line = &(*kubelet)[i - 1];
            if (!image.empty() && contains(line->text, image) && contains(line->text, "desc = ")) {
                message = parse::after(line->text, "desc = ");
                evidence.push_back(kubelet.at({line->line}));
                break;
            }
        }
    }
    sink.add(pullCause(message), Verdict::Failure, Confidence::Confirmed, podSubject(pod),
             {{"pod", nameOf(pod)}, {"image", image}, {"message", message.substr(0, 400)}, {"reason", status.reason}}, std::move(evidence));
}

void checkCrash(Sink& sink, const kube::Pod& pod, const kube::ContainerStatus& status)
{
    const bool oom = status.lastReason == "OOMKilled" || status.reason == "OOMKilled";
    Parameters parameters {{"pod", nameOf(pod)},          {"container", status.name}, {"restarts", std::to_string(status.restarts)},
                           {"code", std::to_string(status.lastExitCode)}, {"reason", status.lastReason.empty() ? "–" : status.lastReason}};
    const char* id = "pods.crash-loop";
    if (oom)
        id = "pods.out-of-memory";
    else if (status.lastExitCode == 137)
        id = "pods.killed";
    else if (status.lastExitCode == 126 || status.lastExitCode == 127 || contains(status.message, "exec format error"))
        id = "pods.cannot-execute";
    sink.add(id, Verdict::Failure, Confidence::Confirmed, podSubject(pod), std::move(parameters), {podEvidence(sink.snapshot(), pod)});
}

/// The clauses of "0/5 nodes are available: 3 Insufficient cpu, 2 node(s) had taint {…}, that the pod didn't tolerate."
Fault schedulingFault(const std::string& message)
{
    struct Word {
        const char *text, *id;
    };
    for (const Word& word : {Word {"didn't have free ports", "pods.pending-hostport"}, Word {"unbound immediate PersistentVolumeClaims", "pods.pending-volume"},
                             Word {"volume node affinity conflict", "pods.pending-volume"}, Word {"didn't find available persistent volumes", "pods.pending-volume"},
                             Word {"no available volume zone", "pods.pending-volume"}, Word {"exceed max volume count", "pods.pending-volume"},
                             Word {"Insufficient ", "pods.pending-resources"}, Word {"Too many pods", "pods.pending-resources"},
                             Word {"taint", "pods.pending-taint"}, Word {"node affinity", "pods.pending-affinity"}, Word {"node selector", "pods.pending-affinity"},
                             Word {"affinity/selector", "pods.pending-affinity"}, Word {"unschedulable", "pods.pending-taint"}})
        if (contains(message, word.text))
            return {word.id, {}};
    return {"pods.pending-other", {}};
}

void checkPending(Sink& sink, const kube::Pod& pod, TimePoint now)
{
    const Snapshot& snapshot = sink.snapshot();
    if (!pod.node.empty())
        return;
    const kube::Event* const event = newestEvent(snapshot, pod, {"FailedScheduling"});
    std::string message = event == nullptr ? std::string() : event->message;
    for (const kube::Condition& condition : pod.conditions)
        if (condition.type == "PodScheduled" && condition.status == "False" && !condition.message.empty())
            message = condition.message;
    std::vector<Evidence> evidence {podEvidence(snapshot, pod)};
    if (event != nullptr)
        evidence.push_back(eventEvidence(snapshot, *event));
    if (message.empty()) {
        if (ageOf(pod.meta.creation, now) > std::chrono::seconds(60))
            sink.add("pods.not-scheduled", Verdict::Failure, Confidence::Likely, podSubject(pod), {{"pod", nameOf(pod)}, {"age", spell(ageOf(pod.meta.creation, now))}}, std::move(evidence));
        return;
    }
    sink.add(schedulingFault(message).id, Verdict::Failure, Confidence::Confirmed, podSubject(pod), {{"pod", nameOf(pod)}, {"message", message.substr(0, 500)}}, std::move(evidence));
}

/// "1024m" is 1.024 bytes: the runtime dies of it before the container runs. Reports and returns true when that is it.
bool tinyLimit(Sink& sink, const kube::Pod& pod, const kube::Event& event)
{
    const Snapshot& snapshot = sink.snapshot();
    using Limits = std::map<std::string, std::string>;
    const auto& limits = snapshot.remember<Limits>("pods/memory-limits", [&] {
        const auto read = kube::parseMemoryLimits(kubePods(snapshot).observation->out);
        return read ? *read : Limits {};
    });
    for (const kube::Container& container : pod.containers) {
        const auto found = limits.find(nameOf(pod) + '/' + container.name);
        const auto bytes = found == limits.end() ? std::nullopt : parse::quantity(found->second);
        if (!bytes || *bytes > 1024 * 1024)
            continue;
        sink.add("pods.memory-limit-unit", Verdict::Failure, Confidence::Confirmed, podSubject(pod),
                 {{"pod", nameOf(pod)}, {"container", container.name}, {"limit", found->second}, {"message", event.message.substr(0, 400)}},
                 {podEvidence(snapshot, pod), eventEvidence(snapshot, event)});
        return true;
    }
    return false;
}

/// Namespaces that are deleted and do not go; their conditions say why.
void checkNamespaces(Sink& sink)
{
    const Snapshot& snapshot = sink.snapshot();
    const auto& all = fact<std::vector<kube::TerminatingNamespace>>(snapshot, "", probe::apiNamespaces, Need::Success,
                                                                    [](std::string_view text) { return kube::parseTerminatingNamespaces(text, "namespaces"); });
    if (!all)
        return;
    for (const kube::TerminatingNamespace& one : *all) {
        const auto age = ageOf(one.meta.deletion, all.observation->start);
        if (age < std::chrono::seconds(300))
            continue;
        std::string reason = "–", message = "–";
        for (const kube::Condition& condition : one.conditions)
            if (condition.status == "True") {
                reason = condition.type;
                message = condition.message.substr(0, 400);
                if (condition.type == "NamespaceDeletionDiscoveryFailure")
                    break; // the cause of the others
            }
        sink.add("pods.namespace-stuck", Verdict::Failure, Confidence::Confirmed, {SubjectKind::Component, {}, "namespace " + one.meta.name, {}},
                 {{"namespace", one.meta.name}, {"age", spell(age)}, {"reason", reason}, {"message", message}}, {all.at({lineOf(all.observation, '"' + one.meta.name + '"')})});
    }
}

void checkCreating(Sink& sink, const kube::Pod& pod, TimePoint now)
{
    const Snapshot& snapshot = sink.snapshot();
    const kube::Event* const event = newestEvent(snapshot, pod, {"FailedCreatePodSandBox", "FailedMount", "FailedAttachVolume", "FailedCreatePodContainer"});
    const auto age = ageOf(pod.startTime.empty() ? pod.meta.creation : pod.startTime, now);
    if (age < std::chrono::seconds(60))
        return;
    const bool recent = event != nullptr && (event->lastSeen.empty() || ageOf(event->lastSeen, now) < std::chrono::seconds(900));
    const char* id = "pods.stuck-creating";
    if (recent && (event->reason == "FailedMount" || event->reason == "FailedAttachVolume"))
        id = contains(event->message, "Multi-Attach") ? "pods.volume-in-use" : "pods.mount-failed";
    else if (recent && contains(event->message, "signal: killed") && tinyLimit(sink, pod, *event))
        return;
    else if (recent && event->reason == "FailedCreatePodSandBox")
        id = contains(event->message, "failed to reserve sandbox name") ? "pods.sandbox-name-reserved" : "pods.sandbox-failed";
    std::vector<Evidence> evidence {podEvidence(snapshot, pod)};
    if (recent)
        evidence.push_back(eventEvidence(snapshot, *event));
    sink.add(id, Verdict::Failure, recent ? Confidence::Confirmed : Confidence::Likely, podSubject(pod),
             {{"pod", nameOf(pod)}, {"age", spell(age)}, {"message", recent ? event->message.substr(0, 500) : "–"}}, std::move(evidence));
}

void checkTerminating(Sink& sink, const kube::Pod& pod, TimePoint now)
{
    // deletionTimestamp is when the grace period ends.
    const auto late = ageOf(pod.meta.deletion, now);
    if (late < std::chrono::seconds(300))
        return;
    const kube::Node* const node = kubeNode(sink.snapshot(), pod.node);
    const kube::Condition* const ready = node == nullptr ? nullptr : node->condition("Ready");
    const bool lost = ready != nullptr && ready->status != "True";
    sink.add(lost ? "pods.terminating-node-lost" : "pods.terminating", Verdict::Failure, Confidence::Confirmed, podSubject(pod),
             {{"pod", nameOf(pod)}, {"late", spell(late)}, {"node", pod.node.empty() ? "–" : pod.node}}, {podEvidence(sink.snapshot(), pod)});
}

void checkContainers(Sink& sink, const kube::Pod& pod, TimePoint now)
{
    for (const kube::ContainerStatus& status : pod.statuses) {
        if (status.reason == "ErrImagePull" || status.reason == "ImagePullBackOff" || status.reason == "InvalidImageName" || status.reason == "ErrImageNeverPull"
            || status.reason == "RegistryUnavailable" || status.reason == "ImageInspectError") {
            checkPull(sink, pod, status);
            return;
        }
        if (status.reason == "CrashLoopBackOff"
            || (status.restarts >= 5 && !status.ready && (status.state == "terminated" || status.state == "waiting") && status.reason != "ContainerCreating")) {
            checkCrash(sink, pod, status);
            return;
        }
        if (status.reason == "CreateContainerConfigError" || status.reason == "CreateContainerError" || status.reason == "RunContainerError") {
            sink.add("pods.config-error", Verdict::Failure, Confidence::Confirmed, podSubject(pod), {{"pod", nameOf(pod)}, {"reason", status.reason}, {"message", status.message.substr(0, 400)}},
                     {podEvidence(sink.snapshot(), pod)});
            return;
        }
        if (status.state == "waiting" && (status.reason == "ContainerCreating" || status.reason == "PodInitializing")) {
            if (status.reason == "ContainerCreating")
                checkCreating(sink, pod, now);
            return;
        }
    }
}

} // namespace

void runPods(const CheckInput& input, Findings& findings)
{
    Sink sink("pods", input, findings);
    const auto& pods = kubePods(input.snapshot);
    sink.needs({}, pods);
    sink.needs({}, kubeEvents(input.snapshot));
    checkNamespaces(sink);
    if (!pods)
        return;
    const TimePoint now = pods.observation->start;
    std::map<std::string, std::pair<std::vector<std::string>, std::string>> evicted; // by node: Pods, message
    for (const kube::Pod& pod : *pods) {
        if (!input.onlyNodes.empty() && !pod.node.empty() && !input.onlyNodes.contains(pod.node))
            continue;
        if (pod.reason == "Evicted") {
            evicted[pod.node].first.push_back(ownerOf(pod));
            evicted[pod.node].second = pod.message;
            continue;
        }
        if (!pod.meta.deletion.empty()) {
            checkTerminating(sink, pod, now);
            continue;
        }
        if (pod.phase == "Pending" && pod.node.empty())
            checkPending(sink, pod, now);
        else
            checkContainers(sink, pod, now);
    }
    for (const auto& [node, what] : evicted)
        sink.node("pods.evicted", Verdict::Warning, Confidence::Confirmed, node, {{"count", std::to_string(what.first.size())}, {"pods", join(what.first)}, {"message", what.second.substr(0, 300)}},
                  {pods.at({lineOf(pods.observation, "Evicted")})});
}

} // namespace medic::checks
