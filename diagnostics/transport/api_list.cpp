// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/api_client_p.h"

#include <nlohmann/json.hpp>

namespace medic {

namespace {

using Json = nlohmann::ordered_json; // items keep the apiserver's order of keys

constexpr std::size_t listLimit = 512 * 1024 * 1024; // bytes of the merged document
constexpr int restarts = 2;

/// The document so far: the first page's head, and every page's items as text.
struct Merging {
    std::string onlyPage; ///< the whole of a list that fits into one page, untouched
    Json head;
    std::string items;
    std::size_t count = 0, pages = 0;

    [[nodiscard]] std::string document() const
    {
        if (!onlyPage.empty() || pages == 0)
            return onlyPage;
        std::string text = head.dump();
        text.pop_back();
        return text + ",\"items\":[" + items + "]}";
    }
};

struct Page {
    std::string next; ///< continue token; empty: it was the last
    bool full = false; ///< maxItems reached
};

std::string textAt(const Json& object, const char* key)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<Page> addPage(Merging& merging, std::string body, std::size_t maxItems, const std::string& asked)
{
    const auto stranger = [&](const char* why) { return failure(ErrorCode::NotAnApiserver, asked, why); };
    Json page = Json::parse(body, nullptr, false);
    if (!page.is_object() || !textAt(page, "kind").ends_with("List"))
        return stranger("the answer is no List of Kubernetes objects");
    Json items = page.contains("items") ? std::move(page["items"]) : Json();
    if (items.is_null())
        items = Json::array();
    if (!items.is_array())
        return stranger("the List has no items");
    Json metadata = page.contains("metadata") && page["metadata"].is_object() ? page["metadata"] : Json::object();
    Page result {.next = textAt(metadata, "continue")};
    if (merging.pages == 0 && result.next.empty() && (maxItems == 0 || items.size() <= maxItems)) {
        merging.onlyPage = std::move(body);
        merging.count = items.size();
        merging.pages = 1;
        return result;
    }
    metadata.erase("continue");
    metadata.erase("remainingItemCount");
    page.erase("items");
    page["metadata"] = std::move(metadata);
    merging.head = std::move(page);
    ++merging.pages;
    for (const Json& item : items) {
        if (maxItems > 0 && merging.count == maxItems) {
            result.full = true;
            break;
        }
        merging.items += (merging.items.empty() ? "" : ",") + item.dump();
        ++merging.count;
    }
    result.full = result.full || (maxItems > 0 && merging.count == maxItems && !result.next.empty());
    if (merging.items.size() > listLimit)
        return failure(ErrorCode::OutputTooLarge, asked, "more than " + std::to_string(listLimit) + " bytes");
    return result;
}

} // namespace

ApiList ApiClient::listWhatComes(const ApiListRequest& request, std::stop_token stop)
{
    Merging merging;
    const std::string asked = "GET " + request.path;
    std::string next;
    bool full = false;
    std::optional<Error> error;
    int restarted = 0;
    do {
        std::string path = request.path;
        const auto parameter = [&path](const char* name, const std::string& value) {
            path += (path.find('?') == std::string::npos ? "?" : "&") + std::string(name) + "=" + http::pathSegment(value);
        };
        // After the last restart in one piece, as client-go's pager does: a consistent list however long it takes.
        if (request.pageSize > 0 && restarted <= restarts)
            parameter("limit", std::to_string(request.pageSize));
        if (!next.empty())
            parameter("continue", next);
        auto response = d->good({.path = path, .limit = request.pageLimit}, stop);
        if (!response && response.error().code == ErrorCode::Gone && !next.empty() && restarted <= restarts) {
            ++restarted; // the snapshot that the token meant has been compacted away
            merging = {};
            next.clear();
            full = false;
            continue;
        }
        if (!response) {
            error = response.error();
            break;
        }
        const auto page = addPage(merging, std::move(response->body), request.maxItems, asked);
        if (!page) {
            error = page.error();
            break;
        }
        next = page->next;
        full = page->full;
        if (next.empty())
            break;
    } while (!full);
    if (error && merging.pages > 0)
        error->detail += (error->detail.empty() ? "" : " ") + std::string("(after ") + std::to_string(merging.count) + " items)";
    return {.json = merging.document(), .items = merging.count, .error = std::move(error), .limited = full};
}

Result<std::string> ApiClient::list(const std::string& path, std::stop_token stop, int pageSize)
{
    auto all = listWhatComes({.path = path, .pageSize = pageSize}, std::move(stop));
    if (all.error)
        return tl::unexpected(*all.error);
    return std::move(all.json);
}

} // namespace medic
