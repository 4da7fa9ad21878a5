// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/ip_address.h"
#include "diagnostics/model/trace.h"
#include "diagnostics/netfilter/cluster_objects.h"
#include "diagnostics/netfilter/conflicts.h"
#include "diagnostics/netfilter/node_state.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace medic::netfilter {

/// How a Service's port does on a node, from the mildest to the gravest; each exact condition is in docs/audit.md.
enum class AuditVerdict : std::uint8_t {
    Ok, Unknown, WrongPolicy, WrongShare, MissingEndpoint, StaleEndpoint, Extra, Unreachable, Missing, Stolen
};
[[nodiscard]] std::string_view auditVerdictName(AuditVerdict verdict); ///< "stale-endpoint" …
[[nodiscard]] bool isProblem(AuditVerdict verdict); ///< neither ok nor unknown

/// A rule (or IPVS server) as evidence.
struct RuleReference {
    std::string backend, table, chain, text;
    int rule = 0, line = 0; ///< as in TraceStep
    RuleOwner owner;
};

struct AuditProblem {
    AuditVerdict verdict = AuditVerdict::Unknown;
    std::string endpoint; ///< "10.244.0.3:8080": who gets what he should not, or does not get what he should
    double share = 0; ///< of the packets
    std::string pod; ///< "default/web-0": whose address that is
    /// Key word, with words of its own in app/ctl: "no-such-endpoint", "not-ready", "terminating", "other-node",
    /// "other-service", "wrong-port" for stale ones; else what the trace said.
    std::string reason;
    std::string other; ///< the other Service, for "other-service"
    std::vector<RuleReference> rules; ///< the rule that did it (at most one)
};

/// One endpoint that packets reach, or should.
struct AuditEndpoint {
    std::string address; ///< "10.244.0.3:8080"
    std::string pod, node;
    double share = 0, expectedShare = 0;
};

enum class FrontendKind : std::uint8_t { ClusterIp, ExternalIp, LoadBalancer, NodePort };
enum class ClientKind : std::uint8_t { Node, Pod, Outside };
[[nodiscard]] std::string_view frontendName(FrontendKind kind); ///< "cluster-ip" …
[[nodiscard]] std::string_view clientName(ClientKind kind); ///< "node" …

/// One address and port of a Service, asked by one client.
struct AuditFrontend {
    FrontendKind kind = FrontendKind::ClusterIp;
    ClientKind client = ClientKind::Node;
    std::string address, clientAddress; ///< clientAddress: empty for the node itself
    std::uint16_t port = 0;
    AuditVerdict verdict = AuditVerdict::Ok;
    std::vector<AuditProblem> problems;
    std::vector<AuditEndpoint> endpoints;
};

struct AuditedPort {
    std::size_t service = 0, port = 0; ///< in ClusterObjects::services
    AuditVerdict verdict = AuditVerdict::Ok; ///< the gravest of its frontends
    std::vector<AuditFrontend> frontends;
};

/// Rules for an address and port that no Service has.
struct ExtraRule {
    std::string address; ///< "10.96.3.3:80", or ":30090" for a nodePort
    std::string protocol, service; ///< service: as the rule's comment says; may be empty
    RuleReference rule;
};

struct NodeAudit {
    std::string node, mode; ///< mode: "iptables", "ipvs", "nftables", "none"
    std::vector<AuditedPort> ports;
    std::vector<ExtraRule> extras;
    std::vector<Conflict> conflicts;
    std::vector<std::string> warnings;
    [[nodiscard]] std::size_t count(AuditVerdict verdict) const; ///< of ports
};

/// Every Service against what a node's rules really do: each address and port is traced as a new client's first packet
/// (from the node, from a Pod of the node, from outside), and where the branches end is compared with the endpoints.
/// Immutable after construction; audit() may be called by several threads at once. Never fails: what is not known makes
/// a verdict Unknown with its reason.
class ServiceAudit {
public:
    explicit ServiceAudit(ClusterObjects objects);
    ~ServiceAudit();
    ServiceAudit(const ServiceAudit&) = delete;
    ServiceAudit& operator=(const ServiceAudit&) = delete;

    /// `node`: its name in the cluster; empty: found by its addresses, else by being the only one.
    [[nodiscard]] NodeAudit audit(const NodeState& state, std::string node = {}) const;

    [[nodiscard]] const ClusterObjects& objects() const { return m_objects; }
    struct Skipped {
        std::size_t service = 0;
        std::string_view why; ///< "headless", "ExternalName", "other proxy"
    };
    [[nodiscard]] const std::vector<Skipped>& skipped() const { return m_skipped; }

    struct Index; ///< audit_index.h

private:
    ClusterObjects m_objects;
    std::vector<Skipped> m_skipped;
    std::unique_ptr<const Index> m_index;
};

/// The name of the node whose addresses these are; empty when the objects do not tell.
[[nodiscard]] std::string nodeNameOf(const ClusterObjects& objects, const NodeState& state);

} // namespace medic::netfilter
