// SPDX-License-Identifier: GPL-3.0-or-later
// P20, P26: an apiserver that answers, but slowly or not to everybody; exec and logs that fail.
#include "diagnostics/checks/families.h"

#include "diagnostics/checks/apiserver_load.h"
#include "diagnostics/checks/components.h"
#include "diagnostics/checks/signatures.h"
#include "diagnostics/parse/lines.h"

#include <algorithm>

namespace medic::checks {

using parse::contains;

void runControlPlane(const CheckInput& input, Findings& findings)
{
    Sink sink("control-plane", input, findings);
    const Snapshot& snapshot = input.snapshot;
    for (const std::string_view name : {probe::apiReadyz, probe::apiLivez}) {
        const ObservationPtr answer = snapshot.cluster(name);
        if (!usable(answer, Need::Answer))
            continue;
        std::vector<std::string> failing;
        std::vector<int> lines;
        for (const parse::Line& line : parse::lines(answer->out))
            if (line.text.starts_with("[-]")) {
                failing.emplace_back(parse::before(line.text.substr(3), " "));
                lines.push_back(line.number);
            }
        if (!failing.empty()) {
            sink.add("control.not-ready", Verdict::Failure, Confidence::Confirmed, {SubjectKind::Cluster, {}, {}, {}},
                     {{"checks", join(failing)}, {"endpoint", std::string(name == probe::apiReadyz ? "/readyz" : "/livez")}}, {{answer, lines, false}});
            break;
        }
    }
    const ObservationPtr version = snapshot.cluster(probe::apiVersion);
    if (usable(version, Need::Success) && version->duration > std::chrono::seconds(3))
        sink.add("control.slow", version->duration > std::chrono::seconds(10) ? Verdict::Failure : Verdict::Warning, Confidence::Likely, {SubjectKind::Cluster, {}, {}, {}},
                 {{"seconds", decimal(std::chrono::duration<double>(version->duration).count())}}, {{version, {}, false}});

    const auto& events = kubeEvents(snapshot);
    if (events)
        for (const kube::Event& event : *events)
            if (contains(event.message, "failed calling webhook")) {
                const std::string webhook(parse::before(parse::after(event.message, "failed calling webhook \""), "\""));
                sink.add("control.webhook", Verdict::Failure, Confidence::Likely, {SubjectKind::Component, {}, "webhook " + webhook, {}},
                         {{"webhook", webhook.empty() ? "?" : webhook}, {"message", event.message.substr(0, 400)}},
                         {events.at({lineOf(events.observation, "failed calling webhook")})});
            }

    checkApiserverLoad(sink);
    checkCertificateRequests(sink);

    // exec, logs and port-forward go from the apiserver to the kubelet's 10250.
    for (const std::string& node : sink.nodes()) {
        const auto& all = sockets(snapshot, node);
        if (all.observation)
            sink.needs(node, all);
        const ComponentState kubelet = kubeletState(snapshot, node);
        if (all && !all->empty() && kubelet.running == Running::Yes) {
            const bool open = std::any_of(all->begin(), all->end(), [](const parse::Socket& one) { return one.port == 10250 && one.listening() && !one.loopbackOnly(); });
            if (!open)
                sink.node("control.kubelet-port-closed", Verdict::Failure, Confidence::Likely, node, {}, {all.at(), kubelet.evidence.front()});
        }
        scanLogs(sink, node, {Signature::Family::Kubelet});
        if (controlPlane(snapshot, node))
            scanLogs(sink, node, {Signature::Family::Apiserver});
    }
}

} // namespace medic::checks
