// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/cluster_source.h"

#include "diagnostics/collect/frame.h"
#include "diagnostics/model/probe_ids.h"
#include "diagnostics/transport/api_client.h"
#include "diagnostics/transport/secrets.h"
#include "diagnostics/transport/ssh_config.h"
#include "diagnostics/transport/ssh_connection.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace medic::collect {

namespace {

using Clock = std::chrono::system_clock;

constexpr std::size_t mostEvents = 50000; ///< read at most
constexpr auto nodeLimit = std::chrono::seconds(8); ///< for what a kubelet answers through the apiserver
constexpr auto connectLimit = std::chrono::seconds(6); ///< for the first request: with the apiserver gone, SSH should not wait long

const std::array<std::pair<std::string_view, std::string_view>, 18> paths {{
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
    {probe::apiMetrics, "/metrics"},
    {probe::apiCertificateRequests, "/apis/certificates.k8s.io/v1/certificatesigningrequests"},
}};

/// What older apiservers have in place of a list.
struct Older {
    std::string_view probe, path, without; ///< without: said where there is neither
};
const std::array<Older, 2> olderPaths {{
    // Kubernetes 1.17 to 1.20 have the beta only. Before 1.16, or switched off: the Endpoints, which are asked for as well, say it all.
    {probe::apiEndpointSlices, "/apis/discovery.k8s.io/v1beta1/endpointslices", "this apiserver has no EndpointSlices (discovery.k8s.io)\n"},
    {probe::apiCertificateRequests, "/apis/certificates.k8s.io/v1beta1/certificatesigningrequests", "this apiserver has no certificates.k8s.io\n"}, // up to 1.18
}};

/// An apiserver says tens of megabytes about itself; these names are what P20 looks at.
const std::array<std::string_view, 9> metricNames {"apiserver_current_inflight_requests", "apiserver_dropped_requests_total", "apiserver_flowcontrol_rejected_requests_total",
                                                   "apiserver_flowcontrol_current_inqueue_requests", "apiserver_request_terminations_total",
                                                   "apiserver_admission_webhook_admission_duration_seconds_sum", "apiserver_admission_webhook_admission_duration_seconds_count",
                                                   "etcd_request_duration_seconds_sum", "etcd_request_duration_seconds_count"};

std::string chosenLines(const std::string& body)
{
    std::string result;
    for (std::size_t at = 0; at < body.size();) {
        const std::size_t end = std::min(body.find('\n', at), body.size() - 1) + 1;
        const std::string_view line(body.data() + at, end - at);
        const std::string_view name = line.substr(0, line.find_first_of("{ \n"));
        if (std::find(metricNames.begin(), metricNames.end(), name) != metricNames.end())
            result += line;
        at = end;
    }
    return result;
}

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

/// "v1.20.2" of an answer of /version, if it is one.
std::string gitVersion(const std::string& body)
{
    const auto answer = nlohmann::json::parse(body, nullptr, false);
    const auto found = answer.is_object() ? answer.find("gitVersion") : answer.end();
    return answer.is_object() && found != answer.end() && found->is_string() ? found->get<std::string>().substr(0, 80) : std::string();
}

/// RFC 3339 in UTC sorts as text; the newest of what an Event says of its times (events.k8s.io/v1 fills in eventTime and series).
std::string newestTime(const nlohmann::ordered_json& event)
{
    const auto textAt = [](const nlohmann::ordered_json& object, const char* key) {
        const auto found = object.is_object() ? object.find(key) : object.end();
        return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    std::string newest = std::max({textAt(event, "lastTimestamp"), textAt(event, "eventTime"), textAt(event, "firstTimestamp")});
    if (event.is_object() && event.contains("series"))
        newest = std::max(newest, textAt(event["series"], "lastObservedTime"));
    if (newest.empty() && event.is_object() && event.contains("metadata"))
        newest = textAt(event["metadata"], "creationTimestamp");
    return newest;
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

/// The apiserver may well be there, but not for this machine: worth another way.
bool maybeInside(ErrorCode code)
{
    return code == ErrorCode::Timeout || code == ErrorCode::NetworkUnreachable || code == ErrorCode::HostNotFound;
}

/// An ApiClient with the SSH connections that it goes through, one for each TCP connection.
struct Client {
    std::vector<std::unique_ptr<SshConnection>> tunnels;
    std::unique_ptr<ApiClient> api; // destroyed before what it goes through
    bool tunnelled = false;
};

class RealClusterSource final : public ClusterSource {
public:
    RealClusterSource(const ClusterProfile& profile, std::shared_ptr<Secrets> secrets) : m_profile(profile), m_secrets(std::move(secrets))
    {
        if (!m_profile.apiThrough.empty())
            m_through = named(m_profile.apiThrough);
    }

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
        auto client = take(stop);
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
            Observation observation = ask(*(*client)->api, node, id, stop, error);
            if (error && id == probe::apiConnect && maybeInside(error->code) && !(*client)->tunnelled)
                observation = lookInside(*client, std::move(observation), stop, error, outcome.wanted);
            result(std::move(observation));
            if (error && unreachable(error->code))
                outcome.error = std::move(error);
        }
        if (outcome.error && isWanted(outcome.error->code))
            outcome.wanted.push_back(*outcome.error);
        if (client)
            give(std::move(*client), !outcome.error);
        return outcome;
    }

    /// The apiserver cannot be reached from here: once more through the SSH that the profile describes, which is kept when
    /// it works. What a refusal seen from inside says is nearer to the truth than a silence seen from outside.
    Observation lookInside(std::unique_ptr<Client>& client, Observation outside, const std::stop_token& stop, std::optional<Error>& error,
                           std::vector<Error>& wanted)
    {
        for (const NodeTarget& way : waysInside(client->api->target().server)) {
            if (stop.stop_requested())
                break;
            auto inner = make(way);
            if (!inner)
                continue;
            std::optional<Error> problem;
            Observation inside = ask(*(*inner)->api, {}, std::string(probe::apiConnect), stop, problem);
            if (!problem || !unreachable(problem->code) || problem->code == ErrorCode::ConnectionRefused) {
                inside.start = outside.start;
                error = problem;
                const std::scoped_lock lock(m_mutex);
                m_through = way;
                ++m_tunnelled;
                client = std::move(*inner);
                return inside;
            }
            if (isWanted(problem->code))
                wanted.push_back(*problem);
            outside.err += "through " + way.name + ": " + std::string(errorName(problem->code)) + ": " + problem->where
                + (problem->detail.empty() ? "" : ": " + validUtf8(problem->detail)) + "\n";
        }
        return outside;
    }

    /// At most three, the likeliest first. Nothing where the profile says nothing of SSH: nobody asked for it then.
    [[nodiscard]] std::vector<NodeTarget> waysInside(const std::string& server) const
    {
        std::string host = server.substr(std::min(server.size(), server.find("://") == std::string::npos ? 0 : server.find("://") + 3));
        host = host.substr(0, host.find('/'));
        host = host.starts_with('[') ? host.substr(1, host.find(']') - 1) : host.substr(0, host.find(':'));
        const SshSettings& ssh = m_profile.ssh;
        std::vector<NodeTarget> ways, nodes = m_profile.nodes;
        if (!m_profile.hostsFile.empty())
            if (auto further = readHostsFile(m_profile.hostsFile))
                nodes.insert(nodes.end(), further->begin(), further->end());
        std::erase_if(nodes, [](const NodeTarget& node) { return node.local; });
        if (nodes.empty() && ssh.configFile.empty() && ssh.jumps.empty() && ssh.identities.empty())
            return ways;
        for (const NodeTarget& node : nodes)
            if (node.host == host)
                ways.push_back(node);
        if (!ssh.jumps.empty() && ssh.jumps.front() != "none") {
            NodeTarget jump = named(ssh.jumps.back());
            jump.jumps.assign(ssh.jumps.begin(), ssh.jumps.end() - 1);
            if (jump.jumps.empty())
                jump.jumps = {"none"};
            ways.push_back(std::move(jump));
        }
        if (ways.empty() && !ssh.configFile.empty() && host != "localhost" && !host.starts_with("127.") && host != "::1")
            ways.push_back(named(host));
        if (!nodes.empty() && nodes.front().host != host)
            ways.push_back(nodes.front());
        ways.resize(std::min<std::size_t>(ways.size(), 3));
        for (NodeTarget& way : ways)
            if (way.name.empty())
                way.name = way.host;
        return ways;
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
                    + "\nroute: " + api.route() + "\nversion: " + gitVersion(answer->body) + "\n";
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
        } else if (id == probe::apiMetrics) {
            observation.command += " (the lines of " + std::to_string(metricNames.size()) + " names)";
            if (auto answer = api.get(path, stop, nodeLimit)) {
                observation.out = chosenLines(answer->body);
            } else if (answer.error().code == ErrorCode::NotFound) {
                observation.state = ProbeState::NotApplicable;
                observation.err = "no /metrics here\n";
            } else {
                error = answer.error();
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
            if (observation.exitStatus < 0 && observation.state == ProbeState::Complete)
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
        const auto older = std::find_if(olderPaths.begin(), olderPaths.end(), [&](const Older& one) { return one.probe == id; });
        if (answer.error && answer.error->code == ErrorCode::NotFound && older != olderPaths.end()) {
            request.path = older->path;
            observation.command = "GET " + request.path;
            answer = api.listWhatComes(request, stop);
            if (answer.error && answer.error->code == ErrorCode::NotFound) {
                observation.state = ProbeState::NotApplicable;
                observation.err = older->without;
                return;
            }
        }
        observation.out = std::move(answer.json);
        error = std::move(answer.error);
        if (id != probe::apiEvents) {
            observation.truncated = answer.limited;
        } else if (keepNewestEvents(observation.out, newestEvents)) {
            // What is left is whole for those who look at events, so not "truncated".
            observation.err = "the newest " + std::to_string(newestEvents) + " of " + (answer.limited ? "more than " : "") + std::to_string(answer.items) + "\n";
        }
    }

    /// A client that is free, or a new one. Through SSH there are only so many: each has an SSH session of its own, and a
    /// jump host's sshd turns away more than ten that log in at once (MaxStartups).
    Result<std::unique_ptr<Client>> take(const std::stop_token& stop)
    {
        std::optional<NodeTarget> way;
        {
            std::unique_lock lock(m_mutex);
            m_changed.wait(lock, stop, [this] { return !m_free.empty() || !m_through || m_tunnelled < mostTunnelled; });
            if (stop.stop_requested())
                return failure(ErrorCode::Cancelled, m_profile.name);
            if (!m_free.empty()) {
                auto client = std::move(m_free.back());
                m_free.pop_back();
                return client;
            }
            way = m_through;
            m_tunnelled += way ? 1 : 0;
        }
        auto client = make(way);
        if (!client && way)
            ended();
        return client;
    }

    Result<std::unique_ptr<Client>> make(const std::optional<NodeTarget>& way)
    {
        auto target = readKubeconfig(m_profile.kubeconfig, m_profile.context);
        if (!target)
            return tl::unexpected(target.error());
        auto client = std::make_unique<Client>();
        ApiClient::Dialler through;
        if (way) {
            client->tunnelled = true;
            target->reachedThrough = way->name;
            through = [this, way = *way, made = client.get()](const std::string& host, std::uint16_t port,
                                                              std::stop_token stop) -> Result<std::unique_ptr<ByteStream>> {
                SshSettings settings = m_profile.ssh;
                settings.connectSeconds = std::min(settings.connectSeconds, 6);
                auto tunnel = SshConnection::open(way, settings, *m_secrets, stop);
                if (!tunnel)
                    return tl::unexpected(tunnel.error());
                made->tunnels.push_back(std::move(*tunnel));
                return made->tunnels.back()->forward(host, port, stop);
            };
        }
        client->api = std::make_unique<ApiClient>(std::move(*target), std::move(through));
        return client;
    }

    void give(std::unique_ptr<Client> client, bool good)
    {
        const std::scoped_lock lock(m_mutex);
        // One that goes straight to what is only to be reached through SSH is of no use any more.
        good = good && client->tunnelled == m_through.has_value() && m_free.size() < 16;
        if (!good && client->tunnelled)
            --m_tunnelled;
        if (good)
            m_free.push_back(std::move(client));
        m_changed.notify_all();
    }

    void ended()
    {
        const std::scoped_lock lock(m_mutex);
        --m_tunnelled;
        m_changed.notify_all();
    }

    /// A node of the profile by its name, else [user@]host[:port] or an alias of ssh_config.
    [[nodiscard]] NodeTarget named(const std::string& text) const
    {
        for (const NodeTarget& node : m_profile.nodes)
            if (node.name == text)
                return node;
        NodeTarget target;
        target.name = target.host = text;
        if (const auto destination = parseSshDestination(text)) {
            target.host = destination->host;
            target.user = destination->user;
            target.port = destination->port;
        }
        return target;
    }

    static constexpr int mostTunnelled = 4;

    const ClusterProfile m_profile;
    const std::shared_ptr<Secrets> m_secrets;
    std::mutex m_mutex; // guards all below
    std::condition_variable_any m_changed;
    std::vector<std::unique_ptr<Client>> m_free;
    std::optional<NodeTarget> m_through; ///< how the apiserver is reached; nothing: directly
    int m_tunnelled = 0; ///< clients through SSH that there are
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

bool keepNewestEvents(std::string& list, std::size_t most)
{
    // Cheap to see, and the rule: fewer than that.
    if (list.size() < most * 100)
        return false;
    auto document = nlohmann::ordered_json::parse(list, nullptr, false);
    if (!document.is_object() || !document.contains("items") || !document["items"].is_array() || document["items"].size() <= most)
        return false;
    auto& items = document["items"];
    std::vector<std::pair<std::string, std::size_t>> times;
    for (std::size_t i = 0; i < items.size(); ++i)
        times.emplace_back(newestTime(items[i]), i);
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(most), times.end(), std::greater<>());
    times.resize(most);
    std::sort(times.begin(), times.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    auto kept = nlohmann::ordered_json::array();
    for (const auto& [time, index] : times)
        kept.push_back(std::move(items[index]));
    items = std::move(kept);
    list = document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    return true;
}

std::shared_ptr<ClusterSource> clusterSource(const ClusterProfile& profile, std::shared_ptr<Secrets> secrets)
{
    return std::make_shared<RealClusterSource>(profile, std::move(secrets));
}

} // namespace medic::collect
