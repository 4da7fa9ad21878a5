// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the checks ask of a dump of rules: order of jumps, hostPort rules, a Service's endpoints. Works on the lines of
/// the dump, so that each answer can show its line; what a packet would do is the tracer's question.
namespace medic::checks {

/// "-A CHAIN text" of an iptables-save; counters in front are dropped. Views into the dump.
struct RuleLine {
    int line = 0;
    int position = 0; ///< within its chain, from 1
    std::string_view chain, text;
};

struct ChainLines {
    std::string_view policy; ///< "ACCEPT", "DROP", "-" for a chain of one's own
    int line = 0;
    std::vector<RuleLine> rules;
};

class RuleDump {
public:
    /// The dump must outlive it.
    [[nodiscard]] static RuleDump read(std::string_view iptablesSave);
    [[nodiscard]] const ChainLines* chain(std::string_view table, std::string_view name) const;
    /// Chains of a table by name; empty when there is no such table.
    [[nodiscard]] const std::map<std::string_view, ChainLines>& table(std::string_view name) const;
    [[nodiscard]] std::size_t rules() const { return m_rules; }

private:
    std::map<std::string_view, std::map<std::string_view, ChainLines>> m_tables;
    std::size_t m_rules = 0;
};

/// The output of iptables-save from its first to its last line: every table ends with COMMIT. Blank: no table, no rule.
[[nodiscard]] bool wholeDump(std::string_view iptablesSave);

/// The words of a rule; a quoted comment is one word without its quotes.
[[nodiscard]] std::vector<std::string> ruleWords(std::string_view text);
/// The word after `option`; nothing when the option is not there. Negation ("! -s") is not told apart.
[[nodiscard]] std::optional<std::string> optionOf(const std::vector<std::string>& words, std::string_view option);
/// The chain that the rule jumps or goes to; empty for none.
[[nodiscard]] std::string targetOf(const std::vector<std::string>& words);

/// Where PREROUTING or OUTPUT of nat jumps to hostPorts and to Services; 0: nowhere.
struct JumpOrder {
    std::string hook;
    int hostPort = 0, services = 0; ///< positions
    int hostPortLine = 0, servicesLine = 0;
    std::string hostPortChain;
    [[nodiscard]] bool hostPortFirst() const { return hostPort > 0 && services > 0 && hostPort < services; }
};
[[nodiscard]] std::vector<JumpOrder> jumpOrders(const RuleDump& dump);

/// One forwarded port of a node.
struct HostPortRule {
    std::uint16_t port = 0;
    std::string protocol; ///< "tcp", "udp", "sctp"
    std::string hostIp; ///< empty: every address
    std::string target; ///< address of the Pod
    std::uint16_t targetPort = 0;
    std::string owner; ///< the plugin's comment: sandbox id or "pod_ns hostport 443"
    std::string by; ///< "portmap", "portmap-nftables", "cri" (KUBE-HOSTPORTS of CRI-O, kubenet or cri-dockerd)
    int line = 0; ///< of the DNAT; 0 in JSON
    int jumpLine = 0;
};
[[nodiscard]] std::vector<HostPortRule> hostPortRules(const RuleDump& dump);

/// The nftables portmap's table in `nft -j list ruleset`.
struct NftPortmap {
    bool present = false;
    bool localOnly = true; ///< its PREROUTING jump asks for a local destination first (portmap ≥ 1.9.0)
    std::vector<HostPortRule> ports;
};
[[nodiscard]] NftPortmap nftPortmap(std::string_view json);

/// A Service's way in the iptables rules: the addresses behind ip:port, from KUBE-SERVICES over KUBE-SVC- to KUBE-SEP-.
struct ServiceRules {
    bool found = false; ///< KUBE-SERVICES has a rule for it
    bool rejected = false; ///< filter says "has no endpoints"
    std::vector<std::string> endpoints; ///< "ip:port", sorted
    std::vector<int> lines;
};
[[nodiscard]] ServiceRules serviceRules(const RuleDump& dump, std::string_view clusterIp, std::uint16_t port, std::string_view protocol);

/// The same in `ipvsadm -Sn`.
[[nodiscard]] ServiceRules ipvsService(std::string_view ipvsadm, std::string_view ip, std::uint16_t port, std::string_view protocol);

} // namespace medic::checks
