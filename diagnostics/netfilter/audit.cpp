// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/audit.h"

#include "diagnostics/netfilter/audit_extra.h"
#include "diagnostics/netfilter/audit_judge.h"
#include "diagnostics/netfilter/nft_presence.h"

#include <algorithm>
#include <set>

namespace medic::netfilter {

namespace {

struct Client {
    ClientKind kind = ClientKind::Node;
    IpAddress address; ///< None: the node itself
    std::string in; ///< empty: not known
};

bool hasChain(const Part<iptables::IptablesSave>& save, std::string_view table, std::string_view chain)
{
    const auto* const found = save ? save->table(table) : nullptr;
    return found && found->find(chain);
}

bool anyChain(const NodeState& state, std::string_view chain)
{
    return hasChain(state.legacy4, "nat", chain) || hasChain(state.nft4, "nat", chain) || hasChain(state.legacy6, "nat", chain)
        || hasChain(state.nft6, "nat", chain);
}

bool hasLink(const NodeState& state, std::string_view prefix)
{
    return state.links && std::any_of(state.links->begin(), state.links->end(), [&](const auto& one) { return one.name.starts_with(prefix); });
}

std::string modeOf(const NodeState& state)
{
    const bool virtualServers = state.ipvs && !state.ipvs->empty();
    if (virtualServers && hasLink(state, "kube-ipvs0"))
        return "ipvs";
    // Chains of another mode may be left over; "KUBE-NODEPORTS" is the iptables mode's, "KUBE-NODE-PORT" IPVS'.
    if (anyChain(state, "KUBE-NODE-PORT") && !anyChain(state, "KUBE-NODEPORTS"))
        return "ipvs";
    if (anyChain(state, "KUBE-SERVICES"))
        return "iptables";
    if (state.ruleset && std::any_of(state.ruleset->tables.begin(), state.ruleset->tables.end(), [](const auto& one) { return one.name == "kube-proxy"; }))
        return "nftables";
    return virtualServers ? "ipvs" : "none";
}

/// What a new client's packet meets: nobody is remembered.
NodeState forNewClients(const NodeState& state)
{
    NodeState result = state;
    result.recent = std::make_shared<const XtRecent>();
    result.ipvsConnections = std::make_shared<const std::vector<ipvs::Connection>>();
    return result;
}

class NodeAuditor {
public:
    NodeAuditor(const ServiceAudit& audit, const ServiceAudit::Index& index, const NodeState& state, std::string node)
        : m_objects(audit.objects()), m_index(index), m_state(forNewClients(state)), m_tracer(m_state)
    {
        m_result.node = std::move(node);
        m_result.mode = modeOf(state);
        m_result.warnings = state.warnings;
        if (m_objects.services)
            m_tracer.setServices(*m_objects.services);
        for (const IpFamily family : {IpFamily::V4, IpFamily::V6})
            findClients(family);
    }

    NodeAudit run(const std::vector<ServiceAudit::Skipped>& skipped)
    {
        auto next = skipped.begin();
        const std::size_t count = m_objects.services ? m_objects.services->size() : 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (next != skipped.end() && next->service == i) {
                ++next;
                continue;
            }
            for (std::size_t port = 0; port < (*m_objects.services)[i].ports.size(); ++port)
                auditPort(i, port);
        }
        if (m_objects.services)
            m_result.extras = findExtraRules(m_state, *m_objects.services, m_tracer.owners());
        m_result.conflicts = findConflicts(m_state);
        return std::move(m_result);
    }

private:
    [[nodiscard]] static std::size_t at(IpFamily family) { return family == IpFamily::V6 ? 1 : 0; }

    /// The device and prefix of the node's own address.
    void findClients(IpFamily family)
    {
        auto& own = m_own[at(family)];
        std::optional<IpAddress> internal;
        if (m_objects.nodes)
            for (const auto& node : *m_objects.nodes)
                if (node.meta.name == m_result.node)
                    if (const auto found = node.addresses.find("InternalIP"); found != node.addresses.end())
                        internal = IpAddress::parse(found->second);
        const IpAddress far = *IpAddress::parse(family == IpFamily::V6 ? "2001:db8:ffff::77" : "203.0.113.77");
        const std::string towardsAll = m_tracer.routing().deviceTowards(far);
        if (m_state.links)
            for (const auto& link : *m_state.links)
                for (const auto& address : link.addresses) {
                    if (address.local.family != family || address.local.isLoopback() || address.local.isLinkLocal() || link.name == "kube-ipvs0")
                        continue;
                    if (address.local == internal || (own.address.isNone() && !internal && link.name == towardsAll)) {
                        own.address = address.local;
                        own.device = link.name;
                        own.length = address.prefixLength;
                    }
                }
        if (own.address.isNone() && internal && internal->family == family)
            own.address = *internal;
        // A neighbour: routed, and no reverse path filter minds it.
        Client outside {.kind = ClientKind::Outside, .address = far, .in = towardsAll};
        if (own.length > 0 && own.length < own.address.bits() - 1) {
            const IpAddress one = IpPrefix::of(own.address, own.length).address;
            for (const std::uint64_t offset : {77U, 2U, 3U, 1U}) {
                const IpAddress neighbour = one.plus(offset);
                if (IpPrefix::of(own.address, own.length).contains(neighbour) && !m_tracer.routing().isLocal(neighbour)
                    && m_tracer.routing().addressType(neighbour) != RouteResult::Kind::Broadcast) {
                    outside.address = neighbour;
                    outside.in = own.device;
                    break;
                }
            }
        }
        m_outside[at(family)] = outside;
        if (!m_objects.pods)
            return;
        for (const auto& pod : *m_objects.pods) {
            if (m_result.node.empty() || pod.node != m_result.node || pod.hostNetwork || pod.phase != "Running" || m_pods[at(family)].size() >= 8)
                continue;
            for (const auto& text : pod.podIps) {
                const auto address = IpAddress::parse(text);
                if (!address || address->family != family)
                    continue;
                const std::string device = m_tracer.routing().deviceTowards(*address);
                if (!device.empty() && device != towardsAll && device != "lo")
                    m_pods[at(family)].push_back({.kind = ClientKind::Pod, .address = *address, .in = device});
            }
        }
    }

    /// Why nothing can be said of this family's rules; empty: it can.
    [[nodiscard]] std::string familyUnknown(IpFamily family) const
    {
        const bool v6 = family == IpFamily::V6;
        if (!(v6 ? m_state.legacy6 : m_state.legacy4) && !(v6 ? m_state.nft6 : m_state.nft4) && !(m_result.mode == "nftables" && m_state.ruleset))
            return std::string(v6 ? "ip6tables" : "iptables") + " rules were not collected";
        if (m_result.mode == "ipvs" && !m_state.ipvs)
            return "the IPVS table was not collected";
        return {};
    }

    /// A dump that was cut off says nothing of what is not in it.
    [[nodiscard]] std::string cutOff(IpFamily family) const
    {
        const bool v6 = family == IpFamily::V6;
        for (const auto* save : {(v6 ? m_state.legacy6 : m_state.legacy4).get(), (v6 ? m_state.nft6 : m_state.nft4).get()})
            if (save)
                for (const auto& remark : save->remarks())
                    if (remark.kind == iptables::Remark::Kind::CutOff)
                        return "the rules' dump was cut off at line " + std::to_string(remark.line);
        return {};
    }

    [[nodiscard]] std::string blindness(IpFamily family) const
    {
        if (hasLink(m_state, "cilium_"))
            return "Cilium's eBPF programs act before these rules and are not followed";
        if (std::string cut = cutOff(family); !cut.empty())
            return cut;
        for (const auto& warning : nativeNftWarnings(m_state, family))
            if (!warning.starts_with("rules of the bridge itself")) // no Service is made there
                return warning;
        return {};
    }

    void auditPort(std::size_t service, std::size_t port)
    {
        const kube::Service& of = (*m_objects.services)[service];
        AuditedPort result {.service = service, .port = port};
        const bool internalLocal = of.internalTrafficPolicy == "Local", externalLocal = of.externalTrafficPolicy == "Local";
        const auto each = [](const std::vector<std::string>& texts, const auto& visit) {
            for (const auto& text : texts)
                if (const auto address = IpAddress::parse(text))
                    visit(*address);
        };
        bool families[2] = {false, false};
        each(of.clusterIps, [&](const IpAddress& address) {
            families[at(address.family)] = true;
            ask(result, FrontendKind::ClusterIp, address, of.ports[port].port, internalLocal, {.kind = ClientKind::Node});
            if (const Client* const pod = podFor(service, port, address.family))
                ask(result, FrontendKind::ClusterIp, address, of.ports[port].port, internalLocal, *pod);
        });
        each(of.externalIps, [&](const IpAddress& address) {
            ask(result, FrontendKind::ExternalIp, address, of.ports[port].port, externalLocal, m_outside[at(address.family)]);
        });
        each(of.loadBalancerIps, [&](const IpAddress& address) { askLoadBalancer(result, of, address, externalLocal); });
        if (of.ports[port].nodePort != 0)
            for (const IpFamily family : {IpFamily::V4, IpFamily::V6})
                if (families[at(family)] && !m_own[at(family)].address.isNone())
                    ask(result, FrontendKind::NodePort, m_own[at(family)].address, of.ports[port].nodePort, externalLocal, m_outside[at(family)]);
        if (!result.frontends.empty())
            m_result.ports.push_back(std::move(result));
    }

    void askLoadBalancer(AuditedPort& result, const kube::Service& of, const IpAddress& address, bool local)
    {
        Client inside = m_outside[at(address.family)], outside = inside;
        std::vector<IpPrefix> ranges;
        for (const auto& text : of.sourceRanges)
            if (const auto range = IpPrefix::parse(text); range && range->address.family == address.family)
                ranges.push_back(*range);
        const auto allowed = [&](const IpAddress& client) {
            return std::any_of(ranges.begin(), ranges.end(), [&](const IpPrefix& range) { return range.contains(client); });
        };
        if (!ranges.empty() && !allowed(inside.address)) {
            const IpPrefix& range = ranges.front();
            inside.address = range.length() >= range.address.bits() ? range.address : IpPrefix::of(range.address, range.length()).address.plus(1);
            inside.in = m_tracer.routing().deviceTowards(inside.address);
        }
        ask(result, FrontendKind::LoadBalancer, address, of.ports[result.port].port, local, inside);
        if (ranges.empty())
            return;
        for (const char* text : {"198.51.100.201", "203.0.113.201", "192.0.2.201", "2001:db8:aaaa::201", "2001:db8:bbbb::201"}) {
            const IpAddress stranger = *IpAddress::parse(text);
            if (stranger.family != address.family || allowed(stranger) || m_tracer.routing().isLocal(stranger))
                continue;
            outside.address = stranger;
            outside.in = m_tracer.routing().deviceTowards(stranger);
            ask(result, FrontendKind::LoadBalancer, address, of.ports[result.port].port, local, outside, true);
            return;
        }
    }

    /// A Pod of this node that is not an endpoint itself: no hairpin.
    [[nodiscard]] const Client* podFor(std::size_t service, std::size_t port, IpFamily family) const
    {
        const auto& endpoints = m_index.of(service, port);
        for (const Client& pod : m_pods[at(family)])
            if (std::none_of(endpoints.begin(), endpoints.end(), [&](const auto& one) { return one.address == pod.address; }))
                return &pod;
        return nullptr;
    }

    void ask(AuditedPort& result, FrontendKind kind, const IpAddress& address, std::uint16_t port, bool local, const Client& client,
             bool mustNotReach = false)
    {
        const IpFamily family = address.family;
        const kube::Service& of = (*m_objects.services)[result.service];
        AuditFrontend frontend {.kind = kind, .client = client.kind, .address = address.text(), .clientAddress = client.address.text(), .port = port};
        AuditQuestion question {.tracer = m_tracer, .index = m_index, .service = result.service, .port = result.port,
                                .expectation = m_index.expect(result.service, result.port, family, local, m_result.node, m_result.mode == "ipvs"),
                                .address = address, .asked = port, .mustNotReach = mustNotReach, .cutOff = !cutOff(family).empty(), .blind = m_blind[at(family)].of([&] { return blindness(family); })};
        const auto protocol = protocolNumber(of.ports[result.port].protocol == "UDP" ? "udp" : of.ports[result.port].protocol == "SCTP" ? "sctp" : "tcp");
        if (question.expectation.unknown.empty())
            question.expectation.unknown = m_unknown[at(family)].of([&] { return familyUnknown(family); });
        std::vector<TraceEnd> ends;
        if (question.expectation.unknown.empty())
            ends = trace(address, port, *protocol, client);
        judgeFrontend(question, ends, frontend);
        if (!mustNotReach && frontend.verdict == AuditVerdict::Ok && !question.expectation.must.empty())
            judgeAffinity(of, ends, frontend);
        result.verdict = std::max(result.verdict, frontend.verdict);
        result.frontends.push_back(std::move(frontend));
    }

    [[nodiscard]] std::vector<TraceEnd> trace(const IpAddress& address, std::uint16_t port, std::uint8_t protocol, const Client& client) const
    {
        Notes notes;
        PacketQuery query {.src = client.address, .dst = address, .protocol = protocol, .dport = port, .in = client.in};
        Walk walk;
        walk.packet.src = client.address;
        walk.packet.dst = address;
        walk.packet.protocol = protocol;
        walk.packet.sport = query.sport;
        walk.packet.dport = port;
        walk.packet.local = client.kind == ClientKind::Node;
        walk.packet.in = client.in;
        walk.packet.inUnknown = !walk.packet.local && client.in.empty();
        TraceRun run(m_tracer, query, notes);
        run.start(std::move(walk));
        if (run.ends().empty())
            run.ends().push_back({Disposition::Undecidable, {}, "the packet's way could not be followed"});
        return std::move(run.ends());
    }

    /// sessionAffinity as the rules that were walked have it. The nftables mode is not judged: its sets fill as it runs.
    void judgeAffinity(const kube::Service& of, const std::vector<TraceEnd>& ends, AuditFrontend& frontend)
    {
        bool sticky = false;
        RuleReference rule;
        for (const TraceEnd& end : ends)
            for (const auto& step : end.walk.steps) {
                const bool server = step->backend == "ipvs";
                if (!server && !(step->table == "nat" && step->action.starts_with("DNAT ")))
                    continue;
                if (rule.text.empty())
                    rule = referenceTo(*step, m_tracer.owners());
                sticky = sticky || (server ? persistent(step->chain) : step->text.find(" -m recent ") != std::string::npos);
            }
        const bool wanted = of.sessionAffinity == "ClientIP";
        if (rule.text.empty() || !writtenByKubeProxy(rule) || sticky == wanted)
            return;
        frontend.problems.push_back({.verdict = AuditVerdict::WrongPolicy, .share = 1, .reason = wanted ? "no-affinity" : "affinity", .rules = {rule}});
        frontend.verdict = AuditVerdict::WrongPolicy;
    }

    [[nodiscard]] bool persistent(const std::string& server)
    {
        if (!m_persistentKnown && m_state.ipvs)
            for (const auto& one : *m_state.ipvs)
                if (one.persistence)
                    m_persistent.insert(one.name());
        m_persistentKnown = true;
        return m_persistent.contains(server);
    }

    struct Own {
        IpAddress address;
        std::string device;
        int length = 0;
    };
    /// A sentence that is found out once.
    struct Once {
        bool known = false;
        std::string text;
        template<typename Find>
        const std::string& of(Find find)
        {
            if (!known)
                text = find();
            known = true;
            return text;
        }
    };
    const ClusterObjects& m_objects;
    const ServiceAudit::Index& m_index;
    NodeState m_state;
    PacketTracer m_tracer;
    NodeAudit m_result;
    Own m_own[2];
    Client m_outside[2];
    std::vector<Client> m_pods[2];
    Once m_blind[2], m_unknown[2];
    std::set<std::string> m_persistent; ///< names of IPVS servers
    bool m_persistentKnown = false;
};

} // namespace

std::size_t NodeAudit::count(AuditVerdict verdict) const
{
    return static_cast<std::size_t>(std::count_if(ports.begin(), ports.end(), [&](const AuditedPort& one) { return one.verdict == verdict; }));
}

ServiceAudit::ServiceAudit(ClusterObjects objects) : m_objects(std::move(objects))
{
    m_index = std::make_unique<const Index>(m_objects);
    const std::size_t count = m_objects.services ? m_objects.services->size() : 0;
    for (std::size_t i = 0; i < count; ++i) {
        const kube::Service& service = (*m_objects.services)[i];
        if (service.type == "ExternalName")
            m_skipped.push_back({i, "ExternalName"});
        else if (service.headless || service.clusterIps.empty())
            m_skipped.push_back({i, "headless"});
        else if (service.meta.labels.contains("service.kubernetes.io/service-proxy-name"))
            m_skipped.push_back({i, "other proxy"});
    }
}

ServiceAudit::~ServiceAudit() = default;

NodeAudit ServiceAudit::audit(const NodeState& state, std::string node) const
{
    if (node.empty())
        node = nodeNameOf(m_objects, state);
    if (node.empty())
        node = state.node;
    return NodeAuditor(*this, *m_index, state, std::move(node)).run(m_skipped);
}

} // namespace medic::netfilter
