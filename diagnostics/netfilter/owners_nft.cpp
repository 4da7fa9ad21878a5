// SPDX-License-Identifier: GPL-3.0-or-later
// Owners of native nftables chains: kube-proxy's say in their names which Service and endpoint they are of
// (pkg/proxy/nftables: servicePortChainName, endpointChainName), others are known by their table.
#include "diagnostics/netfilter/owners.h"

#include <algorithm>
#include <array>

namespace medic::netfilter {

namespace {

struct Known {
    std::string_view name, kind, detail;
};

constexpr std::array<Known, 19> tables {{
    {"firewalld", "firewalld", ""}, {"flannel-", "flannel", ""}, {"cni_hostport", "hostPort", "portmap"}, {"docker-", "docker", ""},
    {"calico", "calico", ""}, {"cali-", "calico", ""}, {"cilium", "cilium", ""}, {"kindnet", "kindnet", ""}, {"kube-network-policies", "kube-network-policies", ""},
    {"istio", "istio", ""}, {"tailscale", "tailscale", ""}, {"netavark", "podman", ""}, {"libvirt", "libvirt", ""}, {"f2b-", "fail2ban", ""},
    {"crowdsec", "crowdsec", ""}, {"sshguard", "sshguard", ""}, {"ufw", "ufw", ""}, {"lxd", "lxd", ""}, {"incus", "incus", ""},
}};

/// Chains and maps of kube-proxy that belong to no single Service.
constexpr std::array<Known, 17> commons {{
    {"nat-", "", "services"}, {"filter-", "", "filter"}, {"services", "", "services"}, {"masquerading", "", "masquerade"},
    {"mark-for-masquerade", "", "masquerade"}, {"cluster-ips-check", "", "cluster IPs"}, {"service-endpoints-check", "", "no endpoints"},
    {"nodeport-endpoints-check", "", "no endpoints"}, {"endpoints-check", "", "no endpoints"}, {"no-endpoint", "", "no endpoints"},
    {"reject-chain", "", "no endpoints"}, {"firewall-check", "", "source ranges"}, {"firewall-ips", "", "source ranges"},
    {"firewall-allow-check", "", "source ranges"}, {"nodeport-ips", "", "node ports"}, {"hairpin-connections", "", "hairpin"},
    {"service-nodeports", "", "node ports"},
}};

/// "10.180.0.4/80", "fd00.10..1/80" (colons are dots in names) as address and port.
std::string endpointOf(std::string_view text)
{
    const auto slash = text.rfind('/');
    if (slash == std::string_view::npos)
        return std::string(text);
    std::string address(text.substr(0, slash));
    const bool v4 = std::count(address.begin(), address.end(), '.') == 3 && address.find("..") == std::string::npos
        && address.find_first_not_of("0123456789.") == std::string::npos;
    if (!v4) {
        std::replace(address.begin(), address.end(), '.', ':');
        address = '[' + address + ']';
    }
    return address + ':' + std::string(text.substr(slash + 1));
}

/// What follows the first "jump" or "goto" of a step's action.
std::string_view targetOf(std::string_view action)
{
    for (const std::string_view verdict : {"goto ", "jump "})
        if (const auto at = action.find(verdict); at != std::string_view::npos) {
            const auto rest = action.substr(at + verdict.size());
            return rest.substr(0, rest.find_first_of(" ,"));
        }
    return {};
}

std::string_view commentOf(std::string_view text)
{
    const auto at = text.rfind(" comment \"");
    if (at == std::string_view::npos)
        return {};
    const auto rest = text.substr(at + 10);
    return rest.substr(0, rest.rfind('"'));
}

} // namespace

/// "service-ULMVA6XW-ns1/svc1/tcp/p80", "endpoint-GTK6MW7G-ns5/svc5/tcp/p80__10.180.0.3/80"; cut off at 240 characters.
bool Owners::nftService(std::string_view chain, RuleOwner& owner) const
{
    static constexpr std::array<std::string_view, 6> prefixes {"service-", "local-", "external-", "endpoint-", "affinity-", "firewall-"};
    const auto prefix = std::find_if(prefixes.begin(), prefixes.end(), [&](std::string_view one) { return chain.starts_with(one); });
    constexpr std::size_t hashLength = 8;
    if (prefix == prefixes.end() || chain.size() < prefix->size() + hashLength + 1 || chain[prefix->size() + hashLength] != '-')
        return false;
    const auto hash = chain.substr(prefix->size(), hashLength);
    if (!std::all_of(hash.begin(), hash.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'); }))
        return false;
    auto rest = chain.substr(prefix->size() + hashLength + 1);
    const auto endpoint = rest.find("__");
    const bool ofEndpoint = *prefix == "endpoint-" || *prefix == "affinity-";
    owner.kind = ofEndpoint ? "endpoint" : "Service";
    owner.detail = prefix->substr(0, prefix->size() - 1);
    if (ofEndpoint && endpoint != std::string_view::npos)
        owner.detail = endpointOf(rest.substr(endpoint + 2));
    rest = rest.substr(0, endpoint);
    std::array<std::string_view, 4> parts; // namespace, name, protocol, port
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto slash = i + 1 < parts.size() ? rest.find('/') : std::string_view::npos;
        parts[i] = rest.substr(0, slash);
        rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    }
    owner.nameSpace = parts[0];
    owner.name = parts[1];
    owner.port = parts[3];
    if (const auto known = m_byNftHash.find(hash); known != m_byNftHash.end()) {
        owner.nameSpace = known->second.nameSpace;
        owner.name = known->second.name;
        owner.port = known->second.port;
    }
    return true;
}

RuleOwner Owners::ofNft(std::string_view table, std::string_view chain, std::string_view text, std::string_view action) const
{
    const auto name = table.substr(table.find(' ') + 1);
    if (name == "kube-proxy") {
        RuleOwner owner {.kind = "kube-proxy"};
        if (nftService(chain, owner))
            return owner;
        // In a common chain the verdict of the map tells the Service.
        if (nftService(targetOf(action), owner)) {
            if (owner.kind == "endpoint")
                owner.kind = "Service";
            return owner;
        }
        for (const auto& [prefix, kind, detail] : commons)
            if (chain.starts_with(prefix)) {
                owner.detail = detail;
                break;
            }
        return owner;
    }
    for (const auto& [prefix, kind, detail] : tables)
        if (name.starts_with(prefix)) {
            RuleOwner owner {.kind = std::string(kind), .detail = std::string(detail)};
            if (const auto comment = commentOf(text); kind == "hostPort" && !comment.empty())
                owner.detail = comment; // the container's id
            else if (kind == "calico" && !comment.empty() && !comment.starts_with("cali:"))
                owner.detail = comment;
            return owner;
        }
    return {.kind = "unknown"};
}

} // namespace medic::netfilter
