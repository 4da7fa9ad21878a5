// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/api_client.h"

#include "diagnostics/parse/kube_objects.h"
#include "diagnostics/transport/api_client_p.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>

namespace medic {

namespace {

bool hasControlCharacters(const std::string& text)
{
    return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

/// What goes into a header value; the kubeconfig may be hostile too.
Result<void> addHeader(std::vector<std::string>& headers, const std::string& name, const std::string& value, const std::string& where)
{
    if (hasControlCharacters(name + value))
        return failure(ErrorCode::BadValue, where, "control characters");
    headers.push_back(name + ": " + value);
    return {};
}

std::string environmentVariable(const char* name)
{
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

} // namespace

ApiClient::Private::Private(ApiTarget t, ApiClient::Dialler dialler) : target(std::move(t)), through(std::move(dialler))
{
    if (target.exec && !target.execCredentials)
        target.execCredentials = std::make_shared<ExecCredentials>();
    const auto server = http::parseServer(target.server);
    if (!server) {
        unusable = server.error();
        return;
    }
    proxy = through ? std::string() : http::chooseProxy(*server, target.proxyUrl, environmentVariable);
    secure = server->secure() || server->host == "localhost" || server->host == "::1" || server->host.starts_with("127.");
    connection = std::make_unique<http::Connection>(http::Settings {.server = *server,
                                                                    .tlsServerName = target.tlsServerName,
                                                                    .proxy = proxy,
                                                                    .insecureSkipTlsVerify = target.insecureSkipTlsVerify,
                                                                    .caPem = target.caPem,
                                                                    .clientCertificatePem = target.clientCertificatePem,
                                                                    .clientKeyPem = target.clientKeyPem,
                                                                    .through = through});
}

/// The Authorization header: a token goes before a password, both before the plugin (as client-go does).
Result<std::string> ApiClient::Private::authorization(const std::stop_token& stop)
{
    std::string token = target.token;
    if (!target.tokenFile.empty()) { // read each time: service account tokens are rotated
        auto content = kubeconfig::readSmallFile(target.tokenFile, "tokenFile");
        if (!content && token.empty())
            return tl::unexpected(content.error());
        if (content)
            token = std::move(*content);
    }
    generation = 0;
    if (token.empty() && target.basicUser.empty() && target.exec) {
        const auto credential = target.execCredentials->get(target, stop);
        if (!credential)
            return tl::unexpected(credential.error());
        generation = credential->generation;
        token = credential->token;
        if (!credential->clientCertificatePem.empty())
            connection->setClientCertificate(credential->clientCertificatePem, credential->clientKeyPem);
    }
    token.erase(token.find_last_not_of(" \t\r\n") + 1);
    if (!token.empty())
        return "Bearer " + token;
    if (!target.basicUser.empty())
        return "Basic " + tls::toBase64(target.basicUser + ":" + target.basicPassword);
    return std::string();
}

Result<std::vector<std::string>> ApiClient::Private::headers(const std::stop_token& stop)
{
    const auto credential = authorization(stop);
    if (!credential)
        return tl::unexpected(credential.error());
    std::vector<std::string> all {"Accept: application/json, */*"};
    if (!credential->empty() && secure) // never in clear over a network
        if (const auto added = addHeader(all, "Authorization", *credential, "token"); !added)
            return tl::unexpected(added.error());
    const ApiTarget::Impersonation& as = target.impersonation;
    std::vector<std::pair<std::string, std::string>> impersonate;
    if (!as.user.empty())
        impersonate.emplace_back("Impersonate-User", as.user);
    if (!as.uid.empty())
        impersonate.emplace_back("Impersonate-Uid", as.uid);
    for (const std::string& group : as.groups)
        impersonate.emplace_back("Impersonate-Group", group);
    for (const auto& [key, values] : as.extra)
        for (const std::string& value : values)
            impersonate.emplace_back("Impersonate-Extra-" + http::pathSegment(key), value);
    for (const auto& [name, value] : impersonate)
        if (const auto added = addHeader(all, name, value, "as"); !added)
            return tl::unexpected(added.error());
    return all;
}

Result<http::Answer> ApiClient::Private::exchange(http::Request request, const std::stop_token& stop)
{
    if (unusable)
        return tl::unexpected(*unusable);
    if (request.path.empty() || request.path[0] != '/')
        request.path.insert(0, "/");
    const std::vector<std::string> own = std::move(request.headers);
    const auto deadline = std::chrono::steady_clock::now() + request.limit;
    bool refreshed = false;
    for (int attempt = 0;; ++attempt) {
        const auto made = headers(stop);
        if (!made)
            return tl::unexpected(made.error());
        request.headers = *made;
        request.headers.insert(request.headers.end(), own.begin(), own.end());
        auto answer = connection->run(request, stop);
        if (!answer)
            return answer;
        if (answer->status == 401 && generation != 0 && !refreshed) {
            target.execCredentials->refused(generation);
            refreshed = true;
            continue;
        }
        // Priority and fairness asks for one second as a rule; what would take longer than the caller waits is an error.
        const auto pause = std::chrono::seconds(std::clamp(answer->retryAfter, 1L, 3600L));
        if (answer->status != 429 || attempt >= 3 || std::chrono::steady_clock::now() + pause > deadline || pause > longestPause)
            return answer;
        if (!sleep(pause, stop))
            return failure(ErrorCode::Cancelled, request.method + " " + request.path);
    }
}

bool ApiClient::Private::sleep(std::chrono::milliseconds time, const std::stop_token& stop)
{
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
}

std::string ApiClient::Private::name(const std::string& method, const std::string& path)
{
    // A continue token is long and tells nobody anything.
    const auto token = path.find("continue=");
    return method + " " + (token == std::string::npos || token == 0 ? path : path.substr(0, token - 1));
}

Error ApiClient::Private::refused(Error error) const
{
    if (error.code == ErrorCode::Unauthorized && generation == 0 && target.token.empty())
        if (const std::string late = tls::outOfDate(target.clientCertificatePem); !late.empty())
            error.detail += "; " + late;
    return error;
}

ApiClient::ApiClient(ApiTarget target, Dialler through) : d(std::make_unique<Private>(std::move(target), std::move(through))) { }

ApiClient::~ApiClient() = default;

const ApiTarget& ApiClient::target() const
{
    return d->target;
}

std::string ApiClient::route() const
{
    if (d->through)
        return "through " + (d->target.reachedThrough.empty() ? std::string("another host") : d->target.reachedThrough);
    return d->proxy.empty() ? "directly" : "proxy " + http::withoutSecrets(d->proxy);
}

Result<ApiResponse> ApiClient::ask(const std::string& pathAndQuery, std::stop_token stop, std::chrono::milliseconds limit)
{
    auto answer = d->exchange({.path = pathAndQuery, .limit = limit}, stop);
    if (!answer)
        return tl::unexpected(answer.error());
    return ApiResponse {answer->status, std::move(answer->contentType), std::move(answer->body), answer->duration};
}

Result<ApiResponse> ApiClient::get(const std::string& pathAndQuery, std::stop_token stop, std::chrono::milliseconds limit)
{
    return d->good({.path = pathAndQuery, .limit = limit}, stop);
}

Result<ApiResponse> ApiClient::send(const std::string& method, const std::string& path, const std::string& contentType,
                                    const std::string& body, std::stop_token stop)
{
    http::Request request {.method = method, .path = path, .body = body, .limit = std::chrono::seconds(30)};
    if (const auto added = addHeader(request.headers, "Content-Type", contentType, "content type"); !added)
        return tl::unexpected(added.error());
    return d->good(std::move(request), stop);
}

Result<ApiResponse> ApiClient::Private::good(http::Request request, const std::stop_token& stop)
{
    const std::string asked = name(request.method, request.path);
    auto answer = exchange(std::move(request), stop);
    if (!answer)
        return tl::unexpected(answer.error());
    if (const auto error = http::errorOf(*answer, asked))
        return tl::unexpected(refused(*error));
    return ApiResponse {answer->status, std::move(answer->contentType), std::move(answer->body), answer->duration};
}

Result<kube::Version> ApiClient::version(std::stop_token stop)
{
    const auto response = get("/version", std::move(stop));
    if (!response)
        return tl::unexpected(response.error());
    const auto version = kube::parseVersion(response->body, "GET /version");
    if (!version)
        return failure(ErrorCode::NotAnApiserver, "GET /version", http::cleanText(response->body, 200));
    return version;
}

Result<ApiHealth> ApiClient::health(const std::string& name, std::stop_token stop)
{
    ApiHealth health {.path = "/" + name};
    for (const std::string& path : {"/" + name, std::string("/healthz")}) { // livez and readyz came with 1.16
        auto response = ask(path + "?verbose", stop);
        if (!response)
            return tl::unexpected(response.error());
        health.path = path;
        health.response = std::move(*response);
        if (health.response.status != 404)
            break;
    }
    health.ok = health.response.status == 200;
    const std::string& body = health.response.body;
    for (std::size_t begin = 0; begin < body.size();) {
        const std::size_t end = std::min(body.find('\n', begin), body.size());
        const std::string line = body.substr(begin, end - begin);
        begin = end + 1;
        if (!line.starts_with("[+]") && !line.starts_with("[-]"))
            continue;
        const auto space = line.find(' ');
        health.checks.push_back({.name = http::cleanText(line.substr(3, space == std::string::npos ? space : space - 3)),
                                 .ok = line[1] == '+',
                                 .text = space == std::string::npos ? std::string() : http::cleanText(line.substr(space + 1))});
    }
    // A failed check is 500 with the list of checks (apiserver healthz.go); anything else that is not 200 is a refusal.
    if (!health.ok && (health.response.status != 500 || health.checks.empty()))
        if (const auto error = http::errorOf({.status = health.response.status, .contentType = health.response.contentType, .body = body},
                                             Private::name("GET", health.path)))
            return tl::unexpected(d->refused(*error));
    if (health.ok && http::looksLikeHtml(health.response.contentType, body))
        return failure(ErrorCode::NotAnApiserver, "GET " + health.path, "an HTML page");
    return health;
}

} // namespace medic
