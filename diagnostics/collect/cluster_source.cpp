// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/cluster_source.h"

#include "diagnostics/collect/frame.h"
#include "diagnostics/model/probe_ids.h"
#include "diagnostics/transport/api_client.h"
#include "diagnostics/transport/secrets.h"
#include "diagnostics/transport/ssh_connection.h"

#include <array>
#include <mutex>
#include <utility>

namespace medic::collect {

namespace {

using Clock = std::chrono::system_clock;

constexpr std::size_t mostEvents = 20000;
constexpr auto nodeLimit = std::chrono::seconds(8); ///< for what a kubelet answers through the apiserver
constexpr auto connectLimit = std::chrono::seconds(6); ///< for the first request: with the apiserver gone, SSH should not wait long

const std::array<std::pair<std::string_view, std::string_view>, 16> paths {{
    {probe::apiConnect, "/version"},
    {probe::apiVersion, "/version"},
    {probe::apiLivez, "/livez?verbose"},
    {probe::apiReadyz, "/readyz?verbose"},
    {probe::apiNodes, "/api/v1/nodes"},
    {probe::apiPods, "/api/v1/pods"},
    {probe::apiServices, "/api/v1/services"},
    {probe::apiEndpoints, "/api/v1/endpoints"},
    {probe::apiEndpointSlices, "/apis/discovery.k8s.io/v1/endpointslices"},
    {probe::apiEvents, "/api/v1/events"},
    {probe::apiNamespaces, "/api/v1/namespaces"},
    {probe::apiDaemonSets, "/apis/apps/v1/daemonsets"},
    {probe::apiDeployments, "/apis/apps/v1/deployments"},
    {probe::apiConfigMaps, "/api/v1/namespaces/kube-system/configmaps"},
    {probe::apiLeases, "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"},
    {probe::apiNetworkPolicies, "/apis/networking.k8s.io/v1/networkpolicies"},
}};

std::string urlQuoted(const std::string& text)
{
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '.' || byte == '_') {
            result += c;
        } else {
            constexpr std::string_view digits = "0123456789ABCDEF";
            result += {'%', digits[byte >> 4], digits[byte & 15]};
        }
    }
    return result;
}

/// The apiserver was not reached at all, as opposed to: it answered something that we do not like.
bool unreachable(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Unauthorized:
    case ErrorCode::Forbidden:
    case ErrorCode::NotFound:
    case ErrorCode::Gone:
    case ErrorCode::TooManyRequests:
    case ErrorCode::ServerError:
    case ErrorCode::CommandFailed:
    case ErrorCode::OutputTooLarge:
    case ErrorCode::NotSupported:
        return false;
    default:
        return true;
    }
}

/// An ApiClient with the SSH connections that it goes through, one for each TCP connection.
struct Client {
    std::vector<std::unique_ptr<SshConnection>> tunnels;
    std::unique_ptr<ApiClient> api; // destroyed before what it goes through
};

class RealClusterSource final : public ClusterSource {
public:
    RealClusterSource(const ClusterProfile& profile, std::shared_ptr<Secrets> secrets) : m_profile(profile), m_secrets(std::move(secrets)) { }

    [[nodiscard]] bool configured() const override { return !m_profile.kubeconfig.empty(); }

    Source::Outcome collect(const std::vector<std::string>& ids, std::stop_token stop, const Source::Sink& result) override
    {
        return each({}, ids, stop, result);
    }

    Source::Outcome collectNode(const std::string& node, const std::vector<std::string>& ids, std::stop_token stop,
                                const Source::Sink& result) override
    {
        return each(node, ids, stop, result);
    }

private:
    Source::Outcome each(const std::string& node, const std::vector<std::string>& ids, const std::stop_token& stop, const Source::Sink& result)
    {
        Source::Outcome outcome;
        auto client = take();
        if (!client)
            outcome.error = client.error();
        for (const std::string& id : ids) {
            if (!outcome.error && stop.stop_requested())
                outcome.error = Error {ErrorCode::Cancelled, apiPath(id, node), {}, 0};
            if (outcome.error) {
                result(missing(node, id, *outcome.error, false));
                continue;
            }
            std::optional<Error> error;
            result(ask(*(*client)->api, node, id, stop, error));
            if (error && unreachable(error->code))
                outcome.error = std::move(error);
        }
        if (outcome.error && isWanted(outcome.error->code))
            outcome.wanted.push_back(*outcome.error);
        if (!outcome.error)
            give(std::move(*client));
        return outcome;
    }

    Observation ask(ApiClient& api, const std::string& node, const std::string& id, const std::stop_token& stop, std::optional<Error>& error) const
    {
        Observation observation;
        observation.node = node;
        observation.probe = id;
        observation.start = Clock::now();
        const std::string path = apiPath(id, node);
        observation.command = "GET " + path;
        if (path.empty()) {
            error = Error {ErrorCode::NotSupported, id, "no such probe", 0};
        } else if (id == probe::apiConnect) {
            if (auto answer = api.get(path, stop, connectLimit)) {
                const ApiTarget& target = api.target();
                observation.out = "context: " + target.context + "\ncluster: " + target.cluster + "\nuser: " + target.user + "\nserver: " + target.server
                    + "\nroute: " + api.route() + "\n";
            } else {
                error = answer.error();
            }
        } else if (id == probe::apiLivez || id == probe::apiReadyz) {
            if (auto health = api.health(id == probe::apiLivez ? "livez" : "readyz", stop)) {
                observation.command = "GET " + health->path;
                observation.out = std::move(health->response.body);
                observation.exitStatus = health->ok ? 0 : 1;
            } else {
                error = health.error();
            }
        } else if (id == probe::apiVersion || !node.empty()) {
            if (auto answer = api.get(path, stop, nodeLimit))
                observation.out = std::move(answer->body);
            else
                error = answer.error();
        } else {
            list(api, path, id, stop, observation, error);
        }
        observation.duration = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - observation.start);
        if (!error) {
            if (observation.exitStatus < 0)
                observation.exitStatus = 0;
        } else {
            const Observation without = missing(node, id, *error, !unreachable(error->code));
            observation.state = without.state;
            observation.err = without.err;
            observation.truncated = !observation.out.empty();
        }
        observation.out = validUtf8(std::move(observation.out));
        observation.err = validUtf8(std::move(observation.err));
        return observation;
    }

    static void list(ApiClient& api, const std::string& path, const std::string& id, const std::stop_token& stop, Observation& observation,
                     std::optional<Error>& error)
    {
        ApiListRequest request;
        request.path = path;
        request.maxItems = id == probe::apiEvents ? mostEvents : 0;
        ApiList answer = api.listWhatComes(request, stop);
        if (answer.error && answer.error->code == ErrorCode::NotFound && id == probe::apiEndpointSlices) {
            // Kubernetes 1.17 to 1.20 have the beta only.
            request.path = "/apis/discovery.k8s.io/v1beta1/endpointslices";
            observation.command = "GET " + request.path;
            answer = api.listWhatComes(request, stop);
        }
        observation.out = std::move(answer.json);
        observation.truncated = answer.limited;
        error = std::move(answer.error);
    }

    /// A client that is free, or a new one.
    Result<std::unique_ptr<Client>> take()
    {
        {
            const std::scoped_lock lock(m_mutex);
            if (!m_free.empty()) {
                auto client = std::move(m_free.back());
                m_free.pop_back();
                return client;
            }
        }
        auto target = readKubeconfig(m_profile.kubeconfig, m_profile.context);
        if (!target)
            return tl::unexpected(target.error());
        auto client = std::make_unique<Client>();
        ApiClient::Dialler through;
        if (!m_profile.apiThrough.empty()) {
            target->reachedThrough = m_profile.apiThrough;
            through = [this, made = client.get()](const std::string& host, std::uint16_t port,
                                                  std::stop_token stop) -> Result<std::unique_ptr<ByteStream>> {
                auto tunnel = SshConnection::open(throughTarget(), m_profile.ssh, *m_secrets, stop);
                if (!tunnel)
                    return tl::unexpected(tunnel.error());
                made->tunnels.push_back(std::move(*tunnel));
                return made->tunnels.back()->forward(host, port, stop);
            };
        }
        client->api = std::make_unique<ApiClient>(std::move(*target), std::move(through));
        return client;
    }

    void give(std::unique_ptr<Client> client)
    {
        const std::scoped_lock lock(m_mutex);
        // Through SSH each new connection needs a new session: those are not kept.
        if (m_profile.apiThrough.empty() && m_free.size() < 16)
            m_free.push_back(std::move(client));
    }

    [[nodiscard]] NodeTarget throughTarget() const
    {
        for (const NodeTarget& node : m_profile.nodes)
            if (node.name == m_profile.apiThrough)
                return node;
        NodeTarget target;
        std::string host = m_profile.apiThrough;
        if (const std::size_t at = host.find('@'); at != std::string::npos) {
            target.user = host.substr(0, at);
            host.erase(0, at + 1);
        }
        target.name = target.host = host;
        return target;
    }

    const ClusterProfile m_profile;
    const std::shared_ptr<Secrets> m_secrets;
    std::mutex m_mutex;
    std::vector<std::unique_ptr<Client>> m_free;
};

} // namespace

std::string apiPath(const std::string& id, const std::string& node)
{
    const std::string proxy = "/api/v1/nodes/" + urlQuoted(node) + "/proxy";
    if (id == probe::apiKubeletMetrics)
        return proxy + "/metrics";
    if (id == probe::apiKubeletConfigz)
        return proxy + "/configz";
    if (id == probe::apiNodeStats)
        return proxy + "/stats/summary";
    for (const auto& [known, path] : paths)
        if (known == id)
            return std::string(path);
    return {};
}

std::shared_ptr<ClusterSource> clusterSource(const ClusterProfile& profile, std::shared_ptr<Secrets> secrets)
{
    return std::make_shared<RealClusterSource>(profile, std::move(secrets));
}

} // namespace medic::collect
