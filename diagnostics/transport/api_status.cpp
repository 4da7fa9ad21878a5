// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/api_status.h"

#include "diagnostics/transport/api_http.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace medic::http {

namespace {

using Json = nlohmann::json;

std::string textAt(const Json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

ErrorCode codeOf(int status)
{
    switch (status) {
    case 401: return ErrorCode::Unauthorized;
    case 403: return ErrorCode::Forbidden;
    case 404: return ErrorCode::NotFound;
    case 410: return ErrorCode::Gone;
    case 429: return ErrorCode::TooManyRequests;
    default: return status >= 500 ? ErrorCode::ServerError : ErrorCode::CommandFailed;
    }
}

/// The message of a Status document; nothing when the text is something else.
std::optional<std::string> statusMessage(const Json& document)
{
    if (!document.is_object() || textAt(document, "kind") != "Status")
        return std::nullopt;
    const std::string reason = textAt(document, "reason"), message = textAt(document, "message");
    return reason.empty() || message == reason ? message : reason + ": " + message;
}

} // namespace

bool looksLikeHtml(std::string_view contentType, std::string_view body)
{
    if (contentType.starts_with("text/html"))
        return true;
    const auto begin = body.find_first_not_of(" \t\r\n\xef\xbb\xbf");
    std::string start(begin == std::string_view::npos ? std::string_view() : body.substr(begin, 14));
    std::transform(start.begin(), start.end(), start.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return start.starts_with("<!doctype html") || start.starts_with("<html");
}

std::string cleanText(std::string_view text, std::size_t limit)
{
    std::string cut(text.substr(0, limit));
    if (text.size() > limit)
        while (!cut.empty() && (static_cast<unsigned char>(cut.back()) & 0xc0) == 0x80)
            cut.pop_back(); // not in the middle of a character
    // The JSON library knows how to replace what is not UTF-8.
    const std::string clean = Json::parse(Json(cut).dump(-1, ' ', false, Json::error_handler_t::replace)).get<std::string>();
    return text.size() > limit ? clean + "…" : clean;
}

std::string pathSegment(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((std::isalnum(byte) != 0 && byte < 0x80) || c == '-' || c == '_' || c == '~' || (c == '.' && text != "." && text != ".."))
            encoded += c;
        else
            (encoded += '%').append({digits[byte >> 4], digits[byte & 15]});
    }
    return encoded;
}

std::optional<Error> errorOf(const Answer& answer, const std::string& request)
{
    const bool html = looksLikeHtml(answer.contentType, answer.body);
    if (answer.status < 300 && !html)
        return std::nullopt;
    const std::string number = std::to_string(answer.status);
    if (answer.status < 400) {
        const std::string target = answer.redirect.empty() ? "" : " to " + answer.redirect;
        return Error {ErrorCode::NotAnApiserver, request, cleanText(answer.status < 300 ? "an HTML page" : "HTTP " + number + ", redirect" + target)};
    }
    const auto message = statusMessage(Json::parse(answer.body, nullptr, false));
    std::string detail = cleanText(message ? *message : "HTTP " + number + ": " + answer.body.substr(0, 300));
    while (!detail.empty() && std::isspace(static_cast<unsigned char>(detail.back())) != 0)
        detail.pop_back();
    if (answer.status == 429 && answer.retryAfter > 0)
        detail += " (Retry-After: " + std::to_string(answer.retryAfter) + " s)";
    // A balancer in front says 5xx and 429 in HTML of its own; other pages are no apiserver's. Go's TLS port answers plain
    // HTTP with 400 and this sentence (net/http server.go).
    const bool stranger = !message
        && ((html && answer.status < 500 && answer.status != 429)
            || (answer.status == 400 && answer.body.find("Client sent an HTTP request to an HTTPS server") != std::string::npos));
    return Error {stranger ? ErrorCode::NotAnApiserver : codeOf(answer.status), request, std::move(detail)};
}

Error errorOfStatus(const std::string& statusJson, const std::string& request)
{
    const Json status = Json::parse(statusJson, nullptr, false);
    const auto message = statusMessage(status);
    if (!message)
        return {ErrorCode::ServerError, request, cleanText(statusJson, 300)};
    const auto code = status.find("code");
    return {codeOf(code != status.end() && code->is_number_integer() ? code->get<int>() : 500), request, cleanText(*message)};
}

} // namespace medic::http
