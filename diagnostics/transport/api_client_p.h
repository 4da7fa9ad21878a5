// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/transport/api_client.h"
#include "diagnostics/transport/api_http.h"
#include "diagnostics/transport/api_status.h"
#include "diagnostics/transport/exec_credential.h"
#include "diagnostics/transport/kubeconfig_files.h"

#include <condition_variable>
#include <mutex>

namespace medic {

/// What api_client.cpp, api_list.cpp and api_watch.cpp share: requests with credentials, retries and clear errors.
struct ApiClient::Private {
    static constexpr auto longestPause = std::chrono::seconds(10); ///< that a Retry-After may ask for

    Private(ApiTarget t, Dialler dialler);

    /// One request with its credentials; again after 401 with an exec plugin's, and after 429 where there is time.
    [[nodiscard]] Result<http::Answer> exchange(http::Request request, const std::stop_token& stop);

    /// The same, with refusals as Errors.
    [[nodiscard]] Result<ApiResponse> good(http::Request request, const std::stop_token& stop);

    [[nodiscard]] Result<std::string> authorization(const std::stop_token& stop);
    [[nodiscard]] Result<std::vector<std::string>> headers(const std::stop_token& stop);

    /// Adds what we know ourselves about a refusal: an expired client certificate.
    [[nodiscard]] Error refused(Error error) const;

    /// False when it ended by a stop.
    [[nodiscard]] bool sleep(std::chrono::milliseconds time, const std::stop_token& stop);

    /// "GET /api/v1/pods?limit=500": how an Error names a request.
    [[nodiscard]] static std::string name(const std::string& method, const std::string& path);

    ApiTarget target;
    Dialler through;
    std::string proxy;
    bool secure = false; ///< credentials may be sent
    std::optional<Error> unusable; ///< the server's URL is none
    std::unique_ptr<http::Connection> connection;
    std::uint64_t generation = 0; ///< of the exec credential last used; 0: none
    std::mutex mutex; ///< for sleep() only
    std::condition_variable_any never;
};

} // namespace medic
