// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/sweep_plan.h"

#include "diagnostics/model/probe_ids.h"

#include <algorithm>
#include <set>

namespace medic::collect {

Sweep::Plan planOf(const SweepRequest& request, int parallel)
{
    const bool onlyNamed = request.suites == std::vector<std::string> {"none"};
    const bool all = request.suites.empty();
    // The engineer's own machine is no node: its suite asks it alone.
    std::vector<std::string> suites = request.suites;
    const bool own = std::erase(suites, "own-machine") > 0;
    std::set<std::string, std::less<>> wanted;
    if (!onlyNamed && !suites.empty())
        for (const std::string_view id : checks::probesOf(suites))
            if (const Probe* probe = findProbe(id); probe == nullptr || !probe->heavy || request.heavy)
                wanted.emplace(id);
    const std::set<std::string, std::less<>> named(request.probes.begin(), request.probes.end());
    wanted.insert(named.begin(), named.end());

    Sweep::Plan plan;
    if (own && wanted.empty()) {
        plan.nodes = {std::string(localNode)};
        plan.parallel = parallel;
        return plan;
    }
    plan.nodes = request.nodes;
    plan.parallel = parallel;
    std::set<std::string, std::less<>> known;
    for (const Probe& probe : allProbes()) {
        known.insert(probe.id);
        if (wanted.contains(probe.id) || (all && (!probe.heavy || request.heavy)))
            plan.nodeProbes.push_back(probe.id);
    }
    for (const std::string& id : clusterNodeProbes()) {
        known.insert(id);
        if (request.cluster && (all || wanted.contains(id)))
            plan.nodeProbes.push_back(id);
    }
    for (const std::string& id : clusterProbes()) {
        known.insert(id);
        if (request.cluster && (all || wanted.contains(id)))
            plan.clusterProbes.push_back(id);
    }
    if (const std::string connect(probe::apiConnect);
        !plan.clusterProbes.empty() && std::find(plan.clusterProbes.begin(), plan.clusterProbes.end(), connect) == plan.clusterProbes.end())
        plan.clusterProbes.insert(plan.clusterProbes.begin(), connect);
    if (wanted.contains(probe::connect) && plan.nodeProbes.empty())
        plan.nodeProbes.emplace_back(probe::connect);
    // What nobody knows is asked for all the same: its observation says so.
    for (const std::string& id : named)
        if (!known.contains(id) && id != probe::connect)
            (id.starts_with("api/") ? plan.clusterProbes : plan.nodeProbes).push_back(id);
    if (own || (all && request.nodes.empty()))
        plan.localProbes = localProbes();
    return plan;
}

} // namespace medic::collect
