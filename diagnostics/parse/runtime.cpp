// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/runtime.h"

#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace medic::parse {

using Json = nlohmann::json;

namespace {

/// Columns of a table whose headings are separated by two or more blanks: name → [from, to) by position.
struct Columns {
    std::vector<std::pair<std::string, std::size_t>> starts;

    explicit Columns(std::string_view heading)
    {
        std::size_t at = 0;
        while (at < heading.size()) {
            if (heading[at] == ' ') {
                ++at;
                continue;
            }
            std::size_t end = heading.find("  ", at);
            if (end == std::string_view::npos)
                end = heading.size();
            starts.emplace_back(std::string(trim(heading.substr(at, end - at))), at);
            at = end;
        }
    }

    [[nodiscard]] std::optional<std::string> cell(std::string_view row, std::string_view name) const
    {
        for (std::size_t i = 0; i < starts.size(); ++i) {
            if (starts[i].first != name)
                continue;
            if (starts[i].second >= row.size())
                return std::nullopt;
            const std::size_t end = i + 1 < starts.size() ? starts[i + 1].second : row.size();
            return std::string(trim(row.substr(starts[i].second, end - starts[i].second)));
        }
        return std::nullopt;
    }
};

std::string textOf(const Json& object, const char* key)
{
    if (!object.is_object())
        return {};
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const Json* child(const Json& object, const char* key)
{
    if (!object.is_object())
        return nullptr;
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
}

/// "k8s_c_crash_default_UID_7": names may not hold '_' (RFC 1123 labels), so the parts are certain.
void takeDockershimName(RuntimeContainer& container, std::string_view name)
{
    if (!name.starts_with("k8s_")) {
        container.name = name;
        return;
    }
    std::vector<std::string_view> parts;
    for (std::string_view rest = name;;) {
        parts.push_back(before(rest, "_"));
        if (!contains(rest, "_"))
            break;
        rest = after(rest, "_");
    }
    if (parts.size() < 6) {
        container.name = name;
        return;
    }
    container.name = parts[1];
    container.pod = parts[2];
    container.nameSpace = parts[3];
    container.attempt = number<int>(parts[5]).value_or(0);
    container.sandbox = parts[1] == "POD";
}

/// docker's STATUS: "Up 13 minutes", "Exited (3) 6 seconds ago", "Created", "Up 2 hours (Paused)", "Dead".
void takeDockerStatus(RuntimeContainer& container, std::string_view status)
{
    if (status.starts_with("Up"))
        container.state = contains(status, "(Paused)") ? "paused" : "running";
    else if (status.starts_with("Exited")) {
        container.state = "exited";
        container.exitCode = number<int>(before(after(status, "("), ")"));
    } else if (status.starts_with("Created"))
        container.state = "created";
    else
        container.state = "unknown";
}

std::string criState(std::string_view state)
{
    std::string result = lower(state);
    if (result.starts_with("container_"))
        result.erase(0, 10);
    return result;
}

std::string normalReference(std::string_view reference)
{
    std::string text(reference);
    const std::size_t slash = text.rfind('/');
    const std::string_view last = std::string_view(text).substr(slash == std::string::npos ? 0 : slash + 1);
    if (!contains(last, ":") && !contains(last, "@"))
        text += ":latest";
    const std::string_view first = before(text, "/");
    const bool registry = contains(text, "/") && (contains(first, ".") || contains(first, ":") || first == "localhost");
    if (!registry)
        text = (contains(text, "/") ? "docker.io/" : "docker.io/library/") + text;
    return text;
}

} // namespace

std::vector<RuntimeContainer> dockerPs(std::string_view text)
{
    std::vector<RuntimeContainer> result;
    std::optional<Columns> columns;
    for (const Line& line : lines(text)) {
        if (line.text.starts_with("CONTAINER ID")) {
            columns.emplace(line.text);
            continue;
        }
        if (!columns)
            continue;
        const auto id = columns->cell(line.text, "CONTAINER ID"), status = columns->cell(line.text, "STATUS"),
                   name = columns->cell(line.text, "NAMES");
        if (!id || !status || !name || id->empty() || name->empty())
            continue;
        RuntimeContainer container;
        container.id = *id;
        container.image = columns->cell(line.text, "IMAGE").value_or("");
        container.line = line.number;
        takeDockerStatus(container, *status);
        takeDockershimName(container, *name);
        result.push_back(std::move(container));
    }
    return result;
}

std::vector<RuntimeContainer> crictlPs(std::string_view text)
{
    std::vector<RuntimeContainer> result;
    if (trim(text).starts_with('{')) {
        const Json document = Json::parse(text, nullptr, false);
        const Json* const list = document.is_discarded() ? nullptr : child(document, "containers");
        if (list == nullptr || !list->is_array())
            return result;
        for (const Json& item : *list) {
            RuntimeContainer container;
            container.id = textOf(item, "id");
            container.state = criState(textOf(item, "state"));
            if (const Json* const metadata = child(item, "metadata")) {
                container.name = textOf(*metadata, "name");
                if (const Json* const attempt = child(*metadata, "attempt"); attempt != nullptr && attempt->is_number_unsigned())
                    container.attempt = static_cast<int>(std::min<std::uint64_t>(attempt->get<std::uint64_t>(), 1'000'000));
            }
            if (const Json* const image = child(item, "image"))
                container.image = textOf(*image, "image");
            if (const Json* const labels = child(item, "labels")) {
                container.pod = textOf(*labels, "io.kubernetes.pod.name");
                container.nameSpace = textOf(*labels, "io.kubernetes.pod.namespace");
            }
            if (!container.id.empty())
                result.push_back(std::move(container));
        }
        return result;
    }
    std::optional<Columns> columns;
    for (const Line& line : lines(text)) {
        if (line.text.starts_with("CONTAINER")) {
            columns.emplace(line.text);
            continue;
        }
        if (!columns)
            continue;
        const auto state = columns->cell(line.text, "STATE"), name = columns->cell(line.text, "NAME");
        if (!state || !name || name->empty())
            continue;
        RuntimeContainer container;
        container.id = std::string(before(line.text, " "));
        container.image = columns->cell(line.text, "IMAGE").value_or("");
        container.name = *name;
        container.state = criState(*state);
        container.attempt = number<int>(columns->cell(line.text, "ATTEMPT").value_or("")).value_or(0);
        container.pod = columns->cell(line.text, "POD").value_or("");
        container.nameSpace = columns->cell(line.text, "NAMESPACE").value_or("");
        container.line = line.number;
        result.push_back(std::move(container));
    }
    return result;
}

std::vector<RuntimeContainer> ctrList(std::string_view text)
{
    std::vector<RuntimeContainer> result;
    bool tasks = false;
    for (const Line& line : lines(text)) {
        const auto parts = words(line.text);
        if (parts.size() < 2)
            continue;
        if (parts[0] == "CONTAINER" || parts[0] == "TASK") {
            tasks = parts[0] == "TASK" || parts[1] == "PID";
            continue;
        }
        RuntimeContainer container;
        container.id = parts[0];
        container.line = line.number;
        if (tasks)
            container.state = parts.size() > 2 ? lower(parts[2]) : "unknown";
        else
            container.image = parts[1];
        container.sandbox = contains(container.image, "pause");
        result.push_back(std::move(container));
    }
    return result;
}

std::vector<Image> images(std::string_view text)
{
    std::vector<Image> result;
    if (trim(text).starts_with('{')) {
        const Json document = Json::parse(text, nullptr, false);
        const Json* const list = document.is_discarded() ? nullptr : child(document, "images");
        if (list == nullptr || !list->is_array())
            return result;
        for (const Json& item : *list)
            if (const Json* const tags = child(item, "repoTags"); tags != nullptr && tags->is_array())
                for (const Json& tag : *tags)
                    if (tag.is_string())
                        result.push_back({tag.get<std::string>(), textOf(item, "id"), 0});
        return result;
    }
    bool ctr = false;
    for (const Line& line : lines(text)) {
        const auto parts = words(line.text);
        if (parts.size() < 3)
            continue;
        if (parts[0] == "REF" || parts[0] == "REPOSITORY" || parts[0] == "IMAGE") {
            ctr = parts[0] == "REF";
            continue;
        }
        if (ctr)
            result.push_back({std::string(parts[0]), std::string(parts[2]), line.number});
        else
            result.push_back({std::string(parts[0]) + ':' + std::string(parts[1]), std::string(parts[parts.size() > 3 ? 3 : 2]), line.number});
    }
    return result;
}

bool hasImage(const std::vector<Image>& all, std::string_view reference)
{
    const std::string wanted = normalReference(reference);
    return std::any_of(all.begin(), all.end(), [&](const Image& image) {
        return normalReference(image.reference) == wanted || (contains(wanted, "@") && image.reference == reference);
    });
}

DockerInfo dockerInfo(std::string_view text)
{
    DockerInfo info;
    bool server = false;
    for (const Line& line : lines(text)) {
        const std::string_view body = trim(line.text);
        if (body == "Server:")
            server = true;
        const std::string_view key = before(body, ":"), value = trim(after(body, ":"));
        const auto take = [&](std::string_view name, std::string& field) {
            if (key == name && field.empty())
                field = value;
        };
        take("Server Version", info.serverVersion);
        take("Cgroup Driver", info.cgroupDriver);
        take("Cgroup Version", info.cgroupVersion);
        take("Docker Root Dir", info.rootDir);
        take("Storage Driver", info.storageDriver);
        take("containerd version", info.containerdVersion);
        take("runc version", info.runcVersion);
        if (key == "Live Restore Enabled")
            info.liveRestore = value == "true";
        if (server && key == "Containers" && !info.containers)
            info.containers = number<std::uint64_t>(value);
    }
    info.serverAnswered = !info.serverVersion.empty();
    return info;
}

} // namespace medic::parse
