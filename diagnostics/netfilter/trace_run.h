// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/ipvs_scheduler.h"
#include "diagnostics/netfilter/packet_tracer.h"

#include <vector>

namespace medic::netfilter {

/// Where one way ended.
struct TraceEnd {
    Disposition disposition = Disposition::Undecidable;
    Walk walk;
    std::string reason;
};

/// One packet on its way through one node: the state of a single trace. Collects ends; used once.
class TraceRun {
public:
    TraceRun(const PacketTracer& tracer, const PacketQuery& query, Notes& notes);

    /// A packet that enters by packet.in, or is made here (packet.local).
    void start(Walk walk);
    [[nodiscard]] std::vector<TraceEnd>& ends() { return m_ends; }

private:
    // trace_run.cpp: hooks
    [[nodiscard]] std::vector<Walk> runHook(Hook hook, Walk walk);
    [[nodiscard]] std::vector<Walk> runStage(const HookStage& stage, const HookContext& context, Walk walk);
    [[nodiscard]] static std::vector<HookOutcome> outcomesOf(const HookStage& stage, const HookContext& context, Walk walk);
    [[nodiscard]] std::vector<Walk> runChains(const HookStage& stage, const HookContext& context, Walk walk);
    [[nodiscard]] std::vector<Walk> runNat(const HookStage& stage, const HookContext& context, Walk walk);
    [[nodiscard]] bool masqueradeLost(Walk& walk);
    void enterConntrack(PacketState& packet) const;
    void end(Disposition disposition, Walk walk, std::string reason);
    void endOutcome(HookOutcome outcome);

    // trace_path.cpp: between the hooks
    void localOutput(Walk walk);
    void outputHook(Walk walk);
    void postrouting(Walk walk);
    void loopback(Walk walk);
    void received(Walk walk);
    void routeInput(Walk walk);
    void routedInput(Walk walk, const RouteResult& route);
    void input(Walk walk);
    void forward(Walk walk, const RouteResult& route);
    void reroute(Walk& walk, bool& dropped);
    [[nodiscard]] IpAddress sourceFor(const RouteResult& route, const IpAddress& destination) const;
    bool refuseLoopbackV6(Walk& walk);
    bool refuseLoopbackSource(Walk& walk, const std::string& device);

    // trace_bridge.cpp
    /// The bridge's own hook, as far as its chains stand before or behind br_netfilter; ports empty: not known.
    enum class BridgePart { All, Before, Behind };
    [[nodiscard]] std::vector<Walk> bridgeHook(Hook hook, const std::string& inPort, const std::string& outPort, BridgePart part, Walk walk);
    [[nodiscard]] std::string otherPorts(const std::string& bridge, const std::string& from) const;
    void leave(Walk walk);
    void handUp(Walk walk, const std::string& port);
    bool refusedByRouting(Walk& walk, const RouteResult& route);
    void receivedByBridge(Walk walk, const std::string& bridge, const std::string& port);
    [[nodiscard]] bool isNeighbour(const IpAddress& address, const std::string& bridge) const;
    void switched(Walk walk, const std::string& bridge);

    // trace_ipvs.cpp
    [[nodiscard]] std::vector<Walk> ipvsIn(const HookContext& context, Walk walk);
    void ipvsOut(const HookContext& context, Walk& walk);
    void ipvsSend(Walk walk, const IpvsDecision& decision, std::vector<Walk>& goOn, const HookContext& context);

    [[nodiscard]] bool sysctlOr(const char* name, const std::string& device) const;
    static void addStep(Walk& walk, std::string hook, std::string action, std::string text, std::string backend = "route");

    const PacketTracer& m_tracer;
    const NodeState& m_node;
    const Routing& m_routing;
    const PacketQuery& m_query;
    Notes& m_notes;
    std::vector<TraceEnd> m_ends;
};

} // namespace medic::netfilter
