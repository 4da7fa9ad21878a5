// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the probes of resources/probes/podnet.yaml print: the Pods' network namespaces seen from the node,
/// and the answers that were asked for from inside them. Lines that cannot be read are passed over.
namespace medic::parse {

/// A line of pod-networks: the namespace of one Pod.
struct PodNetwork {
    struct Link {
        std::string name; ///< inside, mostly "eth0"
        int peer = 0; ///< ifindex of the other end, on the node
    };
    int pid = 0;
    std::string uid,
        hostName; ///< of static Pods the hash of the manifest; "-" where no host name could be read
    std::vector<Link> links;
    int line = 0;
};
[[nodiscard]] std::vector<PodNetwork> podNetworks(std::string_view text);

/// ifindex → name, of `ip -j link|addr` or its text form.
[[nodiscard]] std::map<int, std::string> interfaceNames(std::string_view text);

/// veth → the device to which its ingress is redirected ("mirred"), of the probe tc-filter.
[[nodiscard]] std::map<std::string, std::string, std::less<>> redirects(std::string_view text);

/// A line of dns-matrix.
struct DnsAnswer {
    std::string from; ///< a Pod's UID; empty: the node itself
    std::string kind; ///< vip, nodelocal, server (a CoreDNS Pod), upstream
    std::string server, protocol; ///< address; udp, tcp
    bool internal = false; ///< asked for a name of the cluster
    std::string code; ///< NOERROR, NXDOMAIN …; timeout, refused, unreachable, unexpected-source, error
    std::optional<int> milliseconds;
    std::string address, name;
    int line = 0;

    /// The server said something, whatever it was.
    [[nodiscard]] bool replied() const;
    [[nodiscard]] bool resolved() const { return code == "NOERROR" && !address.empty(); }
};
[[nodiscard]] std::vector<DnsAnswer> dnsAnswers(std::string_view text);

/// A section of service-path: the kubernetes Service, or one of its apiservers, asked for /version.
struct PathAnswer {
    std::string from; ///< a Pod's UID; empty: the node itself
    std::string kind, address; ///< vip or endpoint; "10.96.0.1:443"
    int status = 0; ///< 0: nothing answered
    double seconds = 0;
    std::string body, subject, names; ///< of the certificate; empty where openssl is missing
    int line = 0, subjectLine = 0;

    /// It was an apiserver that answered, by its words or its certificate's names.
    [[nodiscard]] bool fromApiserver() const;
};
[[nodiscard]] std::vector<PathAnswer> pathAnswers(std::string_view text);

/// Of image-registry: one registry host, as this node resolves and reaches it.
struct RegistryAnswer {
    std::string host;
    std::vector<std::string> addresses;
    bool resolved = false;
    int milliseconds = 0; ///< of the lookup
    int status = 0; ///< of /v2/; 0: no answer
    std::string error; ///< curl's words
    int line = 0, httpLine = 0;

    [[nodiscard]] bool alive() const { return status == 200 || status == 401 || status == 403; }
    [[nodiscard]] bool notTrusted() const;
};
[[nodiscard]] std::vector<RegistryAnswer> registryAnswers(std::string_view text);

/// RFC 1918, loopback, link-local, carrier-grade NAT: an address that no public name should have.
[[nodiscard]] bool privateAddress(std::string_view address);

} // namespace medic::parse
