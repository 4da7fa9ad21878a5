// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/audit_json.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace medic::netfilter {

namespace {

using Json = nlohmann::ordered_json;

double rounded(double share) { return std::round(share * 10000.0) / 10000.0; }

Json ruleJson(const RuleReference& rule)
{
    Json owner {{"kind", rule.owner.kind}};
    if (!rule.owner.name.empty()) {
        if (!rule.owner.nameSpace.empty())
            owner["namespace"] = rule.owner.nameSpace;
        owner["name"] = rule.owner.name;
    }
    if (!rule.owner.port.empty())
        owner["port"] = rule.owner.port;
    if (!rule.owner.detail.empty())
        owner["detail"] = rule.owner.detail;
    return {{"backend", rule.backend}, {"table", rule.table}, {"chain", rule.chain}, {"rule", rule.rule}, {"line", rule.line}, {"text", rule.text},
            {"owner", std::move(owner)}};
}

Json problemJson(const AuditProblem& problem)
{
    Json json {{"verdict", auditVerdictName(problem.verdict)}, {"endpoint", problem.endpoint}, {"share", rounded(problem.share)},
               {"pod", problem.pod}, {"reason", problem.reason}};
    if (!problem.other.empty())
        json["service"] = problem.other;
    if (!problem.rules.empty())
        json["rule"] = ruleJson(problem.rules.front());
    return json;
}

Json frontendJson(const AuditFrontend& frontend)
{
    Json json {{"kind", frontendName(frontend.kind)}, {"address", frontend.address}, {"port", frontend.port}, {"from", clientName(frontend.client)}};
    if (!frontend.clientAddress.empty())
        json["client"] = frontend.clientAddress;
    json["verdict"] = auditVerdictName(frontend.verdict);
    json["problems"] = Json::array();
    for (const auto& problem : frontend.problems)
        json["problems"].push_back(problemJson(problem));
    json["endpoints"] = Json::array();
    for (const auto& endpoint : frontend.endpoints) {
        Json one {{"endpoint", endpoint.address}, {"share", rounded(endpoint.share)}, {"expected", rounded(endpoint.expectedShare)}};
        if (!endpoint.pod.empty())
            one["pod"] = endpoint.pod;
        if (!endpoint.node.empty())
            one["node"] = endpoint.node;
        json["endpoints"].push_back(std::move(one));
    }
    return json;
}

Json placeJson(const Conflict::Place& place)
{
    return {{"backend", place.backend}, {"table", place.table}, {"chain", place.chain}, {"rule", place.rule}, {"line", place.line},
            {"text", place.text}, {"owner", place.owner}};
}

Json nodeJson(const NodeAudit& node, const std::vector<kube::Service>& services)
{
    Json json {{"node", node.node}, {"mode", node.mode}};
    Json counts = Json::object();
    for (int i = 0; i <= static_cast<int>(AuditVerdict::Stolen); ++i)
        if (const auto verdict = static_cast<AuditVerdict>(i); verdict != AuditVerdict::Extra)
            counts[std::string(auditVerdictName(verdict))] = node.count(verdict);
    counts["extra"] = node.extras.size();
    json["counts"] = std::move(counts);
    json["services"] = Json::array();
    for (const auto& port : node.ports) {
        const auto& service = services[port.service];
        const auto& of = service.ports[port.port];
        Json one {{"namespace", service.meta.nameSpace}, {"name", service.meta.name}, {"port", of.name}, {"number", of.port}, {"protocol", of.protocol},
                  {"verdict", auditVerdictName(port.verdict)}};
        one["frontends"] = Json::array();
        for (const auto& frontend : port.frontends)
            one["frontends"].push_back(frontendJson(frontend));
        json["services"].push_back(std::move(one));
    }
    json["extra"] = Json::array();
    for (const auto& extra : node.extras)
        json["extra"].push_back({{"verdict", "extra"}, {"address", extra.address}, {"protocol", extra.protocol}, {"service", extra.service},
                                 {"rule", ruleJson(extra.rule)}});
    json["conflicts"] = Json::array();
    for (const auto& conflict : node.conflicts) {
        Json one {{"kind", conflictName(conflict.kind)}, {"harmful", conflict.harmful}, {"family", conflict.v6 ? "ip6" : "ip"}, {"what", conflict.what},
                  {"rule", placeJson(conflict.rule)}};
        one["others"] = Json::array();
        for (const auto& other : conflict.others)
            one["others"].push_back(placeJson(other));
        json["conflicts"].push_back(std::move(one));
    }
    json["warnings"] = node.warnings;
    return json;
}

} // namespace

std::string auditJson(const ServiceAudit& audit, const std::vector<NodeAudit>& nodes, int exitStatus)
{
    static const std::vector<kube::Service> none;
    const auto& services = audit.objects().services ? *audit.objects().services : none;
    Json json {{"format", "cluster-medic-audit"}, {"version", 1}, {"exitStatus", exitStatus}};
    json["nodes"] = Json::array();
    for (const auto& node : nodes)
        json["nodes"].push_back(nodeJson(node, services));
    json["skipped"] = Json::array();
    for (const auto& skipped : audit.skipped()) {
        const auto& meta = services[skipped.service].meta;
        json["skipped"].push_back({{"namespace", meta.nameSpace}, {"name", meta.name}, {"why", skipped.why}});
    }
    json["warnings"] = audit.objects().warnings;
    return json.dump(1, ' ', false, Json::error_handler_t::replace);
}

} // namespace medic::netfilter
