// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/api_client_p.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace medic {

namespace {

using Json = nlohmann::ordered_json;
using namespace std::chrono_literals;

constexpr std::size_t lineLimit = 16 * 1024 * 1024; // etcd's own limit of an object is 1.5 MiB by default
constexpr int vainAttempts = 6; // about ten seconds
constexpr auto serverSeconds = 240; // how long one request may last; the apiserver ends it

std::string textAt(const Json& object, const char* key)
{
    if (!object.is_object())
        return {};
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Cuts the stream into events and remembers where it is.
struct Reader {
    const std::function<bool(const ApiClient::WatchEvent&)>& event;
    const std::string& asked;
    std::string resourceVersion;
    std::string line;
    bool finished = false; ///< the caller has had enough
    bool progress = false; ///< this connection brought something
    std::optional<Error> error;

    bool take(std::string_view part)
    {
        while (!part.empty()) {
            const auto end = part.find('\n');
            line += part.substr(0, end);
            if (line.size() > lineLimit) {
                error = Error {ErrorCode::OutputTooLarge, asked, "an event of more than " + std::to_string(lineLimit) + " bytes"};
                return false;
            }
            if (end == std::string_view::npos)
                return true;
            part.remove_prefix(end + 1);
            const std::string whole = std::move(line);
            line.clear();
            if (whole.find_first_not_of(" \r\t") != std::string::npos && !one(whole))
                return false;
        }
        return true;
    }

    bool one(const std::string& text)
    {
        const Json document = Json::parse(text, nullptr, false);
        const auto object = document.is_object() ? document.find("object") : document.end();
        ApiClient::WatchEvent e {.type = textAt(document, "type")};
        if (e.type.empty() || object == document.end() || !object->is_object()) {
            error = Error {ErrorCode::NotAnApiserver, asked, "no watch event: " + http::cleanText(text, 200)};
            return false;
        }
        e.object = object->dump();
        if (e.type == "ERROR")
            error = http::errorOfStatus(e.object, asked);
        else if (const auto metadata = object->find("metadata"); metadata != object->end())
            e.resourceVersion = textAt(*metadata, "resourceVersion");
        if (!e.resourceVersion.empty())
            resourceVersion = e.resourceVersion;
        progress = progress || !error;
        finished = !event(e);
        return !finished && !error;
    }
};

/// Worth trying again: the way there is broken, or the server is busy or starting.
bool passing(ErrorCode code)
{
    switch (code) {
    case ErrorCode::ConnectionRefused:
    case ErrorCode::ConnectionLost:
    case ErrorCode::NetworkUnreachable:
    case ErrorCode::Timeout:
    case ErrorCode::ServerError:
    case ErrorCode::TooManyRequests: return true;
    default: return false;
    }
}

} // namespace

Result<void> ApiClient::watch(const std::string& path, const std::string& resourceVersion, std::stop_token stop,
                              const std::function<bool(const WatchEvent&)>& event)
{
    const std::string asked = "GET " + path + " (watch)";
    Reader reader {.event = event, .asked = asked, .resourceVersion = resourceVersion};
    for (int vain = 0;;) {
        std::string full = path + (path.find('?') == std::string::npos ? "?" : "&") + "watch=1&allowWatchBookmarks=true&timeoutSeconds="
            + std::to_string(serverSeconds);
        if (!reader.resourceVersion.empty())
            full += "&resourceVersion=" + http::pathSegment(reader.resourceVersion);
        reader.line.clear();
        reader.progress = false;
        const auto answer = d->exchange({.path = full, .limit = std::chrono::seconds(serverSeconds) + 30s,
                                         .bodyLimit = 1024 * 1024, .chunk = [&](std::string_view part) { return reader.take(part); }},
                                        stop);
        if (reader.finished)
            return {};
        std::optional<Error> error = std::move(reader.error);
        reader.error.reset();
        if (!error && !answer)
            error = answer.error();
        if (!error && answer)
            if (const auto refusal = http::errorOf(*answer, asked))
                error = d->refused(*refusal);
        if (error && !passing(error->code))
            return tl::unexpected(*error);
        // The server's own end of a request that lived is no trouble; everything else that brought nothing is.
        const bool lived = reader.progress || (!error && answer->duration > 1s);
        vain = lived ? 0 : vain + 1;
        if (vain >= vainAttempts)
            return error ? tl::unexpected(*error) : failure(ErrorCode::ConnectionLost, asked, "the watch ends at once, again and again");
        if (vain > 0 && !d->sleep(std::min(5000ms, 100ms * (1 << vain)), stop))
            return failure(ErrorCode::Cancelled, asked);
    }
}

} // namespace medic
