// SPDX-License-Identifier: GPL-3.0-or-later
// Case 1.3: the apiserver is gone. Port, container, manifest, image, who removed the image, whether it can be pulled again.
// Everything works over SSH alone.
#include "diagnostics/checks/families.h"

#include "diagnostics/checks/baseline.h"
#include "diagnostics/checks/components.h"
#include "diagnostics/checks/signatures.h"
#include "diagnostics/checks/site.h"
#include "diagnostics/checks/version_rules.h"
#include "diagnostics/parse/lines.h"
#include "diagnostics/parse/runtime.h"

#include <algorithm>

namespace medic::checks {

using parse::contains;

namespace {

/// A file of the manifests probe, by the end of its name; null when it is not there.
const parse::Section* manifest(const std::vector<parse::Section>& all, std::string_view name)
{
    const auto found = std::find_if(all.begin(), all.end(), [&](const parse::Section& one) {
        return one.name.ends_with(name) && !one.name.starts_with("ls ");
    });
    return found == all.end() ? nullptr : &*found;
}

std::string imageOf(const parse::Section& section, int& number)
{
    for (const parse::Line& line : section.lines) {
        std::string_view text = parse::trim(line.text);
        if (text.starts_with("- "))
            text = parse::trim(text.substr(2));
        if (!text.starts_with("image:"))
            continue;
        text = parse::trim(text.substr(6));
        while (text.size() > 1 && (text.front() == '"' || text.front() == '\'')) {
            text.remove_prefix(1);
            text.remove_suffix(1);
        }
        number = line.number;
        return std::string(text);
    }
    return {};
}

struct Port {
    bool known = false, listening = false;
    int status = 0; ///< of /livez; 0: nothing answered or nobody asked
    std::string body;
    std::vector<Evidence> evidence;
};

Port portOf(const Snapshot& snapshot, const std::string& node)
{
    Port port;
    const ObservationPtr asked = snapshot.find(node, probe::apiserverPort);
    if (usable(asked, Need::Answer)) {
        for (const parse::Section& section : parse::sections(asked->out)) {
            if (section.name.starts_with("local ")) {
                port.known = true;
                const std::string text = section.text();
                if (contains(text, "connected"))
                    port.listening = true;
                if (const auto answer = parse::httpAnswer(text); answer && answer->status != 0) {
                    port.listening = true;
                    port.status = answer->status;
                    port.body = answer->body;
                }
            } else if (section.name == "listen") {
                for (const parse::Line& line : section.lines)
                    port.listening = port.listening || contains(line.text, "LISTEN");
            }
        }
        port.evidence.push_back({asked, {}, false});
        return port;
    }
    const auto& all = sockets(snapshot, node);
    if (all) {
        port.known = true;
        for (const parse::Socket& one : *all)
            if (one.state == "LISTEN" && (one.port == 6443 || one.program == "kube-apiserver") && one.port != 0) {
                port.listening = true;
                port.evidence.push_back(all.at({one.line}));
            }
        if (!port.listening)
            port.evidence.push_back(all.at());
    }
    return port;
}

const Fact<std::vector<parse::RuntimeContainer>>& containers(const Snapshot& snapshot, const std::string& node)
{
    const auto& cri = fact<std::vector<parse::RuntimeContainer>>(snapshot, node, probe::crictlPs, Need::Success, parse::crictlPs);
    if (cri)
        return cri;
    return fact<std::vector<parse::RuntimeContainer>>(snapshot, node, probe::dockerPs, Need::Success, parse::dockerPs);
}

const Fact<std::vector<parse::Image>>& images(const Snapshot& snapshot, const std::string& node)
{
    for (const std::string_view name : {probe::crictlImages, probe::dockerImages}) {
        const auto& all = fact<std::vector<parse::Image>>(snapshot, node, name, Need::Success, parse::images);
        if (all)
            return all;
    }
    return fact<std::vector<parse::Image>>(snapshot, node, probe::ctrImages, Need::Success, parse::images);
}

/// The last fatal or error line of the apiserver's own log.
Evidence lastWords(const Snapshot& snapshot, const std::string& node)
{
    const auto& all = log(snapshot, node, probe::apiserverLog);
    if (all)
        for (auto line = all->rbegin(); line != all->rend(); ++line)
            if (line->severity == 'F' || line->severity == 'E' || line->text.starts_with("Error: ") || line->text.starts_with("panic: "))
                return all.at({line->line});
    return {};
}

/// Who removed the image: garbage collection, eviction or a hand with prune. Proven only by the lines.
void checkRemoval(Sink& sink, const std::string& node, const std::string& image)
{
    const Snapshot& snapshot = sink.snapshot();
    struct Proof {
        const char* id;
        std::vector<int> lines;
    };
    Proof collected {"apiserver.image-collected", {}}, evicted {"apiserver.evicted", {}}, pruned {"apiserver.prune-scheduled", {}};
    const ObservationPtr record = snapshot.find(node, probe::gcEvidence);
    const ObservationPtr kubelet = snapshot.find(node, probe::kubeletLog);
    const ObservationPtr source = usable(record, Need::Answer) ? record : kubelet;
    if (!usable(source, Need::Answer))
        return;
    std::string part;
    std::vector<int> recorded;
    for (const parse::Line& line : parse::lines(source->out)) {
        if (line.text.starts_with("==> ")) {
            part = line.text;
            continue;
        }
        const bool job = contains(line.text, "prune") || contains(line.text, "rmi ") || contains(line.text, "image rm");
        if (contains(part, "cron") && job && !contains(line.text, ":#"))
            pruned.lines.push_back(line.number);
        else if (contains(part, "docker events") && contains(line.text, "image ") && contains(line.text, image))
            recorded.push_back(line.number);
        else if (contains(line.text, "Removing image") || contains(line.text, "delete unused images"))
            collected.lines.push_back(line.number);
        else if (contains(line.text, "viction manager") && contains(line.text, "evict pod"))
            evicted.lines.push_back(line.number);
    }
    const auto some = [](const std::vector<int>& lines) { return std::vector<int>(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(lines.size(), 20))); };
    // From 1.16 on no static Pod is evicted: then the eviction only tells of the pressure.
    const bool evictable = applies("static-pod-evictable", kubeletVersion(snapshot, node)) == Applies::Yes;
    bool proven = false;
    for (const Proof& proof : {collected, evicted, pruned})
        if (!proof.lines.empty()) {
            proven = true;
            const bool weak = proof.id == evicted.id && !evictable;
            sink.node(proof.id, weak ? Verdict::Warning : Verdict::Failure, weak ? Confidence::Possible : Confidence::Likely, node, {{"image", image}, {"count", std::to_string(proof.lines.size())}},
                      {{source, some(proof.lines), false}});
        }
    if (!recorded.empty())
        sink.node("apiserver.image-deleted", Verdict::Failure, Confidence::Confirmed, node, {{"image", image}, {"count", std::to_string(recorded.size())}}, {{source, some(recorded), false}});
    else if (!proven)
        sink.node("apiserver.removal-unproven", Verdict::Unknown, Confidence::Confirmed, node, {{"image", image}, {"looked", source->probe}}, {{source, {}, false}});
}

/// Pull errors in the kubelet's and the runtime's newest lines: name resolution apart from the registry itself.
void checkPull(Sink& sink, const std::string& node)
{
    for (const std::string_view name : {probe::kubeletLog, probe::runtimeLog}) {
        const auto& all = log(sink.snapshot(), node, name);
        const auto end = all ? parse::newest(*all) : std::nullopt;
        if (!end)
            continue;
        for (auto line = all->rbegin(); line != all->rend() && (!line->clock || *end - *line->clock < 900); ++line) {
            const std::string_view lookup = parse::after(line->text, "lookup ");
            const bool controlPlaneImage = contains(line->text, "kube-apiserver") || contains(line->text, "/etcd") || contains(line->text, "pause");
            if (lookup.empty() || !contains(lookup, " on ") || !controlPlaneImage)
                continue;
            const std::string host(parse::before(lookup, " on "));
            const std::string server(parse::before(parse::after(lookup, " on "), ": "));
            const char* const how = contains(lookup, "i/o timeout") ? "i/o timeout" : contains(lookup, "refused") ? "connection refused"
                : contains(lookup, "no such host")                                                            ? "no such host"
                                                                                                              : "server misbehaving";
            sink.node("apiserver.registry-name-fails", Verdict::Failure, Confidence::Likely, node, {{"host", host}, {"server", server}, {"how", how}},
                      {all.at({line->line})});
            return;
        }
    }
}

void checkNode(Sink& sink, const std::string& node)
{
    const Snapshot& snapshot = sink.snapshot();
    const Port port = portOf(snapshot, node);
    if (!port.known) {
        const auto& all = sockets(snapshot, node);
        sink.needs(node, all);
        return;
    }
    if (port.listening && (port.status == 0 || port.status == 200 || port.status == 401 || port.status == 403))
        return; // this one answers: a client that does not get there has an address or load balancer problem
    if (port.listening) {
        std::vector<std::string> failing;
        for (const parse::Line& line : parse::lines(port.body))
            if (line.text.starts_with("[-]"))
                failing.emplace_back(parse::before(line.text.substr(3), " "));
        sink.node("apiserver.unhealthy", Verdict::Failure, Confidence::Confirmed, node, {{"status", std::to_string(port.status)}, {"checks", failing.empty() ? "–" : join(failing)}},
                  port.evidence);
        return;
    }

    std::string state = "no process";
    std::vector<Evidence> evidence = port.evidence;
    const auto& all = processes(snapshot, node);
    const parse::Process* const process = all ? parse::findProgram(*all, "kube-apiserver") : nullptr;
    if (process != nullptr) {
        state = "process " + std::to_string(process->pid) + " is there (" + process->state + ")";
        evidence.push_back(all.at({process->line}));
    }
    const auto& known = containers(snapshot, node);
    const parse::RuntimeContainer* container = nullptr;
    if (known)
        for (const parse::RuntimeContainer& one : *known)
            if (one.name == "kube-apiserver" && !one.sandbox && (container == nullptr || one.attempt > container->attempt))
                container = &one;
    if (container != nullptr) {
        state = "container " + container->id.substr(0, 12) + ": " + container->state + (container->exitCode ? " (" + std::to_string(*container->exitCode) + ")" : "");
        evidence.push_back(known.at({container->line}));
    } else if (process == nullptr && known && usable(snapshot.find(node, probe::manifests), Need::Answer)) {
        state = "no container";
        evidence.push_back(known.at());
    }
    // Installed as a binary, systemd knows more.
    if (const auto& services = units(snapshot, node); services && process == nullptr)
        if (const parse::Unit* const unit = parse::findUnit(*services, "kube-apiserver"); unit != nullptr) {
            state = "unit " + unit->id + ": " + unit->activeState + (unit->result.empty() || unit->result == "success" ? "" : " (" + unit->result + ")");
            evidence.push_back(services.at({unit->line}));
        }
    if (const Evidence last = lastWords(snapshot, node); last.observation)
        evidence.push_back(last);
    sink.node("apiserver.not-listening", Verdict::Failure, Confidence::Confirmed, node, {{"state", state}}, std::move(evidence));

    const ObservationPtr files = snapshot.find(node, probe::manifests);
    if (!usable(files, Need::Answer))
        return;
    const auto sections = parse::sections(files->out);
    const parse::Section* const apiserver = manifest(sections, "kube-apiserver.yaml") != nullptr ? manifest(sections, "kube-apiserver.yaml")
                                                                                             : manifest(sections, "kube-apiserver.manifest");
    const bool staticPods = manifest(sections, "etcd.yaml") != nullptr || manifest(sections, "kube-controller-manager.yaml") != nullptr
        || manifest(sections, "kube-scheduler.yaml") != nullptr;
    if (apiserver == nullptr || parse::trim(apiserver->text()).empty()) {
        if (apiserver != nullptr || staticPods)
            sink.node("apiserver.manifest-missing", Verdict::Failure, Confidence::Confirmed, node, {{"how", apiserver == nullptr ? "absent" : "empty"}},
                      {{files, {apiserver == nullptr ? 1 : apiserver->headingLine}, false}});
        return;
    }
    int line = 0;
    const std::string image = imageOf(*apiserver, line);
    const auto& stored = images(snapshot, node);
    const bool runs = container != nullptr && container->state == "running";
    if (!image.empty() && stored && !runs && !parse::hasImage(*stored, image)) {
        sink.node("apiserver.image-missing", Verdict::Failure, Confidence::Confirmed, node, {{"image", image}}, {{files, {line}, false}, stored.at()});
        checkRemoval(sink, node, image);
        checkImageSource(sink, node, image);
        checkPull(sink, node);
    } else if (!image.empty() && !stored && !runs) {
        sink.lacking(node, "images: no list of the runtime's images", snapshot.find(node, probe::dockerImages));
    }
    checkBackOff(sink, node);
}

} // namespace

void runApiserverDown(const CheckInput& input, Findings& findings)
{
    Sink sink("apiserver-down", input, findings);
    for (const std::string& node : sink.nodes()) {
        checkSiteUnits(sink, node);
        checkSiteRegistry(sink, node);
        checkSiteNameServer(sink, node);
        checkSearchEngine(sink, node);
        if (!controlPlane(input.snapshot, node))
            continue;
        checkNode(sink, node);
        checkDisks(sink, node);
        scanLogs(sink, node, {Signature::Family::Apiserver});
    }
}

} // namespace medic::checks
