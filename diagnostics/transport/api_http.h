// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/transport/api_client.h"
#include "diagnostics/transport/api_proxy.h"
#include "diagnostics/transport/api_tls.h"
#include "diagnostics/transport/api_tunnel.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace medic::http {

struct Settings {
    Address server;
    std::string tlsServerName;
    std::string proxy; ///< "" : none; ignored when there is a dialler
    bool insecureSkipTlsVerify = false;
    std::string caPem; ///< empty: the system's
    std::string clientCertificatePem, clientKeyPem;
    ApiClient::Dialler through;
};

struct Request {
    std::string method = "GET";
    std::string path; ///< with query, after the server's own path
    std::vector<std::string> headers; ///< "Name: value"
    std::string body;
    std::chrono::milliseconds limit {15000};
    std::size_t bodyLimit = 256 * 1024 * 1024; ///< after decompression
    /// When set, the body of a 2xx answer goes here as it arrives, instead of into Answer; false ends the transfer well.
    std::function<bool(std::string_view)> chunk;
};

struct Answer {
    int status = 0;
    std::string contentType, body, redirect;
    long retryAfter = 0; ///< seconds; 0: not said
    std::chrono::milliseconds duration {0};
};

/// One HTTP/1.1 connection, kept open between requests. Blocking, one thread at a time; a requested stop ends every wait at
/// once (Cancelled). Whatever HTTP status came is an Answer; an Error is why there is none, `where` being host:port.
class Connection final {
public:
    explicit Connection(Settings settings);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] Result<Answer> run(const Request& request, const std::stop_token& stop);

    /// Another client certificate (from an exec plugin); the connection is made anew when it differs.
    void setClientCertificate(const std::string& certificatePem, const std::string& keyPem);

private:
    struct Transfer;
    void prepare(Transfer& transfer);
    void prepareTls();
    void prepareRoute();
    [[nodiscard]] Error errorOf(int code, const Transfer& transfer) const;
    [[nodiscard]] Error connectError(const Transfer& transfer) const;
    bool openStream();

    Settings m_settings;
    void* m_easy = nullptr; ///< CURL
    void* m_multi = nullptr; ///< CURLM
    tls::PeerReport m_peer;
    std::unique_ptr<TunnelListener> m_listener; ///< when there is a dialler
    std::unique_ptr<Tunnel> m_tunnel;
    std::optional<Error> m_dialError;
    std::stop_token m_stop; ///< of the running request, for the dialler
    bool m_fresh = false; ///< do not use the connection that is open
};

} // namespace medic::http
