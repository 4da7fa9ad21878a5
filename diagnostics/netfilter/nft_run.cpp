// SPDX-License-Identifier: GPL-3.0-or-later
// nft_do_chain of net/netfilter/nf_tables_core.c, with a fork wherever the dump does not tell.
#include "diagnostics/netfilter/nft_run.h"

#include <algorithm>
#include <map>

namespace medic::netfilter::nftables {

namespace {

using parse::nft::Chain;
using parse::nft::Expression;
using parse::nft::Rule;
using parse::nft::Statement;
using SKind = Statement::Kind;

constexpr std::size_t maxJumps = 512, maxSteps = 20000; ///< the kernel refuses loops; a dump may still be made up
constexpr std::int64_t maxChoices = 65536;

bool canSettle(const Expression& random) { return random.number > 0 && random.number <= maxChoices; }
/// numgen random draws each number alike; numgen inc and hashes depend on what a dump does not hold.
bool isFair(const Expression& random) { return random.kind == Expression::Kind::Numgen && random.text == "random"; }

} // namespace

std::string ChainRun::where(const Frame& frame) const
{
    return m_table.table().title() + ' ' + chain(frame).name + " rule " + std::to_string(frame.at.rule + 1);
}

TraceStep ChainRun::step(const Frame& frame, Tri matched, std::string action) const
{
    TraceStep result;
    result.hook = m_hookName;
    result.table = m_table.table().title();
    result.chain = chain(frame).name;
    result.backend = m_place.backend;
    result.matched = matched;
    result.action = std::move(action);
    if (frame.at.rule < chain(frame).rules.size()) {
        const Rule& of = rule(frame);
        result.rule = static_cast<int>(frame.at.rule) + 1;
        result.line = of.line;
        result.handle = of.handle;
        result.text = of.text();
        result.matches = frame.parts;
    }
    return result;
}

void ChainRun::finish(HookOutcome::Verdict verdict, Frame frame, std::string reason)
{
    m_outcomes.push_back({verdict, std::move(frame.walk), std::move(reason)});
}

void ChainRun::start(Walk walk, int chain)
{
    m_base = chain;
    Frame first;
    first.walk = std::move(walk);
    first.at = {chain, 0};
    first.path = {chain};
    m_open.push_back(std::move(first));
    while (!m_open.empty()) {
        Frame frame = std::move(m_open.back());
        m_open.pop_back();
        follow(std::move(frame));
    }
}

void ChainRun::follow(Frame frame)
{
    while (true) {
        if (frame.at.rule >= chain(frame).rules.size()) {
            if (!leave(frame))
                return;
            continue;
        }
        const auto& statements = rule(frame).statements;
        Go go = Go::On;
        while (frame.statement < statements.size()) {
            go = run(frame, statements[frame.statement]);
            if (go != Go::On)
                break;
            ++frame.statement;
            frame.settled = {};
        }
        if (go == Go::Ended)
            return;
        if (go == Go::Moved)
            continue;
        if (go == Go::On) {
            if (!m_context.notes.spendRule())
                return finish(HookOutcome::Verdict::Undecidable, std::move(frame), "too many rules");
            note(frame, frame.done.empty() ? "continue" : "");
        } else {
            passOver(frame);
        }
        nextRule(frame);
    }
}

void ChainRun::nextRule(Frame& frame)
{
    ++frame.at.rule;
    frame.statement = 0;
    frame.matched = Tri::Yes;
    frame.reason.clear();
    frame.done.clear();
    frame.before.reset();
    frame.parts.clear();
    frame.settled = {};
}

void ChainRun::part(Frame& frame, const Statement& statement, Tri answer, const std::string& reason) const
{
    if (m_context.matches)
        frame.parts.push_back({parse::nft::render(statement), answer, reason});
}

/// A step for a rule that ran to its end or to a verdict.
void ChainRun::note(Frame& frame, std::string action)
{
    if (!frame.done.empty())
        action = frame.done + (action.empty() ? "" : ", " + action);
    TraceStep done = step(frame, frame.matched, std::move(action));
    done.reason = frame.reason;
    if (frame.before) {
        done.before = std::move(frame.before);
        done.after = frame.walk.packet.shown();
    }
    frame.walk.add(std::move(done));
}

/// A rule that broke. What it did before that stays done, and is told.
void ChainRun::passOver(Frame& frame)
{
    if (frame.done.empty() && !m_context.passedOver)
        return;
    TraceStep passed = step(frame, Tri::No, frame.done.empty() ? std::string() : frame.done + ", then no match");
    const auto& statements = rule(frame).statements;
    if (frame.statement < statements.size())
        passed.reason = parse::nft::render(statements[frame.statement]);
    if (frame.before) {
        passed.before = std::move(frame.before);
        passed.after = frame.walk.packet.shown();
    }
    frame.walk.add(std::move(passed));
}

/// End of a chain, or return. False when the base chain is left by its policy.
bool ChainRun::leave(Frame& frame)
{
    if (!frame.returns.empty()) {
        frame.at = frame.returns.back();
        frame.path.resize(frame.at.depth);
        frame.returns.pop_back();
        --frame.at.rule;
        nextRule(frame);
        return true;
    }
    frame.at = {m_base, 0};
    const Chain& base = chain(frame);
    if (base.policy != "drop") {
        finish(HookOutcome::Verdict::Accept, std::move(frame), {});
        return false;
    }
    frame.at.rule = base.rules.size(); // the policy is no rule
    TraceStep dropped = step(frame, Tri::Yes, "policy drop");
    dropped.line = base.line;
    frame.walk.add(std::move(dropped));
    finish(HookOutcome::Verdict::Drop, std::move(frame), "policy of " + m_table.table().title() + ' ' + base.name);
    return false;
}

ChainRun::Go ChainRun::run(Frame& frame, const Statement& statement)
{
    switch (statement.kind) {
    case SKind::Match: return match(frame, statement);
    case SKind::Verdict: {
        const Expression verdictOf {.kind = Expression::Kind::Verdict, .text = statement.text, .field = statement.field};
        return verdict(frame, verdictOf);
    }
    case SKind::VerdictMap: return verdictMap(frame, statement);
    case SKind::Passive:
        if (statement.text == "flow" && frame.walk.packet.ct.state == Conntrack::State::Established)
            m_context.notes.warn("a flow table may have taken the connection over: its packets then skip every rule");
        return Go::On;
    case SKind::Counter: return Go::On;
    case SKind::Limit:
        return maybe(frame, statement, statement.text == "ct count" ? "how many connections there are is not known"
                                                         : "whether the limit is reached is not known: " + parse::nft::render(statement));
    case SKind::Quota: return maybe(frame, statement, "how much of the quota is used is not known");
    case SKind::SetUpdate:
        if (!statement.field.empty())
            return maybe(frame, statement, "whether the limit is reached is not known: " + statement.field);
        if (statement.left.kind != Expression::Kind::Unknown && !Selector(m_table, frame.walk.packet, m_context).key(statement.left))
            return Go::NextRule;
        frame.done += (frame.done.empty() ? "" : ", ") + statement.text + ' ' + parse::nft::render(statement.right);
        return Go::On;
    case SKind::Xt:
        if (statement.text != "target")
            return maybe(frame, statement, "the dump does not hold the options of the iptables match " + statement.field);
        return effects(frame, statement);
    case SKind::Unknown: {
        const std::string text = parse::nft::render(statement);
        m_context.notes.warn(where(frame) + " has a statement that is not understood: " + text.substr(0, 160));
        return maybe(frame, statement, "not understood: " + text);
    }
    default: return effects(frame, statement);
    }
}

bool ChainRun::fork(Frame& frame)
{
    if (m_context.notes.spendFork())
        return true;
    finish(HookOutcome::Verdict::Undecidable, std::move(frame), "too many open questions");
    return false;
}

/// With what the packet is now, a later match of the rule surely fails, so that an unknown before it does not matter.
bool ChainRun::laterFails(const Frame& frame) const
{
    const Selector selector(m_table, frame.walk.packet, m_context);
    const auto& statements = rule(frame).statements;
    for (std::size_t i = frame.statement + 1; i < statements.size(); ++i) {
        const Statement& one = statements[i];
        std::string reason;
        switch (one.kind) {
        case SKind::Match:
            if (selector.matches(one, reason) == Tri::No)
                return true;
            break;
        case SKind::VerdictMap: {
            const auto key = selector.key(one.left);
            return !key || selector.lookup(one.right, *key).answer == Tri::No;
        }
        case SKind::Counter:
        case SKind::Passive:
        case SKind::Limit:
        case SKind::Quota: break;
        default: return false;
        }
    }
    return false;
}

/// The rest of the rule does something that matters.
bool ChainRun::laterActs(const Frame& frame) const
{
    const auto& statements = rule(frame).statements;
    return std::any_of(statements.begin() + static_cast<std::ptrdiff_t>(frame.statement), statements.end(), [](const Statement& one) {
        switch (one.kind) {
        case SKind::Match:
        case SKind::Counter:
        case SKind::Passive:
        case SKind::Limit:
        case SKind::Quota:
        case SKind::SetUpdate: return false;
        case SKind::Xt: return one.text == "target";
        default: return true;
        }
    });
}

/// It cannot be known whether the rule goes on: both ways are followed, if it matters.
ChainRun::Go ChainRun::maybe(Frame& frame, const Statement& statement, const std::string& reason)
{
    part(frame, statement, Tri::Unknown, reason);
    if (laterFails(frame))
        return Go::NextRule;
    frame.matched = Tri::Unknown;
    frame.reason = reason;
    if (!laterActs(frame))
        return Go::On;
    if (!fork(frame))
        return Go::Ended;
    Frame other = frame;
    TraceStep passed = step(other, Tri::Unknown, "assumed not to match");
    passed.reason = reason;
    other.walk.add(std::move(passed));
    other.walk.certain = frame.walk.certain = false;
    nextRule(other);
    m_open.push_back(std::move(other));
    return Go::On;
}

ChainRun::Go ChainRun::match(Frame& frame, const Statement& statement)
{
    const Expression* const random = randomIn(statement);
    std::string reason;
    if (!random || !canSettle(*random)) {
        const Tri answer = Selector(m_table, frame.walk.packet, m_context).matches(statement, reason);
        if (answer != Tri::Unknown)
            part(frame, statement, answer, {});
        switch (answer) {
        case Tri::Yes: return Go::On;
        case Tri::No: return Go::NextRule;
        case Tri::Unknown: return maybe(frame, statement, reason);
        }
        return Go::NextRule;
    }
    std::int64_t yes = 0;
    for (std::int64_t i = 0; i < random->number; ++i)
        switch (Selector(m_table, frame.walk.packet, m_context, {random, static_cast<std::uint64_t>(i)}).matches(statement, reason)) {
        case Tri::Yes: ++yes; break;
        case Tri::No: break;
        case Tri::Unknown: return maybe(frame, statement, reason);
        }
    if (yes == 0)
        return Go::NextRule;
    if (yes == random->number)
        return Go::On;
    if (!laterActs(frame)) {
        frame.matched = Tri::Unknown;
        frame.reason = "one time in so many";
        return Go::On;
    }
    if (laterFails(frame))
        return Go::NextRule;
    if (!fork(frame))
        return Go::Ended;
    const double share = static_cast<double>(yes) / static_cast<double>(random->number);
    Frame other = frame;
    frame.walk.probability *= share;
    other.walk.probability *= 1.0 - share;
    if (!isFair(*random)) {
        frame.walk.certain = other.walk.certain = false;
        frame.reason = parse::nft::render(*random) + " depends on what a dump does not hold";
    }
    nextRule(other);
    m_open.push_back(std::move(other));
    return Go::On;
}

/// Splits the way into one for each outcome of the statement's random number. False: the frame ended.
bool ChainRun::settle(Frame& frame, const Statement& statement)
{
    const Expression* const random = randomIn(statement);
    if (!random || frame.settled.of == random || !canSettle(*random))
        return true;
    const Expression* map = mapOfRandom(statement.left, *random);
    if (!map)
        map = mapOfRandom(statement.right, *random);
    const bool byVerdict = statement.kind == SKind::VerdictMap;
    // Numbers that lead to the same element are one way.
    std::map<std::int64_t, std::pair<std::uint64_t, std::int64_t>> ways;
    for (std::int64_t i = 0; i < random->number; ++i) {
        std::int64_t way = i;
        if (byVerdict || map) {
            const Selector selector(m_table, frame.walk.packet, m_context, {random, static_cast<std::uint64_t>(i)});
            const auto key = selector.key(byVerdict ? statement.left : map->items[0]);
            const auto found = key ? selector.lookup(byVerdict ? statement.right : map->items[1], *key) : SetIndex::Found {};
            way = found.answer == Tri::Yes ? static_cast<std::int64_t>(found.candidates.front()) : found.answer == Tri::No ? -1 : -2 - i;
        }
        auto& [first, count] = ways.try_emplace(way, static_cast<std::uint64_t>(i), 0).first->second;
        ++count;
    }
    if (!isFair(*random) && ways.size() > 1) {
        frame.walk.certain = false;
        frame.reason = parse::nft::render(*random) + " depends on what a dump does not hold";
    }
    const double total = static_cast<double>(random->number), before = frame.walk.probability;
    for (auto way = std::next(ways.begin()); way != ways.end(); ++way) {
        if (!fork(frame))
            return false;
        Frame other = frame;
        other.walk.probability = before * static_cast<double>(way->second.second) / total;
        other.settled = {random, way->second.first};
        m_open.push_back(std::move(other));
    }
    frame.walk.probability = before * static_cast<double>(ways.begin()->second.second) / total;
    frame.settled = {random, ways.begin()->second.first};
    return true;
}

ChainRun::Go ChainRun::verdictMap(Frame& frame, const Statement& statement)
{
    if (!settle(frame, statement))
        return Go::Ended;
    const Selector selector(m_table, frame.walk.packet, m_context, frame.settled);
    const auto key = selector.key(statement.left);
    if (!key) {
        part(frame, statement, Tri::No, {});
        return Go::NextRule;
    }
    const SetIndex::Found found = selector.lookup(statement.right, *key);
    part(frame, statement, found.answer, found.reason);
    const SetIndex* const set = m_table.set(statement.right);
    if (found.answer == Tri::No)
        return Go::NextRule;
    if (found.answer == Tri::Yes && set && set->data(found.candidates.front()))
        return verdict(frame, *set->data(found.candidates.front()));
    // Each verdict that may be meant, and none of them.
    if (!fork(frame))
        return Go::Ended;
    frame.matched = Tri::Unknown;
    frame.reason = found.reason;
    frame.walk.certain = false;
    Frame none = frame;
    TraceStep passed = step(none, Tri::Unknown, "assumed not to match");
    passed.reason = found.reason;
    none.walk.add(std::move(passed));
    nextRule(none);
    m_open.push_back(std::move(none));
    if (found.candidates.empty() || found.candidates.size() > SetIndex::maxCandidates || !set) {
        const std::string reason = "which element of " + parse::nft::render(statement.right).substr(0, 80) + " is meant is not known: " + found.reason;
        note(frame, "one of many verdicts");
        finish(HookOutcome::Verdict::Undecidable, std::move(frame), reason);
        return Go::Ended;
    }
    std::map<std::string, const Expression*> verdicts;
    for (const std::size_t one : found.candidates)
        if (const Expression* const data = set->data(one))
            verdicts.emplace(parse::nft::render(*data), data);
    for (const auto& [text, data] : verdicts) {
        if (!fork(frame))
            return Go::Ended;
        Frame other = frame;
        if (verdict(other, *data) == Go::Moved)
            m_open.push_back(std::move(other));
    }
    return Go::Ended;
}

ChainRun::Go ChainRun::verdict(Frame& frame, const Expression& verdict)
{
    using Verdict = HookOutcome::Verdict;
    if (!m_context.notes.spendRule()) {
        finish(Verdict::Undecidable, std::move(frame), "too many rules");
        return Go::Ended;
    }
    const std::string place = where(frame);
    const std::string& what = verdict.text;
    const bool jumps = what == "jump" || what == "goto";
    note(frame, jumps ? what + ' ' + verdict.field : what);
    if (what == "accept" || what == "drop") {
        finish(what == "accept" ? Verdict::Accept : Verdict::Drop, std::move(frame), what == "accept" ? std::string() : place);
        return Go::Ended;
    }
    if (what == "return")
        return leave(frame) ? Go::Moved : Go::Ended;
    if (what == "continue") {
        nextRule(frame);
        return Go::Moved;
    }
    const int target = jumps ? m_table.chain(verdict.field) : -1;
    const bool circle = std::find(frame.path.begin(), frame.path.end(), target) != frame.path.end();
    if (target < 0 || circle || frame.returns.size() >= maxJumps || frame.walk.steps.size() > maxSteps) {
        finish(Verdict::Undecidable, std::move(frame),
               place + (!jumps ? ": the verdict " + what + " is not understood"
                               : target < 0 ? ": the chain " + verdict.field + " is not in the dump" : ": the chains jump in a circle"));
        return Go::Ended;
    }
    const Position after {frame.at.chain, frame.at.rule + 1};
    nextRule(frame);
    if (what == "jump")
        frame.returns.push_back({after.chain, after.rule, frame.path.size()});
    frame.path.push_back(target);
    frame.at = {target, 0};
    return Go::Moved;
}

ChainRun::Go ChainRun::effects(Frame& frame, const Statement& statement)
{
    if (!settle(frame, statement))
        return Go::Ended;
    auto all = applyStatement(statement, m_table, frame.walk.packet, m_context, frame.settled);
    for (std::size_t i = all.size(); i-- > 1;) {
        if (!fork(frame))
            return Go::Ended;
        Frame other = frame;
        const Go go = apply(other, all[i]);
        if (go == Go::Ended)
            continue;
        if (go == Go::NextRule) {
            passOver(other);
            nextRule(other);
        } else {
            ++other.statement;
            other.settled = {};
        }
        m_open.push_back(std::move(other));
    }
    return apply(frame, all.front());
}

ChainRun::Go ChainRun::apply(Frame& frame, Effect& effect)
{
    using Verdict = HookOutcome::Verdict;
    if (effect.changed && !frame.before)
        frame.before = frame.walk.packet.shown();
    frame.walk.packet = std::move(effect.packet);
    frame.walk.probability *= effect.share;
    frame.walk.certain = frame.walk.certain && effect.certain;
    if (!effect.reason.empty())
        frame.reason = effect.reason;
    if (!effect.action.empty())
        frame.done += (frame.done.empty() ? "" : ", ") + effect.action;
    if (effect.next == Effect::Next::Go)
        return Go::On;
    if (effect.next == Effect::Next::Break)
        return Go::NextRule;
    const std::string place = where(frame);
    if (!m_context.notes.spendRule()) {
        finish(Verdict::Undecidable, std::move(frame), "too many rules");
        return Go::Ended;
    }
    note(frame, {});
    switch (effect.next) {
    case Effect::Next::Accept: finish(Verdict::Accept, std::move(frame), {}); break;
    case Effect::Next::Drop: finish(Verdict::Drop, std::move(frame), place); break;
    case Effect::Next::Reject: finish(Verdict::Reject, std::move(frame), place + ": " + effect.reason); break;
    case Effect::Next::Queue: finish(Verdict::Queue, std::move(frame), place); break;
    default: finish(Verdict::Undecidable, std::move(frame), place + ": " + effect.reason); break;
    }
    return Go::Ended;
}

} // namespace medic::netfilter::nftables
