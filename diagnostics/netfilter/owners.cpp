// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/owners.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>

namespace medic::netfilter {

namespace {

std::string base32(const unsigned char* bytes, std::size_t size)
{
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string result;
    unsigned buffer = 0;
    int bits = 0;
    for (std::size_t i = 0; i < size; ++i) {
        buffer = buffer << 8 | bytes[i];
        bits += 8;
        while (bits >= 5) {
            bits -= 5;
            result.push_back(alphabet[buffer >> bits & 31]);
        }
    }
    if (bits > 0)
        result.push_back(alphabet[buffer << (5 - bits) & 31]);
    return result;
}

std::string hash(const std::string& text)
{
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest {};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return base32(digest.data(), digest.size()).substr(0, 16);
}

/// The last --comment of a rule, unescaped.
std::string commentOf(std::string_view text)
{
    const auto at = text.rfind("--comment ");
    if (at == std::string_view::npos)
        return {};
    auto rest = text.substr(at + 10);
    std::string comment;
    if (!rest.starts_with('"'))
        return std::string(rest.substr(0, rest.find(' ')));
    for (std::size_t i = 1; i < rest.size() && rest[i] != '"'; ++i) {
        if (rest[i] == '\\' && i + 1 < rest.size())
            ++i;
        comment.push_back(rest[i]);
    }
    return comment;
}

/// "default/web:http cluster IP", "masquerade traffic for ns/svc:port external destinations": the first ns/name[:port]
bool servicePortIn(std::string_view comment, RuleOwner& owner)
{
    const auto isPart = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    };
    for (std::size_t at = 0; at < comment.size();) {
        const auto start = comment.find_first_not_of(" \t,;\"", at);
        if (start == std::string_view::npos)
            return false;
        auto end = comment.find_first_of(" \t,;\"", start);
        if (end == std::string_view::npos)
            end = comment.size();
        const auto word = comment.substr(start, end - start);
        at = end;
        const auto slash = word.find('/');
        if (slash == std::string_view::npos || slash == 0 || slash + 1 >= word.size())
            continue;
        const auto nameSpace = word.substr(0, slash);
        auto name = word.substr(slash + 1);
        const auto colon = name.find(':');
        const auto port = colon == std::string_view::npos ? std::string_view() : name.substr(colon + 1);
        name = name.substr(0, colon);
        if (!std::all_of(nameSpace.begin(), nameSpace.end(), isPart) || !std::all_of(name.begin(), name.end(), isPart)
            || name.empty() || nameSpace.find_first_of("abcdefghijklmnopqrstuvwxyz") == std::string_view::npos)
            continue;
        owner.nameSpace = nameSpace;
        owner.name = name;
        owner.port = port;
        return true;
    }
    return false;
}

struct Known {
    std::string_view prefix, kind, detail;
};
/// Chain names by prefix; the first that fits. Sources: netfilter.md 2.7.
constexpr std::array<Known, 46> byChain {{
    {"KUBE-HOSTPORTS", "CRI-O", "hostPort"}, {"KUBE-HP-", "CRI-O", "hostPort"},
    {"KUBE-KUBELET-CANARY", "kubelet", "canary"}, {"KUBE-IPTABLES-HINT", "kubelet", "hint"},
    {"KUBE-POD-", "kube-router", "policy"}, {"KUBE-NWPLCY-", "kube-router", "policy"},
    {"KUBE-ROUTER-", "kube-router", ""},
    {"CNI-HOSTPORT-", "hostPort", "portmap"}, {"CNI-DN-", "hostPort", "portmap"}, {"CNI-SN-", "hostPort", "portmap"},
    {"CNI-FORWARD", "cni-firewall", ""}, {"CNI-ADMIN", "cni-firewall", ""}, {"CNI-ISOLATION", "docker", "CNI isolation"},
    {"CNI-", "cni", "masquerade"},
    {"cali-", "calico", ""}, {"FLANNEL-", "flannel", ""}, {"CILIUM_", "cilium", ""}, {"OLD_CILIUM_", "cilium", ""},
    {"DOCKER", "docker", ""}, {"ISTIO_", "istio", ""}, {"PROXY_INIT_", "linkerd", ""},
    {"ufw6-", "ufw", ""}, {"ufw-", "ufw", ""},
    {"INPUT_ZONES", "firewalld", ""}, {"INPUT_direct", "firewalld", ""}, {"FORWARD_IN_ZONES", "firewalld", ""},
    {"FORWARD_OUT_ZONES", "firewalld", ""}, {"FORWARD_direct", "firewalld", ""}, {"OUTPUT_direct", "firewalld", ""},
    {"PREROUTING_ZONES", "firewalld", ""}, {"PREROUTING_direct", "firewalld", ""}, {"POSTROUTING_ZONES", "firewalld", ""},
    {"POSTROUTING_direct", "firewalld", ""}, {"IN_", "firewalld", ""}, {"FWDI_", "firewalld", ""},
    {"FWDO_", "firewalld", ""}, {"PRE_", "firewalld", ""}, {"POST_", "firewalld", ""},
    {"AWS-", "aws-vpc-cni", ""}, {"IP-MASQ", "ip-masq-agent", ""}, {"KIND-MASQ-AGENT", "kindnet", ""},
    {"WEAVE", "weave", ""}, {"ts-", "tailscale", ""}, {"f2b-", "fail2ban", ""}, {"LIBVIRT_", "libvirt", ""},
    {"NETAVARK", "podman", ""},
}};

constexpr std::array<Known, 13> byComment {{
    {"cali:", "calico", ""}, {"cilium", "cilium", ""}, {"CNI portfwd", "hostPort", "portmap"},
    {"dnat name:", "hostPort", "portmap"}, {"flanneld", "flannel", ""}, {"kubernetes firewall", "kubelet", "firewall"},
    {"block incoming localnet", "kubelet", "firewall"}, {"kubernetes", "kube-proxy", ""}, {"Kubernetes", "kube-proxy", ""},
    {"NodeLocal DNS", "node-local-dns", ""}, {"AWS", "aws-vpc-cni", ""}, {"kind-masq-agent", "kindnet", ""},
    {"ip-masq-agent", "ip-masq-agent", ""},
}};

std::string_view quoted(std::string_view comment, std::string_view key)
{
    const auto at = comment.find(key);
    if (at == std::string_view::npos)
        return {};
    const auto start = at + key.size();
    return comment.substr(start, comment.find('"', start) - start);
}

std::string_view targetChain(std::string_view text)
{
    for (const std::string_view option : {" -j ", " -g "})
        if (const auto at = text.rfind(option); at != std::string_view::npos) {
            const auto start = at + option.size();
            const auto end = text.find(' ', start);
            return text.substr(start, end == std::string_view::npos ? end : end - start);
        }
    return {};
}

} // namespace

std::string serviceChainHash(std::string_view servicePortName, std::string_view protocol)
{
    return hash(std::string(servicePortName) + std::string(protocol));
}

std::string endpointChainHash(std::string_view servicePortName, std::string_view protocol, std::string_view endpoint)
{
    return hash(std::string(servicePortName) + std::string(protocol) + std::string(endpoint));
}

void Owners::setServices(const std::vector<kube::Service>& services)
{
    m_byHash.clear();
    m_byNftHash.clear();
    for (const auto& service : services)
        for (const auto& port : service.ports) {
            std::string name = service.meta.nameSpace + '/' + service.meta.name;
            if (!port.name.empty())
                name += ':' + port.name;
            std::string protocol = port.protocol.empty() ? "tcp" : port.protocol;
            std::transform(protocol.begin(), protocol.end(), protocol.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
            const ServicePort known {service.meta.nameSpace, service.meta.name, port.name.empty() ? std::to_string(port.port) : port.name};
            m_byHash[serviceChainHash(name, protocol)] = known;
            m_byNftHash[hash(service.meta.nameSpace + '/' + service.meta.name + '/' + protocol + '/' + port.name).substr(0, 8)] = known;
        }
}

RuleOwner Owners::kubeProxy(std::string_view chain, std::string_view comment) const
{
    RuleOwner owner {.kind = "kube-proxy"};
    for (const std::string_view prefix : {"KUBE-SVC-", "KUBE-SVL-", "KUBE-EXT-", "KUBE-FW-", "KUBE-XLB-"})
        if (chain.starts_with(prefix)) {
            owner.kind = "Service";
            owner.detail = chain.substr(0, prefix.size() - 1);
            if (const auto found = m_byHash.find(chain.substr(prefix.size())); found != m_byHash.end()) {
                owner.nameSpace = found->second.nameSpace;
                owner.name = found->second.name;
                owner.port = found->second.port;
                return owner;
            }
        }
    if (chain.starts_with("KUBE-SEP-"))
        owner.kind = "endpoint";
    if (servicePortIn(comment, owner) && owner.kind == "kube-proxy")
        owner.kind = "Service";
    return owner;
}

RuleOwner Owners::of(std::string_view table, std::string_view chain, std::string_view text, std::string_view action) const
{
    // "ip kube-proxy": a native table. Those with iptables' names fall through to their chains' names.
    if (table.find(' ') != std::string_view::npos)
        if (RuleOwner owner = ofNft(table, chain, text, action); owner.kind != "unknown")
            return owner;
    const std::string comment = commentOf(text);
    // A rule in a built-in chain belongs to whom it jumps to; elsewhere the chain tells.
    const bool builtIn = chain == "PREROUTING" || chain == "INPUT" || chain == "FORWARD" || chain == "OUTPUT"
        || chain == "POSTROUTING";
    const auto target = targetChain(text);
    const auto name = builtIn && !target.empty() ? target : chain;
    for (const auto& [prefix, kind, detail] : byChain)
        if (name.starts_with(prefix)) {
            RuleOwner owner {.kind = std::string(kind), .detail = std::string(detail)};
            if (kind == "hostPort") {
                owner.name = quoted(comment, "name: \"");
                if (const auto id = quoted(comment, "id: \""); !id.empty())
                    owner.detail = id;
            } else if (kind == "calico" && comment.find(':') != std::string::npos && !comment.starts_with("cali:")) {
                owner.detail = comment;
            }
            return owner;
        }
    if (name == "KUBE-FIREWALL" && table == "filter")
        return {.kind = "kubelet", .detail = "firewall"};
    if (name.starts_with("KUBE-")) {
        // In KUBE-SERVICES and KUBE-NODEPORTS the rule's target tells the Service more surely than its comment.
        RuleOwner owner = kubeProxy(name, comment);
        if (owner.name.empty() && !target.empty())
            if (RuleOwner better = kubeProxy(target, comment); !better.name.empty())
                owner = std::move(better);
        if (owner.kind == "endpoint")
            if (const auto at = text.find("--to-destination "); at != std::string_view::npos)
                owner.detail = text.substr(at + 17, text.find(' ', at + 17) - at - 17);
        return owner;
    }
    for (const auto& [word, kind, detail] : byComment)
        if (comment.find(word) != std::string::npos)
            return {.kind = std::string(kind), .detail = std::string(detail)};
    if (text.find("docker0") != std::string_view::npos || text.find("docker_gwbridge") != std::string_view::npos)
        return {.kind = "docker"};
    if (text.find(" cilium_") != std::string_view::npos || text.find(" lxc+") != std::string_view::npos)
        return {.kind = "cilium"};
    if (text.find(" cali+") != std::string_view::npos)
        return {.kind = "calico"};
    return {.kind = "unknown"};
}

} // namespace medic::netfilter
