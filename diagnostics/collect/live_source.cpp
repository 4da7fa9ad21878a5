// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/live_source.h"

#include "diagnostics/collect/frame.h"
#include "diagnostics/collect/sweep_script.h"
#include "diagnostics/model/probe_ids.h"
#include "diagnostics/parse/kube_objects.h"
#include "diagnostics/transport/local_shell.h"
#include "diagnostics/transport/secrets.h"
#include "diagnostics/transport/ssh_connection.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <thread>

namespace medic::collect {

namespace {

LiveSource::OpenShell realShells(const ClusterProfile& profile, std::shared_ptr<Secrets> secrets)
{
    return [settings = profile.ssh, secrets = std::move(secrets)](const NodeTarget& target,
                                                                  std::stop_token stop) -> Result<std::unique_ptr<Shell>> {
        if (target.local)
            return localShell(LocalShellOptions {.useSudo = settings.useSudo, .secrets = secrets.get()});
        auto connection = SshConnection::open(target, settings, *secrets, std::move(stop));
        if (!connection)
            return tl::unexpected(connection.error());
        return std::move(*connection);
    };
}

/// One node's sweep: the script's frames as observations, each asked for exactly once.
class NodeSweep {
public:
    NodeSweep(const std::string& node, const std::vector<std::string>& probes, const Source::Sink& result) : m_node(node), m_result(result)
    {
        std::set<std::string> taken;
        for (const std::string& id : probes) {
            m_connectOnly = m_connectOnly || id == probe::connect;
            if (id == probe::connect || id.starts_with("api/") || !taken.insert(id).second)
                continue;
            if (const Probe* known = findProbe(id))
                m_probes.push_back(*known);
            else
                m_result(missing(node, id, Error {ErrorCode::NotSupported, id, "no such probe", 0}, true));
        }
        m_done.assign(m_probes.size(), false);
    }

    void connected(const std::string& name, TimePoint start)
    {
        Observation observation;
        observation.node = m_node;
        observation.probe = probe::connect;
        observation.command = "connect " + name;
        observation.out = name + "\n";
        observation.exitStatus = 0;
        observation.start = start;
        observation.duration = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now() - start);
        m_result(std::move(observation));
    }

    void notConnected(const Error& error, TimePoint start)
    {
        Observation observation = missing(m_node, std::string(probe::connect), error, false);
        observation.command = "connect";
        observation.start = start;
        observation.duration = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now() - start);
        m_result(std::move(observation));
        rest(error, false);
    }

    /// Runs the script. Returns why not everything came; the shell may be used for another try when nothing has.
    std::optional<Error> run(Shell& shell, bool root, IdleWatch::Guard& guard)
    {
        const SweepScript script = sweepScript(m_probes);
        FrameDecoder decoder(script.token, m_probes);
        TimePoint hello;
        CommandRequest request;
        request.command = "/bin/sh";
        request.input = script.text;
        request.root = root;
        request.timeLimit = script.timeLimit;
        request.outputLimit = std::size_t(1024) * 1024 * 1024; // each probe has its own limit
        const auto result = shell.stream(request, guard.token(), [&](std::string_view piece) {
            guard.touch();
            const bool before = decoder.greeted();
            std::vector<Frame> frames = decoder.feed(piece);
            if (!before && decoder.greeted())
                hello = std::chrono::system_clock::now();
            for (Frame& frame : frames) {
                m_done[frame.probe] = true;
                m_result(observationOf(std::move(frame), m_probes, m_node, decoder.root(), hello));
            }
            return !decoder.broken() && !decoder.finished();
        });
        m_greeted = m_greeted || decoder.greeted();
        if (decoder.finished())
            return std::nullopt;
        if (decoder.broken())
            return Error {decoder.greeted() ? ErrorCode::ProtocolError : ErrorCode::OutputTooLarge, shell.name(),
                          validUtf8(std::string(decoder.banner().substr(0, 200))), 0};
        if (guard.expired())
            return Error {ErrorCode::Timeout, shell.name(), "no sign of life from the node", 0};
        if (!result)
            return result.error();
        std::string said = result->err.substr(0, 400);
        if (!result->signal.empty())
            said = "killed by " + result->signal + (said.empty() ? "" : ": ") + said;
        return Error {decoder.greeted() ? ErrorCode::ConnectionLost : ErrorCode::CommandFailed, shell.name(), validUtf8(std::move(said)), 0};
    }

    void rest(const Error& error, bool connected)
    {
        for (std::size_t i = 0; i < m_probes.size(); ++i) {
            if (m_done[i])
                continue;
            m_done[i] = true;
            m_result(missing(m_node, m_probes[i].id, error, connected));
        }
    }

    [[nodiscard]] bool greeted() const { return m_greeted; }
    [[nodiscard]] bool empty() const { return m_probes.empty() && !m_connectOnly; }
    [[nodiscard]] bool hasProbes() const { return !m_probes.empty(); }
    [[nodiscard]] bool wantsRoot() const
    {
        return std::any_of(m_probes.begin(), m_probes.end(), [](const Probe& probe) { return probe.root; });
    }

private:
    const std::string& m_node;
    const Source::Sink& m_result;
    std::vector<Probe> m_probes;
    std::vector<bool> m_done;
    bool m_greeted = false;
    bool m_connectOnly = false; ///< whether it can be reached was asked, if nothing else
};

bool sudoFailed(ErrorCode code)
{
    return code == ErrorCode::SudoPasswordNeeded || code == ErrorCode::SudoDenied || code == ErrorCode::ToolMissing;
}

} // namespace

std::string addressOf(const kube::Node& node, const std::string& type)
{
    for (const std::string& wanted : {type, std::string("InternalIP"), std::string("ExternalIP"), std::string("Hostname")})
        if (const auto found = node.addresses.find(wanted); found != node.addresses.end() && !found->second.empty())
            return found->second;
    return {};
}

LiveSource::LiveSource(const ClusterProfile& profile, std::shared_ptr<Secrets> secrets)
    : m_profile(profile), m_open(realShells(profile, secrets)), m_cluster(clusterSource(profile, secrets))
{
}

LiveSource::LiveSource(const ClusterProfile& profile, OpenShell open, std::shared_ptr<ClusterSource> cluster)
    : m_profile(profile), m_open(std::move(open)), m_cluster(std::move(cluster))
{
}

std::vector<NodeTarget> LiveSource::listed(std::vector<Error>& problems) const
{
    std::vector<NodeTarget> targets = m_profile.nodes;
    if (!m_profile.hostsFile.empty()) {
        if (auto further = readHostsFile(m_profile.hostsFile))
            targets.insert(targets.end(), further->begin(), further->end());
        else
            problems.push_back(further.error());
    }
    for (NodeTarget& target : targets)
        if (target.name.empty())
            target.name = target.host;
    return targets;
}

/// The apiserver's nodes under their own names; an entry of the profile with that name, or with that node's address, says
/// how it is reached.
void LiveSource::learn(const std::vector<kube::Node>& nodes, NodeList& list)
{
    const std::vector<NodeTarget> known = listed(list.problems);
    std::set<std::string> used;
    const std::scoped_lock lock(m_mutex);
    for (const kube::Node& node : nodes) {
        NodeTarget target;
        target.name = node.meta.name;
        target.host = addressOf(node, m_profile.addressType);
        for (const NodeTarget& given : known) {
            const bool same = given.name == target.name
                || std::any_of(node.addresses.begin(), node.addresses.end(), [&](const auto& address) {
                       return address.second == given.host || (given.host.empty() && address.second == given.name);
                   });
            if (!same)
                continue;
            used.insert(given.name);
            const std::string host = given.host.empty() ? target.host : given.host;
            target = given;
            target.name = node.meta.name;
            target.host = host;
            break;
        }
        m_targets.insert_or_assign(target.name, target);
        list.names.push_back(target.name);
    }
    // A machine that belongs to the site but not to the cluster (registry, name server) stays in the list.
    for (const NodeTarget& given : m_profile.nodes) {
        const std::string name = given.name.empty() ? given.host : given.name;
        if (used.contains(name) || std::find(list.names.begin(), list.names.end(), name) != list.names.end())
            continue;
        m_targets.insert_or_assign(name, given);
        list.names.push_back(name);
    }
}

Source::NodeList LiveSource::nodes(std::stop_token stop)
{
    NodeList list;
    if (m_cluster && m_cluster->configured()) {
        std::optional<std::vector<kube::Node>> nodes;
        const Outcome outcome = m_cluster->collect({std::string(probe::apiConnect), std::string(probe::apiNodes)}, stop, [&](Observation observation) {
            if (observation.probe == probe::apiNodes && observation.state == ProbeState::Complete) {
                if (auto parsed = kube::parseNodes(observation.out, "api/nodes"))
                    nodes = std::move(*parsed);
                else
                    list.problems.push_back(parsed.error());
            }
            list.observations.push_back(std::move(observation));
        });
        {
            const std::scoped_lock lock(m_mutex);
            m_apiError = nodes ? std::nullopt : outcome.error;
        }
        if (outcome.error)
            list.problems.push_back(*outcome.error);
        if (nodes) {
            learn(*nodes, list);
            return list;
        }
    }
    const std::vector<NodeTarget> targets = listed(list.problems);
    const std::scoped_lock lock(m_mutex);
    for (const NodeTarget& target : targets) {
        if (std::find(list.names.begin(), list.names.end(), target.name) == list.names.end())
            list.names.push_back(target.name);
        m_targets.try_emplace(target.name, target);
    }
    return list;
}

NodeTarget LiveSource::targetOf(const std::string& node) const
{
    if (node == localNode)
        return NodeTarget {.name = node, .host = {}, .user = {}, .port = 0, .jumps = {}, .identity = {}, .local = true};
    const std::scoped_lock lock(m_mutex);
    if (const auto found = m_targets.find(node); found != m_targets.end())
        return found->second;
    std::vector<Error> ignored; // nodes() has reported them
    for (const NodeTarget& target : listed(ignored))
        if (target.name == node)
            return target;
    return NodeTarget {.name = node, .host = node, .user = {}, .port = 0, .jumps = {}, .identity = {}, .local = false};
}

Source::Outcome LiveSource::collectNode(const std::string& node, const std::vector<std::string>& probes, std::stop_token stop,
                                        const Sink& result)
{
    std::vector<std::string> asked;
    std::copy_if(probes.begin(), probes.end(), std::back_inserter(asked), [](const std::string& id) { return id.starts_with("api/"); });
    // What the apiserver says about this node stands on its own: it may be all that can be had. It is asked meanwhile, since a
    // kubelet whose runtime hangs lets each of these wait; handed out by this thread, behind the connection's result.
    std::vector<Observation> said;
    std::jthread asking;
    if (const std::optional<Error> down = asked.empty() ? std::nullopt : apiDown()) {
        for (const std::string& id : asked)
            said.push_back(missing(node, id, *down, false));
    } else if (!asked.empty()) {
        asking = std::jthread([&] {
            try {
                (void)m_cluster->collectNode(node, asked, stop, [&said](Observation observation) { said.push_back(std::move(observation)); });
            } catch (const std::exception& exception) {
                for (std::size_t i = said.size(); i < asked.size(); ++i)
                    said.push_back(missing(node, asked[i], Error {ErrorCode::Internal, node, exception.what(), 0}, false));
            }
        });
    }
    Outcome outcome = collectOverSsh(node, probes, stop, result);
    if (asking.joinable())
        asking.join();
    for (Observation& observation : said)
        result(std::move(observation));
    return outcome;
}

std::optional<Error> LiveSource::apiDown() const
{
    if (!m_cluster || !m_cluster->configured())
        return Error {ErrorCode::MissingValue, "kubeconfig", "the profile names no apiserver", 0};
    const std::scoped_lock lock(m_mutex);
    return m_apiError;
}

Source::Outcome LiveSource::collectOverSsh(const std::string& node, const std::vector<std::string>& probes, std::stop_token stop,
                                           const Sink& result)
{
    Outcome outcome;
    NodeSweep sweep(node, probes, result);
    if (sweep.empty())
        return outcome;
    const TimePoint start = std::chrono::system_clock::now();
    // A node that accepts the connection and then is silent: the transport's own limits come first, this one is the last.
    IdleWatch::Guard guard(m_watch, stop, std::chrono::seconds(m_profile.ssh.connectSeconds) * 3 + m_silence);
    const NodeTarget target = targetOf(node);
    auto shell = m_open(target, guard.token());
    if (!shell) {
        outcome.error = guard.expired() ? Error {ErrorCode::Timeout, target.host.empty() ? node : target.host, {}, 0} : shell.error();
        if (isWanted(outcome.error->code))
            outcome.wanted.push_back(*outcome.error);
        sweep.notConnected(*outcome.error, start);
        return outcome;
    }
    sweep.connected((*shell)->name(), start);
    if (!sweep.hasProbes())
        return outcome;

    const auto attempt = [&](bool root) {
        IdleWatch::Guard silence(m_watch, stop, m_silence);
        return sweep.run(**shell, root, silence);
    };
    const bool root = sweep.wantsRoot() && (m_profile.ssh.useSudo || target.local);
    outcome.error = attempt(root);
    if (outcome.error && root && !sweep.greeted() && sudoFailed(outcome.error->code) && !stop.stop_requested()) {
        // Without sudo the rest can still be had; what needs root says so.
        if (isWanted(outcome.error->code) && node != localNode)
            outcome.wanted.push_back(*outcome.error);
        outcome.error = attempt(false);
    }
    if (outcome.error && stop.stop_requested())
        outcome.error->code = ErrorCode::Cancelled;
    if (outcome.error)
        sweep.rest(*outcome.error, true);
    return outcome;
}

Source::Outcome LiveSource::collectCluster(const std::vector<std::string>& probes, std::stop_token stop, const Sink& result)
{
    // When it did not answer a moment ago, nobody waits for it again in this sweep.
    const std::optional<Error> down = apiDown();
    if (!down)
        return m_cluster->collect(probes, std::move(stop), result);
    for (const std::string& probe : probes)
        result(missing({}, probe, *down, false));
    return {};
}

Result<CommandResult> LiveSource::run(const std::string& node, const CommandRequest& request, std::stop_token stop)
{
    auto shell = m_open(targetOf(node), stop);
    if (!shell)
        return tl::unexpected(shell.error());
    return (*shell)->run(request, stop);
}

} // namespace medic::collect
