// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/bandwidth.h"

#include "diagnostics/checks/sink.h"
#include "diagnostics/model/pod_probe_ids.h"
#include "diagnostics/parse/lines.h"
#include "diagnostics/parse/podnet.h"
#include "diagnostics/parse/qdisc.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

namespace medic::checks {

namespace {

bool near(double a, double b) { return b > 0 && std::abs(a / b - 1) <= 0.05; }

/// Pod address → interface, of routes that lead to one host each (Calico, ptp); a bridge has none.
std::map<std::string, std::string> hostRoutes(const Snapshot& snapshot, const std::string& node)
{
    std::map<std::string, std::string> result;
    const ObservationPtr routes = snapshot.find(node, probe::ipRouteAll);
    if (!usable(routes, Need::Success))
        return result;
    const nlohmann::json document = nlohmann::json::parse(routes->out, nullptr, false);
    if (document.is_array()) {
        for (const nlohmann::json& route : document)
            if (route.is_object() && route.contains("dst") && route["dst"].is_string()
                && route.contains("dev") && route["dev"].is_string()
                && (!route.contains("type") || route["type"] == "unicast"))
                result[std::string(parse::before(route["dst"].get<std::string>(), "/32"))]
                    = route["dev"].get<std::string>();
        return result;
    }
    for (const parse::Line& line : parse::lines(routes->out)) {
        const auto parts = parse::words(line.text);
        for (std::size_t i = 1; i + 1 < parts.size(); ++i)
            if (parts[i] == "dev" && parts[0] != "local" && parts[0] != "broadcast")
                result[std::string(parse::before(parts[0], "/32"))] = parts[i + 1];
    }
    return result;
}

/// Pod → its interface on the node.
std::map<const kube::Pod*, std::string> hostInterfaces(
    const Snapshot& snapshot, const std::string& node, const std::vector<const kube::Pod*>& pods)
{
    std::map<const kube::Pod*, std::string> result;
    const ObservationPtr spaces = snapshot.find(node, probe::podNetworks);
    std::map<int, std::string> names;
    for (const std::string_view name : { probe::ipLink, probe::ipAddr })
        if (const ObservationPtr links = snapshot.find(node, name);
            names.empty() && usable(links, Need::Success))
            names = parse::interfaceNames(links->out);
    const auto networks
        = usable(spaces, Need::Success) ? parse::podNetworks(spaces->out) : std::vector<parse::PodNetwork>();
    const auto routes = hostRoutes(snapshot, node);
    for (const kube::Pod* const pod : pods) {
        for (const parse::PodNetwork& one : networks)
            if (one.uid == pod->meta.uid && !one.links.empty())
                if (const auto name = names.find(one.links.front().peer); name != names.end())
                    result[pod] = name->second;
        if (const auto route = routes.find(pod->podIp);
            !result.contains(pod) && !pod->podIp.empty() && route != routes.end())
            result[pod] = route->second;
    }
    return result;
}

/// Ingress limits are tbf on the host's end of the veth; egress ones on the plugin's ifb (names bwp…).
bool onIfb(const parse::Qdisc& one) { return one.device.starts_with("bwp") || one.device.starts_with("ifb"); }

void fill(BandwidthRow& row, const parse::Qdisc& from)
{
    row.actual = from.rateBits;
    row.burst = from.burstBytes;
    row.line = from.line;
    row.device = from.device;
}

/// What no device tells: the right rates first, then a thousandth, then the only one that is left.
void matchAsSets(std::vector<BandwidthRow*> open, std::vector<const parse::Qdisc*> free)
{
    const auto take = [&](BandwidthRow& row, double factor) {
        const auto found = std::find_if(free.begin(), free.end(),
            [&](const parse::Qdisc* one) { return near(one->rateBits, row.wanted * factor); });
        if (found == free.end())
            return false;
        fill(row, **found);
        free.erase(found);
        return true;
    };
    for (const double factor : { 1.0, 0.001 })
        std::erase_if(open, [&](BandwidthRow* row) { return take(*row, factor); });
    if (open.size() == 1 && free.size() == 1)
        fill(*open.front(), *free.front());
}

} // namespace

std::string rateText(double bits)
{
    if (bits >= 1e9)
        return decimal(bits / 1e9, 2) + " Gbit/s";
    if (bits >= 1e6)
        return decimal(bits / 1e6, 2) + " Mbit/s";
    return decimal(bits / 1e3, 2) + " kbit/s";
}

std::vector<BandwidthRow> bandwidthRows(const Snapshot& snapshot, const std::string& node)
{
    std::vector<BandwidthRow> rows;
    const auto& pods = kubePods(snapshot);
    if (!pods)
        return rows;
    std::vector<const kube::Pod*> concerned;
    for (const kube::Pod& pod : *pods) {
        if (pod.node != node || pod.hostNetwork || pod.phase == "Succeeded" || pod.phase == "Failed"
            || !pod.meta.deletion.empty())
            continue;
        for (const char* const direction : { "ingress", "egress" }) {
            const auto found
                = pod.meta.annotations.find(std::string("kubernetes.io/") + direction + "-bandwidth");
            if (found == pod.meta.annotations.end())
                continue;
            rows.push_back({ &pod, node, direction, found->second, parse::quantity(found->second).value_or(0),
                {}, 0, {}, false, 0 });
            concerned.push_back(&pod);
        }
    }
    const auto& shaped
        = fact<std::vector<parse::Qdisc>>(snapshot, node, probe::tcQdisc, Need::Success, parse::qdiscs);
    if (rows.empty() || !shaped)
        return rows;
    const auto interfaces = hostInterfaces(snapshot, node, concerned);
    const ObservationPtr filters = snapshot.find(node, probe::tcFilter);
    const auto ifbs = usable(filters, Need::Answer) ? parse::redirects(filters->out)
                                                    : std::map<std::string, std::string, std::less<>>();
    std::set<const parse::Qdisc*> taken;
    for (BandwidthRow& row : rows) {
        const auto veth = interfaces.find(row.pod);
        if (veth == interfaces.end() || row.pod->phase != "Running")
            continue;
        std::string device = veth->second;
        if (row.direction == "egress") {
            const auto ifb = ifbs.find(device);
            if (ifb == ifbs.end() && !usable(filters, Need::Answer))
                continue; // where it is redirected to is not known
            device = ifb == ifbs.end() ? std::string() : ifb->second;
        }
        row.certain = true;
        row.device = device.empty() ? veth->second : device;
        for (const parse::Qdisc& one : *shaped)
            if (one.kind == "tbf" && one.device == device) {
                fill(row, one);
                taken.insert(&one);
            }
    }
    for (const char* const direction : { "ingress", "egress" }) {
        std::vector<BandwidthRow*> open;
        std::vector<const parse::Qdisc*> free;
        for (BandwidthRow& row : rows)
            if (row.direction == direction && !row.certain && row.usable() && row.pod->phase == "Running")
                open.push_back(&row);
        for (const parse::Qdisc& one : *shaped)
            if (one.kind == "tbf" && onIfb(one) == (std::string_view(direction) == "egress")
                && !taken.contains(&one))
                free.push_back(&one);
        matchAsSets(open, free);
    }
    return rows;
}

} // namespace medic::checks
