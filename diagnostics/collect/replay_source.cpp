// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/replay_source.h"

#include "diagnostics/model/probe_ids.h"

#include <algorithm>

namespace medic::collect {

ReplaySource::ReplaySource(Snapshot snapshot) : m_snapshot(std::move(snapshot)) { }

Source::NodeList ReplaySource::nodes(std::stop_token)
{
    NodeList list;
    list.names = m_snapshot.nodes();
    return list;
}

void ReplaySource::give(const std::string& node, const std::string& probe, std::stop_token stop, const Sink& result) const
{
    if (stop.stop_requested())
        return result(missing(node, probe, Error {ErrorCode::Cancelled, {}, {}, 0}, true));
    if (const ObservationPtr recorded = m_snapshot.find(node, probe))
        return result(*recorded);
    Observation nothing;
    nothing.node = node;
    nothing.probe = probe;
    nothing.state = ProbeState::Failed;
    nothing.err = "not recorded\n";
    result(std::move(nothing));
}

Source::Outcome ReplaySource::collectNode(const std::string& node, const std::vector<std::string>& probes, std::stop_token stop,
                                          const Sink& result)
{
    const std::string connect(probe::connect);
    if (m_snapshot.find(node, connect) && std::find(probes.begin(), probes.end(), connect) == probes.end())
        give(node, connect, stop, result);
    for (const std::string& probe : probes)
        give(node, probe, stop, result);
    return {};
}

Source::Outcome ReplaySource::collectCluster(const std::vector<std::string>& probes, std::stop_token stop, const Sink& result)
{
    for (const std::string& probe : probes)
        give({}, probe, stop, result);
    return {};
}

Result<CommandResult> ReplaySource::run(const std::string& node, const CommandRequest& request, std::stop_token)
{
    return failure(ErrorCode::NotSupported, request.command, node);
}

} // namespace medic::collect
