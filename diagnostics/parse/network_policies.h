// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/model/kube.h"

#include <optional>

/// NetworkPolicy objects (networking.k8s.io/v1) as far as a diagnosis needs them.
namespace medic::kube {

struct Selector {
    struct Expression {
        std::string key, op; ///< In, NotIn, Exists, DoesNotExist
        std::vector<std::string> values;
    };
    Labels labels;
    std::vector<Expression> expressions;
    /// An empty selector selects everything; an operator that is not known selects nothing.
    [[nodiscard]] bool matches(const Labels& of) const;
};

struct PolicyPeer {
    std::optional<Selector> pods, namespaces; ///< without `namespaces`: the policy's own
    std::string cidr;
    std::vector<std::string> except;
};

struct PolicyPort {
    std::string protocol = "TCP";
    std::string port; ///< a number or a name; empty: all
    int endPort = 0;
    [[nodiscard]] bool covers(
        std::string_view protocol, int port) const; ///< a named port covers nothing here
};

/// An empty list allows all: all peers, all ports.
struct PolicyRule {
    std::vector<PolicyPeer> peers;
    std::vector<PolicyPort> ports;
    [[nodiscard]] bool allowsPort(std::string_view protocol, int port) const;
};

struct NetworkPolicy {
    Meta meta;
    Selector pods;
    bool ingress = false, egress = false; ///< by policyTypes, or the API's default
    std::vector<PolicyRule> ingressRules, egressRules;
};

[[nodiscard]] Result<std::vector<NetworkPolicy>> parseNetworkPolicies(
    std::string_view json, std::string_view name = {});

/// Labels of the namespaces, by name; each has kubernetes.io/metadata.name (set by the apiserver from 1.21
/// on).
[[nodiscard]] Result<std::map<std::string, Labels>> parseNamespaceLabels(
    std::string_view json, std::string_view name = {});

/// A namespace that is being deleted, and what its status says about it.
struct TerminatingNamespace {
    Meta meta;
    std::vector<Condition> conditions;
};
[[nodiscard]] Result<std::vector<TerminatingNamespace>> parseTerminatingNamespaces(
    std::string_view json, std::string_view name = {});

/// Memory limits as written, by "namespace/pod/container".
[[nodiscard]] Result<std::map<std::string, std::string>> parseMemoryLimits(
    std::string_view json, std::string_view name = {});

} // namespace medic::kube
