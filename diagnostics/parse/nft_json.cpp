// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/nft_ruleset.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace medic::parse::nft {

namespace {

using Json = nlohmann::json;
using EKind = Expression::Kind;
using SKind = Statement::Kind;

constexpr int deepest = 40; ///< far beyond what nft writes

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string textOf(const Json& object, const char* key)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (!object.is_object() || found == object.end())
        return {};
    if (found->is_string())
        return found->get<std::string>();
    return found->is_number() || found->is_boolean() ? dump(*found) : std::string();
}

std::int64_t numberOf(const Json& object, const char* key)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

/// "flags" is one text or a list.
std::string flagsOf(const Json& object, const char* key)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (!object.is_object() || found == object.end())
        return {};
    if (found->is_string())
        return found->get<std::string>();
    std::string result;
    if (found->is_array())
        for (const Json& flag : *found)
            if (flag.is_string())
                result += (result.empty() ? "" : ",") + flag.get<std::string>();
    return result;
}

Expression expression(const Json& json, int depth = 0);

Expression list(EKind kind, const Json& items, int depth)
{
    Expression result {.kind = kind};
    if (items.is_array())
        for (const Json& item : items) {
            // An element of a map: [key, value].
            if (kind == EKind::Set && item.is_array() && item.size() == 2) {
                Expression pair {.kind = EKind::Pair};
                pair.items.push_back(expression(item[0], depth + 1));
                pair.items.push_back(expression(item[1], depth + 1));
                result.items.push_back(std::move(pair));
            } else {
                result.items.push_back(expression(item, depth + 1));
            }
        }
    else
        result.items.push_back(expression(items, depth + 1));
    return result;
}

std::optional<Expression> verdict(const std::string& key, const Json& value)
{
    static const char* const plain[] = {"accept", "drop", "return", "continue"};
    if (std::find(std::begin(plain), std::end(plain), key) != std::end(plain))
        return Expression {.kind = EKind::Verdict, .text = key};
    if (key == "jump" || key == "goto")
        return Expression {.kind = EKind::Verdict, .text = key, .field = textOf(value, "target")};
    return std::nullopt;
}

Expression fromObject(const std::string& key, const Json& value, int depth)
{
    if (key == "prefix")
        return {.kind = EKind::Prefix, .text = textOf(value, "addr"), .number = numberOf(value, "len")};
    if (key == "range" && value.is_array() && value.size() == 2)
        return list(EKind::Range, value, depth);
    if (key == "set")
        return value.is_string() ? Expression {.kind = EKind::SetReference, .text = value.get<std::string>()} : list(EKind::Set, value, depth);
    if (key == "concat")
        return list(EKind::Concat, value, depth);
    if (key == "elem") // an element with comment, timeout or counter
        return value.is_object() && value.contains("val") ? expression(value["val"], depth + 1) : expression(value, depth + 1);
    if (key == "meta")
        return {.kind = EKind::Meta, .text = textOf(value, "key")};
    if (key == "payload" && value.is_object() && value.contains("protocol"))
        return {.kind = EKind::Payload, .text = textOf(value, "protocol"), .field = textOf(value, "field")};
    if (key == "ct" && value.is_object()) {
        std::string ctKey = textOf(value, "key");
        // "ct original ip saddr" comes as key "ip saddr" in newer versions, as key and family in older ones.
        if (const std::string family = textOf(value, "family"); !family.empty() && ctKey.find(' ') == std::string::npos)
            ctKey = family + ' ' + ctKey;
        return {.kind = EKind::Ct, .text = std::move(ctKey), .field = textOf(value, "dir")};
    }
    if (key == "fib")
        return {.kind = EKind::Fib, .text = textOf(value, "result"), .field = flagsOf(value, "flags")};
    if (key == "rt")
        return {.kind = EKind::Rt, .text = textOf(value, "key")};
    if (key == "socket")
        return {.kind = EKind::Socket, .text = textOf(value, "key")};
    if (key == "numgen")
        return {.kind = EKind::Numgen, .text = textOf(value, "mode"), .number = numberOf(value, "mod"), .offset = numberOf(value, "offset")};
    if (key == "jhash" || key == "symhash")
        return {.kind = EKind::Hash, .text = key, .number = numberOf(value, "mod"), .offset = numberOf(value, "offset")};
    static const std::pair<const char*, EKind> operators[]
        = {{"&", EKind::And}, {"|", EKind::Or}, {"^", EKind::Xor}, {"<<", EKind::ShiftLeft}, {">>", EKind::ShiftRight}};
    for (const auto& [name, kind] : operators)
        if (key == name && value.is_array() && value.size() >= 2) {
            // More than two operands: from the left.
            Expression result = expression(value[0], depth + 1);
            for (std::size_t i = 1; i < value.size(); ++i) {
                Expression step {.kind = kind};
                step.items.push_back(std::move(result));
                step.items.push_back(expression(value[i], depth + 1));
                result = std::move(step);
            }
            return result;
        }
    if (key == "map" && value.is_object() && value.contains("key") && value.contains("data")) {
        Expression result {.kind = EKind::Map};
        result.items.push_back(expression(value["key"], depth + 1));
        result.items.push_back(expression(value["data"], depth + 1));
        return result;
    }
    if (auto found = verdict(key, value))
        return *found;
    return {.kind = EKind::Unknown, .text = dump(Json {{key, value}})};
}

Expression expression(const Json& json, int depth)
{
    if (depth > deepest)
        return {.kind = EKind::Unknown, .text = "…"};
    if (json.is_number_integer())
        return {.kind = EKind::Number, .number = json.get<std::int64_t>()};
    if (json.is_boolean())
        return {.kind = EKind::Number, .number = json.get<bool>() ? 1 : 0};
    if (json.is_string()) {
        const auto& text = json.get_ref<const std::string&>();
        if (text.size() > 1 && text[0] == '@')
            return {.kind = EKind::SetReference, .text = text.substr(1)};
        return {.kind = EKind::Symbol, .text = text};
    }
    if (json.is_array()) // older versions: the right side of `in` as a bare list
        return list(EKind::Set, json, depth);
    if (json.is_object() && json.size() == 1)
        return fromObject(json.begin().key(), json.begin().value(), depth);
    return {.kind = EKind::Unknown, .text = dump(json)};
}

Statement statement(const std::string& key, const Json& value)
{
    if (key == "match" && value.is_object() && value.contains("left") && value.contains("right"))
        return {.kind = SKind::Match, .text = value.contains("op") ? textOf(value, "op") : "==", .left = expression(value["left"]), .right = expression(value["right"])};
    if (const auto found = verdict(key, value))
        return {.kind = SKind::Verdict, .text = found->text, .field = found->field};
    if (key == "vmap" && value.is_object() && value.contains("key") && value.contains("data"))
        return {.kind = SKind::VerdictMap, .left = expression(value["key"]), .right = expression(value["data"])};
    if (key == "mangle" && value.is_object() && value.contains("key") && value.contains("value"))
        return {.kind = SKind::Mangle, .left = expression(value["key"]), .right = expression(value["value"])};
    if (key == "snat" || key == "dnat" || key == "masquerade" || key == "redirect") {
        Statement result {.kind = SKind::Nat, .text = key, .field = flagsOf(value, "flags")};
        if (value.is_object() && value.contains("addr"))
            result.left = expression(value["addr"]);
        if (value.is_object() && value.contains("port"))
            result.right = expression(value["port"]);
        return result;
    }
    if (key == "reject")
        return {.kind = SKind::Reject, .text = textOf(value, "type"), .field = textOf(value, "expr")};
    if (key == "queue")
        return {.kind = SKind::Queue, .text = textOf(value, "num"), .field = flagsOf(value, "flags")};
    if (key == "tproxy") {
        Statement result {.kind = SKind::Tproxy};
        if (value.is_object() && value.contains("addr"))
            result.left = expression(value["addr"]);
        if (value.is_object() && value.contains("port"))
            result.right = expression(value["port"]);
        return result;
    }
    if (key == "notrack")
        return {.kind = SKind::Notrack};
    if (key == "limit" || key == "ct count")
        return {.kind = SKind::Limit, .text = key, .field = dump(value)};
    if (key == "quota")
        return {.kind = SKind::Quota, .field = dump(value)};
    if (key == "set" && value.is_object() && value.contains("elem"))
        return {.kind = SKind::SetUpdate, .text = textOf(value, "op"), .left = expression(value["elem"]),
                .right = expression(value.contains("set") ? value["set"] : Json())};
    if (key == "counter") {
        Statement result {.kind = SKind::Counter};
        if (value.is_object()) {
            result.packets = static_cast<std::uint64_t>(std::max<std::int64_t>(0, numberOf(value, "packets")));
            result.bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(0, numberOf(value, "bytes")));
        } else if (value.is_string()) {
            result.field = value.get<std::string>();
        }
        return result;
    }
    if (key == "log" || key == "flow" || key == "ct helper" || key == "ct timeout" || key == "ct expectation" || key == "secmark" || key == "dup"
        || key == "comment" || key == "last")
        return {.kind = SKind::Passive, .text = key, .field = value.is_null() ? std::string() : dump(value)};
    if (key == "xt") {
        if (textOf(value, "name") == "comment")
            return {.kind = SKind::Passive, .text = "comment"};
        return {.kind = SKind::Xt, .text = textOf(value, "type"), .field = textOf(value, "name")};
    }
    return {.kind = SKind::Unknown, .text = key, .field = dump(value)};
}

Rule rule(const Json& json)
{
    Rule result;
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
    }
    if (const auto data = json.find("map"); data != json.end())
        result.dataType = data->is_string() ? data->get<std::string>() : dump(*data);
    const std::string flags = flagsOf(json, "flags");
    result.dynamic = flags.find("timeout") != std::string::npos || flags.find("dynamic") != std::string::npos;
    result.interval = flags.find("interval") != std::string::npos;
    if (const auto elements = json.find("elem"); elements != json.end() && elements->is_array())
        result.elements = list(EKind::Set, *elements, 0).items;
    return result;
}

class Reader {
public:
    Ruleset ruleset;

    void take(const std::string& kind, const Json& value)
    {
        if (kind == "metainfo") {
            ruleset.toolVersion = textOf(value, "version");
        } else if (kind == "table") {
            Table& table = tableOf(textOf(value, "family"), textOf(value, "name"));
            table.handle = numberOf(value, "handle");
        } else if (kind == "chain") {
            Chain& chain = chainOf(tableOf(textOf(value, "family"), textOf(value, "table")), textOf(value, "name"));
            chain.handle = numberOf(value, "handle");
            chain.hook = textOf(value, "hook");
            chain.base = !chain.hook.empty();
            chain.type = textOf(value, "type");
            chain.device = flagsOf(value, "dev");
            chain.priority = static_cast<int>(numberOf(value, "prio"));
            chain.policy = textOf(value, "policy").empty() ? "accept" : textOf(value, "policy");
        } else if (kind == "rule") {
            chainOf(tableOf(textOf(value, "family"), textOf(value, "table")), textOf(value, "chain")).rules.push_back(rule(value));
        } else if (kind == "set" || kind == "map" || kind == "meter") {
            SetObject set = setObject(value);
            if (kind == "meter")
                set.dynamic = true;
            const std::string name = set.name;
            tableOf(textOf(value, "family"), textOf(value, "table")).sets.insert_or_assign(name, std::move(set));
        } else if (kind == "element") {
            Table& table = tableOf(textOf(value, "family"), textOf(value, "table"));
            const auto set = table.sets.find(textOf(value, "name"));
            if (set != table.sets.end() && value.contains("elem"))
                for (Expression& item : list(EKind::Set, value["elem"], 0).items)
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
    // A callback that refuses depth: a hostile file must not exhaust the stack.
    const Json::parser_callback_t shallow = [](int depth, Json::parse_event_t, Json&) {
        if (depth > 200)
            throw Json::other_error::create(501, "too deeply nested", nullptr);
        return true;
    };
    Json json;
    try {
        json = Json::parse(text.begin(), text.end(), shallow);
    } catch (const Json::exception& exception) {
        return failure(ErrorCode::BadSyntax, where, exception.what());
    }
    const auto objects = json.is_object() ? json.find("nftables") : json.end();
    if (!json.is_object() || objects == json.end() || !objects->is_array())
        return failure(ErrorCode::BadSyntax, where, "expected an object with the list 'nftables', as `nft -j list ruleset` prints it");
    Reader reader;
    for (const Json& object : *objects)
        if (object.is_object() && !object.empty())
            reader.take(object.begin().key(), object.begin().value());
    return std::move(reader.ruleset);
}

} // namespace medic::parse::nft
