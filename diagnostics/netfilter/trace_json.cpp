// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/trace_json.h"

#include "diagnostics/netfilter/iptables_action.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace medic::netfilter {

namespace {

using Json = nlohmann::ordered_json;

Json packetJson(const TracePacket& packet)
{
    Json json;
    json["src"] = packet.src;
    json["sport"] = packet.sport;
    json["dst"] = packet.dst;
    json["dport"] = packet.dport;
    json["proto"] = packet.protocol;
    json["mark"] = hexText(packet.mark);
    json["in"] = packet.in;
    json["out"] = packet.out;
    if (packet.sportRandom)
        json["sport_random"] = true;
    return json;
}

Json stepJson(const TraceStep& step)
{
    Json json;
    json["hook"] = step.hook;
    json["table"] = step.table;
    json["chain"] = step.chain;
    json["rule"] = step.rule;
    json["line"] = step.line;
    if (step.handle != 0)
        json["handle"] = step.handle;
    json["text"] = step.text;
    json["matched"] = triName(step.matched);
    json["action"] = step.action;
    json["backend"] = step.backend;
    if (!step.reason.empty())
        json["reason"] = step.reason;
    if (!step.matches.empty()) {
        json["matches"] = Json::array();
        for (const auto& match : step.matches) {
            Json part {{"text", match.text}, {"answer", triName(match.answer)}};
            if (!match.reason.empty())
                part["reason"] = match.reason;
            json["matches"].push_back(std::move(part));
        }
    }
    if (!step.owner.kind.empty()) {
        Json owner {{"kind", step.owner.kind}};
        if (!step.owner.name.empty()) {
            if (!step.owner.nameSpace.empty())
                owner["namespace"] = step.owner.nameSpace;
            owner["name"] = step.owner.name;
            owner["port"] = step.owner.port;
        }
        if (!step.owner.detail.empty())
            owner["detail"] = step.owner.detail;
        json["owner"] = std::move(owner);
    }
    if (step.before)
        json["before"] = packetJson(*step.before);
    if (step.after)
        json["after"] = packetJson(*step.after);
    return json;
}

Json branchJson(const TraceBranch& branch)
{
    Json json;
    json["disposition"] = dispositionName(branch.disposition);
    if (!branch.nextHop.empty())
        json["next_hop"] = branch.nextHop;
    json["probability"] = std::round(branch.probability * 1e9) / 1e9;
    json["certain"] = branch.certain;
    json["packet"] = packetJson(branch.packet);
    if (!branch.reason.empty())
        json["reason"] = branch.reason;
    json["steps"] = Json::array();
    for (const auto& step : branch.steps)
        json["steps"].push_back(stepJson(step));
    if (!branch.replies.empty()) {
        json["replies"] = Json::array();
        for (const auto& reply : branch.replies)
            json["replies"].push_back(branchJson(reply));
    }
    return json;
}

} // namespace

std::string traceJson(const Trace& trace)
{
    Json json;
    json["packet"] = packetJson(trace.packet);
    if (!trace.node.empty())
        json["node"] = trace.node;
    json["branches"] = Json::array();
    for (const auto& branch : trace.branches)
        json["branches"].push_back(branchJson(branch));
    json["warnings"] = trace.warnings;
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

namespace {

Json hopsJson(const std::vector<ClusterHop>& hops)
{
    Json list = Json::array();
    for (const auto& hop : hops) {
        Json json {{"node", hop.node}, {"in", hop.in}, {"carrier", hop.carrier}};
        if (hop.outer)
            json["outer"] = packetJson(*hop.outer);
        json.update(branchJson(hop.branch));
        list.push_back(std::move(json));
    }
    return list;
}

} // namespace

std::string clusterTraceJson(const ClusterTrace& trace)
{
    Json json;
    json["packet"] = packetJson(trace.packet);
    json["branches"] = Json::array();
    for (const auto& branch : trace.branches) {
        Json one {{"end", clusterEndName(branch.end)}, {"whose", branch.whose},
                  {"probability", std::round(branch.probability * 1e9) / 1e9}, {"certain", branch.certain}, {"reason", branch.reason}};
        one["packet"] = packetJson(branch.packet);
        one["hops"] = hopsJson(branch.hops);
        if (branch.answered)
            one["answer"] = {{"end", clusterEndName(branch.answerEnd)}, {"reason", branch.answerReason}, {"hops", hopsJson(branch.answer)}};
        json["branches"].push_back(std::move(one));
    }
    json["warnings"] = trace.warnings;
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

} // namespace medic::netfilter
