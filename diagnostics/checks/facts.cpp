// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/facts.h"

#include "diagnostics/parse/host.h"
#include "diagnostics/parse/kube_objects.h"
#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace medic::checks {

bool usable(const ObservationPtr& observation, Need need)
{
    if (!observation || observation->state != ProbeState::Complete)
        return false;
    return need == Need::Answer || (observation->exitStatus == 0 && !observation->truncated);
}

bool ofOneMoment(const ObservationPtr& node, const ObservationPtr& list)
{
    using namespace std::chrono_literals;
    if (node == nullptr || list == nullptr || node->start.time_since_epoch().count() == 0 || list->start.time_since_epoch().count() == 0)
        return true;
    // The list comes first in a sweep, which may take a while over many nodes.
    const auto behind = node->start - list->start;
    return behind > -60s && behind < 2min;
}

std::string missingReason(const ObservationPtr& observation, std::string_view probe, Need need)
{
    if (usable(observation, need))
        return {};
    std::string text(probe);
    if (!observation)
        return text + ": not collected";
    if (observation->state == ProbeState::NotApplicable)
        return {};
    if (observation->state != ProbeState::Complete)
        return text + ": " + std::string(probeStateName(observation->state));
    if (observation->truncated)
        return text + ": output cut off";
    return text + ": exit status " + std::to_string(observation->exitStatus);
}

const Fact<std::vector<parse::Process>>& processes(const Snapshot& snapshot, std::string_view node)
{
    return fact<std::vector<parse::Process>>(snapshot, node, probe::ps, Need::Answer, [](std::string_view text) { return notEmpty(parse::processes(text)); });
}

const Fact<std::vector<parse::Unit>>& units(const Snapshot& snapshot, std::string_view node)
{
    return fact<std::vector<parse::Unit>>(snapshot, node, probe::units, Need::Answer, parse::units);
}

const Fact<std::vector<parse::Socket>>& sockets(const Snapshot& snapshot, std::string_view node)
{
    return fact<std::vector<parse::Socket>>(snapshot, node, probe::ss, Need::Success, [](std::string_view text) {
        auto list = parse::sockets(text);
        return list.empty() && !parse::trim(text).empty() ? std::nullopt : std::optional(std::move(list));
    });
}

const Fact<std::vector<parse::LogLine>>& log(const Snapshot& snapshot, std::string_view node, std::string_view name)
{
    return fact<std::vector<parse::LogLine>>(snapshot, node, name, Need::Answer, parse::logLines);
}

const Fact<parse::HttpAnswer>& health(const Snapshot& snapshot, std::string_view node, std::string_view name)
{
    return fact<parse::HttpAnswer>(snapshot, node, name, Need::Answer, parse::httpAnswer);
}

const Fact<parse::Metrics>& metrics(const Snapshot& snapshot, std::string_view node, std::string_view name)
{
    return fact<parse::Metrics>(snapshot, node, name, Need::Success, parse::Metrics::parse);
}

const Fact<std::vector<parse::CniConfig>>& cniConfigs(const Snapshot& snapshot, std::string_view node)
{
    return fact<std::vector<parse::CniConfig>>(snapshot, node, probe::cniConfig, Need::Success, parse::cniConfigs);
}

std::optional<std::string> sysctl(const Snapshot& snapshot, std::string_view node, std::string_view name, Evidence* evidence)
{
    using Table = std::map<std::string, parse::KeyValue, std::less<>>;
    const auto& all = fact<Table>(snapshot, node, probe::sysctl, Need::Answer,
                                  [](std::string_view text) { return parse::keyValues(text, " ="); });
    if (!all)
        return std::nullopt;
    const auto found = all->find(name);
    if (found == all->end())
        return std::nullopt;
    if (evidence != nullptr)
        *evidence = all.at({found->second.line});
    return found->second.value;
}

namespace {

std::optional<Addresses> readAddresses(std::string_view text)
{
    Addresses result;
    if (!parse::trim(text).starts_with('[')) {
        std::string name;
        for (const parse::Line& line : parse::lines(text)) {
            const auto parts = parse::words(line.text);
            if (parts.size() > 1 && parts[0].ends_with(':')) { // "5: kube-ipvs0: <BROADCAST,NOARP> …"
                name = parse::before(parse::before(parts[1], ":"), "@");
                result[name];
            } else if (parts.size() > 1 && (parts[0] == "inet" || parts[0] == "inet6") && !name.empty()) {
                result[name].emplace_back(parse::before(parts[1], "/"));
            }
        }
        return result.empty() ? std::nullopt : std::optional(result);
    }
    const nlohmann::json document = nlohmann::json::parse(text, nullptr, false);
    if (document.is_discarded() || !document.is_array())
        return std::nullopt;
    for (const nlohmann::json& link : document) {
        if (!link.is_object() || !link.contains("ifname") || !link["ifname"].is_string())
            continue;
        auto& list = result[link["ifname"].get<std::string>()];
        if (const auto info = link.find("addr_info"); info != link.end() && info->is_array())
            for (const nlohmann::json& address : *info)
                if (address.is_object() && address.contains("local") && address["local"].is_string())
                    list.push_back(address["local"].get<std::string>());
    }
    return result;
}

} // namespace

const Fact<Addresses>& addresses(const Snapshot& snapshot, std::string_view node)
{
    return fact<Addresses>(snapshot, node, probe::ipAddr, Need::Success, readAddresses);
}

const Fact<std::vector<kube::Node>>& kubeNodes(const Snapshot& snapshot)
{
    return fact<std::vector<kube::Node>>(snapshot, "", probe::apiNodes, Need::Success,
                                         [](std::string_view text) { return kube::parseNodes(text, "nodes"); });
}

const Fact<std::vector<kube::Pod>>& kubePods(const Snapshot& snapshot)
{
    return fact<std::vector<kube::Pod>>(snapshot, "", probe::apiPods, Need::Success,
                                        [](std::string_view text) { return kube::parsePods(text, "pods"); });
}

const Fact<std::vector<kube::Service>>& kubeServices(const Snapshot& snapshot)
{
    return fact<std::vector<kube::Service>>(snapshot, "", probe::apiServices, Need::Success,
                                            [](std::string_view text) { return kube::parseServices(text, "services"); });
}

const Fact<std::vector<kube::EndpointSlice>>& kubeEndpoints(const Snapshot& snapshot)
{
    const auto read = [](std::string_view text) { return kube::parseEndpointSlices(text, "endpoints"); };
    // Slices may be there for some Services only (before 1.21, or with the mirroring controller off): the legacy list fills in.
    return snapshot.remember<Fact<std::vector<kube::EndpointSlice>>>("fact/endpoints", [&] {
        Fact<std::vector<kube::EndpointSlice>> slices = fact<std::vector<kube::EndpointSlice>>(snapshot, "", probe::apiEndpointSlices, Need::Success, read);
        const auto& legacy = fact<std::vector<kube::EndpointSlice>>(snapshot, "", probe::apiEndpoints, Need::Success, read);
        if (!legacy)
            return slices;
        if (!slices)
            return legacy;
        const std::size_t known = slices->size();
        for (const kube::EndpointSlice& one : *legacy) {
            const auto end = slices->begin() + static_cast<std::ptrdiff_t>(known);
            const bool covered = std::any_of(slices->begin(), end, [&](const kube::EndpointSlice& slice) {
                return slice.meta.nameSpace == one.meta.nameSpace && slice.service == one.service;
            });
            if (!covered)
                slices.value->push_back(one);
        }
        return slices;
    });
}

const Fact<std::vector<kube::Event>>& kubeEvents(const Snapshot& snapshot)
{
    return fact<std::vector<kube::Event>>(snapshot, "", probe::apiEvents, Need::Success,
                                          [](std::string_view text) { return kube::parseEvents(text, "events"); });
}

const Fact<std::vector<kube::ConfigMap>>& kubeConfigMaps(const Snapshot& snapshot)
{
    return fact<std::vector<kube::ConfigMap>>(snapshot, "", probe::apiConfigMaps, Need::Success,
                                              [](std::string_view text) { return kube::parseConfigMaps(text, "configmaps"); });
}

const kube::Node* kubeNode(const Snapshot& snapshot, std::string_view node)
{
    const auto& all = kubeNodes(snapshot);
    if (!all)
        return nullptr;
    const auto found = std::find_if(all->begin(), all->end(), [&](const kube::Node& one) { return one.meta.name == node; });
    return found == all->end() ? nullptr : &*found;
}

int lineOf(const ObservationPtr& observation, std::string_view text)
{
    if (!observation || text.empty())
        return 0;
    const std::size_t at = observation->out.find(text);
    if (at == std::string::npos)
        return 0;
    return 1 + static_cast<int>(std::count(observation->out.begin(), observation->out.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

} // namespace medic::checks
