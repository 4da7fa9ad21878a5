// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/apiserver_load.h"

#include "diagnostics/parse/certificates.h"
#include "diagnostics/parse/kube_objects.h"
#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <map>

namespace medic::checks {

namespace {

constexpr double defaultReading = 400, defaultMutating = 200; // --max-requests-inflight, --max-mutating-requests-inflight

const Subject cluster {SubjectKind::Cluster, {}, {}, {}};

/// A flag of the apiservers' manifests; the highest where they differ.
double flag(const Snapshot& snapshot, std::string_view name, double standard)
{
    double result = 0;
    for (const std::string& node : snapshot.nodes()) {
        const ObservationPtr files = snapshot.find(node, probe::manifests);
        if (!usable(files, Need::Answer))
            continue;
        const std::string option = "--" + std::string(name) + '=';
        const std::size_t at = files->out.find(option);
        if (at == std::string::npos)
            continue;
        const std::string_view rest = std::string_view(files->out).substr(at + option.size());
        result = std::max(result, parse::real(rest.substr(0, rest.find_first_not_of("0123456789"))).value_or(0));
    }
    return result > 0 ? result : standard;
}

/// Only what grew since the sweep before: an apiserver counts from its start.
class Load {
public:
    Load(Sink& sink, const Fact<parse::Metrics>& now)
        : m_sink(sink), m_now(now), m_before(sink.input().earlier == nullptr ? nullptr : &metrics(*sink.input().earlier, "", probe::apiMetrics))
    {
        if (m_before != nullptr && !*m_before)
            m_before = nullptr;
    }

    void inFlight()
    {
        double reading = 0, mutating = 0;
        std::vector<int> lines;
        for (const parse::Sample& sample : m_now->samples("apiserver_current_inflight_requests")) {
            // request_kind since 1.17, requestKind before
            if (sample.is("request_kind", "readOnly") || sample.is("requestKind", "readOnly"))
                reading += sample.value;
            else
                mutating += sample.value;
            lines.push_back(sample.line);
        }
        const double mostReading = flag(m_sink.snapshot(), "max-requests-inflight", defaultReading),
                     mostMutating = flag(m_sink.snapshot(), "max-mutating-requests-inflight", defaultMutating);
        // Priority and fairness shares out the sum of both; before, each has its own limit.
        const bool fair = !m_now->samples("apiserver_flowcontrol_current_inqueue_requests").empty() || !m_now->samples("apiserver_flowcontrol_rejected_requests_total").empty();
        const double share = fair ? (reading + mutating) / (mostReading + mostMutating) : std::max(reading / mostReading, mutating / mostMutating);
        if (share >= 0.8)
            m_sink.add("control.inflight-high", share >= 1 ? Verdict::Failure : Verdict::Warning, Confidence::Confirmed, cluster,
                       {{"reading", decimal(reading, 0)}, {"mutating", decimal(mutating, 0)}, {"most-reading", decimal(mostReading, 0)}, {"most-mutating", decimal(mostMutating, 0)},
                        {"percent", decimal(share * 100, 0)}},
                       {m_now.at(lines)});
    }

    void turnedAway()
    {
        double all = 0, most = 0;
        std::string where;
        std::vector<int> lines;
        for (const char* const name : {"apiserver_flowcontrol_rejected_requests_total", "apiserver_dropped_requests_total"})
            for (const parse::Sample& sample : m_now->samples(name)) {
                const double grown = sample.value - before(name, sample);
                if (grown <= 0)
                    continue;
                all += grown;
                lines.push_back(sample.line);
                if (grown <= most)
                    continue;
                most = grown;
                where.clear();
                // priority_level, flow_schema since 1.20; camel case in the alpha of 1.18
                for (const char* const label : {"priority_level", "priorityLevel", "flow_schema", "flowSchema", "reason", "request_kind", "requestKind"})
                    if (const auto value = sample.labels.find(label); value != sample.labels.end())
                        where += (where.empty() ? "" : ", ") + value->second;
            }
        if (all > 0)
            report("control.requests-rejected", {{"count", decimal(all, 0)}, {"where", where.empty() ? "–" : where.substr(0, 200)}}, std::move(lines));
    }

    void terminated()
    {
        const char* const name = "apiserver_request_terminations_total";
        double all = 0, most = 0;
        std::string what;
        std::vector<int> lines;
        for (const parse::Sample& sample : m_now->samples(name)) {
            const double grown = sample.value - before(name, sample);
            const auto verb = sample.labels.find("verb");
            if (grown <= 0 || (verb != sample.labels.end() && verb->second == "WATCH"))
                continue;
            all += grown;
            lines.push_back(sample.line);
            const auto resource = sample.labels.find("resource");
            if (grown > most && resource != sample.labels.end()) {
                most = grown;
                what = (verb == sample.labels.end() ? std::string() : verb->second + ' ') + resource->second;
            }
        }
        if (all > 0)
            report("control.requests-cut-off", {{"count", decimal(all, 0)}, {"what", what.empty() ? "–" : what.substr(0, 200)}}, std::move(lines));
    }

    void webhooks()
    {
        const std::string base = "apiserver_admission_webhook_admission_duration_seconds";
        std::map<std::string, std::pair<double, double>> byName; // seconds, calls
        std::map<std::string, std::vector<int>> lines;
        for (const auto& [part, calls] : {std::pair {"_sum", false}, {"_count", true}})
            for (const parse::Sample& sample : m_now->samples(base + part)) {
                const auto name = sample.labels.find("name");
                if (name == sample.labels.end())
                    continue;
                auto& entry = byName[name->second];
                (calls ? entry.second : entry.first) += sample.value - before(base + part, sample);
                lines[name->second].push_back(sample.line);
            }
        for (const auto& [name, entry] : byName)
            if (const double mean = entry.first / std::max(entry.second, 1.0); entry.second >= 10 && mean >= 1)
                m_sink.add("control.webhook-slow", mean >= 5 ? Verdict::Failure : Verdict::Warning, Confidence::Likely, {SubjectKind::Component, {}, "webhook " + name, {}},
                           {{"webhook", name}, {"seconds", decimal(mean)}, {"count", decimal(entry.second, 0)}}, {m_now.at(lines[name])});
    }

    void store()
    {
        double seconds = 0, calls = 0;
        std::vector<int> lines;
        for (const auto& [name, counts] : {std::pair {"etcd_request_duration_seconds_sum", false}, {"etcd_request_duration_seconds_count", true}})
            for (const parse::Sample& sample : m_now->samples(name)) {
                (counts ? calls : seconds) += sample.value - before(name, sample);
                if (lines.size() < 20)
                    lines.push_back(sample.line);
            }
        if (const double mean = seconds / std::max(calls, 1.0); calls >= 100 && mean >= 0.1)
            m_sink.add("control.etcd-slow", mean >= 0.5 ? Verdict::Failure : Verdict::Warning, m_before != nullptr ? Confidence::Confirmed : Confidence::Likely, cluster,
                       {{"milliseconds", decimal(mean * 1000, 0)}, {"count", decimal(calls, 0)}}, {m_now.at(std::move(lines))});
    }

private:
    double before(const std::string& name, const parse::Sample& sample) const
    {
        if (m_before == nullptr)
            return 0;
        for (const parse::Sample& old : (*m_before)->samples(name))
            if (old.labels == sample.labels)
                return old.value <= sample.value ? old.value : 0; // else it was restarted in between
        return 0;
    }

    /// A count since the apiserver's start may be of last month.
    void report(const char* id, Parameters parameters, std::vector<int> lines)
    {
        lines.resize(std::min<std::size_t>(lines.size(), 20));
        m_sink.add(id, m_before != nullptr ? Verdict::Failure : Verdict::Warning, m_before != nullptr ? Confidence::Confirmed : Confidence::Possible, cluster, std::move(parameters),
                   {m_now.at(std::move(lines))});
    }

    Sink& m_sink;
    const Fact<parse::Metrics>& m_now;
    const Fact<parse::Metrics>* m_before;
};

} // namespace

void checkApiserverLoad(Sink& sink)
{
    const auto& now = metrics(sink.snapshot(), "", probe::apiMetrics);
    if (!now)
        return; // not allowed to read them: nothing that the other checks rest on
    Load load(sink, now);
    load.inFlight();
    load.turnedAway();
    load.terminated();
    load.webhooks();
    load.store();
}

void checkCertificateRequests(Sink& sink)
{
    const auto& all = fact<std::vector<kube::CertificateRequest>>(sink.snapshot(), "", probe::apiCertificateRequests, Need::Success,
                                                                  [](std::string_view text) { return kube::parseCertificateRequests(text, "certificatesigningrequests"); });
    if (!all)
        return;
    // A kubelet asks again and again: the oldest of a node and kind speaks for the rest.
    std::map<std::pair<std::string, bool>, const kube::CertificateRequest*> oldest;
    for (const kube::CertificateRequest& one : *all) {
        constexpr std::string_view kubelet = "system:node:";
        const bool serving = one.signer == "kubernetes.io/kubelet-serving"
            || (one.signer.empty() && std::find(one.usages.begin(), one.usages.end(), "server auth") != one.usages.end());
        const bool client = one.signer == "kubernetes.io/kube-apiserver-client-kubelet";
        if (one.decided || (!serving && !client))
            continue;
        const std::string who = one.user.starts_with(kubelet) ? one.user.substr(kubelet.size()) : one.user; // a new node asks as its bootstrap token
        auto& entry = oldest[{who, serving}];
        if (entry == nullptr || one.meta.creation < entry->meta.creation)
            entry = &one;
    }
    for (const auto& [key, request] : oldest) {
        const auto made = parse::rfc3339(request->meta.creation);
        const auto age = made ? std::chrono::duration_cast<std::chrono::seconds>(all.observation->start - *made) : std::chrono::seconds(0);
        if (age < std::chrono::minutes(3))
            continue; // an approver may still take it
        sink.add("control.csr-pending", Verdict::Failure, Confidence::Likely, {SubjectKind::Component, {}, "CSR " + request->meta.name, key.first},
                 {{"node", key.first}, {"csr", request->meta.name}, {"age", spell(age)}, {"signer", request->signer.empty() ? "server auth" : request->signer}},
                 {all.at({lineOf(all.observation, '"' + request->meta.name + '"')})});
    }
}

} // namespace medic::checks
