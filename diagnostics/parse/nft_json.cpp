// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/nft_expression.h"

#include "diagnostics/parse/json_error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace medic::parse::nft {

namespace {

using namespace json;
using Json = nlohmann::json;
using EKind = Expression::Kind;
using SKind = Statement::Kind;

constexpr int deepest = 200; ///< a hostile file must not exhaust memory or stack

/// Where the objects in the list "nftables" are. They are read one by one: as a whole, a big node's ruleset would be half
/// a gigabyte of JSON values.
struct Scan {
    struct Element {
        std::size_t from = 0, to = 0;
        int line = 1;
    };
    std::vector<Element> elements;
    std::string frame; ///< the text without them, "0" in the place of each
    int depth = 0, most = 0;

    explicit Scan(std::string_view text)
    {
        int line = 1;
        bool quoted = false;
        std::size_t kept = 0;
        for (std::size_t i = 0; i < text.size() && most <= deepest; ++i) {
            const char c = text[i];
            if (c == '\n')
                ++line;
            if (quoted) {
                if (c == '\\')
                    ++i;
                else if (c == '"')
                    quoted = false;
            } else if (c == '"') {
                quoted = true;
            } else if (c == '{' || c == '[') {
                if (depth == 2 && c == '{') {
                    elements.push_back({i, i, line});
                    frame.append(text.substr(kept, i - kept)).push_back('0');
                }
                most = std::max(most, ++depth);
            } else if (c == '}' || c == ']') {
                if (--depth == 2 && c == '}' && !elements.empty() && elements.back().to == elements.back().from)
                    elements.back().to = kept = i + 1;
            }
        }
        const bool open = !elements.empty() && elements.back().to == elements.back().from;
        if (open)
            elements.back().to = text.size();
        else
            frame.append(text.substr(kept));
    }
};

std::optional<Json> parseJson(std::string_view text)
{
    Json json = Json::parse(text.begin(), text.end(), nullptr, false);
    return json.is_discarded() ? std::nullopt : std::optional(std::move(json));
}

Rule rule(const Json& json, int line)
{
    Rule result;
    result.line = line;
    result.handle = numberOf(json, "handle");
    result.comment = textOf(json, "comment");
    const auto found = json.find("expr");
    if (found == json.end() || !found->is_array())
        return result;
    for (const Json& item : *found) {
        if (item.is_object() && !item.empty()) {
            for (auto at = item.begin(); at != item.end(); ++at)
                result.statements.push_back(statement(at.key(), at.value()));
        } else {
            result.statements.push_back({.kind = SKind::Unknown, .field = dump(item)});
        }
        const Statement& last = result.statements.back();
        if (last.kind == SKind::Counter && last.field.empty() && !result.packets) {
            result.packets = last.packets;
            result.bytes = last.bytes;
        }
    }
    return result;
}

SetObject setObject(const Json& json)
{
    SetObject result;
    result.name = textOf(json, "name");
    result.handle = numberOf(json, "handle");
    if (const auto type = json.find("type"); type != json.end()) {
        if (type->is_string())
            result.types.push_back(type->get<std::string>());
        else if (type->is_array())
            for (const Json& part : *type)
                if (part.is_string())
                    result.types.push_back(part.get<std::string>());
        // "typeof ip saddr . tcp dport", as 1.1.3 and later print it
        if (type->is_object() && type->contains("typeof"))
            result.typeOf = expression((*type)["typeof"]);
    }
    if (const auto data = json.find("map"); data != json.end())
        result.dataType = data->is_string() ? data->get<std::string>() : dump(*data);
    const std::string flags = flagsOf(json, "flags");
    result.dynamic = flags.find("timeout") != std::string::npos || flags.find("dynamic") != std::string::npos;
    result.interval = flags.find("interval") != std::string::npos;
    if (const auto listed = json.find("elem"); listed != json.end())
        result.elements = elements(*listed, !result.dataType.empty());
    return result;
}

class Reader {
public:
    Ruleset ruleset;

    void take(const std::string& kind, const Json& value, int line)
    {
        if (kind == "metainfo") {
            ruleset.toolVersion = textOf(value, "version");
        } else if (kind == "table") {
            Table& table = tableOf(textOf(value, "family"), textOf(value, "name"));
            table.handle = numberOf(value, "handle");
            table.dormant = flagsOf(value, "flags").find("dormant") != std::string::npos;
        } else if (kind == "chain") {
            Chain& chain = chainOf(tableOf(textOf(value, "family"), textOf(value, "table")), textOf(value, "name"));
            chain.handle = numberOf(value, "handle");
            chain.line = line;
            chain.hook = textOf(value, "hook");
            chain.base = !chain.hook.empty();
            chain.type = textOf(value, "type");
            chain.device = flagsOf(value, "dev");
            chain.priority = static_cast<int>(numberOf(value, "prio"));
            chain.policy = textOf(value, "policy").empty() ? "accept" : textOf(value, "policy");
        } else if (kind == "rule") {
            chainOf(tableOf(textOf(value, "family"), textOf(value, "table")), textOf(value, "chain")).rules.push_back(rule(value, line));
        } else if (kind == "set" || kind == "map" || kind == "meter") {
            SetObject set = setObject(value);
            if (kind == "meter")
                set.dynamic = true;
            const std::string name = set.name;
            tableOf(textOf(value, "family"), textOf(value, "table")).sets.insert_or_assign(name, std::move(set));
        } else if (kind == "element") {
            Table& table = tableOf(textOf(value, "family"), textOf(value, "table"));
            const auto set = table.sets.find(textOf(value, "name"));
            if (set != table.sets.end() && value.is_object() && value.contains("elem"))
                for (Expression& item : elements(value["elem"], !set->second.dataType.empty()))
                    set->second.elements.push_back(std::move(item));
        } else if (kind != "counter" && kind != "quota" && kind != "ct helper" && kind != "limit" && kind != "flowtable" && kind != "ct timeout"
                   && kind != "ct expectation" && kind != "secmark" && kind != "synproxy") {
            ruleset.remarks.push_back("unknown object '" + kind + "'");
        }
    }

private:
    Table& tableOf(const std::string& family, const std::string& name)
    {
        const auto [at, added] = m_tables.try_emplace(family + '\0' + name, ruleset.tables.size());
        if (added) {
            ruleset.tables.push_back({.family = family, .name = name});
            m_chains.emplace_back();
        }
        return ruleset.tables[at->second];
    }

    Chain& chainOf(Table& table, const std::string& name)
    {
        auto& known = m_chains[static_cast<std::size_t>(&table - ruleset.tables.data())];
        const auto [at, added] = known.try_emplace(name, table.chains.size());
        if (added)
            table.chains.push_back({.name = name, .policy = "accept"});
        return table.chains[at->second];
    }

    std::map<std::string, std::size_t> m_tables;
    std::vector<std::map<std::string, std::size_t>> m_chains; ///< by table: name to place
};

} // namespace

const Chain* Table::chain(std::string_view wanted) const
{
    const auto found = std::find_if(chains.begin(), chains.end(), [&](const Chain& c) { return c.name == wanted; });
    return found == chains.end() ? nullptr : &*found;
}

bool Table::ofIptables() const
{
    // The names, hooks and priorities that iptables-nft gives its own tables; kube-proxy and others use names of their own.
    if (family != "ip" && family != "ip6")
        return false;
    static const char* const names[] = {"raw", "mangle", "nat", "filter", "security"};
    if (std::find(std::begin(names), std::end(names), name) == std::end(names))
        return false;
    return std::all_of(chains.begin(), chains.end(), [](const Chain& c) {
        return !c.base || c.name == "PREROUTING" || c.name == "INPUT" || c.name == "FORWARD" || c.name == "OUTPUT" || c.name == "POSTROUTING";
    });
}

Result<Ruleset> readNftJson(std::string_view text, std::string_view name)
{
    const std::string where = name.empty() ? "nft ruleset" : std::string(name);
    const Scan scan(text);
    if (scan.most > deepest)
        return failure(ErrorCode::BadSyntax, where + ":1", "expected the output of nft -j list ruleset, not something nested so deeply");
    const auto unreadable = [&] {
        return failure(ErrorCode::BadSyntax, where + ':' + std::to_string(std::max(1, jsonErrorLine(text))), "expected the output of nft -j list ruleset");
    };
    const auto frame = parseJson(scan.frame);
    if (!frame)
        return unreadable();
    const auto list = frame->is_object() ? frame->find("nftables") : frame->end();
    if (!frame->is_object() || list == frame->end() || !list->is_array())
        return failure(ErrorCode::BadSyntax, where + ":1", "expected an object with the list 'nftables', as `nft -j list ruleset` prints it");
    Reader reader;
    for (const Scan::Element& element : scan.elements) {
        const auto object = parseJson(text.substr(element.from, element.to - element.from));
        if (!object)
            return unreadable();
        if (object->is_object() && !object->empty())
            reader.take(object->begin().key(), object->begin().value(), element.line);
    }
    return std::move(reader.ruleset);
}

} // namespace medic::parse::nft
