// SPDX-License-Identifier: GPL-3.0-or-later
// P6–P10, P23, P24: connection tracking races, IPVS reuse, the CNI's files, addresses, MTU, accept queues, backends.
#include "diagnostics/checks/families.h"

#include "diagnostics/checks/components.h"
#include "diagnostics/checks/dns_matrix.h"
#include "diagnostics/checks/hostport.h"
#include "diagnostics/checks/signatures.h"
#include "diagnostics/checks/version_rules.h"
#include "diagnostics/model/pod_probe_ids.h"
#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

namespace medic::checks {

using parse::contains;

namespace {

/// "insert_failed=12" summed over the CPUs of `conntrack -S`; nothing for the hexadecimal table of /proc.
std::optional<std::uint64_t> insertFailed(const ObservationPtr& observation, std::vector<int>& lines)
{
    if (!usable(observation, Need::Success))
        return std::nullopt;
    std::optional<std::uint64_t> total;
    for (const parse::Line& line : parse::lines(observation->out))
        for (const std::string_view word : parse::words(line.text))
            if (word.starts_with("insert_failed="))
                if (const auto value = parse::number<std::uint64_t>(word.substr(14))) {
                    total = total.value_or(0) + *value;
                    if (*value > 0)
                        lines.push_back(line.number);
                }
    return total;
}

void checkInsertFailed(Sink& sink, const std::string& node)
{
    const ObservationPtr now = sink.snapshot().find(node, probe::conntrackStats);
    std::vector<int> lines, ignored;
    const auto count = insertFailed(now, lines);
    if (!count || *count == 0)
        return;
    const ObservationPtr then = sink.input().earlier == nullptr ? nullptr : sink.input().earlier->find(node, probe::conntrackStats);
    const auto before = insertFailed(then, ignored);
    const bool grew = before && *count > *before;
    // Since boot a few are nothing; growing ones are connections lost now.
    if (!grew && (before || *count < 1000))
        return;
    const Applies race = applies("conntrack-dns-race", kernelVersion(sink.snapshot(), node));
    const std::uint64_t shown = grew ? *count - *before : *count;
    sink.node("network.insert-failed", Verdict::Warning, grew ? Confidence::Likely : Confidence::Possible, node,
              {{"count", std::to_string(shown)}, {"kernel", race == Applies::Yes || race == Applies::Perhaps ? "< 5.0" : "≥ 5.0"}}, {{now, lines, false}});
}

void checkConnectionReuse(Sink& sink, const std::string& node, const std::string& mode)
{
    if (mode != "ipvs")
        return;
    const Snapshot& snapshot = sink.snapshot();
    Evidence line;
    const auto reuse = sysctl(snapshot, node, "net.ipv4.vs.conn_reuse_mode", &line);
    const auto kernel = kernelVersion(snapshot, node);
    const Applies old = applies("conn-reuse-drops-syn", kernel);
    if (reuse && (old == Applies::Yes || old == Applies::Perhaps) && (*reuse == "1" || *reuse == "0"))
        sink.node("network.conn-reuse", Verdict::Warning, weakened(Confidence::Likely, old), node, {{"mode", *reuse}, {"kernel", kernel->text() + kernel->suffix}}, {line});
    if (applies("ipvs-netlink-deadlock", kubeProxyVersion(snapshot, node)) == Applies::Yes)
        sink.node("network.ipvs-deadlock", Verdict::Warning, Confidence::Possible, node, {{"version", kubeProxyVersion(snapshot, node)->text()}},
                  proxyMode(snapshot, node).evidence);
    if (applies("ipvs-deprecated", kubeProxyVersion(snapshot, node)) == Applies::Yes)
        sink.node("network.ipvs-deprecated", Verdict::Ok, Confidence::Confirmed, node, {{"version", kubeProxyVersion(snapshot, node)->text()}},
                  proxyMode(snapshot, node).evidence);
}

void checkCni(Sink& sink, const std::string& node)
{
    const Snapshot& snapshot = sink.snapshot();
    const auto& configs = cniConfigs(snapshot, node);
    if (!configs)
        return;
    const parse::CniConfig* const used = parse::inUse(*configs);
    for (const parse::CniConfig& config : *configs)
        if (!config.problem.empty())
            sink.add("cni.config-unreadable", used == nullptr ? Verdict::Failure : Verdict::Warning, Confidence::Confirmed, {SubjectKind::Component, {}, config.file, node},
                     {{"node", node}, {"file", config.file}, {"problem", config.problem}}, {configs.at({config.line})});
    if (used == nullptr) {
        if (configs->empty() && kubeletState(snapshot, node).running == Running::Yes)
            sink.node("cni.no-config", Verdict::Failure, Confidence::Likely, node, {}, {configs.at()});
        return;
    }
    std::vector<std::string> others;
    for (const parse::CniConfig& config : *configs)
        if (&config != used && config.problem.empty())
            others.push_back(config.file);
    if (!others.empty())
        sink.node("cni.several-configs", Verdict::Warning, Confidence::Possible, node, {{"used", used->file}, {"others", join(others)}}, {configs.at({used->line})});
    const ObservationPtr listing = snapshot.find(node, probe::cniBin);
    if (!usable(listing, Need::Success))
        return;
    const auto names = parse::fileNames(listing->out);
    if (names.empty() && !parse::trim(listing->out).empty() && !contains(listing->out, "==>") && !contains(listing->out, "total "))
        return; // no listing at all
    for (const parse::CniPlugin& plugin : used->plugins) {
        std::set<std::string> wanted {plugin.type};
        if (!plugin.ipamType.empty())
            wanted.insert(plugin.ipamType);
        for (const std::string& name : wanted)
            if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end())
                sink.add("cni.binary-missing", Verdict::Failure, Confidence::Confirmed, {SubjectKind::Component, {}, name, node},
                         {{"node", node}, {"plugin", name}, {"file", used->file}}, {{listing, {}, false}, configs.at({used->line})});
    }
}

std::optional<std::uint64_t> usableAddresses(const std::string& subnet)
{
    const auto bits = parse::number<unsigned>(parse::after(subnet, "/"));
    if (!bits || *bits > 30 || *bits < 8 || contains(subnet, ":"))
        return std::nullopt;
    return (std::uint64_t {1} << (32 - *bits)) - 3; // network, broadcast, gateway
}

/// host-local keeps one file for each address that it has given out.
void checkAddresses(Sink& sink, const std::string& node)
{
    const Snapshot& snapshot = sink.snapshot();
    const ObservationPtr files = snapshot.find(node, probe::cniNetworks);
    const auto& configs = cniConfigs(snapshot, node);
    const parse::CniConfig* const used = configs ? parse::inUse(*configs) : nullptr;
    if (!usable(files, Need::Success) || used == nullptr)
        return;
    std::uint64_t room = 0;
    for (const parse::CniPlugin& plugin : used->plugins)
        for (const std::string& subnet : plugin.subnets)
            room += usableAddresses(subnet).value_or(0);
    std::set<std::string> given;
    for (const parse::Line& line : parse::lines(files->out)) {
        if (contains(line.text, "last_reserved_ip"))
            continue; // host-local's own mark; what it holds may be free
        for (std::string_view word : parse::words(line.text)) {
            while (word.ends_with(':'))
                word.remove_suffix(1);
            if (std::count(word.begin(), word.end(), '.') == 3 && word.find_first_not_of("0123456789.") == std::string_view::npos)
                given.insert(std::string(word));
        }
    }
    const auto& pods = kubePods(snapshot);
    std::set<std::string> owned;
    if (pods)
        for (const kube::Pod& pod : *pods)
            if (pod.node == node && !pod.hostNetwork && pod.phase != "Succeeded" && pod.phase != "Failed" && !pod.podIp.empty())
                owned.insert(pod.podIp);
    std::vector<std::string> leaked;
    if (pods)
        std::set_difference(given.begin(), given.end(), owned.begin(), owned.end(), std::back_inserter(leaked));
    if (room > 0 && given.size() * 10 >= room * 9)
        sink.node("cni.addresses-low", given.size() >= room ? Verdict::Failure : Verdict::Warning, Confidence::Confirmed, node,
                  {{"used", std::to_string(given.size())}, {"room", std::to_string(room)}, {"leaked", std::to_string(leaked.size())}}, {{files, {}, false}});
    else if (leaked.size() >= 20 && leaked.size() > owned.size())
        sink.node("cni.addresses-leaked", Verdict::Warning, Confidence::Likely, node, {{"leaked", std::to_string(leaked.size())}, {"pods", std::to_string(owned.size())}},
                  {{files, {}, false}, pods.at()});
}

/// A tunnel's MTU plus its header must fit into the link below.
void checkMtu(Sink& sink, const std::string& node)
{
    const ObservationPtr links = sink.snapshot().find(node, probe::ipLink);
    if (!usable(links, Need::Success))
        return;
    const nlohmann::json document = nlohmann::json::parse(links->out, nullptr, false);
    if (document.is_discarded() || !document.is_array())
        return;
    struct Link {
        std::string name, kind;
        int mtu = 0;
        bool up = false, physical = false;
    };
    std::vector<Link> all;
    for (const nlohmann::json& item : document) {
        if (!item.is_object() || !item.contains("ifname") || !item["ifname"].is_string() || !item.contains("mtu") || !item["mtu"].is_number_integer())
            continue;
        Link link {item["ifname"].get<std::string>(), {}, static_cast<int>(std::clamp<std::int64_t>(item["mtu"].get<std::int64_t>(), 0, 100'000)), false, false};
        if (const auto info = item.find("linkinfo"); info != item.end() && info->is_object() && info->contains("info_kind") && (*info)["info_kind"].is_string())
            link.kind = (*info)["info_kind"].get<std::string>();
        link.up = item.contains("operstate") && item["operstate"] == "UP";
        link.physical = link.kind.empty() && link.name != "lo";
        all.push_back(std::move(link));
    }
    int below = 0;
    std::string belowName;
    for (const Link& link : all) // several uplinks: the widest is the benefit of the doubt
        if (link.physical && link.up && link.mtu > below) {
            below = link.mtu;
            belowName = link.name;
        }
    if (below == 0)
        return;
    for (const Link& link : all) {
        const int overhead = link.kind == "vxlan" || link.kind == "geneve" ? 50 : link.kind == "ipip" || link.name.starts_with("tunl") ? 20 : link.kind == "wireguard" ? 60 : 0;
        if (overhead > 0 && link.mtu > below - overhead && link.mtu <= below && !(link.name == "tunl0" && !link.up && link.mtu == 1480))
            sink.add("network.mtu-too-large", Verdict::Failure, Confidence::Likely, {SubjectKind::Component, {}, link.name, node},
                     {{"node", node}, {"tunnel", link.name}, {"mtu", std::to_string(link.mtu)}, {"below", belowName}, {"limit", std::to_string(below - overhead)}, {"belowmtu", std::to_string(below)}},
                     {{links, {}, false}});
    }
}

/// The two-line tables of /proc/net/netstat.
std::optional<std::uint64_t> counter(const ObservationPtr& observation, std::string_view table, std::string_view name)
{
    if (!usable(observation, Need::Answer))
        return std::nullopt;
    std::vector<std::string_view> heading;
    for (const parse::Line& line : parse::lines(observation->out)) {
        const auto parts = parse::words(line.text);
        if (parts.empty() || parts[0] != table)
            continue;
        if (heading.empty()) {
            heading = parts;
            continue;
        }
        const auto at = std::find(heading.begin(), heading.end(), name);
        const auto index = static_cast<std::size_t>(at - heading.begin());
        return at == heading.end() || index >= parts.size() ? std::nullopt : parse::number<std::uint64_t>(parts[index]);
    }
    return std::nullopt;
}

void checkAcceptQueues(Sink& sink, const std::string& node)
{
    const auto& all = sockets(sink.snapshot(), node);
    if (all)
        for (const parse::Socket& one : *all)
            // Of a listening socket the first number is what waits, the second what may wait.
            if (one.state == "LISTEN" && one.sendQueue > 0 && one.receiveQueue > one.sendQueue)
                sink.add("network.accept-queue-full", Verdict::Failure, Confidence::Confirmed, {SubjectKind::Component, {}, one.address + ':' + std::to_string(one.port), node},
                         {{"node", node}, {"socket", one.address + ':' + std::to_string(one.port)}, {"program", one.program.empty() ? "?" : one.program},
                          {"waiting", std::to_string(one.receiveQueue)}, {"backlog", std::to_string(one.sendQueue)}},
                         {all.at({one.line})});
    const ObservationPtr now = sink.snapshot().find(node, probe::netstat);
    const ObservationPtr then = sink.input().earlier == nullptr ? nullptr : sink.input().earlier->find(node, probe::netstat);
    const auto drops = counter(now, "TcpExt:", "ListenDrops"), before = counter(then, "TcpExt:", "ListenDrops");
    if (drops && before && *drops > *before + 10)
        sink.node("network.listen-drops", Verdict::Warning, Confidence::Likely, node, {{"count", std::to_string(*drops - *before)}}, {{now, {}, false}, {then, {}, false}});
}

/// The same inside the Pods: a backlog is a setting of the network namespace (P23).
void checkPodBacklogs(Sink& sink, const std::string& node)
{
    const ObservationPtr seen = sink.snapshot().find(node, probe::backlogs);
    if (!usable(seen, Need::Answer))
        return;
    const ObservationPtr then = sink.input().earlier == nullptr ? nullptr : sink.input().earlier->find(node, probe::backlogs);
    const auto dropsOf = [](const ObservationPtr& observation) {
        std::map<std::string, std::uint64_t> drops;
        if (usable(observation, Need::Answer))
            for (const parse::Section& section : parse::sections(observation->out))
                for (const parse::Line& line : section.lines)
                    if (const auto parts = parse::words(line.text); parts.size() == 2 && parts[0] == "TcpExtListenDrops")
                        drops[section.name] = parse::number<std::uint64_t>(parts[1]).value_or(0);
        return drops;
    };
    const auto before = dropsOf(then);
    for (const parse::Section& section : parse::sections(seen->out)) {
        if (!section.name.starts_with("pod "))
            continue;
        const std::string pod = podByUid(sink.snapshot(), section.name.substr(4));
        const Subject subject {SubjectKind::Component, {}, "backlog of " + pod, node};
        for (const parse::Line& line : section.lines) {
            const auto parts = parse::words(line.text);
            const auto waiting = parts.size() < 4 || parts[0] != "LISTEN" ? std::nullopt : parse::number<std::uint64_t>(parts[1]);
            const auto backlog = waiting ? parse::number<std::uint64_t>(parts[2]) : std::nullopt;
            if (waiting && backlog && *backlog > 0 && *waiting > *backlog)
                sink.add("network.pod-accept-queue-full", Verdict::Failure, Confidence::Confirmed, subject,
                         {{"node", node}, {"pod", pod}, {"socket", std::string(parts[3])}, {"waiting", std::to_string(*waiting)}, {"backlog", std::to_string(*backlog)}}, {{seen, {line.number}, false}});
            const std::uint64_t drops = parts.size() == 2 && parts[0] == "TcpExtListenDrops" ? parse::number<std::uint64_t>(parts[1]).value_or(0) : 0;
            const auto old = before.find(section.name);
            if (old != before.end() && drops > old->second + 10)
                sink.add("network.pod-listen-drops", Verdict::Warning, Confidence::Likely, subject,
                         {{"node", node}, {"pod", pod}, {"count", std::to_string(drops - old->second)}}, {{seen, {line.number}, false}, {then, {}, false}});
        }
    }
}

/// Rules of Kubernetes in both backends at once.
void checkBackends(Sink& sink, const std::string& node)
{
    const HostPortView view = hostPortView(sink.snapshot(), node);
    const BackendRules* legacy = nullptr;
    const BackendRules* nft = nullptr;
    for (const BackendRules& one : view.backends) {
        const bool kubernetes = one.hasServices || !one.hostPorts.empty();
        if (one.backend == "legacy" && kubernetes)
            legacy = &one;
        if (one.backend == "nft" && kubernetes)
            nft = &one;
    }
    if (legacy != nullptr && nft != nullptr)
        sink.node("network.both-backends", Verdict::Warning, Confidence::Likely, node,
                  {{"legacy", std::to_string(legacy->dump.rules())}, {"nft", std::to_string(nft->dump.rules())}},
                  {{legacy->observation, {}, false}, {nft->observation, {}, false}});
    const auto& services = units(sink.snapshot(), node);
    if (services)
        if (const parse::Unit* const firewall = parse::findUnit(*services, "firewalld"); firewall != nullptr && firewall->active())
            sink.node("network.firewalld", Verdict::Warning, Confidence::Possible, node, {}, {services.at({firewall->line})});
}

/// A node for which the controller-manager has no Pod range left; by its Event, while the node has none.
void checkPodRanges(Sink& sink)
{
    const auto& events = kubeEvents(sink.snapshot());
    if (!events)
        return;
    std::set<std::string> said;
    for (const kube::Event& event : *events) {
        if (event.reason != "CIDRNotAvailable" || event.objectKind != "Node")
            continue;
        const kube::Node* const node = kubeNode(sink.snapshot(), event.objectName);
        if (node != nullptr && node->podCidrs.empty() && said.insert(event.objectName).second)
            sink.node("cni.no-pod-range", Verdict::Failure, Confidence::Likely, event.objectName, {{"message", event.message.substr(0, 300)}},
                      {events.at({lineOf(events.observation, "CIDRNotAvailable")})});
    }
}

} // namespace

void runNetwork(const CheckInput& input, Findings& findings)
{
    Sink sink("network", input, findings);
    checkPodRanges(sink);
    for (const std::string& node : sink.nodes()) {
        if (const auto& configs = cniConfigs(input.snapshot, node); configs.observation)
            sink.needs(node, configs);
        checkInsertFailed(sink, node);
        checkConnectionReuse(sink, node, proxyMode(input.snapshot, node).mode);
        checkCni(sink, node);
        checkAddresses(sink, node);
        checkMtu(sink, node);
        checkAcceptQueues(sink, node);
        checkPodBacklogs(sink, node);
        checkBackends(sink, node);
        scanLogs(sink, node, {Signature::Family::Network});
    }
}

} // namespace medic::checks
