// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"

#include <cstdint>
#include <functional>
#include <string>

/// Where an apiserver's URL leads, and by which proxy. Pure functions; any thread.
namespace medic::http {

struct Address {
    std::string scheme, host, path; ///< host: without brackets; path: "" or "/prefix"
    std::uint16_t port = 0;
    [[nodiscard]] std::string hostPort() const; ///< "10.0.0.1:6443", "[fd00::1]:6443"
    [[nodiscard]] bool secure() const { return scheme == "https"; }
};

/// Reads "https://host[:port][/path]". BadValue when it is no such URL or holds a user name.
[[nodiscard]] Result<Address> parseServer(const std::string& url);

using Environment = std::function<std::string(const char* name)>;

/// The proxy as client-go chooses it: the kubeconfig's proxy-url, else $HTTPS_PROXY (or $HTTP_PROXY for http), unless
/// $NO_PROXY names the host; this machine itself is never reached by the environment's proxy. "" : none.
[[nodiscard]] std::string chooseProxy(const Address& server, const std::string& proxyUrl, const Environment& environment);

/// Go's NO_PROXY: "*", addresses, CIDR, ".example.com" (its subdomains), "example.com" (itself too), each with an optional port.
[[nodiscard]] bool excludedFromProxy(const std::string& host, std::uint16_t port, const std::string& noProxy);

/// A URL as it may be shown: without user name, password and query.
[[nodiscard]] std::string withoutSecrets(const std::string& url);

} // namespace medic::http
