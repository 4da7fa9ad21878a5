// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/exec_credential.h"

#include "diagnostics/transport/api_tls.h"
#include "diagnostics/transport/exec_process.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <ctime>

namespace medic {

namespace {

using Json = nlohmann::json;

constexpr auto expiryMargin = std::chrono::seconds(10); // so that it does not expire on the way

std::string textAt(const Json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// RFC 3339 with "Z" or an offset; fractions are cut off.
std::optional<std::chrono::system_clock::time_point> timeOf(const std::string& text)
{
    std::tm parts {};
    const char* rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    if (rest == nullptr)
        return std::nullopt;
    if (*rest == '.')
        for (++rest; *rest >= '0' && *rest <= '9';)
            ++rest;
    auto time = std::chrono::system_clock::from_time_t(timegm(&parts));
    int hours = 0, minutes = 0;
    char sign = 0;
    if (std::string_view(rest) == "Z" || std::string_view(rest) == "z")
        return time;
    if (std::sscanf(rest, "%c%2d:%2d", &sign, &hours, &minutes) != 3 || (sign != '+' && sign != '-'))
        return std::nullopt;
    const auto offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
    return sign == '+' ? time - offset : time + offset;
}

std::string execInfo(const ApiTarget& target)
{
    Json spec {{"interactive", false}};
    if (target.exec->provideClusterInfo) {
        Json cluster {{"server", target.server}};
        if (!target.tlsServerName.empty())
            cluster["tls-server-name"] = target.tlsServerName;
        if (target.insecureSkipTlsVerify)
            cluster["insecure-skip-tls-verify"] = true;
        if (!target.caPem.empty())
            cluster["certificate-authority-data"] = tls::toBase64(target.caPem);
        if (!target.proxyUrl.empty())
            cluster["proxy-url"] = target.proxyUrl;
        if (!target.exec->clusterConfig.empty())
            cluster["config"] = Json::parse(target.exec->clusterConfig, nullptr, false);
        spec["cluster"] = std::move(cluster);
    }
    const Json info {{"kind", "ExecCredential"}, {"apiVersion", target.exec->apiVersion}, {"spec", std::move(spec)}};
    return info.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// The last lines of stderr; words of 40 characters and more of a token's alphabet are left out.
std::string lastWords(const std::string& err)
{
    std::string kept, word;
    const auto flush = [&] {
        kept += word.size() >= 40 ? "[…]" : word;
        word.clear();
    };
    for (const char c : err.substr(err.size() > 1000 ? err.size() - 1000 : 0)) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.' || c == '+' || c == '=') {
            word += c;
            continue;
        }
        flush();
        kept += c;
    }
    flush();
    while (!kept.empty() && std::isspace(static_cast<unsigned char>(kept.back())) != 0)
        kept.pop_back();
    return kept;
}

bool usable(const std::optional<ExecCredential>& credential)
{
    return credential && (!credential->expires || std::chrono::system_clock::now() + expiryMargin < *credential->expires);
}

} // namespace

Result<ExecCredential> parseExecCredential(const std::string& json, const std::string& apiVersion, const std::string& where)
{
    const auto bad = [&](std::string detail) { return failure(ErrorCode::CredentialPluginFailed, where, std::move(detail)); };
    const Json document = Json::parse(json, nullptr, false); // nothing of it goes into an error: it holds the secret
    if (!document.is_object() || textAt(document, "kind") != "ExecCredential")
        return bad("the plugin's output is no ExecCredential");
    if (textAt(document, "apiVersion") != apiVersion)
        return bad("expected apiVersion " + apiVersion + ", got \"" + textAt(document, "apiVersion").substr(0, 80) + "\"");
    const auto status = document.find("status");
    if (status == document.end() || !status->is_object())
        return bad("the ExecCredential has no status");
    ExecCredential credential {.token = textAt(*status, "token"),
                               .clientCertificatePem = textAt(*status, "clientCertificateData"),
                               .clientKeyPem = textAt(*status, "clientKeyData")};
    if (credential.token.empty() && credential.clientCertificatePem.empty())
        return bad("the ExecCredential holds neither a token nor a client certificate");
    if (credential.token.find_first_of("\r\n") != std::string::npos || credential.token.find('\0') != std::string::npos)
        return bad("the ExecCredential's token has control characters");
    if (credential.clientCertificatePem.empty() != credential.clientKeyPem.empty())
        return bad("the ExecCredential's client certificate and key must be there both or neither");
    if (!credential.clientCertificatePem.empty())
        if (const auto good = tls::checkPair(credential.clientCertificatePem, credential.clientKeyPem, where, where); !good)
            return bad(good.error().detail);
    if (const std::string expires = textAt(*status, "expirationTimestamp"); !expires.empty()) {
        credential.expires = timeOf(expires);
        if (!credential.expires)
            return bad("expirationTimestamp \"" + expires.substr(0, 80) + "\" is no RFC 3339 time");
    }
    return credential;
}

Result<ExecCredential> runExecPlugin(const ApiTarget& target, std::stop_token stop, std::chrono::milliseconds limit)
{
    const ApiTarget::Exec& exec = *target.exec;
    const auto bad = [&](std::string detail, int number = 0) {
        return failure(ErrorCode::CredentialPluginFailed, exec.command, std::move(detail), number);
    };
    auto environment = exec.environment;
    environment.emplace_back("KUBERNETES_EXEC_INFO", execInfo(target));
    const auto result = runProcess({.command = exec.command, .arguments = exec.arguments, .environment = environment, .limit = limit}, stop);
    if (!result && result.error().code == ErrorCode::ToolMissing)
        return bad("not found" + (exec.installHint.empty() ? std::string() : "\n" + exec.installHint), result.error().systemError);
    if (!result)
        return result.error().code == ErrorCode::Cancelled ? tl::unexpected(result.error()) : bad(result.error().detail, result.error().systemError);
    if (result->exitStatus != 0) {
        const std::string words = lastWords(result->err);
        return bad((result->exitStatus < 0 ? std::string("killed by a signal") : "exit status " + std::to_string(result->exitStatus))
                   + (words.empty() ? "" : ": " + words));
    }
    return parseExecCredential(result->out, exec.apiVersion, exec.command);
}

Result<ExecCredential> ExecCredentials::get(const ApiTarget& target, std::stop_token stop)
{
    std::unique_lock lock(m_mutex);
    if (!m_changed.wait(lock, stop, [this] { return !m_running || usable(m_credential); }))
        return failure(ErrorCode::Cancelled, target.exec->command);
    if (usable(m_credential))
        return *m_credential;
    m_running = true;
    lock.unlock();
    auto fresh = runExecPlugin(target, std::move(stop));
    lock.lock();
    m_running = false;
    if (fresh) {
        fresh->generation = ++m_generation;
        m_credential = *fresh;
    }
    m_changed.notify_all();
    return fresh;
}

void ExecCredentials::refused(std::uint64_t generation)
{
    const std::scoped_lock lock(m_mutex);
    if (m_credential && m_credential->generation == generation)
        m_credential.reset();
}

} // namespace medic
