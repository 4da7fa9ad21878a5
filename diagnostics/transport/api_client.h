// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/model/kube.h"
#include "diagnostics/transport/api_target.h"
#include "diagnostics/transport/kubeconfig.h"
#include "diagnostics/transport/shell.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace medic {

struct ApiResponse {
    int status = 0;
    std::string contentType;
    std::string body;
    std::chrono::milliseconds duration {0};
};

/// What a list brought, whole or not.
struct ApiList {
    std::string json; ///< one List document of what came; empty when nothing did
    std::size_t items = 0;
    std::optional<Error> error; ///< why it is not whole
    bool limited = false; ///< there was more than ApiListRequest::maxItems
};

struct ApiListRequest {
    std::string path; ///< may hold a query (fieldSelector …)
    int pageSize = 500;
    std::size_t maxItems = 0; ///< 0: all
    std::chrono::milliseconds pageLimit {30000};
};

/// The answer of /livez?verbose and its like.
struct ApiHealth {
    struct Check {
        std::string name; ///< "etcd", "poststarthook/…"
        bool ok = false;
        std::string text; ///< "ok", "failed: reason withheld", "excluded: ok"
    };
    bool ok = false;
    std::vector<Check> checks;
    std::string path; ///< what answered: /livez, or /healthz where the apiserver is older than 1.16
    ApiResponse response;
};

/// A blocking client of one apiserver; one thread at a time (each worker makes its own). HTTP and TLS by libcurl, over TCP
/// or over `through` (an SSH channel, by a socket pair; the stream is then read and written by a thread of the client's).
/// Same cancellation rules as Shell. Errors: `where` is "host:port" for what kept it from being asked and "GET /path" for
/// what it answered; `detail` are the machine's words, without secrets. Redirects are not followed.
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

    /// The same, but any HTTP status is a response.
    [[nodiscard]] Result<ApiResponse> ask(const std::string& pathAndQuery, std::stop_token stop,
                                          std::chrono::milliseconds limit = std::chrono::seconds(15));

    /// A whole list, page by page (limit/continue; restarts on 410), merged into one List document.
    [[nodiscard]] Result<std::string> list(const std::string& path, std::stop_token stop, int pageSize = 500);

    /// The same, keeping what came before an error.
    [[nodiscard]] ApiList listWhatComes(const ApiListRequest& request, std::stop_token stop);

    /// A change (POST, PATCH, PUT, DELETE): remedies only. Refusals (409, 422 …) are CommandFailed.
    [[nodiscard]] Result<ApiResponse> send(const std::string& method, const std::string& path, const std::string& contentType,
                                           const std::string& body, std::stop_token stop);

    struct WatchEvent {
        std::string type; ///< ADDED, MODIFIED, DELETED, BOOKMARK, ERROR
        std::string object; ///< JSON
        std::string resourceVersion;
    };
    /// Watches from a resourceVersion, resuming after disconnects from the last event or bookmark; ends on stop (Cancelled),
    /// on 410 (Gone), after several vain attempts to resume, or when `event` (which must not use the client) returns false.
    [[nodiscard]] Result<void> watch(const std::string& path, const std::string& resourceVersion, std::stop_token stop,
                                     const std::function<bool(const WatchEvent&)>& event);

    /// /livez?verbose (or "readyz"), or /healthz of old apiservers. A failed check is a result.
    [[nodiscard]] Result<ApiHealth> health(const std::string& name, std::stop_token stop);

    /// /version. NotAnApiserver when something else answers.
    [[nodiscard]] Result<kube::Version> version(std::stop_token stop);

    [[nodiscard]] const ApiTarget& target() const;

    /// How it is reached, for people: "directly", "through …", "proxy http://…" (without its password).
    [[nodiscard]] std::string route() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace medic
