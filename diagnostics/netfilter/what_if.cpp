// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/netfilter/what_if.h"

#include "diagnostics/netfilter/conflict_rules.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace medic::netfilter {

namespace {

using iptables::Chain;
using iptables::IptablesSave;
using iptables::Table;
using SavePart = Part<IptablesSave>;

tl::unexpected<Error> refused(const std::string& where, std::string why) { return failure(ErrorCode::BadValue, where, std::move(why)); }

std::string nameOf(const RulePlace& place)
{
    return place.table + ' ' + place.chain + (place.rule > 0 ? " rule " + std::to_string(place.rule) : "");
}

std::string shellQuoted(std::string_view word)
{
    std::string result = "'";
    for (const char c : word)
        result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + '\'';
}

bool oneLine(std::string_view text)
{
    return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// A rule's specification without "-A CHAIN", every word quoted for a shell.
std::string shellWords(std::string_view text)
{
    std::string result;
    for (const std::string& word : ruleWords(text)) {
        const bool plain = !word.empty() && word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,+%@=") == std::string::npos;
        result += (result.empty() ? "" : " ") + (plain || word == "!" ? word : shellQuoted(word));
    }
    return result;
}

std::string specificationOf(std::string_view ruleText)
{
    if (!ruleText.starts_with("-A "))
        return std::string(ruleText);
    const auto rest = ruleText.substr(3);
    const auto blank = rest.find(' ');
    return std::string(blank == std::string_view::npos ? std::string_view() : rest.substr(blank + 1));
}

class Changer {
public:
    explicit Changer(const NodeState& state) { m_result.state = state; }

    Result<void> operator()(const DisableRule& change)
    {
        auto found = find(change.place);
        if (!found)
            return tl::unexpected(found.error());
        if (auto done = editLines(change.place, [&](std::vector<std::string>& lines) { lines[found->line - 1] = "# disabled: " + lines[found->line - 1]; }, -1); !done)
            return done;
        command(change.place, "-D", change.place.rule, {});
        return {};
    }

    Result<void> operator()(const MoveRule& change)
    {
        auto found = find(change.place);
        if (!found)
            return tl::unexpected(found.error());
        const int count = static_cast<int>(found->chain->rules.size());
        if (change.to < 1 || change.to > count)
            return refused(nameOf(change.place), "expected a place from 1 to " + std::to_string(count));
        const std::string rule = specificationOf(found->rule->text);
        if (auto done = (*this)(DisableRule {change.place}); !done)
            return done;
        RulePlace to = change.place;
        to.rule = change.to;
        return (*this)(InsertRule {to, rule});
    }

    Result<void> operator()(const InsertRule& change)
    {
        const RulePlace& place = change.place;
        if (change.rule.empty() || !oneLine(change.rule))
            return refused(nameOf(place), "expected one rule in one line");
        auto chain = findChain(place);
        if (!chain)
            return tl::unexpected(chain.error());
        const int count = static_cast<int>((*chain)->rules.size());
        if (place.rule < 1 || place.rule > count + 1)
            return refused(nameOf(place), "expected a place from 1 to " + std::to_string(count + 1));
        const std::string line = "-A " + place.chain + ' ' + change.rule;
        const std::size_t at = count == 0 ? endOfTable(place) : place.rule <= count ? (*chain)->rules[static_cast<std::size_t>(place.rule) - 1].line
                                                                                   : (*chain)->rules.back().line + 1U;
        if (auto done = editLines(place, [&](std::vector<std::string>& lines) {
                lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(std::min(at - 1, lines.size())), line);
            }, 1); !done)
            return done;
        command(place, "-I", place.rule, change.rule);
        return {};
    }

    Result<void> operator()(const EditRule& change)
    {
        auto found = find(change.place);
        if (!found)
            return tl::unexpected(found.error());
        if (change.rule.empty() || !oneLine(change.rule))
            return refused(nameOf(change.place), "expected one rule in one line");
        if (auto done = editLines(change.place, [&](std::vector<std::string>& lines) { lines[found->line - 1] = "-A " + change.place.chain + ' ' + change.rule; }, 0); !done)
            return done;
        command(change.place, "-R", change.place.rule, change.rule);
        return {};
    }

    Result<void> operator()(const SetSysctl& change)
    {
        if (!m_result.state.sysctls)
            return refused(change.name, "the sysctls were not collected");
        if (change.name.empty() || change.name.find_first_of(" =") != std::string::npos || !oneLine(change.name) || !oneLine(change.value))
            return refused(change.name, "expected a name as in net.ipv4.ip_forward");
        std::string text;
        for (const auto& [name, value] : m_result.state.sysctls->all())
            if (name != change.name)
                text += name + " = " + value + '\n';
        text += change.name + " = " + change.value + '\n';
        m_result.state.sysctls = std::make_shared<const Sysctls>(Sysctls::parse(text));
        m_result.commands.push_back("sysctl -w " + shellQuoted(change.name + '=' + change.value));
        return {};
    }

    Result<void> operator()(const AddHostPort& change)
    {
        const std::string name = "hostPort " + change.protocol + ' ' + std::to_string(change.port);
        if ((change.protocol != "tcp" && change.protocol != "udp" && change.protocol != "sctp") || change.port == 0)
            return refused(name, "expected tcp, udp or sctp and a port");
        const auto colon = change.pod.rfind(':');
        const auto address = IpAddress::parse(std::string_view(change.pod).substr(0, colon));
        if (colon == std::string::npos || !address || !address->isV4() || change.pod.find_first_not_of("0123456789", colon + 1) != std::string::npos)
            return refused(name, "expected the Pod as in 10.244.0.12:8443");
        const auto backend = backendOf("KUBE-SERVICES");
        if (backend.empty())
            return refused(name, "no nat table with KUBE-SERVICES was collected");
        const auto place = [&](const std::string& chain) { return RulePlace {.v6 = false, .backend = backend, .table = "nat", .chain = chain, .rule = 0}; };
        if (!findChain(place("CNI-HOSTPORT-DNAT"))) {
            if (auto made = newChain(place("CNI-HOSTPORT-DNAT")); !made)
                return made;
            for (const char* chain : {"PREROUTING", "OUTPUT"})
                if (auto done = append(place(chain), "-m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT"); !done)
                    return done;
        }
        const std::string port = std::to_string(change.port), own = "CNI-DN-WHATIF-" + change.protocol + '-' + port;
        if (auto made = newChain(place(own)); !made)
            return made;
        if (auto done = append(place(own), "-p " + change.protocol + " -m " + change.protocol + " --dport " + port + " -j DNAT --to-destination " + change.pod); !done)
            return done;
        return append(place("CNI-HOSTPORT-DNAT"), "-p " + change.protocol + " -m multiport --dports " + port + " -j " + own);
    }

    Result<void> operator()(const RemoveHostPort& change)
    {
        const std::string name = "hostPort " + change.protocol + ' ' + std::to_string(change.port);
        const auto protocol = protocolNumber(change.protocol);
        for (const bool v6 : {false, true})
            for (const char* backend : {"legacy", "nft-compat"}) {
                RulePlace place {.v6 = v6, .backend = backend, .table = "nat", .chain = "CNI-HOSTPORT-DNAT", .rule = 0};
                const auto chain = findChain(place);
                if (!chain)
                    continue;
                for (std::size_t i = 0; i < (*chain)->rules.size(); ++i)
                    if (protocol && takesPort((*chain)->rules[i], *protocol, change.port)) {
                        place.rule = static_cast<int>(i) + 1;
                        return (*this)(DisableRule {place});
                    }
            }
        return refused(name, "CNI-HOSTPORT-DNAT has no rule for it");
    }

    Changed take() { return std::move(m_result); }

private:
    struct Found {
        const Chain* chain = nullptr;
        const iptables::Rule* rule = nullptr;
        std::size_t line = 0;
    };

    SavePart& save(const RulePlace& place)
    {
        NodeState& state = m_result.state;
        const bool legacy = place.backend != "nft-compat";
        return place.v6 ? (legacy ? state.legacy6 : state.nft6) : (legacy ? state.legacy4 : state.nft4);
    }

    Result<const Chain*> findChain(const RulePlace& place)
    {
        const SavePart& part = save(place);
        if (!part)
            return refused(nameOf(place), "these rules were not collected");
        const Table* const table = part->table(place.table);
        const Chain* const chain = table ? table->find(place.chain) : nullptr;
        if (!chain)
            return refused(nameOf(place), "there is no such chain");
        return chain;
    }

    Result<Found> find(const RulePlace& place)
    {
        const auto chain = findChain(place);
        if (!chain)
            return tl::unexpected(chain.error());
        if (place.rule < 1 || static_cast<std::size_t>(place.rule) > (*chain)->rules.size())
            return refused(nameOf(place), "the chain has " + std::to_string((*chain)->rules.size()) + " rules");
        const auto& rule = (*chain)->rules[static_cast<std::size_t>(place.rule) - 1];
        return Found {*chain, &rule, rule.line};
    }

    /// The line (from 1) of the table's COMMIT, else one behind the last.
    std::size_t endOfTable(const RulePlace& place)
    {
        const auto& part = save(place);
        const Table* const table = part->table(place.table);
        std::size_t number = 0, start = 0;
        const std::string_view text = part->text();
        while (start < text.size()) {
            const std::size_t stop = std::min(text.find('\n', start), text.size());
            ++number;
            if (number > table->line && text.substr(start, stop - start).starts_with("COMMIT"))
                return number;
            start = stop + 1;
        }
        return number + 1;
    }

    /// Edits the dump's lines and reads them again; `more` is by how many rules it must have grown.
    template<typename Edit>
    Result<void> editLines(const RulePlace& place, Edit edit, int more)
    {
        SavePart& part = save(place);
        std::vector<std::string> lines;
        const std::string_view text = part->text();
        for (std::size_t start = 0; start < text.size();) {
            const std::size_t stop = std::min(text.find('\n', start), text.size());
            lines.emplace_back(text.substr(start, stop - start));
            start = stop + 1;
        }
        edit(lines);
        std::string joined;
        joined.reserve(text.size() + 256);
        for (const auto& line : lines)
            joined += line + '\n';
        const auto read = IptablesSave::parse(std::make_shared<const std::string>(std::move(joined)), part->family(), "rules");
        if (!read)
            return tl::unexpected(read.error());
        const bool worse = (*read)->remarks().size() > part->remarks().size();
        if (worse || static_cast<long>((*read)->ruleCount()) != static_cast<long>(part->ruleCount()) + more)
            return refused(nameOf(place), "this is not a rule that iptables-save would print");
        part = *read;
        return {};
    }

    Result<void> newChain(const RulePlace& place)
    {
        if (findChain(place))
            return refused(nameOf(place), "the chain is there already");
        const Table* const table = save(place)->table(place.table);
        if (auto done = editLines(place, [&](std::vector<std::string>& lines) {
                lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(table->line, lines.size())), ':' + place.chain + " - [0:0]");
            }, 0); !done)
            return done;
        m_result.commands.push_back(tool(place) + " -N " + shellWords(place.chain));
        return {};
    }

    Result<void> append(RulePlace place, const std::string& rule)
    {
        const auto chain = findChain(place);
        if (!chain)
            return tl::unexpected(chain.error());
        place.rule = static_cast<int>((*chain)->rules.size()) + 1;
        return (*this)(InsertRule {place, rule});
    }

    std::string backendOf(std::string_view chain)
    {
        for (const char* backend : {"nft-compat", "legacy"}) {
            const auto& part = save({.v6 = false, .backend = backend, .table = {}, .chain = {}, .rule = 0});
            const Table* const nat = part ? part->table("nat") : nullptr;
            if (nat && nat->find(chain))
                return backend;
        }
        return {};
    }

    static bool takesPort(const iptables::Rule& rule, std::uint8_t protocol, std::uint16_t port)
    {
        if (rule.protocol != protocol)
            return false;
        return std::any_of(rule.matches.begin(), rule.matches.end(), [&](const auto& match) {
            if (const auto* const one = std::get_if<iptables::PortsMatch>(&match))
                return !one->destination.any() && one->destination.contains(port);
            const auto* const several = std::get_if<iptables::MultiportMatch>(&match);
            return several && std::any_of(several->ports.begin(), several->ports.begin() + several->count, [&](const auto& range) { return range.contains(port); });
        });
    }

    std::string tool(const RulePlace& place)
    {
        const auto& part = save(place);
        std::string name = place.v6 ? "ip6tables" : "iptables";
        if (part && part->backend() != iptables::Backend::Unknown)
            name += place.backend == "nft-compat" ? "-nft" : "-legacy";
        return name + " -t " + shellWords(place.table);
    }

    void command(const RulePlace& place, const char* verb, int number, const std::string& rule)
    {
        std::string text = tool(place) + ' ' + verb + ' ' + shellWords(place.chain) + ' ' + std::to_string(number);
        if (!rule.empty())
            text += ' ' + shellWords(rule);
        m_result.commands.push_back(std::move(text));
    }

    Changed m_result;
};

std::map<std::string, double> outcomesOf(const Trace& trace)
{
    std::map<std::string, double> result;
    for (const auto& branch : trace.branches) {
        std::string name(dispositionName(branch.disposition));
        const bool arrives = branch.disposition == Disposition::Delivered || branch.disposition == Disposition::Forwarded;
        if (arrives)
            name += ' ' + (branch.packet.dst.find(':') == std::string::npos ? branch.packet.dst : '[' + branch.packet.dst + ']') + ':' + std::to_string(branch.packet.dport);
        else if (!branch.reason.empty())
            name += " (" + branch.reason + ')';
        result[name] += branch.probability;
    }
    return result;
}

} // namespace

Result<Changed> applyChanges(const NodeState& state, const std::vector<Change>& changes)
{
    Changer changer(state);
    for (const Change& change : changes)
        if (auto done = std::visit(changer, change); !done)
            return tl::unexpected(done.error());
    return changer.take();
}

std::vector<OutcomeChange> compareTraces(const Trace& before, const Trace& after)
{
    std::map<std::string, OutcomeChange> all;
    for (const auto& [name, share] : outcomesOf(before))
        all[name].before = share;
    for (const auto& [name, share] : outcomesOf(after))
        all[name].after = share;
    std::vector<OutcomeChange> result;
    for (auto& [name, change] : all)
        if (std::abs(change.before - change.after) > 1e-9) {
            change.outcome = name;
            result.push_back(std::move(change));
        }
    return result;
}

std::vector<VerdictChange> compareAudits(const NodeAudit& before, const NodeAudit& after)
{
    std::map<std::pair<std::size_t, std::size_t>, VerdictChange> all;
    for (const auto& port : before.ports)
        all[{port.service, port.port}].before = port.verdict;
    for (const auto& port : after.ports)
        all[{port.service, port.port}].after = port.verdict;
    std::vector<VerdictChange> result;
    for (auto& [key, change] : all)
        if (change.before != change.after) {
            change.service = key.first;
            change.port = key.second;
            result.push_back(change);
        }
    return result;
}

} // namespace medic::netfilter
