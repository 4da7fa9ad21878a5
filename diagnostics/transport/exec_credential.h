// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"
#include "diagnostics/transport/api_target.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace medic {

/// What a plugin gave. Secrets: never logged.
struct ExecCredential {
    std::string token, clientCertificatePem, clientKeyPem;
    std::optional<std::chrono::system_clock::time_point> expires;
    std::uint64_t generation = 0; ///< which run of the plugin it came from; set by ExecCredentials
};

/// Runs the credential plugin of a target (KEP-541; apiVersions v1 and v1beta1) without a terminal: standard input is empty,
/// "interactive" is false. Blocking; ends at `limit` or a stop by killing the plugin's process group. Errors:
/// CredentialPluginFailed with the end of what the plugin wrote to stderr (what looks like a token is left out).
[[nodiscard]] Result<ExecCredential> runExecPlugin(const ApiTarget& target, std::stop_token stop,
                                                   std::chrono::milliseconds limit = std::chrono::seconds(60));

/// The document that a plugin wrote, checked against the apiVersion that was asked for.
[[nodiscard]] Result<ExecCredential> parseExecCredential(const std::string& json, const std::string& apiVersion, const std::string& where);

/// The credential of one target, shared by its clients: the plugin runs once for all of them, again when the credential has
/// expired or was refused. Thread-safe; a waiting thread returns at once when its stop is requested.
class ExecCredentials final {
public:
    [[nodiscard]] Result<ExecCredential> get(const ApiTarget& target, std::stop_token stop);

    /// The apiserver refused it (401): the next get() runs the plugin, unless another thread has already done so.
    void refused(std::uint64_t generation);

private:
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    bool m_running = false;
    std::optional<ExecCredential> m_credential;
    std::uint64_t m_generation = 0;
};

} // namespace medic
