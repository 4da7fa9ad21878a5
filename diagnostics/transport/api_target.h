// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace medic {

class ExecCredentials;

/// Who we are and where the apiserver is: one context of the merged kubeconfig. Certificates and keys have been read;
/// tokenFile is read again for every request, and the exec plugin runs when first needed. Copies share one plugin, so that
/// many workers ask for one credential. Holds secrets: never logged, never saved.
struct ApiTarget {
    std::string context, cluster, user, nameSpace;
    std::string file; ///< the kubeconfig that defines the context
    std::string server; ///< https://host:port[/path]
    std::string tlsServerName, proxyUrl;
    bool insecureSkipTlsVerify = false;
    std::string caPem; ///< empty: the system's
    std::string clientCertificatePem, clientKeyPem;
    std::string token, tokenFile, basicUser, basicPassword;

    /// "as" and its like: act as another user.
    struct Impersonation {
        std::string user, uid;
        std::vector<std::string> groups;
        std::map<std::string, std::vector<std::string>> extra;
    };
    Impersonation impersonation;

    struct Exec {
        std::string apiVersion, command;
        std::vector<std::string> arguments;
        std::vector<std::pair<std::string, std::string>> environment;
        std::string installHint;
        bool provideClusterInfo = false;
        std::string clusterConfig; ///< JSON of the cluster's extension client.authentication.k8s.io/exec; or empty
    };
    std::optional<Exec> exec;
    std::shared_ptr<ExecCredentials> execCredentials; ///< made by readKubeconfig or by the first ApiClient

    std::string reachedThrough; ///< for people: the node or jump host that `through` goes by; empty: directly
};

} // namespace medic
