// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/nft_expression.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace medic::parse::nft::json {

namespace {

using EKind = Expression::Kind;
using SKind = Statement::Kind;

constexpr int deepest = 40; ///< far beyond what nft writes

Expression listOf(EKind kind, const Value& items, int depth)
{
    Expression result {.kind = kind};
    if (!items.is_array()) {
        result.items.push_back(expression(items, depth + 1));
        return result;
    }
    for (const Value& item : items)
        result.items.push_back(expression(item, depth + 1));
    return result;
}

/// What a map looks up in: the name of one, or an anonymous one, whose elements are pairs.
Expression mapData(const Value& data, int depth)
{
    if (data.is_object() && data.size() == 1 && data.begin().key() == "set" && data.begin().value().is_array())
        return {.kind = EKind::Set, .items = elements(data.begin().value(), true, depth)};
    return expression(data, depth + 1);
}

std::optional<Expression> verdict(const std::string& key, const Value& value)
{
    static constexpr std::array<std::string_view, 4> plain {"accept", "drop", "return", "continue"};
    if (std::find(plain.begin(), plain.end(), key) != plain.end())
        return Expression {.kind = EKind::Verdict, .text = key};
    if (key == "jump" || key == "goto")
        return Expression {.kind = EKind::Verdict, .text = key, .field = textOf(value, "target")};
    return std::nullopt;
}

Expression connection(const Value& value)
{
    std::string key = textOf(value, "key");
    // "ct original ip saddr" comes as key "ip saddr" in newer versions, as key and family in older ones.
    if (const std::string family = textOf(value, "family"); !family.empty() && key.find(' ') == std::string::npos)
        key = family + ' ' + key;
    return {.kind = EKind::Ct, .text = std::move(key), .field = textOf(value, "dir")};
}

std::optional<Expression> selector(const std::string& key, const Value& value, int depth)
{
    if (key == "meta")
        return Expression {.kind = EKind::Meta, .text = value.is_string() ? value.get<std::string>() : textOf(value, "key")};
    if (key == "payload" && value.is_object() && value.contains("protocol"))
        return Expression {.kind = EKind::Payload, .text = textOf(value, "protocol"), .field = textOf(value, "field")};
    if (key == "payload" && value.is_object() && value.contains("name")) // 0.9.0
        return Expression {.kind = EKind::Payload, .text = textOf(value, "name"), .field = textOf(value, "field")};
    if (key == "payload" && value.is_object() && value.contains("base"))
        return Expression {.kind = EKind::RawPayload, .text = textOf(value, "base"), .number = numberOf(value, "len"),
                           .offset = numberOf(value, "offset")};
    if (key == "ct" && value.is_object())
        return connection(value);
    if (key == "fib")
        return Expression {.kind = EKind::Fib, .text = textOf(value, "result"), .field = flagsOf(value, "flags")};
    if (key == "rt")
        return Expression {.kind = EKind::Rt, .text = textOf(value, "key"), .field = textOf(value, "family")};
    if (key == "socket")
        return Expression {.kind = EKind::Socket, .text = textOf(value, "key")};
    if (key == "numgen")
        return Expression {.kind = EKind::Numgen, .text = textOf(value, "mode"), .number = numberOf(value, "mod"),
                           .offset = numberOf(value, "offset")};
    if (key == "jhash" || key == "symhash") {
        Expression result {.kind = EKind::Hash, .text = key, .number = numberOf(value, "mod"), .offset = numberOf(value, "offset")};
        if (value.is_object() && value.contains("expr"))
            result.items.push_back(expression(value["expr"], depth + 1));
        return result;
    }
    if (key == "tcp option" || key == "ip option" || key == "exthdr" || key == "sctp chunk" || key == "dccp option") {
        std::string text = textOf(value, "name");
        if (const std::string field = textOf(value, "field"); !field.empty())
            text += ' ' + field;
        return Expression {.kind = EKind::Option, .text = key, .field = std::move(text)};
    }
    return std::nullopt;
}

std::optional<Expression> computed(const std::string& key, const Value& value, int depth)
{
    static constexpr std::array<std::pair<std::string_view, EKind>, 5> operators {
        {{"&", EKind::And}, {"|", EKind::Or}, {"^", EKind::Xor}, {"<<", EKind::ShiftLeft}, {">>", EKind::ShiftRight}}};
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
        result.items.push_back(mapData(value["data"], depth + 1));
        return result;
    }
    return std::nullopt;
}

Expression fromObject(const std::string& key, const Value& value, int depth)
{
    if (key == "prefix")
        return {.kind = EKind::Prefix, .text = textOf(value, "addr"), .number = numberOf(value, "len")};
    if (key == "range" && value.is_array() && value.size() == 2)
        return listOf(EKind::Range, value, depth);
    if (key == "set")
        return value.is_string() ? Expression {.kind = EKind::SetReference, .text = value.get<std::string>()}
                                 : listOf(EKind::Set, value, depth);
    if (key == "concat")
        return listOf(EKind::Concat, value, depth);
    if (key == "elem") // an element with comment, timeout or counter
        return value.is_object() && value.contains("val") ? expression(value["val"], depth + 1) : expression(value, depth + 1);
    if (auto found = selector(key, value, depth))
        return std::move(*found);
    if (auto found = computed(key, value, depth))
        return std::move(*found);
    if (auto found = verdict(key, value))
        return std::move(*found);
    return {.kind = EKind::Unknown, .text = dump(Value {{key, value}})};
}

bool has(const Value& object, const char* one, const char* other)
{
    return object.is_object() && object.contains(one) && object.contains(other);
}

Statement natLike(SKind kind, const std::string& key, const Value& value)
{
    Statement result {.kind = kind, .text = key, .field = flagsOf(value, "flags"), .family = textOf(value, "family")};
    if (value.is_object() && value.contains("addr"))
        result.left = expression(value["addr"]);
    if (value.is_object() && value.contains("port"))
        result.right = expression(value["port"]);
    if (kind == SKind::Nat && textOf(value, "type_flags").find("prefix") != std::string::npos
        && result.field.find("netmap") == std::string::npos)
        result.field += result.field.empty() ? "netmap" : ",netmap";
    return result;
}

/// A statement that an element may carry ("limit", "ct count"), on which going on may depend.
std::string conditionOf(const Value& value)
{
    std::string result;
    const auto add = [&](const Value& one) {
        if (one.is_object() && !one.empty() && one.begin().key() != "counter" && one.begin().key() != "last")
            result += (result.empty() ? "" : " ") + render(statement(one.begin().key(), one.begin().value()));
    };
    if (value.is_array())
        for (const Value& one : value)
            add(one);
    else
        add(value);
    return result;
}

std::string logText(const Value& value)
{
    std::string result;
    for (const char* key : {"prefix", "level", "group", "snaplen", "queue-threshold", "flags"})
        if (const std::string text = key == std::string_view("flags") ? flagsOf(value, key) : textOf(value, key); !text.empty())
            result += (result.empty() ? "" : " ") + std::string(key) + ' ' + (key == std::string_view("prefix") ? '"' + text + '"' : text);
    return result;
}

bool isTrue(const Value& object, const char* key)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() && found->is_boolean() && found->get<bool>();
}

std::string limitText(const Value& value)
{
    if (value.is_string())
        return "name \"" + value.get<std::string>() + '"';
    if (!value.is_object() || !value.contains("rate"))
        return dump(value);
    std::string result = std::string("rate ") + (isTrue(value, "inv") ? "over " : "") + textOf(value, "rate");
    if (const std::string unit = textOf(value, "rate_unit"); !unit.empty() && unit != "packets")
        result += ' ' + unit;
    result += '/' + textOf(value, "per");
    if (const std::string burst = textOf(value, "burst"); !burst.empty() && burst != "0")
        result += " burst " + burst + ' ' + (textOf(value, "burst_unit").empty() ? "packets" : textOf(value, "burst_unit"));
    return result;
}

std::string quotaText(const Value& value)
{
    if (value.is_string())
        return "name \"" + value.get<std::string>() + '"';
    return (isTrue(value, "inv") ? "over " : "") + textOf(value, "val") + ' ' + textOf(value, "val_unit");
}

std::string rangeOrNumber(const Value& value, const char* key)
{
    const auto found = value.is_object() ? value.find(key) : value.end();
    return value.is_object() && found != value.end() ? render(expression(*found)) : std::string();
}

std::optional<Statement> condition(const std::string& key, const Value& value)
{
    if (key == "limit")
        return Statement {.kind = SKind::Limit, .text = key, .field = limitText(value)};
    if (key == "ct count")
        return Statement {.kind = SKind::Limit, .text = key,
                          .field = (isTrue(value, "inv") ? "over " : "") + textOf(value, "val")};
    if (key == "quota")
        return Statement {.kind = SKind::Quota, .field = quotaText(value)};
    if (key == "meter" && has(value, "key", "stmt"))
        return Statement {.kind = SKind::Limit, .text = key,
                          .field = textOf(value, "name") + " { " + render(expression(value["key"])) + ' ' + conditionOf(value["stmt"]) + " }"};
    if ((key == "set" || key == "map") && value.is_object() && value.contains("elem")) {
        Statement result {.kind = SKind::SetUpdate, .text = textOf(value, "op"), .left = expression(value["elem"])};
        if (value.contains(key))
            result.right = expression(value[key]);
        if (value.contains("stmt"))
            result.field = conditionOf(value["stmt"]);
        return result;
    }
    return std::nullopt;
}

} // namespace

std::string dump(const Value& value) { return value.dump(-1, ' ', false, Value::error_handler_t::replace); }

std::string textOf(const Value& object, const char* key)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (!object.is_object() || found == object.end())
        return {};
    if (found->is_string())
        return found->get<std::string>();
    return found->is_number() || found->is_boolean() ? dump(*found) : std::string();
}

std::int64_t numberOf(const Value& object, const char* key)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

std::string flagsOf(const Value& object, const char* key)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (!object.is_object() || found == object.end())
        return {};
    if (found->is_string())
        return found->get<std::string>();
    std::string result;
    if (found->is_array())
        for (const Value& flag : *found)
            if (flag.is_string())
                result += (result.empty() ? "" : ",") + flag.get<std::string>();
    return result;
}

std::vector<Expression> elements(const Value& list, bool pairs, int depth)
{
    std::vector<Expression> result;
    if (!list.is_array())
        return result;
    for (const Value& item : list) {
        if (!pairs || !item.is_array() || item.size() != 2) {
            result.push_back(expression(item, depth + 1));
            continue;
        }
        Expression pair {.kind = EKind::Pair};
        pair.items.push_back(expression(item[0], depth + 1));
        pair.items.push_back(expression(item[1], depth + 1));
        result.push_back(std::move(pair));
    }
    return result;
}

Expression expression(const Value& value, int depth)
{
    if (depth > deepest)
        return {.kind = EKind::Unknown, .text = "…"};
    if (value.is_number_integer())
        return {.kind = EKind::Number, .number = value.get<std::int64_t>()};
    if (value.is_boolean())
        return {.kind = EKind::Number, .text = value.get<bool>() ? "exists" : "missing", .number = value.get<bool>() ? 1 : 0};
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        if (text.size() > 1 && text[0] == '@')
            return {.kind = EKind::SetReference, .text = text.substr(1)};
        return {.kind = EKind::Symbol, .text = text};
    }
    if (value.is_array()) // "established,related": bits of one value
        return listOf(EKind::Flags, value, depth);
    if (value.is_object() && value.size() == 1)
        return fromObject(value.begin().key(), value.begin().value(), depth);
    return {.kind = EKind::Unknown, .text = dump(value)};
}

Statement statement(const std::string& key, const Value& value)
{
    if (key == "match" && has(value, "left", "right")) {
        // Without an operator: "in" for bits, "==" for all else.
        const char* const implied = value["right"].is_array() ? "in" : "==";
        return {.kind = SKind::Match, .text = value.contains("op") ? textOf(value, "op") : implied,
                .left = expression(value["left"]), .right = expression(value["right"])};
    }
    if (const auto found = verdict(key, value))
        return {.kind = SKind::Verdict, .text = found->text, .field = found->field};
    if (key == "vmap" && has(value, "key", "data"))
        return {.kind = SKind::VerdictMap, .left = expression(value["key"]), .right = mapData(value["data"], 0)};
    if (key == "mangle" && has(value, "key", "value"))
        return {.kind = SKind::Mangle, .left = expression(value["key"]), .right = expression(value["value"])};
    if (key == "snat" || key == "dnat" || key == "masquerade" || key == "redirect")
        return natLike(SKind::Nat, key, value);
    if (key == "tproxy")
        return natLike(SKind::Tproxy, key, value);
    if (key == "reject")
        return {.kind = SKind::Reject, .text = textOf(value, "type"), .field = textOf(value, "expr")};
    if (key == "queue")
        return {.kind = SKind::Queue, .text = rangeOrNumber(value, "num"), .field = flagsOf(value, "flags")};
    if (key == "notrack")
        return {.kind = SKind::Notrack};
    if (auto found = condition(key, value))
        return std::move(*found);
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
    if (key == "log")
        return {.kind = SKind::Passive, .text = key, .field = logText(value)};
    if (key == "flow" || key == "ct helper" || key == "ct timeout" || key == "ct expectation" || key == "secmark" || key == "dup"
        || key == "comment" || key == "last")
        return {.kind = SKind::Passive, .text = key, .field = value.is_null() ? std::string() : dump(value)};
    if (key == "synproxy" || key == "fwd")
        return {.kind = SKind::Takeover, .text = key, .field = value.is_null() ? std::string() : dump(value)};
    if (key == "xt") {
        if (textOf(value, "name") == "comment")
            return {.kind = SKind::Passive, .text = "comment"};
        return {.kind = SKind::Xt, .text = textOf(value, "type"), .field = textOf(value, "name")};
    }
    return {.kind = SKind::Unknown, .text = key, .field = dump(value)};
}

} // namespace medic::parse::nft::json
