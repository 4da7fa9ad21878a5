// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/incident/redaction_words.h"

#include <algorithm>
#include <array>
#include <set>

namespace medic::incident {

namespace {

std::string lower(std::string_view text)
{
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
    return result;
}

bool endsWithDomain(const std::string& host, std::string_view domain)
{
    return host == domain || (host.size() > domain.size() && host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.');
}

const std::set<std::string, std::less<>>& genericNames()
{
    static const std::set<std::string, std::less<>> names {
        // hosts
        "localhost", "localhost4", "localhost6", "localdomain", "master", "node", "nodes", "worker", "workers", "control-plane",
        "controlplane", "minion", "server", "agent", "host", "hostname", "local", "none", "kubernetes", "default", "kube-system",
        "kube-public", "cluster", "prod", "production", "test", "testing", "staging", "stage", "dev", "development", "demo", "lab",
        "debian", "ubuntu", "centos", "linux", "etcd", "docker", "containerd", "kubelet", "apiserver", "registry", "ingress",
        "gateway", "router", "broadcasthost", "ip6-localhost", "ip6-loopback", "ip6-allnodes", "ip6-allrouters", "ip6-localnet",
        "ip6-mcastprefix", "unknown", "true", "false", "null", "node-role", "name", "system", "internal", "external", "public",
        // users
        "root", "nobody", "nogroup", "daemon", "bin", "sys", "sync", "games", "man", "lp", "mail", "news", "uucp", "proxy",
        "www-data", "backup", "list", "irc", "gnats", "sshd", "messagebus", "systemd", "systemd-network", "systemd-resolve",
        "systemd-timesync", "_apt", "_chrony", "chrony", "ntp", "polkitd", "dbus", "rpc", "nfsnobody", "core", "admin", "adm",
        "operator", "user", "users", "guest", "nginx", "bind", "named", "mysql", "postgres", "redis", "elastic", "elasticsearch",
        "ec2-user", "vagrant", "kube", "kubernetes-admin", "anonymous", "syslog", "service", "invalid", "from", "by", "for", "uid",
    };
    return names;
}

constexpr std::array publicDomains = std::to_array<std::string_view>({
    "kubernetes.io", "k8s.io", "k8s.gcr.io", "gcr.io", "docker.io", "docker.com", "quay.io", "ghcr.io", "github.com",
    "githubusercontent.com", "mcr.microsoft.com", "debian.org", "ubuntu.com", "centos.org", "redhat.com", "fedoraproject.org",
    "cluster.local", "svc", "in-addr.arpa", "ip6.arpa", "openssh.com", "libssh.org", "cncf.io", "etcd.io", "coredns.io",
    "projectcalico.org", "cilium.io", "flannel.io", "istio.io", "opencontainers.org", "freedesktop.org", "kernel.org", "gnu.org",
    "google.com", "pool.ntp.org", "golang.org", "go.dev", "x-k8s.io", "coreos.com", "rancher.io", "elastic.co", "ietf.org",
    "example.com", "example.org", "example.net", "aliyuncs.com", "openssl.org", "lvh.me",
});

constexpr std::array privateDomains = std::to_array<std::string_view>({
    "internal", "corp", "lan", "intra", "intranet", "home", "home.arpa", "private", "priv", "localdomain", "local", "site",
});

} // namespace

bool genericName(std::string_view name)
{
    const std::string small = lower(name);
    return small.size() < 3 || genericNames().contains(small) || std::all_of(small.begin(), small.end(), [](unsigned char c) {
               return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
           });
}

bool publicDomain(std::string_view host)
{
    const std::string small = lower(host);
    return std::any_of(publicDomains.begin(), publicDomains.end(), [&](std::string_view domain) { return endsWithDomain(small, domain); });
}

bool privateDomain(std::string_view host)
{
    const std::string small = lower(host);
    return !publicDomain(small)
        && std::any_of(privateDomains.begin(), privateDomains.end(), [&](std::string_view domain) { return endsWithDomain(small, domain); });
}

bool secretKey(std::string_view key)
{
    std::string small = lower(key);
    std::replace(small.begin(), small.end(), '_', '-');
    while (small.starts_with('-'))
        small.erase(0, 1);
    static const std::set<std::string, std::less<>> exact {
        "password", "passwd", "passphrase", "token", "secret", "auth", "identitytoken", "identity-token", "registrytoken",
        "client-key-data", "client-certificate-data", "certificate-authority-data", "bearer-token", "access-token", "refresh-token",
        "id-token", "api-key", "apikey", "secret-key", "access-key", "private-key", "client-secret", "requirepass", "masterauth",
        "token-secret", "token-id", "tls.key", "ca.key", "ssh-privatekey", "dockerconfigjson", "dockercfg", "certificate-key", "encryption-key", "discovery-token", "tls-bootstrap-token", "proxy-password",
    };
    if (exact.contains(small))
        return true;
    // Environment variables: DB_PASSWORD, GITHUB_TOKEN, AWS_SECRET_ACCESS_KEY …
    for (const std::string_view end : {"-password", "-passwd", "-token", "-secret", "-access-key", "-apikey", "-api-key", "-passphrase",
                                       "-secret-key", "-private-key", "-client-secret"})
        if (small.ends_with(end))
            return true;
    return false;
}

bool secretValue(std::string_view key, std::string_view value)
{
    const std::string small = lower(key), word = lower(value);
    if (value.empty() || word == "null" || word == "true" || word == "false" || word == "none" || word == "nil" || value.starts_with("$")
        || value.starts_with("redacted-") || value.starts_with("<") || value.starts_with("{") || value.starts_with("["))
        return false;
    const bool password = small.find("pass") != std::string::npos || small.find("-data") != std::string::npos;
    if (password)
        return true;
    // "token: expired", "secret = default": a word is not a secret, a path or a bare number neither.
    if (value.starts_with("/") && value.find('=') == std::string_view::npos && value.size() < 120
        && std::count(value.begin(), value.end(), '/') > 1)
        return false;
    const bool mixed = std::any_of(value.begin(), value.end(), [](unsigned char c) { return c >= '0' && c <= '9'; })
        || std::any_of(value.begin() + 1, value.end(), [](unsigned char c) { return c >= 'A' && c <= 'Z'; });
    return (value.size() >= 8 && mixed) || value.size() >= 16;
}

} // namespace medic::incident
