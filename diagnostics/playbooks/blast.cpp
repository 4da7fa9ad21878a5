// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/components.h"
#include "diagnostics/model/probe_ids.h"
#include "diagnostics/playbooks/want.h"

#include <nlohmann/json.hpp>

#include <map>

namespace medic::playbooks {

namespace {

using nlohmann::json;

std::string text(const json& object, const char* key)
{
    if (!object.is_object())
        return {};
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const json& member(const json& object, const char* key)
{
    static const json nothing;
    if (!object.is_object())
        return nothing;
    const auto found = object.find(key);
    return found == object.end() ? nothing : *found;
}

/// Pods by node, running ones only, from the apiserver's list. Empty map pointer value: no such list.
struct PodsByNode {
    bool known = false;
    std::map<std::string, std::vector<std::string>> pods;
};

const PodsByNode& podsByNode(const Snapshot& snapshot)
{
    return snapshot.remember<PodsByNode>("playbooks/pods-by-node", [&] {
        PodsByNode result;
        const ObservationPtr list = snapshot.cluster(probe::apiPods);
        if (list == nullptr || !list->good())
            return result;
        const json document = json::parse(list->out, nullptr, false);
        const json& items = member(document, "items");
        if (!items.is_array())
            return result;
        result.known = true;
        for (const json& item : items) {
            const std::string node = text(member(item, "spec"), "nodeName");
            const std::string phase = text(member(item, "status"), "phase");
            if (!node.empty() && phase != "Succeeded" && phase != "Failed")
                result.pods[node].push_back(text(member(item, "metadata"), "namespace") + "/" + text(member(item, "metadata"), "name"));
        }
        return result;
    });
}

Tri controlPlane(const Snapshot& snapshot, const std::string& node)
{
    // What runs on the node itself (static Pods, processes, units) is the nearer witness, and needs no apiserver; clusters
    // that were installed by hand often carry no label.
    if (checks::controlPlane(snapshot, node))
        return Tri::Yes;
    const ObservationPtr list = snapshot.cluster(probe::apiNodes);
    if (list == nullptr || !list->good())
        return Tri::Unknown;
    const json document = json::parse(list->out, nullptr, false);
    const json& items = member(document, "items");
    if (!items.is_array())
        return Tri::Unknown;
    for (const json& item : items) {
        if (text(member(item, "metadata"), "name") != node)
            continue;
        const json& labels = member(member(item, "metadata"), "labels");
        for (const char* role : {"node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master", "node-role.kubernetes.io/etcd"})
            if (labels.is_object() && labels.contains(role))
                return Tri::Yes;
        return Tri::No;
    }
    return Tri::Unknown;
}

} // namespace

BlastRadius blastRadius(const Snapshot& snapshot, const std::string& node)
{
    constexpr std::size_t shown = 8;
    BlastRadius result;
    result.controlPlane = controlPlane(snapshot, node);
    const PodsByNode& all = podsByNode(snapshot);
    if (all.known) {
        const auto found = all.pods.find(node);
        result.pods = found == all.pods.end() ? 0 : static_cast<int>(found->second.size());
        if (found != all.pods.end())
            for (const std::string& pod : found->second)
                if (result.sample.size() < shown)
                    result.sample.push_back(pod);
    }
    return result;
}

} // namespace medic::playbooks
