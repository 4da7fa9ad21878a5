// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/cluster_objects.h"

#include "diagnostics/model/probe_ids.h"
#include "diagnostics/model/snapshot.h"
#include "diagnostics/parse/kube_objects.h"

#include <fstream>
#include <iterator>
#include <optional>
#include <set>

namespace medic::netfilter {

namespace {

template<typename T>
ClusterObjects::List<T> shared(std::vector<T> all)
{
    return std::make_shared<const std::vector<T>>(std::move(all));
}

/// kube-proxy reads either slices or Endpoints; a Service whose slices were not made (or not recorded) has its Endpoints.
ClusterObjects::List<kube::EndpointSlice> joined(std::optional<std::vector<kube::EndpointSlice>> slices,
                                                 std::optional<std::vector<kube::EndpointSlice>> endpoints)
{
    if (!slices && !endpoints)
        return nullptr;
    std::vector<kube::EndpointSlice> all = slices ? std::move(*slices) : std::vector<kube::EndpointSlice>();
    std::set<std::pair<std::string, std::string>> sliced;
    for (const auto& slice : all)
        sliced.emplace(slice.meta.nameSpace, slice.service);
    if (endpoints)
        for (auto& one : *endpoints)
            if (!sliced.contains({one.meta.nameSpace, one.service}))
                all.push_back(std::move(one));
    return shared(std::move(all));
}

/// NAME.json, else api-NAME.json. Nothing: neither is there.
Result<std::optional<std::string>> readList(const std::filesystem::path& directory, const std::string& name, std::string& path)
{
    for (const std::string& file : {name + ".json", "api-" + name + ".json"}) {
        std::error_code error;
        if (!std::filesystem::exists(directory / file, error))
            continue;
        path = (directory / file).string();
        if (std::filesystem::is_directory(path, error))
            return failure(ErrorCode::FileNotReadable, path, "a folder");
        std::ifstream stream(path, std::ios::binary);
        std::string text {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
        if (!stream)
            return failure(ErrorCode::FileNotReadable, path);
        return std::optional<std::string>(std::move(text));
    }
    return std::optional<std::string>();
}

template<typename T>
Result<void> load(const std::filesystem::path& directory, const std::string& name, std::optional<std::vector<T>>& list,
                  Result<std::vector<T>> (*parse)(std::string_view, std::string_view))
{
    std::string path;
    auto text = readList(directory, name, path);
    if (!text)
        return tl::unexpected(text.error());
    if (!*text)
        return {};
    auto parsed = parse(**text, path);
    if (!parsed)
        return tl::unexpected(parsed.error());
    list = std::move(*parsed);
    return {};
}

template<typename T>
std::optional<std::vector<T>> observed(const Snapshot& snapshot, std::string_view probe, std::vector<std::string>& warnings,
                                       Result<std::vector<T>> (*parse)(std::string_view, std::string_view))
{
    const ObservationPtr seen = snapshot.cluster(probe);
    if (!seen || !seen->good())
        return std::nullopt;
    auto list = parse(seen->out, probe);
    if (list)
        return std::move(*list);
    warnings.push_back(list.error().where + ": " + list.error().detail);
    return std::nullopt;
}

} // namespace

Result<ClusterObjects> ClusterObjects::fromDirectory(const std::filesystem::path& directory)
{
    std::error_code error;
    if (!std::filesystem::is_directory(directory, error))
        return failure(ErrorCode::FileNotFound, directory.string(), "expected a folder with services.json, endpointslices.json …");
    std::optional<std::vector<kube::Service>> services;
    std::optional<std::vector<kube::EndpointSlice>> slices, endpoints;
    std::optional<std::vector<kube::Pod>> pods;
    std::optional<std::vector<kube::Node>> nodes;
    if (auto read = load(directory, "services", services, kube::parseServices); !read)
        return tl::unexpected(read.error());
    if (!services)
        return failure(ErrorCode::FileNotFound, (directory / "services.json").string(), "expected the list of Services");
    if (auto read = load(directory, "endpointslices", slices, kube::parseEndpointSlices); !read)
        return tl::unexpected(read.error());
    if (auto read = load(directory, "endpoints", endpoints, kube::parseEndpointSlices); !read)
        return tl::unexpected(read.error());
    if (auto read = load(directory, "pods", pods, kube::parsePods); !read)
        return tl::unexpected(read.error());
    if (auto read = load(directory, "nodes", nodes, kube::parseNodes); !read)
        return tl::unexpected(read.error());
    ClusterObjects result;
    result.services = shared(std::move(*services));
    result.endpoints = joined(std::move(slices), std::move(endpoints));
    if (pods)
        result.pods = shared(std::move(*pods));
    if (nodes)
        result.nodes = shared(std::move(*nodes));
    return result;
}

ClusterObjects ClusterObjects::fromSnapshot(const Snapshot& snapshot)
{
    ClusterObjects result;
    if (auto all = observed(snapshot, probe::apiServices, result.warnings, kube::parseServices))
        result.services = shared(std::move(*all));
    auto slices = observed(snapshot, probe::apiEndpointSlices, result.warnings, kube::parseEndpointSlices);
    auto endpoints = observed(snapshot, probe::apiEndpoints, result.warnings, kube::parseEndpointSlices);
    result.endpoints = joined(std::move(slices), std::move(endpoints));
    if (auto all = observed(snapshot, probe::apiPods, result.warnings, kube::parsePods))
        result.pods = shared(std::move(*all));
    if (auto all = observed(snapshot, probe::apiNodes, result.warnings, kube::parseNodes))
        result.nodes = shared(std::move(*all));
    return result;
}

} // namespace medic::netfilter
