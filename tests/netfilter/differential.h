// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "random_case.h"

namespace judge {

struct Tally {
    std::size_t rulesets = 0, refused = 0, pairs = 0, replies = 0, laters = 0, errors = 0, undecided = 0, differences = 0;
    std::map<std::string, std::size_t> ends;
    [[nodiscard]] std::string text() const
    {
        std::string result = std::to_string(pairs) + " pairs (" + std::to_string(replies) + " answers, " + std::to_string(laters)
            + " later packets, " + std::to_string(errors) + " ICMP errors) over " + std::to_string(rulesets) + " rulesets (" + std::to_string(refused)
            + " more were refused), " + std::to_string(undecided) + " with an unknown, " + std::to_string(differences)
            + " differences; ends:";
        for (const auto& [name, count] : ends)
            result += ' ' + name + ' ' + std::to_string(count);
        return result;
    }
};

struct Comparison {
    std::string difference; ///< empty: they agree
    std::string error; ///< the case could not be tried
    std::size_t pairs = 0, replies = 0, laters = 0, errors = 0, undecided = 0;
    std::string end;
};

inline RuleCounts countsOf(const TraceBranch& branch)
{
    RuleCounts rules;
    for (const auto& step : branch.steps)
        // "continue": a rule that only counts, and that may or may not have matched
        if (step.rule > 0 && step.action != "continue" && step.matched != Tri::No && step.action != "assumed not to match")
            ++rules[{step.backend, step.table, step.chain, step.rule}];
    return rules;
}

/// Rules that only count and that match by chance: the kernel may have counted them or not.
inline RuleCounts byChance(const TraceBranch& branch)
{
    RuleCounts rules;
    for (const auto& step : branch.steps)
        if (step.rule > 0 && step.action == "continue")
            ++rules[{step.backend, step.table, step.chain, step.rule}];
    return rules;
}

inline bool within(const RuleCounts& some, const RuleCounts& all)
{
    for (const auto& [key, count] : some) {
        const auto found = all.find(key);
        if (found == all.end() || found->second < count)
            return false;
    }
    return true;
}

inline bool sameEnd(const TraceBranch& branch, const Observed& seen, bool icmp)
{
    switch (branch.disposition) {
    case Disposition::Dropped:
    case Disposition::Martian: return seen.end == Observed::End::Nowhere && !seen.refused;
    case Disposition::NoRoute: return seen.end == Observed::End::Nowhere;
    case Disposition::Rejected: return seen.end == Observed::End::Nowhere && seen.refused;
    case Disposition::Queued: return seen.end == Observed::End::Nowhere;
    case Disposition::Undecidable: return true;
    case Disposition::Delivered:
        if (seen.end != Observed::End::Delivered)
            return false;
        break;
    case Disposition::Forwarded:
        if (seen.end != Observed::End::Forwarded)
            return false;
        break;
    }
    const TracePacket& ours = branch.packet;
    const bool addresses = ours.src == seen.packet.src.text() && ours.dst == seen.packet.dst.text()
        && (icmp || (ours.dport == seen.packet.dport && (ours.sportRandom || ours.sport == seen.packet.sport)));
    if (!addresses || seen.onlyAtEndpoint)
        return addresses;
    return ours.mark == seen.mark && (branch.disposition == Disposition::Forwarded ? ours.out == seen.out : ours.in == seen.in);
}

inline std::string shownBranches(const std::vector<TraceBranch>& branches)
{
    std::string text;
    for (const auto& one : branches)
        text += "\n    " + std::string(dispositionName(one.disposition)) + ' ' + one.packet.src + ',' + std::to_string(one.packet.sport)
            + " > " + one.packet.dst + ',' + std::to_string(one.packet.dport) + " mark " + std::to_string(one.packet.mark) + " in "
            + one.packet.in + " out " + one.packet.out + (one.reason.empty() ? "" : " (" + one.reason + ')') + shown(countsOf(one));
    return text;
}

/// The branch that the kernel took; null when it is none of ours.
inline const TraceBranch* takenBranch(const std::vector<TraceBranch>& branches, const Observed& seen, bool bothBackends, bool icmp)
{
    for (const auto& branch : branches) {
        if (!sameEnd(branch, seen, icmp))
            continue;
        const RuleCounts ours = countsOf(branch);
        RuleCounts most = ours;
        for (const auto& [key, count] : byChance(branch))
            most[key] += count;
        // With two backends the order at one priority is not in the dump: which of their rules were met first, and
        // whether what comes behind a DROP or a binding was met at all, is not compared; the end is.
        if (bothBackends || (within(seen.counts, most) && within(ours, seen.counts)))
            return &branch;
    }
    return nullptr;
}

inline bool arrivesSomewhere(const std::vector<TraceBranch>& branches)
{
    return std::any_of(branches.begin(), branches.end(), [](const auto& one) {
        return one.disposition == Disposition::Delivered || one.disposition == Disposition::Forwarded;
    });
}

/// Who is asked in the tracer's stead; with the flows that conntrack holds, where they are told.
using Ask = std::function<Trace(const PacketQuery& query, const std::string* entries)>;

class Comparer {
public:
    Comparer(Lab& lab, const Case& what, const NodeState& state, Ask ask = {})
        : m_lab(lab), m_case(what), m_state(state), m_tracer(state), m_ask(std::move(ask)), m_both(what.rules.size() > 1),
          m_icmp(what.packet.protocol == proto::icmp || what.packet.protocol == proto::icmp6)
    {
    }

    Comparison run()
    {
        m_lab.flush();
        PacketQuery query = queryFor(m_case, m_case.packet, m_case.anySource);
        query.mark = m_case.mark;
        query.reply = true;
        const Trace trace = asked(query);
        checkShares(trace);
        const Observed seen = observe(m_case, m_case.packet, m_case.anySource, m_case.mark, trace.branches, m_icmp);
        ++m_result.pairs;
        const TraceBranch* const taken = takenBranch(trace.branches, seen, m_both, m_icmp);
        if (!taken) {
            differ("the packet", seen, trace.branches);
            return m_result;
        }
        m_result.undecided += taken->certain ? 0 : 1;
        m_result.end = dispositionName(taken->disposition);
        if (seen.end == Observed::End::Nowhere || seen.onlyAtEndpoint || !m_result.difference.empty() || m_case.state != Conntrack::State::New)
            return m_result;
        if (m_case.packet.sport % 3 == 0 && !m_ask) // a command line names no ICMP type
            errorAbout(seen);
        if (m_result.difference.empty())
            answer(*taken, seen);
        return m_result;
    }

private:
    [[nodiscard]] Trace asked(const PacketQuery& query, const std::string* entries = nullptr) const
    {
        if (m_ask)
            return m_ask(query, entries);
        if (!entries)
            return m_tracer.trace(query);
        NodeState withEntries = m_state;
        (void)withEntries.setPart("conntrack-L.txt", std::make_shared<const std::string>(*entries));
        return PacketTracer(withEntries).trace(query);
    }

    static PacketQuery queryFor(const Case& what, const Packet& packet, bool anySource)
    {
        PacketQuery query {.dst = packet.dst, .protocol = packet.protocol};
        if (!anySource)
            query.src = packet.src;
        if (packet.protocol == proto::icmp || packet.protocol == proto::icmp6) {
            query.icmpType = packet.icmpType;
            query.icmpCode = packet.icmpCode;
        } else {
            query.sport = packet.sport;
            query.dport = packet.dport;
        }
        query.in = Lab::deviceOf(what.place);
        query.state = what.state;
        return query;
    }

    Observed observe(const Case& what, const Packet& packet, bool anySource, std::uint32_t mark, const std::vector<TraceBranch>& branches,
                     bool icmp)
    {
        const auto named = [this](Observed& seen) {
            if (m_randomPort != 0 && seen.packet.dport == m_randomPort)
                seen.packet.dport = m_nominalPort;
        };
        Observed seen = m_lab.send(what, packet, anySource, mark, arrivesSomewhere(branches));
        named(seen);
        if (!takenBranch(branches, seen, m_both, icmp)) {
            m_lab.more(seen);
            named(seen);
        }
        return seen;
    }

    void differ(const std::string& of, const Observed& seen, const std::vector<TraceBranch>& branches)
    {
        m_result.difference = of + "\n  kernel: " + seen.text() + "\n  ours:" + shownBranches(branches);
    }

    void checkShares(const Trace& trace)
    {
        double sum = 0;
        bool certain = true;
        for (const auto& branch : trace.branches) {
            sum += branch.probability;
            certain = certain && branch.certain;
        }
        if (certain && std::abs(sum - 1.0) > 1e-6)
            m_result.difference = "the shares add up to " + std::to_string(sum);
    }

    [[nodiscard]] bool mentions(const char* word) const
    {
        for (const auto& [tool, lines] : m_case.rules)
            for (const auto& line : lines)
                if (line.find(word) != std::string::npos)
                    return true;
        return false;
    }

    /// "Host unreachable" from where the packet went: related to its flow. What a trace does not know of it (the flow's
    /// mark, its translation, its zone) is left out.
    void errorAbout(const Observed& seen)
    {
        const Packet& sent = m_case.packet;
        if (m_icmp || m_case.anySource || seen.end != Observed::End::Forwarded || seen.packet.src != sent.src || seen.packet.dst != sent.dst
            || seen.packet.sport != sent.sport || seen.packet.dport != sent.dport || sent.src.isLoopback() || mentions("onnmark") || mentions("CONNMARK")
            || mentions(" CT ") || mentions("NOTRACK"))
            return;
        if (m_lab.entries().find("sport=" + std::to_string(sent.sport)) == std::string::npos)
            return; // not tracked
        Case back = m_case;
        back.place = Lab::placeBehind(seen.out, seen.packet.dst);
        back.state = Conntrack::State::Related;
        back.packet = {};
        back.packet.src = sent.dst;
        back.packet.dst = sent.src;
        const bool v6 = sent.dst.isV6();
        back.packet.protocol = v6 ? proto::icmp6 : proto::icmp;
        back.packet.icmpType = v6 ? 1 : 3;
        back.packet.icmpCode = v6 ? 3 : 1;
        back.packet.inner = wholePacket(seen.packet);
        const Trace trace = asked(queryFor(back, back.packet, false));
        const Observed error = observe(back, back.packet, false, 0, trace.branches, true);
        ++m_result.errors;
        if (!takenBranch(trace.branches, error, m_both, true))
            differ("an ICMP error about it, from " + back.place, error, trace.branches);
    }

    /// The receiver's answer, and after it another packet of the same flow.
    void answer(const TraceBranch& taken, const Observed& seen)
    {
        Case back = m_case;
        back.place = seen.end == Observed::End::Delivered ? "node" : Lab::placeBehind(seen.out, seen.packet.dst);
        back.anySource = false;
        Packet& packet = back.packet;
        packet = seen.packet;
        std::swap(packet.src, packet.dst);
        std::swap(packet.sport, packet.dport);
        if (m_icmp) {
            std::swap(packet.sport, packet.dport);
            packet.icmpType = packet.protocol == proto::icmp ? 0 : 129;
        }
        packet.tcpFlags = 0x12;
        packet.seq = 5000;
        packet.ack = seen.packet.seq + 1;
        if (packet.protocol == proto::sctp || packet.src == packet.dst || packet.dst.isLoopback() || (packet.src.isLoopback() && back.place != "node"))
            return; // SCTP's handshake is not played; from loopback nothing comes by wire
        if (back.place == "node" && seen.end == Observed::End::Forwarded)
            return; // nobody of the lab lies behind that device
        if (taken.packet.sportRandom) { // an answer that nobody translates back keeps the port that the kernel picked
            m_randomPort = seen.packet.sport;
            m_nominalPort = taken.packet.sport;
        }
        const Observed reply = observe(back, packet, false, 0, taken.replies, m_icmp);
        m_randomPort = 0;
        ++m_result.replies;
        const TraceBranch* const way = takenBranch(taken.replies, reply, m_both, m_icmp);
        if (!way)
            return differ("the answer of " + back.place, reply, taken.replies);
        if (reply.end == Observed::End::Nowhere || m_case.place == "node" || m_icmp)
            return;
        Packet again = m_case.packet;
        again.tcpFlags = 0x10;
        again.seq = 1001;
        again.ack = 5001;
        PacketQuery query = queryFor(m_case, again, false);
        query.state = Conntrack::State::Established;
        const std::string entries = m_lab.entries();
        if (entries.find("[UNREPLIED]") != std::string::npos || entries.find("sport=" + std::to_string(m_case.packet.sport) + ' ') == std::string::npos)
            return; // one of the two was not tracked: the flow is not established
        const Trace later = asked(query, &entries);
        const Observed third = observe(m_case, again, false, 0, later.branches, m_icmp);
        ++m_result.laters;
        if (!takenBranch(later.branches, third, m_both, m_icmp))
            return differ("a later packet, with the dump of conntrack", third, later.branches);
        const Trace without = asked(query);
        if (!takenBranch(without.branches, third, m_both, m_icmp))
            differ("a later packet, without a dump of conntrack", third, without.branches);
    }

    Lab& m_lab;
    const Case& m_case;
    const NodeState& m_state;
    const PacketTracer m_tracer;
    const Ask m_ask;
    const bool m_both, m_icmp;
    std::uint16_t m_randomPort = 0, m_nominalPort = 0; ///< of the answer in question
    Comparison m_result;
};

/// Loads the case's rules and compares its packet.
inline Comparison compareWhole(Lab& lab, const Case& what)
{
    if (const std::string error = lab.load(what); !error.empty())
        return {.error = error};
    const NodeState state = lab.dump();
    Comparison result;
    for (int attempt = 0; attempt < 3; ++attempt) { // noise does not come three times
        result = Comparer(lab, what, state).run();
        if (result.difference.empty())
            break;
    }
    return result;
}

/// Takes away what is not needed for the difference.
inline Case shrunk(Lab& lab, Case what, std::string& difference)
{
    const auto still = [&](const Case& smaller) {
        const Comparison result = compareWhole(lab, smaller);
        if (result.difference.empty())
            return false;
        difference = result.difference;
        return true;
    };
    for (std::size_t i = what.setup.size(); i-- > 0;) {
        Case smaller = what;
        smaller.setup.erase(smaller.setup.begin() + static_cast<std::ptrdiff_t>(i));
        if (still(smaller))
            what = smaller;
    }
    const auto tools = what.rules;
    for (const auto& [tool, lines] : tools) {
        if (what.rules.size() > 1) {
            Case smaller = what;
            smaller.rules.erase(tool);
            if (still(smaller)) {
                what = smaller;
                continue;
            }
        }
        for (std::size_t size = lines.size() / 4 + 1; size > 0; size /= 2) {
            for (std::size_t i = what.rules[tool].size(); i-- > 0;) {
                Case smaller = what;
                auto& list = smaller.rules[tool];
                if (!list[i].starts_with("-A") || i + 1 < size)
                    continue;
                const auto end = list.begin() + static_cast<std::ptrdiff_t>(i) + 1;
                list.erase(std::remove_if(end - static_cast<std::ptrdiff_t>(size), end, [](const auto& line) { return line.starts_with("-A"); }), end);
                if (still(smaller))
                    what = smaller;
                i = std::min(i, what.rules[tool].size());
            }
        }
        std::string used;
        for (const auto& line : what.rules[tool])
            if (line.starts_with("-A"))
                used += line + ' ';
        Case smaller = what;
        std::erase_if(smaller.rules[tool], [&](const std::string& line) {
            return line.starts_with(':') && line.find(" - ") != std::string::npos
                && used.find(' ' + line.substr(1, line.find(' ') - 1) + ' ') == std::string::npos;
        });
        if (still(smaller))
            what = smaller;
    }
    still(what);
    return what;
}

/// One ruleset with a dozen packets.
inline void runSeed(Lab& lab, std::uint64_t seed, Tally& tally)
{
    CaseMaker maker(seed);
    Case what = maker.ruleset();
    if (const std::string error = lab.load(what); !error.empty()) {
        ++tally.refused;
        if (qEnvironmentVariableIsSet("MEDIC_VERBOSE"))
            qInfo("seed %llu: %s", static_cast<unsigned long long>(seed), error.c_str());
        return;
    }
    ++tally.rulesets;
    const NodeState state = lab.dump();
    for (int i = 0; i < 12; ++i) {
        maker.packetFor(what);
        Comparison result;
        for (int attempt = 0; attempt < 3; ++attempt) {
            result = Comparer(lab, what, state).run();
            if (result.difference.empty())
                break;
            maker.freshPort(what);
        }
        tally.pairs += result.pairs + result.replies + result.laters + result.errors;
        tally.errors += result.errors;
        tally.replies += result.replies;
        tally.laters += result.laters;
        tally.undecided += result.undecided;
        ++tally.ends[result.end.empty() ? "different" : result.end];
        if (result.difference.empty())
            continue;
        ++tally.differences;
        std::string difference = result.difference;
        const Case small = shrunk(lab, what, difference);
        qInfo("DIFFERENCE, seed %llu packet %d: %s\n%s", static_cast<unsigned long long>(seed), i, difference.c_str(),
              small.text().c_str());
        if (!lab.load(what).empty())
            return;
    }
}

} // namespace judge
