// SPDX-License-Identifier: GPL-3.0-or-later
// Case 1.2: a Service that cannot be reached from a node. kube-proxy alive, in time, and its rules against the endpoints.
#include "diagnostics/checks/families.h"

#include "diagnostics/checks/baseline.h"
#include "diagnostics/checks/components.h"
#include "diagnostics/checks/hostport.h"
#include "diagnostics/checks/service_path.h"
#include "diagnostics/checks/signatures.h"
#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <set>

namespace medic::checks {

using parse::contains;

namespace {

std::string endpointText(const std::string& address, std::uint16_t port)
{
    return (address.find(':') == std::string::npos ? address : '[' + address + ']') + ':' + std::to_string(port);
}

/// What kube-proxy should have programmed for one Service port, by the slices: the ready endpoints; without any ready one
/// those that still serve while they end (KEP-1669).
struct Wanted {
    std::set<std::string> ready, serving, known; ///< "ip:port"
};

Wanted wantedOf(const std::vector<kube::EndpointSlice>& slices, const kube::Service& service, const kube::ServicePort& port)
{
    Wanted wanted;
    for (const kube::EndpointSlice& slice : slices) {
        if (slice.meta.nameSpace != service.meta.nameSpace || slice.service != service.meta.name)
            continue;
        for (const kube::EndpointPort& target : slice.ports) {
            if (target.name != port.name)
                continue;
            for (const kube::Endpoint& endpoint : slice.endpoints)
                for (const std::string& address : endpoint.addresses) {
                    const std::string text = endpointText(address, target.port);
                    wanted.known.insert(text);
                    if (endpoint.ready)
                        wanted.ready.insert(text);
                    else if (endpoint.serving)
                        wanted.serving.insert(text);
                }
        }
    }
    return wanted;
}

std::vector<std::string> without(const std::set<std::string>& all, const std::set<std::string>& known)
{
    std::vector<std::string> result;
    std::set_difference(all.begin(), all.end(), known.begin(), known.end(), std::back_inserter(result));
    return result;
}

/// Where the node's Service rules are: the dump that has KUBE-SERVICES, or the IPVS table.
struct Programmed {
    std::optional<RuleDump> dump;
    ObservationPtr observation;
    bool ipvs = false;
};

Programmed programmedOn(const Snapshot& snapshot, const std::string& node, const std::string& mode)
{
    Programmed result;
    if (mode == "ipvs") {
        const ObservationPtr table = snapshot.find(node, probe::ipvsadmSave);
        // Without ipvsadm the probe prints /proc/net/ip_vs, which is not read here.
        if (usable(table, Need::Success) && (contains(table->out, "-A ") || parse::trim(table->out).empty())) {
            result.observation = table;
            result.ipvs = true;
        }
        return result;
    }
    for (const std::string_view name : {probe::iptablesSave, probe::iptablesLegacySave, probe::iptablesNftSave}) {
        const ObservationPtr dump = snapshot.find(node, name);
        if (!usable(dump, Need::Success) || !contains(dump->out, ":KUBE-SERVICES") || !wholeDump(dump->out))
            continue;
        result.dump = RuleDump::read(dump->out);
        result.observation = dump;
        return result;
    }
    return result;
}

/// Whether this is what iptables-save prints: nothing at all (no table is loaded), or first a comment or a table.
bool isDump(const std::string& text)
{
    const std::string_view first = parse::trim(text);
    return first.empty() || first.front() == '#' || first.front() == '*';
}

/// No kube-proxy has written anything here: the dumps of both backends were had, and none knows its first chain.
/// (Dead since the boot, or cleaned up; one that dies later leaves its rules behind.)
void checkNothingWritten(Sink& sink, const std::string& node, bool proxyDead)
{
    const Snapshot& snapshot = sink.snapshot();
    const ObservationPtr main = snapshot.find(node, probe::iptablesSave);
    if (!usable(main, Need::Success) || !isDump(main->out))
        return;
    std::vector<Evidence> evidence {{main, {}, false}};
    for (const std::string_view name : {probe::iptablesLegacySave, probe::iptablesNftSave})
        if (const ObservationPtr other = snapshot.find(node, name); usable(other, Need::Success) && isDump(other->out))
            evidence.push_back({other, {}, false});
        else if (other && other->state != ProbeState::ToolMissing && other->state != ProbeState::NotApplicable)
            return; // the other backend may hold the rules
    std::vector<std::string> names;
    const auto& services = kubeServices(snapshot);
    if (services)
        for (const kube::Service& service : *services)
            if (!service.headless && service.type != "ExternalName" && !service.clusterIps.empty())
                for (const kube::ServicePort& port : service.ports) // UDP and TCP of one port are one
                    if (std::string name = service.meta.nameSpace + '/' + service.meta.name + ':' + std::to_string(port.port); std::find(names.begin(), names.end(), name) == names.end())
                        names.push_back(std::move(name));
    if (names.empty())
        return;
    sink.node("service.not-programmed", Verdict::Failure, proxyDead ? Confidence::Confirmed : Confidence::Likely, node,
              {{"services", join(names)}, {"count", std::to_string(names.size())}}, std::move(evidence));
}

void compareWithEndpoints(Sink& sink, const std::string& node, const Programmed& programmed, bool proxyDead)
{
    const Snapshot& snapshot = sink.snapshot();
    const auto& services = kubeServices(snapshot);
    const auto& slices = kubeEndpoints(snapshot);
    if (!services || !slices)
        return;
    if (!ofOneMoment(programmed.observation, slices.observation)) {
        sink.lacking(node, "the rules and the endpoints were collected at different times", slices.observation);
        return;
    }
    // Too many at once are one cause: they are named together.
    std::vector<std::string> stale, absent;
    std::vector<Evidence> staleEvidence, absentEvidence;
    std::set<std::string> gone, lacking;
    for (const kube::Service& service : *services) {
        if (service.headless || service.type == "ExternalName" || service.clusterIps.empty() || service.internalTrafficPolicy == "Local"
            || service.meta.annotations.contains("service.kubernetes.io/topology-mode") || service.meta.annotations.contains("service.kubernetes.io/topology-aware-hints")
            || service.meta.labels.contains("service.kubernetes.io/service-proxy-name"))
            continue;
        const std::string& ip = service.clusterIps.front();
        if (!programmed.ipvs && ip.find(':') != std::string::npos)
            continue; // the IPv6 rules are in another dump
        for (const kube::ServicePort& port : service.ports) {
            const std::string protocol = port.protocol.empty() ? "tcp" : parse::lower(port.protocol);
            const ServiceRules rules = programmed.ipvs ? ipvsService(programmed.observation->out, ip, port.port, protocol)
                                                       : serviceRules(*programmed.dump, ip, port.port, protocol);
            const Wanted wanted = wantedOf(*slices, service, port);
            const std::string name = service.meta.nameSpace + '/' + service.meta.name + ':' + std::to_string(port.port);
            if (!rules.found) {
                if (!wanted.ready.empty()) {
                    absent.push_back(name);
                    absentEvidence.push_back(slices.at({lineOf(slices.observation, '"' + service.meta.name + '"')}));
                }
                continue;
            }
            const std::set<std::string> has(rules.endpoints.begin(), rules.endpoints.end());
            const auto extra = without(has, wanted.known);
            const auto missing = without(wanted.ready, has);
            if (extra.empty() && missing.empty())
                continue;
            stale.push_back(name);
            gone.insert(extra.begin(), extra.end());
            lacking.insert(missing.begin(), missing.end());
            if (staleEvidence.size() < 4)
                staleEvidence.push_back({programmed.observation, rules.lines, false});
        }
    }
    const Confidence confidence = proxyDead ? Confidence::Confirmed : Confidence::Likely;
    if (!stale.empty()) {
        staleEvidence.push_back(slices.at());
        sink.node("service.rules-stale", Verdict::Failure, confidence, node,
                  {{"services", join(stale)}, {"count", std::to_string(stale.size())}, {"gone", gone.empty() ? "–" : join({gone.begin(), gone.end()})}, {"missing", lacking.empty() ? "–" : join({lacking.begin(), lacking.end()})}},
                  std::move(staleEvidence));
    }
    if (!absent.empty()) {
        absentEvidence.resize(std::min<std::size_t>(absentEvidence.size(), 3), slices.at());
        absentEvidence.push_back({programmed.observation, {}, false});
        sink.node("service.not-programmed", Verdict::Failure, confidence, node, {{"services", join(absent)}, {"count", std::to_string(absent.size())}},
                  std::move(absentEvidence));
    }
}

std::optional<std::uint32_t> ipv4(std::string_view text)
{
    std::uint32_t result = 0;
    for (int part = 0; part < 4; ++part) {
        const auto value = parse::number<std::uint8_t>(parse::before(text, "."));
        if (!value || (part < 3 && !contains(text, ".")))
            return std::nullopt;
        result = result << 8 | *value;
        text = parse::after(text, ".");
    }
    return text.empty() ? std::optional(result) : std::nullopt;
}

bool inSubnet(std::uint32_t address, std::string_view subnet)
{
    const auto network = ipv4(parse::before(subnet, "/"));
    const auto bits = parse::number<unsigned>(parse::after(subnet, "/"));
    if (!network || !bits || *bits > 32)
        return false;
    const std::uint32_t mask = *bits == 0 ? 0 : ~std::uint32_t {0} << (32 - *bits);
    return (address & mask) == (*network & mask);
}

/// Over SSH alone: rules that lead to an address of this node's own Pod range which host-local has not given out.
void compareWithAllocations(Sink& sink, const std::string& node, const Programmed& programmed)
{
    const Snapshot& snapshot = sink.snapshot();
    const auto& configs = cniConfigs(snapshot, node);
    const parse::CniConfig* const config = configs ? parse::inUse(*configs) : nullptr;
    const ObservationPtr files = snapshot.find(node, probe::cniNetworks);
    if (config == nullptr || !usable(files, Need::Success) || !programmed.dump)
        return;
    std::vector<std::string> subnets;
    for (const parse::CniPlugin& plugin : config->plugins)
        if (plugin.ipamType == "host-local")
            subnets.insert(subnets.end(), plugin.subnets.begin(), plugin.subnets.end());
    std::set<std::uint32_t> given;
    for (const parse::Line& line : parse::lines(files->out)) {
        if (contains(line.text, "last_reserved_ip"))
            continue; // host-local's own mark; what it holds may be free
        for (std::string_view word : parse::words(line.text)) {
            while (word.ends_with(':'))
                word.remove_suffix(1);
            if (const auto address = ipv4(word))
                given.insert(*address);
        }
    }
    if (subnets.empty() || given.empty())
        return;
    std::set<std::string> gone;
    std::vector<int> lines;
    for (const auto& [name, chain] : programmed.dump->table("nat")) {
        if (!name.starts_with("KUBE-SEP-"))
            continue;
        for (const RuleLine& rule : chain.rules) {
            const auto target = optionOf(ruleWords(rule.text), "--to-destination");
            const auto address = target ? ipv4(parse::before(*target, ":")) : std::nullopt;
            if (!address || given.contains(*address))
                continue;
            if (std::any_of(subnets.begin(), subnets.end(), [&](const std::string& subnet) { return inSubnet(*address, subnet); }) && gone.insert(*target).second)
                lines.push_back(rule.line);
        }
    }
    if (!gone.empty())
        sink.node("service.endpoint-gone", Verdict::Failure, Confidence::Likely, node, {{"endpoints", join({gone.begin(), gone.end()})}, {"count", std::to_string(gone.size())}},
                  {{programmed.observation, lines, false}, {files, {}, false}});
}

void checkSync(Sink& sink, const std::string& node)
{
    const auto& numbers = metrics(sink.snapshot(), node, probe::kubeProxyMetrics);
    if (!numbers)
        return;
    const char* const lastName = "kubeproxy_sync_proxy_rules_last_timestamp_seconds";
    const char* const queuedName = "kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds";
    const parse::Sample* const last = numbers->find(lastName);
    const parse::Sample* const queued = numbers->find(queuedName);
    if (last != nullptr && queued != nullptr && last->value > 0 && queued->value - last->value > 60)
        sink.node("service.sync-stuck", Verdict::Failure, Confidence::Confirmed, node, {{"seconds", decimal(queued->value - last->value, 0)}},
                  {numbers.at({last->line, queued->line})});
    const char* const failures = "kubeproxy_sync_proxy_rules_iptables_restore_failures_total";
    const auto count = numbers->sum(failures);
    double before = 0;
    if (sink.input().earlier != nullptr)
        if (const auto& old = metrics(*sink.input().earlier, node, probe::kubeProxyMetrics); old)
            before = old->sum(failures).value_or(0);
    if (count && *count > before)
        sink.node("service.restore-failing", sink.input().earlier != nullptr ? Verdict::Failure : Verdict::Warning,
                  sink.input().earlier != nullptr ? Confidence::Likely : Confidence::Possible, node, {{"count", decimal(*count - before, 0)}},
                  {numbers.at({numbers->find(failures)->line})});
}

} // namespace

void runServiceReach(const CheckInput& input, Findings& findings)
{
    Sink sink("service-reach", input, findings);
    sink.needs({}, kubeServices(input.snapshot));
    sink.needs({}, kubeEndpoints(input.snapshot));
    for (const std::string& node : sink.nodes()) {
        checkKubeProxy(sink, node);
        checkServicePath(sink, node);
        const ComponentState proxy = kubeProxyState(input.snapshot, node);
        if (proxy.running == Running::Replaced)
            continue;
        if (proxy.running == Running::Unknown)
            sink.lacking(node, "kube-proxy: state not known", input.snapshot.find(node, probe::ps));
        checkSync(sink, node);
        checkBridgeNetfilter(sink, node);
        scanLogs(sink, node, {Signature::Family::KubeProxy});
        const ProxyMode mode = proxyMode(input.snapshot, node);
        const Programmed programmed = programmedOn(input.snapshot, node, mode.mode);
        const bool dead = proxy.running == Running::No || proxy.running == Running::Stopped;
        if (!programmed.observation) {
            if ((dead && mode.mode.empty()) || mode.mode == "iptables")
                checkNothingWritten(sink, node, dead);
            if (mode.mode == "iptables" || mode.mode == "ipvs" || mode.mode.empty()) {
                const std::string_view wanted = mode.mode == "ipvs" ? probe::ipvsadmSave : probe::iptablesSave;
                const ObservationPtr dump = input.snapshot.find(node, wanted);
                const bool cut = wanted == probe::iptablesSave && usable(dump, Need::Success) && !wholeDump(dump->out);
                const std::string reason = cut ? std::string(wanted) + ": not whole" : missingReason(dump, wanted, Need::Success);
                if (!reason.empty())
                    sink.lacking(node, reason, dump);
            }
            continue;
        }
        compareWithEndpoints(sink, node, programmed, dead);
        if (!kubeEndpoints(input.snapshot))
            compareWithAllocations(sink, node, programmed);
        // The hostPort that takes the kubernetes Service's traffic looks like 1.2 from a Pod.
        checkTheft(sink, hostPortView(input.snapshot, node));
    }
}

} // namespace medic::checks
