// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/kube_document.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

namespace medic::kube::document {

namespace {

/// "PodList" holds "Pod"; "List" (kubectl get a,b) may hold anything and says so in each item.
bool isListOf(const std::string& kind, std::string_view item)
{
    return kind.size() == item.size() + 4 && kind.starts_with(item) && kind.ends_with("List");
}

std::string place(std::string_view name, std::string_view json, std::size_t offset)
{
    const std::string_view before = json.substr(0, std::min(offset, json.size()));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto lineStart = before.rfind('\n');
    const auto column = lineStart == std::string_view::npos ? before.size() : before.size() - lineStart - 1;
    return std::string(name) + ":" + std::to_string(line) + ":" + std::to_string(std::max<std::size_t>(column, 1));
}

std::string joined(const std::vector<std::string_view>& kinds)
{
    std::string all;
    for (const auto kind : kinds)
        all += (all.empty() ? "" : " or ") + std::string(kind) + "List";
    return all;
}

} // namespace

const Json& at(const Json& object, const char* key)
{
    static const Json nothing;
    if (!object.is_object())
        return nothing;
    const auto found = object.find(key);
    return found == object.end() ? nothing : *found;
}

std::string text(const Json& object, const char* key)
{
    const Json& value = at(object, key);
    return value.is_string() ? value.get_ref<const std::string&>() : std::string();
}

bool flag(const Json& object, const char* key, bool otherwise)
{
    const Json& value = at(object, key);
    return value.is_boolean() ? value.get<bool>() : otherwise;
}

int number(const Json& object, const char* key)
{
    const Json& value = at(object, key);
    if (value.is_number_unsigned()) {
        const auto given = value.get<std::uint64_t>();
        return given <= static_cast<std::uint64_t>(std::numeric_limits<int>::max()) ? static_cast<int>(given) : 0;
    }
    if (value.is_number_integer()) {
        const auto given = value.get<std::int64_t>();
        return given >= std::numeric_limits<int>::min() && given <= std::numeric_limits<int>::max() ? static_cast<int>(given) : 0;
    }
    return 0;
}

std::uint16_t port(const Json& object, const char* key)
{
    const int given = number(object, key);
    return given > 0 && given <= 65535 ? static_cast<std::uint16_t>(given) : 0;
}

std::vector<std::string> texts(const Json& object, const char* key)
{
    std::vector<std::string> all;
    if (const Json& values = at(object, key); values.is_array())
        for (const Json& value : values)
            if (value.is_string())
                all.push_back(value.get<std::string>());
    return all;
}

std::map<std::string, std::string> textMap(const Json& object, const char* key)
{
    std::map<std::string, std::string> all;
    if (const Json& values = at(object, key); values.is_object())
        for (const auto& [name, value] : values.items())
            if (value.is_string())
                all.emplace(name, value.get<std::string>());
    return all;
}

void each(const Json& object, const char* key, const std::function<void(const Json&)>& visit)
{
    if (const Json& values = at(object, key); values.is_array())
        for (const Json& value : values)
            if (value.is_object())
                visit(value);
}

Result<Json> read(std::string_view json, std::string_view name)
{
    // Read whole and thinned out afterwards: with a callback the library looks through all earlier items after each one.
    try {
        Json document = Json::parse(json);
        const auto thin = [](Json& object) {
            if (const auto metadata = object.is_object() ? object.find("metadata") : object.end();
                object.is_object() && metadata != object.end() && metadata->is_object())
                metadata->erase("managedFields");
        };
        thin(document);
        if (document.is_object())
            if (const auto items = document.find("items"); items != document.end() && items->is_array())
                std::for_each(items->begin(), items->end(), thin);
        return document;
    } catch (const Json::parse_error& error) {
        return failure(ErrorCode::BadSyntax, place(name, json, error.byte), error.what());
    } catch (const Json::exception& error) { // e.g. a number beyond double
        return failure(ErrorCode::BadSyntax, std::string(name), error.what());
    }
}

Result<void> eachObject(std::string_view json, std::string_view name, const std::vector<std::string_view>& kinds,
                        const std::function<void(const Json&, std::string_view)>& visit)
{
    const auto document = read(json, name);
    if (!document)
        return tl::unexpected(document.error());
    const std::string prefix(name);
    if (!document->is_object())
        return failure(ErrorCode::BadValue, prefix + " .", "expected an object, got " + std::string(document->type_name()));
    const std::string kind = text(*document, "kind");
    if (kind == "Status")
        return failure(ErrorCode::BadValue, prefix + " .kind", "Status: " + text(*document, "message"));
    for (const auto wanted : kinds)
        if (kind == wanted) {
            visit(*document, wanted);
            return {};
        }
    const auto wanted = std::find_if(kinds.begin(), kinds.end(), [&](std::string_view k) { return isListOf(kind, k); });
    if (wanted == kinds.end() && kind != "List")
        return failure(ErrorCode::BadValue, prefix + " .kind", "expected " + joined(kinds) + ", got \"" + kind + "\"");
    const Json& items = at(*document, "items");
    if (items.is_null()) // an empty list may be null in JSON written by Go
        return {};
    if (!items.is_array())
        return failure(ErrorCode::BadValue, prefix + " .items", "expected an array, got " + std::string(items.type_name()));
    for (std::size_t i = 0; i < items.size(); ++i) {
        const Json& item = items[i];
        if (!item.is_object())
            return failure(ErrorCode::BadValue, prefix + " .items[" + std::to_string(i) + "]",
                           "expected an object, got " + std::string(item.type_name()));
        if (wanted != kinds.end()) {
            visit(item, *wanted);
            continue;
        }
        const std::string itemKind = text(item, "kind");
        const auto own = std::find(kinds.begin(), kinds.end(), itemKind);
        if (own != kinds.end())
            visit(item, *own);
    }
    return {};
}

} // namespace medic::kube::document
