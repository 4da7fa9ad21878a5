// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/checks/reach.h"
#include "diagnostics/model/error.h"
#include "diagnostics/model/kube.h"
#include "diagnostics/model/probe_ids.h"
#include "diagnostics/parse/cni.h"
#include "diagnostics/parse/logs.h"
#include "diagnostics/parse/metrics.h"
#include "diagnostics/parse/processes.h"
#include "diagnostics/parse/version.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Parsed facts of a snapshot, each made once (Snapshot::remember). Views in a fact point into its observation, which
/// the fact holds alive.
namespace medic::checks {

/// A parsed observation, or why there is none.
template<typename T>
struct Fact {
    ObservationPtr observation; ///< null: was never collected
    std::optional<T> value;
    std::string missing; ///< "df: timed-out"; empty when there is a value or when the probe does not apply here

    explicit operator bool() const { return value.has_value(); }
    const T& operator*() const { return *value; }
    const T* operator->() const { return &*value; }
    [[nodiscard]] Evidence at(std::vector<int> lines = {}) const
    {
        std::erase_if(lines, [](int line) { return line <= 0; });
        return {observation, std::move(lines), false};
    }
};

/// What an observation must be for its text to count.
enum class Need {
    Success, ///< ran to its end with exit status 0
    Answer, ///< ran; any exit status and a cut output will do (logs, health endpoints)
};

/// Why the observation gives nothing; empty when it does. NotApplicable gives nothing but is not missing either.
[[nodiscard]] std::string missingReason(const ObservationPtr& observation, std::string_view probe, Need need);
[[nodiscard]] bool usable(const ObservationPtr& observation, Need need);
/// Whether what a node said and what the apiserver lists may be compared: a guide sweeps parts of it again, and Pods that
/// were replaced meanwhile look like rules gone stale. Where a time is not known they may.
[[nodiscard]] bool ofOneMoment(const ObservationPtr& node, const ObservationPtr& list);

namespace detail {
template<typename T>
std::optional<T> asOptional(T value, std::string&) { return std::optional<T>(std::move(value)); }
template<typename T>
std::optional<T> asOptional(std::optional<T> value, std::string& problem)
{
    if (!value)
        problem = "not understood";
    return value;
}
template<typename T>
std::optional<T> asOptional(Result<T> value, std::string& problem)
{
    if (value)
        return std::move(*value);
    problem = value.error().detail;
    return std::nullopt;
}
} // namespace detail

/// A list of which something was read; what is never empty on a node that answers (processes, file systems) is not known otherwise.
template<typename List>
[[nodiscard]] std::optional<List> notEmpty(List list) { return list.empty() ? std::nullopt : std::optional<List>(std::move(list)); }

/// The fact of one probe on one node ("" for the cluster); `read` makes a T, optional<T> or Result<T> of the text.
template<typename T, typename Read>
const Fact<T>& fact(const Snapshot& snapshot, std::string_view node, std::string_view probe, Need need, Read read)
{
    const std::string key = "fact/" + std::string(node) + '/' + std::string(probe) + '/' + typeid(T).name();
    return snapshot.remember<Fact<T>>(key, [&] {
        Fact<T> result;
        result.observation = snapshot.find(node, probe);
        result.missing = missingReason(result.observation, probe, need);
        if (usable(result.observation, need)) {
            std::string problem;
            result.value = detail::asOptional(read(std::string_view(result.observation->out)), problem);
            if (!result.value)
                result.missing = std::string(probe) + ": " + problem;
        }
        return result;
    });
}

// What several suites ask for.
[[nodiscard]] const Fact<std::vector<parse::Process>>& processes(const Snapshot&, std::string_view node);
[[nodiscard]] const Fact<std::vector<parse::Unit>>& units(const Snapshot&, std::string_view node);
[[nodiscard]] const Fact<std::vector<parse::Socket>>& sockets(const Snapshot&, std::string_view node);
[[nodiscard]] const Fact<std::vector<parse::LogLine>>& log(const Snapshot&, std::string_view node, std::string_view probe);
[[nodiscard]] const Fact<parse::HttpAnswer>& health(const Snapshot&, std::string_view node, std::string_view probe);
[[nodiscard]] const Fact<parse::Metrics>& metrics(const Snapshot&, std::string_view node, std::string_view probe);
[[nodiscard]] const Fact<std::vector<parse::CniConfig>>& cniConfigs(const Snapshot&, std::string_view node);
/// A sysctl's value by its dotted name; nothing when it is not there.
[[nodiscard]] std::optional<std::string> sysctl(const Snapshot&, std::string_view node, std::string_view name, Evidence* evidence);

/// Addresses by interface, of `ip -j addr` or its text form.
using Addresses = std::map<std::string, std::vector<std::string>, std::less<>>;
[[nodiscard]] const Fact<Addresses>& addresses(const Snapshot&, std::string_view node);

[[nodiscard]] const Fact<std::vector<kube::Node>>& kubeNodes(const Snapshot&);
[[nodiscard]] const Fact<std::vector<kube::Pod>>& kubePods(const Snapshot&);
[[nodiscard]] const Fact<std::vector<kube::Service>>& kubeServices(const Snapshot&);
[[nodiscard]] const Fact<std::vector<kube::EndpointSlice>>& kubeEndpoints(const Snapshot&); ///< slices, else Endpoints
[[nodiscard]] const Fact<std::vector<kube::Event>>& kubeEvents(const Snapshot&);
[[nodiscard]] const Fact<std::vector<kube::ConfigMap>>& kubeConfigMaps(const Snapshot&);
[[nodiscard]] const kube::Node* kubeNode(const Snapshot&, std::string_view node);

/// Line of the observation's text that holds `text` first; 0 when none does. For evidence in the apiserver's lists.
[[nodiscard]] int lineOf(const ObservationPtr& observation, std::string_view text);

} // namespace medic::checks
