// SPDX-License-Identifier: GPL-3.0-or-later
// Case 1.6 (and the DNS half of 1.2): the matrix Pod → VIP, each CoreDNS Pod, upstream × UDP, TCP × internal,
// external.
#include "diagnostics/checks/dns_matrix.h"

#include "diagnostics/model/pod_probe_ids.h"
#include "diagnostics/parse/lines.h"
#include "diagnostics/parse/metrics.h"

#include <algorithm>
#include <set>

namespace medic::checks {

const Fact<std::vector<parse::DnsAnswer>>& dnsAnswers(const Snapshot& snapshot, std::string_view node)
{
    return fact<std::vector<parse::DnsAnswer>>(
        snapshot, node, probe::dnsMatrix, Need::Answer, parse::dnsAnswers);
}

std::string podByUid(const Snapshot& snapshot, const std::string& uid)
{
    const auto& pods = kubePods(snapshot);
    if (pods)
        for (const kube::Pod& pod : *pods)
            if (pod.meta.uid == uid)
                return pod.meta.nameSpace + '/' + pod.meta.name;
    return uid;
}

namespace {

/// Answers to one question asked several times.
struct Tally {
    int asked = 0, replied = 0, resolved = 0, slowest = 0;
    std::string failure; ///< the last code that was no reply, or no address
    std::vector<int> lines;

    void add(const parse::DnsAnswer& one)
    {
        ++asked;
        replied += one.replied() ? 1 : 0;
        resolved += one.resolved() ? 1 : 0;
        slowest = std::max(slowest, one.milliseconds.value_or(0));
        if (!one.resolved())
            failure = one.code == "NOERROR" ? "NODATA" : one.code;
        lines.push_back(one.line);
    }
    [[nodiscard]] bool silent() const { return asked > 0 && replied == 0; }
    [[nodiscard]] bool answers() const { return asked > 0 && replied == asked; }
};

/// What one source (the node, or a Pod) got.
struct View {
    std::string from;
    std::string vip;
    bool nodeLocal = false;
    Tally vipUdp, vipTcp, vipInternal, vipExternal, upstreamExternal;
    std::map<std::string, Tally> servers; ///< each CoreDNS Pod, internal and external, both protocols
};

std::vector<View> viewsOf(const std::vector<parse::DnsAnswer>& all)
{
    std::vector<View> views;
    for (const parse::DnsAnswer& one : all) {
        auto view = std::find_if(
            views.begin(), views.end(), [&](const View& known) { return known.from == one.from; });
        if (view == views.end()) {
            views.push_back({});
            view = std::prev(views.end());
            view->from = one.from;
        }
        if (one.kind == "vip" || one.kind == "nodelocal") {
            view->vip = one.server;
            view->nodeLocal = view->nodeLocal || one.kind == "nodelocal";
            (one.protocol == "udp" ? view->vipUdp : view->vipTcp).add(one);
            (one.internal ? view->vipInternal : view->vipExternal).add(one);
        } else if (one.kind == "server") {
            view->servers[one.server].add(one);
        } else if (one.kind == "upstream") {
            view->upstreamExternal.add(one);
        }
    }
    return views;
}

class Judge {
public:
    Judge(Sink& sink, const std::string& node, const Fact<std::vector<parse::DnsAnswer>>& answers)
        : m_sink(sink), m_node(node), m_answers(answers)
    { }

    void run()
    {
        auto views = viewsOf(*m_answers);
        const auto host
            = std::find_if(views.begin(), views.end(), [](const View& one) { return one.from.empty(); });
        m_upstreamWorks = host != views.end() && host->upstreamExternal.resolved > 0;
        const bool pods = views.size() > (host == views.end() ? 0U : 1U);
        for (const View& view : views)
            if (!view.from.empty() || !pods) // the node's own view counts only where no Pod could be asked
                judge(view);
    }

private:
    Confidence proof(const View& view) const
    {
        return view.from.empty() ? Confidence::Likely : Confidence::Confirmed;
    }

    std::string nameOf(const View& view) const
    {
        return view.from.empty() ? m_node : podByUid(m_sink.snapshot(), view.from);
    }

    void report(const char* id, Verdict verdict, Confidence confidence, const View& view,
        Parameters parameters, const std::vector<const Tally*>& of)
    {
        std::vector<int> lines;
        for (const Tally* const one : of)
            lines.insert(lines.end(), one->lines.begin(), one->lines.end());
        std::sort(lines.begin(), lines.end());
        lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
        parameters.insert({ { "from", nameOf(view) }, { "server", view.vip } });
        // What a guide's kubectl names; empty where nobody knows the Pod.
        parameters.insert({ "pod", nameOf(view).find('/') == std::string::npos ? std::string() : nameOf(view) });
        m_sink.node(id, verdict, confidence, m_node, std::move(parameters), { m_answers.at(lines) });
    }

    /// The node of a CoreDNS Pod; empty when not known.
    std::string placeOf(const std::string& address) const
    {
        const auto& pods = kubePods(m_sink.snapshot());
        if (pods)
            for (const kube::Pod& pod : *pods)
                if (pod.podIp == address && !pod.hostNetwork)
                    return pod.node;
        return {};
    }

    /// The list of Services is known, and none of them has this address.
    bool nobodysAddress(const std::string& address) const
    {
        const auto& services = kubeServices(m_sink.snapshot());
        return services && std::none_of(services->begin(), services->end(), [&](const kube::Service& one) {
            return std::find(one.clusterIps.begin(), one.clusterIps.end(), address) != one.clusterIps.end();
        });
    }

    void judge(const View& view)
    {
        std::vector<std::string> good, bad;
        std::vector<const Tally*> all { &view.vipUdp, &view.vipTcp };
        for (const auto& [address, tally] : view.servers) {
            (tally.replied > 0 ? good : bad).push_back(address);
            all.push_back(&tally);
        }
        const bool nothing = view.vipUdp.silent() && (view.vipTcp.asked == 0 || view.vipTcp.silent());
        if (nothing && !view.nodeLocal && nobodysAddress(view.vip)) {
            report("dns.no-service", Verdict::Warning, Confidence::Confirmed, view, {}, all);
            return;
        }
        if (nothing) {
            judgeSilence(view, good, bad, all);
            return;
        }
        // Two questions over TCP both reach the one silent replica of two every fourth time.
        const bool oneReplica = !bad.empty() && !good.empty();
        if (!oneReplica && (view.vipUdp.silent() || (view.vipTcp.asked > 0 && view.vipTcp.silent()))) {
            const bool udp = view.vipUdp.silent();
            report("dns.one-protocol", Verdict::Failure, proof(view), view,
                { { "protocol", udp ? "UDP" : "TCP" }, { "other", udp ? "TCP" : "UDP" },
                    { "how", udp ? view.vipUdp.failure : view.vipTcp.failure } },
                all);
            return;
        }
        if (!bad.empty() && good.empty()) {
            // A policy that allows the VIP only, or a cache that answers for it: no fault by itself.
            report(
                "dns.only-the-vip", Verdict::Ok, Confidence::Likely, view, { { "servers", join(bad) } }, all);
        } else if (!bad.empty()) {
            report("dns.bad-replica", Verdict::Failure, proof(view), view,
                { { "servers", join(bad) }, { "good", std::to_string(good.size()) },
                    { "total", std::to_string(view.servers.size()) } },
                all);
        }
        // With a silent replica behind the address, lost questions are its: they say nothing about outside names.
        if (bad.empty() || view.vipExternal.replied > 0)
            judgeNames(view);
        judgeTruth(view);
        if (!view.vipUdp.answers() && bad.empty())
            report("dns.intermittent", Verdict::Warning, Confidence::Likely, view,
                { { "failed", std::to_string(view.vipUdp.asked - view.vipUdp.replied) },
                    { "asked", std::to_string(view.vipUdp.asked) }, { "how", view.vipUdp.failure } },
                { &view.vipUdp });
        else if (view.vipInternal.slowest >= 1000)
            report("dns.slow", Verdict::Warning, Confidence::Likely, view,
                { { "milliseconds", std::to_string(view.vipInternal.slowest) } }, { &view.vipInternal });
    }

    /// The virtual address gives nothing at all: the table of case 1.2, c.
    void judgeSilence(const View& view, const std::vector<std::string>& good,
        const std::vector<std::string>& bad, const std::vector<const Tally*>& all)
    {
        const std::string how = view.vipUdp.failure;
        if (how == "unexpected-source") {
            report("dns.unexpected-source", Verdict::Failure, proof(view), view, {}, all);
        } else if (!good.empty()) {
            report("dns.vip-fails", Verdict::Failure, proof(view), view,
                { { "how", how }, { "servers", join(good) } }, all);
        } else if (!bad.empty()) {
            std::set<std::string> places;
            for (const std::string& address : bad)
                if (const std::string place = placeOf(address); !place.empty())
                    places.insert(place);
            const bool elsewhere = !places.empty() && !places.contains(m_node);
            report(elsewhere ? "dns.servers-elsewhere-unreachable" : "dns.servers-silent", Verdict::Failure,
                proof(view), view,
                { { "how", how }, { "servers", join(bad) },
                    { "places", places.empty() ? "?" : join({ places.begin(), places.end() }) } },
                all);
        } else {
            report("dns.vip-silent", Verdict::Failure,
                view.from.empty() ? Confidence::Possible : Confidence::Likely, view, { { "how", how } }, all);
        }
    }

    void judgeNames(const View& view)
    {
        const bool inside = view.vipInternal.resolved > 0, outside = view.vipExternal.resolved > 0;
        // Silence is no statement about names: some of the questions were lost, whichever they were.
        if (!inside && outside && view.vipInternal.replied > 0) {
            report("dns.internal-fails", Verdict::Failure, proof(view), view,
                { { "how", view.vipInternal.failure } }, { &view.vipInternal, &view.vipExternal });
        } else if (inside && !outside && view.vipExternal.asked > 0) {
            // On a site without the Internet the outside name cannot resolve: a fault only where the node's
            // own way works.
            if (m_upstreamWorks)
                report("dns.external-fails", Verdict::Failure, proof(view), view,
                    { { "how", view.vipExternal.failure } }, { &view.vipExternal, &view.upstreamExternal });
            else if (!view.vipExternal.answers() || view.vipExternal.failure == "SERVFAIL")
                report("dns.upstream-silent", Verdict::Warning, Confidence::Possible, view,
                    { { "how", view.vipExternal.failure } }, { &view.vipExternal, &view.upstreamExternal });
        } else if (!inside && !outside && view.vipInternal.replied > 0) {
            report("dns.resolves-nothing", Verdict::Failure, proof(view), view,
                { { "how", view.vipInternal.failure } }, { &view.vipInternal, &view.vipExternal });
        }
    }

    /// The one name whose address is known beforehand: kubernetes.default is the Service default/kubernetes.
    void judgeTruth(const View& view)
    {
        const auto& services = kubeServices(m_sink.snapshot());
        if (!services)
            return;
        const auto own
            = std::find_if(services->begin(), services->end(), [](const kube::Service& one) {
                  return one.meta.nameSpace == "default" && one.meta.name == "kubernetes";
              });
        if (own == services->end() || own->clusterIps.empty())
            return;
        for (const parse::DnsAnswer& one : *m_answers) {
            const bool address = one.address.find_first_not_of("0123456789.") == std::string::npos;
            if (one.from != view.from || !one.internal || !one.resolved() || !address
                || !one.name.starts_with("kubernetes.default.svc.")
                || std::find(own->clusterIps.begin(), own->clusterIps.end(), one.address)
                    != own->clusterIps.end())
                continue;
            m_sink.node("dns.wrong-answer", Verdict::Failure, proof(view), m_node,
                { { "from", nameOf(view) }, { "server", one.server }, { "name", one.name },
                    { "address", one.address }, { "expected", own->clusterIps.front() } },
                { m_answers.at({ one.line }), services.at() });
            return;
        }
    }

    Sink& m_sink;
    const std::string& m_node;
    const Fact<std::vector<parse::DnsAnswer>>& m_answers;
    bool m_upstreamWorks = false;
};

} // namespace

void checkDnsMatrix(Sink& sink, const std::string& node)
{
    const auto& answers = dnsAnswers(sink.snapshot(), node);
    if (!answers) {
        // Asked for and not got is a gap; a capture from before the probe existed has the Pods, the log and
        // the Corefile.
        if (answers.observation)
            sink.needs(node, answers);
        return;
    }
    Judge(sink, node, answers).run();
}

void checkDnsMetrics(Sink& sink, const std::string& node)
{
    const ObservationPtr seen = sink.snapshot().find(node, probe::corednsMetrics);
    if (!usable(seen, Need::Success))
        return;
    for (const parse::Section& section : parse::sections(seen->out)) {
        const parse::Metrics numbers = parse::Metrics::parse(section.text());
        const int line = section.lines.empty() ? section.headingLine : section.lines.front().number;
        double total = 0, missing = 0;
        for (const char* const name : { "coredns_dns_responses_total",
                 "coredns_dns_response_rcode_count_total" }) // the latter up to 1.6
            for (const parse::Sample& sample : numbers.samples(name)) {
                total += sample.value;
                missing += sample.is("rcode", "NXDOMAIN") ? sample.value : 0;
            }
        const auto report = [&](const char* id, Verdict verdict, Confidence confidence,
                                Parameters parameters) {
            parameters.insert({ { "node", node }, { "server", section.name } });
            sink.add(id, verdict, confidence, { SubjectKind::Component, {}, "CoreDNS " + section.name, {} },
                std::move(parameters), { { seen, { line }, false } });
        };
        if (total >= 1000 && missing / total > 0.5)
            report("dns.many-nxdomain", Verdict::Warning, Confidence::Likely,
                { { "percent", decimal(missing * 100 / total, 0) }, { "count", decimal(total, 0) } });
        for (const char* const name : { "coredns_forward_max_concurrent_rejects_total",
                 "coredns_forward_max_concurrent_reject_count_total" })
            if (const auto rejected = numbers.sum(name); rejected && *rejected > 0)
                report("dns.rejects", Verdict::Warning, Confidence::Likely,
                    { { "count", decimal(*rejected, 0) } });
        for (const char* const name : { "coredns_panics_total", "coredns_panic_count_total" })
            if (const auto panics = numbers.sum(name); panics && *panics > 0)
                report("dns.panics", Verdict::Warning, Confidence::Confirmed,
                    { { "count", decimal(*panics, 0) } });
    }
}

} // namespace medic::checks
