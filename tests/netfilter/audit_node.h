// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/audit_json.h"
#include "diagnostics/parse/kube_objects.h"

#include <nlohmann/json.hpp>

#include <QtGlobal>

#include <algorithm>

/// One small node and its one Service, whole or with a fault: what the audit's tests begin with.
namespace auditnode {

using namespace medic;
using namespace medic::netfilter;
using nlohmann::json;

inline const std::string addresses = R"([
 {"ifname":"lo","flags":["LOOPBACK","UP"],"addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host"}]},
 {"ifname":"eth0","flags":["BROADCAST","UP"],"operstate":"UP","addr_info":[{"family":"inet","local":"192.0.2.10","prefixlen":24,"scope":"global"}]},
 {"ifname":"cni0","flags":["BROADCAST","UP"],"operstate":"UP","addr_info":[{"family":"inet","local":"10.244.1.1","prefixlen":24,"scope":"global"}]}])";
inline const std::string routes = R"([
 {"dst":"default","gateway":"192.0.2.1","dev":"eth0"},{"dst":"192.0.2.0/24","dev":"eth0","scope":"link","prefsrc":"192.0.2.10"},
 {"dst":"10.244.1.0/24","dev":"cni0","scope":"link","prefsrc":"10.244.1.1"},{"dst":"10.244.2.0/24","gateway":"192.0.2.11","dev":"eth0"},
 {"type":"local","dst":"192.0.2.10","dev":"eth0","table":"local"},{"type":"local","dst":"10.244.1.1","dev":"cni0","table":"local"},
 {"type":"local","dst":"127.0.0.0/8","dev":"lo","table":"local"}])";
inline const std::string ipRules = R"([{"priority":0,"src":"all","table":"local"},{"priority":32766,"src":"all","table":"main"}])";
inline const std::string sysctls = "net.ipv4.ip_forward = 1\nnet.ipv4.conf.all.forwarding = 1\nnet.ipv4.conf.eth0.forwarding = 1\nnet.ipv4.conf.cni0.forwarding = 1\n"
                            "net.ipv4.conf.all.rp_filter = 0\nnet.ipv4.conf.eth0.rp_filter = 0\nnet.ipv4.conf.cni0.rp_filter = 0\nnet.ipv4.vs.conntrack = 1\n";

/// kube-proxy's rules for default/web (10.96.0.7:80, nodePort 30080) with the given endpoints, and what a test adds.
struct Rules {
    std::vector<std::string> endpoints {"10.244.1.3:8080", "10.244.2.4:8080"};
    std::vector<std::string> shares; ///< of all but the last; empty: equal
    std::string nodePortJump = "KUBE-EXT-WEB", services = "-A KUBE-SERVICES -d 10.96.0.7/32 -p tcp -m comment --comment \"default/web:http cluster IP\" -m tcp --dport 80 -j KUBE-SVC-WEB\n";
    std::string more, filter, prerouting, recent;
    std::vector<std::string> extChain {"-A KUBE-EXT-WEB -j KUBE-MARK-MASQ", "-A KUBE-EXT-WEB -j KUBE-SVC-WEB"};

    [[nodiscard]] std::string text() const
    {
        std::string nat = "*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n:KUBE-NODEPORTS - [0:0]\n"
                          ":KUBE-MARK-MASQ - [0:0]\n:KUBE-POSTROUTING - [0:0]\n:KUBE-SVC-WEB - [0:0]\n:KUBE-EXT-WEB - [0:0]\n:KUBE-FW-WEB - [0:0]\n:CNI-HOSTPORT-DNAT - [0:0]\n:CNI-DN-1 - [0:0]\n";
        for (std::size_t i = 0; i < endpoints.size(); ++i)
            nat += ":KUBE-SEP-" + std::to_string(i) + " - [0:0]\n";
        nat += prerouting + "-A PREROUTING -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES\n-A OUTPUT -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES\n"
            "-A POSTROUTING -m comment --comment \"kubernetes postrouting rules\" -j KUBE-POSTROUTING\n-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000\n"
            "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN\n-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0\n-A KUBE-POSTROUTING -j MASQUERADE --random-fully\n";
        nat += services + more + "-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS\n";
        if (!nodePortJump.empty())
            nat += "-A KUBE-NODEPORTS -p tcp -m comment --comment \"default/web:http\" -m tcp --dport 30080 -j " + nodePortJump + '\n';
        for (const auto& one : extChain)
            nat += one + '\n';
        for (std::size_t i = 0; i < endpoints.size(); ++i) {
            const std::string sep = "KUBE-SEP-" + std::to_string(i);
            std::string share;
            if (i + 1 < endpoints.size())
                share = " -m statistic --mode random --probability " + (i < shares.size() ? shares[i] : std::to_string(1.0 / static_cast<double>(endpoints.size() - i)));
            nat += "-A KUBE-SVC-WEB -m comment --comment \"default/web:http\"" + share + " -j " + sep + '\n';
            nat += "-A " + sep + " -p tcp -m comment --comment \"default/web:http\"" + recent + " -m tcp -j DNAT --to-destination " + endpoints[i] + '\n';
        }
        return "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n:KUBE-PROXY-FIREWALL - [0:0]\n" + filter + "COMMIT\n" + nat + "COMMIT\n";
    }
};

inline NodeState nodeWith(const std::string& rules, const std::vector<std::pair<std::string, std::string>>& more = {})
{
    NodeState state;
    const auto set = [&](const std::string& file, const std::string& text) {
        const auto done = state.setPart(file, std::make_shared<const std::string>(text));
        if (!done)
            qFatal("%s: %s", file.c_str(), done.error().detail.c_str());
    };
    if (!rules.empty())
        set("iptables-save.txt", rules);
    set("ip-addr.json", addresses);
    set("ip-route-all.json", routes);
    set("ip-rule.json", ipRules);
    set("sysctl.txt", sysctls);
    set("ipvsadm-Sn.txt", "");
    for (const auto& [file, text] : more)
        set(file, text);
    state.finish();
    return state;
}

inline json endpointJson(const std::string& address, const std::string& node, const std::string& pod, bool ready = true)
{
    return {{"addresses", {address}}, {"conditions", {{"ready", ready}}}, {"nodeName", node}, {"targetRef", {{"kind", "Pod"}, {"namespace", "default"}, {"name", pod}}}};
}

/// default/web with two endpoints, default/none without any, a headless one and an ExternalName.
struct Objects {
    json web = {{"metadata", {{"namespace", "default"}, {"name", "web"}}},
                {"spec", {{"type", "NodePort"}, {"clusterIP", "10.96.0.7"}, {"ports", {{{"name", "http"}, {"protocol", "TCP"}, {"port", 80}, {"targetPort", 8080}, {"nodePort", 30080}}}}}}};
    json endpoints = json::array({endpointJson("10.244.1.3", "node-1", "web-a"), endpointJson("10.244.2.4", "node-2", "web-b")});
    std::vector<json> others, pods;
    bool slices = true;

    [[nodiscard]] ClusterObjects make() const
    {
        ClusterObjects result;
        json services {{"kind", "ServiceList"}, {"items", json::array({web})}};
        for (const auto& one : others)
            services["items"].push_back(one);
        result.services = std::make_shared<const std::vector<kube::Service>>(*kube::parseServices(services.dump()));
        const json slice {{"metadata", {{"namespace", "default"}, {"name", "web-x"}, {"labels", {{"kubernetes.io/service-name", "web"}}}}}, {"addressType", "IPv4"},
                          {"ports", {{{"name", "http"}, {"protocol", "TCP"}, {"port", 8080}}}}, {"endpoints", endpoints}};
        if (slices)
            result.endpoints = std::make_shared<const std::vector<kube::EndpointSlice>>(*kube::parseEndpointSlices(json {{"kind", "EndpointSliceList"}, {"items", {slice}}}.dump()));
        json podList {{"kind", "PodList"}, {"items", json::array()}};
        const auto pod = [&](const char* name, const char* address, const char* node) {
            podList["items"].push_back({{"metadata", {{"namespace", "default"}, {"name", name}}}, {"spec", {{"nodeName", node}}},
                                        {"status", {{"phase", "Running"}, {"podIP", address}}}});
        };
        pod("web-a", "10.244.1.3", "node-1");
        pod("web-b", "10.244.2.4", "node-2");
        pod("client", "10.244.1.9", "node-1");
        for (const auto& one : pods)
            podList["items"].push_back(one);
        result.pods = std::make_shared<const std::vector<kube::Pod>>(*kube::parsePods(podList.dump()));
        const json nodes {{"kind", "NodeList"}, {"items", {{{"metadata", {{"name", "node-1"}}}, {"status", {{"addresses", {{{"type", "InternalIP"}, {"address", "192.0.2.10"}}}}}}},
                                                            {{"metadata", {{"name", "node-2"}}}, {"status", {{"addresses", {{{"type", "InternalIP"}, {"address", "192.0.2.11"}}}}}}}}}};
        result.nodes = std::make_shared<const std::vector<kube::Node>>(*kube::parseNodes(nodes.dump()));
        return result;
    }
};

inline NodeAudit audited(const Rules& rules = {}, const Objects& objects = {}, const std::vector<std::pair<std::string, std::string>>& more = {})
{
    return ServiceAudit(objects.make()).audit(nodeWith(rules.text(), more));
}

inline const AuditProblem* problemOf(const NodeAudit& audit, AuditVerdict verdict, FrontendKind kind = FrontendKind::ClusterIp)
{
    for (const auto& port : audit.ports)
        for (const auto& frontend : port.frontends)
            if (frontend.kind == kind)
                for (const auto& problem : frontend.problems)
                    if (problem.verdict == verdict)
                        return &problem;
    return nullptr;
}

inline std::string verdictOf(const NodeAudit& audit, std::size_t port = 0)
{
    return port < audit.ports.size() ? std::string(auditVerdictName(audit.ports[port].verdict)) : "not audited";
}

inline std::string described(const NodeAudit& audit)
{
    std::string text;
    for (const auto& port : audit.ports)
        for (const auto& frontend : port.frontends)
            for (const auto& problem : frontend.problems)
                text += std::string(frontendName(frontend.kind)) + " from " + std::string(clientName(frontend.client)) + ": "
                    + std::string(auditVerdictName(problem.verdict)) + ' ' + problem.endpoint + ' ' + problem.reason + '\n';
    return text;
}

#define VERDICT(audit, expected) QVERIFY2(verdictOf(audit) == (expected), (verdictOf(audit) + '\n' + described(audit)).c_str())

} // namespace auditnode
