// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/kube.h"
#include "diagnostics/model/trace.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace medic::netfilter {

/// Who wrote a chain or a rule, and for what: by the chain's name, by the comment, and by kube-proxy's hashes when the
/// Services are known (names of KUBE-SVC-… are base32(sha256("ns/name:port" + protocol)), so a hash tells the Service
/// even where comments were left out). Immutable but for setServices.
class Owners {
public:
    void setServices(const std::vector<kube::Service>& services);

    /// `text` is the rule as dumped: its comment tells more than the chain.
    /// `action` is what the step did: in a verdict map it tells whose element was found.
    [[nodiscard]] RuleOwner of(std::string_view table, std::string_view chain, std::string_view text,
                               std::string_view action = {}) const;

private:
    struct ServicePort {
        std::string nameSpace, name, port;
    };
    [[nodiscard]] RuleOwner ofNft(std::string_view table, std::string_view chain, std::string_view text,
                                  std::string_view action) const;
    bool nftService(std::string_view chain, RuleOwner& owner) const;
    [[nodiscard]] RuleOwner kubeProxy(std::string_view chain, std::string_view comment) const;
    std::map<std::string, ServicePort, std::less<>> m_byHash, m_byNftHash;
};

/// kube-proxy's chain hash: base32(sha256("ns/name[:port]" + protocol)) cut to 16.
[[nodiscard]] std::string serviceChainHash(std::string_view servicePortName, std::string_view protocolLowerCase);
/// … of a KUBE-SEP chain: endpoint as "ip:port" or "[ip6]:port".
[[nodiscard]] std::string endpointChainHash(std::string_view servicePortName, std::string_view protocolLowerCase,
                                            std::string_view endpoint);

} // namespace medic::netfilter
