// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/playbooks/expression.h"

#include <algorithm>
#include <charconv>

namespace medic::playbooks {

struct Expression::Node {
    enum class Kind { Constant, Not, And, Or, Call } kind = Kind::Constant;
    Tri constant = Tri::Unknown;
    std::vector<std::shared_ptr<const Node>> parts;
    Call call;
    std::string comparison, literal; ///< of a call that gives a value
};

namespace {

using Node = Expression::Node;
using NodePtr = std::shared_ptr<const Node>;

constexpr int deepest = 64;

bool wordByte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '*'
        || c == '/';
}

const FunctionInfo* findFunction(std::string_view name)
{
    const auto& all = functions();
    const auto found = std::find_if(all.begin(), all.end(), [&](const FunctionInfo& f) { return f.name == name; });
    return found == all.end() ? nullptr : &*found;
}

class Parser {
public:
    Parser(std::string_view text, std::string where, std::vector<Expression::Call>& calls)
        : m_text(text), m_where(std::move(where)), m_calls(calls)
    {
    }

    Result<NodePtr> whole()
    {
        auto node = either(0);
        if (!node)
            return node;
        skip();
        if (m_at < m_text.size())
            return bad("the end, 'and' or 'or'");
        return node;
    }

private:
    void skip()
    {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\n' || m_text[m_at] == '\t'))
            ++m_at;
    }

    tl::unexpected<Error> bad(const std::string& expected) const
    {
        const std::string rest(m_text.substr(m_at, 20));
        return failure(ErrorCode::BadSyntax, m_where,
                       "condition, column " + std::to_string(m_at + 1) + ": expected " + expected
                           + (rest.empty() ? ", but it ends" : ", found '" + rest + "'"));
    }

    std::string_view peekWord()
    {
        skip();
        std::size_t end = m_at;
        while (end < m_text.size() && wordByte(m_text[end]))
            ++end;
        return m_text.substr(m_at, end - m_at);
    }

    bool take(std::string_view token)
    {
        skip();
        if (m_text.substr(m_at, token.size()) != token)
            return false;
        m_at += token.size();
        return true;
    }

    bool takeWord(std::string_view word)
    {
        if (peekWord() != word)
            return false;
        m_at += word.size();
        return true;
    }

    Result<NodePtr> list(int depth, Node::Kind kind, std::string_view word, Result<NodePtr> (Parser::*part)(int))
    {
        auto first = (this->*part)(depth + 1);
        if (!first || peekWord() != word)
            return first;
        auto node = std::make_shared<Node>();
        node->kind = kind;
        node->parts.push_back(*first);
        while (takeWord(word)) {
            auto further = (this->*part)(depth + 1);
            if (!further)
                return further;
            node->parts.push_back(*further);
        }
        return node;
    }

    Result<NodePtr> either(int depth)
    {
        if (depth > deepest)
            return bad("less nesting");
        return list(depth, Node::Kind::Or, "or", &Parser::both);
    }
    Result<NodePtr> both(int depth) { return list(depth, Node::Kind::And, "and", &Parser::single); }

    Result<NodePtr> single(int depth)
    {
        if (depth > deepest)
            return bad("less nesting");
        if (takeWord("not")) {
            auto inner = single(depth + 1);
            if (!inner)
                return inner;
            auto node = std::make_shared<Node>();
            node->kind = Node::Kind::Not;
            node->parts.push_back(*inner);
            return node;
        }
        if (take("(")) {
            auto inner = either(depth + 1);
            if (!inner)
                return inner;
            if (!take(")"))
                return bad("')'");
            return inner;
        }
        for (const auto& [word, value] : {std::pair("true", Tri::Yes), std::pair("false", Tri::No)}) {
            if (takeWord(word)) {
                auto node = std::make_shared<Node>();
                node->constant = value;
                return node;
            }
        }
        return call();
    }

    Result<std::string> literal()
    {
        skip();
        if (take("'")) {
            const std::size_t end = m_text.find('\'', m_at);
            if (end == std::string_view::npos)
                return bad("a closing quote");
            std::string value(m_text.substr(m_at, end - m_at));
            m_at = end + 1;
            return value;
        }
        const std::string_view word = peekWord();
        if (word.empty())
            return bad("a word or a 'text'");
        m_at += word.size();
        return std::string(word);
    }

    Result<NodePtr> call()
    {
        const std::string_view name = peekWord();
        const FunctionInfo* info = findFunction(name);
        if (info == nullptr)
            return bad("a function (found, present, ok, unknown, confirmed, verdict, answered, answer, result, count, live, changes), 'not' or '('");
        m_at += name.size();
        auto node = std::make_shared<Node>();
        node->kind = Node::Kind::Call;
        node->call.function = name;
        if (!take("("))
            return bad("'(' after " + std::string(name));
        while (!take(")")) {
            if (!node->call.arguments.empty() && !take(","))
                return bad("',' or ')'");
            auto argument = literal();
            if (!argument)
                return tl::unexpected(argument.error());
            node->call.arguments.push_back(std::move(*argument));
        }
        const std::size_t least = info->argument == FunctionInfo::Argument::None ? 0 : 1;
        const std::size_t most = least + (info->onNodeOf ? 1 : 0);
        if (node->call.arguments.size() < least || node->call.arguments.size() > most)
            return bad(std::to_string(least) + (most > least ? " or " + std::to_string(most) : std::string()) + " argument(s) for "
                       + std::string(name));
        if (info->gives) {
            for (const std::string_view comparison : {"==", "!=", "<=", ">=", "<", ">"}) {
                if (take(comparison)) {
                    node->comparison = comparison;
                    auto value = literal();
                    if (!value)
                        return tl::unexpected(value.error());
                    node->literal = std::move(*value);
                    break;
                }
            }
            if (node->comparison.empty())
                return bad("a comparison (==, !=, <, <=, >, >=) after " + std::string(name) + "()");
        }
        m_calls.push_back(node->call);
        return node;
    }

    std::string_view m_text;
    std::string m_where;
    std::vector<Expression::Call>& m_calls;
    std::size_t m_at = 0;
};

std::optional<double> number(const std::string& text)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

Tri compare(const std::string& left, const std::string& comparison, const std::string& right)
{
    const auto tri = [](bool holds) { return holds ? Tri::Yes : Tri::No; };
    if (comparison == "==")
        return tri(left == right);
    if (comparison == "!=")
        return tri(left != right);
    const auto a = number(left);
    const auto b = number(right);
    if (!a || !b)
        return Tri::Unknown;
    if (comparison == "<")
        return tri(*a < *b);
    if (comparison == "<=")
        return tri(*a <= *b);
    if (comparison == ">")
        return tri(*a > *b);
    return tri(*a >= *b);
}

Tri evaluateNode(const Node& node, const Asked& asked)
{
    switch (node.kind) {
    case Node::Kind::Constant: return node.constant;
    case Node::Kind::Not: {
        const Tri inner = evaluateNode(*node.parts.front(), asked);
        return inner == Tri::Yes ? Tri::No : inner == Tri::No ? Tri::Yes : Tri::Unknown;
    }
    case Node::Kind::And:
    case Node::Kind::Or: {
        const Tri decides = node.kind == Node::Kind::And ? Tri::No : Tri::Yes;
        Tri result = node.kind == Node::Kind::And ? Tri::Yes : Tri::No;
        for (const NodePtr& part : node.parts) {
            const Tri value = evaluateNode(*part, asked);
            if (value == decides)
                return decides;
            if (value == Tri::Unknown)
                result = Tri::Unknown;
        }
        return result;
    }
    case Node::Kind::Call: break;
    }
    if (node.comparison.empty())
        return asked.truth(node.call.function, node.call.arguments);
    const auto value = asked.value(node.call.function, node.call.arguments);
    return value ? compare(*value, node.comparison, node.literal) : Tri::Unknown;
}

} // namespace

const std::vector<FunctionInfo>& functions()
{
    using A = FunctionInfo::Argument;
    static const std::vector<FunctionInfo> table {
        {"present", false, A::Finding, true},
        {"found", false, A::Finding, true},     {"ok", false, A::Finding, true},        {"unknown", false, A::Finding, true},
        {"confirmed", false, A::Finding, true}, {"verdict", false, A::VerdictId, false}, {"answered", false, A::Step, false},
        {"answer", true, A::Step, false},       {"result", true, A::Step, false},       {"count", true, A::Finding, true},
        {"live", false, A::None, false},        {"changes", false, A::None, false},
    };
    return table;
}

Result<Expression> Expression::parse(std::string_view text, const std::string& where)
{
    Expression expression;
    expression.m_text = text;
    auto root = Parser(text, where, expression.m_calls).whole();
    if (!root)
        return tl::unexpected(root.error());
    expression.m_root = *root;
    return expression;
}

Tri Expression::evaluate(const Asked& asked) const { return m_root == nullptr ? Tri::Unknown : evaluateNode(*m_root, asked); }

} // namespace medic::playbooks
