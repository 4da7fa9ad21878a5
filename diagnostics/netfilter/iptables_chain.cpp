// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/iptables_chain.h"

#include "diagnostics/netfilter/iptables_action.h"
#include "diagnostics/netfilter/iptables_match.h"
#include "diagnostics/netfilter/node_state.h"

#include <algorithm>
#include <array>

namespace medic::netfilter {

namespace {

using namespace iptables;

/// Where a walk stands: the next rule of a chain, and where each jump returns to.
struct Position {
    int chain = 0;
    std::size_t rule = 0;
    std::size_t depth = 0; ///< of a return: how long the path was there
};
struct Frame {
    Walk walk;
    Position at;
    std::vector<Position> returns;
    std::vector<int> path; ///< the chains that led here, by jump or goto: none twice, for the kernel refuses loops
};

constexpr std::size_t maxJumps = 512; ///< the kernel refuses loops; a dump may still be made up

class Run {
public:
    Run(const BaseChain::Place& place, const Table& table, const std::string& backend, const HookContext& context,
        std::vector<HookOutcome>& outcomes)
        : m_place(place), m_table(table), m_backend(backend), m_context(context), m_outcomes(outcomes)
    {
    }

    void start(Walk walk, int chain)
    {
        m_open.push_back({std::move(walk), {chain, 0}, {}, {chain}});
        while (!m_open.empty()) {
            Frame frame = std::move(m_open.back());
            m_open.pop_back();
            follow(std::move(frame));
        }
    }

private:
    [[nodiscard]] const Chain& chain(const Frame& frame) const
    {
        return m_table.chains[static_cast<std::size_t>(frame.at.chain)];
    }

    [[nodiscard]] TraceStep step(const Frame& frame, const Rule* rule, Tri matched, std::string action) const
    {
        TraceStep result;
        result.hook = hookName(m_context.hook);
        result.table = m_table.name;
        result.chain = chain(frame).name;
        result.backend = m_backend;
        result.matched = matched;
        result.action = std::move(action);
        if (rule) {
            result.rule = static_cast<int>(frame.at.rule) + 1;
            result.line = static_cast<int>(rule->line);
            result.text = rule->text;
            if (m_context.matches)
                result.matches = explainRule(*rule, frame.walk.packet, m_context);
        }
        return result;
    }

    void finish(HookOutcome::Verdict verdict, Frame frame, std::string reason)
    {
        m_outcomes.push_back({verdict, std::move(frame.walk), std::move(reason)});
    }

    [[nodiscard]] std::string where(const Frame& frame) const
    {
        return std::string(m_table.name) + ' ' + std::string(chain(frame).name) + " rule "
            + std::to_string(frame.at.rule + 1);
    }

    /// End of a chain, or RETURN. False when the base chain is left by its policy.
    bool leave(Frame& frame)
    {
        if (!frame.returns.empty()) {
            frame.at = frame.returns.back();
            frame.path.resize(frame.at.depth);
            frame.returns.pop_back();
            return true;
        }
        // By the policy of the chain at the hook, also after a goto out of it.
        const Chain* const base = m_table.find(m_place.name);
        frame.at = {m_table.byName.at(m_place.name), 0};
        if (base && base->policyDrop) {
            TraceStep dropped = step(frame, nullptr, Tri::Yes, "policy drop");
            dropped.line = static_cast<int>(base->line);
            frame.walk.add(std::move(dropped));
            finish(HookOutcome::Verdict::Drop, std::move(frame),
                   "policy of " + std::string(m_table.name) + ' ' + m_place.name);
        } else {
            finish(HookOutcome::Verdict::Accept, std::move(frame), {});
        }
        return false;
    }

    static bool changesNothing(const iptables::Target& target)
    {
        return std::holds_alternative<NoTarget>(target) || std::holds_alternative<ContinueTarget>(target);
    }

    void follow(Frame frame)
    {
        while (true) {
            const Chain& current = chain(frame);
            if (frame.at.rule >= current.rules.size()) {
                if (!leave(frame))
                    return;
                continue;
            }
            const Rule& rule = current.rules[frame.at.rule];
            const MatchAnswer answer = matchRule(rule, frame.walk.packet, m_context);
            if (answer.answer == Tri::No) {
                if (m_context.passedOver) {
                    TraceStep passed = step(frame, &rule, Tri::No, {});
                    passed.reason = answer.reason;
                    frame.walk.add(std::move(passed));
                }
                ++frame.at.rule;
                continue;
            }
            if (!m_context.notes.spendRule())
                return finish(HookOutcome::Verdict::Undecidable, std::move(frame), "too many rules");
            if (answer.answer == Tri::Unknown || answer.share < 1.0) {
                if (changesNothing(rule.target)) {
                    TraceStep counted = step(frame, &rule, answer.answer, "continue");
                    counted.reason = answer.reason.empty() ? "matches a share of " + std::to_string(answer.share) : answer.reason;
                    frame.walk.add(std::move(counted));
                    ++frame.at.rule;
                    continue;
                }
                if (!m_context.notes.spendFork())
                    return finish(HookOutcome::Verdict::Undecidable, std::move(frame), "too many open questions");
                fork(frame, rule, answer);
            }
            if (!take(frame, rule, answer))
                return;
        }
    }

    /// Puts the way on which the rule does not match aside; the frame goes on as the one on which it does.
    void fork(Frame& frame, const Rule& rule, const MatchAnswer& answer)
    {
        Frame other = frame;
        if (answer.answer == Tri::Unknown) {
            TraceStep passed = step(frame, &rule, Tri::Unknown, "assumed not to match");
            passed.reason = answer.reason;
            other.walk.add(std::move(passed));
            other.walk.certain = false;
            frame.walk.certain = false;
        } else {
            other.walk.probability *= 1.0 - answer.share;
        }
        frame.walk.probability *= answer.share;
        ++other.at.rule;
        m_open.push_back(std::move(other));
    }

    /// The rule matched. False when the frame's way ended (or was put aside).
    bool take(Frame& frame, const Rule& rule, const MatchAnswer& answer)
    {
        if (const auto* const jump = std::get_if<JumpTarget>(&rule.target); jump && jump->index >= 0) {
            TraceStep jumped = step(frame, &rule, answer.answer, (jump->isGoto ? "goto " : "jump ") + std::string(jump->chain));
            jumped.reason = answer.reason;
            frame.walk.add(std::move(jumped));
            const bool circle = std::find(frame.path.begin(), frame.path.end(), jump->index) != frame.path.end();
            if (circle || frame.returns.size() >= maxJumps || frame.walk.steps.size() > 20000) {
                finish(HookOutcome::Verdict::Undecidable, std::move(frame), "the chains jump in a circle");
                return false;
            }
            if (!jump->isGoto)
                frame.returns.push_back({frame.at.chain, frame.at.rule + 1, frame.path.size()});
            frame.path.push_back(jump->index);
            frame.at = {jump->index, 0};
            return true;
        }
        auto effects = applyTarget(rule.target, frame.walk.packet, m_context);
        for (std::size_t i = effects.size(); i-- > 1;) {
            Frame other = frame;
            if (apply(other, rule, answer, effects[i]))
                m_open.push_back(std::move(other));
        }
        return apply(frame, rule, answer, effects.front());
    }

    bool apply(Frame& frame, const Rule& rule, const MatchAnswer& answer, TargetEffect& effect)
    {
        using Next = TargetEffect::Next;
        TraceStep done = step(frame, &rule, answer.answer, effect.action);
        done.reason = !answer.reason.empty() ? answer.reason : effect.reason;
        if (effect.changed) {
            done.before = frame.walk.packet.shown();
            done.after = effect.packet.shown();
        }
        frame.walk.packet = std::move(effect.packet);
        frame.walk.probability *= effect.share;
        frame.walk.certain = frame.walk.certain && effect.certain;
        const std::string place = where(frame);
        frame.walk.add(std::move(done));
        switch (effect.next) {
        case Next::Continue: ++frame.at.rule; return true;
        case Next::Return: return leave(frame);
        case Next::Accept: finish(HookOutcome::Verdict::Accept, std::move(frame), {}); return false;
        case Next::Drop: finish(HookOutcome::Verdict::Drop, std::move(frame), place); return false;
        case Next::Reject:
            finish(HookOutcome::Verdict::Reject, std::move(frame), place + ": " + effect.reason);
            return false;
        case Next::Queue: finish(HookOutcome::Verdict::Queue, std::move(frame), place); return false;
        }
        return false;
    }

    const BaseChain::Place& m_place;
    const Table& m_table;
    const std::string& m_backend;
    const HookContext& m_context;
    std::vector<HookOutcome>& m_outcomes;
    std::vector<Frame> m_open;
};

struct TablePlace {
    std::string_view table, chain;
    Hook hook;
    int priority;
    BaseChain::Kind kind;
};
using BK = BaseChain::Kind;
constexpr std::array<TablePlace, 17> places {{
    {"raw", "PREROUTING", Hook::Prerouting, -300, BK::Filter}, {"raw", "OUTPUT", Hook::Output, -300, BK::Filter},
    {"mangle", "PREROUTING", Hook::Prerouting, -150, BK::Filter}, {"mangle", "INPUT", Hook::Input, -150, BK::Filter},
    {"mangle", "FORWARD", Hook::Forward, -150, BK::Filter}, {"mangle", "OUTPUT", Hook::Output, -150, BK::Route},
    {"mangle", "POSTROUTING", Hook::Postrouting, -150, BK::Filter},
    {"nat", "PREROUTING", Hook::Prerouting, -100, BK::Nat}, {"nat", "OUTPUT", Hook::Output, -100, BK::Nat},
    {"nat", "INPUT", Hook::Input, 100, BK::Nat}, {"nat", "POSTROUTING", Hook::Postrouting, 100, BK::Nat},
    {"filter", "INPUT", Hook::Input, 0, BK::Filter}, {"filter", "FORWARD", Hook::Forward, 0, BK::Filter},
    {"filter", "OUTPUT", Hook::Output, 0, BK::Filter}, {"security", "INPUT", Hook::Input, 50, BK::Filter},
    {"security", "FORWARD", Hook::Forward, 50, BK::Filter}, {"security", "OUTPUT", Hook::Output, 50, BK::Filter},
}};

} // namespace

IptablesChain::IptablesChain(Place place, std::shared_ptr<const IptablesSave> save, const Table& table, int chain)
    : BaseChain(std::move(place)), m_save(std::move(save)), m_table(table), m_chain(chain),
      m_backend(this->place().backend)
{
}

bool IptablesChain::idle() const
{
    const Chain& chain = m_table.chains[static_cast<std::size_t>(m_chain)];
    return chain.rules.empty() && !chain.policyDrop;
}

void IptablesChain::evaluate(Walk walk, const HookContext& context, std::vector<HookOutcome>& outcomes) const
{
    Run(place(), m_table, m_backend, context, outcomes).start(std::move(walk), m_chain);
}

std::vector<std::unique_ptr<BaseChain>> iptablesBaseChains(const NodeState& node, IpFamily family)
{
    std::vector<std::unique_ptr<BaseChain>> chains;
    const bool v6 = family == IpFamily::V6;
    const std::array<std::pair<Part<IptablesSave>, std::string_view>, 2> saves {
        {{v6 ? node.legacy6 : node.legacy4, "legacy"}, {v6 ? node.nft6 : node.nft4, "nft-compat"}}};
    for (const auto& [save, backend] : saves) {
        if (!save)
            continue;
        for (const Table& table : save->tables())
            for (const TablePlace& one : places) {
                const auto found = one.table == table.name ? table.byName.find(one.chain) : table.byName.end();
                if (one.table != table.name || found == table.byName.end())
                    continue;
                chains.push_back(std::make_unique<IptablesChain>(
                    BaseChain::Place {one.hook, one.priority, one.kind, family, std::string(backend),
                                      std::string(table.name), std::string(one.chain)},
                    save, table, found->second));
            }
    }
    return chains;
}

} // namespace medic::netfilter
