// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/netfilter/nft_effect.h"

#include <vector>

namespace medic::netfilter::nftables {

/// One packet's walk through a base chain and the chains that it jumps to (nft_do_chain). Used once.
class ChainRun {
public:
    ChainRun(const BaseChain::Place& place, const TableIndex& table, const HookContext& context, std::string hookName,
             std::vector<HookOutcome>& outcomes)
        : m_place(place), m_table(table), m_context(context), m_hookName(std::move(hookName)), m_outcomes(outcomes)
    {
    }

    void start(Walk walk, int chain);

private:
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
        // within the rule
        std::size_t statement = 0;
        Tri matched = Tri::Yes;
        std::string reason, done;
        std::optional<TracePacket> before;
        std::vector<MatchResult> parts; ///< where they were asked for
        Choice settled; ///< for the statement that the frame stands at
    };
    enum class Go : std::uint8_t { On, NextRule, Moved, Ended };

    [[nodiscard]] const parse::nft::Chain& chain(const Frame& frame) const
    {
        return m_table.table().chains[static_cast<std::size_t>(frame.at.chain)];
    }
    [[nodiscard]] const parse::nft::Rule& rule(const Frame& frame) const { return chain(frame).rules[frame.at.rule]; }
    [[nodiscard]] std::string where(const Frame& frame) const;

    void follow(Frame frame);
    [[nodiscard]] Go run(Frame& frame, const parse::nft::Statement& statement);
    [[nodiscard]] Go match(Frame& frame, const parse::nft::Statement& statement);
    [[nodiscard]] Go verdictMap(Frame& frame, const parse::nft::Statement& statement);
    [[nodiscard]] Go verdict(Frame& frame, const parse::nft::Expression& verdict);
    [[nodiscard]] Go effects(Frame& frame, const parse::nft::Statement& statement);
    [[nodiscard]] Go apply(Frame& frame, Effect& effect);
    [[nodiscard]] Go maybe(Frame& frame, const parse::nft::Statement& statement, const std::string& reason);
    [[nodiscard]] bool settle(Frame& frame, const parse::nft::Statement& statement);
    [[nodiscard]] bool laterFails(const Frame& frame) const;
    [[nodiscard]] bool laterActs(const Frame& frame) const;

    void nextRule(Frame& frame);
    void passOver(Frame& frame);
    [[nodiscard]] bool leave(Frame& frame);
    void part(Frame& frame, const parse::nft::Statement& statement, Tri answer, const std::string& reason) const;
    void note(Frame& frame, std::string action);
    [[nodiscard]] TraceStep step(const Frame& frame, Tri matched, std::string action) const;
    void finish(HookOutcome::Verdict verdict, Frame frame, std::string reason);
    [[nodiscard]] bool fork(Frame& frame);

    const BaseChain::Place& m_place;
    const TableIndex& m_table;
    const HookContext& m_context;
    std::string m_hookName;
    std::vector<HookOutcome>& m_outcomes;
    std::vector<Frame> m_open;
    int m_base = 0;
};

} // namespace medic::netfilter::nftables
