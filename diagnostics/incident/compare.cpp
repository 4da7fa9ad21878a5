// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/incident/compare.h"

#include "diagnostics/model/probe_ids.h"
#include "diagnostics/netfilter/rule_compare.h"
#include "diagnostics/parse/host.h"
#include "diagnostics/parse/lines.h"
#include "diagnostics/parse/processes.h"
#include "diagnostics/parse/sysctl.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace medic {

using nlohmann::json;
using Change = Difference::Change;

namespace {

/// What is the same thing → its values. A thing may occur several times (rules).
using Facts = std::map<std::string, std::multiset<std::string>>;

/// Interfaces that come and go with single Pods.
bool podInterface(std::string_view name)
{
    return name.starts_with("veth") || name.starts_with("cali") || name.starts_with("lxc") || name.starts_with("ifb") || name.starts_with("eni")
        || name.starts_with("bwp");
}

Facts oneLine(const std::string& text)
{
    Facts facts;
    for (const parse::Line& line : parse::lines(text))
        if (const auto trimmed = parse::trim(line.text); !trimmed.empty()) {
            facts[""].emplace(trimmed);
            break;
        }
    return facts;
}

Facts kernel(const std::string& text) { return {{"", {parse::kernelRelease(text)}}}; }

Facts osName(const std::string& text)
{
    const auto values = parse::osRelease(text);
    const auto name = values.find("PRETTY_NAME");
    return {{"", {name == values.end() ? std::string() : name->second}}};
}

Facts unitStates(const std::string& text)
{
    Facts facts;
    for (const parse::Unit& unit : parse::units(text))
        if (unit.exists() && !unit.id.empty())
            facts[unit.id].insert(unit.activeState + " (" + unit.subState + ")");
    return facts;
}

Facts sysctls(const std::string& text)
{
    static const std::set<std::string, std::less<>> volatileNames {
        "fs.dentry-state", "fs.file-nr", "fs.inode-nr", "fs.inode-state", "kernel.ns_last_pid", "kernel.pty.nr", "kernel.perf_event_max_sample_rate",
        "net.netfilter.nf_conntrack_count", "fs.aio-nr", "kernel.hostname", "kernel.domainname",
    };
    Facts facts;
    const Sysctls parsed = Sysctls::parse(text);
    for (const auto& [name, value] : parsed.all()) {
        const std::size_t conf = std::min(name.find(".conf."), name.find(".neigh."));
        const bool pod = conf != std::string::npos && podInterface(name.substr(name.find('.', conf + 1) + 1));
        if (!pod && !volatileNames.contains(name) && !name.starts_with("kernel.random.") && !name.starts_with("fs.quota."))
            facts[name].insert(value);
    }
    return facts;
}

/// "[12:720] -A …" without its counters, "-c 12 720" neither.
std::string withoutCounters(std::string_view rule)
{
    if (rule.starts_with('[')) {
        rule = parse::after(rule, "] ");
    } else if (const std::size_t at = rule.find(" -c "); at != std::string_view::npos) {
        const auto rest = parse::words(rule.substr(at + 4));
        if (rest.size() >= 2 && parse::number<std::uint64_t>(rest[0]) && parse::number<std::uint64_t>(rest[1])) {
            std::string result(rule.substr(0, at));
            for (std::size_t i = 2; i < rest.size(); ++i)
                result += " " + std::string(rest[i]);
            return result;
        }
    }
    return std::string(rule);
}

/// Chains that are named after a container, by what leads to them: the same on another node, and after a restart.
std::map<std::string, std::string, std::less<>> generatedNames(const std::string& text)
{
    std::map<std::string, std::string, std::less<>> names;
    for (const parse::Line& line : parse::lines(text)) {
        const std::string rule = withoutCounters(parse::trim(line.text));
        const auto words = parse::words(rule);
        if (words.size() < 4 || words[0] != "-A" || !netfilter::isGeneratedChain(words.back()))
            continue;
        const std::string from(netfilter::isGeneratedChain(words[1]) ? std::string_view("CNI-…") : words[1]);
        const std::string what = netfilter::plainMeaning(rule);
        names.emplace(words.back(), "CNI-… (" + from + " " + what.substr(0, what.rfind(" -j ")) + ")");
    }
    return names;
}

Facts iptablesRules(const std::string& text)
{
    Facts facts;
    std::string table;
    const auto generated = generatedNames(text);
    const auto nameOf = [&](std::string_view chain) {
        const auto known = generated.find(chain);
        return known == generated.end() ? std::string(chain) : known->second;
    };
    for (const parse::Line& line : parse::lines(text)) {
        const std::string_view content = parse::trim(line.text);
        if (content.starts_with('*')) {
            table = content.substr(1);
        } else if (content.starts_with(':')) {
            const auto words = parse::words(content.substr(1));
            if (words.size() > 1 && words[1] != "-")
                facts[table + " " + std::string(words[0]) + " policy"].emplace(words[1]);
        } else if (content.starts_with('-') || content.starts_with('[')) {
            const std::string rule = withoutCounters(content);
            const auto words = parse::words(rule);
            if (words.size() < 2 || words[0] != "-A")
                continue;
            // portmap's comments hold the container's id.
            const bool ofContainer = generated.contains(words[1]) || generated.contains(words.back());
            facts[table + " " + nameOf(words[1])].insert(ofContainer ? "-A " + nameOf(words[1]) + " " + netfilter::plainMeaning(rule) : rule);
        }
    }
    return facts;
}

Facts ipsets(const std::string& text)
{
    Facts facts;
    for (const parse::Line& line : parse::lines(text)) {
        const auto words = parse::words(line.text);
        if (words.size() >= 3 && words[0] == "create")
            facts[std::string(words[1]) + " type"].emplace(words[2]);
        if (words.size() < 3 || words[0] != "add")
            continue;
        std::string element(words[2]); // without timeout, packets, bytes: they run
        if (std::find(words.begin(), words.end(), "nomatch") != words.end())
            element += " nomatch";
        facts[std::string(words[1])].insert(element);
    }
    return facts;
}

Facts ipvsServers(const std::string& text)
{
    Facts facts;
    for (const parse::Line& line : parse::lines(text)) {
        const auto words = parse::words(line.text);
        if (words.size() < 3 || (words[0] != "-A" && words[0] != "-a"))
            continue;
        std::string rest;
        for (std::size_t i = 3; i < words.size(); ++i)
            rest += (rest.empty() ? "" : " ") + std::string(words[i]);
        facts[std::string(words[1]) + " " + std::string(words[2]) + (words[0] == "-A" ? " scheduler" : "")].insert(rest);
    }
    return facts;
}

std::string member(const json& object, const char* key)
{
    const auto found = object.find(key);
    if (found == object.end())
        return {};
    return found->is_string() ? found->get<std::string>() : found->dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Objects of an `ip -j` list as "key value …", from `keys` only; the plain text of an old ip line by line.
Facts ipObjects(const std::string& text, std::initializer_list<const char*> keys)
{
    Facts facts;
    const json list = json::parse(text, nullptr, false);
    if (!list.is_array()) {
        for (const parse::Line& line : parse::lines(text))
            if (!parse::trim(line.text).empty())
                facts[""].emplace(parse::trim(line.text));
        return facts;
    }
    for (const json& item : list) {
        if (!item.is_object() || podInterface(member(item, "dev")))
            continue;
        std::string shown;
        for (const char* key : keys)
            if (const std::string value = member(item, key); !value.empty())
                shown += (shown.empty() ? "" : " ") + std::string(key) + " " + value;
        facts[""].insert(shown);
    }
    return facts;
}

Facts routes(const std::string& text)
{
    return ipObjects(text, {"type", "dst", "gateway", "dev", "table", "protocol", "scope", "prefsrc", "metric", "nexthops"});
}

Facts rules(const std::string& text)
{
    return ipObjects(text, {"priority", "not", "src", "srclen", "dst", "dstlen", "fwmark", "fwmask", "iif", "oif", "table", "action", "goto"});
}

Facts addresses(const std::string& text)
{
    Facts facts;
    const json list = json::parse(text, nullptr, false);
    if (!list.is_array())
        return facts;
    for (const json& link : list) {
        const std::string name = link.is_object() ? member(link, "ifname") : std::string();
        if (name.empty() || podInterface(name))
            continue;
        facts[name]; // an interface without an address is there, too
        if (const auto all = link.find("addr_info"); all != link.end() && all->is_array())
            for (const json& address : *all)
                if (address.is_object())
                    facts[name].insert(member(address, "local") + "/" + member(address, "prefixlen"));
    }
    return facts;
}

Facts moduleNames(const std::string& text)
{
    Facts facts;
    for (const parse::Line& line : parse::lines(text))
        if (const auto words = parse::words(line.text); !words.empty())
            facts[std::string(words[0])].insert("loaded");
    return facts;
}

Facts textLines(const std::string& text)
{
    Facts facts;
    for (const parse::Section& section : parse::sections(text))
        for (const parse::Line& line : section.lines)
            if (const auto content = parse::trim(line.text); !content.empty() && !content.starts_with('#'))
                facts[section.name].emplace(content);
    return facts;
}

struct Compared {
    std::string_view probe, area, name; ///< name stands before the fact's own
    Facts (*read)(const std::string& text);
};

const std::vector<Compared>& compared()
{
    using namespace probe;
    static const std::vector<Compared> table {
        {kubeletVersion, "component", "kubelet version", oneLine},
        {kubeProxyVersion, "component", "kube-proxy version", oneLine},
        {kubeProxyMode, "component", "kube-proxy mode", oneLine},
        {runtimeVersion, "component", "runtime version", oneLine},
        {kubeletHealthz, "component", "kubelet healthz", oneLine},
        {uname, "component", "kernel", kernel},
        {osRelease, "component", "system", osName},
        {units, "component", "unit", unitStates},
        {sysctl, "sysctl", "", sysctls},
        {iptablesSave, "iptables", "", iptablesRules},
        {iptablesLegacySave, "iptables", "legacy", iptablesRules},
        {iptablesNftSave, "iptables", "nft", iptablesRules},
        {ip6tablesSave, "iptables", "ip6", iptablesRules},
        {ip6tablesLegacySave, "iptables", "ip6 legacy", iptablesRules},
        {ip6tablesNftSave, "iptables", "ip6 nft", iptablesRules},
        {ipsetSave, "ipset", "", ipsets},
        {ipvsadmSave, "ipvs", "", ipvsServers},
        {ipRouteAll, "route", "", routes},
        {ip6RouteAll, "route", "ip6", routes},
        {ipRule, "rule", "", rules},
        {ip6Rule, "rule", "ip6", rules},
        {ipAddr, "address", "", addresses},
        {modules, "module", "", moduleNames},
        {resolvConf, "file", "resolv.conf", textLines},
        {hosts, "file", "hosts", textLines},
        {cniConfig, "file", "CNI", textLines},
        {manifests, "file", "manifest", textLines},
    };
    return table;
}

std::string joined(const std::multiset<std::string>& values)
{
    std::string result;
    for (const std::string& value : values)
        result += (result.empty() ? "" : "\n") + value;
    return result;
}

void compareFacts(const Compared& what, const std::string& node, const Facts& before, const Facts& after, std::vector<Difference>& result)
{
    std::set<std::string> names;
    for (const Facts* facts : {&before, &after})
        for (const auto& [name, values] : *facts)
            names.insert(name);
    static const std::multiset<std::string> nothing;
    for (const std::string& name : names) {
        const bool wasThere = before.contains(name), isThere = after.contains(name);
        const auto& old = wasThere ? before.at(name) : nothing;
        const auto& now = isThere ? after.at(name) : nothing;
        if (old == now && wasThere == isThere)
            continue;
        std::multiset<std::string> lost, won; // what both have says nothing
        std::set_difference(old.begin(), old.end(), now.begin(), now.end(), std::inserter(lost, lost.end()));
        std::set_difference(now.begin(), now.end(), old.begin(), old.end(), std::inserter(won, won.end()));
        const std::string shown = what.name.empty() ? name : name.empty() ? std::string(what.name) : std::string(what.name) + " " + name;
        const Change change = lost.empty() && (!won.empty() || !wasThere) ? Change::Appeared
            : won.empty()                                                   ? Change::Gone
                                                                            : Change::Changed;
        result.push_back({std::string(what.area), node, shown, change, joined(lost), joined(won)});
    }
}

/// Did it say something? "Does not exist here" is an answer: nothing.
enum class Said { Something, Nothing, NotKnown };
Said said(const ObservationPtr& observation)
{
    if (!observation)
        return Said::NotKnown;
    if (observation->state == ProbeState::NotApplicable || observation->state == ProbeState::ToolMissing)
        return Said::Nothing;
    return observation->good() ? Said::Something : Said::NotKnown;
}

std::string stateOf(const ObservationPtr& observation)
{
    return observation ? std::string(probeStateName(observation->state))
            + (observation->state == ProbeState::Complete && observation->exitStatus != 0 ? ", exit status " + std::to_string(observation->exitStatus) : "")
                       : std::string("not collected");
}

} // namespace

std::string_view changeName(Change change)
{
    switch (change) {
    case Change::Appeared: return "appeared";
    case Change::Gone: return "gone";
    case Change::Changed: return "changed";
    case Change::Unknown: return "unknown";
    }
    return "unknown";
}

std::vector<Difference> compareNodes(const Snapshot& before, const std::string& nodeBefore, const Snapshot& after, const std::string& nodeAfter)
{
    std::vector<Difference> result;
    const std::string node = nodeBefore == nodeAfter ? nodeBefore : std::string();
    for (const Compared& what : compared()) {
        const ObservationPtr old = before.find(nodeBefore, what.probe), now = after.find(nodeAfter, what.probe);
        if ((!old && !now) || (old && now && old->out == now->out && old->state == now->state && old->exitStatus == now->exitStatus))
            continue;
        const Said was = said(old), is = said(now);
        if (was == Said::NotKnown || is == Said::NotKnown) {
            if (was != is || stateOf(old) != stateOf(now))
                result.push_back({std::string(what.area), node, std::string(what.probe), Change::Unknown, stateOf(old), stateOf(now)});
            continue;
        }
        compareFacts(what, node, was == Said::Something ? what.read(old->out) : Facts(), is == Said::Something ? what.read(now->out) : Facts(), result);
    }
    return result;
}

std::vector<Difference> compareMoments(const Snapshot& before, const Snapshot& after)
{
    std::vector<Difference> result;
    const auto old = before.nodes(), now = after.nodes();
    for (const std::string& node : old) {
        if (std::find(now.begin(), now.end(), node) == now.end()) {
            result.push_back({"node", node, node, Change::Gone, "observed", ""});
            continue;
        }
        auto some = compareNodes(before, node, after, node);
        std::move(some.begin(), some.end(), std::back_inserter(result));
    }
    for (const std::string& node : now)
        if (std::find(old.begin(), old.end(), node) == old.end())
            result.push_back({"node", node, node, Change::Appeared, "", "observed"});
    return result;
}

std::vector<Difference> compareFindings(const std::vector<Finding>& before, const std::vector<Finding>& after, bool ignoreNode)
{
    const auto byKey = [ignoreNode](const std::vector<Finding>& findings) {
        std::map<std::string, const Finding*> result;
        for (const Finding& finding : findings) {
            if (severity(finding.verdict()) < severity(Verdict::Unknown))
                continue;
            Subject subject = finding.subject();
            if (ignoreNode) {
                subject.name = subject.name == subject.node ? "" : subject.name;
                subject.node.clear();
            }
            result.emplace(finding.id() + " " + subject.text(), &finding);
        }
        return result;
    };
    const auto shown = [](const Finding* finding) {
        return finding == nullptr ? std::string()
                                  : std::string(verdictName(finding->verdict())) + ", " + std::string(confidenceName(finding->confidence()));
    };
    const auto old = byKey(before), now = byKey(after);
    std::vector<Difference> result;
    for (const auto& [key, finding] : old) {
        const auto other = now.find(key);
        if (other == now.end())
            result.push_back({"finding", finding->subject().node, key, Change::Gone, shown(finding), ""});
        else if (other->second->verdict() != finding->verdict())
            result.push_back({"finding", finding->subject().node, key, Change::Changed, shown(finding), shown(other->second)});
    }
    for (const auto& [key, finding] : now)
        if (!old.contains(key))
            result.push_back({"finding", finding->subject().node, key, Change::Appeared, "", shown(finding)});
    return result;
}

} // namespace medic
