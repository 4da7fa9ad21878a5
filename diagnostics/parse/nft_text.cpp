// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/nft_ruleset.h"

#include <cstdio>

namespace medic::parse::nft {

namespace {

using EKind = Expression::Kind;
using SKind = Statement::Kind;

std::string joined(const std::vector<Expression>& items, const char* separator)
{
    std::string result;
    for (const Expression& item : items)
        result += (result.empty() ? "" : separator) + render(item);
    return result;
}

std::string verdictText(const std::string& verdict, const std::string& target)
{
    return target.empty() ? verdict : verdict + ' ' + target;
}

const char* operatorSign(EKind kind)
{
    switch (kind) {
    case EKind::And: return " & ";
    case EKind::Or: return " | ";
    case EKind::Xor: return " ^ ";
    case EKind::ShiftLeft: return " << ";
    default: return " >> ";
    }
}

bool namesDevice(const Expression& e)
{
    return (e.kind == EKind::Meta && (e.text == "iifname" || e.text == "oifname" || e.text == "iif" || e.text == "oif"))
        || (e.kind == EKind::Fib && e.text != "type");
}

/// Constants as nft prints them beside this selector: names of devices quoted, marks in hexadecimal.
std::string beside(const Expression& selector, const Expression& constant)
{
    const Expression* inner = &selector;
    while ((inner->kind == EKind::And || inner->kind == EKind::Or || inner->kind == EKind::Xor) && !inner->items.empty())
        inner = &inner->items[0];
    const Expression& key = *inner;
    if (constant.kind == EKind::Symbol && namesDevice(key))
        return '"' + constant.text + '"';
    if (constant.kind == EKind::Number && constant.text.empty() && (key.kind == EKind::Meta || key.kind == EKind::Ct) && key.text == "mark") {
        char buffer[16];
        std::snprintf(buffer, sizeof buffer, "0x%08llx", static_cast<unsigned long long>(constant.number) & 0xffffffff);
        return buffer;
    }
    std::string items;
    const auto add = [&](const std::string& item, const char* separator) { items += (items.empty() ? "" : separator) + item; };
    switch (constant.kind) {
    case EKind::Set:
        for (const Expression& item : constant.items)
            add(beside(selector, item), ", ");
        return "{ " + items + " }";
    case EKind::Pair:
        return constant.items.size() == 2 ? beside(selector, constant.items[0]) + " : " + render(constant.items[1]) : render(constant);
    case EKind::Range:
        for (const Expression& item : constant.items)
            add(beside(selector, item), "-");
        return items;
    case EKind::Concat:
        for (std::size_t i = 0; i < constant.items.size(); ++i)
            add(selector.kind == EKind::Concat && i < selector.items.size() ? beside(selector.items[i], constant.items[i]) : render(constant.items[i]), " . ");
        return items;
    default: return render(constant);
    }
}

std::string hexadecimal(std::int64_t value)
{
    char buffer[24];
    std::snprintf(buffer, sizeof buffer, "0x%llx", static_cast<unsigned long long>(value));
    return buffer;
}

} // namespace

std::string render(const Expression& e)
{
    switch (e.kind) {
    case EKind::None: return {};
    case EKind::Number:
        if (!e.text.empty())
            return e.text;
        return e.number > 65535 ? hexadecimal(e.number) : std::to_string(e.number);
    case EKind::Symbol: return e.text;
    case EKind::Prefix: return e.text + '/' + std::to_string(e.number);
    case EKind::Range: return joined(e.items, "-");
    case EKind::Set: return "{ " + joined(e.items, ", ") + " }";
    case EKind::Flags: return joined(e.items, ",");
    case EKind::Pair: return joined(e.items, " : ");
    case EKind::Concat: return joined(e.items, " . ");
    case EKind::SetReference: return '@' + e.text;
    case EKind::Verdict: return verdictText(e.text, e.field);
    case EKind::Meta: {
        static const std::string_view bare[] = {"iifname", "oifname", "iif", "oif", "iiftype", "oiftype"};
        for (const std::string_view key : bare)
            if (e.text == key)
                return e.text;
        return "meta " + e.text;
    }
    case EKind::Payload: return e.text + ' ' + e.field;
    case EKind::Ct: return "ct " + (e.field.empty() ? "" : e.field + ' ') + e.text;
    case EKind::Fib: {
        std::string flags = e.field;
        for (std::size_t at = flags.find(','); at != std::string::npos; at = flags.find(',', at + 3))
            flags.replace(at, 1, " . ");
        return "fib " + flags + ' ' + e.text;
    }
    case EKind::RawPayload:
        return '@' + e.text + ',' + std::to_string(e.offset) + ',' + std::to_string(e.number);
    case EKind::Rt: return "rt " + (e.field.empty() ? "" : e.field + ' ') + e.text;
    case EKind::Option: return (e.text == "exthdr" ? "" : e.text + ' ') + e.field;
    case EKind::Socket: return "socket " + e.text;
    case EKind::Numgen: return "numgen " + e.text + " mod " + std::to_string(e.number) + (e.offset != 0 ? " offset " + std::to_string(e.offset) : "");
    case EKind::Hash:
        return e.text + (e.items.empty() ? "" : ' ' + joined(e.items, " ")) + " mod " + std::to_string(e.number)
            + (e.offset != 0 ? " offset " + std::to_string(e.offset) : "");
    case EKind::And:
    case EKind::Or:
    case EKind::Xor:
    case EKind::ShiftLeft:
    case EKind::ShiftRight: {
        const auto operand = [&](const Expression& item) -> std::string {
            if (item.kind == EKind::Flags)
                return '(' + joined(item.items, " | ") + ')';
            const std::string marked = beside(e.items[0], item);
            return item.kind == EKind::Number && !marked.starts_with("0x") ? hexadecimal(item.number) : marked;
        };
        return e.items.size() == 2 ? operand(e.items[0]) + operatorSign(e.kind) + operand(e.items[1]) : e.text;
    }
    case EKind::Map: return e.items.size() == 2 ? render(e.items[0]) + " map " + beside(e.items[0], e.items[1]) : e.text;
    case EKind::Unknown: return e.text;
    }
    return e.text;
}

std::string render(const Statement& s)
{
    switch (s.kind) {
    case SKind::Match: {
        const bool plain = s.text == "==" || s.text == "in";
        const bool masked = s.left.kind == EKind::And && s.text == "==";
        return render(s.left) + ' ' + (plain && !masked ? "" : s.text + ' ') + beside(s.left, s.right);
    }
    case SKind::Verdict: return verdictText(s.text, s.field);
    case SKind::VerdictMap: return render(s.left) + " vmap " + beside(s.left, s.right);
    case SKind::Mangle: return render(s.left) + " set " + beside(s.left, s.right);
    case SKind::Nat: {
        std::string result = s.text + (s.family.empty() ? "" : ' ' + s.family);
        if (s.left.kind != EKind::None || s.right.kind != EKind::None) {
            const bool v6 = s.right.kind != EKind::None && s.left.kind == EKind::Symbol && s.left.text.find(':') != std::string::npos;
            result += " to " + (v6 ? '[' + render(s.left) + ']' : render(s.left)) + (s.right.kind == EKind::None ? "" : ':' + render(s.right));
        }
        return result + (s.field.empty() ? "" : ' ' + s.field);
    }
    case SKind::Reject: return "reject" + (s.text.empty() ? "" : " with " + s.text + (s.field.empty() ? "" : ' ' + s.field));
    case SKind::Queue: return "queue" + (s.text.empty() ? "" : " num " + s.text) + (s.field.empty() ? "" : ' ' + s.field);
    case SKind::Tproxy: return "tproxy to " + render(s.left) + (s.right.kind == EKind::None ? "" : ':' + render(s.right));
    case SKind::Notrack: return "notrack";
    case SKind::Limit: return s.text + ' ' + s.field;
    case SKind::Quota: return "quota " + s.field;
    case SKind::SetUpdate:
        return s.text + ' ' + render(s.right) + " { " + render(s.left) + (s.field.empty() ? "" : ' ' + s.field) + " }";
    case SKind::Takeover: return s.text + (s.field.empty() ? "" : ' ' + s.field);
    case SKind::Counter: return s.field.empty() ? "counter packets " + std::to_string(s.packets) + " bytes " + std::to_string(s.bytes) : "counter name " + s.field;
    case SKind::Passive: return s.text == "comment" ? std::string() : s.text + (s.field.empty() ? "" : ' ' + s.field);
    case SKind::Xt: return "xt " + s.text + " \"" + s.field + '"';
    case SKind::Unknown: return (s.text.empty() ? "" : s.text + ' ') + s.field;
    }
    return s.field;
}

std::string Rule::text() const
{
    std::string result;
    for (const Statement& statement : statements) {
        const std::string part = render(statement);
        if (!part.empty())
            result += (result.empty() ? "" : " ") + part;
    }
    if (!comment.empty())
        result += " comment \"" + comment + '"';
    return result;
}

} // namespace medic::parse::nft
