// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/network_policies.h"

#include "diagnostics/parse/kube_document.h"
#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace medic::kube {

using document::Json;

namespace {

Meta metaOf(const Json& object)
{
    const Json& meta = document::at(object, "metadata");
    Meta result;
    result.nameSpace = document::text(meta, "namespace");
    result.name = document::text(meta, "name");
    result.uid = document::text(meta, "uid");
    result.creation = document::text(meta, "creationTimestamp");
    result.deletion = document::text(meta, "deletionTimestamp");
    result.labels = document::textMap(meta, "labels");
    result.annotations = document::textMap(meta, "annotations");
    return result;
}

Selector selectorOf(const Json& object)
{
    Selector result;
    result.labels = document::textMap(object, "matchLabels");
    document::each(object, "matchExpressions", [&](const Json& item) {
        result.expressions.push_back({ document::text(item, "key"), document::text(item, "operator"),
            document::texts(item, "values") });
    });
    return result;
}

std::vector<PolicyRule> rulesOf(const Json& spec, const char* list, const char* peers)
{
    std::vector<PolicyRule> result;
    document::each(spec, list, [&](const Json& item) {
        PolicyRule rule;
        document::each(item, peers, [&](const Json& from) {
            PolicyPeer peer;
            if (const Json& pods = document::at(from, "podSelector"); pods.is_object())
                peer.pods = selectorOf(pods);
            if (const Json& namespaces = document::at(from, "namespaceSelector"); namespaces.is_object())
                peer.namespaces = selectorOf(namespaces);
            if (const Json& block = document::at(from, "ipBlock"); block.is_object()) {
                peer.cidr = document::text(block, "cidr");
                peer.except = document::texts(block, "except");
            }
            rule.peers.push_back(std::move(peer));
        });
        document::each(item, "ports", [&](const Json& one) {
            PolicyPort port;
            if (const std::string protocol = document::text(one, "protocol"); !protocol.empty())
                port.protocol = protocol;
            const Json& value = document::at(one, "port");
            port.port = value.is_string()   ? value.get<std::string>()
                : value.is_number_integer() ? std::to_string(document::number(one, "port"))
                                            : std::string();
            port.endPort = document::number(one, "endPort");
            rule.ports.push_back(std::move(port));
        });
        result.push_back(std::move(rule));
    });
    return result;
}

} // namespace

bool Selector::matches(const Labels& of) const
{
    const auto has = [&](const std::string& key, const std::string& value) {
        const auto found = of.find(key);
        return found != of.end() && found->second == value;
    };
    for (const auto& [key, value] : labels)
        if (!has(key, value))
            return false;
    for (const Expression& one : expressions) {
        const bool listed = std::any_of(one.values.begin(), one.values.end(),
            [&](const std::string& value) { return has(one.key, value); });
        if (one.op == "In"                 ? !listed
                : one.op == "NotIn"        ? listed
                : one.op == "Exists"       ? !of.contains(one.key)
                : one.op == "DoesNotExist" ? of.contains(one.key)
                                           : true)
            return false;
    }
    return true;
}

bool PolicyPort::covers(std::string_view wanted, int wantedPort) const
{
    if (protocol != wanted)
        return false;
    if (port.empty())
        return true;
    const auto from = parse::number<int>(port);
    return from && wantedPort >= *from && wantedPort <= std::max(*from, endPort);
}

bool PolicyRule::allowsPort(std::string_view protocol, int port) const
{
    return ports.empty() || std::any_of(ports.begin(), ports.end(), [&](const PolicyPort& one) {
        return one.covers(protocol, port);
    });
}

Result<std::vector<NetworkPolicy>> parseNetworkPolicies(std::string_view json, std::string_view name)
{
    std::vector<NetworkPolicy> result;
    const auto done = document::eachObject(
        json, name, { "NetworkPolicy" }, [&](const Json& object, std::string_view) {
            const Json& spec = document::at(object, "spec");
            NetworkPolicy policy;
            policy.meta = metaOf(object);
            policy.pods = selectorOf(document::at(spec, "podSelector"));
            const auto types = document::texts(spec, "policyTypes");
            policy.ingressRules = rulesOf(spec, "ingress", "from");
            policy.egressRules = rulesOf(spec, "egress", "to");
            // Without policyTypes: Ingress always, Egress when there are egress rules.
            policy.ingress = types.empty() || std::find(types.begin(), types.end(), "Ingress") != types.end();
            policy.egress = types.empty() ? !policy.egressRules.empty()
                                          : std::find(types.begin(), types.end(), "Egress") != types.end();
            result.push_back(std::move(policy));
        });
    if (!done)
        return tl::unexpected(done.error());
    return result;
}

Result<std::map<std::string, Labels>> parseNamespaceLabels(std::string_view json, std::string_view name)
{
    std::map<std::string, Labels> result;
    const auto done
        = document::eachObject(json, name, { "Namespace" }, [&](const Json& object, std::string_view) {
              Meta meta = metaOf(object);
              result.insert_or_assign(meta.name, std::move(meta.labels));
          });
    if (!done)
        return tl::unexpected(done.error());
    return result;
}

Result<std::vector<TerminatingNamespace>> parseTerminatingNamespaces(
    std::string_view json, std::string_view name)
{
    std::vector<TerminatingNamespace> result;
    const auto done
        = document::eachObject(json, name, { "Namespace" }, [&](const Json& object, std::string_view) {
              TerminatingNamespace one;
              one.meta = metaOf(object);
              if (one.meta.deletion.empty())
                  return;
              document::each(document::at(object, "status"), "conditions", [&](const Json& item) {
                  one.conditions.push_back({ document::text(item, "type"), document::text(item, "status"),
                      document::text(item, "reason"), document::text(item, "message"), {},
                      document::text(item, "lastTransitionTime") });
              });
              result.push_back(std::move(one));
          });
    if (!done)
        return tl::unexpected(done.error());
    return result;
}

Result<std::map<std::string, std::string>> parseMemoryLimits(std::string_view json, std::string_view name)
{
    std::map<std::string, std::string> result;
    const auto done = document::eachObject(json, name, { "Pod" }, [&](const Json& object, std::string_view) {
        const Meta meta = metaOf(object);
        for (const char* const list : { "initContainers", "containers" })
            document::each(document::at(object, "spec"), list, [&](const Json& container) {
                const std::string limit
                    = document::text(document::at(document::at(container, "resources"), "limits"), "memory");
                if (!limit.empty())
                    result[meta.nameSpace + '/' + meta.name + '/' + document::text(container, "name")]
                        = limit;
            });
    });
    if (!done)
        return tl::unexpected(done.error());
    return result;
}

} // namespace medic::kube
