// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/transport/shell.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace medic {

/// Who we are and where the apiserver is: one context of the merged kubeconfig, its files and plugins resolved lazily.
struct ApiTarget {
    std::string context, cluster, user, nameSpace;
    std::string server; ///< https://host:port[/path]
    std::string tlsServerName, proxyUrl;
    bool insecureSkipTlsVerify = false;
    std::string caPem; ///< empty: the system's
    std::string clientCertificatePem, clientKeyPem;
    std::string token, tokenFile, basicUser, basicPassword;
    struct Exec {
        std::string apiVersion, command;
        std::vector<std::string> arguments;
        std::vector<std::pair<std::string, std::string>> environment;
        std::string installHint;
        bool provideClusterInfo = false;
    };
    std::optional<Exec> exec;
};

/// Reads kubeconfig files as kubectl does (`files`: ':'-separated list; empty: $KUBECONFIG, then ~/.kube/config; first
/// value of a key wins; relative paths are relative to their file). Errors name file, line and key.
[[nodiscard]] Result<ApiTarget> readKubeconfig(const std::string& files, const std::string& context);
[[nodiscard]] Result<std::vector<std::string>> kubeconfigContexts(const std::string& files);

struct ApiResponse {
    int status = 0;
    std::string contentType;
    std::string body;
    std::chrono::milliseconds duration {0};
};

/// A blocking client of one apiserver; one thread at a time (each worker makes its own). HTTP and TLS by libcurl, over TCP
/// or over `through` (an SSH channel, by a socket pair). Same cancellation rules as Shell.
class ApiClient {
public:
    using Dialler = std::function<Result<std::unique_ptr<ByteStream>>(const std::string& host, std::uint16_t port, std::stop_token)>;

    explicit ApiClient(ApiTarget target, Dialler through = {});
    ~ApiClient();
    ApiClient(const ApiClient&) = delete;
    ApiClient& operator=(const ApiClient&) = delete;

    /// GET of a raw path. Status ≥ 400 is an Error (Unauthorized, Forbidden, NotFound, Gone, TooManyRequests …).
    [[nodiscard]] Result<ApiResponse> get(const std::string& pathAndQuery, std::stop_token stop,
                                          std::chrono::milliseconds limit = std::chrono::seconds(15));

    /// A whole list, page by page (limit/continue; restarts on 410), merged into one List document.
    [[nodiscard]] Result<std::string> list(const std::string& path, std::stop_token stop, int pageSize = 500);

    /// A change (POST, PATCH, PUT, DELETE): remedies only.
    [[nodiscard]] Result<ApiResponse> send(const std::string& method, const std::string& path, const std::string& contentType,
                                           const std::string& body, std::stop_token stop);

    struct WatchEvent {
        std::string type; ///< ADDED, MODIFIED, DELETED, BOOKMARK, ERROR
        std::string object; ///< JSON
        std::string resourceVersion;
    };
    /// Watches from a resourceVersion, resuming after disconnects from the last bookmark; ends on stop, on 410 (Gone) or when
    /// `event` returns false.
    [[nodiscard]] Result<void> watch(const std::string& path, const std::string& resourceVersion, std::stop_token stop,
                                     const std::function<bool(const WatchEvent&)>& event);

    [[nodiscard]] const ApiTarget& target() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace medic
