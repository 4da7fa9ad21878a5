// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/rule_lines.h"

#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace medic::checks {

using Json = nlohmann::json;
using parse::after;
using parse::before;
using parse::number;

namespace {

const Json* child(const Json& object, const char* key)
{
    if (!object.is_object())
        return nullptr;
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
}

std::string textOf(const Json& object, const char* key)
{
    const Json* const value = child(object, key);
    return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

std::uint16_t portOf(const Json* value)
{
    return value != nullptr && value->is_number_unsigned() && value->get<std::uint64_t>() < 65536
        ? static_cast<std::uint16_t>(value->get<std::uint64_t>())
        : std::uint16_t {0};
}

/// "10.244.0.5:8443", "[fd00::5]:8443"
bool splitTarget(std::string_view text, HostPortRule& rule)
{
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return false;
    std::string_view address = text.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']'))
        address = address.substr(1, address.size() - 2);
    rule.target = address;
    rule.targetPort = number<std::uint16_t>(before(text.substr(colon + 1), "-")).value_or(0);
    return !rule.target.empty();
}

/// The forwarded port in one nft rule, if it is one.
void takeNftRule(const Json& rule, NftPortmap& result)
{
    const Json* const expressions = child(rule, "expr");
    if (expressions == nullptr || !expressions->is_array())
        return;
    const std::string chain = textOf(rule, "chain");
    HostPortRule port;
    port.by = "portmap-nftables";
    port.owner = textOf(rule, "comment");
    bool asksLocal = false, jumps = false;
    for (const Json& expression : *expressions) {
        if (const Json* const match = child(expression, "match")) {
            const Json* const left = child(*match, "left");
            const Json* const right = child(*match, "right");
            if (left == nullptr || right == nullptr)
                continue;
            asksLocal = asksLocal || child(*left, "fib") != nullptr;
            if (const Json* const payload = child(*left, "payload")) {
                if (textOf(*payload, "field") == "dport") {
                    port.protocol = textOf(*payload, "protocol");
                    port.port = portOf(right);
                } else if (textOf(*payload, "field") == "daddr" && right->is_string()) {
                    port.hostIp = right->get<std::string>();
                }
            }
        } else if (const Json* const dnat = child(expression, "dnat")) {
            port.target = textOf(*dnat, "addr");
            port.targetPort = portOf(child(*dnat, "port"));
        } else if (const Json* const jump = child(expression, "jump")) {
            jumps = jumps || textOf(*jump, "target") == "hostports";
        }
    }
    if (jumps && chain == "prerouting" && !asksLocal)
        result.localOnly = false;
    if (port.port != 0 && !port.target.empty())
        result.ports.push_back(std::move(port));
}

} // namespace

RuleDump RuleDump::read(std::string_view iptablesSave)
{
    RuleDump dump;
    std::map<std::string_view, ChainLines>* table = nullptr;
    for (const parse::Line& line : parse::lines(iptablesSave)) {
        std::string_view text = parse::trim(line.text);
        if (text.starts_with('*')) {
            table = &dump.m_tables[text.substr(1)];
            continue;
        }
        if (table == nullptr)
            continue;
        if (text.starts_with(':')) {
            const auto parts = parse::words(text.substr(1));
            if (parts.size() >= 2) {
                (*table)[parts[0]].policy = parts[1];
                (*table)[parts[0]].line = line.number;
            }
            continue;
        }
        if (text.starts_with('['))
            text = parse::trim(after(text, "]"));
        if (!text.starts_with("-A "))
            continue;
        text.remove_prefix(3);
        const std::string_view name = before(text, " ");
        auto& rules = (*table)[name].rules;
        rules.push_back({line.number, static_cast<int>(rules.size()) + 1, name,
                         text.size() > name.size() ? text.substr(name.size() + 1) : std::string_view()});
        ++dump.m_rules;
    }
    return dump;
}

const std::map<std::string_view, ChainLines>& RuleDump::table(std::string_view name) const
{
    static const std::map<std::string_view, ChainLines> none;
    const auto found = m_tables.find(name);
    return found == m_tables.end() ? none : found->second;
}

const ChainLines* RuleDump::chain(std::string_view tableName, std::string_view name) const
{
    const auto& chains = table(tableName);
    const auto found = chains.find(name);
    return found == chains.end() ? nullptr : &found->second;
}

bool wholeDump(std::string_view iptablesSave)
{
    bool open = false;
    for (const parse::Line& line : parse::lines(iptablesSave)) {
        const std::string_view text = parse::trim(line.text);
        if (text.starts_with('*')) {
            open = true;
        } else if (text == "COMMIT") {
            open = false;
        } else if (!open && !text.empty() && !text.starts_with('#')) {
            return false;
        }
    }
    return !open;
}

std::vector<std::string> ruleWords(std::string_view text)
{
    std::vector<std::string> result;
    std::string word;
    bool quoted = false, any = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c == '\\' && i + 1 < text.size())
                word += text[++i];
            else if (c == '"')
                quoted = false;
            else
                word += c;
        } else if (c == '"') {
            quoted = any = true;
        } else if (c == ' ' || c == '\t') {
            if (any)
                result.push_back(std::exchange(word, {}));
            any = false;
        } else {
            word += c;
            any = true;
        }
    }
    if (any)
        result.push_back(word);
    return result;
}

std::optional<std::string> optionOf(const std::vector<std::string>& words, std::string_view option)
{
    const auto found = std::find(words.begin(), words.end(), option);
    return found == words.end() || found + 1 == words.end() ? std::nullopt : std::optional(*(found + 1));
}

std::string targetOf(const std::vector<std::string>& words)
{
    const auto jump = optionOf(words, "-j");
    return jump ? *jump : optionOf(words, "-g").value_or("");
}

std::vector<JumpOrder> jumpOrders(const RuleDump& dump)
{
    std::vector<JumpOrder> result;
    for (const char* const hook : {"PREROUTING", "OUTPUT"}) {
        JumpOrder order;
        order.hook = hook;
        if (const ChainLines* const chain = dump.chain("nat", hook)) {
            for (const RuleLine& rule : chain->rules) {
                const std::string target = targetOf(ruleWords(rule.text));
                if (order.hostPort == 0 && (target == "CNI-HOSTPORT-DNAT" || target == "KUBE-HOSTPORTS")) {
                    order.hostPort = rule.position;
                    order.hostPortLine = rule.line;
                    order.hostPortChain = target;
                } else if (order.services == 0 && target == "KUBE-SERVICES") {
                    order.services = rule.position;
                    order.servicesLine = rule.line;
                }
            }
        }
        result.push_back(std::move(order));
    }
    return result;
}

std::vector<HostPortRule> hostPortRules(const RuleDump& dump)
{
    std::vector<HostPortRule> result;
    const auto take = [&](const char* entry, std::string_view prefix, const char* by) {
        const ChainLines* const jumps = dump.chain("nat", entry);
        if (jumps == nullptr)
            return;
        std::set<std::string> done; // portmap names one chain per protocol: its ports are read once
        for (const RuleLine& jump : jumps->rules) {
            const auto jumpWords = ruleWords(jump.text);
            const std::string name = targetOf(jumpWords);
            const ChainLines* const chain = name.starts_with(prefix) ? dump.chain("nat", name) : nullptr;
            if (chain == nullptr || !done.insert(name).second)
                continue;
            for (const RuleLine& rule : chain->rules) {
                const auto parts = ruleWords(rule.text);
                const auto destination = optionOf(parts, "--to-destination");
                HostPortRule found;
                if (!destination || !splitTarget(*destination, found))
                    continue;
                // KUBE-HP-… leaves the port to the jump; portmap repeats it beside the DNAT.
                const auto port = optionOf(parts, "--dport") ? optionOf(parts, "--dport") : optionOf(jumpWords, "--dport");
                found.port = number<std::uint16_t>(port.value_or("")).value_or(0);
                found.protocol = optionOf(parts, "-p").value_or(optionOf(jumpWords, "-p").value_or("tcp"));
                found.hostIp = before(optionOf(parts, "-d").value_or(optionOf(jumpWords, "-d").value_or("")), "/");
                found.owner = optionOf(jumpWords, "--comment").value_or("");
                found.by = by;
                found.line = rule.line;
                found.jumpLine = jump.line;
                if (found.port != 0)
                    result.push_back(std::move(found));
            }
        }
    };
    take("CNI-HOSTPORT-DNAT", "CNI-DN-", "portmap");
    take("KUBE-HOSTPORTS", "KUBE-HP-", "cri");
    return result;
}

NftPortmap nftPortmap(std::string_view json)
{
    NftPortmap result;
    const Json document = Json::parse(json, nullptr, false);
    const Json* const objects = document.is_discarded() ? nullptr : child(document, "nftables");
    if (objects == nullptr || !objects->is_array())
        return result;
    for (const Json& object : *objects) {
        if (const Json* const table = child(object, "table"); table != nullptr && textOf(*table, "name") == "cni_hostport")
            result.present = true;
        if (const Json* const rule = child(object, "rule"); rule != nullptr && textOf(*rule, "table") == "cni_hostport")
            takeNftRule(*rule, result);
    }
    return result;
}

ServiceRules serviceRules(const RuleDump& dump, std::string_view clusterIp, std::uint16_t port, std::string_view protocol)
{
    ServiceRules result;
    const std::string address = std::string(clusterIp) + (clusterIp.find(':') == std::string_view::npos ? "/32" : "/128");
    const auto isIt = [&](const std::vector<std::string>& parts) {
        return optionOf(parts, "-d").value_or("") == address && optionOf(parts, "--dport").value_or("") == std::to_string(port)
            && optionOf(parts, "-p").value_or("") == protocol;
    };
    std::set<std::string> endpoints;
    if (const ChainLines* const services = dump.chain("nat", "KUBE-SERVICES")) {
        for (const RuleLine& rule : services->rules) {
            const auto parts = ruleWords(rule.text);
            const std::string name = targetOf(parts);
            if (!isIt(parts) || (!name.starts_with("KUBE-SVC-") && !name.starts_with("KUBE-SVL-")))
                continue;
            result.found = true;
            result.lines.push_back(rule.line);
            const ChainLines* const service = dump.chain("nat", name);
            for (const RuleLine& spread : service == nullptr ? std::vector<RuleLine> {} : service->rules) {
                const std::string endpoint = targetOf(ruleWords(spread.text));
                const ChainLines* const end = endpoint.starts_with("KUBE-SEP-") ? dump.chain("nat", endpoint) : nullptr;
                for (const RuleLine& last : end == nullptr ? std::vector<RuleLine> {} : end->rules)
                    if (const auto to = optionOf(ruleWords(last.text), "--to-destination"); to && endpoints.insert(*to).second)
                        result.lines.push_back(last.line);
            }
        }
    }
    if (const ChainLines* const filter = dump.chain("filter", "KUBE-SERVICES"))
        for (const RuleLine& rule : filter->rules) {
            const auto parts = ruleWords(rule.text);
            const std::string verdict = targetOf(parts);
            if (isIt(parts) && (verdict == "REJECT" || verdict == "DROP")) {
                result.found = result.rejected = true;
                result.lines.push_back(rule.line);
            }
        }
    result.endpoints.assign(endpoints.begin(), endpoints.end());
    return result;
}

ServiceRules ipvsService(std::string_view ipvsadm, std::string_view ip, std::uint16_t port, std::string_view protocol)
{
    ServiceRules result;
    const std::string flag = protocol == "udp" ? "-u" : protocol == "sctp" ? "--sctp-service" : "-t";
    const std::string address = (ip.find(':') == std::string_view::npos ? std::string(ip) : '[' + std::string(ip) + ']') + ':' + std::to_string(port);
    std::set<std::string> endpoints;
    for (const parse::Line& line : parse::lines(ipvsadm)) {
        const auto parts = parse::words(line.text);
        if (parts.size() < 3 || parts[1] != flag || parts[2] != address)
            continue;
        result.lines.push_back(line.number);
        if (parts[0] == "-A")
            result.found = true;
        for (std::size_t i = 3; parts[0] == "-a" && i + 1 < parts.size(); ++i)
            if (parts[i] == "-r")
                endpoints.insert(std::string(parts[i + 1]));
    }
    result.endpoints.assign(endpoints.begin(), endpoints.end());
    return result;
}

} // namespace medic::checks
