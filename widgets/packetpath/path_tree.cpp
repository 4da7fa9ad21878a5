// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/path_tree.h"

#include <algorithm>
#include <map>

namespace medic::packetpath {

namespace {

constexpr std::size_t shownOfMany = 8, manyFrom = 12; ///< ways of one fork

bool sameStep(const TraceStep& a, const TraceStep& b)
{
    return a.line == b.line && a.rule == b.rule && a.matched == b.matched && a.hook == b.hook && a.chain == b.chain
        && a.table == b.table && a.backend == b.backend && a.action == b.action && a.text == b.text && a.before == b.before
        && a.after == b.after;
}

/// A branch with the rules that did not match put aside, each to the row that follows them.
struct Way {
    const TraceBranch* branch = nullptr;
    int index = 0;
    std::vector<const TraceStep*> steps;
    std::vector<std::vector<const TraceStep*>> passed; ///< before each step
};

Way wayOf(const TraceBranch& branch, int index)
{
    Way way {&branch, index, {}, {}};
    std::vector<const TraceStep*> passed;
    for (const TraceStep& step : branch.steps) {
        if (step.matched == Tri::No) {
            passed.push_back(&step);
            continue;
        }
        way.steps.push_back(&step);
        way.passed.push_back(std::move(passed));
        passed.clear();
    }
    return way;
}

class Builder {
public:
    Builder(PathTree& tree, Folding folding) : m_tree(tree), m_folding(folding) { }

    int build(const std::vector<Way>& ways) { return part(ways, 0, -1, Fork::None, {}); }

private:
    struct Nesting {
        std::string hook, table, chain;
    };

    static double sum(const std::vector<Way>& ways)
    {
        double total = 0;
        for (const Way& way : ways)
            total += way.branch->probability;
        return total;
    }

    /// The part that begins at step `at` of all these ways, which agree in everything before.
    int part(const std::vector<Way>& ways, std::size_t at, int parent, Fork fork, std::vector<Nesting> nesting)
    {
        const int self = static_cast<int>(m_tree.parts.size());
        m_tree.parts.emplace_back();
        TreePart made;
        made.parent = parent;
        made.fork = fork;
        made.probability = sum(ways);
        made.certain = std::all_of(ways.begin(), ways.end(), [](const Way& way) { return way.branch->certain; });
        if (parent >= 0) {
            const auto& above = m_tree.parts[static_cast<std::size_t>(parent)];
            made.share = above.probability > 0 ? made.probability / above.probability : 1.0;
            made.hook = above.hook;
        }
        bool begun = false;
        while (common(ways, at)) {
            const TraceStep& step = *ways.front().steps[at];
            if (begun && step.hook != made.hook)
                break;
            made.hook = step.hook;
            begun = true;
            addRow(made, ways.front(), at, nesting);
            ++at;
        }
        const bool ends = ways.size() == 1 && at == ways.front().steps.size();
        if (ends) {
            const TraceBranch& branch = *ways.front().branch;
            made.branch = ways.front().index;
            made.end = branch.disposition;
            made.reason = branch.reason;
            made.packet = branch.packet;
        }
        m_tree.parts[static_cast<std::size_t>(self)] = std::move(made);
        if (!ends)
            forks(ways, at, self, nesting);
        return self;
    }

    static bool common(const std::vector<Way>& ways, std::size_t at)
    {
        return std::all_of(ways.begin(), ways.end(), [&](const Way& way) {
            return at < way.steps.size() && sameStep(*way.steps[at], *ways.front().steps[at]);
        });
    }

    static void addRow(TreePart& part, const Way& way, std::size_t at, std::vector<Nesting>& nesting)
    {
        const TraceStep& step = *way.steps[at];
        if (part.cards.empty() || part.cards.back().chain != step.chain || part.cards.back().table != step.table
            || part.cards.back().backend != step.backend || step.chain.empty()) {
            if (!nesting.empty() && (nesting.front().hook != step.hook || nesting.front().table != step.table))
                nesting.clear();
            const auto known = std::find_if(nesting.begin(), nesting.end(), [&](const Nesting& one) { return one.chain == step.chain; });
            nesting.erase(known, nesting.end());
            TreeCard card {step.hook, step.table, step.chain, step.backend, static_cast<int>(nesting.size()), step.owner, {}};
            nesting.push_back({step.hook, step.table, step.chain});
            part.cards.push_back(std::move(card));
        }
        TreeRow row {step, {}};
        for (const TraceStep* passed : way.passed[at])
            if (passed->chain == step.chain && passed->table == step.table)
                row.passed.push_back(*passed);
        part.cards.back().rows.push_back(std::move(row));
    }

    void forks(const std::vector<Way>& ways, std::size_t at, int parent, const std::vector<Nesting>& nesting)
    {
        std::vector<std::vector<Way>> groups;
        for (const Way& way : ways) {
            const auto same = std::find_if(groups.begin(), groups.end(), [&](const std::vector<Way>& group) {
                const Way& first = group.front();
                if (at >= way.steps.size() || at >= first.steps.size())
                    return false; // two ways that end here are two ends
                return sameStep(*way.steps[at], *first.steps[at]);
            });
            if (same == groups.end())
                groups.push_back({way});
            else
                same->push_back(way);
        }
        std::vector<std::vector<Way>> folded;
        if (m_folding == Folding::Few && groups.size() > manyFrom)
            folded = fold(groups);
        for (const auto& group : groups) {
            const int child = part(group, at, parent, groups.size() == 1 ? Fork::None : why(group, at), nesting);
            m_tree.parts[static_cast<std::size_t>(parent)].children.push_back(child);
        }
        for (const auto& group : folded)
            summary(group, parent);
    }

    static Fork why(const std::vector<Way>& group, std::size_t at)
    {
        const Way& way = group.front();
        if (at < way.steps.size() && way.steps[at]->matched == Tri::Unknown)
            return way.steps[at]->action == "assumed not to match" ? Fork::IfItDoesNot : Fork::IfItMatches;
        return way.branch->certain ? Fork::Share : Fork::EitherWay;
    }

    /// Takes most ways of each kind out of `groups`, and gives them back kind by kind. A kind is how they end.
    static std::vector<std::vector<Way>> fold(std::vector<std::vector<Way>>& groups)
    {
        std::map<Disposition, std::size_t> kinds;
        for (const auto& group : groups)
            ++kinds[group.front().branch->disposition];
        const std::size_t each = std::max<std::size_t>(2, shownOfMany / kinds.size());
        std::map<Disposition, std::size_t> kept;
        std::map<Disposition, std::vector<Way>> rest;
        std::vector<std::vector<Way>> shown;
        for (auto& group : groups) {
            const Disposition kind = group.front().branch->disposition;
            if (++kept[kind] <= each || kinds[kind] <= each + 1) {
                shown.push_back(std::move(group));
                continue;
            }
            auto& into = rest[kind];
            into.insert(into.end(), group.begin(), group.end());
        }
        groups = std::move(shown);
        std::vector<std::vector<Way>> result;
        for (auto& [kind, ways] : rest)
            result.push_back(std::move(ways));
        return result;
    }

    void summary(const std::vector<Way>& ways, int parent)
    {
        TreePart made;
        const auto& above = m_tree.parts[static_cast<std::size_t>(parent)];
        made.parent = parent;
        made.hook = above.hook;
        made.fork = Fork::Share;
        made.probability = sum(ways);
        made.share = above.probability > 0 ? made.probability / above.probability : 1.0;
        made.folded = static_cast<int>(ways.size());
        made.end = ways.front().branch->disposition;
        made.certain = ways.front().branch->certain;
        const int self = static_cast<int>(m_tree.parts.size());
        m_tree.parts.push_back(std::move(made));
        m_tree.parts[static_cast<std::size_t>(parent)].children.push_back(self);
    }

    PathTree& m_tree;
    Folding m_folding;
};

std::vector<Way> waysOf(const std::vector<TraceBranch>& branches)
{
    std::vector<Way> ways;
    for (std::size_t i = 0; i < branches.size(); ++i)
        ways.push_back(wayOf(branches[i], static_cast<int>(i)));
    return ways;
}

TracePacket reversed(const TracePacket& packet)
{
    TracePacket back;
    back.src = packet.dst;
    back.dst = packet.src;
    back.sport = packet.dport;
    back.dport = packet.sport;
    back.protocol = packet.protocol;
    return back;
}

} // namespace

bool arrives(Disposition disposition)
{
    return disposition == Disposition::Delivered || disposition == Disposition::Forwarded;
}

std::string_view hookOnly(std::string_view hook) { return hook.substr(0, hook.find('@')); }

std::string_view nodeOfHook(std::string_view hook)
{
    const auto at = hook.find('@');
    return at == std::string_view::npos ? std::string_view() : hook.substr(at + 1);
}

PathTree requestTree(const Trace& trace, Folding folding)
{
    PathTree tree;
    tree.ways = static_cast<int>(trace.branches.size());
    const auto ways = waysOf(trace.branches);
    if (!ways.empty())
        tree.starts.push_back({trace.packet, Builder(tree, folding).build(ways), 1.0, -1});
    return tree;
}

PathTree replyTree(const Trace& trace, Folding folding)
{
    PathTree tree;
    for (std::size_t i = 0; i < trace.branches.size(); ++i) {
        const TraceBranch& branch = trace.branches[i];
        if (branch.replies.empty())
            continue;
        tree.ways += static_cast<int>(branch.replies.size());
        if (folding == Folding::Few && tree.starts.size() >= manyFrom)
            continue;
        const int part = Builder(tree, folding).build(waysOf(branch.replies));
        tree.starts.push_back({reversed(branch.packet), part, branch.probability, static_cast<int>(i)});
    }
    return tree;
}

} // namespace medic::packetpath
