// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/audit_judge.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace medic::netfilter {

namespace {

constexpr double shareTolerance = 0.05; ///< kube-proxy 1.16 wrote probabilities with five digits

const TraceStep* translation(const Walk& walk)
{
    for (auto step = walk.steps.rbegin(); step != walk.steps.rend(); ++step) {
        const auto& [before, after] = std::tie((*step)->before, (*step)->after);
        if (before && after && (before->dst != after->dst || before->dport != after->dport))
            return step->get();
    }
    return nullptr;
}

/// The rule or policy at which the packet ended.
const TraceStep* decision(const Walk& walk)
{
    for (auto step = walk.steps.rbegin(); step != walk.steps.rend(); ++step)
        if ((*step)->backend != "route" && (*step)->matched != Tri::No)
            return step->get();
    return nullptr;
}

std::string whyUnknown(const TraceEnd& end)
{
    for (const auto& step : end.walk.steps)
        if (step->matched == Tri::Unknown)
            return step->reason + (step->text.empty() ? "" : ": " + step->text);
    return end.reason.empty() ? "the packet's way is not known for certain" : end.reason;
}

/// A rule that keeps Pods apart on purpose is not the Service's fault.
bool isNetworkPolicy(const RuleReference& rule)
{
    constexpr std::array<std::string_view, 4> kinds {"calico", "kube-router", "cilium", "weave"};
    return std::find(kinds.begin(), kinds.end(), rule.owner.kind) != kinds.end();
}

class Judge {
public:
    Judge(const AuditQuestion& question, AuditFrontend& frontend) : m_q(question), m_frontend(frontend) { }

    void judge(const std::vector<TraceEnd>& ends)
    {
        for (const auto* one : m_q.expectation.must)
            m_frontend.endpoints.push_back(row(*one));
        for (const TraceEnd& end : ends)
            judgeEnd(end);
        if (!m_q.mustNotReach) {
            judgeMissing();
            judgeShares();
        }
        for (const auto& problem : m_frontend.problems)
            m_frontend.verdict = std::max(m_frontend.verdict, problem.verdict);
    }

private:
    AuditEndpoint row(const EndpointOfPort& one) const
    {
        AuditEndpoint result {.address = endpointName(one.address, one.port), .pod = {}, .node = one.endpoint->node};
        if (!one.endpoint->podName.empty())
            result.pod = one.endpoint->podNameSpace + '/' + one.endpoint->podName;
        result.expectedShare = 1.0 / static_cast<double>(m_q.expectation.must.size());
        return result;
    }

    AuditProblem& add(AuditVerdict verdict, const TraceEnd& end, std::string reason)
    {
        AuditProblem problem {.verdict = verdict, .share = end.walk.probability, .reason = std::move(reason)};
        if (!end.walk.certain) {
            problem.verdict = AuditVerdict::Unknown;
            problem.reason = whyUnknown(end);
        }
        // Branches that say the same are one problem.
        for (auto& known : m_frontend.problems)
            if (known.verdict == problem.verdict && known.reason == problem.reason && known.endpoint.empty() && known.rules.empty()) {
                known.share += problem.share;
                return known;
            }
        m_frontend.problems.push_back(std::move(problem));
        return m_frontend.problems.back();
    }

    void judgeEnd(const TraceEnd& end)
    {
        const PacketState& packet = end.walk.packet;
        m_certain = m_certain && end.walk.certain;
        if (end.disposition == Disposition::Undecidable || end.disposition == Disposition::Queued) {
            m_complete = false;
            add(AuditVerdict::Unknown, end, whyUnknown(end));
            return;
        }
        const IpAddress to = packet.ipvs ? packet.ipvs->realAddress : packet.dst;
        const std::uint16_t port = packet.ipvs ? packet.ipvs->realPort : packet.dport;
        const bool arrives = end.disposition == Disposition::Delivered || end.disposition == Disposition::Forwarded;
        const auto same = [&](const EndpointOfPort* one) { return one->address == to && one->port == port; };
        const auto& must = m_q.expectation.must;
        const auto& may = m_q.expectation.may;
        const auto found = std::find_if(must.begin(), must.end(), same);
        if (m_q.mustNotReach) {
            if (arrives && (to != m_q.address || port != m_q.asked))
                add(AuditVerdict::WrongPolicy, end, "source-ranges");
            return;
        }
        if (found != must.end())
            return reached(static_cast<std::size_t>(found - must.begin()), end, arrives);
        if (std::any_of(may.begin(), may.end(), same)) {
            m_others = true;
            return;
        }
        if (to == m_q.address && port == m_q.asked)
            return notTranslated(end, arrives);
        wrongTarget(end, to, port);
    }

    void reached(std::size_t index, const TraceEnd& end, bool arrives)
    {
        AuditEndpoint& endpoint = m_frontend.endpoints[index];
        endpoint.share += end.walk.probability;
        if (arrives)
            return;
        const TraceStep* const step = decision(end.walk);
        const bool byRule = end.disposition == Disposition::Dropped || end.disposition == Disposition::Rejected;
        if (step && byRule && isNetworkPolicy(referenceTo(*step, m_q.tracer.owners())))
            return;
        AuditProblem& problem = add(AuditVerdict::Unreachable, end, std::string(dispositionName(end.disposition)) + ": " + end.reason);
        problem.endpoint = endpoint.address;
        problem.pod = endpoint.pod;
        if (step && byRule)
            problem.rules = {referenceTo(*step, m_q.tracer.owners())};
    }

    void notTranslated(const TraceEnd& end, bool arrives)
    {
        const bool expected = !m_q.expectation.must.empty();
        const TraceStep* const step = decision(end.walk);
        const bool byRule = end.disposition == Disposition::Dropped || end.disposition == Disposition::Rejected;
        if (!expected) {
            // A ClusterIP without endpoints is refused by kube-proxy in every mode; elsewhere versions differ.
            if (arrives && m_frontend.kind == FrontendKind::ClusterIp)
                missing(end, "nothing-refuses");
            return;
        }
        if (end.disposition == Disposition::Delivered && servedByNodeLocalDns(end.walk)) {
            m_whole += end.walk.probability;
            m_others = true;
            return;
        }
        if (arrives)
            return missing(end, end.disposition == Disposition::Delivered ? "stays-here" : "leaves-untranslated");
        if (step && byRule) {
            const RuleReference rule = referenceTo(*step, m_q.tracer.owners());
            const auto says = [&](std::string_view words) { return rule.text.find(words) != std::string::npos; };
            // A virtual server without real servers refuses as well.
            if (writtenByKubeProxy(rule) && step->backend != "ipvs" && !says("has no ") && !says("no-endpoint"))
                return missing(end, "not-known"); // "unallocated ClusterIPs" of the nftables mode
            if (writtenByKubeProxy(rule) && end.walk.certain) {
                m_refusal = {rule}; // "has no endpoints": every one is missing
                return;
            }
            if (isNetworkPolicy(rule))
                return missing(end, "network-policy", AuditVerdict::Unknown);
            if (passedTranslation(*step) && !hasVirtualServer())
                return missing(end, std::string(dispositionName(end.disposition)) + ": " + end.reason);
            add(AuditVerdict::Unreachable, end, std::string(dispositionName(end.disposition)) + ": " + end.reason).rules = {rule};
            m_whole = m_whole + end.walk.probability;
            return;
        }
        m_whole += end.walk.probability;
        // No route to a ClusterIP at all: packets never come to the rules.
        add(AuditVerdict::Unreachable, end, std::string(dispositionName(end.disposition)) + ": " + end.reason);
    }

    /// At the filter of these hooks every rule that translates has been asked: what comes here as it was has none.
    [[nodiscard]] static bool passedTranslation(const TraceStep& step)
    {
        return step.hook == "FORWARD" || step.hook == "INPUT" || step.hook == "POSTROUTING" || (step.hook == "OUTPUT" && step.table.ends_with("filter"));
    }

    /// IPVS translates behind the filter of INPUT and OUTPUT.
    [[nodiscard]] bool hasVirtualServer() const
    {
        const auto& servers = m_q.tracer.node().ipvs;
        return servers && std::any_of(servers->begin(), servers->end(), [&](const auto& server) { return server.address == m_q.address && server.port == m_q.asked; });
    }

    /// NodeLocal DNSCache holds kube-dns' address on the node and takes its packets out of conntrack: as it is meant.
    [[nodiscard]] bool servedByNodeLocalDns(const Walk& walk) const
    {
        return std::any_of(walk.steps.begin(), walk.steps.end(), [&](const StepPtr& step) {
            return step->text.find("NodeLocal DNS") != std::string::npos && step->matched == Tri::Yes;
        });
    }

    void missing(const TraceEnd& end, std::string reason, AuditVerdict verdict = AuditVerdict::Missing)
    {
        m_whole += end.walk.probability;
        if (verdict == AuditVerdict::Missing && !m_q.blind.empty())
            add(AuditVerdict::Unknown, end, m_q.blind);
        else
            add(verdict, end, std::move(reason));
    }

    void wrongTarget(const TraceEnd& end, const IpAddress& to, std::uint16_t port)
    {
        const std::string name = endpointName(to, port);
        const TraceStep* const step = translation(end.walk);
        RuleReference rule = step ? referenceTo(*step, m_q.tracer.owners()) : RuleReference {};
        AuditVerdict verdict = AuditVerdict::StaleEndpoint;
        std::string reason = stalenessOf(to, port), other;
        if (step && !writtenByKubeProxy(rule)) {
            verdict = AuditVerdict::Stolen;
            reason = rule.owner.kind;
        } else if (const std::string thief = otherServiceOnWay(end.walk); !thief.empty()) {
            verdict = AuditVerdict::Stolen;
            reason = "other-service";
            other = thief;
        } else if (reason == "other-service") {
            other = m_q.index.otherServiceOf(to, port, m_q.service);
        }
        AuditProblem& problem = add(verdict, end, reason);
        problem.endpoint = name;
        problem.pod = m_q.index.podAt(to);
        problem.other = other;
        if (step)
            problem.rules = {std::move(rule)};
        if (verdict == AuditVerdict::Stolen)
            m_whole += end.walk.probability;
        m_frontend.endpoints.push_back({.address = name, .pod = problem.pod, .node = {}, .share = end.walk.probability});
    }

    [[nodiscard]] std::string stalenessOf(const IpAddress& to, std::uint16_t port) const
    {
        bool otherPort = false;
        for (const auto& one : m_q.index.of(m_q.service, m_q.port)) {
            if (one.address != to)
                continue;
            if (one.port != port) {
                otherPort = true;
                continue;
            }
            return one.endpoint->terminating ? "terminating" : !one.endpoint->ready ? "not-ready" : "other-node";
        }
        if (otherPort)
            return "wrong-port";
        return m_q.index.otherServiceOf(to, port, m_q.service).empty() ? "no-such-endpoint" : "other-service";
    }

    /// kube-proxy's own rule, but of a Service that has the same address and port.
    [[nodiscard]] std::string otherServiceOnWay(const Walk& walk) const
    {
        std::string last;
        for (const auto& step : walk.steps) {
            if (step->rule == 0 || step->matched == Tri::No)
                continue;
            const RuleOwner owner = m_q.tracer.owners().of(step->table, step->chain, step->text);
            if ((owner.kind == "Service" || owner.kind == "endpoint") && !owner.name.empty() && step->table.find("filter") == std::string::npos)
                last = owner.nameSpace + '/' + owner.name;
        }
        return last == m_q.index.serviceName(m_q.service) ? std::string() : last;
    }

    void judgeMissing()
    {
        if (!m_complete || m_whole > 0.999)
            return;
        for (const auto& endpoint : m_frontend.endpoints) {
            if (endpoint.expectedShare == 0 || endpoint.share > 0)
                continue;
            if (m_q.cutOff) {
                m_frontend.problems.push_back({.verdict = AuditVerdict::Unknown, .endpoint = endpoint.address, .pod = endpoint.pod, .reason = m_q.blind});
                continue;
            }
            m_frontend.problems.push_back({.verdict = AuditVerdict::MissingEndpoint, .endpoint = endpoint.address, .share = 0,
                                           .pod = endpoint.pod, .reason = m_refusal.empty() ? "" : "refused", .rules = m_refusal});
        }
    }

    void judgeShares()
    {
        if (!m_certain || !m_complete || m_others || !m_frontend.problems.empty())
            return;
        for (const auto& endpoint : m_frontend.endpoints)
            if (std::abs(endpoint.share - endpoint.expectedShare) > endpoint.expectedShare * shareTolerance)
                m_frontend.problems.push_back({.verdict = AuditVerdict::WrongShare, .endpoint = endpoint.address,
                                               .share = endpoint.share, .pod = endpoint.pod});
    }

    const AuditQuestion& m_q;
    AuditFrontend& m_frontend;
    std::vector<RuleReference> m_refusal;
    double m_whole = 0; ///< share of the packets that reach no endpoint for a reason already told
    bool m_certain = true, m_complete = true, m_others = false;
};

} // namespace

std::string endpointName(const IpAddress& address, std::uint16_t port)
{
    return (address.isV6() ? '[' + address.text() + ']' : address.text()) + ':' + std::to_string(port);
}

RuleReference referenceTo(const TraceStep& step, const Owners& owners)
{
    RuleReference rule {.backend = step.backend, .table = step.table, .chain = step.chain, .text = step.text, .rule = step.rule, .line = step.line};
    rule.owner = step.backend == "ipvs" ? RuleOwner {.kind = "kube-proxy", .detail = "IPVS"} : owners.of(step.table, step.chain, step.text);
    return rule;
}

bool writtenByKubeProxy(const RuleReference& rule)
{
    const std::string& kind = rule.owner.kind;
    return rule.backend == "ipvs" || kind == "kube-proxy" || kind == "Service" || kind == "endpoint" || rule.table.ends_with("kube-proxy")
        || rule.chain.starts_with("KUBE-");
}

void judgeFrontend(const AuditQuestion& question, const std::vector<TraceEnd>& ends, AuditFrontend& frontend)
{
    if (!question.expectation.unknown.empty()) {
        frontend.problems.push_back({.verdict = AuditVerdict::Unknown, .share = 1, .reason = question.expectation.unknown});
        frontend.verdict = AuditVerdict::Unknown;
        return;
    }
    Judge(question, frontend).judge(ends);
}

} // namespace medic::netfilter
