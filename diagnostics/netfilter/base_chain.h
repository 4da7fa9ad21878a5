// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/packet_state.h"

#include <functional>
#include <set>
#include <string>
#include <vector>

/// The one interface between the tracer and whatever hangs in a hook: iptables chains (iptables_chain.h) implement
/// it, native nftables base chains do, nothing else needs to be known about either.
namespace medic::netfilter {

struct NodeState;
class Routing;

/// What a trace collects beside its branches. One per trace; not thread-safe.
class Notes {
public:
    void warn(std::string sentence)
    {
        if (m_seen.insert(sentence).second)
            m_warnings.push_back(std::move(sentence));
    }
    [[nodiscard]] const std::vector<std::string>& warnings() const { return m_warnings; }

    /// Every rule that is looked at and every fork of an unknown costs; when it is used up, the branch ends undecidable.
    [[nodiscard]] bool spendRule() { return ++m_rules < maxRules; }
    [[nodiscard]] bool spendFork() { return ++m_forks < maxForks; }

    static constexpr std::size_t maxRules = 20'000'000, maxForks = 4096;

private:
    std::set<std::string> m_seen;
    std::vector<std::string> m_warnings;
    std::size_t m_rules = 0, m_forks = 0;
};

/// What a chain may ask while it looks at a packet.
struct HookContext {
    Hook hook = Hook::Prerouting;
    const NodeState& node;
    const Routing& routing;
    Notes& notes;
    bool bridge = false; ///< a hook of the bridge itself (nft's family bridge): devices are ports
    bool passedOver = false; ///< list rules that did not match, too (TraceStep::matched = No)
    bool matches = false; ///< list each rule's parts one by one (TraceStep::matches)
};

/// One way out of a base chain (or of a whole hook).
struct HookOutcome {
    /// Accept: go on with the next function at this hook. Drop, Reject: final. Queue: given to a program.
    /// Undecidable: cannot be followed further (reason says why).
    enum class Verdict : std::uint8_t { Accept, Drop, Reject, Queue, Undecidable };
    Verdict verdict = Verdict::Accept;
    Walk walk; ///< with the packet as changed (mark, NAT by bindNat(), ct) and the steps taken
    std::string reason; ///< for all but Accept: by what
};

/// A base chain: a list of rules (with the chains that it jumps to) that hangs at one hook with one priority.
/// Immutable, may be used by several threads at once; lives as long as the NodeState that it was made from.
class BaseChain {
public:
    /// Nat chains share one dispatcher per hook (-100, +100); the tracer asks them only while the flow's binding for
    /// that half is not made, and stops at the first that makes one. Route: the tracer routes a packet in OUTPUT again
    /// when this chain changed its source, destination, mark or tos (iptables' mangle, nft's `type route`).
    enum class Kind : std::uint8_t { Filter, Nat, Route };

    struct Place {
        Hook hook = Hook::Prerouting;
        int priority = 0; ///< as the kernel has it: raw -300, mangle -150, dstnat -100, filter 0, srcnat 100 …
        Kind kind = Kind::Filter;
        IpFamily family = IpFamily::None; ///< None: both (inet)
        std::string backend; ///< "legacy", "nft-compat", "nft"
        std::string table, name; ///< "nat", "PREROUTING"; "ip kube-proxy", "nat-prerouting"
        std::int64_t registered = 0; ///< grows with each chain of this table that was hung in a hook; 0: not known
    };

    explicit BaseChain(Place place) : m_place(std::move(place)) { }
    virtual ~BaseChain() = default;
    BaseChain(const BaseChain&) = delete;
    BaseChain& operator=(const BaseChain&) = delete;

    [[nodiscard]] const Place& place() const { return m_place; }

    /// Without rules and with policy accept: nothing can happen here.
    [[nodiscard]] virtual bool idle() const = 0;

    /// Follows `walk` through the chain and appends every way out to `outcomes` (at least one): forks for a random or
    /// undecidable match, adds a TraceStep for each rule that matched (rule numbers from 1, line of the dump), sets
    /// marks, makes NAT bindings with bindNat() (which rewrites the packet and sets ct.natDone). Never throws.
    virtual void evaluate(Walk walk, const HookContext& context, std::vector<HookOutcome>& outcomes) const = 0;

private:
    Place m_place;
};

} // namespace medic::netfilter
